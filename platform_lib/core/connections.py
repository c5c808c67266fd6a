"""Network paths between constructs: one security group each, deny by default.

The dependent opens the door: whoever calls `Connections.allow_to` or `Connections.allow_from`
owns both halves of the rule, in its own stack. The caller is always the construct in the later
stack, whichever way the traffic flows, so that stacks stay acyclic.
"""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import IPv4Network, IPv6Network
from typing import Protocol

import cdktf_cdktf_provider_aws.security_group as aws_security_group
import cdktf_cdktf_provider_aws.vpc_security_group_egress_rule as aws_egress_rule
import cdktf_cdktf_provider_aws.vpc_security_group_ingress_rule as aws_ingress_rule
from cdktf import TerraformResourceLifecycle

from platform_lib.core.construct import PlatformConstruct
from platform_lib.errors import PlatformError
from platform_lib.naming import Kind
from platform_lib.types import TokenStr


@dataclass(frozen=True, slots=True)
class Port:
    """A port, or a range of ports, of one protocol."""

    number: int
    """First port, 0 to 65535."""

    protocol: str = "tcp"
    """``tcp`` or ``udp``."""

    last: int | None = None
    """Last port of a range; without it the range is one port."""

    def __str__(self) -> str:
        span = str(self.number) if self.last is None else f"{self.number}to{self.last}"
        return span if self.protocol == "tcp" else f"{self.protocol}{span}"


HTTPS = Port(443)


class HasVpcId(Protocol):
    """A network, as far as a security group needs it."""

    @property
    def vpc_id(self) -> TokenStr:
        """Id of the VPC."""


class Connectable(Protocol):
    """Anything that owns a security group."""

    @property
    def connections(self) -> Connections:
        """Its network paths."""


class Connections(PlatformConstruct):
    """The security group of a construct and the rules that its owner opened.

    Defines:
        aws_security_group, aws_vpc_security_group_ingress_rule, aws_vpc_security_group_egress_rule

    Args:
        vpc: Network that it is in.
        description: What the group protects; an auditor reads it.
            **Changing this replaces the group.**
        listens_on: The port on which the owner is called, if any.
    """

    def __init__(
        self,
        scope: PlatformConstruct,
        id: str = "Connections",
        *,
        vpc: HasVpcId,
        description: str,
        listens_on: Port | None = None,
    ) -> None:
        super().__init__(scope, id)
        self.listens_on = listens_on
        """The port on which the owner is called."""
        name = scope.physical_name(Kind.SECURITY_GROUP)
        group = aws_security_group.SecurityGroup(
            self,
            "Resource",
            # A group in use cannot be deleted, so its successor is made first, under a new name.
            name_prefix=f"{name}-",
            description=description,
            vpc_id=vpc.vpc_id,
            tags={"Name": name},
            lifecycle=TerraformResourceLifecycle(create_before_destroy=True),
        )
        self.security_group_id: TokenStr = group.id
        """Id of the security group."""
        self.owner = scope
        """The construct whose security group it is; rules are named after it."""
        self._opened: set[str] = set()

    def allow_to(self, other: Connectable, *, description: str) -> None:
        """Let the owner call ``other`` on the port it listens on."""
        callee = other.connections
        self._pair(self, callee, self._port_of(callee), f"To{callee.owner.identity}", description)

    def allow_from(self, other: Connectable, *, description: str) -> None:
        """Let ``other`` call the owner on the port it listens on."""
        caller = other.connections
        self._pair(caller, self, self._port_of(self), f"From{caller.owner.identity}", description)

    def allow_from_cidr(
        self, cidr: IPv4Network | IPv6Network, *, description: str, port: Port | None = None
    ) -> None:
        """Let an address block call the owner on the port it listens on, or on another one.

        Only for what is meant to be reached from outside the platform's own constructs.
        """
        port = port or self._port_of(self)
        if self._is_new(f"From{_id_of(cidr)}Port{port}"):
            self._rule("Ingress", self, port, f"From{_id_of(cidr)}", description, cidr=cidr)

    def allow_from_prefix_list(
        self,
        prefix_list_id: TokenStr,
        *,
        description: str,
        port: Port | None = None,
        name: str | None = None,
    ) -> None:
        """Let the address blocks of a prefix list call the owner, as `allow_from_cidr` does.

        Each entry that the list may have counts as one rule of the group's quota.
        https://docs.aws.amazon.com/vpc/latest/userguide/working-with-aws-managed-prefix-lists.html

        Args:
            prefix_list_id: The list.
            description: Who that is; an auditor reads it.
            port: Another port than the one that the owner listens on.
            name: What the rule is called after, for a list whose id is known only after apply.
        """
        port = port or self._port_of(self)
        source = f"From{name or prefix_list_id}"
        if self._is_new(f"{source}Port{port}"):
            self._rule("Ingress", self, port, source, description, prefix_list=prefix_list_id)

    def allow_to_cidr(
        self, cidr: IPv4Network | IPv6Network, port: Port, *, description: str
    ) -> None:
        """Let the owner call an address block on ``port``."""
        if self._is_new(f"To{_id_of(cidr)}Port{port}"):
            self._rule("Egress", self, port, f"To{_id_of(cidr)}", description, cidr=cidr)

    def _pair(
        self, caller: Connections, callee: Connections, port: Port, id: str, description: str
    ) -> None:
        if self._is_new(f"{id}Port{port}"):
            self._rule("Egress", caller, port, id, description, peer=callee)
            self._rule("Ingress", callee, port, id, description, peer=caller)

    def _is_new(self, rule: str) -> bool:
        if rule in self._opened:
            return False
        self._opened.add(rule)
        return True

    def _port_of(self, callee: Connections) -> Port:
        if callee.listens_on is None:
            raise PlatformError(
                "ListensOnNothing",
                f"{callee.owner.node.path!r} listens on no port, so nothing can call it; give its"
                " connections listens_on",
                where=self.node.path,
            )
        return callee.listens_on

    def _rule(
        self,
        direction: str,
        group: Connections,
        port: Port,
        id: str,
        description: str,
        *,
        peer: Connections | None = None,
        cidr: IPv4Network | IPv6Network | None = None,
        prefix_list: TokenStr | None = None,
    ) -> None:
        resource = (
            aws_ingress_rule.VpcSecurityGroupIngressRule
            if direction == "Ingress"
            else aws_egress_rule.VpcSecurityGroupEgressRule
        )
        resource(
            self,
            f"{id}Port{port}{direction}",
            security_group_id=group.security_group_id,
            referenced_security_group_id=peer.security_group_id if peer else None,
            cidr_ipv4=str(cidr) if isinstance(cidr, IPv4Network) else None,
            cidr_ipv6=str(cidr) if isinstance(cidr, IPv6Network) else None,
            prefix_list_id=prefix_list,
            ip_protocol=port.protocol,
            from_port=port.number,
            to_port=port.number if port.last is None else port.last,
            description=description,
        )


def _id_of(cidr: IPv4Network | IPv6Network) -> str:
    """Write a block with characters that a construct id may have: ``10-0-0-0_8``."""
    return str(cidr).replace(".", "-").replace(":", "-").replace("/", "_")

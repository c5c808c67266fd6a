"""Compose the questions that find a resource without knowing its id; pure.

What we make carries the default tags of the provider, `Stack` among them, and mostly a `Name`. They are
part of the request that creates a thing, so it has them from its first moment.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from platform_lib.terraform.stack import Document

__all__ = ["Request", "requests", "stack_tag"]


@dataclass(frozen=True, slots=True)
class _Kind:
    """How to list the things of one type."""

    operation: str
    items: str
    id: str
    live: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """What tells a living thing from one that is listed for a while after its end."""
    filters: str = "Filters"
    service: str = "ec2"
    name: tuple[str, str] | None = None
    """Argument and path of a name that such things have by themselves; without one, the tag `Name`."""


_KINDS: Mapping[str, _Kind] = {
    "aws_egress_only_internet_gateway": _Kind(
        "describe_egress_only_internet_gateways",
        "EgressOnlyInternetGateways",
        "EgressOnlyInternetGatewayId",
    ),
    "aws_eip": _Kind("describe_addresses", "Addresses", "AllocationId"),
    "aws_flow_log": _Kind("describe_flow_logs", "FlowLogs", "FlowLogId", filters="Filter"),
    "aws_internet_gateway": _Kind(
        "describe_internet_gateways", "InternetGateways", "InternetGatewayId"
    ),
    "aws_kms_key": _Kind(
        "list_keys",
        "Keys",
        "KeyId",
        {"KeyManager": ("CUSTOMER",), "KeyState": ("Creating", "Enabled", "Disabled")},
        filters="",
        service="kms",
    ),
    "aws_mq_broker": _Kind(
        "list_brokers",
        "BrokerSummaries",
        "BrokerId",
        {"BrokerState": ("CREATION_IN_PROGRESS", "RUNNING", "REBOOT_IN_PROGRESS")},
        filters="",
        service="mq",
        name=("broker_name", "BrokerName"),
    ),
    "aws_mq_configuration": _Kind(
        "list_configurations",
        "Configurations",
        "Id",
        filters="",
        service="mq",
        name=("name", "Name"),
    ),
    "aws_nat_gateway": _Kind(
        "describe_nat_gateways",
        "NatGateways",
        "NatGatewayId",
        {"State": ("pending", "available")},
        filters="Filter",
    ),
    "aws_network_acl": _Kind("describe_network_acls", "NetworkAcls", "NetworkAclId"),
    "aws_route_table": _Kind("describe_route_tables", "RouteTables", "RouteTableId"),
    "aws_secretsmanager_secret": _Kind(
        "list_secrets",
        "SecretList",
        "ARN",
        filters="",
        service="secretsmanager",
        name=("name", "Name"),
    ),
    "aws_security_group": _Kind("describe_security_groups", "SecurityGroups", "GroupId"),
    "aws_service_discovery_http_namespace": _Kind(
        "list_namespaces",
        "Namespaces",
        "Id",
        filters="",
        service="servicediscovery",
        name=("name", "Name"),
    ),
    "aws_subnet": _Kind("describe_subnets", "Subnets", "SubnetId"),
    "aws_vpc": _Kind("describe_vpcs", "Vpcs", "VpcId"),
    "aws_vpc_endpoint": _Kind(
        "describe_vpc_endpoints",
        "VpcEndpoints",
        "VpcEndpointId",
        # Spelt "Available" and "available" by different services.
        {"State": ("pending", "Pending", "pendingAcceptance", "available", "Available")},
    ),
}
_RULE = _Kind("describe_security_group_rules", "SecurityGroupRules", "SecurityGroupRuleId")
_RULES = {
    "aws_vpc_security_group_egress_rule": True,
    "aws_vpc_security_group_ingress_rule": False,
}
_RULE_ARGUMENTS = {
    "from_port": "FromPort",
    "to_port": "ToPort",
    "cidr_ipv4": "CidrIpv4",
    "cidr_ipv6": "CidrIpv6",
    "prefix_list_id": "PrefixListId",
    "security_group_id": "GroupId",
    "referenced_security_group_id": "ReferencedGroupInfo.GroupId",
}


@dataclass(frozen=True, slots=True)
class Request:
    """What is asked with one provider configuration, ready for `_lookup`."""

    provider: Mapping[str, Any]
    """The provider's block."""

    questions: Mapping[str, Mapping[str, Any]]
    """A question for each address."""

    def to_json(self) -> dict[str, Any]:
        """Return it as a JSON-ready mapping."""
        names = {
            "role_arn": "RoleArn",
            "session_name": "RoleSessionName",
            "external_id": "ExternalId",
        }
        return {
            "region": self.provider.get("region"),
            "accounts": list(self.provider.get("allowed_account_ids") or ()),
            "roles": [
                {"RoleSessionName": "terraform"}
                | {names[key]: value for key, value in role.items() if key in names and value}
                for role in _blocks(self.provider.get("assume_role"))
            ],
            "questions": dict(self.questions),
        }


def requests(
    addresses: tuple[str, ...], document: Document, ids: Mapping[str, str]
) -> tuple[Request, ...]:
    """Return the questions that find what can be found, one request per provider configuration.

    Args:
        addresses: Addresses of the resources; one that cannot be asked for is left out.
        document: The stack's `cdk.tf.json`.
        ids: Known ids of resources by address.
    """
    asked: dict[int, dict[str, Mapping[str, Any]]] = {}
    providers = _blocks(document.content.get("provider", {}).get("aws"))
    for address in addresses:
        provider = _provider(document, address)
        question = _question(address, document, ids)
        if provider is not None and question is not None:
            asked.setdefault(providers.index(provider), {})[address] = question
    return tuple(Request(providers[index], found) for index, found in asked.items())


def stack_tag(document: Document, address: str) -> str | None:
    """Return the value of the default tag `Stack` that a resource is made with."""
    for block in _blocks((_provider(document, address) or {}).get("default_tags")):
        value = (block.get("tags") or {}).get("Stack")
        return value if isinstance(value, str) and "${" not in value else None
    return None


def _question(address: str, document: Document, ids: Mapping[str, str]) -> dict[str, Any] | None:
    kind, resource = address.partition(".")[0], document.resource(address)
    stack = stack_tag(document, address)
    if stack is None:
        return None
    tags = {"Stack": stack}
    if kind in _RULES:
        wanted = _rule_wanted(resource, ids) | {"IsEgress": [_RULES[kind]]}
        return _asked(_RULE, tags, wanted)
    how = _KINDS.get(kind)
    if how is None:
        return None
    argument, path = how.name or ("", "")
    name = resource.get(argument) if argument else (resource.get("tags") or {}).get("Name")
    if not isinstance(name, str) or "${" in name:
        return None
    live: dict[str, list[Any]] = {path: list(values) for path, values in how.live.items()}
    if argument:
        return _asked(how, tags, live | {path: [name]})
    return _asked(how, tags | {"Name": name}, live)


def _rule_wanted(resource: Mapping[str, Any], ids: Mapping[str, str]) -> dict[str, list[Any]]:
    """Return what a rule looks like; what only Terraform knows is left open."""
    protocol = str(resource.get("ip_protocol"))
    wanted: dict[str, list[Any]] = {"IpProtocol": [protocol]}
    for argument, path in _RULE_ARGUMENTS.items():
        value = resource.get(argument)
        if isinstance(value, str) and value.startswith("${"):
            value = ids.get(value.removeprefix("${").removesuffix(".id}"))
            if value is None:
                continue
        # AWS fills in the ports of a rule for all protocols.
        if protocol != "-1" or "port" not in argument:
            wanted[path] = [value]
    return wanted


def _asked(how: _Kind, tags: Mapping[str, str], wanted: Mapping[str, list[Any]]) -> dict[str, Any]:
    filters = [{"Name": f"tag:{name}", "Values": [value]} for name, value in tags.items()]
    return {
        "service": how.service,
        "operation": how.operation,
        "parameters": {how.filters: filters} if how.filters else {},
        "items": how.items,
        "id": how.id,
        "tags": dict(tags),
        "wanted": dict(wanted),
    }


def _provider(document: Document, address: str) -> Mapping[str, Any] | None:
    """Return the provider block of a resource: the one with its alias, else the one without."""
    alias = str(document.resource(address).get("provider") or "aws").partition(".")[2]
    blocks = _blocks(document.content.get("provider", {}).get("aws"))
    return next((block for block in blocks if (block.get("alias") or "") == alias), None)


def _blocks(value: Any) -> list[Mapping[str, Any]]:
    return [value] if isinstance(value, Mapping) else list(value or ())

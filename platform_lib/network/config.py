"""What a person writes about a network; pure."""

from __future__ import annotations

from collections.abc import Mapping
from ipaddress import IPv4Network
from typing import Annotated, Literal

from pydantic import AfterValidator, model_validator

from platform_lib.iam.policy import Statement
from platform_lib.model import Model
from platform_lib.network._endpoint_services import GATEWAY_SERVICES, check_name, services_of
from platform_lib.network._overlaps import Named, overlaps
from platform_lib.network._subnets import (
    LARGEST_SUBNET,
    SMALLEST_SUBNET,
    ZONE_LETTERS,
    slot,
)
from platform_lib.network._zones import zones_of
from platform_lib.network.tiers import Tier
from platform_lib.types import LogRetentionDays, Slug, matching


def _is_zone_letter(value: str) -> str:
    if value not in ZONE_LETTERS or len(value) != 1:
        hint = f"; write {value[-1]!r}" if value[-1:] in ZONE_LETTERS and len(value) > 1 else ""
        raise ValueError(
            f"{value!r} is not a zone here: zones are the letters a to f within the"
            f" environment's own Region{hint}"
        )
    return value


Zone = Annotated[str, AfterValidator(_is_zone_letter)]
"""Letter of an availability zone within the environment's Region."""


def _survives_a_zone(zones: tuple[str, ...]) -> tuple[str, ...]:
    if len(zones) < 2:  # noqa: PLR2004 - one is no spare
        raise ValueError(
            f"zones lists {', '.join(zones) or 'none'}; list at least two, so that one can fail"
        )
    return zones


def _is_subnet_size(value: IPv4Network) -> IPv4Network:
    if not LARGEST_SUBNET <= value.prefixlen <= SMALLEST_SUBNET:
        raise ValueError(
            f"{value} is not a size that AWS allows; use /{LARGEST_SUBNET} to /{SMALLEST_SUBNET}"
        )
    return value


Block = Annotated[IPv4Network, AfterValidator(_is_subnet_size)]
"""An IPv4 block that AWS accepts for a VPC or a subnet, /16 to /28."""

AllocationId = Annotated[
    str,
    AfterValidator(
        matching(
            r"eipalloc-[0-9a-f]{8,17}",
            "the allocation id of an Elastic IP; write it as in 'eipalloc-0123456789abcdef0'",
        )
    ),
]
"""Allocation id of an Elastic IP that exists already."""

ClusterName = Annotated[
    str,
    AfterValidator(
        matching(
            # https://docs.aws.amazon.com/eks/latest/APIReference/API_CreateCluster.html
            r"[A-Za-z0-9][A-Za-z0-9_-]{0,99}",
            "the name of an EKS cluster; use 1 to 100 letters, digits, hyphens and underscores",
        )
    ),
]
"""Name of an EKS cluster."""

EndpointName = Annotated[str, AfterValidator(check_name)]
"""A preset, a service name, or a full endpoint service name."""


class FlowLogsConfig(Model):
    """Records of the IP traffic of a VPC."""

    destination: Literal["cloudwatch", "s3"] = "cloudwatch"
    """Where the records go; ``s3`` is cheaper for traffic that nobody searches daily."""

    retention_days: LogRetentionDays = 90
    """Days that the records are kept."""

    traffic: Literal["ALL", "ACCEPT", "REJECT"] = "ALL"
    """Which traffic is recorded."""

    aggregation_seconds: Literal[60, 600] = 600
    """Longest time that one record covers."""


class PeeringConfig(Model):
    """A network that this VPC exchanges packets with; part of the CIDR plan."""

    name: Slug
    """What it is, for example ``office-vpn``."""

    cidr: IPv4Network
    """Its addresses."""


class VpcConfig(Model):
    """One VPC: its addresses, zones and ways out."""

    cidr: Block
    """Address block of the VPC. **Changing this replaces the VPC.**"""

    zones: Annotated[tuple[Zone, ...], AfterValidator(_survives_a_zone)] = ("a", "b", "c")
    """Availability zones, 2 to 6 letters in any order; one can be added later."""

    tiers: tuple[Tier, ...] = (Tier.PUBLIC, Tier.PRIVATE, Tier.DATABASE)
    """Subnet tiers that exist, each in every zone; one can be added later."""

    cidrs: Mapping[Tier, Mapping[Zone, Block]] = {}
    """Blocks given by hand, by tier and zone; the other tiers take the VPC's reserved slots.
    A zone that is not in ``zones`` reserves its block for later."""

    nat_zones: Literal["each"] | tuple[Zone, ...] = "each"
    """Zones with a NAT gateway: ``"each"``, one such as ``("a",)``, or none ``()``. Private
    subnets of a zone without one use the first that is listed."""

    eip_allocation_ids: Mapping[Zone, AllocationId] = {}
    """Elastic IPs that exist already, by NAT zone; the others are made."""

    kept_eip_zones: tuple[Zone, ...] = ()
    """Zones without a NAT gateway whose Elastic IP is kept all the same, because others may have
    it on an allow list. A zone that is not in ``zones`` any more can be one."""

    ipv6: bool = False
    """Whether subnets also have IPv6; private ones get out through an egress-only gateway.
    Resources get an IPv6 address by themselves in every tier but public."""

    subnet_group_tier: Tier = Tier.DATABASE
    """Tier of the subnet groups for RDS and ElastiCache."""

    endpoints: tuple[EndpointName, ...] = ("ecr", "secrets", "logs")
    """Presets or service names of interface endpoints; each costs by zone and hour. The gateway
    endpoints for S3 and DynamoDB are free and always there."""

    endpoint_policies: Mapping[str, tuple[Statement, ...]] = {}
    """What may be done through an endpoint, by service name (``s3`` and ``dynamodb`` name the
    gateway endpoints); without one it allows all that the caller's own permissions allow."""

    flow_logs: FlowLogsConfig | None = FlowLogsConfig()
    """Flow logs, or ``None`` for none."""

    kubernetes_clusters: tuple[ClusterName, ...] = ()
    """Names of the EKS clusters in this VPC: public and private subnets get role and discovery
    tags. Karpenter's tag has room for one name and takes the first."""

    peerings: tuple[PeeringConfig, ...] = ()
    """Networks that it exchanges packets with: peered VPCs, VPNs, offices. They are part of the
    CIDR plan; the database tier does not answer them."""

    reserved: Mapping[Slug, IPv4Network] = {}
    """Ranges inside or outside the VPC's block that nothing else may use, for example the
    Kubernetes service range."""

    @model_validator(mode="after")
    def _names_each_thing_once(self) -> VpcConfig:
        named = {
            "zones": self.zones,
            "tiers": self.tiers,
            "nat_zones": self.zones_with_nat(),
            "kept_eip_zones": self.kept_eip_zones,
            "endpoints": self.endpoints,
            "kubernetes_clusters": self.kubernetes_clusters,
            "peerings": tuple(peering.name for peering in self.peerings),
            "eip_allocation_ids": tuple(self.eip_allocation_ids.values()),
        }
        for field, values in named.items():
            twice = sorted({value for value in values if values.count(value) > 1})
            if twice:
                raise ValueError(f"{field} names {', '.join(twice)} twice; name each once")
        return self

    @model_validator(mode="after")
    def _refers_to_its_own_zones(self) -> VpcConfig:
        unknown = [zone for zone in self.zones_with_nat() if zone not in self.zones]
        if unknown:
            raise ValueError(
                f"nat_zones names zone {', '.join(unknown)}, which zones does not list;"
                f" listed: {', '.join(self.zones)}"
            )
        return self

    @model_validator(mode="after")
    def _has_one_use_for_each_address(self) -> VpcConfig:
        with_nat = self.zones_with_nat()
        idle = [zone for zone in self.eip_allocation_ids if zone not in with_nat]
        if idle:
            raise ValueError(
                f"eip_allocation_ids gives an address to zone {', '.join(idle)}, which has no NAT"
                f" gateway; zones with one: {', '.join(with_nat) or 'none'}"
            )
        used = [zone for zone in self.kept_eip_zones if zone in with_nat]
        if used:
            raise ValueError(
                f"kept_eip_zones names zone {', '.join(used)}, whose NAT gateway uses its address;"
                " name only zones without a NAT gateway"
            )
        return self

    @model_validator(mode="after")
    def _has_the_tiers_it_needs(self) -> VpcConfig:
        needs = []
        if self.nat_zones:
            needs.append((Tier.PUBLIC, "nat_zones places NAT gateways", "or set nat_zones=()"))
            needs.append((Tier.PRIVATE, "nat_zones makes its way out", "or set nat_zones=()"))
        if self.endpoints:
            needs.append((Tier.PRIVATE, "endpoints places interfaces", "or set endpoints=()"))
        needs.append((self.subnet_group_tier, "subnet_group_tier names it", "or name another"))
        for tier, reason, instead in needs:
            if tier not in self.tiers:
                raise ValueError(
                    f"tier {tier.value!r} is needed because {reason}; add it, {instead}"
                )
        return self

    @model_validator(mode="after")
    def _limits_endpoints_that_it_has(self) -> VpcConfig:
        existing = (*GATEWAY_SERVICES, *self.endpoint_services())
        unknown = [service for service in self.endpoint_policies if service not in existing]
        if unknown:
            raise ValueError(
                f"endpoint_policies names {', '.join(unknown)}, for which there is no endpoint;"
                f" endpoints: {', '.join(existing)}"
            )
        return self

    @model_validator(mode="after")
    def _gives_every_zone_a_block(self) -> VpcConfig:
        for tier, blocks in self.cidrs.items():
            missing = [zone for zone in self.zones if zone not in blocks]
            if missing:
                raise ValueError(
                    f"cidrs[{tier.value!r}] has no block for zone {', '.join(missing)};"
                    " give one for every zone"
                )
        return self

    @model_validator(mode="after")
    def _has_blocks_that_fit(self) -> VpcConfig:
        subnets = [
            Named(f"{tier.value} subnet {zone}", block)
            for (tier, zone), block in self.reserved_blocks().items()
        ]
        reserved = [Named(f"reserved {name!r}", block) for name, block in self.reserved.items()]
        peerings = [Named(f"peering {peering.name!r}", peering.cidr) for peering in self.peerings]
        elsewhere = [peering for peering in peerings if not peering.block.overlaps(self.cidr)]
        problems = [
            f"{subnet} lies outside the VPC's {self.cidr}; give a block inside it"
            for subnet in subnets
            if not subnet.block.subnet_of(self.cidr)
        ]
        problems += [
            f"{peering} overlaps the VPC's own {self.cidr}; peer only networks with other addresses"
            for peering in peerings
            if peering not in elsewhere
        ]
        problems += overlaps([*subnets, *reserved, *elsewhere])
        if problems:
            raise ValueError("\n".join(problems))
        return self

    def subnet(self, tier: Tier, zone: str) -> IPv4Network:
        """Return the block of ``tier`` in ``zone``."""
        given = self.cidrs.get(tier)
        return slot(self.cidr, tier, zone) if given is None else given[zone]

    def subnets(self) -> dict[tuple[Tier, str], IPv4Network]:
        """Return the blocks of all subnets that exist."""
        return {(tier, zone): self.subnet(tier, zone) for tier in self.tiers for zone in self.zones}

    def reserved_blocks(self) -> dict[tuple[Tier, str], IPv4Network]:
        """Return the blocks of all subnets that exist, and those given by hand for later zones."""
        given = {
            (tier, zone): block
            for tier, blocks in self.cidrs.items()
            for zone, block in blocks.items()
        }
        return self.subnets() | given

    def zones_with_nat(self) -> tuple[str, ...]:
        """Return the zones that have a NAT gateway."""
        return self.zones if self.nat_zones == "each" else self.nat_zones

    def nat_zone_of(self, zone: str) -> str | None:
        """Return the zone whose NAT gateway serves ``zone``, or None without any."""
        with_nat = self.zones_with_nat()
        if zone in with_nat:
            return zone
        return with_nat[0] if with_nat else None

    def endpoint_services(self) -> tuple[str, ...]:
        """Return the service names of all interface endpoints, sorted."""
        return services_of(self.endpoints)

    def problems_in(self, region: str) -> list[str]:
        """Return what does not fit the Region."""
        offered = zones_of(region)
        unknown = [zone for zone in self.zones if offered is not None and zone not in offered]
        if not unknown:
            return []
        zones = ", ".join(offered or "")
        return [
            f"vpc.zones names {', '.join(unknown)}, but {region} has the zones {zones}; use those"
        ]

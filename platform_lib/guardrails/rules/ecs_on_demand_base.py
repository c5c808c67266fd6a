"""AWS cannot stop all tasks of a service at once."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from platform_lib.ecs.config import CapacityConfig
from platform_lib.environment import Environment
from platform_lib.guardrails.rule import Breach, Rule
from platform_lib.services.config import AlwaysOn


def _check(environment: Environment, _: Sequence[Environment]) -> Iterator[Breach]:
    for owner, capacity in _capacities(environment):
        # Weights promise nothing about few tasks: only the base is certain to be on Fargate.
        if capacity.spot_weight > 0 and capacity.on_demand_base == 0:
            yield Breach(
                f"{owner}.capacity.on_demand_base",
                "all tasks may be on Fargate Spot, which AWS takes away with two minutes' notice",
                capacity.written_at("on_demand_base"),
            )


def _capacities(environment: Environment) -> Iterator[tuple[str, CapacityConfig]]:
    if environment.cluster is not None:
        yield "cluster", environment.cluster.capacity
    for name, service in environment.services.items():
        # A job that is stopped is its owner's decision, as its retries are.
        if isinstance(service, AlwaysOn) and service.capacity is not None:
            yield f"services.{name}", service.capacity


RULE = Rule(
    id="ecs-on-demand-base",
    sentence="At least one task of every service is not on Fargate Spot.",
    fix="leave on_demand_base out, or write 1 or more",
    check=_check,
)

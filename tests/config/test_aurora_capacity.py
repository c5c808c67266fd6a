"""What Aurora's sizes, readers and scaling accept, refuse and explain."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from platform_lib.model import Model
from platform_lib.rds.aurora_capacity import (
    ReaderConfig,
    ReaderScaling,
    ServerlessCapacity,
    check_readers,
)

CAPACITY = {"minimum_acu": 0.5, "maximum_acu": 4}
SCALING = {"maximum": 4, "target_cpu_percent": 60}


def refusal(kind: type[Model], **fields: Any) -> str:
    """Return the sentence with which ``fields`` are refused."""
    with pytest.raises(ValidationError) as refused:
        kind(**fields)
    (error,) = refused.value.errors()
    return error["msg"].removeprefix("Value error, ")


@pytest.mark.parametrize(
    "instance_class",
    [
        "db.r7g.large", "db.r5.24xlarge", "db.r6gd.xlarge", "db.r8g.2xlarge", "db.x2g.16xlarge",
        "db.t4g.medium", "db.t4g.large", "db.t3.medium",
    ],
)  # fmt: skip
def test_accepts_classes_of_aurora(instance_class: str) -> None:
    """Memory-optimized classes, and the few burstable ones."""
    assert ReaderConfig(instance_class=instance_class).instance_class == instance_class


@pytest.mark.parametrize(
    "instance_class",
    [
        "db.m7g.large", "db.t4g.micro", "db.t3.small", "db.t2.medium", "db.serverless",
        "r7g.large", "db.r7g", "db.r7g.large ", "db.r7g.2large", "db.t4g.xlarge",
    ],
)  # fmt: skip
def test_refuses_classes_that_aurora_does_not_offer(instance_class: str) -> None:
    """General-purpose and tiny classes exist for RDS instances only."""
    assert refusal(ReaderConfig, instance_class=instance_class) == (
        f"{instance_class!r} is not an instance class of Aurora PostgreSQL; use one of the r and x"
        " families, or db.t4g.medium, as in 'db.r7g.large'"
    )


@pytest.mark.parametrize(("minimum", "maximum"), [(0, 1), (0.5, 1), (8, 8), (0.5, 256)])
def test_accepts_capacities_that_aurora_offers(minimum: float, maximum: float) -> None:
    """From pausing to 256 units, in half steps; a range may be one value."""
    capacity = ServerlessCapacity(minimum_acu=minimum, maximum_acu=maximum)

    assert capacity.pauses is (minimum == 0)


@given(halves=st.integers(min_value=2, max_value=512))
def test_every_half_step_is_accepted(halves: int) -> None:
    """No half is lost to the arithmetic of fractions."""
    capacity = ServerlessCapacity(minimum_acu=halves / 2, maximum_acu=halves / 2)

    assert capacity.maximum_acu == halves / 2


@pytest.mark.parametrize(
    ("fields", "problem"),
    [
        ({"minimum_acu": -0.5}, "Input should be greater than or equal to 0"),
        ({"maximum_acu": 256.5}, "Input should be less than or equal to 256"),
        ({"maximum_acu": 0.5}, "Input should be greater than or equal to 1"),
        (
            {"minimum_acu": 0.7},
            "0.7 ACU is no step of 0.5, in which Aurora scales; use 0.5 or 1",
        ),
        (
            {"maximum_acu": 4.25},
            "4.25 ACU is no step of 0.5, in which Aurora scales; use 4 or 4.5",
        ),
        (
            {"minimum_acu": 8},
            "minimum_acu=8 is above maximum_acu=4; use 0 to 4, or raise maximum_acu",
        ),
        (
            {"pause_after_seconds": 600},
            (
                "pause_after_seconds=600 has no effect with minimum_acu=0.5: only an instance that"
                " may shrink to 0 pauses; set minimum_acu=0 or leave pause_after_seconds out"
            ),
        ),
        (
            {"minimum_acu": 0, "pause_after_seconds": 299},
            "Input should be greater than or equal to 300",
        ),
        (
            {"minimum_acu": 0, "pause_after_seconds": 86401},
            "Input should be less than or equal to 86400",
        ),
    ],
)
def test_refuses_capacities_that_aurora_does_not_offer(
    fields: dict[str, Any], problem: str
) -> None:
    """Each sentence shows the value and what would do."""
    assert refusal(ServerlessCapacity, **{**CAPACITY, **fields}) == problem


@pytest.mark.parametrize("seconds", [300, 86400])
def test_a_capacity_of_zero_may_say_when_it_pauses(seconds: int) -> None:
    """From five minutes to a day."""
    capacity = ServerlessCapacity(minimum_acu=0, maximum_acu=2, pause_after_seconds=seconds)

    assert capacity.pause_after_seconds == seconds


@pytest.mark.parametrize(
    ("tier", "problem"),
    [
        (-1, "Input should be greater than or equal to 0"),
        (16, "Input should be less than or equal to 15"),
    ],
)
def test_refuses_tiers_that_aurora_does_not_have(tier: int, problem: str) -> None:
    """There are sixteen, 0 to 15."""
    assert refusal(ReaderConfig, promotion_tier=tier) == problem


@pytest.mark.parametrize("tier", [0, 15])
def test_accepts_the_first_and_the_last_tier(tier: int) -> None:
    """Both ends are tiers."""
    assert ReaderConfig(promotion_tier=tier).promotion_tier == tier


@pytest.mark.parametrize(
    ("fields", "problem"),
    [
        ({"minimum": 0}, "Input should be greater than or equal to 1"),
        ({"maximum": 16}, "Input should be less than or equal to 15"),
        (
            {"minimum": 5},
            "minimum=5 is above maximum=4; use 1 to 4, or raise maximum",
        ),
        (
            {"target_cpu_percent": None},
            (
                "target_cpu_percent and target_connections: neither given; give one of them, for"
                " example target_cpu_percent=60"
            ),
        ),
        (
            {"target_connections": 100},
            (
                "target_cpu_percent and target_connections: both given; give one of them, for"
                " example target_cpu_percent=60"
            ),
        ),
        ({"target_cpu_percent": 9}, "Input should be greater than or equal to 10"),
        ({"target_cpu_percent": 91}, "Input should be less than or equal to 90"),
        ({"scale_in_cooldown_seconds": -1}, "Input should be greater than or equal to 0"),
        ({"scale_out_cooldown_seconds": 3601}, "Input should be less than or equal to 3600"),
    ],
)
def test_refuses_scaling_that_cannot_work(fields: dict[str, Any], problem: str) -> None:
    """A range upside down, no target or two, and numbers that the service does not take."""
    assert refusal(ReaderScaling, **{**SCALING, **fields}) == problem


@pytest.mark.parametrize(
    "fields",
    [
        {"minimum": 4},
        {"maximum": 15},
        {"target_cpu_percent": None, "target_connections": 1},
        {"target_cpu_percent": 10},
        {"target_cpu_percent": 90},
        {"scale_in_cooldown_seconds": 0, "scale_out_cooldown_seconds": 3600},
    ],
)
def test_accepts_scaling_at_its_limits(fields: dict[str, Any]) -> None:
    """The ends of every range, and either target."""
    ReaderScaling(**{**SCALING, **fields})


def _readers(*names: str) -> dict[str, ReaderConfig]:
    return {name: ReaderConfig() for name in names}


def test_refuses_a_reader_with_the_name_of_the_first_instance() -> None:
    """The two would have one identifier."""
    with pytest.raises(ValueError, match=r"^readers has one called 'first', which is the name of"):
        check_readers(_readers("first"), None)


@pytest.mark.parametrize("count", [0, 15])
def test_accepts_as_many_readers_as_aurora_takes(count: int) -> None:
    """None, and fifteen."""
    check_readers(_readers(*(f"reader-{number}" for number in range(count))), None)


def test_refuses_a_sixteenth_reader() -> None:
    """A cluster has fifteen at most."""
    readers = _readers(*(f"reader-{number}" for number in range(16)))

    with pytest.raises(
        ValueError, match=r"^readers lists 16; a cluster has 15 at most: take some out$"
    ):
        check_readers(readers, None)


def test_refuses_scaling_below_the_readers_with_names() -> None:
    """The scaling counts them, and never removes them."""
    scaling = ReaderScaling(maximum=1, target_cpu_percent=60)

    with pytest.raises(
        ValueError,
        match=r"^reader_scaling.maximum=1 is below the 2 readers that have names, and counts them;"
        r" use 2 to 15$",
    ):
        check_readers(_readers("reports", "standby"), scaling)


def test_accepts_scaling_up_to_the_readers_with_names() -> None:
    """Then it adds none, but may later."""
    check_readers(_readers("standby"), ReaderScaling(maximum=1, target_cpu_percent=60))

"""What a database proxy's configuration accepts, refuses and explains."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from platform_lib.rds.proxy_config import ProxyAlarms, ProxyConfig


def refusal(**fields: Any) -> str:
    """Return the sentence with which ``fields`` are refused."""
    with pytest.raises(ValidationError) as refused:
        ProxyConfig(**fields)
    (error,) = refused.value.errors()
    return error["msg"].removeprefix("Value error, ")


def test_needs_nothing_to_be_said() -> None:
    """The defaults are production's: three zones, passwords, head room in the database."""
    config = ProxyConfig()

    assert config.zones == ("a", "b", "c")
    assert not config.iam_authentication
    assert config.max_connections_percent == 90
    assert config.max_idle_connections_percent == 45


@pytest.mark.parametrize(
    ("field", "lowest", "highest"),
    [
        ("max_connections_percent", 45, 100),
        ("max_idle_connections_percent", 0, 90),
        ("borrow_timeout_seconds", 0, 300),
        ("idle_client_timeout_seconds", 1, 28800),
    ],
)
def test_accepts_what_rds_accepts(field: str, lowest: int, highest: int) -> None:
    """Both ends of each range are allowed."""
    assert getattr(ProxyConfig(**{field: lowest}), field) == lowest  # type: ignore[arg-type]
    assert getattr(ProxyConfig(**{field: highest}), field) == highest  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("field", "value", "problem"),
    [
        ("max_connections_percent", 0, "Input should be greater than or equal to 1"),
        ("max_connections_percent", 101, "Input should be less than or equal to 100"),
        ("max_idle_connections_percent", -1, "Input should be greater than or equal to 0"),
        ("borrow_timeout_seconds", -1, "Input should be greater than or equal to 0"),
        ("borrow_timeout_seconds", 301, "Input should be less than or equal to 300"),
        ("idle_client_timeout_seconds", 0, "Input should be greater than or equal to 1"),
        ("idle_client_timeout_seconds", 28801, "Input should be less than or equal to 28800"),
        (
            "log_retention_days",
            31,
            (
                "31 days is not a retention that CloudWatch Logs offers: 1, 3, 5, 7, 14, 30, 60,"
                " 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653"
            ),
        ),
    ],
)
def test_refuses_what_rds_refuses(field: str, value: int, problem: str) -> None:
    """One beyond each end of a range is refused when the configuration is read."""
    assert refusal(**{field: value}) == problem


def test_refuses_more_idle_connections_than_connections() -> None:
    """RDS would refuse it at apply; the sentence gives the range."""
    assert refusal(max_connections_percent=40) == (
        "max_idle_connections_percent=45 is more than max_connections_percent=40; use 0 to 40"
    )


def test_accepts_every_connection_to_be_kept_idle() -> None:
    """The two may be equal, down to a pool of one percent that keeps nothing."""
    equal = ProxyConfig(max_connections_percent=40, max_idle_connections_percent=40)
    least = ProxyConfig(max_connections_percent=1, max_idle_connections_percent=0)

    assert equal.max_idle_connections_percent == 40
    assert least.max_connections_percent == 1


@pytest.mark.parametrize(("zones", "listed"), [((), "none"), (("a",), "a"), (("b", "b"), "b")])
def test_refuses_a_single_zone(zones: tuple[str, ...], listed: str) -> None:
    """RDS Proxy wants subnets in two zones; a zone named twice is one."""
    assert refusal(zones=zones) == (
        f"zones lists {listed}; list at least two, which is the least that RDS Proxy takes"
    )


def test_zones_have_no_order() -> None:
    """The same zones in another order are the same proxy."""
    assert ProxyConfig(zones=("c", "a")) == ProxyConfig(zones=("a", "c"))


@pytest.mark.parametrize(
    ("field", "value", "problem"),
    [
        ("borrow_latency_ms", 0, "greater than 0"),
        ("failed_logins", 0, "greater than or equal to 1"),
        ("pool_percent", 0, "greater than or equal to 1"),
        ("availability_percent", 100, "less than or equal to 99"),
    ],
)
def test_refuses_alarms_that_always_ring(field: str, value: int, problem: str) -> None:
    """A threshold of zero is crossed by every login and every query."""
    with pytest.raises(ValidationError, match=problem):
        ProxyAlarms(**{field: value})

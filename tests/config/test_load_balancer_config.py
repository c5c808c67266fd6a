"""Load balancers and target groups: what ELB offers, and what is refused."""

from __future__ import annotations

from ipaddress import IPv4Network, IPv6Network
from typing import Any

import pytest
from pydantic import ValidationError

from platform_lib.alb._digest import digest_of
from platform_lib.alb.config import LoadBalancerConfig
from platform_lib.alb.target_config import TargetGroupConfig, TargetHealthCheck

OFFICE = IPv4Network("203.0.113.0/24")
OFFICE_6 = IPv6Network("2001:db8::/32")


def _message(refused: pytest.ExceptionInfo[ValidationError]) -> str:
    (error,) = refused.value.errors(include_input=False)
    return error["msg"]


def test_who_may_call_it_is_always_written() -> None:
    """There is no default that opens a port."""
    with pytest.raises(ValidationError, match="Field required"):
        LoadBalancerConfig()  # type: ignore[call-arg] # the mistake


def test_the_defaults_are_productions() -> None:
    """The figures of the source platforms."""
    config = LoadBalancerConfig(sources=("everybody",))

    assert (config.internal, config.dual_stack, config.minimum_tls) == (False, True, "1.2")
    assert (config.idle_timeout_seconds, config.client_keep_alive_seconds) == (60, 3600)
    assert (config.http2, config.forwarded_for) == (True, "append")
    assert (config.alarms.errors, config.alarms.rejected_connections) == (10, 0)


@pytest.mark.parametrize(
    ("given", "sources"),
    [
        ({"sources": ("everybody",)}, ("everybody",)),
        ({"sources": (OFFICE, OFFICE_6)}, (OFFICE, OFFICE_6)),
        ({"sources": ("203.0.113.0/24", "pl-0123456789abcdef0")}, (OFFICE, "pl-0123456789abcdef0")),
        ({"sources": ("pl-63a5400a",)}, ("pl-63a5400a",)),
        ({"sources": (), "internal": True}, ()),
    ],
)
def test_takes_sources(given: dict[str, Any], sources: tuple[object, ...]) -> None:
    """Blocks, prefix lists, everybody; nobody only for an internal one."""
    assert LoadBalancerConfig(**given).sources == sources


@pytest.mark.parametrize(
    ("given", "problem"),
    [
        (
            {"sources": ()},
            (
                "sources is empty, so nobody could reach the load balancer; name address blocks or"
                " prefix lists, or write 'everybody'"
            ),
        ),
        (
            {"sources": ("anybody",)},
            (
                "'anybody' is no source; write an address block such as '203.0.113.0/24', the id of a"
                " prefix list such as 'pl-0123456789abcdef0', 'cloudfront', or 'everybody'"
            ),
        ),
        (
            {"sources": ("203.0.113.7/24",)},
            (
                "'203.0.113.7/24' is no source; write an address block such as '203.0.113.0/24', the"
                " id of a prefix list such as 'pl-0123456789abcdef0', 'cloudfront', or 'everybody'"
            ),
        ),
        (
            {"sources": (None,)},
            (
                "None is no source; write an address block such as '203.0.113.0/24', the id of a"
                " prefix list such as 'pl-0123456789abcdef0', 'cloudfront', or 'everybody'"
            ),
        ),
        ({"sources": ("pl-1",)}, "'pl-1' is not the id of a prefix list"),
        (
            {"sources": ("0.0.0.0/0",)},
            "'0.0.0.0/0' is everybody; write 'everybody', so that a reader sees it",
        ),
        (
            {"sources": (IPv6Network("::/0"),)},
            "'::/0' is everybody; write 'everybody', so that a reader sees it",
        ),
        ({"sources": (OFFICE, OFFICE)}, "sources has 203.0.113.0/24 twice; write each once"),
        (
            {"sources": ("everybody", OFFICE)},
            "sources has 'everybody' beside others; write it alone, or leave it out",
        ),
        (
            {"sources": ("everybody",), "internal": True},
            (
                "sources has 'everybody' and internal=True; name the address blocks of the network"
                " that may call it"
            ),
        ),
        (
            {"sources": (OFFICE_6,), "dual_stack": False},
            (
                "sources has 2001:db8::/32 and dual_stack=False, so nobody could come from there;"
                " leave out the one or the other"
            ),
        ),
    ],
)
def test_refuses_sources_that_are_not_meant(given: dict[str, Any], problem: str) -> None:
    """One sentence each, with what to write."""
    with pytest.raises(ValidationError) as refused:
        LoadBalancerConfig(**given)

    assert _message(refused) == f"Value error, {problem}"


@pytest.mark.parametrize(
    ("field", "good", "bad"),
    [
        ("idle_timeout_seconds", (1, 4000), (0, 4001)),
        ("client_keep_alive_seconds", (60, 604800), (59, 604801)),
    ],
)
def test_times_are_those_that_elb_offers(
    field: str, good: tuple[int, int], bad: tuple[int, int]
) -> None:
    """Both ends of each range."""
    config = LoadBalancerConfig(sources=("everybody",))

    for value in good:
        assert getattr(config.evolve(**{field: value}), field) == value
    for value in bad:
        with pytest.raises(ValidationError, match="than or equal to"):
            config.evolve(**{field: value})


def test_the_health_check_has_the_figures_of_the_source() -> None:
    """Every 15 seconds, well after 2, unwell after 3."""
    check = TargetHealthCheck()

    assert (check.path, check.interval_seconds, check.timeout_seconds) == ("/health", 15, 5)
    assert (check.healthy_threshold, check.unhealthy_threshold) == (2, 3)
    assert TargetGroupConfig(port=80).matcher == "200"


@pytest.mark.parametrize("path", ["health", "", "/he alth", f"/{'a' * 1024}"])
def test_refuses_health_paths_that_elb_refuses(path: str) -> None:
    """A slash first, no spaces, 1024 characters."""
    with pytest.raises(ValidationError) as refused:
        TargetHealthCheck(path=path)

    assert _message(refused) == (
        f"Value error, {path!r} is not a health check path; start it with a slash, as in '/health/'"
    )


@pytest.mark.parametrize("path", ["/", "/health/", "/health?deep=1", f"/{'a' * 1023}"])
def test_takes_health_paths(path: str) -> None:
    """With or without a slash at the end, as the service has it."""
    assert TargetHealthCheck(path=path).path == path


def test_a_check_ends_before_the_next() -> None:
    """ELB refuses an equal timeout too."""
    assert TargetHealthCheck(interval_seconds=15, timeout_seconds=14).timeout_seconds == 14

    with pytest.raises(ValidationError) as refused:
        TargetHealthCheck(interval_seconds=15, timeout_seconds=15)

    assert _message(refused) == (
        "Value error, timeout_seconds=15 does not end before the next check after"
        " interval_seconds=15; make it smaller"
    )


GRPC: dict[str, Any] = {"port": 50051, "protocol_version": "GRPC"}
GRPC_CHECK = TargetHealthCheck(path="/grpc.health.v1.Health/Check")


@pytest.mark.parametrize(
    "given",
    [
        {"port": 1},
        {"port": 65535, "protocol": "HTTPS", "protocol_version": "HTTP2"},
        {"port": 80, "slow_start_seconds": 30},
        {"port": 80, "slow_start_seconds": 900, "deregistration_delay_seconds": 0},
        {"port": 80, "deregistration_delay_seconds": 3600, "sticky_seconds": 604800},
        {"port": 80, "health_check": TargetHealthCheck(matcher="200-299,404")},
        GRPC | {"health_check": GRPC_CHECK},
        GRPC | {"health_check": GRPC_CHECK.evolve(matcher="0-12")},
    ],
)
def test_takes_what_a_target_group_takes(given: dict[str, Any]) -> None:
    """The ends of each range."""
    assert dict(TargetGroupConfig(**given)).items() >= given.items()


def test_grpc_is_well_with_code_0() -> None:
    """ELB's own default, 12, takes a service without a health method for well."""
    assert TargetGroupConfig(**GRPC, health_check=GRPC_CHECK).matcher == "0"


@pytest.mark.parametrize(
    ("given", "problem"),
    [
        (
            {"port": 80, "slow_start_seconds": 29},
            "slow_start_seconds=29 is not offered; choose 0, or 30 to 900",
        ),
        (
            GRPC,
            (
                "health_check.path '/health' is no gRPC method; write it as in"
                " '/grpc.health.v1.Health/Check'"
            ),
        ),
        *(
            (
                {"port": 80, "health_check": TargetHealthCheck(matcher=matcher)},
                (
                    f"health_check.matcher {matcher!r} is not a list of codes; write numbers from 200"
                    " to 499, as in '200' or '200-299'"
                ),
            )
            for matcher in ("ok", "500", "200-500", "299-200", "200,", "0")
        ),
        (
            GRPC | {"health_check": GRPC_CHECK.evolve(matcher="200")},
            (
                "health_check.matcher '200' is not a list of codes; write numbers from 0 to 99, as in"
                " '0' or '0-99'"
            ),
        ),
    ],
)
def test_refuses_what_a_target_group_does_not_take(given: dict[str, Any], problem: str) -> None:
    """What ELB would refuse in the middle of an apply."""
    with pytest.raises(ValidationError) as refused:
        TargetGroupConfig(**given)

    assert _message(refused) == f"Value error, {problem}"


@pytest.mark.parametrize(
    "given",
    [
        {"port": 0},
        {"port": 65536},
        {"port": 80, "deregistration_delay_seconds": 3601},
        {"port": 80, "slow_start_seconds": 901},
        {"port": 80, "sticky_seconds": 0},
        {"port": 80, "sticky_seconds": 604801},
    ],
)
def test_refuses_figures_outside_the_range(given: dict[str, Any]) -> None:
    """One past each end."""
    with pytest.raises(ValidationError, match="than or equal to"):
        TargetGroupConfig(**given)


def test_a_digest_never_changes() -> None:
    """A changed digest is a new name, and a new name is a new group."""
    assert digest_of(8000, "HTTP", "HTTP1", "ip", "ipv4", "NetworkVpc") == "d0b1d1"
    assert digest_of(8001, "HTTP") != digest_of(8000, "HTTP")
    assert digest_of("a", "b") != digest_of("ab")

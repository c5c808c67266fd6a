"""The tests that the how-to about cache behaviours shows pass, and its examples say what it says."""

from __future__ import annotations

from docs.examples.edge_behaviours import KEEPING, SHARING, SHOP
from docs.examples.edge_urls import (
    test_nobody_gets_the_answer_of_another,
    test_nobody_writes_to_a_bucket,
    test_who_answers,
)
from platform_lib.cloudfront.config import DistributionConfig
from platform_lib.cloudfront.simulator import Decision, ViewerRequest, decide

__all__ = [
    "test_nobody_gets_the_answer_of_another",
    "test_nobody_writes_to_a_bucket",
    "test_who_answers",
]


def _checkout(distribution: DistributionConfig, step: str, session: str) -> Decision:
    request = ViewerRequest(
        f"https://shop.example.com/checkout?step={step}", cookies={"session": session}
    )
    return decide(distribution, request)


def test_the_page_tells_what_sharing_does() -> None:
    """Two customers have one key, and the application sees who each of them is."""
    one, other = _checkout(SHARING, "1", "a"), _checkout(SHARING, "2", "b")

    assert one.key == other.key
    assert one.key is not None
    assert one.sent != other.sent


def test_the_page_tells_what_keeping_does() -> None:
    """They have one key and one answer, whatever they ask for."""
    one, other = _checkout(KEEPING, "1", "a"), _checkout(KEEPING, "2", "b")

    assert one.key == other.key
    assert one.sent == other.sent


def test_the_recommended_default_keeps_nothing() -> None:
    """And needs no waiver."""
    assert _checkout(SHOP, "1", "a").cached is False
    assert SHOP.default.waiver is None

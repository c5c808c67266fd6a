"""A request that an SDK sends again after a lost answer is carried out once."""

from __future__ import annotations

from http.client import HTTPConnection
from urllib.parse import urlencode

import pytest
from werkzeug.wrappers import Response

from platform_lib.local.repeats import Repeats
from platform_lib.local.server import LocalAws

_SIGNED = "AWS4-HMAC-SHA256 Credential=emulated/20260101/eu-central-1/ec2/aws4_request, x"


def _send(aws: LocalAws, invocation: str, attempt: int, **form: str) -> tuple[int, bytes]:
    connection = HTTPConnection("127.0.0.1", aws.port, timeout=20)
    connection.request(
        "POST",
        "/",
        body=urlencode({"Version": "2016-11-15", **form}),
        headers={
            "Content-Type": "application/x-www-form-urlencoded",
            "Authorization": _SIGNED,
            "amz-sdk-invocation-id": invocation,
            "amz-sdk-request": f"attempt={attempt}; max=25",
        },
    )
    answer = connection.getresponse()
    body = answer.read()
    connection.close()
    return answer.status, body


def test_a_second_attempt_gets_the_first_answer(aws: LocalAws) -> None:
    """One thing is made, and both attempts are told its id."""
    first = _send(aws, "one", 1, Action="CreateInternetGateway")

    second = _send(aws, "one", 2, Action="CreateInternetGateway")

    assert first[0] == 200
    assert second == first
    assert len(aws.inventory()) == 1


def test_another_call_is_carried_out(aws: LocalAws) -> None:
    """The same request in another call makes another thing."""
    first = _send(aws, "one", 1, Action="CreateInternetGateway")

    second = _send(aws, "two", 1, Action="CreateInternetGateway")

    assert first != second
    assert len(aws.inventory()) == 2


def test_a_second_attempt_that_comes_first_is_carried_out(aws: LocalAws) -> None:
    """Where the first attempt never arrived there is no answer to repeat."""
    status, _ = _send(aws, "three", 2, Action="CreateInternetGateway")

    assert status == 200
    assert len(aws.inventory()) == 1


@pytest.mark.parametrize(("status", "found"), [(200, True), (400, False), (501, False)])
def test_only_what_was_done_is_repeated(status: int, found: bool) -> None:  # noqa: FBT001
    """An attempt after an error is a new try."""
    repeats = Repeats()
    environ = {
        "REQUEST_METHOD": "POST",
        "HTTP_AMZ_SDK_INVOCATION_ID": "one",
        "HTTP_AMZ_SDK_REQUEST": "attempt=2; max=25",
    }
    repeats.keep(environ, Response("x", status=status))

    assert (repeats.find(environ) is not None) is found


def test_the_oldest_answers_are_forgotten() -> None:
    """The memory has an end."""
    repeats = Repeats()
    for number in range(501):
        repeats.keep(
            {"REQUEST_METHOD": "POST", "HTTP_AMZ_SDK_INVOCATION_ID": str(number)}, Response("x")
        )
    second = {"HTTP_AMZ_SDK_REQUEST": "attempt=2; max=25"}

    assert repeats.find({**second, "HTTP_AMZ_SDK_INVOCATION_ID": "0"}) is None
    assert repeats.find({**second, "HTTP_AMZ_SDK_INVOCATION_ID": "500"}) is not None

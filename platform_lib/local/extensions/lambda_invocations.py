"""Lambda invocations: what the emulator, which runs no code, can answer.

Upstream gap: moto runs a function in Docker; without Docker it answers the error as the function's
result, so that a caller goes on with it, and makes a log group that nobody asked for.

A call that waits for the result is answered 501. An event (an asynchronous call, a message of SNS, a
log event) is accepted, as AWS accepts it, and goes nowhere. Messages of a queue stay in the queue.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import unquote

from moto.awslambda.models import LambdaBackend, LambdaFunction
from moto.awslambda.responses import LambdaResponse

from platform_lib.local.extensions.support import replace

__all__ = ["install"]


def install() -> None:
    """Patch moto."""
    replace(LambdaResponse)(invoke)
    replace(LambdaResponse)(invoke_async)
    replace(LambdaFunction, "_invoke_lambda")(_refuse)
    for name in ("send_sns_message", "send_log_event"):
        replace(LambdaBackend, name)(_accept)
    replace(LambdaBackend)(send_sqs_batch)


def _refuse(_: Callable[..., Any]) -> Callable[..., Any]:
    def run(*_arguments: Any, **_named: Any) -> Any:
        raise NotImplementedError("the emulator does not run the code of Lambda functions")

    return run


def _accept(_: Callable[..., Any]) -> Callable[..., Any]:
    return lambda *_arguments, **_named: None


def invoke(_: Callable[..., Any]) -> Callable[..., Any]:
    """Answer a test and an event; refuse to make up a result."""

    def answer(self: Any) -> tuple[int, dict[str, str], str]:
        name = unquote(self.path.rsplit("/", 2)[-2])
        self.backend.get_function(name, self._get_param("qualifier"))
        kind = self.headers.get("X-Amz-Invocation-Type", "RequestResponse")
        status = {"Event": 202, "DryRun": 204}.get(kind)
        if status is None:
            raise NotImplementedError("the emulator does not run the code of Lambda functions")
        return status, {"status": str(status)}, ""

    return answer


def invoke_async(_: Callable[..., Any]) -> Callable[..., Any]:
    """Accept an event for a function that exists."""

    def answer(self: Any) -> tuple[int, dict[str, Any], str]:
        parts = self.path.rstrip("/").split("/")
        self.backend.get_function(unquote(parts[-2]), None)
        return 202, {"status": 202}, ""

    return answer


def send_sqs_batch(_: Callable[..., Any]) -> Callable[..., Any]:
    """Leave the messages where they are, as after a failed invocation."""
    return lambda *_arguments, **_named: False

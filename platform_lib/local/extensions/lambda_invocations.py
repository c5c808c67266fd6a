"""Lambda invocations: the one function of ours that can run here, and what is answered for others.

Upstream gap: moto runs a function in Docker; without Docker it answers the error as the function's
result, so that a caller goes on with it, and makes a log group that nobody asked for.

A call that waits for the result is carried out for one function only: the runner of a
`MigrationTask`, known by a source in its zip that is byte for byte the one of this library. What runs
is that source's `Migration`, in the emulator's process, with the event of the call, against the
emulated ECS, with the time that the function has; its pauses are cut short. So its order, its token,
its checks of exit codes and its errors are real. Not carried out: what the function's role allows, its
network, its environment, its logs; and the container of the task, which ends with 0 if what
`_ecs_starts` looks at is there.

Every other such call is answered 501. An event (an asynchronous call, a message of SNS, a log event)
is accepted, as AWS accepts it, and goes nowhere. Messages of a queue stay in the queue.
"""

from __future__ import annotations

import io
import json
import time
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from moto.awslambda.models import LambdaBackend, LambdaFunction
from moto.awslambda.responses import LambdaResponse

from platform_lib.ecs.migration import handler
from platform_lib.local.extensions.support import replace

__all__ = ["install"]

_HANDLER = "migration.handler.handle"
_SOURCE = "migration/handler.py"
_PAUSE_SECONDS = 0.2


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
    """Answer a test and an event, run a migration's runner, and refuse to make up other results."""

    def answer(self: Any) -> tuple[int, dict[str, str], str]:
        name = unquote(self.path.rsplit("/", 2)[-2])
        function = self.backend.get_function(name, self._get_param("qualifier"))
        kind = self.headers.get("X-Amz-Invocation-Type", "RequestResponse")
        status = {"Event": 202, "DryRun": 204}.get(kind)
        if status is not None:
            return status, {"status": str(status)}, ""
        if not _is_migration(function):
            raise NotImplementedError("the emulator does not run the code of Lambda functions")
        event = json.loads(self.body or "{}")
        return _run(function, event, f"http://{self.headers['Host']}")

    return answer


def _is_migration(function: Any) -> bool:
    """Tell whether the function is our own runner, to the byte."""
    if function.run_time is None or not function.run_time.startswith("python"):
        return False
    if function.handler != _HANDLER:
        return False
    try:
        with zipfile.ZipFile(io.BytesIO(function.code_bytes)) as archive:
            return archive.read(_SOURCE) == Path(handler.__file__).read_bytes()
    except (KeyError, zipfile.BadZipFile):
        return False


def _run(function: Any, event: Any, endpoint: str) -> tuple[int, dict[str, str], str]:
    """Run a migration, and answer as Lambda does when a function returns or raises."""
    end = time.monotonic() + int(function.timeout)
    headers = {"status": "200", "X-Amz-Executed-Version": "$LATEST"}
    try:
        result = handler.Migration(
            _ecs(function, endpoint),
            event,
            lambda: end - time.monotonic(),
            lambda _: time.sleep(_PAUSE_SECONDS),
        ).run()
    except Exception as error:  # noqa: BLE001 - Lambda answers with whatever a function raises
        told = {"errorMessage": str(error), "errorType": type(error).__name__}
        return 200, headers | {"X-Amz-Function-Error": "Unhandled"}, json.dumps(told)
    return 200, headers, json.dumps(result)


def _ecs(function: Any, endpoint: str) -> Any:
    """Return a client of the emulated ECS; requests of Lambda hold no lock that it would wait for."""
    import boto3  # noqa: PLC0415 - 0.1 s, and seldom needed
    from botocore.config import Config  # noqa: PLC0415

    make: Callable[..., Any] = boto3.session.Session(
        aws_access_key_id="emulated",
        aws_secret_access_key="emulated",  # noqa: S106 - no secret
        region_name=function.region,
    ).client
    return make(
        "ecs",
        endpoint_url=endpoint,
        # The emulator is its own proxy, by name; here it is asked directly.
        config=Config(proxies={}, retries={"total_max_attempts": 1}),
    )


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

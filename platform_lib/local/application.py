"""The WSGI application of the emulator: moto, our extensions, and an honest answer to the rest."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterable
from contextlib import nullcontext
from http import HTTPStatus
from io import BytesIO
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs

from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app
from werkzeug.test import run_wsgi_app
from werkzeug.wrappers import Request, Response

from platform_lib.local.extensions import registry
from platform_lib.local.gaps import Gap, Gaps, refusal
from platform_lib.local.inventory import Inventory
from platform_lib.local.repeats import Repeats

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

__all__ = ["ADMIN", "Emulator", "failure_of"]

ADMIN = "/_emulator/"
"""Path below which the owner asks the emulator about itself; no bucket can have such a name."""

# Calls of these services wait (long polling) or come back into the emulator while they run.
_NOT_SERIALISED = frozenset({"lambda", "sqs"})
_HOSTS = ("127.0.0.1", "localhost")
_UNROUTED = frozenset({HTTPStatus.NOT_FOUND, HTTPStatus.METHOD_NOT_ALLOWED})


class _Dispatcher(DomainDispatcherApplication):
    """Moto's dispatcher, which also knows services that moto does not have at all."""

    def __init__(self) -> None:
        super().__init__(_create_app)
        self._own: dict[str, WSGIApplication] = {}

    def get_application(self, environ: WSGIEnvironment) -> Any:
        """Choose the application by the service that signed the request."""
        service = _service(environ)
        if service in registry.SERVICES:
            with self.lock:
                if service not in self._own:
                    self._own[service] = registry.load_service(service)
                return self._own[service]
        return super().get_application(environ)


def _create_app(backend: Any) -> Any:
    if backend is None:
        raise NotImplementedError("moto does not have the service")
    registry.extend(backend)
    return create_backend_app(backend)


class Emulator:
    """Serves one AWS account, one request at a time.

    Moto's models are plain dictionaries without locks; two of Terraform's ten parallel requests
    could meet in the middle of a change. A lock costs nothing next to the interpreter's own.

    Args:
        identity: What the health check answers.
    """

    def __init__(self, identity: dict[str, Any]) -> None:
        self._identity = identity
        self._gaps = Gaps()
        self._inventory = Inventory()
        self._repeats = Repeats()
        self._dispatcher = _Dispatcher()
        # Moto makes the account's IAM before it looks at the first request, whatever that is.
        registry.extend("iam")
        self._lock = threading.Lock()
        self._admin: dict[tuple[str, str], Callable[[], Any]] = {
            ("GET", "health"): lambda: self._identity,
            ("GET", "inventory"): self._inventory.as_json,
            ("GET", "gaps"): self._gaps.as_json,
            ("POST", "reset"): self._reset,
        }

    def __call__(  # noqa: D102 - the WSGI interface
        self, environ: WSGIEnvironment, start_response: StartResponse
    ) -> Iterable[bytes]:
        path = environ.get("PATH_INFO", "")
        if path.startswith(ADMIN):
            application = self._answer_owner(environ["REQUEST_METHOD"], path.removeprefix(ADMIN))
        else:
            application = self._answer_client(environ)
        return application(environ, start_response)

    def _answer_owner(self, method: str, name: str) -> WSGIApplication:
        action = self._admin.get((method, name))
        if action is None:
            return Response("no such admin action", status=404)
        if name == "health":
            return Response(json.dumps(action()), mimetype="application/json")
        with self._lock:
            return Response(json.dumps(action()), mimetype="application/json")

    def _answer_client(self, environ: WSGIEnvironment) -> WSGIApplication:
        host = environ.get("HTTP_HOST", "").partition(":")[0]
        if not host.endswith(_HOSTS):
            # HTTP_PROXY brings everything here; nothing may look as if it had left the machine.
            return self._refuse(
                Gap("proxy", host, "it is not part of AWS"), form=False, target=True
            )
        service = _service(environ) or "s3"
        action = _action(environ)
        target = "HTTP_X_AMZ_TARGET" in environ
        form = environ.get("CONTENT_TYPE", "").startswith("application/x-www-form-urlencoded")
        try:
            with nullcontext() if service in _NOT_SERIALISED else self._lock:
                answer = self._repeats.find(environ) or self._ask_moto(environ)
        except NotImplementedError as error:
            reason = str(error) or "moto does not have it"
        except Exception as error:  # noqa: BLE001 - any failure inside moto must become a 501
            reason = f"{type(error).__name__}: {error}"
        else:
            failure = failure_of(answer, service, environ["REQUEST_METHOD"])
            if failure is None:
                return answer
            reason = failure
        return self._refuse(Gap(service, action, reason), form=form, target=target)

    def _ask_moto(self, environ: WSGIEnvironment) -> Response:
        body, status, headers = run_wsgi_app(self._dispatcher, environ, buffered=True)
        answer = Response(b"".join(body), status=status, headers=headers)
        self._repeats.keep(environ, answer)
        return answer

    def _refuse(self, gap: Gap, *, form: bool, target: bool) -> WSGIApplication:
        self._gaps.record(gap)
        refused = refusal(gap, form=form, target=target)
        return Response(refused.body, status=refused.status, headers=refused.headers)

    def _reset(self) -> dict[str, str]:
        from moto.core.base_backend import BackendDict, BaseBackend  # noqa: PLC0415 - with the next
        from moto.moto_api._internal.models import moto_api_backend  # noqa: PLC0415 - 0.1 s

        in_use: list[Any] = BackendDict._instances  # type: ignore[misc]  # noqa: SLF001
        for backends in in_use:
            # Moto would fill each again and then forget it, IAM's with 1,582 policies.
            if backends.backend.reset is BaseBackend.reset:
                backends.clear()
        moto_api_backend.reset()
        self._gaps.clear()
        self._repeats.clear()
        return {"status": "reset"}


def failure_of(answer: Response, service: str, method: str) -> str | None:
    """Tell moto's own failures from AWS's answers.

    A missing URL is an HTML page or nothing at all; a provider would take that 404 for "this
    resource is gone" and go on with a wrong state. A 5xx would be repeated for ten minutes.
    """
    if answer.status_code >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return f"moto answered {answer.status}"
    if answer.status_code not in _UNROUTED or service == "s3" or method == "HEAD":
        return None
    body = answer.get_data()
    unrouted = not body or body.lstrip()[:9].lower() == b"<!doctype"
    return "moto has no route for it" if unrouted else None


def _service(environ: WSGIEnvironment) -> str | None:
    """Return the service of the signature's scope (``<key>/<date>/<region>/<service>/...``)."""
    _, _, credential = environ.get("HTTP_AUTHORIZATION", "").partition("Credential=")
    scope = credential.split(",")[0].split("/")
    return scope[3].lower() if len(scope) >= 5 else None  # noqa: PLR2004 - parts of the scope


def _action(environ: WSGIEnvironment) -> str:
    """Return the action's name as far as the request tells it, else its method and path."""
    target = environ.get("HTTP_X_AMZ_TARGET", "")
    if target:
        return str(target.rpartition(".")[2])
    request = Request(environ, populate_request=False)
    if request.mimetype == "application/x-www-form-urlencoded":
        # Read here and put back, because moto reads the stream again.
        body = request.get_data(cache=True)
        environ["wsgi.input"] = BytesIO(body)
        names = parse_qs(body.decode("utf-8", "replace")).get("Action")
        if names:
            return names[0]
    return f"{request.method} {request.path}"

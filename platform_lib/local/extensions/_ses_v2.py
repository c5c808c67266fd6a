"""What the SES extensions share: routes and errors of the API v2."""

from __future__ import annotations

from moto.core.exceptions import JsonRESTError
from moto.sesv2.responses import SESV2Response
from moto.sesv2.urls import url_paths

__all__ = ["AlreadyThereError", "NotThereError", "RefusedError", "route"]


def route(*paths: str) -> None:
    """Let moto's server ask its SES for further paths of the API."""
    for path in paths:
        url_paths[f"{{0}}/v2/email/{path}$"] = SESV2Response.dispatch


class NotThereError(JsonRESTError):
    """Something that is named does not exist."""

    code = 404

    def __init__(self, message: str) -> None:
        super().__init__("NotFoundException", message)


class AlreadyThereError(JsonRESTError):
    """The name is taken."""

    code = 400

    def __init__(self, message: str) -> None:
        super().__init__("AlreadyExistsException", message)


class RefusedError(JsonRESTError):
    """The request cannot be."""

    code = 400

    def __init__(self, message: str) -> None:
        super().__init__("BadRequestException", message)

"""Answers kept for a while, so that a repeated request is not carried out twice.

An SDK that loses a connection sends the same request again, although it may have been carried
out: the second CreateRoute then finds "its" route in the way. On a busy machine that happens with
a local server too, where it would look like a mistake of the user's. Every attempt of one call has
the same invocation id, so the first answer is given again.
https://docs.aws.amazon.com/sdkref/latest/guide/feature-retry-behavior.html
"""

from __future__ import annotations

from collections import OrderedDict
from http import HTTPStatus
from typing import TYPE_CHECKING

from werkzeug.wrappers import Response

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

__all__ = ["Repeats"]

_KEPT = 500
_READS = frozenset({"GET", "HEAD"})


class Repeats:
    """The latest answers to calls that may change something, by invocation id."""

    def __init__(self) -> None:
        self._answers: OrderedDict[str, Response] = OrderedDict()

    def find(self, environ: WSGIEnvironment) -> Response | None:
        """Return the answer that an earlier attempt of this call has got."""
        attempt = environ.get("HTTP_AMZ_SDK_REQUEST", "")
        if attempt.startswith("attempt=1;") or "attempt=" not in attempt:
            return None
        return self._answers.get(_invocation(environ))

    def keep(self, environ: WSGIEnvironment, answer: Response) -> None:
        """Remember an answer, and forget the oldest one.

        An error is not kept: nothing was carried out, and the next attempt may succeed.
        """
        invocation = _invocation(environ)
        done = answer.status_code < HTTPStatus.MULTIPLE_CHOICES
        if invocation and done and environ["REQUEST_METHOD"] not in _READS:
            self._answers[invocation] = answer
            if len(self._answers) > _KEPT:
                self._answers.popitem(last=False)

    def clear(self) -> None:
        """Forget everything."""
        self._answers.clear()


def _invocation(environ: WSGIEnvironment) -> str:
    return str(environ.get("HTTP_AMZ_SDK_INVOCATION_ID", ""))

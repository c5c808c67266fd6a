"""What the emulator could not answer: recorded, and written in the format that its caller reads."""

from __future__ import annotations

import json
import threading
from dataclasses import asdict, dataclass, replace
from typing import Any
from xml.sax.saxutils import escape

__all__ = ["Gap", "Gaps", "Refusal", "refusal"]

_CODE = "NotImplemented"
_NAMESPACE_FREE_XML = {"s3", "s3express"}
_REST_XML = {"s3control", "cloudfront", "route53"}


@dataclass(frozen=True, slots=True, order=True)
class Gap:
    """One action that was answered 501, and how often."""

    service: str
    action: str
    reason: str
    count: int = 1

    def __str__(self) -> str:
        times = "" if self.count == 1 else f" ({self.count} times)"
        return f"{self.service}:{self.action}: {self.reason}{times}"


class Gaps:
    """The gaps met so far; safe to use from every request thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._gaps: dict[tuple[str, str, str], Gap] = {}

    def record(self, gap: Gap) -> None:
        """Count one more refusal."""
        key = (gap.service, gap.action, gap.reason)
        with self._lock:
            known = self._gaps.get(key)
            self._gaps[key] = gap if known is None else replace(known, count=known.count + 1)

    def as_json(self) -> list[dict[str, Any]]:
        """Return the gaps in a stable order, as plain data."""
        with self._lock:
            return [asdict(gap) for gap in sorted(self._gaps.values())]

    def clear(self) -> None:
        """Forget everything."""
        with self._lock:
            self._gaps.clear()


@dataclass(frozen=True, slots=True)
class Refusal:
    """The answer to a request that cannot be served.

    Its status is 501 and not 500 because the SDKs retry 500 (the AWS provider for ten minutes)
    and take 501 as final.
    """

    body: str
    headers: list[tuple[str, str]]
    status: str = "501 NOT IMPLEMENTED"


def refusal(gap: Gap, *, form: bool, target: bool) -> Refusal:
    """Write the answer in the error format of the caller's protocol.

    Args:
        gap: What is missing.
        form: Whether the request was a form (the query protocols).
        target: Whether the request named its action in a header (the JSON protocols).
    """
    message = f"the emulated AWS cannot answer {gap.service}:{gap.action}: {gap.reason}"
    if form and gap.service == "ec2":
        body = f"<Response><Errors>{_error(message)}</Errors><RequestID>emulated</RequestID></Response>"
    elif form or gap.service in _REST_XML:
        body = f"<ErrorResponse>{_error(message)}<RequestId>emulated</RequestId></ErrorResponse>"
    elif gap.service in _NAMESPACE_FREE_XML and not target:
        body = _error(message)
    else:
        return Refusal(
            json.dumps({"__type": _CODE, "message": message}),
            [("Content-Type", "application/json"), ("x-amzn-ErrorType", _CODE)],
        )
    return Refusal(f'<?xml version="1.0"?>{body}', [("Content-Type", "text/xml")])


def _error(message: str) -> str:
    return f"<Error><Code>{_CODE}</Code><Message>{escape(message)}</Message></Error>"

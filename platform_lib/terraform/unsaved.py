"""Find what a killed or interrupted Terraform has made and not saved.

Terraform writes a remote state at most every 20 seconds during an apply
(https://github.com/hashicorp/terraform/blob/v1.11/internal/backend/local/hook_state.go), so `kill -9`
loses what it has just made. Its `apply -json` stream is recorded as it arrives; what the stream says
was made and the state does not hold would be made twice by the next apply.
"""

from __future__ import annotations

import shlex
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from platform_lib.errors import OperationError, PlatformError, Problem
from platform_lib.terraform.events import decode
from platform_lib.terraform.import_ids import import_id, is_taken_over
from platform_lib.terraform.stack import Document
from platform_lib.terraform.state import State

__all__ = ["Unsaved", "find_unsaved", "may_be_half_made"]


_CANCELLED = "context canceled"
"""What a provider says of a request that it has given up because Terraform is to stop."""

_KILLED = 128
"""Exit codes from here on are those of a process that a signal has ended."""

_HALF_MADE = ("aws_security_group",)
"""Types whose creation takes several calls, of which reading the thing does not tell the later ones:
the rule that lets everything out goes in the last one. What may be half made is made again."""


@dataclass(frozen=True, slots=True)
class Unsaved:
    """What a recorded apply knows and the state does not."""

    made: Mapping[str, str]
    """Address and id of what was made."""

    started: tuple[str, ...]
    """Addresses whose creation had begun, with an unknown end.

    A killed Terraform leaves them, and an interrupted one too: it makes the provider give up the
    requests that are on their way, and AWS may have done what was asked (measured: a VPC whose
    creation ended with "context canceled" existed). The state may hold such an address: with the old
    one of a replacement that makes the new one first.
    """

    unfinished: tuple[str, ...]
    """Addresses that an interrupted apply has made and left tainted, only because the provider could
    not wait for them or read them any more; replacing them would make them twice."""

    imports: Mapping[str, str | None]
    """For each address of `made`, the id to import it under; None where it cannot be composed."""

    killed: bool = False
    """Whether Terraform did not end by itself, so that it holds the lock and has saved little."""

    found: Mapping[str, str] = field(default_factory=dict)
    """Addresses of `started` that a look at AWS has found, with the id to import them under."""

    reasons: Mapping[str, str] = field(default_factory=dict)
    """Why the look at AWS did not settle an address of `started`, where there is more to say."""

    def __bool__(self) -> bool:
        return bool(self.made or self.started)

    def error(self, stack: str, directory: Path) -> PlatformError:
        """Return the refusal to go on, one problem per resource, with its command."""
        terraform = f"terraform -chdir={shlex.quote(str(directory))}"

        def command(address: str, under: str) -> str:
            return f"{terraform} import {shlex.quote(address)} {shlex.quote(under)}"

        sentences = {
            address: self._made_sentence(address, known, command)
            for address, known in self.made.items()
        }
        sentences |= {address: self._started_sentence(address, command) for address in self.started}
        problems = [
            Problem(sentence, f"{stack}/{address}", "Unsaved")
            for address, sentence in sentences.items()
        ]
        if (directory / "errored.tfstate").is_file():
            problems.append(
                Problem(
                    "Terraform could not save the state and left it in errored.tfstate; save it with"
                    f" {terraform} state push errored.tfstate, then remove the file",
                    stack,
                    "Unsaved",
                )
            )
        return OperationError.of(problems)

    def _made_sentence(self, address: str, known: str, command: Callable[[str, str], str]) -> str:
        under = self.imports[address]
        fix = (
            "Terraform cannot import it from what is known; look it up, and import it or delete it by"
            " hand"
            if under is None
            else command(address, under)
        )
        return (
            f"was made ({known or 'no id'}) by an apply that was killed before it saved the state;"
            f" take it in: {fix}"
        )

    def _started_sentence(self, address: str, command: Callable[[str, str], str]) -> str:
        if address in self.found:
            return (
                f"was being made when the apply was stopped, and exists; take it in:"
                f" {command(address, self.found[address])}"
            )
        reason = f" ({self.reasons[address]})" if address in self.reasons else ""
        return (
            "was being made when the apply was stopped; look whether it exists, import it or delete"
            f" it, then go on with --ignore-unsaved{reason}"
        )


def find_unsaved(record: str, document: Document, state: State) -> Unsaved:
    """Compare the recorded stream of an apply with the state.

    A replacement counts as made when the state does not hold the id that the stream reported. What
    a second creation would take over (`import_ids.is_taken_over`) needs nobody's care.

    Args:
        record: The recorded lines; the last one may be cut off.
        document: The stack's `cdk.tf.json`, for import ids.
        state: The state as it is now.
    """
    made: dict[str, str] = {}
    started: dict[str, None] = {}
    failed: set[str] = set()
    cancelled: set[str] = set()
    killed = True
    for line in record.splitlines():
        value = decode(line) or {}
        if value.get("type") == "ended" and value["exit_code"] < _KILLED:
            # Terraform has ended by itself, so whatever it had begun it knew the end of.
            started.clear()
            killed = False
        diagnostic = value.get("diagnostic") or {}
        if _CANCELLED in diagnostic.get("summary", "") + diagnostic.get("detail", ""):
            cancelled.add(diagnostic.get("address", ""))
        hook = value.get("hook") or {}
        address = hook.get("resource", {}).get("addr", "")
        if value.get("type") == "apply_start" and hook.get("action") == "create":
            started[address] = None
        elif value.get("type") == "apply_errored":
            # A failed creation is in the state as tainted, or there is nothing to save.
            started.pop(address, None)
            if hook.get("action") == "create":
                failed.add(address)
        elif value.get("type") == "apply_complete":
            started.pop(address, None)
            if hook.get("action") == "create":
                # Terraform shows a name or a tag where there is no id.
                made[address] = str(hook["id_value"]) if hook.get("id_key") == "id" else ""
    saved = {instance.address: instance.id for instance in state.instances}
    doubtful = dict.fromkeys([*started, *sorted(failed & cancelled)])
    tainted = {instance.address for instance in state.instances if instance.tainted}
    # A creation that fails leaves its object tainted or none; one that is whole is the old one, for
    # which a new one was being made before it was to be destroyed.
    replaced = (failed & cancelled & saved.keys()) - tainted
    lost = {
        address: known
        for address, known in made.items()
        if (address not in saved or (known and saved[address] != known))
        and not is_taken_over(address)
    }
    ids = {**saved, **made}
    return Unsaved(
        made=lost,
        started=tuple(
            address
            for address in doubtful
            if (address not in saved or address in replaced) and not is_taken_over(address)
        ),
        unfinished=tuple(
            address
            for address in sorted(failed & cancelled & tainted)
            # Where its provisioner has not run, it really has to be made again.
            if not document.resource(address).get("provisioner") and not may_be_half_made(address)
        ),
        imports={
            address: import_id(address, known, document, ids) for address, known in lost.items()
        },
        killed=killed,
    )


def may_be_half_made(address: str) -> bool:
    """Tell whether an interrupted creation may have left something that looks whole and is not."""
    return address.partition(".")[0] in _HALF_MADE

"""Find what a killed or interrupted Terraform has made and not saved.

Terraform writes a remote state at most every 20 seconds during an apply
(https://github.com/hashicorp/terraform/blob/v1.11/internal/backend/local/hook_state.go), so `kill -9`
loses what it has just made. Its `apply -json` stream is recorded as it arrives; what the stream says
was made and the state does not hold would be made twice by the next apply.
"""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from platform_lib.errors import OperationError, PlatformError, Problem
from platform_lib.terraform.events import decode
from platform_lib.terraform.import_ids import import_id
from platform_lib.terraform.stack import Document
from platform_lib.terraform.state import State

__all__ = ["Unsaved", "find_unsaved"]


_CANCELLED = "context canceled"
"""What a provider says of a request that it has given up because Terraform is to stop."""

_KILLED = 128
"""Exit codes from here on are those of a process that a signal has ended."""


@dataclass(frozen=True, slots=True)
class Unsaved:
    """What a recorded apply knows and the state does not."""

    made: Mapping[str, str]
    """Address and id of what was made."""

    started: tuple[str, ...]
    """Addresses whose creation had begun, with an unknown end.

    A killed Terraform leaves them, and an interrupted one too: it makes the provider give up the
    requests that are on their way, and AWS may have done what was asked (measured: a VPC whose
    creation ended with "context canceled" existed).
    """

    unfinished: tuple[str, ...]
    """Addresses that an interrupted apply has made and left tainted, only because the provider could
    not wait for them or read them any more; replacing them would make them twice."""

    imports: Mapping[str, str | None]
    """For each address of `made`, the id to import it under; None where it cannot be composed."""

    def __bool__(self) -> bool:
        return bool(self.made or self.started)

    def error(self, stack: str, directory: Path) -> PlatformError:
        """Return the refusal to go on, one problem per resource, with its command."""
        terraform = f"terraform -chdir={shlex.quote(str(directory))}"
        problems = []
        for address, known in self.made.items():
            under = self.imports[address]
            if under is None:
                fix = (
                    "Terraform cannot import it from what is known; look it up, and import it or delete"
                    " it by hand"
                )
            else:
                fix = f"{terraform} import {shlex.quote(address)} {shlex.quote(under)}"
            problems.append(
                Problem(
                    f"was made ({known or 'no id'}) by an apply that was killed before it saved the state;"
                    f" take it in: {fix}",
                    f"{stack}/{address}",
                    "Unsaved",
                )
            )
        problems += [
            Problem(
                "was being made when the apply was stopped; look whether it exists, import it or delete"
                " it, then go on with --ignore-unsaved",
                f"{stack}/{address}",
                "Unsaved",
            )
            for address in self.started
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


def find_unsaved(record: str, document: Document, state: State) -> Unsaved:
    """Compare the recorded stream of an apply with the state.

    A replacement counts as made when the state does not hold the id that the stream reported.

    Args:
        record: The recorded lines; the last one may be cut off.
        document: The stack's `cdk.tf.json`, for import ids.
        state: The state as it is now.
    """
    made: dict[str, str] = {}
    started: dict[str, None] = {}
    failed: set[str] = set()
    cancelled: set[str] = set()
    for line in record.splitlines():
        value = decode(line) or {}
        if value.get("type") == "ended" and value["exit_code"] < _KILLED:
            # Terraform has ended by itself, so whatever it had begun it knew the end of.
            started.clear()
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
    lost = {
        address: known
        for address, known in made.items()
        if address not in saved or (known and saved[address] != known)
    }
    ids = {**saved, **made}
    return Unsaved(
        made=lost,
        started=tuple(address for address in doubtful if address not in saved),
        unfinished=tuple(
            address
            for address in sorted(failed & cancelled & tainted)
            # Its provisioner has not run, so it really has to be made again.
            if not document.resource(address).get("provisioner")
        ),
        imports={
            address: import_id(address, known, document, ids) for address, known in lost.items()
        },
    )

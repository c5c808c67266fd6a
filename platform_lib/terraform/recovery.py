"""Settle what an interrupted run may have made: look whether it exists, and take it in.

An interrupted Terraform makes the provider give up the requests that are on their way, and AWS may carry
them out all the same. Terraform then does not know of the thing and would make a second one.
"""

from __future__ import annotations

import dataclasses
import json
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from platform_lib.errors import OperationError
from platform_lib.terraform import process
from platform_lib.terraform.commands import LOCK_TIMEOUT, StackCommands
from platform_lib.terraform.events import Message
from platform_lib.terraform.import_ids import natural_id
from platform_lib.terraform.lookup import Request, requests, stack_tag
from platform_lib.terraform.session import TerraformSession
from platform_lib.terraform.stack import Document, Stack
from platform_lib.terraform.state import State
from platform_lib.terraform.unsaved import Unsaved, may_be_half_made

__all__ = ["SETTLING_SECONDS", "Recovery"]

SETTLING_SECONDS = 10.0
"""How old an interruption is before "it does not exist" is believed.

AWS shows what it has made with a delay (https://docs.aws.amazon.com/ec2/latest/devguide/eventual-consistency.html),
mostly of a second or two. One wait, counted from the end of the interrupted run, takes the place of a
retry of every question: whoever comes back later than that does not wait at all.
"""

_LOOKUP = Path(__file__).with_name("_lookup.py")
_ABSENT = ("Cannot import non-existent remote object", "No association found between")
"""Beginnings of what Terraform and the provider say of an import of what does not exist."""

_TAGGED_LATER = ("aws_s3_bucket",)
"""Types whose tags come with a second call, so that a young one may have none."""


class Recovery:
    """Settles the doubtful creations of one stack.

    Args:
        terraform: Environment, and where to report.
        stack: The stack.
        commands: Runs Terraform in its folder.
    """

    def __init__(self, terraform: TerraformSession, stack: Stack, commands: StackCommands) -> None:
        self._terraform = terraform
        self._stack = stack
        self._commands = commands

    def settle(self, unsaved: Unsaved, state: Callable[[], State], ended: float) -> Unsaved:
        """Return what is left in doubt, after taking in what exists.

        After a `kill -9` of Terraform what exists is listed and not taken in: Terraform still holds
        the lock, and whoever frees it has to know what else happened. Likewise where the state could
        not be saved, since it has to be pushed first. Only what AWS cannot make twice is left to the
        import, once the rest is settled.

        Args:
            unsaved: What the record and the state tell.
            state: Reads the state.
            ended: When the interrupted run was last heard of, in seconds since the epoch.
        """
        if not unsaved.started:
            return unsaved
        document, before = self._stack.document, state()
        ids = {instance.address: instance.id for instance in before.instances} | dict(unsaved.made)
        held = before.all_ids | set(unsaved.made.values())
        unique = {
            address: under
            for address in unsaved.started
            if (under := natural_id(address, document, ids)) is not None
            and address not in ids
            and not document.resource(address).get("provisioner")
        }
        asked = requests(unsaved.started, document, ids)
        if asked or unique:
            self._wait(min(ended, time.time()) + SETTLING_SECONDS)
        found, absent, reasons = self._look(unsaved.started, asked, ids, held)
        errored = (self._stack.directory / "errored.tfstate").is_file()
        certain = unsaved.made or found or set(unsaved.started) - absent - set(unique)
        if errored or ((unsaved.killed or unsaved.made) and certain):
            left = tuple(address for address in unsaved.started if address not in absent)
            reasons |= {
                address: f"once the rest is settled, the next run looks for {under} itself"
                for address, under in unique.items()
            }
            return dataclasses.replace(unsaved, started=left, found=found, reasons=reasons)
        for address, under in found.items():
            self._import(address, under)
        for address, under in unique.items():
            reason = self._try_import(address, under, document, state)
            if reason is None:
                absent.add(address)
            else:
                reasons[address] = reason
        left = tuple(a for a in unsaved.started if a not in found and a not in absent)
        return dataclasses.replace(unsaved, started=left, reasons=reasons)

    def _wait(self, until: float) -> None:
        while (left := until - time.time()) > 0:
            self._terraform.interruption.check()
            time.sleep(min(left, 0.2))

    def _look(
        self,
        addresses: tuple[str, ...],
        asked: tuple[Request, ...],
        ids: Mapping[str, str],
        held: frozenset[str],
    ) -> tuple[dict[str, str], set[str], dict[str, str]]:
        """Return what exists with its id, what does not, and why it cannot be told of the rest."""
        found: dict[str, str] = {}
        reasons: dict[str, str] = {}
        answers = dict(self._answers(asked))
        # In the state already: imported by an earlier run or by hand, or the old one of a
        # replacement, whose new one nobody can ask for.
        absent = {address for address in addresses if address in ids and address not in answers}
        free = {
            a: [one for one in answer.get("ids", ()) if one not in held]
            for a, answer in answers.items()
        }
        claims = Counter(one for candidates in free.values() for one in candidates)
        for address, answer in answers.items():
            candidates = free[address]
            if "error" in answer:
                reasons[address] = f"AWS cannot be asked: {answer['error']}"
            elif not candidates:
                absent.add(address)
            elif len(candidates) > 1 or claims[candidates[0]] > 1:
                reasons[address] = f"it may be {' or '.join(sorted(candidates))}"
            elif address in ids:
                reasons[address] = (
                    f"it is {candidates[0]}, which was to replace {ids[address]}; delete it"
                )
            elif self._stack.document.resource(address).get("provisioner"):
                reasons[address] = f"it is {candidates[0]}, and its provisioner has not run"
            else:
                found[address] = candidates[0]
        return found, absent, reasons

    def _answers(self, asked: tuple[Request, ...]) -> Iterator[tuple[str, Mapping[str, Any]]]:
        for request in asked:
            answer = process.run(
                [sys.executable, "-P", str(_LOOKUP), json.dumps(request.to_json())],
                directory=self._stack.directory,
                environment=self._terraform.environment(),
                interruption=self._terraform.interruption,
                pass_fds=self._terraform.pass_fds,
            )
            self._terraform.interruption.check()
            if answer.exit_code == 0:
                yield from json.loads(answer.stdout).items()
            else:
                last = answer.stderr.strip().splitlines()[-1:]
                error = {"error": " ".join(last) or f"exit code {answer.exit_code}"}
                yield from ((address, error) for address in request.questions)

    def _try_import(
        self, address: str, under: str, document: Document, state: Callable[[], State]
    ) -> str | None:
        """Take in what has a name of its own; return why that is not to be, or None.

        Terraform itself tells whether it exists. It is let go again when it is not this stack's: the
        interrupted request may never have arrived, and the name be taken by somebody else.
        """
        try:
            self._commands.run_import(address, under)
        except OperationError as error:
            problem = error.problems[0]
            if problem.message.startswith(_ABSENT):
                return None
            if problem.code != "TerraformFailed":
                raise
            return problem.message
        tags = next((i.attributes for i in state().instances if i.address == address), {}).get(
            "tags_all"
        )
        wanted = stack_tag(document, address)
        unmarked = not tags and address.startswith(_TAGGED_LATER)
        if tags is not None and wanted is not None and tags.get("Stack") != wanted and not unmarked:
            self._commands.run("state", "rm", LOCK_TIMEOUT, address)
            return f"{under} exists and does not carry the tag Stack={wanted}, so it is not this stack's"
        self._report(address)
        return None

    def _import(self, address: str, under: str) -> None:
        self._commands.run_import(address, under)
        if may_be_half_made(address):
            self._commands.run("taint", "-no-color", LOCK_TIMEOUT, address)
        self._report(address)

    def _report(self, address: str) -> None:
        self._terraform.on_event(
            Message(
                stack=self._stack.name,
                level="info",
                text=f"{address} was made by the interrupted run and has been imported",
                address=address,
            )
        )

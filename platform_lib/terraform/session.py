"""What every Terraform process of one run of ours shares."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from platform_lib.terraform.events import Event, OnEvent, ProvidersChosen
from platform_lib.terraform.interruption import Interruption
from platform_lib.terraform.program import Program, without_missing_cli_config
from platform_lib.terraform.providers import ProviderSource, choose_source

__all__ = ["TerraformSession"]

_GARBAGE_COLLECTION = "400"
"""Go's setting for Terraform and its providers, which load the schema of every resource when they start:
a plan took 3.0 s of processor time and 0.65 GB at its peak with Go's own 100, and 2.4 s and 0.8 GB with
this. https://pkg.go.dev/runtime#hdr-Environment_Variables"""


def _ignore(_event: Event) -> None:
    """Report to nobody."""


class TerraformSession:
    """The program, its environment, where plugins come from, and whom to tell.

    Args:
        program: Terraform, as `find_program` found it.
        environ: Environment of every Terraform process: the user's, with credentials.
        work: Folder for what a process needs beside the stacks, such as a generated configuration.
        interruption: Stops everything that runs.
        on_event: Receives every event.
        pass_fds: Descriptors that stay open as long as any Terraform runs.
        needed: Providers that a mirror must hold to be chosen, such as `hashicorp/aws`.
    """

    def __init__(
        self,
        program: Program,
        *,
        environ: Mapping[str, str],
        work: Path,
        interruption: Interruption | None = None,
        on_event: OnEvent = _ignore,
        pass_fds: Sequence[int] = (),
        needed: Iterable[str] = (),
    ) -> None:
        self.program = program
        """Terraform."""
        self.interruption = interruption or Interruption()
        """Stops everything that runs."""
        self.on_event = on_event
        """Receives every event."""
        self.pass_fds = tuple(pass_fds)
        """Descriptors that stay open as long as any Terraform runs."""
        # One data folder for all stacks would mix their backends, and another workspace is another
        # state than the one that the other stacks read.
        kept = without_missing_cli_config(environ)
        for name in ("TF_DATA_DIR", "TF_WORKSPACE"):
            kept.pop(name, None)
        # No upgrade check over the network, and no advice to run commands that we run ourselves.
        self._environ = {
            "GOGC": _GARBAGE_COLLECTION,
            **kept,
            "CHECKPOINT_DISABLE": "1",
            "TF_IN_AUTOMATION": "1",
            "TF_INPUT": "0",
        }
        self._work = work
        self._needed = set(needed)
        self._source: ProviderSource | None = None
        self._choosing = threading.Lock()

    def require(self, providers: Iterable[str]) -> None:
        """Add to the providers that a mirror must hold; counts until the source is chosen."""
        self._needed.update(providers)

    def source(self) -> ProviderSource:
        """Choose where plugins come from, once and only when an `init` needs them."""
        with self._choosing:
            if self._source is None:
                source = choose_source(self._environ, needed=sorted(self._needed))
                self._environ = source.environment(self._environ, self._work)
                self._source = source
                sentence = source.sentence()
                if sentence is not None:
                    self.on_event(ProvidersChosen(message=sentence))
        return self._source

    def environment(self) -> dict[str, str]:
        """Return the environment for the next process."""
        return dict(self._environ)

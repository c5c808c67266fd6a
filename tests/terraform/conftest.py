"""Stacks of `terraform_data`, which needs no provider, and a Terraform to work on them."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest

from platform_lib.errors import OperationError
from platform_lib.terraform.events import Event
from platform_lib.terraform.interruption import Interruption
from platform_lib.terraform.program import Program, find_program
from platform_lib.terraform.schedule import Rules, Schedule
from platform_lib.terraform.session import TerraformSession
from platform_lib.terraform.stack import Stack, read_stacks
from tests.provider import mirror

LEFT_OUT = ("AWS_", "TF_", "PLATFORM_")


@dataclass
class App:
    """An output folder like the one that CDKTF leaves."""

    outdir: Path
    entries: dict[str, Any] = field(default_factory=dict)

    def state_path(self, name: str) -> Path:
        """Return the state file of a stack."""
        return self.outdir.parent / "state" / f"{name}.tfstate"

    def add(
        self,
        name: str,
        resources: Mapping[str, Any],
        *,
        outputs: Mapping[str, Any] | None = None,
        reads: Sequence[str] = (),
        dependencies: Sequence[str] = (),
        extra: Mapping[str, Any] | None = None,
        backend: Mapping[str, Any] | None = None,
    ) -> None:
        """Write a stack of `terraform_data` resources, or replace what was written."""
        directory = self.outdir / "stacks" / name
        directory.mkdir(parents=True, exist_ok=True)
        remote = {
            upstream: {
                "backend": "local",
                "config": {"path": f"../../../state/{upstream}.tfstate"},
            }
            for upstream in reads
        }
        document = {
            "terraform": {
                "backend": backend or {"local": {"path": f"../../../state/{name}.tfstate"}}
            },
            "resource": {"terraform_data": dict(resources)},
            "output": {key: {"value": value} for key, value in (outputs or {}).items()},
            "data": {"terraform_remote_state": remote} if remote else {},
            **(extra or {}),
        }
        document = {key: value for key, value in document.items() if value}
        (directory / "cdk.tf.json").write_text(json.dumps(document))
        self.entries[name] = {
            "name": name,
            "workingDirectory": f"stacks/{name}",
            "dependencies": [*reads, *dependencies],
        }
        manifest = {"version": "0.21.0", "stacks": self.entries}
        (self.outdir / "manifest.json").write_text(json.dumps(manifest))

    @property
    def stacks(self) -> dict[str, Stack]:
        """Return the stacks as the library reads them."""
        return read_stacks(self.outdir)


@dataclass
class Lab:
    """An app, a Terraform to run on it, and what was reported."""

    app: App
    program: Program
    environ: dict[str, str]
    events: list[Event] = field(default_factory=list)
    interruption: Interruption = field(default_factory=Interruption)
    session_options: dict[str, Any] = field(default_factory=dict)
    backend: dict[str, Any] | None = None

    def fresh(self) -> Lab:
        """Return the same lab for another run, which nobody has interrupted."""
        return replace(self, interruption=Interruption())

    def session(self, **options: Any) -> TerraformSession:
        """Return a session that reports to `events`."""
        return TerraformSession(
            self.program,
            environ=self.environ,
            work=self.app.outdir.parent / "work",
            interruption=self.interruption,
            on_event=self.events.append,
            needed=(),
            **{**self.session_options, **options},
        )

    def schedule(self, *, jobs: int = 2, rules: Rules | None = None, **options: Any) -> Schedule:
        """Return a schedule over all stacks of the app."""
        return Schedule(self.app.stacks, self.session(**options), rules=rules, jobs=jobs)


@pytest.fixture
def app(tmp_path: Path) -> App:
    """Return an empty app."""
    outdir = tmp_path / "cdktf.out"
    outdir.mkdir()
    return App(outdir)


@pytest.fixture(scope="session")
def environ() -> dict[str, str]:
    """Return this environment without what would steer Terraform or AWS."""
    return {key: value for key, value in os.environ.items() if not key.startswith(LEFT_OUT)}


@pytest.fixture(scope="session")
def program() -> Program:
    """Return Terraform; skip where it is missing, and fail there in CI."""
    try:
        return find_program(os.environ)
    except OperationError as error:
        if os.environ.get("CI"):
            raise
        pytest.skip(str(error))


@pytest.fixture(scope="session")
def provider_environ(
    environ: dict[str, str], program: Program, tmp_path_factory: pytest.TempPathFactory
) -> dict[str, str]:
    """Return the same for the real AWS provider, whose package is not hashed in every command."""
    return {**environ, "PLATFORM_PLUGIN_DIR": str(mirror(program, tmp_path_factory))}


@pytest.fixture
def lab(app: App, program: Program, environ: dict[str, str], tmp_path: Path) -> Lab:
    """Return an app and a Terraform that installs no provider and asks no registry."""
    mirror = tmp_path / "no-plugins"
    mirror.mkdir()
    return Lab(app, program, {**environ, "PLATFORM_PLUGIN_DIR": str(mirror)})


Change = Callable[..., dict[str, Any]]


@pytest.fixture
def change() -> Change:
    """Return a builder of entries for a plan's `resource_changes`."""

    def build(address: str, *actions: str, **more: Any) -> dict[str, Any]:
        body = {"actions": list(actions), "before": more.pop("before", {})}
        if "replace_paths" in more:
            body["replace_paths"] = [[path] for path in more.pop("replace_paths")]
        kind = address.partition(".")[0]
        return {"address": address, "mode": "managed", "type": kind, "change": body, **more}

    return build

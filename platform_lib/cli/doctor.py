"""`platformctl doctor`: what this machine has, what it lacks, and how to get it."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

from platform_lib.cli.console import Output
from platform_lib.errors import OperationError, PlatformError
from platform_lib.project import find_root, load

_OLDEST_PYTHON = (3, 11)
_CREDENTIAL_SECONDS = 5
_PROVIDER = "hashicorp/aws"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked for."""

    name: str
    """What was looked for."""

    ok: bool
    """Whether it is there."""

    detail: str
    """What was found, or what is missing and how to get it."""

    required: bool = True
    """Whether a run fails without it."""


def doctor(output: Output) -> int:
    """Look for everything that a run needs; exit 1 if something required is missing."""
    checks: tuple[tuple[str, Callable[[], str], bool], ...] = (
        ("python", _python, True),
        ("node", _node, True),
        ("terraform", _terraform, True),
        ("providers", _providers, True),
        ("project", _project, True),
        ("emulated AWS", _emulator, False),
        ("credentials", _credentials, False),
    )
    findings = [_look(name, look, required=required) for name, look, required in checks]

    def show() -> None:
        for finding in findings:
            mark = "ok" if finding.ok else "missing" if finding.required else "none"
            output.line(f"{finding.name:14}{mark:9}{finding.detail}")

    output.result({"checks": [asdict(finding) for finding in findings]}, show)
    return 1 if any(finding.required and not finding.ok for finding in findings) else 0


def _look(name: str, look: Callable[[], str], *, required: bool) -> Finding:
    try:
        return Finding(name, ok=True, detail=look(), required=required)
    except PlatformError as error:
        return Finding(name, ok=False, detail=error.problems[0].message, required=required)


def _python() -> str:
    if sys.version_info < _OLDEST_PYTHON:
        raise OperationError("PythonTooOld", "Python 3.11 or newer is needed")
    return f"{sys.version.split()[0]} ({sys.executable})"


def _node() -> str:
    # Importing jsii chooses Node, as a synth would.
    import jsii  # noqa: F401 - imported for its effect

    node = os.environ.get("JSII_NODE", "node")
    try:
        version = subprocess.run([node, "--version"], capture_output=True, text=True, check=True)
    except (OSError, subprocess.CalledProcessError) as error:
        raise OperationError(
            "NodeMissing",
            f"{node} does not run; install this package's requirements, which bring Node, or let"
            " JSII_NODE name one of version 22 or newer",
        ) from error
    return f"{version.stdout.strip()} ({node})"


def _terraform() -> str:
    from platform_lib.terraform.program import find_program

    return str(find_program(os.environ))


def _providers() -> str:
    from platform_lib.terraform.providers import REGISTRY, choose_source, registry_reachable

    answers: list[bool] = []

    def reachable() -> bool:
        answers.append(registry_reachable())
        return answers[-1]

    source = choose_source(os.environ, needed=(_PROVIDER,), reachable=reachable)
    places = ", ".join(str(path) for path in source.mirrors)
    if source.kind == "registry" and False in answers:
        raise OperationError(
            "ProviderMissing",
            f"{REGISTRY} cannot be reached and there is no mirror; let PLATFORM_PLUGIN_DIR name one"
            " (terraform providers mirror makes one)",
        )
    folders = source.kind != "cli-config" and source.mirrors
    if folders and not any((folder / REGISTRY / _PROVIDER).is_dir() for folder in folders):
        raise OperationError(
            "ProviderMissing",
            f"{places} holds no {_PROVIDER}; let PLATFORM_PLUGIN_DIR name a mirror that does"
            " (terraform providers mirror makes one)",
        )
    return f"{source.kind}{f' {places}' if places else ''}"


def _project() -> str:
    project = load(find_root(Path.cwd()))
    return f"{len(project.environments)} environments in {project.root}"


def _emulator() -> str:
    from platform_lib.cli.local import running

    found = running(load(find_root(Path.cwd())))
    if not found:
        raise OperationError("EmulatorGone", "none runs; platformctl local up ENV starts one")
    return ", ".join(f"{name} at {it.endpoint}" for name, it in found.items())


def _credentials() -> str:
    import boto3
    from botocore.config import Config
    from botocore.exceptions import BotoCoreError, ClientError

    config = Config(
        connect_timeout=_CREDENTIAL_SECONDS,
        read_timeout=_CREDENTIAL_SECONDS,
        retries={"total_max_attempts": 1},
    )
    try:
        client = boto3.client("sts", region_name="us-east-1", config=config)
        identity = client.get_caller_identity()
    except (BotoCoreError, ClientError) as error:
        raise OperationError(
            "NoCredentials",
            f"no usable AWS credentials ({error}); log in as you do for the AWS CLI, or work with"
            " platformctl local",
        ) from error
    return f"account {identity['Account']} as {identity['Arn']}"

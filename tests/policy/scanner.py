"""Run checkov from an environment of its own, on synthesised JSON and on plans.

Checkov's dependencies contradict ours, so it is installed from ``checkov.lock`` into
``.platform/checkov/``, once for each content of the lock. Nothing is fetched when it runs.

To renew the lock: ``uv pip compile tests/policy/checkov.in --universal --python-version 3.11
--generate-hashes --no-emit-index-url --no-emit-find-links --no-header --no-annotate --output-file
tests/policy/checkov.lock``.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import subprocess
import sys
import venv
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
LOCK = Path(__file__).parent / "checkov.lock"

_NOWHERE = "http://127.0.0.1:9"
_FINDINGS_OR_NOT = (0, 1)


class CheckovMissingError(Exception):
    """It cannot be installed here."""


@dataclass(frozen=True, slots=True, order=True)
class Finding:
    """One check that one resource fails."""

    check: str
    """Id of the check, for example ``CKV_AWS_7``."""

    address: str
    """Address of the resource in its stack."""

    stack: str
    """Name of the stack; empty for a plan."""

    title: str
    """What the check asks for."""

    def __str__(self) -> str:
        place = f"{self.stack} " if self.stack else ""
        return f"{self.check} {place}{self.address}: {self.title}"


@dataclass(frozen=True, slots=True)
class Report:
    """What checkov said."""

    passed: frozenset[tuple[str, str, str]]
    """Check, stack and address of every check that passed."""

    findings: tuple[Finding, ...]
    """Every check that failed, sorted."""

    def only(self, wanted: Callable[[str], bool]) -> Report:
        """Return what is about some stacks."""
        return Report(
            frozenset(it for it in self.passed if wanted(it[1])),
            tuple(it for it in self.findings if wanted(it.stack)),
        )


def install() -> Path:
    """Return the program, installed if it is not there yet.

    Raises:
        CheckovMissingError: pip could not install it.
    """
    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    digest = hashlib.sha256(LOCK.read_bytes() + version.encode()).hexdigest()[:12]
    folder = ROOT / ".platform" / "checkov" / digest
    folder.mkdir(parents=True, exist_ok=True)
    program, ready = folder / "bin" / "checkov", folder / ".ready"
    with (folder / ".lock").open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        if not ready.is_file():
            venv.create(folder)
            # Our own pip installs there: a second one would take longer to make than it works.
            pip = [sys.executable, "-m", "pip", "--python", str(folder / "bin" / "python")]
            options = ["--quiet", "--no-deps", "--require-hashes", "--requirement", str(LOCK)]
            done = subprocess.run(
                [*pip, "install", *options],
                check=False,
                capture_output=True,
                text=True,
            )
            if done.returncode:
                raise CheckovMissingError(f"checkov cannot be installed: {done.stderr[-300:]}")
            ready.touch()
    return program


def scan_stacks(documents: Mapping[str, Mapping[str, Any]], work: Path) -> Report:
    """Scan the JSON of stacks by name.

    Args:
        documents: The content of each ``cdk.tf.json``.
        work: Folder for what checkov reads.
    """
    for stack, document in documents.items():
        folder = work / stack
        folder.mkdir(parents=True)
        (folder / "cdk.tf.json").write_text(json.dumps(_readable(document)))
    results = _run("terraform_json", "--directory", str(work))
    addresses = {
        (stack, name): f"{kind}.{name}"
        for stack, document in documents.items()
        for kind, blocks in document.get("resource", {}).items()
        for name in blocks
    }

    def place(record: Mapping[str, str]) -> tuple[str, str]:
        # Checks in Python say "resource." where those on the graph say the type.
        kind, _, name = record["resource"].partition(".")
        stack = record["file_path"].split("/")[1]
        return stack, addresses.get((stack, name), f"{kind}.{name}")

    return _report(results, place)


def scan_plans(plans: Mapping[str, Mapping[str, Any]], work: Path) -> Report:
    """Scan plans of stacks by name.

    Args:
        plans: What ``terraform show -json`` says of each.
        work: Folder for what checkov reads.
    """
    files = [work / f"{stack}.json" for stack in plans]
    for file, plan in zip(files, plans.values(), strict=True):
        file.write_text(json.dumps(plan))
    results = _run("terraform_plan", *(it for file in files for it in ("--file", str(file))))
    return _report(results, lambda record: (Path(record["file_path"]).stem, record["resource"]))


def scan_plan(*plan_json: Path) -> Report:
    """Scan the output of ``terraform show -json`` of plans, where policies are known."""
    files = [argument for path in plan_json for argument in ("--file", str(path))]
    results = _run("terraform_plan", *files)
    return _report(results, lambda record: ("", record["resource"]))


def _readable(document: Mapping[str, Any]) -> dict[str, Any]:
    """Leave out what checkov 3.3 cannot parse, none of which it checks.

    A text directly below ``terraform``, such as ``required_version``, makes it drop the whole
    file; ``moved``, ``removed`` and ``import`` are lists, which it takes for maps.
    """
    kept = {k: v for k, v in document.items() if k not in ("moved", "removed", "import")}
    terraform = kept.get("terraform", {})
    return {**kept, "terraform": {k: v for k, v in terraform.items() if isinstance(v, Mapping)}}


def _run(framework: str, *arguments: str) -> dict[str, Any]:
    options = ["--framework", framework, "--skip-download", "--compact", "--output", "json"]
    done = subprocess.run(
        [str(install()), *options, *arguments],
        env={**os.environ, "HTTP_PROXY": _NOWHERE, "HTTPS_PROXY": _NOWHERE},
        check=False,
        capture_output=True,
        text=True,
    )
    if done.returncode not in _FINDINGS_OR_NOT or not done.stdout.lstrip().startswith("{"):
        raise AssertionError(f"checkov ended with {done.returncode}: {done.stderr[-1000:]}")
    answer: dict[str, Any] = json.loads(done.stdout)
    if "results" not in answer:
        raise AssertionError(f"checkov saw nothing: {answer}")
    if answer["summary"]["parsing_errors"]:
        raise AssertionError(f"checkov cannot read: {answer['results']['parsing_errors']}")
    return dict(answer["results"])


def _report(results: Mapping[str, Any], place: Any) -> Report:
    return Report(
        frozenset((it["check_id"], *place(it)) for it in results["passed_checks"]),
        tuple(
            sorted(
                Finding(it["check_id"], address, stack, it["check_name"])
                for it in results["failed_checks"]
                for stack, address in [place(it)]
            )
        ),
    )

"""Terraform with the AWS provider, which looks at all stacks in one run."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from platform_lib.errors import OperationError
from platform_lib.terraform.program import find_program
from platform_lib.terraform.session import TerraformSession
from tests.environments import golden

Document = dict[str, Any]
Validate = Callable[[Mapping[str, Document]], dict[str, list[str]]]


def _unavailable(reason: str) -> None:
    if os.environ.get("CI"):
        pytest.fail(reason)
    pytest.skip(reason)


@pytest.fixture(scope="session")
def validate(tmp_path_factory: pytest.TempPathFactory) -> Validate:
    """Return a function that gives what ``terraform validate`` has to say, by stack.

    Stacks are modules of one root, so that the provider's schemas are read once and not for each:
    0.3 s of processor time instead of 2 s. Only their backends are left out, which ``validate``
    does not look at.
    """
    work = tmp_path_factory.mktemp("validate")
    try:
        session = TerraformSession(find_program(os.environ), environ=os.environ, work=work)
    except OperationError as error:
        _unavailable(str(error))
        raise
    session.source()
    environ = session.environment()

    def terraform(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [str(session.program.path), *arguments],
            cwd=folder,
            env=environ,
            check=False,
            capture_output=True,
            text=True,
        )

    def diagnostics(stacks: Mapping[str, Document]) -> dict[str, list[str]]:
        root = work / "root"
        for name, document in stacks.items():
            folder = root / name
            folder.mkdir(parents=True)
            settings = {k: v for k, v in document["terraform"].items() if k != "backend"}
            (folder / "cdk.tf.json").write_text(json.dumps({**document, "terraform": settings}))
        modules = {name: {"source": f"./{name}"} for name in stacks}
        (root / "main.tf.json").write_text(json.dumps({"module": modules}))
        shutil.copy(golden.ROOT / ".terraform.lock.hcl", root)
        done = terraform(root, "init", "-input=false", "-lockfile=readonly", "-no-color")
        if done.returncode:
            _unavailable(f"the AWS provider cannot be installed: {done.stderr.strip()[-400:]}")
        found: dict[str, list[str]] = {name: [] for name in stacks}
        for it in json.loads(terraform(root, "validate", "-json").stdout)["diagnostics"]:
            stack = it.get("range", {}).get("filename", "").partition("/")[0]
            found.setdefault(stack, []).append(f"{it['severity']}: {it['summary']}")
        return found

    return diagnostics

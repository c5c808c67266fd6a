"""The workflows ask for little, pin what they use, and run what exists."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from docs import generate
from platform_lib.project import load

WORKFLOWS = sorted((generate.ROOT / ".github" / "workflows").glob("*.yml"))


@pytest.mark.parametrize("workflow", WORKFLOWS, ids=lambda path: path.stem)
class TestWorkflow:
    """Each workflow by itself."""

    def test_actions_are_pinned(self, workflow: Path) -> None:
        """Every action is named with its whole version."""
        used = re.findall(r"uses: (\S+)", workflow.read_text(encoding="utf-8"))

        loose = [name for name in used if not re.search(r"@v\d+\.\d+\.\d+$", name)]

        assert used
        assert loose == []

    def test_permissions_are_few(self, workflow: Path) -> None:
        """A job may read the code, and ask for an OIDC token where it needs one; no more."""
        text = workflow.read_text(encoding="utf-8")

        granted = set(re.findall(r"^\s+([a-z-]+): (read|write)$", text, re.MULTILINE))

        assert text.count("\npermissions:\n  contents: read\n") == 1
        assert granted <= {("contents", "read"), ("id-token", "write")}

    def test_there_is_no_secret(self, workflow: Path) -> None:
        """Credentials come from OIDC, so nothing secret is named."""
        assert "secrets." not in workflow.read_text(encoding="utf-8")

    def test_targets_exist(self, workflow: Path) -> None:
        """Each `make` target and each environment of a matrix is there."""
        text = workflow.read_text(encoding="utf-8")
        makefile = (generate.ROOT / "Makefile").read_text(encoding="utf-8")
        environments = {environment.name for environment in load(generate.ROOT).environments}

        targets = re.findall(r"run: make (\S+)", text)
        named = {
            it for line in re.findall(r"environment: \[(.*)\]", text) for it in line.split(", ")
        }

        assert [target for target in targets if f"\n{target}:" not in makefile] == []
        assert named <= environments

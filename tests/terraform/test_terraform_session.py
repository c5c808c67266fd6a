"""What every Terraform process of a run shares."""

from __future__ import annotations

from pathlib import Path

import pytest

from platform_lib.terraform.program import MINIMUM, Program
from platform_lib.terraform.session import TerraformSession


@pytest.mark.parametrize(("environ", "expected"), [({}, "400"), ({"GOGC": "50"}, "50")])
def test_garbage_is_collected_less_often(
    tmp_path: Path, environ: dict[str, str], expected: str
) -> None:
    """A plan takes a fifth less processor time, unless a person has chosen otherwise."""
    program = Program(Path("terraform"), MINIMUM)

    session = TerraformSession(program, environ=environ, work=tmp_path)

    assert session.environment()["GOGC"] == expected

"""Terraform is found, and what is not a usable Terraform is refused in one sentence."""

from __future__ import annotations

from pathlib import Path

import pytest

from platform_lib.errors import OperationError
from platform_lib.terraform.program import MINIMUM, find_program, without_missing_cli_config


def fake(folder: Path, output: str, name: str = "terraform") -> Path:
    """Write a program that prints a version."""
    folder.mkdir(exist_ok=True)
    path = folder / name
    path.write_text(f"#!/bin/sh\ncat <<'END'\n{output}\nEND\n")
    path.chmod(0o755)
    return path


def refusal(environ: dict[str, str]) -> str:
    """Return why no Terraform was found."""
    with pytest.raises(OperationError) as refused:
        find_program(environ)
    return str(refused.value)


def test_it_is_found_on_the_path(tmp_path: Path) -> None:
    """The version is read although a warning stands around it."""
    path = fake(tmp_path, "Warning: something\n\nTerraform v1.12.3\non linux_amd64")

    found = find_program({"PATH": f"{tmp_path}:/usr/bin:/bin"})

    assert found.path == path
    assert found.version == (1, 12, 3)
    assert str(found) == f"Terraform 1.12.3 ({path})"


def test_the_variable_goes_first(tmp_path: Path) -> None:
    """PLATFORM_TERRAFORM is taken before PATH."""
    fake(tmp_path / "a", "Terraform v1.12.0")
    path = fake(tmp_path / "b", "Terraform v1.13.0", "terraform-next")

    found = find_program({"PATH": f"{tmp_path}/a:/usr/bin:/bin", "PLATFORM_TERRAFORM": str(path)})

    assert found.version == (1, 13, 0)


def test_none_at_all(tmp_path: Path) -> None:
    """Without any the message says where to get one."""
    minimum = ".".join(map(str, MINIMUM))

    assert refusal({"PATH": str(tmp_path)}) == (
        f"terraform is not on PATH; install {minimum} or newer"
        " (https://developer.hashicorp.com/terraform/install) or let PLATFORM_TERRAFORM name it"
        " [TerraformMissing]"
    )


def test_the_variable_names_nothing(tmp_path: Path) -> None:
    """A wrong variable is not passed over in favour of PATH."""
    fake(tmp_path, "Terraform v1.12.0")

    assert refusal({"PATH": str(tmp_path), "PLATFORM_TERRAFORM": "/nowhere/terraform"}) == (
        "PLATFORM_TERRAFORM names /nowhere/terraform, which is no program that can be run;"
        " correct or unset it [TerraformMissing]"
    )


def test_too_old(tmp_path: Path) -> None:
    """The version found and the one needed are both named."""
    path = fake(tmp_path, "Terraform v1.5.7\non linux_amd64")
    minimum = ".".join(map(str, MINIMUM))

    assert refusal({"PATH": f"{tmp_path}:/usr/bin:/bin"}) == (
        f"{path} is Terraform 1.5.7, {minimum} or newer is needed; install one"
        " (https://developer.hashicorp.com/terraform/install) or let PLATFORM_TERRAFORM name it"
        " [TerraformTooOld]"
    )


@pytest.mark.parametrize(
    ("output", "what"),
    [
        ("OpenTofu v1.9.0\non linux_amd64", "OpenTofu, whose state and provider lock differ"),
        ("hello", "not Terraform"),
    ],
)
def test_another_program_is_not_mistaken(tmp_path: Path, output: str, what: str) -> None:
    """OpenTofu and anything else is named for what it is."""
    path = fake(tmp_path, output)

    said = refusal({"PATH": f"{tmp_path}:/usr/bin:/bin"})

    assert said.startswith(f"{path} is {what}; install Terraform ")
    assert said.endswith("[TerraformMissing]")


def test_a_program_that_cannot_run(tmp_path: Path) -> None:
    """A broken executable gives a sentence and no traceback."""
    path = tmp_path / "terraform"
    path.write_bytes(b"\x7fELF broken")
    path.chmod(0o755)

    assert refusal({"PATH": str(tmp_path)}).startswith(f"{path} cannot be run: ")


def test_a_missing_cli_configuration_is_left_out(tmp_path: Path) -> None:
    """A variable that names no file goes, one that names a file stays."""
    present = tmp_path / "rc"
    present.touch()

    assert without_missing_cli_config({"A": "1", "TF_CLI_CONFIG_FILE": "/nowhere"}) == {"A": "1"}
    assert without_missing_cli_config({"TF_CLI_CONFIG_FILE": str(present)}) == {
        "TF_CLI_CONFIG_FILE": str(present)
    }
    assert without_missing_cli_config({"A": "1"}) == {"A": "1"}

"""Find the Terraform program and refuse what cannot do the work."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from platform_lib.errors import OperationError
from platform_lib.terraform_version import OLDEST_TERRAFORM

__all__ = ["MINIMUM", "Program", "find_program", "without_missing_cli_config"]

MINIMUM = OLDEST_TERRAFORM
"""Oldest Terraform accepted: what the emitted JSON needs. What we ourselves need is older."""

_VERSION = re.compile(r"^(Terraform|OpenTofu) v(\d+)\.(\d+)\.(\d+)", re.MULTILINE)
_INSTALL = "https://developer.hashicorp.com/terraform/install"


@dataclass(frozen=True, slots=True)
class Program:
    """A Terraform that can be used."""

    path: Path
    """The executable."""

    version: tuple[int, int, int]
    """Its version."""

    def __str__(self) -> str:
        return f"Terraform {_dotted(self.version)} ({self.path})"


def find_program(environ: Mapping[str, str]) -> Program:
    """Find Terraform by `PLATFORM_TERRAFORM`, else on `PATH`, and check its version.

    Raises:
        OperationError: There is none, it is too old, or it is another program such as OpenTofu.
    """
    path = _locate(environ)
    # The text is read and not `-json`: OpenTofu answers the latter with a `terraform_version` too.
    try:
        shown = subprocess.run(  # noqa: S603  # the user's own Terraform
            [path, "version"],
            env={**without_missing_cli_config(environ), "CHECKPOINT_DISABLE": "1"},
            capture_output=True,
            text=True,
            timeout=30,
            check=False,
        ).stdout
    except (OSError, subprocess.TimeoutExpired) as error:
        raise OperationError("TerraformMissing", f"{path} cannot be run: {error}") from error
    found = _VERSION.search(shown)
    if found is None or found[1] != "Terraform":
        what = (
            "not Terraform"
            if found is None
            else f"{found[1]}, whose state and provider lock differ"
        )
        raise OperationError(
            "TerraformMissing",
            f"{path} is {what}; install Terraform {_dotted(MINIMUM)} or newer ({_INSTALL}) or let"
            " PLATFORM_TERRAFORM name it",
        )
    version = (int(found[2]), int(found[3]), int(found[4]))
    if version < MINIMUM:
        raise OperationError(
            "TerraformTooOld",
            f"{path} is Terraform {_dotted(version)}, {_dotted(MINIMUM)} or newer is needed; install one"
            f" ({_INSTALL}) or let PLATFORM_TERRAFORM name it",
        )
    return Program(path, version)


def without_missing_cli_config(environ: Mapping[str, str]) -> dict[str, str]:
    """Leave out a `TF_CLI_CONFIG_FILE` that names no file: Terraform warns of it every time."""
    config = environ.get("TF_CLI_CONFIG_FILE")
    if config is None or Path(config).is_file():
        return dict(environ)
    return {name: value for name, value in environ.items() if name != "TF_CLI_CONFIG_FILE"}


def _locate(environ: Mapping[str, str]) -> Path:
    named = environ.get("PLATFORM_TERRAFORM")
    found = shutil.which(named or "terraform", path=environ.get("PATH"))
    if found is not None:
        # Made absolute because Terraform runs in the folder of each stack.
        return Path(found).absolute()
    if named:
        raise OperationError(
            "TerraformMissing",
            f"PLATFORM_TERRAFORM names {named}, which is no program that can be run; correct or"
            " unset it",
        )
    raise OperationError(
        "TerraformMissing",
        f"terraform is not on PATH; install {_dotted(MINIMUM)} or newer ({_INSTALL}) or let"
        " PLATFORM_TERRAFORM name it",
    )


def _dotted(version: tuple[int, int, int]) -> str:
    return ".".join(map(str, version))

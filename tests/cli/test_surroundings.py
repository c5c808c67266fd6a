"""What the machine lacks is said in one sentence with the fix, before anything is written."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import ACCOUNTS, Shop

INSTALL = "https://developer.hashicorp.com/terraform/install"
LOCK = Path(__file__).resolve().parents[2] / ".terraform.lock.hcl"
COMMANDS = [("plan", "shop-dev"), ("apply", "shop-dev"), ("drift", "shop-dev")]


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_no_terraform_on_the_path(shop: Shop, command: tuple[str, ...], tmp_path: Path) -> None:
    """Exit 1, where to get it, and nothing written."""
    before = shop.files()
    shop.environ.pop("PLATFORM_TERRAFORM", None)

    done = shop.run_fresh(*command, PATH=str(tmp_path))

    assert done.code == 1
    assert done.problems == [
        (
            f"terraform is not on PATH; install 1.11.0 or newer ({INSTALL}) or let PLATFORM_TERRAFORM"
            " name it [TerraformMissing]"
        )
    ]
    assert shop.files() == before


def test_a_terraform_that_is_not_there(shop: Shop) -> None:
    """The variable and its value are named."""
    before = shop.files()

    done = shop.run("plan", "shop-dev", PLATFORM_TERRAFORM="/nowhere/terraform")

    assert done.code == 1
    assert done.problems == [
        (
            "PLATFORM_TERRAFORM names /nowhere/terraform, which is no program that can be run; correct"
            " or unset it [TerraformMissing]"
        )
    ]
    assert shop.files() == before


@pytest.mark.parametrize("version", ["1.5.7", "1.10.5", "0.15.0"])
def test_a_terraform_that_is_too_old(shop: Shop, terraform_of: Any, version: str) -> None:
    """It says which one was found, and which one is needed."""
    program = terraform_of(f"Terraform v{version}")
    before = shop.files()

    done = shop.run("plan", "shop-dev", PLATFORM_TERRAFORM=str(program))

    assert done.code == 1
    assert done.problems == [
        (
            f"{program} is Terraform {version}, 1.11.0 or newer is needed; install one ({INSTALL}) or"
            " let PLATFORM_TERRAFORM name it [TerraformTooOld]"
        )
    ]
    assert shop.files() == before


def test_another_program_called_terraform(shop: Shop, terraform_of: Any) -> None:
    """OpenTofu would write a state that Terraform does not read."""
    program = terraform_of("OpenTofu v1.11.0")

    done = shop.run("plan", "shop-dev", PLATFORM_TERRAFORM=str(program))

    assert done.code == 1
    assert done.problems == [
        (
            f"{program} is OpenTofu, whose state and provider lock differ; install Terraform 1.11.0 or"
            f" newer ({INSTALL}) or let PLATFORM_TERRAFORM name it [TerraformMissing]"
        )
    ]


@pytest.mark.terraform
def test_a_missing_plugin(shop: Shop, tmp_path: Path) -> None:
    """A mirror without the provider: the stack fails with the sentence, and none of Terraform's."""
    shop.write(".terraform.lock.hcl", LOCK.read_text())
    (tmp_path / "empty").mkdir()

    done = shop.run("plan", "workloads", PLATFORM_PLUGIN_DIR=str(tmp_path / "empty"))

    assert done.code == 1
    assert done.problems[-1] == (
        "workloads-foundation: hashicorp/aws cannot be installed from the registry or the mirror in"
        " use; let PLATFORM_PLUGIN_DIR name a mirror that holds the locked version (terraform"
        " providers mirror makes one) [ProviderMissing]"
    )
    assert "Traceback" not in done.text
    assert "\x1b" not in done.text


@pytest.mark.terraform
def test_a_provider_that_is_not_the_locked_one(shop: Shop) -> None:
    """Another file under the same version is refused before it runs."""
    text = LOCK.read_text()
    shop.write(".terraform.lock.hcl", text.replace("h1:", "h1:AAAA").replace("zh:", "zh:0000"))

    done = shop.run("plan", "workloads")

    lock = shop.root / "cdktf.out" / "stacks" / "workloads-foundation" / ".terraform.lock.hcl"
    assert done.code == 1
    assert done.problems[-1] == (
        f"workloads-foundation: hashicorp/aws is not what {lock} records; use the recorded version,"
        " or, when the new one is wanted, renew the committed lock file with terraform providers"
        " lock [ProviderLockMismatch]"
    )


def test_destroying_has_to_be_allowed(shop: Shop) -> None:
    """Exit 3 at the environment's own line, even with the name given."""
    before = shop.files()

    done = shop.run_fresh("destroy", "shop-dev", "--yes-destroy", "shop-dev")

    assert done.code == 3
    assert done.problems == [
        (
            "environments/dev.py:7: shop-dev does not allow destroying; set allow_destroy=True there,"
            " apply that, and run destroy then [DestroyRefused]"
        )
    ]
    assert shop.files() == before


@pytest.mark.parametrize("given", [(), ("--yes-destroy", "shop"), ("--yes-destroy", "yes")])
def test_destroying_has_to_be_confirmed_by_name(shop: Shop, given: tuple[str, ...]) -> None:
    """Without a terminal nobody is asked, and nothing is destroyed."""
    dev = shop.root / "environments" / "dev.py"
    dev.write_text(dev.read_text().removesuffix(")\n") + "    allow_destroy=True,\n)\n")
    before = shop.files()

    done = shop.run("destroy", "shop-dev", *given)

    assert done.code == 2
    assert done.problems == [
        "destroying shop-dev was not confirmed; give --yes-destroy shop-dev [DestroyNotConfirmed]"
    ]
    assert shop.files() == before


def test_an_environment_that_is_not_emulated_has_no_exports(shop: Shop) -> None:
    """``eval`` of nothing changes nothing: the sentence is on standard error."""
    done = shop.run_fresh("env", "shop-dev")

    assert (done.code, done.out) == (1, "")
    assert done.problems == [
        (
            "the account 'workloads' of shop-dev is not emulated; start it with: platformctl local up"
            " shop-dev [EmulatorGone]"
        )
    ]


def test_state_in_files_needs_no_bootstrap(shop: Shop) -> None:
    """There is nothing to make, and that is no failure."""
    done = shop.run_fresh("bootstrap", "shop-dev")

    assert done.code == 0
    assert done.out == "workloads keeps its state in .state; nothing to make\n"


def test_a_profile_that_does_not_exist(shop: Shop, tmp_path: Path) -> None:
    """A misspelt `AWS_PROFILE` is a sentence, not a traceback of boto3."""
    text = ACCOUNTS.replace("LocalState()", 'S3State(bucket="acme-shop-terraform-state")')
    shop.write("environments/accounts.py", text.replace("LocalState", "S3State"))

    done = shop.run("bootstrap", "shop-dev", AWS_PROFILE="nope", HOME=str(tmp_path))

    assert done.code == 1
    assert done.problems == [
        (
            "AWS cannot be asked: The config profile (nope) could not be found; sign in (aws sso login,"
            " or AWS_PROFILE for another profile) [NoCredentials]"
        )
    ]

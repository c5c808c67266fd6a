"""Terraform's complaints become one sentence with the fix."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from platform_lib.errors import DestroyRefusedError, OperationError, PlatformError
from platform_lib.terraform.diagnose import Diagnostic, explain, read_diagnostics
from platform_lib.terraform.lock import parse_lock

HERE = Path("out/stacks/shop-data")
NOW = datetime(2026, 3, 4, 10, 0, tzinfo=UTC)

LOCK = """Error message: operation error DynamoDB: PutItem, ConditionalCheckFailedException: The conditional request failed
Lock Info:
  ID:        230dbae1-9e42-7bea-03f6-eab23eaa3683
  Path:      acme-state/shop/shop-data.tfstate
  Operation: OperationTypeApply
  Who:       ana@laptop
  Version:   1.11.4
  Created:   2026-03-04 08:22:41.353629203 +0000 UTC
  Info:      

Terraform acquires a state lock to protect the state from being written"""  # noqa: W291


def sentence(summary: str, detail: str = "", address: str | None = None) -> str:
    """Return what is said about one error of Terraform's."""
    return str(explain("shop-data", HERE, [Diagnostic(summary, detail, address)], now=NOW))


def test_a_held_lock_names_its_holder() -> None:
    """Who, what, how long, and the command that frees it."""
    assert sentence("Error acquiring the state lock", LOCK) == (
        "shop-data: the state is locked by ana@laptop (apply) for 1 hour, lock"
        " 230dbae1-9e42-7bea-03f6-eab23eaa3683; wait until that run has ended, or, when nothing runs there any more:"
        " terraform -chdir=out/stacks/shop-data force-unlock 230dbae1-9e42-7bea-03f6-eab23eaa3683 [StateLocked]"
    )


@pytest.mark.parametrize(
    ("created", "age"),
    [
        ("2026-03-04 09:59:59.5 +0000 UTC", " for 1 second,"),
        ("2026-03-04 09:58:00.123456789 +0000 UTC", " for 2 minutes,"),
        ("2026-03-01 09:00:00 +0000 UTC", " for 3 days,"),
        ("2026-03-04 10:00:05 +0000 UTC", " for 0 seconds,"),
        ("yesterday", "(apply), lock"),
    ],
)
def test_a_lock_tells_its_age(created: str, age: str) -> None:
    """The age is in the largest whole unit, and left out where the time is not understood."""
    lock = parse_lock(LOCK.replace("2026-03-04 08:22:41.353629203 +0000 UTC", created))

    assert lock is not None
    assert age in lock.sentence(HERE, NOW)


def test_a_lock_that_failed_otherwise_has_no_holder() -> None:
    """Without `Lock Info` nothing is made up."""
    assert parse_lock("Error message: AccessDeniedException") is None
    assert "AccessDenied" in sentence("Error acquiring the state lock", "AccessDeniedException")


def test_the_wrong_account_is_named(tmp_path: Path) -> None:
    """Both accounts are in the message, the wanted one read from the stack."""
    document = {"provider": {"aws": [{"allowed_account_ids": ["222222222222"]}]}}
    (tmp_path / "cdk.tf.json").write_text(json.dumps(document))
    error = Diagnostic("AWS account ID not allowed: 111111111111")

    found = explain("shop-data", tmp_path, [error])

    assert str(found) == (
        "shop-data: the credentials are those of account 111111111111, the environment belongs to 222222222222;"
        " choose the right AWS_PROFILE and try again [WrongAccount]"
    )
    assert found.exit_code == 1
    assert "111111111111; choose" in sentence("AWS account ID not allowed: 111111111111")


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("No valid credential sources found", "there are no AWS credentials"),
        (
            "operation error STS: api error ExpiredToken: expired",
            "the AWS credentials have expired",
        ),
        ("api error InvalidClientTokenId: invalid", "AWS does not accept the credentials"),
        ("failed to get shared config profile, nobody", "the AWS profile does not exist"),
    ],
)
def test_credentials_are_told_apart(text: str, what: str) -> None:
    """Missing, expired and refused credentials each say so, with the way to sign in."""
    assert sentence(text) == (
        f"shop-data: {what}; sign in again (aws sso login, or AWS_PROFILE for another profile) and check with"
        " aws sts get-caller-identity [NoCredentials]"
    )


@pytest.mark.parametrize(
    "text",
    [
        (
            "Could not retrieve the list of available versions for provider hashicorp/aws: no available releases match"
            " the given constraints 5.99.0"
        ),
        (
            "Could not retrieve the list of available versions for provider hashicorp/aws: provider"
            " registry.terraform.io/hashicorp/aws was not found in any of the search locations"
        ),
        (
            "Could not retrieve the list of available versions for provider hashicorp/aws: could not connect to"
            " registry.terraform.io: failed to request discovery document"
        ),
    ],
)
def test_a_missing_plugin_names_the_mirror_variable(text: str) -> None:
    """Whatever the reason, the provider is named and the way to a mirror."""
    assert sentence("Failed to query available provider packages", text) == (
        "shop-data: hashicorp/aws cannot be installed from the registry or the mirror in use; let"
        " PLATFORM_PLUGIN_DIR name a mirror that holds the locked version (terraform providers mirror makes one)"
        " [ProviderMissing]"
    )


@pytest.mark.parametrize(
    "text",
    [
        (
            "Error while installing hashicorp/aws v5.100.0: the local package for registry.terraform.io/hashicorp/aws"
            " 5.100.0 doesn't match any of the checksums previously recorded in the dependency lock file"
        ),
        (
            "Could not retrieve the list of available versions for provider hashicorp/aws: locked provider"
            " registry.terraform.io/hashicorp/aws 5.98.0 does not match configured version constraint 5.100.0"
        ),
    ],
)
def test_a_provider_that_is_not_the_locked_one(tmp_path: Path, text: str) -> None:
    """The lock file is named and how to renew it."""
    (tmp_path / ".terraform.lock.hcl").touch()

    found = explain("shop-data", tmp_path, [Diagnostic("Failed to install provider", text)])

    assert str(found) == (
        f"shop-data: hashicorp/aws is not what {tmp_path}/.terraform.lock.hcl records; use the recorded version, or,"
        " when the new one is wanted, renew the committed lock file with terraform providers lock"
        " [ProviderLockMismatch]"
    )


def test_no_lock_file_at_all() -> None:
    """A stack that synth did not give a lock file says so."""
    text = "Changes to the required provider dependencies were detected, but the lock file is read-only."

    assert sentence("Provider dependency changes detected", text) == (
        "shop-data: out/stacks/shop-data has no .terraform.lock.hcl; run platformctl synth, which copies the"
        " committed one into every stack [ProviderLockMismatch]"
    )


@pytest.mark.parametrize(
    ("summary", "detail", "said"),
    [
        (
            'Failed to get existing workspaces: S3 bucket "acme-state" does not exist.',
            "",
            "the state bucket acme-state does not exist; run platformctl bootstrap for this environment [StateMissing]",
        ),
        (
            "Error acquiring the state lock",
            'Unable to retrieve item from DynamoDB table "locks": ResourceNotFoundException: not found',
            "the lock table locks does not exist; run platformctl bootstrap for this environment [StateMissing]",
        ),
        (
            "Backend configuration changed",
            "A change in the backend configuration has been detected",
            (
                "the stack's state is to be kept elsewhere than before; move it with terraform"
                " -chdir=out/stacks/shop-data init -migrate-state, or, when the new place already holds it, -reconfigure"
                " [BackendChanged]"
            ),
        ),
    ],
)
def test_a_state_that_is_not_there(summary: str, detail: str, said: str) -> None:
    """A missing bucket, a missing table and a moved backend each name the command."""
    assert sentence(summary, detail) == f"shop-data: {said}"


def test_prevent_destroy_is_the_guards_refusal() -> None:
    """What Terraform itself refuses to destroy exits like the guard's refusal."""
    detail = "Resource aws_vpc.main has lifecycle.prevent_destroy set, but the plan calls for it to be destroyed."

    found = explain("net", HERE, [Diagnostic("Instance cannot be destroyed", detail)])

    assert isinstance(found, DestroyRefusedError)
    assert str(found) == (
        "net/aws_vpc.main: the plan would destroy it and prevent_destroy forbids that; keep it, use rename() when it"
        " only moved, or take the protection away in a change of its own [DestroyRefused]"
    )


def test_the_unknown_keeps_terraforms_words() -> None:
    """Every other error is passed on once, with its address and on one line."""
    errors = [
        Diagnostic("creating SQS Queue", "api error:\n  QueueDeletedRecently", "aws_sqs_queue.q"),
        Diagnostic("execution halted"),
        Diagnostic("execution halted"),
    ]

    found = explain("shop-data", HERE, errors)

    assert str(found) == (
        "shop-data/aws_sqs_queue.q: creating SQS Queue api error: QueueDeletedRecently [TerraformFailed]"
    )


@pytest.mark.parametrize(
    ("fallback", "said"),
    [
        ("terraform plan ended with signal 9", "terraform plan ended with signal 9"),
        ("", "terraform failed without saying why"),
    ],
)
def test_silence_is_told(fallback: str, said: str) -> None:
    """A command that says nothing still gives a sentence."""
    found: PlatformError = explain("net", HERE, [], fallback=fallback)

    assert isinstance(found, OperationError)
    assert str(found) == f"net: {said} [TerraformFailed]"


def test_errors_are_read_from_both_streams() -> None:
    """The `-json` stream goes first, plain text of other commands is understood too."""
    line = {
        "type": "diagnostic",
        "diagnostic": {"severity": "error", "summary": "No", "detail": "d"},
    }
    warning = {"type": "diagnostic", "diagnostic": {"severity": "warning", "summary": "W"}}
    stream = "\n".join(["Initializing", json.dumps(warning), json.dumps(line), "[1]"])

    from_stream = read_diagnostics(stream, "Error: Other\n\nwhy\n")
    from_text = read_diagnostics("", "\nError: One\n\nwhy\nmore\n\nError: Two\n")

    assert from_stream == (Diagnostic("No", "d"),)
    assert from_text == (Diagnostic("One", "why\nmore"), Diagnostic("Two", ""))

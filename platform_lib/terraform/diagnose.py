"""Turn Terraform's diagnostics into one sentence with the fix."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from platform_lib.errors import DestroyRefusedError, OperationError, PlatformError, Problem
from platform_lib.terraform.events import decode
from platform_lib.terraform.lock import parse_lock

__all__ = ["Diagnostic", "explain", "read_diagnostics"]


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """One error of Terraform's."""

    summary: str
    """Its headline."""

    detail: str = ""
    """Its explanation."""

    address: str | None = None
    """The resource or provider concerned, where there is one."""

    @property
    def text(self) -> str:
        """Headline and explanation on one line."""
        return " ".join(f"{self.summary}\n{self.detail}".split())


def read_diagnostics(stdout: str, stderr: str) -> tuple[Diagnostic, ...]:
    """Collect the errors of a `-json` stream, or of plain text where a command knows no `-json`."""
    found: list[Diagnostic] = []
    for line in stdout.splitlines():
        value = decode(line) or {}
        diagnostic = value.get("diagnostic") or {}
        if diagnostic.get("severity") == "error":
            found.append(
                Diagnostic(
                    diagnostic["summary"], diagnostic.get("detail", ""), diagnostic.get("address")
                )
            )
    if found:
        return tuple(found)
    for block in re.split(r"^Error: ", stderr, flags=re.MULTILINE)[1:]:
        summary, _, detail = block.partition("\n")
        found.append(Diagnostic(summary.strip(), detail.strip()))
    return tuple(found)


def explain(
    stack: str,
    directory: Path,
    diagnostics: Sequence[Diagnostic],
    *,
    fallback: str = "",
    now: datetime | None = None,
) -> PlatformError:
    """Return the error to raise for a failed command.

    What we know is said in our words, with the fix; the rest keeps Terraform's.

    Args:
        stack: Name of the stack, shown with each problem.
        directory: Its folder, for commands to copy.
        diagnostics: What Terraform complained about.
        fallback: Said when it complained about nothing.
        now: Time at which a lock's age is counted.
    """
    moment = now or datetime.now(UTC)
    for diagnostic in diagnostics:
        for known in _KNOWN:
            if error := known(stack, directory, diagnostic, moment):
                return error
    protected = _protected(stack, diagnostics)
    if protected:
        return DestroyRefusedError.of(protected)
    problems = [
        Problem(
            diagnostic.text,
            f"{stack}/{diagnostic.address}" if diagnostic.address else stack,
            "TerraformFailed",
        )
        for diagnostic in dict.fromkeys(diagnostics)
        if not diagnostic.summary.startswith(_SAYS_NOTHING)
    ]
    if not problems:
        problems = [
            Problem(fallback or "terraform failed without saying why", stack, "TerraformFailed")
        ]
    return OperationError.of(problems)


_SAYS_NOTHING = (
    "execution halted",
    "Terraform encountered problems during initialisation",
)
"""Beginnings of errors that only repeat that there was an error."""


def _protected(stack: str, diagnostics: Iterable[Diagnostic]) -> list[Problem]:
    """Collect what `prevent_destroy` has stopped: the same refusal as the plan guard's."""
    problems = []
    for diagnostic in diagnostics:
        found = re.search(r"Resource (\S+) has lifecycle\.prevent_destroy set", diagnostic.text)
        if diagnostic.summary == "Instance cannot be destroyed" and found:
            problems.append(
                Problem(
                    "the plan would destroy it and prevent_destroy forbids that; keep it, use rename()"
                    " when it only moved, or take the protection away in a change of its own",
                    f"{stack}/{found[1]}",
                    "DestroyRefused",
                )
            )
    return problems


def _lock(
    stack: str, directory: Path, diagnostic: Diagnostic, now: datetime
) -> PlatformError | None:
    if diagnostic.summary != "Error acquiring the state lock":
        return None
    lock = parse_lock(diagnostic.detail)
    if lock is not None:
        return OperationError("StateLocked", lock.sentence(directory, now), where=stack)
    table = re.search(r'DynamoDB table "([^"]+)"', diagnostic.detail)
    if table and "ResourceNotFoundException" in diagnostic.detail:
        return OperationError(
            "StateMissing",
            f"the lock table {table[1]} does not exist; run platformctl bootstrap for this"
            " environment",
            where=stack,
        )
    return None


def _account(
    stack: str, _directory: Path, diagnostic: Diagnostic, _now: datetime
) -> PlatformError | None:
    found = re.search(r"AWS account ID not allowed: (\d+)", diagnostic.text)
    if found is None:
        return None
    allowed = _allowed_accounts(_directory)
    wanted = f", the environment belongs to {' or '.join(allowed)}" if allowed else ""
    return OperationError(
        "WrongAccount",
        f"the credentials are those of account {found[1]}{wanted}; choose the right AWS_PROFILE and"
        " try again",
        where=stack,
    )


_CREDENTIALS: tuple[tuple[str, str], ...] = (
    (
        r"No valid credential sources? found|failed to refresh cached credentials",
        "there are no AWS credentials",
    ),
    (
        r"ExpiredToken|TokenRefreshRequired|(?:token|session|included in the request) (?:has|is) expired",
        "the AWS credentials have expired",
    ),
    (
        r"InvalidClientTokenId|SignatureDoesNotMatch|UnrecognizedClientException|InvalidAccessKeyId",
        "AWS does not accept the credentials",
    ),
    (r"failed to get shared config profile, (\S+)", "the AWS profile does not exist"),
)


def _credentials(
    stack: str, _directory: Path, diagnostic: Diagnostic, _now: datetime
) -> PlatformError | None:
    for pattern, what in _CREDENTIALS:
        if re.search(pattern, diagnostic.text):
            return OperationError(
                "NoCredentials",
                f"{what}; sign in again (aws sso login, or AWS_PROFILE for another profile) and"
                " check with aws sts get-caller-identity",
                where=stack,
            )
    return None


def _plugin(
    stack: str, directory: Path, diagnostic: Diagnostic, _now: datetime
) -> PlatformError | None:
    text = diagnostic.text
    named = re.search(r"(?:provider|installing|version of) ([\w.-]+/[\w./-]+[\w])", text)
    provider = named[1].removeprefix("registry.terraform.io/") if named else "a provider"
    if re.search(
        r"match any of the checksums|locked provider .* does not match|Provider dependency changes",
        text,
    ):
        if not (directory / ".terraform.lock.hcl").is_file():
            return OperationError(
                "ProviderLockMismatch",
                f"{directory} has no .terraform.lock.hcl; run platformctl synth, which copies the"
                " committed one into every stack",
                where=stack,
            )
        return OperationError(
            "ProviderLockMismatch",
            f"{provider} is not what {directory / '.terraform.lock.hcl'} records; use the recorded"
            " version, or, when the new one is wanted, renew the committed lock file with terraform providers lock",
            where=stack,
        )
    missing = (
        r"was not found in any of the search locations|no available releases match"
        r"|could not connect to|failed to request discovery document"
        r"|Required plugins are not installed|does not have a package available for your current"
    )
    if re.search(missing, text):
        return OperationError(
            "ProviderMissing",
            f"{provider} cannot be installed from the registry or the mirror in use; let"
            " PLATFORM_PLUGIN_DIR name a mirror that holds the locked version (terraform providers mirror makes one)",
            where=stack,
        )
    return None


def _backend(
    stack: str, directory: Path, diagnostic: Diagnostic, _now: datetime
) -> PlatformError | None:
    bucket = re.search(r'S3 bucket "([^"]+)" does not exist', diagnostic.text)
    if bucket:
        return OperationError(
            "StateMissing",
            f"the state bucket {bucket[1]} does not exist; run platformctl bootstrap for this"
            " environment",
            where=stack,
        )
    if diagnostic.summary.startswith(("Backend configuration changed", "Backend type changed")):
        return OperationError(
            "BackendChanged",
            "the stack's state is to be kept elsewhere than before; move it with terraform"
            f" -chdir={directory} init -migrate-state, or, when the new place already holds it,"
            " -reconfigure",
            where=stack,
        )
    return None


_KNOWN: tuple[Callable[[str, Path, Diagnostic, datetime], PlatformError | None], ...] = (
    _lock,
    _account,
    _backend,
    _plugin,
    _credentials,
)


def _allowed_accounts(directory: Path) -> list[str]:
    """Read the accounts that the stack's provider accepts, for the message."""
    try:
        content = json.loads((directory / "cdk.tf.json").read_text())
    except (OSError, ValueError):
        return []
    aws = content.get("provider", {}).get("aws", [])
    blocks = aws if isinstance(aws, list) else [aws]
    return sorted({account for block in blocks for account in block.get("allowed_account_ids", ())})

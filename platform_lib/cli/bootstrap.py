"""`platformctl bootstrap`."""

from __future__ import annotations

from botocore.exceptions import BotoCoreError

from platform_lib.cli.console import Output
from platform_lib.environment import Account, S3State
from platform_lib.errors import OperationError
from platform_lib.project import Project
from platform_lib.terraform.bootstrap import Bootstrap
from platform_lib.terraform.state_store import StateStore


def state_store(account: Account, state: S3State) -> StateStore:
    """Return what keeps the states of an account."""
    return StateStore(
        bucket=state.bucket,
        region=account.region,
        account_id=account.id,
        table=state.lock_table if state.lock == "dynamodb" else None,
        kms_key_arn=state.kms_key_arn,
        log_bucket=state.access_log_bucket,
    )


def bootstrap(project: Project, name: str, output: Output, *, check_only: bool) -> int:
    """Make or check what keeps the states; exit 1 if the check finds anything."""
    account = project.account_of(name)
    state = account.state
    if not isinstance(state, S3State):
        output.result(
            {"account": account.name, "done": [], "problems": []},
            lambda: output.line(f"{account.name} keeps its state in {state.path}; nothing to make"),
        )
        return 0
    try:
        work = Bootstrap(state_store(account, state))
    except BotoCoreError as error:  # such as an AWS_PROFILE that does not exist
        raise OperationError(
            "NoCredentials",
            f"AWS cannot be asked: {error}; sign in (aws sso login, or AWS_PROFILE for another"
            " profile)",
        ) from error
    if check_only:
        problems = work.check()

        def show_check() -> None:
            output.problems(problems)
            if not problems:
                output.line(f"{state.bucket} and its lock are as they should be")

        output.result(
            {"account": account.name, "problems": [problem.message for problem in problems]},
            show_check,
        )
        return 1 if problems else 0
    done = work.apply(output.note)

    def show() -> None:
        told = "is ready" if done else "was ready already"
        output.line(f"state of {account.name} ({account.id}) in {state.bucket} {told}")

    output.result({"account": account.name, "done": list(done)}, show)
    return 0

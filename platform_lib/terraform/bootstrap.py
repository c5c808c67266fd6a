"""Make the state bucket and the lock table of an account, or say what is wrong with them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

import boto3
from botocore.exceptions import BotoCoreError, ClientError

from platform_lib.errors import OperationError, Problem
from platform_lib.terraform.lock_table import LockTable
from platform_lib.terraform.state_bucket import StateBucket
from platform_lib.terraform.state_store import StateStore

if TYPE_CHECKING:
    from types_boto3_sts import STSClient

__all__ = ["Bootstrap"]

_EXPIRED = frozenset({"ExpiredToken", "ExpiredTokenException", "InvalidClientTokenId"})


class Bootstrap:
    """Looks at and sets up what keeps the states; safe to repeat.

    Args:
        store: What is wanted.
        session: Credentials; those of the environment if None.
    """

    def __init__(self, store: StateStore, session: boto3.Session | None = None) -> None:
        self._store = store
        self._session = session or boto3.Session(region_name=store.region)

    def check(self) -> tuple[Problem, ...]:
        """Return what is missing or wrong, changing nothing.

        Raises:
            OperationError: The credentials are missing or another account's, or a name is taken.
        """
        with _in_one_sentence():
            self._check_account()
            problems: list[Problem] = []
            for kind, name, thing in self._things():
                if not thing.exists():
                    problems.append(
                        Problem(f"the {kind} {name} does not exist", None, "StateMissing")
                    )
                    continue
                problems += [
                    Problem(f"the {kind} {name} {setting.problem}", None, "StateUnsafe")
                    for setting in thing.settings()
                    if not setting.holds()
                ]
        return tuple(problems)

    def apply(self, on_step: Callable[[str], None] | None = None) -> tuple[str, ...]:
        """Make what is missing and put right what is wrong; return what was done.

        Args:
            on_step: Told each step before it is taken.

        Raises:
            OperationError: The credentials are missing or another account's, or a name is taken.
        """
        done: list[str] = []

        def step(text: str, act: Callable[[], object]) -> None:
            if on_step is not None:
                on_step(text)
            act()
            done.append(text)

        with _in_one_sentence():
            self._check_account()
            for kind, name, thing in self._things():
                if not thing.exists():
                    step(f"create {kind} {name}", thing.create)
                for setting in thing.settings():
                    if not setting.holds():
                        step(f"{kind} {name} {setting.problem}: put right", setting.establish)
        return tuple(done)

    def _things(self) -> Sequence[tuple[str, str, StateBucket | LockTable]]:
        store, region = self._store, self._store.region
        bucket = StateBucket(self._session.client("s3", region_name=region), store)
        things: list[tuple[str, str, StateBucket | LockTable]] = [("bucket", store.bucket, bucket)]
        if store.table is not None:
            dynamodb = self._session.client("dynamodb", region_name=region)
            things.append(("lock table", store.table, LockTable(dynamodb, store, store.table)))
        return things

    def _check_account(self) -> None:
        sts: STSClient = self._session.client("sts", region_name=self._store.region)
        account = sts.get_caller_identity()["Account"]
        if account != self._store.account_id:
            raise OperationError(
                "WrongAccount",
                f"the credentials are those of account {account}, the state belongs to"
                f" {self._store.account_id}; choose the right AWS_PROFILE and try again",
            )


@contextmanager
def _in_one_sentence() -> Iterator[None]:
    """Turn what boto3 raises into one sentence with the fix."""
    try:
        yield
    except ClientError as error:
        code = error.response["Error"]["Code"]
        if code in _EXPIRED:
            raise OperationError(
                "NoCredentials",
                "the AWS credentials have expired or are not accepted; sign in again",
            ) from error
        raise OperationError(
            "BootstrapFailed", f"AWS refused {error.operation_name}: {code}: {_message(error)}"
        ) from error
    except BotoCoreError as error:
        raise OperationError(
            "NoCredentials",
            f"AWS cannot be asked: {error}; sign in (aws sso login, or AWS_PROFILE for another profile)",
        ) from error


def _message(error: ClientError) -> str:
    return error.response["Error"].get("Message", "").strip().rstrip(".")

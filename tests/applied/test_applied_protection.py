"""What stores data is not destroyed by mistake, and goes cleanly once that is asked for."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.applied.conftest import SMALL_ENVIRONMENT, Repository, bootstrapped

pytestmark = pytest.mark.terraform

_TABLE = """
        tables={"tax": TableConfig(partition_key=KeyAttribute(name="order_id"))},
        secrets={"payment": SecretConfig(description="Opens the payment provider's API")},
    )
"""
_STORING = (
    SMALL_ENVIRONMENT.rstrip()
    .removesuffix(")")
    .rstrip()
    .replace(
        "    from platform_lib.environment import",
        "    from platform_lib.dynamodb.config import KeyAttribute, TableConfig\n"
        "    from platform_lib.secretsmanager.config import SecretConfig\n"
        "    from platform_lib.environment import",
    )
    + _TABLE
)


def test_a_store_goes_only_after_the_procedure(
    make_repository: Callable[[], Repository],
) -> None:
    """Refused as a whole and one by one, each time with what to do; then destroyed without a rest."""
    repository = bootstrapped(make_repository, _STORING)
    before = repository.count()
    # Neither table nor secret stands in the network.
    repository.run("apply", "small", "keys", "alerts", "data")

    whole = repository.run("destroy", "small", "--yes-destroy", "small", expect=3)
    one = _without_the_table(repository, "plan", "small", "data")

    assert "set allow_destroy=True there, apply that, and run destroy then" in whole
    assert "allow destroying in the environment and give --allow-destroy aws_dynamodb_table" in one
    assert repository.count()["dynamodb", "Table"] == before["dynamodb", "Table"] + 1

    repository.edit("environments/small.py", "tables={", "allow_destroy=True, tables={")
    repository.run("apply", "small", "data")
    repository.run("destroy", "small", "--yes-destroy", "small")

    left = repository.count() - before
    assert set(left) == {("kms", "Key")}
    assert repository.aws.unimplemented() == []


def _without_the_table(repository: Repository, *arguments: str) -> str:
    """Run a command that has to be refused, with the table taken out of the Python."""
    file = repository.folder / "environments/small.py"
    written = file.read_text()
    file.write_text("".join(it for it in written.splitlines(True) if "tables=" not in it))
    try:
        return repository.run(*arguments, expect=3)
    finally:
        file.write_text(written)

"""Applications on one database server: each has its own role and database there."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from platform_lib.rds.aurora_config import AuroraConfig
from platform_lib.rds.config import PostgresConfig
from platform_lib.secretsmanager.postgres_credential_config import PostgresCredentialConfig

SHOP = PostgresCredentialConfig(owner="shop")


def test_applications_with_roles_of_their_own_share_a_server() -> None:
    """Role and database are called alike unless the database has a name."""
    mailer = PostgresCredentialConfig(owner="mailer", database="mail")

    config = PostgresConfig(
        instance_class="db.m7g.large", credentials={"shop": SHOP, "mailer": mailer}
    )

    assert [it.database_name for it in config.credentials.values()] == ["shop", "mail"]


@pytest.mark.parametrize(
    ("other", "problem"),
    [
        (
            PostgresCredentialConfig(owner="shop", database="mail"),
            (
                "credentials['mailer'] has the owner 'shop', which is that of 'shop'; give each"
                " application its own"
            ),
        ),
        (
            PostgresCredentialConfig(owner="mailer", database="shop"),
            (
                "credentials['mailer'] has the database 'shop', which is that of 'shop'; give each"
                " application its own"
            ),
        ),
    ],
    ids=["owner", "database"],
)
def test_refuses_that_two_applications_share_one(
    other: PostgresCredentialConfig, problem: str
) -> None:
    """For an instance and for a cluster."""
    credentials = {"shop": SHOP, "mailer": other}

    with pytest.raises(ValidationError) as caught:
        PostgresConfig(instance_class="db.m7g.large", credentials=credentials)
    assert f"Value error, {problem}" in [it["msg"] for it in caught.value.errors()]

    with pytest.raises(ValidationError) as caught:
        AuroraConfig(instance_class="db.r7g.large", credentials=credentials)
    assert f"Value error, {problem}" in [it["msg"] for it in caught.value.errors()]

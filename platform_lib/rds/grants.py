"""DatabaseGrants: what roles may do with a database, an instance or a cluster."""

from __future__ import annotations

import re

from platform_lib.core.construct import PlatformConstruct
from platform_lib.core.grants import Grant, Grantee, Grants
from platform_lib.errors import PlatformError
from platform_lib.iam.policy import Statement
from platform_lib.kms.key import Key
from platform_lib.naming import pascal
from platform_lib.secretsmanager.secret import read_statement
from platform_lib.types import TokenStr


class DatabaseGrants(Grants):
    """Permissions on one database.

    Args:
        database: The database.
        resource_ids: Ids by which IAM names its instances or cluster in ``rds-db:connect``.
        secret_arn: The administrator's secret.
        key: Encrypts the secret.
        iam: Whether the database takes tokens of IAM.
    """

    def __init__(
        self,
        database: PlatformConstruct,
        *,
        resource_ids: tuple[TokenStr, ...],
        secret_arn: TokenStr,
        key: Key,
        iam: bool,
    ) -> None:
        super().__init__(database)
        self._resource_ids = resource_ids
        self._secret_arn = secret_arn
        self._key = key
        self._iam = iam

    def connect(self, grantee: Grantee, *, user: str) -> Grant:
        """Let the role log in as one PostgreSQL role, with a token of IAM instead of a password.

        The PostgreSQL role has to be a member of ``rds_iam``.
        https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/UsingWithRDS.IAMDBAuth.IAMPolicy.html

        Raises:
            PlatformError: ``IamAuthenticationOff`` if the database does not take such tokens,
                ``UserNotNamed`` if ``user`` is not the name of one PostgreSQL role.
        """
        if not self._iam:
            raise PlatformError(
                "IamAuthenticationOff",
                f"{user!r} cannot connect with IAM, because the database has"
                " iam_authentication=False; leave that out, or give the role a password",
                where=self._owner.node.path,
            )
        statement = connect_statement(self._owner, self._resource_ids, user=user)
        return self._give(grantee, f"Connect{pascal(user)}", statement)

    def administer(self, grantee: Grantee) -> Grant:
        """Let the role read the administrator's password.

        For what makes databases and roles, not for applications: RDS changes the password on its
        own, and whoever has it may do everything.
        """
        self._key.grants.decrypt(grantee)
        return self._give(grantee, "Administer", read_statement(self._secret_arn))


def connect_statement(
    owner: PlatformConstruct, resource_ids: tuple[TokenStr, ...], *, user: str
) -> Statement:
    """Allow to log in with IAM as one user of instances, clusters or proxies with these ids.

    Raises:
        PlatformError: ``UserNotNamed`` if ``user`` is not the name of one PostgreSQL role.
    """
    if re.fullmatch(r"[a-z][a-z0-9_]{0,62}", user, re.ASCII) is None:
        raise PlatformError(
            "UserNotNamed",
            f"{user!r} is not the name of one PostgreSQL role; use 1 to 63 lower-case letters,"
            " digits and underscores, starting with a letter",
            where=owner.node.path,
        )
    stack = owner.stack
    start = f"arn:{stack.partition}:rds-db:{stack.target.region}:{stack.account.id}:dbuser:"
    return Statement(
        actions=("rds-db:connect",),
        resources=tuple(f"{start}{resource}/{user}" for resource in resource_ids),
    )

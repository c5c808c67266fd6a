"""DatabaseGrants: what roles may do with a database, an instance or a cluster."""

from __future__ import annotations

from platform_lib.core.construct import PlatformConstruct
from platform_lib.core.grants import Grant, Grantee, Grants
from platform_lib.errors import PlatformError
from platform_lib.iam.policy import Statement
from platform_lib.kms.key import Key
from platform_lib.naming import pascal
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
            PlatformError: ``IamAuthenticationOff`` if the database does not take such tokens.
        """
        if not self._iam:
            raise PlatformError(
                "IamAuthenticationOff",
                f"{user!r} cannot connect with IAM, because the database has"
                " iam_authentication=False; leave that out, or give the role a password",
                where=self._owner.node.path,
            )
        stack = self._owner.stack
        start = f"arn:{stack.partition}:rds-db:{stack.target.region}:{stack.account.id}:dbuser:"
        statement = Statement(
            actions=("rds-db:connect",),
            resources=tuple(f"{start}{resource}/{user}" for resource in self._resource_ids),
        )
        return self._give(grantee, f"Connect{pascal(user)}", statement)

    def administer(self, grantee: Grantee) -> Grant:
        """Let the role read the administrator's password.

        For what makes databases and roles, not for applications: RDS changes the password on its
        own, and whoever has it may do everything.
        """
        self._key.grants.decrypt(grantee)
        statement = Statement(
            actions=("secretsmanager:DescribeSecret", "secretsmanager:GetSecretValue"),
            resources=(self._secret_arn,),
        )
        return self._give(grantee, "Administer", statement)

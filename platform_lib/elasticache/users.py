"""CacheUsers: the applications of one cache as ACL users, and the group that lets them in."""

from __future__ import annotations

from collections.abc import Mapping

import cdktf_cdktf_provider_aws.elasticache_user as aws_user
import cdktf_cdktf_provider_aws.elasticache_user_group as aws_user_group
from cdktf import TerraformResourceLifecycle

from platform_lib.core.construct import PlatformConstruct
from platform_lib.elasticache._acl import NOBODY
from platform_lib.elasticache.config import CacheConfig
from platform_lib.elasticache.versions import Engine
from platform_lib.kms.key import Key
from platform_lib.naming import Kind, pascal
from platform_lib.secretsmanager.generated_credential import GeneratedCredential
from platform_lib.types import TokenStr

_PASSWORD_LENGTH = 64
"""ElastiCache takes 16 to 128 printable characters, without ``,`` ``"`` ``/`` and ``@``.
https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/Clusters.RBAC.html"""
_NOT_IN_URLS = "!\"#$%&'()*+,/:;<=>?@[\\]^`{|}"
"""All punctuation but ``-._~``, which mean nothing in a URL: the password is part of one."""


class CacheUsers(PlatformConstruct):
    """One ACL user for each application of a cache; the user ``default`` is off.

    A Valkey group needs no user of that name, and whoever does not sign in is refused. A Redis OSS
    group has to have one, so it gets one that cannot sign in and may do nothing.

    Defines:
        aws_elasticache_user, aws_elasticache_user_group, and what a `GeneratedCredential` defines
        for each user with a password.

    Args:
        cache: The cache; users are named after it.
        config: Users, engine and version.
        key: Encrypts the secrets.
    """

    def __init__(self, cache: PlatformConstruct, id: str, *, config: CacheConfig, key: Key) -> None:
        super().__init__(cache, id)
        self._cache = cache
        self._config = config
        self.credentials: dict[str, GeneratedCredential] = {
            name: self._credential(name, key)
            for name, user in config.users.items()
            if user.authentication == "password"
        }
        """Credentials of the users with a password."""
        users = {name: self._user(name) for name in config.users}
        self.arns: Mapping[str, TokenStr] = {name: user.arn for name, user in users.items()}
        """ARNs of the users."""
        self.group_id: TokenStr = self._group(
            [user.user_id for user in (*users.values(), *self._default_user())]
        )
        """Id of the group."""

    def sign_in_name(self, name: str) -> str:
        """Return the name that an application signs in with."""
        if self._config.users[name].authentication == "iam":
            # With IAM the name has to be the id.
            # https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/auth-iam.html#auth-iam-limits
            return self._id(name)
        return name

    def _id(self, name: str) -> str:
        return self._cache.physical_name(Kind.ELASTICACHE_USER, name)

    def _credential(self, name: str, key: Key) -> GeneratedCredential:
        return GeneratedCredential(
            self,
            f"{pascal(name)}Credential",
            name=self._cache.physical_name(Kind.SECRET, name),
            edition=self._config.users[name].edition,
            description=f"Connection of {name} to the cache {self._cache.path}",
            username=name,
            key=key,
            length=_PASSWORD_LENGTH,
            exclude_characters=_NOT_IN_URLS,
        )

    def _user(self, name: str) -> aws_user.ElasticacheUser:
        credential = self.credentials.get(name)
        iam = aws_user.ElasticacheUserAuthenticationMode(type="iam")
        return aws_user.ElasticacheUser(
            self,
            pascal(name),
            user_id=self._id(name),
            user_name=self.sign_in_name(name),
            engine=self._config.engine.value,
            access_string=self._config.access_string_of(name),
            passwords=None if credential is None else [credential.password],
            authentication_mode=iam if credential is None else None,
        )

    def _default_user(self) -> list[aws_user.ElasticacheUser]:
        if self._config.engine is Engine.VALKEY:
            return []
        return [
            aws_user.ElasticacheUser(
                self,
                "Default",
                user_id=self._id("default"),
                user_name="default",
                engine=self._config.engine.value,
                access_string=NOBODY,
                # A password would be one more secret, for a user that is off.
                no_password_required=True,
            )
        ]

    def _group(self, user_ids: list[TokenStr]) -> TokenStr:
        engine = self._config.engine.value
        group = aws_user_group.ElasticacheUserGroup(
            self,
            "Group",
            # A group's engine cannot change, and a group in use cannot be deleted: on the way from
            # Redis OSS to Valkey the new one is made first, under a name of its own.
            user_group_id=self._cache.physical_name(Kind.ELASTICACHE_USER_GROUP, engine),
            engine=engine,
            user_ids=user_ids,
            lifecycle=TerraformResourceLifecycle(create_before_destroy=True),
        )
        return group.user_group_id

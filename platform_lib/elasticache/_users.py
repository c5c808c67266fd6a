"""CacheUsers: the applications of one cache as ACL users, and the group that lets them in."""

from __future__ import annotations

from collections.abc import Mapping

import cdktf_cdktf_provider_aws.elasticache_user as aws_user
import cdktf_cdktf_provider_aws.elasticache_user_group as aws_user_group
from cdktf import TerraformResourceLifecycle

from platform_lib.core.construct import PlatformConstruct
from platform_lib.elasticache._acl import NOBODY
from platform_lib.elasticache.config import CacheConfig
from platform_lib.kms.key import Key
from platform_lib.naming import Kind, pascal
from platform_lib.secretsmanager.generated_credential import GeneratedCredential
from platform_lib.types import TokenStr

_PASSWORD_LENGTH = 64
"""ElastiCache takes 16 to 128 printable characters, without ``,`` ``"`` ``/`` and ``@``.
https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/Clusters.RBAC.html"""
_NOT_IN_URLS = "!\"#$%&'()*+,/:;<=>?@[\\]^`{|}"
"""All punctuation but ``-._~``, which mean nothing in a URL: the password is part of one."""
_ENGINE = "redis"
"""Engine of users and group, which a Valkey cache takes too. The group's cannot change, and a group
in use cannot be deleted: so a cache goes from Redis OSS to Valkey without touching who may sign in.
https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/Clusters.RBAC.html"""

_DEFAULT = "default"
"""Name of the user that whoever gives only a password signs in as, and every group has.
https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/Clusters.RBAC.html"""


class CacheUsers(PlatformConstruct):
    """One ACL user for each application of a cache; the user ``default`` is off, or one of them.

    The group has to have a user of that name. Ours cannot sign in and may do nothing, so whoever
    does not sign in is refused; an application whose client knows no names signs in as it, with its
    own keys and its password.

    Defines:
        aws_elasticache_user, aws_elasticache_user_group, and what a `GeneratedCredential` defines
        for each user with a password.

    Args:
        cache: The cache; users are named after it.
        config: The users, and the version of the engine.
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
        taken = any(user.signs_in_without_name for user in config.users.values())
        nobody = [] if taken else [self._default_user()]
        self.arns: Mapping[str, TokenStr] = {name: user.arn for name, user in users.items()}
        """ARNs of the users."""
        group = aws_user_group.ElasticacheUserGroup(
            self,
            "Group",
            user_group_id=cache.physical_name(Kind.ELASTICACHE_USER_GROUP),
            engine=_ENGINE,
            user_ids=[user.user_id for user in (*users.values(), *nobody)],
        )
        self.group_id: TokenStr = group.user_group_id
        """Id of the group."""

    def sign_in_name(self, name: str) -> str:
        """Return the name that an application signs in with: the id, as IAM wants it.

        https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/auth-iam.html#auth-iam-limits
        """
        return _DEFAULT if self._config.users[name].signs_in_without_name else self._id(name)

    def _id(self, name: str) -> str:
        return self._cache.physical_name(Kind.ELASTICACHE_USER, name)

    def _credential(self, name: str, key: Key) -> GeneratedCredential:
        return GeneratedCredential(
            self,
            f"{pascal(name)}Credential",
            name=self._cache.physical_name(Kind.SECRET, name),
            edition=self._config.users[name].edition,
            description=f"Connection of {name} to the cache {self._cache.path}",
            username=self.sign_in_name(name),
            key=key,
            length=_PASSWORD_LENGTH,
            exclude_characters=_NOT_IN_URLS,
        )

    def _user(self, name: str) -> aws_user.ElasticacheUser:
        credential = self.credentials.get(name)
        nameless = self._config.users[name].signs_in_without_name
        return aws_user.ElasticacheUser(
            self,
            pascal(name),
            # An id of its own, since the user with the other name is there until this one is.
            user_id=self._id(f"{name}-{_DEFAULT}" if nameless else name),
            user_name=self.sign_in_name(name),
            engine=_ENGINE,
            access_string=self._config.access_string_of(name),
            # With `passwords` instead of the block, the way from IAM to a password would be refused.
            authentication_mode=aws_user.ElasticacheUserAuthenticationMode(
                type=self._config.users[name].authentication,
                passwords=None if credential is None else [credential.password],
            ),
            # A user leaves the group before it is deleted. The other way round AWS takes it out of
            # the group, and Terraform fails to do it again.
            # https://github.com/hashicorp/terraform-provider-aws/issues/43281
            lifecycle=TerraformResourceLifecycle(create_before_destroy=True),
        )

    def _default_user(self) -> aws_user.ElasticacheUser:
        return aws_user.ElasticacheUser(
            self,
            "DefaultUser",
            user_id=self._id(_DEFAULT),
            user_name=_DEFAULT,
            engine=_ENGINE,
            access_string=NOBODY,
            # A password would be one more secret, for a user that is off. Not as a block with
            # "no-password-required", which AWS gives back under another name.
            no_password_required=True,
        )

"""ElastiCache user groups, and which users they need.

Upstream gap: moto does not have user groups at all.

https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/Clusters.RBAC.html
"""

from __future__ import annotations

import re
from typing import Any

from moto.core.responses import ActionResult, PaginatedResult
from moto.elasticache.exceptions import UserNotFound
from moto.elasticache.responses import ElastiCacheResponse

from platform_lib.local.extensions.support import AwsError, Resource, add, settings

__all__ = ["groups_of", "install", "user_group", "user_groups"]

_ENGINES = ("redis", "valkey")
_ID = re.compile(r"[a-zA-Z][a-zA-Z0-9-]*")
_MAX_USERS = 100


def install() -> None:
    """Patch moto."""
    for action in (
        create_user_group,
        describe_user_groups,
        modify_user_group,
        delete_user_group,
    ):
        add(ElastiCacheResponse)(action)


class UserGroup(Resource):
    """One group of users for caches of one engine."""

    def __init__(self, identifier: str, engine: str, user_ids: list[str], arn: str) -> None:
        self.id = identifier
        self.engine = engine
        self.user_ids = user_ids
        self.arn = arn
        self.status = "active"


def user_groups(backend: Any) -> dict[str, UserGroup]:
    """Return the groups by id."""
    return settings(backend, "user_groups")


def user_group(backend: Any, identifier: str) -> UserGroup:
    """Return a group by its id."""
    found = user_groups(backend).get(identifier.lower())
    if found is None:
        raise AwsError("UserGroupNotFound", f"User group {identifier} not found.")
    return found


def groups_of(backend: Any, user_id: str) -> list[UserGroup]:
    """Return the groups that a user belongs to."""
    return [group for group in user_groups(backend).values() if user_id in group.user_ids]


def _caches(backend: Any, group: UserGroup) -> list[str]:
    caches = backend.replication_groups.values()
    return [one.replication_group_id for one in caches if group.id in one.user_group_ids]


def _described(backend: Any, group: UserGroup) -> dict[str, Any]:
    return {
        "UserGroupId": group.id,
        "Status": group.status,
        "Engine": group.engine,
        "UserIds": group.user_ids,
        "MinimumEngineVersion": "7.2" if group.engine == "valkey" else "6.0",
        "ReplicationGroups": _caches(backend, group),
        "ARN": group.arn,
    }


def _check(backend: Any, engine: str, user_ids: list[str]) -> None:
    """Refuse users that cannot be in one group."""
    users = []
    for identifier in user_ids:
        if identifier not in backend.users:
            raise UserNotFound(identifier)
        users.append(backend.users[identifier])
    names = [user.name for user in users]
    if len(names) != len(set(names)):
        raise AwsError("DuplicateUserName", "Users of a user group must have different user names.")
    if len(users) > _MAX_USERS:
        raise AwsError(
            "InvalidParameterValue", f"A user group can have at most {_MAX_USERS} users."
        )
    if engine == "redis":
        if "default" not in names:
            raise AwsError(
                "DefaultUserRequired",
                "User group needs to contain a user with the user name default.",
            )
        other = sorted(user.id for user in users if user.engine != engine)
        if other:
            raise AwsError(
                "InvalidParameterValue",
                f"User {other[0]} of engine valkey cannot be in a user group of engine redis.",
            )
    open_users = sorted(user.id for user in users if user.no_password_required)
    if engine == "valkey" and open_users:
        raise AwsError(
            "InvalidParameterValue",
            f"User {open_users[0]} needs no password; users of a user group of engine valkey must"
            " authenticate by password or iam.",
        )


def create_user_group(self: Any) -> ActionResult:
    """Create a group."""
    backend, identifier = self.elasticache_backend, self._get_param("UserGroupId").lower()
    engine = self._get_param("Engine").lower()
    if not _ID.fullmatch(identifier):
        raise AwsError(
            "InvalidParameterValue",
            f"The parameter UserGroupId is not a valid identifier: {identifier}",
        )
    if engine not in _ENGINES:
        raise AwsError(
            "InvalidParameterValue",
            f'Unknown parameter for Engine: "{engine}", must be one of: {", ".join(_ENGINES)}',
        )
    if identifier in user_groups(backend):
        raise AwsError("UserGroupAlreadyExists", f"User group {identifier} already exists.")
    user_ids = [one.lower() for one in self._get_param("UserIds") or []]
    _check(backend, engine, user_ids)
    arn = f"arn:aws:elasticache:{self.region}:{self.current_account}:usergroup:{identifier}"
    group = UserGroup(identifier, engine, user_ids, arn)
    user_groups(backend)[identifier] = group
    backend.tagging_service.tag_resource(arn, self._get_param("Tags", []))
    return ActionResult(_described(backend, group))


def describe_user_groups(self: Any) -> ActionResult:
    """Return one group or all of them."""
    backend, identifier = self.elasticache_backend, self._get_param("UserGroupId")
    found = [user_group(backend, identifier)] if identifier else user_groups(backend).values()
    return PaginatedResult({"UserGroups": [_described(backend, one) for one in found]})


def modify_user_group(self: Any) -> ActionResult:
    """Add and remove users."""
    backend = self.elasticache_backend
    group = user_group(backend, self._get_param("UserGroupId"))
    added = [one.lower() for one in self._get_param("UserIdsToAdd") or []]
    removed = [one.lower() for one in self._get_param("UserIdsToRemove") or []]
    if not added and not removed:
        raise AwsError(
            "InvalidParameterCombination",
            "Either UserIdsToAdd or UserIdsToRemove must be specified.",
        )
    for identifier in removed:
        if identifier not in group.user_ids:
            raise AwsError(
                "InvalidParameterValue", f"{identifier} is not a member of user group {group.id}."
            )
    for identifier in added:
        if identifier in group.user_ids:
            raise AwsError(
                "InvalidParameterValue", f"{identifier} is already a member of the user group."
            )
    kept = [one for one in group.user_ids if one not in removed] + added
    _check(backend, group.engine, kept)
    group.user_ids = kept
    return ActionResult(_described(backend, group))


def delete_user_group(self: Any) -> ActionResult:
    """Delete a group that no cache uses."""
    backend = self.elasticache_backend
    group = user_group(backend, self._get_param("UserGroupId"))
    caches = _caches(backend, group)
    if caches:
        raise AwsError(
            "InvalidUserGroupState",
            f"User group {group.id} is still associated with replication group {caches[0]}.",
        )
    answer = ActionResult(_described(backend, group) | {"Status": "deleting"})
    backend.tagging_service.delete_all_tags_for_resource(group.arn)
    del user_groups(backend)[group.id]
    return answer

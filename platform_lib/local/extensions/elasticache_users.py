"""ElastiCache users: changes, and the checks that AWS makes.

Upstream gap: moto does not have ModifyUser, its CreateUser takes every access string, engine and
combination of passwords and modes, its DescribeUsers names an IAM user's mode after no mode that the
API knows, and its DeleteUser deletes users of a group.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from moto.core.responses import ActionResult
from moto.elasticache.exceptions import UserNotFound
from moto.elasticache.models import ElastiCacheBackend, User
from moto.elasticache.responses import ElastiCacheResponse

from platform_lib.local.extensions.elasticache_user_groups import groups_of, user_groups
from platform_lib.local.extensions.support import AwsError, add, replace

__all__ = ["install"]

_ENGINES = ("redis", "valkey")
_MODES = {"password": "password", "iam": "iam", "no-password-required": "no-password"}
"""How the API names a mode in its answers, by the name that it takes."""
_ID = re.compile(r"[a-zA-Z][a-zA-Z0-9-]*")
# Passwords are managed through the API, never in the access string.
_FORBIDDEN = re.compile(r"(^|\s)(reset|resetpass|nopass|[<>#!]\S+)(\s|$)")
_PASSWORD = re.compile(r"[ -~]{16,128}")
_MAX_PASSWORDS = 2


def install() -> None:
    """Patch moto."""
    replace(ElastiCacheResponse)(create_user)
    add(ElastiCacheResponse)(modify_user)
    replace(ElastiCacheResponse)(delete_user)
    replace(ElastiCacheBackend)(describe_users)


def _invalid(message: str) -> AwsError:
    return AwsError("InvalidParameterValue", message)


def _contradiction(message: str) -> AwsError:
    return AwsError("InvalidParameterCombination", message)


def _access_string(text: str) -> str:
    """Refuse what an access string cannot say; without ``on`` a user is off."""
    if not text.strip():
        raise _invalid("The access string must not be empty.")
    forbidden = _FORBIDDEN.search(text)
    if forbidden:
        raise _invalid(f"Access string contains invalid rule: {forbidden[2]}")
    return text


def _credentials(self: Any) -> tuple[str | None, list[str]]:
    """Return the mode that a request asks for, if any, and its passwords."""
    given = self._get_param("AuthenticationMode") or {}
    passwords = self._get_param("Passwords") or []
    without = self._get_bool_param("NoPasswordRequired")
    if passwords and given.get("Passwords"):
        raise _contradiction("Passwords provided via multiple arguments. Use only one argument")
    passwords = passwords or given.get("Passwords") or []
    mode: str | None = given.get("Type")
    if mode is None and (without or passwords):
        mode = "no-password-required" if without else "password"
    if mode is not None and mode not in _MODES:
        raise _invalid(
            f"Input Authentication type: {mode} is not in the allowed list: [{','.join(_MODES)}]"
        )
    if without and mode != "no-password-required":
        raise _contradiction(
            f"No password required flag is true but provided authentication type is {mode}"
        )
    if passwords and mode != "password":
        raise _contradiction(f"Password field is not allowed with authentication type: {mode}")
    if len(passwords) > _MAX_PASSWORDS:
        raise _invalid(f"A user can have at most {_MAX_PASSWORDS} passwords.")
    if not all(_PASSWORD.fullmatch(one) for one in passwords):
        raise _invalid("Passwords length must be between 16-128 characters.")
    if mode == "password" and not passwords:
        raise _contradiction(
            "A user with Authentication Mode: password, must have at least one password"
        )
    return mode, passwords


def _check_mode(engine: str, mode: str, identifier: str, name: str) -> None:
    """Check what depends on the engine and the names.

    https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/Clusters.RBAC.html,
    https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/auth-iam.html
    """
    if engine not in _ENGINES:
        raise _invalid(
            f'Unknown parameter for Engine: "{engine}", must be one of: {", ".join(_ENGINES)}'
        )
    if engine == "valkey" and mode == "no-password-required":
        raise _contradiction("A user of engine valkey must authenticate by password or iam.")
    if mode == "iam" and identifier != name:
        raise _invalid("User ID and user name of an IAM-enabled user must be identical.")


def create_user(original: Callable[..., Any]) -> Callable[..., Any]:
    """Create a user that AWS would take."""
    del original

    def create(self: Any) -> ActionResult:
        backend = self.elasticache_backend
        identifier, name = self._get_param("UserId"), self._get_param("UserName")
        if identifier.lower() in backend.users:
            raise AwsError("UserAlreadyExists", f"User {identifier} already exists.")
        if not _ID.fullmatch(identifier):
            raise _invalid(f"The parameter UserId is not a valid identifier: {identifier}")
        engine = self._get_param("Engine").lower()
        mode, passwords = _credentials(self)
        if mode is None:
            raise _contradiction(
                "No password was provided. If you want to create/update the user without"
                " password, please use the NoPasswordRequired flag."
            )
        _check_mode(engine, mode, identifier, name)
        user = User(
            account_id=self.current_account,
            region=self.region,
            # AWS turns identifiers into lower case.
            user_id=identifier.lower(),
            user_name=name,
            access_string=_access_string(self._get_param("AccessString")),
            engine=engine,
            no_password_required=mode == "no-password-required",
            passwords=passwords,
            authentication_type=mode,
        )
        user.minimum_engine_version = "7.0" if mode == "iam" else "6.0"
        backend.users[user.id] = user
        backend.tagging_service.tag_resource(user.arn, self._get_param("Tags", []))
        return ActionResult(_described(backend, user))

    return create


def _found(backend: Any, identifier: str) -> Any:
    user = backend.users.get(identifier.lower())
    if user is None:
        raise UserNotFound(identifier)
    return user


def _described(backend: Any, user: Any) -> dict[str, Any]:
    return {
        "UserId": user.id,
        "UserName": user.name,
        "Status": user.status,
        "Engine": user.engine,
        "MinimumEngineVersion": user.minimum_engine_version,
        "AccessString": user.access_string,
        "UserGroupIds": [group.id for group in groups_of(backend, user.id)],
        "Authentication": _authentication(user),
        "ARN": user.arn,
    }


def _authentication(user: Any) -> dict[str, Any]:
    mode = _MODES.get(user.authentication_type or "", "no-password")
    return {"Type": mode} | ({"PasswordCount": len(user.passwords)} if mode == "password" else {})


def describe_users(original: Callable[..., Any]) -> Callable[..., Any]:
    """Return one user or all of them, with their groups."""
    del original

    def describe(self: Any, user_id: str | None) -> list[dict[str, Any]]:
        found = [_found(self, user_id)] if user_id else list(self.users.values())
        return [_described(self, one) for one in found]

    return describe


def modify_user(self: Any) -> ActionResult:
    """Change access, credentials and engine."""
    backend = self.elasticache_backend
    user = _found(backend, self._get_param("UserId"))
    access, appended = self._get_param("AccessString"), self._get_param("AppendAccessString")
    if access and appended:
        raise _contradiction("AccessString and AppendAccessString cannot be used together.")
    text = _access_string(access or f"{user.access_string} {appended or ''}".strip())
    engine = (self._get_param("Engine") or user.engine).lower()
    mode, passwords = _credentials(self)
    _check_mode(engine, mode or user.authentication_type or "", user.id, user.name)
    if user.engine == "valkey" and engine == "redis":
        raise _invalid("The engine of a user cannot be changed from valkey to redis.")
    user.access_string, user.engine = text, engine
    if mode is not None:
        user.authentication_type, user.passwords = mode, passwords
        user.no_password_required = mode == "no-password-required"
    return ActionResult(_described(backend, user))


def delete_user(original: Callable[..., Any]) -> Callable[..., Any]:
    """Delete a user; the default user of a group and AWS's own stay."""
    del original

    def delete(self: Any) -> ActionResult:
        backend = self.elasticache_backend
        user = _found(backend, self._get_param("UserId"))
        groups = groups_of(backend, user.id)
        if user.id == "default":
            raise _invalid("The default user cannot be deleted.")
        if user.name == "default" and groups:
            raise AwsError(
                "DefaultUserAssociatedToUserGroup",
                f"User {user.id} is the default user of user group {groups[0].id}.",
            )
        answer = ActionResult(_described(backend, user) | {"Status": "deleting"})
        # Deleting a user takes it out of its groups.
        for group in user_groups(backend).values():
            group.user_ids = [one for one in group.user_ids if one != user.id]
        backend.tagging_service.delete_all_tags_for_resource(user.arn)
        del backend.users[user.id]
        return answer

    return delete

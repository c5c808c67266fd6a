"""ElastiCache users and user groups keep AWS's rules of access control."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from typing import Any

import pytest

_PASSWORD = "0123456789abcdef"
_OTHER_PASSWORD = "fedcba9876543210"


@pytest.fixture
def elasticache(client: Callable[[str], Any]) -> Any:
    """Return the ElastiCache client."""
    return client("elasticache")


def _user(elasticache: Any, **other: Any) -> str:
    """Make a user with a password unless told otherwise; return its id."""
    name = f"user-{secrets.token_hex(4)}"
    given = {
        "UserId": name,
        "UserName": name,
        "Engine": "redis",
        "AccessString": "on ~app:* -@all +@read",
        "AuthenticationMode": {"Type": "password", "Passwords": [_PASSWORD]},
    } | other
    return str(elasticache.create_user(**given)["UserId"])


def _default(elasticache: Any) -> str:
    return _user(
        elasticache,
        UserName="default",
        AccessString="off -@all",
        AuthenticationMode={"Type": "no-password-required"},
    )


def _group(elasticache: Any, engine: str, *users: str) -> str:
    name = f"group-{secrets.token_hex(4)}"
    elasticache.create_user_group(UserGroupId=name, Engine=engine, UserIds=list(users))
    return name


def _read(elasticache: Any, user: str) -> Any:
    return elasticache.describe_users(UserId=user)["Users"][0]


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (
            {"AuthenticationMode": {"Type": "password", "Passwords": [_PASSWORD]}},
            {"Type": "password", "PasswordCount": 1},
        ),
        (
            {"AuthenticationMode": None, "Passwords": [_PASSWORD, _OTHER_PASSWORD]},
            {"Type": "password", "PasswordCount": 2},
        ),
        ({"AuthenticationMode": {"Type": "iam"}}, {"Type": "iam"}),
        ({"AuthenticationMode": {"Type": "no-password-required"}}, {"Type": "no-password"}),
        ({"AuthenticationMode": None, "NoPasswordRequired": True}, {"Type": "no-password"}),
    ],
)
def test_a_user_authenticates(
    elasticache: Any, given: dict[str, Any], expected: dict[str, Any]
) -> None:
    """Answers name the mode, never the passwords; AWS names one mode otherwise than it takes it."""
    name = f"user-{secrets.token_hex(4)}"
    arguments = {"UserId": name, "UserName": name, "Engine": "redis", "AccessString": "on"} | given

    elasticache.create_user(**{key: value for key, value in arguments.items() if value})

    assert _read(elasticache, name)["Authentication"] == expected


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"UserId": "1user"}, "InvalidParameterValue"),
        ({"Engine": "memcached"}, "InvalidParameterValue"),
        ({"AccessString": " "}, "InvalidParameterValue"),
        ({"AccessString": "on >secret ~*"}, "InvalidParameterValue"),
        ({"AccessString": "on nopass ~*"}, "InvalidParameterValue"),
        ({"AccessString": "reset on"}, "InvalidParameterValue"),
        (
            {"AuthenticationMode": {"Type": "password", "Passwords": ["short"]}},
            "InvalidParameterValue",
        ),
        ({"AuthenticationMode": {"Type": "password"}}, "InvalidParameterCombination"),
        (
            {"AuthenticationMode": {"Type": "iam", "Passwords": [_PASSWORD]}},
            "InvalidParameterCombination",
        ),
        (
            {"AuthenticationMode": {"Type": "password"}, "NoPasswordRequired": True},
            "InvalidParameterCombination",
        ),
        ({"Passwords": [_PASSWORD]}, "InvalidParameterCombination"),
        (
            {
                "AuthenticationMode": {
                    "Type": "password",
                    "Passwords": [f"{_PASSWORD}{number}" for number in range(3)],
                }
            },
            "InvalidParameterValue",
        ),
        ({"AuthenticationMode": {"Type": "iam"}, "UserName": "other"}, "InvalidParameterValue"),
        (
            {"Engine": "valkey", "AuthenticationMode": {"Type": "no-password-required"}},
            "InvalidParameterCombination",
        ),
    ],
)
def test_refuses_a_user(
    elasticache: Any, refused: Callable[..., str], given: dict[str, Any], code: str
) -> None:
    """Names, engines, access strings and credentials that AWS does not take."""
    arguments = {
        "UserId": "refused",
        "UserName": "refused",
        "Engine": "redis",
        "AccessString": "on ~* +@all",
        "AuthenticationMode": {"Type": "password", "Passwords": [_PASSWORD]},
    } | given

    assert refused(elasticache.create_user, **arguments) == code


def test_refuses_a_user_without_any_credential(
    elasticache: Any, refused: Callable[..., str]
) -> None:
    """No password has to be asked for."""
    code = refused(
        elasticache.create_user, UserId="a", UserName="a", Engine="redis", AccessString="on"
    )

    assert code == "InvalidParameterCombination"


def test_a_user_changes(elasticache: Any) -> None:
    """Access string, more of it, credentials and the engine."""
    user = _user(elasticache)

    elasticache.modify_user(UserId=user, AccessString="on ~other:* +get")
    elasticache.modify_user(UserId=user, AppendAccessString="+set", Engine="valkey")
    elasticache.modify_user(
        UserId=user,
        AuthenticationMode={"Type": "password", "Passwords": [_PASSWORD, _OTHER_PASSWORD]},
    )

    found = _read(elasticache, user)
    assert found["AccessString"] == "on ~other:* +get +set"
    assert found["Engine"] == "valkey"
    assert found["Authentication"]["PasswordCount"] == 2


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"UserId": "none"}, "UserNotFound"),
        ({"AccessString": "on >x"}, "InvalidParameterValue"),
        ({"AccessString": "on", "AppendAccessString": "+get"}, "InvalidParameterCombination"),
        ({"NoPasswordRequired": True}, "InvalidParameterCombination"),
        ({"Engine": "redis"}, "InvalidParameterValue"),
    ],
)
def test_refuses_a_change(
    elasticache: Any, refused: Callable[..., str], given: dict[str, Any], code: str
) -> None:
    """What a new user may not be, a changed one may not become; Valkey does not become Redis."""
    user = _user(elasticache, Engine="valkey")

    assert refused(elasticache.modify_user, **{"UserId": user} | given) == code


def test_a_group_of_redis_needs_a_default_user(
    elasticache: Any, refused: Callable[..., str]
) -> None:
    """Without one it is refused, and it cannot lose it."""
    user, default = _user(elasticache), _default(elasticache)

    without = refused(
        elasticache.create_user_group, UserGroupId="a", Engine="redis", UserIds=[user]
    )
    group = _group(elasticache, "redis", user, default)
    losing = refused(elasticache.modify_user_group, UserGroupId=group, UserIdsToRemove=[default])
    deleting = refused(elasticache.delete_user, UserId=default)

    assert (without, losing) == ("DefaultUserRequired", "DefaultUserRequired")
    assert deleting == "DefaultUserAssociatedToUserGroup"


def test_a_group_of_valkey_needs_none(elasticache: Any) -> None:
    """Users of both engines may be in it, as long as they authenticate."""
    redis, valkey = _user(elasticache), _user(elasticache, Engine="valkey")

    group = _group(elasticache, "valkey", redis, valkey)

    found = elasticache.describe_user_groups(UserGroupId=group)["UserGroups"][0]
    assert sorted(found["UserIds"]) == sorted([redis, valkey])
    assert found["Engine"] == "valkey"


def test_refuses_users_in_the_wrong_group(elasticache: Any, refused: Callable[..., str]) -> None:
    """Without a password in Valkey's, of Valkey in Redis's, twice the same name, unknown ones."""
    default, valkey = _default(elasticache), _user(elasticache, Engine="valkey")
    create = elasticache.create_user_group

    codes = [
        refused(create, UserGroupId="a", Engine=engine, UserIds=users)
        for engine, users in [
            ("valkey", [default]),
            ("redis", [default, valkey]),
            ("redis", [default, "default"]),
            ("redis", ["none"]),
            ("memcached", [default]),
        ]
    ]

    assert codes == [
        "InvalidParameterValue",
        "InvalidParameterValue",
        "DuplicateUserName",
        "UserNotFound",
        "InvalidParameterValue",
    ]


def test_users_come_and_go(elasticache: Any, refused: Callable[..., str]) -> None:
    """A group changes in place; a deleted user leaves it."""
    first, second = _user(elasticache), _user(elasticache)
    group = _group(elasticache, "valkey", first)

    elasticache.modify_user_group(UserGroupId=group, UserIdsToAdd=[second])
    twice = refused(elasticache.modify_user_group, UserGroupId=group, UserIdsToAdd=[second])
    member = _read(elasticache, second)["UserGroupIds"]
    elasticache.delete_user(UserId=first)
    found = elasticache.describe_user_groups(UserGroupId=group)["UserGroups"][0]
    stranger = refused(elasticache.modify_user_group, UserGroupId=group, UserIdsToRemove=[first])

    assert member == [group]
    assert found["UserIds"] == [second]
    assert (twice, stranger) == ("InvalidParameterValue", "InvalidParameterValue")


def test_groups_end(elasticache: Any, refused: Callable[..., str]) -> None:
    """Afterwards neither the group nor the user is found."""
    user = _user(elasticache)
    group = _group(elasticache, "valkey", user)
    again = refused(
        elasticache.create_user_group, UserGroupId=group, Engine="valkey", UserIds=[user]
    )

    elasticache.delete_user_group(UserGroupId=group)
    elasticache.delete_user(UserId=user)

    assert again == "UserGroupAlreadyExists"
    assert refused(elasticache.describe_user_groups, UserGroupId=group) == "UserGroupNotFound"
    assert refused(elasticache.describe_users, UserId=user) == "UserNotFound"


def test_tags_of_groups_are_listed(elasticache: Any) -> None:
    """The ARN of a user group is a valid one."""
    user = _user(elasticache)
    made = elasticache.create_user_group(
        UserGroupId=f"group-{secrets.token_hex(4)}",
        Engine="valkey",
        UserIds=[user],
        Tags=[{"Key": "a", "Value": "b"}],
    )

    found = elasticache.list_tags_for_resource(ResourceName=made["ARN"])

    assert found["TagList"] == [{"Key": "a", "Value": "b"}]

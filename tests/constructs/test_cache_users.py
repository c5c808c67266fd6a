"""CacheUsers: applications as ACL users, their group, and who may sign in as them."""

from __future__ import annotations

import json
from typing import Any

import pytest

from platform_lib.core.stack import PlatformStack
from platform_lib.elasticache.config import CacheUserConfig
from platform_lib.errors import PlatformError
from platform_lib.iam.role import Role
from platform_lib.testing.template import Block, Template, policy
from tests.constructs.test_cache import GROUP, PASSWORD, cache

USER = "aws_elasticache_user"
USER_GROUP = "aws_elasticache_user_group"
REDIS = {"engine": "redis", "engine_version": "7.1"}


def users(stack: PlatformStack, **fields: Any) -> dict[str, Block]:
    """Define a cache and return its users by name."""
    cache(stack, **fields)
    return {it["user_name"]: it for it in Template(stack).all(USER).values()}


def reader(stack: PlatformStack) -> Role:
    """Return a task's role."""
    return Role(stack, "Web", service="ecs-tasks.amazonaws.com", description="Web")


def test_an_application_signs_in_with_iam(stack: PlatformStack) -> None:
    """Without a password, so nothing of it is in the state; IAM wants name and id to be equal."""
    found = users(stack)["shop-prod-sessions-shop"]

    assert found["user_id"] == "shop-prod-sessions-shop"
    assert found["authentication_mode"] == {"type": "iam"}
    assert found["access_string"].startswith("on ~shop:* resetchannels -@all ")
    assert "passwords" not in found
    assert Template(stack).count("aws_secretsmanager_secret") == 0


def test_an_application_may_sign_in_with_a_password(stack: PlatformStack) -> None:
    """It comes from the secret and is no literal; the way between the two is in place."""
    found = users(stack, users={"shop": PASSWORD})["shop-prod-sessions-shop"]

    mode = found["authentication_mode"]
    assert mode["type"] == "password"
    (password,) = mode["passwords"]
    assert password.startswith("${jsondecode(data.aws_secretsmanager_secret_version.")
    assert "passwords" not in found


def test_a_user_leaves_the_group_before_it_is_deleted(stack: PlatformStack) -> None:
    """AWS would take it out of the group by itself, and Terraform would fail to do it again."""
    found = users(stack)["shop-prod-sessions-shop"]

    assert found["lifecycle"] == {"create_before_destroy": True}


def test_the_default_user_is_off(stack: PlatformStack) -> None:
    """The group wants one of that name; ours cannot sign in and may do nothing."""
    found = users(stack)["default"]

    assert found["user_id"] == "shop-prod-sessions-default"
    assert found["access_string"] == "off -@all"
    assert found["no_password_required"] is True
    assert "authentication_mode" not in found


NAMELESS = PASSWORD.evolve(signs_in_without_name=True)


def test_an_application_may_sign_in_without_a_name(stack: PlatformStack) -> None:
    """It is the user ``default`` then, with a password and its own keys, and no other is."""
    found = users(stack, users={"shop": NAMELESS, "blog": PASSWORD})

    assert set(found) == {"default", "shop-prod-sessions-blog"}
    assert found["default"]["access_string"].startswith("on ~shop:* resetchannels -@all ")
    assert found["default"]["authentication_mode"]["type"] == "password"
    assert "no_password_required" not in found["default"]
    assert len(Template(stack).only(USER_GROUP)["user_ids"]) == 2


def test_a_user_that_loses_its_name_has_another_id(stack: PlatformStack) -> None:
    """Both are there for a moment, and the group changes from one to the other."""
    found = users(stack, users={"shop": NAMELESS})["default"]

    assert found["user_id"] == "shop-prod-sessions-shop-default"


def test_what_connects_without_a_name_says_so(stack: PlatformStack) -> None:
    """Clients that know names may give it; the secret is written again when it becomes another."""
    made = cache(stack, users={"shop": NAMELESS.evolve(url_query="key_prefix=shop")})

    written = Template(stack).only(
        "aws_secretsmanager_secret_version", path="Credential/Secret/Value"
    )

    value = json.loads(written["secret_string_wo"])
    assert value["username"] == made.username("shop") == "default"
    assert value["url"].startswith(f"rediss://default:{value['password']}@")
    assert value["url"].endswith(":6379/0?key_prefix=shop")
    assert '"default"' in written["secret_string_wo_version"]


def test_the_group_has_the_applications_and_the_default_user(stack: PlatformStack) -> None:
    """All of them in one place, so that whoever else is in it shows as a difference."""
    cache(stack, users={"shop": CacheUserConfig(), "blog": CacheUserConfig()})

    found = Template(stack).only(USER_GROUP)

    assert found["user_group_id"] == "shop-prod-sessions"
    assert [it.split(".")[1].split("_")[2] for it in found["user_ids"]] == [
        "Shop",
        "Blog",
        "DefaultUser",
    ]
    assert "lifecycle" not in found


@pytest.mark.parametrize("fields", [{}, REDIS])
def test_users_stay_when_the_engine_changes(stack: PlatformStack, fields: dict[str, Any]) -> None:
    """Valkey takes users and groups of Redis OSS; a group's engine could not change."""
    found = users(stack, **fields)

    assert {it["engine"] for it in found.values()} == {"redis"}
    assert Template(stack).only(USER_GROUP)["engine"] == "redis"


def test_the_cache_lets_its_group_in_and_no_other(stack: PlatformStack) -> None:
    """From the moment that it is made, TLS included, so that nobody comes in before."""
    cache(stack)

    found = Template(stack).only(GROUP)

    assert next(it.split(".")[1] for it in found["user_group_ids"]).startswith(
        "Sessions_Users_Group_"
    )
    assert "auth_token" not in found


def test_what_connects_is_complete(stack: PlatformStack) -> None:
    """Host, port, user, password, and one URL for clients that want one."""
    cache(
        stack,
        users={"shop": PASSWORD.evolve(url_query="ssl_cert_reqs=required")},
        logical_databases={"shop": 3},
    )

    written = Template(stack).only(
        "aws_secretsmanager_secret_version", path="Credential/Secret/Value"
    )

    value = json.loads(written["secret_string_wo"])
    host = value["host"]
    assert host.endswith(".primary_endpoint_address}")
    assert value["port"] == "6379"
    assert value["username"] == "shop-prod-sessions-shop"
    assert value["url"] == (
        f"rediss://shop-prod-sessions-shop:{value['password']}@{host}:6379/3?ssl_cert_reqs=required"
    )


def test_the_password_means_nothing_in_a_url(stack: PlatformStack) -> None:
    """It is put into one as it is; ElastiCache takes 16 to 128 characters without , " / and @."""
    cache(stack, users={"shop": PASSWORD})

    (made,) = Template(stack).json["ephemeral"]["aws_secretsmanager_random_password"].values()

    assert made["password_length"] == 64
    assert set(',"/@:?#[]%&+\\') <= set(made["exclude_characters"])
    assert not set("-._~") & set(made["exclude_characters"])


def test_the_secret_is_called_after_cache_and_application(stack: PlatformStack) -> None:
    """Two applications have two secrets; one with IAM has none."""
    cache(stack, users={"shop": PASSWORD, "blog": PASSWORD, "bot": CacheUserConfig()})

    names = {it["name"] for it in Template(stack).all("aws_secretsmanager_secret").values()}

    assert names == {
        "shop-prod-sessions-shop",
        "shop-prod-sessions-shop-password",
        "shop-prod-sessions-blog",
        "shop-prod-sessions-blog-password",
    }


def test_a_new_edition_is_a_new_password(stack: PlatformStack) -> None:
    """The first writing and the second have other numbers, so both are done again."""
    cache(stack, users={"shop": PASSWORD.evolve(edition=2)})

    first = Template(stack).only("aws_secretsmanager_secret_version", path="/Password/Value")
    second = Template(stack).only(
        "aws_secretsmanager_secret_version", path="Credential/Secret/Value"
    )

    assert first["secret_string_wo_version"] == 2
    assert '"2"' in second["secret_string_wo_version"]


def test_a_role_may_sign_in_as_one_user(stack: PlatformStack) -> None:
    """To this cache, as this user, and nothing more."""
    found = cache(stack, users={"shop": CacheUserConfig(), "blog": CacheUserConfig()})

    found.grants.connect(reader(stack), user="shop")

    (statement,) = policy(Template(stack).only("aws_iam_role_policy", path="Shop"))["Statement"]
    assert statement["Action"] == "elasticache:Connect"
    user, group = statement["Resource"]
    assert user.startswith("${aws_elasticache_user.Sessions_Users_Shop_")
    assert group.startswith("${aws_elasticache_replication_group.Sessions_")


def test_two_users_are_two_grants(stack: PlatformStack) -> None:
    """A role that is two applications gets both; asking twice is one."""
    found = cache(stack, users={"shop": CacheUserConfig(), "blog": CacheUserConfig()})
    role = reader(stack)

    first = found.grants.connect(role, user="shop")

    assert found.grants.connect(role, user="shop") is first
    assert found.grants.connect(role, user="blog") is not first


def test_a_role_may_read_one_credential(stack: PlatformStack) -> None:
    """The neighbour's stays closed."""
    found = cache(stack, users={"shop": PASSWORD, "blog": PASSWORD})

    found.secret("shop").grants.read(reader(stack))

    texts = [it["policy"] for it in Template(stack).all("aws_iam_role_policy").values()]
    assert any("ShopCredential" in text for text in texts)
    assert not any("BlogCredential" in text for text in texts)


def test_names_to_sign_in_with(stack: PlatformStack) -> None:
    """The id, as IAM wants it; with a password too, so that the way between the two is in place."""
    found = cache(stack, users={"shop": PASSWORD, "bot": CacheUserConfig()})

    assert found.username("shop") == "shop-prod-sessions-shop"
    assert found.username("bot") == "shop-prod-sessions-bot"


@pytest.mark.parametrize("ask", ["secret", "username", "user_arn"])
def test_an_unknown_user_is_refused(stack: PlatformStack, ask: str) -> None:
    """With those that there are."""
    found = cache(stack)

    with pytest.raises(PlatformError) as refused:
        getattr(found, ask)("blog")

    (problem,) = refused.value.problems
    assert problem.code == "NoSuchCacheUser"
    assert problem.message == ("the cache has no user 'blog'; its users are shop: add it to users")


def test_a_cache_without_users_says_so(stack: PlatformStack) -> None:
    """During a migration it has none."""
    found = cache(stack, transit_encryption="preferred", users={})

    with pytest.raises(PlatformError, match="its users are none: add it to users"):
        found.grants.connect(reader(stack), user="shop")


def test_a_user_with_iam_has_no_secret(stack: PlatformStack) -> None:
    """The sentence says what to do instead."""
    found = cache(stack)

    with pytest.raises(PlatformError) as refused:
        found.secret("shop")

    (problem,) = refused.value.problems
    assert problem.code == "CacheSignIn"
    assert problem.message == (
        "user 'shop' signs in with IAM and has no secret; use grants.connect, or write"
        " authentication='password'"
    )


def test_a_user_with_a_password_cannot_be_granted(stack: PlatformStack) -> None:
    """The sentence says what to do instead."""
    found = cache(stack, users={"shop": PASSWORD})

    with pytest.raises(PlatformError) as refused:
        found.grants.connect(reader(stack), user="shop")

    (problem,) = refused.value.problems
    assert problem.code == "CacheSignIn"
    assert problem.message == (
        "user 'shop' signs in with a password and not with IAM; use secret('shop').grants.read, or"
        " write authentication='iam'"
    )

"""Access strings: what an application may do with which keys and channels."""

from __future__ import annotations

from typing import Any

from platform_lib.elasticache.commands import Commands
from platform_lib.elasticache.config import CacheConfig, CacheUserConfig

BASE = "+@connection +select -@admin -@dangerous +info +command"
SHARDS = "+cluster|slots +cluster|shards +cluster|nodes +readonly +readwrite"
OTHERS = "-function -script|flush -script|kill"


def access(user: CacheUserConfig | None = None, **fields: Any) -> str:
    """Return the access string of the user ``shop``."""
    config = CacheConfig(
        **{"node_type": "cache.m7g.large", "users": {"shop": user or CacheUserConfig()}, **fields}
    )
    return config.access_string_of("shop")


def test_an_application_has_the_keys_that_start_with_its_name() -> None:
    """It reads and writes them, has no channel, and nothing that reaches others' keys."""
    assert access() == (
        f"on ~shop:* resetchannels -@all +@read +@write +@transaction +@scripting {BASE} {OTHERS}"
    )


def test_prefixes_can_be_said() -> None:
    """Keys and channels each have their own; with channels come the commands for them."""
    user = CacheUserConfig(key_prefixes=("a:", "b:"), channel_prefixes=("news:",))

    assert access(user) == (
        "on ~a:* ~b:* resetchannels &news:* -@all +@read +@write +@transaction +@scripting +@pubsub"
        f" {BASE} {OTHERS}"
    )


def test_a_reader_cannot_write() -> None:
    """It has neither write commands, transactions nor scripts."""
    assert access(CacheUserConfig(commands=Commands.READ_ONLY)) == (
        f"on ~shop:* resetchannels -@all +@read {BASE}"
    )


def test_a_reader_of_channels_can_listen_but_not_publish() -> None:
    """Subscribing is reading."""
    user = CacheUserConfig(commands=Commands.READ_ONLY, channel_prefixes=("news:",))

    assert access(user) == (
        f"on ~shop:* resetchannels &news:* -@all +@read {BASE}"
        " +subscribe +psubscribe +unsubscribe +punsubscribe"
    )


def test_a_user_that_is_alone_can_have_everything() -> None:
    """Written as AWS gives it back, without rules that the next one takes back."""
    user = CacheUserConfig(key_prefixes=("",), channel_prefixes=("",), commands=Commands.ALL)

    assert access(user) == "on ~* &* +@all"


def test_clients_of_cluster_mode_may_ask_for_the_shards() -> None:
    """Without it they could not find a key."""
    assert f" {BASE} {SHARDS} " in access(shards=2)
    assert "cluster|" not in access()


def test_redis_6_0_knows_no_channels() -> None:
    """A rule that it does not know would be refused by AWS; so would later commands' names."""
    user = CacheUserConfig(authentication="password")

    found = access(user, engine="redis", engine_version="6.0")

    assert found == (
        "on ~shop:* -@all +@read +@write +@transaction +@scripting"
        f" {BASE} +client|setname +client|getname +client|id"
    )


def test_redis_6_2_has_channels_but_no_functions() -> None:
    """The first version with channel rules."""
    user = CacheUserConfig(authentication="password")

    found = access(user, engine="redis", engine_version="6.2")

    assert "resetchannels" in found
    assert "function" not in found

"""Access strings: which commands, keys and channels a user of a cache has; pure.

Rules are applied from left to right. They are written in the order in which AWS gives them back
(state, keys, channels, ``-@all``, commands), because every other order is a difference in each plan.
https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/Clusters.RBAC.html#Access-string
"""

from __future__ import annotations

from collections.abc import Sequence

from platform_lib.elasticache.commands import Commands
from platform_lib.elasticache.versions import EngineVersion

NOBODY = "off -@all"
"""A user that cannot sign in and may do nothing: what the user ``default`` becomes."""


_BASE = ("+@connection", "+select", "-@admin", "-@dangerous", "+info", "+command")
"""What every client library sends. ``INFO`` is in the category of dangerous commands only for what
it tells, and several libraries ask it for the version."""

_CLIENT_6 = ("+client|setname", "+client|getname", "+client|id")
"""What a client library says of itself. Up to Redis OSS 6 the categories hold for all of ``CLIENT``,
which is an administrator's because of ``CLIENT KILL``."""

_CLUSTER = ("+cluster|slots", "+cluster|shards", "+cluster|nodes", "+readonly", "+readwrite")
"""How a client finds the shards."""

_OF_EVERYBODY = ("-function", "-script|flush", "-script|kill")
"""What reaches the functions and scripts of other users, which have no keys to be held to."""

_READ_CHANNELS = ("+subscribe", "+psubscribe", "+unsubscribe", "+punsubscribe")


def access_string(
    *,
    key_prefixes: Sequence[str],
    channel_prefixes: Sequence[str],
    commands: Commands,
    version: EngineVersion,
    clustered: bool,
) -> str:
    """Return the access string of an application's user.

    Args:
        key_prefixes: What its keys start with; an empty one stands for every key.
        channel_prefixes: What its channels start with; without any it has none.
        commands: What it may do.
        version: The engine's version; older ones know fewer rules.
        clustered: Whether clients ask for shards.
    """
    keys = [f"~{prefix}*" for prefix in key_prefixes]
    channels = [f"&{prefix}*" for prefix in channel_prefixes]
    if version.limits_channels and "&*" not in channels:
        channels = ["resetchannels", *channels]
    allowed = _allowed(
        commands, with_channels=bool(channel_prefixes), version=version, clustered=clustered
    )
    return " ".join(("on", *keys, *channels, *allowed))


def _allowed(
    commands: Commands, *, with_channels: bool, version: EngineVersion, clustered: bool
) -> tuple[str, ...]:
    if commands is Commands.ALL:
        return ("+@all",)
    modern = version.has_functions
    base = (*_BASE, *(() if modern else _CLIENT_6), *(_CLUSTER if clustered else ()))
    if commands is Commands.READ_ONLY:
        return ("-@all", "+@read", *base, *(_READ_CHANNELS if with_channels else ()))
    categories = ("+@read", "+@write", "+@transaction", "+@scripting")
    channels = ("+@pubsub",) if with_channels else ()
    return ("-@all", *categories, *channels, *base, *(_OF_EVERYBODY if modern else ()))

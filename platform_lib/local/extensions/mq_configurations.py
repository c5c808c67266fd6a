"""Amazon MQ configurations of RabbitMQ: their data, names and versions.

Upstream gap: moto gives every RabbitMQ configuration the XML of an ActiveMQ broker, takes any data,
name and version, and its identifiers do not look like AWS's.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Callable
from typing import Any

from moto.moto_api._internal import mock_random
from moto.mq.exceptions import BadRequestException, NotFoundException
from moto.mq.models import Configuration, MQBackend

from platform_lib.local.extensions.support import replace

__all__ = ["ENGINES", "RABBITMQ_VERSIONS", "check_version", "engine_of", "install"]

ENGINES = {"activemq": "ActiveMQ", "rabbitmq": "RabbitMQ"}
"""Engines as the API answers, by what it takes in any spelling."""

RABBITMQ_VERSIONS = ("4.2", "3.13")
"""Versions of which new brokers can be made, the latest first.
https://docs.aws.amazon.com/amazon-mq/latest/developer-guide/rabbitmq-version-management.html"""

_DEFAULT = """# Default RabbitMQ delivery acknowledgement timeout is 30 minutes in milliseconds
# consumer_timeout = 1800000
"""
_BOOLEAN = re.compile("true|false")
_VALUES: dict[str, range | re.Pattern[str]] = {
    "consumer_timeout": range(2_147_483_648),
    "heartbeat": range(60, 3601),
    "management.restrictions.operator_policy_changes.disabled": _BOOLEAN,
    "quorum_queue.property_equivalence.relaxed_checks_on_redeclaration": _BOOLEAN,
    "secure.management.http.headers.enabled": _BOOLEAN,
}
"""https://docs.aws.amazon.com/amazon-mq/latest/developer-guide/configurable-values.html"""

_LIMITS = (
    "channel_max_per_node",
    "cluster_exchange_limit",
    "cluster_queue_limit",
    "connection_max",
    "consumer_max_per_channel",
    "max_message_size",
    "runtime_parameters.limits.shovel",
    "vhost_max",
)
"""Limits that RabbitMQ 4 can be given.
https://docs.aws.amazon.com/amazon-mq/latest/developer-guide/configure-resource-limits.html"""

_AUTHENTICATION = re.compile(r"(auth_|management\.oauth|ssl_options|aws\.)")
_NAME = re.compile(r"[A-Za-z0-9._~-]{1,150}")
_LINE = re.compile(r"([^=\s]+)\s*=\s*(.*?)\s*")


def install() -> None:
    """Patch moto."""
    replace(Configuration, "__init__")(_init)
    replace(MQBackend)(create_configuration)
    replace(MQBackend)(update_configuration)
    replace(MQBackend)(describe_configuration_revision)


def engine_of(given: str) -> str:
    """Return an engine as the API answers."""
    if given.lower() not in ENGINES:
        raise BadRequestException(
            f"Broker engine type [{given}] is invalid. Valid values are: [ACTIVEMQ, RABBITMQ]"
        )
    return ENGINES[given.lower()]


def check_version(version: str) -> None:
    """Refuse versions of RabbitMQ that cannot be asked for, patch versions among them."""
    if version not in RABBITMQ_VERSIONS:
        raise BadRequestException(
            f"Broker engine version [{version}] is invalid for broker engine type [RABBITMQ]."
            f" Valid values: [{', '.join(RABBITMQ_VERSIONS)}]"
        )


def _init(original: Callable[..., None]) -> Callable[..., None]:
    def init(
        self: Any, account_id: str, region: str, name: str, engine_type: str, engine_version: str
    ) -> None:
        original(self, account_id, region, name, engine_type, engine_version)
        self.id = f"c-{mock_random.uuid4()}"
        self.arn = f"arn:aws:mq:{region}:{account_id}:configuration:{self.id}"
        for revision in self.revisions.values():
            revision.configuration_id = self.id
            if engine_type == "RabbitMQ":
                revision.data = base64.b64encode(_DEFAULT.encode()).decode()

    return init


def create_configuration(original: Callable[..., Any]) -> Callable[..., Any]:
    """Create a configuration; names may be given twice."""

    def create(
        self: Any, name: str, engine_type: str, engine_version: str, tags: dict[str, str]
    ) -> Any:
        engine = engine_of(engine_type)
        if engine == "RabbitMQ":
            check_version(engine_version)
        if not _NAME.fullmatch(name):
            raise BadRequestException(
                f"Configuration name [{name}] is invalid: 1 to 150 letters, digits or . _ ~ -"
            )
        return original(self, name, engine, engine_version, tags)

    return create


def update_configuration(original: Callable[..., Any]) -> Callable[..., Any]:
    """Add a revision with data that the engine can read."""

    def update(self: Any, config_id: str, data: str, description: str) -> Any:
        configuration = self.describe_configuration(config_id)
        if configuration.engine_type == "RabbitMQ":
            _check_data(data, configuration.engine_version)
        return original(self, config_id, data, description)

    return update


def _check_data(data: str, version: str) -> None:
    try:
        text = base64.b64decode(data, validate=True).decode()
    except (binascii.Error, UnicodeDecodeError) as error:
        raise BadRequestException("Configuration data must be base64-encoded text.") from error
    for line in text.splitlines():
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        parsed = _LINE.fullmatch(line.strip())
        if parsed is None:
            raise BadRequestException(
                f"Configuration line [{line}] is not of the form key = value."
            )
        key, value = parsed.groups()
        if key in _LIMITS and version.startswith("4."):
            permitted = value.isdecimal()
        elif _AUTHENTICATION.match(key):
            permitted = bool(value)
        elif key in _VALUES:
            wanted = _VALUES[key]
            permitted = (
                value.isdecimal() and int(value) in wanted
                if isinstance(wanted, range)
                else wanted.fullmatch(value) is not None
            )
        else:
            raise BadRequestException(
                f"Configuration key [{key}] is not supported by RabbitMQ {version}."
            )
        if not permitted:
            raise BadRequestException(f"Configuration value [{value}] is invalid for key [{key}].")


def describe_configuration_revision(original: Callable[..., Any]) -> Callable[..., Any]:
    """Return a revision that exists."""

    def describe(self: Any, config_id: str, revision_id: str) -> Any:
        if revision_id not in self.describe_configuration(config_id).revisions:
            raise NotFoundException(
                f"Can't find requested revision [{revision_id}] of configuration [{config_id}]."
            )
        return original(self, config_id, revision_id)

    return describe

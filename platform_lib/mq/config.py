"""What a person writes about RabbitMQ brokers on Amazon MQ; pure."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, ConfigDict, Field, model_validator

from platform_lib.model import Model
from platform_lib.network.config import Zone
from platform_lib.types import matching

SUPPORT_ENDS: dict[str, date | None] = {"3.13": None, "4.2": None}
"""Offered versions, and the day on which AWS's support for them ends; None while AWS has named
none, which it does 90 days before.
https://docs.aws.amazon.com/amazon-mq/latest/developer-guide/rabbitmq-version-management.html"""

SMALL_TYPES = ("mq.t3.micro", "mq.m7g.medium")
"""Host types that AWS recommends for trying things only.
https://docs.aws.amazon.com/amazon-mq/latest/developer-guide/rabbitmq-sizing-guidelines.html"""

_M7G_SIZES = ("medium", "large", "xlarge", "2xlarge", "4xlarge", "8xlarge", "12xlarge", "16xlarge")
_M5_SIZES = ("large", "xlarge", "2xlarge", "4xlarge")
_M7G = tuple(f"mq.m7g.{size}" for size in _M7G_SIZES)
_HOST_TYPES = {
    # https://docs.aws.amazon.com/amazon-mq/latest/developer-guide/rabbitmq-version-management.html
    "3.13": ("mq.t3.micro", *(f"mq.m5.{size}" for size in _M5_SIZES), *_M7G),
    "4.2": _M7G,
}

Username = Annotated[
    str,
    AfterValidator(
        matching(
            r"(?!guest$)[A-Za-z0-9_.~-]{2,100}",
            "a RabbitMQ user name; use 2 to 100 letters, digits and -._~, and not 'guest'",
        )
    ),
]
"""Name of a RabbitMQ user.
https://docs.aws.amazon.com/amazon-mq/latest/api-reference/brokers.html"""


TimeOfDay = Annotated[
    str,
    AfterValidator(matching(r"([01]\d|2[0-3]):[0-5]\d", "a time of day in UTC, as in '04:00'")),
]
"""A time of day in UTC, for example ``04:00``."""


class BrokerAlarmsConfig(Model):
    """Thresholds of a broker's alarms."""

    messages: Annotated[int, Field(ge=1)] = 10_000
    """Messages in all queues together above which consumers do not keep up."""

    unacknowledged: Annotated[int, Field(ge=1)] = 1_000
    """Messages that consumers have and have not confirmed above which one of them hangs."""

    memory_percent: Annotated[int, Field(ge=1, le=100)] = 80
    """Share of the memory limit; at 100 RabbitMQ blocks everybody who publishes."""

    disk_multiple: Annotated[int, Field(ge=2)] = 2
    """Free disk as a multiple of the limit at which RabbitMQ blocks everybody who publishes."""

    cpu_percent: Annotated[int, Field(ge=1, le=100)] = 80
    """Busy time of the processors."""


class BrokerConfig(Model):
    """One RabbitMQ broker: messages between services, kept on disk until they are confirmed."""

    # A password that somebody writes in spite of all is not repeated in a traceback.
    model_config = ConfigDict(hide_input_in_errors=True)

    version: Literal["3.13", "4.2"] = "4.2"
    """RabbitMQ version. AWS upgrades 3.13 to 4.2 in place once no classic queue is left; on 4.2 a
    queue is a quorum queue unless it says otherwise.
    https://docs.aws.amazon.com/amazon-mq/latest/developer-guide/upgrading-rabbitmq-v3-to-v4.html"""

    host_type: str
    """Size of the hosts, for example ``mq.m7g.large``."""

    deployment: Literal["cluster", "single"] = "cluster"
    """``cluster`` has three nodes in different zones and survives the loss of one; ``single`` is
    away while its host or zone is. **Changing this replaces the broker.**"""

    zones: tuple[Zone, ...]
    """Zones of the VPC whose private subnets it is reached in: one for ``single``, two or three for
    ``cluster``. **Changing this replaces the broker.**"""

    users: tuple[Username, ...] = ("platform",)
    """The user that Amazon MQ creates with the broker: exactly one. Others are made in RabbitMQ
    itself. A later change here does nothing."""

    consumer_timeout_minutes: Annotated[int, Field(ge=1, le=35_791)] = 30
    """Minutes after which an unconfirmed message is taken back and its consumer cut off; at least
    the longest task. https://docs.aws.amazon.com/amazon-mq/latest/developer-guide/configurable-values.html"""

    maintenance_day: Literal[
        "MONDAY", "TUESDAY", "WEDNESDAY", "THURSDAY", "FRIDAY", "SATURDAY", "SUNDAY"
    ] = "SUNDAY"
    """Day of the weekly two hours in which AWS may restart it."""

    maintenance_time: TimeOfDay = "04:00"
    """Start of those hours, in UTC."""

    alarms: BrokerAlarmsConfig = BrokerAlarmsConfig()
    """When it alarms."""

    @model_validator(mode="before")
    @classmethod
    def _holds_no_password(cls, given: Any) -> Any:
        if isinstance(given, dict) and "password" in given:
            raise ValueError(
                "password would write a secret into configuration, JSON and git; leave it out: one"
                " is made, and is in the broker's secret"
            )
        return given

    @model_validator(mode="after")
    def _is_offered(self) -> BrokerConfig:
        offered = _HOST_TYPES[self.version]
        if self.host_type not in offered:
            raise ValueError(
                f"host_type {self.host_type!r} is not offered for RabbitMQ {self.version}; choose"
                f" one of {', '.join(offered)}"
            )
        if len(self.users) != 1:
            raise ValueError(
                f"users has {len(self.users)} names ({', '.join(self.users)}); Amazon MQ creates"
                " RabbitMQ with exactly one, so name one and make the others in RabbitMQ"
            )
        if len(set(self.zones)) != len(self.zones):
            raise ValueError(f"zones names one twice: {', '.join(self.zones)}; name each once")
        if self.deployment == "single" and len(self.zones) != 1:
            raise ValueError(
                f"a single broker stands in one zone and zones has {len(self.zones)}; name one, or"
                ' write deployment="cluster"'
            )
        return self

    @model_validator(mode="after")
    def _can_be_a_cluster(self) -> BrokerConfig:
        if self.deployment == "single":
            return self
        if self.host_type in SMALL_TYPES:
            raise ValueError(
                f"host_type {self.host_type!r} is too small for a cluster; choose mq.m7g.large or"
                ' larger, or write deployment="single"'
            )
        if len(self.zones) not in (2, 3):
            raise ValueError(
                f"a cluster needs two or three zones and zones has {len(self.zones)}"
                f" ({', '.join(self.zones)}), so it would go down with one; name more, or write"
                ' deployment="single"'
            )
        return self

"""Amazon MQ brokers of RabbitMQ: what they accept, and changes that wait for a reboot.

Upstream gap: moto checks nothing of a broker, applies every change at once although AWS keeps it until
the broker is rebooted, returns the users of a RabbitMQ broker, which AWS cannot read, and its
identifiers and endpoints do not look like AWS's.

https://docs.aws.amazon.com/amazon-mq/latest/api-reference/brokers.html
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from moto.core.responses import ActionResult
from moto.ec2.models import ec2_backends
from moto.kms.models import kms_backends
from moto.moto_api._internal import mock_random
from moto.mq.exceptions import BadRequestException, ConflictException
from moto.mq.models import Broker, MQBackend
from moto.mq.responses import MQResponse

from platform_lib.local.extensions.mq_configurations import (
    RABBITMQ_VERSIONS,
    check_version,
    engine_of,
)
from platform_lib.local.extensions.support import replace

__all__ = ["install"]

_NAME = re.compile(r"[A-Za-z0-9_-]{1,50}")
_USER = re.compile(r"[A-Za-z0-9._~-]{2,100}")
_PASSWORD = re.compile(r"[^,:=]{12,250}")
_MIN_CHARACTERS = 4
_TIME = re.compile(r"([01]\d|2[0-3]):[0-5]\d")
_DAYS = ("MONDAY", "TUESDAY", "WEDNESDAY", "THURSDAY", "FRIDAY", "SATURDAY", "SUNDAY")
_MODES = ("SINGLE_INSTANCE", "CLUSTER_MULTI_AZ")
_INSTANCES = {
    "3.13": re.compile(r"mq\.(t3\.micro|m5\.(large|[24]?xlarge)|m7g\.(medium|large|\d*xlarge))"),
    "4.2": re.compile(r"mq\.m7g\.(medium|large|\d*xlarge)"),
}
_MICRO = "mq.t3.micro"
_MAX_SECURITY_GROUPS = 5
_WINDOW = {"DayOfWeek": "SUNDAY", "TimeOfDay": "00:00", "TimeZone": "UTC"}


def install() -> None:
    """Patch moto."""
    replace(Broker, "__init__")(_init)
    replace(MQBackend)(create_broker)
    replace(MQBackend)(delete_broker)
    replace(MQBackend)(update_broker)
    replace(MQBackend)(reboot_broker)
    for action in ("create_user", "update_user", "describe_user", "delete_user", "list_users"):
        replace(MQResponse, action)(_not_of_rabbitmq)


def _init(original: Callable[..., None]) -> Callable[..., None]:
    """Give a broker AWS's identifiers, and RabbitMQ its one endpoint and no readable user."""

    def init(self: Any, **given: Any) -> None:
        users = given["users"] if given["engine_type"] != "RabbitMQ" else []
        original(self, **given | {"users": users})
        region = given["region"]
        self.id = f"b-{mock_random.uuid4()}"
        self.arn = f"arn:aws:mq:{region}:{given['account_id']}:broker:{self.name}:{self.id}"
        self.data_replication_mode = "NONE"
        self.pending = {}
        if self.engine_type == "RabbitMQ":
            # A load balancer stands before all nodes of a cluster.
            host = f"{self.id}.mq.{region}.on.aws"
            self.instances = [
                {"consoleURL": f"https://{host}", "endpoints": [f"amqps://{host}:5671"]}
            ]
            self.logs["GeneralLogGroup"] = f"/aws/amazonmq/broker/{self.id}/general"

    return init


def create_broker(original: Callable[..., Any]) -> Callable[..., Any]:
    """Create a broker that AWS would take."""

    def create(self: Any, **given: Any) -> Any:
        given["engine_type"] = engine_of(given["engine_type"])
        name = given["broker_name"]
        if name in {one.name for one in self.brokers.values()}:
            raise ConflictException(f"Broker name [{name}] is already in use.")
        given["authentication_strategy"] = (given["authentication_strategy"] or "simple").lower()
        if given["engine_type"] == "RabbitMQ":
            given["storage_type"] = (given["storage_type"] or "ebs").lower()
            given["logs"] = dict(given["logs"] or {})
            given["security_groups"] = given["security_groups"] or []
            _check(self, given)
            given["maintenance_window_start_time"] = _window(
                given["maintenance_window_start_time"] or _WINDOW
            )
            if given["configuration"]:
                given["configuration"] = _configuration(
                    self, given["configuration"], given["engine_version"]
                )
        return original(self, **given | {"tags": given["tags"] or {}})

    return create


def _bad(message: str) -> BadRequestException:
    return BadRequestException(message)


def _automatic(version: str) -> BadRequestException:
    return _bad(
        f"Brokers on [RabbitMQ] version [{version}] must have [autoMinorVersionUpgrade] set to"
        " [true]."
    )


def _check(backend: Any, given: Mapping[str, Any]) -> None:
    version, mode = given["engine_version"], given["deployment_mode"]
    if not _NAME.fullmatch(given["broker_name"]):
        raise _bad("Broker name must have 1 to 50 letters, digits, hyphens or underscores.")
    check_version(version)
    if not given["auto_minor_version_upgrade"]:
        raise _automatic(version)
    if mode not in _MODES:
        raise _bad(f"Deployment mode [{mode}] is not supported for broker engine type [RABBITMQ].")
    _check_instance(given["host_instance_type"], version, mode)
    if given["storage_type"] != "ebs":
        raise _bad("Broker engine type [RABBITMQ] supports EBS storage only.")
    if "Audit" in given["logs"]:
        raise _bad("Audit logging is not supported for broker engine type [RABBITMQ].")
    _check_network(backend, given)
    _check_user(given["users"])
    _check_key(backend, given["encryption_options"] or {})


def _check_instance(kind: str, version: str, mode: str) -> None:
    """Refuse instance types that a version or a mode does not have.

    https://docs.aws.amazon.com/amazon-mq/latest/developer-guide/rabbitmq-version-management.html
    """
    if not _INSTANCES[version].fullmatch(kind):
        raise _bad(f"Broker instance type [{kind}] is not supported by RabbitMQ {version}.")
    if kind == _MICRO and mode == "CLUSTER_MULTI_AZ":
        raise _bad(f"Broker instance type [{kind}] does not support deployment mode [{mode}].")


def _check_network(backend: Any, given: Mapping[str, Any]) -> None:
    subnet_ids, public = given["subnet_ids"], given["publicly_accessible"]
    if given["deployment_mode"] == "SINGLE_INSTANCE" and len(subnet_ids) > 1:
        raise _bad("Specify exactly one subnet for deployment mode [SINGLE_INSTANCE].")
    if public and given["security_groups"]:
        raise _bad("Security groups cannot be specified for a public broker of type [RABBITMQ].")
    if len(given["security_groups"]) > _MAX_SECURITY_GROUPS:
        raise _bad(f"A broker can have at most {_MAX_SECURITY_GROUPS} security groups.")
    ec2 = ec2_backends[backend.account_id][backend.region_name]
    known = {subnet.id: subnet for subnet in ec2.describe_subnets()}
    for identifier in subnet_ids:
        if identifier not in known:
            raise _bad(f"Subnet [{identifier}] does not exist.")
    zones = [known[identifier].availability_zone for identifier in subnet_ids]
    if len(zones) != len(set(zones)):
        raise _bad("The subnets of a broker must be in different Availability Zones.")
    for identifier in given["security_groups"]:
        if ec2.get_security_group_from_id(identifier) is None:
            raise _bad(f"Security group [{identifier}] does not exist.")


def _check_user(users: list[Mapping[str, Any]]) -> None:
    """Refuse other users than the one administrator of a new broker.

    https://docs.aws.amazon.com/amazon-mq/latest/developer-guide/rabbitmq-basic-elements-user.html
    """
    if len(users) != 1:
        raise _bad("Specify exactly one user for engine type [RABBITMQ].")
    name, password = users[0]["Username"], users[0]["Password"]
    if not _USER.fullmatch(name) or name == "guest":
        raise _bad(f"Username [{name}] is invalid: 2 to 100 letters, digits or - . _ ~, not guest.")
    if not _PASSWORD.fullmatch(password) or len(set(password)) < _MIN_CHARACTERS:
        raise _bad(
            "Password is invalid: 12 to 250 characters, at least 4 of them different, and no"
            " commas, colons or equal signs."
        )


def _check_key(backend: Any, options: Mapping[str, Any]) -> None:
    key = options.get("KmsKeyId")
    if key and options.get("UseAwsOwnedKey"):
        raise _bad("Encryption options [kmsKeyId] and [useAwsOwnedKey] are mutually exclusive.")
    if not key:
        return
    keys = kms_backends[backend.account_id][backend.region_name]
    found = keys.keys.get(keys.get_key_id(key))
    if found is None or found.key_state != "Enabled":
        raise _bad(f"The KMS key [{key}] cannot be used.")


def _window(given: Mapping[str, str]) -> dict[str, str]:
    day = given["DayOfWeek"].upper()
    if day not in _DAYS or not _TIME.fullmatch(given["TimeOfDay"]):
        raise _bad("Maintenance window needs a day of the week and a time of day as HH:MM.")
    return {**given, "DayOfWeek": day}


def _configuration(backend: Any, given: Mapping[str, Any], version: str) -> dict[str, Any]:
    """Return a configuration of RabbitMQ in the broker's version; without a revision the latest."""
    configuration = backend.describe_configuration(given["Id"])
    if (configuration.engine_type, configuration.engine_version) != ("RabbitMQ", version):
        raise _bad(
            f"Configuration [{configuration.id}] of {configuration.engine_type}"
            f" {configuration.engine_version} cannot be used by a broker of RabbitMQ {version}."
        )
    latest = int(configuration.latest_revision.revision_id)
    revision = int(given.get("Revision") or latest)
    if not 1 <= revision <= latest:
        raise _bad(f"Configuration [{configuration.id}] has no revision [{revision}].")
    return {"Id": configuration.id, "Revision": revision}


def update_broker(original: Callable[..., Any]) -> Callable[..., Any]:
    """Change a broker; what needs new nodes or a restart waits for the reboot."""

    def update(self: Any, **given: Any) -> None:
        broker = self.describe_broker(given["broker_id"])
        if broker.engine_type != "RabbitMQ":
            original(self, **given)
            return
        if set(given["security_groups"] or broker.security_groups) != set(broker.security_groups):
            raise _bad("Changing security groups is not supported for RabbitMQ brokers.")
        if given["auto_minor_version_upgrade"] is False:
            raise _automatic(broker.engine_version)
        waiting = _waiting(self, broker, given)
        if given["maintenance_window_start_time"]:
            broker.maintenance_window_start_time = _window(given["maintenance_window_start_time"])
        broker.pending |= waiting
        broker.pending_engine_version = broker.pending.get("engine_version")
        broker.pending_host_instance_type = broker.pending.get("host_instance_type")
        broker.configurations["pending"] = broker.pending.get("configuration")

    return update


def _waiting(backend: Any, broker: Any, given: Mapping[str, Any]) -> dict[str, Any]:
    """Return the changes that a request leaves for the next reboot."""
    waiting: dict[str, Any] = {}
    version = given["engine_version"] or broker.engine_version
    check_version(version)
    if RABBITMQ_VERSIONS.index(version) > RABBITMQ_VERSIONS.index(broker.engine_version):
        raise _bad(f"A broker cannot go back from {broker.engine_version} to {version}.")
    kind = given["host_instance_type"] or broker.host_instance_type
    _check_instance(kind, version, broker.deployment_mode)
    if kind == _MICRO != broker.host_instance_type:
        raise _bad(f"A broker of type {broker.host_instance_type} cannot become {kind}.")
    if version != broker.engine_version:
        waiting["engine_version"] = version
    if kind != broker.host_instance_type:
        waiting["host_instance_type"] = kind
    if given["configuration"]:
        waiting["configuration"] = _configuration(backend, given["configuration"], version)
    if given["logs"]:
        if "Audit" in given["logs"]:
            raise _bad("Audit logging is not supported for broker engine type [RABBITMQ].")
        waiting["logs"] = {"General": bool(given["logs"].get("General"))}
    return waiting


def reboot_broker(original: Callable[..., Any]) -> Callable[..., Any]:
    """Apply what was waiting."""

    def reboot(self: Any, broker_id: str) -> None:
        broker = self.describe_broker(broker_id)
        original(self, broker_id)
        waiting, broker.pending = broker.pending, {}
        broker.pending_engine_version = broker.pending_host_instance_type = None
        broker.configurations["pending"] = None
        broker.engine_version = waiting.get("engine_version", broker.engine_version)
        broker.host_instance_type = waiting.get("host_instance_type", broker.host_instance_type)
        broker.logs = broker.logs | waiting.get("logs", {})
        if (
            waiting.get("configuration", broker.configurations["current"])
            != (broker.configurations["current"])
        ):
            broker.configurations["history"].append(broker.configurations["current"])
            broker.configurations["current"] = waiting["configuration"]

    return reboot


def delete_broker(original: Callable[..., Any]) -> Callable[..., Any]:
    """Delete a broker that exists."""

    def delete(self: Any, broker_id: str) -> None:
        broker = self.describe_broker(broker_id)
        self.tagger.delete_all_tags_for_resource(broker.arn)
        original(self, broker_id)

    return delete


def _not_of_rabbitmq(original: Callable[..., Any]) -> Callable[..., Any]:
    """Refuse what AWS has for ActiveMQ only: users of RabbitMQ live in the broker."""

    def call(self: Any) -> ActionResult:
        broker = self.mq_backend.describe_broker(self._get_param("BrokerId"))
        if broker.engine_type == "RabbitMQ":
            raise ConflictException(
                "The users API does not apply to RabbitMQ brokers. To manage broker users, please"
                " use the RabbitMQ web console, or the management API."
            )
        answer: ActionResult = original(self)
        return answer

    return call

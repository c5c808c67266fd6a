"""Broker: RabbitMQ on Amazon MQ."""

from __future__ import annotations

import cdktf_cdktf_provider_aws.mq_broker as aws_mq_broker
import cdktf_cdktf_provider_aws.mq_configuration as aws_mq_configuration
from cdktf import Fn, TerraformResourceLifecycle, Token
from constructs import Construct

from platform_lib.alerts.alarm import Metric
from platform_lib.alerts.alerts import Alerts
from platform_lib.core.connections import Connections, Port
from platform_lib.core.construct import PlatformConstruct
from platform_lib.core.protection import protect
from platform_lib.errors import PlatformError
from platform_lib.kms.key import Key
from platform_lib.mq.alarms import define_alarms
from platform_lib.mq.config import BrokerConfig
from platform_lib.naming import Kind
from platform_lib.network.tiers import Tier
from platform_lib.network.vpc import Vpc
from platform_lib.secretsmanager.generated_credential import GeneratedCredential
from platform_lib.secretsmanager.secret import Secret
from platform_lib.types import TokenStr

_AMQPS = 5671
_DEPLOYMENTS = {"cluster": "CLUSTER_MULTI_AZ", "single": "SINGLE_INSTANCE"}
_PASSWORD_LENGTH = 50
_NOT_IN_PASSWORDS = ",:="
"""Amazon MQ takes 12 to 250 characters without these.
https://docs.aws.amazon.com/amazon-mq/latest/api-reference/brokers.html"""


class Broker(PlatformConstruct):
    """A private RabbitMQ broker, encrypted with our key, and the credential that opens it.

    Amazon MQ makes its log group ``/aws/amazonmq/broker/<id>/general`` itself: its name has the
    broker's id, so it cannot be made before.

    Defines:
        aws_mq_broker, aws_mq_configuration, aws_security_group, aws_secretsmanager_secret,
        aws_secretsmanager_secret_version, aws_cloudwatch_metric_alarm

    Args:
        config: Version, size, zones and limits.
        vpc: Network; the broker is reached in its private subnets.
        key: Encrypts messages and credential.
        alerts: Hears of its alarms.

    Raises:
        PlatformError: ``NoSuchZone`` if the VPC has no private subnet in one of the zones.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        config: BrokerConfig,
        vpc: Vpc,
        key: Key,
        alerts: Alerts,
    ) -> None:
        super().__init__(scope, id)
        self._config = config
        self.connections = Connections(
            self,
            vpc=vpc,
            # A constant: Amazon MQ refuses to change the groups of a RabbitMQ broker.
            # https://github.com/hashicorp/terraform-provider-aws/issues/33514
            description=f"RabbitMQ broker {self.physical_name(Kind.MQ_BROKER)}",
            listens_on=Port(_AMQPS),
        )
        """Its security group; it listens on 5671 for AMQP over TLS."""
        credential = GeneratedCredential(
            self,
            f"{id}Credential",
            username=config.users[0],
            description=f"RabbitMQ user of {self.physical_name(Kind.MQ_BROKER)}",
            key=key,
            length=_PASSWORD_LENGTH,
            exclude_characters=_NOT_IN_PASSWORDS,
        )
        broker = self._define_broker(vpc, key, credential.password)
        protect(self, broker)

        # The broker says amqps://host:5671.
        endpoint = broker.interpolation_for_attribute("instances[0].endpoints[0]")
        host = Fn.element(Fn.split(":", Fn.trimprefix(Token.as_string(endpoint), "amqps://")), 0)
        self.address: TokenStr = Token.as_string(host)
        """Host of the broker; known only after apply."""
        self.port = _AMQPS
        """Port for AMQP over TLS."""
        user = f"{config.users[0]}:{Token.as_string(Fn.urlencode(credential.password))}"
        credential.complete(
            {
                "host": self.address,
                "port": str(_AMQPS),
                "url": f"amqps://{user}@{self.address}:{_AMQPS}",
            },
            made_of=broker.id,
        )
        self.credential: Secret = credential.secret
        """Secret with ``username``, ``password``, ``host``, ``port`` and ``url``."""
        self._name: TokenStr = broker.broker_name
        define_alarms(self, broker_name=broker.broker_name, config=config.alarms, alerts=alerts)

    def waiting(self, queue: str) -> Metric:
        """Return the metric of a queue's messages, waiting and unconfirmed, in the default vhost.

        https://docs.aws.amazon.com/amazon-mq/latest/developer-guide/rabbitmq-logging-monitoring.html
        """
        dimensions = {"Broker": self._name, "VirtualHost": "/", "Queue": queue}
        return Metric("AWS/AmazonMQ", "MessageCount", dimensions)

    def _define_broker(self, vpc: Vpc, key: Key, password: TokenStr) -> aws_mq_broker.MqBroker:
        config = self._config
        settings = self._define_settings()
        return aws_mq_broker.MqBroker(
            self,
            "Resource",
            broker_name=self.physical_name(Kind.MQ_BROKER),
            engine_type="RabbitMQ",
            engine_version=config.version,
            # Without it Amazon MQ refuses 3.13 and newer; it means patches only.
            auto_minor_version_upgrade=True,
            host_instance_type=config.host_type,
            deployment_mode=_DEPLOYMENTS[config.deployment],
            storage_type="ebs",
            publicly_accessible=False,
            subnet_ids=self._subnets(vpc),
            security_groups=[self.connections.security_group_id],
            encryption_options=aws_mq_broker.MqBrokerEncryptionOptions(
                kms_key_id=key.arn, use_aws_owned_key=False
            ),
            configuration=aws_mq_broker.MqBrokerConfiguration(
                id=settings.id, revision=settings.latest_revision
            ),
            # RabbitMQ has no audit log.
            logs=aws_mq_broker.MqBrokerLogs(general=True),
            maintenance_window_start_time=aws_mq_broker.MqBrokerMaintenanceWindowStartTime(
                day_of_week=config.maintenance_day,
                time_of_day=config.maintenance_time,
                time_zone="UTC",
            ),
            # A change restarts the nodes: in the maintenance window, where that is protected.
            apply_immediately=not self.stack.protected,
            user=[aws_mq_broker.MqBrokerUser(username=config.users[0], password=password)],
            lifecycle=TerraformResourceLifecycle(
                # Users are set once and cannot be read back: every plan would show an update.
                # https://github.com/hashicorp/terraform-provider-aws/issues/41374
                ignore_changes=["user"]
            ),
        )

    def _define_settings(self) -> aws_mq_configuration.MqConfiguration:
        timeout = self._config.consumer_timeout_minutes * 60_000
        version = self._config.version
        return aws_mq_configuration.MqConfiguration(
            self,
            "Configuration",
            # Another version is another configuration, made while the provider leaves the old one.
            name=self.physical_name(Kind.MQ_CONFIGURATION, version.replace(".", "-")),
            description=f"Settings of {self.physical_name(Kind.MQ_BROKER)}",
            engine_type="RabbitMQ",
            engine_version=version,
            data=f"consumer_timeout = {timeout}\n",
        )

    def _subnets(self, vpc: Vpc) -> list[TokenStr]:
        there = vpc.subnet_ids(Tier.PRIVATE)
        missing = [zone for zone in self._config.zones if zone not in there]
        if missing:
            raise PlatformError(
                "NoSuchZone",
                f"the VPC has no private subnet in zone {', '.join(missing)}; its zones are"
                f" {', '.join(there)}: name those",
                where=self.node.path,
            )
        return [there[zone] for zone in self._config.zones]

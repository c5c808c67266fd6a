"""Alerts: the encrypted topics that alarms and RDS events publish to."""

from __future__ import annotations

import cdktf_cdktf_provider_aws.sns_topic as aws_topic
import cdktf_cdktf_provider_aws.sns_topic_policy as aws_topic_policy
import cdktf_cdktf_provider_aws.sns_topic_subscription as aws_subscription
from constructs import Construct

from platform_lib.alerts.config import AlertsConfig, Severity
from platform_lib.core.construct import PlatformConstruct
from platform_lib.core.protection import protect
from platform_lib.iam.policy import Statement, policy_json
from platform_lib.kms.key import Key
from platform_lib.naming import Kind, pascal
from platform_lib.types import TokenStr

_PUBLISHERS = ("cloudwatch.amazonaws.com", "events.rds.amazonaws.com")
"""CloudWatch alarms and RDS event subscriptions.
https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_Events.GrantingPermissions.html"""


class Alerts(PlatformConstruct):
    """One topic per severity, that only this account's alarms and RDS events publish to.

    Defines:
        aws_sns_topic, aws_sns_topic_policy, aws_sns_topic_subscription

    Args:
        config: Who hears of alerts.
        key: Encrypts the messages. Its policy must let SNS, CloudWatch alarms and RDS events use
            it: without that they fail silently.
    """

    def __init__(self, scope: Construct, id: str, *, config: AlertsConfig, key: Key) -> None:
        super().__init__(scope, id)
        self._arns = {severity: self._topic(severity, config, key) for severity in Severity}

    def topic_arn(self, severity: Severity) -> TokenStr:
        """Return the ARN of the topic of a severity."""
        return self._arns[severity]

    def _topic(self, severity: Severity, config: AlertsConfig, key: Key) -> TokenStr:
        own = pascal(severity.value)
        topic = aws_topic.SnsTopic(
            self,
            own,
            name=self.physical_name(Kind.SNS_TOPIC, severity.value),
            kms_master_key_id=key.arn,
        )
        protect(self, topic)
        aws_topic_policy.SnsTopicPolicy(
            self, f"{own}Policy", arn=topic.arn, policy=policy_json(self._who_publishes(topic.arn))
        )
        for email in config.emails(severity):
            aws_subscription.SnsTopicSubscription(
                self,
                f"{own}{pascal(email)}",
                topic_arn=topic.arn,
                protocol="email",
                endpoint=email,
            )
        return topic.arn

    def _who_publishes(self, topic_arn: TokenStr) -> tuple[Statement, ...]:
        return (
            Statement(
                sid="OwnAlarmsAndEventsPublish",
                actions=("sns:Publish",),
                resources=(topic_arn,),
                principals={"Service": _PUBLISHERS},
                # https://docs.aws.amazon.com/IAM/latest/UserGuide/confused-deputy.html
                conditions={"StringEquals": {"aws:SourceAccount": (self.stack.account.id,)}},
            ),
            Statement(
                sid="DenyWithoutTls",
                effect="Deny",
                actions=("sns:Publish",),
                resources=(topic_arn,),
                principals={"AWS": ("*",)},
                conditions={"Bool": {"aws:SecureTransport": ("false",)}},
            ),
        )

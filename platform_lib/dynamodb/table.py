"""Table: a DynamoDB table, paid by request."""

from __future__ import annotations

import cdktf_cdktf_provider_aws.dynamodb_table as aws_table
from constructs import Construct

from platform_lib.alerts.alarm import Alarm, Metric, Threshold
from platform_lib.alerts.alerts import Alerts
from platform_lib.alerts.config import Severity
from platform_lib.core.construct import PlatformConstruct
from platform_lib.core.grants import Grant, Grantee, Grants
from platform_lib.core.protection import protect
from platform_lib.dynamodb.config import TableConfig
from platform_lib.iam.policy import Statement
from platform_lib.kms.key import Key
from platform_lib.naming import Kind
from platform_lib.types import TokenStr

_READ = (
    "dynamodb:BatchGetItem",
    "dynamodb:ConditionCheckItem",
    "dynamodb:DescribeTable",
    "dynamodb:GetItem",
    "dynamodb:Query",
    "dynamodb:Scan",
)
_WRITE = (
    "dynamodb:BatchWriteItem",
    "dynamodb:DeleteItem",
    "dynamodb:DescribeTable",
    "dynamodb:PutItem",
    "dynamodb:UpdateItem",
)


class Table(PlatformConstruct):
    """A table that is encrypted with our key and can be restored to any second of the last weeks.

    Defines:
        aws_dynamodb_table, aws_cloudwatch_metric_alarm

    Args:
        config: Keys, indexes and how far back it can be restored.
        key: Encrypts the items.
        alerts: Hears when requests are throttled.
    """

    def __init__(
        self, scope: Construct, id: str, *, config: TableConfig, key: Key, alerts: Alerts
    ) -> None:
        super().__init__(scope, id)
        attributes = {it.name: it.type for it in config.key_attributes()}
        table = aws_table.DynamodbTable(
            self,
            "Resource",
            name=self.physical_name(Kind.DYNAMODB_TABLE),
            # On demand: nothing to plan, nothing to forget when customers come.
            billing_mode="PAY_PER_REQUEST",
            hash_key=config.partition_key.name,
            range_key=config.sort_key.name if config.sort_key else None,
            # DynamoDB wants exactly the attributes that are part of a key.
            attribute=[
                aws_table.DynamodbTableAttribute(name=name, type=kind)
                for name, kind in sorted(attributes.items())
            ],
            global_secondary_index=[
                aws_table.DynamodbTableGlobalSecondaryIndex(
                    name=name,
                    hash_key=index.partition_key.name,
                    range_key=index.sort_key.name if index.sort_key else None,
                    projection_type="ALL",
                )
                for name, index in sorted(config.indexes.items())
            ]
            or None,
            ttl=aws_table.DynamodbTableTtl(attribute_name=config.expires_by, enabled=True)
            if config.expires_by
            else None,
            point_in_time_recovery=aws_table.DynamodbTablePointInTimeRecovery(
                enabled=True, recovery_period_in_days=config.recovery_days
            ),
            server_side_encryption=aws_table.DynamodbTableServerSideEncryption(
                enabled=True, kms_key_arn=key.arn
            ),
            deletion_protection_enabled=self.stack.protected,
        )
        protect(self, table)
        for side in ("Read", "Write"):
            Alarm(
                self,
                f"{side}Throttles",
                # A table that throttles nobody reports nothing.
                metric=Metric(
                    "AWS/DynamoDB", f"{side}ThrottleEvents", {"TableName": table.name}, "Sum"
                ),
                threshold=Threshold(0),
                severity=Severity.P2,
                description=f"{side} requests of the table are throttled: look for one hot"
                " partition key, or for a jump above twice the former peak",
                alerts=alerts,
                missing="notBreaching",
            )

        self.arn: TokenStr = table.arn
        """ARN of the table."""
        self.name: TokenStr = table.name
        """Name of the table."""
        resources = (self.arn, f"{self.arn}/index/*") if config.indexes else (self.arn,)
        self.grants = TableGrants(self, key=key, resources=resources)
        """What roles may do with it."""


class TableGrants(Grants):
    """Permissions on the items of one table and its indexes; its key follows."""

    def __init__(self, table: Table, *, key: Key, resources: tuple[TokenStr, ...]) -> None:
        super().__init__(table)
        self._key = key
        self._resources = resources

    def read(self, grantee: Grantee) -> Grant:
        """Let the role read items."""
        self._key.grants.decrypt(grantee)
        return self._give(grantee, "Read", Statement(actions=_READ, resources=self._resources))

    def read_write(self, grantee: Grantee) -> Grant:
        """Let the role create, read, change and delete items."""
        self._key.grants.encrypt_decrypt(grantee)
        actions = tuple(sorted({*_READ, *_WRITE}))
        return self._give(
            grantee, "ReadWrite", Statement(actions=actions, resources=self._resources)
        )

"""DatabaseEvents: what RDS itself has to say about databases, to the alert topics."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

import cdktf_cdktf_provider_aws.db_event_subscription as aws_event_subscription
from constructs import Construct

from platform_lib.alerts.alerts import Alerts
from platform_lib.alerts.config import Severity
from platform_lib.core.construct import PlatformConstruct
from platform_lib.naming import Kind, pascal
from platform_lib.types import TokenStr

_CATEGORIES: Mapping[str, Mapping[Severity, tuple[str, ...]]] = {
    "db-instance": {
        Severity.P1: ("deletion", "failover", "failure", "low storage"),
        Severity.P2: (
            "availability",
            "maintenance",
            "notification",
            "read replica",
            "recovery",
            "security patching",
        ),
    },
    "db-cluster": {
        Severity.P1: ("deletion", "failover", "failure"),
        Severity.P2: ("maintenance", "notification"),
    },
}
"""Categories by what they are about; those that only tell what somebody just did are left out.
https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_Events.Messages.html"""


class Database(Protocol):
    """A database, as far as its events need it."""

    @property
    def instance_identifiers(self) -> Sequence[TokenStr]:
        """Identifiers of its instances."""

    @property
    def cluster_identifiers(self) -> Sequence[TokenStr]:
        """Identifiers of its clusters."""


class DatabaseEvents(PlatformConstruct):
    """Tells the alert topics of failovers, failures, full disks and maintenance of databases.

    One subscription for each kind of source and severity, with all databases of the environment:
    without a list RDS would tell of every database of the account.

    Defines:
        aws_db_event_subscription

    Args:
        databases: The databases.
        alerts: The topics. Their key must let RDS events use it: without that they fail silently.
    """

    def __init__(
        self, scope: Construct, id: str, *, databases: Sequence[Database], alerts: Alerts
    ) -> None:
        super().__init__(scope, id)
        sources = {
            "db-instance": [name for it in databases for name in it.instance_identifiers],
            "db-cluster": [name for it in databases for name in it.cluster_identifiers],
        }
        for kind, identifiers in sources.items():
            for severity in Severity if identifiers else ():
                what = kind.removeprefix("db-")
                aws_event_subscription.DbEventSubscription(
                    self,
                    pascal(f"{what}-{severity.value}"),
                    name=self.physical_name(Kind.DB_EVENT_SUBSCRIPTION, what, severity.value),
                    source_type=kind,
                    source_ids=identifiers,
                    event_categories=list(_CATEGORIES[kind][severity]),
                    sns_topic=alerts.topic_arn(severity),
                )

"""RDS event subscriptions: changed in place, with the sources that exist.

Upstream gap: moto cannot change a subscription, add or remove its sources, is disabled unless told
otherwise, and takes topics, categories and sources that do not exist. Nothing is ever sent: the
emulator's databases have no events that anybody waits for.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from moto.core.responses import ActionResult
from moto.rds.models import EventSubscription, RDSBackend
from moto.rds.responses import RDSResponse
from moto.sns.models import sns_backends

from platform_lib.local.extensions.support import AwsError, add, replace

__all__ = ["install"]

_COMMON = ("availability", "configuration change", "creation", "deletion", "maintenance")
_CATEGORIES: Mapping[str, frozenset[str]] = {
    "db-instance": frozenset(
        {
            *_COMMON,
            *("backtrack", "backup", "failover", "failure", "low storage", "notification"),
            *("read replica", "recovery", "restoration", "security", "security patching"),
        }
    ),
    "db-cluster": frozenset(
        {
            *(_COMMON[1:]),
            *("failover", "failure", "global-failover", "migration", "notification", "serverless"),
        }
    ),
    "db-parameter-group": frozenset({"configuration change"}),
    "db-security-group": frozenset({"configuration change", "failure"}),
    "db-snapshot": frozenset({"creation", "deletion", "notification", "restoration"}),
    "db-cluster-snapshot": frozenset({"backup", "notification"}),
    "db-proxy": frozenset({"configuration change", "creation", "deletion", "failure"}),
    "blue-green-deployment": frozenset(
        {"creation", "deletion", "failure", "notification", "switchover"}
    ),
    "custom-engine-version": frozenset({"creation", "failure", "restoring"}),
}
"""https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_Events.Messages.html"""

_TABLES: Mapping[str, str] = {
    "db-instance": "databases",
    "db-cluster": "clusters",
    "db-parameter-group": "db_parameter_groups",
    "db-security-group": "security_groups",
    "db-snapshot": "database_snapshots",
    "db-cluster-snapshot": "cluster_snapshots",
    "db-proxy": "db_proxies",
}


def install() -> None:
    """Patch moto."""
    replace(RDSBackend)(create_event_subscription)
    add(EventSubscription, "customer_aws_id")(property(lambda self: self.account_id))
    add(EventSubscription, "event_subscription_arn")(property(lambda self: self.arn))
    add(EventSubscription, "subscription_creation_time")(
        property(lambda self: self.created_at.isoformat())
    )
    add(RDSResponse)(modify_event_subscription)
    add(RDSResponse)(add_source_identifier_to_subscription)
    add(RDSResponse)(remove_source_identifier_from_subscription)


def _check(backend: Any, kind: str | None, categories: Any, sources: Any, topic: str) -> None:
    if kind and kind not in _CATEGORIES:
        raise AwsError("InvalidParameterValue", f"Invalid source type: {kind}")
    unknown = sorted(set(categories or ()) - (_CATEGORIES[kind] if kind else _every_category()))
    if unknown:
        raise AwsError(
            "SubscriptionCategoryNotFound",
            f"The following event categories don't exist for {kind}: {', '.join(unknown)}",
        )
    if sources and not kind:
        raise AwsError(
            "InvalidParameterCombination", "SourceType must be specified with source identifiers."
        )
    for source in sources or ():
        _check_source(backend, str(kind), source)
    if topic not in sns_backends[backend.account_id][backend.region_name].topics:
        raise AwsError("SNSTopicArnNotFound", f"The SNS topic ARN does not exist: {topic}")


def _every_category() -> frozenset[str]:
    return frozenset().union(*_CATEGORIES.values())


def _check_source(backend: Any, kind: str, source: str) -> None:
    table = _TABLES.get(kind)
    if table is not None and source not in getattr(backend, table):
        raise AwsError("SourceNotFound", f"Could not find source: {source}")


def create_event_subscription(original: Callable[..., Any]) -> Callable[..., Any]:
    """Check what is subscribed to; a subscription is on unless it is told otherwise."""

    def create(self: Any, request: Any) -> Any:
        request["enabled"] = request.get("enabled") is not False
        _check(
            self,
            request.get("source_type"),
            request.get("event_categories"),
            request.get("source_ids"),
            request["sns_topic_arn"],
        )
        return original(self, request)

    return create


def _subscription(self: Any) -> Any:
    return next(iter(self.backend.describe_event_subscriptions(self.params["SubscriptionName"])))


def modify_event_subscription(self: Any) -> ActionResult:
    """Change what is given, and leave the rest."""
    found = _subscription(self)
    kind = self.params.get("SourceType") or found.source_type
    categories = self.params.get("EventCategories")
    topic = self.params.get("SnsTopicArn") or found.sns_topic_arn
    if kind != found.source_type and found.source_ids:
        raise AwsError(
            "InvalidParameterCombination",
            "The source type can't be changed while the subscription has source identifiers.",
        )
    _check(self.backend, kind, categories, found.source_ids, topic)
    found.source_type, found.sns_topic_arn = kind, topic
    if categories is not None:
        found.event_categories = list(categories)
    if self.params.get("Enabled") is not None:
        found.enabled = self.params["Enabled"]
    return ActionResult({"EventSubscription": found})


def add_source_identifier_to_subscription(self: Any) -> ActionResult:
    """Subscribe to one more source."""
    found = _subscription(self)
    source = self.params["SourceIdentifier"]
    _check_source(self.backend, str(found.source_type), source)
    found.source_ids = sorted({*found.source_ids, source})
    return ActionResult({"EventSubscription": found})


def remove_source_identifier_from_subscription(self: Any) -> ActionResult:
    """Unsubscribe from a source."""
    found = _subscription(self)
    source = self.params["SourceIdentifier"]
    if source not in found.source_ids:
        raise AwsError("SourceNotFound", f"Could not find source: {source}")
    found.source_ids = [known for known in found.source_ids if known != source]
    return ActionResult({"EventSubscription": found})

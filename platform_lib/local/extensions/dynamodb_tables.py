"""DynamoDB tables: limits of on-demand throughput, the table class, a change of the key.

Upstream gap: moto's CreateTable and UpdateTable drop OnDemandThroughput and TableClass, and
UpdateTable drops SSESpecification, so that the AWS provider sees them missing after every apply.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from moto.dynamodb.exceptions import MockValidationException
from moto.dynamodb.models.table import GlobalSecondaryIndex, Table
from moto.dynamodb.responses import DynamoHandler, DynamoResult

from platform_lib.local.extensions.support import replace

__all__ = ["install"]

_CLASSES = ("STANDARD", "STANDARD_INFREQUENT_ACCESS")
_UNLIMITED = -1


def install() -> None:
    """Patch moto."""
    replace(DynamoHandler)(create_table)
    replace(DynamoHandler)(update_table)
    replace(Table)(describe)
    replace(GlobalSecondaryIndex, "describe")(describe_index)


def create_table(original: Callable[..., Any]) -> Callable[..., Any]:
    """Keep what moto drops."""

    def create(self: Any) -> Any:
        _check(self.body, str(self.body.get("BillingMode", "PROVISIONED")))
        original(self)
        return _keep(self)

    return create


def update_table(original: Callable[..., Any]) -> Callable[..., Any]:
    """Change what moto drops."""

    def update(self: Any) -> Any:
        table = self.dynamodb_backend.get_table(self.body["TableName"])
        _check(self.body, str(self.body.get("BillingMode", table.billing_mode)))
        original(self)
        if "SSESpecification" in self.body:
            table.sse_specification = self.body["SSESpecification"]
        return _keep(self)

    return update


def _check(body: dict[str, Any], billing: str) -> None:
    """Refuse what DynamoDB refuses.

    https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_OnDemandThroughput.html
    """
    kind = body.get("TableClass")
    if kind is not None and kind not in _CLASSES:
        raise MockValidationException(
            f"1 validation error detected: Value '{kind}' at 'tableClass' failed to satisfy"
            f" constraint: Member must satisfy enum value set: [{', '.join(_CLASSES)}]"
        )
    if body.get("OnDemandThroughput") is None:
        return
    if billing != "PAY_PER_REQUEST":
        raise MockValidationException(
            "One or more parameter values were invalid: OnDemandThroughput can only be specified"
            " when BillingMode is PAY_PER_REQUEST"
        )
    for name, value in body["OnDemandThroughput"].items():
        if value != _UNLIMITED and value < 1:
            raise MockValidationException(
                f"One or more parameter values were invalid: {name} must be at least 1, or -1 for"
                " no limit"
            )


def _keep(handler: Any) -> DynamoResult:
    body, table = handler.body, handler.dynamodb_backend.get_table(handler.body["TableName"])
    if "OnDemandThroughput" in body:
        table.on_demand_throughput = body["OnDemandThroughput"]
    if "TableClass" in body:
        table.table_class = body["TableClass"]
    created = [one.get("Create") for one in body.get("GlobalSecondaryIndexUpdates") or []]
    updated = [one.get("Update") for one in body.get("GlobalSecondaryIndexUpdates") or []]
    limits = {
        one["IndexName"]: one["OnDemandThroughput"]
        for one in [*(body.get("GlobalSecondaryIndexes") or []), *created, *updated]
        if one and "OnDemandThroughput" in one
    }
    for index in table.global_indexes:
        if index.name in limits:
            index.on_demand_throughput = limits[index.name]
    return DynamoResult(table.describe())


def _limits(owner: Any) -> dict[str, Any]:
    """Return the limits that are set; -1 takes one away."""
    kept = getattr(owner, "on_demand_throughput", None) or {}
    limits = {name: value for name, value in kept.items() if value != _UNLIMITED}
    return {"OnDemandThroughput": limits} if limits else {}


def describe(original: Callable[..., Any]) -> Callable[..., Any]:
    """Return what was kept."""

    def answer(self: Any, base_key: str = "TableDescription") -> dict[str, Any]:
        result: dict[str, Any] = original(self, base_key=base_key)
        result[base_key].update(_limits(self))
        if hasattr(self, "table_class"):
            result[base_key]["TableClassSummary"] = {"TableClass": self.table_class}
        return result

    return answer


def describe_index(original: Callable[..., Any]) -> Callable[..., Any]:
    """Return the limits of an index."""
    return lambda self: original(self) | _limits(self)

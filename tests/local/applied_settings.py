"""One run of the real Terraform over all that ``settings`` holds, for the tests of each part of it."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from platform_lib.ecs import migration
from platform_lib.functions.asset import Code
from platform_lib.local.gaps import Gap
from platform_lib.local.items import Item
from platform_lib.local.server import LocalAws
from tests import emulator
from tests.local.workspace import Workspace

__all__ = ["History", "run"]

_IMAGE = ("-var", "api_version=3.21.2")
_OTHER = (*_IMAGE, "-var", "step=second", "-var", 'zones=["a", "b", "c"]')
"""Other tags, descriptions, rules and settings of all that is there, and one zone more."""


@dataclass(frozen=True)
class Seen:
    """What AWS shows at one moment."""

    service: dict[str, Any]
    """The ECS service of the API."""

    other_service: dict[str, Any]
    """The one of the scheduler."""

    images: set[str]
    """What the API's tasks run."""

    migrations: list[dict[str, Any]]
    """Tasks of the migration that have ended."""

    cache_secret: str
    """What Terraform wrote for a cache."""

    instance: dict[str, Any]
    """A database of RDS."""

    cluster: dict[str, Any]
    """One of Aurora."""


@dataclass(frozen=True)
class History:
    """What happened, step by step."""

    locked: str
    """What Terraform said while somebody else held the lock."""

    rollout: dict[str, list[str]]
    """What a plan with another image did, by address."""

    state: dict[str, Any]
    """The state after the first apply."""

    managed_secret: dict[str, Any]
    """The secret that RDS made, and the keys in it."""

    first: Seen
    """After the image was rolled out."""

    changes: dict[str, list[str]]
    """What a plan with all other settings did, by address."""

    second: Seen
    """After those were applied."""

    plan_after_changes: int
    left: list[Item]
    gaps: list[Gap]

    def changes_in(self, module: str) -> dict[str, list[str]]:
        """Return what changed in one module, by the address in it."""
        prefix = f"module.{module}."
        return {
            address.removeprefix(prefix): actions
            for address, actions in self.changes.items()
            if address.startswith(prefix)
        }


def run(
    workspace: Callable[[str, LocalAws], Workspace], connect: Callable[[str, str], Any]
) -> History:
    """Apply, roll an image out, change every setting that can be, restore copies, destroy."""
    with emulator.start(account_id="210987654321", region="eu-central-1") as aws:

        def client(service: str) -> Any:
            return connect(aws.endpoint, service)

        _bootstrap(client)
        settings = workspace("settings", aws)
        _zips(settings.directory)
        settings.apply()
        state = json.loads(settings.run("state", "pull").stdout)
        locked = _plan_while_locked(client("dynamodb"), settings)
        rollout = settings.changes(*_IMAGE)
        settings.apply("planned")
        first, secret = _seen(client), _managed_secret(client)
        _snapshots(client("rds"))
        changes = settings.changes(*_OTHER)
        settings.apply("planned")
        second = _seen(client)
        plan_after_changes = settings.differences(*_OTHER)
        settings.destroy(*_OTHER)
        return History(
            locked,
            rollout,
            state,
            secret,
            first,
            changes,
            second,
            plan_after_changes,
            aws.inventory(),
            aws.unimplemented(),
        )


def _bootstrap(client: Callable[[str], Any]) -> None:
    client("s3").create_bucket(
        Bucket="state-bucket", CreateBucketConfiguration={"LocationConstraint": "eu-central-1"}
    )
    client("dynamodb").create_table(
        TableName="locks",
        KeySchema=[{"AttributeName": "LockID", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "LockID", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
    )


def _zips(folder: Path) -> None:
    code = Code("migration.handler.handle", (Path(migration.__path__[0]),))
    (folder / "migration.zip").write_bytes(code.archive())
    with zipfile.ZipFile(folder / "rotation.zip", "w") as archive:
        archive.writestr(zipfile.ZipInfo("rotation.py"), "def handle(event, context): ...\n")


def _plan_while_locked(dynamodb: Any, settings: Workspace) -> str:
    """Hold the lock as another Terraform would, and return what this one says."""
    key = {"LockID": {"S": "state-bucket/dev/settings.tfstate"}}
    info = '{"ID": "1", "Operation": "OperationTypeApply", "Who": "somebody@else"}'
    dynamodb.put_item(TableName="locks", Item={**key, "Info": {"S": info}})
    finished = settings.run("plan", "-input=false", expect=1)
    dynamodb.delete_item(TableName="locks", Key=key)
    return finished.stderr


def _snapshots(rds: Any) -> None:
    """Make what the second step restores."""
    rds.create_db_snapshot(DBInstanceIdentifier="orders", DBSnapshotIdentifier="orders-copy")
    rds.create_db_cluster_snapshot(
        DBClusterIdentifier="catalog", DBClusterSnapshotIdentifier="catalog-copy"
    )


def _seen(client: Callable[[str], Any]) -> Seen:
    ecs, rds = client("ecs"), client("rds")
    running = _tasks(ecs, "RUNNING", serviceName="checkout-dev-api")
    return Seen(
        service=_service(ecs, "checkout-dev-api"),
        other_service=_service(ecs, "checkout-dev-beat"),
        images={task["containers"][0]["image"] for task in running},
        migrations=_tasks(ecs, "STOPPED", family="checkout-dev-migration"),
        cache_secret=client("secretsmanager").get_secret_value(SecretId="checkout-dev/cache")[
            "SecretString"
        ],
        instance=rds.describe_db_instances(DBInstanceIdentifier="orders")["DBInstances"][0],
        cluster=rds.describe_db_clusters(DBClusterIdentifier="catalog")["DBClusters"][0],
    )


def _service(ecs: Any, name: str) -> dict[str, Any]:
    found: dict[str, Any] = ecs.describe_services(cluster="checkout-dev", services=[name])[
        "services"
    ][0]
    return found


def _tasks(ecs: Any, status: str, **chosen: str) -> list[dict[str, Any]]:
    arns = ecs.list_tasks(cluster="checkout-dev", desiredStatus=status, **chosen)["taskArns"]
    if not arns:
        return []
    found: list[dict[str, Any]] = ecs.describe_tasks(cluster="checkout-dev", tasks=arns)["tasks"]
    return found


def _managed_secret(client: Callable[[str], Any]) -> dict[str, Any]:
    """Return what RDS's own secret is like, and which keys its value has."""
    instance = client("rds").describe_db_instances(DBInstanceIdentifier="orders")["DBInstances"][0]
    arn, manager = instance["MasterUserSecret"]["SecretArn"], client("secretsmanager")
    value = manager.get_secret_value(SecretId=arn)["SecretString"]
    described: dict[str, Any] = manager.describe_secret(SecretId=arn)
    return described | {"Keys": sorted(json.loads(value))}

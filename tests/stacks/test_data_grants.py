"""What two roles may do with the data of an environment, judged policy by policy.

The API reads and writes what it was given; the worker has media and logs only. Neither reaches a
neighbour's secret, prefix, table, broker, database or cache.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from cdktf import App

from platform_lib.app import build_app
from platform_lib.core.stack import PlatformStack
from platform_lib.dynamodb.config import KeyAttribute, TableConfig, TableIndex
from platform_lib.elasticache.config import CacheConfig, CacheUserConfig
from platform_lib.environment import Environment
from platform_lib.iam.role import Role
from platform_lib.mq.config import BrokerConfig
from platform_lib.rds.config import PostgresConfig
from platform_lib.s3.config import BucketConfig, Purpose
from platform_lib.secretsmanager.config import SecretConfig
from platform_lib.stacks.data import DataStack
from platform_lib.testing.policy_evaluator import Access, Request
from platform_lib.testing.template import Template
from tests.stacks.shop import shop_prod

ORDER = KeyAttribute(name="order_id")
DATA: dict[str, Any] = {
    "databases": {
        name: PostgresConfig(instance_class="db.m7g.large") for name in ("orders", "sandbox")
    },
    "caches": {
        "shared": CacheConfig(
            node_type="cache.m7g.large",
            users={"api": CacheUserConfig(), "worker": CacheUserConfig(authentication="password")},
        )
    },
    "brokers": {
        name: BrokerConfig(host_type="mq.m7g.large", zones=("a", "b", "c"))
        for name in ("jobs", "mail")
    },
    "tables": {
        "tax": TableConfig(
            partition_key=ORDER, indexes={"by-day": TableIndex(partition_key=ORDER)}
        ),
        "ledger": TableConfig(partition_key=ORDER),
    },
    "buckets": {
        "media": BucketConfig(purpose=Purpose.MEDIA),
        "static": BucketConfig(purpose=Purpose.STATIC),
    },
    "secrets": {
        name: SecretConfig(description=name) for name in ("payment", "session", "storefront")
    },
}


class ServicesStack(PlatformStack):
    """Two roles of a later stack, and what they were granted."""

    def __init__(self, scope: App, *, environment: Environment, data: DataStack) -> None:
        super().__init__(scope, "services", target=environment)
        api = Role(self, "Api", service="ecs-tasks.amazonaws.com", description="The API")
        worker = Role(self, "Worker", service="ecs-tasks.amazonaws.com", description="The worker")

        data.databases["orders"].grants.connect(api, user="shop_api")
        data.caches["shared"].grants.connect(api, user="api")
        data.brokers["jobs"].credential.grants.read(api)
        data.tables["tax"].grants.read_write(api)
        data.buckets["media"].grants.read_write(api, prefix="products/")
        data.buckets["static"].grants.read(api)
        data.secrets["payment"].grants.read(api)
        data.secrets["session"].grants.write(api)

        data.buckets["media"].grants.write(worker, prefix="exports/")
        data.tables["tax"].grants.read(worker)


@pytest.fixture(scope="module")
def access(tmp_path_factory: pytest.TempPathFactory) -> Access:
    """Return the policies of an environment's stacks, and of one that uses its data."""
    outdir: Path = tmp_path_factory.mktemp("grants") / "cdktf.out"
    environment = shop_prod(**DATA)
    app = build_app([environment.account], [environment], outdir=outdir)
    (data,) = [it for it in app.stacks if isinstance(it, DataStack)]
    services = ServicesStack(app, environment=environment, data=data)
    # The later stack first: its references are what makes the others publish.
    templates = [Template(it) for it in (services, *reversed(app.stacks))]
    return Access.of(*templates)


VIA_S3 = {"kms:ViaService": "s3.us-east-1.amazonaws.com"}
API, WORKER = "Api", "Worker"
ALLOWED: list[tuple[str, str, str, str, Mapping[str, str]]] = [
    # who, action, construct, what follows its ARN, context
    (API, "s3:GetObject", "MediaBucket", "/products/1/shoe.png", {}),
    (API, "s3:PutObject", "MediaBucket", "/products/1/shoe.png", {}),
    (API, "s3:DeleteObject", "MediaBucket", "/products/1/shoe.png", {}),
    (API, "s3:ListBucket", "MediaBucket", "", {"s3:prefix": "products/1/"}),
    (API, "s3:GetObject", "StaticBucket", "/app.js", {}),
    (API, "s3:ListBucket", "StaticBucket", "", {}),
    (API, "dynamodb:PutItem", "TaxTable", "", {}),
    (API, "dynamodb:DeleteItem", "TaxTable", "", {}),
    (API, "dynamodb:GetItem", "TaxTable", "", {}),
    (API, "dynamodb:Query", "TaxTable", "/index/by-day", {}),
    (API, "secretsmanager:GetSecretValue", "Secrets/Payment", "", {}),
    (API, "secretsmanager:DescribeSecret", "Secrets/Payment", "", {}),
    (API, "secretsmanager:PutSecretValue", "Secrets/Session", "", {}),
    (API, "secretsmanager:GetSecretValue", "JobsBrokerCredential/Secret", "", {}),
    (API, "kms:Decrypt", "shop-prod-keys/Data", "", VIA_S3),
    (API, "kms:GenerateDataKey", "shop-prod-keys/Data", "", VIA_S3),
    (WORKER, "s3:PutObject", "MediaBucket", "/exports/2026-11.csv", {}),
    (WORKER, "s3:AbortMultipartUpload", "MediaBucket", "/exports/2026-11.csv", {}),
    (WORKER, "dynamodb:GetItem", "TaxTable", "", {}),
    (WORKER, "dynamodb:Query", "TaxTable", "/index/by-day", {}),
]
DENIED: list[tuple[str, str, str, str, Mapping[str, str]]] = [
    # Another prefix, another bucket, another verb
    (API, "s3:GetObject", "MediaBucket", "/exports/2026-11.csv", {}),
    (API, "s3:PutObject", "MediaBucket", "/products-private/1.png", {}),
    (API, "s3:GetObject", "MediaBucket", "/products", {}),
    (API, "s3:ListBucket", "MediaBucket", "", {"s3:prefix": "exports/"}),
    (API, "s3:ListBucket", "MediaBucket", "", {}),
    (API, "s3:PutObject", "StaticBucket", "/app.js", {}),
    (API, "s3:DeleteObject", "StaticBucket", "/app.js", {}),
    (API, "s3:PutBucketPolicy", "MediaBucket", "", {}),
    (API, "s3:GetObject", "AccessLogs", "/media-bucket/2026", {}),
    (API, "s3:GetObject", "MediaBucket", "/products/1.png", {"aws:SecureTransport": "false"}),
    (WORKER, "s3:GetObject", "MediaBucket", "/exports/2026-11.csv", {}),
    (WORKER, "s3:DeleteObject", "MediaBucket", "/exports/2026-11.csv", {}),
    (WORKER, "s3:PutObject", "MediaBucket", "/products/1/shoe.png", {}),
    (WORKER, "s3:GetObject", "StaticBucket", "/app.js", {}),
    # Another table, another verb
    (API, "dynamodb:GetItem", "LedgerTable", "", {}),
    (API, "dynamodb:PutItem", "LedgerTable", "", {}),
    (API, "dynamodb:DeleteTable", "TaxTable", "", {}),
    (API, "dynamodb:UpdateTable", "TaxTable", "", {}),
    (WORKER, "dynamodb:PutItem", "TaxTable", "", {}),
    (WORKER, "dynamodb:GetItem", "LedgerTable", "", {}),
    # Another service's secret, another verb
    (API, "secretsmanager:GetSecretValue", "Secrets/Storefront", "", {}),
    (API, "secretsmanager:GetSecretValue", "Secrets/Session", "", {}),
    (API, "secretsmanager:PutSecretValue", "Secrets/Payment", "", {}),
    (API, "secretsmanager:DeleteSecret", "Secrets/Payment", "", {}),
    (API, "secretsmanager:GetSecretValue", "MailBrokerCredential/Secret", "", {}),
    (API, "secretsmanager:GetSecretValue", "WorkerCredential/Secret", "", {}),
    (WORKER, "secretsmanager:GetSecretValue", "Secrets/Payment", "", {}),
    (WORKER, "secretsmanager:GetSecretValue", "JobsBrokerCredential/Secret", "", {}),
    # Other keys, and what only administrators do
    (API, "kms:Decrypt", "shop-prod-keys/Logs", "", {}),
    (API, "kms:Decrypt", "shop-prod-keys/Sops", "", {}),
    (API, "kms:ScheduleKeyDeletion", "shop-prod-keys/Data", "", {}),
    (API, "kms:PutKeyPolicy", "shop-prod-keys/Data", "", {}),
    (WORKER, "kms:Decrypt", "shop-prod-keys/Sops", "", {}),
    # The things themselves
    (API, "rds:DeleteDBInstance", "OrdersDatabase", "", {}),
    (API, "mq:DeleteBroker", "JobsBroker", "", {}),
    (API, "elasticache:DeleteReplicationGroup", "SharedCache", "", {}),
]


def _request(access: Access, case: tuple[str, str, str, str, Mapping[str, str]]) -> Request:
    role, action, construct, after, context = case
    tls = {} if "aws:SecureTransport" in context else {"aws:SecureTransport": "true"}
    return Request(
        principal=access.arn(f"shop-prod-services/{role}"),
        action=action,
        resource=access.arn(construct) + after,
        context=tls | dict(context),
        resource_account="111111111111",
    )


def _named(case: tuple[str, str, str, str, Mapping[str, str]]) -> str:
    return " ".join(str(part) for part in case[:4])


@pytest.mark.parametrize("case", ALLOWED, ids=_named)
def test_a_role_may_do_what_it_was_granted(
    access: Access, case: tuple[str, str, str, str, Mapping[str, str]]
) -> None:
    """Nothing is missing, the key included."""
    verdict = access.evaluate(_request(access, case))

    assert verdict.allowed, verdict.reason


@pytest.mark.parametrize("case", DENIED, ids=_named)
def test_a_role_may_not_do_what_it_was_not_granted(
    access: Access, case: tuple[str, str, str, str, Mapping[str, str]]
) -> None:
    """Neither with a neighbour's things nor more with its own."""
    verdict = access.evaluate(_request(access, case))

    assert not verdict.allowed, verdict.reason

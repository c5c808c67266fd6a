"""The data of an environment: one construct for each thing it declares, wired to keys and topics."""

from __future__ import annotations

from typing import Any

import pytest

from platform_lib.dynamodb.config import KeyAttribute, TableConfig
from platform_lib.elasticache.config import CacheConfig, CacheUserConfig
from platform_lib.environment import Environment
from platform_lib.errors import PlatformError
from platform_lib.mq.config import BrokerConfig
from platform_lib.rds.aurora_config import AuroraConfig
from platform_lib.rds.config import PostgresConfig
from platform_lib.rds.proxy_config import ProxyConfig
from platform_lib.s3.config import BucketConfig, Purpose
from platform_lib.secretsmanager.config import SecretConfig
from platform_lib.secretsmanager.postgres_credential_config import PostgresCredentialConfig
from platform_lib.testing.template import Template
from tests.stacks.conftest import Build

BROKER = BrokerConfig(host_type="mq.m7g.large", zones=("a", "b", "c"))
PARTS: dict[str, dict[str, Any]] = {
    "databases": {"orders": PostgresConfig(instance_class="db.m7g.large")},
    "caches": {
        "sessions": CacheConfig(node_type="cache.m7g.large", users={"shop": CacheUserConfig()})
    },
    "brokers": {"jobs": BROKER},
    "tables": {"tax": TableConfig(partition_key=KeyAttribute(name="order_id"))},
    "buckets": {"media": BucketConfig(purpose=Purpose.MEDIA)},
    "secrets": {"payment-api-key": SecretConfig(description="Opens the payment provider's API")},
}
MAIN = {
    "databases": ("aws_db_instance", "OrdersDatabase/Resource"),
    "caches": ("aws_elasticache_replication_group", "SessionsCache/Resource"),
    "brokers": ("aws_mq_broker", "JobsBroker/Resource"),
    "tables": ("aws_dynamodb_table", "TaxTable/Resource"),
    "buckets": ("aws_s3_bucket", "MediaBucket/Resource"),
    "secrets": ("aws_secretsmanager_secret", "Secrets/PaymentApiKey/Resource"),
}


@pytest.fixture
def data(build: Build, environment: Environment) -> Template:
    """Return the data stack of an environment with one of each."""
    return Template(build(environment.evolve(**PARTS))["shop-prod-data"])


@pytest.mark.parametrize("part", PARTS)
def test_each_declared_thing_is_there_under_its_name(data: Template, part: str) -> None:
    """The construct path, and so address and physical name, follow from name and kind."""
    kind, path = MAIN[part]

    assert data.only(kind, path=f"data/{path}")


@pytest.mark.parametrize("part", PARTS)
def test_one_part_is_enough_for_the_stack(
    build: Build, environment: Environment, part: str
) -> None:
    """And the others leave nothing behind."""
    stacks = build(environment.evolve(**{part: PARTS[part]}))

    template = Template(stacks["shop-prod-data"])
    for other, (kind, path) in MAIN.items():
        paths = template.paths().get(kind, [])
        assert any(it.endswith(path) for it in paths) is (other == part)


def test_without_any_data_there_is_no_such_stack(build: Build, environment: Environment) -> None:
    """The stacks of an environment follow from its parts."""
    assert "shop-prod-data" not in build(environment)


CREDENTIALS = {
    "shop": PostgresCredentialConfig(owner="shop"),
    "mailer": PostgresCredentialConfig(owner="mailer"),
}


def test_applications_share_a_server_and_one_function_rotates_them(
    build: Build, environment: Environment
) -> None:
    """Each has a login of its own, named after server and application."""
    database = PostgresConfig(instance_class="db.m7g.large", credentials=CREDENTIALS)

    template = Template(build(environment.evolve(databases={"orders": database}))["shop-prod-data"])

    names = {it["name"] for it in template.all("aws_secretsmanager_secret").values()}
    assert names == {
        "shop-prod-orders-database-shop-credential",
        "shop-prod-orders-database-mailer-credential",
    }
    assert template.count("aws_lambda_function") == 1


def test_without_credentials_nothing_rotates(build: Build, environment: Environment) -> None:
    """RDS changes the administrator's password itself."""
    template = Template(build(environment.evolve(databases=PARTS["databases"]))["shop-prod-data"])

    assert template.count("aws_lambda_function") == 0


@pytest.mark.parametrize(
    ("credentials", "secrets"), [({}, 1), (CREDENTIALS, 2)], ids=["administrator", "applications"]
)
def test_a_proxy_lets_in_the_applications_of_its_database(
    build: Build,
    environment: Environment,
    credentials: dict[str, PostgresCredentialConfig],
    secrets: int,
) -> None:
    """Without any there is only the administrator."""
    database = PostgresConfig(
        instance_class="db.m7g.large", credentials=credentials, proxy=ProxyConfig()
    )

    template = Template(build(environment.evolve(databases={"orders": database}))["shop-prod-data"])

    assert len(template.only("aws_db_proxy", path="OrdersProxy/Resource")["auth"]) == secrets


def test_without_a_proxy_there_is_none(data: Template) -> None:
    """It costs by the hour."""
    assert data.count("aws_db_proxy") == 0


def test_an_aurora_cluster_is_declared_beside_instances(
    build: Build, environment: Environment
) -> None:
    """The type of the configuration says which it is."""
    databases = {
        "orders": PostgresConfig(instance_class="db.m7g.large"),
        "catalog": AuroraConfig(instance_class="db.r7g.large"),
    }

    template = Template(build(environment.evolve(databases=databases))["shop-prod-data"])

    assert template.only("aws_rds_cluster", path="CatalogDatabase/Resource")
    assert template.only("aws_db_instance", path="OrdersDatabase/Resource")


def test_databases_of_both_kinds_tell_of_failovers(build: Build, environment: Environment) -> None:
    """One subscription for each kind and severity, for all databases together."""
    databases = {
        "orders": PostgresConfig(instance_class="db.m7g.large"),
        "catalog": AuroraConfig(instance_class="db.r7g.large"),
    }

    template = Template(build(environment.evolve(databases=databases))["shop-prod-data"])

    told = template.all("aws_db_event_subscription").values()
    assert {(it["source_type"], "failover" in it["event_categories"]) for it in told} == {
        ("db-instance", True),
        ("db-instance", False),
        ("db-cluster", True),
        ("db-cluster", False),
    }


def test_without_databases_nothing_is_told_of_them(build: Build, environment: Environment) -> None:
    """RDS would tell of every database of the account."""
    template = Template(build(environment.evolve(secrets=PARTS["secrets"]))["shop-prod-data"])

    assert template.count("aws_db_event_subscription") == 0


def test_the_requests_of_all_buckets_are_recorded_in_one(
    build: Build, environment: Environment
) -> None:
    """The bucket for that is there because buckets are, and does not record its own."""
    buckets = {
        "media": BucketConfig(purpose=Purpose.MEDIA),
        "exports": BucketConfig(purpose=Purpose.BACKUP, retention_days=30),
    }

    template = Template(build(environment.evolve(buckets=buckets))["shop-prod-data"])

    logging = template.all("aws_s3_bucket_logging").values()
    assert {it["target_prefix"] for it in logging} == {"media-bucket/", "exports-bucket/"}
    assert len({it["target_bucket"] for it in logging}) == 1


@pytest.mark.parametrize(("purpose", "key"), [(Purpose.MEDIA, "Data"), (Purpose.LOGS, "Logs")])
def test_logs_are_encrypted_with_the_key_that_log_delivery_may_use(
    build: Build, environment: Environment, purpose: Purpose, key: str
) -> None:
    """Everything else with the data key."""
    bucket = BucketConfig(purpose=purpose, retention_days=90 if purpose.expires else None)

    template = Template(build(environment.evolve(buckets={"one": bucket}))["shop-prod-data"])

    rule = template.only(
        "aws_s3_bucket_server_side_encryption_configuration", path="OneBucket/Encryption"
    )["rule"][0]
    assert key in rule["apply_server_side_encryption_by_default"]["kms_master_key_id"]


@pytest.mark.parametrize(
    ("part", "outputs"),
    [
        ("databases", {"database_addresses", "database_secret_arns"}),
        ("caches", {"cache_addresses"}),
        ("brokers", {"broker_secret_arns"}),
        ("tables", set()),
        ("buckets", {"bucket_names"}),
        ("secrets", {"secret_policy_arns"}),
    ],
)
def test_what_others_read_is_published(
    build: Build, environment: Environment, part: str, outputs: set[str]
) -> None:
    """By name, and only what there is."""
    template = Template(build(environment.evolve(**{part: PARTS[part]}))["shop-prod-data"])

    published = template.json.get("output", {})

    assert set(published) == outputs
    for name in outputs:
        assert set(template.output(name)) == set(PARTS[part])


def test_refuses_a_broker_in_a_zone_that_the_vpc_lacks(environment: Environment) -> None:
    """When the configuration is read, before anything is constructed."""
    broker = BROKER.evolve(zones=("a", "f"))

    with pytest.raises(PlatformError) as refused:
        environment.evolve(brokers={"jobs": broker})

    (problem,) = refused.value.problems
    assert problem.message == (
        "brokers['jobs']: zones names f, where the VPC has no subnets; choose from a, b, c"
    )
    assert problem.code == "NoSuchZone"

"""The API's container, as it is synthesised, uses its PostgreSQL and its Redis.

The values of its secrets are those that the stack of data writes, with what AWS makes up put in:
passwords and the names of the servers. `tests/applied` does the same with an environment that
Terraform has applied.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from urllib.parse import quote_plus

import boto3
import pytest
from moto import mock_aws

from platform_lib.testing.project import SynthesisedProject
from platform_lib.testing.template import Block
from tests.constructs.ecs_shop import container_of
from tests.containers.ecs import environment_of
from tests.containers.world import CacheUser, World, world

REGION = "us-east-1"
DATABASE = "checkout-dev-platform.c1a2b3.us-east-1.rds.amazonaws.com"
CACHE = "master.checkout-dev-shared.c1a2b3.use1.cache.amazonaws.com"
BROKER = "b-1a2b3c.mq.us-east-1.on.aws"
PASSWORD = "made-by-AWS.0123456789~"
BROKER_PASSWORD = "made@by/Amazon#MQ?+%41"
MASTER = {"username": "platform_master", "password": "of/the:master"}
_EXPRESSION = re.compile(r"\$\{(?:[^{}]|\{[^{}]*\})*\}")
_SECRET = re.compile(r"aws_secretsmanager_secret\.?(\w+_[0-9A-F]{8})\.?arn")
_MADE_BY_AWS = {
    "aws_db_instance": DATABASE,
    "aws_elasticache_replication_group": CACHE,
    "aws_mq_broker": BROKER,
}


def _value(template: str) -> str:
    """Put what AWS makes up in place of the expressions of a secret's value."""

    def made(found: re.Match[str]) -> str:
        expression = found[0]
        for kind, host in _MADE_BY_AWS.items():
            if kind in expression:
                return host
        # Only that of the broker has characters that mean something in a URL.
        password = BROKER_PASSWORD if "JobsBroker" in expression else PASSWORD
        return quote_plus(password) if "urlencode(" in expression else password

    return _EXPRESSION.sub(made, template)


def _values(data: Block) -> dict[str, str]:
    """Return the values that the stack of data writes, by the name of the secret's address."""
    written = data["resource"]["aws_secretsmanager_secret_version"].values()
    return {
        _SECRET.search(it["secret_id"])[1]: _value(it["secret_string_wo"])  # type: ignore[index]
        for it in written
    }


@dataclass(frozen=True)
class Start:
    """The API's container and what it starts with."""

    world: World
    environment: Mapping[str, str]


@pytest.fixture(scope="module")
def start(
    synthesised: SynthesisedProject, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Start]:
    """Start the servers of checkout-dev, and make what the API's container starts with."""
    data = synthesised.stacks["checkout-dev-data"].template.json
    services = synthesised.stacks["checkout-dev-services"].template
    values = _values(data)
    users = [
        CacheUser(
            it["user_name"], it["access_string"], PASSWORD if "authentication_mode" in it else None
        )
        for it in data["resource"]["aws_elasticache_user"].values()
    ]
    with world(
        tmp_path_factory.mktemp("container") / "redis",
        database=DATABASE,
        master=MASTER,
        cache=CACHE,
        users=users,
    ) as servers:
        definition = container_of(
            services.only("aws_ecs_task_definition", path="/SaleorApiTask/Resource")
        )
        login = json.loads(values[_named(values, "PlatformDatabaseSaleorCredential")])
        with servers.postgres.operator() as operator:
            operator.run(f"CREATE ROLE {login['username']} LOGIN PASSWORD '{login['password']}'")
            operator.run(f"CREATE DATABASE {login['dbname']} OWNER {login['username']}")
        yield Start(servers, _environment(definition, values))


def _named(values: Mapping[str, str], start: str) -> str:
    (found,) = (it for it in values if it.startswith(start))
    return found


def _environment(definition: Block, values: Mapping[str, str]) -> dict[str, str]:
    """Put the values into an account, and let ECS read them from there."""
    with mock_aws():
        secrets = boto3.client("secretsmanager", region_name=REGION)
        given = []
        for secret in definition["secrets"]:
            address = _SECRET.search(secret["valueFrom"])
            assert address, secret
            value = values.get(address[1], "put there by a person")
            arn = secrets.create_secret(Name=f"{secret['name']}-{address[1]}", SecretString=value)[
                "ARN"
            ]
            given.append(
                {"name": secret["name"], "valueFrom": _EXPRESSION.sub(arn, secret["valueFrom"])}
            )
        return environment_of({**definition, "secrets": given}, secrets)


def test_the_container_has_exactly_its_variables(start: Start) -> None:
    """Those of the definition: nothing of the machine that starts it."""
    assert set(start.environment) == {
        *("ALLOWED_CLIENT_HOSTS", "ALLOWED_HOSTS", "AVATAX_CREDENTIALS", "CACHE_URL"),
        *("AWS_MEDIA_CUSTOM_DOMAIN", "AWS_STATIC_CUSTOM_DOMAIN"),
        *("AWS_MEDIA_BUCKET_NAME", "AWS_STORAGE_BUCKET_NAME", "CELERY_BROKER_URL", "TAX_TABLE"),
        *("DASHBOARD_URL", "DATABASE_URL", "MEDIA_URL", "PUBLIC_URL", "STATIC_URL"),
        *("RSA_PRIVATE_KEY", "SECRET_KEY"),
    }
    # Python itself adds one where there is no locale: https://peps.python.org/pep-0538/
    found = set(start.world.start(start.environment)["variables"]) - {"LC_CTYPE"}
    assert found == set(start.environment)


def test_the_database_url_opens_the_database(start: Start) -> None:
    """As the application's login in its own database, allowed to make tables; the server wants TLS."""
    assert start.world.start(start.environment)["database"] == {
        "user": "saleor_b",
        "login": "saleor_b",
        "database": "saleor",
    }


def test_the_cache_url_opens_the_cache(start: Start) -> None:
    """As the application's user, which reads what it wrote and cannot touch keys of others."""
    found = start.world.start(start.environment)["cache"]

    assert "error" not in found, found["error"]
    assert found["read"] == "yes"
    assert "permissions" in found["others"]


def test_the_broker_url_can_be_read(start: Start) -> None:
    """By whatever reads URLs: user, password and host stay apart."""
    assert start.world.start(start.environment)["broker"] == {
        "scheme": "amqps",
        "user": "platform",
        "password": BROKER_PASSWORD,
        "host": BROKER,
        "port": 5671,
    }


@pytest.mark.parametrize(
    ("variable", "host", "part", "sentence"),
    [
        ("DATABASE_URL", DATABASE, "database", "does not match host name"),
        ("CACHE_URL", CACHE, "cache", "Hostname mismatch"),
    ],
)
def test_a_server_of_another_name_is_refused(
    start: Start, variable: str, host: str, part: str, sentence: str
) -> None:
    """Whoever leads the name elsewhere gets no password."""
    elsewhere = start.environment[variable].replace(host, f"x{host}")

    found = start.world.start({**start.environment, variable: elsewhere})

    assert sentence in found[part]["error"]


def test_a_server_of_another_authority_is_refused(start: Start) -> None:
    """Both verify the certificate, each by the authorities of its image."""
    database, cache = str(start.world.postgres.ca_file), str(start.world.cache_authorities)

    found = start.world.start(
        start.environment, database_authorities=cache, cache_authorities=database
    )

    assert "certificate verify failed" in found["database"]["error"]
    assert "CERTIFICATE_VERIFY_FAILED" in found["cache"]["error"]

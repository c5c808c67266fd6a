"""Services in an environment: what each name in a service opens, permits and injects."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from platform_lib.app import build_app
from platform_lib.ecs.config import ClusterConfig
from platform_lib.ecs.images import ImageConfig
from platform_lib.ecs.service_config import ScalingConfig, ServiceConnectConfig
from platform_lib.elasticache.config import CacheConfig, CacheUserConfig
from platform_lib.environment import Environment
from platform_lib.services.config import Service, ServiceRoute
from platform_lib.services.uses import (
    BrokerUse,
    BucketUse,
    CacheUse,
    DatabaseUse,
    EmailUse,
    SmtpUse,
    TableUse,
)
from platform_lib.testing.template import Block, Template
from tests.config.service_shop import (
    DOMAIN,
    environment,
    job,
    migration,
    scheduler,
    task,
    web,
    worker,
)
from tests.constructs.ecs_shop import container_of

_GROUP = re.compile(r"aws_security_group\.?(\w+?)_Connections_[0-9A-F]{8}")
ORDERS = {"orders": DatabaseUse(credential="shop")}
SESSIONS = {"sessions": CacheUse(user="shop")}
JOBS = {"jobs": BrokerUse()}
OWN_IMAGES = "aws_ecr_repositoryRepositories_ShopApp"
PASSWORD = CacheConfig(
    node_type="cache.m7g.large", users={"shop": CacheUserConfig(authentication="password")}
)
LITTLE: Mapping[str, Any] = {
    it: {} for it in ("databases", "caches", "brokers", "tables", "buckets", "secrets")
}
"""An environment without data is built in half the time."""


class Services:
    """The stacks of an environment with services, as data."""

    def __init__(self, found: Environment, outdir: Path) -> None:
        app = build_app([found.account], [found], outdir=outdir)
        # The later stack first: its references are what makes the others publish.
        self.stacks = {it.id: Template(it) for it in reversed(app.stacks)}
        self.template = self.stacks["shop-dev-services"]

    def container(self, service: str) -> Block:
        """Return the container of a service's task."""
        definition = self.template.only("aws_ecs_task_definition", path=f"/{service}Task/Resource")
        return container_of(definition)

    def variables(self, service: str) -> dict[str, str]:
        """Return the variables of a service that are written out."""
        given = self.container(service).get("environment", [])
        return {it["name"]: it["value"] for it in given}

    def secrets(self, service: str) -> dict[str, str]:
        """Return which secret, or key of one, each other variable is read from."""
        given = self.container(service).get("secrets", [])
        return {it["name"]: _secret_of(it["valueFrom"]) for it in given}

    def calls(self, direction: str) -> set[tuple[str, str, int]]:
        """Return who may call whom at which port, by one half of the rules."""
        found = set()
        rules = self.template.json["resource"].get(f"aws_vpc_security_group_{direction}_rule", {})
        for rule in rules.values():
            peer = rule.get("referenced_security_group_id")
            if peer is not None:
                own, other = (_named(_GROUP, it) for it in (rule["security_group_id"], peer))
                caller, callee = (own, other) if direction == "egress" else (other, own)
                found.add((caller, callee, rule["from_port"]))
        return found

    def policies(self, service: str) -> set[str]:
        """Return the names of what the task role of a service was given."""
        paths = self.template.paths().get("aws_iam_role_policy", [])
        inside = f"/{service}Task/{service}TaskRole/"
        return {it.partition(inside)[2] for it in paths if inside in it}

    def running(self, service: str) -> Block:
        """Return the ECS service."""
        return self.template.only("aws_ecs_service", path=f"services/{service}/Resource")


def _named(pattern: re.Pattern[str], text: str) -> str:
    found = pattern.search(text)
    assert found, text
    return found[1]


def _secret_of(reference: str) -> str:
    """Return the construct of a secret, and the key of its JSON after a colon."""
    path = _named(re.compile(r"aws_secretsmanager_secret\.?(\w+?)_[0-9A-F]{8}"), reference)
    key = reference.rpartition("}")[2].strip(":")
    return f"{path}:{key}" if key else path


Make = Callable[..., Services]


@pytest.fixture
def make(tmp_path: Path) -> Make:
    """Return what builds an environment with services; what they name has to be given."""

    def built(fields: Mapping[str, Any] = LITTLE, /, **services: Service) -> Services:
        return Services(environment(services=services, **fields), tmp_path / "cdktf.out")

    return built


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Services:
    """Return a shop in which some services name something and others do not."""
    www = ServiceRoute(load_balancer="public", hosts=("www",), priority=200)
    services: dict[str, Service] = {
        "api": web(
            databases=ORDERS,
            caches=SESSIONS,
            brokers=JOBS,
            buckets={"media": BucketUse(prefixes=("products/", "exports/"))},
            tables={"tax": TableUse()},
            secrets={"SIGNING_KEY": "signing-key", "PAYMENT_KEY": "payment-api:public"},
            addresses={"SHOP_URL": "https://www.{domain}/"},
            tasks=ScalingConfig(maximum=4, requests_per_target=600),
            reads_secrets=True,
        ),
        "storefront": web(route=www, caches=SESSIONS),
        "assets": web(route=www.evolve(priority=150, paths=("/assets/*",))),
        "landing": web(
            route=ServiceRoute(load_balancer="office", hosts=("@", "admin"), priority=1)
        ),
        "payments": worker(
            databases=ORDERS,
            buckets={"media": BucketUse(access="write", prefixes=("exports/",))},
            tables={"tax": TableUse(access="read", variable="TAXES")},
            tasks=ScalingConfig(maximum=4, messages_per_task=100),
            writes_logs=True,
        ),
        "mailer": worker(email=EmailUse(senders=("orders", "no-reply"))),
        "beat": scheduler(brokers=JOBS),
        "cleanup": job(databases=ORDERS),
        "schema": migration(before=("api", "payments"), databases=ORDERS),
    }
    found = environment(
        services=services, caches={"sessions": PASSWORD}, cluster=ClusterConfig(namespace="shop")
    )
    return Services(found, tmp_path_factory.mktemp("services") / "cdktf.out")


class TestConnections:
    """Both halves of each rule are there, for those who name the thing and for nobody else."""

    @pytest.mark.parametrize(
        ("callee", "port", "callers"),
        [
            ("OrdersDatabase", 5432, {"Api", "Payments", "Cleanup", "Schema"}),
            ("SessionsCache", 6379, {"Api", "Storefront"}),
            ("JobsBroker", 5671, {"Api", "Payments", "Mailer", "Beat"}),
        ],
    )
    @pytest.mark.parametrize("direction", ["egress", "ingress"])
    def test_are_opened_to_what_is_named(
        self, shop: Services, direction: str, callee: str, port: int, callers: set[str]
    ) -> None:
        """At the one port that it listens on."""
        calls = {it for it in shop.calls(direction) if it[1] == callee}

        assert calls == {(caller, callee, port) for caller in callers}

    @pytest.mark.parametrize("direction", ["egress", "ingress"])
    def test_lead_from_each_load_balancer_to_its_services(
        self, shop: Services, direction: str
    ) -> None:
        """At the port that their containers listen on."""
        calls = {it for it in shop.calls(direction) if it[0].endswith("LoadBalancer")}

        assert calls == {
            ("PublicLoadBalancer", "Api", 8000),
            ("PublicLoadBalancer", "Storefront", 8000),
            ("PublicLoadBalancer", "Assets", 8000),
            ("OfficeLoadBalancer", "Landing", 8000),
        }

    def test_say_what_they_are_for(self, shop: Services) -> None:
        """An auditor reads who uses which login."""
        rules = shop.template.all("aws_vpc_security_group_egress_rule").values()
        said = {it["description"] for it in rules if it["from_port"] in {5432, 5671, 6379}}

        assert said == {"database orders as shop", "cache sessions as shop", "broker jobs"}


class TestVariables:
    """Each name gives the container a variable; secrets are read when the task starts."""

    @pytest.mark.parametrize(
        ("service", "variables"),
        [
            (
                "Api",
                {
                    "DATABASE_URL": "OrdersDatabaseShopCredential_Secret:url",
                    "CACHE_URL": "SessionsCache_Users_ShopCredential_Secret:url",
                    "BROKER_URL": "JobsBroker_JobsBrokerCredential_Secret:url",
                    "SIGNING_KEY": "Secrets_SigningKey",
                    "PAYMENT_KEY": "Secrets_PaymentApi:public",
                },
            ),
            ("Storefront", {"CACHE_URL": "SessionsCache_Users_ShopCredential_Secret:url"}),
            ("Assets", {}),
            ("Mailer", {"BROKER_URL": "JobsBroker_JobsBrokerCredential_Secret:url"}),
            ("Cleanup", {"DATABASE_URL": "OrdersDatabaseShopCredential_Secret:url"}),
            ("Schema", {"DATABASE_URL": "OrdersDatabaseShopCredential_Secret:url"}),
        ],
    )
    def test_are_read_from_secrets(
        self, shop: Services, service: str, variables: dict[str, str]
    ) -> None:
        """From the login that is named, or from a key of a secret's JSON."""
        assert shop.secrets(service) == variables

    def test_name_what_is_no_secret(self, shop: Services) -> None:
        """Bucket, table, hosts and addresses."""
        variables = shop.variables("Api")

        assert set(variables) == {"ALLOWED_HOSTS", "SHOP_URL", "MEDIA_BUCKET", "TAX_TABLE"}
        assert variables["ALLOWED_HOSTS"] == f"api.{DOMAIN}"
        assert variables["SHOP_URL"] == f"https://www.{DOMAIN}/"
        assert "aws_s3_bucketMediaBucket" in variables["MEDIA_BUCKET"]
        assert "aws_dynamodb_tableTaxTable" in variables["TAX_TABLE"]

    @pytest.mark.parametrize(
        ("service", "variables"),
        [
            ("Landing", {"ALLOWED_HOSTS": f"{DOMAIN},admin.{DOMAIN}"}),
            ("Mailer", {"DEFAULT_FROM_EMAIL": f"orders@{DOMAIN}"}),
            ("Beat", {}),
        ],
    )
    def test_say_where_a_service_is(
        self, shop: Services, service: str, variables: dict[str, str]
    ) -> None:
        """All hosts of its route, the first address that it sends from, or nothing."""
        assert shop.variables(service) == variables

    def test_have_the_names_that_are_given(self, shop: Services) -> None:
        """In place of those that follow from kind and name."""
        assert set(shop.variables("Payments")) == {"TAXES", "MEDIA_BUCKET"}


class TestPermissions:
    """The task role has what the code does; `test_service_permissions` judges the policies."""

    @pytest.mark.parametrize(
        ("service", "policies"),
        [
            (
                "Api",
                {
                    "DataMediaBucketReadWrite+exports",
                    "DataMediaBucketReadWrite+products",
                    "DataTaxTableReadWrite",
                    "KeysDataDecrypt",
                    "KeysDataEncryptDecrypt",
                    # Its code may read what ECS reads for it.
                    "DataOrdersDatabaseShopCredentialSecretRead",
                    "DataSessionsCacheUsersShopCredentialSecretRead",
                    "DataJobsBrokerJobsBrokerCredentialSecretRead",
                    "DataSecretsSigningKeyRead",
                    "DataSecretsPaymentApiRead",
                },
            ),
            (
                "Payments",
                {
                    "DataMediaBucketWrite+exports",
                    "DataTaxTableRead",
                    "KeysDataDecrypt",
                    "KeysDataEncryptDecrypt",
                    "ServicesPaymentsTaskWriteLogs",
                },
            ),
            ("Mailer", {"EcsEmailSend+orders", "EcsEmailSend+no-reply"}),
            ("Storefront", set()),
            ("Beat", set()),
            ("Schema", set()),
        ],
    )
    def test_follow_from_what_is_named(
        self, shop: Services, service: str, policies: set[str]
    ) -> None:
        """And from the two that have to be asked for: secrets and logs."""
        assert shop.policies(service) == policies

    def test_of_a_cache_user_with_iam_are_the_roles(self, make: Make) -> None:
        """There is no secret: the URL has the user, and the role signs in."""
        fields = {**LITTLE, "caches": environment().caches}

        built = make(fields, api=web(caches=SESSIONS), front=web(route=_route("front", 2)))

        url = built.variables("Api")["CACHE_URL"]
        assert re.fullmatch(
            r"rediss://shop-dev-sessions-cache-shop@\$\{[^}]*primary_endpoint_address\}:6379", url
        )
        assert built.secrets("Api") == {}
        assert built.policies("Api") == {"DataSessionsCacheConnectShop"}
        assert built.policies("Front") == set()

    def test_of_a_cache_user_with_a_password_are_ecs(self, shop: Services) -> None:
        """The role of the code has none: the URL comes with the password."""
        assert "CACHE_URL" not in shop.variables("Storefront")
        assert shop.policies("Storefront") == set()


def _route(host: str, priority: int) -> ServiceRoute:
    return ServiceRoute(load_balancer="public", hosts=(host,), priority=priority)


class TestHosts:
    """A host has one record, at the load balancer that all its services are behind."""

    def test_have_one_record_each_and_family(self, shop: Services) -> None:
        """Also where two services share a host by paths; both families, as dual stack has."""
        records = shop.template.all("aws_route53_record").values()

        assert sorted((it["name"], it["type"]) for it in records) == sorted(
            (host, kind)
            for host in (f"api.{DOMAIN}", f"www.{DOMAIN}", DOMAIN, f"admin.{DOMAIN}")
            for kind in ("A", "AAAA")
        )

    @pytest.mark.parametrize(
        ("host", "balancer"),
        [(f"www.{DOMAIN}", "PublicLoadBalancer"), (DOMAIN, "OfficeLoadBalancer")],
    )
    def test_lead_to_their_load_balancer(self, shop: Services, host: str, balancer: str) -> None:
        """The one that the route names."""
        records = shop.template.all("aws_route53_record").values()
        (alias,) = {
            it["alias"]["name"] for it in records if it["name"] == host and it["type"] == "A"
        }

        assert f"aws_lb{balancer}" in alias

    @pytest.mark.parametrize(
        ("service", "priority", "conditions"),
        [
            ("Api", 100, {"host_header": [f"api.{DOMAIN}"]}),
            ("Assets", 150, {"host_header": [f"www.{DOMAIN}"], "path_pattern": ["/assets/*"]}),
            ("Storefront", 200, {"host_header": [f"www.{DOMAIN}"]}),
        ],
    )
    def test_are_conditions_of_the_services_rule(
        self, shop: Services, service: str, priority: int, conditions: dict[str, list[str]]
    ) -> None:
        """With its paths, if it does not take every path."""
        rule = shop.template.only("aws_lb_listener_rule", path=f"/{service}Rule/Resource")

        assert rule["priority"] == priority
        assert {
            kind: values["values"] for it in rule["condition"] for kind, values in it.items()
        } == conditions

    def test_do_not_keep_their_id_from_a_new_load_balancer(self, make: Make) -> None:
        """The record's address is the host's: moving a host is a change and no replacement."""
        here = make(api=web())
        paths = here.template.paths()["aws_route53_record"]

        there = make(
            api=web(route=ServiceRoute(load_balancer="office", hosts=("api",), priority=7))
        )

        assert there.template.paths()["aws_route53_record"] == paths

    def test_are_none_where_nothing_is_behind_a_load_balancer(self, make: Make) -> None:
        """Neither records, rules nor target groups for one that only services call."""
        fields = {**LITTLE, "cluster": ClusterConfig(namespace="shop")}

        built = make(fields, api=web(route=None, service_connect=ServiceConnectConfig(name="api")))

        for kind in ("aws_route53_record", "aws_lb_listener_rule", "aws_lb_target_group"):
            assert built.template.count(kind) == 0
        assert "ALLOWED_HOSTS" not in built.variables("Api")
        connect = built.running("Api")["service_connect_configuration"]
        assert connect["service"][0]["discovery_name"] == "api"


class TestTarget:
    """How a load balancer calls a service is the service's own to say."""

    def test_is_called_at_the_containers_port(self, shop: Services) -> None:
        """With the health check of the defaults."""
        group = shop.template.only("aws_lb_target_group", path="/ApiTargets/Resource")

        assert (group["port"], group["health_check"]["path"]) == (8000, "/health")

    def test_takes_the_settings_of_the_service(self, make: Make) -> None:
        """All of them reach the group."""
        settings = {"health_check": {"path": "/ready/"}, "deregistration_delay_seconds": 7}

        group = make(api=web(target=settings)).template.only("aws_lb_target_group")

        assert group["health_check"]["path"] == "/ready/"
        assert group["deregistration_delay"] == "7"


class TestMigration:
    """The services that a migration is for wait until it has succeeded."""

    @pytest.mark.parametrize(
        ("service", "waits"),
        [("Api", True), ("Payments", True), ("Storefront", False), ("Beat", False)],
    )
    def test_comes_before_its_services(self, shop: Services, service: str, *, waits: bool) -> None:
        """And before no others."""
        (invocation,) = shop.template.all("aws_lambda_invocation")

        after = shop.running(service)["depends_on"]

        assert (f"aws_lambda_invocation.{invocation}" in after) is waits

    def test_runs_its_own_task(self, shop: Services) -> None:
        """Of its newest revision, in groups that reach the database."""
        order = json.loads(shop.template.only("aws_lambda_invocation")["input"])

        assert "SchemaTask" in order["task_definition"]
        assert [_named(_GROUP, it) for it in order["security_groups"]] == ["Schema"]

    def test_is_not_there_unless_it_is_named(self, make: Make) -> None:
        """No function, no invocation."""
        built = make(api=web())

        assert built.template.count("aws_lambda_invocation") == 0
        assert built.template.count("aws_lambda_function") == 0


class TestScaling:
    """A service scales by what it says, on what is its own."""

    def test_is_that_of_those_who_ask_for_it(self, shop: Services) -> None:
        """Others have a fixed number of tasks."""
        targets = {it.split("/")[1] for it in shop.template.paths()["aws_appautoscaling_target"]}

        assert targets == {"Api", "Payments"}

    def test_counts_the_messages_of_the_workers_queue(self, shop: Services) -> None:
        """On its broker, in the default virtual host."""
        policy = shop.template.only("aws_appautoscaling_policy", path="Payments/Scaling/Messages")

        written = json.dumps(policy)
        assert '"name": "Queue", "value": "mail"' in written
        assert "aws_mq_brokerJobsBroker" in written

    def test_counts_the_requests_of_the_services_target_group(self, shop: Services) -> None:
        """Of the load balancer that its route names."""
        policy = shop.template.only("aws_appautoscaling_policy", path="Api/Scaling/Requests")

        label = json.dumps(policy)
        assert "ApiTargets" in label
        assert "PublicLoadBalancer" in label


class TestMail:
    """By the API with the task role, or by SMTP with a key for those who cannot."""

    SMTP = EmailUse(senders=("orders",), smtp=SmtpUse(reason="only speaks SMTP", port=465))

    def test_goes_by_the_api(self, shop: Services) -> None:
        """Without any user that has a key."""
        assert shop.template.count("aws_iam_user") == 0
        assert not any(it.startswith("SMTP_") for it in shop.secrets("Mailer"))

    def test_goes_by_smtp_if_the_service_says_why(self, make: Make) -> None:
        """Then the role may not send, and the reason stands with the secret."""
        built = make(api=web(email=self.SMTP))

        secret = built.template.only(
            "aws_secretsmanager_secret", path="ApiSmtp/ApiSmtpCredential/Resource"
        )
        assert "only speaks SMTP" in secret["description"]
        assert built.secrets("Api") == {
            f"SMTP_{key.upper()}": f"ApiSmtp_ApiSmtpCredential:{key}"
            for key in ("host", "port", "username", "password")
        }
        assert built.policies("Api") == set()

    @pytest.mark.parametrize(
        ("email", "ports"), [(None, {443}), (EmailUse(senders=("a",)), {443}), (SMTP, {443, 465})]
    )
    def test_leaves_by_the_port_of_smtp(
        self, make: Make, email: EmailUse | None, ports: set[int]
    ) -> None:
        """The API is called by HTTPS, as everything of AWS is."""
        built = make(api=web(email=email))

        rules = built.template.all("aws_vpc_security_group_egress_rule").values()
        assert {it["to_port"] for it in rules if it.get("cidr_ipv4") == "0.0.0.0/0"} == ports

    def test_comes_from_the_services_senders(self, make: Make) -> None:
        """By SMTP too."""
        built = make(api=web(email=self.SMTP))

        policy = json.loads(built.template.only("aws_iam_user_policy")["policy"])

        assert f"orders@{DOMAIN}" in json.dumps(policy)


class TestJobs:
    """A job runs at its times and never otherwise."""

    def test_are_started_by_the_scheduler(self, shop: Services) -> None:
        """With their own task, and no ECS service."""
        schedule = shop.template.only("aws_scheduler_schedule")

        assert schedule["schedule_expression"] == "cron(0 3 * * ? *)"
        assert "CleanupTask" in json.dumps(schedule["target"])
        services = {it.split("/")[1] for it in shop.template.paths()["aws_ecs_service"]}
        assert "Cleanup" not in services

    def test_are_not_there_unless_they_are_named(self, make: Make) -> None:
        """Nothing is scheduled."""
        assert make(api=web()).template.count("aws_scheduler_schedule") == 0


class TestScheduler:
    """Of a scheduler exactly one task runs."""

    def test_stops_before_the_next_one_starts(self, shop: Services) -> None:
        """Unlike other services."""

        def percents(service: str) -> tuple[int, int]:
            running = shop.running(service)
            return (
                running["deployment_minimum_healthy_percent"],
                running["deployment_maximum_percent"],
            )

        assert (shop.running("Beat")["desired_count"], percents("Beat")) == (1, (0, 100))
        assert percents("Storefront") == (100, 200)


class TestImages:
    """Images come from the environment's own repositories."""

    def test_are_the_environments(self, make: Make) -> None:
        """Which the execution role may pull from."""
        built = make(api=web())

        assert OWN_IMAGES in built.container("Api")["image"]
        start = built.template.only("aws_iam_role_policy", path="ApiTaskExecution/Start")
        assert OWN_IMAGES in start["policy"]

    def test_may_be_elsewhere(self, make: Make) -> None:
        """Then nothing of ECR is asked for."""
        image = ImageConfig(repository="docker.io/library/nginx", version="1.29")

        built = make(api=web(task=task(port=8000, image=image)))

        start = built.template.only("aws_iam_role_policy", path="ApiTaskExecution/Start")
        assert "ecr:" not in start["policy"]


def test_services_need_no_data(make: Make) -> None:
    """An environment of a page that asks nobody has no stack of data."""
    built = make(api=web())

    assert "shop-dev-data" not in built.stacks
    assert built.secrets("Api") == {}
    assert built.policies("Api") == set()


def test_the_names_of_services_are_published(shop: Services) -> None:
    """Those that always run: a pipeline looks at their deployments."""
    assert set(shop.template.output("service_names")) == {
        "api",
        "storefront",
        "assets",
        "landing",
        "payments",
        "mailer",
        "beat",
    }


def test_two_services_of_one_host_are_two_target_groups(shop: Services) -> None:
    """Each is healthy or not by itself."""
    groups = {it.split("/")[1] for it in shop.template.paths()["aws_lb_target_group"]}

    assert groups == {"ApiTargets", "StorefrontTargets", "AssetsTargets", "LandingTargets"}

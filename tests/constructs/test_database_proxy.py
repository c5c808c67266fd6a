"""DatabaseProxy: few connections to a database, shared by many clients, with TLS only."""

from __future__ import annotations

from typing import Any

import pytest

from platform_lib.alerts.alerts import Alerts
from platform_lib.alerts.config import AlertsConfig
from platform_lib.core.connections import Connections
from platform_lib.core.construct import PlatformConstruct
from platform_lib.core.outputs import publish
from platform_lib.core.stack import PlatformStack
from platform_lib.environment import Environment
from platform_lib.errors import PlatformError
from platform_lib.iam.role import Role
from platform_lib.kms.config import KeyConfig
from platform_lib.kms.key import Key
from platform_lib.network.vpc import Vpc
from platform_lib.rds.aurora_capacity import ServerlessCapacity
from platform_lib.rds.aurora_config import AuroraConfig
from platform_lib.rds.aurora_postgres import AuroraPostgres
from platform_lib.rds.config import PostgresConfig
from platform_lib.rds.postgres_instance import PostgresInstance
from platform_lib.rds.proxy import DatabaseProxy
from platform_lib.rds.proxy_config import ProxyAlarms, ProxyConfig
from platform_lib.secretsmanager.config import SecretConfig
from platform_lib.secretsmanager.secret import Secret
from platform_lib.testing.template import Block, Template, policy

CLASS = "db.r7g.large"
PROXY = "aws_db_proxy.OrdersProxy_1298C779"
PROXY_GROUP = "${aws_security_group.OrdersProxy_Connections_D26E4F22.id}"
DATABASE_GROUP = "${aws_security_group.Orders_Connections_C746D981.id}"
MASTER_SECRET = "${aws_db_instance.Orders_A9B65338.master_user_secret[0].secret_arn}"


class Parts:
    """What a database and its proxy need, in ``stack``."""

    def __init__(self, stack: PlatformStack) -> None:
        assert isinstance(stack.target, Environment)
        self.stack = stack
        self.key = Key(stack, "Data", config=KeyConfig(description="Data at rest"))
        self.logs_key = Key(stack, "Logs", config=KeyConfig(description="Logs"))
        network = stack.target.vpc.evolve(nat_zones=(), endpoints=(), flow_logs=None)
        self.vpc = Vpc(stack, "Vpc", config=network, key=self.logs_key)
        self.alerts = Alerts(stack, "Alerts", config=AlertsConfig(), key=self.key)

    def instance(self) -> PostgresInstance:
        """Define an instance called Orders."""
        return PostgresInstance(
            self.stack,
            "Orders",
            config=PostgresConfig(instance_class=CLASS),
            vpc=self.vpc,
            key=self.key,
            logs_key=self.logs_key,
            alerts=self.alerts,
        )

    def cluster(self, **config: Any) -> AuroraPostgres:
        """Define a cluster called Orders."""
        return AuroraPostgres(
            self.stack,
            "Orders",
            config=AuroraConfig(**{"instance_class": CLASS, **config}),
            vpc=self.vpc,
            key=self.key,
            logs_key=self.logs_key,
            alerts=self.alerts,
        )

    def proxy(
        self,
        database: PostgresInstance | AuroraPostgres,
        *,
        credentials: tuple[Secret, ...] = (),
        **config: Any,
    ) -> DatabaseProxy:
        """Define a proxy called OrdersProxy in front of ``database``."""
        return DatabaseProxy(
            self.stack,
            "OrdersProxy",
            config=ProxyConfig(**config),
            database=database,
            vpc=self.vpc,
            logs_key=self.logs_key,
            alerts=self.alerts,
            credentials=credentials,
        )

    def secret(self, id: str) -> Secret:
        """Define a credential."""
        return Secret(self.stack, id, config=SecretConfig(description=id), key=self.key)


@pytest.fixture
def parts(stack: PlatformStack) -> Parts:
    """Return keys, network and topics in an empty stack."""
    return Parts(stack)


def _proxy(parts: Parts, **config: Any) -> Block:
    """Return the proxy of an instance."""
    parts.proxy(parts.instance(), **config)
    return Template(parts.stack).only("aws_db_proxy")


def _role_policies(stack: PlatformStack) -> list[Block]:
    """Return all statements of the proxy's role."""
    found = Template(stack).all("aws_iam_role_policy").values()
    return [
        statement
        for block in found
        if "OrdersProxyRole" in block["role"]
        for statement in policy(block)["Statement"]
    ]


def test_clients_have_to_use_tls_and_statements_are_not_logged(parts: Parts) -> None:
    """Neither is an option."""
    proxy = _proxy(parts)

    assert proxy["require_tls"] is True
    assert proxy["debug_logging"] is False
    assert proxy["engine_family"] == "POSTGRESQL"
    assert proxy["name"] == "shop-prod-orders-proxy"
    assert proxy["tags"] == {"Name": "shop-prod-orders-proxy"}


def test_applications_reach_the_proxy_and_only_the_proxy_reaches_the_database(
    parts: Parts,
) -> None:
    """The proxy opens both halves of its own way; clients open theirs to the proxy."""
    proxy = parts.proxy(parts.instance())
    api = PlatformConstruct(parts.stack, "Api")
    caller = Connections(api, vpc=parts.vpc, description="The API")
    caller.allow_to(proxy, description="API reads and writes orders")

    rules = Template(parts.stack).all("aws_vpc_security_group_ingress_rule").values()
    into = {
        (rule["security_group_id"], rule["referenced_security_group_id"], rule["from_port"])
        for rule in rules
        if "Orders" in rule["security_group_id"]
    }
    out = {
        (rule["security_group_id"], rule.get("referenced_security_group_id"), rule["from_port"])
        for rule in Template(parts.stack).all("aws_vpc_security_group_egress_rule").values()
        if "Orders" in rule["security_group_id"]
    }

    client = "${aws_security_group.Api_Connections_683A2EC0.id}"
    assert into == {(DATABASE_GROUP, PROXY_GROUP, 5432), (PROXY_GROUP, client, 5432)}
    assert out == {(PROXY_GROUP, DATABASE_GROUP, 5432)}
    assert Template(parts.stack).only("aws_db_proxy")["vpc_security_group_ids"] == [PROXY_GROUP]


def test_leads_to_an_instance(parts: Parts) -> None:
    """By the identifier of the instance."""
    parts.proxy(parts.instance())

    target = Template(parts.stack).only("aws_db_proxy_target")

    assert target["db_instance_identifier"] == "${aws_db_instance.Orders_A9B65338.identifier}"
    assert "db_cluster_identifier" not in target
    # Not the name: it stays when the proxy is replaced, and the target would not be made again.
    assert target["db_proxy_name"] == f"${{{PROXY}.id}}"
    assert target["target_group_name"].startswith(
        "${aws_db_proxy_default_target_group.OrdersProxy_TargetGroup_"
    )


def test_leads_to_a_cluster_that_has_an_instance(parts: Parts) -> None:
    """By the identifier of the cluster, as its first instance has it: RDS refuses an empty one."""
    parts.proxy(parts.cluster())

    target = Template(parts.stack).only("aws_db_proxy_target")

    assert target["db_cluster_identifier"] == (
        "${aws_rds_cluster_instance.Orders_Instances_OrdersFirst_A627CF07.cluster_identifier}"
    )
    assert "db_instance_identifier" not in target


def test_the_administrator_is_the_only_user_without_credentials(parts: Parts) -> None:
    """It reads the secret that RDS owns, decrypts with its key, and does nothing else."""
    proxy = _proxy(parts)

    (login,) = proxy["auth"]
    assert login["secret_arn"] == MASTER_SECRET
    assert sorted(_role_policies(parts.stack), key=str) == [
        {
            "Action": ["kms:Decrypt", "kms:DescribeKey"],
            "Effect": "Allow",
            "Resource": "${aws_kms_key.Data_666C94C7.arn}",
        },
        {
            "Action": ["secretsmanager:DescribeSecret", "secretsmanager:GetSecretValue"],
            "Effect": "Allow",
            "Resource": MASTER_SECRET,
        },
    ]


def test_with_credentials_it_reads_these_and_not_the_administrators(parts: Parts) -> None:
    """Every user that clients log in as, and no secret more."""
    api, worker = parts.secret("ApiLogin"), parts.secret("WorkerLogin")
    parts.secret("Stranger")

    parts.proxy(parts.instance(), credentials=(api, worker))

    logins = Template(parts.stack).only("aws_db_proxy")["auth"]
    read = {
        it["Resource"]
        for it in _role_policies(parts.stack)
        if "secretsmanager" in str(it["Action"])
    }
    publish(parts.stack, "given", [api.arn, worker.arn], description="What the proxy may read")
    given = set(Template(parts.stack).output("given"))
    assert {login["secret_arn"] for login in logins} == given
    assert read == given


def test_rds_assumes_the_role_for_this_account_only(parts: Parts) -> None:
    """Another account cannot have a proxy of its own read our secrets."""
    proxy = _proxy(parts)

    role = Template(parts.stack).only("aws_iam_role", path="OrdersProxy/OrdersProxyRole/Resource")
    (trust,) = policy(role, "assume_role_policy")["Statement"]
    assert proxy["role_arn"].startswith("${aws_iam_role.OrdersProxy_OrdersProxyRole_")
    assert trust["Principal"] == {"Service": "rds.amazonaws.com"}
    assert trust["Condition"] == {"StringEquals": {"aws:SourceAccount": "111111111111"}}


def test_clients_prove_passwords_with_scram(parts: Parts) -> None:
    """The other way is MD5."""
    (login,) = _proxy(parts)["auth"]

    assert login["auth_scheme"] == "SECRETS"
    assert login["iam_auth"] == "DISABLED"
    assert login["client_password_auth_type"] == "POSTGRES_SCRAM_SHA_256"


def test_clients_can_be_made_to_use_tokens(parts: Parts) -> None:
    """Then there is no password to prove."""
    (login,) = _proxy(parts, iam_authentication=True)["auth"]

    assert login["iam_auth"] == "REQUIRED"
    assert "client_password_auth_type" not in login


def test_the_pool_has_the_limits_of_the_configuration(parts: Parts) -> None:
    """How many connections, how long a client waits, and how long it may be idle."""
    proxy = _proxy(
        parts,
        max_connections_percent=60,
        max_idle_connections_percent=20,
        borrow_timeout_seconds=5,
        idle_client_timeout_seconds=600,
    )

    group = Template(parts.stack).only("aws_db_proxy_default_target_group")
    assert proxy["idle_client_timeout"] == 600
    assert group["db_proxy_name"] == f"${{{PROXY}.id}}"
    assert group["connection_pool_config"] == {
        "max_connections_percent": 60,
        "max_idle_connections_percent": 20,
        "connection_borrow_timeout": 5,
    }


def test_is_in_the_database_subnets_of_its_zones(parts: Parts) -> None:
    """Not of all zones that the network has: another zone would replace the proxy."""
    proxy = _proxy(parts, zones=("a", "c"))

    assert proxy["vpc_subnet_ids"] == [
        "${aws_subnet.Vpc_Database_SubnetA_B146A316.id}",
        "${aws_subnet.Vpc_Database_SubnetC_AC0491DF.id}",
    ]


def test_refuses_zones_without_database_subnets(parts: Parts) -> None:
    """The sentence lists those that there are."""
    with pytest.raises(PlatformError) as refused:
        parts.proxy(parts.instance(), zones=("a", "d", "e"))

    assert str(refused.value) == (
        "shop-prod-test/OrdersProxy: the VPC has no database subnet in zone d, e; its zones are a,"
        " b, c: name two or more of those [NoSuchZone]"
    )


def test_refuses_a_cluster_that_would_pause(parts: Parts) -> None:
    """The proxy stays connected, and what stays connected does not pause."""
    capacity = ServerlessCapacity(minimum_acu=0, maximum_acu=4)
    database = parts.cluster(instance_class=None, serverless=capacity)

    with pytest.raises(PlatformError) as refused:
        parts.proxy(database)

    assert str(refused.value) == (
        "shop-prod-test/OrdersProxy: the database has serverless.minimum_acu=0, but a proxy stays"
        " connected, so it would never pause; use minimum_acu=0.5, or no proxy [ProxyKeepsAwake]"
    )


def test_accepts_a_serverless_cluster_that_does_not_pause(parts: Parts) -> None:
    """Only the 0 is refused."""
    capacity = ServerlessCapacity(minimum_acu=0.5, maximum_acu=4)

    parts.proxy(parts.cluster(instance_class=None, serverless=capacity))

    assert Template(parts.stack).count("aws_db_proxy_target") == 1


def test_its_log_goes_to_a_group_of_ours_that_is_there_first(parts: Parts) -> None:
    """The group that RDS would make is not encrypted and never expires."""
    proxy = _proxy(parts, log_retention_days=14)

    group = Template(parts.stack).only("aws_cloudwatch_log_group", path="OrdersProxy/Log")
    assert group["name"] == "/aws/rds/proxy/shop-prod-orders-proxy"
    assert group["retention_in_days"] == 14
    assert group["kms_key_id"] == "${aws_kms_key.Logs_6819BB44.arn}"
    assert [it.split(".")[0] for it in proxy["depends_on"]] == ["aws_cloudwatch_log_group"]


def _alarms(stack: PlatformStack) -> dict[str, Block]:
    alarms = Template(stack).all("aws_cloudwatch_metric_alarm").values()
    start = "shop-prod-orders-proxy-"
    return {
        it["alarm_name"].removeprefix(start): it
        for it in alarms
        if it["alarm_name"].startswith(start)
    }


def test_alarms_when_the_database_cannot_be_reached_or_waited_for(parts: Parts) -> None:
    """One that wakes somebody, three that wait for the morning."""
    parts.proxy(parts.instance())

    alarms = _alarms(parts.stack)

    name = f"${{{PROXY}.name}}"
    assert alarms.keys() == {
        "availability-p1",
        "borrow-latency-p2",
        "failed-logins-p2",
        "pool-p2",
    }
    assert alarms["availability-p1"]["metric_name"] == "AvailabilityPercentage"
    assert alarms["availability-p1"]["comparison_operator"] == "LessThanThreshold"
    assert alarms["availability-p1"]["dimensions"] == {
        "ProxyName": name,
        "TargetGroup": "default",
        "TargetRole": "READ_WRITE",
    }
    for alarm in ("borrow-latency-p2", "failed-logins-p2"):
        assert alarms[alarm]["dimensions"] == {"ProxyName": name}
        assert alarms[alarm]["comparison_operator"] == "GreaterThanThreshold"
    assert alarms["borrow-latency-p2"]["metric_name"] == "DatabaseConnectionsBorrowLatency"
    assert alarms["failed-logins-p2"]["metric_name"] == "ClientConnectionsSetupFailedAuth"
    assert alarms["failed-logins-p2"]["statistic"] == "Sum"
    assert alarms["failed-logins-p2"]["period"] == 300
    periods = {name: it["evaluation_periods"] for name, it in alarms.items()}
    assert periods == {
        "availability-p1": 5,
        "borrow-latency-p2": 5,
        "failed-logins-p2": 1,
        "pool-p2": 5,
    }


def test_the_pool_is_watched_as_a_share_of_what_it_may_open(parts: Parts) -> None:
    """The limit follows the size of the database, so a number would be wrong soon."""
    parts.proxy(parts.instance())

    queries = _alarms(parts.stack)["pool-p2"]["metric_query"]

    metrics = [it["metric"]["metric_name"] for it in queries if "metric" in it]
    assert metrics == ["DatabaseConnectionsCurrentlyBorrowed", "MaxDatabaseConnectionsAllowed"]


def test_thresholds_are_the_configurations(parts: Parts) -> None:
    """Latency is written in milliseconds and measured in microseconds."""
    alarms = ProxyAlarms(
        availability_percent=50, pool_percent=70, borrow_latency_ms=5, failed_logins=3
    )

    parts.proxy(parts.instance(), alarms=alarms)

    found = {name: it["threshold"] for name, it in _alarms(parts.stack).items()}
    assert found == {
        "availability-p1": 50,
        "pool-p2": 70,
        "borrow-latency-p2": 5000,
        "failed-logins-p2": 3,
    }


def test_has_an_address_of_its_own(parts: Parts) -> None:
    """Which clients get instead of the database's."""
    proxy = parts.proxy(parts.instance())
    publish(parts.stack, "found", [proxy.address, proxy.arn], description="What clients use")

    found = Template(parts.stack).output("found")

    assert found == [f"${{{PROXY}.endpoint}}", f"${{{PROXY}.arn}}"]
    assert proxy.port == 5432


def test_a_role_logs_in_to_the_proxy_as_one_user(parts: Parts) -> None:
    """IAM knows a proxy by the last part of its ARN."""
    proxy = parts.proxy(parts.instance(), iam_authentication=True)
    role = Role(parts.stack, "Api", service="ecs-tasks.amazonaws.com", description="The API")

    proxy.grants.connect(role, user="shop")

    template = Template(parts.stack)
    granted = template.only("aws_iam_role_policy", path="Api/TestOrdersProxyConnectShop")
    ((name, proxy_id),) = template.json["locals"].items()
    assert proxy_id == f'${{element(split(":", {PROXY}.arn), 6)}}'
    assert policy(granted)["Statement"] == [
        {
            "Effect": "Allow",
            "Action": "rds-db:connect",
            "Resource": (f"arn:aws:rds-db:us-east-1:111111111111:dbuser:${{local.{name}}}/shop"),
        }
    ]


@pytest.mark.parametrize(
    ("iam", "user", "problem"),
    [
        (False, "shop", r"'shop' cannot connect with IAM, .* \[IamAuthenticationOff\]"),
        (True, "*", r"'\*' is not the name of one PostgreSQL role; .* \[UserNotNamed\]"),
    ],
)
def test_refuses_grants_that_open_nothing_or_everything(
    parts: Parts, user: str, problem: str, *, iam: bool
) -> None:
    """Without tokens the grant has no effect, and with a wildcard it has too much."""
    proxy = parts.proxy(parts.instance(), iam_authentication=iam)
    role = Role(parts.stack, "Api", service="ecs-tasks.amazonaws.com", description="The API")

    with pytest.raises(PlatformError, match=problem):
        proxy.grants.connect(role, user=user)

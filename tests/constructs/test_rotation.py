"""PostgresCredential and RotationFunction: a login that changes, and nobody else's touched."""

from __future__ import annotations

import json
from ipaddress import IPv4Network
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from platform_lib.alerts.alerts import Alerts
from platform_lib.alerts.config import AlertsConfig
from platform_lib.core.connections import Connections, Port
from platform_lib.core.construct import PlatformConstruct
from platform_lib.core.stack import PlatformStack
from platform_lib.environment import Environment
from platform_lib.errors import PlatformError
from platform_lib.iam.role import Role
from platform_lib.kms.config import KeyConfig
from platform_lib.kms.key import Key
from platform_lib.network.config import VpcConfig
from platform_lib.network.vpc import Vpc
from platform_lib.rds.aurora_postgres import AuroraPostgres
from platform_lib.rds.postgres_instance import PostgresInstance
from platform_lib.secretsmanager.config import SecretConfig
from platform_lib.secretsmanager.postgres_credential import PostgresCredential
from platform_lib.secretsmanager.postgres_credential_config import PostgresCredentialConfig
from platform_lib.secretsmanager.rotation.credential import Credential
from platform_lib.secretsmanager.rotation_function import PostgresServer, RotationFunction
from platform_lib.secretsmanager.secret import Secret
from platform_lib.testing.fixtures import stack_of
from platform_lib.testing.policy_evaluator import Access, Request
from platform_lib.testing.template import Block, Template, policy

HOST = "shop.abc.us-east-1.rds.amazonaws.com"
ROLE = "arn:aws:iam::111111111111:role/shop-prod-secret-rotation-role"
VIA = {"kms:ViaService": "secretsmanager.us-east-1.amazonaws.com"}


class Server(PlatformConstruct):
    """A server of RDS, as far as a credential needs it."""

    def __init__(self, stack: PlatformStack, id: str, *, vpc: Vpc, key: Key) -> None:
        super().__init__(stack, id)
        self.connections = Connections(self, vpc=vpc, description="Database", listens_on=Port(5432))
        self.address = HOST
        self.port = 5432
        master = SecretConfig(description="Master")
        self.secret_arn = Secret(self, f"{id}Master", config=master, key=key).arn


class Platform:
    """A stack with a network, keys, a server and the function."""

    def __init__(self, stack: PlatformStack, *, ca_file: Path | None = None, **vpc: Any) -> None:
        self.stack = stack
        self.logs = Key(stack, "Records", config=KeyConfig(description="Logs"))
        self.key = Key(stack, "Data", config=KeyConfig(description="Data"))
        network = VpcConfig(cidr=IPv4Network("10.10.0.0/16"), flow_logs=None)
        self.vpc = Vpc(stack, "Vpc", config=network.evolve(**vpc), key=self.logs)
        self.server = self.add_server("Shop")
        self.rotation = RotationFunction(
            stack,
            "Rotation",
            vpc=self.vpc,
            key=self.key,
            logs_key=self.logs,
            alerts=Alerts(stack, "Alerts", config=AlertsConfig(), key=self.key),
            ca_file=ca_file,
        )

    def add_server(self, id: str) -> Server:
        """Define one more server."""
        return Server(self.stack, id, vpc=self.vpc, key=self.key)

    def add(
        self, id: str = "Saleor", *, server: Server | None = None, **config: Any
    ) -> PostgresCredential:
        """Define a credential."""
        return PostgresCredential(
            self.stack,
            id,
            config=PostgresCredentialConfig(**{"owner": "saleor", **config}),
            server=server or self.server,
            rotation=self.rotation,
            key=self.key,
        )

    def only(self, type: str, path: str | None = None) -> Block:
        """Return the one resource of a type, or at a path."""
        return Template(self.stack).only(type, path=path)


@pytest.fixture
def platform(stack: PlatformStack) -> Platform:
    """Return such a stack, with the endpoints that a VPC has by default."""
    return Platform(stack)


def rds_servers_fit(instance: PostgresInstance, cluster: AuroraPostgres) -> list[PostgresServer]:
    """Fail the type check where one of them does not have what a credential needs."""
    return [instance, cluster]


class TestSecret:
    """The application's secret."""

    def test_declares_in_its_tags_where_it_leads(self, platform: Platform) -> None:
        """The function reads them, and nothing that somebody may write to the value."""
        platform.add(ssl_root_certificate="/etc/ssl/rds.pem")

        tags = platform.only("aws_secretsmanager_secret", "Saleor/Secret/Resource")["tags"]

        read = Credential.from_tags([{"Key": key, "Value": it} for key, it in tags.items()])
        assert (read.host, read.port) == (HOST, 5432)
        assert (read.owner, read.database) == ("saleor", "saleor")
        assert read.master_arn.startswith("${aws_secretsmanager_secret.Shop_ShopMaster_")
        assert (read.ssl_mode, read.ssl_root_certificate) == ("verify-full", "/etc/ssl/rds.pem")

    def test_a_database_may_have_another_name_than_its_owner(self, platform: Platform) -> None:
        """Both sides: the test above has none."""
        platform.add(database="checkout")

        tags = platform.only("aws_secretsmanager_secret", "Saleor/Secret/Resource")["tags"]

        assert (tags["database:name"], tags["database:owner"]) == ("checkout", "saleor")

    def test_first_value_is_whole_and_of_ephemeral_making(self, platform: Platform) -> None:
        """Every key that applications read is there; the password is in no JSON, plan or state."""
        platform.add()

        template = Template(platform.stack)
        version = template.only("aws_secretsmanager_secret_version")
        (name,) = template.json["ephemeral"]["aws_secretsmanager_random_password"]
        made = f"${{ephemeral.aws_secretsmanager_random_password.{name}.random_password}}"
        value = json.loads(version["secret_string_wo"])

        assert value.pop("masterarn").startswith("${aws_secretsmanager_secret.Shop_ShopMaster_")
        assert value == {
            "engine": "postgres",
            "host": HOST,
            "port": 5432,
            "dbname": "saleor",
            "username": "saleor_b",
            "password": made,
            "owner": "saleor",
            "url": f"postgresql://saleor_b:{made}@{HOST}:5432/saleor?sslmode=verify-full",
        }

    def test_rotations_are_not_undone(self, platform: Platform) -> None:
        """One edition, so that Terraform never writes again, and a label that keeps the version."""
        platform.add()

        version = platform.only("aws_secretsmanager_secret_version")

        assert version["secret_string_wo_version"] == "1"
        assert version["version_stages"] == ["AWSCURRENT", "terraform-value"]
        assert version["lifecycle"] == {"ignore_changes": ["version_stages"]}

    @pytest.mark.parametrize("allow_destroy", [False, True])
    def test_can_be_had_back_where_destroying_is_not_allowed(
        self, environment: Environment, tmp_path: Path, *, allow_destroy: bool
    ) -> None:
        """For 30 days; and its resource is protected."""
        platform = Platform(stack_of(environment.evolve(allow_destroy=allow_destroy), tmp_path))
        platform.add()

        secret = platform.only("aws_secretsmanager_secret", "Saleor/Secret/Resource")

        assert secret["name"] == "shop-prod-saleor"
        assert secret["kms_key_id"] == "${aws_kms_key.Data_666C94C7.arn}"
        assert secret["recovery_window_in_days"] == (0 if allow_destroy else 30)
        assert secret.get("lifecycle") == (None if allow_destroy else {"prevent_destroy": True})

    def test_applications_read_it_by_grant(self, platform: Platform) -> None:
        """Nobody else's secret, and by key of its JSON."""
        credential = platform.add()
        other = platform.add("Billing", owner="billing")
        api = Role(platform.stack, "Api", service="ecs-tasks.amazonaws.com", description="API")

        credential.secret.grants.read(api)

        access = Access.of(Template(platform.stack))
        role = "arn:aws:iam::111111111111:role/shop-prod-api"
        read = "secretsmanager:GetSecretValue"
        own, neighbour = access.arn("Saleor/Secret"), access.arn("Billing/Secret")
        master = access.arn("Shop/ShopMaster")
        assert access.evaluate(Request(role, read, own)).allowed
        assert not access.evaluate(Request(role, read, neighbour)).allowed
        assert not access.evaluate(Request(role, read, master)).allowed
        assert not access.evaluate(Request(role, "secretsmanager:PutSecretValue", own)).allowed
        assert credential.secret.reference("url") == f"{credential.arn}:url::"
        assert other.arn != credential.arn


class TestRotation:
    """When and by what it rotates."""

    def test_is_at_once_and_then_every_month(self, platform: Platform) -> None:
        """The first one makes the login."""
        platform.add()

        rotation = platform.only("aws_secretsmanager_secret_rotation")

        assert rotation["rotate_immediately"] is True
        assert rotation["rotation_rules"] == {"automatically_after_days": 30}
        (function,) = Template(platform.stack).all("aws_lambda_function")
        assert rotation["rotation_lambda_arn"] == f"${{aws_lambda_function.{function}.arn}}"

    def test_is_as_often_as_asked(self, platform: Platform) -> None:
        """The period is the configuration's."""
        platform.add(rotation_days=7)

        rotation = platform.only("aws_secretsmanager_secret_rotation")

        assert rotation["rotation_rules"] == {"automatically_after_days": 7}

    def test_waits_for_what_it_needs(self, platform: Platform) -> None:
        """The first value, the right to call the function, and the function's own rights."""
        platform.add()

        after = platform.only("aws_secretsmanager_secret_rotation")["depends_on"]

        template = Template(platform.stack)
        policies = template.all("aws_iam_role_policy")
        assert {it["name"] for it in policies.values()} == {
            "MakePasswords",
            "ReadEnvironment",
            "RotateTestSaleor",
            "Trace",
            "UseNetwork",
            "WriteLogs",
        }
        assert set(after) == {
            *(f"aws_iam_role_policy.{it}" for it in policies),
            *(f"aws_lambda_permission.{it}" for it in template.all("aws_lambda_permission")),
            *(
                f"aws_secretsmanager_secret_version.{it}"
                for it in template.all("aws_secretsmanager_secret_version")
            ),
        }

    def test_follows_another_server_at_once(self, platform: Platform) -> None:
        """The tags change in place; rotating again writes the new address to the value."""
        platform.add()

        rotation = platform.only("aws_secretsmanager_secret_rotation")

        (secret,) = (
            it for it in Template(platform.stack).all("aws_secretsmanager_secret") if "Saleor" in it
        )
        assert rotation["lifecycle"] == {
            "replace_triggered_by": [f"aws_secretsmanager_secret.{secret}.tags"]
        }

    def test_two_credentials_share_one_function(self, platform: Platform) -> None:
        """And are rotated on their own."""
        platform.add()
        platform.add("Billing", owner="billing")

        template = Template(platform.stack)

        assert template.count("aws_lambda_function") == 1
        assert template.count("aws_secretsmanager_secret_rotation") == 2


class TestFunction:
    """What rotates."""

    def test_secrets_manager_calls_it_for_this_account(self, platform: Platform) -> None:
        """And nobody else."""
        permission = platform.only("aws_lambda_permission")

        assert permission["principal"] == "secretsmanager.amazonaws.com"
        assert permission["source_account"] == "111111111111"

    def test_trusts_the_authorities_of_lambdas_runtime(self, platform: Platform) -> None:
        """AWS keeps those of RDS among them."""
        function = platform.only("aws_lambda_function")

        assert function["handler"] == "rotation.handler.handle"
        assert function["environment"] == {
            "variables": {"DATABASE_CA_FILE": "/etc/pki/tls/cert.pem"}
        }

    def test_trusts_only_given_authorities(self, stack: PlatformStack, tmp_path: Path) -> None:
        """A file of the project's own goes into the zip."""
        file = tmp_path / "authorities.pem"
        file.write_text("-----BEGIN CERTIFICATE-----\n")

        platform = Platform(stack, ca_file=file)

        assert platform.only("aws_lambda_function")["environment"] == {
            "variables": {"DATABASE_CA_FILE": "/var/task/database-ca.pem"}
        }

    def test_reaches_the_database_and_secrets_manager(self, platform: Platform) -> None:
        """Two ways out, each to one security group and port; nothing comes in."""
        platform.add()

        template = Template(platform.stack)
        ways = {
            (it["referenced_security_group_id"].split("_")[2].split(".")[1], it["from_port"])
            for it in template.all("aws_vpc_security_group_egress_rule").values()
        }

        assert ways == {("Shop", 5432), ("Vpc", 443)}
        assert not [
            it
            for it in template.all("aws_vpc_security_group_ingress_rule").values()
            if "Rotation" in it["security_group_id"]
        ]

    def test_takes_the_nat_gateway_where_there_is_no_endpoint(self, stack: PlatformStack) -> None:
        """HTTPS to wherever Secrets Manager is."""
        platform = Platform(stack, endpoints=())

        way = platform.only("aws_vpc_security_group_egress_rule")

        assert (way["cidr_ipv4"], way["from_port"], way["to_port"]) == ("0.0.0.0/0", 443, 443)

    def test_takes_it_too_where_only_other_services_have_endpoints(
        self, stack: PlatformStack
    ) -> None:
        """The one of another service answers for that service alone."""
        platform = Platform(stack, endpoints=("logs",))

        way = platform.only("aws_vpc_security_group_egress_rule")

        assert way["cidr_ipv4"] == "0.0.0.0/0"

    def test_needs_a_way_to_secrets_manager(self, stack: PlatformStack) -> None:
        """Otherwise every rotation would end in a timeout."""
        with pytest.raises(PlatformError) as refused:
            Platform(stack, endpoints=(), nat_zones=())

        assert str(refused.value) == (
            "shop-prod-test/Rotation: the VPC has neither an endpoint of Secrets Manager nor a NAT"
            " gateway, so nothing in it can rotate a secret; add 'secrets' to its endpoints, or a"
            " zone to nat_zones [NoWayToSecretsManager]"
        )

    @pytest.mark.parametrize(
        ("action", "path", "context", "allowed"),
        [
            ("secretsmanager:DescribeSecret", "Saleor/Secret", {}, True),
            ("secretsmanager:GetSecretValue", "Saleor/Secret", {}, True),
            ("secretsmanager:PutSecretValue", "Saleor/Secret", {}, True),
            ("secretsmanager:UpdateSecretVersionStage", "Saleor/Secret", {}, True),
            ("secretsmanager:GetSecretValue", "Shop/ShopMaster", {}, True),
            ("secretsmanager:PutSecretValue", "Shop/ShopMaster", {}, False),
            ("secretsmanager:UpdateSecretVersionStage", "Shop/ShopMaster", {}, False),
            ("secretsmanager:DeleteSecret", "Saleor/Secret", {}, False),
            ("secretsmanager:TagResource", "Saleor/Secret", {}, False),
            ("secretsmanager:PutResourcePolicy", "Saleor/Secret", {}, False),
            ("secretsmanager:GetSecretValue", "Stranger", {}, False),
            ("secretsmanager:PutSecretValue", "Stranger", {}, False),
            ("secretsmanager:GetSecretValue", "Idle/IdleMaster", {}, False),
            ("kms:Decrypt", "Data", VIA, True),
            ("kms:GenerateDataKey", "Data", VIA, True),
            ("kms:Decrypt", "Data", {}, False),
            ("kms:Decrypt", "Data", {"kms:ViaService": "s3.us-east-1.amazonaws.com"}, False),
            ("kms:Encrypt", "Data", VIA, False),
            ("kms:Decrypt", "Records", VIA, False),
        ],
    )
    def test_may_do_this_and_no_more(
        self,
        platform: Platform,
        action: str,
        path: str,
        context: dict[str, str],
        allowed: bool,  # noqa: FBT001 - a parameter of the table
    ) -> None:
        """Its own secrets, the masters of their servers to read, their key for Secrets Manager."""
        platform.add()
        platform.add_server("Idle")
        Secret(
            platform.stack, "Stranger", config=SecretConfig(description="Other"), key=platform.key
        )
        access = Access.of(Template(platform.stack))

        verdict = access.evaluate(Request(ROLE, action, access.arn(path), context))

        assert verdict.allowed is allowed, verdict.reason

    def test_a_failure_is_heard_of(self, platform: Platform) -> None:
        """One error is enough, and no rotation is no error."""
        alarm = platform.only("aws_cloudwatch_metric_alarm")

        (function,) = Template(platform.stack).all("aws_lambda_function")
        assert alarm["alarm_name"] == "shop-prod-rotation-errors-p2"
        assert (alarm["namespace"], alarm["metric_name"]) == ("AWS/Lambda", "Errors")
        assert alarm["dimensions"] == {
            "FunctionName": f"${{aws_lambda_function.{function}.function_name}}"
        }
        assert (alarm["statistic"], alarm["comparison_operator"]) == ("Sum", "GreaterThanThreshold")
        assert (alarm["threshold"], alarm["evaluation_periods"]) == (0, 1)
        assert alarm["treat_missing_data"] == "notBreaching"

    def test_has_no_wildcard_action(self, platform: Platform) -> None:
        """Each is named."""
        platform.add()

        policies = Template(platform.stack).all("aws_iam_role_policy").values()

        actions = [it["Action"] for one in policies for it in policy(one)["Statement"]]
        assert "*" not in json.dumps(actions)


class TestRoles:
    """Roles on a server belong to one credential each."""

    @pytest.mark.parametrize(
        ("owner", "role"),
        [("saleor", "saleor"), ("saleor_a", "saleor_a"), ("saleor_b", "saleor_b")],
    )
    def test_two_credentials_cannot_have_one_role(
        self, platform: Platform, owner: str, role: str
    ) -> None:
        """The logins of one would be the owner of the other."""
        platform.add()

        with pytest.raises(PlatformError) as refused:
            platform.add("Other", owner=owner)

        assert str(refused.value) == (
            f"shop-prod-test/Other: owner '{owner}' needs the role '{role}', which Saleor has on the"
            " same server; give one of the two another owner [RoleTaken]"
        )

    def test_another_server_has_other_roles(self, platform: Platform) -> None:
        """The same name is free there."""
        platform.add()

        platform.add("Trial", server=platform.add_server("Sandbox"))

        assert Template(platform.stack).count("aws_secretsmanager_secret_rotation") == 2


class TestConfig:
    """What a person may write."""

    @pytest.mark.parametrize("owner", ["saleor", "listing_sync", "x" * 61])
    def test_takes_names(self, owner: str) -> None:
        """Of PostgreSQL, in lower case, so that nobody has to quote them."""
        assert PostgresCredentialConfig(owner=owner).database_name == owner

    @pytest.mark.parametrize(
        ("owner", "problem"),
        [
            (
                "Saleor",
                "'Saleor' is not a name here; use lower-case letters, digits and underscores",
            ),
            ("1st", "'1st' is not a name here"),
            ("listing-sync", "'listing-sync' is not a name here"),
            ("postgres", "'postgres' is a name of PostgreSQL or of RDS; take another name for the"),
            ("rds_app", "'rds_app' is a name of PostgreSQL or of RDS"),
            (
                "x" * 62,
                "_a' has 64 bytes, and PostgreSQL keeps 63; take another name for the owner",
            ),
        ],
    )
    def test_refuses_other_owners(self, owner: str, problem: str) -> None:
        """With what is allowed."""
        with pytest.raises(ValidationError, match=problem):
            PostgresCredentialConfig(owner=owner)

    @pytest.mark.parametrize(
        ("database", "problem"),
        [
            ("Shop", "'Shop' is not a name here"),
            ("postgres", "'postgres' is a database of PostgreSQL or of RDS; take another name for"),
            ("x" * 64, "has 64 bytes, and PostgreSQL keeps 63; take another name for the database"),
        ],
    )
    def test_refuses_other_databases(self, database: str, problem: str) -> None:
        """With what is allowed."""
        with pytest.raises(ValidationError, match=problem):
            PostgresCredentialConfig(owner="saleor", database=database)

    @pytest.mark.parametrize("days", [0, 1001])
    def test_refuses_periods_that_secrets_manager_does_not_offer(self, days: int) -> None:
        """1 to 1000 days."""
        with pytest.raises(ValidationError, match=r"(greater|less) than or equal to (1|1000)"):
            PostgresCredentialConfig(owner="saleor", rotation_days=days)

    def test_an_application_may_believe_any_server(self) -> None:
        """Where its image has no authorities; somebody has to write it."""
        assert PostgresCredentialConfig(owner="saleor").ssl_mode == "verify-full"
        assert PostgresCredentialConfig(owner="saleor", ssl_mode="require").ssl_mode == "require"

    def test_refuses_authorities_that_are_not_asked(self) -> None:
        """The file would promise what is not done."""
        with pytest.raises(ValidationError) as refused:
            PostgresCredentialConfig(
                owner="saleor", ssl_mode="require", ssl_root_certificate="/rds.pem"
            )

        assert (
            "ssl_root_certificate='/rds.pem' says nothing with ssl_mode='require';"
            " use ssl_mode='verify-full', or leave it out"
        ) in str(refused.value)

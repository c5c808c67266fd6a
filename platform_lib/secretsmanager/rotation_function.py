"""RotationFunction: gives applications their database logins, and new passwords in time."""

from __future__ import annotations

from ipaddress import IPv4Network
from pathlib import Path
from typing import Protocol

from cdktf import ITerraformDependable
from constructs import Construct

from platform_lib.alerts.alarm import Alarm, Metric, Threshold
from platform_lib.alerts.alerts import Alerts
from platform_lib.alerts.config import Severity
from platform_lib.core.connections import HTTPS, Connectable
from platform_lib.core.construct import PlatformConstruct
from platform_lib.errors import PlatformError
from platform_lib.functions.asset import Code
from platform_lib.functions.config import FunctionConfig
from platform_lib.functions.function import Function
from platform_lib.iam.policy import Statement
from platform_lib.kms.key import Key
from platform_lib.network.vpc import Vpc
from platform_lib.secretsmanager import rotation
from platform_lib.secretsmanager.secret import Secret
from platform_lib.types import TokenStr

_DRIVER = ("asn1crypto", "pg8000", "python-dateutil", "scramp", "six")
_CA_IN_ZIP = "database-ca.pem"
_UNPACKED = "/var/task"

_RUNTIMES_AUTHORITIES = "/etc/pki/tls/cert.pem"
"""The authorities that Lambda's runtimes bring for zip files, those of RDS among them.
https://docs.aws.amazon.com/lambda/latest/dg/services-rds.html#rds-lambda-certificates"""

_EVERYWHERE = IPv4Network("0.0.0.0/0")
_SERVICE = "secretsmanager"


def rotation_code(ca_file: Path | None = None) -> Code:
    """Return what the function runs.

    Args:
        ca_file: PEM file with authorities to put in.
    """
    return Code(
        handler="rotation.handler.handle",
        packages=(Path(rotation.__path__[0]),),
        distributions=_DRIVER,
        files=() if ca_file is None else ((_CA_IN_ZIP, ca_file.read_bytes()),),
    )


class PostgresServer(Connectable, Protocol):
    """A database server that RDS manages the master of."""

    @property
    def address(self) -> TokenStr:
        """Host, as its certificate has it."""

    @property
    def port(self) -> int:
        """Port."""

    @property
    def secret_arn(self) -> TokenStr:
        """ARN of the secret with the master's user name and password."""


class RotationFunction(PlatformConstruct):
    """The function that rotates the credentials of an environment.

    Secrets Manager calls it; it reaches the servers whose credentials were added, and Secrets
    Manager itself, through the VPC's endpoint if there is one, else through a NAT gateway.

    Defines:
        aws_lambda_function, aws_lambda_permission, aws_iam_role, aws_iam_role_policy,
        aws_cloudwatch_log_group, aws_cloudwatch_metric_alarm, aws_security_group, and security
        group rules

    Args:
        vpc: Network of the servers.
        key: Encrypts the credentials and the masters' secrets.
        logs_key: Encrypts the function's logs.
        alerts: Hears of a rotation that has failed.
        ca_file: PEM file with the authorities of the servers' certificates, to trust no others;
            without it those of Lambda's runtime, which AWS keeps up to date.

    Raises:
        PlatformError: ``NoWayToSecretsManager`` if the VPC has neither endpoint nor NAT gateway.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        vpc: Vpc,
        key: Key,
        logs_key: Key,
        alerts: Alerts,
        ca_file: Path | None = None,
    ) -> None:
        super().__init__(scope, id)
        self._key = key
        self._roles: dict[tuple[int, str], str] = {}
        authorities = _RUNTIMES_AUTHORITIES if ca_file is None else f"{_UNPACKED}/{_CA_IN_ZIP}"
        self._function = Function(
            self,
            "SecretRotation",
            config=FunctionConfig(
                description="Rotates the database credentials of applications",
                # Making a database takes seconds, and Secrets Manager waits for each step.
                timeout_seconds=60,
            ),
            code=rotation_code(ca_file),
            environment={"DATABASE_CA_FILE": authorities},
            vpc=vpc,
            key=key,
            logs_key=logs_key,
        )
        self.connections = self._function.connections
        """Security group of the function."""
        self._reach_secrets_manager(vpc)
        self._allow_passwords()
        invoked = self._function.allow_invoke("SecretsManager", service=f"{_SERVICE}.amazonaws.com")
        self._ready: tuple[ITerraformDependable, ...] = (invoked, *self._function.role.policies)

        self.arn: TokenStr = self._function.arn
        """ARN of the function."""
        self.name: TokenStr = self._function.name
        """Name of the function, the dimension of its metrics."""
        self._watch(alerts)

    def add(
        self, credential: PlatformConstruct, *, secret: Secret, server: PostgresServer, owner: str
    ) -> list[ITerraformDependable]:
        """Let it rotate one secret, and return what has to exist before it does.

        Args:
            credential: The construct that the secret belongs to.
            secret: The application's secret.
            server: Where the login is made.
            owner: The application's role there.

        Raises:
            PlatformError: ``RoleTaken`` if another credential has the role on that server.
        """
        self._take_role(credential, server, owner)
        self.connections.allow_to(server, description="rotation makes logins on the database")
        role = self._function.role
        role.attach(
            f"Rotate{credential.identity}",
            [
                Statement(
                    actions=(
                        "secretsmanager:DescribeSecret",
                        "secretsmanager:GetSecretValue",
                        "secretsmanager:PutSecretValue",
                        "secretsmanager:UpdateSecretVersionStage",
                    ),
                    resources=(secret.arn,),
                ),
                Statement(
                    actions=("secretsmanager:GetSecretValue",), resources=(server.secret_arn,)
                ),
            ],
        )
        return [*self._ready, role.policies[-1]]

    def _take_role(self, credential: PlatformConstruct, server: PostgresServer, owner: str) -> None:
        for name in (owner, f"{owner}_a", f"{owner}_b"):
            other = self._roles.setdefault((id(server.connections), name), credential.path)
            if other != credential.path:
                raise PlatformError(
                    "RoleTaken",
                    f"owner {owner!r} needs the role {name!r}, which {other} has on the same"
                    " server; give one of the two another owner",
                    where=credential.node.path,
                )

    def _reach_secrets_manager(self, vpc: Vpc) -> None:
        if vpc.endpoints is not None and _SERVICE in vpc.endpoints.endpoint_ids:
            self.connections.allow_to(vpc.endpoints, description="rotation calls Secrets Manager")
        elif vpc.nat_gateway_ids:
            self.connections.allow_to_cidr(
                _EVERYWHERE, HTTPS, description="rotation calls Secrets Manager"
            )
        else:
            raise PlatformError(
                "NoWayToSecretsManager",
                "the VPC has neither an endpoint of Secrets Manager nor a NAT gateway, so nothing"
                " in it can rotate a secret; add 'secrets' to its endpoints, or a zone to nat_zones",
                where=self.node.path,
            )

    def _watch(self, alerts: Alerts) -> None:
        Alarm(
            self,
            "Errors",
            metric=Metric(
                "AWS/Lambda",
                "Errors",
                {"FunctionName": self.name},
                statistic="Sum",
                period_seconds=300,
            ),
            threshold=Threshold(0, periods=1),
            severity=Severity.P2,
            description=(
                "A rotation of a database password has failed; applications keep the one that they"
                " have, which works. The function's log says why; Secrets Manager tries again."
            ),
            alerts=alerts,
            # Without a rotation there is no call to count.
            missing="notBreaching",
        )

    def _allow_passwords(self) -> None:
        self._function.role.attach(
            "MakePasswords",
            [
                # Knows no resources.
                # https://docs.aws.amazon.com/service-authorization/latest/reference/list_awssecretsmanager.html
                Statement(actions=("secretsmanager:GetRandomPassword",), resources=("*",)),
                Statement(
                    actions=("kms:Decrypt", "kms:GenerateDataKey"),
                    resources=(self._key.arn,),
                    # The key encrypts more than secrets: only what Secrets Manager asks for it.
                    conditions={
                        "StringEquals": {
                            "kms:ViaService": (
                                f"{_SERVICE}.{self.stack.target.region}.amazonaws.com",
                            )
                        }
                    },
                ),
            ],
        )

"""DatabaseProxy: an RDS Proxy in front of an instance or a cluster."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import cdktf_cdktf_provider_aws.db_proxy as aws_proxy
import cdktf_cdktf_provider_aws.db_proxy_default_target_group as aws_target_group
import cdktf_cdktf_provider_aws.db_proxy_target as aws_proxy_target
from cdktf import Fn, TerraformLocal
from constructs import Construct

from platform_lib.alerts.alerts import Alerts
from platform_lib.core.connections import Connections, Port
from platform_lib.core.construct import PlatformConstruct
from platform_lib.core.grants import Grant, Grantee, Grants
from platform_lib.errors import PlatformError
from platform_lib.iam.role import Role
from platform_lib.kms.key import Key
from platform_lib.naming import Kind, pascal
from platform_lib.network.vpc import Vpc
from platform_lib.observability.log_group import log_group
from platform_lib.rds._proxy_alarms import watch_proxy
from platform_lib.rds.aurora_postgres import AuroraPostgres
from platform_lib.rds.grants import DatabaseGrants, connect_statement
from platform_lib.rds.postgres_instance import PORT
from platform_lib.rds.proxy_config import ProxyConfig
from platform_lib.secretsmanager.secret import Secret
from platform_lib.types import TokenStr

_SCRAM = "POSTGRES_SCRAM_SHA_256"
"""How clients prove their password; the other way is MD5, which PostgreSQL 14 gave up."""

_ID_IN_ARN = 6


class ProxiedDatabase(Protocol):
    """An instance or a cluster, as far as a proxy needs it."""

    @property
    def identifier(self) -> TokenStr:
        """Identifier in RDS."""

    @property
    def cluster_identifiers(self) -> Sequence[TokenStr]:
        """Identifier of the cluster; none for an instance."""

    @property
    def secret_arn(self) -> TokenStr:
        """The administrator's secret."""

    @property
    def connections(self) -> Connections:
        """Its network paths."""

    @property
    def grants(self) -> DatabaseGrants:
        """What roles may do with it."""


class DatabaseProxy(PlatformConstruct):
    """A pool of connections to one database that many clients share, with TLS only.

    Clients connect to the proxy, and the proxy to the database: give a client
    ``allow_to(proxy)``, not ``allow_to(database)``. It keeps clients connected through a failover.

    Defines:
        aws_db_proxy, aws_db_proxy_default_target_group, aws_db_proxy_target, aws_security_group,
        aws_vpc_security_group_ingress_rule, aws_vpc_security_group_egress_rule, aws_iam_role,
        aws_iam_role_policy, aws_cloudwatch_log_group, aws_cloudwatch_metric_alarm

    Args:
        config: Zones, size of the pool, patience.
        database: The instance or cluster; the proxy leads to the instance that writes.
        vpc: Network that it is in.
        logs_key: Encrypts its log. The key's policy must let CloudWatch Logs use it.
        alerts: The topics that its alarms publish to.
        credentials: Users that clients log in as, and only these: the proxy reads no other
            secret. Without any there is only the administrator.

    Raises:
        PlatformError: ``NoSuchZone`` if the VPC has no database subnet in one of the zones,
            ``ProxyKeepsAwake`` if the database would pause.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        config: ProxyConfig,
        database: ProxiedDatabase,
        vpc: Vpc,
        logs_key: Key,
        alerts: Alerts,
        credentials: Sequence[Secret] = (),
    ) -> None:
        super().__init__(scope, id)
        self._config = config
        self._check(database)
        self.connections = Connections(
            self, vpc=vpc, description="Database proxy", listens_on=Port(PORT)
        )
        """Its security group; listens on 5432."""
        self.connections.allow_to(database, description="proxy opens connections to the database")
        role = self._define_role(database, credentials)
        secrets = [it.arn for it in credentials] or [database.secret_arn]
        proxy = self._define_proxy(vpc, logs_key, role.arn, secrets)
        self._lead_to(database, proxy)
        watch_proxy(self, name=proxy.name, config=config.alarms, alerts=alerts)

        self.arn: TokenStr = proxy.arn
        """ARN of the proxy."""
        self.address: TokenStr = proxy.endpoint
        """Host that clients connect to instead of the database's."""
        self.port = PORT
        """Port of the proxy."""
        # The last part of arn:aws:rds:<region>:<account>:db-proxy:<id>; a local, because the quotes
        # of an expression would make a policy unreadable as JSON.
        proxy_id = TerraformLocal(self, "Id", Fn.element(Fn.split(":", proxy.arn), _ID_IN_ARN))
        self.grants = ProxyGrants(self, proxy_id=proxy_id.as_string, iam=config.iam_authentication)
        """What roles may do with it."""

    def _check(self, database: ProxiedDatabase) -> None:
        if isinstance(database, AuroraPostgres) and database.pauses:
            raise PlatformError(
                "ProxyKeepsAwake",
                "the database has serverless.minimum_acu=0, but a proxy stays connected, so it"
                " would never pause; use minimum_acu=0.5, or no proxy",
                where=self.node.path,
            )

    def _define_role(self, database: ProxiedDatabase, credentials: Sequence[Secret]) -> Role:
        own = self.path.split("/")[-1]
        role = Role(
            self,
            f"{own}Role",
            service="rds.amazonaws.com",
            description="Reads the credentials of a database proxy",
        )
        for credential in credentials:
            credential.grants.read(role)
        if not credentials:
            database.grants.administer(role)
        return role

    def _define_proxy(
        self, vpc: Vpc, logs_key: Key, role_arn: TokenStr, secrets: Sequence[TokenStr]
    ) -> aws_proxy.DbProxy:
        name = self.physical_name(Kind.DB_PROXY)
        iam = self._config.iam_authentication
        log = log_group(
            self,
            "Log",
            name=f"/aws/rds/proxy/{name}",
            retention_days=self._config.log_retention_days,
            key=logs_key,
        )
        return aws_proxy.DbProxy(
            self,
            "Resource",
            name=name,
            engine_family="POSTGRESQL",
            require_tls=True,
            # It would write statements, with what is in them, to the log.
            debug_logging=False,
            idle_client_timeout=self._config.idle_client_timeout_seconds,
            role_arn=role_arn,
            vpc_subnet_ids=self._subnets(vpc),
            vpc_security_group_ids=[self.connections.security_group_id],
            auth=[
                aws_proxy.DbProxyAuth(
                    auth_scheme="SECRETS",
                    secret_arn=arn,
                    iam_auth="REQUIRED" if iam else "DISABLED",
                    # Where only tokens are taken there is no password to prove.
                    client_password_auth_type=None if iam else _SCRAM,
                )
                for arn in secrets
            ],
            tags={"Name": self.physical_name(Kind.TAG)},
            depends_on=[log],
        )

    def _subnets(self, vpc: Vpc) -> list[TokenStr]:
        there = vpc.database_subnet_ids
        missing = [zone for zone in self._config.zones if zone not in there]
        if missing:
            raise PlatformError(
                "NoSuchZone",
                f"the VPC has no database subnet in zone {', '.join(missing)}; its zones are"
                f" {', '.join(there)}: name two or more of those",
                where=self.node.path,
            )
        return [there[zone] for zone in self._config.zones]

    def _lead_to(self, database: ProxiedDatabase, proxy: aws_proxy.DbProxy) -> None:
        config = self._config
        # Both name its id, which a new proxy does not have yet, and not its name, which stays: a
        # proxy that is replaced would lead nowhere.
        group = aws_target_group.DbProxyDefaultTargetGroup(
            self,
            "TargetGroup",
            db_proxy_name=proxy.id,
            connection_pool_config=aws_target_group.DbProxyDefaultTargetGroupConnectionPoolConfig(
                max_connections_percent=config.max_connections_percent,
                max_idle_connections_percent=config.max_idle_connections_percent,
                connection_borrow_timeout=config.borrow_timeout_seconds,
            ),
        )
        is_cluster = bool(database.cluster_identifiers)
        aws_proxy_target.DbProxyTarget(
            self,
            "Target",
            db_proxy_name=proxy.id,
            target_group_name=group.name,
            db_cluster_identifier=database.identifier if is_cluster else None,
            db_instance_identifier=None if is_cluster else database.identifier,
        )


class ProxyGrants(Grants):
    """Permissions on one proxy.

    Args:
        proxy: The proxy.
        proxy_id: Id by which IAM names it in ``rds-db:connect``.
        iam: Whether it takes tokens of IAM.
    """

    def __init__(self, proxy: PlatformConstruct, *, proxy_id: TokenStr, iam: bool) -> None:
        super().__init__(proxy)
        self._proxy_id = proxy_id
        self._iam = iam

    def connect(self, grantee: Grantee, *, user: str) -> Grant:
        """Let the role log in as one user, with a token of IAM instead of a password.

        The proxy needs a credential of that user, with which it logs in to the database.
        https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/rds-proxy-iam-setup.html

        Raises:
            PlatformError: ``IamAuthenticationOff`` if the proxy does not take such tokens,
                ``UserNotNamed`` if ``user`` is not the name of one PostgreSQL role.
        """
        if not self._iam:
            raise PlatformError(
                "IamAuthenticationOff",
                f"{user!r} cannot connect with IAM, because the proxy has"
                " iam_authentication=False; set it to True, or give the client the password",
                where=self._owner.node.path,
            )
        statement = connect_statement(self._owner, (self._proxy_id,), user=user)
        return self._give(grantee, f"Connect{pascal(user)}", statement)

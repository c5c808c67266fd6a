"""Cache: a Valkey or Redis OSS replication group."""

from __future__ import annotations

import cdktf_cdktf_provider_aws.elasticache_parameter_group as aws_parameter_group
import cdktf_cdktf_provider_aws.elasticache_replication_group as aws_replication_group
from cdktf import Fn, TerraformResourceLifecycle
from constructs import Construct

from platform_lib.alerts.alerts import Alerts
from platform_lib.core.connections import Connections, Port
from platform_lib.core.construct import PlatformConstruct
from platform_lib.core.grants import Grant, Grantee, Grants
from platform_lib.core.protection import protect
from platform_lib.elasticache._users import CacheUsers
from platform_lib.elasticache.alarms import NodeAlarms, node_suffixes
from platform_lib.elasticache.config import CacheConfig
from platform_lib.elasticache.parameters import written
from platform_lib.errors import PlatformError
from platform_lib.iam.policy import Statement
from platform_lib.kms.key import Key
from platform_lib.naming import Kind, pascal
from platform_lib.network.vpc import Vpc
from platform_lib.observability.log_group import log_group
from platform_lib.secretsmanager.secret import Secret
from platform_lib.types import TokenStr

_PORT = 6379


class Cache(PlatformConstruct):
    """An encrypted ElastiCache replication group whose applications are ACL users.

    Defines:
        aws_elasticache_replication_group, aws_elasticache_parameter_group, aws_security_group,
        aws_cloudwatch_log_group, aws_cloudwatch_metric_alarm, aws_elasticache_user,
        aws_elasticache_user_group, and for each user with a password aws_secretsmanager_secret and
        aws_secretsmanager_secret_version

    Args:
        config: Engine, size, durability and users.
        vpc: Network that it is in.
        key: Encrypts data at rest, snapshots and secrets.
        logs_key: Encrypts the logs.
        alerts: Topics of the alarms.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        config: CacheConfig,
        vpc: Vpc,
        key: Key,
        logs_key: Key,
        alerts: Alerts,
    ) -> None:
        super().__init__(scope, id)
        self._config = config
        # AWS cannot turn cluster mode on or off in place: with another name Terraform says so.
        mode = "cluster" if config.clustered else ""
        self._name = self.physical_name(Kind.REPLICATION_GROUP, mode)

        self.connections = Connections(
            self,
            vpc=vpc,
            description=f"Cache {self.physical_name(Kind.TAG)}",
            listens_on=Port(_PORT),
        )
        """Network paths; it listens on 6379."""
        self._users = CacheUsers(self, "Users", config=config, key=key) if config.users else None
        self._group = self._define_group(vpc=vpc, key=key, logs_key=logs_key)
        for suffix in node_suffixes(config):
            NodeAlarms(self, suffix=suffix, group_id=self._group.id, config=config, alerts=alerts)

        self.arn: TokenStr = self._group.arn
        """ARN of the replication group."""
        self.address: TokenStr = (
            self._group.configuration_endpoint_address
            if config.clustered
            else self._group.primary_endpoint_address
        )
        """Host to write to; in cluster mode the host that knows the shards."""
        self.reader_address: TokenStr | None = (
            None if config.clustered else self._group.reader_endpoint_address
        )
        """Host that spreads reads over the replicas; None in cluster mode, whose clients find the
        replicas by themselves."""
        self.port = _PORT
        """Port."""
        self.grants = CacheGrants(self)
        """What roles may do with it."""
        self._tell_applications()

    def username(self, user: str) -> str:
        """Return the name that an application signs in with.

        Raises:
            PlatformError: ``NoSuchCacheUser`` if the cache does not have the user.
        """
        return self._users_with(user).sign_in_name(user)

    def user_arn(self, user: str) -> TokenStr:
        """Return the ARN of an application's user.

        Raises:
            PlatformError: ``NoSuchCacheUser`` if the cache does not have the user.
        """
        return self._users_with(user).arns[user]

    def secret(self, user: str) -> Secret:
        """Return the secret of a user with a password.

        Raises:
            PlatformError: ``NoSuchCacheUser`` if the cache does not have the user,
                ``CacheSignIn`` if it signs in with IAM.
        """
        credential = self._users_with(user).credentials.get(user)
        if credential is None:
            raise PlatformError(
                "CacheSignIn",
                f"user {user!r} signs in with IAM and has no secret; use grants.connect, or write"
                " authentication='password'",
                where=self.node.path,
            )
        return credential.secret

    def check_signs_in_with_iam(self, user: str) -> None:
        """Refuse a user that signs in with a password.

        Raises:
            PlatformError: ``NoSuchCacheUser`` if the cache does not have the user,
                ``CacheSignIn`` if it signs in with a password.
        """
        if user in self._users_with(user).credentials:
            raise PlatformError(
                "CacheSignIn",
                f"user {user!r} signs in with a password and not with IAM; use"
                f" secret({user!r}).grants.read, or write authentication='iam'",
                where=self.node.path,
            )

    def _users_with(self, user: str) -> CacheUsers:
        if self._users is None or user not in self._config.users:
            raise PlatformError(
                "NoSuchCacheUser",
                f"the cache has no user {user!r}; its users are"
                f" {', '.join(self._config.users) or 'none'}: add it to users",
                where=self.node.path,
            )
        return self._users

    def _define_group(
        self, *, vpc: Vpc, key: Key, logs_key: Key
    ) -> aws_replication_group.ElasticacheReplicationGroup:
        config = self._config
        version = config.version
        shards = config.shards
        group = aws_replication_group.ElasticacheReplicationGroup(
            self,
            "Resource",
            replication_group_id=self._name,
            description=self.physical_name(Kind.TAG),
            engine=config.engine.value,
            engine_version=config.engine_version,
            # A minor version that AWS chose would read as a downgrade in the next plan, and a
            # downgrade replaces the cache. Patches of the version come without it.
            auto_minor_version_upgrade="false",
            node_type=config.node_type,
            num_cache_clusters=None if shards else 1 + config.replicas,
            num_node_groups=shards,
            replicas_per_node_group=config.replicas if shards else None,
            automatic_failover_enabled=config.automatic_failover,
            multi_az_enabled=config.multi_az,
            parameter_group_name=self._parameter_group(),
            port=_PORT,
            subnet_group_name=vpc.elasticache_subnet_group_name,
            security_group_ids=[self.connections.security_group_id],
            network_type=config.network_type,
            # A string in the provider's schema, unlike its neighbour.
            at_rest_encryption_enabled="true",
            kms_key_id=key.arn,
            transit_encryption_enabled=True,
            transit_encryption_mode=(
                config.transit_encryption if version.takes_transit_encryption_mode else None
            ),
            user_group_ids=None if self._users is None else [self._users.group_id],
            maintenance_window=config.maintenance_window,
            snapshot_window=config.snapshot_window,
            snapshot_retention_limit=config.snapshot_retention_days,
            snapshot_name=config.restore_from_snapshot,
            final_snapshot_identifier=f"{self._name}-final" if self.stack.protected else None,
            log_delivery_configuration=self._logs(logs_key),
            # What is applied happens while whoever applied it is watching, and the next plan is
            # empty. Changes of nodes are made replica by replica, with a failover.
            apply_immediately=True,
            tags={"Name": self.physical_name(Kind.TAG)},
        )
        protect(self, group)
        return group

    def _parameter_group(self) -> TokenStr:
        config = self._config
        family = config.version.family
        mode = "cluster" if config.clustered else ""
        parameters = written(config.parameters, role=config.role, clustered=config.clustered)
        group = aws_parameter_group.ElasticacheParameterGroup(
            self,
            "Parameters",
            # The resource has no name_prefix: the family in the name lets the group of a new major
            # version be made before the old one, which is still in use.
            name=self.physical_name(Kind.CACHE_PARAMETER_GROUP, family.replace(".", "-"), mode),
            family=family,
            description=f"Parameters of {self.physical_name(Kind.TAG)}",
            parameter=[
                aws_parameter_group.ElasticacheParameterGroupParameter(name=name, value=value)
                for name, value in parameters.items()
            ],
            lifecycle=TerraformResourceLifecycle(create_before_destroy=True),
        )
        return group.name

    def _logs(
        self, key: Key
    ) -> list[aws_replication_group.ElasticacheReplicationGroupLogDeliveryConfiguration]:
        logs = {"SlowLog": "slow-log"}
        if self._config.version.writes_engine_log:
            logs["EngineLog"] = "engine-log"
        return [
            aws_replication_group.ElasticacheReplicationGroupLogDeliveryConfiguration(
                destination=log_group(
                    self,
                    role,
                    # AWS writes a resource policy for every other name, and an account has few.
                    # https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/AWS-logs-and-resource-policy.html
                    name=self.physical_name(
                        Kind.LOG_GROUP, log_type, before="/aws/vendedlogs/elasticache/"
                    ),
                    retention_days=self._config.log_retention_days,
                    key=key,
                ).name,
                destination_type="cloudwatch-logs",
                log_format="json",
                log_type=log_type,
            )
            for role, log_type in logs.items()
        ]

    def _tell_applications(self) -> None:
        """Complete the secrets with what is known only after the users and the group."""
        if self._users is None:
            return
        for name, credential in self._users.credentials.items():
            signs_in_as = self._users.sign_in_name(name)
            query = self._config.users[name].url_query
            database = self._config.logical_databases.get(name, 0)
            place = f":{_PORT}/{database}" + (f"?{query}" if query else "")
            credential.complete(
                {
                    "host": self.address,
                    "port": str(_PORT),
                    "url": f"rediss://{signs_in_as}:{credential.password}@{self.address}{place}",
                },
                # The host is another one after a replacement, and the name if clients know none.
                made_of=Fn.join("", [self.address, place, signs_in_as]),
            )


class CacheGrants(Grants):
    """Permissions on one cache."""

    def __init__(self, cache: Cache) -> None:
        super().__init__(cache)
        self._cache = cache

    def connect(self, grantee: Grantee, *, user: str) -> Grant:
        """Let the role sign in as ``user``, and as no other.

        Raises:
            PlatformError: ``NoSuchCacheUser`` if the cache does not have the user,
                ``CacheSignIn`` if it signs in with a password.
        """
        self._cache.check_signs_in_with_iam(user)
        return self._give(
            grantee,
            f"Connect{pascal(user)}",
            Statement(
                actions=("elasticache:Connect",),
                resources=(self._cache.arn, self._cache.user_arn(user)),
            ),
        )

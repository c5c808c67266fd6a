"""RDS Proxy: proxies changed in place, their target group and targets.

Upstream gap: moto has no ModifyDBProxy, loses the initial query and halves the idle connections of a
target group, answers made-up targets for databases that do not exist, and fails on unknown proxies;
subnets, role and secrets are not looked at.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from typing import Any
from urllib.parse import unquote

from moto.core.responses import ActionResult
from moto.core.utils import utcnow
from moto.ec2.models import ec2_backends
from moto.iam.models import iam_backends
from moto.rds.exceptions import DBProxyNotFoundFault
from moto.rds.models import DBProxy, DBProxyTarget, DBProxyTargetGroup, RDSBackend
from moto.rds.responses import RDSResponse

from platform_lib.local.extensions.support import AwsError, add, replace

__all__ = ["install"]

_FAMILIES = {"postgres": "POSTGRESQL", "aurora-postgresql": "POSTGRESQL"}
_PASSWORDS = {
    "POSTGRESQL": "POSTGRES_SCRAM_SHA_256",
    "MYSQL": "MYSQL_NATIVE_PASSWORD",
    "SQLSERVER": "SQL_SERVER_AUTHENTICATION",
}
_MIN_ZONES = 2
_BORROW_SECONDS = range(301)
_PERCENT = range(1, 101)
_FILTERS = frozenset({"EXCLUDE_VARIABLE_SETS"})


def install() -> None:
    """Patch moto."""
    replace(RDSBackend)(create_db_proxy)
    replace(RDSBackend)(delete_db_proxy)
    replace(RDSBackend)(register_db_proxy_targets)
    replace(RDSBackend)(deregister_db_proxy_targets)
    for name in ("describe_db_proxy_targets", "describe_db_proxy_target_groups"):
        replace(RDSBackend, name)(_of_a_proxy_that_exists)
    replace(RDSBackend)(modify_db_proxy_target_group)
    replace(DBProxyTargetGroup, "connection_pool_config")(_pool)
    add(RDSResponse)(modify_db_proxy)


def _proxy(backend: Any, name: str) -> Any:
    if name not in backend.db_proxies:
        raise DBProxyNotFoundFault(name)
    return backend.db_proxies[name]


def _of_a_proxy_that_exists(original: Callable[..., Any]) -> Callable[..., Any]:
    def describe(self: Any, proxy_name: str) -> Any:
        _proxy(self, proxy_name)
        return original(self, proxy_name)

    return describe


def _authentication(backend: Any, kind: str, asked: Iterable[Any]) -> list[dict[str, Any]]:
    """Return the ways to log in as RDS keeps them.

    Raises:
        AwsError: ``InvalidParameterValue`` for a secret that does not exist.
    """
    found = []
    for entry in asked:
        given = {
            name: value
            for name, value in (
                entry.original_dict() if hasattr(entry, "original_dict") else dict(entry)
            ).items()
            if value not in (None, "")
        }
        secret = given.get("SecretArn")
        if secret and secret not in backend.secretsmanager.secrets:
            raise AwsError("InvalidParameterValue", f"The secret {secret} does not exist.")
        found.append(
            {
                "AuthScheme": "SECRETS",
                "IAMAuth": "DISABLED",
                "ClientPasswordAuthType": _PASSWORDS[kind],
                **given,
            }
        )
    return found


def _check_role(backend: Any, arn: str) -> None:
    roles = iam_backends[backend.account_id][backend.partition].roles.values()
    policy = next((role.assume_role_policy_document for role in roles if role.arn == arn), "")
    text = policy if isinstance(policy, str) else json.dumps(policy)
    if "rds.amazonaws.com" not in unquote(text):
        raise AwsError(
            "InvalidParameterValue",
            f"IAM role ARN value is invalid or does not include the required permissions: {arn}",
        )


def _check_groups(backend: Any, groups: Iterable[str]) -> None:
    ec2 = ec2_backends[backend.account_id][backend.region_name]
    for group in groups:
        if ec2.get_security_group_from_id(group) is None:
            raise AwsError("InvalidParameterValue", f"Invalid security group: {group}")


def create_db_proxy(original: Callable[..., Any]) -> Callable[..., Any]:
    """Check network, role and secrets; a proxy needs two zones."""

    def create(
        self: Any,
        db_proxy_name: str,
        engine_family: str,
        auth: Any,
        role_arn: str,
        vpc_subnet_ids: list[str],
        *rest: Any,
        **named: Any,
    ) -> Any:
        ec2 = ec2_backends[self.account_id][self.region_name]
        zones = {
            subnet.availability_zone
            for subnet in ec2.describe_subnets(subnet_ids=list(vpc_subnet_ids))
        }
        if len(zones) < _MIN_ZONES:
            raise AwsError(
                "InvalidSubnet",
                "The subnets of a DB proxy must cover at least two Availability Zones.",
            )
        _check_role(self, role_arn)
        _check_groups(self, named.get("vpc_security_group_ids") or [])
        known = engine_family if engine_family in _PASSWORDS else "POSTGRESQL"
        logins = _authentication(self, known, auth)
        proxy: DBProxy = original(
            self, db_proxy_name, engine_family, logins, role_arn, vpc_subnet_ids, *rest, **named
        )
        proxy.require_tls = bool(proxy.require_tls)
        return proxy

    return create


def modify_db_proxy(self: Any) -> ActionResult:
    """Change what is given, and leave the rest."""
    backend = self.backend
    proxy = _proxy(backend, self.params["DBProxyName"])
    if self.params.get("RoleArn"):
        _check_role(backend, self.params["RoleArn"])
        proxy.role_arn = self.params["RoleArn"]
    if self.params.get("SecurityGroups"):
        _check_groups(backend, self.params["SecurityGroups"])
        proxy.vpc_security_group_ids = list(self.params["SecurityGroups"])
    if self.params.get("Auth") is not None:
        proxy.auth = _authentication(backend, proxy.engine_family, self.params["Auth"])
    for name, attribute in (
        ("RequireTLS", "require_tls"),
        ("IdleClientTimeout", "idle_client_timeout"),
        ("DebugLogging", "debug_logging"),
    ):
        if self.params.get(name) is not None:
            setattr(proxy, attribute, self.params[name])
    name = self.params.get("NewDBProxyName")
    if name and name != proxy.db_proxy_name:
        if name in backend.db_proxies:
            raise AwsError("DBProxyAlreadyExistsFault", f"DB Proxy {name} already exists.")
        backend.db_proxies[name] = backend.db_proxies.pop(proxy.db_proxy_name)
        proxy.db_proxy_name = name
        for group in proxy.proxy_target_groups.values():
            group.db_proxy_name = name
    proxy.updated_date = utcnow()
    return ActionResult({"DBProxy": proxy})


def delete_db_proxy(original: Callable[..., Any]) -> Callable[..., Any]:
    """Say that a proxy does not exist."""

    def delete(self: Any, proxy_name: str) -> Any:
        _proxy(self, proxy_name)
        deleted = original(self, proxy_name)
        deleted.status = "deleting"
        return deleted

    return delete


def _group(backend: Any, proxy_name: str, name: str | None) -> Any:
    groups = _proxy(backend, proxy_name).proxy_target_groups
    if (name or "default") not in groups:
        raise AwsError(
            "DBProxyTargetGroupNotFoundFault", f"DB Proxy target group {name} not found."
        )
    return groups[name or "default"]


def register_db_proxy_targets(_: Callable[..., Any]) -> Callable[..., Any]:
    """Register databases that exist, that speak the proxy's language, and that run."""

    def register(
        self: Any,
        db_proxy_name: str,
        target_group_name: str | None,
        db_cluster_identifiers: list[str],
        db_instance_identifiers: list[str],
    ) -> list[Any]:
        group = _group(self, db_proxy_name, target_group_name)
        proxy = _proxy(self, db_proxy_name)
        new = [_cluster_target(self, proxy, name) for name in db_cluster_identifiers]
        new += [_instance_target(self, proxy, name) for name in db_instance_identifiers]
        taken = {(target.type, target.rds_resource_id) for target in group.targets}
        for target in new:
            if (target.type, target.rds_resource_id) in taken:
                raise AwsError(
                    "DBProxyTargetAlreadyRegisteredFault",
                    f"{target.rds_resource_id} is already registered with {db_proxy_name}.",
                )
        group.targets.extend(new)
        return new

    return register


def _check_engine(proxy: Any, engine: str) -> None:
    if _FAMILIES.get(engine, "MYSQL") != proxy.engine_family:
        raise AwsError(
            "InvalidParameterValue",
            f"The engine {engine} does not belong to the engine family {proxy.engine_family}.",
        )


def _cluster_target(backend: Any, proxy: Any, name: str) -> Any:
    cluster = backend.describe_db_clusters(name)[0]
    _check_engine(proxy, cluster.engine)
    if not cluster.members:
        raise AwsError(
            "InvalidDBClusterStateFault", f"DB cluster {name} has no available DB instance."
        )
    target = DBProxyTarget(
        backend=backend,
        resource_id=cluster.db_cluster_identifier,
        endpoint=cluster.endpoint,
        type="TRACKED_CLUSTER",
    )
    target.port = cluster.port
    return target


def _instance_target(backend: Any, proxy: Any, name: str) -> Any:
    database = backend.describe_db_instances(name)[0]
    _check_engine(proxy, database.engine)
    target = DBProxyTarget(
        backend=backend,
        resource_id=database.db_instance_identifier,
        endpoint=database.address,
        type="RDS_INSTANCE",
    )
    target.port, target.target_arn = database.port, database.arn
    return target


def deregister_db_proxy_targets(original: Callable[..., Any]) -> Callable[..., Any]:
    """Refuse to deregister what is not registered."""

    def deregister(
        self: Any,
        db_proxy_name: str,
        target_group_name: str | None,
        db_cluster_identifiers: list[str],
        db_instance_identifiers: list[str],
    ) -> None:
        group = _group(self, db_proxy_name, target_group_name)
        known = {target.rds_resource_id for target in group.targets}
        for name in (*db_cluster_identifiers, *db_instance_identifiers):
            if name not in known:
                raise AwsError(
                    "DBProxyTargetNotFoundFault", f"{name} is not registered with {db_proxy_name}."
                )
        original(
            self, db_proxy_name, target_group_name, db_cluster_identifiers, db_instance_identifiers
        )

    return deregister


def modify_db_proxy_target_group(_: Callable[..., Any]) -> Callable[..., Any]:
    """Change what is given of the connection pool, and leave the rest."""

    def modify(self: Any, proxy_name: str, config: Any) -> Any:
        group = _group(self, proxy_name, None)
        most = int(config.get("MaxConnectionsPercent") or group.max_connections)
        idle = config.get("MaxIdleConnectionsPercent")
        idle = min(group.max_idle_connections, most) if idle is None else int(idle)
        borrow = config.get("ConnectionBorrowTimeout")
        borrow = group.borrow_timeout if borrow is None else int(borrow)
        filters = config.get("SessionPinningFilters")
        if most not in _PERCENT or not 0 <= idle <= most:
            raise AwsError(
                "InvalidParameterValue",
                "MaxConnectionsPercent must be between 1 and 100, and MaxIdleConnectionsPercent"
                " between 0 and MaxConnectionsPercent.",
            )
        if borrow not in _BORROW_SECONDS:
            raise AwsError(
                "InvalidParameterValue", "ConnectionBorrowTimeout must be between 0 and 300."
            )
        if set(filters or ()) - _FILTERS:
            raise AwsError("InvalidParameterValue", f"Invalid session pinning filters: {filters}")
        group.max_connections, group.max_idle_connections = most, idle
        group.borrow_timeout = borrow
        if filters is not None:
            group.session_pinning_filters = list(filters)
        if config.get("InitQuery") is not None:
            group.init_query = config["InitQuery"]
        group.updated_date = utcnow()
        return group

    return modify


def _pool(original: property) -> property:
    """Add the initial query."""

    def config(self: Any) -> dict[str, Any]:
        assert original.fget is not None  # noqa: S101 - moto's property
        return {**original.fget(self), "InitQuery": getattr(self, "init_query", None)}

    return property(config)

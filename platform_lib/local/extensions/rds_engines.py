"""RDS engine versions of PostgreSQL: what exists, which group fits, and what may follow what.

Upstream gap: moto takes any engine version, creates version 9.3.3 or 12.7 when none is given, keeps
"16" as it stands, derives `default.postgres16.4` and `default:postgres-16-4` from it, takes a
parameter group of another family, and lets a database be downgraded.

Minor versions are not listed: RDS adds and withdraws them every quarter.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from moto.rds.exceptions import DBParameterGroupNotFoundError
from moto.rds.models import DBInstance, DBParameterGroup, RDSBackend

from platform_lib.local.extensions.support import AwsError, replace

__all__ = ["POSTGRES", "family", "install", "resolve"]

POSTGRES: Mapping[str, Mapping[str, str]] = {
    "postgres": {
        "13": "13.22",
        "14": "14.19",
        "15": "15.14",
        "16": "16.10",
        "17": "17.6",
    },
    "aurora-postgresql": {
        "13": "13.21",
        "14": "14.18",
        "15": "15.13",
        "16": "16.9",
        "17": "17.5",
    },
}
"""Major versions by engine, each with the minor version that a major version alone stands for
(https://docs.aws.amazon.com/AmazonRDS/latest/PostgreSQLReleaseNotes/postgresql-versions.html)."""

_NEWEST = "17"


def install() -> None:
    """Patch moto."""
    for create in ("create_db_instance", "create_db_cluster"):
        replace(RDSBackend, create)(_with_version)
    replace(RDSBackend)(modify_db_instance)
    replace(RDSBackend)(modify_db_cluster)
    replace(DBInstance)(default_db_parameter_group_details)
    replace(DBInstance)(db_parameter_groups)


def resolve(engine: str, version: str | None) -> str | None:
    """Return the full version that a request means; other engines than PostgreSQL as they are.

    Raises:
        AwsError: ``InvalidParameterCombination`` for one that RDS does not offer.
    """
    majors = POSTGRES.get(engine)
    if majors is None:
        return version
    if not version:
        return majors[_NEWEST]
    if version in majors:
        return majors[version]
    if re.fullmatch(r"\d+\.\d+(\.\d+)?", version) and version.split(".")[0] in majors:
        return version
    raise AwsError("InvalidParameterCombination", f"Cannot find version {version} for {engine}")


def family(engine: str, version: str) -> str:
    """Return the parameter group family of an engine's version."""
    return f"{engine}{version.split('.', maxsplit=1)[0]}"


def _with_version(original: Callable[..., Any]) -> Callable[..., Any]:
    """Create with the version that is meant, its default option group, and a group that fits it."""

    def create(self: Any, request: Any) -> Any:
        engine = request["engine"]
        if engine not in POSTGRES:
            return original(self, request)
        cluster = self.clusters.get(request.get("db_cluster_identifier") or "")
        inherited = cluster is not None and "db_instance_identifier" in request
        version = resolve(engine, _text(request))
        if inherited:
            if version != cluster.engine_version and _text(request):
                raise AwsError(
                    "InvalidParameterCombination",
                    f"The engine version that you requested for your DB instance ({version}) does"
                    f" not match the engine version of your DB cluster ({cluster.engine_version}).",
                )
            version = cluster.engine_version
        request["engine_version"] = version
        _check_groups(self, request, engine, str(version))
        made = original(self, request)
        if not inherited:
            made.option_group_name = f"default:{engine}-{str(version).split('.')[0]}"
        return made

    return create


def _text(request: Any) -> str | None:
    version = request.get("engine_version")
    return str(version) if version else None


def _check_groups(backend: Any, request: Any, engine: str, version: str) -> None:
    wanted = family(engine, version)
    name = request.get("db_parameter_group_name")
    if name and not name.startswith("default."):
        if name not in backend.db_parameter_groups:
            raise DBParameterGroupNotFoundError(name)
        _check_family(name, backend.db_parameter_groups[name].family, wanted)
    elif name and name != f"default.{wanted}":
        _check_family(name, name.removeprefix("default."), wanted)


def _check_family(name: str, found: str, wanted: str) -> None:
    if found != wanted:
        raise AwsError(
            "InvalidParameterCombination",
            f"The parameter group {name} with DBParameterGroupFamily {found} can't be used for this"
            f" instance. Please use a parameter group with DBParameterGroupFamily {wanted}.",
        )


def check_upgrade(engine: str, current: str, wanted: str, *, major_allowed: bool) -> None:
    """Refuse what RDS does not do: a step back, and a major step that was not asked for.

    Raises:
        AwsError: ``InvalidParameterCombination``.
    """
    before, after = (tuple(int(part) for part in v.split(".")) for v in (current, wanted))
    if after < before:
        raise AwsError(
            "InvalidParameterCombination", f"Cannot upgrade {engine} from {current} to {wanted}"
        )
    if after[0] != before[0] and not major_allowed:
        raise AwsError(
            "InvalidParameterCombination",
            "The AllowMajorVersionUpgrade flag must be present when upgrading to a new major"
            " version.",
        )


def modify_db_instance(original: Callable[..., Any]) -> Callable[..., Any]:
    """Check a new version and a new parameter group against each other."""

    def modify(self: Any, db_instance_identifier: str, request: Any) -> Any:
        database = self.describe_db_instances(db_instance_identifier)[0]
        if database.engine in POSTGRES:
            version = _upgraded(database, request, in_cluster=bool(database.db_cluster_identifier))
            if request.get("db_parameter_group_name") or version != database.engine_version:
                name = request.get("db_parameter_group_name") or database.db_parameter_group_name
                _check_groups(self, {"db_parameter_group_name": name}, database.engine, version)
            if str(request.get("db_parameter_group_name")).startswith("default."):
                # Moto looks even those up in its table, which does not hold them.
                del request["db_parameter_group_name"]
                database.db_parameter_group_name = None
        return original(self, db_instance_identifier, request)

    return modify


def _upgraded(owner: Any, request: Any, *, in_cluster: bool = False) -> str:
    """Replace the version that is asked for by what it means, and return the one to come."""
    if not request.get("engine_version"):
        return str(owner.engine_version)
    wanted = str(resolve(owner.engine, request["engine_version"]))
    if request["engine_version"] == owner.engine_version.split(".")[0]:
        wanted = owner.engine_version
    if in_cluster and wanted != owner.engine_version:
        raise AwsError(
            "InvalidParameterCombination",
            "The engine version of a DB instance in a DB cluster follows the cluster's;"
            " modify the DB cluster.",
        )
    check_upgrade(
        owner.engine,
        owner.engine_version,
        wanted,
        major_allowed=bool(request.get("allow_major_version_upgrade")),
    )
    if in_cluster:
        del request["engine_version"]
    else:
        request["engine_version"] = wanted
    return wanted


def modify_db_cluster(original: Callable[..., Any]) -> Callable[..., Any]:
    """Check a new version, and a new cluster parameter group against it."""

    def modify(self: Any, request: Any) -> Any:
        cluster = self.describe_db_clusters(request["db_cluster_identifier"])[0]
        if cluster.engine in POSTGRES:
            version = _upgraded(cluster, request)
            name = request.get("db_cluster_parameter_group_name") or cluster.parameter_group
            if name in self.db_cluster_parameter_groups:
                found = self.db_cluster_parameter_groups[name].db_parameter_group_family
                _check_family(name, found, family(cluster.engine, version))
        return original(self, request)

    return modify


def default_db_parameter_group_details(original: Callable[..., Any]) -> Callable[..., Any]:
    """Name the default group after the major version."""

    def details(self: Any) -> Any:
        if self.engine not in POSTGRES:
            return original(self)
        name = family(self.engine, self.engine_version)
        return name, f"default.{name}"

    return details


def db_parameter_groups(original: Callable[..., Any]) -> Callable[..., Any]:
    """Return a default group without creating it: it is AWS's, and no one has to delete it."""

    def groups(self: Any) -> list[Any]:
        name = self.db_parameter_group_name
        if self.engine not in POSTGRES or (name and not self.is_default_parameter_group(name)):
            found: list[Any] = original(self)
            return found
        of, name = self.default_db_parameter_group_details()
        make: Callable[..., Any] = DBParameterGroup
        return [make(self.backend, name, f"Default parameter group for {of}", of)]

    return groups

"""ElastiCache parameter groups, AWS's own and custom ones.

Upstream gap: moto does not have parameter groups at all.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from moto.core.responses import ActionResult, EmptyResult, PaginatedResult
from moto.elasticache.responses import ElastiCacheResponse

from platform_lib.local.extensions._elasticache_parameters import FAMILIES, Parameter
from platform_lib.local.extensions.support import AwsError, Resource, add, settings

__all__ = ["install", "parameter_group"]

_CLUSTER = ".cluster.on"
_MAX_CHANGES = 20
_MAX_NAME = 255


def install() -> None:
    """Patch moto."""
    for action in (
        create_cache_parameter_group,
        describe_cache_parameter_groups,
        describe_cache_parameters,
        modify_cache_parameter_group,
        reset_cache_parameter_group,
        delete_cache_parameter_group,
    ):
        add(ElastiCacheResponse)(action)


class ParameterGroup(Resource):
    """One group: a family, and the values that differ from its defaults."""

    def __init__(self, name: str, family: str, description: str, arn: str) -> None:
        self.name = name
        self.family = family
        self.description = description
        self.arn = arn
        self.values: dict[str, str] = {}

    @property
    def cluster_enabled(self) -> bool:
        """Tell whether caches with it run in cluster mode."""
        return self.values.get("cluster-enabled") == "yes"

    def described(self) -> dict[str, Any]:
        """Return the group as the API does."""
        return {
            "CacheParameterGroupName": self.name,
            "CacheParameterGroupFamily": self.family,
            "Description": self.description,
            "IsGlobal": False,
            "ARN": self.arn,
        }


def _groups(backend: Any) -> dict[str, ParameterGroup]:
    return settings(backend, "parameter_groups")


def _arn(backend: Any, name: str) -> str:
    return f"arn:aws:elasticache:{backend.region_name}:{backend.account_id}:parametergroup:{name}"


def _given(backend: Any) -> list[ParameterGroup]:
    """Return the groups that every account has."""
    found = []
    for family in FAMILIES:
        name = f"default.{family}"
        text = f"Default parameter group for {family}"
        found.append(ParameterGroup(name, family, text, _arn(backend, name)))
        name += _CLUSTER
        text = f"Customized default parameter group for {family} with cluster mode on"
        on = ParameterGroup(name, family, text, _arn(backend, name))
        on.values["cluster-enabled"] = "yes"
        found.append(on)
    return found


def parameter_group(backend: Any, name: str) -> ParameterGroup:
    """Return a group by its name."""
    for group in (*_groups(backend).values(), *_given(backend)):
        if group.name == name.lower():
            return group
    raise AwsError("CacheParameterGroupNotFound", f"CacheParameterGroup {name} not found.")


def _own(self: Any) -> ParameterGroup:
    """Return the group that a request wants to change."""
    group = parameter_group(self.elasticache_backend, self._get_param("CacheParameterGroupName"))
    if group.name.startswith("default."):
        raise AwsError(
            "InvalidCacheParameterGroupState",
            f"{group.name} is a default parameter group and cannot be modified or deleted",
        )
    return group


def _users(backend: Any, group: ParameterGroup) -> list[Any]:
    everything = [*backend.cache_clusters.values(), *backend.replication_groups.values()]
    return [one for one in everything if one.cache_parameter_group_name == group.name]


def create_cache_parameter_group(self: Any) -> ActionResult:
    """Create a group of a known family."""
    backend, family = self.elasticache_backend, self._get_param("CacheParameterGroupFamily")
    name = self._get_param("CacheParameterGroupName").lower()
    if family not in FAMILIES:
        raise AwsError(
            "InvalidParameterValue",
            f"CacheParameterGroupFamily {family} is not a valid parameter group family;"
            f" known here: {', '.join(FAMILIES)}",
        )
    if not name[:1].isalpha() or "--" in name or name.endswith("-") or len(name) > _MAX_NAME:
        raise AwsError(
            "InvalidParameterValue",
            f"The parameter CacheParameterGroupName is not a valid identifier: {name}",
        )
    if name in {one.name for one in (*_groups(backend).values(), *_given(backend))}:
        raise AwsError(
            "CacheParameterGroupAlreadyExists", f"CacheParameterGroup {name} already exists."
        )
    group = ParameterGroup(name, family, self._get_param("Description"), _arn(backend, name))
    _groups(backend)[name] = group
    backend.tagging_service.tag_resource(group.arn, self._get_param("Tags", []))
    return ActionResult({"CacheParameterGroup": group.described()})


def describe_cache_parameter_groups(self: Any) -> ActionResult:
    """Return one group or all of them."""
    backend, name = self.elasticache_backend, self._get_param("CacheParameterGroupName")
    found = (
        [parameter_group(backend, name)] if name else [*_given(backend), *_groups(backend).values()]
    )
    return PaginatedResult({"CacheParameterGroups": [one.described() for one in found]})


def describe_cache_parameters(self: Any) -> ActionResult:
    """Return the parameters of a group; ``user`` asks for those that were set."""
    name, source = self._get_param("CacheParameterGroupName"), self._get_param("Source")
    group = parameter_group(self.elasticache_backend, name)
    found = [
        _described(one, group.values)
        for one in FAMILIES[group.family].values()
        if source in (None, "user" if one.name in group.values else "system")
    ]
    return PaginatedResult({"Parameters": found})


def _described(parameter: Parameter, values: Mapping[str, str]) -> dict[str, Any]:
    return {
        "ParameterName": parameter.name,
        "ParameterValue": values.get(parameter.name, parameter.default),
        "Source": "user" if parameter.name in values else "system",
        "DataType": parameter.kind,
        "AllowedValues": parameter.allowed or None,
        "IsModifiable": parameter.modifiable,
        "ChangeType": parameter.change,
    }


def _asked(self: Any, group: ParameterGroup) -> list[tuple[Parameter, str | None]]:
    """Return the parameters that a request names."""
    given = self._get_param("ParameterNameValues", [])
    if len(given) > _MAX_CHANGES:
        raise AwsError(
            "InvalidParameterValue", f"At most {_MAX_CHANGES} parameters can be changed at once"
        )
    found = []
    for one in given:
        name = one["ParameterName"]
        parameter = FAMILIES[group.family].get(name)
        if parameter is None:
            raise AwsError("InvalidParameterValue", f"Parameter {name} doesn't exist")
        found.append((parameter, one.get("ParameterValue")))
    return found


def modify_cache_parameter_group(self: Any) -> ActionResult:
    """Set parameters to permitted values."""
    group = _own(self)
    asked = _asked(self, group)
    if not asked:
        raise AwsError("InvalidParameterCombination", "No modifications were requested")
    for parameter, value in asked:
        if not parameter.modifiable:
            raise AwsError(
                "InvalidParameterValue", f"The parameter {parameter.name} cannot be modified"
            )
        if value is None or not parameter.allows(value):
            raise AwsError(
                "InvalidParameterValue",
                f"The parameter {parameter.name} has the value {value}, which is not one of:"
                f" {parameter.allowed}",
            )
        if parameter.name == "cluster-enabled" and _users(self.elasticache_backend, group):
            raise AwsError(
                "InvalidCacheParameterGroupState",
                "cluster-enabled cannot be changed while a cache uses the group",
            )
    group.values |= {parameter.name: str(value) for parameter, value in asked}
    return ActionResult({"CacheParameterGroupName": group.name})


def reset_cache_parameter_group(self: Any) -> ActionResult:
    """Set parameters back to their defaults."""
    group = _own(self)
    if self._get_param("ResetAllParameters"):
        group.values.clear()
    else:
        for parameter, _ in _asked(self, group):
            group.values.pop(parameter.name, None)
    return ActionResult({"CacheParameterGroupName": group.name})


def delete_cache_parameter_group(self: Any) -> ActionResult:
    """Delete a group that no cache uses."""
    group, backend = _own(self), self.elasticache_backend
    if _users(backend, group):
        raise AwsError(
            "InvalidCacheParameterGroupState",
            f"One or more cache clusters are still members of this parameter group {group.name},"
            " so the group cannot be deleted.",
        )
    backend.tagging_service.delete_all_tags_for_resource(group.arn)
    del _groups(backend)[group.name]
    return EmptyResult()

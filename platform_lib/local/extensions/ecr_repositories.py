"""ECR repositories: keys that exist, lifecycle policies in ECR's own form, scanning that fits.

Upstream gap: moto takes any key, keeps a lifecycle policy as it was written with rules that ECR
refuses, and takes a scan frequency that the registry's scan type does not have.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from moto.ecr.exceptions import InvalidParameterException
from moto.ecr.models import ECRBackend
from moto.kms.models import kms_backends

from platform_lib.local.extensions.support import AwsError, replace

__all__ = ["install"]

_FREQUENCIES = {
    "BASIC": ("SCAN_ON_PUSH", "MANUAL"),
    "ENHANCED": ("SCAN_ON_PUSH", "CONTINUOUS_SCAN"),
}
"""https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_RegistryScanningRule.html"""

_RULE = ("rulePriority", "description", "selection", "action")
_SELECTION = (
    "tagStatus",
    "tagPatternList",
    "tagPrefixList",
    "countType",
    "countUnit",
    "countNumber",
)
_MOST_WILDCARDS = 4


def install() -> None:
    """Patch moto."""
    replace(ECRBackend)(create_repository)
    replace(ECRBackend)(put_lifecycle_policy)
    replace(ECRBackend)(put_registry_scanning_configuration)


def create_repository(original: Callable[..., Any]) -> Callable[..., Any]:
    """Want a key that exists and is enabled, and name it by its ARN."""

    def create(self: Any, repository_name: str, **given: Any) -> Any:
        config = given.get("encryption_config") or {}
        if config.get("kmsKey"):
            given["encryption_config"] = {**config, "kmsKey": _key(self, config["kmsKey"])}
        return original(self, repository_name=repository_name, **given)

    return create


def _key(backend: Any, name: str) -> str:
    alias = name.rpartition(":")[2]
    keys = kms_backends[backend.account_id][backend.region_name].keys.values()
    found = next((it for it in keys if name in (it.id, it.arn) or alias in it.aliases), None)
    if found is None or found.key_state != "Enabled":
        raise AwsError(
            "KmsException",
            f"The KMS key '{name}' does not exist, or is not enabled.",
        )
    return str(found.arn)


def put_lifecycle_policy(original: Callable[..., Any]) -> Callable[..., Any]:
    """Check how rules go together, and keep them in ECR's order of fields, without spaces."""

    def put(self: Any, registry_id: str, repository_name: str, lifecycle_policy_text: str) -> Any:
        answer = original(self, registry_id, repository_name, lifecycle_policy_text)
        rules = json.loads(lifecycle_policy_text)["rules"]
        problem = next(_problems(rules), None)
        if problem is not None:
            raise InvalidParameterException(
                "Invalid parameter at 'LifecyclePolicyText' failed to satisfy constraint:"
                f" 'Lifecycle policy validation failure: {problem}'"
            )
        text = json.dumps({"rules": [_ordered(it) for it in rules]}, separators=(",", ":"))
        self._get_repository(repository_name, registry_id).lifecycle_policy = text
        return {**answer, "lifecyclePolicyText": text}

    return checked(put)


def checked(put: Callable[..., Any]) -> Callable[..., Any]:
    """Return a method that leaves a repository's policy as it was if it refuses another."""

    def call(self: Any, registry_id: str, repository_name: str, lifecycle_policy_text: str) -> Any:
        repository = self._get_repository(repository_name, registry_id)
        before = repository.lifecycle_policy
        try:
            return put(self, registry_id, repository_name, lifecycle_policy_text)
        except BaseException:
            repository.lifecycle_policy = before
            raise

    return call


def _ordered(rule: Mapping[str, Any]) -> dict[str, Any]:
    selection = {name: rule["selection"][name] for name in _SELECTION if name in rule["selection"]}
    return {name: {**rule, "selection": selection}[name] for name in _RULE if name in rule}


def _problems(rules: list[dict[str, Any]]) -> Iterator[str]:
    """Yield what ECR says about rules that moto takes.

    https://docs.aws.amazon.com/AmazonECR/latest/userguide/lifecycle_policy_parameters.html
    """
    priorities = [it["rulePriority"] for it in rules]
    if len(set(priorities)) < len(priorities):
        yield "each rule must have a unique rulePriority"
    for rule in rules:
        selection = rule["selection"]
        lists = [selection[it] for it in ("tagPatternList", "tagPrefixList") if selection.get(it)]
        if (selection["tagStatus"] == "tagged") != (len(lists) == 1):
            yield "exactly one list of tags is needed where tagStatus is tagged, and none elsewhere"
        if any(it.count("*") > _MOST_WILDCARDS for it in selection.get("tagPatternList") or ()):
            yield f"a pattern of tags can have {_MOST_WILDCARDS} wildcards"
        if (selection["countType"] == "sinceImagePushed") != (selection.get("countUnit") == "days"):
            yield "countUnit is needed where countType is sinceImagePushed, and nowhere else"
        if selection["tagStatus"] == "any" and rule["rulePriority"] != max(priorities):
            yield "a rule for any tagStatus must have the highest rulePriority"


def put_registry_scanning_configuration(original: Callable[..., Any]) -> Callable[..., Any]:
    """Take frequencies that the scan type has; no rules at all is no scanning."""

    def put(self: Any, scan_type: str | None, rules: list[dict[str, Any]] | None) -> None:
        chosen = scan_type or "BASIC"
        if chosen not in _FREQUENCIES:
            raise InvalidParameterException(f"Invalid scanType {chosen}")
        frequencies = [it["scanFrequency"] for it in rules or ()]
        wrong = [it for it in frequencies if it not in _FREQUENCIES[chosen]]
        if wrong or len(set(frequencies)) < len(frequencies):
            raise InvalidParameterException(
                "Invalid parameter at 'rules' failed to satisfy constraint: 'one rule for each of"
                f" {', '.join(_FREQUENCIES[chosen])} where the scan type is {chosen}'"
            )
        original(self, chosen, rules or [])

    return put

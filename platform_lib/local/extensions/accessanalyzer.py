"""IAM Access Analyzer: analyzers and their archive rules.

Upstream gap: moto does not have the service. Analyzers exist, are tagged, configured and deleted;
they find nothing, because nothing here evaluates policies.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any

from moto.core.base_backend import BackendDict, BaseBackend
from moto.core.responses import ActionResult, BaseResponse, EmptyResult

from platform_lib.local.extensions.support import AwsError, Resource

__all__ = ["RESPONSE"]

_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_.-]{0,254}")
_UNUSED_ACCESS = ("ACCOUNT_UNUSED_ACCESS", "ORGANIZATION_UNUSED_ACCESS")
_TYPES = ("ACCOUNT", "ORGANIZATION", *_UNUSED_ACCESS)
_DEFAULT_AGE = 90
_MAX_AGE = 365


class Analyzer(Resource):
    """One analyzer."""

    def __init__(self, arn: str, name: str, kind: str, configuration: dict[str, Any]) -> None:
        self.arn = arn
        self.name = name
        self.type = kind
        self.configuration = configuration
        self.created_at = datetime.now(UTC)
        self.status = "ACTIVE"
        self.tags: dict[str, str] = {}
        self.archive_rules: dict[str, dict[str, Any]] = {}


class AccessAnalyzerBackend(BaseBackend):
    """The analyzers of one account and region."""

    def __init__(self, region_name: str, account_id: str) -> None:
        super().__init__(region_name, account_id)
        self.analyzers: dict[str, Analyzer] = {}


_BACKENDS = BackendDict(AccessAnalyzerBackend, "accessanalyzer")


def _missing(what: str) -> AwsError:
    return AwsError("ResourceNotFoundException", f"{what} does not exist")


def _invalid(message: str) -> AwsError:
    return AwsError("ValidationException", message)


def _configuration(kind: str, given: dict[str, Any] | None) -> dict[str, Any]:
    """Fill in AWS's defaults; only unused access can be configured."""
    if kind not in _UNUSED_ACCESS:
        if given:
            raise _invalid(f"An analyzer of type {kind} cannot have a configuration.")
        return {}
    unused = dict((given or {}).get("unusedAccess") or {})
    age = unused.setdefault("unusedAccessAge", _DEFAULT_AGE)
    if not 1 <= age <= _MAX_AGE:
        raise _invalid(f"unusedAccessAge {age} must be between 1 and {_MAX_AGE}.")
    return {"unusedAccess": unused}


class AccessAnalyzerResponse(BaseResponse):
    """The actions; each is named after its API operation."""

    def __init__(self) -> None:
        super().__init__(service_name="accessanalyzer")
        self.automated_parameter_parsing = True

    @property
    def _analyzers(self) -> dict[str, Analyzer]:
        found: dict[str, Analyzer] = _BACKENDS[self.current_account][self.region].analyzers
        return found

    def _named(self) -> Analyzer:
        name = self._get_param("analyzerName")
        if name not in self._analyzers:
            raise _missing(f"Analyzer {name}")
        return self._analyzers[name]

    def _tagged(self) -> Analyzer:
        arn = self._get_param("resourceArn")
        for analyzer in self._analyzers.values():
            if analyzer.arn == arn:
                return analyzer
        raise _missing(arn)

    def create_analyzer(self) -> ActionResult:
        """Create an analyzer; each name exists once, and one analyzer of each type."""
        name, kind = self._get_param("analyzerName"), self._get_param("type")
        if not _NAME.fullmatch(name or ""):
            raise _invalid(f"analyzerName {name!r} is not a valid name.")
        if kind not in _TYPES:
            raise _invalid(f"type {kind!r} must be one of {', '.join(_TYPES)}.")
        if name in self._analyzers:
            raise AwsError("ConflictException", f"Analyzer {name} already exists")
        if any(other.type == kind for other in self._analyzers.values()):
            raise AwsError(
                "ServiceQuotaExceededException", f"Only one analyzer of type {kind} is allowed"
            )
        configuration = _configuration(kind, self._get_param("configuration"))
        arn = f"arn:aws:access-analyzer:{self.region}:{self.current_account}:analyzer/{name}"
        analyzer = Analyzer(arn, name, kind, configuration)
        analyzer.tags.update(self._get_param("tags") or {})
        for rule in self._get_param("archiveRules") or []:
            analyzer.archive_rules[rule["ruleName"]] = _rule(rule["ruleName"], rule["filter"])
        self._analyzers[name] = analyzer
        return ActionResult({"arn": arn})

    def get_analyzer(self) -> ActionResult:
        """Return an analyzer."""
        return ActionResult({"analyzer": _summary(self._named())})

    def list_analyzers(self) -> ActionResult:
        """Return all analyzers, or those of one type."""
        kind = self._get_param("type")
        found = [one for one in self._analyzers.values() if kind in {None, one.type}]
        return ActionResult({"analyzers": [_summary(one) for one in found]})

    def update_analyzer(self) -> ActionResult:
        """Change the configuration."""
        analyzer = self._named()
        analyzer.configuration = _configuration(analyzer.type, self._get_param("configuration"))
        return ActionResult({"configuration": analyzer.configuration})

    def delete_analyzer(self) -> ActionResult:
        """Delete an analyzer with its rules."""
        del self._analyzers[self._named().name]
        return EmptyResult()

    def create_archive_rule(self) -> ActionResult:
        """Create a rule that archives findings."""
        rules, name = self._named().archive_rules, self._get_param("ruleName")
        if name in rules:
            raise AwsError("ConflictException", f"Archive rule {name} already exists")
        rules[name] = _rule(name, self._get_param("filter"))
        return EmptyResult()

    def _archive_rule(self) -> dict[str, Any]:
        name = self._get_param("ruleName")
        rules = self._named().archive_rules
        if name not in rules:
            raise _missing(f"Archive rule {name}")
        return rules[name]

    def get_archive_rule(self) -> ActionResult:
        """Return a rule."""
        return ActionResult({"archiveRule": self._archive_rule()})

    def list_archive_rules(self) -> ActionResult:
        """Return the rules of an analyzer."""
        return ActionResult({"archiveRules": list(self._named().archive_rules.values())})

    def update_archive_rule(self) -> ActionResult:
        """Change what a rule archives."""
        rule = self._archive_rule()
        rule.update(filter=self._get_param("filter"), updatedAt=datetime.now(UTC))
        return EmptyResult()

    def delete_archive_rule(self) -> ActionResult:
        """Delete a rule."""
        del self._named().archive_rules[self._archive_rule()["ruleName"]]
        return EmptyResult()

    def list_tags_for_resource(self) -> ActionResult:
        """Return the tags of an analyzer."""
        return ActionResult({"tags": self._tagged().tags})

    def tag_resource(self) -> ActionResult:
        """Set tags of an analyzer."""
        self._tagged().tags.update(self._get_param("tags"))
        return EmptyResult()

    def untag_resource(self) -> ActionResult:
        """Remove tags of an analyzer."""
        tags = self._tagged().tags
        for key in self._get_param("tagKeys"):
            tags.pop(key, None)
        return EmptyResult()


def _rule(name: str, criteria: dict[str, Any]) -> dict[str, Any]:
    if not criteria:
        raise _invalid(f"Archive rule {name} needs a filter.")
    now = datetime.now(UTC)
    return {"ruleName": name, "filter": criteria, "createdAt": now, "updatedAt": now}


def _summary(analyzer: Analyzer) -> dict[str, Any]:
    return {
        "arn": analyzer.arn,
        "configuration": analyzer.configuration or None,
        "createdAt": analyzer.created_at,
        "name": analyzer.name,
        "status": analyzer.status,
        "tags": analyzer.tags,
        "type": analyzer.type,
    }


RESPONSE = AccessAnalyzerResponse

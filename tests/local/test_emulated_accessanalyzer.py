"""IAM Access Analyzer: analyzers and archive rules of a service that moto does not have."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

_FILTER = {"isPublic": {"eq": ["false"]}}


@pytest.fixture
def analyzer(aws: object, client: Callable[[str], Any]) -> Any:
    """Return the client of an empty account."""
    return client("accessanalyzer")


def test_an_analyzer_reads_back(analyzer: Any) -> None:
    """Name, type, tags and the account's ARN."""
    arn = analyzer.create_analyzer(analyzerName="all", type="ACCOUNT", tags={"a": "b"})["arn"]

    found = analyzer.get_analyzer(analyzerName="all")["analyzer"]

    assert arn == "arn:aws:access-analyzer:eu-central-1:210987654321:analyzer/all"
    assert (found["arn"], found["type"], found["status"]) == (arn, "ACCOUNT", "ACTIVE")
    assert found["tags"] == {"a": "b"}


def test_analyzers_are_listed_by_type(analyzer: Any) -> None:
    """With and without a filter."""
    analyzer.create_analyzer(analyzerName="all", type="ACCOUNT")
    analyzer.create_analyzer(analyzerName="unused", type="ACCOUNT_UNUSED_ACCESS")

    everything = analyzer.list_analyzers()["analyzers"]
    unused = analyzer.list_analyzers(type="ACCOUNT_UNUSED_ACCESS")["analyzers"]

    assert [one["name"] for one in everything] == ["all", "unused"]
    assert [one["name"] for one in unused] == ["unused"]


def test_the_configuration_changes(analyzer: Any) -> None:
    """The age has a default and can be changed."""
    analyzer.create_analyzer(analyzerName="unused", type="ACCOUNT_UNUSED_ACCESS")
    before = analyzer.get_analyzer(analyzerName="unused")["analyzer"]["configuration"]

    analyzer.update_analyzer(
        analyzerName="unused", configuration={"unusedAccess": {"unusedAccessAge": 30}}
    )

    after = analyzer.get_analyzer(analyzerName="unused")["analyzer"]["configuration"]
    assert before == {"unusedAccess": {"unusedAccessAge": 90}}
    assert after == {"unusedAccess": {"unusedAccessAge": 30}}


def test_tags_change(analyzer: Any) -> None:
    """Set, listed and removed by ARN."""
    arn = analyzer.create_analyzer(analyzerName="all", type="ACCOUNT", tags={"a": "b"})["arn"]

    analyzer.tag_resource(resourceArn=arn, tags={"c": "d"})
    analyzer.untag_resource(resourceArn=arn, tagKeys=["a"])

    assert analyzer.list_tags_for_resource(resourceArn=arn)["tags"] == {"c": "d"}


def test_an_archive_rule_lives_and_dies(analyzer: Any, refused: Callable[..., str]) -> None:
    """Made, changed, listed, deleted."""
    analyzer.create_analyzer(analyzerName="all", type="ACCOUNT")
    names = {"analyzerName": "all", "ruleName": "known"}
    analyzer.create_archive_rule(**names, filter=_FILTER)
    changed = {"isPublic": {"eq": ["true"]}}

    analyzer.update_archive_rule(**names, filter=changed)
    listed = analyzer.list_archive_rules(analyzerName="all")["archiveRules"]
    analyzer.delete_archive_rule(**names)

    assert [(rule["ruleName"], rule["filter"]) for rule in listed] == [("known", changed)]
    assert refused(analyzer.get_archive_rule, **names) == "ResourceNotFoundException"


def test_rules_can_come_with_the_analyzer(analyzer: Any) -> None:
    """The creation takes rules too."""
    analyzer.create_analyzer(
        analyzerName="all", type="ACCOUNT", archiveRules=[{"ruleName": "r", "filter": _FILTER}]
    )

    found = analyzer.get_archive_rule(analyzerName="all", ruleName="r")["archiveRule"]

    assert found["filter"] == _FILTER


def test_delete_ends_an_analyzer(analyzer: Any, refused: Callable[..., str]) -> None:
    """Afterwards it is not found."""
    analyzer.create_analyzer(analyzerName="all", type="ACCOUNT")
    analyzer.delete_analyzer(analyzerName="all")

    assert refused(analyzer.get_analyzer, analyzerName="all") == "ResourceNotFoundException"


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ({"analyzerName": "all", "type": "ACCOUNT_UNUSED_ACCESS"}, "ConflictException"),
        ({"analyzerName": "two", "type": "ACCOUNT"}, "ServiceQuotaExceededException"),
        ({"analyzerName": "no", "type": "PLANET"}, "ValidationException"),
        ({"analyzerName": "1st", "type": "ACCOUNT_UNUSED_ACCESS"}, "ValidationException"),
        (
            {
                "analyzerName": "old",
                "type": "ACCOUNT_UNUSED_ACCESS",
                "configuration": {"unusedAccess": {"unusedAccessAge": 366}},
            },
            "ValidationException",
        ),
        (
            {
                "analyzerName": "plain",
                "type": "ORGANIZATION",
                "configuration": {"unusedAccess": {"unusedAccessAge": 30}},
            },
            "ValidationException",
        ),
    ],
)
def test_refuses_analyzers_that_aws_refuses(
    analyzer: Any, refused: Callable[..., str], arguments: Any, expected: str
) -> None:
    """Names, types, quota and configuration are checked."""
    analyzer.create_analyzer(analyzerName="all", type="ACCOUNT")

    assert refused(analyzer.create_analyzer, **arguments) == expected


def test_refuses_what_does_not_exist(analyzer: Any, refused: Callable[..., str]) -> None:
    """Analyzers by name and by ARN."""
    by_name = refused(analyzer.update_analyzer, analyzerName="none")
    by_arn = refused(analyzer.tag_resource, resourceArn="arn:none", tags={"a": "b"})

    assert (by_name, by_arn) == ("ResourceNotFoundException", "ResourceNotFoundException")


def test_refuses_a_rule_twice_and_without_filter(
    analyzer: Any, refused: Callable[..., str]
) -> None:
    """A rule has a name of its own and something to archive."""
    analyzer.create_analyzer(analyzerName="all", type="ACCOUNT")
    analyzer.create_archive_rule(analyzerName="all", ruleName="known", filter=_FILTER)

    twice = refused(
        analyzer.create_archive_rule, analyzerName="all", ruleName="known", filter=_FILTER
    )
    empty = refused(analyzer.create_archive_rule, analyzerName="all", ruleName="no", filter={})

    assert (twice, empty) == ("ConflictException", "ValidationException")

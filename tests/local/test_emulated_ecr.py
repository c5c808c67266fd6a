"""ECR encrypts with keys that exist, keeps lifecycle policies in its own form, scans as it can."""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable
from typing import Any

import pytest

_UNTAGGED = {
    "action": {"type": "expire"},
    "rulePriority": 1,
    "selection": {
        "countNumber": 7,
        "countType": "sinceImagePushed",
        "countUnit": "days",
        "tagStatus": "untagged",
    },
}
_TAGGED = {
    "rulePriority": 2,
    "selection": {
        "tagStatus": "tagged",
        "tagPatternList": ["v*"],
        "countType": "imageCountMoreThan",
        "countNumber": 30,
    },
    "action": {"type": "expire"},
}


@pytest.fixture
def ecr(client: Callable[[str], Any]) -> Any:
    """Return the client of ECR."""
    return client("ecr")


@pytest.fixture
def repository(ecr: Any) -> str:
    """Return the name of a new repository."""
    name = f"shop/{secrets.token_hex(4)}"
    ecr.create_repository(repositoryName=name)
    return name


def _key_of(ecr: Any, name: str) -> Any:
    found = ecr.describe_repositories(repositoryNames=[name])["repositories"][0]
    return found["encryptionConfiguration"].get("kmsKey")


def test_a_key_is_named_by_its_arn(
    ecr: Any, client: Callable[[str], Any], refused: Callable[..., str]
) -> None:
    """It exists and is enabled, however it is named."""
    kms = client("kms")
    key = kms.create_key()["KeyMetadata"]
    name = f"shop/{secrets.token_hex(4)}"

    def asked(key: str) -> dict[str, Any]:
        config = {"encryptionType": "KMS", "kmsKey": key}
        return {"repositoryName": name, "encryptionConfiguration": config}

    unknown = refused(ecr.create_repository, **asked(key["Arn"][:-1]))
    kms.disable_key(KeyId=key["KeyId"])
    disabled = refused(ecr.create_repository, **asked(key["Arn"]))
    kms.enable_key(KeyId=key["KeyId"])
    alias = f"alias/{secrets.token_hex(4)}"
    kms.create_alias(AliasName=alias, TargetKeyId=key["KeyId"])
    for known in (key["KeyId"], alias, key["Arn"].replace(f"key/{key['KeyId']}", alias)):
        ecr.create_repository(**asked(known))
        assert _key_of(ecr, name) == key["Arn"]
        ecr.delete_repository(repositoryName=name)

    assert (unknown, disabled) == ("KmsException", "KmsException")


def test_a_repository_without_a_key_is_made(ecr: Any, repository: str) -> None:
    """ECR's own keys encrypt it."""
    assert _key_of(ecr, repository) is None


def test_a_lifecycle_policy_is_kept_in_ecrs_form(ecr: Any, repository: str) -> None:
    """The same rules with fields in ECR's order, and without spaces."""
    put = ecr.put_lifecycle_policy(
        repositoryName=repository,
        lifecyclePolicyText=json.dumps({"rules": [_UNTAGGED, _TAGGED]}, indent=2, sort_keys=True),
    )

    text = ecr.get_lifecycle_policy(repositoryName=repository)["lifecyclePolicyText"]
    assert text == put["lifecyclePolicyText"]
    assert text == (
        '{"rules":[{"rulePriority":1,"selection":{"tagStatus":"untagged",'
        '"countType":"sinceImagePushed","countUnit":"days","countNumber":7},'
        '"action":{"type":"expire"}},{"rulePriority":2,"selection":{"tagStatus":"tagged",'
        '"tagPatternList":["v*"],"countType":"imageCountMoreThan","countNumber":30},'
        '"action":{"type":"expire"}}]}'
    )


def _with(rule: dict[str, Any], **selection: Any) -> dict[str, Any]:
    after = {**rule["selection"], **selection}
    return {**rule, "selection": {name: it for name, it in after.items() if it is not None}}


@pytest.mark.parametrize(
    ("rules", "problem"),
    [
        ([_UNTAGGED, {**_TAGGED, "rulePriority": 1}], "unique rulePriority"),
        ([_with(_TAGGED, tagPatternList=None)], "exactly one list of tags"),
        ([_with(_TAGGED, tagPrefixList=["v"])], "exactly one list of tags"),
        ([_with(_UNTAGGED, tagPatternList=["v*"])], "exactly one list of tags"),
        ([_with(_TAGGED, tagPatternList=["*a*b*c*d*"])], "4 wildcards"),
        ([_with(_TAGGED, countUnit="days")], "countUnit"),
        ([_with(_UNTAGGED, countUnit=None)], "countUnit"),
        ([_with(_UNTAGGED, tagStatus="any"), _TAGGED], "highest rulePriority"),
    ],
)
def test_refuses_rules_that_do_not_go_together(
    ecr: Any, repository: str, rules: list[dict[str, Any]], problem: str
) -> None:
    """The policy that was there stays."""
    ecr.put_lifecycle_policy(
        repositoryName=repository, lifecyclePolicyText=json.dumps({"rules": [_UNTAGGED]})
    )
    before = ecr.get_lifecycle_policy(repositoryName=repository)["lifecyclePolicyText"]

    with pytest.raises(ecr.exceptions.InvalidParameterException, match=problem):
        ecr.put_lifecycle_policy(
            repositoryName=repository, lifecyclePolicyText=json.dumps({"rules": rules})
        )

    after = ecr.get_lifecycle_policy(repositoryName=repository)["lifecyclePolicyText"]
    assert after == before


def test_takes_rules_for_the_rest(ecr: Any, repository: str) -> None:
    """One for any image comes last; a pattern has four wildcards."""
    rules = [
        _with(_TAGGED, tagPatternList=["*a*b*c*"]),
        {**_with(_UNTAGGED, tagStatus="any"), "rulePriority": 9},
    ]

    put = ecr.put_lifecycle_policy(
        repositoryName=repository, lifecyclePolicyText=json.dumps({"rules": rules})
    )

    assert [it["rulePriority"] for it in json.loads(put["lifecyclePolicyText"])["rules"]] == [2, 9]


def _rule(frequency: str) -> dict[str, Any]:
    filters = [{"filter": "*", "filterType": "WILDCARD"}]
    return {"scanFrequency": frequency, "repositoryFilters": filters}


@pytest.mark.parametrize(
    ("kind", "frequencies"),
    [("ENHANCED", ["CONTINUOUS_SCAN"]), ("BASIC", ["SCAN_ON_PUSH"]), ("BASIC", [])],
)
def test_scanning_reads_back(ecr: Any, kind: str, frequencies: list[str]) -> None:
    """No rules is no scanning."""
    rules = [_rule(it) for it in frequencies]

    ecr.put_registry_scanning_configuration(scanType=kind, rules=rules)

    found = ecr.get_registry_scanning_configuration()["scanningConfiguration"]
    assert found == {"scanType": kind, "rules": rules}


@pytest.mark.parametrize(
    ("kind", "frequencies"),
    [
        ("BASIC", ["CONTINUOUS_SCAN"]),
        ("ENHANCED", ["MANUAL"]),
        ("ENHANCED", ["SCAN_ON_PUSH"] * 2),
        ("THOROUGH", []),
    ],
)
def test_refuses_scanning_that_cannot_be(
    ecr: Any, refused: Callable[..., str], kind: str, frequencies: list[str]
) -> None:
    """Only Amazon Inspector scans continuously."""
    code = refused(
        ecr.put_registry_scanning_configuration,
        scanType=kind,
        rules=[_rule(it) for it in frequencies],
    )

    assert code == "InvalidParameterException"

"""Names in ECR, what is kept, and who pulls."""

from __future__ import annotations

import json
from typing import Any

import pytest
from pydantic import ValidationError

from platform_lib.ecr._policy import lifecycle
from platform_lib.ecr.config import (
    RegistryScanningConfig,
    RepositoriesConfig,
    RepositoryConfig,
    RepositorySettings,
)

LONGEST = "a" * 256


def _message(refused: pytest.ExceptionInfo[ValidationError]) -> str:
    (error,) = refused.value.errors(include_input=False)
    return error["msg"].removeprefix("Value error, ")


@pytest.mark.parametrize("name", ["ab", "checkout/api", "dev/a-b.c_d/e1", LONGEST])
def test_takes_names_of_ecr(name: str) -> None:
    """Words in lower case with single signs between them, in folders."""
    assert RepositoryConfig(name=name).name == name


@pytest.mark.parametrize(
    "name", ["a", "Checkout/api", "checkout//api", "/api", "api/", "a--b", "api:1.0", f"a{LONGEST}"]
)
def test_refuses_other_names(name: str) -> None:
    """Neither a tag nor a registry is part of the name."""
    with pytest.raises(ValidationError) as refused:
        RepositoryConfig(name=name)

    assert _message(refused) == (
        f"{name!r} is not a repository in ECR; write it in lower case as in 'checkout/api', 2 to"
        " 256 characters, without a registry or a tag"
    )


def test_keeps_thirty_tagged_images_and_drops_untagged_after_a_week() -> None:
    """The defaults, as ECR is told."""
    rules = json.loads(lifecycle(RepositorySettings()))["rules"]

    assert [rule["selection"] for rule in rules] == [
        {
            "tagStatus": "untagged",
            "countType": "sinceImagePushed",
            "countUnit": "days",
            "countNumber": 7,
        },
        {
            "tagStatus": "tagged",
            "tagPatternList": ["*"],
            "countType": "imageCountMoreThan",
            "countNumber": 30,
        },
    ]
    assert {rule["action"]["type"] for rule in rules} == {"expire"}


def test_patterns_are_asked_in_the_order_in_which_they_are_written() -> None:
    """What the first keeps, a later one does not expire; so releases come before everything."""
    settings = RepositorySettings(keep_tagged={"v*": 40, "main-*": 10, "*": 20}, untagged_days=3)

    rules = json.loads(lifecycle(settings))["rules"]

    assert [rule["rulePriority"] for rule in rules] == [1, 2, 3, 4]
    assert [rule["selection"].get("tagPatternList") for rule in rules] == [
        None,
        ["v*"],
        ["main-*"],
        ["*"],
    ]
    assert [rule["selection"]["countNumber"] for rule in rules] == [3, 40, 10, 20]


@pytest.mark.parametrize(
    ("keep", "problem"),
    [
        (
            {"v*": 30},
            (
                "keep_tagged has 'v*', so images with other tags would stay for ever; end it with"
                " '*': 30"
            ),
        ),
        (
            {},
            (
                "keep_tagged has no pattern, so images with other tags would stay for ever; end it"
                " with '*': 30"
            ),
        ),
        (
            {"*": 30, "v*": 30},
            "keep_tagged has 'v*' after '*', which takes every image; write '*' last",
        ),
        ({"v 1": 30, "*": 30}, "'v 1' is not a pattern of tags; write it as in 'v*', or '*'"),
        (
            {"*a*b*c*d*": 30, "*": 30},
            "'*a*b*c*d*' has 5 wildcards and ECR takes 4; write it with fewer",
        ),
    ],
)
def test_refuses_patterns_that_leave_or_hide_images(keep: dict[str, int], problem: str) -> None:
    """Every image with a tag is counted by some pattern, and every pattern has an effect."""
    with pytest.raises(ValidationError) as refused:
        RepositorySettings(keep_tagged=keep)

    assert _message(refused) == problem


def test_takes_four_wildcards() -> None:
    """As many as ECR."""
    assert RepositorySettings(keep_tagged={"*a*b*c*": 30, "*": 30})


@pytest.mark.parametrize(
    ("field", "low", "high"), [("untagged_days", 1, 90), ("keep_tagged", 10, 1000)]
)
def test_figures_have_ranges(field: str, low: int, high: int) -> None:
    """Enough to go back to, and not for ever."""

    def value(number: int) -> Any:
        return {"*": number} if field == "keep_tagged" else number

    for allowed in (low, high):
        RepositorySettings.model_validate({field: value(allowed)})
    for refused in (low - 1, high + 1):
        with pytest.raises(ValidationError, match=r"than or equal to"):
            RepositorySettings.model_validate({field: value(refused)})


def test_takes_the_id_of_an_organization() -> None:
    """And nothing else in its place."""
    assert RepositorySettings(pull_organization_id="o-a1b2c3d4e5")

    with pytest.raises(ValidationError) as refused:
        RepositorySettings(pull_organization_id="acme")

    assert _message(refused) == (
        "'acme' is not the id of an AWS organization; write it as in 'o-a1b2c3d4e5'"
    )


@pytest.mark.parametrize("field", ["pull_account_ids", "lambda_account_ids"])
def test_takes_accounts_by_id(field: str) -> None:
    """Never a pattern for all of them."""
    RepositorySettings.model_validate({field: ("222222222222",)})

    with pytest.raises(ValidationError) as refused:
        RepositorySettings.model_validate({field: ("*",)})

    assert _message(refused) == ("'*' is not an AWS account id; write its 12 digits as a string")


@pytest.mark.parametrize(
    ("config", "problem"),
    [
        (
            {"images": ("a-b", "a/b")},
            (
                "images has 'a-b' and 'a/b', whose repositories would have one id; leave one out, or"
                " give it another name"
            ),
        ),
        (
            {"images": ("api", "api")},
            (
                "images has 'api' and 'api', whose repositories would have one id; leave one out, or"
                " give it another name"
            ),
        ),
        (
            {"images": ("api",), "environments": ("dev", "dev")},
            (
                "environments has 'dev' and 'dev', whose repositories would have one id; leave one"
                " out, or give it another name"
            ),
        ),
    ],
)
def test_refuses_two_repositories_of_one_id(config: dict[str, Any], problem: str) -> None:
    """Found when the configuration is read, and not as two resources of one name."""
    with pytest.raises(ValidationError) as refused:
        RepositoriesConfig(**config)

    assert _message(refused) == problem


def test_takes_images_with_and_without_environments() -> None:
    """Both shapes; and names that differ only where a number starts."""
    assert RepositoriesConfig(images=("api1", "api-1")).environments == ()
    assert RepositoriesConfig(images=("api",), environments=("dev", "prod"))


def test_the_longest_image_and_environment_fit_into_a_name() -> None:
    """So that nothing that is accepted here is refused later."""
    longest = RepositoriesConfig(images=("a" * 225,), environments=("e" * 30,))

    assert RepositoryConfig(name=f"{longest.environments[0]}/{longest.images[0]}")
    with pytest.raises(ValidationError, match="in lower case as in 'checkout/api', 2 to 225 char"):
        RepositoriesConfig(images=("a" * 226,))


def test_needs_an_image() -> None:
    """Repositories of nothing are a mistake."""
    with pytest.raises(ValidationError) as refused:
        RepositoriesConfig(images=())

    assert _message(refused) == "images is empty; name at least one, as in 'checkout/api'"


def test_scans_with_inspector_by_default() -> None:
    """The one that also knows the packages of programming languages."""
    assert RegistryScanningConfig().mode == "enhanced"
    with pytest.raises(ValidationError, match="'enhanced' or 'basic'"):
        RegistryScanningConfig.model_validate({"mode": "off"})

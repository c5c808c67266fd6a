"""What a person writes about image repositories; pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from platform_lib.model import Model
from platform_lib.naming import pascal
from platform_lib.types import AccountId, Slug, matching

EVERY_TAG = "*"
"""The pattern that every tag matches."""

_MOST_WILDCARDS = 4
_WORD = r"[a-z0-9]+([._-][a-z0-9]+)*"

_LONGEST = 256
_LONGEST_IMAGE = 225
"""What the longest name of an environment and a slash leave of it."""


def _at_most(length: int) -> AfterValidator:
    # https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_CreateRepository.html
    return AfterValidator(
        matching(
            rf"(?=.{{2,{length}}}$){_WORD}(/{_WORD})*",
            f"a repository in ECR; write it in lower case as in 'checkout/api', 2 to {length}"
            " characters, without a registry or a tag",
        )
    )


RepositoryName = Annotated[str, _at_most(_LONGEST)]
"""A name in ECR, for example ``checkout/api``."""

ImageName = Annotated[str, _at_most(_LONGEST_IMAGE)]
"""The same, with room for an environment in front."""

OrganizationId = Annotated[
    str,
    AfterValidator(
        # https://docs.aws.amazon.com/organizations/latest/APIReference/API_Organization.html
        matching(
            r"o-[a-z0-9]{10,32}", "the id of an AWS organization; write it as in 'o-a1b2c3d4e5'"
        )
    ),
]
"""The id of an AWS organization."""


def _has_few_wildcards(value: str) -> str:
    if value.count("*") > _MOST_WILDCARDS:
        raise ValueError(
            f"{value!r} has {value.count('*')} wildcards and ECR takes {_MOST_WILDCARDS}; write it"
            " with fewer"
        )
    return value


TagPattern = Annotated[
    str,
    AfterValidator(
        # https://docs.aws.amazon.com/AmazonECR/latest/userguide/lifecycle_policy_parameters.html
        matching(r"[A-Za-z0-9_.*-]{1,128}", "a pattern of tags; write it as in 'v*', or '*'")
    ),
    AfterValidator(_has_few_wildcards),
]
"""Tags with ``*`` for anything, for example ``v*``."""


class RepositorySettings(Model):
    """What repositories have in common, whatever they are called."""

    keep_tagged: Mapping[TagPattern, Annotated[int, Field(ge=10, le=1000)]] = {EVERY_TAG: 30}
    """How many images stay, 10 to 1000, by what their tags match: the newest. What matches a
    pattern is kept or expired by the first one that it matches, and counts for the later ones too.
    https://docs.aws.amazon.com/AmazonECR/latest/userguide/LifecyclePolicies.html"""

    untagged_days: Annotated[int, Field(ge=1, le=90)] = 7
    """Days until an image without a tag expires, 1 to 90. What a tagged image for several
    architectures refers to stays."""

    pull_account_ids: tuple[AccountId, ...] = ()
    """Other accounts whose roles may pull, where their own policies let them."""

    pull_organization_id: OrganizationId | None = None
    """Organization whose accounts may all pull, where their roles' own policies let them."""

    lambda_account_ids: tuple[AccountId, ...] = ()
    """Accounts whose Lambda functions run images of it; its own account too, if it has such."""

    @model_validator(mode="after")
    def _expires_every_tag(self) -> Self:
        patterns = list(self.keep_tagged)
        if EVERY_TAG not in patterns:
            raise ValueError(
                f"keep_tagged has {', '.join(map(repr, patterns)) or 'no pattern'}, so images with"
                " other tags would stay for ever; end it with '*': 30"
            )
        if patterns[-1] != EVERY_TAG:
            raise ValueError(
                f"keep_tagged has {patterns[-1]!r} after '*', which takes every image; write '*'"
                " last"
            )
        return self


class RepositoryConfig(RepositorySettings):
    """One repository. Its tags cannot be moved, and every image is scanned when it is pushed."""

    name: RepositoryName
    """Name in the registry, for example ``checkout/api``. **Changing this replaces the repository,
    and its images are lost.**"""


class RepositoriesConfig(RepositorySettings):
    """The repositories of an account: one for each image, or one for each environment and image."""

    images: tuple[ImageName, ...]
    """The images, for example ``checkout/api``; 225 characters at most."""

    environments: tuple[Slug, ...] = ()
    """Environments that have images of their own, in ``<environment>/<image>``; empty where all
    share them, so that what was tested is what runs."""

    @model_validator(mode="after")
    def _names_each_once(self) -> Self:
        if not self.images:
            raise ValueError("images is empty; name at least one, as in 'checkout/api'")
        for field in ("images", "environments"):
            known: dict[str, str] = {}
            for name in getattr(self, field):
                id = pascal(name)  # noqa: A001 - the framework's name
                if id in known:
                    raise ValueError(
                        f"{field} has {known[id]!r} and {name!r}, whose repositories would have one"
                        " id; leave one out, or give it another name"
                    )
                known[id] = name
        return self


class RegistryScanningConfig(Model):
    """How the images of an account are scanned in a Region."""

    mode: Literal["enhanced", "basic"] = "enhanced"
    """``enhanced``: Amazon Inspector also knows the packages of programming languages, and looks
    again when a new weakness is known; it costs by image. ``basic``: once, when pushed.
    https://docs.aws.amazon.com/AmazonECR/latest/userguide/image-scanning.html"""

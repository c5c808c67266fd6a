"""What a person writes about a container's image; pure."""

from __future__ import annotations

import re
from enum import StrEnum
from typing import Annotated, Self

from pydantic import AfterValidator, model_validator

from platform_lib.model import Model
from platform_lib.types import matching

VERSION_PATTERN = r"sha256:[0-9a-f]{64}|[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}"
"""A digest or a tag. https://github.com/opencontainers/distribution-spec/blob/main/spec.md"""

MUTABLE_TAG = "latest"
"""The tag that everybody moves: it says nothing about what runs, and nothing can be rolled back."""


class ImageOwner(StrEnum):
    """Who says which version of an image runs."""

    TERRAFORM = "terraform"
    """A Terraform variable: a release is ``terraform apply`` with another value."""

    SSM = "ssm"
    """A parameter of Systems Manager: a release writes it, registers a revision and deploys that,
    and the next plan finds nothing to do."""

    CD = "cd"
    """The release job alone: it registers revisions and deploys them, and Terraform leaves the
    service's task definition as it finds it."""


def _is_fixed(value: str) -> str:
    if value == MUTABLE_TAG:
        raise ValueError(
            f"{value!r} is moved from image to image, so nobody knows what runs; write a tag that"
            " stays, as in '3.21.1', or a digest 'sha256:...'"
        )
    return value


ImageVersion = Annotated[
    str,
    AfterValidator(
        matching(VERSION_PATTERN, "a tag or a digest; write it as in '3.21.1' or 'sha256:...'")
    ),
    AfterValidator(_is_fixed),
]
"""A tag that stays, or a digest."""

RepositoryName = Annotated[
    str,
    AfterValidator(
        matching(
            r"([a-z0-9][a-z0-9.-]*(:\d+)?/)?[a-z0-9]+([._-]+[a-z0-9]+)*(/[a-z0-9]+([._-]+[a-z0-9]+)*)*",
            "a repository; write 'checkout/api', or 'ghcr.io/owner/image' for one of another"
            " registry, without a tag",
        )
    ),
]
"""A repository: its name in our ECR, or host and name in another registry."""

_VariableId = Annotated[
    str,
    AfterValidator(
        matching(r"[a-z][a-z0-9_]*", "a Terraform variable; use lower-case letters, digits and _")
    ),
]
_ParameterName = Annotated[
    str,
    AfterValidator(
        # https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_PutParameter.html
        matching(
            r"/(?!aws|ssm)[A-Za-z0-9_.-]+(/[A-Za-z0-9_.-]+)*",
            "the path of a parameter; write it as in '/checkout/api/version'",
        )
    ),
]


class ImageConfig(Model):
    """Which image a container runs, and who says so."""

    repository: RepositoryName
    """Repository: its name in our ECR as in ``checkout/api``, or with its host for another
    registry."""

    owner: ImageOwner = ImageOwner.TERRAFORM
    """Who says which version runs."""

    version: ImageVersion | None = None
    """Tag or digest: with ``terraform`` the variable's default, without which every plan has to
    give a value; with ``cd`` the version that is deployed first; with ``ssm`` the parameter has it."""

    variable: _VariableId | None = None
    """Name of the Terraform variable. The default follows from the repository,
    ``checkout_api_version`` for ``checkout/api``, so that all that runs one image moves together."""

    parameter: _ParameterName | None = None
    """Parameter with the tag or digest, of type ``String``; needed with ``ssm``."""

    @property
    def variable_name(self) -> str:
        """Name of the Terraform variable."""
        return self.variable or f"{re.sub(r'[^a-z0-9]+', '_', self.repository)}_version"

    @property
    def is_elsewhere(self) -> bool:
        """Whether the repository names a registry host, as container tools read it."""
        first, slash, _ = self.repository.partition("/")
        return bool(slash) and ("." in first or ":" in first)

    @model_validator(mode="after")
    def _has_what_its_owner_needs(self) -> Self:
        if self.owner is ImageOwner.SSM and self.parameter is None:
            raise ValueError(
                "owner 'ssm' reads the version from a parameter and none is named; write"
                f" parameter='/{self.repository}/version'"
            )
        if self.owner is ImageOwner.CD and self.version is None:
            raise ValueError(
                "owner 'cd' needs a version to deploy first; write version='3.21.1', or a digest"
            )
        return self

    @model_validator(mode="after")
    def _has_nothing_without_effect(self) -> Self:
        effects = {
            "version": (self.version, (ImageOwner.TERRAFORM, ImageOwner.CD)),
            "variable": (self.variable, (ImageOwner.TERRAFORM,)),
            "parameter": (self.parameter, (ImageOwner.SSM,)),
        }
        for field, (value, owners) in effects.items():
            if value is not None and self.owner not in owners:
                wanted = " or ".join(repr(it.value) for it in owners)
                raise ValueError(
                    f"{field}={value!r} has no effect with owner {self.owner.value!r}; leave it"
                    f" out, or set owner to {wanted}"
                )
        return self

"""What a person writes about secrets: names and rules, never values; pure."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import AfterValidator, ConfigDict, Field, model_validator

from platform_lib.model import Model
from platform_lib.types import Slug, matching

SecretName = Annotated[
    str,
    AfterValidator(
        matching(
            r"[A-Za-z0-9/_+=.@-]{1,512}", "a name of a secret; use letters, digits and /_+=.@-"
        )
    ),
]
"""A name in Secrets Manager.
https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_CreateSecret.html"""


class GeneratedValue(Model):
    """A random value that is made when the secret is, and is known to nobody before it is read."""

    length: Annotated[int, Field(ge=16, le=4096)] = 50
    """Characters, 16 to 4096."""

    exclude_characters: str = ""
    """Characters that the reader does not take; without them there are letters, digits and
    punctuation."""

    edition: Annotated[int, Field(ge=1)] = 1
    """Raise it by one to have a new value made at the next apply."""


class SecretConfig(Model):
    """One secret of Secrets Manager."""

    # A value that somebody writes in spite of all is not repeated in a traceback.
    model_config = ConfigDict(hide_input_in_errors=True)

    description: Annotated[str, Field(min_length=1, max_length=2048)]
    """What it opens and who gives out a new value; shown in the console."""

    generated: GeneratedValue | None = None
    """Makes a random value. Without it a person puts the value, which Terraform never sees:
    ``aws secretsmanager put-secret-value``."""

    suffix: Slug | None = None
    """Added to the name. A deleted secret keeps its name for 30 days: to have it again before
    that, write a suffix."""

    name: SecretName | None = None
    """Its name in Secrets Manager, for one that exists already and is adopted; without it the name
    follows from environment and construct. **Changing this replaces the secret.**"""

    @model_validator(mode="after")
    def _has_one_name(self) -> SecretConfig:
        if self.name is not None and self.suffix is not None:
            raise ValueError(
                f"suffix={self.suffix!r} is added to a name that follows from the environment, and"
                f" name={self.name!r} is written out; leave one of them out"
            )
        return self

    @model_validator(mode="before")
    @classmethod
    def _holds_no_value(cls, given: Any) -> Any:
        """Refuse the value itself, with what to do instead."""
        if isinstance(given, dict):
            written = sorted(given.keys() & {"value", "secret", "secret_string", "password"})
            if written:
                raise ValueError(
                    f"{written[0]} would write a secret into configuration, JSON and git; leave it"
                    " out, apply, and put the value with: aws secretsmanager put-secret-value"
                )
        return given

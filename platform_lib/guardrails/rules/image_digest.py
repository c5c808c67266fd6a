"""What others publish cannot change below a running service."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from platform_lib.environment import Environment
from platform_lib.guardrails.rule import Breach, Rule


def _check(environment: Environment, _: Sequence[Environment]) -> Iterator[Breach]:
    for name, service in environment.services.items():
        image = service.task.container.image
        # Tags of our own repositories cannot be moved.
        if (
            image.is_elsewhere
            and image.version is not None
            and not image.version.startswith("sha256:")
        ):
            yield Breach(
                f"services.{name}.task.container.image.version",
                f"the owners of {image.repository} may move the tag {image.version!r} to another"
                " image, which every new task then runs",
                image.written_at("version"),
            )


RULE = Rule(
    id="image-digest",
    sentence="Images of other registries are named by their digest.",
    fix="write version='sha256:...', or copy the image to a repository of the account",
    check=_check,
)

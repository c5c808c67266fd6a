"""Repositories: one for each image, or one for each environment and image."""

from __future__ import annotations

from collections.abc import Mapping

from constructs import Construct

from platform_lib.core.construct import PlatformConstruct
from platform_lib.ecr.config import RepositoriesConfig, RepositoryConfig, RepositorySettings
from platform_lib.ecr.repository import Repository
from platform_lib.errors import PlatformError
from platform_lib.kms.key import Key
from platform_lib.naming import pascal


class Repositories(PlatformConstruct):
    """The repositories of an account: ``<image>``, or ``<environment>/<image>``.

    Ids follow from environment and image, so one more of either touches no other repository.

    Defines:
        The resources of each `Repository`.

    Args:
        config: Images, environments, and what all repositories have in common.
        key: Encrypts the images.
    """

    def __init__(self, scope: Construct, id: str, *, config: RepositoriesConfig, key: Key) -> None:
        super().__init__(scope, id)
        common = {name: getattr(config, name) for name in RepositorySettings.model_fields}

        def define(parent: PlatformConstruct, before: str) -> Mapping[str, Repository]:
            return {
                image: Repository(
                    parent,
                    pascal(image),
                    config=RepositoryConfig(name=f"{before}{image}", **common),
                    key=key,
                )
                for image in config.images
            }

        self._shared = {} if config.environments else define(self, "")
        self._own = {
            environment: define(PlatformConstruct(self, pascal(environment)), f"{environment}/")
            for environment in config.environments
        }

    @property
    def by_name(self) -> Mapping[str, Repository]:
        """Every repository, by its name in the registry."""
        own = [*self._shared.values(), *(it for each in self._own.values() for it in each.values())]
        return {repository.name: repository for repository in own}

    def of(self, environment: str) -> Mapping[str, Repository]:
        """Return the repositories that an environment pulls from, by image: its own, or the shared.

        Raises:
            PlatformError: ``NoRepositories`` if others have their own and this one has not.
        """
        if self._shared:
            return self._shared
        if environment not in self._own:
            raise PlatformError(
                "NoRepositories",
                f"environment {environment!r} has no repositories, and {', '.join(self._own)} have"
                f" their own; add {environment!r} to environments",
                where=self.node.path,
            )
        return self._own[environment]

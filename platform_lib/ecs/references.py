"""What tasks and services take from other constructs, by what they need of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

from cdktf import ITerraformDependable

from platform_lib.core.connections import Connections
from platform_lib.kms.key import Key
from platform_lib.types import TokenStr


class ImageRepository(Protocol):
    """A repository in ECR."""

    @property
    def arn(self) -> TokenStr:
        """ARN of the repository."""

    @property
    def url(self) -> TokenStr:
        """Registry and name, without a tag."""


class LoadBalancerTarget(Protocol):
    """A target group that a listener already sends requests to."""

    @property
    def target_group_arn(self) -> TokenStr:
        """ARN of the target group."""

    @property
    def target_group_arn_suffix(self) -> TokenStr:
        """What metrics call the target group: ``targetgroup/<name>/<id>``."""

    @property
    def load_balancer_arn_suffix(self) -> TokenStr:
        """What metrics call the load balancer: ``app/<name>/<id>``."""

    @property
    def depends(self) -> ITerraformDependable:
        """The listener rule: ECS refuses a target group that belongs to no load balancer."""

    @property
    def connections(self) -> Connections:
        """Network paths of the load balancer."""


@dataclass(frozen=True, slots=True)
class InjectedSecret:
    """A secret, or one key of its JSON, that a container gets as an environment variable."""

    arn: TokenStr
    """ARN of the secret."""

    key: Key
    """The key that encrypts it."""

    json_key: str | None = None
    """One key of its JSON, for example ``password``; ``None`` for the whole value."""

    @property
    def reference(self) -> TokenStr:
        """What the container definition says.

        https://docs.aws.amazon.com/AmazonECS/latest/developerguide/secrets-envvar-secrets-manager.html
        """
        return self.arn if self.json_key is None else f"{self.arn}:{self.json_key}::"


@dataclass(frozen=True, slots=True)
class Injected:
    """What a container gets from other constructs, beside what its configuration says."""

    environment: Mapping[str, TokenStr] = field(default_factory=dict)
    """Values known only after apply, such as the address of a database; never secrets."""

    secrets: Mapping[str, InjectedSecret] = field(default_factory=dict)
    """Secrets by the name of the environment variable: those that the configuration names, and
    more where the platform adds some."""

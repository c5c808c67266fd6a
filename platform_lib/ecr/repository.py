"""Repository: the images of one program in ECR."""

from __future__ import annotations

import cdktf_cdktf_provider_aws.ecr_lifecycle_policy as aws_lifecycle
import cdktf_cdktf_provider_aws.ecr_repository as aws_repository
import cdktf_cdktf_provider_aws.ecr_repository_policy as aws_repository_policy
from constructs import Construct

from platform_lib.core.construct import PlatformConstruct
from platform_lib.core.grants import Grant, Grantee, Grants
from platform_lib.core.protection import protect
from platform_lib.ecr import _policy
from platform_lib.ecr.config import RepositoryConfig
from platform_lib.iam.policy import policy_json
from platform_lib.kms.key import Key
from platform_lib.naming import Kind, physical_name
from platform_lib.types import TokenStr


class Repository(PlatformConstruct):
    """A repository whose tags stay where they are, scanned, encrypted, and emptied of old images.

    Who pulls or pushes needs nothing on the key, in its own account or in another: ECR encrypts and
    decrypts by two grants that it makes on the key for the repository. The key has to let the role
    that applies make them, as the account's own statement in a `Key` does.
    https://docs.aws.amazon.com/AmazonECR/latest/userguide/encryption-at-rest.html

    Defines:
        aws_ecr_repository, aws_ecr_lifecycle_policy, and an aws_ecr_repository_policy where others
        than its own account pull.

    Args:
        config: Name, what is kept, who else pulls.
        key: Encrypts the images. **Another key replaces the repository, and its images are lost.**
    """

    def __init__(self, scope: Construct, id: str, *, config: RepositoryConfig, key: Key) -> None:
        super().__init__(scope, id)
        self.name = physical_name(Kind.ECR_REPOSITORY, config.name)
        """Name of the repository."""
        self.stack.take_name(Kind.ECR_REPOSITORY, self.name, self.path)
        repository = aws_repository.EcrRepository(
            self,
            "Resource",
            name=self.name,
            # Who could move a tag could change what runs without a release.
            image_tag_mutability="IMMUTABLE",
            image_scanning_configuration=aws_repository.EcrRepositoryImageScanningConfiguration(
                scan_on_push=True
            ),
            encryption_configuration=[
                aws_repository.EcrRepositoryEncryptionConfiguration(
                    encryption_type="KMS", kms_key=key.arn
                )
            ],
            # ECR deletes only empty repositories; where destroying is allowed, the images go too.
            force_delete=not self.stack.protected,
        )
        protect(self, repository)
        aws_lifecycle.EcrLifecyclePolicy(
            self, "Lifecycle", repository=repository.name, policy=_policy.lifecycle(config)
        )
        others = list(
            _policy.who_else_pulls(
                config, region=self.stack.target.region, partition=self.stack.partition
            )
        )
        if others:
            aws_repository_policy.EcrRepositoryPolicy(
                self, "Policy", repository=repository.name, policy=policy_json(others)
            )

        self.arn: TokenStr = repository.arn
        """ARN of the repository."""
        self.url: TokenStr = repository.repository_url
        """Registry and name, without a tag."""
        self.grants = RepositoryGrants(self)
        """What roles may do with its images."""


class RepositoryGrants(Grants):
    """Permissions on the images of one repository; the key is ECR's business."""

    def __init__(self, repository: Repository) -> None:
        super().__init__(repository)
        self._arn = repository.arn

    def pull(self, grantee: Grantee) -> Grant:
        """Let the role sign in to the registry and pull images."""
        return self._give(grantee, "Pull", *_policy.pull(self._arn))

    def push(self, grantee: Grantee) -> Grant:
        """Let the role sign in to the registry, push images and pull them, but delete none."""
        return self._give(grantee, "Push", *_policy.push(self._arn))

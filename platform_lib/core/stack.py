"""The base of every stack: provider, backend, tags, and what happens to identities."""

from __future__ import annotations

import cdktf_cdktf_provider_aws.provider as aws_provider
import jsii
from cdktf import (
    DataTerraformRemoteStateS3,
    LocalBackend,
    S3Backend,
    TerraformRemoteState,
    TerraformStack,
)
from constructs import Construct

from platform_lib.core import _identity
from platform_lib.environment import Account, Environment, S3State
from platform_lib.errors import PlatformError
from platform_lib.naming import Kind, partition_of
from platform_lib.terraform_version import REQUIRED_TERRAFORM

US_EAST_1 = "us-east-1"
"""Region of everything that CloudFront uses: certificates, web ACLs, metrics, deliveries of logs.
https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/cnames-and-https-requirements.html"""


class PlatformStack(TerraformStack):
    """One Terraform state: its id is ``<target>-<name>``, its state key ``<target>/<stack>.tfstate``.

    Defines:
        The AWS provider (Region, allowed account, default tags, optional assumed role) and the
        state backend.

    Args:
        name: The stack's own name, for example ``network``.
        target: The account or environment that it belongs to.
    """

    def __init__(self, scope: Construct, name: str, *, target: Account | Environment) -> None:
        self.id = f"{target.name}-{name}"
        """Id of the stack, and name of its folder and state."""
        super().__init__(scope, self.id)
        self.name = name
        """The stack's own name, without the target's."""
        self.target = target
        """The account or environment that it belongs to."""
        self.account = target.account if isinstance(target, Environment) else target
        """The AWS account that it is applied to."""
        self.partition = partition_of(target.region)
        """Partition in its ARNs, for example ``aws``."""
        self._renames: dict[str, str] = {}
        self._forgotten: list[str] = []
        self._settled = False
        self._names: dict[tuple[Kind, str], str] = {}
        self._us_east_1: aws_provider.AwsProvider | None = None
        self._define_provider("Aws", target.region)
        self._define_backend()

    @property
    def protected(self) -> bool:
        """Whether what holds state must not be destroyed."""
        return not self.target.allow_destroy

    def rename(self, old_path: str, new_path: str) -> None:
        """Say that the construct at ``new_path`` was at ``old_path``; call it before constructing.

        Every resource below it gets a ``moved`` block and keeps its physical name.
        Paths are ids below the stack joined by slashes. The call stays in the code for as long
        as the resources live: their physical names follow from the old path, and a ``moved``
        block that has been applied does nothing.
        """
        self._renames[new_path] = old_path

    def forget(self, path: str) -> None:
        """Let go of everything at ``path`` without destroying it, by ``removed`` blocks.

        Keep the construct in the code until every environment has been applied with the call,
        then delete both. For one whose code is gone, give the address of each resource.
        """
        self._forgotten.append(path)

    def identity_path(self, path: str) -> str:
        """Return the path below the stack that names and ids of others follow from.

        After a `rename` that is the old path.
        """
        for new, old in self._renames.items():
            if path == new or path.startswith(f"{new}/"):
                return old + path.removeprefix(new)
        return path

    def take_name(self, kind: Kind, name: str, path: str) -> None:
        """Reserve a physical name for the construct at ``path``; AWS would refuse a second one.

        Raises:
            PlatformError: ``NameTaken`` if another construct of the stack has it.
        """
        owner = self._names.setdefault((kind, name), path)
        if owner != path:
            raise PlatformError(
                "NameTaken",
                f"the name {name!r} is taken by {self.id}/{owner};"
                " give one of the two constructs another id",
                where=f"{self.id}/{path}",
            )

    def settle_identities(self) -> None:
        """Write the ``moved``, ``removed`` and ``import`` blocks; the second call does nothing."""
        if self._settled:
            return
        self._settled = True
        moved = _identity.moved_blocks(self, self._renames)
        removed = [block for path in self._forgotten for block in _identity.take_out(self, path)]
        adopted = self.target.adopt.get(self.name, {})
        imported = _identity.import_blocks(self, adopted, self.target.written_at("adopt"))
        for key, blocks in (("moved", moved), ("removed", removed), ("import", imported)):
            if blocks:
                self.add_override(key, blocks)

    def us_east_1_provider(self) -> aws_provider.AwsProvider | None:
        """Return the provider of us-east-1, made at the first call, for what CloudFront uses.

        Returns:
            None where the stack is in that Region anyway, so that its own provider does.
        """
        if self.target.region != US_EAST_1 and self._us_east_1 is None:
            self._us_east_1 = self._define_provider("AwsUsEast1", US_EAST_1, alias="us_east_1")
        return self._us_east_1

    def _define_provider(
        self, id: str, region: str, *, alias: str | None = None
    ) -> aws_provider.AwsProvider:
        target, account = self.target, self.account
        tags = {
            "CostCenter": target.tags.cost_center,
            "DataClass": target.tags.data_class,
            "Environment": target.name,
            "ManagedBy": "cdktf",
            "Owner": target.tags.owner,
            "Repository": target.tags.repository,
            "Stack": self.id,
            "System": target.system if isinstance(target, Environment) else target.name,
        }
        role = account.role_arn
        provider = aws_provider.AwsProvider(
            self,
            id,
            alias=alias,
            region=region,
            # Credentials for another account stop the run before anything is read or changed.
            allowed_account_ids=[account.id],
            default_tags=[aws_provider.AwsProviderDefaultTags(tags=tags)],
            assume_role=None
            if role is None
            else [
                aws_provider.AwsProviderAssumeRole(
                    role_arn=role, session_name=f"terraform-{self.id}"[:64]
                )
            ],
        )
        # The bindings write the unqualified "aws", which OpenTofu reads as another registry's.
        # https://github.com/opentofu/opentofu/issues/2402
        self.add_override("terraform.required_providers.aws.source", "hashicorp/aws")
        self.add_override("terraform.required_version", REQUIRED_TERRAFORM)
        return provider

    def _define_backend(self) -> None:
        state, account = self.account.state, self.account
        key = f"{self.target.name}/{self.id}.tfstate"
        if not isinstance(state, S3State):
            # Plain `terraform` runs in cdktf.out/stacks/<stack>, three folders below the project.
            LocalBackend(self, path=f"../../../{state.path}/{key}")
            return
        backend = _SharedStateBackend(
            self,
            bucket=state.bucket,
            key=state.prefix + key,
            region=account.region,
            encrypt=True,
            kms_key_id=state.kms_key_arn,
            dynamodb_table=state.lock_table if state.lock == "dynamodb" else None,
        )
        if state.lock == "s3":
            # cdktf 0.21 has no argument for Terraform's native lock file.
            backend.add_override("use_lockfile", True)


class _SharedStateBackend(S3Backend):
    """An S3 backend whose readers do not repeat the lock table, where it only makes them warn."""

    def __init__(self, scope: Construct, **arguments: object) -> None:
        super().__init__(scope, **arguments)  # type: ignore[arg-type] # passed on as they came
        self._arguments = arguments

    @jsii.member(jsii_name="getRemoteStateDataSource")
    def get_remote_state_data_source(
        self, scope: Construct, name: str, _from_stack: str
    ) -> TerraformRemoteState:
        """Return the data source by which another stack reads this state."""
        arguments = {k: v for k, v in self._arguments.items() if k != "dynamodb_table"}
        return DataTerraformRemoteStateS3(
            scope,
            name,
            workspace="${terraform.workspace}",
            **arguments,  # type: ignore[arg-type] # passed on as they came
        )

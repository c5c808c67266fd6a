"""The policies of the buckets, topics, queues, secrets, keys and roles in some stacks; pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from platform_lib.testing._policy_stacks import Resource, Stacks
from platform_lib.testing._policy_statements import Attached, Document, Statement, statements
from platform_lib.testing._policy_text import not_judged

_INLINE = (
    "aws_kms_key",
    "aws_s3_bucket",
    "aws_secretsmanager_secret",
    "aws_sns_topic",
    "aws_sqs_queue",
)
"""Types that have an argument ``policy``."""

_SEPARATE = {
    # type: (argument that names what it is attached to, type of that)
    "aws_backup_vault_policy": ("backup_vault_name", "aws_backup_vault"),
    "aws_cloudwatch_event_bus_policy": ("event_bus_name", "aws_cloudwatch_event_bus"),
    "aws_dynamodb_resource_policy": ("resource_arn", "aws_dynamodb_table"),
    "aws_ecr_repository_policy": ("repository", "aws_ecr_repository"),
    "aws_efs_file_system_policy": ("file_system_id", "aws_efs_file_system"),
    "aws_kms_key_policy": ("key_id", "aws_kms_key"),
    "aws_lambda_permission": ("function_name", "aws_lambda_function"),
    "aws_s3_bucket_policy": ("bucket", "aws_s3_bucket"),
    "aws_secretsmanager_secret_policy": ("secret_arn", "aws_secretsmanager_secret"),
    "aws_sns_topic_policy": ("arn", "aws_sns_topic"),
    "aws_sqs_queue_policy": ("queue_url", "aws_sqs_queue"),
}
_IDENTIFIERS = ("arn", "id", "name", "bucket", "key_id", "url", "function_name")
_OTHER_SIDE = ("aws_iam_", "aws_vpc_endpoint")
"""Types whose policies are identity policies, or limit only what passes through an endpoint."""


@dataclass(slots=True)
class Holder:
    """A resource, and what its policy says."""

    resource: Resource
    arn: str
    attached: Attached
    statements: list[Statement] = field(default_factory=list)

    @property
    def account(self) -> str:
        """Account that owns it."""
        return self.resource.place.account


class Holders:
    """The resources of some stacks, with their policies.

    Args:
        stacks: The stacks.

    Raises:
        PlatformError: ``NotJudged`` if a policy cannot be read, or it is not clear whose it is.
    """

    def __init__(self, stacks: Stacks) -> None:
        self._stacks = stacks
        self._found: dict[str, Holder] = {}
        self._unread: dict[str, str] = {}
        for resource in stacks.resources():
            # A topic's policy has an argument `arn`, which is that of the topic.
            if "arn" in resource.block:
                continue
            arn = stacks.attribute(resource, "arn")
            attached = {"aws_kms_key": Attached.KEY, "aws_iam_role": Attached.TRUST}
            self._found[arn] = Holder(resource, arn, attached.get(resource.type, Attached.RESOURCE))
        for resource in stacks.resources():
            self._read(resource)
        for holder in self._found.values():
            if holder.attached is Attached.KEY and not holder.statements:
                self._add(holder, holder.resource, _default_key_policy(holder.resource))

    def find(self, resource: str) -> Holder | None:
        """Return the resource that ``resource`` is, or is part of as an object is of a bucket."""
        for end in range(len(resource), 0, -1):
            if resource[end : end + 1] in {"", "/", ":"} and resource[:end] in self._found:
                return self._found[resource[:end]]
        return None

    def unread(self, service: str) -> str | None:
        """Return the address of a policy about a service that is of a kind we do not read."""
        return self._unread.get(service) or self._unread.get("*")

    def _read(self, resource: Resource) -> None:
        if resource.type == "aws_iam_role":
            holder = self._found[self._stacks.attribute(resource, "arn")]
            self._add(holder, resource, resource.document("assume_role_policy"))
        elif resource.type in _INLINE and "policy" in resource.block:
            holder = self._found[self._stacks.attribute(resource, "arn")]
            self._add(holder, resource, resource.document("policy"))
        elif resource.type == "aws_lambda_permission":
            self._add(self._target(resource), resource, _permission(resource.block))
        elif resource.type in _SEPARATE:
            self._add(self._target(resource), resource, resource.document("policy"))
        elif resource.type == "aws_cloudwatch_log_resource_policy":
            self._read_for_log_groups(resource)
        elif resource.type == "aws_kms_grant":
            self._unread["kms"] = resource.address
        elif not resource.type.startswith(_OTHER_SIDE):
            for service in _services(resource):
                self._unread[service] = resource.address

    def _read_for_log_groups(self, policy: Resource) -> None:
        """Add a policy that belongs to no log group: its statements say which ones it is about.

        https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutResourcePolicy.html
        """
        for holder in self._found.values():
            own = holder.resource
            if own.type == "aws_cloudwatch_log_group" and own.place == policy.place:
                self._add(holder, policy, policy.document("policy_document"))

    def _add(self, holder: Holder, source: Resource, document: Document) -> None:
        resolved = self._stacks.resolve_all(document, source.stack)
        name = f"{holder.attached.value} {source.path}"
        holder.statements += statements(resolved, name, holder.attached)

    def _target(self, policy: Resource) -> Holder:
        """Return what a policy is attached to, however it names it."""
        argument, type_ = _SEPARATE[policy.type]
        named = self._stacks.resolve(policy.block[argument], policy.stack)
        for holder in self._found.values():
            own = holder.resource
            if own.type == type_ and named in {
                self._stacks.attribute(own, it) for it in _IDENTIFIERS
            }:
                return holder
        raise not_judged(
            f"{policy.address} is attached to {named}, which is not in these stacks;"
            " give Access the stack that has it"
        )


def _services(resource: Resource) -> Iterator[str]:
    """Yield the services whose actions a policy in a resource's arguments speaks of."""
    for document in resource.documents():
        written = document["Statement"]
        for statement in [written] if isinstance(written, Mapping) else written:
            actions = statement.get("Action", "*")
            for action in [actions] if isinstance(actions, str) else actions:
                yield str(action).partition(":")[0].lower()


def _default_key_policy(key: Resource) -> Document:
    """Return what KMS gives a key without a policy.

    https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-default.html
    """
    root = f"arn:{key.place.partition}:iam::{key.place.account}:root"
    return _document(Principal={"AWS": root}, Action="kms:*", Resource="*")


def _permission(block: Mapping[str, Any]) -> Document:
    """Return the statement that a permission adds to a function's policy.

    https://docs.aws.amazon.com/lambda/latest/api/API_AddPermission.html
    """
    principal = str(block["principal"])
    kind = "Service" if principal.endswith((".amazonaws.com", ".amazonaws.com.cn")) else "AWS"
    condition = {
        operator: {key: block[argument]}
        for operator, key, argument in (
            ("ArnLike", "aws:SourceArn", "source_arn"),
            ("StringEquals", "aws:SourceAccount", "source_account"),
        )
        if argument in block
    }
    return _document(Principal={kind: principal}, Action=block["action"], Condition=condition)


def _document(**statement: Any) -> Document:
    return {"Version": "2012-10-17", "Statement": {"Effect": "Allow", **statement}}

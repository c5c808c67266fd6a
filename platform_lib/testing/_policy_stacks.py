"""Synthesised stacks as resources whose references are followed, across stacks too; pure.

A reference such as ``${aws_s3_bucket.Media.arn}`` becomes the ARN that the resource will have. What
only AWS can know stays a reference, with the stack's name in front, so that it is the same value
wherever it is read and a value of its own everywhere.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from platform_lib.naming import partition_of
from platform_lib.testing._policy_arns import ALIASES, ARNS
from platform_lib.testing._policy_text import not_judged

Block = Mapping[str, Any]

# Terraform's own; `$${` is an IAM variable in disguise, and `${aws:username}` one without it.
_EXPRESSION = re.compile(r"(?<!\$)\$\{(?![A-Za-z0-9-]+:|[*?$]\})(?P<inner>[^{}]+)\}")
_ATTRIBUTE = re.compile(r"(?P<type>[a-z0-9_]+)\.(?P<name>[\w-]+)\.(?P<attribute>\w+)")
_UPSTREAM = re.compile(
    r"data\.terraform_remote_state\.(?P<state>[\w-]+)\.outputs\.(?P<output>[\w-]+)"
)
_SUFFIX_LENGTH = 6
"""Secrets Manager adds that many characters to a secret's name.
https://docs.aws.amazon.com/secretsmanager/latest/userguide/whats-in-a-secret.html"""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a resource is created."""

    account: str
    region: str

    @property
    def partition(self) -> str:
        """Partition in its ARN."""
        return partition_of(self.region)


@dataclass(frozen=True)
class Stack:
    """The Terraform JSON of one stack."""

    json: Block

    @cached_property
    def name(self) -> str:
        """Name of the stack."""
        return str(self.json["//"]["metadata"]["stackName"])

    @cached_property
    def state(self) -> Block:
        """Where its state is, as far as a reader of the state says it too."""
        (kind, backend), *_ = self.json["terraform"]["backend"].items()
        return _state(kind, backend)

    def reads(self, name: str) -> Block:
        """Return where a state is that the stack reads."""
        block = self.json["data"]["terraform_remote_state"][name]
        return _state(block["backend"], block["config"])

    def place(self, block: Block) -> Place:
        """Return where one of its resources is created, by the resource's provider."""
        providers = self.json["provider"]["aws"]
        alias = str(block.get("provider", "aws")).partition(".")[2]
        own: Block = next((it for it in providers if it.get("alias", "") == alias), {})
        accounts = own.get("allowed_account_ids") or providers[0].get("allowed_account_ids")
        if not accounts or "region" not in own:
            raise not_judged(
                f"{self.name} does not say into which account and Region it is applied; give its"
                " provider a region and allowed_account_ids"
            )
        return Place(accounts[0], own["region"])


@dataclass(frozen=True)
class Resource:
    """One resource of a stack."""

    stack: Stack
    type: str
    name: str
    block: Block

    @property
    def address(self) -> str:
        """Name of the stack and address in it."""
        return f"{self.stack.name}.{self.type}.{self.name}"

    @cached_property
    def path(self) -> str:
        """Construct path, which starts with the name of the stack."""
        return str(self.block["//"]["metadata"]["path"])

    @cached_property
    def place(self) -> Place:
        """Where it is created."""
        return self.stack.place(self.block)

    def document(self, argument: str) -> Block:
        """Return the policy in one of its arguments.

        Raises:
            PlatformError: ``NotJudged`` if it is not written out as JSON.
        """
        try:
            document = json.loads(self.block[argument])
        except ValueError:
            raise not_judged(f"the {argument} of {self.address} is not JSON") from None
        return dict(document)

    def documents(self) -> Iterator[Block]:
        """Yield all policies that are written out in its arguments."""
        for argument, value in self.block.items():
            if isinstance(value, str) and value.startswith("{") and '"Statement"' in value:
                yield self.document(argument)


class Stacks:
    """All resources of some stacks.

    Args:
        documents: The stacks' Terraform JSON.
    """

    def __init__(self, documents: Iterable[Block]) -> None:
        self._stacks = [Stack(document) for document in documents]
        self._resources = {
            (stack.name, type_, name): Resource(stack, type_, name, block)
            for stack in self._stacks
            for type_, blocks in stack.json.get("resource", {}).items()
            for name, block in blocks.items()
        }

    def resources(self, *types: str) -> Iterator[Resource]:
        """Yield the resources of some types, or all."""
        for resource in self._resources.values():
            if not types or resource.type in types:
                yield resource

    def resolve(self, text: str, stack: Stack) -> str:
        """Follow the references in a text of ``stack``."""
        return _EXPRESSION.sub(lambda found: self._follow(found["inner"].strip(), stack), text)

    def resolve_all(self, value: Any, stack: Stack) -> Any:
        """Follow the references in all texts of a JSON value."""
        if isinstance(value, str):
            return self.resolve(value, stack)
        if isinstance(value, Mapping):
            return {
                self.resolve(key, stack): self.resolve_all(it, stack) for key, it in value.items()
            }
        if isinstance(value, list):
            return [self.resolve_all(it, stack) for it in value]
        return value

    def attribute(self, resource: Resource, name: str) -> str:
        """Return what an attribute of a resource will be, or the reference to it."""
        name = ALIASES.get((resource.type, name), name)
        if name == "arn" and resource.type in ARNS:
            return ARNS[resource.type].format_map(_Fields(self, resource))
        given = resource.block.get(name)
        if isinstance(given, str):
            return self.resolve(given, resource.stack)
        return f"${{{resource.address}.{name}}}"

    def _follow(self, expression: str, stack: Stack) -> str:
        own = _ATTRIBUTE.fullmatch(expression)
        if own and (stack.name, own["type"], own["name"]) in self._resources:
            resource = self._resources[stack.name, own["type"], own["name"]]
            return self.attribute(resource, own["attribute"])
        upstream = _UPSTREAM.fullmatch(expression)
        if upstream:
            return self._output(stack.reads(upstream["state"]), upstream["output"])
        return f"${{{stack.name}.{expression}}}"

    def _output(self, state: Block, name: str) -> str:
        owner = next((it for it in self._stacks if it.state == state), None)
        if owner is None:
            return f"${{{'.'.join(str(it) for it in state.values())}.{name}}}"
        outputs = owner.json.get("output", {})
        if name not in outputs:
            # CDKTF writes an output when the stack that reads it is synthesised.
            raise not_judged(
                f"{owner.name} has no output {name!r}, which another stack reads; make its Template"
                " after that of the reader"
            )
        value = outputs[name]["value"]
        if isinstance(value, str):
            return self.resolve(value, owner)
        return f"${{{owner.name}.output.{name}}}"


class _Fields(dict[str, str]):
    """What stands in the braces of an ARN."""

    def __init__(self, stacks: Stacks, resource: Resource) -> None:
        super().__init__(
            partition=resource.place.partition,
            account=resource.place.account,
            region=resource.place.region,
            suffix=hashlib.sha256(resource.address.encode()).hexdigest()[:_SUFFIX_LENGTH],
            path=str(resource.block.get("path", "/")),
        )
        self._stacks, self._resource = stacks, resource

    def __missing__(self, field: str) -> str:
        if field == "host":
            return self._stacks.attribute(self._resource, "url").removeprefix("https://")
        if field == "bare_name":
            return self._stacks.attribute(self._resource, "name").removeprefix("/")
        return self._stacks.attribute(self._resource, field)


def _state(kind: str, settings: Block) -> Block:
    names = ("path",) if kind == "local" else ("bucket", "key")
    return {"backend": kind} | {name: settings.get(name) for name in names}

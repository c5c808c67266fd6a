"""What the pages say about synthesised stacks: the project's own and those of the examples."""

from __future__ import annotations

import json
import tempfile
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from pathlib import Path

from cdktf import Testing

from docs._tables import prose, table
from docs.examples import shop_prod
from platform_lib.app import build_app
from platform_lib.core.stack import PlatformStack
from platform_lib.environment import Account, Environment
from platform_lib.project import load
from platform_lib.terraform.import_ids import _COMPOSED
from platform_lib.testing.template import Template

ROOT = Path(__file__).resolve().parents[1]


@dataclass(frozen=True, slots=True)
class StackFacts:
    """What is shown of one stack."""

    id: str
    name: str
    target: str
    account: str
    account_id: str
    category: str
    """Category of its environment; empty for an account's own stack."""
    holds: str
    reads: tuple[str, ...]
    resources: int


@cache
def stacks() -> tuple[StackFacts, ...]:
    """Return every stack of the project, in the order in which they are applied."""
    project = load(ROOT)
    with tempfile.TemporaryDirectory() as outdir:
        app = build_app(project.accounts, project.environments, outdir=Path(outdir))
        return tuple(_facts(stack) for stack in app.stacks)


def _facts(stack: PlatformStack) -> StackFacts:
    stack.prepare_stack()
    target = stack.target
    return StackFacts(
        id=stack.id,
        name=stack.name,
        target=target.name,
        account=stack.account.name,
        account_id=stack.account.id,
        category="" if isinstance(target, Account) else target.category.value,
        holds=prose((type(stack).__doc__ or "").split("\n\n")[0]).rstrip("."),
        reads=tuple(sorted(upstream.node.id for upstream in stack.dependencies)),
        resources=sum(len(paths) for paths in Template(stack).paths().values()),
    )


def stack_table() -> str:
    """Describe each kind of stack once."""
    kinds: dict[str, StackFacts] = {}
    for stack in stacks():
        kinds.setdefault(stack.name, stack)
    by_id = {stack.id: stack.name for stack in stacks()}
    rows = (
        (
            f"`<{'environment' if kind.category else 'account'}>-{kind.name}`",
            kind.holds,
            ", ".join(by_id[upstream] for upstream in kind.reads) or "nothing",
            f"`platform_lib/stacks/{kind.name}.py`",
        )
        for kind in kinds.values()
    )
    return table(("stack", "holds", "after", "code"), rows)


def synth_table(target: str) -> str:
    """List the stacks that one environment comes to, with its account's."""
    own = [stack for stack in stacks() if stack.target == target]
    shown = [stack for stack in stacks() if stack.target == own[0].account] + own
    rows = ((f"`{it.id}`", str(it.resources), it.holds) for it in shown)
    return table(("stack", "resources", "what is in it"), rows)


@cache
def example(name: str) -> Template:
    """Return what an example's stack becomes in the example environment."""
    module = import_module(f"docs.examples.{name}")
    with tempfile.TemporaryDirectory() as outdir:
        app = Testing.app(outdir=outdir)
        return Template(module.ExampleStack(app, environment=shop_prod.ENVIRONMENT))


def stack_of(environment: Environment, name: str) -> Template:
    """Return one of the stacks that an environment becomes."""
    with tempfile.TemporaryDirectory() as outdir:
        app = build_app([environment.account], [environment], outdir=Path(outdir))
        return Template(next(it for it in app.stacks if it.name == name))


def resources(name: str) -> str:
    """Count what an example defines, by type."""
    rows = ((f"`{kind}`", str(len(paths))) for kind, paths in example(name).paths().items())
    return table(("resource", "in the example"), rows)


def block(name: str, kind: str, end: str = "") -> str:
    """Show one block of an example's JSON, or of a project's stack, without CDKTF's metadata."""
    found = example(name).only(kind, path=end or None)
    return f"```json\n{json.dumps({kind: found}, indent=2)}\n```"


_BY_NAME = {
    "aws_cloudwatch_log_group": "its name",
    "aws_db_subnet_group": "its name",
    "aws_default_route_table": "the id of the VPC",
    "aws_elasticache_subnet_group": "its name",
    "aws_iam_role": "its name",
    "aws_iam_role_policy": "`<role>:<policy>`",
}


def imports(name: str, below: str) -> str:
    """List the construct paths of an example with the id under which Terraform imports each."""
    rows = (
        (f"`{path.split('/', 1)[1]}`", f"`{kind}`", _import_form(kind))
        for kind, paths in example(name).paths().items()
        for path in paths
        if f"/{below}/" in path
    )
    return table(("construct path", "resource", "id to give"), rows)


def _import_form(kind: str) -> str:
    if kind not in _COMPOSED:
        return _BY_NAME.get(kind, "its id")
    return f"`{_COMPOSED[kind][0].replace('{', '<').replace('}', '>')}`"

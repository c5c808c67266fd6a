"""Tables about the code that need no synth: fields, enums, guardrails, extensions."""

from __future__ import annotations

import ast
import inspect
import re
from collections.abc import Iterable, Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

from pydantic import BaseModel

import platform_lib
from platform_lib import types
from platform_lib._docstrings import meaning
from platform_lib.guardrails.registry import rules
from platform_lib.network._endpoint_services import PRESETS
from platform_lib.terraform.stateful import STATEFUL_TYPES
from platform_lib.testing.secrets_in_state import ALLOWED
from platform_lib.waf.managed_groups import ManagedGroup

LIBRARY = Path(platform_lib.__file__).parent
_FRAMEWORK = ("cdktf", "constructs")
_LAYERS = {
    "account": "what is set once per account",
    "acm": "certificates",
    "alb": "load balancers, their rules and target groups",
    "alerts": "alert topics and alarms",
    "cli": "the commands of `platformctl`",
    "cloudfront": "distributions: behaviours, origins, policies, and what becomes of a request",
    "core": "base classes of stacks and constructs, connections, grants, renames",
    "dns": "zones and records",
    "dynamodb": "tables",
    "ecr": "image repositories",
    "ecs": "services and tasks on Fargate",
    "elasticache": "caches and queues: Valkey and Redis OSS",
    "functions": "Lambda functions and their zips",
    "guardrails": "rules about environments, one file each",
    "iam": "policies and roles",
    "kms": "keys",
    "local": "the emulated AWS",
    "mq": "RabbitMQ brokers",
    "network": "the VPC and everything in it",
    "observability": "log groups",
    "rds": "PostgreSQL databases: RDS and Aurora",
    "s3": "buckets",
    "secretsmanager": "secrets, and their rotation",
    "services": "what a service is, what it names, what is wrong with it",
    "ses": "sending e-mail",
    "stacks": "one file per kind of Terraform state, wiring only",
    "terraform": "running Terraform: order, plan guard, interruption, state",
    "testing": "what a test of yours can import",
    "waf": "web ACLs",
}
"""A package without a line here fails `make docs`."""


def table(headings: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    """Write a Markdown table."""
    titles = list(headings)
    lines = [titles, ["---"] * len(titles), *([_cell(it) for it in row] for row in rows)]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def named(dotted: str) -> Any:
    """Return the object with a dotted name."""
    module, _, name = dotted.rpartition(".")
    return getattr(import_module(module), name)


def prose(text: str) -> str:
    """Turn a docstring's markup into Markdown on one line, with bare addresses as links."""
    line = re.sub(r"``([^`]+)``", r"`\1`", " ".join(text.split()))
    return re.sub(r"(?<![(<])(https://\S+)", r"([source](\1))", line)


def fields(dotted: str, described: str = "") -> str:
    """Describe every field of a model, those of its bases first.

    Args:
        dotted: The model.
        described: A base whose fields have a table of their own.
    """
    model = named(dotted)
    left_out = named(described).model_fields if described else ()
    written = {name: given for base in reversed(model.__mro__) for name, given in _written(base)}
    rows = []
    for name in model.model_fields:
        if name in left_out:
            continue
        annotation, default = written[name]
        shown = f"`{default}`" if default else "*required*"
        rows.append((f"`{name}`", f"`{annotation}`", shown, prose(meaning(model, name))))
    return table(("field", "type", "default", "meaning"), rows)


def enum(dotted: str) -> str:
    """Describe every member of an enumeration by the string below it."""
    rows = ((f"`{name}`", f"`{value}`", text) for name, value, text in _members(named(dotted)))
    return table(("member", "value", "meaning"), rows)


def guardrails() -> str:
    """Write a heading for every guardrail, with what it asks and what to write instead."""
    return "\n\n".join(
        f"### {rule.id}\n\n{prose(rule.sentence)}\nTo meet it: {prose(rule.fix)}."
        for rule in rules()
    )


def endpoint_presets() -> str:
    """List what each preset of interface endpoints stands for."""
    rows = ((f"`{name}`", ", ".join(f"`{it}`" for it in PRESETS[name])) for name in sorted(PRESETS))
    return table(("preset", "services"), rows)


def managed_groups() -> str:
    """List AWS's managed groups of rules, with what they cost and contain."""
    listed = (
        (
            f"`{name}`",
            str(group.capacity),
            meaning,
            ", ".join(f"`{it}`" for it in group.rules),
        )
        for group, (name, _, meaning) in zip(ManagedGroup, _members(ManagedGroup), strict=True)
    )
    return table(("group", "units", "what is in it", "rules"), listed)


def extensions() -> str:
    """List what the emulated AWS adds to moto, one file each."""
    folder = LIBRARY / "local" / "extensions"
    kept = ("__init__", "registry", "support")
    rows = (
        (f"`{file.stem}`", _summary(file))
        for file in sorted(folder.glob("*.py"))
        if file.stem not in kept and not file.stem.startswith("_")
    )
    return table(("extension", "what it adds"), rows)


def layers() -> str:
    """List the packages of the library, what they are for, and whether they need CDKTF."""
    rows = []
    for folder in sorted(path for path in LIBRARY.iterdir() if (path / "__init__.py").is_file()):
        heavy = any(_needs_framework(file) for file in folder.rglob("*.py"))
        rows.append(
            (f"`platform_lib/{folder.name}`", _LAYERS[folder.name], "yes" if heavy else "no")
        )
    return table(("package", "what is in it", "imports CDKTF"), rows)


def scalars() -> str:
    """Describe the annotated scalars that fields use."""
    tree = ast.parse(Path(types.__file__).read_text(encoding="utf-8"))
    rows = [
        (f"`{statement.targets[0].id}`", _text(below))
        for statement, below in zip(tree.body, tree.body[1:], strict=False)
        if isinstance(statement, ast.Assign)
        and isinstance(statement.targets[0], ast.Name)
        and not statement.targets[0].id.isupper()
    ]
    return table(("type", "meaning"), rows)


def stateful() -> str:
    """List the resource types that the plan guard protects, with what is lost."""
    rows = ((f"`{kind}`", lost) for kind, lost in sorted(STATEFUL_TYPES.items()))
    return table(("resource type", "what destroying it means"), rows)


def secrets_in_state() -> str:
    """List what provider 5.100 forces into the state, and why."""
    rows = ((*(f"`{it}`" for it in place.split()), why) for place, why in ALLOWED.items())
    return table(("resource type", "argument", "why"), rows)


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


def _members(kind: Any) -> Iterator[tuple[str, Any, str]]:
    """Yield name, value and the string below of every member of an enumeration."""
    body = _class(kind).body
    for statement, below in zip(body, [*body[1:], None], strict=True):
        if isinstance(statement, ast.Assign) and isinstance(statement.targets[0], ast.Name):
            name = statement.targets[0].id
            yield f"{kind.__name__}.{name}", kind[name].value, _text(below)


def _text(statement: ast.stmt | None) -> str:
    """Return the string that stands below an assignment, up to a bare address."""
    if isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant):
        return prose(str(statement.value.value).split("\nhttps://")[0])
    return ""


def _summary(file: Path) -> str:
    docstring = ast.get_docstring(ast.parse(file.read_text(encoding="utf-8"))) or ""
    return prose(docstring.split("\n\n")[0])


def _needs_framework(file: Path) -> bool:
    tree = ast.parse(file.read_text(encoding="utf-8"))
    names = [
        name
        for node in ast.walk(tree)
        for name in (
            [alias.name for alias in node.names]
            if isinstance(node, ast.Import)
            else [node.module or ""]
            if isinstance(node, ast.ImportFrom)
            else []
        )
    ]
    return any(name.startswith(_FRAMEWORK) for name in names)


def _class(kind: type) -> ast.ClassDef:
    (found,) = ast.parse(inspect.getsource(kind)).body
    if not isinstance(found, ast.ClassDef):
        raise TypeError(f"{kind} is no class")
    return found


def _written(model: type) -> Iterator[tuple[str, tuple[str, str]]]:
    """Yield what the source says about each field: its type without checks, and its default."""
    if not issubclass(model, BaseModel) or not model.__module__.startswith("platform_lib"):
        return
    for statement in _class(model).body:
        if isinstance(statement, ast.AnnAssign) and isinstance(statement.target, ast.Name):
            annotation = statement.annotation
            if (
                isinstance(annotation, ast.Subscript)
                and ast.unparse(annotation.value) == "Annotated"
            ):
                annotation = annotation.slice.elts[0]  # type: ignore[attr-defined] # a tuple
            default = "" if statement.value is None else ast.unparse(statement.value)
            yield statement.target.id, (ast.unparse(annotation), default)

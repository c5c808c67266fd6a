"""Configuration starts no Node, asks nobody, and branches on what is wanted."""

from __future__ import annotations

import ast
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import platform_lib

LIBRARY = Path(platform_lib.__file__).parent
FRAMEWORK = ("cdktf", "jsii", "constructs", "cdktf_cdktf_provider")
IMPURE_MODULES = {"random", "secrets", "socket", "subprocess", "time", "uuid", "urllib", "boto3"}
IMPURE_CALLS = {"now", "today", "utcnow", "environ", "getenv", "getcwd"}

CONFIGURATION = (
    "platform_lib.addresses",
    "platform_lib.acm.config",
    "platform_lib.alb.config",
    "platform_lib.alb.target_config",
    "platform_lib.alerts.config",
    "platform_lib.cloudfront.behaviours",
    "platform_lib.cloudfront.config",
    "platform_lib.cloudfront.hosts",
    "platform_lib.cloudfront.managed",
    "platform_lib.cloudfront.origins",
    "platform_lib.cloudfront.policies",
    "platform_lib.cloudfront.presets",
    "platform_lib.cloudfront.problems",
    "platform_lib.dns.config",
    "platform_lib.dynamodb.config",
    "platform_lib.ecr.config",
    "platform_lib.ecs.config",
    "platform_lib.ecs.service_config",
    "platform_lib.ecs.task_configs",
    "platform_lib.elasticache.config",
    "platform_lib.environment",
    "platform_lib.errors",
    "platform_lib.functions.config",
    "platform_lib.guardrails.registry",
    "platform_lib.guardrails.review",
    "platform_lib.guardrails.rule",
    "platform_lib.kms.config",
    "platform_lib.messages",
    "platform_lib.model",
    "platform_lib.mq.config",
    "platform_lib.naming",
    "platform_lib.network.config",
    "platform_lib.rds.aurora_config",
    "platform_lib.rds.config",
    "platform_lib.s3.config",
    "platform_lib.secretsmanager.config",
    "platform_lib.services.catalogue",
    "platform_lib.services.config",
    "platform_lib.services.problems",
    "platform_lib.services.uses",
    "platform_lib.ses.config",
    "platform_lib.tokens",
    "platform_lib.types",
    "platform_lib.waf.capacity",
    "platform_lib.waf.config",
    "platform_lib.waf.managed_groups",
    "platform_lib.waf.rules",
    "platform_lib.waivers",
)
"""What a person's files and `check` need; config modules are added here with their package."""

IMPORT_ALL = """
import importlib, json, sys
loaded = {}
for name in json.loads(sys.argv[1]):
    importlib.import_module(name)
    if name == "platform_lib.guardrails.registry":
        sys.modules[name].rules()
    for module in list(sys.modules):
        loaded.setdefault(module, name)
print(json.dumps(loaded))
"""


def files() -> list[Path]:
    """Return every Python file of the library."""
    return sorted(LIBRARY.rglob("*.py"))


def module_of(file: Path) -> str:
    """Return the name under which a file is imported."""
    return ".".join(file.relative_to(LIBRARY.parent).with_suffix("").parts)


def tree_of(file: Path) -> ast.Module:
    """Return a file's syntax tree."""
    return ast.parse(file.read_text(encoding="utf-8"))


def declared_pure() -> set[str]:
    """Return the modules whose first line says that they are pure, and all configuration."""
    return set(CONFIGURATION) | {
        module_of(file)
        for file in files()
        if (ast.get_docstring(tree_of(file)) or "").split("\n\n")[0].rstrip(".").endswith("; pure")
    }


def test_every_config_module_is_listed() -> None:
    """A new package's configuration is held to the same rules as the others."""
    configs = {module_of(file) for file in files() if file.name == "config.py"}

    assert configs - set(CONFIGURATION) == set()


def test_pure_modules_load_no_framework() -> None:
    """Wrong input is refused before Node starts: nothing here imports what would start it."""
    names = sorted(declared_pure())

    done = subprocess.run(
        [sys.executable, "-c", IMPORT_ALL, json.dumps(names)],
        check=True,
        capture_output=True,
        text=True,
    )

    loaded = json.loads(done.stdout)
    assert {m: by for m, by in loaded.items() if m.split(".")[0].startswith(FRAMEWORK)} == {}
    assert set(names) <= set(loaded)


@pytest.mark.parametrize("module", CONFIGURATION)
def test_configuration_asks_neither_clock_nor_surroundings(module: str) -> None:
    """The same files give the same result on any day and machine."""
    tree = tree_of(LIBRARY.parent / Path(*module.split(".")).with_suffix(".py"))

    asked = {name for node in ast.walk(tree) for name in _asks(node)}

    assert asked == set()


def _asks(node: ast.AST) -> Iterator[str]:
    if isinstance(node, ast.Import):
        yield from (a.name for a in node.names if a.name.split(".")[0] in IMPURE_MODULES)
    elif isinstance(node, ast.ImportFrom) and node.module is not None:
        if node.module.split(".")[0] in IMPURE_MODULES:
            yield node.module
    elif isinstance(node, ast.Attribute) and node.attr in IMPURE_CALLS:
        yield node.attr


def test_nothing_depends_on_an_environments_name() -> None:
    """No comparison of a name with a text: what is wanted is a field of its own."""
    found = [
        f"{file.relative_to(LIBRARY)}:{node.lineno}"
        for file in files()
        for node in ast.walk(tree_of(file))
        if isinstance(node, (ast.Compare, ast.Match, ast.Call)) and _asks_for_a_name(node)
    ]

    assert found == []


@pytest.mark.parametrize(
    ("text", "asks"),
    [
        ("environment.name == 'prod'", True),
        ("'prod' != self.environment.name", True),
        ("account.name in ('prod', 'stage')", True),
        ("'prod' in target.name", True),
        ("environment.name.startswith('prod')", True),
        ("environment.name.endswith(('prod', 'live'))", True),
        ("match environment.name:\n  case 'prod': pass", True),
        ("environment.name == other.name", False),
        ("environment.category == 'customer'", False),
        ("environment.name in names", False),
        ("file.name == 'cdk.tf.json'", False),
    ],
)
def test_the_search_for_names_finds_them(text: str, *, asks: bool) -> None:
    """The guard itself is guarded: each way to ask is found, and nothing else."""
    nodes = ast.walk(ast.parse(text))

    found = any(
        _asks_for_a_name(node)
        for node in nodes
        if isinstance(node, (ast.Compare, ast.Match, ast.Call))
    )

    assert found is asks


def _asks_for_a_name(node: ast.Compare | ast.Match | ast.Call) -> bool:
    if isinstance(node, ast.Match):
        return _is_a_name(node.subject)
    if isinstance(node, ast.Compare):
        sides = [node.left, *node.comparators]
        return any(map(_is_a_name, sides)) and any(map(_is_text, sides))
    method = node.func
    return (
        isinstance(method, ast.Attribute)
        and method.attr in {"startswith", "endswith"}
        and _is_a_name(method.value)
        and any(map(_is_text, node.args))
    )


def _is_a_name(node: ast.expr) -> bool:
    """Tell whether it is the name of an environment, an account or a target."""
    if not isinstance(node, ast.Attribute) or node.attr != "name":
        return False
    owner = ast.unparse(node.value).lower().rsplit(".", maxsplit=1)[-1].strip("_")
    return owner in {"environment", "env", "account", "target"}


def _is_text(node: ast.expr) -> bool:
    if isinstance(node, (ast.Tuple, ast.List, ast.Set)):
        return any(map(_is_text, node.elts))
    return isinstance(node, ast.Constant) and isinstance(node.value, str)


def test_the_library_knows_nobodys_environments() -> None:
    """Imports go from a team's files to the library and never back."""
    found = {
        f"{file.relative_to(LIBRARY)}: {name}"
        for file in files()
        for node in ast.walk(tree_of(file))
        for name in _imported(node)
        if name.split(".")[0] in {"environments", "services", "main"}
    }

    assert found == set()


def _imported(node: ast.AST) -> Iterator[str]:
    if isinstance(node, ast.Import):
        yield from (alias.name for alias in node.names)
    elif isinstance(node, ast.ImportFrom) and node.module is not None and node.level == 0:
        yield node.module

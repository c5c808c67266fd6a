"""The pages about services say what services get, and a ninth one is one edit."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from docs import _services, generate
from docs._pages import Page
from environments.checkout import base
from platform_lib.ecs.config import ContainerConfig, TaskConfig
from platform_lib.ecs.images import ImageConfig
from platform_lib.environment import Environment
from platform_lib.project import load
from platform_lib.services.config import Job, Migration, Scheduler, WebService, Worker
from platform_lib.services.uses import BrokerUse
from platform_lib.terraform.stack import read_stacks
from platform_lib.testing.addresses import addresses_in, differences
from platform_lib.testing.project import SynthesisedProject, SynthesisedStack
from platform_lib.testing.template import Template
from tests.constructs.ecs_shop import container_of
from tests.docs.test_docs_walkthrough import blocks, project, run

__all__ = ["project"]

PAGE = Page(generate.ROOT / "docs" / "services.md")
CHANGE = generate.ROOT / "docs" / "examples" / "add_service.diff"
MOST_LINES = 15

RUNNING = [it for it in load(generate.ROOT).environments if it.services]
"""Environments with services."""


@pytest.mark.parametrize("environment", RUNNING, ids=lambda it: it.name)
def test_the_listed_variables_are_those_that_containers_get(
    synthesised: SynthesisedProject, environment: Environment
) -> None:
    """No variable is missing from the page, none is too many, and none is in the wrong column."""
    listed = {name: _services.variables_of(it) for name, it in _services.SERVICES.items()}

    given = _containers(synthesised.stacks[f"{environment.name}-services"], environment)

    assert given.keys() == listed.keys()
    for name, (plain, secret) in given.items():
        assert plain == {it for it, (_, shown) in listed[name].items() if shown}
        assert secret == {it for it, (_, shown) in listed[name].items() if not shown}


def _containers(
    stack: SynthesisedStack, environment: Environment
) -> dict[str, tuple[set[str], set[str]]]:
    """Return the names of plain and of secret variables in each task definition, by service."""
    found = {}
    for definition in stack.template.all("aws_ecs_task_definition").values():
        family = definition["family"].removeprefix(f"{environment.name}-").removesuffix("-task")
        container = container_of(definition)
        found[family] = (
            {it["name"] for it in container.get("environment", ())},
            {it["name"] for it in container.get("secrets", ())},
        )
    return found


def test_every_listed_variable_is_on_the_page() -> None:
    """The generated table is there, with every service and all of its variables."""
    rows = {line.split("`")[1]: line for line in PAGE.text.splitlines() if line.startswith("| `")}

    missing = [
        (name, variable)
        for name, service in _services.SERVICES.items()
        for variable in _services.variables_of(service)
        if f"`{variable}`: " not in rows[name]
    ]

    assert missing == []


@pytest.mark.parametrize(
    "duty",
    [
        *{str(it.ssl_root_certificate) for it in base.CREDENTIALS.values()},
        *ContainerConfig(image=ImageConfig(repository="a/b")).tmp_volumes.values(),
        *ContainerConfig(image=ImageConfig(repository="a/b")).user.split(":")[:1],
        TaskConfig.model_fields["architecture"].default,
    ],
)
def test_the_images_duties_are_those_of_the_code(duty: str) -> None:
    """Where the authorities of RDS are, what is writable, who runs it, for which processor."""
    (duties,) = re.findall(r"(?s)## What the image has to do\n(.*?)\n## ", PAGE.text)

    assert f"`{duty}`" in duties


def test_the_dockerfile_does_what_the_duties_say() -> None:
    """The file of the authorities, the volume and the user are those of the configuration."""
    container = ContainerConfig(image=ImageConfig(repository="a/b"))
    (dockerfile,) = PAGE.fences("dockerfile")

    for certificate in {it.ssl_root_certificate for it in base.CREDENTIALS.values()}:
        assert f"    {certificate}\n" in dockerfile
    for folder in container.tmp_volumes.values():
        assert f"VOLUME {folder}\n" in dockerfile
    assert f"USER {container.user}\n" in dockerfile


def test_secrets_that_a_person_puts_are_named() -> None:
    """Whoever makes an environment finds what to bring."""
    put = {name for name, it in base.SECRETS.items() if it.generated is None}

    listed = set(re.findall(r"^\| `([a-z-]+)` \| [^|]+ \| a person \|", PAGE.text, re.MULTILINE))

    assert listed == put
    assert put != set()


def test_kinds_of_services_are_named() -> None:
    """Each kind has its line."""
    for kind in (WebService, Worker, Scheduler, Job, Migration):
        assert f"| `{kind.__name__}` | " in PAGE.text


def test_variables_without_a_default_are_described() -> None:
    """A name that follows from another says so, and one that is chosen shows its default."""
    table = _services.defaults()

    assert f"| `brokers` | `{BrokerUse().variable}` | " in table
    assert table.count("*follows from the name*") == 2


class TestAddAService:
    """The how-to's edit, made in a copy of the project."""

    def test_is_one_edit_of_a_few_lines(self) -> None:
        """One file, and nothing is taken out of it."""
        lines = CHANGE.read_text(encoding="utf-8").splitlines()

        changed = [line for line in lines if line.startswith("+++ ")]
        added = [line for line in lines if line.startswith("+") and line not in changed]
        removed = [line for line in lines if line.startswith("-") and not line.startswith("---")]

        assert changed == ["+++ b/services/checkout.py"]
        assert len(added) <= MOST_LINES
        assert removed == []

    def test_adds_only_what_belongs_to_it(
        self, project: Path, synthesised: SynthesisedProject
    ) -> None:
        """Checked and synthesised as the page says; every other resource stays as it was."""
        done = run(project, blocks("how-to/add-a-service.md"))

        assert done.returncode == 0, done.stdout
        after = _synthesised_in(project, synthesised)
        told = differences(addresses_in(synthesised.stacks.values()), addresses_in(after), after)
        assert [it for it in told if _OWN.fullmatch(it) is None] == []
        assert {it.split()[1] for it in told} == {
            *(f"{it.name}-services" for it in RUNNING),
            *(f"{it.account.name}-foundation" for it in RUNNING),
        }
        assert _changed(synthesised, after) == []

    def test_is_written_as_the_rest_of_the_file(self, project: Path) -> None:
        """The formatter leaves it as it is."""
        done = run(project, [blocks("how-to/add-a-service.md")[0]])

        program = Path(sys.executable).with_name("ruff")
        options = ["--config", str(generate.ROOT / "pyproject.toml")]
        formatted = subprocess.run(
            [program, "format", "--check", *options, project / "services" / "checkout.py"],
            check=False,
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, done.stdout
        assert formatted.returncode == 0, formatted.stdout

    def test_is_on_the_page(self) -> None:
        """As a change of the file that it is for."""
        page = Page(generate.ROOT / "docs" / "how-to" / "add-a-service.md")

        assert page.fences("diff") == [CHANGE.read_text(encoding="utf-8")]


_OWN = re.compile(
    r"created: \S+-services \S+ Reviews(Task|Targets|Rule)?/.*"
    # The repository is called after the image, in each environment of the account.
    r"|created: \S+-foundation \S+ Repositories/\w+/CheckoutReviews/.*"
)


def _synthesised_in(root: Path, before: SynthesisedProject) -> list[SynthesisedStack]:
    """Read what a copy of the project has written."""
    return [
        SynthesisedStack(before.stacks[name].target, stack, Template(dict(stack.document.content)))
        for name, stack in read_stacks(root / "cdktf.out").items()
    ]


def _changed(before: SynthesisedProject, after: list[SynthesisedStack]) -> list[str]:
    """Name resources that are there before and after, and are not the same."""
    return [
        f"{stack.name} {kind}.{name}"
        for stack in after
        for kind, blocks in before.stacks[stack.name].template.json.get("resource", {}).items()
        for name, block in blocks.items()
        if stack.template.json["resource"].get(kind, {}).get(name) != block
    ]


class TestReleaseAnImage:
    """The how-to about versions."""

    RELEASE = Page(generate.ROOT / "docs" / "how-to" / "release-an-image.md")

    def test_names_variables_of_the_stack(self, synthesised: SynthesisedProject) -> None:
        """Each `TF_VAR_` of the page is a variable of every environment's services, and all are."""
        named = set(re.findall(r"TF_VAR_(\w+)", self.RELEASE.text))

        for environment in RUNNING:
            stack = synthesised.stacks[f"{environment.name}-services"]
            assert set(stack.template.json["variable"]) == named

    def test_says_what_moves_together(self, synthesised: SynthesisedProject) -> None:
        """The services of a row are those whose task definitions read the variable."""
        stack = synthesised.stacks[f"{RUNNING[0].name}-services"]
        moved: dict[str, set[str]] = {}
        for definition in stack.template.all("aws_ecs_task_definition").values():
            family = definition["family"].removeprefix(f"{RUNNING[0].name}-").removesuffix("-task")
            (variable,) = set(re.findall(r"var\.(\w+)", definition["container_definitions"]))
            moved.setdefault(variable, set()).add(family)

        listed = {
            variable: set(re.findall(r"`([a-z-]+)`", names))
            for variable, names in re.findall(
                r"^\| `TF_VAR_(\w+)` \| [^|]+ \| ([^|]+) \|", self.RELEASE.text, re.MULTILINE
            )
        }

        assert listed == moved

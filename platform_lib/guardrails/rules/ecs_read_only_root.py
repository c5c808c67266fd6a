"""What runs in a container is what was built."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from platform_lib.environment import Environment
from platform_lib.guardrails.rule import Breach, Rule


def _check(environment: Environment, _: Sequence[Environment]) -> Iterator[Breach]:
    for name, service in environment.services.items():
        container = service.task.container
        if not container.read_only_root:
            yield Breach(
                f"services.{name}.task.container.read_only_root",
                "whoever breaks into it can change its programs, and leave others behind",
                container.written_at("read_only_root"),
            )


RULE = Rule(
    id="ecs-read-only-root",
    sentence="Containers cannot change the files of their image.",
    fix="leave read_only_root out, and name the folders that it writes to in tmp_volumes",
    check=_check,
)

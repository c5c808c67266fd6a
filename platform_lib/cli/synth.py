"""`platformctl synth`."""

from __future__ import annotations

from collections.abc import Sequence

from platform_lib.cli.console import Output
from platform_lib.cli.synthesis import synthesise
from platform_lib.project import Project


def synth(project: Project, names: Sequence[str], output: Output) -> int:
    """Write the stacks, then list them with their resources and the time it took."""
    result = synthesise(project, project.select(names), full=not names)
    total = sum(stack.resources for stack in result.stacks)

    def show() -> None:
        rows = [(stack.name, str(stack.resources)) for stack in result.stacks]
        output.table(("stack", "resources"), rows)
        output.line(
            f"{len(result.stacks)} stacks, {total} resources, {result.seconds:.1f} s"
            f" -> {result.outdir}"
        )

    document = {
        "outdir": result.outdir,
        "seconds": round(result.seconds, 2),
        "stacks": [{"name": s.name, "resources": s.resources} for s in result.stacks],
    }
    output.result(document, show)
    return 0

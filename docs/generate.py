"""Rewrite what the pages say about the code: tables, examples, and the picture of the stacks.

A page marks the place with ``<!-- generated: NAME ARGUMENTS -->`` and ``<!-- end -->``; what stands
between the two is replaced. `make docs` runs this; a test fails where a page is not up to date.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

from docs import _commands, _edge, _mistakes, _picture, _services, _synthesised, _tables

ROOT = Path(__file__).resolve().parents[1]
PICTURE = ROOT / "docs" / "stacks.svg"

_PLACE = re.compile(
    r"^(?P<begin><!-- generated: (?P<call>[^>]+?) -->)\n.*?^(?P<end><!-- end -->)$",
    re.DOTALL | re.MULTILINE,
)


def _file(path: str) -> str:
    """Show a file of the repository as it is."""
    return f"```python\n{(ROOT / path).read_text(encoding='utf-8').strip()}\n```"


def _diff(path: str) -> str:
    """Show a change of a file, which `git apply` makes."""
    return f"```diff\n{(ROOT / path).read_text(encoding='utf-8').strip()}\n```"


GENERATORS: Mapping[str, Callable[..., str]] = {
    "command": _commands.command,
    "edge-explain": _edge.explain,
    "edge-presets": _edge.presets,
    "diff": _diff,
    "endpoint-presets": _tables.endpoint_presets,
    "enum": _tables.enum,
    "extensions": _tables.extensions,
    "fields": _tables.fields,
    "file": _file,
    "guardrails": _tables.guardrails,
    "imports": _synthesised.imports,
    "json": _synthesised.block,
    "layers": _tables.layers,
    "managed-groups": _tables.managed_groups,
    "mistakes": _mistakes.mistakes,
    "resources": _synthesised.resources,
    "scalars": _tables.scalars,
    "secrets-in-state": _tables.secrets_in_state,
    "service-defaults": _services.defaults,
    "service-images": _services.images,
    "service-kinds": _services.kinds,
    "service-secrets": _services.secrets,
    "service-variables": _services.variables,
    "stack-table": _synthesised.stack_table,
    "stateful": _tables.stateful,
    "synth-table": _synthesised.synth_table,
}
"""What a page may ask for, by the name that it asks with."""


def pages() -> list[Path]:
    """Return every page of the repository that a person reads."""
    top = [ROOT / name for name in ("README.md", "CHANGELOG.md", "CONTRIBUTING.md")]
    return [*top, *sorted((ROOT / "docs").rglob("*.md"))]


def current(text: str) -> str:
    """Return a page's text with every generated part as it should be now."""

    def fill(place: re.Match[str]) -> str:
        name, *arguments = place["call"].split()
        made = GENERATORS[name](*arguments)
        return f"{place['begin']}\n\n{made}\n\n{place['end']}"

    return _PLACE.sub(fill, text)


def stale() -> dict[Path, str]:
    """Return what has to be rewritten, with its new content."""
    wanted = {page: current(page.read_text(encoding="utf-8")) for page in pages()}
    wanted[PICTURE] = _picture.draw(_synthesised.stacks())
    return {
        path: text
        for path, text in wanted.items()
        if not path.is_file() or path.read_text(encoding="utf-8") != text
    }


def main() -> int:
    """Rewrite what is stale and name it."""
    for path, text in stale().items():
        path.write_text(text, encoding="utf-8")
        sys.stdout.write(f"{path.relative_to(ROOT)}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())

"""Record the addresses of all resources: ``make golden``.

One file per account and environment, one line per resource: stack, address, construct path.
A line that changes is a resource that Terraform destroys or creates, so look at the diff.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from platform_lib.testing.addresses import Address, addresses_in
from platform_lib.testing.project import SynthesisedProject, synthesise_all

ROOT = Path(__file__).resolve().parents[2]
FOLDER = Path(__file__).parent / "golden"


def recorded(target: str) -> tuple[Address, ...]:
    """Return the recorded addresses of a target; none if it was never recorded."""
    path = FOLDER / f"{target}.txt"
    if not path.is_file():
        return ()
    return tuple(Address.parse(line) for line in path.read_text().splitlines())


def texts(project: SynthesisedProject) -> dict[str, str]:
    """Return what each target's file should hold."""
    return {
        target.name: "".join(f"{it}\n" for it in addresses_in(project.of(target.name)))
        for target in project.project.targets
    }


def main() -> int:
    """Rewrite the files; remove those of targets that no longer exist."""
    with tempfile.TemporaryDirectory() as folder:
        wanted = texts(synthesise_all(ROOT, Path(folder) / "cdktf.out"))
    FOLDER.mkdir(exist_ok=True)
    for path in FOLDER.glob("*.txt"):
        if path.stem not in wanted:
            path.unlink()
    for name, text in wanted.items():
        (FOLDER / f"{name}.txt").write_text(text)
    return 0


if __name__ == "__main__":
    sys.exit(main())

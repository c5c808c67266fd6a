"""Put freshly synthesised stacks into the working folders, leaving alone what is kept there."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

__all__ = ["Published", "publish"]

_KEPT = (".terraform", ".platform", "terraform.tfstate", "errored.tfstate", "crash.log")
"""Beginnings of the names in a stack's folder that are Terraform's or ours, and not synth's."""

_PLAN_ENDINGS = (".tfplan", ".tfvars", ".tfstate", ".tfstate.backup")
"""Endings of files that people put there."""


@dataclass(frozen=True, slots=True)
class Published:
    """What publishing has done."""

    written: tuple[str, ...]
    """Files that are new or different, relative to the output folder."""

    removed: tuple[str, ...]
    """Stacks that no longer exist and held nothing."""

    kept: tuple[str, ...]
    """Stacks that no longer exist and may hold resources; destroy them, then remove the folder."""


def publish(fresh: Path, outdir: Path, *, full: bool, lock_file: Path | None = None) -> Published:
    """Bring `outdir` up to date with `fresh`, file by file.

    Each file is replaced in one step, and a file with the same content keeps its time, so that an
    interrupted synth leaves nothing half-written and an unchanged stack needs no new `init`. The
    manifest comes last. After a partial synth the stacks that were left out stay in the manifest.

    A stack that no longer exists goes only after a full synth, and never if it may hold state: a
    state file with resources in its folder, or an initialised backend elsewhere, which one cannot
    look into from here.

    Args:
        fresh: A folder that CDKTF has just written.
        outdir: The folder to publish to.
        full: Whether every stack of the app was synthesised.
        lock_file: The committed provider lock, copied into every stack.
    """
    written: list[str] = []
    manifest = json.loads((fresh / "manifest.json").read_text())
    for source in _files(fresh):
        relative = source.relative_to(fresh)
        if relative != Path("manifest.json") and _replace(outdir / relative, source.read_bytes()):
            written.append(str(relative))
    for entry in manifest["stacks"].values():
        folder = Path(entry["workingDirectory"])
        written += _remove_stale(fresh / folder, outdir / folder, outdir)
        if lock_file is not None and _replace(
            outdir / folder / ".terraform.lock.hcl", lock_file.read_bytes()
        ):
            written.append(str(folder / ".terraform.lock.hcl"))
    before = _stacks(outdir)
    gone = {name: entry for name, entry in before.items() if name not in manifest["stacks"]}
    removed: list[str] = []
    kept: list[str] = []
    if full:
        for name, entry in gone.items():
            folder = outdir / entry["workingDirectory"]
            if _may_hold_state(folder):
                kept.append(name)
            else:
                shutil.rmtree(folder, ignore_errors=True)
                removed.append(name)
    else:
        manifest["stacks"] = dict(sorted({**gone, **manifest["stacks"]}.items()))
    text = json.dumps(manifest, indent=2) + "\n"
    if _replace(outdir / "manifest.json", text.encode()):
        written.append("manifest.json")
    return Published(tuple(written), tuple(sorted(removed)), tuple(sorted(kept)))


def _files(folder: Path) -> Iterator[Path]:
    return (path for path in sorted(folder.rglob("*")) if path.is_file())


def _replace(target: Path, content: bytes) -> bool:
    """Write `content` in one step; False when it is there already."""
    if target.is_file() and target.read_bytes() == content:
        return False
    target.parent.mkdir(parents=True, exist_ok=True)
    temporary = target.with_name(f".{target.name}.{os.getpid()}.new")
    try:
        temporary.write_bytes(content)
        temporary.replace(target)
    finally:
        temporary.unlink(missing_ok=True)
    return True


def _remove_stale(fresh: Path, folder: Path, outdir: Path) -> list[str]:
    """Remove what an earlier synth wrote into a stack and this one did not, such as old assets."""
    removed = []
    for path in _files(folder):
        relative = path.relative_to(folder)
        if _is_kept(relative) or (fresh / relative).is_file():
            continue
        path.unlink()
        removed.append(str(path.relative_to(outdir)))
        parent = path.parent
        while parent != folder and not any(parent.iterdir()):
            parent.rmdir()
            parent = parent.parent
    return removed


def _is_kept(relative: Path) -> bool:
    return relative.parts[0].startswith(_KEPT) or relative.name.endswith(_PLAN_ENDINGS)


def _stacks(outdir: Path) -> dict[str, Any]:
    try:
        return dict(json.loads((outdir / "manifest.json").read_text())["stacks"])
    except (FileNotFoundError, ValueError, KeyError):
        return {}


def _may_hold_state(folder: Path) -> bool:
    """Tell whether removing a stack's folder could lose sight of resources."""
    if any((folder / ".platform").glob("apply.jsonl")):
        return True
    for path in folder.glob("*.tfstate*"):
        try:
            if json.loads(path.read_text()).get("resources"):
                return True
        except ValueError:
            return True
    backend = folder / ".terraform" / "terraform.tfstate"
    if not backend.is_file():
        return False
    block = json.loads(backend.read_text()).get("backend") or {}
    if block.get("type") != "local":
        return True
    path = folder / (block.get("config", {}).get("path") or "terraform.tfstate")
    return path.is_file() and bool(json.loads(path.read_text() or "{}").get("resources"))

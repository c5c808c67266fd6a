"""Mistakes in an environment, and what `platformctl check` says about each."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
_RIGHT = 'vpc=VpcConfig(cidr=IPv4Network("10.54.0.0/16")),'
_WRONG = (
    'vpc=VpcConfig(cidr=IPv4Network("10.54.0.0/16"), flow_log=None),',
    'vpc=VpcConfig(cidr=IPv4Network("10.52.0.0/16")),',
    'vpc=VpcConfig(cidr=IPv4Network("10.54.0.0/16"), nat_zones=("a",)),',
)


def mistakes() -> str:
    """Show what is written instead in the example environment, and the answer."""
    shown = [f"# {wrong}\n{_answer(wrong)}" for wrong in _WRONG]
    return "```text\n" + "\n\n".join(shown) + "\n```"


def _answer(wrong: str) -> str:
    with tempfile.TemporaryDirectory() as folder:
        project = Path(folder)
        shutil.copy(ROOT / "cdktf.json", project)
        ignore = shutil.ignore_patterns("__pycache__")
        shutil.copytree(ROOT / "environments", project / "environments", ignore=ignore)
        module = project / "environments" / "shop" / "prod.py"
        module.parent.mkdir()
        (module.parent / "__init__.py").touch()
        example = (ROOT / "docs" / "examples" / "shop_prod.py").read_text(encoding="utf-8")
        module.write_text(example.replace(_RIGHT, wrong), encoding="utf-8")
        done = subprocess.run(  # noqa: S603 - our own command
            [str(Path(sys.executable).with_name("platformctl")), "check"],
            cwd=project,
            capture_output=True,
            text=True,
            check=False,
        )
        return done.stderr.strip()

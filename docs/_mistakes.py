"""Mistakes in an environment, and what `platformctl check` says about each."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
_ENVIRONMENT = "environments/shop/prod.py"
_SERVICES = "services/checkout.py"
_VPC = 'vpc=VpcConfig(cidr=IPv4Network("10.54.0.0/16")),'
_MISTAKES = (
    # file, what is right, what is written instead
    (_ENVIRONMENT, _VPC, 'vpc=VpcConfig(cidr=IPv4Network("10.54.0.0/16"), flow_log=None),'),
    (_ENVIRONMENT, _VPC, 'vpc=VpcConfig(cidr=IPv4Network("10.52.0.0/16")),'),
    (_ENVIRONMENT, _VPC, 'vpc=VpcConfig(cidr=IPv4Network("10.54.0.0/16"), nat_zones=("a",)),'),
    (_SERVICES, 'brokers={"jobs": BrokerUse(queue="mail")},', 'brokers={"jobs": BrokerUse()},'),
)


def mistakes() -> str:
    """Show what is written instead in the example environment or a service, and the answer."""
    shown = [f"# {wrong}\n{_answer(file, right, wrong)}" for file, right, wrong in _MISTAKES]
    return "```text\n" + "\n\n".join(shown) + "\n```"


def _answer(file: str, right: str, wrong: str) -> str:
    with tempfile.TemporaryDirectory() as folder:
        project = Path(folder)
        shutil.copy(ROOT / "cdktf.json", project)
        ignore = shutil.ignore_patterns("__pycache__")
        for name in ("environments", "services"):
            shutil.copytree(ROOT / name, project / name, ignore=ignore)
        module = project / _ENVIRONMENT
        module.parent.mkdir()
        (module.parent / "__init__.py").touch()
        shutil.copy(ROOT / "docs" / "examples" / "shop_prod.py", module)
        text = (project / file).read_text(encoding="utf-8")
        (project / file).write_text(text.replace(right, wrong), encoding="utf-8")
        done = subprocess.run(  # noqa: S603 - our own command
            [str(Path(sys.executable).with_name("platformctl")), "check"],
            cwd=project,
            capture_output=True,
            text=True,
            check=False,
        )
        return done.stderr.strip()

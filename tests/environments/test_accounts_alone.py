"""An account that is synthesised without its environments offers them the same."""

from __future__ import annotations

import json
from pathlib import Path

from platform_lib.app import build_app
from platform_lib.testing.project import SynthesisedProject


def test_an_account_alone_offers_what_environments_read(
    synthesised: SynthesisedProject, tmp_path: Path
) -> None:
    """Applying it by itself takes no output away from an environment that was left out."""
    accounts = synthesised.project.accounts
    build_app(accounts, [], outdir=tmp_path).synth()

    for account in accounts:
        name = f"{account.name}-foundation"
        alone = json.loads((tmp_path / "stacks" / name / "cdk.tf.json").read_text())
        offered = {it for it in alone["output"] if it.startswith("cross-stack-output-")}
        assert offered
        assert alone == synthesised.stacks[name].template.json

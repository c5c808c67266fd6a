"""`platformctl check`: fast, without Node, and the only command that a date can fail."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest

from platform_lib.cli.console import Output
from platform_lib.cli.dates import warn_of_dates
from platform_lib.project import load
from tests.cli.conftest import PROD, Shop

PRODUCTION = """\
from environments.accounts import TAGS
from platform_lib.environment import Account, S3State

PRODUCTION = Account(
    name="production",
    id="222222222222",
    region="eu-central-1",
    organization="acme",
    state=S3State(bucket="acme-production-terraform-state"),
    tags=TAGS,
)
ACCOUNTS = (PRODUCTION,)
"""
WAIVER = """\
    waivers=(
        Waiver(
            rule="flow-logs",
            address="vpc.flow_logs",
            reason="the collector arrives in spring",
            expires=date(2026, 11, 20),
        ),
    ),
)
"""
EXPIRED = (
    "environments/prod.py:25: shop-prod: vpc.flow_logs: the VPC has no flow logs, so nobody can tell"
    " later who talked to whom; leave flow_logs out for the default, or write"
    " flow_logs=FlowLogsConfig(); the waiver expired on 2026-11-20 ({ago}): meet the guardrail or"
    " set a new date"
)
LIST_MODULES = """
import json, sys
from platform_lib.cli.main import run
try:
    sys.argv[:] = ["platformctl", *sys.argv[1:]]
    run()
except SystemExit as end:
    sys.stdout.flush()
    sys.stderr.write(json.dumps([end.code, sorted(sys.modules)]))
"""


@pytest.fixture
def waived(shop: Shop) -> Shop:
    """Return a project with a customer environment whose one finding is waived for a time."""
    shop.write("environments/production.py", PRODUCTION)
    text = PROD.replace("import TAGS, WORKLOADS", "import TAGS")
    text = text.replace(
        "from platform_lib.environment",
        "from environments.production import PRODUCTION\nfrom platform_lib.environment",
        1,
    )
    text = text.replace("account=WORKLOADS", "account=PRODUCTION")
    text = "from datetime import date\n" + text.removesuffix(")\n") + WAIVER
    text = text.replace("\nENVIRONMENT", "from platform_lib.waivers import Waiver\n\nENVIRONMENT")
    shop.write("environments/prod.py", text)
    return shop


def test_a_waiver_is_printed_with_its_date_and_reason(waived: Shop) -> None:
    """What is accepted stays in sight, until its last day included."""
    done = waived.run("check", "shop-prod", "--as-of", "2026-11-20")

    assert done.code == 0
    assert done.err == ""
    assert done.out.splitlines()[0] == (
        "waived until 2026-11-20 (0 days left): shop-prod: flow-logs at vpc.flow_logs:"
        " the collector arrives in spring"
    )


@pytest.mark.parametrize(
    ("day", "ago"), [("2026-11-21", "yesterday"), ("2026-12-20", "30 days ago")]
)
def test_an_expired_waiver_fails_check(waived: Shop, day: str, ago: str) -> None:
    """Somebody has to decide again: exit 2, at the waiver's own line."""
    done = waived.run("check", "--as-of", day)

    assert done.code == 2
    assert done.problems == [f"{EXPIRED.format(ago=ago)} [flow-logs]"]
    assert "Traceback" not in done.text


def test_an_expired_waiver_stops_no_synth(waived: Shop) -> None:
    """A date must never block a rollback: plan and apply synthesise whatever the day."""
    expired = waived.root / "environments" / "prod.py"
    expired.write_text(expired.read_text().replace("date(2026, 11, 20)", "date(2020, 1, 1)"))

    done = waived.run("synth", "shop-prod")

    assert done.code == 0
    assert (waived.root / "cdktf.out" / "stacks" / "shop-prod-network").is_dir()


def test_an_expired_waiver_warns_before_plan_and_apply(
    waived: Shop, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who plans is told, and goes on."""
    monkeypatch.chdir(waived.root)
    monkeypatch.setattr("platform_lib.cli.dates.today", lambda: date(2026, 11, 21))

    warn_of_dates(load(waived.root), Output())

    captured = capsys.readouterr()
    assert captured.err == f"warning: {EXPIRED.format(ago='yesterday')} [flow-logs]\n"
    assert captured.out == ""


def test_a_waiver_that_holds_warns_of_nothing(
    waived: Shop, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Until its last day included there is nothing to say."""
    monkeypatch.setattr("platform_lib.cli.dates.today", lambda: date(2026, 11, 20))

    warn_of_dates(load(waived.root), Output())

    assert capsys.readouterr().err == ""


@pytest.mark.parametrize("text", ["tomorrow", "2026-13-01", "20.11.2026"])
def test_a_day_that_is_none_is_refused(shop: Shop, text: str) -> None:
    """The sentence shows how a day is written."""
    done = shop.run("check", "--as-of", text)

    assert done.code == 2
    assert done.problems == [
        f"--as-of={text!r} is not a date; write it as in 2026-11-20 [DateInvalid]"
    ]


def test_everything_in_order_is_one_line(shop: Shop) -> None:
    """What was looked at, how much is listed, and as of which day."""
    done = shop.run_fresh("check", "--as-of", "2026-11-20")

    assert done.code == 0
    assert done.out.splitlines()[-1] == (
        "1 accounts, 1 environments (0 for customers), no address overlap, 2 findings listed,"
        " 0 waived; as of 2026-11-20"
    )


def test_only_what_was_asked_is_shown(waived: Shop) -> None:
    """All environments are looked at, since they share addresses; the others' findings stay out."""
    done = waived.run("check", "shop-prod", "--as-of", "2026-11-20")

    assert [line for line in done.out.splitlines() if "shop-dev" in line] == []


def test_the_map_shows_every_block_and_what_is_free(shop: Shop) -> None:
    """`--addresses` answers where the next VPC can be."""
    done = shop.run("check", "--addresses", "--json", "--as-of", "2026-11-20")

    addresses = done.json["addresses"]
    assert done.code == 0
    assert addresses["next_vpc"] == "10.11.0.0/16"
    assert {"environment": "shop-dev", "use": "vpc", "block": "10.10.0.0/16", "label": ""} in (
        addresses["rows"]
    )


def test_the_map_is_readable(shop: Shop) -> None:
    """A person sees the same as a table."""
    done = shop.run("check", "--addresses")

    assert done.out.splitlines()[0].split() == ["environment", "use", "block", "addresses", "what"]
    assert "next /16 for another VPC: 10.11.0.0/16" in done.out


def test_json_names_every_finding(shop: Shop) -> None:
    """A machine gets rule, address and place of each."""
    document = shop.run("check", "--json", "--as-of", "2026-11-20").json

    assert document["as_of"] == "2026-11-20"
    assert document["problems"] == []
    assert [
        (it["rule"], it["address"], it["where"]) for it in document["guardrails"]["listed"]
    ] == [
        ("flow-logs", "vpc.flow_logs", "environments/dev.py:14"),
        ("remote-state", "account.state", "environments/accounts.py:4"),
    ]


@pytest.mark.parametrize("arguments", [("check",), ("check", "--addresses"), ("plan", "--help")])
def test_it_loads_neither_node_nor_aws(shop: Shop, arguments: tuple[str, ...]) -> None:
    """The answer comes in under half a second because nothing heavy is imported."""
    done = subprocess.run(
        [sys.executable, "-c", LIST_MODULES, *arguments],
        cwd=shop.root,
        env=shop.environ,
        check=True,
        capture_output=True,
        text=True,
    )

    code, modules = json.loads(done.stderr)
    heavy = {"boto3", "botocore", "cdktf", "constructs", "jsii", "moto"}
    assert code == 0
    assert heavy & set(modules) == set()
    assert "platform_lib.cli.main" in modules


def test_the_projects_own_environments_are_in_order() -> None:
    """What this repository ships passed its own check on the day it was last looked at."""
    root = Path(__file__).resolve().parents[2]

    done = Shop(root).run("check", "--as-of", "2026-11-20")

    assert (done.code, done.err) == (0, "")

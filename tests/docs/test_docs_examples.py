"""The examples of the pages do what the pages say."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from docs import _synthesised, generate
from docs._pages import Page
from docs.examples import adopt, restore_state, shop_dev, shop_prod, waiver
from platform_lib import addresses
from platform_lib.environment import Environment
from platform_lib.guardrails.review import review
from platform_lib.project import load
from platform_lib.testing.template import policy

TODAY = date(2026, 11, 20)


@pytest.mark.parametrize("path", generate.pages(), ids=lambda path: path.stem)
def test_every_python_block_is_a_file(path: Path) -> None:
    """No page shows Python that stands only on the page, where nothing runs it."""
    blocks = Page(path).written_fences("python")

    assert blocks == []


@pytest.mark.parametrize(
    "environment", [shop_dev.ENVIRONMENT, shop_prod.ENVIRONMENT], ids=lambda it: it.name
)
def test_example_environments_fit_beside_the_others(environment: Environment) -> None:
    """A reader who copies an example gets no overlap and no error of a guardrail."""
    every = [*load(generate.ROOT).environments, environment]

    found = review(every, as_of=TODAY).narrowed_to([environment.name])

    assert addresses.problems(every) == []
    assert found.errors == ()


def test_the_production_example_has_nothing_to_waive() -> None:
    """An environment with every default meets every guardrail."""
    found = review([shop_prod.ENVIRONMENT], as_of=TODAY)

    assert (found.errors, found.listed, found.waived) == ((), (), ())


def test_the_waiver_silences_its_finding() -> None:
    """The example's waiver accepts one finding until its date, and no longer."""
    before = review([waiver.ENVIRONMENT], as_of=TODAY)
    after = review([waiver.ENVIRONMENT], as_of=date(2027, 2, 1))

    assert [entry.finding.rule for entry in before.waived] == ["nat-per-zone"]
    assert before.errors == ()
    assert [entry.finding.rule for entry in after.expired] == ["nat-per-zone"]


def test_adoption_becomes_import_blocks() -> None:
    """Each entry of `adopt` imports one resource under the id that is given."""
    given = adopt.ENVIRONMENT.adopt["network"]

    imported = _synthesised.stack_of(adopt.ENVIRONMENT, "network").json["import"]

    assert {block["to"].split(".")[0]: block["id"] for block in imported} == {
        "aws_vpc": given["Vpc/Resource"],
        "aws_default_route_table": given["Vpc/Defaults/RouteTable"],
        "aws_default_security_group": given["Vpc/Defaults/SecurityGroup"],
        "aws_default_network_acl": given["Vpc/Defaults/NetworkAcl"],
        "aws_internet_gateway": given["Vpc/InternetGateway"],
        "aws_eip": given["Vpc/Nat/EipA"],
    }


def test_the_rename_moves_and_keeps_names() -> None:
    """Both resources of the key are moved, and the alias is still called after the old id."""
    template = _synthesised.example("rename")

    moved = template.json["moved"]

    assert [block["from"].rsplit("_", 1)[0] for block in moved] == [
        "aws_kms_key.Files",
        "aws_kms_alias.Files_Alias",
    ]
    assert [block["to"].rsplit("_", 1)[0] for block in moved] == [
        "aws_kms_key.Documents",
        "aws_kms_alias.Documents_Alias",
    ]
    assert template.only("aws_kms_alias")["name"] == "alias/shop-prod-files"


def test_what_is_forgotten_is_not_destroyed() -> None:
    """The key is gone from the resources, and its blocks say that it stays in AWS."""
    template = _synthesised.example("forget")

    removed = template.json["removed"]

    assert {block["lifecycle"]["destroy"] for block in removed} == {False}
    assert template.paths() == {}


def test_the_connection_opens_one_port_on_both_sides() -> None:
    """The worker may call the store on 6379, and nothing else is open."""
    template = _synthesised.example("connections")

    egress = template.only("aws_vpc_security_group_egress_rule")
    ingress = template.only("aws_vpc_security_group_ingress_rule")

    assert (egress["from_port"], egress["to_port"]) == (6379, 6379)
    assert ingress["security_group_id"] == egress["referenced_security_group_id"]
    assert ingress["referenced_security_group_id"] == egress["security_group_id"]


def test_the_grant_names_one_key() -> None:
    """The worker's role may decrypt with the store's key, and with no other."""
    template = _synthesised.example("connections")

    (statement,) = policy(template.only("aws_iam_role_policy"))["Statement"]

    assert statement["Action"] == ["kms:Decrypt", "kms:DescribeKey"]
    assert statement["Resource"].startswith("${aws_kms_key.Store_Key_")


def test_the_restore_program_explains_itself() -> None:
    """Without arguments it says how it is called."""
    said = restore_state.main([])

    assert "restore_state.py BUCKET KEY VERSION TABLE" in said

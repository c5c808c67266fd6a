"""The keys of an environment: one per kind of data, each usable by whom it is for."""

from __future__ import annotations

from platform_lib.environment import Environment
from platform_lib.kms.config import KeysConfig
from platform_lib.testing.template import Block, Template, policy
from tests.stacks.conftest import Build

ADMIN = "arn:aws:iam::111111111111:role/security"
USER = "arn:aws:iam::111111111111:role/deployer"
COMMON = {"AccountAdministers"}


def _sids(template: Template, key: str) -> set[str]:
    return {it["Sid"] for it in policy(_key(template, key))["Statement"]}


def _key(template: Template, key: str) -> Block:
    return template.only("aws_kms_key", path=f"/{key}/Resource")


def test_each_key_serves_the_services_of_its_data(keys: Template) -> None:
    """CloudWatch Logs cannot decrypt what databases and topics hold, nor the reverse."""
    assert {key: _sids(keys, key) - COMMON for key in ("Data", "Logs", "Sops")} == {
        "Data": {"AlarmsUse", "EventBridgeUses", "RdsEventsUse", "SnsUses"},
        "Logs": {"CloudWatchLogsUses", "LogDeliveryUses"},
        "Sops": set(),
    }


def test_a_person_can_tell_the_keys_apart(keys: Template) -> None:
    """Alias and description say whose data a key holds."""
    aliases = {it["name"] for it in keys.all("aws_kms_alias").values()}
    described = {it["description"] for it in keys.all("aws_kms_key").values()}

    assert aliases == {
        "alias/shop-prod-data",
        "alias/shop-prod-logs",
        "alias/shop-prod-sops",
    }
    assert described == {
        "Databases, caches, buckets and topics of shop-prod",
        "Log groups and log buckets of shop-prod",
        "SOPS files of shop-prod",
    }


def test_the_environments_administrators_and_rotation_are_those_of_all_keys(
    build: Build, environment: Environment
) -> None:
    """What the environment says about keys holds for each of them."""
    config = KeysConfig(rotation_days=180, admin_role_arns=(ADMIN,))

    keys = Template(build(environment.evolve(keys=config))["shop-prod-keys"])

    for key in ("Data", "Logs", "Sops"):
        assert "RolesAdminister" in _sids(keys, key)
        assert _key(keys, key)["rotation_period_in_days"] == 180


def test_only_the_sops_key_is_used_by_people(build: Build, environment: Environment) -> None:
    """Who may decrypt files in git may not decrypt databases by that."""
    config = KeysConfig(sops_user_role_arns=(USER,))

    keys = Template(build(environment.evolve(keys=config))["shop-prod-keys"])

    assert {key: "RolesUse" in _sids(keys, key) for key in ("Data", "Logs", "Sops")} == {
        "Data": False,
        "Logs": False,
        "Sops": True,
    }


def test_the_sops_key_is_published(keys: Template) -> None:
    """`.sops.yaml` needs its ARN."""
    assert keys.output("sops_key_arn") == "${aws_kms_key.Sops_F1C86311.arn}"

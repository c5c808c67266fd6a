"""Secrets in a state: found by the provider's own schema, wherever they are nested."""

from __future__ import annotations

from typing import Any

import pytest

from platform_lib.testing.secrets_in_state import ALLOWED, secrets_in

SECRET = {"type": "string", "sensitive": True}
PLAIN = {"type": "string"}
SCHEMA = {
    "provider_schemas": {
        "registry.terraform.io/hashicorp/aws": {
            "resource_schemas": {
                "aws_mq_broker": {
                    "block": {
                        "attributes": {"arn": PLAIN, "token": SECRET},
                        "block_types": {
                            "user": {
                                "block": {"attributes": {"username": PLAIN, "password": SECRET}}
                            }
                        },
                    }
                },
                "aws_modern": {
                    "block": {
                        "attributes": {
                            "login": {"nested_type": {"attributes": {"password": SECRET}}}
                        }
                    }
                },
            },
            "data_source_schemas": {
                "aws_secretsmanager_secret_version": {
                    "block": {"attributes": {"secret_string": SECRET}}
                }
            },
        }
    }
}


def _state(kind: str, attributes: dict[str, Any], mode: str = "managed") -> dict[str, Any]:
    return {"resources": [{"mode": mode, "type": kind, "instances": [{"attributes": attributes}]}]}


@pytest.mark.parametrize(
    ("kind", "attributes", "found"),
    [
        ("aws_mq_broker", {"arn": "a", "token": "planted"}, {"aws_mq_broker token"}),
        (
            "aws_mq_broker",
            {"user": [{"username": "a", "password": None}, {"password": "planted"}]},
            {"aws_mq_broker user.password"},
        ),
        ("aws_modern", {"login": {"password": "planted"}}, {"aws_modern login.password"}),
        ("aws_modern", {"login": [{"password": "planted"}]}, {"aws_modern login.password"}),
        ("aws_mq_broker", {"arn": "a", "token": None, "user": []}, set()),
        ("aws_mq_broker", {"token": ""}, set()),
        ("aws_modern", {"login": None}, set()),
    ],
)
def test_finds_what_the_provider_calls_sensitive(
    kind: str, attributes: dict[str, Any], found: set[str]
) -> None:
    """In arguments, blocks and nested attributes; an argument without a value holds nothing."""
    assert secrets_in(_state(kind, attributes), SCHEMA) == found


def test_finds_what_a_data_source_read() -> None:
    """What is only read is in the state too."""
    state = _state("aws_secretsmanager_secret_version", {"secret_string": "planted"}, mode="data")

    assert secrets_in(state, SCHEMA) == {"data.aws_secretsmanager_secret_version secret_string"}


def test_passes_over_the_state_of_other_stacks() -> None:
    """Terraform's own data source has no schema here, and what it read was looked at in its stack."""
    state = _state("terraform_remote_state", {"outputs": {}}, mode="data")

    assert secrets_in(state, SCHEMA) == set()


def test_an_empty_state_holds_nothing() -> None:
    """Before the first apply there are no resources."""
    assert secrets_in({}, SCHEMA) == set()


@pytest.mark.parametrize("place", ALLOWED)
def test_each_exception_has_a_reason(place: str) -> None:
    """A type, an argument, and a sentence."""
    assert len(place.split()) == 2
    assert len(ALLOWED[place]) > 20

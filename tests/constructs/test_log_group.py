"""log_group: encrypted, with a retention, protected."""

from __future__ import annotations

from pathlib import Path

import pytest

from platform_lib.core.construct import PlatformConstruct
from platform_lib.environment import Environment
from platform_lib.kms.config import KeyConfig
from platform_lib.kms.key import Key
from platform_lib.observability.log_group import log_group
from platform_lib.testing.fixtures import stack_of
from platform_lib.testing.template import Template


@pytest.mark.parametrize("allow_destroy", [False, True])
def test_a_log_group_is_encrypted_expires_and_is_protected(
    environment: Environment, tmp_path: Path, *, allow_destroy: bool
) -> None:
    """Name, retention and key are as asked; only a target that allows it destroys the group."""
    stack = stack_of(environment.evolve(allow_destroy=allow_destroy), tmp_path)
    key = Key(stack, "Logs", config=KeyConfig(description="Logs"))
    owner = PlatformConstruct(stack, "Orders")

    log_group(owner, "Postgresql", name="/aws/rds/instance/orders/x", retention_days=30, key=key)

    group = Template(stack).only("aws_cloudwatch_log_group")
    assert group["name"] == "/aws/rds/instance/orders/x"
    assert group["retention_in_days"] == 30
    assert group["kms_key_id"].startswith("${aws_kms_key.Logs_")
    assert group.get("lifecycle") == (None if allow_destroy else {"prevent_destroy": True})

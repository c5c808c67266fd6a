"""`logical_id` agrees with CDKTF, also on paths that no environment has today."""

from __future__ import annotations

from pathlib import Path

import pytest
from cdktf import TerraformResource
from constructs import Construct

from platform_lib.core._logical_ids import logical_id
from platform_lib.environment import Environment
from platform_lib.testing.fixtures import stack_of

PATHS = (
    "Vpc",
    "Vpc/Resource",
    "Vpc/Default",
    "Vpc/Default/Resource",
    "Default/Vpc",
    "Vpc/Vpc/Resource",
    "MyVpc/Vpc/Resource",
    "Vpc/MyVpc/Resource",
    "Vpc/Resource/Subnet",
    "From10-20-0-0_16Port443Ingress",
    "Vpc/From10.20.0.0/Rule",
    "Key with spaces/Resource",
    "x" * 255,
    "x" * 256,
    f"{'x' * 200}/{'y' * 200}/Resource",
)


@pytest.mark.parametrize("path", PATHS, ids=lambda path: path[:30])
def test_a_path_has_the_name_that_cdktf_gives(
    environment: Environment, tmp_path: Path, path: str
) -> None:
    """A `moved` block would otherwise name a resource that never existed."""
    *parents, own = path.split("/")
    scope: Construct = stack_of(environment, tmp_path)
    for parent in parents:
        scope = Construct(scope, parent)

    resource = TerraformResource(scope, own, terraform_resource_type="terraform_data")

    assert logical_id(path.split("/")) == resource.friendly_unique_id

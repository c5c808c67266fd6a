"""parameter_group: the engine parameters of instances, whichever engine runs them."""

from __future__ import annotations

from collections.abc import Mapping

import cdktf_cdktf_provider_aws.db_parameter_group as aws_parameter_group
from cdktf import TerraformResourceLifecycle

from platform_lib.core.construct import PlatformConstruct
from platform_lib.rds.parameters import Group, ParameterValue, parameters
from platform_lib.rds.versions import EngineVersion


def parameter_group(
    database: PlatformConstruct,
    *,
    identifier: str,
    version: EngineVersion,
    group: Group,
    given: Mapping[str, ParameterValue],
) -> aws_parameter_group.DbParameterGroup:
    """Define a group of parameters that instances use.

    Args:
        database: The instance or cluster.
        identifier: Its identifier, which the group's name starts with.
        version: Version of the engine.
        group: Kind of the group.
        given: Values by name; they must have no problems.
    """
    return aws_parameter_group.DbParameterGroup(
        database,
        "Parameters",
        # A group in use cannot be deleted, and a major upgrade needs another family: the
        # successor is made first, under a new name.
        # https://github.com/hashicorp/terraform-provider-aws/issues/6448
        name_prefix=f"{identifier}-{version.family}-",
        family=version.family,
        description=f"Parameters of {identifier}",
        parameter=[
            aws_parameter_group.DbParameterGroupParameter(
                name=it.name, value=it.value, apply_method=it.apply_method
            )
            for it in parameters(given, version=version, group=group)
        ],
        lifecycle=TerraformResourceLifecycle(create_before_destroy=True),
    )

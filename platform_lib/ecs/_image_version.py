"""The reference of a container's image: repository and version."""

from __future__ import annotations

from typing import cast

import cdktf_cdktf_provider_aws.data_aws_ssm_parameter as aws_parameter
from cdktf import Fn, TerraformVariable, TerraformVariableValidationConfig, Token

from platform_lib.core.construct import PlatformConstruct
from platform_lib.core.stack import PlatformStack
from platform_lib.ecs.images import MUTABLE_TAG, VERSION_PATTERN, ImageConfig, ImageOwner
from platform_lib.errors import PlatformError
from platform_lib.naming import pascal
from platform_lib.types import TokenStr

_DIGEST = "sha256:"


def image_reference(construct: PlatformConstruct, config: ImageConfig, url: TokenStr) -> TokenStr:
    """Return what the container definition says.

    Args:
        construct: The construct whose image it is; its stack gets the variable or parameter.
        config: Who says which version.
        url: The repository, without a tag.
    """
    if config.owner is ImageOwner.CD:
        version = str(config.version)
        return f"{url}{'@' if version.startswith(_DIGEST) else ':'}{version}"
    version = (
        _variable(construct, config)
        if config.owner is ImageOwner.TERRAFORM
        else _parameter(construct.stack, str(config.parameter))
    )
    # A digest follows an @, a tag a colon; which one it is, is known when Terraform runs.
    mark = Token.as_string(Fn.conditional(Fn.startswith(version, _DIGEST), "@", ":"))
    return f"{url}{mark}{version}"


def _variable(construct: PlatformConstruct, config: ImageConfig) -> TokenStr:
    """Return the value of the stack's variable, which everything of one version shares."""
    stack, name = construct.stack, config.variable_name
    own = f"Variable_{name}"
    found = stack.node.try_find_child(own)
    if found is not None:
        variable = cast(TerraformVariable, found)
        if variable.default != config.version:
            raise PlatformError(
                "ImageVersionTwice",
                f"the variable {name!r} has the default {variable.default!r}, and here"
                f" {config.version!r}; write one version, or give one of the two images another"
                " variable",
                where=construct.node.path,
            )
        return variable.string_value
    variable = TerraformVariable(
        stack,
        own,
        type="string",
        default=config.version,
        nullable=False,
        description=f"Tag or digest of {config.repository}",
        validation=[
            TerraformVariableValidationConfig(
                condition=(
                    f'${{can(regex("^({VERSION_PATTERN})$", var.{name}))'
                    f' && var.{name} != "{MUTABLE_TAG}"}}'
                ),
                error_message=(
                    "Write a tag that stays, as in 3.21.1, or a digest as in sha256:<64 digits>."
                ),
            )
        ],
    )
    variable.override_logical_id(name)
    return variable.string_value


def _parameter(stack: PlatformStack, name: str) -> TokenStr:
    """Return the value of a parameter, read when Terraform plans."""
    own = f"Parameter{pascal(name)}"
    found = stack.node.try_find_child(own)
    if found is None:
        found = aws_parameter.DataAwsSsmParameter(stack, own, name=name)
    # `value` is sensitive, and would hide every change of the container definitions in the plan.
    return cast(aws_parameter.DataAwsSsmParameter, found).insecure_value

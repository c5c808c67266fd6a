"""Lambda functions: every setting read back, changed in place, and checked against what exists.

Upstream gap: moto answers a made-up VPC, drops changes of key, tracing, storage, logging and dead
letters, has no revision and no log settings, takes any runtime, subnet and role, and adds the same
permission twice.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import unquote

from moto.awslambda.exceptions import InvalidParameterValueException, LambdaClientError
from moto.awslambda.models import LambdaBackend, LambdaFunction, LambdaStorage
from moto.ec2.models import ec2_backends
from moto.iam.models import iam_backends
from moto.kms.models import kms_backends
from moto.moto_api._internal import mock_random

from platform_lib.local.extensions.support import replace

__all__ = ["install"]

_RUNTIMES = frozenset(
    {
        *(f"python3.{minor}" for minor in range(9, 15)),
        *(f"nodejs{major}.x" for major in (18, 20, 22, 24)),
        *("java8.al2", "java11", "java17", "java21", "java25"),
        *("dotnet8", "dotnet9", "ruby3.2", "ruby3.3", "ruby3.4"),
        *("provided.al2", "provided.al2023"),
    }
)
"""https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtimes.html"""

_MEMORY_MIB = range(128, 10_241)
_TIMEOUT_SECONDS = range(1, 901)
_TRACING = ("Active", "PassThrough")
# What moto keeps by itself when a function is changed.
_KEPT = ("DeadLetterConfig", "FileSystemConfigs", "KMSKeyArn", "LoggingConfig", "SnapStart")


class _ConflictError(LambdaClientError):
    code = 409

    def __init__(self, message: str) -> None:
        super().__init__("ResourceConflictException", message)


def install() -> None:
    """Patch moto."""
    replace(LambdaFunction, "__init__")(initialise)
    replace(LambdaFunction, "vpc_config")(lambda _: property(vpc_config))
    replace(LambdaFunction)(get_configuration)
    replace(LambdaFunction)(update_configuration)
    replace(LambdaFunction, "_set_function_code")(set_function_code)
    replace(LambdaStorage)(put_function)
    replace(LambdaBackend)(add_permission)


def _check(function: Any, request: Mapping[str, Any]) -> None:
    """Refuse settings that Lambda does not offer, and what does not exist.

    Raises:
        InvalidParameterValueException: One of them.
    """
    runtime = request.get("Runtime")
    if runtime and runtime not in _RUNTIMES:
        raise InvalidParameterValueException(
            f"Value {runtime} at 'runtime' failed to satisfy constraint: Member must satisfy enum"
            f" value set: {sorted(_RUNTIMES)}"
        )
    for name, allowed in (("MemorySize", _MEMORY_MIB), ("Timeout", _TIMEOUT_SECONDS)):
        if request.get(name) and int(request[name]) not in allowed:
            raise InvalidParameterValueException(
                f"'{name}' value failed to satisfy constraint: Member must be between"
                f" {allowed[0]} and {allowed[-1]}"
            )
    if request.get("TracingConfig", {}).get("Mode", _TRACING[0]) not in _TRACING:
        raise InvalidParameterValueException("Invalid tracing mode.")
    _check_network(function, request.get("VpcConfig") or {})
    key = request.get("KMSKeyArn")
    if (
        key
        and key.rpartition("/")[2] not in kms_backends[function.account_id][function.region].keys
    ):
        raise InvalidParameterValueException(f"The KMS key {key} is not found.")


def _check_network(function: Any, config: Mapping[str, Any]) -> None:
    subnets, groups = config.get("SubnetIds") or [], config.get("SecurityGroupIds") or []
    if bool(subnets) != bool(groups):
        raise InvalidParameterValueException(
            "SecurityGroupIds and SubnetIds must be both set or both empty."
        )
    ec2 = ec2_backends[function.account_id][function.region]
    known = {subnet.id: subnet.vpc_id for zone in ec2.subnets.values() for subnet in zone.values()}
    for subnet in subnets:
        if subnet not in known:
            raise InvalidParameterValueException(
                f"Error occurred while DescribeSubnets. EC2 Error Code: InvalidSubnetID.NotFound."
                f" EC2 Error Message: The subnet ID '{subnet}' does not exist"
            )
    for group in groups:
        found = ec2.get_security_group_from_id(group)
        if found is None or found.vpc_id not in {known[subnet] for subnet in subnets}:
            raise InvalidParameterValueException(
                "Error occurred while DescribeSecurityGroups. EC2 Error Code:"
                f" InvalidGroup.NotFound. EC2 Error Message: The security group '{group}' does not"
                " exist in the VPC of the subnets"
            )


def initialise(original: Callable[..., Any]) -> Callable[..., Any]:
    """Check a new function, and keep the settings that moto drops."""

    def init(
        self: Any, account_id: str, spec: dict[str, Any], region: str, version: Any = 1
    ) -> None:
        self.account_id, self.region = account_id, region
        _check(self, spec)
        self.kept = {name: spec[name] for name in _KEPT if spec.get(name)}
        self.revision = str(mock_random.uuid4())
        original(self, account_id, spec, region, version)

    return init


def put_function(original: Callable[..., Any]) -> Callable[..., Any]:
    """Refuse a role that Lambda may not assume."""

    def put(self: Any, function: Any) -> None:
        original(self, function)
        roles = iam_backends[self.account_id][self.partition].roles.values()
        role = next((role for role in roles if role.arn == function.role), None)
        text = role.assume_role_policy_document if role else ""
        if "lambda.amazonaws.com" not in unquote(
            text if isinstance(text, str) else json.dumps(text)
        ):
            del self._functions[function.function_name]
            raise InvalidParameterValueException(
                "The role defined for the function cannot be assumed by Lambda."
            )

    return put


def vpc_config(self: Any) -> dict[str, Any] | None:
    """Return subnets and groups with the VPC that they are in."""
    if not self._vpc_config:
        return None
    config = {"Ipv6AllowedForDualStack": False, **self._vpc_config}
    subnets = config.get("SubnetIds") or []
    if not subnets:
        return {**config, "VpcId": ""}
    ec2 = ec2_backends[self.account_id][self.region]
    return {**config, "VpcId": ec2.get_subnet(subnets[0]).vpc_id}


def get_configuration(original: Callable[..., Any]) -> Callable[..., Any]:
    """Add what moto leaves out."""

    def get(self: Any, on_create: bool = False) -> dict[str, Any]:  # noqa: FBT001, FBT002
        logging = {"LogFormat": "Text", "LogGroup": f"/aws/lambda/{self.function_name}"}
        answer: dict[str, Any] = original(self, on_create)
        answer.update({name: value for name, value in self.kept.items() if name != "SnapStart"})
        answer["LoggingConfig"] = {**logging, **self.kept.get("LoggingConfig", {})}
        answer["RevisionId"] = self.revision
        answer["KMSKeyArn"] = self.kept.get("KMSKeyArn") or None
        return answer

    return get


def update_configuration(original: Callable[..., Any]) -> Callable[..., Any]:
    """Keep every changed setting."""

    def update(self: Any, request: dict[str, Any]) -> dict[str, Any]:
        _check(self, request)
        for name in _KEPT:
            if name in request:
                self.kept[name] = request[name]
        if request.get("TracingConfig"):
            self.tracing_config = request["TracingConfig"]
        if request.get("EphemeralStorage"):
            self.ephemeral_storage = request["EphemeralStorage"]["Size"]
        if "Environment" in request:
            request = {**request, "Environment": {"Variables": {}} | request["Environment"]}
        self.revision = str(mock_random.uuid4())
        answer: dict[str, Any] = original(self, request)
        return answer

    return update


def set_function_code(original: Callable[..., Any]) -> Callable[..., Any]:
    """Give changed code a revision, and its architecture."""

    def set_code(self: Any, request: dict[str, Any]) -> None:
        if request is not self.code and not request.get("DryRun"):
            self.revision = str(mock_random.uuid4())
            if request.get("Architectures"):
                self.architectures = request["Architectures"]
        original(self, request)

    return set_code


def add_permission(original: Callable[..., Any]) -> Callable[..., Any]:
    """Refuse a statement's id that is taken."""

    def add(self: Any, function_name: str, qualifier: str | None, raw: str) -> Any:
        taken = {s["Sid"] for s in self.get_function(function_name, qualifier).policy.statements}
        wanted = json.loads(raw).get("StatementId")
        if wanted in taken:
            raise _ConflictError(
                f"The statement id ({wanted}) provided already exists. Please provide a new"
                " statement id, or remove the existing statement."
            )
        return original(self, function_name, qualifier, raw)

    return add

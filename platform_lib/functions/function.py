"""Function: AWS Lambda runs our Python in the private subnets of a VPC."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping
from pathlib import Path, PurePosixPath

import cdktf_cdktf_provider_aws.lambda_function as aws_function
import cdktf_cdktf_provider_aws.lambda_permission as aws_permission
from cdktf import App, ITerraformDependable
from constructs import Construct

from platform_lib.core.connections import Connections
from platform_lib.core.construct import PlatformConstruct
from platform_lib.functions import _policy
from platform_lib.functions.asset import Code
from platform_lib.functions.config import FunctionConfig
from platform_lib.iam.role import Role
from platform_lib.kms.key import Key
from platform_lib.naming import Kind
from platform_lib.network.tiers import Tier
from platform_lib.network.vpc import Vpc
from platform_lib.observability.log_group import log_group
from platform_lib.types import TokenStr

RUNTIME = "python3.13"
"""AWS supports it until 30 June 2029.
https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtimes.html"""


class Function(PlatformConstruct):
    """A Lambda function with a role, a log group and a security group of its own.

    It starts with permission to write its log, to send traces and to be in its network, and may
    call nothing: give it more by grants on ``role`` and by ``connections``.

    Defines:
        aws_lambda_function, aws_iam_role, aws_iam_role_policy, aws_cloudwatch_log_group,
        aws_security_group

    Args:
        config: Size, time and logs.
        code: What it runs.
        environment: Environment variables; no secrets, which everybody who may look at the
            function could read.
        vpc: Network that it is in.
        key: Encrypts the environment variables.
        logs_key: Encrypts the logs. Its policy must let CloudWatch Logs use it.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        config: FunctionConfig,
        code: Code,
        environment: Mapping[str, TokenStr],
        vpc: Vpc,
        key: Key,
        logs_key: Key,
    ) -> None:
        super().__init__(scope, id)
        stack = self.stack
        name = self.physical_name(Kind.LAMBDA_FUNCTION)
        own = f"{stack.target.region}:{stack.account.id}"
        # Known before the function is: its role has to be complete when it is made.
        function_arn = f"arn:{stack.partition}:lambda:{own}:function:{name}"
        subnets = [*vpc.subnet_ids(Tier.PRIVATE).values()]
        self.connections = Connections(
            self, vpc=vpc, description=f"Lambda function: {config.description}"
        )
        """Its security group; nothing calls a function over the network."""

        self.role = Role(
            self,
            f"{id}Role",
            service="lambda.amazonaws.com",
            description=f"Lambda function: {config.description}",
        )
        """What it acts as."""
        logs = log_group(
            self,
            "LogGroup",
            name=f"/aws/lambda/{name}",
            retention_days=config.log_retention_days,
            key=logs_key,
        )
        self.role.attach("WriteLogs", _policy.write_logs(logs.arn))
        self.role.attach("Trace", _policy.trace())
        self.role.attach(
            "UseNetwork",
            _policy.use_network(
                arn_prefix=f"arn:{stack.partition}:ec2:{own}",
                subnet_ids=subnets,
                security_group_id=self.connections.security_group_id,
                function=function_arn,
            ),
        )
        if environment:
            self.role.attach(
                "ReadEnvironment", _policy.decrypt_environment(key.arn, function=function_arn)
            )
        archive = code.archive()
        function = aws_function.LambdaFunction(
            self,
            "Resource",
            function_name=name,
            description=config.description,
            role=self.role.arn,
            runtime=RUNTIME,
            handler=code.handler,
            filename=self._asset(archive),
            source_code_hash=base64.b64encode(hashlib.sha256(archive).digest()).decode(),
            architectures=[config.architecture],
            memory_size=config.memory_mib,
            timeout=config.timeout_seconds,
            reserved_concurrent_executions=config.reserved_concurrency,
            # Lambda keeps no key without variables, and the provider would set it for ever.
            kms_key_arn=key.arn if environment else None,
            environment=(
                aws_function.LambdaFunctionEnvironment(variables=dict(sorted(environment.items())))
                if environment
                else None
            ),
            vpc_config=aws_function.LambdaFunctionVpcConfig(
                subnet_ids=subnets, security_group_ids=[self.connections.security_group_id]
            ),
            tracing_config=aws_function.LambdaFunctionTracingConfig(mode="Active"),
            logging_config=aws_function.LambdaFunctionLoggingConfig(
                log_format="JSON",
                log_group=logs.name,
                application_log_level="INFO",
                system_log_level="WARN",
            ),
            # Lambda tries its role when it makes the function.
            depends_on=self.role.policies,
        )

        self.arn: TokenStr = function.arn
        """ARN of the function."""
        self.name: TokenStr = function.function_name
        """Name of the function, the dimension of its metrics."""

    def allow_invoke(self, id: str, *, service: str) -> ITerraformDependable:
        """Let a service call the function for this account, and return what grants it.

        Args:
            id: Who calls.
            service: The service, for example ``secretsmanager.amazonaws.com``.
        """
        return aws_permission.LambdaPermission(
            self,
            id,
            function_name=self.name,
            action="lambda:InvokeFunction",
            principal=service,
            # Another account could name our function's ARN in a resource of its own.
            source_account=self.stack.account.id,
        )

    def _asset(self, archive: bytes) -> str:
        """Write the zip into the stack's folder; return its path there, other for other bytes.

        CDKTF's own asset copies a file that has to exist until the whole app is synthesised; here
        there is none but this one.
        """
        digest = hashlib.sha256(archive).hexdigest()[:32]
        name = self.path.replace("/", "-")
        path = PurePosixPath("assets", name, digest, "code.zip")
        target = Path(App.of(self).outdir, "stacks", self.stack.id, path)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(archive)
        return str(path)

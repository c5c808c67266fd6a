"""A cluster in a network, and what the tests of ECS build in it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from ipaddress import IPv4Network
from typing import Any

import cdktf_cdktf_provider_aws.lb_listener_rule as aws_rule
from cdktf import ITerraformDependable

from platform_lib.alerts.alerts import Alerts
from platform_lib.alerts.config import AlertsConfig
from platform_lib.core.connections import HTTPS, Connections
from platform_lib.core.construct import PlatformConstruct
from platform_lib.core.stack import PlatformStack
from platform_lib.ecs.cluster import EcsCluster
from platform_lib.ecs.config import ClusterConfig, ContainerConfig, TaskConfig
from platform_lib.ecs.images import ImageConfig
from platform_lib.ecs.references import ImageRepository, Injected
from platform_lib.ecs.task_definition import TaskDefinition
from platform_lib.kms.config import KeyConfig
from platform_lib.kms.key import Key
from platform_lib.network.config import VpcConfig
from platform_lib.network.vpc import Vpc
from platform_lib.testing.template import Block, Template
from platform_lib.types import TokenStr

IMAGE = ImageConfig(repository="checkout/api", version="3.21.1-stg")
CONTAINER = ContainerConfig(image=IMAGE, port=8000)
TASK = TaskConfig(cpu=512, memory_mib=1024, container=CONTAINER)
REPOSITORY_ARN = "arn:aws:ecr:us-east-1:111111111111:repository/checkout/api"
REPOSITORY_URL = "111111111111.dkr.ecr.us-east-1.amazonaws.com/checkout/api"


@dataclass(frozen=True)
class Repository:
    """A repository in ECR."""

    arn: TokenStr = REPOSITORY_ARN
    url: TokenStr = REPOSITORY_URL


class Balancer(PlatformConstruct):
    """What a load balancer gives to a service."""

    def __init__(self, scope: PlatformStack, vpc: Vpc) -> None:
        super().__init__(scope, "Balancer")
        self.target_group_arn = (
            "arn:aws:elasticloadbalancing:us-east-1:111111111111:targetgroup/a/1"
        )
        self.target_group_arn_suffix = "targetgroup/a/1"
        self.load_balancer_arn_suffix = "app/shop/2"
        self.connections = Connections(self, vpc=vpc, description="Balancer", listens_on=HTTPS)
        self.depends: ITerraformDependable = aws_rule.LbListenerRule(
            self, "Rule", listener_arn="arn:listener", action=[], condition=[]
        )


class Shop:
    """A cluster, two keys and topics in one stack."""

    def __init__(self, stack: PlatformStack, **cluster: Any) -> None:
        self.stack = stack
        self.key = Key(stack, "Data", config=KeyConfig(description="Data"))
        self.logs_key = Key(stack, "Logs", config=KeyConfig(description="Logs"))
        network = VpcConfig(
            cidr=IPv4Network("10.10.0.0/16"), nat_zones=("a",), endpoints=(), flow_logs=None
        )
        self.vpc = Vpc(stack, "Vpc", config=network, key=self.logs_key)
        self.alerts = Alerts(stack, "Alerts", config=AlertsConfig(), key=self.key)
        self.cluster = EcsCluster(
            stack,
            "Main",
            config=ClusterConfig(**cluster),
            vpc=self.vpc,
            key=self.key,
            logs_key=self.logs_key,
        )

    def task(
        self,
        id: str = "ApiTask",
        config: TaskConfig = TASK,
        *,
        injected: Injected | None = None,
        repositories: dict[str, ImageRepository] | None = None,
    ) -> TaskDefinition:
        """Define a task."""
        return TaskDefinition(
            self.stack,
            id,
            config=config,
            cluster=self.cluster,
            repositories={"checkout/api": Repository()} if repositories is None else repositories,
            injected=injected,
            logs_key=self.logs_key,
        )

    def balancer(self) -> Balancer:
        """Define a load balancer's part."""
        return Balancer(self.stack, self.vpc)


def container(stack: PlatformStack) -> Block:
    """Return the container of the only task in a stack, as ECS gets it."""
    return container_of(Template(stack).only("aws_ecs_task_definition"))


def container_of(definition: Block) -> Block:
    """Return the container of a task definition."""
    (only,) = json.loads(_without_expressions(definition["container_definitions"]))
    found: Block = only
    return found


def _without_expressions(text: str) -> str:
    """Escape the quotes inside ${}, which are Terraform's and not the JSON's."""
    inside, escaped = False, []
    for at, letter in enumerate(text):
        if letter == "{" and text[at - 1] == "$" and text[at - 2] != "$":
            inside = True
        elif letter == "}":
            inside = False
        escaped.append('\\"' if inside and letter == '"' else letter)
    return "".join(escaped)

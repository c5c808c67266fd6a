"""Clusters, task definitions, tasks and services on Fargate read back, run and end."""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest

_SPREAD = [
    {"capacityProvider": "FARGATE", "base": 1, "weight": 1},
    {"capacityProvider": "FARGATE_SPOT", "base": 0, "weight": 1},
]


@dataclass
class Shop:
    """A cluster with what tasks need, named anew for each test."""

    client: Callable[[str], Any]
    subnets: list[str]
    name: str = field(default_factory=lambda: f"shop-{secrets.token_hex(4)}")

    def __post_init__(self) -> None:
        """Make the cluster, a role and a log group."""
        self.ecs = self.client("ecs")
        self.ecs.create_cluster(
            clusterName=self.name, capacityProviders=["FARGATE", "FARGATE_SPOT"]
        )
        self.role = self.make_role("ecs-tasks.amazonaws.com")
        self.client("logs").create_log_group(logGroupName=f"/ecs/{self.name}")

    def make_role(self, service: str) -> str:
        """Return the ARN of a new role that a service may assume."""
        statement = {
            "Effect": "Allow",
            "Action": "sts:AssumeRole",
            "Principal": {"Service": service},
        }
        made = self.client("iam").create_role(
            RoleName=f"role-{secrets.token_hex(4)}",
            AssumeRolePolicyDocument=json.dumps(
                {"Version": "2012-10-17", "Statement": [statement]}
            ),
        )
        return str(made["Role"]["Arn"])

    def definition(self, **changes: Any) -> dict[str, Any]:
        """Return what is asked for a task definition."""
        options = {
            "awslogs-group": f"/ecs/{self.name}",
            "awslogs-region": "eu-central-1",
            "awslogs-stream-prefix": "app",
        }
        container = {
            "name": "app",
            "image": "ghcr.io/saleor/saleor:3.21.1",
            "portMappings": [{"name": "main", "containerPort": 8000}],
            "logConfiguration": {"logDriver": "awslogs", "options": options},
        }
        return {
            "family": self.name,
            "requiresCompatibilities": ["FARGATE"],
            "networkMode": "awsvpc",
            "cpu": "512",
            "memory": "1024",
            "executionRoleArn": self.role,
            "containerDefinitions": [container | changes.pop("container", {})],
            **changes,
        }

    def register(self, **changes: Any) -> str:
        """Register a revision, and return its ARN."""
        made = self.ecs.register_task_definition(**self.definition(**changes))
        return str(made["taskDefinition"]["taskDefinitionArn"])

    @property
    def network(self) -> dict[str, Any]:
        """Return where tasks are put."""
        return {"awsvpcConfiguration": {"subnets": self.subnets, "securityGroups": []}}

    def asked(self, **changes: Any) -> dict[str, Any]:
        """Return what is asked for a service."""
        return {
            "cluster": self.name,
            "serviceName": "api",
            "desiredCount": 2,
            "capacityProviderStrategy": _SPREAD,
            "networkConfiguration": self.network,
            **changes,
        }

    def serve(self, **changes: Any) -> dict[str, Any]:
        """Make a service, and return it."""
        changes.setdefault("taskDefinition", self.register())
        made: dict[str, Any] = self.ecs.create_service(**self.asked(**changes))["service"]
        return made

    def service(self) -> dict[str, Any]:
        """Return the service as it is."""
        found = self.ecs.describe_services(cluster=self.name, services=["api"], include=["TAGS"])
        return dict(found["services"][0])

    def update(self, **changes: Any) -> dict[str, Any]:
        """Change the service, and return it."""
        return dict(self.ecs.update_service(cluster=self.name, service="api", **changes)["service"])

    def tasks(self, **chosen: str) -> list[dict[str, Any]]:
        """Return tasks; those that run, unless others are asked for."""
        arns = self.ecs.list_tasks(cluster=self.name, **chosen)["taskArns"]
        if not arns:
            return []
        found = self.ecs.describe_tasks(cluster=self.name, tasks=arns, include=["TAGS"])
        return list(found["tasks"])

    def run(self, **changes: Any) -> dict[str, Any]:
        """Start one task by itself."""
        changes.setdefault("taskDefinition", self.register())
        started = self.ecs.run_task(
            cluster=self.name,
            capacityProviderStrategy=_SPREAD,
            networkConfiguration=self.network,
            **changes,
        )
        return dict(started["tasks"][0])


@pytest.fixture
def shop(client: Callable[[str], Any], subnets: list[str]) -> Shop:
    """Return a cluster to run things in."""
    return Shop(client, subnets)


def test_a_cluster_is_made_once(shop: Shop) -> None:
    """A second call for the name answers with what is there."""
    shop.ecs.create_cluster(clusterName=shop.name)

    found = shop.ecs.describe_clusters(clusters=[shop.name])["clusters"][0]
    assert found["capacityProviders"] == ["FARGATE", "FARGATE_SPOT"]


@pytest.mark.parametrize(
    "settings",
    [
        {"settings": [{"name": "containerInsights", "value": "much"}]},
        {"configuration": {"executeCommandConfiguration": {"logging": "OVERRIDE"}}},
        {"capacityProviders": ["FARGATE_CHEAP"]},
        {"capacityProviders": ["FARGATE"], "defaultCapacityProviderStrategy": _SPREAD},
    ],
)
def test_refuses_clusters_that_cannot_be(
    client: Callable[[str], Any], refused: Callable[..., str], settings: dict[str, Any]
) -> None:
    """Settings and capacity providers have to exist."""
    code = refused(client("ecs").create_cluster, clusterName="never", **settings)

    assert code == "InvalidParameterException"


@pytest.mark.parametrize(
    "strategy",
    [
        [{"capacityProvider": "FARGATE", "weight": 0}],
        [{**part, "base": 1} for part in _SPREAD],
    ],
)
def test_refuses_a_default_strategy_that_is_none(
    shop: Shop, refused: Callable[..., str], strategy: list[Any]
) -> None:
    """One part has a weight, and at most one has a base."""
    code = refused(
        shop.ecs.put_cluster_capacity_providers,
        cluster=shop.name,
        capacityProviders=["FARGATE", "FARGATE_SPOT"],
        defaultCapacityProviderStrategy=strategy,
    )

    assert code == "InvalidParameterException"


def test_a_cluster_keeps_what_a_service_uses(shop: Shop, refused: Callable[..., str]) -> None:
    """Neither its providers nor the cluster go before the service."""
    shop.serve()

    counted = shop.ecs.describe_clusters(clusters=[shop.name])["clusters"][0]
    providers = refused(
        shop.ecs.put_cluster_capacity_providers,
        cluster=shop.name,
        capacityProviders=["FARGATE"],
        defaultCapacityProviderStrategy=[],
    )

    assert (counted["activeServicesCount"], counted["runningTasksCount"]) == (1, 2)
    assert providers == "ResourceInUseException"
    assert refused(shop.ecs.delete_cluster, cluster=shop.name) == "ClusterContainsServicesException"


def test_a_cluster_keeps_its_tasks(shop: Shop, refused: Callable[..., str]) -> None:
    """It goes when they have ended, and is unknown then."""
    task = shop.run()
    kept = refused(shop.ecs.delete_cluster, cluster=shop.name)
    shop.ecs.stop_task(cluster=shop.name, task=task["taskArn"])

    shop.ecs.delete_cluster(cluster=shop.name)

    assert kept == "ClusterContainsTasksException"
    assert refused(shop.ecs.list_services, cluster=shop.name) == "ClusterNotFoundException"


@pytest.mark.parametrize(
    "changes",
    [
        {"networkMode": "bridge"},
        {"cpu": "512", "memory": "512"},
        {"container": {"mountPoints": [{"sourceVolume": "tmp", "containerPath": "/tmp"}]}},  # noqa: S108
        {"container": {"secrets": [{"name": "A", "valueFrom": "a"}]}, "executionRoleArn": ""},
    ],
)
def test_refuses_task_definitions_that_cannot_be(
    shop: Shop, refused: Callable[..., str], changes: dict[str, Any]
) -> None:
    """Fargate's network mode and sizes, volumes that are declared, a role to read secrets with."""
    code = refused(shop.ecs.register_task_definition, **shop.definition(**changes))

    assert code == "ClientException"


def test_a_revision_is_retired_once(shop: Shop, refused: Callable[..., str]) -> None:
    """No task and no service starts from it any more; those that run go on."""
    first = shop.register()
    shop.serve(taskDefinition=first)
    shop.ecs.deregister_task_definition(taskDefinition=first)

    codes = {
        refused(shop.ecs.deregister_task_definition, taskDefinition=first),
        refused(shop.ecs.create_service, **shop.asked(serviceName="b", taskDefinition=first)),
        refused(shop.ecs.run_task, cluster=shop.name, launchType="FARGATE", taskDefinition=first),
    }

    assert codes == {"ClientException"}
    assert shop.service()["runningCount"] == 2


def test_a_task_ends_when_it_is_asked_for_again(shop: Shop) -> None:
    """It runs first, without an exit code, and has ended with 0 then."""
    started = shop.run(startedBy="order")

    seen = [shop.ecs.describe_tasks(cluster=shop.name, tasks=[started["taskArn"]]) for _ in "ab"]
    first, second = (answer["tasks"][0] for answer in seen)

    assert (first["lastStatus"], "exitCode" in first["containers"][0]) == ("RUNNING", False)
    assert (second["lastStatus"], second["containers"][0]["exitCode"]) == ("STOPPED", 0)
    assert shop.tasks() == []
    assert len(shop.tasks(desiredStatus="STOPPED", family=shop.name)) == 1


def test_a_token_starts_one_task(shop: Shop) -> None:
    """A repeated call gets the task of the first one."""
    definition = shop.register()

    arns = {shop.run(taskDefinition=definition, clientToken="once")["taskArn"] for _ in "ab"}

    assert len(arns) == 1


def test_refuses_a_task_whose_role_ecs_cannot_assume(
    shop: Shop, refused: Callable[..., str]
) -> None:
    """The role trusts ECS's tasks."""
    definition = shop.register(taskRoleArn=shop.make_role("lambda.amazonaws.com"))

    code = refused(
        shop.ecs.run_task,
        cluster=shop.name,
        launchType="FARGATE",
        taskDefinition=definition,
        networkConfiguration=shop.network,
    )

    assert code == "ClientException"


@pytest.mark.parametrize(
    "container",
    [
        {"secrets": [{"name": "A", "valueFrom": "/nobody"}]},
        {
            "secrets": [
                {
                    "name": "A",
                    "valueFrom": "arn:aws:secretsmanager:eu-central-1:210987654321:secret:no-AbCdEf",
                }
            ]
        },
        {
            "logConfiguration": {
                "logDriver": "awslogs",
                "options": {"awslogs-group": "/nobody", "awslogs-region": "eu-central-1"},
            }
        },
    ],
)
def test_a_task_without_what_it_needs_does_not_start(shop: Shop, container: dict[str, Any]) -> None:
    """It stops at once, without an exit code."""
    task = shop.run(taskDefinition=shop.register(container=container))

    assert (task["lastStatus"], task["stopCode"]) == ("STOPPED", "TaskFailedToStart")
    assert task["stoppedReason"].startswith("ResourceInitializationError")
    assert "exitCode" not in task["containers"][0]


def test_a_service_reads_back(shop: Shop) -> None:
    """Every setting is as it was asked for, and it is one on Fargate."""
    wanted = {
        "availabilityZoneRebalancing": "ENABLED",
        "capacityProviderStrategy": _SPREAD,
        "deploymentConfiguration": {
            "deploymentCircuitBreaker": {"enable": True, "rollback": True},
            "maximumPercent": 200,
            "minimumHealthyPercent": 50,
        },
        "enableECSManagedTags": True,
        "enableExecuteCommand": True,
        "propagateTags": "SERVICE",
    }
    shop.serve(**wanted)

    found = shop.service()

    assert {name: found[name] for name in wanted} == wanted
    assert "launchType" not in found
    assert found["platformVersion"] == "LATEST"


def test_a_service_starts_its_tasks(shop: Shop) -> None:
    """In different zones, with the service's tags; the deployment is completed."""
    shop.serve(
        desiredCount=3,
        enableECSManagedTags=True,
        propagateTags="SERVICE",
        tags=[{"key": "Stack", "value": "s"}],
    )

    found, tasks = shop.service(), shop.tasks(serviceName="api")

    states = [(it["status"], it["rolloutState"]) for it in found["deployments"]]
    places = {detail["value"] for task in tasks for detail in task["attachments"][0]["details"][:1]}
    assert (found["runningCount"], states) == (3, [("PRIMARY", "COMPLETED")])
    assert places == set(shop.subnets)
    assert sorted(task["capacityProviderName"] for task in tasks) == [
        "FARGATE",
        "FARGATE",
        "FARGATE_SPOT",
    ]
    assert {tag["key"] for tag in tasks[0]["tags"]} == {
        "Stack",
        "aws:ecs:clusterName",
        "aws:ecs:serviceName",
    }


def test_a_service_replaces_a_task_that_is_stopped(shop: Shop) -> None:
    """There are as many as should be again."""
    shop.serve()
    first = shop.tasks()[0]["taskArn"]

    shop.ecs.stop_task(cluster=shop.name, task=first)

    assert shop.service()["runningCount"] == 2
    assert first not in {task["taskArn"] for task in shop.tasks()}


def test_a_new_revision_replaces_all_tasks(shop: Shop) -> None:
    """By one completed deployment."""
    shop.serve()
    second = shop.register()

    found = shop.update(taskDefinition=second)

    assert {task["taskDefinitionArn"] for task in shop.tasks()} == {second}
    assert [it["taskDefinition"] for it in found["deployments"]] == [second]


def test_another_number_of_tasks_is_no_deployment(shop: Shop) -> None:
    """Tasks come and go, and the others stay."""
    before = shop.serve()["deployments"][0]["id"]

    more = shop.update(desiredCount=3)["runningCount"]
    less = shop.update(desiredCount=1)

    assert (more, less["runningCount"], less["deployments"][0]["id"]) == (3, 1, before)


def test_a_revision_that_cannot_start_leaves_the_old_tasks(
    shop: Shop, client: Callable[[str], Any]
) -> None:
    """Two deployments are shown, until what was missing is there."""
    shop.serve()
    client("ssm")
    missing = f"/{shop.name}"
    second = shop.register(container={"secrets": [{"name": "A", "valueFrom": missing}]})

    waiting = shop.update(taskDefinition=second)
    client("ssm").put_parameter(Name=missing, Value="there", Type="String")
    done = shop.service()

    states = [(it["rolloutState"], it["runningCount"]) for it in waiting["deployments"]]
    assert states == [("IN_PROGRESS", 0), ("COMPLETED", 2)]
    assert "ResourceInitializationError" in waiting["events"][0]["message"]
    assert [it["rolloutState"] for it in done["deployments"]] == ["COMPLETED"]


def test_a_service_whose_role_is_wrong_does_not_run(shop: Shop) -> None:
    """Its events say so."""
    role = shop.make_role("lambda.amazonaws.com")

    made = shop.serve(taskDefinition=shop.register(taskRoleArn=role))

    assert made["runningCount"] == 0
    assert "unable to assume the role" in made["events"][0]["message"]


@pytest.mark.parametrize(
    "changes",
    [
        {"launchType": "FARGATE"},
        {"networkConfiguration": None},
        {"deploymentConfiguration": {"maximumPercent": 100, "minimumHealthyPercent": 100}},
        {
            "availabilityZoneRebalancing": "ENABLED",
            "deploymentConfiguration": {"maximumPercent": 100, "minimumHealthyPercent": 0},
        },
        {"capacityProviderStrategy": [{"capacityProvider": "nobody", "weight": 1}, *_SPREAD]},
        {"healthCheckGracePeriodSeconds": 60},
        {
            "loadBalancers": [
                {"containerName": "app", "containerPort": 8000, "targetGroupArn": "arn:nobody"}
            ]
        },
        {"serviceConnectConfiguration": {"enabled": True, "namespace": "nobody"}},
    ],
)
def test_refuses_services_that_cannot_be(
    shop: Shop, refused: Callable[..., str], changes: dict[str, Any]
) -> None:
    """Settings that do not go together, and what does not exist."""
    given = shop.asked(taskDefinition=shop.register(), **changes)
    asked = {name: value for name, value in given.items() if value is not None}

    assert refused(shop.ecs.create_service, **asked) == "InvalidParameterException"


def test_refuses_a_name_that_is_taken(shop: Shop, refused: Callable[..., str]) -> None:
    """Until the service is deleted."""
    shop.serve()
    asked = shop.asked(taskDefinition=shop.register())

    taken = refused(shop.ecs.create_service, **asked)
    shop.ecs.delete_service(cluster=shop.name, service="api", force=True)
    again = shop.ecs.create_service(**asked)["service"]["status"]

    assert (taken, again) == ("InvalidParameterException", "ACTIVE")


def test_service_connect_reads_back(
    shop: Shop, client: Callable[[str], Any], refused: Callable[..., str]
) -> None:
    """With the deployment; its ports are those that the container names."""
    name = f"{shop.name}.internal"
    client("servicediscovery").create_http_namespace(Name=name)
    config = {
        "enabled": True,
        "namespace": name,
        "services": [{"portName": "main", "clientAliases": [{"port": 8000, "dnsName": "api"}]}],
    }
    wrong = {**config, "services": [{"portName": "other"}]}
    definition = shop.register()

    code = refused(
        shop.ecs.create_service,
        **shop.asked(taskDefinition=definition, serviceConnectConfiguration=wrong),
    )
    made = shop.serve(taskDefinition=definition, serviceConnectConfiguration=config)

    assert code == "InvalidParameterException"
    assert made["deployments"][0]["serviceConnectConfiguration"] == config


def test_a_load_balancer_gets_the_tasks(
    shop: Shop, client: Callable[[str], Any], vpc: str, refused: Callable[..., str]
) -> None:
    """Once a listener sends requests to its target group, and no longer than they run."""
    balancers = client("elbv2")
    group = balancers.create_target_group(
        Name=shop.name, Protocol="HTTP", Port=8000, VpcId=vpc, TargetType="ip"
    )["TargetGroups"][0]["TargetGroupArn"]
    target = {"containerName": "app", "containerPort": 8000, "targetGroupArn": group}
    asked = shop.asked(taskDefinition=shop.register(), loadBalancers=[target])

    unused = refused(shop.ecs.create_service, **asked)
    balancer = balancers.create_load_balancer(
        Name=shop.name, Subnets=shop.subnets, Scheme="internal"
    )
    balancers.create_listener(
        LoadBalancerArn=balancer["LoadBalancers"][0]["LoadBalancerArn"],
        Protocol="HTTP",
        Port=80,
        DefaultActions=[{"Type": "forward", "TargetGroupArn": group}],
    )
    shop.ecs.create_service(**asked)
    served = balancers.describe_target_health(TargetGroupArn=group)["TargetHealthDescriptions"]
    shop.update(desiredCount=0)
    left = balancers.describe_target_health(TargetGroupArn=group)["TargetHealthDescriptions"]

    assert unused == "InvalidParameterException"
    assert [it["Target"]["Port"] for it in served] == [8000, 8000]
    assert [it for it in left if it["TargetHealth"]["State"] == "healthy"] == []


def test_a_deleted_service_leaves_nothing(
    shop: Shop, client: Callable[[str], Any], refused: Callable[..., str]
) -> None:
    """Neither tasks nor network interfaces; it cannot be changed, nor deleted twice."""
    shop.serve()
    while_it_runs = refused(shop.ecs.delete_service, cluster=shop.name, service="api")

    shop.update(desiredCount=0)
    shop.ecs.delete_service(cluster=shop.name, service="api")

    where = [{"Name": "subnet-id", "Values": shop.subnets}]
    assert while_it_runs == "InvalidParameterException"
    assert client("ec2").describe_network_interfaces(Filters=where)["NetworkInterfaces"] == []
    assert shop.ecs.list_services(cluster=shop.name)["serviceArns"] == []
    assert shop.service()["status"] == "INACTIVE"
    assert (
        refused(shop.ecs.delete_service, cluster=shop.name, service="api")
        == "ServiceNotFoundException"
    )
    assert (
        refused(shop.ecs.update_service, cluster=shop.name, service="api", desiredCount=1)
        == "ServiceNotActiveException"
    )


@pytest.mark.parametrize(
    "changes",
    [
        {"count": 0},
        {"count": 11},
        {"launchType": "FARGATE", "capacityProviderStrategy": _SPREAD},
        {"capacityProviderStrategy": [{"capacityProvider": "nobody", "weight": 1}]},
    ],
)
def test_refuses_tasks_that_cannot_be(
    shop: Shop, refused: Callable[..., str], changes: dict[str, Any]
) -> None:
    """One to ten at once, in one way, on capacity that the cluster has."""
    asked = {
        "cluster": shop.name,
        "taskDefinition": shop.register(),
        "networkConfiguration": shop.network,
        "capacityProviderStrategy": _SPREAD,
    }

    assert refused(shop.ecs.run_task, **asked | changes) == "InvalidParameterException"


def test_a_task_has_the_tags_of_its_definition(shop: Shop) -> None:
    """Where they are to be propagated, with those that ECS manages and its own."""
    definition = shop.register(tags=[{"key": "Stack", "value": "s"}, {"key": "Own", "value": "no"}])

    task = shop.run(
        taskDefinition=definition,
        enableECSManagedTags=True,
        propagateTags="TASK_DEFINITION",
        tags=[{"key": "Own", "value": "yes"}],
    )

    found = shop.ecs.describe_tasks(cluster=shop.name, tasks=[task["taskArn"]], include=["TAGS"])
    tags = {tag["key"]: tag["value"] for tag in found["tasks"][0]["tags"]}
    assert tags == {"Stack": "s", "Own": "yes", "aws:ecs:clusterName": shop.name}


@pytest.mark.parametrize(
    ("change", "deploys"),
    [
        ({"enableExecuteCommand": True}, True),
        ({"forceNewDeployment": True}, True),
        ({"deploymentConfiguration": {"minimumHealthyPercent": 50}}, False),
    ],
)
def test_what_a_task_takes_over_at_its_start_is_deployed(
    shop: Shop,
    change: dict[str, Any],
    deploys: bool,  # noqa: FBT001
) -> None:
    """Other settings change without another task."""
    before = shop.serve()["deployments"][0]["id"]

    after = shop.update(**change)["deployments"][0]["id"]

    assert (after != before) is deploys


def test_a_change_keeps_the_other_settings(shop: Shop) -> None:
    """Of a deployment's configuration, too."""
    breaker = {"enable": True, "rollback": True}
    shop.serve(deploymentConfiguration={"deploymentCircuitBreaker": breaker})

    shop.update(deploymentConfiguration={"minimumHealthyPercent": 50})

    assert shop.service()["deploymentConfiguration"] == {
        "deploymentCircuitBreaker": breaker,
        "maximumPercent": 200,
        "minimumHealthyPercent": 50,
    }


def test_refuses_a_change_to_what_cannot_be(shop: Shop, refused: Callable[..., str]) -> None:
    """A change is checked with what stays."""
    shop.serve(availabilityZoneRebalancing="ENABLED")
    narrow = {"maximumPercent": 100, "minimumHealthyPercent": 0}

    code = refused(
        shop.ecs.update_service,
        cluster=shop.name,
        service="api",
        deploymentConfiguration=narrow,
    )

    assert code == "InvalidParameterException"
    assert shop.service()["deploymentConfiguration"]["maximumPercent"] == 200


def test_a_cluster_without_a_strategy_of_a_service_lends_its_own(shop: Shop) -> None:
    """Neither a launch type nor a strategy is asked for."""
    shop.ecs.put_cluster_capacity_providers(
        cluster=shop.name,
        capacityProviders=["FARGATE", "FARGATE_SPOT"],
        defaultCapacityProviderStrategy=_SPREAD,
    )

    made = shop.serve(capacityProviderStrategy=[])

    assert made["capacityProviderStrategy"] == _SPREAD


def test_services_on_machines_are_left_to_moto(shop: Shop) -> None:
    """Only Fargate is emulated: no machine, no task."""
    definition = shop.ecs.register_task_definition(
        family=f"{shop.name}-ec2",
        containerDefinitions=[{"name": "app", "image": "shop:1", "memory": 128}],
    )["taskDefinition"]["taskDefinitionArn"]

    made = shop.ecs.create_service(
        cluster=shop.name,
        serviceName="old",
        desiredCount=1,
        launchType="EC2",
        taskDefinition=definition,
    )["service"]
    changed = shop.ecs.update_service(cluster=shop.name, service="old", desiredCount=0)["service"]
    shop.ecs.delete_service(cluster=shop.name, service="old")

    assert (made["launchType"], made["runningCount"]) == ("EC2", 0)
    assert changed["desiredCount"] == 0

"""TaskDefinition: what ECS gets, by image owner, and what it refuses."""

from __future__ import annotations

import json
from typing import Any

import pytest

from platform_lib.core.stack import PlatformStack
from platform_lib.ecs.config import ContainerHealthCheck
from platform_lib.ecs.images import ImageConfig, ImageOwner
from platform_lib.ecs.references import Injected, InjectedSecret
from platform_lib.errors import PlatformError
from platform_lib.testing.template import Template
from tests.constructs.ecs_shop import CONTAINER, IMAGE, REPOSITORY_URL, TASK, Shop, container

SECRET_ARN = "arn:aws:secretsmanager:us-east-1:111111111111:secret:shop-prod-orders-AbCdEf"


def _define(stack: PlatformStack, **container_config: Any) -> None:
    Shop(stack).task(config=TASK.evolve(container=CONTAINER.evolve(**container_config)))


def test_is_a_fargate_task_of_the_size_that_was_written(stack: PlatformStack) -> None:
    """In its own network, on Linux, for the architecture of the image."""
    Shop(stack).task(config=TASK.evolve(cpu=1024, memory_mib=2048, architecture="arm64"))

    task = Template(stack).only("aws_ecs_task_definition")

    assert task["family"] == "shop-prod-api-task"
    assert (task["cpu"], task["memory"]) == ("1024", "2048")
    assert task["network_mode"] == "awsvpc"
    assert task["requires_compatibilities"] == ["FARGATE"]
    assert task["runtime_platform"] == {
        "cpu_architecture": "ARM64",
        "operating_system_family": "LINUX",
    }
    assert task["volume"] == [{"name": "tmp"}]
    assert "ephemeral_storage" not in task
    assert "track_latest" not in task


def test_the_old_revision_is_retired_last(stack: PlatformStack) -> None:
    """While a deployment runs, ECS may have to go back to it."""
    Shop(stack).task()

    lifecycle = Template(stack).only("aws_ecs_task_definition")["lifecycle"]

    assert lifecycle == {"create_before_destroy": True}


def test_has_the_disk_that_was_asked_for(stack: PlatformStack) -> None:
    """Beyond the 20 GiB that are included."""
    Shop(stack).task(config=TASK.evolve(ephemeral_storage_gib=50))

    assert Template(stack).only("aws_ecs_task_definition")["ephemeral_storage"] == {
        "size_in_gib": 50
    }


def test_the_container_is_hardened_and_logs_to_our_group(stack: PlatformStack) -> None:
    """The whole definition, so that nothing slips in."""
    _define(stack)

    found = container(stack)
    image = found.pop("image")
    group = found["logConfiguration"]["options"].pop("awslogs-group")

    assert found == {
        "name": "app",
        "essential": True,
        "user": "10001:10001",
        "readonlyRootFilesystem": True,
        "stopTimeout": 30,
        "linuxParameters": {"initProcessEnabled": True, "capabilities": {"drop": ["ALL"]}},
        "mountPoints": [{"sourceVolume": "tmp", "containerPath": "/tmp", "readOnly": False}],  # noqa: S108 - a mount
        "portMappings": [
            {"name": "main", "containerPort": 8000, "hostPort": 8000, "protocol": "tcp"}
        ],
        "logConfiguration": {
            "logDriver": "awslogs",
            "options": {
                "awslogs-region": "us-east-1",
                "awslogs-stream-prefix": "app",
                "mode": "non-blocking",
                "max-buffer-size": "25m",
            },
        },
    }
    assert image.startswith(REPOSITORY_URL)
    assert group.startswith("${aws_cloudwatch_log_group.ApiTask_LogGroup_")


def test_the_container_is_what_was_written(stack: PlatformStack) -> None:
    """Every option reaches ECS."""
    _define(
        stack,
        entry_point=("/init",),
        command=("serve", "--all"),
        environment={"MODE": "shop", "DEBUG": "0"},
        port=None,
        health_check=ContainerHealthCheck(command=("/bin/ok", "now")),
        user="33",
        read_only_root=False,
        tmp_volumes={},
        stop_timeout_seconds=120,
    )

    found = container(stack)

    assert found["entryPoint"] == ["/init"]
    assert found["command"] == ["serve", "--all"]
    assert found["environment"] == [
        {"name": "DEBUG", "value": "0"},
        {"name": "MODE", "value": "shop"},
    ]
    assert found["healthCheck"] == {
        "command": ["CMD", "/bin/ok", "now"],
        "interval": 15,
        "timeout": 5,
        "retries": 3,
        "startPeriod": 30,
    }
    assert (found["user"], found["readonlyRootFilesystem"]) == ("33", False)
    assert found["stopTimeout"] == 120
    assert not {"portMappings", "mountPoints", "secrets"} & found.keys()
    assert "volume" not in Template(stack).only("aws_ecs_task_definition")


def test_writes_what_terraform_would_read_as_its_own(stack: PlatformStack) -> None:
    """A shell's ${} and a format's %{} reach the container as they are."""
    _define(stack, command=("echo ${HOME} %{http_code} $HOME",), environment={"A": "${B}"})

    written = Template(stack).only("aws_ecs_task_definition")["container_definitions"]

    assert "echo $${HOME} %%{http_code} $HOME" in written
    assert '"value": "$${B}"' in written


def test_the_definition_does_not_depend_on_the_order_of_writing(stack: PlatformStack) -> None:
    """Variables and secrets are sorted, so that a change of order is no new revision."""
    shop = Shop(stack)
    one, other = (
        InjectedSecret("arn:one", shop.key),
        InjectedSecret("arn:other", shop.key),
    )
    shop.task(injected=Injected(environment={"B": "2", "A": "1"}, secrets={"Z": one, "Y": other}))

    found = container(stack)

    assert [it["name"] for it in found["environment"]] == ["A", "B"]
    assert [it["name"] for it in found["secrets"]] == ["Y", "Z"]


class TestImage:
    """Three owners."""

    def test_of_terraform_is_a_variable_with_a_check(self, stack: PlatformStack) -> None:
        """Tag or digest; the mark between follows from which it is."""
        _define(stack)

        variable = Template(stack).json["variable"]["checkout_api_version"]

        assert container(stack)["image"] == (
            REPOSITORY_URL + '${startswith(var.checkout_api_version, "sha256:") ? "@" : ":"}'
            "${var.checkout_api_version}"
        )
        assert variable["default"] == "3.21.1-stg"
        assert variable["nullable"] is False
        (check,) = variable["validation"]
        assert check["condition"].endswith('&& var.checkout_api_version != "latest"}')

    def test_of_terraform_needs_a_value_without_a_default(self, stack: PlatformStack) -> None:
        """The release job gives it."""
        _define(stack, image=ImageConfig(repository="checkout/api"))

        assert "default" not in Template(stack).json["variable"]["checkout_api_version"]

    def test_is_shared_by_all_that_run_it(self, stack: PlatformStack) -> None:
        """One variable moves API, worker and beat together."""
        shop = Shop(stack)

        shop.task("ApiTask")
        shop.task("WorkerTask")

        assert list(Template(stack).json["variable"]) == ["checkout_api_version"]

    def test_can_be_moved_alone(self, stack: PlatformStack) -> None:
        """By a variable of its own."""
        shop = Shop(stack)

        shop.task("ApiTask")
        own = CONTAINER.evolve(image=IMAGE.evolve(variable="worker_version", version="2"))
        shop.task("WorkerTask", TASK.evolve(container=own))

        defaults = {k: it["default"] for k, it in Template(stack).json["variable"].items()}
        assert defaults == {"checkout_api_version": "3.21.1-stg", "worker_version": "2"}

    def test_refuses_two_defaults_of_one_variable(self, stack: PlatformStack) -> None:
        """One of them would be ignored."""
        shop = Shop(stack)
        shop.task("ApiTask")
        other = TASK.evolve(container=CONTAINER.evolve(image=IMAGE.evolve(version="4")))

        with pytest.raises(PlatformError) as error:
            shop.task("WorkerTask", other)

        assert str(error.value) == (
            "shop-prod-test/WorkerTask: the variable 'checkout_api_version' has the default"
            " '3.21.1-stg', and here '4'; write one version, or give one of the two images another"
            " variable [ImageVersionTwice]"
        )

    def test_of_ssm_is_read_from_the_parameter(self, stack: PlatformStack) -> None:
        """By the attribute that is not hidden in the plan, once for all that run it."""
        image = ImageConfig(
            repository="checkout/api", owner=ImageOwner.SSM, parameter="/checkout/api"
        )
        shop = Shop(stack)

        shop.task("ApiTask", TASK.evolve(container=CONTAINER.evolve(image=image)))
        shop.task("WorkerTask", TASK.evolve(container=CONTAINER.evolve(image=image)))

        template = Template(stack)
        ((name, read),) = template.json["data"]["aws_ssm_parameter"].items()
        tasks = template.all("aws_ecs_task_definition").values()
        assert read["name"] == "/checkout/api"
        assert "variable" not in template.json
        for task in tasks:
            assert f"${{data.aws_ssm_parameter.{name}.insecure_value}}" in str(
                task["container_definitions"]
            )
            # A revision that a release registered is found, and is no difference.
            assert task["track_latest"] is True

    @pytest.mark.parametrize(
        ("version", "reference"),
        [("3.21.1", ":3.21.1"), (f"sha256:{'a' * 64}", f"@sha256:{'a' * 64}")],
    )
    def test_of_a_release_job_is_the_first_version(
        self, stack: PlatformStack, version: str, reference: str
    ) -> None:
        """Written out: Terraform deploys it once."""
        _define(stack, image=IMAGE.evolve(owner=ImageOwner.CD, version=version))

        assert container(stack)["image"] == REPOSITORY_URL + reference

    def test_of_another_registry_needs_no_repository(self, stack: PlatformStack) -> None:
        """Its host says where it is."""
        image = ImageConfig(repository="ghcr.io/saleor/saleor", owner=ImageOwner.CD, version="3.21")

        Shop(stack).task(
            config=TASK.evolve(container=CONTAINER.evolve(image=image)), repositories={}
        )

        assert container(stack)["image"] == "ghcr.io/saleor/saleor:3.21"

    def test_refuses_a_repository_that_nobody_has(self, stack: PlatformStack) -> None:
        """With those that there are."""
        other = CONTAINER.evolve(image=IMAGE.evolve(repository="checkout/apy"))

        with pytest.raises(PlatformError) as error:
            Shop(stack).task(config=TASK.evolve(container=other))

        assert str(error.value) == (
            "shop-prod-test/ApiTask: the image is in the repository 'checkout/apy', which is not"
            " among those given: checkout/api; use one of them, or name the host of another"
            " registry, as in 'docker.io/checkout/apy' [UnknownRepository]"
        )


class TestInjected:
    """What other constructs give the container."""

    def test_secrets_are_references(self, stack: PlatformStack) -> None:
        """To the whole secret or to a key of its JSON."""
        shop = Shop(stack)
        secrets = {
            "DATABASE_URL": InjectedSecret(SECRET_ARN, shop.key),
            "DATABASE_PASSWORD": InjectedSecret(SECRET_ARN, shop.key, "password"),
        }

        shop.task(injected=Injected(secrets=secrets))

        assert container(stack)["secrets"] == [
            {"name": "DATABASE_PASSWORD", "valueFrom": f"{SECRET_ARN}:password::"},
            {"name": "DATABASE_URL", "valueFrom": SECRET_ARN},
        ]

    def test_refuses_a_secret_that_was_not_given(self, stack: PlatformStack) -> None:
        """The container would start without it."""
        config = TASK.evolve(container=CONTAINER.evolve(secrets=("A", "B")))
        shop = Shop(stack)

        with pytest.raises(PlatformError) as error:
            shop.task(
                config=config, injected=Injected(secrets={"A": InjectedSecret("arn", shop.key)})
            )

        assert str(error.value) == (
            "shop-prod-test/ApiTask: the container wants the secret B, and the secrets given are A;"
            " give it, or take it out of secrets [SecretNotGiven]"
        )

    @pytest.mark.parametrize("where", ["configuration", "environment"])
    def test_refuses_a_variable_twice(self, stack: PlatformStack, where: str) -> None:
        """ECS would take one of them."""
        shop = Shop(stack)
        own = {"MODE": "a"} if where == "configuration" else {}
        given = {} if where == "configuration" else {"MODE": "a"}
        secrets = {"MODE": InjectedSecret("arn", shop.key)}

        with pytest.raises(PlatformError) as error:
            shop.task(
                config=TASK.evolve(container=CONTAINER.evolve(environment=own)),
                injected=Injected(environment=given, secrets=secrets),
            )

        assert str(error.value) == (
            "shop-prod-test/ApiTask: the container gets the variable MODE twice, from its"
            " configuration and from the platform, or as a value and as a secret; take one of them"
            " out [VariableTwice]"
        )

    def test_refuses_a_secret_as_a_value(self, stack: PlatformStack) -> None:
        """The platform's own code is held to the same rule."""
        with pytest.raises(PlatformError) as error:
            Shop(stack).task(injected=Injected(environment={"DB_PASSWORD": "hunter2"}))

        assert "hunter2" not in str(error.value)
        assert str(error.value) == (
            "shop-prod-test/ApiTask: variable 'DB_PASSWORD' is called like a secret, and environment"
            " variables are readable in the task definition; keep the value in Secrets Manager and"
            " name the variable in secrets [SecretInEnvironment]"
        )


def test_owns_its_log_group(stack: PlatformStack) -> None:
    """With our key, and a retention."""
    Shop(stack).task(config=TASK.evolve(log_retention_days=30))

    group = Template(stack).only("aws_cloudwatch_log_group", path="ApiTask/LogGroup")

    assert group["name"] == "/ecs/shop-prod-api-task"
    assert group["retention_in_days"] == 30
    assert group["kms_key_id"].startswith("${aws_kms_key.Logs_")


def test_the_container_definitions_are_json(stack: PlatformStack) -> None:
    """Once Terraform has put the values in."""
    _define(stack, image=IMAGE.evolve(owner=ImageOwner.CD))

    written = Template(stack).only("aws_ecs_task_definition")["container_definitions"]

    assert json.loads(written)[0]["name"] == "app"

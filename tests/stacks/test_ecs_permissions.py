"""What the roles of tasks, of ECS, of the scheduler and of the migration's runner may do."""

from __future__ import annotations

from typing import cast

import pytest
from constructs import Construct

from platform_lib.core.stack import PlatformStack
from platform_lib.ecs.migration_task import MigrationTask
from platform_lib.ecs.references import Injected, InjectedSecret
from platform_lib.ecs.scheduled_task import ScheduledTask
from platform_lib.ecs.task_configs import MigrationConfig, ScheduledTaskConfig
from platform_lib.iam.role import Role
from platform_lib.kms.config import KeyConfig
from platform_lib.kms.key import Key
from platform_lib.s3.bucket import Bucket
from platform_lib.s3.config import BucketConfig, Purpose
from platform_lib.secretsmanager.config import SecretConfig
from platform_lib.secretsmanager.secret import Secret
from platform_lib.testing.fixtures import stack_of
from platform_lib.testing.policy_evaluator import Access, Request
from platform_lib.testing.template import Template
from tests.constructs.ecs_shop import CONTAINER, REPOSITORY_ARN, TASK, Shop
from tests.stacks.shop import shop_prod

REGION = "us-east-1:111111111111"
FAMILY = f"arn:aws:ecs:{REGION}:task-definition/shop-prod-api-task"
OTHER_FAMILY = f"arn:aws:ecs:{REGION}:task-definition/shop-prod-other-task"
SOME_TASK = f"arn:aws:ecs:{REGION}:task/shop-prod-main/0123"
ELSEWHERE = f"arn:aws:ecs:{REGION}:task/shop-stage-main/0123"
TLS = {"aws:SecureTransport": "true"}
TO_TASKS = {"iam:PassedToService": "ecs-tasks.amazonaws.com"}


@pytest.fixture(scope="module")
def access(tmp_path_factory: pytest.TempPathFactory) -> Access:
    """Return what a stack with a cluster allows, and one with tasks, a schedule and a migration."""
    ecs = stack_of(shop_prod(), tmp_path_factory.mktemp("ecs"), "ecs")
    services = PlatformStack(cast(Construct, ecs.node.scope), "services", target=ecs.target)
    _build(Shop(ecs), services)
    # The later stack first: its references are what makes the other publish.
    return Access.of(Template(services), Template(ecs))


def _build(shop: Shop, stack: PlatformStack) -> None:
    Key(shop.stack, "Third", config=KeyConfig(description="Third"))
    own, other = (
        Secret(shop.stack, id, config=SecretConfig(description=id), key=shop.key)
        for id in ("Own", "Other")  # noqa: A001 - the framework's name
    )
    bucket = Bucket(shop.stack, "Media", config=BucketConfig(purpose=Purpose.MEDIA), key=shop.key)
    shop.stack = stack
    injected = Injected(secrets={"DATABASE_URL": InjectedSecret(own.arn, shop.key, "url")})
    writable = TASK.evolve(execute_command=True, container=CONTAINER.evolve(read_only_root=False))
    api = shop.task("ApiTask", writable, injected=injected)
    theirs = Injected(secrets={"DATABASE_URL": InjectedSecret(other.arn, shop.key)})
    shop.task("OtherTask", injected=theirs)
    bucket.grants.read(api.task_role, prefix="public/")
    nightly = ScheduledTaskConfig(description="Nightly", schedule="rate(1 day)")
    ScheduledTask(stack, "Nightly", config=nightly, task=api, key=shop.key, alerts=shop.alerts)
    MigrationTask(
        stack,
        "Migration",
        config=MigrationConfig(description="Migrates"),
        task=api,
        key=shop.key,
        logs_key=shop.logs_key,
    )
    person = Role(stack, "OnCall", service="ec2.amazonaws.com", description="Helps")
    shop.cluster.grants.execute_command(person)
    api.grants.write_logs(person)


def _allowed(
    access: Access, role: str, action: str, resource: str, context: dict[str, str] | None = None
) -> bool:
    arn = resource if resource.startswith("arn:") or resource == "*" else _arn(access, resource)
    return access.evaluate(Request(access.arn(role), action, arn, context or {})).allowed


def _arn(access: Access, path: str) -> str:
    construct, colon, rest = path.partition(":")
    return access.arn(construct) + colon + rest


class TestExecutionRole:
    """ECS pulls the image, reads the secrets and writes the log of this family, and no more."""

    ROLE = "ApiTask/ApiTaskExecution"

    @pytest.mark.parametrize(
        ("action", "resource", "expected"),
        [
            ("ecr:BatchGetImage", REPOSITORY_ARN, True),
            ("ecr:GetDownloadUrlForLayer", REPOSITORY_ARN, True),
            ("ecr:GetAuthorizationToken", "*", True),
            ("ecr:BatchGetImage", f"{REPOSITORY_ARN}-admin", False),
            ("ecr:PutImage", REPOSITORY_ARN, False),
            ("secretsmanager:GetSecretValue", "Own", True),
            ("secretsmanager:GetSecretValue", "Other", False),
            ("secretsmanager:PutSecretValue", "Own", False),
            ("logs:PutLogEvents", "ApiTask/LogGroup:log-stream:app/app/1", True),
            ("logs:CreateLogStream", "ApiTask/LogGroup:log-stream:app/app/1", True),
            ("logs:PutLogEvents", "OtherTask/LogGroup:log-stream:app/app/1", False),
            ("logs:CreateLogGroup", "ApiTask/LogGroup", False),
            ("s3:GetObject", "arn:aws:s3:::shop-prod-media/public/a", False),
            ("ecs:RunTask", f"{FAMILY}:1", False),
        ],
    )
    def test_may(self, access: Access, action: str, resource: str, *, expected: bool) -> None:
        """Exactly that."""
        if resource.startswith("arn:aws:s3"):
            resource = f"{access.arn('Media')}/public/a"
        assert _allowed(access, self.ROLE, action, resource, TLS) is expected

    @pytest.mark.parametrize(
        ("secret", "service", "key", "expected"),
        [
            ("Own", "secretsmanager", "Data", True),
            ("Other", "secretsmanager", "Data", False),
            ("Own", "s3", "Data", False),
            ("Own", "secretsmanager", "Third", False),
        ],
    )
    def test_may_decrypt_its_secrets_only(
        self, access: Access, secret: str, service: str, key: str, *, expected: bool
    ) -> None:
        """Through Secrets Manager, and not what else the key encrypts."""
        context = {
            "kms:EncryptionContext:SecretARN": access.arn(secret),
            "kms:ViaService": f"{service}.us-east-1.amazonaws.com",
        }

        assert _allowed(access, self.ROLE, "kms:Decrypt", key, context) is expected

    @pytest.mark.parametrize(
        ("service", "account", "expected"),
        [
            ("ecs-tasks.amazonaws.com", "111111111111", True),
            ("ecs-tasks.amazonaws.com", "222222222222", False),
            ("ec2.amazonaws.com", "111111111111", False),
        ],
    )
    @pytest.mark.parametrize("role", ["ApiTask/ApiTaskExecution", "ApiTask/ApiTaskRole"])
    def test_is_assumed_by_tasks_of_this_account(
        self, access: Access, role: str, service: str, account: str, *, expected: bool
    ) -> None:
        """So is the task role."""
        request = Request(
            service, "sts:AssumeRole", access.arn(role), {"aws:SourceAccount": account}
        )

        assert access.evaluate(request).allowed is expected


class TestTaskRole:
    """The code has what it was granted, and sessions of ECS Exec."""

    @pytest.mark.parametrize(
        ("action", "resource", "expected"),
        [
            ("s3:GetObject", "Media:/public/a", True),
            ("s3:GetObject", "Media:/private/a", False),
            ("s3:PutObject", "Media:/public/a", False),
            ("secretsmanager:GetSecretValue", "Own", False),
            ("logs:PutLogEvents", "ApiTask/LogGroup:log-stream:app/app/1", False),
            ("ssmmessages:OpenDataChannel", "*", True),
            ("logs:PutLogEvents", "Main/Sessions:log-stream:1", True),
            ("logs:PutLogEvents", "Main/Insights:log-stream:1", False),
            ("ecr:BatchGetImage", REPOSITORY_ARN, False),
            ("ecs:RunTask", f"{FAMILY}:1", False),
        ],
    )
    def test_may(self, access: Access, action: str, resource: str, *, expected: bool) -> None:
        """Exactly that."""
        if resource.startswith("Media:"):
            resource = access.arn("Media") + resource.removeprefix("Media:")

        assert _allowed(access, "ApiTask/ApiTaskRole", action, resource, TLS) is expected

    @pytest.mark.parametrize(
        ("action", "resource"),
        [
            ("ssmmessages:OpenDataChannel", "*"),
            ("logs:PutLogEvents", "Main/Sessions:log-stream:1"),
            ("kms:Decrypt", "Data"),
        ],
    )
    def test_has_nothing_without_a_grant(self, access: Access, action: str, resource: str) -> None:
        """Nor may anybody run commands in its tasks."""
        assert not _allowed(access, "OtherTask/OtherTaskRole", action, resource)


@pytest.mark.parametrize(
    "role", ["Nightly/NightlyScheduler", "Migration/MigrationRunner/MigrationRunnerRole"]
)
class TestStarters:
    """The scheduler and the migration's runner start this family in this cluster, with its roles."""

    @pytest.mark.parametrize(
        ("action", "resource", "cluster", "expected"),
        [
            ("ecs:RunTask", f"{FAMILY}:7", "Main", True),
            ("ecs:RunTask", FAMILY, "Main", True),
            ("ecs:RunTask", f"{FAMILY}:7", "elsewhere", False),
            ("ecs:RunTask", f"{OTHER_FAMILY}:7", "Main", False),
            ("ecs:RunTask", f"{FAMILY}-admin:1", "Main", False),
            ("ecs:StopTask", SOME_TASK, "Main", False),
            ("ecs:ExecuteCommand", SOME_TASK, "Main", False),
            ("ecs:RegisterTaskDefinition", "*", "Main", False),
            (
                "ecs:UpdateService",
                f"arn:aws:ecs:{REGION}:service/shop-prod-main/api",
                "Main",
                False,
            ),
        ],
    )
    def test_may_start(
        self,
        access: Access,
        role: str,
        action: str,
        resource: str,
        cluster: str,
        *,
        expected: bool,
    ) -> None:
        """Any revision of it, nowhere else, and nothing else."""
        where = access.arn("Main") if cluster == "Main" else f"arn:aws:ecs:{REGION}:cluster/x"

        assert _allowed(access, role, action, resource, {"ecs:cluster": where}) is expected

    @pytest.mark.parametrize(
        ("passed", "service", "expected"),
        [
            ("ApiTask/ApiTaskRole", "ecs-tasks.amazonaws.com", True),
            ("ApiTask/ApiTaskExecution", "ecs-tasks.amazonaws.com", True),
            ("ApiTask/ApiTaskRole", "lambda.amazonaws.com", False),
            ("OtherTask/OtherTaskRole", "ecs-tasks.amazonaws.com", False),
            ("OnCall", "ecs-tasks.amazonaws.com", False),
        ],
    )
    def test_may_pass(
        self, access: Access, role: str, passed: str, service: str, *, expected: bool
    ) -> None:
        """The family's two roles, to tasks only."""
        context = {"iam:PassedToService": service}

        assert _allowed(access, role, "iam:PassRole", passed, context) is expected

    @pytest.mark.parametrize(
        ("resource", "by", "expected"),
        [
            (SOME_TASK, "RunTask", True),
            (SOME_TASK, "CreateService", False),
            (ELSEWHERE, "RunTask", False),
        ],
    )
    def test_may_tag_what_they_start(
        self, access: Access, role: str, resource: str, by: str, *, expected: bool
    ) -> None:
        """While starting it, and in this cluster."""
        context = {"ecs:CreateAction": by}

        assert _allowed(access, role, "ecs:TagResource", resource, context) is expected


@pytest.mark.parametrize(
    ("action", "resource", "cluster", "expected"),
    [
        ("ecs:DescribeTasks", SOME_TASK, "Main", True),
        ("ecs:ListTasks", "*", "Main", True),
        ("ecs:DescribeTasks", ELSEWHERE, "elsewhere", False),
        ("ecs:ListTasks", "*", "elsewhere", False),
        ("secretsmanager:GetSecretValue", "Own", "Main", False),
    ],
)
def test_the_runner_may_watch_this_cluster(
    access: Access, action: str, resource: str, cluster: str, *, expected: bool
) -> None:
    """To see how its task ends; it reads no secrets."""
    where = access.arn("Main") if cluster == "Main" else f"arn:aws:ecs:{REGION}:cluster/x"
    role = "Migration/MigrationRunner/MigrationRunnerRole"

    assert _allowed(access, role, action, resource, {"ecs:cluster": where}) is expected


@pytest.mark.parametrize(
    ("action", "key", "expected"),
    [("kms:Decrypt", "Data", True), ("kms:Decrypt", "Logs", False), ("kms:Encrypt", "Data", False)],
)
def test_the_scheduler_reads_its_schedule(
    access: Access, action: str, key: str, *, expected: bool
) -> None:
    """Which is encrypted with our key."""
    assert _allowed(access, "Nightly/NightlyScheduler", action, key) is expected


def test_the_scheduler_is_assumed_by_eventbridge_for_this_account(access: Access) -> None:
    """And by nobody else."""
    role = access.arn("Nightly/NightlyScheduler")

    def assumes(service: str, account: str) -> bool:
        context = {"aws:SourceAccount": account}
        return access.evaluate(Request(service, "sts:AssumeRole", role, context)).allowed

    assert assumes("scheduler.amazonaws.com", "111111111111")
    assert not assumes("scheduler.amazonaws.com", "222222222222")
    assert not assumes("ecs-tasks.amazonaws.com", "111111111111")


@pytest.mark.parametrize(
    ("action", "resource", "expected"),
    [
        ("ecs:ExecuteCommand", "Main", True),
        ("ecs:ExecuteCommand", SOME_TASK, True),
        ("ecs:ExecuteCommand", ELSEWHERE, False),
        ("kms:GenerateDataKey", "Data", True),
        ("kms:Decrypt", "Data", False),
        ("ecs:RunTask", f"{FAMILY}:1", False),
        ("ecs:StopTask", SOME_TASK, False),
        ("logs:PutLogEvents", "ApiTask/LogGroup:log-stream:1", True),
        ("logs:PutLogEvents", "OtherTask/LogGroup:log-stream:1", False),
    ],
)
def test_whoever_may_run_commands(
    access: Access, action: str, resource: str, *, expected: bool
) -> None:
    """Runs them in this cluster, and does nothing else with it."""
    context = {"ecs:cluster": access.arn("Main")}

    assert _allowed(access, "OnCall", action, resource, context) is expected

"""Why a task on Fargate cannot start: roles, secrets and log groups that do not exist.

Not looked at: images, the value of a secret, what the roles' policies allow, and whether the
network leads to ECR, Secrets Manager and CloudWatch Logs.
"""

from __future__ import annotations

import json
import re
from typing import Any
from urllib.parse import unquote

from moto.iam.models import iam_backends
from moto.logs.models import logs_backends
from moto.secretsmanager.models import secretsmanager_backends
from moto.ssm.models import ssm_backends

__all__ = ["resource_problem", "role_problem"]

_TASKS = "ecs-tasks.amazonaws.com"
_SECRET = re.compile(r"(?P<arn>arn:[^:]+:secretsmanager:(?P<region>[^:]+):\d+:secret:[^:]+)(:.*)?")


def role_problem(backend: Any, definition: Any) -> str | None:
    """Return which role ECS cannot assume; None if it can assume all.

    Args:
        backend: Moto's backend of ECS.
        definition: The task definition.
    """
    roles = iam_backends[backend.account_id][backend.partition].roles.values()
    trusts = {role.arn: _trust(role) for role in roles}
    for name in ("execution_role_arn", "task_role_arn"):
        wanted = getattr(definition, name, None)
        if wanted and _TASKS not in trusts.get(wanted, ""):
            return (
                f"ECS was unable to assume the role '{wanted}' that was provided for this task."
                " Please verify that the role being passed has the proper trust relationship and"
                " permissions and that your IAM user has permissions to pass this role."
            )
    return None


def _trust(role: Any) -> str:
    document = role.assume_role_policy_document or ""
    return unquote(document if isinstance(document, str) else json.dumps(document))


def resource_problem(backend: Any, definition: Any) -> str | None:
    """Return why a started task stops before its containers run; None if it does not.

    Args:
        backend: Moto's backend of ECS.
        definition: The task definition.
    """
    for container in definition.container_definitions:
        for secret in container.get("secrets") or ():
            if not _exists(backend, secret["valueFrom"]):
                return (
                    "ResourceInitializationError: unable to pull secrets or registry auth:"
                    " execution resource retrieval failed: unable to retrieve secret from asm:"
                    f" {secret['valueFrom']}: ResourceNotFoundException"
                )
        logging = container.get("logConfiguration") or {}
        options = logging.get("options") or {}
        group = options.get("awslogs-group")
        if group and options.get("awslogs-create-group") != "true":
            region = options.get("awslogs-region", backend.region_name)
            if group not in logs_backends[backend.account_id][region].groups:
                return (
                    "ResourceInitializationError: failed to validate logger args: create stream has"
                    " been retried 1 times: failed to create Cloudwatch log stream:"
                    f" ResourceNotFoundException: The specified log group does not exist: {group}"
                )
    return None


def _exists(backend: Any, reference: str) -> bool:
    secret = _SECRET.fullmatch(reference)
    if secret is not None:
        store = secretsmanager_backends[backend.account_id][secret["region"]].secrets
        found = store.get(secret["arn"])
        return found is not None and not getattr(found, "deleted_date", None)
    return (
        ssm_backends[backend.account_id][backend.region_name].get_parameter(reference) is not None
    )

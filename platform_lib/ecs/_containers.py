"""Container definitions as the JSON that ECS keeps, in one order; pure."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from platform_lib.ecs.config import ContainerConfig
from platform_lib.types import TokenStr

PORT_NAME = "main"
"""What Service Connect calls the container's port."""

_OURS = re.compile(r"\$\{(?!TfToken\[)|%\{")


def container_definitions(
    config: ContainerConfig,
    *,
    name: str,
    image: TokenStr,
    environment: Mapping[str, TokenStr],
    secrets: Mapping[str, TokenStr],
    log_options: Mapping[str, TokenStr],
) -> str:
    """Write the container definitions of a task.

    Args:
        config: The container.
        name: What it is called.
        image: Repository and version.
        environment: All environment variables.
        secrets: References of secrets by environment variable.
        log_options: Where the ``awslogs`` driver writes.
    """
    definition: dict[str, Any] = {
        "name": name,
        "image": image,
        "essential": True,
        "user": config.user,
        "readonlyRootFilesystem": config.read_only_root,
        "stopTimeout": config.stop_timeout_seconds,
        "linuxParameters": {
            # Takes over orphans, and passes signals on to programs that are no init themselves.
            "initProcessEnabled": True,
            "capabilities": {"drop": ["ALL"]},
        },
        "logConfiguration": {"logDriver": "awslogs", "options": dict(log_options)},
    }
    lists: dict[str, list[Any]] = {
        "environment": [
            {"name": key, "value": value} for key, value in sorted(environment.items())
        ],
        "secrets": [{"name": key, "valueFrom": value} for key, value in sorted(secrets.items())],
        "mountPoints": [
            {"sourceVolume": volume, "containerPath": path, "readOnly": False}
            for volume, path in sorted(config.tmp_volumes.items())
        ],
    }
    definition |= {key: value for key, value in lists.items() if value}
    if config.entry_point:
        definition["entryPoint"] = list(config.entry_point)
    if config.command:
        definition["command"] = list(config.command)
    if config.port is not None:
        definition["portMappings"] = [
            {
                "name": PORT_NAME,
                "containerPort": config.port,
                # The same in awsvpc, and what AWS gives back.
                "hostPort": config.port,
                "protocol": "tcp",
            }
        ]
    if config.health_check is not None:
        check = config.health_check
        definition["healthCheck"] = {
            "command": ["CMD", *check.command],
            "interval": check.interval_seconds,
            "timeout": check.timeout_seconds,
            "retries": check.retries,
            "startPeriod": check.start_period_seconds,
        }
    # Terraform would read ${ and %{ of a command as its own.
    return _OURS.sub(lambda it: it[0][0] + it[0], json.dumps([definition], sort_keys=True))

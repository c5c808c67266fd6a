"""What AWS Lambda runs: rotates the credential of an application in PostgreSQL.

It stands in the function's zip as package ``rotation`` and imports nothing else of this library.
Two logins take turns. A rotation gives the one that is not in use a new password, so that the
credential that applications hold keeps working until the rotation after the next; whatever fails
in the middle leaves it working too.
https://docs.aws.amazon.com/secretsmanager/latest/userguide/getting-started.html#rotation-strategy
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from functools import partial
from typing import Any

import boto3
from botocore.config import Config

from . import postgres
from .steps import Rotation

CA_FILE = "DATABASE_CA_FILE"
"""Environment variable that names the PEM file of the authorities that database servers have."""


def handle(event: Mapping[str, str], _context: object) -> None:
    """Do the step that Secrets Manager asks for.

    Args:
        event: ``SecretId``, ``ClientRequestToken`` and ``Step``.
        _context: Lambda's; not used.
    """
    client: Any = boto3.client(
        "secretsmanager",
        # Fewer and shorter attempts than the function's own time: a missing network path shows.
        config=Config(connect_timeout=5, read_timeout=10, retries={"total_max_attempts": 3}),
    )
    rotation = Rotation(
        client=client,
        connect=partial(postgres.connect, ca_file=os.environ[CA_FILE]),
        secret_id=event["SecretId"],
        token=event["ClientRequestToken"],
    )
    rotation.run(event["Step"])

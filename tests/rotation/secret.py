"""A secret in moto's Secrets Manager, and what Secrets Manager itself does in a rotation."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import boto3
from moto.core.models import DEFAULT_ACCOUNT_ID
from moto.secretsmanager.models import secretsmanager_backends

from platform_lib.secretsmanager.rotation.credential import Credential
from platform_lib.secretsmanager.rotation.handler import handle

REGION = "eu-central-1"
STEPS = ("createSecret", "setSecret", "testSecret", "finishSecret")


@dataclass(frozen=True)
class Secret:
    """One application's secret."""

    arn: str
    """ARN of the secret."""

    client: Any
    """Secrets Manager."""

    @classmethod
    def declare(cls, credential: Credential, *, name: str) -> Secret:
        """Make it as Terraform does: tags, and a first value whose login does not exist yet."""
        client: Any = boto3.client("secretsmanager", region_name=REGION)
        tags = [{"Key": key, "Value": value} for key, value in credential.tags().items()]
        value = credential.value(credential.logins[1], "never-used")
        arn = client.create_secret(Name=name, SecretString=json.dumps(value), Tags=tags)["ARN"]
        secret = cls(arn, client)
        secret.enable()
        return secret

    def enable(self, *, enabled: bool = True) -> None:
        """Turn rotation on; moto does that only together with running the function in Docker."""
        stored = self._stored()
        stored.rotation_requested = stored.rotation_enabled = enabled

    def stage(self, token: str | None = None, *labels: str) -> str:
        """Make the new version that a rotation is for: staged, and still without a value."""
        version = token or str(uuid.uuid4())
        self._stored().versions[version] = {
            "createdate": 0,
            "version_id": version,
            "version_stages": list(labels or ("AWSPENDING",)),
        }
        return version

    def run(self, token: str, *steps: str) -> None:
        """Call the function once per step."""
        for step in steps:
            handle({"SecretId": self.arn, "ClientRequestToken": token, "Step": step}, None)

    def rotate(self, steps: Iterable[str] = STEPS) -> str:
        """Rotate, and return the new version."""
        token = self.stage()
        self.run(token, *steps)
        return token

    def value(self, stage: str = "AWSCURRENT") -> dict[str, Any]:
        """Return what an application reads."""
        text = self.client.get_secret_value(SecretId=self.arn, VersionStage=stage)["SecretString"]
        value: dict[str, Any] = json.loads(text)
        return value

    def stages(self) -> dict[str, list[str]]:
        """Return the labels of each version."""
        described = self.client.describe_secret(SecretId=self.arn)
        labels: dict[str, list[str]] = described["VersionIdsToStages"]
        return labels

    def _stored(self) -> Any:
        return secretsmanager_backends[DEFAULT_ACCOUNT_ID][REGION].secrets[self.arn]

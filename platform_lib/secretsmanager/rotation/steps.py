"""The four steps of a rotation, each safe to repeat.

https://docs.aws.amazon.com/secretsmanager/latest/userguide/rotate-secrets_lambda-functions.html
"""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from types_boto3_secretsmanager import SecretsManagerClient

from . import postgres
from .credential import (
    EXCLUDED_CHARACTERS,
    PASSWORD_LENGTH,
    Credential,
    RotationError,
    is_password,
)

_LOG = logging.getLogger(__name__)
_CURRENT = "AWSCURRENT"
_PENDING = "AWSPENDING"

Connect = Callable[..., AbstractContextManager[Any]]


@dataclass(frozen=True, slots=True)
class Rotation:
    """One rotation of one secret."""

    client: SecretsManagerClient
    """Secrets Manager."""

    connect: Connect
    """Logs in to a server: `postgres.connect` with its ``ca_file``."""

    secret_id: str
    """ARN of the secret."""

    token: str
    """Id of the version that the rotation makes."""

    def run(self, step: str) -> None:
        """Do one step.

        Raises:
            RotationError: The secret is not being rotated to this version, its declaration is
                wrong, or the step could not be done.
        """
        steps: Mapping[str, Callable[[Credential, str], None]] = {
            "createSecret": self._create,
            "setSecret": self._set,
            "testSecret": self._test,
            "finishSecret": self._finish,
        }
        if step not in steps:
            raise RotationError(f"{step!r} is no step of a rotation; steps: {', '.join(steps)}")
        secret = self.client.describe_secret(SecretId=self.secret_id)
        if not secret.get("RotationEnabled"):
            raise RotationError(f"rotation of {self.secret_id} is not enabled")
        stages = secret.get("VersionIdsToStages", {})
        mine = stages.get(self.token, [])
        if _CURRENT in mine:
            _LOG.info("%s: version %s is current already", step, self.token)
            return
        if _PENDING not in mine:
            raise RotationError(f"version {self.token} of {self.secret_id} is not {_PENDING}")
        steps[step](Credential.from_tags(secret.get("Tags", [])), _version_at(stages, _CURRENT))
        _LOG.info("%s: done for version %s of %s", step, self.token, self.secret_id)

    def _create(self, credential: Credential, current_version: str) -> None:
        """Keep a new password for the login that is not in use, unless that has been done."""
        try:
            made = self._value(self.token, _PENDING)
        except self.client.exceptions.ResourceNotFoundException:
            pass
        else:
            if not _is_made_of(credential, made):
                self._give_up()
            return
        current = self._value(current_version, _CURRENT)
        # By default with a character of each kind that is left.
        password = self.client.get_random_password(
            PasswordLength=PASSWORD_LENGTH, ExcludeCharacters=EXCLUDED_CHARACTERS
        )["RandomPassword"]
        login = credential.other_login(str(current.get("username")))
        self.client.put_secret_value(
            SecretId=self.secret_id,
            ClientRequestToken=self.token,
            SecretString=json.dumps(credential.value(login, password)),
            VersionStages=[_PENDING],
        )

    def _set(self, credential: Credential, current_version: str) -> None:
        """Give that login its password on the server."""
        login, password = self._pending(credential)
        if login == self._value(current_version, _CURRENT).get("username"):
            raise RotationError(f"login {login!r} is in use; its password must not change")
        master = self._read(SecretId=credential.master_arn, VersionStage=_CURRENT)
        try:
            username, master_password = str(master["username"]), str(master["password"])
        except KeyError as error:
            raise RotationError(
                f"the master's secret {credential.master_arn} has no {error.args[0]!r}"
            ) from None
        with self.connect(
            credential,
            database=postgres.MAINTENANCE_DATABASE,
            username=username,
            password=master_password,
        ) as connection:
            postgres.set_password(connection, credential, login, password)

    def _test(self, credential: Credential, _current_version: str) -> None:
        """Log in with it."""
        login, password = self._pending(credential)
        with self.connect(
            credential, database=credential.database, username=login, password=password
        ) as connection:
            postgres.check_login(connection, credential)

    def _finish(self, credential: Credential, current_version: str) -> None:
        """Make it what applications read. Secrets Manager keeps the old one as AWSPREVIOUS."""
        self._pending(credential)
        self.client.update_secret_version_stage(
            SecretId=self.secret_id,
            VersionStage=_CURRENT,
            MoveToVersionId=self.token,
            RemoveFromVersionId=current_version,
        )

    def _pending(self, credential: Credential) -> tuple[str, str]:
        """Return login and password of the new version, which must be what is declared."""
        found = self._value(self.token, _PENDING)
        if not _is_made_of(credential, found):
            raise RotationError(
                f"version {self.token} of {self.secret_id} is not what createSecret makes of the"
                " secret's tags: one of the two has changed since; rotate again"
            )
        return found["username"], found["password"]

    def _give_up(self) -> None:
        """Let the version go; Secrets Manager would try to finish it for ever.

        A rotation that has failed is tried again with its own version, whose value cannot change.
        """
        self.client.update_secret_version_stage(
            SecretId=self.secret_id, VersionStage=_PENDING, RemoveFromVersionId=self.token
        )
        raise RotationError(
            f"the tags of {self.secret_id} have changed since version {self.token} was made, so it"
            " is given up; rotate again"
        )

    def _value(self, version: str, stage: str) -> dict[str, Any]:
        return self._read(SecretId=self.secret_id, VersionId=version, VersionStage=stage)

    def _read(self, **which: str) -> dict[str, Any]:
        text = self.client.get_secret_value(**which).get("SecretString", "")
        try:
            value = json.loads(text)
        except ValueError:
            # Handled here and not chained: the parser's error carries what it could not read.
            value = None
        if not isinstance(value, dict):
            raise RotationError(f"secret {which['SecretId']} holds no JSON object")
        return value


def _is_made_of(credential: Credential, value: Mapping[str, Any]) -> bool:
    """Tell whether a value is one that `Rotation` makes for the credential."""
    login, password = str(value.get("username")), str(value.get("password"))
    return (
        login in credential.logins
        and is_password(password)
        and value == credential.value(login, password)
    )


def _version_at(stages: Mapping[str, Sequence[str]], stage: str) -> str:
    for version, labels in stages.items():
        if stage in labels:
            return version
    raise RotationError(f"no version of the secret is {stage}; give it a value first")

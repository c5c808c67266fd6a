"""The DynamoDB table that Terraform locks states with."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from platform_lib.errors import OperationError
from platform_lib.terraform.state_store import Setting, StateStore

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient

__all__ = ["LockTable"]

_KEY = [{"AttributeName": "LockID", "KeyType": "HASH"}]
"""The key that Terraform demands: https://developer.hashicorp.com/terraform/language/backend/s3#dynamodb-state-locking."""


class LockTable:
    """Looks at and sets up the table.

    Args:
        dynamodb: Client in the store's Region.
        store: What is wanted.
        name: Name of the table.
    """

    def __init__(self, dynamodb: DynamoDBClient, store: StateStore, name: str) -> None:
        self._dynamodb = dynamodb
        self._store = store
        self._name = name

    def exists(self) -> bool:
        """Tell whether the table exists.

        Raises:
            OperationError: It exists with another key, which cannot be changed.
        """
        try:
            table = self._describe()
        except ClientError as error:
            if error.response["Error"]["Code"] == "ResourceNotFoundException":
                return False
            raise
        if table["KeySchema"] != _KEY or table["AttributeDefinitions"][0]["AttributeType"] != "S":
            raise OperationError(
                "LockTableForeign",
                f"the table {self._name} has another key than the string LockID, so it is not a lock"
                " table; choose another name",
            )
        return True

    def create(self) -> None:
        """Make the table and wait until it can be used."""
        extra: Any = {}
        if self._store.kms_key_arn is not None:
            extra["SSESpecification"] = self._wanted_encryption()
        self._dynamodb.create_table(
            TableName=self._name,
            KeySchema=_KEY,  # type: ignore[arg-type]  # the stubs want literals
            AttributeDefinitions=[{"AttributeName": "LockID", "AttributeType": "S"}],
            BillingMode="PAY_PER_REQUEST",
            DeletionProtectionEnabled=True,
            **extra,
        )
        self._wait()

    def settings(self) -> list[Setting]:
        """Return what an existing table must have."""
        name, dynamodb = self._name, self._dynamodb
        found = [
            Setting(
                "is not protected from deletion",
                lambda: bool(self._describe().get("DeletionProtectionEnabled")),
                lambda: self._update(DeletionProtectionEnabled=True),
            ),
            Setting(
                "is not billed per request, so a busy day may run into its capacity",
                lambda: (
                    self._describe().get("BillingModeSummary", {}).get("BillingMode")
                    == "PAY_PER_REQUEST"
                ),
                lambda: self._update(BillingMode="PAY_PER_REQUEST"),
            ),
            Setting(
                "has no point-in-time recovery",
                self._recoverable,
                lambda: dynamodb.update_continuous_backups(
                    TableName=name,
                    PointInTimeRecoverySpecification={"PointInTimeRecoveryEnabled": True},
                ),
            ),
        ]
        # Without a key of ours DynamoDB encrypts with its own, always.
        # https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/EncryptionAtRest.html
        if self._store.kms_key_arn is not None:
            found.append(
                Setting(
                    "is not encrypted with the key that is wanted",
                    lambda: (
                        self._describe().get("SSEDescription", {}).get("KMSMasterKeyArn")
                        == self._store.kms_key_arn
                    ),
                    lambda: self._update(SSESpecification=self._wanted_encryption()),
                )
            )
        return found

    def _describe(self) -> Any:
        return self._dynamodb.describe_table(TableName=self._name)["Table"]

    def _update(self, **changes: Any) -> None:
        """Change the table; it takes one change at a time."""
        self._dynamodb.update_table(TableName=self._name, **changes)
        self._wait()

    def _wait(self) -> None:
        self._dynamodb.get_waiter("table_exists").wait(
            TableName=self._name, WaiterConfig={"Delay": 2, "MaxAttempts": 60}
        )

    def _recoverable(self) -> bool:
        answer: Any = self._dynamodb.describe_continuous_backups(TableName=self._name)
        recovery = answer["ContinuousBackupsDescription"].get("PointInTimeRecoveryDescription", {})
        return bool(recovery.get("PointInTimeRecoveryStatus") == "ENABLED")

    def _wanted_encryption(self) -> Any:
        return {"Enabled": True, "SSEType": "KMS", "KMSMasterKeyId": self._store.kms_key_arn}

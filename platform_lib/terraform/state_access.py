"""The permissions that one stack's state needs; pure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

__all__ = ["state_access_statements"]


def state_access_statements(
    *,
    bucket: str,
    key: str,
    account_id: str,
    region: str,
    table: str | None = None,
    kms_key_arn: str | None = None,
    read_keys: Sequence[str] = (),
    partition: str = "aws",
) -> list[dict[str, Any]]:
    """Return the least that plan and apply of one stack need on its state.

    The actions are those of https://developer.hashicorp.com/terraform/language/backend/s3#permissions-required.
    Without a table the lock is the object `<key>.tflock`; with one it is the item `<bucket>/<key>`,
    beside which Terraform keeps the state's checksum in `<bucket>/<key>-md5`.

    Args:
        bucket: State bucket.
        key: Key of the stack's state.
        account_id: Account of bucket and table.
        region: Region of the table.
        table: Lock table; None for the native lock file.
        kms_key_arn: Key that encrypts the bucket; None for SSE-S3.
        read_keys: Keys of the states that the stack reads outputs from.
        partition: AWS partition.
    """
    arn = f"arn:{partition}:s3:::{bucket}"
    keys = sorted({key, *read_keys})
    statements: list[dict[str, Any]] = [
        {
            "Sid": "ListState",
            "Effect": "Allow",
            "Action": ["s3:ListBucket"],
            "Resource": [arn],
            "Condition": {"StringEquals": {"s3:prefix": [*keys, "env:/"]}},
        },
        {
            "Sid": "WriteState",
            "Effect": "Allow",
            "Action": ["s3:GetObject", "s3:PutObject"],
            "Resource": [f"{arn}/{key}"],
        },
    ]
    if read_keys:
        statements.append(
            {
                "Sid": "ReadUpstreamState",
                "Effect": "Allow",
                "Action": ["s3:GetObject"],
                "Resource": [f"{arn}/{other}" for other in sorted(set(read_keys))],
            }
        )
    if table is None:
        statements.append(
            {
                "Sid": "LockFile",
                "Effect": "Allow",
                "Action": ["s3:DeleteObject", "s3:GetObject", "s3:PutObject"],
                "Resource": [f"{arn}/{key}.tflock"],
            }
        )
    else:
        items = [f"{bucket}/{key}", f"{bucket}/{key}-md5"]
        statements.append(
            {
                "Sid": "LockItem",
                "Effect": "Allow",
                "Action": ["dynamodb:DeleteItem", "dynamodb:GetItem", "dynamodb:PutItem"],
                "Resource": [f"arn:{partition}:dynamodb:{region}:{account_id}:table/{table}"],
                "Condition": {"ForAllValues:StringEquals": {"dynamodb:LeadingKeys": items}},
            }
        )
    if kms_key_arn is not None:
        statements.append(
            {
                "Sid": "StateKey",
                "Effect": "Allow",
                "Action": ["kms:Decrypt", "kms:GenerateDataKey"],
                "Resource": [kms_key_arn],
                "Condition": {"StringEquals": {"kms:ViaService": f"s3.{region}.amazonaws.com"}},
            }
        )
    return statements

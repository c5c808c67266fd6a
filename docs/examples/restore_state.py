"""List the versions of a state, or put one back together with its digest.

    python docs/examples/restore_state.py BUCKET KEY
    python docs/examples/restore_state.py BUCKET KEY VERSION TABLE

Without TABLE no digest is written, as is right where a lock file holds the lock. Credentials and Region come from the environment, as for Terraform.
"""

import hashlib
import json
import sys

import boto3


def versions(bucket: str, key: str) -> list[str]:
    """Return one line per version of the state, the newest first."""
    pages = boto3.client("s3").get_paginator("list_object_versions")
    found = [
        version
        for page in pages.paginate(Bucket=bucket, Prefix=key)
        for version in page.get("Versions", [])
        if version["Key"] == key
    ]
    return [
        f"{version['LastModified']:%Y-%m-%d %H:%M:%S %Z}  {version['VersionId']}"
        f"  serial {_serial(bucket, key, version['VersionId'])}"
        for version in sorted(found, key=lambda it: it["LastModified"], reverse=True)
    ]


def put_back(bucket: str, key: str, version: str, table: str | None = None) -> str:
    """Make an old version the newest one, and the digest in the lock table that of its bytes."""
    s3 = boto3.client("s3")
    body = s3.get_object(Bucket=bucket, Key=key, VersionId=version)["Body"].read()
    s3.put_object(Bucket=bucket, Key=key, Body=body, ContentType="application/json")
    if table is None:
        return f"{key} is version {version} again"
    digest = hashlib.md5(body, usedforsecurity=False).hexdigest()
    boto3.client("dynamodb").put_item(
        TableName=table,
        Item={"LockID": {"S": f"{bucket}/{key}-md5"}, "Digest": {"S": digest}},
    )
    return f"{key} is version {version} again, digest {digest}"


def _serial(bucket: str, key: str, version: str) -> int:
    body = boto3.client("s3").get_object(Bucket=bucket, Key=key, VersionId=version)["Body"]
    return int(json.load(body)["serial"])


def main(arguments: list[str]) -> str:
    """Do what the arguments ask for and return what to print."""
    match arguments:
        case [bucket, key]:
            return "\n".join(versions(bucket, key))
        case [bucket, key, version, *table] if len(table) <= 1:
            return put_back(bucket, key, version, *table)
        case _:
            return str(__doc__)


if __name__ == "__main__":
    sys.stdout.write(main(sys.argv[1:]) + "\n")

"""Ask AWS which of the things that an interrupted run may have made exist.

Started by `recovery.Recovery` as `python -P _lookup.py REQUEST`, in a process of its own: only there can it
have Terraform's environment (credentials, endpoints, proxies) while stacks run side by side in one
process. Reads only, with the permissions that the provider needs to refresh, and prints its answers
as JSON.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

_CONFIG = Config(retries={"mode": "standard", "total_max_attempts": 5}, connect_timeout=10)


def _session(request: Mapping[str, Any]) -> boto3.Session:
    """Take on the provider's role, as Terraform does."""
    session = boto3.Session(region_name=request["region"])
    for role in request["roles"]:
        assumed = session.client("sts", config=_CONFIG).assume_role(**role)["Credentials"]
        session = boto3.Session(
            aws_access_key_id=assumed["AccessKeyId"],
            aws_secret_access_key=assumed["SecretAccessKey"],
            aws_session_token=assumed["SessionToken"],
            region_name=request["region"],
        )
    return session


def _check_account(session: boto3.Session, allowed: list[str]) -> None:
    """Refuse another account than the provider's `allowed_account_ids`."""
    account = session.client("sts", config=_CONFIG).get_caller_identity()["Account"]
    if allowed and account not in allowed:
        raise PermissionError(f"the credentials are those of account {account}")


def _items(client: Any, question: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    operation, parameters = question["operation"], question["parameters"]
    if client.can_paginate(operation):
        pages = client.get_paginator(operation).paginate(**parameters)
    else:
        pages = [getattr(client, operation)(**parameters)]
    for page in pages:
        for item in page[question["items"]]:
            yield _DETAILS[operation](client, item) if operation in _DETAILS else item


def _key(client: Any, item: Mapping[str, Any]) -> dict[str, Any]:
    """Read what the list of keys leaves out."""
    found = dict(client.describe_key(KeyId=item["KeyId"])["KeyMetadata"])
    if found["KeyManager"] == "CUSTOMER":
        tags = client.get_paginator("list_resource_tags").paginate(KeyId=item["KeyId"])
        found["Tags"] = [
            {"Key": tag["TagKey"], "Value": tag["TagValue"]}
            for page in tags
            for tag in page["Tags"]
        ]
    return found


def _tagged(client: Any, item: Mapping[str, Any]) -> dict[str, Any]:
    """Read the tags of a broker or a configuration, and write them as other services do."""
    arn = item["BrokerArn"] if "BrokerArn" in item else item["Arn"]
    tags = client.list_tags(ResourceArn=arn)["Tags"]
    return {**item, "Tags": [{"Key": key, "Value": value} for key, value in tags.items()]}


def _namespace(client: Any, item: Mapping[str, Any]) -> dict[str, Any]:
    """Read the tags of a namespace."""
    return {**item, "Tags": client.list_tags_for_resource(ResourceARN=item["Arn"])["Tags"]}


_DETAILS: Mapping[str, Callable[[Any, Mapping[str, Any]], dict[str, Any]]] = {
    "list_keys": _key,
    "list_brokers": _tagged,
    "list_configurations": _tagged,
    "list_namespaces": _namespace,
}
"""What has to be asked for each item of a list."""


def _matches(item: Mapping[str, Any], question: Mapping[str, Any]) -> bool:
    tags = {tag["Key"]: tag["Value"] for tag in item.get("Tags") or ()}
    return question["tags"].items() <= tags.items() and all(
        _value(item, path) in accepted for path, accepted in question["wanted"].items()
    )


def _value(item: Any, path: str) -> Any:
    for name in path.split("."):
        item = (item or {}).get(name)
    return item


def main(request: Mapping[str, Any]) -> dict[str, Any]:
    """Return, for each address that is asked for, the ids that match or why it cannot be told."""
    try:
        session = _session(request)
        _check_account(session, request["accounts"])
    except (BotoCoreError, ClientError, PermissionError) as error:
        return {address: {"error": str(error)} for address in request["questions"]}
    make: Callable[..., Any] = session.client
    clients: dict[str, Any] = {}
    answers: dict[str, Any] = {}
    for address, question in request["questions"].items():
        service = question["service"]
        try:
            client = clients.setdefault(service, make(service, config=_CONFIG))
            found = [i[question["id"]] for i in _items(client, question) if _matches(i, question)]
            answers[address] = {"ids": found}
        except (BotoCoreError, ClientError) as error:
            answers[address] = {"error": str(error)}
    return answers


if __name__ == "__main__":
    sys.stdout.write(json.dumps(main(json.loads(sys.argv[1]))))

"""IAM: AWS's own policies are there in every account, and each account counts its own use of them."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from platform_lib.local.server import LocalAws

_READ_ONLY = "arn:aws:iam::aws:policy/ReadOnlyAccess"


def _role(iam: Any) -> None:
    trust = {
        "Effect": "Allow",
        "Action": "sts:AssumeRole",
        "Principal": {"Service": "ec2.amazonaws.com"},
    }
    document = json.dumps({"Version": "2012-10-17", "Statement": [trust]})
    iam.create_role(RoleName="reader", AssumeRolePolicyDocument=document)
    iam.attach_role_policy(RoleName="reader", PolicyArn=_READ_ONLY)


def test_an_emptied_account_has_used_no_policy(aws: LocalAws, client: Callable[[str], Any]) -> None:
    """The policy is there again, with its document, and attached to nothing."""
    iam = client("iam")
    _role(iam)
    used = iam.get_policy(PolicyArn=_READ_ONLY)["Policy"]

    aws.reset()

    found = iam.get_policy(PolicyArn=_READ_ONLY)["Policy"]
    version = iam.get_policy_version(PolicyArn=_READ_ONLY, VersionId=found["DefaultVersionId"])
    assert (used["AttachmentCount"], found["AttachmentCount"]) == (1, 0)
    assert version["PolicyVersion"]["Document"]["Statement"] != []
    assert iam.list_policies(Scope="AWS", OnlyAttached=True)["Policies"] == []
    assert aws.inventory() == []


def test_tags_go_with_the_account(aws: LocalAws, client: Callable[[str], Any]) -> None:
    """What is written on a copy is on no other."""
    iam = client("iam")
    iam.tag_policy(PolicyArn=_READ_ONLY, Tags=[{"Key": "reviewed", "Value": "yes"}])

    aws.reset()

    assert iam.list_policy_tags(PolicyArn=_READ_ONLY)["Tags"] == []

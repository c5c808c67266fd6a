"""A stack in which every part is weak, and the same as a plan."""

from __future__ import annotations

import json
from typing import Any


def _policy(**statement: Any) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", **statement}]})


WEAK: dict[str, dict[str, dict[str, Any]]] = {
    "aws_kms_key": {
        "Key": {"policy": _policy(Principal={"AWS": "*"}, Action="kms:*", Resource="*")}
    },
    "aws_cloudwatch_log_group": {"Logs": {"name": "weak"}},
    "aws_vpc": {"Vpc": {"cidr_block": "10.0.0.0/16"}},
    "aws_subnet": {
        "Subnet": {
            "vpc_id": "${aws_vpc.Vpc.id}",
            "cidr_block": "10.0.0.0/24",
            "map_public_ip_on_launch": True,
        }
    },
    "aws_security_group": {"Group": {"vpc_id": "${aws_vpc.Vpc.id}"}},
    "aws_vpc_security_group_ingress_rule": {
        "Ssh": {
            "security_group_id": "${aws_security_group.Group.id}",
            "cidr_ipv4": "0.0.0.0/0",
            "ip_protocol": "tcp",
            "from_port": 22,
            "to_port": 22,
        }
    },
    "aws_iam_role": {
        "Role": {"assume_role_policy": _policy(Principal={"AWS": "*"}, Action="sts:AssumeRole")}
    },
    "aws_iam_role_policy": {
        "Policy": {"role": "${aws_iam_role.Role.id}", "policy": _policy(Action="*", Resource="*")}
    },
    "aws_s3_bucket": {"Bucket": {"bucket": "weak"}},
    "aws_s3_bucket_public_access_block": {
        "Open": {
            "bucket": "${aws_s3_bucket.Bucket.id}",
            "block_public_acls": False,
            "block_public_policy": False,
            "ignore_public_acls": False,
            "restrict_public_buckets": False,
        }
    },
    "aws_iam_account_password_policy": {"Passwords": {"minimum_password_length": 6}},
    "aws_ebs_encryption_by_default": {"Disks": {"enabled": False}},
}
"""Resources as they stand in ``cdk.tf.json``."""

FAILS = {
    ("CKV_AWS_7", "aws_kms_key.Key"),
    ("CKV_AWS_66", "aws_cloudwatch_log_group.Logs"),
    ("CKV_AWS_158", "aws_cloudwatch_log_group.Logs"),
    ("CKV_AWS_338", "aws_cloudwatch_log_group.Logs"),
    ("CKV2_AWS_11", "aws_vpc.Vpc"),
    ("CKV2_AWS_12", "aws_vpc.Vpc"),
    ("CKV_AWS_130", "aws_subnet.Subnet"),
    ("CKV_AWS_23", "aws_security_group.Group"),
    ("CKV_AWS_23", "aws_vpc_security_group_ingress_rule.Ssh"),
    ("CKV_AWS_24", "aws_vpc_security_group_ingress_rule.Ssh"),
    ("CKV_AWS_60", "aws_iam_role.Role"),
    ("CKV_AWS_62", "aws_iam_role_policy.Policy"),
    ("CKV_AWS_63", "aws_iam_role_policy.Policy"),
    ("CKV2_AWS_40", "aws_iam_role_policy.Policy"),
    ("CKV_AWS_18", "aws_s3_bucket.Bucket"),
    ("CKV_AWS_21", "aws_s3_bucket.Bucket"),
    ("CKV_AWS_145", "aws_s3_bucket.Bucket"),
    ("CKV_AWS_53", "aws_s3_bucket_public_access_block.Open"),
    ("CKV_AWS_54", "aws_s3_bucket_public_access_block.Open"),
    ("CKV_AWS_55", "aws_s3_bucket_public_access_block.Open"),
    ("CKV_AWS_56", "aws_s3_bucket_public_access_block.Open"),
    ("CKV_AWS_9", "aws_iam_account_password_policy.Passwords"),
    ("CKV_AWS_10", "aws_iam_account_password_policy.Passwords"),
    ("CKV_AWS_106", "aws_ebs_encryption_by_default.Disks"),
}
"""What checkov has to say about them."""


def plan() -> dict[str, Any]:
    """Return what ``terraform show -json`` says of a plan that would create them."""
    provider = "registry.terraform.io/hashicorp/aws"
    resources = [
        {
            "address": f"{kind}.{name}",
            "mode": "managed",
            "type": kind,
            "name": name,
            "provider_name": provider,
            "values": _known(values),
        }
        for kind, blocks in WEAK.items()
        for name, values in blocks.items()
    ]
    changes = [
        {
            **{key: value for key, value in resource.items() if key != "values"},
            "change": {"actions": ["create"], "before": None, "after": resource["values"]},
        }
        for resource in resources
    ]
    return {
        "format_version": "1.2",
        "terraform_version": "1.11.4",
        "planned_values": {"root_module": {"resources": resources}},
        "resource_changes": changes,
        "configuration": {"root_module": {"resources": [_configured(it) for it in resources]}},
    }


def _known(values: dict[str, Any]) -> dict[str, Any]:
    """Leave out what is known only after apply."""
    return {key: value for key, value in values.items() if not str(value).startswith("${")}


def _configured(resource: dict[str, Any]) -> dict[str, Any]:
    given = WEAK[resource["type"]][resource["name"]]
    references = {
        key: {"references": [str(value)[2:-1], str(value)[2:-1].rsplit(".", 1)[0]]}
        for key, value in given.items()
        if str(value).startswith("${")
    }
    constants = {key: {"constant_value": value} for key, value in resource["values"].items()}
    return {
        **{key: resource[key] for key in ("address", "mode", "type", "name")},
        "provider_config_key": "aws",
        "expressions": {**constants, **references},
    }

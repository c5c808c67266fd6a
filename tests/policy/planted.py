"""A stack in which every part is weak."""

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
    "aws_ecs_cluster": {"Cluster": {"name": "weak"}},
    "aws_ecs_task_definition": {
        "Task": {
            "family": "weak",
            "execution_role_arn": "arn:aws:iam::111111111111:role/weak",
            "task_role_arn": "arn:aws:iam::111111111111:role/weak",
            "container_definitions": json.dumps([{"name": "app", "image": "${var.image}"}]),
        }
    },
    "aws_ecs_service": {
        "Service": {
            "name": "weak",
            "launch_type": "FARGATE",
            "platform_version": "1.3.0",
            "network_configuration": {"subnets": ["subnet-1"], "assign_public_ip": True},
        }
    },
    "aws_ecr_repository": {"Images": {"name": "weak"}},
    "aws_ecr_repository_policy": {
        "Pull": {"repository": "weak", "policy": _policy(Principal="*", Action="ecr:*")}
    },
    "aws_lb": {"Balancer": {"name": "weak", "load_balancer_type": "application"}},
    "aws_lb_listener": {
        "Http": {
            "load_balancer_arn": "${aws_lb.Balancer.arn}",
            "port": 80,
            "protocol": "HTTP",
            "default_action": [{"type": "forward"}],
        }
    },
    "aws_lb_target_group": {"Targets": {"name": "weak", "port": 80, "protocol": "HTTP"}},
    "aws_scheduler_schedule": {"Schedule": {"name": "weak", "schedule_expression": "rate(1 day)"}},
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
    ("CKV_AWS_65", "aws_ecs_cluster.Cluster"),
    ("CKV_AWS_249", "aws_ecs_task_definition.Task"),
    ("CKV_AWS_332", "aws_ecs_service.Service"),
    ("CKV_AWS_333", "aws_ecs_service.Service"),
    ("CKV_AWS_51", "aws_ecr_repository.Images"),
    ("CKV_AWS_136", "aws_ecr_repository.Images"),
    ("CKV_AWS_163", "aws_ecr_repository.Images"),
    ("CKV_AWS_91", "aws_lb.Balancer"),
    ("CKV_AWS_131", "aws_lb.Balancer"),
    ("CKV_AWS_150", "aws_lb.Balancer"),
    ("CKV2_AWS_20", "aws_lb.Balancer"),
    ("CKV_AWS_2", "aws_lb_listener.Http"),
    ("CKV_AWS_261", "aws_lb_target_group.Targets"),
    ("CKV_AWS_378", "aws_lb_target_group.Targets"),
    ("CKV_AWS_297", "aws_scheduler_schedule.Schedule"),
    ("CKV_AWS_32", "aws_ecr_repository_policy.Pull"),
    ("CKV_AWS_33", "aws_kms_key.Key"),
    ("CKV_AWS_336", "aws_ecs_task_definition.Task"),
}
"""What checkov has to say about their plan, by check and address."""

WEAK_BESIDES: dict[str, Any] = {
    "terraform": {"required_version": ">= 1.11.0"},
    "provider": {"aws": [{"region": "eu-west-1", "access_key": f"AKIA{'X' * 16}"}]},
    "moved": [{"from": "aws_vpc.Old", "to": "aws_vpc.Vpc"}],
    "resource": {"aws_acm_certificate": {"Certificate": {"domain_name": "example.com"}}},
}
"""What is weak in JSON, and told by no plan."""

FAILS_BESIDES = {
    ("CKV_AWS_41", "provider.aws"),
    ("CKV_AWS_233", "aws_acm_certificate.Certificate"),
}
"""What checkov has to say about it."""

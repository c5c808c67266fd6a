"""How the ARNs of resources look before they exist; pure.

https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
"""

from __future__ import annotations

from collections.abc import Mapping

ARNS: Mapping[str, str] = {
    "aws_backup_vault": "arn:{partition}:backup:{region}:{account}:backup-vault:{name}",
    "aws_cloudfront_distribution": "arn:{partition}:cloudfront::{account}:distribution/{id}",
    "aws_cloudwatch_event_bus": "arn:{partition}:events:{region}:{account}:event-bus/{name}",
    "aws_cloudwatch_log_group": "arn:{partition}:logs:{region}:{account}:log-group:{name}",
    "aws_cloudwatch_metric_alarm": "arn:{partition}:cloudwatch:{region}:{account}:alarm:{alarm_name}",
    "aws_db_instance": "arn:{partition}:rds:{region}:{account}:db:{identifier}",
    "aws_dynamodb_table": "arn:{partition}:dynamodb:{region}:{account}:table/{name}",
    "aws_ecr_repository": "arn:{partition}:ecr:{region}:{account}:repository/{name}",
    "aws_ecs_cluster": "arn:{partition}:ecs:{region}:{account}:cluster/{name}",
    "aws_efs_file_system": "arn:{partition}:elasticfilesystem:{region}:{account}:file-system/{id}",
    "aws_eks_cluster": "arn:{partition}:eks:{region}:{account}:cluster/{name}",
    "aws_iam_instance_profile": "arn:{partition}:iam::{account}:instance-profile{path}{name}",
    "aws_iam_openid_connect_provider": "arn:{partition}:iam::{account}:oidc-provider/{host}",
    "aws_iam_policy": "arn:{partition}:iam::{account}:policy{path}{name}",
    "aws_iam_role": "arn:{partition}:iam::{account}:role{path}{name}",
    "aws_iam_user": "arn:{partition}:iam::{account}:user{path}{name}",
    "aws_kms_key": "arn:{partition}:kms:{region}:{account}:key/{key_id}",
    "aws_lambda_function": "arn:{partition}:lambda:{region}:{account}:function:{function_name}",
    "aws_rds_cluster": "arn:{partition}:rds:{region}:{account}:cluster:{cluster_identifier}",
    "aws_s3_bucket": "arn:{partition}:s3:::{bucket}",
    "aws_secretsmanager_secret": "arn:{partition}:secretsmanager:{region}:{account}:secret:{name}-{suffix}",
    "aws_sns_topic": "arn:{partition}:sns:{region}:{account}:{name}",
    "aws_sqs_queue": "arn:{partition}:sqs:{region}:{account}:{name}",
    "aws_ssm_parameter": "arn:{partition}:ssm:{region}:{account}:parameter/{bare_name}",
}
"""ARN by resource type. What stands in braces and is no argument of the resource is given by AWS
when it is created, and stays a reference; the suffix of a secret is made up."""

ALIASES: Mapping[tuple[str, str], str] = {
    ("aws_backup_vault", "id"): "name",
    ("aws_cloudwatch_event_bus", "id"): "name",
    ("aws_cloudwatch_log_group", "id"): "name",
    ("aws_ecr_repository", "id"): "name",
    ("aws_iam_policy", "id"): "arn",
    ("aws_iam_role", "id"): "name",
    ("aws_iam_user", "id"): "name",
    ("aws_kms_key", "id"): "key_id",
    ("aws_lambda_function", "id"): "function_name",
    ("aws_s3_bucket", "id"): "bucket",
    ("aws_secretsmanager_secret", "id"): "arn",
    ("aws_sns_topic", "id"): "arn",
    ("aws_sqs_queue", "id"): "url",
}
"""Attributes that have the value of another one, as the provider's pages say."""

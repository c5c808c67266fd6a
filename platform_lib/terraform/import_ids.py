"""Tell the id under which `terraform import` takes a resource, and what needs no import at all."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from platform_lib.terraform.stack import Document

__all__ = ["import_id", "is_taken_over", "natural_id"]

_REFERENCE = re.compile(r"^\$\{([A-Za-z0-9_]+\.[A-Za-z0-9_-]+)\.([a-z_]+)\}$")

_COMPOSED: Mapping[str, tuple[str, ...]] = {
    "aws_appautoscaling_target": ("{service_namespace}/{resource_id}/{scalable_dimension}",),
    "aws_appautoscaling_policy": ("{service_namespace}/{resource_id}/{scalable_dimension}/{name}",),
    "aws_cloudwatch_event_target": (
        "{event_bus_name}/{rule}/{target_id}",
        "default/{rule}/{target_id}",
    ),
    "aws_cognito_user_pool_client": ("{user_pool_id}/{id}",),
    "aws_db_instance": ("{identifier}",),
    "aws_db_proxy_target": (
        "{db_proxy_name}/{target_group_name}/TRACKED_CLUSTER/{db_cluster_identifier}",
        "{db_proxy_name}/{target_group_name}/RDS_INSTANCE/{db_instance_identifier}",
    ),
    "aws_ecs_cluster": ("{name}",),
    "aws_ecs_service": ("{cluster:last}/{name}",),
    "aws_elasticache_user_group_association": ("{user_group_id},{user_id}",),
    "aws_iam_group_policy_attachment": ("{group}/{policy_arn}",),
    "aws_iam_role_policy_attachment": ("{role}/{policy_arn}",),
    "aws_iam_user_policy_attachment": ("{user}/{policy_arn}",),
    "aws_lambda_permission": ("{function_name}/{statement_id}",),
    "aws_network_acl_rule": (
        "{network_acl_id}:{rule_number}:{protocol}:{egress}",
        "{network_acl_id}:{rule_number}:{protocol}:false",
    ),
    "aws_route": (
        "{route_table_id}_{destination_cidr_block}",
        "{route_table_id}_{destination_ipv6_cidr_block}",
        "{route_table_id}_{destination_prefix_list_id}",
    ),
    "aws_route_table_association": (
        "{subnet_id}/{route_table_id}",
        "{gateway_id}/{route_table_id}",
    ),
    "aws_scheduler_schedule": ("{group_name}/{name}",),
    "aws_vpc_endpoint_route_table_association": ("{vpc_endpoint_id}/{route_table_id}",),
    "aws_vpc_endpoint_subnet_association": ("{vpc_endpoint_id}/{subnet_id}",),
    "aws_wafv2_ip_set": ("{id}/{name}/{scope}",),
    "aws_wafv2_web_acl": ("{id}/{name}/{scope}",),
}
"""Formats by type, from the Import section of each page of the provider's documentation
(https://registry.terraform.io/providers/hashicorp/aws/5.100.0/docs); the first whose parts are known
is used. `:last` takes what follows the last slash, since ECS wants a cluster's name and not its ARN."""

_NOT_IMPORTABLE = frozenset(
    {
        "aws_acm_certificate_validation",
        "aws_autoscaling_attachment",
        "aws_ecs_task_definition",
        "aws_lambda_invocation",
        "aws_lb_target_group_attachment",
        "aws_security_group_rule",
        "aws_vpc_endpoint_security_group_association",
    }
)
"""Types without an import, or whose import needs more than the id and the JSON tell."""


_NATURAL: Mapping[str, tuple[str, ...]] = {
    "aws_accessanalyzer_analyzer": ("{analyzer_name}",),
    "aws_cloudfront_function": ("{name}",),
    "aws_cloudwatch_log_group": ("{name}",),
    "aws_db_event_subscription": ("{name}",),
    "aws_db_parameter_group": ("{name}",),
    "aws_db_proxy": ("{name}",),
    "aws_db_subnet_group": ("{name}",),
    "aws_dynamodb_table": ("{name}",),
    "aws_ecr_repository": ("{name}",),
    "aws_eks_cluster": ("{name}",),
    "aws_elasticache_parameter_group": ("{name}",),
    "aws_elasticache_replication_group": ("{replication_group_id}",),
    "aws_elasticache_subnet_group": ("{name}",),
    "aws_elasticache_user": ("{user_id}",),
    "aws_elasticache_user_group": ("{user_group_id}",),
    "aws_iam_instance_profile": ("{name}",),
    "aws_iam_role": ("{name}",),
    "aws_kms_alias": ("{name}",),
    "aws_lambda_function": ("{function_name}",),
    "aws_rds_cluster": ("{cluster_identifier}",),
    "aws_rds_cluster_instance": ("{identifier}",),
    "aws_rds_cluster_parameter_group": ("{name}",),
    "aws_s3_bucket": ("{bucket}",),
    "aws_scheduler_schedule_group": ("{name}",),
}
"""Types whose `id` is a name that AWS gives out once, so that it is known before they are made."""

_TAKEN_OVER = re.compile(
    r"""aws_(
        default_.+ | network_acl_association | appautoscaling_scheduled_action
        | ecs_cluster_capacity_providers | lambda_invocation
        | db_proxy_default_target_group | secretsmanager_secret_rotation
        | cloudwatch_(composite_alarm|log_delivery_(source|destination)|log_resource_policy
                      |metric_alarm) | dynamodb_resource_policy
        | ebs_encryption_by_default | ebs_snapshot_block_public_access
        | ec2_image_block_public_access | ec2_instance_metadata_defaults
        | iam_account_password_policy | s3_account_public_access_block
        | iam_role_policy | iam_role_policy_attachment | kms_key_policy
        | s3_bucket_(cors_configuration|intelligent_tiering_configuration|lifecycle_configuration
                     |logging|ownership_controls|policy|public_access_block
                     |server_side_encryption_configuration|versioning)
        | secretsmanager_secret_(policy|version) | sns_topic(_policy|_subscription)?
        | wafv2_web_acl_(association|logging_configuration)
    )""",
    re.VERBOSE,
)
"""Types whose creation takes over what is there: what every VPC has by itself, settings of an account
or of another resource, and calls that put a thing in place whether or not it exists."""


def is_taken_over(address: str) -> bool:
    """Tell whether creating a resource again makes no second one, so that it needs no import."""
    return _TAKEN_OVER.fullmatch(address.partition(".")[0]) is not None


def natural_id(address: str, document: Document, ids: Mapping[str, str]) -> str | None:
    """Return the import id of a resource that AWS cannot make twice; None where ids are generated.

    Args:
        address: Address of the resource.
        document: The stack's `cdk.tf.json`.
        ids: Known ids of resources by address.
    """
    kind = address.partition(".")[0]
    if kind in _NOT_IMPORTABLE:
        return None
    lookup = _lookup(address, "", document, ids)
    formats = _NATURAL.get(kind) or _COMPOSED.get(kind, ())
    composed = (_fill(template, lookup) for template in formats)
    return next((text for text in composed if text is not None), None)


def import_id(address: str, id: str, document: Document, ids: Mapping[str, str]) -> str | None:
    """Return the id to import `address` under; None where it cannot be composed.

    Arguments are taken from the JSON: a literal as it stands, `${type.name.id}` from `ids`, another
    attribute of a resource from that resource's own literal.

    Args:
        address: Address of the resource.
        id: What the provider reported as its id; empty where it reported none.
        document: The stack's `cdk.tf.json`.
        ids: Known ids of resources by address, from the state and the apply record.
    """
    kind = address.partition(".")[0]
    if kind in _NOT_IMPORTABLE:
        return None
    if kind not in _COMPOSED:
        return id or None
    lookup = _lookup(address, id, document, ids)
    composed = (_fill(template, lookup) for template in _COMPOSED[kind])
    return next((text for text in composed if text is not None), None)


def _lookup(
    address: str, id: str, document: Document, ids: Mapping[str, str]
) -> Callable[[str], str | None]:
    def value(owner: str, name: str) -> str | None:
        if name == "id":
            return (id if owner == address else ids.get(owner)) or None
        given = document.resource(owner).get(name)
        if isinstance(given, bool):
            return str(given).lower()
        if isinstance(given, int | float):
            return str(given)
        if not isinstance(given, str) or not given:
            return None
        if "${" not in given:
            return given
        reference = _REFERENCE.match(given)
        return value(reference[1], reference[2]) if reference and reference[1] != owner else None

    return lambda name: value(address, name)


def _fill(template: str, lookup: Callable[[str], str | None]) -> str | None:
    """Fill in a format; None when a part is not known."""
    result = template
    for part in re.findall(r"\{([^}]+)\}", template):
        name, _, rule = part.partition(":")
        value = lookup(name)
        if value is None:
            return None
        result = result.replace(
            f"{{{part}}}", value.rpartition("/")[2] if rule == "last" else value
        )
    return result

"""Which extension belongs to which service; each is loaded when its service is first called."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from moto.core.request import Request
from werkzeug.wrappers import Response

if TYPE_CHECKING:
    from collections.abc import Iterable

    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

__all__ = ["PATCHES", "SERVICES", "extend", "load_service"]

PATCHES: dict[str, tuple[str, ...]] = {
    "acm": ("acm_certificates",),
    "applicationautoscaling": ("autoscaling_targets",),
    "awslambda": ("lambda_functions", "lambda_invocations"),
    # In order: a distribution asks whether what it names exists.
    "cloudfront": (
        "cloudfront_policies",
        "cloudfront_functions",
        "cloudfront_origin_access",
        "cloudfront_vpc_origins",
        "cloudfront_distributions",
    ),
    "cloudwatch": ("cloudwatch_composite_alarms",),
    "dynamodb": ("dynamodb_tables",),
    "ec2": (
        "ec2_account_defaults",
        "ec2_block_public_access",
        "ec2_dhcp_options",
        "ec2_endpoints",
        "ec2_flow_logs",
        "ec2_prefix_lists",
        "ec2_security_groups",
        "ec2_subnets",
        "ec2_vpcs",
    ),
    "ecr": ("ecr_repositories",),
    # In order: a service starts tasks, which need a cluster and a task definition.
    "ecs": ("ecs_clusters", "ecs_task_definitions", "ecs_tasks", "ecs_services"),
    "elasticache": (
        "elasticache_parameter_groups",
        "elasticache_replication_groups",
        "elasticache_scaling",
        "elasticache_subnet_groups",
        "elasticache_tags",
        "elasticache_user_groups",
        "elasticache_users",
    ),
    # Both generations of load balancers have one host, which moto looks for by the older one.
    "elb": ("elbv2_load_balancers", "elbv2_listeners", "elbv2_target_groups"),
    "iam": ("iam_managed_policies",),
    "kms": ("kms_managed_keys", "kms_rotation"),
    "logs": ("logs_deliveries",),
    "mq": ("mq_brokers", "mq_configurations"),
    # In order: the first is nearest to moto, the last is asked first.
    "rds": (
        "rds_subnet_groups",
        "rds_pending_changes",
        "rds_instances",
        "rds_clusters",
        "rds_serverless",
        "rds_monitoring",
        "rds_passwords",
        "rds_storage",
        "rds_engines",
        "rds_copies",
        "rds_cluster_copies",
        "rds_parameter_groups",
        "rds_proxies",
        "rds_event_subscriptions",
    ),
    "route53": ("route53_records", "route53_zones"),
    "s3": (
        "s3_bucket_policy",
        "s3_intelligent_tiering",
        "s3_lifecycle",
        "s3_logging",
    ),
    "scheduler": ("scheduler_schedules",),
    "secretsmanager": ("secretsmanager_rotation",),
    # Two APIs of one service, with the same things behind them.
    "ses": ("ses_identities", "ses_configuration_sets"),
    "sesv2": ("ses_identities", "ses_configuration_sets"),
    "wafv2": ("wafv2_web_acls", "wafv2_ip_sets", "wafv2_associations", "wafv2_logging"),
}
"""Extensions of services that moto has, by moto's name for them; each has an ``install()``."""

SERVICES: dict[str, str] = {"access-analyzer": "accessanalyzer"}
"""Services that moto lacks, by the name that signs their requests; each has a ``RESPONSE``."""

_installed: set[str] = set()


def extend(backend: str) -> None:
    """Install the extensions of one of moto's services, once per process."""
    for name in PATCHES.get(backend, ()):
        if name not in _installed:
            _installed.add(name)
            _module(name).install()


def load_service(service: str) -> WSGIApplication:
    """Return the application of a service that exists only here."""
    response = _module(SERVICES[service]).RESPONSE

    def application(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        request = _ServerRequest(environ)
        status, headers, body = response.dispatch(request, request.raw_url, request.headers)
        return Response(body, status=status, headers=headers)(environ, start_response)

    return application


class _ServerRequest(Request):
    from_wsgi_server = True


def _module(name: str) -> Any:
    return import_module(f"platform_lib.local.extensions.{name}")

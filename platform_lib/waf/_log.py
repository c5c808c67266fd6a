"""The log of a web ACL: who writes it, and what is left out."""

from __future__ import annotations

import cdktf_cdktf_provider_aws.cloudwatch_log_resource_policy as aws_log_policy
import cdktf_cdktf_provider_aws.wafv2_web_acl_logging_configuration as aws_logging
from cdktf import TerraformProvider

from platform_lib.core.construct import PlatformConstruct
from platform_lib.iam.policy import Statement, policy_json
from platform_lib.kms.key import Key
from platform_lib.naming import Kind
from platform_lib.observability.log_group import log_group
from platform_lib.types import TokenStr
from platform_lib.waf.config import WebAclLogs

_RECORDED = ("BLOCK", "COUNT", "EXCLUDED_AS_COUNT")


def record(
    web_acl: PlatformConstruct,
    *,
    arn: TokenStr,
    config: WebAclLogs,
    region: str,
    key: Key,
    provider: TerraformProvider | None,
) -> None:
    """Define the log group of a web ACL, let log delivery write to it, and say what is recorded.

    Args:
        web_acl: The construct whose log it is.
        arn: ARN of the web ACL.
        config: What is recorded and for how long.
        region: Region of the web ACL and so of its log.
        key: Encrypts the log.
        provider: Provider of that Region, where it is another one than the stack's.
    """
    # https://docs.aws.amazon.com/waf/latest/developerguide/logging-cw-logs.html
    name = web_acl.physical_name(Kind.LOG_GROUP, before="aws-waf-logs-")
    group = log_group(
        web_acl,
        "LogGroup",
        name=name,
        retention_days=config.retention_days,
        key=key,
        provider=provider,
    )
    allowed = aws_log_policy.CloudwatchLogResourcePolicy(
        web_acl,
        "LogPolicy",
        policy_name=name,
        policy_document=policy_json([_who_writes(web_acl, name, region)]),
        provider=provider,
    )
    aws_logging.Wafv2WebAclLoggingConfiguration(
        web_acl,
        "Logging",
        resource_arn=arn,
        log_destination_configs=[group.arn],
        redacted_fields=_left_out(config),
        logging_filter=None if config.records == "all" else _refused_or_counted(),
        # AWS WAF tries to write at once. Where it may not, it adds to a policy of its own, which
        # only grows: https://github.com/hashicorp/terraform-provider-aws/issues/25296
        depends_on=[allowed],
        provider=provider,
    )


def _who_writes(web_acl: PlatformConstruct, name: str, region: str) -> Statement:
    account, partition = web_acl.stack.account.id, web_acl.stack.partition
    logs = f"arn:{partition}:logs:{region}:{account}"
    return Statement(
        sid="WebAclLogs",
        actions=("logs:CreateLogStream", "logs:PutLogEvents"),
        resources=(f"{logs}:log-group:{name}:*",),
        principals={"Service": ("delivery.logs.amazonaws.com",)},
        # https://docs.aws.amazon.com/waf/latest/developerguide/logging-cw-logs.html
        conditions={
            "StringEquals": {"aws:SourceAccount": (account,)},
            "ArnLike": {"aws:SourceArn": (f"{logs}:*",)},
        },
    )


def _left_out(
    config: WebAclLogs,
) -> list[aws_logging.Wafv2WebAclLoggingConfigurationRedactedFields]:
    waf = aws_logging
    header = waf.Wafv2WebAclLoggingConfigurationRedactedFieldsSingleHeader
    fields = [
        waf.Wafv2WebAclLoggingConfigurationRedactedFields(single_header=header(name=name))
        for name in config.redacted
    ]
    if config.redact_query:
        query = waf.Wafv2WebAclLoggingConfigurationRedactedFieldsQueryString()
        fields.append(waf.Wafv2WebAclLoggingConfigurationRedactedFields(query_string=query))
    return fields


def _refused_or_counted() -> aws_logging.Wafv2WebAclLoggingConfigurationLoggingFilter:
    waf = aws_logging
    return waf.Wafv2WebAclLoggingConfigurationLoggingFilter(
        default_behavior="DROP",
        filter=[
            waf.Wafv2WebAclLoggingConfigurationLoggingFilterFilter(
                behavior="KEEP",
                requirement="MEETS_ANY",
                condition=[
                    waf.Wafv2WebAclLoggingConfigurationLoggingFilterFilterCondition(
                        action_condition=waf.Wafv2WebAclLoggingConfigurationLoggingFilterFilterConditionActionCondition(
                            action=action
                        )
                    )
                    for action in _RECORDED
                ],
            )
        ],
    )

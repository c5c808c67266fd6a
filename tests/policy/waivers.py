"""Checks of checkov that are not met, on purpose, each with its reason; printed after the tests."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from fnmatch import fnmatchcase

import pytest

from tests.policy.scanner import Finding, Report


@dataclass(frozen=True, slots=True)
class Waived:
    """One check that is not met."""

    check: str
    """Id of the check."""

    address: str
    """Pattern of the resources' addresses, with ``*``."""

    reason: str
    """Why that is right."""

    since: date
    """Day of the decision."""

    stacks: tuple[str, ...] = ("*",)
    """Patterns of the stacks that it is about; none for what only the plan of an applied stack
    shows. Such a plan has no name; only environments that may be destroyed are applied."""

    def covers(self, finding: Finding) -> bool:
        """Tell whether it is about this finding."""
        here = not finding.stack or any(fnmatchcase(finding.stack, it) for it in self.stacks)
        return here and self.check == finding.check and fnmatchcase(finding.address, self.address)

    def __str__(self) -> str:
        return f"{self.check} {self.address} (since {self.since}): {self.reason}"


_DECIDED = date(2026, 11, 20)
_NO_CUSTOMERS = ("checkout-dev-*", "checkout-stage-*", "infra-stage-*")
_MAY_BE_DESTROYED = ("checkout-dev-*", "infra-stage-*")
_APPLIED: tuple[str, ...] = ()

WAIVERS = (
    Waived(
        "CKV_AWS_9",
        "aws_iam_account_password_policy.Safety_Passwords_*",
        "people who must change a good password choose a worse one; NIST SP 800-63B 5.1.1.2"
        " advises against expiry without a sign of compromise",
        _DECIDED,
    ),
    Waived(
        "CKV_AWS_338",
        "aws_cloudwatch_log_group.*",
        "logs are kept as long as the environment says; guardrails ask for 90 days where customers"
        " are served",
        _DECIDED,
    ),
    Waived(
        "CKV_AWS_352",
        "aws_network_acl_rule.Vpc_DatabaseAcl_Vpc*Ingress_*",
        "the ACL opens the database tier to the VPC's own blocks only; security groups say which"
        " port",
        _DECIDED,
    ),
    Waived(
        "CKV2_AWS_1",
        "aws_network_acl.Vpc_DatabaseAcl_*",
        "the subnets are attached by aws_network_acl_association resources, which the check does"
        " not know",
        _DECIDED,
    ),
    Waived(
        "CKV2_AWS_27",
        "aws_rds_cluster.*",
        "it wants log_statement, which would write the passwords of CREATE ROLE to the log; slow"
        " statements, connections and lock waits are logged",
        _DECIDED,
    ),
    Waived(
        "CKV2_AWS_50",
        "aws_elasticache_replication_group.SharedCache_*",
        "one node is enough where no customers are; the guardrail cache-failover asks for more",
        _DECIDED,
        _NO_CUSTOMERS,
    ),
    Waived(
        "CKV2_AWS_57",
        "aws_secretsmanager_secret.Secrets_*",
        "others give out these values, or everything signed with them would stop being valid",
        _DECIDED,
    ),
    Waived(
        "CKV2_AWS_57",
        "aws_secretsmanager_secret.*Credential_*",
        "passwords of cache users change by edition, that of a broker in RabbitMQ; credentials of"
        " databases rotate, which the check does not see",
        _DECIDED,
    ),
    Waived(
        "CKV2_AWS_57",
        "aws_secretsmanager_secret.*_OriginLock_*",
        "load balancers and distributions have to change it together, by editions: a rotation of one"
        " of them would refuse every request",
        _DECIDED,
    ),
    Waived("CKV2_AWS_62", "aws_s3_bucket.*", "nothing listens to what is written", _DECIDED),
    Waived(
        "CKV2_AWS_8",
        "aws_rds_cluster.*",
        "the cluster can be restored to any second of its retention; copies in AWS Backup come with"
        " the stack of resilience",
        _DECIDED,
    ),
    Waived(
        "CKV_AWS_115",
        "aws_lambda_function.Rotation_*",
        "Secrets Manager calls it a few times a month; a reserve would be taken from the account's"
        " other functions",
        _DECIDED,
    ),
    Waived(
        "CKV_AWS_116",
        "aws_lambda_function.Rotation_*",
        "Secrets Manager tries again by itself, and an alarm tells of errors",
        _DECIDED,
    ),
    Waived(
        "CKV_AWS_118",
        "aws_db_instance.PlatformDatabase_*",
        "development does without enhanced monitoring, which is paid for",
        _DECIDED,
        ("checkout-dev-*",),
    ),
    Waived(
        "CKV_AWS_139",
        "aws_rds_cluster.*",
        "an environment that may be destroyed does not protect its clusters",
        _DECIDED,
        _MAY_BE_DESTROYED,
    ),
    Waived(
        "CKV_AWS_293",
        "aws_db_instance.*",
        "an environment that may be destroyed does not protect its databases",
        _DECIDED,
        _MAY_BE_DESTROYED,
    ),
    Waived(
        "CKV_AWS_144",
        "aws_s3_bucket.*",
        "versions bring back what was deleted; another Region is a decision that no source platform"
        " has taken",
        _DECIDED,
    ),
    Waived(
        "CKV_AWS_145",
        "aws_s3_bucket.AccessLogs_*",
        "S3 cannot write access logs with a key of ours; its own keys encrypt them",
        _DECIDED,
    ),
    Waived(
        "CKV_AWS_157",
        "aws_db_instance.*",
        "no standby where no customers are; the guardrail multi-az-database asks for one",
        _DECIDED,
        _NO_CUSTOMERS,
    ),
    Waived(
        "CKV_AWS_272",
        "aws_lambda_function.*",
        "the zip is built from this repository and pinned by its hash; a signing profile would be"
        " the account's to introduce",
        _DECIDED,
    ),
    Waived(
        "CKV2_AWS_5",
        "aws_security_group.*Migration_Connections_*",
        "the function that starts the migration's task gives it to the task, which the check does"
        " not know",
        _DECIDED,
    ),
    Waived(
        "CKV2_AWS_28",
        "aws_lb.*",
        "AWS WAF is before the distributions, and nobody but these reaches the load balancers",
        _DECIDED,
    ),
    Waived(
        "CKV2_AWS_38",
        "aws_route53_zone.*",
        "no source platform signs its zones: a wrong record at the registrar takes a signed domain"
        " off the net until caches forget it",
        _DECIDED,
    ),
    Waived(
        "CKV2_AWS_39",
        "aws_route53_zone.*",
        "the logs would name resolvers, not people; the load balancers' logs say who came",
        _DECIDED,
    ),
    Waived(
        "CKV2_AWS_71",
        "aws_acm_certificate.*",
        "services name their hosts later, one level below the environment's own domain, and the"
        " certificate is for no other; its key cannot leave ACM",
        _DECIDED,
    ),
    Waived(
        "CKV_AWS_115",
        "aws_lambda_function.*MigrationRunner_*",
        "Terraform calls it once in an apply; a reserve would be taken from the account's other"
        " functions",
        _DECIDED,
    ),
    Waived(
        "CKV_AWS_116",
        "aws_lambda_function.*MigrationRunner_*",
        "Terraform waits for its answer, and the apply fails with it",
        _DECIDED,
    ),
    Waived(
        "CKV_AWS_145",
        "aws_s3_bucket.LoadBalancerLogs_*",
        "load balancers cannot write their logs with a key of ours; S3's own keys encrypt them",
        _DECIDED,
    ),
    Waived(
        "CKV_AWS_150",
        "aws_lb.*",
        "an environment that may be destroyed does not protect its load balancers",
        _DECIDED,
        _MAY_BE_DESTROYED,
    ),
    Waived(
        "CKV_AWS_18",
        "aws_s3_bucket.LoadBalancerLogs_*",
        "it is a record itself, which nothing but load balancers may write",
        _DECIDED,
    ),
    Waived(
        "CKV_AWS_336",
        "aws_ecs_task_definition.SaleorApiTask_*",
        "the agent of ECS Exec writes to it; a waiver of the guardrail ecs-read-only-root says until"
        " when production accepts that",
        _DECIDED,
    ),
    Waived(
        "CKV_AWS_378",
        "aws_lb_target_group.*",
        "TLS ends at the load balancer, and from there the way stays in the VPC; a program that"
        ' speaks TLS may have protocol="HTTPS"',
        _DECIDED,
    ),
    Waived(
        "CKV_AWS_173",
        "aws_lambda_function.*MigrationRunner_*",
        "it has no environment variables, so there is nothing to encrypt; the check takes the empty"
        " key that AWS tells for one",
        _DECIDED,
        _APPLIED,
    ),
    Waived(
        "CKV2_AWS_32",
        "aws_cloudfront_distribution.*",
        "every behaviour has AWS's managed policy, by its id; the check looks for one of our own",
        _DECIDED,
    ),
    Waived(
        "CKV2_AWS_47",
        "aws_cloudfront_distribution.*",
        "the rules against Log4j are in AWSManagedRulesKnownBadInputsRuleSet, which the web ACL has;"
        " the check wants AWSManagedRulesAnonymousIpList too, which refuses customers with a VPN",
        _DECIDED,
    ),
    Waived(
        "CKV_AWS_18",
        "aws_s3_bucket.EdgeLogs_*",
        "it is a record itself, which nothing but AWS's log delivery may write",
        _DECIDED,
    ),
    Waived(
        "CKV_AWS_192",
        "aws_wafv2_web_acl.WebAcl_*",
        "the web ACL counts first where no customers are; the guardrail web-acl-active asks for more",
        _DECIDED,
        _NO_CUSTOMERS,
    ),
    Waived(
        "CKV_AWS_305",
        "aws_cloudfront_distribution.*",
        "what is asked for at / is answered by an application, which knows its first page",
        _DECIDED,
    ),
    Waived(
        "CKV_AWS_310",
        "aws_cloudfront_distribution.*",
        "a load balancer has targets in several zones and a bucket is in all of them; a second"
        " Region is a decision that no source platform has taken",
        _DECIDED,
    ),
    Waived(
        "CKV_AWS_374",
        "aws_cloudfront_distribution.*",
        "customers come from every country",
        _DECIDED,
    ),
    Waived(
        "CKV_AWS_68",
        "aws_cloudfront_distribution.*",
        "the web ACL stands by where no customers are; the guardrail web-acl-active asks for more",
        _DECIDED,
        _NO_CUSTOMERS,
    ),
    Waived(
        "CKV_AWS_86",
        "aws_cloudfront_distribution.*",
        "AWS's log delivery writes the standard logs of version 2, which the check does not know",
        _DECIDED,
    ),
    Waived(
        "CKV_AWS_353",
        "aws_rds_cluster_instance.*",
        "insights are set on the cluster, and hold for its instances",
        _DECIDED,
    ),
)


def refused(report: Report, waivers: tuple[Waived, ...] = WAIVERS) -> list[str]:
    """Return the findings that no waiver covers."""
    return [str(it) for it in report.findings if not any(waiver.covers(it) for waiver in waivers)]


def unused(report: Report, waivers: tuple[Waived, ...] = WAIVERS) -> list[str]:
    """Return the waivers that cover nothing."""
    return [
        str(it)
        for it in waivers
        if it.stacks and not any(it.covers(found) for found in report.findings)
    ]


_PRINTED = pytest.StashKey[bool]()


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print what is not met and why; once, also where two conftests pass this on."""
    if terminalreporter.config.stash.get(_PRINTED, False):
        return
    terminalreporter.config.stash[_PRINTED] = True
    terminalreporter.section("checkov: not met, on purpose")
    for waiver in WAIVERS:
        terminalreporter.line(str(waiver))

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

    def covers(self, finding: Finding) -> bool:
        """Tell whether it is about this finding."""
        return self.check == finding.check and fnmatchcase(finding.address, self.address)

    def __str__(self) -> str:
        return f"{self.check} {self.address} (since {self.since}): {self.reason}"


WAIVERS = (
    Waived(
        "CKV_AWS_9",
        "aws_iam_account_password_policy.Safety_Passwords_*",
        "people who must change a good password choose a worse one; NIST SP 800-63B 5.1.1.2"
        " advises against expiry without a sign of compromise",
        date(2026, 11, 20),
    ),
    Waived(
        "CKV_AWS_338",
        "aws_cloudwatch_log_group.Vpc_FlowLogs_*",
        "flow logs are kept as long as the environment says; the guardrail flow-log-retention asks"
        " for 90 days where customers are served",
        date(2026, 11, 20),
    ),
    Waived(
        "CKV_AWS_352",
        "aws_network_acl_rule.Vpc_DatabaseAcl_Vpc*Ingress_*",
        "the ACL opens the database tier to the VPC's own blocks only; security groups say which"
        " port",
        date(2026, 11, 20),
    ),
    Waived(
        "CKV2_AWS_1",
        "aws_network_acl.Vpc_DatabaseAcl_*",
        "the subnets are attached by aws_network_acl_association resources, which the check does"
        " not know",
        date(2026, 11, 20),
    ),
)


def refused(report: Report, waivers: tuple[Waived, ...] = WAIVERS) -> list[str]:
    """Return the findings that no waiver covers."""
    return [str(it) for it in report.findings if not any(waiver.covers(it) for waiver in waivers)]


def unused(report: Report, waivers: tuple[Waived, ...] = WAIVERS) -> list[str]:
    """Return the waivers that cover nothing."""
    return [str(it) for it in waivers if not any(it.covers(found) for found in report.findings)]


_PRINTED = pytest.StashKey[bool]()


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print what is not met and why; once, also where two conftests pass this on."""
    if terminalreporter.config.stash.get(_PRINTED, False):
        return
    terminalreporter.config.stash[_PRINTED] = True
    terminalreporter.section("checkov: not met, on purpose")
    for waiver in WAIVERS:
        terminalreporter.line(str(waiver))

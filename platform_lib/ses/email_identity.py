"""EmailIdentity: a domain that mail is sent from, proven, watched and with a path for bounces."""

from __future__ import annotations

from collections.abc import Sequence

import cdktf_cdktf_provider_aws.route53_record as aws_record
import cdktf_cdktf_provider_aws.sesv2_configuration_set as aws_configuration_set
import cdktf_cdktf_provider_aws.sesv2_configuration_set_event_destination as aws_destination
import cdktf_cdktf_provider_aws.sesv2_email_identity as aws_identity
import cdktf_cdktf_provider_aws.sesv2_email_identity_mail_from_attributes as aws_mail_from
from cdktf import Token
from constructs import Construct

from platform_lib.alerts.alerts import Alerts
from platform_lib.core.construct import PlatformConstruct
from platform_lib.core.grants import Grant, Grantee, Grants
from platform_lib.core.protection import protect
from platform_lib.dns.hosted_zone import HostedZone
from platform_lib.errors import PlatformError
from platform_lib.iam.policy import Statement
from platform_lib.naming import Kind
from platform_lib.ses._reputation import define_alarms
from platform_lib.ses._senders import dkim_domain, send, senders_problem
from platform_lib.ses.config import EmailIdentityConfig
from platform_lib.types import TokenStr

_TTL_SECONDS = 3600
_DKIM_KEYS = 3
"""Easy DKIM always has three, of which SES changes the one in use.
https://docs.aws.amazon.com/ses/latest/dg/send-email-authentication-dkim-easy.html"""
_SEND = ("ses:SendEmail", "ses:SendRawEmail")


class EmailIdentity(PlatformConstruct):
    """A domain that SES sends mail from, with a configuration set that all its mail goes through.

    Defines:
        aws_sesv2_email_identity, aws_sesv2_email_identity_mail_from_attributes,
        aws_sesv2_configuration_set, aws_sesv2_configuration_set_event_destination,
        aws_route53_record, aws_cloudwatch_metric_alarm

    Args:
        config: Domain, path for bounces, DMARC, when the reputation is alarming.
        zone: Zone that the domain is in; gets the records that prove it.
        alerts: Hears when too much bounces, or too many complain.

    Raises:
        PlatformError: ``OutsideZone`` if the domain is not in the zone.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        config: EmailIdentityConfig,
        zone: HostedZone,
        alerts: Alerts,
    ) -> None:
        super().__init__(scope, id)
        zone.check_host(config.domain, where=self)
        self._zone = zone
        self.domain = config.domain
        """Domain of the senders' addresses."""
        self.configuration_set = self.physical_name(Kind.SES_CONFIGURATION_SET)
        """Name of the configuration set; mail goes through it without naming it."""
        self.smtp_host = f"email-smtp.{self.stack.target.region}.amazonaws.com"
        """Host for SMTP. Some Regions have none.
        https://docs.aws.amazon.com/general/latest/gr/ses.html"""
        through = self._define_configuration_set()
        identity = aws_identity.Sesv2EmailIdentity(
            self,
            "Resource",
            email_identity=config.domain,
            configuration_set_name=through.configuration_set_name,
            dkim_signing_attributes=aws_identity.Sesv2EmailIdentityDkimSigningAttributes(
                next_signing_key_length="RSA_2048_BIT"
            ),
        )
        protect(self, identity)
        self._prove(identity)
        self._define_mail_from(identity, config.mail_from)
        if config.dmarc_policy is not None:
            self._define_dmarc(config)
        define_alarms(
            self, configuration_set=self.configuration_set, config=config.alarms, alerts=alerts
        )

        self.arn: TokenStr = identity.arn
        """ARN of the identity."""
        self.configuration_set_arn: TokenStr = through.arn
        """ARN of the configuration set; a policy has to name it beside the identity."""
        self.grants = EmailGrants(self)
        """Who sends from which addresses."""

    def check_senders(self, addresses: Sequence[str], *, where: PlatformConstruct) -> None:
        """Refuse addresses that mail cannot be sent from here.

        Raises:
            PlatformError: ``SenderElsewhere`` if one is not of the domain, or there is none.
        """
        problem = senders_problem(addresses, self.domain)
        if problem is not None:
            raise PlatformError("SenderElsewhere", problem, where=where.node.path)

    def may_send(
        self, actions: Sequence[str], *, from_addresses: Sequence[str]
    ) -> tuple[Statement, ...]:
        """Return the permission to send from some addresses by some of SES's actions."""
        return send(
            actions,
            identity_arn=self.arn,
            configuration_set_arn=self.configuration_set_arn,
            from_addresses=from_addresses,
        )

    def _define_configuration_set(self) -> aws_configuration_set.Sesv2ConfigurationSet:
        made = aws_configuration_set.Sesv2ConfigurationSet(
            self,
            "ConfigurationSet",
            configuration_set_name=self.configuration_set,
            # A receiver without TLS gets nothing: the mail bounces.
            delivery_options=aws_configuration_set.Sesv2ConfigurationSetDeliveryOptions(
                tls_policy="REQUIRE"
            ),
            reputation_options=aws_configuration_set.Sesv2ConfigurationSetReputationOptions(
                reputation_metrics_enabled=True
            ),
            sending_options=aws_configuration_set.Sesv2ConfigurationSetSendingOptions(
                sending_enabled=True
            ),
            # Who bounced or complained gets no second mail, which would count again.
            # https://docs.aws.amazon.com/ses/latest/dg/sending-email-suppression-list-config-level.html
            suppression_options=aws_configuration_set.Sesv2ConfigurationSetSuppressionOptions(
                suppressed_reasons=["BOUNCE", "COMPLAINT"]
            ),
        )
        # Numbers, and not each event to a topic: events have readers' addresses in them.
        own = aws_destination
        own.Sesv2ConfigurationSetEventDestination(
            self,
            "Events",
            configuration_set_name=made.configuration_set_name,
            event_destination_name="cloudwatch",
            event_destination=own.Sesv2ConfigurationSetEventDestinationEventDestination(
                enabled=True,
                matching_event_types=[
                    "BOUNCE",
                    "COMPLAINT",
                    "DELIVERY",
                    "DELIVERY_DELAY",
                    "REJECT",
                    "RENDERING_FAILURE",
                    "SEND",
                ],
                cloud_watch_destination=own.Sesv2ConfigurationSetEventDestinationEventDestinationCloudWatchDestination(
                    dimension_configuration=[
                        own.Sesv2ConfigurationSetEventDestinationEventDestinationCloudWatchDestinationDimensionConfiguration(
                            # SES tags each mail with it.
                            # https://docs.aws.amazon.com/ses/latest/dg/monitor-using-event-publishing.html
                            dimension_name="ses:configuration-set",
                            dimension_value_source="MESSAGE_TAG",
                            default_dimension_value=self.configuration_set,
                        )
                    ]
                ),
            ),
        )
        return made

    def _prove(self, identity: aws_identity.Sesv2EmailIdentity) -> None:
        """Publish the DKIM keys, which prove to SES that the domain is ours, and mail to readers."""
        for number in range(_DKIM_KEYS):
            path = f"dkim_signing_attributes[0].tokens[{number}]"
            token = Token.as_string(identity.interpolation_for_attribute(path))
            self._record(
                f"Dkim{number + 1}",
                f"{token}._domainkey.{self.domain}",
                "CNAME",
                f"{token}.{dkim_domain(self.stack.target.region)}",
            )

    def _define_mail_from(self, identity: aws_identity.Sesv2EmailIdentity, label: str) -> None:
        host = f"{label}.{self.domain}"
        aws_mail_from.Sesv2EmailIdentityMailFromAttributes(
            self,
            "MailFrom",
            email_identity=identity.email_identity,
            mail_from_domain=host,
            # Until SES sees the record it uses a name of its own, instead of sending nothing; DMARC
            # is content with DKIM.
            behavior_on_mx_failure="USE_DEFAULT_VALUE",
        )
        region = self.stack.target.region
        self._record("MailFromMx", host, "MX", f"10 feedback-smtp.{region}.amazonses.com")
        self._record("MailFromSpf", host, "TXT", "v=spf1 include:amazonses.com -all")

    def _define_dmarc(self, config: EmailIdentityConfig) -> None:
        reports = f"; rua=mailto:{config.dmarc_reports}" if config.dmarc_reports else ""
        text = f"v=DMARC1; p={config.dmarc_policy}{reports}"
        self._record("Dmarc", f"_dmarc.{self.domain}", "TXT", text)

    def _record(self, id: str, name: str, type: str, value: str) -> None:
        aws_record.Route53Record(
            self,
            id,
            zone_id=self._zone.zone_id,
            name=name,
            type=type,
            ttl=_TTL_SECONDS,
            records=[value],
        )


class EmailGrants(Grants):
    """Permissions to send from one identity."""

    def __init__(self, identity: EmailIdentity) -> None:
        super().__init__(identity)
        self._identity = identity

    def send(self, grantee: Grantee, *, from_addresses: Sequence[str]) -> Grant:
        """Let the role send mail by the API, from these addresses and no others.

        Raises:
            PlatformError: ``SenderElsewhere`` if one is not of the domain, or there is none.
        """
        identity = self._identity
        identity.check_senders(from_addresses, where=identity)
        given = [
            self._give(
                grantee,
                # A policy for each address, so that a second call adds to the first.
                f"Send+{address.partition('@')[0]}",
                *identity.may_send(_SEND, from_addresses=(address,)),
            )
            for address in sorted(set(from_addresses))
        ]
        return Grant(tuple(statement for grant in given for statement in grant.statements))

"""Listeners of load balancers: certificates that are issued, attributes, and what rules lead to.

Upstream gap: moto makes two listeners for one port, shows any certificate and counts further ones
among the default ones, gives every listener the attribute of a Network Load Balancer, and never
forgets which load balancer has once used a target group.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from moto.elbv2.models import ELBv2Backend
from moto.elbv2.ssl_policies import SSL_POLICIES

from platform_lib.local.extensions._elbv2_links import check_certificate, check_groups, relinking
from platform_lib.local.extensions.support import AwsError, replace

__all__ = ["install"]

_TLS = ("HTTPS", "TLS")
_MOST_FURTHER = 25
_MOST_VALUES = 5
_MOST_WILDCARDS = 5
"""https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-limits.html"""

_HIGHEST_PRIORITY = 50_000
_ANSWERS = {
    "routing.http.response.server.enabled": "true",
    "routing.http.response.strict_transport_security.header_value": "",
    "routing.http.response.access_control_allow_origin.header_value": "",
    "routing.http.response.access_control_allow_methods.header_value": "",
    "routing.http.response.access_control_allow_headers.header_value": "",
    "routing.http.response.access_control_allow_credentials.header_value": "",
    "routing.http.response.access_control_expose_headers.header_value": "",
    "routing.http.response.access_control_max_age.header_value": "",
    "routing.http.response.content_security_policy.header_value": "",
    "routing.http.response.x_content_type_options.header_value": "",
    "routing.http.response.x_frame_options.header_value": "",
}
_REQUESTS = {
    f"routing.http.request.{name}.header_name": "-".join(it.title() for it in name.split("_"))
    for name in (
        "x_amzn_mtls_clientcert_serial_number",
        "x_amzn_mtls_clientcert_issuer",
        "x_amzn_mtls_clientcert_subject",
        "x_amzn_mtls_clientcert_validity",
        "x_amzn_mtls_clientcert_leaf",
        "x_amzn_mtls_clientcert",
        "x_amzn_tls_version",
        "x_amzn_tls_cipher_suite",
    )
}
"""https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_ListenerAttribute.html"""


def install() -> None:
    """Patch moto."""
    for method in (
        create_listener,
        modify_listener,
        modify_listener_attributes,
        add_listener_certificates,
        describe_listener_certificates,
        remove_listener_certificates,
        create_rule,
        modify_rule,
    ):
        replace(ELBv2Backend)(method)
    for name in ("delete_listener", "delete_rule"):
        replace(ELBv2Backend, name)(relinking)


def create_listener(original: Callable[..., Any]) -> Callable[..., Any]:
    """Check port, policy, certificate and target groups."""

    def create(
        self: Any,
        load_balancer_arn: str,
        protocol: str,
        port: Any,
        ssl_policy: str | None,
        certificate: str | None,
        actions: list[dict[str, Any]],
        **more: Any,
    ) -> Any:
        balancer = self.load_balancers.get(load_balancer_arn)
        if balancer is not None:
            _check_port(balancer, port)
        _check_tls(self, protocol, ssl_policy, certificate)
        check_groups(self, load_balancer_arn, actions)
        listener = relinking(original)(
            self,
            load_balancer_arn,
            protocol,
            port,
            ssl_policy if protocol in _TLS else None,
            certificate,
            actions,
            **more,
        )
        listener.further_certificates = []
        if balancer.type == "application":
            listener.attributes = _attributes_of(listener)
        return listener

    return create


def modify_listener(original: Callable[..., Any]) -> Callable[..., Any]:
    """Check the same of what changes."""

    def modify(
        self: Any,
        arn: str,
        port: Any = None,
        protocol: str | None = None,
        ssl_policy: str | None = None,
        certificates: list[dict[str, Any]] | None = None,
        actions: list[dict[str, Any]] | None = None,
    ) -> Any:
        listener = self.describe_listeners(load_balancer_arn=None, listener_arns=[arn])[0]
        balancer = self.load_balancers[listener.load_balancer_arn]
        if port is not None and int(port) != int(listener.port):
            _check_port(balancer, port)
        shown = certificates[0]["CertificateArn"] if certificates else listener.certificate
        spoken = protocol or listener.protocol
        _check_tls(self, spoken, ssl_policy, shown if spoken in _TLS or certificates else None)
        check_groups(self, listener.load_balancer_arn, actions or ())
        changed = relinking(original)(
            self, arn, port, protocol, ssl_policy, certificates or [], actions or []
        )
        if spoken not in _TLS:
            changed.ssl_policy, changed.certificate, changed.certificates = None, None, []
            changed.further_certificates = []
        if balancer.type == "application":
            changed.attributes = _attributes_of(changed) | {
                key: value for key, value in changed.attributes.items() if key in _known(changed)
            }
        return changed

    return modify


def _check_port(balancer: Any, port: Any) -> None:
    if any(int(it.port) == int(port) for it in balancer.listeners.values() if it.port):
        raise AwsError(
            "DuplicateListener",
            f"A listener already exists on this port for this load balancer '{balancer.arn}'",
        )


def _check_tls(backend: Any, protocol: str, policy: str | None, certificate: str | None) -> None:
    if protocol not in _TLS:
        if certificate:
            raise AwsError(
                "InvalidConfigurationRequest",
                f"You cannot specify a certificate if the listener protocol is {protocol}.",
            )
        return
    if not certificate:
        raise AwsError(
            "CertificateNotFound", f"A certificate must be specified for {protocol} listeners"
        )
    check_certificate(backend, certificate)
    if policy and policy not in SSL_POLICIES:
        raise AwsError("SSLPolicyNotFound", f"SSL policy '{policy}' not found")


def _known(listener: Any) -> Mapping[str, str]:
    return _ANSWERS | _REQUESTS if listener.protocol in _TLS else _ANSWERS


def _attributes_of(listener: Any) -> dict[str, str]:
    return dict(_known(listener))


def modify_listener_attributes(original: Callable[..., Any]) -> Callable[..., Any]:
    """Take attributes that the listener has."""

    def modify(self: Any, listener_arn: str, attrs: list[dict[str, str]]) -> Any:
        listener = self.describe_listeners(load_balancer_arn=None, listener_arns=[listener_arn])[0]
        for attribute in attrs:
            if attribute["Key"] not in listener.attributes:
                raise AwsError(
                    "InvalidConfigurationRequest",
                    f"Listener attribute key '{attribute['Key']}' is not supported on listeners"
                    f" with protocol '{listener.protocol}'",
                )
        return original(self, listener_arn, attrs)

    return modify


def add_listener_certificates(_: Callable[..., Any]) -> Callable[..., Any]:
    """Keep further certificates apart from the default one; add none twice."""

    def add(self: Any, arn: str, certificates: list[dict[str, Any]]) -> list[str]:
        listener = self.describe_listeners(load_balancer_arn=None, listener_arns=[arn])[0]
        wanted = [it["CertificateArn"] for it in certificates]
        for certificate in wanted:
            check_certificate(self, certificate)
        known = listener.further_certificates
        after = [*known, *(it for it in wanted if it not in known)]
        if len(after) > _MOST_FURTHER:
            raise AwsError(
                "TooManyCertificates",
                "You've reached the limit on the number of certificates per load balancer",
            )
        listener.further_certificates = after
        return wanted

    return add


def describe_listener_certificates(_: Callable[..., Any]) -> Callable[..., Any]:
    """List the default certificate first."""

    def tell(self: Any, arn: str) -> list[str]:
        listener = self.describe_listeners(load_balancer_arn=None, listener_arns=[arn])[0]
        further = [it for it in listener.further_certificates if it not in listener.certificates]
        return [*listener.certificates, *further]

    return tell


def remove_listener_certificates(_: Callable[..., Any]) -> Callable[..., Any]:
    """Take further certificates away, and never the default one."""

    def remove(self: Any, arn: str, certificates: list[dict[str, Any]]) -> None:
        listener = self.describe_listeners(load_balancer_arn=None, listener_arns=[arn])[0]
        gone = {it["CertificateArn"] for it in certificates}
        if gone & (set(listener.certificates) - set(listener.further_certificates)):
            raise AwsError("OperationNotPermitted", "Default certificate cannot be removed")
        listener.further_certificates = [
            it for it in listener.further_certificates if it not in gone
        ]

    return remove


def create_rule(original: Callable[..., Any]) -> Callable[..., Any]:
    """Check priority, conditions and target groups."""

    def create(
        self: Any,
        listener_arn: str,
        conditions: list[dict[str, Any]],
        priority: Any,
        actions: list[dict[str, Any]],
        tags: Any = None,
    ) -> Any:
        if int(priority) > _HIGHEST_PRIORITY:
            raise AwsError(
                "ValidationError",
                f"Priority '{priority}' must be between '1' and '{_HIGHEST_PRIORITY}' inclusive",
            )
        _check_conditions(conditions)
        found = self.describe_listeners(None, [listener_arn])
        check_groups(self, found[0].load_balancer_arn, actions)
        return relinking(original)(self, listener_arn, conditions, priority, actions, tags)

    return create


def modify_rule(original: Callable[..., Any]) -> Callable[..., Any]:
    """Check conditions and target groups."""

    def modify(self: Any, rule_arn: str, conditions: Any, actions: Any) -> Any:
        _check_conditions(conditions or ())
        rule = self.describe_rules(listener_arn=None, rule_arns=[rule_arn])[0]
        found = self.describe_listeners(None, [rule.listener_arn])
        check_groups(self, found[0].load_balancer_arn, actions or ())
        return relinking(original)(self, rule_arn, conditions, actions)

    return modify


def _check_conditions(conditions: Iterable[Mapping[str, Any]]) -> None:
    values = [
        value
        for condition in conditions
        for part in (condition, *(it for it in condition.values() if isinstance(it, dict)))
        for value in part.get("Values") or ()
    ]
    texts = [" ".join(it.values()) if isinstance(it, dict) else it for it in values]
    for number, most, what in (
        (len(values), _MOST_VALUES, "values"),
        (sum(it.count(sign) for it in texts for sign in "*?"), _MOST_WILDCARDS, "wildcards"),
    ):
        if number > most:
            raise AwsError("ValidationError", f"A rule can only have '{most}' condition {what}")

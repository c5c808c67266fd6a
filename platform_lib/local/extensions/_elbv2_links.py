"""Which load balancer sends requests to which target group, and which certificates it may show."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from moto.acm.exceptions import CertificateNotFound
from moto.acm.models import acm_backends
from moto.iam.models import iam_backends

from platform_lib.local.extensions.support import AwsError

__all__ = ["check_certificate", "check_groups", "relinking", "use"]


def relinking(original: Callable[..., Any]) -> Callable[..., Any]:
    """Return a method that looks afterwards which load balancer uses which target group."""

    def call(self: Any, *arguments: Any, **named: Any) -> Any:
        try:
            return original(self, *arguments, **named)
        finally:
            use(self)

    return call


def use(backend: Any) -> None:
    """Write down at each target group which load balancer uses it."""
    for group in backend.target_groups.values():
        group.load_balancer_arns = []
    for balancer, arn in _uses(backend):
        group = backend.target_groups.get(arn)
        if group is not None and balancer.arn not in group.load_balancer_arns:
            group.load_balancer_arns.append(balancer.arn)


def check_groups(backend: Any, load_balancer_arn: str, actions: Iterable[Any]) -> None:
    """Refuse target groups that another load balancer uses.

    Raises:
        AwsError: ``TargetGroupAssociationLimit``.
    """
    for action in actions or ():
        for arn in backend._get_target_group_arns_from(action):  # noqa: SLF001 - moto has no other way
            group = backend.target_groups.get(arn)
            if group is not None and set(group.load_balancer_arns) - {load_balancer_arn}:
                raise AwsError(
                    "TargetGroupAssociationLimit",
                    "The following target groups cannot be associated with more than one load"
                    f" balancer: {arn}",
                )


def check_certificate(backend: Any, arn: str) -> None:
    """Refuse a certificate that does not exist or that ACM has not issued.

    Raises:
        AwsError: ``CertificateNotFound`` or ``UnsupportedCertificate``.
    """
    if ":iam:" in arn:
        found = iam_backends[backend.account_id][backend.partition].get_certificate_by_arn(arn)
        status = None if found is None else "ISSUED"
    else:
        try:
            certificate = acm_backends[backend.account_id][backend.region_name].get_certificate(arn)
            status = certificate.status
        except CertificateNotFound:
            status = None
    if status is None:
        raise AwsError("CertificateNotFound", f"Certificate '{arn}' not found")
    if status != "ISSUED":
        raise AwsError(
            "UnsupportedCertificate",
            f"The certificate '{arn}' must have a fully-qualified domain name, a supported"
            " signature, and a supported key size.",
        )


def _uses(backend: Any) -> Iterator[tuple[Any, str]]:
    for balancer in backend.load_balancers.values():
        for listener in balancer.listeners.values():
            for rule in listener.rules.values():
                for action in rule.actions:
                    for arn in backend._get_target_group_arns_from(action.data):  # noqa: SLF001 - moto has no other way
                        yield balancer, arn

"""What is wrong between the distributions of an environment and what they name of it; pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from platform_lib.acm.config import covers
from platform_lib.alb.config import LoadBalancerConfig
from platform_lib.cloudfront.config import DistributionConfig
from platform_lib.cloudfront.hosts import distribution_at
from platform_lib.cloudfront.origins import AlbOrigin, S3Origin, VpcOrigin
from platform_lib.dns.config import is_within
from platform_lib.errors import Problem
from platform_lib.s3.config import SERVED
from platform_lib.services.config import WebService
from platform_lib.waf.config import Scope

if TYPE_CHECKING:
    from platform_lib.environment import Environment

_GLOBAL_REGION = "us-east-1"


def problems_of(environment: Environment) -> list[Problem]:
    """Return everything that distributions name and the environment does not have, or claim twice."""
    return [
        *_of_region(environment),
        *_of_web_acl(environment),
        *_of_aliases(environment),
        *(
            problem
            for name, distribution in environment.distributions.items()
            for problem in _of_origins(environment, name, distribution)
        ),
        *_of_services(environment),
    ]


def _of_region(environment: Environment) -> Iterator[Problem]:
    if environment.distributions and environment.region != _GLOBAL_REGION:
        yield Problem(
            f"distributions has {', '.join(environment.distributions)}, whose metrics are in"
            f" {_GLOBAL_REGION}, and the environment's alerts are in {environment.region}, where no"
            f" alarm can hear of them; put the distributions into an environment of {_GLOBAL_REGION}",
            environment.written_at("distributions"),
            "AlertsElsewhere",
        )


def _of_web_acl(environment: Environment) -> Iterator[Problem]:
    web_acl = environment.web_acl
    if web_acl is None:
        return
    if not environment.distributions:
        yield Problem(
            "web_acl protects distributions, and the environment has none; leave it out, or give it"
            " distributions",
            environment.written_at("web_acl"),
            "NoDistribution",
        )
    if web_acl.scope is not Scope.CLOUDFRONT:
        yield Problem(
            f"web_acl has scope={web_acl.scope.value}, and the environment's is for distributions;"
            f" write scope=Scope.CLOUDFRONT",
            web_acl.written_at("scope"),
            "WebAclScope",
        )


def _of_aliases(environment: Environment) -> Iterator[Problem]:
    domain = environment.domain
    owners: dict[str, str] = {}
    for name, distribution in environment.distributions.items():
        for alias in distribution.aliases:
            if domain is None or not is_within(alias, domain):
                yield Problem(
                    f"distributions[{name!r}] has the alias {alias}, and the environment's domain is"
                    f" {domain or 'missing'}; use a name below it",
                    distribution.written_at("aliases"),
                    "OutsideDomain",
                )
            other = owners.setdefault(alias, name)
            if other != name:
                yield Problem(
                    f"distributions[{name!r}] has the alias {alias}, and so has {other!r}; CloudFront"
                    " takes a name once, so leave it to one of them",
                    distribution.written_at("aliases"),
                    "HostTaken",
                )


def _of_origins(
    environment: Environment, name: str, distribution: DistributionConfig
) -> Iterator[Problem]:
    for origin_name, origin in distribution.origins.items():
        where = f"distributions[{name!r}].origins[{origin_name!r}]"
        if isinstance(origin, S3Origin):
            yield from _of_bucket(environment, where, distribution, origin)
            continue
        balancer = environment.load_balancers.get(origin.load_balancer)
        if balancer is None:
            what = f"the load balancer {origin.load_balancer!r}"
            yield _missing(where, distribution, what, environment.load_balancers)
            continue
        yield from _of_lock(where, distribution, origin, balancer)
        yield from _of_hosts(environment, where, distribution, origin)


def _of_bucket(
    environment: Environment, where: str, distribution: DistributionConfig, origin: S3Origin
) -> Iterator[Problem]:
    bucket = environment.buckets.get(origin.bucket)
    if bucket is None:
        yield _missing(where, distribution, f"the bucket {origin.bucket!r}", environment.buckets)
    elif bucket.purpose not in SERVED:
        yield Problem(
            f"{where} is the bucket {origin.bucket!r} for {bucket.purpose.value}, which is not for"
            f" everybody; choose one for {' or '.join(it.value for it in SERVED)}",
            distribution.written_at("origins"),
            "NotToBeServed",
        )


def _of_lock(
    where: str,
    distribution: DistributionConfig,
    origin: AlbOrigin | VpcOrigin,
    balancer: LoadBalancerConfig,
) -> Iterator[Problem]:
    name = origin.load_balancer
    if balancer.internal is isinstance(origin, AlbOrigin):
        kind, right = ("internal", VpcOrigin) if balancer.internal else ("external", AlbOrigin)
        yield Problem(
            f"{where} is of the kind {type(origin).__name__}, and the load balancer {name!r} is"
            f" {kind}; write {right.__name__}, or give the load balancer"
            f" internal={not balancer.internal}",
            distribution.written_at("origins"),
            "OriginKind",
        )
    elif not balancer.only_cloudfront:
        yield Problem(
            f"{where} leads to the load balancer {name!r}, which others than CloudFront reach too;"
            " give it sources=('cloudfront',)",
            distribution.written_at("origins"),
            "NotLocked",
        )


def _of_hosts(
    environment: Environment,
    where: str,
    distribution: DistributionConfig,
    origin: AlbOrigin | VpcOrigin,
) -> Iterator[Problem]:
    domain = environment.domain
    if domain is None:
        return
    asked = distribution.aliases if origin.keeps_host else (origin.domain or "",)
    for host in asked:
        if not any(covers(it, host) for it in (domain, f"*.{domain}")):
            yield Problem(
                f"{where} is called as {host}, and the load balancer's certificate is for {domain}"
                f" and *.{domain}; use a host one level below the domain",
                distribution.written_at("origins"),
                "HostWithoutCertificate",
            )


def _of_services(environment: Environment) -> Iterator[Problem]:
    """Yield services whose host leads viewers somewhere else, or nowhere."""
    domain = environment.domain
    if domain is None:
        return
    for name, service in environment.services.items():
        if not isinstance(service, WebService) or service.route is None:
            continue
        for host in service.route.hosts_in(domain):
            reason = _unreachable(environment, host, service.route.load_balancer)
            if reason is not None:
                yield Problem(
                    f"services[{name!r}] is at {host} behind the load balancer"
                    f" {service.route.load_balancer!r}, {reason}",
                    service.written_at("route"),
                    "Unreachable",
                )


def _unreachable(environment: Environment, host: str, load_balancer: str) -> str | None:
    """Return why a viewer who asks for a host does not come to a load balancer."""
    answers = distribution_at(host, environment.distributions)
    for name, distribution in environment.distributions.items():
        for origin in distribution.origins.values():
            if isinstance(origin, S3Origin) or origin.load_balancer != load_balancer:
                continue
            if origin.domain == host or (origin.keeps_host and name == answers):
                return None
    if answers is not None:
        return (
            f"and distributions[{answers!r}], which answers for that host, does not lead there;"
            " give the service a load balancer or a host that it leads to"
        )
    balancer = environment.load_balancers.get(load_balancer)
    if balancer is None or not balancer.only_cloudfront:
        return None
    return (
        "which only CloudFront reaches, and no distribution answers for that host; add it to the"
        " aliases of the one that leads there"
    )


def _missing(
    where: str, distribution: DistributionConfig, what: str, there: Mapping[str, object]
) -> Problem:
    return Problem(
        f"{where} names {what}, and the environment has {', '.join(there) or 'none'}; choose one of"
        " those, or add it to the environment",
        distribution.written_at("origins"),
        "NotInEnvironment",
    )

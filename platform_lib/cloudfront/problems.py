"""What is wrong between the distributions of an environment and what they name of it; pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from platform_lib.acm.config import covers
from platform_lib.cloudfront.config import DistributionConfig
from platform_lib.cloudfront.origins import AlbOrigin, S3Origin, VpcOrigin
from platform_lib.dns.config import is_within
from platform_lib.errors import Problem
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
        *_of_locked_services(environment),
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
            if domain is None or not is_within(alias.removeprefix("*."), domain):
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
            if origin.bucket not in environment.buckets:
                yield _missing(
                    where, distribution, f"the bucket {origin.bucket!r}", environment.buckets
                )
            continue
        balancer = environment.load_balancers.get(origin.load_balancer)
        if balancer is None:
            what = f"the load balancer {origin.load_balancer!r}"
            yield _missing(where, distribution, what, environment.load_balancers)
            continue
        if isinstance(origin, AlbOrigin) and not balancer.has_secret_header:
            yield Problem(
                f"{where} leads to the load balancer {origin.load_balancer!r}, which others than"
                " CloudFront reach too; give it sources=('cloudfront',)",
                distribution.written_at("origins"),
                "NotLocked",
            )
        if isinstance(origin, VpcOrigin) and not balancer.internal:
            yield Problem(
                f"{where} is a VpcOrigin, and the load balancer {origin.load_balancer!r} is external;"
                " write AlbOrigin, or give the load balancer internal=True",
                distribution.written_at("origins"),
                "NotInternal",
            )
        yield from _of_hosts(environment, where, distribution, origin)


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


def _of_locked_services(environment: Environment) -> Iterator[Problem]:
    """Yield services behind a locked load balancer that no distribution leads to."""
    domain = environment.domain
    if domain is None:
        return
    reached = {
        (origin.load_balancer, alias)
        for distribution in environment.distributions.values()
        for origin in distribution.origins.values()
        if not isinstance(origin, S3Origin)
        for alias in (distribution.aliases if origin.keeps_host else (origin.domain,))
    }
    for name, service in environment.services.items():
        if not isinstance(service, WebService) or service.route is None:
            continue
        balancer = environment.load_balancers.get(service.route.load_balancer)
        if balancer is None or not balancer.only_cloudfront:
            continue
        for host in service.route.hosts_in(domain):
            if (service.route.load_balancer, host) not in reached:
                yield Problem(
                    f"services[{name!r}] is at {host} behind the load balancer"
                    f" {service.route.load_balancer!r}, which only CloudFront reaches, and no"
                    " distribution with that load balancer has the alias, so nobody can reach it;"
                    " add the host to the aliases of one",
                    service.written_at("route"),
                    "Unreachable",
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

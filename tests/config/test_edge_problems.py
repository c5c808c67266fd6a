"""What distributions and a web ACL name of their environment and it does not have, or claim twice."""

from __future__ import annotations

from typing import Any

import pytest

from platform_lib.alb.config import LoadBalancerConfig
from platform_lib.cloudfront import presets
from platform_lib.cloudfront.config import DistributionConfig
from platform_lib.cloudfront.hosts import distribution_at
from platform_lib.cloudfront.origins import AlbOrigin, Origin, S3Origin, VpcOrigin
from platform_lib.environment import Environment
from platform_lib.errors import Location, PlatformError, Problem
from platform_lib.s3.config import BucketConfig, Purpose
from platform_lib.services.config import Service, ServiceRoute
from platform_lib.waf.config import Scope, WebAclConfig
from tests.config.service_shop import DOMAIN, account, environment, web, worker

API, SHOP = f"api.{DOMAIN}", f"shop.{DOMAIN}"
LOCKED = LoadBalancerConfig(sources=("cloudfront",))
BALANCERS = {
    "public": LOCKED,
    "private": LoadBalancerConfig(sources=("cloudfront",), internal=True),
    "open": LoadBalancerConfig(sources=("everybody",)),
    "office": LoadBalancerConfig(sources=("10.0.0.0/8",), internal=True),
}
WEB_ACL = WebAclConfig(scope=Scope.CLOUDFRONT, large_bodies="refused")


def distribution(*aliases: str, origin: Origin | None = None, **fields: Any) -> DistributionConfig:
    """Return a distribution with one origin and one behaviour."""
    asked = origin or AlbOrigin(load_balancer="public")
    default = presets.media("it", path="*") if isinstance(asked, S3Origin) else presets.api("it")
    given = {"description": "Shop", "origins": {"it": asked}, "default": default, **fields}
    return DistributionConfig.model_validate({"aliases": aliases or (SHOP,), **given})


def edge(*, services: dict[str, Service] | None = None, **fields: Any) -> Environment:
    """Return the shop with load balancers of each kind, and with a distribution unless given."""
    given = {
        "load_balancers": BALANCERS,
        "distributions": {"shop": distribution()},
        "services": services or {},
        **fields,
    }
    return environment(**given)


def problems(**fields: Any) -> list[Problem]:
    """Return what is wrong with it."""
    with pytest.raises(PlatformError) as refused:
        edge(**fields)
    return [*refused.value.problems]


def said(**fields: Any) -> list[str]:
    """Return the same as sentences with their codes."""
    return [f"{it.message} [{it.code}]" for it in problems(**fields)]


ACCEPTED: dict[str, dict[str, Any]] = {
    "a load balancer that CloudFront alone reaches": {},
    "an internal load balancer": {
        "distributions": {"shop": distribution(origin=VpcOrigin(load_balancer="private"))}
    },
    "a bucket for pictures": {
        "distributions": {"shop": distribution(origin=S3Origin(bucket="media"))}
    },
    "a bucket for a release": {
        "buckets": {"static": BucketConfig(purpose=Purpose.STATIC)},
        "distributions": {"shop": distribution(origin=S3Origin(bucket="static"))},
    },
    "the domain itself": {"distributions": {"shop": distribution(DOMAIN)}},
    "every host below the domain": {"distributions": {"shop": distribution(f"*.{DOMAIN}")}},
    "two levels below, where a bucket answers": {
        "distributions": {"shop": distribution(f"a.b.{DOMAIN}", origin=S3Origin(bucket="media"))}
    },
    "two levels below, where the load balancer has a name of its own": {
        "distributions": {
            "shop": distribution(
                f"a.b.{DOMAIN}",
                origin=AlbOrigin(load_balancer="public", keeps_host=False, domain=API),
            )
        }
    },
    "two distributions of different hosts": {
        "distributions": {"shop": distribution(), "api": distribution(API)}
    },
    "a web ACL before distributions": {"web_acl": WEB_ACL},
    "neither": {"distributions": {}},
    "neither, in another Region": {
        "distributions": {},
        "region": "eu-west-1",
        "account": account(region="eu-west-1"),
    },
}


@pytest.mark.parametrize("case", ACCEPTED)
def test_takes_what_fits_together(case: str) -> None:
    """Each of the checks below has something that passes it."""
    assert edge(**ACCEPTED[case]).problems() == []


LOCK = "distributions['shop'].origins['it']"
BAD: dict[str, tuple[dict[str, Any], str]] = {
    "another Region": (
        {"region": "eu-west-1", "account": account(region="eu-west-1")},
        (
            "distributions has shop, whose metrics are in us-east-1, and the environment's alerts are"
            " in eu-west-1, where no alarm can hear of them; put the distributions into an environment"
            " of us-east-1 [AlertsElsewhere]"
        ),
    ),
    "a web ACL that protects nothing": (
        {"distributions": {}, "web_acl": WEB_ACL},
        (
            "web_acl protects distributions, and the environment has none; leave it out, or give it"
            " distributions [NoDistribution]"
        ),
    ),
    "a web ACL for load balancers": (
        {"web_acl": WebAclConfig(scope=Scope.REGIONAL, large_bodies="refused")},
        (
            "web_acl has scope=REGIONAL, and the environment's is for distributions; write"
            " scope=Scope.CLOUDFRONT [WebAclScope]"
        ),
    ),
    "an alias of another domain": (
        {"distributions": {"shop": distribution("a.example.org", origin=S3Origin(bucket="media"))}},
        (
            "distributions['shop'] has the alias a.example.org, and the environment's domain is"
            " shop.example.com; use a name below it [OutsideDomain]"
        ),
    ),
    "a wildcard above the domain": (
        {"distributions": {"shop": distribution("*.example.com", origin=S3Origin(bucket="media"))}},
        (
            "distributions['shop'] has the alias *.example.com, and the environment's domain is"
            " shop.example.com; use a name below it [OutsideDomain]"
        ),
    ),
    "no domain": (
        {
            "domain": None,
            "load_balancers": {},
            "distributions": {"shop": distribution(origin=S3Origin(bucket="media"))},
        },
        (
            "distributions['shop'] has the alias shop.shop.example.com, and the environment's domain"
            " is missing; use a name below it [OutsideDomain]"
        ),
    ),
    "one host twice": (
        {"distributions": {"shop": distribution(API), "api": distribution(API)}},
        (
            "distributions['api'] has the alias api.shop.example.com, and so has 'shop'; CloudFront"
            " takes a name once, so leave it to one of them [HostTaken]"
        ),
    ),
    "an unknown bucket": (
        {"distributions": {"shop": distribution(origin=S3Origin(bucket="medium"))}},
        (
            f"{LOCK} names the bucket 'medium', and the environment has media; choose one of those,"
            " or add it to the environment [NotInEnvironment]"
        ),
    ),
    "no bucket at all": (
        {"buckets": {}, "distributions": {"shop": distribution(origin=S3Origin(bucket="media"))}},
        (
            f"{LOCK} names the bucket 'media', and the environment has none; choose one of those,"
            " or add it to the environment [NotInEnvironment]"
        ),
    ),
    "a bucket that is not for everybody": (
        {
            "buckets": {"dumps": BucketConfig(purpose=Purpose.BACKUP, retention_days=30)},
            "distributions": {"shop": distribution(origin=S3Origin(bucket="dumps"))},
        },
        (
            f"{LOCK} is the bucket 'dumps' for backup, which is not for everybody; choose one for"
            " media or static [NotToBeServed]"
        ),
    ),
    "an unknown load balancer": (
        {"distributions": {"shop": distribution(origin=VpcOrigin(load_balancer="api"))}},
        (
            f"{LOCK} names the load balancer 'api', and the environment has public, private, open,"
            " office; choose one of those, or add it to the environment [NotInEnvironment]"
        ),
    ),
    "a load balancer that everybody reaches": (
        {"distributions": {"shop": distribution(origin=AlbOrigin(load_balancer="open"))}},
        (
            f"{LOCK} leads to the load balancer 'open', which others than CloudFront reach too; give"
            " it sources=('cloudfront',) [NotLocked]"
        ),
    ),
    "an internal load balancer that the office reaches": (
        {"distributions": {"shop": distribution(origin=VpcOrigin(load_balancer="office"))}},
        (
            f"{LOCK} leads to the load balancer 'office', which others than CloudFront reach too;"
            " give it sources=('cloudfront',) [NotLocked]"
        ),
    ),
    "an external one where an internal one is meant": (
        {"distributions": {"shop": distribution(origin=VpcOrigin(load_balancer="public"))}},
        (
            f"{LOCK} is of the kind VpcOrigin, and the load balancer 'public' is external; write"
            " AlbOrigin, or give the load balancer internal=True [OriginKind]"
        ),
    ),
    "an internal one where an external one is meant": (
        {"distributions": {"shop": distribution(origin=AlbOrigin(load_balancer="private"))}},
        (
            f"{LOCK} is of the kind AlbOrigin, and the load balancer 'private' is internal; write"
            " VpcOrigin, or give the load balancer internal=False [OriginKind]"
        ),
    ),
    "a host that the load balancer has no certificate for": (
        {"distributions": {"shop": distribution(f"a.b.{DOMAIN}")}},
        (
            f"{LOCK} is called as a.b.shop.example.com, and the load balancer's certificate is for"
            " shop.example.com and *.shop.example.com; use a host one level below the domain"
            " [HostWithoutCertificate]"
        ),
    ),
    "a name of its own that the load balancer has no certificate for": (
        {
            "distributions": {
                "shop": distribution(
                    origin=AlbOrigin(
                        load_balancer="public", keeps_host=False, domain="lb.example.org"
                    )
                )
            }
        },
        (
            f"{LOCK} is called as lb.example.org, and the load balancer's certificate is for"
            " shop.example.com and *.shop.example.com; use a host one level below the domain"
            " [HostWithoutCertificate]"
        ),
    ),
}


@pytest.mark.parametrize("case", BAD)
def test_refuses_what_does_not(case: str) -> None:
    """One sentence: what is named, what there is, and what to write."""
    fields, sentence = BAD[case]

    assert said(**fields) == [sentence]


def at(*hosts: str, balancer: str = "public", priority: int = 100) -> ServiceRoute:
    """Return a route."""
    return ServiceRoute(load_balancer=balancer, hosts=hosts, priority=priority)


OWN_NAME = AlbOrigin(load_balancer="public", keeps_host=False, domain=API)
REACHED: dict[str, dict[str, Any]] = {
    "by its alias": {"services": {"shop": web(route=at("shop"))}},
    "by a wildcard": {
        "distributions": {"shop": distribution(f"*.{DOMAIN}")},
        "services": {"shop": web(route=at("api", "shop"))},
    },
    "by the domain itself": {
        "distributions": {"shop": distribution(DOMAIN)},
        "services": {"shop": web(route=at("@"))},
    },
    "by the load balancer's own name": {
        "distributions": {"shop": distribution(origin=OWN_NAME)},
        "services": {"shop": web(route=at("api"))},
    },
    "inside the VPC": {
        "distributions": {"shop": distribution(origin=VpcOrigin(load_balancer="private"))},
        "services": {"shop": web(route=at("shop", balancer="private"))},
    },
    "without CloudFront": {"services": {"shop": web(route=at("api", balancer="open"))}},
    "by nobody but colleagues": {"services": {"shop": web(route=at("api", balancer="office"))}},
    "by nobody, as a worker": {"services": {"mail": worker()}},
}


@pytest.mark.parametrize("case", REACHED)
def test_takes_services_that_viewers_reach(case: str) -> None:
    """A viewer who types the host comes to the service's load balancer."""
    assert edge(**REACHED[case]).problems() == []


BEHIND = "behind the load balancer 'public', which only CloudFront reaches"
UNREACHABLE: dict[str, tuple[dict[str, Any], str]] = {
    "no distribution": (
        {"distributions": {}, "services": {"shop": web(route=at("shop"))}},
        (
            f"services['shop'] is at {SHOP} {BEHIND}, and no distribution answers for that host; add"
            " it to the aliases of the one that leads there [Unreachable]"
        ),
    ),
    "one of two hosts": (
        {"services": {"shop": web(route=at("shop", "api"))}},
        (
            f"services['shop'] is at {API} {BEHIND}, and no distribution answers for that host; add"
            " it to the aliases of the one that leads there [Unreachable]"
        ),
    ),
    "a distribution that leads elsewhere": (
        {
            "distributions": {"shop": distribution(origin=VpcOrigin(load_balancer="private"))},
            "services": {"shop": web(route=at("shop"))},
        },
        (
            f"services['shop'] is at {SHOP} behind the load balancer 'public', and"
            " distributions['shop'], which answers for that host, does not lead there; give the"
            " service a load balancer or a host that it leads to [Unreachable]"
        ),
    ),
    "a distribution of buckets, before a load balancer for everybody": (
        {
            "distributions": {"shop": distribution(origin=S3Origin(bucket="media"))},
            "services": {"shop": web(route=at("shop", balancer="open"))},
        },
        (
            f"services['shop'] is at {SHOP} behind the load balancer 'open', and"
            " distributions['shop'], which answers for that host, does not lead there; give the"
            " service a load balancer or a host that it leads to [Unreachable]"
        ),
    ),
    "a longer name that takes the host from a wildcard": (
        {
            "distributions": {
                "every": distribution(f"*.{DOMAIN}"),
                "api": distribution(API, origin=S3Origin(bucket="media")),
            },
            "services": {"shop": web(route=at("api", "shop"))},
        },
        (
            f"services['shop'] is at {API} behind the load balancer 'public', and"
            " distributions['api'], which answers for that host, does not lead there; give the"
            " service a load balancer or a host that it leads to [Unreachable]"
        ),
    ),
    "a load balancer that is called by another name": (
        {
            "distributions": {"shop": distribution(origin=OWN_NAME)},
            "services": {"shop": web(route=at("shop"))},
        },
        (
            f"services['shop'] is at {SHOP} behind the load balancer 'public', and"
            " distributions['shop'], which answers for that host, does not lead there; give the"
            " service a load balancer or a host that it leads to [Unreachable]"
        ),
    ),
}


@pytest.mark.parametrize("case", UNREACHABLE)
def test_refuses_services_that_no_viewer_reaches(case: str) -> None:
    """What is at the edge and what is behind it agree on each host."""
    fields, sentence = UNREACHABLE[case]

    assert said(**fields) == [sentence]


def test_an_unknown_load_balancer_of_a_service_is_said_once() -> None:
    """The services' own check has said it."""
    assert [it.code for it in problems(services={"a": web(route=at("api", balancer="x"))})] == [
        "NotInEnvironment"
    ]


def test_the_line_is_that_of_what_has_to_change() -> None:
    """Of the distribution, the web ACL, the route; or of the environment's field."""
    shop = distribution(origin=S3Origin(bucket="media")).evolve(
        aliases=("a.example.org",),
        origins={"it": S3Origin(bucket="medium")},
    )
    web_acl = WEB_ACL.evolve(scope=Scope.REGIONAL)
    service = web().evolve(route=at("api"))

    found = {
        it.code: it.where
        for it in problems(distributions={"shop": shop}, web_acl=web_acl, services={"api": service})
    }

    assert found == {
        "OutsideDomain": shop.written_at("aliases"),
        "NotInEnvironment": shop.written_at("origins"),
        "WebAclScope": web_acl.written_at("scope"),
        "Unreachable": service.written_at("route"),
    }
    assert shop.written_at("aliases") != shop.written_at("description")
    assert web_acl.written_at("scope") != web_acl.written_at("mode")
    assert service.written_at("route") != service.written_at("task")


@pytest.mark.parametrize(
    "changes",
    [{"region": "eu-west-1"}, {"distributions": {}, "web_acl": WEB_ACL}],
    ids=["Region", "web ACL"],
)
def test_where_no_part_is_wrong_the_line_is_that_of_the_environment(
    changes: dict[str, Any],
) -> None:
    """Of the call that put the parts together."""
    right = edge()

    with pytest.raises(PlatformError) as refused:
        right.evolve(**changes)

    (problem,) = refused.value.problems
    assert isinstance(problem.where, Location)
    assert problem.where.path == __file__


@pytest.mark.parametrize(
    ("host", "name"),
    [
        (API, "api"),
        (SHOP, "every"),
        (f"a.b.{DOMAIN}", "every"),
        (DOMAIN, None),
        ("example.com", None),
        (f"x{DOMAIN}", None),
    ],
)
def test_the_longest_name_answers_for_a_host(host: str, name: str | None) -> None:
    """A wildcard is for all that is below it, at any level, and for nothing else."""
    found = {"every": distribution(f"*.{DOMAIN}"), "api": distribution(API)}

    assert distribution_at(host, found) == name
    assert distribution_at(host, dict(reversed(found.items()))) == name


def test_a_bucket_alone_can_be_served() -> None:
    """Without services, their cluster and their load balancers."""
    media = {"shop": distribution(origin=S3Origin(bucket="media"))}

    assert edge(cluster=None, email=None, load_balancers={}, distributions=media).problems() == []

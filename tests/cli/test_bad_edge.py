"""What is wrong with a distribution or a web ACL is refused in one sentence, at its author's line."""

from __future__ import annotations

import pytest

from tests.cli.conftest import ACCOUNTS, DEV, Done, Shop
from tests.cli.test_bad_services import line_of

EDGE_ACCOUNTS = (
    ACCOUNTS.replace("eu-central-1", "us-east-1")
    .replace(
        "from platform_lib.environment",
        "from platform_lib.dns.config import HostedZoneConfig\nfrom platform_lib.environment",
    )
    .replace(
        "    tags=TAGS,\n",
        '    zones={"main": HostedZoneConfig(domain="example.com")},\n    tags=TAGS,\n',
    )
)

PARTS = """\
    domain="shop.example.com",
    cluster=ClusterConfig(),
    buckets={"media": BucketConfig(purpose=Purpose.MEDIA)},
    load_balancers={
        "api": LoadBalancerConfig(sources=("cloudfront",)),
        "office": LoadBalancerConfig(sources=("10.0.0.0/8",), internal=True),
    },
    distributions={
        "shop": DistributionConfig(
            description="The shop",
            aliases=("api.shop.example.com",),
            origins={
                "api": AlbOrigin(load_balancer="api"),
                "media": S3Origin(bucket="media"),
            },
            behaviours=(
                BehaviourConfig(
                    path="/graphql/*",
                    origin="api",
                    cache_policy=ManagedCachePolicy.CACHING_DISABLED,
                    methods=Methods.ALL,
                ),
                presets.media("media"),
                presets.thumbnails("media"),
            ),
            default=presets.api("api"),
        ),
    },
    web_acl=WebAclConfig(
        scope=Scope.CLOUDFRONT,
        large_bodies="refused",
        rules={
            **BASELINE,
            "logins": RateRule(priority=10, limit=100, path="/login"),
        },
    ),
)
"""

EDGE = (
    "from platform_lib.acm.config import CertificateConfig\n"
    "from platform_lib.alb.config import LoadBalancerConfig\n"
    "from platform_lib.cloudfront import presets\n"
    "from platform_lib.cloudfront.behaviours import BehaviourConfig, Forward, Methods\n"
    "from platform_lib.cloudfront.config import DistributionConfig\n"
    "from platform_lib.cloudfront.managed import ManagedCachePolicy, ManagedOriginRequestPolicy\n"
    "from platform_lib.cloudfront.origins import AlbOrigin, S3Origin, VpcOrigin\n"
    "from platform_lib.ecs.config import ClusterConfig\n"
    "from platform_lib.s3.config import BucketConfig, Purpose\n"
    "from platform_lib.waf.config import BASELINE, Mode, Scope, WebAclConfig\n"
    "from platform_lib.waf.managed_groups import ManagedGroup\n"
    "from platform_lib.waf.rules import ManagedGroupRule, RateRule\n"
    + DEV.replace("eu-central-1", "us-east-1")
    .replace("endpoints=()", 'ipv6=True, endpoints=("ecs",)')
    .removesuffix(")\n")
    + PARTS
)


@pytest.fixture
def edge(shop: Shop) -> Shop:
    """Return a project with a distribution and a web ACL that are right."""
    shop.write("environments/accounts.py", EDGE_ACCOUNTS)
    shop.write("environments/dev.py", EDGE)
    return shop


def check(shop: Shop, text: str) -> Done:
    """Run `platformctl check` with this environment."""
    shop.write("environments/dev.py", text)
    return shop.run("check")


def test_the_edge_is_right(edge: Shop) -> None:
    """What the tests below make wrong is right before."""
    done = check(edge, EDGE)

    assert (done.code, done.err) == (0, "")


DISTRIBUTION = '"shop": DistributionConfig('
WEB_ACL = "web_acl=WebAclConfig("
GRAPHQL = "cache_policy=ManagedCachePolicy.CACHING_DISABLED"
KEPT = "cache_policy=ManagedCachePolicy.CACHING_OPTIMIZED"
API, FRANKFURT = '"api.shop.example.com",', '"eu-central-1"'
GROUPS = ", ".join(
    f'"{it.lower().replace("_", "-")}": ManagedGroupRule(priority={place}, group=ManagedGroup.{it})'
    for place, it in enumerate(("LINUX", "POSIX", "ADMIN_PROTECTION"), 600)
)
ANOTHER_LOGIN = '"signups": RateRule(priority=10, limit=100, path="/signup"),'

BAD: dict[str, tuple[str, str, str, str]] = {
    # what is replaced, by what, where what is shown begins, and what is said
    "a behaviour that never gets a request": (
        'presets.thumbnails("media")',
        'presets.thumbnails("media", path="/media/thumbnail/*")',
        DISTRIBUTION,
        ("DistributionConfig: the behaviour '/media/thumbnail/*' never gets a request, because"
        " '/media/*' before it takes them all; put it first, or leave one out"),
    ),
    "a path that two behaviours have": (
        'presets.thumbnails("media")',
        'presets.thumbnails("media", path="media/*")',
        DISTRIBUTION,
        ("DistributionConfig: behaviours has 'media/*' twice; the first one takes every request, so"
        " leave one out"),
    ),
    "AllViewer for a bucket": (
        'presets.media("media")',
        'presets.media("media").evolve(origin_request_policy=ManagedOriginRequestPolicy.ALL_VIEWER)',
        DISTRIBUTION,
        ("DistributionConfig: the behaviour '/media/*' sends the viewer's Host to the bucket"
        " 'media', which answers 403 to it; use Forward.ALL, which chooses what a bucket"
        " understands, or CORS_S3_ORIGIN"),
    ),
    "GraphQL that is kept": (
        GRAPHQL,
        KEPT + ", origin_request_policy=Forward.KEY",
        DISTRIBUTION,
        ("DistributionConfig: the behaviour '/graphql/*' keeps answers and is for GraphQL, which"
        " answers each user differently at one path; and keeps those marked private or no-store for"
        " 1 s (min_ttl_seconds); use ManagedCachePolicy.CACHING_DISABLED, or a policy of its own"
        " with min_ttl_seconds=0 and Forward.KEY, or say in waiver why viewers may share answers"),
    ),
    "GraphQL that is kept, with a word for a waiver": (
        GRAPHQL,
        KEPT + ', origin_request_policy=Forward.KEY, waiver="fine"',
        'waiver="fine"',
        ("BehaviourConfig: waiver: 'fine' is not a reason that a reviewer understands; write a"
        " sentence of three words or more"),
    ),
    "an alias outside the certificate": (
        'aliases=("api.shop.example.com",),',
        'aliases=("api.shop.example.com",), certificate=CertificateConfig(domain="shop.example.com"),',
        DISTRIBUTION,
        ("DistributionConfig: aliases has api.shop.example.com, which the certificate for"
        " shop.example.com is not good for; add it to the certificate's alternatives, or leave out"
        " certificate"),
    ),
    "a certificate of another Region": (
        'aliases=("api.shop.example.com",),',
        f"aliases=({API}), certificate=CertificateConfig(domain={API} region={FRANKFURT}),",
        'region="eu-central-1"',
        ("CertificateConfig: unknown field 'region'; allowed: domain, alternatives, key_algorithm"),
    ),
    "a path that CloudFront refuses": (
        'path="/graphql/*"',
        'path="/graphql query/*"',
        'path="/graphql query/*"',
        ("BehaviourConfig: path: '/graphql query/*' is not a path pattern that CloudFront takes; use"
        " 1 to 255 letters, digits and _-.$/~\"'@:+& with * for any characters and ? for one, as in"
        " '/media/*', and leave out query strings and escapes such as %20"),
    ),
    "a path without characters": (
        'path="/graphql/*"',
        'path=""',
        'path=""',
        ("BehaviourConfig: path: '' is not a path pattern that CloudFront takes; use"
        " 1 to 255 letters, digits and _-.$/~\"'@:+& with * for any characters and ? for one, as in"
        " '/media/*', and leave out query strings and escapes such as %20"),
    ),
    "rules over the limit of capacity": (
        "**BASELINE,",
        f"**BASELINE, {GROUPS},",
        WEB_ACL,
        ("WebAclConfig: rules take 1549 capacity units and capacity_limit is 1500: core 700,"
        " known-bad-inputs 200, linux 200, sql-injection 200, admin-protection 100, posix 100,"
        " ip-reputation 25, logins 24; leave rules out, or raise the limit up to 5000, which costs"
        " more per request above 1500"),
    ),
    "two rules of one priority": (
        "**BASELINE,",
        f"**BASELINE, {ANOTHER_LOGIN}",
        WEB_ACL,
        ("WebAclConfig: rules signups and logins have the priority 10; give each its own, as AWS WAF"
        " asks them in that order"),
    ),
    "a path of a rule that is none": (
        'path="/login"',
        'path="/login*"',
        "RateRule(",
        ("RateRule: path: '/login*' is not a path here; start it with one slash and write what"
        " follows, without * and %, as in '/graphql/'"),
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", BAD)
def test_it_is_refused_at_its_line(edge: Shop, case: str) -> None:
    """Exit 2, the line of the part that has to change, and nothing else is said."""
    right, wrong, begin, sentence = BAD[case]
    assert EDGE.count(right) == 1
    text = EDGE.replace(right, wrong)

    done = check(edge, text)

    assert done.problems == [f"environments/dev.py:{line_of(begin, text)}: {sentence}"]
    assert done.code == 2


OF_THE_ENVIRONMENT: dict[str, tuple[str, str, str, str]] = {
    # as above; these hold one part of the environment against another
    "alarms and certificates of another Region": (
        'region="us-east-1"',
        'region="eu-central-1"',
        "ENVIRONMENT = ",
        ("distributions has shop, whose metrics are in us-east-1, and the environment's alerts are"
        " in eu-central-1, where no alarm can hear of them; put the distributions into an"
        " environment of us-east-1 [AlertsElsewhere]"),
    ),
    "an alias of another domain": (
        'aliases=("api.shop.example.com",)',
        'aliases=("api.shop.example.com", "shop.example.org")',
        DISTRIBUTION,
        ("distributions['shop'] has the alias shop.example.org, and the environment's domain is"
        " shop.example.com; use a name below it [OutsideDomain]"),
    ),
    "an unknown bucket": (
        'S3Origin(bucket="media")',
        'S3Origin(bucket="medium")',
        DISTRIBUTION,
        ("distributions['shop'].origins['media'] names the bucket 'medium', and the environment has"
        " media; choose one of those, or add it to the environment [NotInEnvironment]"),
    ),
    "a load balancer that everybody reaches": (
        '"api": LoadBalancerConfig(sources=("cloudfront",))',
        '"api": LoadBalancerConfig(sources=("everybody",))',
        DISTRIBUTION,
        ("distributions['shop'].origins['api'] leads to the load balancer 'api', which others than"
        " CloudFront reach too; give it sources=('cloudfront',) [NotLocked]"),
    ),
    "an internal load balancer": (
        'AlbOrigin(load_balancer="api")',
        'AlbOrigin(load_balancer="office")',
        DISTRIBUTION,
        ("distributions['shop'].origins['api'] is of the kind AlbOrigin, and the load balancer"
        " 'office' is internal; write VpcOrigin, or give the load balancer internal=False"
        " [OriginKind]"),
    ),
    "a web ACL for load balancers": (
        "scope=Scope.CLOUDFRONT",
        "scope=Scope.REGIONAL",
        WEB_ACL,
        ("web_acl has scope=REGIONAL, and the environment's is for distributions; write"
        " scope=Scope.CLOUDFRONT [WebAclScope]"),
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", OF_THE_ENVIRONMENT)
def test_what_contradicts_the_environment_is_refused(edge: Shop, case: str) -> None:
    """The line is that of the part, or of the environment where several parts are meant."""
    right, wrong, begin, sentence = OF_THE_ENVIRONMENT[case]
    text = EDGE.replace(right, wrong)

    done = check(edge, text)

    assert f"environments/dev.py:{line_of(begin, text)}: {sentence}" in done.problems
    assert done.code == 2


def test_a_web_acl_without_distributions_is_refused(edge: Shop) -> None:
    """It would cost money and look at nothing."""
    begin, end = EDGE.index("    distributions={\n"), EDGE.index("    web_acl=")

    text = EDGE[:begin] + EDGE[end:]

    assert check(edge, text).problems == [
        (
            f"environments/dev.py:{line_of('ENVIRONMENT = ', text)}: web_acl protects distributions,"
            " and the environment has none; leave it out, or give it distributions [NoDistribution]"
        )
    ]


def test_all_that_is_wrong_is_said_at_once(edge: Shop) -> None:
    """Whoever corrects one thing is not told of the next."""
    text = (
        EDGE.replace('S3Origin(bucket="media")', 'S3Origin(bucket="medium")')
        .replace("scope=Scope.CLOUDFRONT", "scope=Scope.REGIONAL")
        .replace('aliases=("api.', 'aliases=("a.b.')
    )

    assert [it.rpartition(" ")[2] for it in check(edge, text).problems] == [
        "[WebAclScope]",
        "[HostWithoutCertificate]",
        "[NotInEnvironment]",
    ]

"""Distribution: what is answered from where, by which name, and who hears of it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import cdktf
import pytest

from platform_lib.acm.config import CertificateConfig
from platform_lib.alerts.alerts import Alerts
from platform_lib.alerts.config import AlertsConfig
from platform_lib.cloudfront import presets
from platform_lib.cloudfront.behaviours import BehaviourConfig, Methods
from platform_lib.cloudfront.config import (
    Countries,
    DistributionAlarms,
    ErrorPage,
    FunctionConfig,
)
from platform_lib.cloudfront.distribution import Distribution
from platform_lib.cloudfront.managed import ManagedCachePolicy
from platform_lib.cloudfront.origins import AlbOrigin, S3Origin
from platform_lib.cloudfront.policies import (
    CachePolicyConfig,
    CorsHeaders,
    OriginRequestPolicyConfig,
    ResponseHeadersPolicyConfig,
    all_and,
    all_except,
    only,
)
from platform_lib.core.stack import PlatformStack
from platform_lib.environment import Environment
from platform_lib.errors import PlatformError
from platform_lib.kms.config import KeyConfig
from platform_lib.kms.key import Key
from platform_lib.s3.config import Purpose
from platform_lib.testing.template import Block, Template
from tests.constructs.distribution_world import DistributionWorld, bucket_only


@pytest.fixture
def world(environment: Environment, tmp_path: Path) -> DistributionWorld:
    """Return an environment with everything that a distribution needs."""
    return DistributionWorld(environment, tmp_path)


def _synth(world: DistributionWorld, **config: Any) -> Block:
    world.distribution(**config)
    return world.template().only("aws_cloudfront_distribution")


def _records(world: DistributionWorld, *, alias: bool) -> list[Block]:
    """Return the records that lead to a distribution, or those that prove certificates."""
    records = world.template().all("aws_route53_record").values()
    return [it for it in records if ("alias" in it) is alias]


def test_it_is_strict_and_modern(world: DistributionWorld) -> None:
    """HTTP/3, IPv6, one version of TLS, and no plain HTTP anywhere."""
    distribution = _synth(world)

    behaviours = [distribution["default_cache_behavior"], *distribution["ordered_cache_behavior"]]
    assert distribution["enabled"] is True
    assert distribution["comment"] == "Shop"
    assert distribution["tags"] == {"Name": "shop-prod-saleor"}
    assert distribution["http_version"] == "http2and3"
    assert distribution["is_ipv6_enabled"] is True
    assert distribution["viewer_certificate"]["minimum_protocol_version"] == "TLSv1.2_2021"
    assert distribution["viewer_certificate"]["ssl_support_method"] == "sni-only"
    assert {it["viewer_protocol_policy"] for it in behaviours} == {"redirect-to-https"}
    assert {tuple(it["cached_methods"]) for it in behaviours} == {("GET", "HEAD")}
    assert distribution["wait_for_deployment"] is True
    assert distribution["lifecycle"] == {"prevent_destroy": True}
    assert "logging_config" not in distribution


def test_http3_ipv6_and_waiting_can_be_left_out(world: DistributionWorld) -> None:
    """Each is a field."""
    distribution = _synth(
        world, http3=False, ipv6=False, waits_for_deployment=False, price_class="PriceClass_100"
    )

    assert distribution["http_version"] == "http2"
    assert distribution["is_ipv6_enabled"] is False
    assert distribution["wait_for_deployment"] is False
    assert distribution["price_class"] == "PriceClass_100"
    assert {it["type"] for it in _records(world, alias=True)} == {"A"}


def test_behaviours_keep_their_order(world: DistributionWorld) -> None:
    """The first match wins; compression and methods are each behaviour's."""
    ordered = _synth(world)["ordered_cache_behavior"]

    assert [(it["path_pattern"], it["target_origin_id"]) for it in ordered] == [
        ("/graphql/*", "api"),
        ("/static/*", "static"),
        ("/thumbnail/*", "media"),
        ("/media/*", "media"),
        ("/.well-known/jwks.json", "api"),
    ]
    assert ordered[0]["allowed_methods"] == [*Methods.ALL.names]
    assert ordered[1]["allowed_methods"] == ["GET", "HEAD"]
    assert {it["compress"] for it in ordered} == {True}


def test_the_kind_of_an_origin_chooses_what_it_gets(world: DistributionWorld) -> None:
    """A load balancer gets everything with its host, or the host alone; a bucket gets nothing."""
    distribution = _synth(world)

    sent = {
        it["path_pattern"]: it.get("origin_request_policy_id")
        for it in distribution["ordered_cache_behavior"]
    }
    assert sent == {
        "/graphql/*": "216adef6-5c7f-47e4-b989-5492eafa07d3",
        "/static/*": None,
        "/thumbnail/*": None,
        "/media/*": None,
        "/.well-known/jwks.json": "bf0718e1-ba1e-49d1-88b1-f726733018ae",
    }
    kept = {
        it["path_pattern"]: it["cache_policy_id"] for it in distribution["ordered_cache_behavior"]
    }
    assert kept["/graphql/*"] == ManagedCachePolicy.CACHING_DISABLED.value
    assert kept["/static/*"] == ManagedCachePolicy.CACHING_OPTIMIZED.value


def test_uncompressed_behaviours_stay_so(world: DistributionWorld) -> None:
    """Compression is a field of a behaviour."""
    default = presets.media("media", path="*").evolve(compress=False)

    distribution = _synth(world, **bucket_only(default=default))

    assert distribution["default_cache_behavior"]["compress"] is False
    assert distribution["ordered_cache_behavior"] == []


def test_its_certificate_is_for_its_aliases(world: DistributionWorld) -> None:
    """And CloudFront uses it only once it is issued."""
    distribution = _synth(world, **bucket_only(aliases=("shop.example.com", "www.example.com")))

    certificate = world.template().only("aws_acm_certificate")
    assert certificate["domain_name"] == "shop.example.com"
    assert certificate["subject_alternative_names"] == ["www.example.com"]
    assert distribution["viewer_certificate"]["acm_certificate_arn"].startswith(
        "${aws_acm_certificate_validation.Saleor_Certificate_"
    )
    assert distribution["aliases"] == ["shop.example.com", "www.example.com"]


def test_each_alias_leads_to_it_in_both_versions(world: DistributionWorld) -> None:
    """Route 53 cannot ask CloudFront for its health."""
    world.distribution(**bucket_only(aliases=("shop.example.com", "*.shop.example.com")))

    records = _records(world, alias=True)
    assert {(it["name"], it["type"]) for it in records} == {
        (name, kind)
        for name in ("shop.example.com", "*.shop.example.com")
        for kind in ("A", "AAAA")
    }
    assert {it["alias"]["evaluate_target_health"] for it in records} == {False}
    assert {it["alias"]["zone_id"] for it in records} == {
        "${aws_cloudfront_distribution.Saleor_7F7EAED8.hosted_zone_id}"
    }


def test_an_alias_outside_the_zone_is_refused(world: DistributionWorld) -> None:
    """Nobody would find it."""
    with pytest.raises(PlatformError, match=r"'shop.example.org' is not in the zone"):
        world.distribution(**bucket_only(aliases=("shop.example.org",)))


def test_everything_of_cloudfront_is_in_us_east_1(environment: Environment, tmp_path: Path) -> None:
    """Certificate, alarm and logs are made by a provider of that Region; the rest is not."""
    abroad = environment.evolve(region="eu-central-1")
    world = DistributionWorld(abroad, tmp_path)
    american = PlatformStack(
        world.app, "alerts", target=environment.evolve(name="shop-global", region="us-east-1")
    )
    key = Key(american, "Data", config=KeyConfig(description="Data"))
    world.alerts = Alerts(american, "Alerts", config=AlertsConfig(), key=key)

    world.distribution(**bucket_only())

    resources = world.template().json["resource"]
    elsewhere = {
        kind
        for kind, blocks in resources.items()
        if {block.get("provider") for block in blocks.values()} == {"aws.us_east_1"}
    }
    assert elsewhere == {
        "aws_acm_certificate",
        "aws_acm_certificate_validation",
        "aws_cloudwatch_log_delivery",
        "aws_cloudwatch_log_delivery_destination",
        "aws_cloudwatch_log_delivery_source",
        "aws_cloudwatch_metric_alarm",
    }
    others = {
        block.get("provider")
        for kind in set(resources) - elsewhere
        for block in resources[kind].values()
    }
    assert others == {None}


def test_alerts_of_another_region_are_refused(environment: Environment, tmp_path: Path) -> None:
    """An alarm publishes only to topics of its own Region."""
    world = DistributionWorld(environment.evolve(region="eu-central-1"), tmp_path)

    with pytest.raises(PlatformError) as refused:
        world.distribution(**bucket_only())

    assert str(refused.value) == (
        "shop-prod-edge/Saleor: the metrics of CloudFront are in us-east-1, and"
        " 'shop-prod-data/Alerts' is in eu-central-1, where their alarms cannot publish to it; give"
        " alerts of us-east-1 [AlertsElsewhere]"
    )


def test_its_errors_wake_somebody(world: DistributionWorld) -> None:
    """A share of all answers, so that traffic does not matter."""
    world.distribution(**bucket_only(alarms=DistributionAlarms(server_errors_percent=5)))

    alarm = world.template().only("aws_cloudwatch_metric_alarm")
    assert alarm["alarm_name"] == "shop-prod-saleor-server-errors-p1"
    assert (alarm["namespace"], alarm["metric_name"]) == ("AWS/CloudFront", "5xxErrorRate")
    assert alarm["dimensions"] == {
        "DistributionId": "${aws_cloudfront_distribution.Saleor_7F7EAED8.id}",
        "Region": "Global",
    }
    assert (alarm["threshold"], alarm["period"], alarm["evaluation_periods"]) == (5, 300, 3)
    assert alarm["treat_missing_data"] == "notBreaching"


def test_each_request_is_recorded_without_cookies(world: DistributionWorld) -> None:
    """Cookies hold sessions; whoever reads logs must not have those."""
    world.distribution(**bucket_only())

    template = world.template()
    delivery = template.only("aws_cloudwatch_log_delivery")
    source = template.only("aws_cloudwatch_log_delivery_source")
    destination = template.only("aws_cloudwatch_log_delivery_destination")
    assert (source["log_type"], source["name"]) == ("ACCESS_LOGS", "shop-prod-saleor")
    assert source["resource_arn"] == "${aws_cloudfront_distribution.Saleor_7F7EAED8.arn}"
    assert destination["output_format"] == "json"
    assert "aws_s3_bucketLogs" in json.dumps(destination["delivery_destination_configuration"])
    assert {"date", "cs-uri-stem", "sc-status", "c-ip"} < {*delivery["record_fields"]}
    assert "cs(Cookie)" not in delivery["record_fields"]
    assert "s3_delivery_configuration" not in delivery


@pytest.mark.parametrize("apart", [True, False])
def test_logs_wait_for_the_buckets_policy(
    environment: Environment, tmp_path: Path, *, apart: bool
) -> None:
    """Where both are in one stack; a bucket of an earlier one is there already."""
    world = DistributionWorld(environment, tmp_path, apart=apart)

    world.distribution(**bucket_only())

    delivery = world.template().only("aws_cloudwatch_log_delivery")
    own = ["aws_s3_bucket_policy.Logs_Policy_0AE5C130"]
    assert delivery.get("depends_on") == (None if apart else own)


def test_a_bucket_for_other_logs_is_refused(world: DistributionWorld) -> None:
    """Its policy would refuse the first record."""
    world.logs = world.bucket("Records", Purpose.ACCESS_LOGS)

    with pytest.raises(PlatformError) as refused:
        world.distribution(**bucket_only())

    assert str(refused.value) == (
        "shop-prod-edge/Saleor: 'shop-prod-data/Records' is a bucket for access-logs, so AWS's log"
        " delivery cannot write to it; give one for logs [NotForTheseLogs]"
    )


class _WebAcl:
    """A web ACL that is there, or stands by."""

    def __init__(self, arn: str | None) -> None:
        self.distribution_arn = arn


@pytest.mark.parametrize("arn", ["arn:aws:wafv2:us-east-1:111111111111:global/webacl/a/b", None])
def test_a_web_acl_looks_first_unless_it_stands_by(
    world: DistributionWorld, arn: str | None
) -> None:
    """Which of both it does is the web ACL's."""
    world.distribution(web_acl=_WebAcl(arn), **bucket_only())

    distribution = world.template().only("aws_cloudfront_distribution")
    assert distribution.get("web_acl_id") == arn


def test_without_a_web_acl_nothing_looks(world: DistributionWorld) -> None:
    """It is an option."""
    assert "web_acl_id" not in _synth(world, **bucket_only())


def test_error_pages_and_countries(world: DistributionWorld) -> None:
    """Each error has its time and its page; countries are let in or kept out."""
    pages = (
        ErrorPage(code=404, cache_seconds=5, path="/404.html", response_code=404),
        ErrorPage(code=503),
    )

    distribution = _synth(
        world,
        **bucket_only(error_pages=pages, countries=Countries(kind="allow", codes=("FR", "DE"))),
    )

    assert distribution["custom_error_response"] == [
        {
            "error_code": 404,
            "error_caching_min_ttl": 5,
            "response_page_path": "/404.html",
            "response_code": 404,
        },
        {"error_code": 503, "error_caching_min_ttl": 10},
    ]
    assert distribution["restrictions"]["geo_restriction"] == {
        "restriction_type": "whitelist",
        "locations": ["DE", "FR"],
    }


def test_countries_can_be_kept_out(world: DistributionWorld) -> None:
    """All others are let in; without countries everybody is."""
    kept_out = _synth(world, **bucket_only(countries=Countries(kind="deny", codes=("DE",))))

    assert kept_out["restrictions"]["geo_restriction"] == {
        "restriction_type": "blacklist",
        "locations": ["DE"],
    }


def test_functions_see_requests_and_answers(world: DistributionWorld) -> None:
    """They are published, and what Terraform would read as its own reaches CloudFront as it is."""
    code = "function handler(event) { var a = `${event.request.uri}%{x}`; return event.request }"
    functions = {"rewrite": FunctionConfig(description="Rewrites", code=code)}
    default = presets.media("media", path="*").evolve(
        viewer_request="rewrite", viewer_response="rewrite"
    )

    distribution = _synth(world, **bucket_only(functions=functions, default=default))

    function = world.template().only("aws_cloudfront_function")
    assert function["name"] == "shop-prod-saleor-rewrite"
    assert (function["runtime"], function["publish"]) == ("cloudfront-js-2.0", True)
    assert "`$${event.request.uri}%%{x}`" in function["code"]
    assert function["lifecycle"] == {"create_before_destroy": True}
    found = distribution["default_cache_behavior"]["function_association"]
    assert {it["event_type"] for it in found} == {"viewer-request", "viewer-response"}
    assert len({it["function_arn"] for it in found}) == 1
    assert found[0]["function_arn"].startswith("${aws_cloudfront_function.Saleor_FunctionRewrite_")


def _own(**policies: Any) -> BehaviourConfig:
    return BehaviourConfig(
        origin="media",
        **({"cache_policy": ManagedCachePolicy.CACHING_OPTIMIZED} | policies),
    )


def test_a_cache_policy_of_its_own(world: DistributionWorld) -> None:
    """Times, key and compression as they are written; the successor is made first."""
    policy = CachePolicyConfig(
        name="pictures",
        min_ttl_seconds=1,
        default_ttl_seconds=60,
        max_ttl_seconds=600,
        headers=only("Accept"),
        query_strings=all_except("utm", "a"),
        compression=("gzip",),
    )

    distribution = _synth(world, **bucket_only(default=_own(cache_policy=policy)))

    made = world.template().only("aws_cloudfront_cache_policy")
    assert made["name"] == "shop-prod-saleor-pictures-cache"
    assert (made["min_ttl"], made["default_ttl"], made["max_ttl"]) == (1, 60, 600)
    assert made["parameters_in_cache_key_and_forwarded_to_origin"] == {
        "enable_accept_encoding_brotli": False,
        "enable_accept_encoding_gzip": True,
        "headers_config": {"header_behavior": "whitelist", "headers": {"items": ["Accept"]}},
        "cookies_config": {"cookie_behavior": "none"},
        "query_strings_config": {
            "query_string_behavior": "allExcept",
            "query_strings": {"items": ["a", "utm"]},
        },
    }
    assert made["lifecycle"] == {"create_before_destroy": True}
    used = distribution["default_cache_behavior"]["cache_policy_id"]
    assert used.startswith("${aws_cloudfront_cache_policy.Saleor_CachePictures_")


def test_behaviours_share_a_policy(world: DistributionWorld) -> None:
    """CloudFront has a quota of them."""
    catalog = presets.catalog_api("api", path="/catalog/*")
    products = presets.catalog_api("api", path="/products/*")

    world.distribution(
        origins={"api": AlbOrigin(load_balancer="public")}, behaviours=(catalog, products)
    )

    distribution = world.template().only("aws_cloudfront_distribution")
    key = world.template().only("aws_cloudfront_cache_policy")[
        "parameters_in_cache_key_and_forwarded_to_origin"
    ]
    assert key["enable_accept_encoding_brotli"] is True
    assert key["enable_accept_encoding_gzip"] is True
    assert key["query_strings_config"] == {"query_string_behavior": "all"}
    assert len({it["cache_policy_id"] for it in distribution["ordered_cache_behavior"]}) == 1


def test_an_origin_request_policy_of_its_own(world: DistributionWorld) -> None:
    """All headers of the viewer and one of CloudFront's are spelled as the API wants it."""
    policy = OriginRequestPolicyConfig(name="country", headers=all_and("CloudFront-Viewer-Country"))
    default = presets.api("api").evolve(origin_request_policy=policy)

    world.distribution(
        origins={"api": AlbOrigin(load_balancer="public")}, behaviours=(), default=default
    )

    made = world.template().only("aws_cloudfront_origin_request_policy")
    assert made["name"] == "shop-prod-saleor-country-origin-request"
    assert made["headers_config"] == {
        "header_behavior": "allViewerAndWhitelistCloudFront",
        "headers": {"items": ["CloudFront-Viewer-Country"]},
    }
    assert made["cookies_config"] == {"cookie_behavior": "none"}
    assert made["query_strings_config"] == {"query_string_behavior": "none"}


def test_headers_for_viewers_of_its_own(world: DistributionWorld) -> None:
    """What the origin says wins, but for guessed types and what is named."""
    policy = ResponseHeadersPolicyConfig(
        name="pages",
        content_security_policy="default-src 'self'",
        cors=CorsHeaders(origins=("https://b.example.com", "https://a.example.com")),
        headers={"X-Shop": "1"},
        remove=("X-Powered-By",),
    )

    distribution = _synth(world, **bucket_only(default=_own(response_headers_policy=policy)))

    made = world.template().only("aws_cloudfront_response_headers_policy")
    security = made["security_headers_config"]
    assert made["name"] == "shop-prod-saleor-pages-response-headers"
    assert {name: it["override"] for name, it in security.items()} == {
        "content_security_policy": False,
        "content_type_options": True,
        "frame_options": False,
        "referrer_policy": False,
        "strict_transport_security": False,
    }
    assert security["strict_transport_security"]["access_control_max_age_sec"] == 31_536_000
    assert made["cors_config"]["access_control_allow_origins"]["items"] == [
        "https://a.example.com",
        "https://b.example.com",
    ]
    assert made["cors_config"]["origin_override"] is False
    assert made["custom_headers_config"]["items"] == [
        {"header": "X-Shop", "value": "1", "override": True}
    ]
    assert made["remove_headers_config"]["items"] == [{"header": "X-Powered-By"}]
    used = distribution["default_cache_behavior"]["response_headers_policy_id"]
    assert used.startswith("${aws_cloudfront_response_headers_policy.Saleor_ResponseHeadersPages_")


def test_headers_for_viewers_follow_their_fields(world: DistributionWorld) -> None:
    """Each has its argument, and what is not written is not there."""
    policy = ResponseHeadersPolicyConfig(
        name="app",
        strict_transport_security_seconds=63_072_000,
        include_subdomains=True,
        preload=True,
        frame_options="DENY",
        referrer_policy="no-referrer",
        cors=CorsHeaders(
            origins=("https://a.example.com",),
            methods=("PUT", "GET"),
            request_headers=("X-B", "X-A"),
            exposed_headers=("X-C",),
            credentials=True,
            max_age_seconds=60,
        ),
    )

    world.distribution(**bucket_only(default=_own(response_headers_policy=policy)))

    made = world.template().only("aws_cloudfront_response_headers_policy")
    security, cors = made["security_headers_config"], made["cors_config"]
    assert security["strict_transport_security"] == {
        "access_control_max_age_sec": 63_072_000,
        "include_subdomains": True,
        "preload": True,
        "override": False,
    }
    assert security["frame_options"]["frame_option"] == "DENY"
    assert security["referrer_policy"]["referrer_policy"] == "no-referrer"
    assert "content_security_policy" not in security
    assert cors["access_control_allow_methods"]["items"] == ["GET", "PUT"]
    assert cors["access_control_allow_headers"]["items"] == ["X-A", "X-B"]
    assert cors["access_control_expose_headers"]["items"] == ["X-C"]
    assert cors["access_control_allow_credentials"] is True
    assert cors["access_control_max_age_sec"] == 60
    assert not {"custom_headers_config", "remove_headers_config"} & set(made)


def test_headers_for_viewers_can_be_left_out(world: DistributionWorld) -> None:
    """Then they get the origin's."""
    distribution = _synth(world, **bucket_only(default=_own(response_headers_policy=None)))

    assert "response_headers_policy_id" not in distribution["default_cache_behavior"]
    assert "origin_request_policy_id" not in distribution["default_cache_behavior"]


def test_a_certificate_can_be_proven_by_another(world: DistributionWorld) -> None:
    """ACM asks for one and the same record in every Region of an account."""
    names = CertificateConfig(domain="example.com", alternatives=("*.example.com",))
    first = world.distribution(**bucket_only(certificate=names))

    world.distribution(
        "Storefront",
        proven_by=first.certificate,
        **bucket_only(aliases=("www.example.com",), certificate=names),
    )

    assert len(world.template().all("aws_acm_certificate")) == 2
    assert len(_records(world, alias=False)) == 1


def test_names_are_of_each_distribution(world: DistributionWorld) -> None:
    """Two of them in one environment take nothing from each other."""
    world.distribution(**bucket_only())
    world.distribution(
        "Storefront",
        **bucket_only(aliases=("www.example.com",), origins={"media": S3Origin(bucket="media")}),
    )

    controls = world.template().all("aws_cloudfront_origin_access_control").values()
    assert {it["name"] for it in controls} == {
        "shop-prod-saleor-media",
        "shop-prod-storefront-media",
    }


def test_it_can_be_destroyed_where_that_is_allowed(
    environment: Environment, tmp_path: Path
) -> None:
    """Elsewhere Terraform refuses."""
    world = DistributionWorld(environment.evolve(allow_destroy=True), tmp_path)

    assert "lifecycle" not in _synth(world, **bucket_only())


def test_references_are_kept_for_others(world: DistributionWorld) -> None:
    """An alias record elsewhere, or an invalidation, needs them."""
    made = world.distribution(**bucket_only())

    assert isinstance(made, Distribution)
    assert cdktf.Token.is_unresolved(made.domain_name)
    assert cdktf.Token.is_unresolved(made.distribution_id)
    assert made.alias.evaluates_health is False
    assert Template(world.home).all("aws_s3_bucket")

"""Distributions read back as they were given, and are refused as CloudFront refuses them."""

from __future__ import annotations

import datetime as dt
import secrets
from collections.abc import Callable
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from platform_lib.local.server import LocalAws

CACHING_DISABLED = "4135ea2d-6df8-44a3-9df3-4b5a84be39ad"
ALL_VIEWER = "216adef6-5c7f-47e4-b989-5492eafa07d3"
SECURITY_HEADERS = "67f7725c-6f97-4210-82d7-5512b31e9d03"
EVERY_METHOD = ["GET", "HEAD", "OPTIONS", "PUT", "PATCH", "POST", "DELETE"]


@pytest.fixture
def cloudfront(aws: LocalAws, client: Callable[[str], Any]) -> Any:
    """Return the CloudFront client of an empty account."""
    del aws
    return client("cloudfront")


def _listed(*items: Any) -> dict[str, Any]:
    return {"Quantity": len(items), "Items": list(items)} if items else {"Quantity": 0}


def _behaviour(**other: Any) -> dict[str, Any]:
    return {
        "TargetOriginId": "api",
        "ViewerProtocolPolicy": "redirect-to-https",
        "CachePolicyId": CACHING_DISABLED,
    } | other


def _api(**other: Any) -> dict[str, Any]:
    return {
        "Id": "api",
        "DomainName": "api.example.com",
        "CustomOriginConfig": {
            "HTTPPort": 80,
            "HTTPSPort": 443,
            "OriginProtocolPolicy": "https-only",
            "OriginSslProtocols": _listed("TLSv1.2"),
        },
    } | other


def _bucket(**other: Any) -> dict[str, Any]:
    return {
        "Id": "media",
        "DomainName": "media.s3.eu-central-1.amazonaws.com",
        "S3OriginConfig": {"OriginAccessIdentity": ""},
    } | other


def _config(**other: Any) -> dict[str, Any]:
    return {
        "CallerReference": secrets.token_hex(4),
        "Origins": _listed(_api(), _bucket()),
        "DefaultCacheBehavior": _behaviour(),
        "Comment": "Shop",
        "Enabled": True,
    } | other


def _create(cloudfront: Any, **config: Any) -> dict[str, Any]:
    made: dict[str, Any] = cloudfront.create_distribution(DistributionConfig=_config(**config))
    return made


def _read(cloudfront: Any, **config: Any) -> dict[str, Any]:
    made = _create(cloudfront, **config)
    found: dict[str, Any] = cloudfront.get_distribution(Id=made["Distribution"]["Id"])
    kept: dict[str, Any] = found["Distribution"]["DistributionConfig"]
    return kept


def _code(action: Callable[..., Any], **arguments: Any) -> str:
    with pytest.raises(ClientError) as caught:
        action(**arguments)
    return str(caught.value.response["Error"]["Code"])


def _refused(cloudfront: Any, **config: Any) -> str:
    return _code(cloudfront.create_distribution, DistributionConfig=_config(**config))


def test_a_distribution_has_cloudfronts_defaults(cloudfront: Any) -> None:
    """What is left out reads back as AWS documents it."""
    kept = _read(cloudfront)

    behaviour = kept["DefaultCacheBehavior"]
    assert (kept["PriceClass"], kept["HttpVersion"]) == ("PriceClass_All", "http2")
    assert kept["IsIPV6Enabled"] is True
    assert kept["Aliases"] == {"Quantity": 0}
    assert kept["Logging"] == {
        "Enabled": False,
        "IncludeCookies": False,
        "Bucket": "",
        "Prefix": "",
    }
    assert kept["ViewerCertificate"]["CloudFrontDefaultCertificate"] is True
    assert kept["ViewerCertificate"]["MinimumProtocolVersion"] == "TLSv1"
    assert set(behaviour["AllowedMethods"]["Items"]) == {"GET", "HEAD"}
    assert behaviour["Compress"] is False
    assert "ForwardedValues" not in behaviour
    assert "DefaultTTL" not in behaviour
    assert kept["Origins"]["Items"][0]["CustomOriginConfig"]["OriginReadTimeout"] == 30
    assert kept["Origins"]["Items"][0]["ConnectionAttempts"] == 3


def test_ordered_behaviours_keep_their_order_and_policies(cloudfront: Any) -> None:
    """The first match wins, so the order is what they mean."""
    paths = ["/static/*", "/a", "/media/*"]
    given = [
        _behaviour(
            PathPattern=path,
            OriginRequestPolicyId=ALL_VIEWER,
            ResponseHeadersPolicyId=SECURITY_HEADERS,
            Compress=True,
            AllowedMethods={**_listed(*EVERY_METHOD), "CachedMethods": _listed("GET", "HEAD")},
        )
        for path in paths
    ]

    items = _read(cloudfront, CacheBehaviors=_listed(*given))["CacheBehaviors"]["Items"]

    assert [it["PathPattern"] for it in items] == paths
    assert {it["OriginRequestPolicyId"] for it in items} == {ALL_VIEWER}
    assert {it["ResponseHeadersPolicyId"] for it in items} == {SECURITY_HEADERS}
    assert items[0]["AllowedMethods"]["Items"] == EVERY_METHOD
    assert items[0]["Compress"] is True


def test_headers_for_origins_read_back(cloudfront: Any) -> None:
    """Also the secret one."""
    header = {"HeaderName": "X-Origin-Verify", "HeaderValue": "value"}

    kept = _read(cloudfront, Origins=_listed(_api(CustomHeaders=_listed(header))))

    assert kept["Origins"]["Items"][0]["CustomHeaders"] == _listed(header)


def test_an_access_control_signs_for_a_bucket(cloudfront: Any) -> None:
    """It reads back, cannot be deleted while it is used, and is for buckets only."""
    made = cloudfront.create_origin_access_control(
        OriginAccessControlConfig={
            "Name": "media",
            "SigningProtocol": "sigv4",
            "SigningBehavior": "always",
            "OriginAccessControlOriginType": "s3",
        }
    )
    identifier = made["OriginAccessControl"]["Id"]

    origins = _listed(_api(), _bucket(OriginAccessControlId=identifier))
    kept = _read(cloudfront, Origins=origins)

    assert kept["Origins"]["Items"][1]["OriginAccessControlId"] == identifier
    delete = cloudfront.delete_origin_access_control
    assert _code(delete, Id=identifier, IfMatch=made["ETag"]) == "OriginAccessControlInUse"
    wrong = _listed(_api(OriginAccessControlId=identifier))
    assert _refused(cloudfront, Origins=wrong) == "InvalidDomainNameForOriginAccessControl"


def test_a_function_has_to_be_published_first(cloudfront: Any) -> None:
    """Then it reads back, and cannot be deleted while it is used."""
    made = cloudfront.create_function(
        Name="shop",
        FunctionConfig={"Comment": "", "Runtime": "cloudfront-js-2.0"},
        FunctionCode=b"//",
    )
    arn = made["FunctionSummary"]["FunctionMetadata"]["FunctionARN"]
    used = _listed({"FunctionARN": arn, "EventType": "viewer-request"})
    behaviour = _behaviour(FunctionAssociations=used)

    assert _refused(cloudfront, DefaultCacheBehavior=behaviour) == "InvalidFunctionAssociation"
    cloudfront.publish_function(Name="shop", IfMatch=made["ETag"])
    kept = _read(cloudfront, DefaultCacheBehavior=behaviour)

    assert kept["DefaultCacheBehavior"]["FunctionAssociations"] == used
    live = cloudfront.describe_function(Name="shop", Stage="LIVE")
    assert live["FunctionSummary"]["Status"] == "ASSOCIATED"
    delete = cloudfront.delete_function
    assert _code(delete, Name="shop", IfMatch=made["ETag"]) == "FunctionInUse"


def test_a_policy_in_use_stays(cloudfront: Any) -> None:
    """Until no behaviour has it."""
    policy = cloudfront.create_origin_request_policy(
        OriginRequestPolicyConfig={
            "Name": "shop",
            "HeadersConfig": {"HeaderBehavior": "none"},
            "CookiesConfig": {"CookieBehavior": "none"},
            "QueryStringsConfig": {"QueryStringBehavior": "none"},
        }
    )
    identifier = policy["OriginRequestPolicy"]["Id"]
    made = _create(cloudfront, DefaultCacheBehavior=_behaviour(OriginRequestPolicyId=identifier))

    delete: Any = cloudfront.delete_origin_request_policy
    its = {"Id": identifier, "IfMatch": policy["ETag"]}
    assert _code(delete, **its) == "OriginRequestPolicyInUse"
    config = made["Distribution"]["DistributionConfig"]
    config["DefaultCacheBehavior"].pop("OriginRequestPolicyId")
    cloudfront.update_distribution(
        Id=made["Distribution"]["Id"], IfMatch=made["ETag"], DistributionConfig=config
    )

    delete(**its)


def test_a_vpc_origin_has_to_be_deployed_first(
    cloudfront: Any, client: Callable[[str], Any], subnets: list[str]
) -> None:
    """Then it reads back, and stays while it is used."""
    balancer = client("elbv2").create_load_balancer(Name="api", Subnets=subnets, Scheme="internal")
    made = cloudfront.create_vpc_origin(
        VpcOriginEndpointConfig={
            "Name": "api",
            "Arn": balancer["LoadBalancers"][0]["LoadBalancerArn"],
            "HTTPPort": 80,
            "HTTPSPort": 443,
            "OriginProtocolPolicy": "https-only",
        }
    )
    identifier = made["VpcOrigin"]["Id"]
    origin = _api(VpcOriginConfig={"VpcOriginId": identifier})
    origin.pop("CustomOriginConfig")

    assert _refused(cloudfront, Origins=_listed(origin)) == "InvalidArgument"
    cloudfront.get_vpc_origin(Id=identifier)
    kept = _read(cloudfront, Origins=_listed(origin))

    assert kept["Origins"]["Items"][0]["VpcOriginConfig"] == {
        "VpcOriginId": identifier,
        "OriginReadTimeout": 30,
        "OriginKeepaliveTimeout": 5,
    }
    its = {"Id": identifier, "IfMatch": made["ETag"]}
    assert _code(cloudfront.delete_vpc_origin, **its) == "CannotDeleteEntityWhileInUse"


def test_a_distribution_changes_by_its_version(cloudfront: Any) -> None:
    """Another one each time; an old one and none are refused, and so is another reference."""
    made = _create(cloudfront)
    identifier, etag = made["Distribution"]["Id"], made["ETag"]
    config = made["Distribution"]["DistributionConfig"]
    changed = {"Id": identifier, "DistributionConfig": {**config, "Comment": "Other"}}
    update: Any = cloudfront.update_distribution

    answer = update(**changed, IfMatch=etag)

    found = cloudfront.get_distribution_config(Id=identifier)
    assert found["DistributionConfig"]["Comment"] == "Other"
    assert found["ETag"] == answer["ETag"] != etag
    assert _code(update, **changed, IfMatch=etag) == "PreconditionFailed"
    assert _code(update, **changed) == "InvalidIfMatchVersion"
    other = {**config, "CallerReference": "other"}
    reference = {"Id": identifier, "IfMatch": found["ETag"], "DistributionConfig": other}
    assert _code(update, **reference) == "IllegalUpdate"
    assert _code(update, **{**reference, "Id": "none"}) == "NoSuchDistribution"


def test_a_distribution_is_disabled_before_it_is_deleted(cloudfront: Any) -> None:
    """What serves cannot go."""
    made = _create(cloudfront)
    identifier = made["Distribution"]["Id"]
    delete: Any = cloudfront.delete_distribution
    assert _code(delete, Id=identifier, IfMatch=made["ETag"]) == "DistributionNotDisabled"

    config = {**made["Distribution"]["DistributionConfig"], "Enabled": False}
    changed = cloudfront.update_distribution(
        Id=identifier, IfMatch=made["ETag"], DistributionConfig=config
    )

    assert _code(delete, Id=identifier, IfMatch=made["ETag"]) == "PreconditionFailed"
    delete(Id=identifier, IfMatch=changed["ETag"])
    assert _code(cloudfront.get_distribution, Id=identifier) == "NoSuchDistribution"
    assert _code(delete, Id=identifier, IfMatch=changed["ETag"]) == "NoSuchDistribution"


_UNKNOWN = "00000000-0000-0000-0000-000000000000"


@pytest.mark.parametrize(
    ("config", "code"),
    [
        ({"Origins": _listed(_api(), _api())}, "InvalidArgument"),
        ({"Origins": _listed(_bucket())}, "NoSuchOrigin"),
        ({"Origins": _listed(_api(CustomOriginConfig=None))}, "InvalidOrigin"),
        (
            {"Origins": _listed(_api(), _bucket(DomainName="media.example.com"))},
            "InvalidArgument",
        ),
        ({"Origins": _listed(_api(OriginPath="api"))}, "InvalidArgument"),
        ({"Origins": _listed(_api(OriginPath="/api/"))}, "InvalidArgument"),
        (
            {"Origins": _listed(_api(), _bucket(OriginAccessControlId="none"))},
            "InvalidOriginAccessControl",
        ),
        ({"Origins": _listed(*(_api(Id=str(it)) for it in range(101)))}, "TooManyOrigins"),
        ({"DefaultCacheBehavior": _behaviour(CachePolicyId=_UNKNOWN)}, "NoSuchCachePolicy"),
        (
            {"DefaultCacheBehavior": _behaviour(OriginRequestPolicyId=_UNKNOWN)},
            "NoSuchOriginRequestPolicy",
        ),
        (
            {"DefaultCacheBehavior": _behaviour(ResponseHeadersPolicyId=_UNKNOWN)},
            "NoSuchResponseHeadersPolicy",
        ),
        (
            {
                "DefaultCacheBehavior": {
                    "TargetOriginId": "api",
                    "ViewerProtocolPolicy": "https-only",
                }
            },
            "InvalidArgument",
        ),
        (
            {"DefaultCacheBehavior": _behaviour(AllowedMethods=_listed("GET", "POST"))},
            "InvalidArgument",
        ),
        (
            {
                "CacheBehaviors": _listed(
                    _behaviour(PathPattern="/a/*"), _behaviour(PathPattern="a/*")
                )
            },
            "InvalidArgument",
        ),
        (
            {"CacheBehaviors": _listed(_behaviour(PathPattern="/a b"))},
            "InvalidArgument",
        ),
        (
            {"CacheBehaviors": _listed(_behaviour(PathPattern="/a", TargetOriginId="b"))},
            "NoSuchOrigin",
        ),
        (
            {"CacheBehaviors": _listed(*(_behaviour(PathPattern=f"/{it}") for it in range(76)))},
            "TooManyCacheBehaviors",
        ),
        ({"WebACLId": "arn:aws:wafv2:us-east-1:210987654321:global/webacl/a/b"}, "InvalidWebACLId"),
        ({"Aliases": _listed("shop.example.com")}, "InvalidViewerCertificate"),
    ],
)
def test_refuses_a_distribution(cloudfront: Any, config: dict[str, Any], code: str) -> None:
    """What it names has to exist, and to fit."""
    config = {
        name: _without_nothing(value) if name == "Origins" else value
        for name, value in config.items()
    }

    assert _refused(cloudfront, **config) == code


def _without_nothing(origins: dict[str, Any]) -> dict[str, Any]:
    items = [
        {name: value for name, value in it.items() if value is not None} for it in origins["Items"]
    ]
    return {**origins, "Items": items}


def _client(aws: LocalAws, service: str, region: str) -> Any:
    make: Callable[..., Any] = boto3.client
    return make(
        service,
        endpoint_url=aws.endpoint,
        region_name=region,
        aws_access_key_id="emulated",
        aws_secret_access_key="emulated",
    )


def _imported(aws: LocalAws, region: str, *names: str) -> str:
    """Return the ARN of an issued certificate for some names."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, names[0])])
    now = dt.datetime.now(dt.UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=30))
        .add_extension(
            x509.SubjectAlternativeName([x509.DNSName(name) for name in names]), critical=False
        )
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.TraditionalOpenSSL,
        serialization.NoEncryption(),
    )
    made = _client(aws, "acm", region).import_certificate(
        Certificate=certificate.public_bytes(serialization.Encoding.PEM), PrivateKey=private
    )
    return str(made["CertificateArn"])


def _certificate(arn: str) -> dict[str, Any]:
    return {
        "ACMCertificateArn": arn,
        "SSLSupportMethod": "sni-only",
        "MinimumProtocolVersion": "TLSv1.2_2021",
    }


def test_an_alias_needs_a_certificate_that_covers_it(aws: LocalAws, cloudfront: Any) -> None:
    """Of us-east-1; a wildcard stands for one level."""
    arn = _imported(aws, "us-east-1", "*.example.com", "example.org")
    shown = {"ViewerCertificate": _certificate(arn)}

    kept = _read(cloudfront, Aliases=_listed("shop.example.com", "example.org"), **shown)

    assert kept["Aliases"]["Items"] == ["shop.example.com", "example.org"]
    assert kept["ViewerCertificate"]["ACMCertificateArn"] == arn
    assert kept["ViewerCertificate"]["MinimumProtocolVersion"] == "TLSv1.2_2021"
    for other in ("example.com", "a.b.example.com", "www.example.org"):
        assert _refused(cloudfront, Aliases=_listed(other), **shown) == "InvalidViewerCertificate"


def test_a_certificate_of_another_region_is_refused(aws: LocalAws, cloudfront: Any) -> None:
    """CloudFront looks in us-east-1 only."""
    arn = _imported(aws, "eu-central-1", "shop.example.com")

    code = _refused(cloudfront, ViewerCertificate=_certificate(arn))

    assert code == "InvalidViewerCertificate"


def test_an_alias_leads_to_one_distribution(aws: LocalAws, cloudfront: Any) -> None:
    """A second one is refused; the first may keep it when it changes."""
    arn = _imported(aws, "us-east-1", "*.example.com")
    aliased = {
        "Aliases": _listed("shop.example.com"),
        "ViewerCertificate": _certificate(arn),
    }
    made = _create(cloudfront, **aliased)

    assert _refused(cloudfront, **aliased) == "CNAMEAlreadyExists"
    config = made["Distribution"]["DistributionConfig"] | {"Comment": "Other"}
    assert cloudfront.update_distribution(
        Id=made["Distribution"]["Id"], IfMatch=made["ETag"], DistributionConfig=config
    )


def test_a_web_acl_has_to_be_cloudfronts(aws: LocalAws, cloudfront: Any) -> None:
    """One of a Region is for load balancers there."""
    arns = {
        scope: _client(aws, "wafv2", "us-east-1").create_web_acl(
            Name=scope,
            Scope=scope,
            DefaultAction={"Allow": {}},
            VisibilityConfig={
                "SampledRequestsEnabled": True,
                "CloudWatchMetricsEnabled": True,
                "MetricName": "shop",
            },
        )["Summary"]["ARN"]
        for scope in ("CLOUDFRONT", "REGIONAL")
    }

    assert _read(cloudfront, WebACLId=arns["CLOUDFRONT"])["WebACLId"] == arns["CLOUDFRONT"]
    assert _refused(cloudfront, WebACLId=arns["REGIONAL"]) == "InvalidWebACLId"

"""What distributions are made of: policies, functions, origin access controls, VPC origins."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError

from platform_lib.local.server import LocalAws

KINDS = ("cache_policy", "origin_request_policy", "response_headers_policy")
_NOTHING = {
    "EnableAcceptEncodingGzip": False,
    "EnableAcceptEncodingBrotli": False,
    "HeadersConfig": {"HeaderBehavior": "none"},
    "CookiesConfig": {"CookieBehavior": "none"},
    "QueryStringsConfig": {"QueryStringBehavior": "none"},
}


@pytest.fixture
def cloudfront(aws: LocalAws, client: Callable[[str], Any]) -> Any:
    """Return the CloudFront client of an empty account."""
    del aws
    return client("cloudfront")


def _pascal(kind: str) -> str:
    return "".join(word.title() for word in kind.split("_"))


def _config(kind: str, name: str = "shop", **other: Any) -> dict[str, Any]:
    if kind == "cache_policy":
        ttl = {"MinTTL": 0, "DefaultTTL": 60, "MaxTTL": 60}
        own: dict[str, Any] = {"ParametersInCacheKeyAndForwardedToOrigin": _NOTHING, **ttl}
    elif kind == "origin_request_policy":
        own = {key: value for key, value in _NOTHING.items() if key.endswith("Config")}
    else:
        own = {
            "SecurityHeadersConfig": {
                "StrictTransportSecurity": {
                    "Override": True,
                    "AccessControlMaxAgeSec": 63072000,
                    "IncludeSubdomains": True,
                    "Preload": False,
                }
            },
            "CustomHeadersConfig": {
                "Quantity": 2,
                "Items": [
                    {"Header": "X-B", "Value": "2", "Override": True},
                    {"Header": "X-A", "Value": "1", "Override": False},
                ],
            },
        }
    return {"Name": name, "Comment": "Shop", **own, **other}


def _make(cloudfront: Any, kind: str, **config: Any) -> dict[str, Any]:
    create: Any = getattr(cloudfront, f"create_{kind}")
    made: dict[str, Any] = create(**{f"{_pascal(kind)}Config": _config(kind, **config)})
    return made


def _code(action: Callable[..., Any], **arguments: Any) -> str:
    with pytest.raises(ClientError) as caught:
        action(**arguments)
    return str(caught.value.response["Error"]["Code"])


@pytest.mark.parametrize("kind", KINDS)
def test_a_policy_reads_back(cloudfront: Any, kind: str) -> None:
    """As it was given, with a version, alone, by itself and in the list."""
    made = _make(cloudfront, kind)

    identifier = made[_pascal(kind)]["Id"]
    found = getattr(cloudfront, f"get_{kind}")(Id=identifier)
    plural = f"{kind.removesuffix('y')}ies"
    listed = getattr(cloudfront, f"list_{plural}")(Type="custom")[f"{_pascal(kind)}List"]
    assert made["Location"].endswith(f"/{kind.replace('_', '-')}/{identifier}")
    assert found[_pascal(kind)][f"{_pascal(kind)}Config"] == _config(kind)
    assert found["ETag"] == made["ETag"]
    assert [it[_pascal(kind)]["Id"] for it in listed["Items"]] == [identifier]
    config = getattr(cloudfront, f"get_{kind}_config")(Id=identifier)
    assert config[f"{_pascal(kind)}Config"] == _config(kind)


@pytest.mark.parametrize("kind", KINDS)
def test_a_policy_changes_by_its_version(cloudfront: Any, kind: str) -> None:
    """Another version each time; an old one is refused, and so is none."""
    made = _make(cloudfront, kind)
    identifier, etag = made[_pascal(kind)]["Id"], made["ETag"]
    update: Any = getattr(cloudfront, f"update_{kind}")
    changed = {f"{_pascal(kind)}Config": _config(kind, Comment="Other")}

    answer = update(Id=identifier, IfMatch=etag, **changed)

    found = getattr(cloudfront, f"get_{kind}")(Id=identifier)
    assert found[_pascal(kind)][f"{_pascal(kind)}Config"]["Comment"] == "Other"
    assert found["ETag"] == answer["ETag"] != etag
    assert _code(update, Id=identifier, IfMatch=etag, **changed) == "PreconditionFailed"
    assert _code(update, Id=identifier, **changed) == "InvalidIfMatchVersion"


@pytest.mark.parametrize("kind", KINDS)
def test_a_name_of_a_policy_is_taken_once(cloudfront: Any, kind: str) -> None:
    """By a second one, and by a change of another."""
    _make(cloudfront, kind)
    other = _make(cloudfront, kind, name="other")
    config = {f"{_pascal(kind)}Config": _config(kind)}

    taken = f"{_pascal(kind)}AlreadyExists"
    assert _code(getattr(cloudfront, f"create_{kind}"), **config) == taken
    update = getattr(cloudfront, f"update_{kind}")
    identifier = other[_pascal(kind)]["Id"]
    assert _code(update, Id=identifier, IfMatch=other["ETag"], **config) == taken


@pytest.mark.parametrize("kind", KINDS)
def test_a_deleted_policy_is_gone(cloudfront: Any, kind: str) -> None:
    """With its version only."""
    made = _make(cloudfront, kind)
    identifier = made[_pascal(kind)]["Id"]
    delete: Any = getattr(cloudfront, f"delete_{kind}")

    assert _code(delete, Id=identifier, IfMatch="old") == "PreconditionFailed"
    delete(Id=identifier, IfMatch=made["ETag"])

    missing = _code(getattr(cloudfront, f"get_{kind}"), Id=identifier)
    assert missing == f"NoSuch{_pascal(kind)}"


def test_what_is_in_aws_own_policies_is_not_known(cloudfront: Any) -> None:
    """They exist for distributions; reading one is refused instead of made up."""
    caching_disabled = "4135ea2d-6df8-44a3-9df3-4b5a84be39ad"

    assert _code(cloudfront.get_cache_policy, Id=caching_disabled) == "NotImplemented"
    assert _code(cloudfront.list_cache_policies) == "NotImplemented"


def _key(**other: Any) -> dict[str, Any]:
    return {"ParametersInCacheKeyAndForwardedToOrigin": {**_NOTHING, **other}}


@pytest.mark.parametrize(
    "config",
    [
        {"MinTTL": 0, "DefaultTTL": 0, "MaxTTL": 0},
        {"MinTTL": 1, "DefaultTTL": 1, "MaxTTL": 1},
        _key(EnableAcceptEncodingBrotli=True),
        _key(
            HeadersConfig={
                "HeaderBehavior": "whitelist",
                "Headers": {"Quantity": 1, "Items": ["Accept"]},
            }
        ),
        _key(QueryStringsConfig={"QueryStringBehavior": "all"}),
    ],
)
def test_accepts_a_cache_policy(cloudfront: Any, config: dict[str, Any]) -> None:
    """Times at their limits, and each kind of key."""
    assert _make(cloudfront, "cache_policy", **config)


_NO_TTL = {"MinTTL": 0, "DefaultTTL": 0, "MaxTTL": 0}


@pytest.mark.parametrize(
    "config",
    [
        {"MinTTL": 10, "DefaultTTL": 5, "MaxTTL": 60},
        {"MinTTL": 1, "DefaultTTL": 60, "MaxTTL": 59},
        {**_NO_TTL, **_key(QueryStringsConfig={"QueryStringBehavior": "all"})},
        {**_NO_TTL, **_key(CookiesConfig={"CookieBehavior": "all"})},
        {**_NO_TTL, **_key(EnableAcceptEncodingGzip=True)},
        {**_NO_TTL, **_key(EnableAcceptEncodingBrotli=True)},
        _key(HeadersConfig={"HeaderBehavior": "whitelist"}),
        _key(CookiesConfig={"CookieBehavior": "all", "Cookies": {"Quantity": 1, "Items": ["a"]}}),
    ],
)
def test_refuses_a_cache_policy(cloudfront: Any, config: dict[str, Any]) -> None:
    """Times out of order, a key of what is not cached, lists that do not fit."""
    given = _config("cache_policy", **config)

    assert _code(cloudfront.create_cache_policy, CachePolicyConfig=given) == "InvalidArgument"


def test_refuses_an_origin_request_policy_without_its_list(cloudfront: Any) -> None:
    """Some headers are which?"""
    config = _config("origin_request_policy", HeadersConfig={"HeaderBehavior": "allExcept"})

    code = _code(cloudfront.create_origin_request_policy, OriginRequestPolicyConfig=config)

    assert code == "InvalidArgument"


def _function(cloudfront: Any, **other: Any) -> dict[str, Any]:
    given: dict[str, Any] = {
        "Name": f"function-{secrets.token_hex(4)}",
        "FunctionConfig": {"Comment": "Shop", "Runtime": "cloudfront-js-2.0"},
        "FunctionCode": b"function handler(event) { return event.request }",
    } | other
    return {**cloudfront.create_function(**given), "Name": given["Name"]}


def test_a_function_is_live_once_it_is_published(cloudfront: Any) -> None:
    """Development is what was written last, live what was published last."""
    made = _function(cloudfront)
    name = made["Name"]
    describe = cloudfront.describe_function
    assert _code(describe, Name=name, Stage="LIVE") == "NoSuchFunctionExists"
    assert made["FunctionSummary"]["Status"] == "UNPUBLISHED"

    cloudfront.publish_function(Name=name, IfMatch=made["ETag"])
    changed = cloudfront.update_function(
        Name=name,
        IfMatch=made["ETag"],
        FunctionConfig={"Comment": "Other", "Runtime": "cloudfront-js-2.0"},
        FunctionCode=b"// other",
    )

    live = describe(Name=name, Stage="LIVE")
    development = describe(Name=name)
    assert live["FunctionSummary"]["FunctionConfig"]["Comment"] == "Shop"
    assert live["FunctionSummary"]["FunctionMetadata"]["Stage"] == "LIVE"
    assert live["FunctionSummary"]["Status"] == "UNASSOCIATED"
    assert development["ETag"] == changed["ETag"] != made["ETag"]
    code = cloudfront.get_function(Name=name, Stage="LIVE")["FunctionCode"].read()
    assert code.startswith(b"function handler")
    assert cloudfront.get_function(Name=name)["FunctionCode"].read() == b"// other"


def test_a_function_changes_by_its_version(cloudfront: Any) -> None:
    """Update, publish and delete all ask for it."""
    made = _function(cloudfront)
    config = {"Comment": "", "Runtime": "cloudfront-js-2.0"}

    old = {"Name": made["Name"], "IfMatch": "old"}
    update = {"FunctionConfig": config, "FunctionCode": b"//"}
    assert _code(cloudfront.update_function, **old, **update) == "PreconditionFailed"
    assert _code(cloudfront.publish_function, **old) == "PreconditionFailed"
    assert _code(cloudfront.delete_function, **old) == "PreconditionFailed"
    cloudfront.delete_function(Name=made["Name"], IfMatch=made["ETag"])
    assert _code(cloudfront.describe_function, Name=made["Name"]) == "NoSuchFunctionExists"


def test_a_function_has_10_kb(cloudfront: Any) -> None:
    """Not a byte more, also after a change."""
    made = _function(cloudfront, FunctionCode=b"/" * 10_240)
    config = {"Comment": "", "Runtime": "cloudfront-js-2.0"}

    update = {"FunctionConfig": config, "FunctionCode": b"/" * 10_241}
    code = _code(cloudfront.update_function, Name=made["Name"], IfMatch=made["ETag"], **update)
    assert code == "FunctionSizeLimitExceeded"
    assert _code(cloudfront.create_function, Name="other", **update) == code


def test_a_function_has_a_runtime_that_exists(cloudfront: Any) -> None:
    """CloudFront's own JavaScript, in two versions."""
    given = {"FunctionConfig": {"Comment": "", "Runtime": "nodejs22.x"}, "FunctionCode": b"//"}

    assert _code(cloudfront.create_function, Name="shop", **given) == "InvalidArgument"


def _control(**other: str) -> dict[str, str]:
    return {
        "Name": "shop",
        "Description": "Media",
        "SigningProtocol": "sigv4",
        "SigningBehavior": "always",
        "OriginAccessControlOriginType": "s3",
    } | other


def test_an_origin_access_control_reads_back_and_changes(cloudfront: Any) -> None:
    """By its version, which is another one then."""
    made = cloudfront.create_origin_access_control(OriginAccessControlConfig=_control())
    identifier = made["OriginAccessControl"]["Id"]
    changed = {"OriginAccessControlConfig": _control(Description="Static")}

    update = cloudfront.update_origin_access_control
    assert _code(update, Id=identifier, IfMatch="old", **changed) == "PreconditionFailed"
    update(Id=identifier, IfMatch=made["ETag"], **changed)

    found = cloudfront.get_origin_access_control(Id=identifier)
    assert found["OriginAccessControl"]["OriginAccessControlConfig"] == _control(
        Description="Static"
    )
    assert found["ETag"] != made["ETag"]
    cloudfront.delete_origin_access_control(Id=identifier, IfMatch=found["ETag"])
    missing = _code(cloudfront.get_origin_access_control, Id=identifier)
    assert missing == "NoSuchOriginAccessControl"


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({}, "OriginAccessControlAlreadyExists"),
        ({"Name": "a" * 65}, "InvalidArgument"),
        ({"Name": "b", "SigningProtocol": "sigv2"}, "InvalidArgument"),
        ({"Name": "b", "SigningBehavior": "sometimes"}, "InvalidArgument"),
        ({"Name": "b", "OriginAccessControlOriginType": "alb"}, "InvalidArgument"),
    ],
)
def test_refuses_an_origin_access_control(
    cloudfront: Any, given: dict[str, str], code: str
) -> None:
    """A name that is taken or too long, and settings that do not exist."""
    cloudfront.create_origin_access_control(OriginAccessControlConfig=_control())

    create = cloudfront.create_origin_access_control
    assert _code(create, OriginAccessControlConfig=_control(**given)) == code


@pytest.fixture
def load_balancer(cloudfront: Any, client: Callable[[str], Any], subnets: list[str]) -> str:
    """Return the ARN of an internal load balancer."""
    del cloudfront  # empties the account first
    made = client("elbv2").create_load_balancer(Name="api", Subnets=subnets, Scheme="internal")
    return str(made["LoadBalancers"][0]["LoadBalancerArn"])


def _endpoint(arn: str, **other: Any) -> dict[str, Any]:
    return {
        "Name": "api",
        "Arn": arn,
        "HTTPPort": 80,
        "HTTPSPort": 443,
        "OriginProtocolPolicy": "https-only",
        "OriginSslProtocols": {"Quantity": 1, "Items": ["TLSv1.2"]},
    } | other


def test_a_vpc_origin_is_deployed_changed_and_deleted(cloudfront: Any, load_balancer: str) -> None:
    """It is deploying first, and deployed when it is read."""
    made = cloudfront.create_vpc_origin(
        VpcOriginEndpointConfig=_endpoint(load_balancer),
        Tags={"Items": [{"Key": "Name", "Value": "api"}]},
    )
    identifier = made["VpcOrigin"]["Id"]

    found = cloudfront.get_vpc_origin(Id=identifier)
    assert made["VpcOrigin"]["Status"] == "Deploying"
    assert found["VpcOrigin"]["Status"] == "Deployed"
    assert found["VpcOrigin"]["VpcOriginEndpointConfig"] == _endpoint(load_balancer)
    tags = cloudfront.list_tags_for_resource(Resource=found["VpcOrigin"]["Arn"])
    assert tags["Tags"]["Items"] == [{"Key": "Name", "Value": "api"}]

    other = {"VpcOriginEndpointConfig": _endpoint(load_balancer, HTTPSPort=8443)}
    update = cloudfront.update_vpc_origin
    assert _code(update, Id=identifier, IfMatch="old", **other) == "PreconditionFailed"
    changed = update(Id=identifier, IfMatch=found["ETag"], **other)
    assert changed["VpcOrigin"]["VpcOriginEndpointConfig"]["HTTPSPort"] == 8443
    cloudfront.delete_vpc_origin(Id=identifier, IfMatch=changed["ETag"])
    assert _code(cloudfront.get_vpc_origin, Id=identifier) == "EntityNotFound"


def test_a_vpc_origin_needs_something_that_exists(cloudfront: Any, load_balancer: str) -> None:
    """And a name of its own."""
    create = cloudfront.create_vpc_origin
    create(VpcOriginEndpointConfig=_endpoint(load_balancer))

    missing = _endpoint(f"{load_balancer}0", Name="other")
    instance = _endpoint("arn:aws:ec2:eu-central-1:210987654321:instance/i-0", Name="other")
    assert _code(create, VpcOriginEndpointConfig=missing) == "InvalidArgument"
    assert _code(create, VpcOriginEndpointConfig=instance) == "InvalidArgument"
    assert _code(create, VpcOriginEndpointConfig=_endpoint("nothing")) == "EntityAlreadyExists"
    assert (
        _code(create, VpcOriginEndpointConfig=_endpoint("nothing", Name="x")) == "InvalidArgument"
    )

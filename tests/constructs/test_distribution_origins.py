"""A distribution's origins: read by it alone, reached through it alone, and called by a good name."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from platform_lib.alb.config import LoadBalancerConfig, Route, SecretHeader
from platform_lib.alb.listener_rule import ListenerRule
from platform_lib.alb.load_balancer import LoadBalancer
from platform_lib.alb.target_config import TargetGroupConfig
from platform_lib.alb.target_group import TargetGroup
from platform_lib.cloudfront import presets
from platform_lib.cloudfront.origins import AlbOrigin, S3Origin, VpcOrigin
from platform_lib.core.stack import PlatformStack
from platform_lib.environment import Environment
from platform_lib.errors import PlatformError
from platform_lib.iam.role import Role
from platform_lib.s3.config import Purpose
from platform_lib.testing.policy_evaluator import Access, Request
from platform_lib.testing.secrets_in_state import ALLOWED
from platform_lib.testing.template import Block, Template, policy
from tests.constructs.distribution_world import HOST, DistributionWorld, bucket_only

ACCOUNT = "111111111111"
CLOUDFRONT = "cloudfront.amazonaws.com"
OTHER = f"arn:aws:cloudfront::{ACCOUNT}:distribution/EOTHER"


@pytest.fixture
def world(environment: Environment, tmp_path: Path) -> DistributionWorld:
    """Return an environment with everything that a distribution needs."""
    return DistributionWorld(environment, tmp_path)


def _balancer_only(origin: AlbOrigin | VpcOrigin, **config: Any) -> dict[str, Any]:
    return {"origins": {"api": origin}, "behaviours": (), "default": presets.api("api")} | config


def _origin(world: DistributionWorld) -> Block:
    distribution = world.template().only("aws_cloudfront_distribution")
    (origin,) = distribution["origin"]
    found: Block = origin
    return found


def _refusal(world: DistributionWorld, **config: Any) -> str:
    with pytest.raises(PlatformError) as refused:
        world.distribution(**config)
    return str(refused.value)


@pytest.fixture(params=[True, False], ids=["another-stack", "one-stack"])
def served(
    request: pytest.FixtureRequest, environment: Environment, tmp_path: Path
) -> DistributionWorld:
    """Return a world in which a distribution serves a bucket of another stack, or of its own."""
    world = DistributionWorld(environment, tmp_path, apart=request.param)
    Role(world.home, "Stranger", service="ecs-tasks.amazonaws.com", description="Gets nothing")
    world.distribution(**bucket_only())
    return world


def _access(world: DistributionWorld) -> Access:
    # What is read from another stack is an output there once the reader is synthesised.
    return Access.of(*(Template(it) for it in dict.fromkeys((world.edge, world.home))))


def _may(world: DistributionWorld, principal: str, action: str, **context: str) -> bool:
    access = _access(world)
    given = {"aws:SecureTransport": "true"} | context
    if given.get("aws:SourceArn") == "ours":
        given["aws:SourceArn"] = access.arn("Saleor")
    of_key = action.startswith("kms:")
    asked = Request(
        principal=access.arn(principal) if principal == "Stranger" else principal,
        action=action,
        resource=access.arn("Data") if of_key else f"{access.arn('Media')}/photo.jpg",
        context=given,
    )
    return access.evaluate(asked).allowed


@pytest.mark.parametrize("action", ["s3:GetObject", "kms:Decrypt"])
def test_the_distribution_reads(served: DistributionWorld, action: str) -> None:
    """The bucket and its key let it, named by its ARN."""
    assert _may(served, CLOUDFRONT, action, **{"aws:SourceArn": "ours"})


@pytest.mark.parametrize("action", ["s3:GetObject", "kms:Decrypt"])
@pytest.mark.parametrize(
    ("principal", "context"),
    [
        ("*", {}),
        (CLOUDFRONT, {}),
        (CLOUDFRONT, {"aws:SourceAccount": ACCOUNT}),
        (CLOUDFRONT, {"aws:SourceArn": OTHER}),
        ("ec2.amazonaws.com", {"aws:SourceArn": "ours"}),
        ("arn:aws:iam::222222222222:root", {}),
        ("Stranger", {}),
    ],
)
def test_nobody_else_reads(
    served: DistributionWorld, action: str, principal: str, context: dict[str, str]
) -> None:
    """Not the internet, not other distributions or accounts, not a role that was given nothing."""
    assert not _may(served, principal, action, **context)


@pytest.mark.parametrize(
    "action",
    [
        "s3:PutObject",
        "s3:DeleteObject",
        "s3:GetObjectVersion",
        "kms:Encrypt",
        "kms:GenerateDataKey",
    ],
)
def test_the_distribution_only_reads(served: DistributionWorld, action: str) -> None:
    """It writes and deletes nothing, and gets nothing back that was deleted."""
    assert not _may(served, CLOUDFRONT, action, **{"aws:SourceArn": "ours"})


def test_without_tls_the_distribution_is_refused_too(served: DistributionWorld) -> None:
    """The policy that names it says everything that the bucket's own says."""
    plain = {"aws:SourceArn": "ours", "aws:SecureTransport": "false"}

    assert not _may(served, CLOUDFRONT, "s3:GetObject", **plain)


def test_a_bucket_that_is_not_served_stays_closed(served: DistributionWorld) -> None:
    """Each is opened by itself."""
    static = _access(served).arn("Static")
    asked = Request(
        principal=CLOUDFRONT,
        action="s3:GetObject",
        resource=f"{static}/app.js",
        context={"aws:SecureTransport": "true", "aws:SourceArn": _access(served).arn("Saleor")},
    )

    assert not _access(served).evaluate(asked).allowed


def test_the_later_stack_owns_the_policies(world: DistributionWorld) -> None:
    """A distribution is made after buckets and keys; their stack leaves the policies alone."""
    world.distribution(**bucket_only())

    home, edge = Template(world.home), world.template()
    own = home.only("aws_s3_bucket_policy", path="Media/Policy")
    key = home.only("aws_kms_key")
    assert own["lifecycle"] == {"ignore_changes": ["policy"]}
    assert key["lifecycle"] == {"prevent_destroy": True, "ignore_changes": ["policy"]}
    assert "lifecycle" not in home.only("aws_s3_bucket_policy", path="Static/Policy")
    assert [*edge.all("aws_s3_bucket_policy")] == ["PolicyOfDataMedia"]
    assert [*edge.all("aws_kms_key_policy")] == ["PolicyOfDataData"]
    assert edge.only("aws_kms_key_policy")["bypass_policy_lockout_safety_check"] is True


def test_the_later_policies_say_what_the_own_ones_say(world: DistributionWorld) -> None:
    """Whoever used the key before still does, and one statement is added."""
    world.distribution(**bucket_only())

    home, edge = Template(world.home), world.template()
    for own, later in (
        (home.only("aws_kms_key"), edge.only("aws_kms_key_policy")),
        (
            home.only("aws_s3_bucket_policy", path="Media/Policy"),
            edge.only("aws_s3_bucket_policy"),
        ),
    ):
        before = {it["Sid"]: it["Action"] for it in policy(own)["Statement"]}
        after = {it.get("Sid"): it["Action"] for it in policy(later)["Statement"]}
        assert {sid: after[sid] for sid in before} == before
        assert set(after) - set(before) == {None}


def test_in_one_stack_a_bucket_has_one_policy(environment: Environment, tmp_path: Path) -> None:
    """The key's is a resource of its own all the same, or key and distribution would wait in a ring."""
    world = DistributionWorld(environment, tmp_path, apart=False)

    world.distribution(**bucket_only())

    template = world.template()
    served = template.only("aws_s3_bucket_policy", path="Media/Policy")
    assert len(policy(served)["Statement"]) == 2
    assert "lifecycle" not in served
    assert len(template.all("aws_kms_key_policy")) == 1


def test_two_distributions_share_a_bucket(world: DistributionWorld) -> None:
    """One policy names both."""
    for name, host in (("Saleor", HOST), ("Storefront", "www.example.com")):
        world.distribution(name, **bucket_only(aliases=(host,)))

    edge = world.template()
    for kind in ("aws_s3_bucket_policy", "aws_kms_key_policy"):
        readers = [
            it["Condition"]["StringEquals"]["aws:SourceArn"]
            for it in policy(edge.only(kind))["Statement"]
            if it["Principal"] == {"Service": CLOUDFRONT}
        ]
        assert len(readers) == len(set(readers)) == 2


@pytest.mark.parametrize("shared", ["bucket", "key"])
def test_two_stacks_cannot_both_write_a_policy(world: DistributionWorld, shared: str) -> None:
    """Each would undo the other's at every apply."""
    world.distribution(**bucket_only())
    name = "media" if shared == "bucket" else "static"
    other = bucket_only(
        origins={name: S3Origin(bucket=name)},
        default=presets.media(name, path="*"),
        aliases=("b.example.com",),
    )

    problem = _refusal(world, id="Storefront", stack=world.stack_named("other"), **other)

    which = "Media' is served" if shared == "bucket" else "Data' is used"
    assert problem == (
        f"shop-prod-other/Storefront: 'shop-prod-data/{which} by a distribution of another stack"
        " already, and two stacks would write its policy by turns; put the distributions into one"
        " stack [ServedByTwoStacks]"
    )


def test_a_bucket_for_logs_is_not_served(world: DistributionWorld) -> None:
    """What is in it is for nobody outside."""
    world.buckets["media"] = world.bucket("Backups", Purpose.BACKUP)

    assert _refusal(world, **bucket_only()) == (
        "shop-prod-edge/Saleor: 'shop-prod-data/Backups' is a bucket for backup, which is not for"
        " everybody; serve one for media or static [NotToBeServed]"
    )


def test_a_bucket_is_read_with_signed_requests(world: DistributionWorld) -> None:
    """Always, by a control of this distribution, in its Region."""
    world.distribution(**bucket_only(origins={"media": S3Origin(bucket="media", path="/public")}))

    control = world.template().only("aws_cloudfront_origin_access_control")
    origin = _origin(world)
    assert control["name"] == "shop-prod-saleor-media"
    assert control["origin_access_control_origin_type"] == "s3"
    assert (control["signing_behavior"], control["signing_protocol"]) == ("always", "sigv4")
    assert control["lifecycle"] == {"create_before_destroy": True}
    assert origin["origin_access_control_id"].startswith("${aws_cloudfront_origin_access_control.")
    assert origin["domain_name"].endswith("bucket_regional_domain_name}")
    assert origin["origin_path"] == "/public"
    assert "s3_origin_config" not in origin


def test_an_unknown_bucket_is_refused(world: DistributionWorld) -> None:
    """With the names that there are."""
    config = bucket_only(origins={"media": S3Origin(bucket="photos")})

    assert _refusal(world, **config) == (
        "shop-prod-edge/Saleor: an origin names the bucket 'photos', which is not there; there are:"
        " media, static [NoSuchOriginTarget]"
    )


def test_connections_to_an_origin_are_as_written(world: DistributionWorld) -> None:
    """Attempts, waiting times, and a further cache near the origin."""
    origin = AlbOrigin(
        load_balancer="public",
        shield="eu-central-1",
        connection_attempts=2,
        connection_timeout_seconds=5,
        response_timeout_seconds=20,
        keep_alive_seconds=50,
    )

    world.distribution(**_balancer_only(origin))

    found = _origin(world)
    assert (found["connection_attempts"], found["connection_timeout"]) == (2, 5)
    assert found["origin_shield"] == {"enabled": True, "origin_shield_region": "eu-central-1"}
    assert found["custom_origin_config"] == {
        "http_port": 80,
        "https_port": 443,
        "origin_protocol_policy": "https-only",
        "origin_ssl_protocols": ["TLSv1.2"],
        "origin_read_timeout": 20,
        "origin_keepalive_timeout": 50,
    }


def test_without_a_shield_every_cache_asks_the_origin(world: DistributionWorld) -> None:
    """It is paid for, so it is an option."""
    world.distribution(**_balancer_only(AlbOrigin(load_balancer="public")))

    assert "origin_shield" not in _origin(world)


def test_a_load_balancer_gets_the_secret_header(world: DistributionWorld) -> None:
    """The value is read back from Secrets Manager, and is in no JSON."""
    world.distribution(**_balancer_only(AlbOrigin(load_balancer="public")))

    (header,) = _origin(world)["custom_header"]
    home = Template(world.home)
    version = home.only("aws_secretsmanager_secret_version")
    assert header == {
        "name": "X-Origin-Verify",
        "value": "${data.aws_secretsmanager_secret_version.DataPublicOriginLock1.secret_string}",
    }
    assert version["secret_string_wo"].startswith(
        "${ephemeral.aws_secretsmanager_random_password.Public_OriginLock_Generated1_"
    )
    secret = home.only("aws_secretsmanager_secret")
    assert secret["name"] == "shop-prod-public-origin-lock-1"
    assert secret["kms_key_id"] == "${aws_kms_key.Data_666C94C7.arn}"
    assert "header" in ALLOWED["data.aws_secretsmanager_secret_version secret_string"]


def test_the_value_fits_into_a_header_and_a_rule(world: DistributionWorld) -> None:
    """A rule of a listener takes an asterisk and a question mark for wildcards."""
    world.load_balancer()

    (made,) = Template(world.home).json["ephemeral"]["aws_secretsmanager_random_password"].values()
    assert made["password_length"] == 48
    assert {*'*?"\\'} < {*made["exclude_characters"]}
    assert not {*"-._"} & {*made["exclude_characters"]}


def _rule(
    world: DistributionWorld, balancer: LoadBalancer, stack: PlatformStack, **route: Any
) -> None:
    group = TargetGroup(
        stack,
        "Api",
        config=TargetGroupConfig(port=8000),
        load_balancer=balancer,
        alerts=world.alerts,
    )
    given: dict[str, Any] = {"priority": 1, "hosts": (HOST,)} | route
    ListenerRule(stack, "ApiRule", config=Route(**given), target_group=group)


@pytest.mark.parametrize("apart", [True, False])
def test_each_rule_asks_for_the_secret_header(
    environment: Environment, tmp_path: Path, *, apart: bool
) -> None:
    """Without it a request meets no rule, and so the answer 404."""
    world = DistributionWorld(environment, tmp_path, apart=apart)

    _rule(world, world.load_balancer(), world.edge)

    conditions = world.template().only("aws_lb_listener_rule")["condition"]
    (header,) = [it["http_header"] for it in conditions if "http_header" in it]
    assert header["http_header_name"] == "X-Origin-Verify"
    (value,) = header["values"]
    name = "DataPublicOriginLock1" if apart else "Public_OriginLock_ReadBack1_"
    assert value.startswith(f"${{data.aws_secretsmanager_secret_version.{name}")
    reading = world.template().json["data"]["aws_secretsmanager_secret_version"]
    waits = [block.get("depends_on") for block in reading.values()]
    version = ["aws_secretsmanager_secret_version.Public_OriginLock_Edition1_Value_BFC8229A"]
    assert waits == [None if apart else version]


def test_a_rule_of_another_load_balancer_asks_for_nothing(world: DistributionWorld) -> None:
    """Only what CloudFront alone calls is locked."""
    balancer = world.load_balancer(sources=("everybody",))

    _rule(world, balancer, world.edge)

    (condition,) = world.template().only("aws_lb_listener_rule")["condition"]
    assert "host_header" in condition
    assert balancer.lock is None


def test_two_editions_hold_while_the_value_changes(world: DistributionWorld) -> None:
    """The rules take both, distributions send the one that is named."""
    header = SecretHeader(accepted=(1, 2), sent=2)
    world.load_balancers["public"] = world.load_balancer(secret_header=header)

    _rule(world, world.load_balancers["public"], world.home)
    world.distribution(**_balancer_only(AlbOrigin(load_balancer="public")))

    conditions = Template(world.home).only("aws_lb_listener_rule")["condition"]
    (accepted,) = [it["http_header"]["values"] for it in conditions if "http_header" in it]
    assert len(accepted) == len(set(accepted)) == 2
    assert "OriginLock2" in _origin(world)["custom_header"][0]["value"]


@pytest.mark.parametrize(
    ("editions", "paths", "fits"),
    [((1,), 3, True), ((1,), 4, False), ((1, 2), 2, True), ((1, 2), 3, False)],
)
def test_the_header_counts_among_the_values_of_a_rule(
    world: DistributionWorld, editions: tuple[int, ...], paths: int, *, fits: bool
) -> None:
    """AWS takes five in all."""
    balancer = world.load_balancer(secret_header=SecretHeader(accepted=editions, sent=1))
    given = tuple(f"/{number}" for number in range(paths))

    if fits:
        _rule(world, balancer, world.edge, paths=given)
        return
    with pytest.raises(PlatformError) as refused:
        _rule(world, balancer, world.edge, paths=given)

    assert str(refused.value) == (
        f"shop-prod-edge/ApiRule: hosts and paths have {paths + 1} values together, and with the"
        f" secret header of 'shop-prod-data/Public' a rule takes {5 - len(editions)}; use wildcards,"
        " or make two routes [TooManyValues]"
    )


def test_only_cloudfronts_addresses_reach_it(world: DistributionWorld) -> None:
    """By AWS's own list, on 443 and nowhere else."""
    world.load_balancer()

    template = Template(world.home)
    rule = template.only("aws_vpc_security_group_ingress_rule")
    (found,) = template.json["data"]["aws_ec2_managed_prefix_list"].values()
    assert found["name"] == "com.amazonaws.global.cloudfront.origin-facing"
    assert rule["prefix_list_id"].startswith(
        "${data.aws_ec2_managed_prefix_list.Public_CloudFront_"
    )
    assert (rule["from_port"], rule["to_port"]) == (443, 443)
    assert not {"cidr_ipv4", "cidr_ipv6"} & set(rule)


def test_the_secret_header_needs_a_key(world: DistributionWorld) -> None:
    """It is a secret like others."""
    with pytest.raises(PlatformError) as refused:
        world.load_balancer(key=False)

    assert str(refused.value) == (
        "shop-prod-data/Public: sources=('cloudfront',) needs a key that encrypts the secret header;"
        " give key [NoKeyForHeader]"
    )


def test_an_internal_one_needs_no_header(world: DistributionWorld) -> None:
    """No distribution of somebody else reaches into the VPC."""
    balancer = world.load_balancer(internal=True, dual_stack=False, key=False)

    assert balancer.lock is None
    assert Template(world.home).all("aws_secretsmanager_secret") == {}


_REACHED = (
    "the load balancer 'shop-prod-data/Public', which can be reached without CloudFront; give it"
    " internal=False and sources=('cloudfront',), or use a VpcOrigin for an internal one"
)
_NOT_PRIVATE = (
    "a VPC origin, and the load balancer 'shop-prod-data/Public' is not internal and CloudFront's"
    " alone; give it internal=True and sources=('cloudfront',), or use an AlbOrigin for an external"
    " one"
)


@pytest.mark.parametrize(
    ("config", "origin", "needed"),
    [
        ({"sources": ("everybody",)}, AlbOrigin(load_balancer="public"), _REACHED),
        ({"internal": True}, AlbOrigin(load_balancer="public"), _REACHED),
        ({}, VpcOrigin(load_balancer="public"), _NOT_PRIVATE),
        (
            {"internal": True, "sources": ("10.0.0.0/8",)},
            VpcOrigin(load_balancer="public"),
            _NOT_PRIVATE,
        ),
    ],
)
def test_a_load_balancer_that_others_reach_is_refused(
    world: DistributionWorld, config: dict[str, Any], origin: AlbOrigin | VpcOrigin, needed: str
) -> None:
    """The web ACL and the cache would be walked around."""
    world.load_balancers["public"] = world.load_balancer(**config)

    problem = _refusal(world, **_balancer_only(origin))

    assert problem == f"shop-prod-edge/Saleor: the origin 'api' is {needed} [NotLocked]"


def test_a_private_load_balancer_is_reached_inside_the_vpc(world: DistributionWorld) -> None:
    """By a VPC origin, with HTTPS only, and without a secret."""
    world.load_balancers["public"] = world.load_balancer(internal=True)

    world.distribution(**_balancer_only(VpcOrigin(load_balancer="public", keep_alive_seconds=20)))

    endpoint = world.template().only("aws_cloudfront_vpc_origin")
    (given,) = endpoint["vpc_origin_endpoint_config"]
    origin = _origin(world)
    assert given["name"] == "shop-prod-saleor-api"
    assert given["origin_protocol_policy"] == "https-only"
    assert given["origin_ssl_protocols"] == [{"items": ["TLSv1.2"], "quantity": 1}]
    assert "aws_lbPublic" in given["arn"]
    assert endpoint["lifecycle"] == {"create_before_destroy": True}
    assert origin["vpc_origin_config"]["vpc_origin_id"].startswith("${aws_cloudfront_vpc_origin.")
    assert origin["vpc_origin_config"]["origin_keepalive_timeout"] == 20
    assert not {"custom_origin_config", "custom_header"} & set(origin)


@pytest.mark.parametrize("origin", [AlbOrigin, VpcOrigin])
def test_a_load_balancer_shows_a_certificate_for_the_viewers_name(
    world: DistributionWorld, origin: type[AlbOrigin | VpcOrigin]
) -> None:
    """It gets the viewer's host, and CloudFront answers 502 where the certificate is for another."""
    internal = origin is VpcOrigin
    world.load_balancers["public"] = world.load_balancer(
        internal=internal, names=("api.example.com",)
    )

    assert _refusal(world, **_balancer_only(origin(load_balancer="public"))) == (
        "shop-prod-edge/Saleor: the origin 'api' is called by shop.example.com, and the load"
        " balancer 'shop-prod-data/Public' has no certificate for it, so viewers would get 502; add"
        " one to it first, or write keeps_host=False and a domain that it has one for"
        " [HostWithoutCertificate]"
    )


def test_a_load_balancer_can_be_called_by_a_name_of_its_own(world: DistributionWorld) -> None:
    """Then its certificate is for that name, and the application sees it instead of the viewer's."""
    world.load_balancers["public"] = world.load_balancer(names=("api.example.com",))
    origin = AlbOrigin(load_balancer="public", keeps_host=False, domain="api.example.com")

    world.distribution(**_balancer_only(origin))

    behaviour = world.template().only("aws_cloudfront_distribution")["default_cache_behavior"]
    assert _origin(world)["domain_name"] == "api.example.com"
    assert behaviour["origin_request_policy_id"] == "b689b0a8-53d0-40ab-baf2-68738e2966ac"


@pytest.mark.parametrize(
    ("config", "problem"),
    [
        (
            {"sources": ("cloudfront", "203.0.113.0/24")},
            "sources has 'cloudfront' beside others; write it alone, or leave it out",
        ),
        (
            {"sources": ("everybody",), "secret_header": SecretHeader(accepted=(2,), sent=2)},
            (
                "secret_header is for an external load balancer with sources=('cloudfront',); leave"
                " it out"
            ),
        ),
    ],
)
def test_refuses_a_lock_that_is_none(config: dict[str, Any], problem: str) -> None:
    """Others would not have the header, and so get 404 from every rule."""
    with pytest.raises(ValidationError) as refused:
        LoadBalancerConfig(**config)

    assert refused.value.errors()[0]["msg"] == f"Value error, {problem}"


@pytest.mark.parametrize(
    ("config", "problem"),
    [
        (
            {"accepted": (1, 2, 3)},
            "accepted is (1, 2, 3); write one edition, or two different ones while the value changes",
        ),
        (
            {"accepted": (1, 1)},
            "accepted is (1, 1); write one edition, or two different ones while the value changes",
        ),
        (
            {"accepted": (1,), "sent": 2},
            "sent=2 is not among accepted=(1,), so every request would be refused; accept it first",
        ),
    ],
)
def test_refuses_editions_that_cannot_be(config: dict[str, Any], problem: str) -> None:
    """A new value is accepted before it is sent, and the old one after."""
    with pytest.raises(ValidationError) as refused:
        SecretHeader(**config)

    assert refused.value.errors()[0]["msg"] == f"Value error, {problem}"

"""LoadBalancer: HTTPS for whom it says, logs, protection, and nothing without a route."""

from __future__ import annotations

from ipaddress import IPv4Network, IPv6Network
from pathlib import Path
from typing import Any

import cdktf
import pytest

from platform_lib.acm.certificate import Certificate
from platform_lib.acm.config import CertificateConfig
from platform_lib.alb.config import LoadBalancerConfig, Route
from platform_lib.alb.listener_rule import ListenerRule
from platform_lib.alb.load_balancer import LoadBalancer
from platform_lib.alb.target_config import TargetGroupConfig
from platform_lib.alb.target_group import TargetGroup
from platform_lib.alerts.alerts import Alerts
from platform_lib.alerts.config import AlertsConfig
from platform_lib.core.connections import Connections, Port
from platform_lib.core.construct import PlatformConstruct
from platform_lib.core.stack import PlatformStack
from platform_lib.dns.config import HostedZoneConfig
from platform_lib.dns.hosted_zone import HostedZone
from platform_lib.environment import Environment
from platform_lib.errors import PlatformError
from platform_lib.kms.config import KeyConfig
from platform_lib.kms.key import Key
from platform_lib.network.config import VpcConfig
from platform_lib.network.vpc import Vpc
from platform_lib.s3.bucket import Bucket
from platform_lib.s3.config import BucketConfig, Purpose
from platform_lib.testing.fixtures import stack_of
from platform_lib.testing.policy_evaluator import Access, Request
from platform_lib.testing.template import Block, Template

INGRESS = "aws_vpc_security_group_ingress_rule"


class World:
    """What a load balancer stands in."""

    def __init__(
        self,
        stack: PlatformStack,
        *,
        ipv6: bool = True,
        block: str = "10.30.0.0/16",
        purpose: Purpose = Purpose.LOAD_BALANCER_LOGS,
    ) -> None:
        self.stack = stack
        key = Key(stack, "Data", config=KeyConfig(description="Data"))
        network = VpcConfig(
            cidr=IPv4Network(block),
            zones=("a", "b"),
            nat_zones=(),
            endpoints=(),
            flow_logs=None,
            ipv6=ipv6,
        )
        self.vpc = Vpc(stack, "Vpc", config=network, key=key)
        self.zone = HostedZone(stack, "Zone", config=HostedZoneConfig(domain="example.com"))
        self.certificate = self.certificate_for("shop.example.com")
        config = BucketConfig(purpose=purpose, retention_days=365 if purpose.expires else None)
        self.logs = Bucket(stack, "Logs", config=config, key=key)
        self.alerts = Alerts(stack, "Alerts", config=AlertsConfig(), key=key)

    def certificate_for(self, domain: str, id: str = "Certificate") -> Certificate:
        """Return another certificate."""
        config = CertificateConfig(domain=domain)
        return Certificate(self.stack, id, config=config, zone=self.zone)

    def load_balancer(self, stack: PlatformStack | None = None, **config: Any) -> LoadBalancer:
        """Return the load balancer under test."""
        given: dict[str, Any] = {"sources": ("everybody",)} | config
        return LoadBalancer(
            stack or self.stack,
            "Public",
            config=LoadBalancerConfig(**given),
            vpc=self.vpc,
            certificate=self.certificate,
            logs=self.logs,
            alerts=self.alerts,
        )


def _synth(stack: PlatformStack, **config: Any) -> Block:
    World(stack).load_balancer(**config)
    return Template(stack).only("aws_lb")


def _listener(stack: PlatformStack, id: str) -> Block:
    return Template(stack).only("aws_lb_listener", path=f"Public/{id}")


def _doors(stack: PlatformStack) -> set[tuple[str, int]]:
    """Return who may call the load balancer on which port."""
    rules = Template(stack).all(INGRESS).values()
    sources = ("cidr_ipv4", "cidr_ipv6", "prefix_list_id")
    return {
        (next(rule[it] for it in sources if it in rule), rule["from_port"])
        for rule in rules
        if rule["from_port"] == rule["to_port"] and rule["ip_protocol"] == "tcp"
    }


def test_it_is_public_dual_stack_and_strict(stack: PlatformStack) -> None:
    """What is read in two ways is refused or dropped, and these are not options."""
    balancer = _synth(stack)

    assert balancer["name"] == "shop-prod-public"
    assert balancer["load_balancer_type"] == "application"
    assert (balancer["internal"], balancer["ip_address_type"]) == (False, "dualstack")
    assert balancer["drop_invalid_header_fields"] is True
    assert balancer["desync_mitigation_mode"] == "defensive"
    assert balancer["enable_waf_fail_open"] is False
    assert (balancer["idle_timeout"], balancer["client_keep_alive"]) == (60, 3600)
    assert balancer["enable_http2"] is True
    assert balancer["xff_header_processing_mode"] == "append"
    assert balancer["security_groups"] == [
        "${aws_security_group.Public_Connections_D1ACCF8D.id}",
    ]


def test_every_option_arrives(stack: PlatformStack) -> None:
    """The other side of each default."""
    balancer = _synth(
        stack,
        http2=False,
        idle_timeout_seconds=120,
        client_keep_alive_seconds=600,
        forwarded_for="remove",
        dual_stack=False,
    )

    assert (balancer["enable_http2"], balancer["idle_timeout"]) == (False, 120)
    assert balancer["client_keep_alive"] == 600
    assert balancer["xff_header_processing_mode"] == "remove"
    assert balancer["ip_address_type"] == "ipv4"


@pytest.mark.parametrize(
    ("config", "tier"),
    [({}, "Public"), ({"internal": True, "sources": ()}, "Private")],
    ids=["public", "internal"],
)
def test_it_stands_in_every_subnet_of_its_tier(
    stack: PlatformStack, config: dict[str, Any], tier: str
) -> None:
    """One address in each zone, so that one can fail."""
    balancer = _synth(stack, **config)

    places = [it.removeprefix("${aws_subnet.").rsplit("_", 1)[0] for it in balancer["subnets"]]
    assert places == [f"Vpc_{tier}_SubnetA", f"Vpc_{tier}_SubnetB"]
    assert balancer["internal"] is (tier == "Private")


@pytest.mark.parametrize("allow_destroy", [False, True])
def test_it_is_protected_unless_the_environment_allows_destroying(
    environment: Environment, tmp_path: Path, *, allow_destroy: bool
) -> None:
    """In AWS and in Terraform."""
    balancer = _synth(stack_of(environment.evolve(allow_destroy=allow_destroy), tmp_path))

    assert balancer["enable_deletion_protection"] is not allow_destroy
    assert balancer.get("lifecycle") == (None if allow_destroy else {"prevent_destroy": True})


def test_http_is_redirected(stack: PlatformStack) -> None:
    """For good, to the same host, path and query."""
    _synth(stack)

    listener = _listener(stack, "Http")

    assert (listener["port"], listener["protocol"]) == (80, "HTTP")
    assert listener["default_action"] == [
        {
            "type": "redirect",
            "redirect": {"protocol": "HTTPS", "port": "443", "status_code": "HTTP_301"},
        }
    ]


def test_what_no_route_takes_is_not_found(stack: PlatformStack) -> None:
    """Nothing behind it answers for a host that nobody claimed."""
    _synth(stack)

    listener = _listener(stack, "Https")

    assert (listener["port"], listener["protocol"]) == (443, "HTTPS")
    (action,) = listener["default_action"]
    assert action["type"] == "fixed-response"
    assert action["fixed_response"]["status_code"] == "404"


@pytest.mark.parametrize(
    ("minimum", "policy"),
    [
        ("1.2", "ELBSecurityPolicy-TLS13-1-2-2021-06"),
        ("1.3", "ELBSecurityPolicy-TLS13-1-3-2021-06"),
    ],
)
def test_tls_is_1_2_or_1_3(stack: PlatformStack, minimum: str, policy: str) -> None:
    """The first certificate is shown once it is issued."""
    _synth(stack, minimum_tls=minimum)

    listener = _listener(stack, "Https")

    assert listener["ssl_policy"] == policy
    assert listener["certificate_arn"].startswith("${aws_acm_certificate_validation.Certificate_")


def test_further_certificates_are_named_after_themselves(stack: PlatformStack) -> None:
    """One that is taken out moves none of the others."""
    world = World(stack)
    balancer = world.load_balancer()

    balancer.add_certificate(world.certificate_for("a.example.com", "First"))
    balancer.add_certificate(world.certificate_for("b.example.com", "Second"))

    template = Template(stack)
    assert template.paths()["aws_lb_listener_certificate"] == [
        "shop-prod-test/Public/CertificateTestFirst",
        "shop-prod-test/Public/CertificateTestSecond",
    ]
    further = template.only("aws_lb_listener_certificate", path="CertificateTestSecond")
    assert further["certificate_arn"].startswith("${aws_acm_certificate_validation.Second_")
    assert further["listener_arn"].startswith("${aws_lb_listener.Public_Https_")


def test_it_takes_25_certificates_beside_the_first(stack: PlatformStack) -> None:
    """The quota of AWS without a raise."""
    world = World(stack)
    balancer = world.load_balancer()
    for number in range(25):
        balancer.add_certificate(world.certificate_for(f"h{number}.example.com", f"C{number}"))

    with pytest.raises(PlatformError) as refused:
        balancer.add_certificate(world.certificate_for("z.example.com", "Last"))

    assert str(refused.value) == (
        "shop-prod-test/Public: a load balancer has 25 certificates beside its first, and"
        " 'shop-prod-test/Last' is one more; put names together into one certificate"
        " [TooManyCertificates]"
    )


@pytest.mark.parametrize(
    ("config", "doors"),
    [
        ({}, {("0.0.0.0/0", 443), ("::/0", 443), ("0.0.0.0/0", 80), ("::/0", 80)}),
        ({"dual_stack": False}, {("0.0.0.0/0", 443), ("0.0.0.0/0", 80)}),
        (
            {"sources": (IPv4Network("203.0.113.0/24"), IPv6Network("2001:db8::/32"))},
            {(block, port) for block in ("203.0.113.0/24", "2001:db8::/32") for port in (80, 443)},
        ),
        ({"sources": ("pl-63a5400a",)}, {("pl-63a5400a", 443)}),
        ({"sources": (), "internal": True}, set()),
    ],
    ids=["everybody", "everybody with IPv4", "blocks", "prefix list", "nobody"],
)
def test_only_its_sources_may_call_it(
    stack: PlatformStack, config: dict[str, Any], doors: set[tuple[str, int]]
) -> None:
    """Blocks on both ports, prefix lists on 443, and nobody else on any."""
    _synth(stack, **config)

    assert _doors(stack) == doors
    assert Template(stack).count(INGRESS) == len(doors)
    assert Template(stack).count("aws_vpc_security_group_egress_rule") == 0


class _Service(PlatformConstruct):
    """Something with a security group."""

    def __init__(self, scope: PlatformStack, vpc: Vpc, listens_on: Port | None = None) -> None:
        super().__init__(scope, "Worker")
        self.connections = Connections(self, vpc=vpc, description="Worker", listens_on=listens_on)


def test_services_may_call_an_internal_one(stack: PlatformStack) -> None:
    """It listens on 443 for them."""
    world = World(stack)
    balancer = world.load_balancer(internal=True, sources=())

    _Service(stack, world.vpc).connections.allow_to(balancer, description="Calls the API")

    rule = Template(stack).only(INGRESS)
    assert (rule["from_port"], rule["to_port"]) == (443, 443)
    assert rule["security_group_id"] == "${aws_security_group.Public_Connections_D1ACCF8D.id}"


def test_requests_and_connections_are_logged_where_elb_may_write(stack: PlatformStack) -> None:
    """The bucket's policy lets exactly these objects in, and is there before the first is tried."""
    balancer = _synth(stack)

    access = Access.of(Template(stack))
    bucket = access.arn("Logs/Resource")
    for block, prefix in (("access_logs", "access"), ("connection_logs", "connections")):
        logs = balancer[block]
        assert logs == {
            "bucket": "${aws_s3_bucket.Logs_6819BB44.id}",
            "prefix": f"shop-prod-public/{prefix}",
            "enabled": True,
        }
        request = Request(
            principal="logdelivery.elasticloadbalancing.amazonaws.com",
            action="s3:PutObject",
            resource=f"{bucket}/{logs['prefix']}/AWSLogs/111111111111/elasticloadbalancing/a.gz",
            context={
                "aws:SecureTransport": "true",
                "aws:SourceArn": (
                    "arn:aws:elasticloadbalancing:us-east-1:111111111111:loadbalancer/app/a/1"
                ),
            },
        )
        assert access.evaluate(request).allowed
    assert balancer["depends_on"] == ["aws_s3_bucket_policy.Logs_Policy_0AE5C130"]


def test_a_bucket_of_another_stack_is_applied_before(
    environment: Environment, tmp_path: Path
) -> None:
    """No address of one state is named in another."""
    app = cdktf.Testing.app(outdir=str(tmp_path))
    world = World(PlatformStack(app, "data", target=environment))
    second = PlatformStack(app, "ecs", target=environment)

    world.load_balancer(second)

    assert "depends_on" not in Template(second).only("aws_lb")


def test_a_bucket_for_something_else_is_refused(stack: PlatformStack) -> None:
    """ELB would be refused by its policy, in the middle of an apply."""
    world = World(stack, purpose=Purpose.LOGS)

    with pytest.raises(PlatformError) as refused:
        world.load_balancer()

    assert str(refused.value) == (
        "shop-prod-test/Public: 'shop-prod-test/Logs' is a bucket for logs, so load balancers cannot"
        " write to it; give one for load-balancer-logs [NotForTheseLogs]"
    )


def test_dual_stack_needs_a_network_with_ipv6(stack: PlatformStack) -> None:
    """ELB refuses subnets without IPv6 addresses."""
    world = World(stack, ipv6=False)

    with pytest.raises(PlatformError) as refused:
        world.load_balancer()

    assert str(refused.value) == (
        "shop-prod-test/Public: a dual-stack load balancer cannot stand in 'shop-prod-test/Vpc',"
        " which has no IPv6 addresses; set ipv6=True there, or dual_stack=False here [NoIpv6]"
    )


def test_without_ipv6_it_is_ipv4(environment: Environment, tmp_path: Path) -> None:
    """And so is its alias."""
    stack = stack_of(environment, tmp_path)
    world = World(stack, ipv6=False)

    balancer = world.load_balancer(dual_stack=False)
    balancer.add_host("shop.example.com", zone=world.zone)

    records = Template(stack).paths()["aws_route53_record"]
    assert [it.rpartition("/")[2] for it in records] == ["Proof_shop_example_com", "A"]


def test_a_host_leads_here(stack: PlatformStack) -> None:
    """By an alias in both address families, asked for health."""
    world = World(stack)

    world.load_balancer().add_host("shop.example.com", zone=world.zone)

    template = Template(stack)
    for kind in ("A", "AAAA"):
        record = template.only("aws_route53_record", path=f"Public/Alias_shop_example_com/{kind}")
        assert record["alias"] == {
            "name": "${aws_lb.Public_D0AE4A11.dns_name}",
            "zone_id": "${aws_lb.Public_D0AE4A11.zone_id}",
            "evaluate_target_health": True,
        }


def test_a_host_needs_a_certificate(stack: PlatformStack) -> None:
    """Any of the certificates will do, but one that browsers take."""
    world = World(stack)
    balancer = world.load_balancer()

    with pytest.raises(PlatformError) as refused:
        balancer.add_host("api.example.com", zone=world.zone)

    assert str(refused.value) == (
        "shop-prod-test/Public: no certificate is good for 'api.example.com', so browsers would"
        " refuse it; there are shop.example.com: add the name to one of them, or add a certificate"
        " first [HostWithoutCertificate]"
    )
    balancer.add_certificate(world.certificate_for("*.example.com", "Wildcard"))
    assert balancer.add_host("api.example.com", zone=world.zone).host == "api.example.com"


def test_what_comes_later_depends_on_it_and_not_the_other_way(
    environment: Environment, tmp_path: Path
) -> None:
    """Services and the edge open, lead and associate from their own stacks."""
    app = cdktf.Testing.app(outdir=str(tmp_path))
    first, ecs, services, edge = (
        PlatformStack(app, name, target=environment) for name in ("data", "ecs", "services", "edge")
    )
    world = World(first)
    balancer = world.load_balancer(ecs)

    targets = TargetGroup(
        services,
        "Api",
        config=TargetGroupConfig(port=8000),
        load_balancer=balancer,
        alerts=world.alerts,
    )
    ListenerRule(services, "ApiRule", config=Route(priority=1), target_group=targets)
    worker = _Service(services, world.vpc, listens_on=Port(8000))
    worker.connections.allow_from(balancer, description="Forwards requests")
    balancer.add_web_acl(_Edge(edge, "Edge"), web_acl=_WebAcl(), fail_open=False)

    for stack in (services, edge, ecs):
        Template(stack)
    assert [it.node.id for it in ecs.dependencies] == ["shop-prod-data"]
    assert {it.node.id for it in services.dependencies} == {"shop-prod-data", "shop-prod-ecs"}
    assert [it.node.id for it in edge.dependencies] == ["shop-prod-ecs"]
    (rule,) = Template(services).all(INGRESS).values()
    assert rule["from_port"] == 8000


class _WebAcl:
    """A web ACL that is there."""

    arn = "arn:aws:wafv2:us-east-1:111111111111:regional/webacl/shop/1"


class _Edge(PlatformConstruct):
    """What the web ACL belongs to."""


@pytest.mark.parametrize("fail_open", [False, True])
def test_a_web_acl_fails_as_it_was_said(stack: PlatformStack, *, fail_open: bool) -> None:
    """The choice has no default."""
    balancer = World(stack).load_balancer()

    balancer.add_web_acl(_Edge(stack, "Edge"), web_acl=_WebAcl(), fail_open=fail_open)

    template = Template(stack)
    association = template.only("aws_wafv2_web_acl_association", path="Edge/WebAclOfTestPublic")
    assert association["resource_arn"] == "${aws_lb.Public_D0AE4A11.arn}"
    assert association["web_acl_arn"] == _WebAcl.arn
    assert template.only("aws_lb")["enable_waf_fail_open"] is fail_open


def test_a_second_web_acl_is_refused(stack: PlatformStack) -> None:
    """AWS would replace the first one silently."""
    balancer = World(stack).load_balancer()
    balancer.add_web_acl(_Edge(stack, "Edge"), web_acl=_WebAcl(), fail_open=True)

    with pytest.raises(PlatformError) as refused:
        balancer.add_web_acl(_Edge(stack, "Other"), web_acl=_WebAcl(), fail_open=True)

    assert str(refused.value) == (
        "shop-prod-test/Other: 'shop-prod-test/Public' has a web ACL by 'shop-prod-test/Edge'"
        " already, and AWS allows one; put the rules into that one [WebAclTaken]"
    )


@pytest.mark.parametrize(
    ("alarm", "metric", "threshold", "periods"),
    [
        ("errors-p1", "HTTPCode_ELB_5XX_Count", 10, 3),
        ("rejected-connections-p2", "RejectedConnectionCount", 0, 1),
    ],
)
def test_alarms_watch_the_load_balancer_itself(
    stack: PlatformStack, alarm: str, metric: str, threshold: int, periods: int
) -> None:
    """By the suffix of its own ARN, and quiet where nothing is reported."""
    _synth(stack)

    alarms = Template(stack).all("aws_cloudwatch_metric_alarm").values()
    (found,) = [it for it in alarms if it["alarm_name"] == f"shop-prod-public-{alarm}"]
    assert (found["namespace"], found["metric_name"]) == ("AWS/ApplicationELB", metric)
    assert found["dimensions"] == {"LoadBalancer": "${aws_lb.Public_D0AE4A11.arn_suffix}"}
    assert (found["statistic"], found["period"]) == ("Sum", 60)
    assert (found["threshold"], found["evaluation_periods"]) == (threshold, periods)
    assert found["comparison_operator"] == "GreaterThanThreshold"
    assert found["treat_missing_data"] == "notBreaching"
    assert found["alarm_actions"] == found["ok_actions"]


def test_thresholds_are_the_configurations(stack: PlatformStack) -> None:
    """Both of them."""
    _synth(stack, alarms={"errors": 7, "rejected_connections": 3})

    alarms = Template(stack).all("aws_cloudwatch_metric_alarm").values()
    assert sorted(it["threshold"] for it in alarms) == [3, 7]

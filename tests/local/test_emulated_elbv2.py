"""Load balancers stand where they can, show certificates that are issued, and use target groups."""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable
from typing import Any

import pytest

from tests.local.zones import Zone

_ANSWER = {"Type": "fixed-response", "FixedResponseConfig": {"StatusCode": "404"}}
_WRITER = {"Service": "logdelivery.elasticloadbalancing.amazonaws.com"}


@pytest.fixture
def balancers(client: Callable[[str], Any]) -> Any:
    """Return the client of Elastic Load Balancing."""
    return client("elbv2")


@pytest.fixture
def asked(subnets: list[str]) -> dict[str, Any]:
    """Return what is asked for an internal load balancer."""
    return {"Name": f"b{secrets.token_hex(4)}", "Subnets": subnets, "Scheme": "internal"}


@pytest.fixture
def balancer(balancers: Any, asked: dict[str, Any]) -> str:
    """Return the ARN of that load balancer."""
    return _arn(balancers.create_load_balancer(**asked))


@pytest.fixture
def group(balancers: Any, vpc: str) -> str:
    """Return the ARN of a target group."""
    return _group(balancers, vpc)


@pytest.fixture
def certificate(client: Callable[[str], Any]) -> Callable[..., str]:
    """Return a maker of certificates, issued unless said otherwise."""
    acm, zone = client("acm"), Zone(client("route53"))

    def make(*, issued: bool = True) -> str:
        domain = f"c{secrets.token_hex(4)}.{zone.domain}"
        arn = str(
            acm.request_certificate(DomainName=domain, ValidationMethod="DNS")["CertificateArn"]
        )
        told = acm.describe_certificate(CertificateArn=arn)["Certificate"]
        record = told["DomainValidationOptions"][0]["ResourceRecord"]
        if issued:
            zone.put(record["Name"], "CNAME", record["Value"])
        return arn

    return make


def _arn(answer: dict[str, Any]) -> str:
    return str(answer["LoadBalancers"][0]["LoadBalancerArn"])


def _group(balancers: Any, vpc: str) -> str:
    made = balancers.create_target_group(
        Name=f"g{secrets.token_hex(4)}", Protocol="HTTP", Port=80, VpcId=vpc, TargetType="ip"
    )
    return str(made["TargetGroups"][0]["TargetGroupArn"])


def _listen(balancers: Any, balancer: str, **more: Any) -> str:
    asked = {"Protocol": "HTTP", "Port": 80, "DefaultActions": [_ANSWER]} | more
    made = balancers.create_listener(LoadBalancerArn=balancer, **asked)
    return str(made["Listeners"][0]["ListenerArn"])


def _attributes(answer: dict[str, Any]) -> dict[str, str]:
    return {it["Key"]: it["Value"] for it in answer["Attributes"]}


def _pairs(attributes: dict[str, str]) -> list[dict[str, str]]:
    return [{"Key": key, "Value": value} for key, value in attributes.items()]


class TestLoadBalancer:
    """Where it stands, and what can be set."""

    def test_it_has_a_name_of_its_own(
        self, balancers: Any, asked: dict[str, Any], balancer: str, refused: Callable[..., str]
    ) -> None:
        """In the DNS and in the Region."""
        found = balancers.describe_load_balancers(LoadBalancerArns=[balancer])["LoadBalancers"][0]

        code = refused(balancers.create_load_balancer, **asked)

        assert found["DNSName"].startswith(f"internal-{asked['Name']}-")
        assert found["DNSName"].endswith(".eu-central-1.elb.amazonaws.com")
        assert code == "DuplicateLoadBalancerName"

    def test_the_internet_reaches_it_through_a_gateway(
        self,
        balancers: Any,
        client: Callable[[str], Any],
        asked: dict[str, Any],
        vpc: str,
        refused: Callable[..., str],
    ) -> None:
        """Without one the VPC has none that faces the internet, which is the default."""
        del asked["Scheme"]
        code = refused(balancers.create_load_balancer, **asked)
        ec2 = client("ec2")
        gateway = ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
        ec2.attach_internet_gateway(InternetGatewayId=gateway, VpcId=vpc)

        made = balancers.create_load_balancer(**asked)["LoadBalancers"][0]

        assert code == "InvalidSubnet"
        assert made["Scheme"] == "internet-facing"
        assert made["DNSName"].startswith(f"{asked['Name']}-")

    def test_it_stands_in_two_zones(
        self,
        balancers: Any,
        client: Callable[[str], Any],
        asked: dict[str, Any],
        balancer: str,
        vpc: str,
        refused: Callable[..., str],
    ) -> None:
        """In one subnet of each, of one VPC; at first and later."""
        ec2, first = client("ec2"), asked["Subnets"]
        twin = ec2.create_subnet(
            VpcId=vpc, CidrBlock="10.0.9.0/24", AvailabilityZone="eu-central-1a"
        )["Subnet"]["SubnetId"]
        other = ec2.create_vpc(CidrBlock="10.1.0.0/16")["Vpc"]["VpcId"]
        foreign = ec2.create_subnet(
            VpcId=other, CidrBlock="10.1.1.0/24", AvailabilityZone="eu-central-1b"
        )["Subnet"]["SubnetId"]
        wrong = {
            "ValidationError": first[:1],
            "InvalidConfigurationRequest": [first[0], twin],
            "InvalidSubnet": [first[0], foreign],
            "SubnetNotFound": [first[0], "subnet-0123456789abcdef0"],
        }

        made = {
            refused(balancers.create_load_balancer, Name="new", Scheme="internal", Subnets=it)
            for it in wrong.values()
        }
        moved = {
            refused(balancers.set_subnets, LoadBalancerArn=balancer, Subnets=it)
            for it in wrong.values()
        }
        balancers.set_subnets(LoadBalancerArn=balancer, Subnets=first[:2])

        found = balancers.describe_load_balancers(LoadBalancerArns=[balancer])["LoadBalancers"][0]
        assert made == moved == set(wrong)
        assert {it["SubnetId"] for it in found["AvailabilityZones"]} == set(first[:2])

    def test_dual_stack_needs_subnets_with_ipv6(
        self,
        balancers: Any,
        client: Callable[[str], Any],
        asked: dict[str, Any],
        balancer: str,
        vpc: str,
        refused: Callable[..., str],
    ) -> None:
        """In all of them; at first and later."""
        ec2 = client("ec2")
        made = refused(
            balancers.create_load_balancer,
            **{**asked, "Name": "dual", "IpAddressType": "dualstack"},
        )
        changed = refused(
            balancers.set_ip_address_type, LoadBalancerArn=balancer, IpAddressType="dualstack"
        )
        block = ec2.describe_vpcs(VpcIds=[vpc])["Vpcs"][0]["Ipv6CidrBlockAssociationSet"][0]
        for number, subnet in enumerate(asked["Subnets"]):
            cidr = block["Ipv6CidrBlock"].replace("00::/56", f"{number:02x}::/64")
            ec2.associate_subnet_cidr_block(SubnetId=subnet, Ipv6CidrBlock=cidr)

        balancers.set_ip_address_type(LoadBalancerArn=balancer, IpAddressType="dualstack")

        found = balancers.describe_load_balancers(LoadBalancerArns=[balancer])["LoadBalancers"][0]
        assert (made, changed) == ("InvalidSubnet", "InvalidSubnet")
        assert found["IpAddressType"] == "dualstack"

    def test_its_security_groups_are_of_its_vpc(
        self,
        balancers: Any,
        client: Callable[[str], Any],
        asked: dict[str, Any],
        balancer: str,
        vpc: str,
        refused: Callable[..., str],
    ) -> None:
        """The VPC's default one if none is named."""
        ec2 = client("ec2")
        where = [{"Name": "vpc-id", "Values": [vpc]}]
        default = ec2.describe_security_groups(Filters=where)["SecurityGroups"][0]["GroupId"]
        other = ec2.create_vpc(CidrBlock="10.1.0.0/16")["Vpc"]["VpcId"]
        foreign = ec2.create_security_group(GroupName="other", Description="o", VpcId=other)[
            "GroupId"
        ]
        own = ec2.create_security_group(GroupName="own", Description="o", VpcId=vpc)["GroupId"]
        found = balancers.describe_load_balancers(LoadBalancerArns=[balancer])["LoadBalancers"][0]

        codes = {
            refused(
                balancers.create_load_balancer,
                **{**asked, "Name": "n", "SecurityGroups": [foreign]},
            ),
            refused(
                balancers.set_security_groups, LoadBalancerArn=balancer, SecurityGroups=[foreign]
            ),
        }
        changed = balancers.set_security_groups(LoadBalancerArn=balancer, SecurityGroups=[own])

        assert found["SecurityGroups"] == [default]
        assert codes == {"InvalidConfigurationRequest"}
        assert changed["SecurityGroupIds"] == [own]

    def test_attributes_have_defaults(self, balancers: Any, balancer: str) -> None:
        """Those of an Application Load Balancer, and what is set reads back."""
        tell = balancers.describe_load_balancer_attributes
        before = _attributes(tell(LoadBalancerArn=balancer))
        change = {"idle_timeout.timeout_seconds": "120", "routing.http2.enabled": "false"}

        balancers.modify_load_balancer_attributes(
            LoadBalancerArn=balancer, Attributes=_pairs(change)
        )

        assert before["idle_timeout.timeout_seconds"] == "60"
        assert before["load_balancing.cross_zone.enabled"] == "true"
        assert len(before) == 20
        assert _attributes(tell(LoadBalancerArn=balancer)) == before | change

    @pytest.mark.parametrize(
        ("key", "value"),
        [
            ("idle_timeout.timeout_seconds", "0"),
            ("idle_timeout.timeout_seconds", "4001"),
            ("client_keep_alive.seconds", "59"),
            ("client_keep_alive.seconds", "long"),
            ("routing.http2.enabled", "yes"),
            ("routing.http.desync_mitigation_mode", "strict"),
            ("load_balancing.cross_zone.enabled", "false"),
            ("dns_record.client_routing_policy", "any_availability_zone"),
        ],
    )
    def test_refuses_attributes_that_cannot_be(
        self, balancers: Any, balancer: str, refused: Callable[..., str], key: str, value: str
    ) -> None:
        """Nor one of a Network Load Balancer; nothing of the request is kept."""
        tell = balancers.describe_load_balancer_attributes
        before = _attributes(tell(LoadBalancerArn=balancer))

        code = refused(
            balancers.modify_load_balancer_attributes,
            LoadBalancerArn=balancer,
            Attributes=_pairs({"waf.fail_open.enabled": "true", key: value}),
        )

        assert code == "InvalidConfigurationRequest"
        assert _attributes(tell(LoadBalancerArn=balancer)) == before

    def test_a_protected_one_stays(
        self, balancers: Any, balancer: str, refused: Callable[..., str]
    ) -> None:
        """Until its protection is taken off."""

        def protect(value: str) -> None:
            attributes = _pairs({"deletion_protection.enabled": value})
            balancers.modify_load_balancer_attributes(
                LoadBalancerArn=balancer, Attributes=attributes
            )

        protect("true")
        code = refused(balancers.delete_load_balancer, LoadBalancerArn=balancer)
        protect("false")
        balancers.delete_load_balancer(LoadBalancerArn=balancer)

        assert code == "OperationNotPermitted"
        gone = refused(balancers.describe_load_balancers, LoadBalancerArns=[balancer])
        assert gone == "LoadBalancerNotFound"

    def test_an_unknown_one_is_said_so(
        self, balancers: Any, asked: dict[str, Any], balancer: str, refused: Callable[..., str]
    ) -> None:
        """Whatever is done with it; only deleting it twice is no error."""
        unknown = {"LoadBalancerArn": f"{balancer}0"}

        codes = {
            refused(balancers.set_subnets, **unknown, Subnets=asked["Subnets"]),
            refused(balancers.set_ip_address_type, **unknown, IpAddressType="dualstack"),
            refused(balancers.set_security_groups, **unknown, SecurityGroups=["sg-1"]),
            refused(
                balancers.modify_load_balancer_attributes, **unknown, Attributes=_pairs({"a": "b"})
            ),
            refused(
                balancers.create_listener,
                **unknown,
                Protocol="HTTP",
                Port=80,
                DefaultActions=[_ANSWER],
            ),
        }

        assert codes == {"LoadBalancerNotFound"}
        balancers.delete_load_balancer(**unknown)

    def test_other_kinds_are_motos(self, balancers: Any, asked: dict[str, Any]) -> None:
        """A Network Load Balancer has its own attributes, and may stand in one subnet."""
        alone = {**asked, "Subnets": asked["Subnets"][:1]}
        made = _arn(balancers.create_load_balancer(**alone, Type="network"))

        balancers.modify_load_balancer_attributes(
            LoadBalancerArn=made,
            Attributes=_pairs({"dns_record.client_routing_policy": "any_availability_zone"}),
        )

        found = _attributes(balancers.describe_load_balancer_attributes(LoadBalancerArn=made))
        assert found["dns_record.client_routing_policy"] == "any_availability_zone"

    def test_an_alias_of_it_is_taken(
        self, balancers: Any, balancer: str, client: Callable[[str], Any]
    ) -> None:
        """By its name, with or without the prefix; of another name it is not."""
        zone = Zone(client("route53"))
        found = balancers.describe_load_balancers(LoadBalancerArns=[balancer])["LoadBalancers"][0]
        alias = {"HostedZoneId": found["CanonicalHostedZoneId"], "EvaluateTargetHealth": True}

        zone.change(
            ("CREATE", zone.domain, "A", {**alias, "DNSName": found["DNSName"]}),
            ("CREATE", zone.domain, "AAAA", {**alias, "DNSName": f"dualstack.{found['DNSName']}"}),
        )

        with pytest.raises(zone.route53.exceptions.InvalidChangeBatch, match="was not found"):
            zone.change(
                ("CREATE", f"x.{zone.domain}", "A", {**alias, "DNSName": f"x{found['DNSName']}"})
            )
        assert len(zone.records()) == 2


class TestLogs:
    """They are tried out when they are turned on."""

    @pytest.fixture
    def bucket(self, client: Callable[[str], Any]) -> str:
        """Return a bucket without a policy, encrypted by S3."""
        name = f"logs-{secrets.token_hex(4)}"
        client("s3").create_bucket(
            Bucket=name, CreateBucketConfiguration={"LocationConstraint": "eu-central-1"}
        )
        return name

    @pytest.fixture
    def allow(self, client: Callable[[str], Any], bucket: str) -> Callable[..., None]:
        """Return a writer of the bucket's policy: what is usual, changed."""

        def write(*more: dict[str, Any], **change: Any) -> None:
            usual = {
                "Effect": "Allow",
                "Principal": _WRITER,
                "Action": "s3:PutObject",
                "Resource": f"arn:aws:s3:::{bucket}/shop/AWSLogs/210987654321/*",
            }
            policy = {"Version": "2012-10-17", "Statement": [usual | change, *more]}
            client("s3").put_bucket_policy(Bucket=bucket, Policy=json.dumps(policy))

        return write

    @pytest.fixture
    def turn_on(self, balancers: Any, balancer: str, bucket: str) -> Callable[..., Any]:
        """Return the call that turns access logs on, changed."""

        def call(**change: str) -> Any:
            asked = {"enabled": "true", "bucket": bucket, "prefix": "shop"} | change
            return balancers.modify_load_balancer_attributes(
                LoadBalancerArn=balancer,
                Attributes=_pairs({f"access_logs.s3.{key}": value for key, value in asked.items()}),
            )

        return call

    @pytest.mark.parametrize(
        "change",
        [
            {},
            {"Principal": "*"},
            {"Principal": {"AWS": "*"}},
            {"Action": ["s3:GetObject", "s3:Put*"]},
            {
                "Condition": {
                    "ArnLike": {
                        "aws:SourceArn": (
                            "arn:aws:elasticloadbalancing:eu-central-1:210987654321:loadbalancer/*"
                        )
                    }
                }
            },
            {"Condition": {"StringEquals": {"aws:SourceAccount": "210987654321"}}},
        ],
    )
    def test_a_policy_lets_them_be_written(
        self, allow: Callable[..., None], turn_on: Callable[..., Any], change: dict[str, Any]
    ) -> None:
        """The service may put objects where logs go."""
        allow(**change)

        assert _attributes(turn_on())["access_logs.s3.enabled"] == "true"

    @pytest.mark.parametrize(
        "change",
        [
            {"Principal": {"Service": "delivery.logs.amazonaws.com"}},
            {"Principal": {"AWS": "arn:aws:iam::210987654321:root"}},
            {"Action": "s3:GetObject"},
            {"Resource": "arn:aws:s3:::elsewhere/shop/AWSLogs/210987654321/*"},
            {"Condition": {"StringEquals": {"aws:SourceAccount": "111111111111"}}},
            {"Effect": "Deny"},
        ],
    )
    def test_another_policy_does_not(
        self,
        allow: Callable[..., None],
        turn_on: Callable[..., Any],
        refused: Callable[..., str],
        change: dict[str, Any],
    ) -> None:
        """Nobody else's permission counts."""
        allow(**change)

        assert refused(turn_on) == "InvalidConfigurationRequest"

    def test_a_denial_wins(
        self,
        allow: Callable[..., None],
        turn_on: Callable[..., Any],
        bucket: str,
        refused: Callable[..., str],
    ) -> None:
        """But not one of requests without TLS, which these are not."""
        denial = {
            "Effect": "Deny",
            "Principal": "*",
            "Action": "s3:*",
            "Resource": f"arn:aws:s3:::{bucket}/*",
        }
        allow(denial)
        code = refused(turn_on)
        allow({**denial, "Condition": {"Bool": {"aws:SecureTransport": "false"}}})

        assert code == "InvalidConfigurationRequest"
        assert turn_on()

    def test_the_bucket_is_one_that_can_be_written(
        self,
        client: Callable[[str], Any],
        allow: Callable[..., None],
        turn_on: Callable[..., Any],
        bucket: str,
        refused: Callable[..., str],
    ) -> None:
        """It exists, has a policy, a prefix that can be, and S3's own key."""
        without = refused(turn_on)
        allow()
        missing = refused(turn_on, bucket="nobody")
        prefixes = {refused(turn_on, prefix=it) for it in ("AWSLogs", "/shop", "shop/", "other")}
        off = _attributes(turn_on(enabled="false", bucket="nobody"))
        key = {"SSEAlgorithm": "aws:kms"}
        client("s3").put_bucket_encryption(
            Bucket=bucket,
            ServerSideEncryptionConfiguration={
                "Rules": [{"ApplyServerSideEncryptionByDefault": key}]
            },
        )

        encrypted = refused(turn_on)

        assert {without, missing, encrypted, *prefixes} == {"InvalidConfigurationRequest"}
        assert off["access_logs.s3.enabled"] == "false"

    def test_connection_logs_are_tried_too(
        self,
        balancers: Any,
        balancer: str,
        bucket: str,
        allow: Callable[..., None],
        refused: Callable[..., str],
    ) -> None:
        """With their own prefix."""
        allow()

        def turn_on(prefix: str) -> Any:
            logs = {"enabled": "true", "bucket": bucket, "prefix": prefix}
            return balancers.modify_load_balancer_attributes(
                LoadBalancerArn=balancer,
                Attributes=_pairs({f"connection_logs.s3.{key}": it for key, it in logs.items()}),
            )

        assert refused(turn_on, prefix="other") == "InvalidConfigurationRequest"
        assert _attributes(turn_on("shop"))["connection_logs.s3.enabled"] == "true"


class TestListener:
    """What it speaks, shows and leads to."""

    def test_one_for_each_port(
        self, balancers: Any, balancer: str, refused: Callable[..., str]
    ) -> None:
        """At first and when it changes."""
        first = _listen(balancers, balancer)
        second = _listen(balancers, balancer, Port=81)

        codes = {
            refused(
                balancers.create_listener,
                LoadBalancerArn=balancer,
                Protocol="HTTP",
                Port=80,
                DefaultActions=[_ANSWER],
            ),
            refused(balancers.modify_listener, ListenerArn=second, Port=80),
        }
        balancers.modify_listener(ListenerArn=first, Port=82)

        found = balancers.describe_listeners(LoadBalancerArn=balancer)["Listeners"]
        assert codes == {"DuplicateListener"}
        assert [it["Port"] for it in found] == [82, 81]

    def test_https_shows_an_issued_certificate(
        self,
        balancers: Any,
        balancer: str,
        certificate: Callable[..., str],
        refused: Callable[..., str],
    ) -> None:
        """HTTP shows none; a policy has to exist."""
        issued, waiting = certificate(), certificate(issued=False)
        https = {
            "LoadBalancerArn": balancer,
            "Protocol": "HTTPS",
            "Port": 443,
            "DefaultActions": [_ANSWER],
        }
        shown = [{"CertificateArn": issued}]

        codes = [
            refused(balancers.create_listener, **https),
            refused(balancers.create_listener, **https, Certificates=[{"CertificateArn": waiting}]),
            refused(
                balancers.create_listener, **https, Certificates=[{"CertificateArn": f"{issued}0"}]
            ),
            refused(
                balancers.create_listener,
                **https,
                Certificates=[
                    {"CertificateArn": "arn:aws:iam::210987654321:server-certificate/nobody"}
                ],
            ),
            refused(balancers.create_listener, **https, Certificates=shown, SslPolicy="Modern"),
            refused(balancers.create_listener, **{**https, "Protocol": "HTTP"}, Certificates=shown),
        ]
        made = _listen(balancers, balancer, Protocol="HTTPS", Port=443, Certificates=shown)
        codes.append(
            refused(
                balancers.modify_listener,
                ListenerArn=made,
                Certificates=[{"CertificateArn": waiting}],
            )
        )

        assert codes == [
            "CertificateNotFound",
            "UnsupportedCertificate",
            "CertificateNotFound",
            "CertificateNotFound",
            "SSLPolicyNotFound",
            "InvalidConfigurationRequest",
            "UnsupportedCertificate",
        ]

    def test_only_tls_has_a_policy(
        self, balancers: Any, balancer: str, certificate: Callable[..., str]
    ) -> None:
        """Also after a change of the protocol."""
        shown = [{"CertificateArn": certificate()}]
        plain = _listen(balancers, balancer)
        safe = _listen(balancers, balancer, Protocol="HTTPS", Port=443, Certificates=shown)
        balancers.add_listener_certificates(
            ListenerArn=safe, Certificates=[{"CertificateArn": certificate()}]
        )
        before = balancers.describe_listeners(ListenerArns=[plain, safe])["Listeners"]

        balancers.modify_listener(ListenerArn=safe, Protocol="HTTP", DefaultActions=[_ANSWER])

        after = balancers.describe_listeners(ListenerArns=[safe])["Listeners"][0]
        assert ["SslPolicy" in it for it in before] == [False, True]
        assert after["Protocol"] == "HTTP"
        assert "SslPolicy" not in after
        assert not after.get("Certificates")
        assert balancers.describe_listener_certificates(ListenerArn=safe)["Certificates"] == []

    def test_further_certificates_are_not_the_default_one(
        self,
        balancers: Any,
        balancer: str,
        certificate: Callable[..., str],
        refused: Callable[..., str],
    ) -> None:
        """They stay when that one changes, are added once, and go by themselves."""
        first, second, third = (certificate() for _ in range(3))
        arn = _listen(
            balancers,
            balancer,
            Protocol="HTTPS",
            Port=443,
            Certificates=[{"CertificateArn": first}],
        )

        def shown() -> list[tuple[str, bool]]:
            found = balancers.describe_listener_certificates(ListenerArn=arn)["Certificates"]
            return [(it["CertificateArn"], it["IsDefault"]) for it in found]

        for _ in range(2):
            balancers.add_listener_certificates(
                ListenerArn=arn, Certificates=[{"CertificateArn": second}]
            )
        listed = balancers.describe_listeners(ListenerArns=[arn])["Listeners"][0]["Certificates"]
        before = shown()
        waiting = refused(
            balancers.add_listener_certificates,
            ListenerArn=arn,
            Certificates=[{"CertificateArn": certificate(issued=False)}],
        )
        default = refused(
            balancers.remove_listener_certificates,
            ListenerArn=arn,
            Certificates=[{"CertificateArn": first}],
        )
        balancers.modify_listener(ListenerArn=arn, Certificates=[{"CertificateArn": third}])
        changed = shown()
        balancers.remove_listener_certificates(
            ListenerArn=arn, Certificates=[{"CertificateArn": second}]
        )

        assert listed == [{"CertificateArn": first}]
        assert before == [(first, True), (second, False)]
        assert (waiting, default) == ("UnsupportedCertificate", "OperationNotPermitted")
        assert changed == [(third, True), (second, False)]
        assert shown() == [(third, True)]

    def test_there_are_25_further_certificates(
        self,
        balancers: Any,
        balancer: str,
        certificate: Callable[..., str],
        refused: Callable[..., str],
        client: Callable[[str], Any],
    ) -> None:
        """Not 26. Certificates of IAM are made faster."""
        own = client("acm").get_certificate(CertificateArn=certificate())["Certificate"]
        arns = [
            client("iam").upload_server_certificate(
                ServerCertificateName=f"c{secrets.token_hex(4)}",
                CertificateBody=own,
                PrivateKey="key",
            )["ServerCertificateMetadata"]["Arn"]
            for _ in range(27)
        ]
        shown = [{"CertificateArn": it} for it in arns]
        arn = _listen(balancers, balancer, Protocol="HTTPS", Port=443, Certificates=shown[:1])
        balancers.add_listener_certificates(ListenerArn=arn, Certificates=shown[1:26])

        code = refused(
            balancers.add_listener_certificates, ListenerArn=arn, Certificates=shown[26:]
        )

        assert code == "TooManyCertificates"

    def test_attributes_are_those_of_its_protocol(
        self,
        balancers: Any,
        balancer: str,
        certificate: Callable[..., str],
        refused: Callable[..., str],
    ) -> None:
        """HTTPS adds the names of headers about TLS; what is set is kept."""
        arn = _listen(balancers, balancer)
        tls = "routing.http.request.x_amzn_tls_version.header_name"
        server = "routing.http.response.server.enabled"
        before = _attributes(balancers.describe_listener_attributes(ListenerArn=arn))
        code = refused(
            balancers.modify_listener_attributes,
            ListenerArn=arn,
            Attributes=_pairs({tls: "X-Version"}),
        )
        balancers.modify_listener_attributes(ListenerArn=arn, Attributes=_pairs({server: "false"}))

        balancers.modify_listener(
            ListenerArn=arn, Protocol="HTTPS", Certificates=[{"CertificateArn": certificate()}]
        )

        after = _attributes(balancers.describe_listener_attributes(ListenerArn=arn))
        assert code == "InvalidConfigurationRequest"
        assert (before[server], after[server]) == ("true", "false")
        assert tls not in before
        assert after[tls] == "X-Amzn-Tls-Version"


class TestRule:
    """What requests it takes, and to whom it gives them."""

    @pytest.fixture
    def listener(self, balancers: Any, balancer: str) -> str:
        """Return the ARN of a listener."""
        return _listen(balancers, balancer)

    @pytest.fixture
    def rule(self, listener: str, group: str) -> dict[str, Any]:
        """Return what is asked for a rule."""
        return {
            "ListenerArn": listener,
            "Priority": 10,
            "Conditions": _conditions("a.example"),
            "Actions": [{"Type": "forward", "TargetGroupArn": group}],
        }

    @pytest.mark.parametrize(
        "change",
        [
            {"Priority": 50_001},
            {"Conditions": [{"Field": "host-header", "HostHeaderConfig": {"Values": ["a"] * 6}}]},
            {
                "Conditions": [
                    {"Field": "path-pattern", "PathPatternConfig": {"Values": ["*?" * 3]}}
                ]
            },
            {
                "Conditions": [
                    {
                        "Field": "query-string",
                        "QueryStringConfig": {"Values": [{"Key": "*a*", "Value": "*b*c*d*"}]},
                    }
                ]
            },
        ],
    )
    def test_refuses_rules_that_cannot_be(
        self,
        balancers: Any,
        rule: dict[str, Any],
        refused: Callable[..., str],
        change: dict[str, Any],
    ) -> None:
        """Priorities to 50000, five values and five wildcards."""
        assert refused(balancers.create_rule, **rule | change) == "ValidationError"

    def test_a_changed_rule_has_the_same_limits(
        self, balancers: Any, rule: dict[str, Any], refused: Callable[..., str]
    ) -> None:
        """Five values fit, six do not."""
        arn = balancers.create_rule(**rule)["Rules"][0]["RuleArn"]

        balancers.modify_rule(RuleArn=arn, Conditions=_conditions(*"abcde"))
        code = refused(balancers.modify_rule, RuleArn=arn, Conditions=_conditions(*"abcdef"))

        assert code == "ValidationError"

    def test_a_group_is_used_while_something_leads_to_it(
        self,
        balancers: Any,
        balancer: str,
        group: str,
        rule: dict[str, Any],
        refused: Callable[..., str],
    ) -> None:
        """A rule, then a listener; afterwards it can be deleted."""

        def users() -> list[str]:
            found = balancers.describe_target_groups(TargetGroupArns=[group])["TargetGroups"][0]
            return list(found["LoadBalancerArns"])

        made = balancers.create_rule(**rule)["Rules"][0]["RuleArn"]
        seen = [users()]
        balancers.delete_rule(RuleArn=made)
        seen.append(users())
        listener = _listen(balancers, balancer, Port=81, DefaultActions=rule["Actions"])
        seen.append(users())
        code = refused(balancers.delete_target_group, TargetGroupArn=group)
        balancers.modify_listener(ListenerArn=listener, DefaultActions=[_ANSWER])
        seen.append(users())
        balancers.modify_listener(ListenerArn=listener, DefaultActions=rule["Actions"])
        balancers.delete_listener(ListenerArn=listener)
        seen.append(users())

        assert seen == [[balancer], [], [balancer], [], []]
        assert code == "ResourceInUse"
        balancers.delete_target_group(TargetGroupArn=group)

    def test_a_deleted_load_balancer_frees_its_groups(
        self, balancers: Any, balancer: str, group: str, rule: dict[str, Any]
    ) -> None:
        """With its listeners and rules."""
        balancers.create_rule(**rule)

        balancers.delete_load_balancer(LoadBalancerArn=balancer)

        found = balancers.describe_target_groups(TargetGroupArns=[group])["TargetGroups"][0]
        assert found["LoadBalancerArns"] == []

    def test_a_group_has_one_load_balancer(
        self,
        balancers: Any,
        asked: dict[str, Any],
        listener: str,
        rule: dict[str, Any],
        refused: Callable[..., str],
    ) -> None:
        """A second one gets its own group, by listener or by rule."""
        balancers.create_rule(**rule)
        other = _arn(balancers.create_load_balancer(**{**asked, "Name": f"{asked['Name']}-2"}))
        second = _listen(balancers, other)
        actions = {"Conditions": rule["Conditions"], "Actions": [_ANSWER]}
        elsewhere = balancers.create_rule(ListenerArn=second, Priority=1, **actions)["Rules"][0]

        codes = {
            refused(balancers.create_rule, **{**rule, "ListenerArn": second}),
            refused(
                balancers.create_listener,
                LoadBalancerArn=other,
                Protocol="HTTP",
                Port=81,
                DefaultActions=rule["Actions"],
            ),
            refused(balancers.modify_listener, ListenerArn=second, DefaultActions=rule["Actions"]),
            refused(balancers.modify_rule, RuleArn=elsewhere["RuleArn"], Actions=rule["Actions"]),
        }

        assert codes == {"TargetGroupAssociationLimit"}
        balancers.create_rule(**{**rule, "ListenerArn": listener, "Priority": 11})


def _conditions(*hosts: str) -> list[dict[str, Any]]:
    return [{"Field": "host-header", "HostHeaderConfig": {"Values": list(hosts)}}]


class TestTargetGroup:
    """What can be set."""

    def test_attributes_have_defaults(self, balancers: Any, group: str) -> None:
        """And what is set reads back, up to the longest draining."""
        tell = balancers.describe_target_group_attributes
        before = _attributes(tell(TargetGroupArn=group))
        change = {
            "deregistration_delay.timeout_seconds": "3600",
            "stickiness.enabled": "true",
            "slow_start.duration_seconds": "30",
        }

        balancers.modify_target_group_attributes(TargetGroupArn=group, Attributes=_pairs(change))

        assert before["stickiness.lb_cookie.duration_seconds"] == "86400"
        assert before["deregistration_delay.timeout_seconds"] == "300"
        assert len(before) == 14
        assert _attributes(tell(TargetGroupArn=group)) == before | change

    @pytest.mark.parametrize(
        ("change", "code"),
        [
            ({"deregistration_delay.timeout_seconds": "3601"}, "ValidationError"),
            ({"slow_start.duration_seconds": "29"}, "ValidationError"),
            ({"stickiness.lb_cookie.duration_seconds": "0"}, "ValidationError"),
            ({"stickiness.enabled": "yes"}, "ValidationError"),
            ({"stickiness.type": "source_ip"}, "ValidationError"),
            ({"preserve_client_ip.enabled": "true"}, "ValidationError"),
            (
                {
                    "slow_start.duration_seconds": "30",
                    "load_balancing.algorithm.type": "least_outstanding_requests",
                },
                "InvalidConfigurationRequest",
            ),
            ({"stickiness.type": "app_cookie"}, "InvalidConfigurationRequest"),
        ],
    )
    def test_refuses_attributes_that_cannot_be(
        self,
        balancers: Any,
        group: str,
        refused: Callable[..., str],
        change: dict[str, str],
        code: str,
    ) -> None:
        """Nothing of the request is kept."""
        tell = balancers.describe_target_group_attributes
        before = _attributes(tell(TargetGroupArn=group))

        said = refused(
            balancers.modify_target_group_attributes,
            TargetGroupArn=group,
            Attributes=_pairs({"stickiness.app_cookie.duration_seconds": "60", **change}),
        )

        assert said == code
        assert _attributes(tell(TargetGroupArn=group)) == before

    def test_other_kinds_are_motos(self, balancers: Any, vpc: str) -> None:
        """A group of a Network Load Balancer has its own attributes."""
        made = balancers.create_target_group(
            Name=f"g{secrets.token_hex(4)}", Protocol="TCP", Port=80, VpcId=vpc, TargetType="ip"
        )["TargetGroups"][0]["TargetGroupArn"]

        balancers.modify_target_group_attributes(
            TargetGroupArn=made, Attributes=_pairs({"preserve_client_ip.enabled": "true"})
        )

        found = _attributes(balancers.describe_target_group_attributes(TargetGroupArn=made))
        assert found["preserve_client_ip.enabled"] == "true"

    def test_there_are_50_tags(
        self, balancers: Any, group: str, refused: Callable[..., str]
    ) -> None:
        """Not 51; a tag that is there can be changed."""
        tags = [{"Key": f"k{number}", "Value": "v"} for number in range(51)]
        balancers.add_tags(ResourceArns=[group], Tags=tags[:20])
        balancers.add_tags(ResourceArns=[group], Tags=tags[20:50])

        code = refused(balancers.add_tags, ResourceArns=[group], Tags=tags[50:])
        balancers.add_tags(ResourceArns=[group], Tags=tags[:1])

        assert code == "TooManyTags"

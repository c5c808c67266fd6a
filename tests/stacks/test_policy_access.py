"""Policies read from synthesised stacks: whose they are, and what references become."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, cast

import pytest
from constructs import Construct

from platform_lib.core.stack import PlatformStack
from platform_lib.environment import Environment
from platform_lib.errors import PlatformError
from platform_lib.iam.policy import Statement
from platform_lib.iam.role import Role
from platform_lib.kms.config import KeyConfig, KeyUser
from platform_lib.kms.key import Key
from platform_lib.s3.bucket import Bucket
from platform_lib.s3.config import BucketConfig, Purpose
from platform_lib.testing.fixtures import stack_of
from platform_lib.testing.policy_evaluator import Access, Request
from platform_lib.testing.template import Template
from tests.stacks.conftest import Build

ACCOUNT, OTHER = "111111111111", "222222222222"
SERVICE = "ecs-tasks.amazonaws.com"
TLS = {"aws:SecureTransport": "true"}
BUT_IAM = json.dumps({"Statement": [{"Effect": "Allow", "NotAction": "iam:*", "Resource": "*"}]})


@pytest.fixture
def stacks(environment: Environment, tmp_path: Path) -> dict[str, Template]:
    """Return a stack with a bucket and two keys, and one with a role that may read the bucket."""
    data = stack_of(environment, tmp_path, "data")
    key = Key(data, "Data", config=KeyConfig(description="Data", services=(KeyUser.SNS,)))
    Key(data, "Other", config=KeyConfig(description="Other"))
    media = BucketConfig(purpose=Purpose.MEDIA)
    bucket = Bucket(data, "Media", config=media, key=key)
    Bucket(data, "Private", config=media, key=key)
    services = PlatformStack(cast(Construct, data.node.scope), "services", target=environment)
    worker = Role(services, "Worker", service=SERVICE, description="Works")
    bucket.grants.read(worker, prefix="public/")
    home = "arn:aws:s3:::acme-home/${aws:PrincipalTag/team}/*"
    worker.attach("Home", [Statement(actions=("s3:GetObject",), resources=(home,))])
    Role(services, "Idle", service=SERVICE, description="Does nothing")
    # The reader first: it makes CDKTF write the other's outputs.
    read = Template(services)
    return {"services": read, "data": Template(data)}


@pytest.fixture
def access(stacks: dict[str, Template]) -> Access:
    """Return what both stacks allow."""
    return Access.of(*stacks.values())


class TestGrantAcrossStacks:
    """The bucket and its key are in one stack, the role and its grants in another."""

    @pytest.mark.parametrize(
        ("action", "resource", "expected"),
        [
            ("s3:GetObject", "Media/public/a.jpg", True),
            ("s3:GetObject", "Media/private/a.jpg", False),
            ("s3:PutObject", "Media/public/a.jpg", False),
            ("s3:GetObject", "Private/public/a.jpg", False),
            ("kms:Decrypt", "Data", True),
            ("kms:Encrypt", "Data", False),
            ("kms:Decrypt", "Other", False),
        ],
    )
    def test_is_what_it_says(
        self, access: Access, action: str, resource: str, *, expected: bool
    ) -> None:
        """The granted part of one bucket may be read, with its key, and nothing else."""
        construct, _, rest = resource.partition("/")
        arn = "/".join([access.arn(construct), *([rest] if rest else [])])

        verdict = access.evaluate(Request(access.arn("Worker"), action, arn, TLS))

        assert verdict.allowed is expected

    @pytest.mark.parametrize(
        ("prefix", "expected"), [("public/", True), ("public/2026/", True), ("private/", False)]
    )
    def test_lists_only_what_may_be_read(
        self, access: Access, prefix: str, *, expected: bool
    ) -> None:
        """The condition on the prefix is in force."""
        request = Request(
            access.arn("Worker"), "s3:ListBucket", access.arn("Media"), TLS | {"s3:prefix": prefix}
        )

        assert access.evaluate(request).allowed is expected

    def test_is_nobody_elses(self, access: Access) -> None:
        """The role beside it has nothing."""
        request = Request(access.arn("Idle"), "s3:GetObject", f"{access.arn('Media')}/public/a")

        assert not access.evaluate(request).allowed

    def test_holds_for_sessions(self, access: Access) -> None:
        """What runs as a role is a session of it."""
        session = f"arn:aws:sts::{ACCOUNT}:assumed-role/shop-prod-worker/task-1"
        key = access.arn("Data")

        assert access.evaluate(Request(session, "kms:Decrypt", key)).allowed
        other = session.replace("worker", "idle")
        assert not access.evaluate(Request(other, "kms:Decrypt", key)).allowed

    def test_is_denied_without_tls(self, access: Access) -> None:
        """By the bucket's policy, whatever the role's says."""
        request = Request(
            access.arn("Worker"),
            "s3:GetObject",
            f"{access.arn('Media')}/public/a.jpg",
            {"aws:SecureTransport": "false"},
        )

        assert access.evaluate(request).reason == (
            "explicitly denied by statement 'DenyWithoutTls' of the resource policy"
            " shop-prod-data/Media/Policy"
        )

    def test_names_the_policy_that_allows(self, access: Access) -> None:
        """By its construct path, and both where both are needed."""
        request = Request(access.arn("Worker"), "kms:Decrypt", access.arn("Data"))

        assert access.evaluate(request).reason == (
            "allowed by statement 1 of the policy shop-prod-services/Worker/DataDataDecrypt and"
            " statement 'AccountAdministers' of the key policy shop-prod-data/Data/Resource"
        )

    @pytest.mark.parametrize(("team", "expected"), [("red", True), ("blue", False)])
    def test_variables_are_those_of_iam(self, access: Access, team: str, *, expected: bool) -> None:
        """Terraform's escape in the JSON is not part of them."""
        request = Request(
            access.arn("Worker"),
            "s3:GetObject",
            "arn:aws:s3:::acme-home/red/a",
            {"aws:PrincipalTag/team": team},
            resource_account=ACCOUNT,
        )

        assert access.evaluate(request).allowed is expected


class TestEnvironment:
    """An environment as it comes out of the library, with every default."""

    @pytest.fixture
    def whole(self, build: Build, environment: Environment) -> Access:
        """Return what all its stacks allow."""
        made = [Template(stack) for stack in reversed(build(environment).values())]
        return Access.of(*made)

    def test_flow_logs_write_their_group(self, whole: Access) -> None:
        """The role's policy names the group and its streams."""
        role, group = whole.arn("FlowLogs/VpcFlowLogs"), whole.arn("FlowLogs/LogGroup")

        assert (
            group == f"arn:aws:logs:us-east-1:{ACCOUNT}:log-group:/aws/vpc/flowlogs/shop-prod-vpc"
        )
        assert whole.evaluate(Request(role, "logs:PutLogEvents", f"{group}:log-stream:a")).allowed
        assert not whole.evaluate(Request(role, "logs:DeleteLogGroup", group)).allowed

    @pytest.mark.parametrize(("source", "expected"), [(ACCOUNT, True), (OTHER, False)])
    def test_only_this_accounts_service_assumes_the_role(
        self, whole: Access, source: str, *, expected: bool
    ) -> None:
        """The trust policy asks for the source account."""
        request = Request(
            "vpc-flow-logs.amazonaws.com",
            "sts:AssumeRole",
            whole.arn("FlowLogs/VpcFlowLogs"),
            {"aws:SourceAccount": source},
        )

        assert whole.evaluate(request).allowed is expected

    def test_log_groups_use_the_key_of_logs_only(self, whole: Access) -> None:
        """CloudWatch Logs decrypts what is in a group of the account, with one of the keys."""
        service = "logs.us-east-1.amazonaws.com"
        context = {"kms:EncryptionContext:aws:logs:arn": whole.arn("FlowLogs/LogGroup")}

        def may(key: str) -> bool:
            return whole.evaluate(Request(service, "kms:Decrypt", whole.arn(key), context)).allowed

        assert {key: may(f"shop-prod-keys/{key}") for key in ("Data", "Logs", "Sops")} == {
            "Data": False,
            "Logs": True,
            "Sops": False,
        }

    def test_the_account_is_never_locked_out_of_a_key(self, whole: Access) -> None:
        """Its root user can change every key's policy."""
        root = f"arn:aws:iam::{ACCOUNT}:root"

        for key in ("Data", "Logs", "Sops"):
            request = Request(root, "kms:PutKeyPolicy", whole.arn(f"shop-prod-keys/{key}"))
            assert whole.evaluate(request).allowed


class TestLookup:
    """Resources are found by the end of their construct path."""

    def test_what_is_known_is_written_out(self, access: Access) -> None:
        """Names are; what AWS makes up is a reference with the name of its stack."""
        assert access.arn("Media") == "arn:aws:s3:::acme-shop-prod-media"
        assert access.arn("Worker") == f"arn:aws:iam::{ACCOUNT}:role/shop-prod-worker"
        assert access.arn("shop-prod-data/Data") == (
            f"arn:aws:kms:us-east-1:{ACCOUNT}:key/"
            "${shop-prod-data.aws_kms_key.Data_666C94C7.key_id}"
        )
        assert access.attribute("Media", "bucket") == "acme-shop-prod-media"

    @pytest.mark.parametrize(
        ("path", "sentence"),
        [
            ("Nothing", "0 resources are at 'Nothing'; there are: ['a/Jobs', 'a/Worker']"),
            ("Jobs", "2 resources are at 'Jobs'; there are: ['a/Jobs', 'b/Jobs']"),
        ],
    )
    def test_says_what_there_is(self, path: str, sentence: str) -> None:
        """All that there is, or all that is meant."""
        stacks = [stack("a", aws_sqs_queue=QUEUES, aws_iam_role=role())]
        if path == "Jobs":
            stacks.append(stack("b", aws_sqs_queue=QUEUES))

        with pytest.raises(AssertionError) as refused:
            Access.of(*stacks).arn(path)

        assert str(refused.value) == sentence


def stack(name: str, /, account: Any = ACCOUNT, **resources: Any) -> dict[str, Any]:
    """Return the JSON of a stack, of which each resource is called after its path."""
    return {
        "//": {"metadata": {"stackName": name}},
        "provider": {"aws": [{"region": "eu-west-1", "allowed_account_ids": [account]}]},
        "terraform": {"backend": {"local": {"path": f"{name}.tfstate"}}},
        "resource": {
            type_: {
                key: {"//": {"metadata": {"path": f"{name}/{key}"}}, **block}
                for key, block in blocks.items()
            }
            for type_, blocks in resources.items()
        },
    }


def document(action: str = "*", **more: Any) -> str:
    """Return a policy that allows an action, as it stands in JSON."""
    statement = {"Effect": "Allow", "Action": action} | more
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def role(**more: Any) -> dict[str, Any]:
    """Return a role that ECS tasks assume."""
    trust = document("sts:AssumeRole", Principal={"Service": SERVICE})
    return {"Worker": {"name": "worker", "assume_role_policy": trust, **more}}


SEND = document("sqs:SendMessage", Resource="${aws_sqs_queue.Jobs.arn}")
WORKER = f"arn:aws:iam::{ACCOUNT}:role/worker"
QUEUE = f"arn:aws:sqs:eu-west-1:{ACCOUNT}:jobs"
QUEUES = {"Jobs": {"name": "jobs"}}
POLICY_ARN = "arn:aws:iam::aws:policy/AmazonSQSFullAccess"
NAME = "${aws_iam_role.Worker.name}"


def send(*stacks: dict[str, Any], principal: str = WORKER, **more: Any) -> bool:
    """Tell whether the worker may send to the queue."""
    request = Request(principal, "sqs:SendMessage", QUEUE)
    return Access.of(*stacks, **more).evaluate(request).allowed


def refusal(*stacks: dict[str, Any], request: Request | None = None) -> str:
    """Return the sentence with which stacks, or a request, are refused."""
    asked = request or Request(WORKER, "sqs:SendMessage", QUEUE)
    with pytest.raises(PlatformError) as refused:
        Access.of(*stacks).evaluate(asked)
    return str(refused.value)


class TestPermissions:
    """All that the policies of a role allow, so that a test sees what is too much."""

    def test_are_actions_with_their_resources(self, access: Access) -> None:
        """As they are written, of all policies together; a role without any has none."""
        media, key = access.arn("Media"), access.arn("shop-prod-data/Data")

        assert access.permissions(access.arn("Worker")) == {
            "kms:Decrypt": {key},
            "kms:DescribeKey": {key},
            "s3:GetObject": {
                f"{media}/public/*",
                "arn:aws:s3:::acme-home/${aws:PrincipalTag/team}/*",
            },
            "s3:ListBucket": {media},
        }
        assert access.permissions(access.arn("Idle")) == {}

    def test_leave_out_what_is_denied(self) -> None:
        """A denial gives nothing."""
        policy = document("sqs:*", Resource="*", Effect="Deny")
        inline = role(inline_policy=[{"name": "No", "policy": policy}])

        assert Access.of(stack("a", aws_iam_role=inline)).permissions(WORKER) == {}

    @pytest.mark.parametrize(
        ("more", "sentence"),
        [
            (
                {"inline_policy": [{"name": "But", "policy": BUT_IAM}]},
                "statement 1 of the policy a/Worker allows everything but what it names",
            ),
            (
                {"managed_policy_arns": [POLICY_ARN]},
                f"the permissions of {WORKER} depend on the policy {POLICY_ARN}",
            ),
        ],
        ids=["all but", "attached"],
    )
    def test_refuse_what_cannot_be_listed(self, more: dict[str, Any], sentence: str) -> None:
        """Instead of listing less than there is."""
        known = Access.of(stack("a", aws_iam_role=role(**more)))

        with pytest.raises(PlatformError, match=sentence):
            known.permissions(WORKER)


class TestWhereIdentityPoliciesStand:
    """Every way in which Terraform gives a role a policy."""

    @pytest.mark.parametrize(
        "resources",
        [
            {
                "aws_iam_role": role(),
                "aws_iam_role_policy": {"Send": {"role": NAME, "policy": SEND}},
            },
            {
                "aws_iam_role": role(),
                "aws_iam_role_policy": {"Send": {"role": "worker", "policy": SEND}},
            },
            {
                "aws_iam_role": role(path="/apps/"),
                "aws_iam_role_policy": {
                    "Send": {"role": "${aws_iam_role.Worker.id}", "policy": SEND}
                },
            },
            {"aws_iam_role": role(inline_policy=[{"name": "Send", "policy": SEND}])},
            {
                "aws_iam_role": role(),
                "aws_iam_policy": {"Send": {"name": "send", "policy": SEND}},
                "aws_iam_role_policy_attachment": {
                    "Send": {"role": NAME, "policy_arn": "${aws_iam_policy.Send.arn}"}
                },
            },
            {
                "aws_iam_role": role(managed_policy_arns=["${aws_iam_policy.Send.arn}"]),
                "aws_iam_policy": {"Send": {"name": "send", "policy": SEND}},
            },
        ],
        ids=["name", "literal", "id", "inline", "attached", "managed"],
    )
    def test_it_is_found(self, resources: dict[str, Any]) -> None:
        """And without it nothing is allowed."""
        path = resources["aws_iam_role"]["Worker"].get("path", "/")
        principal = WORKER.replace("/worker", f"{path}worker")
        bare = {"aws_iam_role": role(path=path)}

        assert send(stack("a", aws_sqs_queue=QUEUES, **resources), principal=principal)
        assert not send(stack("a", aws_sqs_queue=QUEUES, **bare), principal=principal)

    def test_a_users(self) -> None:
        """As a role's."""
        user = f"arn:aws:iam::{ACCOUNT}:user/mailer"
        found = stack(
            "a",
            aws_sqs_queue=QUEUES,
            aws_iam_user={"Mailer": {"name": "mailer"}, "Other": {"name": "other"}},
            aws_iam_user_policy={"Send": {"user": "${aws_iam_user.Mailer.name}", "policy": SEND}},
        )

        assert send(found, principal=user)
        assert not send(found, principal=user.replace("mailer", "other"))

    def test_of_two_roles_with_one_name_in_two_accounts(self) -> None:
        """Each has its own."""
        attached = {"Send": {"role": "worker", "policy": SEND}}
        ours = stack("a", aws_sqs_queue=QUEUES, aws_iam_role=role(), aws_iam_role_policy=attached)
        theirs = stack("b", OTHER, aws_iam_role=role())

        assert send(ours, theirs)
        assert not send(ours, theirs, principal=WORKER.replace(ACCOUNT, OTHER))

    def test_the_document_of_an_attached_policy_can_be_given(self) -> None:
        """AWS's own are in no stack."""
        attached = {"Send": {"role": NAME, "policy_arn": POLICY_ARN}}
        found = stack(
            "a", aws_sqs_queue=QUEUES, aws_iam_role=role(), aws_iam_role_policy_attachment=attached
        )

        assert send(found, managed={POLICY_ARN: document("sqs:*", Resource="*")})
        assert not send(found, managed={POLICY_ARN: document("s3:*", Resource="*")})
        assert refusal(found) == (
            f"whether sqs:SendMessage is allowed depends on the policy {POLICY_ARN}; give Access"
            " the stack that has it, or the document of an attached policy as managed [NotJudged]"
        )

    def test_a_role_from_elsewhere(self) -> None:
        """What it has there may allow or deny, and the verdict says so."""
        send_only = {"Send": {"role": "worker", "policy": SEND}}
        found = stack("a", aws_sqs_queue=QUEUES, aws_iam_role_policy=send_only)
        access = Access.of(found)

        verdict = access.evaluate(Request(WORKER, "sqs:SendMessage", QUEUE))

        assert verdict.allowed
        assert verdict.reason == (
            "allowed by statement 1 of the policy a/Send, unless denied by what"
            f" {WORKER} has outside of these stacks"
        )
        assert "depends on what" in refusal(
            found, request=Request(WORKER, "sqs:DeleteQueue", QUEUE)
        )

    @pytest.mark.parametrize(
        ("principal", "arn"),
        [
            (f"arn:aws:sts::{ACCOUNT}:assumed-role/ci/run-1", f"arn:aws:iam::{ACCOUNT}:role/ci"),
            (f"arn:aws:iam::{ACCOUNT}:user/eve", f"arn:aws:iam::{ACCOUNT}:user/eve"),
        ],
    )
    def test_who_comes_from_elsewhere_has_an_arn(self, principal: str, arn: str) -> None:
        """A policy can ask for it, and the reason names it."""
        condition = {"ArnEquals": {"aws:PrincipalArn": arn}}
        policy = document("sqs:*", Principal="*", Resource="*", Condition=condition)
        access = Access.of(stack("a", aws_sqs_queue={"Jobs": {"name": "jobs", "policy": policy}}))

        verdict = access.evaluate(Request(principal, "sqs:SendMessage", QUEUE))

        assert verdict.reason == (
            "allowed by statement 1 of the resource policy a/Jobs, unless denied by what"
            f" {arn} has outside of these stacks"
        )

    def test_a_session_has_the_path_of_its_role(self) -> None:
        """Which its own ARN does not say."""
        condition = {"ArnEquals": {"aws:PrincipalArn": f"arn:aws:iam::{ACCOUNT}:role/apps/worker"}}
        policy = document("sqs:*", Principal="*", Resource="*", Condition=condition)
        queues = {"Jobs": {"name": "jobs", "policy": policy}}
        session = f"arn:aws:sts::{ACCOUNT}:assumed-role/worker/task-1"

        def may(path: str) -> bool:
            found = stack("a", aws_sqs_queue=queues, aws_iam_role=role(path=path))
            return send(found, principal=session)

        assert may("/apps/")
        assert not may("/other/")

    def test_what_has_no_resource(self) -> None:
        """Belongs to the account of who asks."""
        login = document("ecr:GetAuthorizationToken", Resource="*")
        found = stack(
            "a", aws_iam_role=role(), aws_iam_role_policy={"P": {"role": NAME, "policy": login}}
        )

        def may(action: str) -> bool:
            return Access.of(found).evaluate(Request(WORKER, action, "*")).allowed

        assert may("ecr:GetAuthorizationToken")
        assert not may("ecr:DescribeRegistry")

    def test_a_stranger_whom_no_resource_lets_in(self) -> None:
        """Is denied, whatever his own account allows."""
        stranger = f"arn:aws:iam::{OTHER}:role/visitor"

        assert not send(stack("a", aws_sqs_queue=QUEUES), principal=stranger)

    def test_a_permissions_boundary_is_not_judged(self) -> None:
        """It could only take away, so what is denied stays denied."""
        bounded = role(permissions_boundary=POLICY_ARN)
        allowed = {"Send": {"role": NAME, "policy": SEND}}

        assert not send(stack("a", aws_sqs_queue=QUEUES, aws_iam_role=bounded))
        assert refusal(
            stack("a", aws_sqs_queue=QUEUES, aws_iam_role=bounded, aws_iam_role_policy=allowed)
        ) == (f"{WORKER} has a permissions boundary, which is not judged [NotJudged]")

    def test_groups_are_not_judged(self) -> None:
        """Who is in them is not followed."""
        group = {"Send": {"group": "people", "policy": SEND}}

        assert refusal(stack("a", aws_iam_group_policy=group)) == (
            "a.aws_iam_group_policy.Send concerns groups, or several principals at once, which is"
            " not judged; attach policies to one role or user each [NotJudged]"
        )


class TestWhereResourcePoliciesStand:
    """Every way in which Terraform gives a resource a policy."""

    @pytest.mark.parametrize(
        ("type_", "block", "policy_type", "argument", "value", "action"),
        [
            ("aws_s3_bucket", {"bucket": "media"}, "bucket_policy", "bucket", "id", "s3:GetObject"),
            ("aws_s3_bucket", {"bucket": "media"}, "bucket_policy", "bucket", "bucket", "s3:Do"),
            ("aws_sns_topic", {"name": "alarms"}, "topic_policy", "arn", "arn", "sns:Publish"),
            ("aws_sqs_queue", {"name": "jobs"}, "queue_policy", "queue_url", "url", "sqs:Send"),
            ("aws_sqs_queue", {"name": "jobs"}, "queue_policy", "queue_url", "id", "sqs:Send"),
            (
                "aws_secretsmanager_secret",
                {"name": "login"},
                "secret_policy",
                "secret_arn",
                "arn",
                "secretsmanager:GetSecretValue",
            ),
            ("aws_kms_key", {}, "key_policy", "key_id", "key_id", "kms:Decrypt"),
            ("aws_kms_key", {}, "key_policy", "key_id", "arn", "kms:Decrypt"),
            (
                "aws_ecr_repository",
                {"name": "shop"},
                "repository_policy",
                "repository",
                "name",
                "ecr:BatchGetImage",
            ),
            (
                "aws_dynamodb_table",
                {"name": "carts"},
                "resource_policy",
                "resource_arn",
                "arn",
                "dynamodb:GetItem",
            ),
        ],
    )
    def test_a_resource_of_its_own(
        self, type_: str, block: Any, policy_type: str, argument: str, value: str, action: str
    ) -> None:
        """Found by whatever identifies the resource."""
        family = type_.rpartition("_")[0]
        policy = document(action, Principal={"AWS": WORKER}, Resource="*")
        separate = {argument: f"${{{type_}.It.{value}}}", "policy": policy}
        both = {type_: {"Other": {**block, "name": "other", "bucket": "other"}, "It": block}}
        access = Access.of(
            stack("a", aws_iam_role=role(), **both, **{f"{family}_{policy_type}": {"P": separate}})
        )

        def may(path: str) -> bool:
            return access.evaluate(Request(WORKER, action, access.arn(path))).allowed

        assert may("a/It")
        assert not may("a/Other")

    @pytest.mark.parametrize(
        ("type_", "action"),
        [
            ("aws_kms_key", "kms:Decrypt"),
            ("aws_sns_topic", "sns:Publish"),
            ("aws_sqs_queue", "sqs:SendMessage"),
            ("aws_secretsmanager_secret", "secretsmanager:GetSecretValue"),
            ("aws_s3_bucket", "s3:ListBucket"),
        ],
    )
    def test_an_argument(self, type_: str, action: str) -> None:
        """Of the resource itself."""
        policy = document(action, Principal={"AWS": WORKER}, Resource="*")
        names = {"name": "it", "bucket": "it"}
        blocks = {"It": {**names, "policy": policy}, "Other": {"name": "other", "bucket": "other"}}
        access = Access.of(stack("a", aws_iam_role=role(), **{type_: blocks}))

        def may(path: str) -> bool:
            return access.evaluate(Request(WORKER, action, access.arn(path))).allowed

        assert may("a/It")
        assert not may("a/Other")

    def test_a_key_without_a_policy_has_that_of_kms(self) -> None:
        """The account's identity policies decide."""
        key = "${aws_kms_key.Data.arn}"
        allowed = {"P": {"role": NAME, "policy": document("kms:Decrypt", Resource=key)}}
        access = Access.of(
            stack("a", aws_kms_key={"Data": {}}, aws_iam_role=role(), aws_iam_role_policy=allowed)
        )

        def may(action: str) -> bool:
            return access.evaluate(Request(WORKER, action, access.arn("a/Data"))).allowed

        assert may("kms:Decrypt")
        assert not may("kms:Encrypt")

    def test_a_key_with_a_policy_has_only_that(self) -> None:
        """One that names one role lets nobody else in."""
        allowed = document("kms:Decrypt", Resource="*")
        named = document("kms:*", Principal={"AWS": WORKER.replace("worker", "other")})
        access = Access.of(
            stack(
                "a",
                aws_kms_key={"Data": {"policy": named}},
                aws_iam_role=role(),
                aws_iam_role_policy={"P": {"role": NAME, "policy": allowed}},
            )
        )

        request = Request(WORKER, "kms:Decrypt", access.arn("a/Data"))

        assert not access.evaluate(request).allowed

    @pytest.mark.parametrize(
        ("topic", "account", "expected"),
        [("alarms", ACCOUNT, True), ("other", ACCOUNT, False), ("alarms", OTHER, False)],
    )
    def test_a_permission_of_a_function(self, topic: str, account: str, *, expected: bool) -> None:
        """It is a statement of the function's policy."""
        arn = f"arn:aws:sns:eu-west-1:{ACCOUNT}:"
        permission = {
            "principal": "sns.amazonaws.com",
            "action": "lambda:InvokeFunction",
            "function_name": "${aws_lambda_function.Notify.function_name}",
            "source_arn": f"{arn}alarms",
            "source_account": ACCOUNT,
        }
        access = Access.of(
            stack(
                "a",
                aws_lambda_function={"Notify": {"function_name": "notify"}},
                aws_lambda_permission={"Sns": permission},
            )
        )
        context = {"aws:SourceArn": f"{arn}{topic}", "aws:SourceAccount": account}

        request = Request(
            "sns.amazonaws.com", "lambda:InvokeFunction", access.arn("a/Notify"), context
        )

        verdict = access.evaluate(request)
        assert verdict.allowed is expected
        if expected:
            assert verdict.reason == "allowed by statement 1 of the resource policy a/Sns"

    def test_a_permission_for_another_account(self) -> None:
        """Both sides have to allow, as for any resource."""
        permission = {
            "principal": OTHER,
            "action": "lambda:InvokeFunction",
            "function_name": "notify",
        }
        function = {"Notify": {"function_name": "notify"}}
        invoke = document("lambda:InvokeFunction", Resource="*")
        theirs = stack(
            "b",
            OTHER,
            aws_iam_role=role(),
            aws_iam_role_policy={"P": {"role": NAME, "policy": invoke}},
        )
        request = Request(
            WORKER.replace(ACCOUNT, OTHER),
            "lambda:InvokeFunction",
            f"arn:aws:lambda:eu-west-1:{ACCOUNT}:function:notify",
        )

        def may(**permissions: Any) -> bool:
            ours = stack("a", aws_lambda_function=function, **permissions)
            return Access.of(ours, theirs).evaluate(request).allowed

        assert may(aws_lambda_permission={"Other": permission})
        assert not may()

    @pytest.mark.parametrize(
        ("group", "account", "expected"),
        [
            ("aws-waf-logs-shop", ACCOUNT, True),
            ("other", ACCOUNT, False),
            ("aws-waf-logs-shop", OTHER, False),
        ],
    )
    def test_a_policy_of_an_accounts_log_groups(
        self, group: str, account: str, *, expected: bool
    ) -> None:
        """It is about the log groups that its statements name, of its own account and Region."""
        own = f"arn:aws:logs:eu-west-1:{ACCOUNT}:log-group:"
        allowed = document(
            "logs:PutLogEvents",
            Principal={"Service": "delivery.logs.amazonaws.com"},
            Resource=f"{own}aws-waf-logs-*",
        )
        access = Access.of(
            stack("a", account, aws_cloudwatch_log_group={"Waf": {"name": group}}),
            stack(
                "b",
                aws_cloudwatch_log_resource_policy={
                    "P": {"policy_name": "waf", "policy_document": allowed}
                },
            ),
        )

        request = Request("delivery.logs.amazonaws.com", "logs:PutLogEvents", access.arn("a/Waf"))

        assert access.evaluate(request).allowed is expected

    def test_a_trust_policy_says_only_who_assumes_the_role(self) -> None:
        """Passing the role to a service is for the identity policies."""
        pass_role = document("iam:PassRole", Resource=WORKER)
        access = Access.of(
            stack(
                "a",
                aws_iam_role={**role(), "Ci": {**role()["Worker"], "name": "ci"}},
                aws_iam_role_policy={"Pass": {"role": "ci", "policy": pass_role}},
            )
        )

        def may(name: str) -> bool:
            principal = WORKER.replace("worker", name)
            return access.evaluate(Request(principal, "iam:PassRole", WORKER)).allowed

        assert may("ci")
        assert not may("worker")

    def test_a_part_belongs_to_the_longest_name(self) -> None:
        """An object belongs to its bucket, and not to one whose name only begins so."""
        everybody = document("s3:GetObject", Principal="*", Resource="*")
        policies = {"P": {"bucket": "media", "policy": everybody}}
        buckets = {"A": {"bucket": "media"}, "B": {"bucket": "media-private"}}
        access = Access.of(stack("a", aws_s3_bucket=buckets, aws_s3_bucket_policy=policies))

        def may(bucket: str) -> bool:
            return access.evaluate(Request("*", "s3:GetObject", f"arn:aws:s3:::{bucket}/a")).allowed

        assert may("media")
        assert not may("media-private")

    def test_a_bucket_knows_its_account(self) -> None:
        """Its ARN does not say it, and what a request says does not change it."""
        allowed = {"P": {"role": "worker", "policy": document("s3:*", Resource="*")}}
        ours = stack("a", aws_iam_role=role(), aws_iam_role_policy=allowed)

        def may(account: str) -> bool:
            bucket = stack("b", account, aws_s3_bucket={"Media": {"bucket": "media"}})
            request = Request(
                WORKER, "s3:GetObject", "arn:aws:s3:::media/a", resource_account=ACCOUNT
            )
            return Access.of(ours, bucket).evaluate(request).allowed

        assert may(ACCOUNT)
        assert not may(OTHER)

    @pytest.mark.parametrize(
        ("type_", "block", "service"),
        [
            ("aws_s3_access_point", {"policy": document("s3:*", Principal="*")}, "s3:GetObject"),
            ("aws_s3_access_point", {"policy": document("*", Principal="*")}, "s3:GetObject"),
            (
                "aws_s3_access_point",
                {"policy": json.dumps({"Statement": {"Action": ["sqs:Do", "s3:Do"]}})},
                "s3:GetObject",
            ),
            ("aws_kms_grant", {"operations": ["Decrypt"]}, "kms:Decrypt"),
        ],
    )
    def test_kinds_that_are_not_read(self, type_: str, block: Any, service: str) -> None:
        """They are refused where they could decide."""
        found = stack("a", aws_iam_role=role(), **{type_: {"It": block}})
        assert refusal(found, request=Request(WORKER, service, "*")) == (
            f"a.{type_}.It may decide about {service}, and is not judged [NotJudged]"
        )

    def test_kinds_that_are_not_read_do_not_disturb_elsewhere(self) -> None:
        """What a policy about S3 says is nothing to a queue."""
        point = {"It": {"policy": document("s3:*", Principal="*")}}

        assert not send(
            stack("a", aws_iam_role=role(), aws_sqs_queue=QUEUES, aws_s3_access_point=point)
        )

    def test_what_is_in_no_stack(self) -> None:
        """In the same account it has no policy; elsewhere nothing can be said."""
        allowed = {"P": {"role": "worker", "policy": document("sqs:*", Resource="*")}}
        found = stack("a", aws_iam_role=role(), aws_iam_role_policy=allowed)
        theirs = QUEUE.replace(ACCOUNT, OTHER)

        assert send(found)
        assert refusal(found, request=Request(WORKER, "sqs:SendMessage", theirs)) == (
            f"{theirs} is in none of the stacks, and its policy decides; give Access the stack"
            " that has it, or resource_account if it belongs to the principal's account and has no"
            " policy [NotJudged]"
        )
        for who in (WORKER, SERVICE):
            assert "is in none of the stacks" in refusal(
                found, request=Request(who, "s3:GetObject", "arn:aws:s3:::media/a")
            )

    def test_what_it_is_attached_to_has_to_be_there(self) -> None:
        """A policy of a bucket from elsewhere is not passed over."""
        policies = {"P": {"bucket": "media", "policy": document(Principal="*", Resource="*")}}

        assert refusal(stack("a", aws_s3_bucket_policy=policies)) == (
            "a.aws_s3_bucket_policy.P is attached to media, which is not in these stacks; give"
            " Access the stack that has it [NotJudged]"
        )


class TestReferences:
    """What Terraform will fill in."""

    def test_one_value_wherever_it_is_read(self) -> None:
        """Two readers of an output of a third stack, which is not given, mean the same."""
        state = {"backend": "local", "config": {"path": "keys.tfstate"}}
        key = "${data.terraform_remote_state.up.outputs.key}"
        role_policy = {"P": {"role": NAME, "policy": document("x:Use", Resource=key)}}
        one = stack("a", aws_iam_role=role(), aws_iam_role_policy=role_policy)
        one["data"] = {"terraform_remote_state": {"up": state}}

        access = Access.of(one)

        assert access.evaluate(
            Request(WORKER, "x:Use", "${local.keys.tfstate.key}", resource_account=ACCOUNT)
        ).allowed
        assert not access.evaluate(
            Request(WORKER, "x:Use", "${local.keys.tfstate.other}", resource_account=ACCOUNT)
        ).allowed

    def test_an_output_has_to_be_there(self, stacks: dict[str, Template]) -> None:
        """CDKTF writes it for a reader, so a Template that is made too early lacks it."""
        early = {key: value for key, value in stacks["data"].json.items() if key != "output"}

        with pytest.raises(PlatformError) as refused:
            Access.of(stacks["services"], early)

        assert "shop-prod-data has no output 'cross-stack-output-" in str(refused.value)
        assert str(refused.value).endswith(
            "which another stack reads; make its Template after that of the reader [NotJudged]"
        )

    def test_two_stacks_with_one_address_are_two_resources(self) -> None:
        """The same construct in two environments has the same address."""
        key = "${aws_kms_key.Data.arn}"
        allowed = {"P": {"role": NAME, "policy": document("kms:*", Resource=key)}}
        keys: dict[str, Any] = {"Data": {}}
        access = Access.of(
            stack("a", aws_kms_key=keys, aws_iam_role=role(), aws_iam_role_policy=allowed),
            stack("b", aws_kms_key=keys),
        )

        def may(path: str) -> bool:
            return access.evaluate(Request(WORKER, "kms:Decrypt", access.arn(path))).allowed

        assert may("a/Data")
        assert not may("b/Data")

    def test_a_type_whose_arn_we_do_not_know(self) -> None:
        """The reference itself is the name, and its parts begin with it."""
        it = "${aws_thing.It.arn}"
        allowed = {"P": {"role": NAME, "policy": document("x:Use", Resource=f"{it}/*")}}
        access = Access.of(
            stack(
                "a",
                aws_thing={"It": {}, "Other": {}},
                aws_iam_role=role(),
                aws_iam_role_policy=allowed,
            )
        )

        def may(path: str) -> bool:
            return access.evaluate(Request(WORKER, "x:Use", f"{access.arn(path)}/part")).allowed

        assert access.arn("a/It") == "${a.aws_thing.It.arn}"
        assert may("a/It")
        assert not may("a/Other")

    def test_a_role_whose_name_is_made_up(self) -> None:
        """A policy that names it means it, and no other."""
        policy = document("sqs:*", Principal={"AWS": "${aws_iam_role.Worker.arn}"}, Resource="*")
        trust = role()["Worker"]["assume_role_policy"]
        nameless = {"assume_role_policy": trust, "name_prefix": "worker-"}
        access = Access.of(
            stack(
                "a",
                aws_iam_role={"Worker": nameless, "Other": nameless},
                aws_sqs_queue={"Jobs": {"name": "jobs", "policy": policy}},
            )
        )

        def may(path: str) -> bool:
            return access.evaluate(Request(access.arn(path), "sqs:SendMessage", QUEUE)).allowed

        assert may("a/Worker")
        assert not may("a/Other")

    def test_what_looks_like_an_address_and_is_none(self) -> None:
        """A variable of Terraform's stays a reference."""
        used = document("x:Use", Resource="${var.settings.arn}")
        found = stack(
            "a", aws_iam_role=role(), aws_iam_role_policy={"P": {"role": NAME, "policy": used}}
        )

        request = Request(WORKER, "x:Use", "${a.var.settings.arn}", resource_account=ACCOUNT)

        assert Access.of(found).evaluate(request).allowed

    @pytest.mark.parametrize(
        "block", [{"dashboard_body": '{"widgets": []}'}, {"description": 'no "Statement"'}]
    )
    def test_other_text_is_no_policy(self, block: dict[str, str]) -> None:
        """JSON that is something else, and text that is no JSON."""
        found = stack("a", aws_iam_role=role(), aws_sqs_queue=QUEUES, aws_thing={"It": block})

        assert not send(found)

    @pytest.mark.parametrize(
        ("type_", "block", "arn"),
        [
            (
                "aws_iam_openid_connect_provider",
                {"url": "https://token.actions.githubusercontent.com"},
                f"arn:aws:iam::{ACCOUNT}:oidc-provider/token.actions.githubusercontent.com",
            ),
            (
                "aws_ssm_parameter",
                {"name": "/shop/image"},
                f"arn:aws:ssm:eu-west-1:{ACCOUNT}:parameter/shop/image",
            ),
            (
                "aws_cloudwatch_log_group",
                {"name": "/shop/api"},
                f"arn:aws:logs:eu-west-1:{ACCOUNT}:log-group:/shop/api",
            ),
            (
                "aws_sqs_queue",
                {"name": "jobs", "provider": "aws.virginia"},
                f"arn:aws:sqs:us-east-1:{ACCOUNT}:jobs",
            ),
            (
                "aws_sqs_queue",
                {"name": "jobs", "provider": "aws.theirs"},
                f"arn:aws-cn:sqs:cn-north-1:{OTHER}:jobs",
            ),
        ],
    )
    def test_arns_that_follow_from_names(self, type_: str, block: Any, arn: str) -> None:
        """As AWS writes them, in the Region and the account of the resource's provider."""
        found = stack("a", **{type_: {"It": block}})
        found["provider"]["aws"] += [
            {"alias": "virginia", "region": "us-east-1"},
            {"alias": "theirs", "region": "cn-north-1", "allowed_account_ids": [OTHER]},
        ]

        assert Access.of(found).arn("a/It") == arn

    def test_a_secrets_arn_has_six_characters_more(self) -> None:
        """So a policy that is written with question marks covers it."""
        secrets = {"Login": {"name": "login"}}
        start = f"arn:aws:secretsmanager:eu-west-1:{ACCOUNT}:secret:login-"
        policy = document("secretsmanager:GetSecretValue", Resource=f"{start}??????")
        access = Access.of(
            stack(
                "a",
                aws_secretsmanager_secret=secrets,
                aws_iam_role=role(),
                aws_iam_role_policy={"P": {"role": NAME, "policy": policy}},
            )
        )

        request = Request(WORKER, "secretsmanager:GetSecretValue", access.arn("a/Login"))

        assert access.evaluate(request).allowed

    def test_refuses_a_policy_that_is_not_written_out(self) -> None:
        """An expression could be anything."""
        policies = {"P": {"role": "worker", "policy": "${data.aws_iam_policy_document.P.json}"}}

        assert refusal(stack("a", aws_iam_role_policy=policies)) == (
            "the policy of a.aws_iam_role_policy.P is not JSON [NotJudged]"
        )

    @pytest.mark.parametrize("setting", ["allowed_account_ids", "region"])
    def test_refuses_a_stack_without_a_place(self, setting: str) -> None:
        """Whose its resources are, and where, would be a guess."""
        found = stack("a", aws_iam_role=role())
        del found["provider"]["aws"][0][setting]

        assert refusal(found) == (
            "a does not say into which account and Region it is applied; give its provider a"
            " region and allowed_account_ids [NotJudged]"
        )

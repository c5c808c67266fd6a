"""The policy evaluator's verdicts are those of moto, whose enforcement other people wrote.

moto 5.2.5 judges the requests of users and of sessions of roles by identity policies, inline and
attached: ``Action`` and ``NotAction``, ``*`` in both and in ``Resource``, and an explicit deny. It
looks at ``Resource`` where it works out what is asked for: S3's buckets and objects, SQS's queues,
IAM's roles. It asks a role's trust policy too, for a principal's ARN and for ``sts:ExternalId``
under StringEquals, and a bucket's policy for a deny of objects, and for what anybody may read.

What it cannot judge is in `test_what_moto_cannot_judge`, as measured: there the two differ. A moto
that learns one of them fails that test, and its line moves up.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any

import boto3
import pytest
from botocore import UNSIGNED
from botocore.config import Config
from botocore.exceptions import ClientError
from moto import mock_aws
from moto.core.authorization import enable_iam_authentication

from platform_lib.testing.policy_evaluator import Document, Request, evaluate

ACCOUNT = "123456789012"
REGION = "eu-west-1"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/worker"
TARGET = f"arn:aws:iam::{ACCOUNT}:role/target"
SESSION = f"arn:aws:sts::{ACCOUNT}:assumed-role/worker/task"
USER = f"arn:aws:iam::{ACCOUNT}:user/carlos"
BUCKET = "arn:aws:s3:::media"
OBJECT = f"{BUCKET}/public/a.jpg"
QUEUE = f"arn:aws:sqs:{REGION}:{ACCOUNT}:jobs"
ADMINISTRATOR = "administrator"
REFUSED = {"AccessDenied", "403"}


def policy(*statements: dict[str, Any]) -> Document:
    """Return a document."""
    return {"Version": "2012-10-17", "Statement": list(statements)}


def allow(action: Any, resource: Any = "*", **more: Any) -> dict[str, Any]:
    """Return a statement that allows."""
    return {"Effect": "Allow", "Action": action, "Resource": resource, **more}


def deny(action: Any, resource: Any = "*", **more: Any) -> dict[str, Any]:
    """Return a statement that denies."""
    return {**allow(action, resource, **more), "Effect": "Deny"}


def without(element: str, statement: dict[str, Any], **more: Any) -> dict[str, Any]:
    """Return a statement with something else in place of an element."""
    return {key: value for key, value in statement.items() if key != element} | more


def trust(principal: Any, **more: Any) -> Document:
    """Return a trust policy."""
    statement = allow("sts:AssumeRole", Principal={"AWS": principal}, **more)
    return policy(without("Resource", statement))


@dataclass(frozen=True)
class Case:
    """A request, and the documents that decide it."""

    name: str
    allowed: bool
    action: str
    resource: str
    identity: tuple[Document, ...] = ()
    bucket: Document | None = None
    trust: Document | None = None
    principal: str = SESSION
    external_id: str | None = None

    def verdict(self) -> bool:
        """Return what the policy evaluator says."""
        context = {} if self.external_id is None else {"sts:ExternalId": self.external_id}
        request = Request(self.principal, self.action, self.resource, context, ACCOUNT)
        return evaluate(
            request, identity=self.identity, resource=self.bucket, trust=self.trust
        ).allowed


READ = ("s3:GetObject", OBJECT)
WRITE = ("s3:PutObject", OBJECT)
LIST = ("s3:ListBucket", BUCKET)
SEND = ("sqs:SendMessage", QUEUE)
ASSUME = ("sts:AssumeRole", TARGET)
MAY_ASSUME = policy(allow("sts:AssumeRole", TARGET))
SECRET_HANDSHAKE = {"StringEquals": {"sts:ExternalId": "secret"}}

ALIKE = (
    Case("nothing is allowed", False, *READ),
    Case("an action", True, *READ, (policy(allow("s3:GetObject")),)),
    Case("another action", False, *READ, (policy(allow("s3:PutObject")),)),
    Case("a longer action", False, *READ, (policy(allow("s3:GetObjectAcl")),)),
    Case("all actions of a service", True, *WRITE, (policy(allow("s3:*")),)),
    Case("all actions of another service", False, *WRITE, (policy(allow("sqs:*")),)),
    Case("all actions that start alike", True, *READ, (policy(allow("s3:Get*")),)),
    Case("all actions that end alike", False, *LIST, (policy(allow("s3:*Object")),)),
    Case("one of several actions", True, *SEND, (policy(allow(["sqs:Do", "sqs:SendMessage"])),)),
    Case(
        "all actions but another",
        True,
        *READ,
        (policy(without("Action", allow("*"), NotAction="s3:Put*")),),
    ),
    Case(
        "all actions but this",
        False,
        *READ,
        (policy(without("Action", allow("*"), NotAction=["iam:*", "s3:Get*"])),),
    ),
    Case("an object", True, *READ, (policy(allow("s3:*", OBJECT)),)),
    Case("objects of a folder", True, *READ, (policy(allow("s3:*", f"{BUCKET}/public/*")),)),
    Case("another folder", False, *READ, (policy(allow("s3:*", f"{BUCKET}/private/*")),)),
    Case("another bucket", False, *READ, (policy(allow("s3:*", "arn:aws:s3:::mediator/*")),)),
    Case("a folder in any place", True, *READ, (policy(allow("s3:*", f"{BUCKET}/*/a.jpg")),)),
    Case("objects, and not the bucket", False, *LIST, (policy(allow("s3:*", f"{BUCKET}/*")),)),
    Case("the bucket, and not objects", False, *READ, (policy(allow("s3:*", BUCKET)),)),
    Case("the bucket", True, *LIST, (policy(allow("s3:ListBucket", BUCKET)),)),
    Case("one of several resources", True, *READ, (policy(allow("s3:*", [QUEUE, OBJECT])),)),
    Case(
        "an object with another case", False, *READ, (policy(allow("s3:*", f"{BUCKET}/Public/*")),)
    ),
    Case("a queue", True, *SEND, (policy(allow("sqs:SendMessage", QUEUE)),)),
    Case("another queue", False, *SEND, (policy(allow("sqs:*", f"{QUEUE}-2")),)),
    Case("a queue anywhere", True, *SEND, (policy(allow("sqs:*", "arn:aws:sqs:*:*:jobs")),)),
    Case("a queue elsewhere", False, *SEND, (policy(allow("sqs:*", "arn:aws:sqs:us-*:*:*")),)),
    Case("a role", True, "iam:GetRole", ROLE, (policy(allow("iam:Get*", ROLE)),)),
    Case("another role", False, "iam:GetRole", ROLE, (policy(allow("iam:*", TARGET)),)),
    Case("a deny beside an allow", False, *READ, (policy(allow("s3:*"), deny("s3:Get*")),)),
    Case("a deny before an allow", False, *READ, (policy(deny("s3:Get*"), allow("s3:*")),)),
    Case("a deny of something else", True, *READ, (policy(allow("s3:*"), deny("s3:Put*")),)),
    Case(
        "a deny of another folder",
        True,
        *READ,
        (policy(allow("s3:*"), deny("s3:*", f"{BUCKET}/private/*")),),
    ),
    Case("a deny in another policy", False, *READ, (policy(allow("*")), policy(deny("s3:*")))),
    Case(
        "an allow in an attached policy",
        True,
        *READ,
        (policy(allow("sqs:*")), policy(allow("s3:Get*"))),
    ),
    Case("a user's allow", True, *READ, (policy(allow("s3:*", f"{BUCKET}/*")),), principal=USER),
    Case("a user's deny", False, *READ, (policy(allow("*"), deny("*")),), principal=USER),
    Case("a user without", False, *SEND, (policy(allow("s3:*")),), principal=USER),
    Case("a trusted session", True, *ASSUME, (MAY_ASSUME,), trust=trust(SESSION)),
    Case("a trusted user", True, *ASSUME, (MAY_ASSUME,), trust=trust(USER), principal=USER),
    Case("another trusted user", False, *ASSUME, (MAY_ASSUME,), trust=trust(USER)),
    Case("trust without permission", False, *ASSUME, (), trust=trust(f"{ACCOUNT}")),
    Case("everybody is trusted", True, *ASSUME, (MAY_ASSUME,), trust=trust("*")),
    Case(
        "the right external id",
        True,
        *ASSUME,
        (MAY_ASSUME,),
        trust=trust(SESSION, Condition=SECRET_HANDSHAKE),
        external_id="secret",
    ),
    Case(
        "the wrong external id",
        False,
        *ASSUME,
        (MAY_ASSUME,),
        trust=trust(SESSION, Condition=SECRET_HANDSHAKE),
        external_id="guess",
    ),
    Case(
        "a bucket that denies everybody",
        False,
        *READ,
        (policy(allow("s3:*")),),
        policy(deny("s3:*", f"{BUCKET}/*", Principal="*")),
    ),
    Case(
        "a bucket that denies another folder",
        True,
        *READ,
        (policy(allow("s3:*")),),
        policy(deny("s3:*", f"{BUCKET}/private/*", Principal="*")),
    ),
    Case(
        "anybody, who is allowed",
        True,
        *READ,
        (),
        policy(allow("s3:GetObject", f"{BUCKET}/public/*", Principal="*")),
        principal="*",
    ),
    Case(
        "anybody, who is allowed elsewhere",
        False,
        *READ,
        (),
        policy(allow("s3:GetObject", f"{BUCKET}/private/*", Principal="*")),
        principal="*",
    ),
    Case("anybody, of whom nothing is said", False, *READ, principal="*"),
)

UNLIKE = (
    Case("the case of an action", True, *READ, (policy(allow("S3:getobject")),)),
    Case("a question mark", True, *READ, (policy(allow("s3:*", f"{BUCKET}/public/?.jpg")),)),
    Case("a full stop", False, *READ, (policy(allow("s3:*", f"{BUCKET}/public.a.jpg")),)),
    Case(
        "all resources but this",
        False,
        *READ,
        (policy(without("Resource", allow("s3:*"), NotResource=f"{BUCKET}/*")),),
    ),
    Case(
        "a variable",
        True,
        *READ,
        (policy(allow("s3:*", f"{BUCKET}/${{aws:PrincipalTag/folder, 'public'}}/*")),),
    ),
    Case(
        "a condition of an identity policy",
        False,
        *READ,
        (policy(allow("s3:*", Condition={"Bool": {"aws:SecureTransport": "true"}})),),
    ),
    Case(
        "a condition that is not met, of a deny",
        True,
        *READ,
        (
            policy(
                allow("s3:*"), deny("s3:*", Condition={"Bool": {"aws:SecureTransport": "false"}})
            ),
        ),
    ),
    Case(
        "a missing external id",
        False,
        *ASSUME,
        (MAY_ASSUME,),
        trust=trust(SESSION, Condition=SECRET_HANDSHAKE),
    ),
    Case("a trusted role, by its session", True, *ASSUME, (MAY_ASSUME,), trust=trust(ROLE)),
    Case("a trusted account", True, *ASSUME, (MAY_ASSUME,), trust=trust(ACCOUNT)),
    Case("trust that names the session", True, *ASSUME, (), trust=trust(SESSION)),
    Case(
        "a bucket that allows the role",
        True,
        *READ,
        (),
        policy(allow("s3:*", f"{BUCKET}/*", Principal={"AWS": ROLE})),
    ),
    Case(
        "a bucket that denies somebody else",
        True,
        *READ,
        (policy(allow("s3:*")),),
        policy(deny("s3:*", f"{BUCKET}/*", Principal={"AWS": USER})),
    ),
    Case(
        "a bucket that denies under a condition",
        True,
        *READ,
        (policy(allow("s3:*")),),
        policy(
            deny(
                "s3:*",
                f"{BUCKET}/*",
                Principal="*",
                Condition={"Bool": {"aws:SecureTransport": "false"}},
            )
        ),
    ),
)


class Moto:
    """An account in which a role, a user, a bucket and a queue wait for policies."""

    def __init__(self) -> None:
        self._clients: dict[tuple[str, str], Any] = {}
        self._keys = {ADMINISTRATOR: ("administrator", "secret", None)}
        iam, s3 = self._client("iam"), self._client("s3")
        iam.create_role(RoleName="worker", AssumeRolePolicyDocument=json.dumps(trust("*")))
        iam.create_role(RoleName="target", AssumeRolePolicyDocument=json.dumps(trust("*")))
        iam.create_user(UserName="carlos")
        s3.create_bucket(Bucket="media", CreateBucketConfiguration={"LocationConstraint": REGION})
        s3.put_object(Bucket="media", Key="public/a.jpg", Body=b"a")
        self._queue = self._client("sqs").create_queue(QueueName="jobs")["QueueUrl"]
        key = iam.create_access_key(UserName="carlos")["AccessKey"]
        self._keys[USER] = (key["AccessKeyId"], key["SecretAccessKey"], None)
        key = self._client("sts").assume_role(RoleArn=ROLE, RoleSessionName="task")["Credentials"]
        self._keys[SESSION] = (key["AccessKeyId"], key["SecretAccessKey"], key["SessionToken"])

    def allows(self, case: Case) -> bool:
        """Tell whether moto lets the request through."""
        with ExitStack() as stack:
            self._attach(case, stack)
            if case.principal != "*":
                # The enforcement takes an unsigned request for a broken one.
                stack.enter_context(enable_iam_authentication())
            try:
                self._call(case)
            except ClientError as error:
                if error.response["Error"]["Code"] not in REFUSED:
                    raise
                return False
        return True

    def _client(self, service: str, principal: str = ADMINISTRATOR) -> Any:
        if (principal, service) not in self._clients:
            make: Callable[..., Any] = boto3.session.Session(region_name=REGION).client
            if principal == "*":
                made = make(service, config=Config(signature_version=UNSIGNED))
            else:
                key, secret, token = self._keys[principal]
                made = make(
                    service,
                    aws_access_key_id=key,
                    aws_secret_access_key=secret,
                    aws_session_token=token,
                )
            self._clients[principal, service] = made
        return self._clients[principal, service]

    def _attach(self, case: Case, stack: ExitStack) -> None:
        """Give everybody the documents of the case, the first inline and the others attached."""
        iam, s3 = self._client("iam"), self._client("s3")
        kind, name = ("user", "carlos") if case.principal == USER else ("role", "worker")
        owner = {f"{kind.title()}Name": name}
        for number, document in enumerate(case.identity):
            text = json.dumps(document)
            if number == 0:
                inline = {**owner, "PolicyName": "inline"}
                getattr(iam, f"put_{kind}_policy")(**inline, PolicyDocument=text)
                stack.callback(getattr(iam, f"delete_{kind}_policy"), **inline)
            else:
                made = iam.create_policy(PolicyName=f"attached-{number}", PolicyDocument=text)
                arn = {"PolicyArn": made["Policy"]["Arn"]}
                getattr(iam, f"attach_{kind}_policy")(**owner, **arn)
                stack.callback(iam.delete_policy, **arn)
                stack.callback(getattr(iam, f"detach_{kind}_policy"), **owner, **arn)
        if case.trust is not None:
            iam.update_assume_role_policy(RoleName="target", PolicyDocument=json.dumps(case.trust))
        if case.bucket is not None:
            s3.put_bucket_policy(Bucket="media", Policy=json.dumps(case.bucket))
            stack.callback(s3.delete_bucket_policy, Bucket="media")

    def _call(self, case: Case) -> None:
        service, _, action = case.action.partition(":")
        client = self._client(service, case.principal)
        given = {"ExternalId": case.external_id} if case.external_id else {}
        named = {"Bucket": "media", "Key": "public/a.jpg"}
        calls: dict[str, Callable[[], object]] = {
            "AssumeRole": lambda: client.assume_role(
                RoleArn=TARGET, RoleSessionName="task", **given
            ),
            "GetObject": lambda: client.get_object(**named),
            "GetRole": lambda: client.get_role(RoleName="worker"),
            "ListBucket": lambda: client.list_objects_v2(Bucket="media"),
            "PutObject": lambda: client.put_object(**named, Body=b"a"),
            "SendMessage": lambda: client.send_message(QueueUrl=self._queue, MessageBody="a"),
        }
        calls[action]()


@pytest.fixture(scope="module")
def moto() -> Iterator[Moto]:
    """Return an account of moto's, inside of this process."""
    with mock_aws():
        yield Moto()


@pytest.mark.parametrize("case", ALIKE, ids=lambda case: case.name)
def test_both_judges_agree(moto: Moto, case: Case) -> None:
    """And neither says what nobody expects."""
    assert (case.verdict(), moto.allows(case)) == (case.allowed, case.allowed)


def test_both_verdicts_are_in_the_sample() -> None:
    """A judge that always says the same would be found out."""
    allowed = [case for case in ALIKE if case.allowed]

    assert min(len(allowed), len(ALIKE) - len(allowed)) >= 20


@pytest.mark.parametrize("case", UNLIKE, ids=lambda case: case.name)
def test_what_moto_cannot_judge(moto: Moto, case: Case) -> None:
    """The evaluator says what AWS documents, and moto the contrary."""
    assert (case.verdict(), moto.allows(case)) == (case.allowed, not case.allowed)

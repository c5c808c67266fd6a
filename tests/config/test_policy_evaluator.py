"""Requests judged by documents: AWS's examples, and every rule on both sides."""

from __future__ import annotations

import json
from typing import Any

import pytest

from platform_lib.errors import PlatformError
from platform_lib.testing.policy_evaluator import Document, Request, evaluate

ACCOUNT, OTHER = "111111111111", "222222222222"
USER = f"arn:aws:iam::{ACCOUNT}:user/carlos"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/apps/worker"
SESSION = f"arn:aws:sts::{ACCOUNT}:assumed-role/worker/task-1"
STRANGER = f"arn:aws:iam::{OTHER}:role/visitor"
ROOT = f"arn:aws:iam::{ACCOUNT}:root"
PROVIDER = f"arn:aws:iam::{ACCOUNT}:oidc-provider/token.actions.githubusercontent.com"
SERVICE = "sns.amazonaws.com"
BUCKET = "arn:aws:s3:::media"
QUEUE = f"arn:aws:sqs:eu-west-1:{ACCOUNT}:jobs"
KEY = f"arn:aws:kms:eu-west-1:{ACCOUNT}:key/1234"


def policy(*statements: dict[str, Any], version: str | None = "2012-10-17") -> Document:
    """Return a document; None leaves the version out."""
    return {"Statement": list(statements)} | ({} if version is None else {"Version": version})


def allow(action: Any = "*", resource: Any = "*", **more: Any) -> dict[str, Any]:
    """Return a statement that allows."""
    return {"Effect": "Allow", "Action": action, "Resource": resource, **more}


def deny(action: Any = "*", resource: Any = "*", **more: Any) -> dict[str, Any]:
    """Return a statement that denies."""
    return {**allow(action, resource, **more), "Effect": "Deny"}


def without(statement: dict[str, Any], *elements: str) -> dict[str, Any]:
    """Return a statement without some elements."""
    return {name: value for name, value in statement.items() if name not in elements}


def get(principal: str = ROLE, resource: str = f"{BUCKET}/a.jpg", **more: Any) -> Request:
    """Return a request for an object."""
    return Request(principal, "s3:GetObject", resource, **more)


def decrypt(principal: str = ROLE, **more: Any) -> Request:
    """Return a request to decrypt with the key."""
    return Request(principal, "kms:Decrypt", KEY, **more)


def assume(principal: str, action: str = "sts:AssumeRole", **more: Any) -> Request:
    """Return a request to assume the role."""
    return Request(principal, action, ROLE, **more)


def refusal(**documents: Any) -> str:
    """Return the sentence with which a document is refused."""
    with pytest.raises(PlatformError) as refused:
        evaluate(get(), **documents)
    return str(refused.value)


class TestActions:
    """The `Action` and `NotAction` elements."""

    @pytest.mark.parametrize(
        ("action", "expected"),
        [
            ("*", True),
            ("s3:*", True),
            ("s3:GetObject", True),
            ("S3:getobject", True),
            ("s3:Get*", True),
            ("s3:*Object", True),
            ("s3:Ge?Object", True),
            (["s3:PutObject", "s3:GetObject"], True),
            ("s3:GetObjectAcl", False),
            ("s3:PutObject", False),
            ("s3:Get?Object", False),
            ("sqs:*", False),
        ],
    )
    def test_patterns(self, action: Any, *, expected: bool) -> None:
        """Neither the service nor the action has a case, and wildcards may stand anywhere."""
        verdict = evaluate(get(), identity=[policy(allow(action))])

        assert verdict.allowed is expected

    @pytest.mark.parametrize(
        ("but", "expected"), [("s3:Put*", True), ("s3:Get*", False), (["iam:*", "S3:*"], False)]
    )
    def test_all_actions_but_some(self, but: Any, *, expected: bool) -> None:
        """`NotAction` means what its patterns do not."""
        statement = {**without(allow(), "Action"), "NotAction": but}

        assert evaluate(get(), identity=[policy(statement)]).allowed is expected


class TestResources:
    """The `Resource` and `NotResource` elements."""

    @pytest.mark.parametrize(
        ("resource", "expected"),
        [
            ("*", True),
            (f"{BUCKET}/*", True),
            (f"{BUCKET}/?.jpg", True),
            (f"{BUCKET}*", True),
            ([BUCKET, f"{BUCKET}/a.jpg"], True),
            ("arn:aws:s3:::*/a.jpg", True),
            (BUCKET, False),
            (f"{BUCKET}/A.jpg", False),
            ("arn:aws:s3:::Media/*", False),
        ],
    )
    def test_patterns(self, resource: Any, *, expected: bool) -> None:
        """Resources have a case, and a bucket is not its objects."""
        verdict = evaluate(get(), identity=[policy(allow("s3:*", resource))])

        assert verdict.allowed is expected

    @pytest.mark.parametrize(
        ("resource", "expected"),
        [
            ("arn:aws:logs:*:*:log-group:shop:log-stream:*", True),
            ("arn:aws:logs:*:log-group:shop:*", True),
            ("arn:aws:logs:*:*:log-group:shop", False),
            ("arn:aws:logs:*:log-group:other:*", False),
        ],
    )
    def test_colons(self, resource: str, *, expected: bool) -> None:
        """A `*` at the end of a part covers more parts."""
        stream = f"arn:aws:logs:eu-west-1:{ACCOUNT}:log-group:shop:log-stream:a"

        verdict = evaluate(
            Request(ROLE, "logs:PutLogEvents", stream),
            identity=[policy(allow("logs:PutLogEvents", resource))],
        )

        assert verdict.allowed is expected

    @pytest.mark.parametrize(
        ("but", "expected"), [(f"{BUCKET}/private/*", True), (f"{BUCKET}/*", False)]
    )
    def test_all_resources_but_some(self, but: str, *, expected: bool) -> None:
        """`NotResource` means what its patterns do not."""
        statement = {**without(allow(), "Resource"), "NotResource": but}

        assert evaluate(get(), identity=[policy(statement)]).allowed is expected

    @pytest.mark.parametrize(("key", "expected"), [("home/carlos/a", True), ("home/eve/a", False)])
    def test_variables(self, key: str, *, expected: bool) -> None:
        """AWS's example of a home folder, as Terraform's JSON writes it."""
        document = json.dumps(policy(allow("s3:GetObject", f"{BUCKET}/home/$${{aws:username}}/*")))

        request = get(USER, f"{BUCKET}/{key}")

        assert evaluate(request, identity=[document]).allowed is expected

    def test_a_variable_without_a_value_matches_no_resource(self) -> None:
        """A role has no user name; what is excepted by it excepts nothing."""
        home = f"{BUCKET}/${{aws:username}}a.jpg"
        but = {**without(allow(), "Resource"), "NotResource": home}

        assert not evaluate(get(), identity=[policy(allow("s3:*", home))]).allowed
        assert evaluate(get(), identity=[policy(but)]).allowed

    @pytest.mark.parametrize(("team", "bucket"), [("yellow", "yellow"), (None, "company-wide")])
    def test_the_default_of_a_variable(self, team: str | None, bucket: str) -> None:
        """AWS's example: who has no team reads the company's bucket."""
        statement = allow("s3:*", "arn:aws:s3:::docs-${aws:PrincipalTag/team, 'company-wide'}/*")
        context = {} if team is None else {"aws:PrincipalTag/team": team}

        def may_read(name: str) -> bool:
            request = get(resource=f"arn:aws:s3:::docs-{name}/a", context=context)
            return evaluate(request, identity=[policy(statement)]).allowed

        assert [it for it in ("yellow", "blue", "company-wide") if may_read(it)] == [bucket]

    @pytest.mark.parametrize("version", ["2008-10-17", None])
    def test_older_documents_have_no_variables(self, version: str | None) -> None:
        """Also those that do not say which version they have."""
        statement = allow("s3:GetObject", f"{BUCKET}/${{aws:username}}")

        request = get(USER, f"{BUCKET}/carlos")

        assert not evaluate(request, identity=[policy(statement, version=version)]).allowed
        assert evaluate(request, identity=[policy(statement)]).allowed


class TestOneAccount:
    """Identity and resource policies within an account."""

    @pytest.mark.parametrize(
        ("identity", "resource", "expected"),
        [
            ([], None, False),
            ([allow()], None, True),
            ([], [allow(Principal={"AWS": ROLE})], True),
            ([allow()], [allow(Principal={"AWS": STRANGER})], True),
            ([allow(), deny()], None, False),
            ([allow()], [deny(Principal="*")], False),
            ([deny()], [allow(Principal={"AWS": ROLE})], False),
            ([allow()], [deny(Principal={"AWS": STRANGER})], True),
            ([allow()], [deny(Principal={"AWS": ACCOUNT})], False),
        ],
    )
    def test_one_allow_is_enough_and_one_deny_too_much(
        self, identity: list[Any], resource: list[Any] | None, *, expected: bool
    ) -> None:
        """Whichever side it is on."""
        verdict = evaluate(
            get(),
            identity=[policy(*identity)],
            resource=None if resource is None else policy(*resource),
        )

        assert verdict.allowed is expected

    def test_the_example_of_carlos(self) -> None:
        """AWS's example: the bucket's policy allows him, and his own denies him what has a log."""
        bucket = "arn:aws:s3:::carlos-logs"
        own = policy(
            allow(["s3:ListAllMyBuckets", "s3:GetBucketLocation"], "arn:aws:s3:::*"),
            allow("s3:*", ["arn:aws:s3:::carlos/*", "arn:aws:s3:::carlos"]),
            deny("s3:*", "arn:aws:s3:::*log*", Sid="DenyLogs"),
        )
        its = policy(allow("s3:*", [bucket, f"{bucket}/*"], Principal={"AWS": USER}))
        request = Request(USER, "s3:PutObject", f"{bucket}/a")

        verdict = evaluate(request, identity=[own], resource=its)

        assert not verdict.allowed
        assert verdict.reason == (
            "explicitly denied by statement 'DenyLogs' of the identity policy 1"
        )
        assert evaluate(request, resource=its).allowed

    @pytest.mark.parametrize(
        ("principal", "expected"),
        [
            ("*", True),
            ({"AWS": "*"}, True),
            ({"AWS": ROLE}, True),
            ({"AWS": [STRANGER, ROLE]}, True),
            ({"AWS": f"arn:aws:iam::{ACCOUNT}:role/apps/other"}, False),
            ({"AWS": f"arn:aws:iam::{OTHER}:role/apps/worker"}, False),
            ({"AWS": f"arn:aws:iam::{ACCOUNT}:user/worker"}, False),
            ({"AWS": SESSION}, False),
            ({"AWS": ACCOUNT}, False),
            ({"AWS": ROOT}, False),
            ({"Service": SERVICE}, False),
            ({"Service": SERVICE, "AWS": ROLE}, True),
        ],
    )
    def test_whom_a_principal_names(self, principal: Any, *, expected: bool) -> None:
        """A role by its ARN; its account only lets the identity policies decide."""
        verdict = evaluate(get(), resource=policy(allow(Principal=principal)))

        assert verdict.allowed is expected

    @pytest.mark.parametrize(
        ("principal", "expected"),
        [
            (SESSION, True),
            (ROLE, True),
            (f"arn:aws:iam::{ACCOUNT}:role/worker", True),
            (SESSION.replace("task-1", "task-2"), False),
            (ROLE.replace("worker", "other"), False),
            (ROLE.replace(ACCOUNT, OTHER), False),
        ],
    )
    def test_a_session_is_its_role_and_itself(self, principal: str, *, expected: bool) -> None:
        """A session's ARN does not say the role's path."""
        verdict = evaluate(get(SESSION), resource=policy(allow(Principal={"AWS": principal})))

        assert verdict.allowed is expected

    @pytest.mark.parametrize(
        ("but", "expected"),
        [
            ([SESSION, ROLE.replace("apps/", ""), ROOT], True),
            ([SESSION, ROLE.replace("apps/", ""), ACCOUNT], True),
            ([SESSION, ACCOUNT], False),
            ([ROLE, ACCOUNT], False),
            ([SESSION, ROLE.replace("apps/", "")], False),
            ([STRANGER, OTHER], False),
        ],
    )
    def test_everybody_but_some(self, but: list[str], *, expected: bool) -> None:
        """`NotPrincipal` spares a session only if it, its role and its account are listed."""
        statement = {**deny(), "NotPrincipal": {"AWS": but}}

        verdict = evaluate(get(SESSION), identity=[policy(allow())], resource=policy(statement))

        assert verdict.allowed is expected

    def test_a_user_is_no_role_of_the_same_name(self) -> None:
        """Nor the reverse."""
        role = policy(allow(Principal={"AWS": f"arn:aws:iam::{ACCOUNT}:role/carlos"}))

        assert not evaluate(get(USER), resource=role).allowed

    @pytest.mark.parametrize(
        ("who", "but"),
        [
            (USER, {"AWS": [USER, ACCOUNT]}),
            (ROLE, {"AWS": [ROLE, ROOT]}),
            (ROOT, {"AWS": ROOT}),
            (SERVICE, {"Service": SERVICE}),
        ],
    )
    def test_everybody_but_one_of_another_kind(self, who: str, but: dict[str, Any]) -> None:
        """A service has no account that would have to be listed."""
        everybody = allow(Principal="*")

        def is_allowed(spared: dict[str, Any]) -> bool:
            statement = {**deny(), "NotPrincipal": spared}
            return evaluate(get(who), resource=policy(everybody, statement)).allowed

        assert is_allowed(but)
        assert not is_allowed({"AWS": [STRANGER, OTHER]})

    def test_a_root_user_may_do_everything_that_is_not_denied(self) -> None:
        """Without any policy, as AWS says."""
        assert evaluate(get(ROOT)).allowed
        assert not evaluate(get(ROOT), resource=policy(deny(Principal="*"))).allowed


class TestTwoAccounts:
    """Who asks is of another account than the resource."""

    @pytest.mark.parametrize(
        ("identity", "principal", "expected"),
        [
            (True, {"AWS": STRANGER}, True),
            (True, {"AWS": OTHER}, True),
            (True, "*", True),
            (False, {"AWS": STRANGER}, False),
            (False, "*", False),
            (True, {"AWS": ACCOUNT}, False),
            (True, None, False),
        ],
    )
    def test_both_sides_have_to_allow(
        self, principal: Any, *, identity: bool, expected: bool
    ) -> None:
        """The resource's account and that of who asks."""
        verdict = evaluate(
            Request(STRANGER, "sqs:SendMessage", QUEUE),
            identity=[policy(allow())] if identity else [],
            resource=None if principal is None else policy(allow(Principal=principal)),
        )

        assert verdict.allowed is expected

    def test_whose_a_bucket_is(self) -> None:
        """Its ARN does not say; without a word it is that of who asks."""
        own = [policy(allow())]

        assert evaluate(get(), identity=own).allowed
        assert evaluate(get(resource_account=ACCOUNT), identity=own).allowed
        assert not evaluate(get(resource_account=OTHER), identity=own).allowed

    def test_the_reason_says_which_side_is_missing(self) -> None:
        """And which one is not."""
        verdict = evaluate(
            Request(STRANGER, "sqs:SendMessage", QUEUE),
            identity=[policy(allow("sqs:*", Sid="Send"))],
        )

        assert verdict.reason == (
            "implicitly denied: the resource policy and an identity policy both have to allow"
            f" sqs:SendMessage on {QUEUE} to {STRANGER}, and only statement 'Send' of the identity"
            " policy 1 does"
        )


class TestServicesAndAnybody:
    """Who has no account has no identity policies."""

    @pytest.mark.parametrize(
        ("who", "principal", "expected"),
        [
            (SERVICE, {"Service": SERVICE}, True),
            (SERVICE, {"Service": ["sqs.amazonaws.com", SERVICE]}, True),
            (SERVICE, "*", True),
            (SERVICE, {"Service": "sqs.amazonaws.com"}, False),
            (SERVICE, {"AWS": ACCOUNT}, False),
            ("*", "*", True),
            ("*", {"AWS": "*"}, True),
            ("*", {"AWS": ACCOUNT}, False),
            ("*", {"Service": SERVICE}, False),
        ],
    )
    def test_only_the_resources_policy_counts(
        self, who: str, principal: Any, *, expected: bool
    ) -> None:
        """It has to name the service, or everybody."""
        request = Request(who, "sqs:SendMessage", QUEUE)

        verdict = evaluate(
            request, identity=[policy(allow())], resource=policy(allow(Principal=principal))
        )

        assert verdict.allowed is expected

    @pytest.mark.parametrize(
        ("denied", "expected"),
        [
            ({"AWS": ROLE}, True),
            ({"Service": "sqs.amazonaws.com"}, True),
            ({"Service": SERVICE}, False),
            ("*", False),
        ],
    )
    def test_a_deny_of_somebody_else(self, denied: Any, *, expected: bool) -> None:
        """Does not concern a service."""
        document = policy(allow(Principal={"Service": SERVICE}), deny(Principal=denied))

        verdict = evaluate(Request(SERVICE, "sqs:SendMessage", QUEUE), resource=document)

        assert verdict.allowed is expected

    @pytest.mark.parametrize(
        ("topic", "expected"), [("alarms", True), ("alarms-2", False), (None, False)]
    )
    def test_the_example_of_a_topic(self, topic: str | None, *, expected: bool) -> None:
        """AWS's example: a topic sends to a queue, and only this topic."""
        arn = f"arn:aws:sns:eu-west-1:{ACCOUNT}:"
        condition = {"ArnEquals": {"aws:SourceArn": f"{arn}alarms"}}
        statement = allow(
            "SQS:SendMessage", QUEUE, Principal={"Service": SERVICE}, Condition=condition
        )
        context = {} if topic is None else {"aws:SourceArn": f"{arn}{topic}"}

        verdict = evaluate(
            Request(SERVICE, "sqs:SendMessage", QUEUE, context), resource=policy(statement)
        )

        assert verdict.allowed is expected


class TestKeys:
    """Policies of KMS keys."""

    @pytest.mark.parametrize(
        ("identity", "principal", "expected"),
        [
            (False, {"AWS": ROLE}, True),
            (False, "*", True),
            (False, {"AWS": ROOT}, False),
            (True, {"AWS": ROOT}, True),
            (True, {"AWS": ACCOUNT}, True),
            (True, {"AWS": OTHER}, False),
            (True, {"Service": SERVICE}, False),
        ],
    )
    def test_the_key_policy_decides_whether_identity_policies_count(
        self, principal: Any, *, identity: bool, expected: bool
    ) -> None:
        """Only where it lets the account allow."""
        verdict = evaluate(
            decrypt(),
            identity=[policy(allow("kms:Decrypt", KEY))] if identity else [],
            key=policy(allow("kms:*", Principal=principal)),
        )

        assert verdict.allowed is expected

    def test_the_account_is_let_allow_no_more_than_is_said(self) -> None:
        """Identity policies count for the actions of the statement, under its conditions."""
        own = [policy(allow("kms:*", KEY))]
        through = {"StringEquals": {"kms:ViaService": "s3.eu-west-1.amazonaws.com"}}
        admin = policy(allow("kms:Describe*", Principal={"AWS": ROOT}))
        via = policy(allow("kms:*", Principal={"AWS": ROOT}, Condition=through))
        context = {"kms:ViaService": "s3.eu-west-1.amazonaws.com"}

        assert not evaluate(decrypt(), identity=own, key=admin).allowed
        assert not evaluate(decrypt(), identity=own, key=via).allowed
        assert evaluate(decrypt(context=context), identity=own, key=via).allowed

    def test_an_identity_policy_can_always_deny(self) -> None:
        """Even what the key policy allows by name."""
        key = policy(allow("kms:*", Principal={"AWS": ROLE}))

        assert not evaluate(decrypt(), identity=[policy(deny("kms:*"))], key=key).allowed

    def test_a_key_that_names_nobody_is_lost(self) -> None:
        """Not even the root user gets at it."""
        key = policy(allow("kms:*", Principal={"AWS": ROLE}))
        opened = policy(allow("kms:*", Principal={"AWS": ROOT}))

        assert not evaluate(decrypt(ROOT), key=key).allowed
        assert evaluate(decrypt(ROOT), key=opened).allowed

    @pytest.mark.parametrize("identity", [True, False])
    def test_another_account_needs_both(self, *, identity: bool) -> None:
        """The key names it, and its own policies allow."""
        own = [policy(allow("kms:Decrypt", KEY))] if identity else []
        key = policy(allow("kms:Decrypt", Principal={"AWS": STRANGER}))

        assert evaluate(decrypt(STRANGER), identity=own, key=key).allowed is identity

    def test_the_keys_caller_is_known(self) -> None:
        """`kms:CallerAccount` need not be given."""
        ours = {"StringEquals": {"kms:CallerAccount": ACCOUNT}}
        key = policy(allow("kms:*", Principal="*", Condition=ours))

        assert evaluate(decrypt(), key=key).allowed
        assert not evaluate(decrypt(STRANGER), identity=[policy(allow())], key=key).allowed

    def test_what_has_no_key_needs_no_key_policy(self) -> None:
        """Listing aliases is on `*`, and an alias has no policy."""
        own = [policy(allow("kms:*"))]

        assert evaluate(Request(ROLE, "kms:ListAliases", "*"), identity=own).allowed
        assert evaluate(
            Request(ROLE, "kms:CreateAlias", f"arn:aws:kms:eu-west-1:{ACCOUNT}:alias/a"),
            identity=own,
        ).allowed

    @pytest.mark.parametrize("resource", [None, policy(allow(Principal="*"))])
    def test_refuses_without_the_key_policy(self, resource: Document | None) -> None:
        """Identity policies alone say nothing about a key, and `resource` has another rule."""
        with pytest.raises(PlatformError) as refused:
            evaluate(decrypt(), identity=[policy(allow())], resource=resource)

        assert str(refused.value) == (
            f"{KEY} is a key; without its key policy nothing is known [NotJudged]"
        )


class TestTrust:
    """Policies of who may assume a role."""

    @pytest.mark.parametrize(
        ("who", "identity", "principal", "expected"),
        [
            (USER, False, {"AWS": USER}, True),
            (USER, True, {"AWS": ACCOUNT}, True),
            (USER, False, {"AWS": ACCOUNT}, False),
            (USER, True, {"Service": SERVICE}, False),
            (STRANGER, True, {"AWS": STRANGER}, True),
            (STRANGER, False, {"AWS": STRANGER}, False),
            (SERVICE, False, {"Service": SERVICE}, True),
            ("ec2.amazonaws.com", False, {"Service": SERVICE}, False),
        ],
    )
    def test_nobody_assumes_a_role_that_does_not_trust_him(
        self, who: str, principal: Any, *, identity: bool, expected: bool
    ) -> None:
        """As with keys, his own policies are not enough."""
        trust = policy(without(allow("sts:AssumeRole", Principal=principal), "Resource"))

        verdict = evaluate(
            assume(who),
            identity=[policy(allow("sts:AssumeRole", ROLE))] if identity else [],
            trust=trust,
        )

        assert verdict.allowed is expected

    @pytest.mark.parametrize(
        ("subject", "expected"),
        [
            ("repo:acme/shop:ref:refs/heads/main", True),
            ("repo:acme/shop:pull_request", False),
            ("repo:eve/shop:ref:refs/heads/main", False),
        ],
    )
    def test_an_identity_providers_token(self, subject: str, *, expected: bool) -> None:
        """Who comes with a token has the provider's keys."""
        issuer = "token.actions.githubusercontent.com"
        statement = allow(
            "sts:AssumeRoleWithWebIdentity",
            Principal={"Federated": PROVIDER},
            Condition={
                "StringEquals": {f"{issuer}:aud": "sts.amazonaws.com"},
                "StringLike": {f"{issuer}:sub": "repo:acme/*:ref:refs/heads/main"},
            },
        )
        context = {f"{issuer}:aud": "sts.amazonaws.com", f"{issuer}:sub": subject}

        verdict = evaluate(
            assume(PROVIDER, "sts:AssumeRoleWithWebIdentity", context=context),
            trust=policy(without(statement, "Resource")),
        )

        assert verdict.allowed is expected

    def test_refuses_without_the_trust_policy(self) -> None:
        """The identity policy alone does not let anybody in."""
        with pytest.raises(PlatformError) as refused:
            evaluate(assume(USER), identity=[policy(allow())])

        assert str(refused.value) == (
            f"sts:AssumeRole needs the trust policy of {ROLE} [NotJudged]"
        )


class TestWhatIsKnownOfARequest:
    """Keys that a request has without being told."""

    @pytest.mark.parametrize(
        ("who", "key", "value"),
        [
            (ROLE, "aws:PrincipalArn", ROLE),
            (SESSION, "aws:PrincipalArn", ROLE.replace("apps/", "")),
            (USER, "aws:PrincipalArn", USER),
            (ROLE, "aws:PrincipalAccount", ACCOUNT),
            (ROLE, "aws:PrincipalIsAWSService", "false"),
            (SERVICE, "aws:PrincipalIsAWSService", "true"),
            (SERVICE, "aws:PrincipalServiceName", SERVICE),
            (USER, "aws:username", "carlos"),
            (ROLE, "aws:ResourceAccount", ACCOUNT),
        ],
    )
    def test_is_there(self, who: str, key: str, value: str) -> None:
        """With the value that AWS gives it."""
        condition = {"StringEquals": {key: value}}

        verdict = evaluate(
            Request(who, "sqs:SendMessage", QUEUE),
            resource=policy(allow(Principal="*", Condition=condition)),
        )

        assert verdict.allowed

    @pytest.mark.parametrize(
        ("who", "key"),
        [
            (SERVICE, "aws:PrincipalArn"),
            (SERVICE, "aws:PrincipalAccount"),
            (ROLE, "aws:username"),
            (ROLE, "aws:PrincipalServiceName"),
            (ROLE, "kms:CallerAccount"),
            (ROLE, "aws:SecureTransport"),
        ],
    )
    def test_is_not_there(self, who: str, key: str) -> None:
        """What does not follow from the request is missing until it is given."""
        missing = {"Null": {key: "true"}}
        statement = allow(Principal="*", Condition=missing)

        request = Request(who, "sqs:SendMessage", QUEUE)
        told = Request(who, "sqs:SendMessage", QUEUE, {key: "x"})

        assert evaluate(request, resource=policy(statement)).allowed
        assert not evaluate(told, resource=policy(statement)).allowed

    def test_what_is_told_wins(self) -> None:
        """A test may know better."""
        statement = allow(Condition={"StringEquals": {"aws:PrincipalAccount": OTHER}})

        request = get(context={"AWS:principalaccount": OTHER})

        assert evaluate(request, identity=[policy(statement)]).allowed


class TestReasons:
    """What a verdict says for itself."""

    def test_the_statement_that_allows(self) -> None:
        """By its name, or by its number where it has none."""
        documents = [policy(allow("sqs:*")), policy(allow("sqs:*"), allow("s3:*"))]

        verdict = evaluate(get(), identity=documents)

        assert verdict.reason == "allowed by statement 2 of the identity policy 2"

    def test_both_statements_of_a_key(self) -> None:
        """The one that lets the account allow, and the one that does."""
        verdict = evaluate(
            decrypt(),
            identity=[policy(allow("kms:*"))],
            key=policy(allow("kms:*", Principal={"AWS": ROOT}, Sid="Account")),
        )

        assert verdict.reason == (
            "allowed by statement 1 of the identity policy 1 and statement 'Account' of the key"
            " policy"
        )

    def test_the_conditions_that_are_not_met(self) -> None:
        """So that a test that fails says what to change."""
        condition = {
            "Bool": {"aws:SecureTransport": "true"},
            "Null": {"s3:prefix": "true"},
            "StringLike": {"aws:PrincipalTag/team": ["red", "blue*"]},
        }
        own = policy(
            allow("s3:*", Condition=condition, Sid="Tls"),
            allow("sqs:*", Condition=condition),
            deny("s3:*", Condition=condition),
        )
        its = policy(allow("s3:*", Principal={"AWS": STRANGER}, Condition=condition))

        verdict = evaluate(
            get(context={"aws:PrincipalTag/team": "green"}), identity=[own], resource=its
        )

        assert verdict.reason == (
            f"implicitly denied: nothing allows s3:GetObject on {BUCKET}/a.jpg to {ROLE};"
            " statement 'Tls' of the identity policy 1 asks for Bool aws:SecureTransport: true, and"
            " the request has no such key; statement 'Tls' of the identity policy 1 asks for"
            " StringLike aws:PrincipalTag/team: red or blue*, and the request has 'green'"
        )

    def test_the_half_of_a_key(self) -> None:
        """The key policy lets the account allow, and nobody does."""
        key = policy(allow("kms:*", Principal={"AWS": ROOT}, Sid="Account"))

        assert evaluate(decrypt(), key=key).reason == (
            "implicitly denied: the key policy and an identity policy both have to allow"
            f" kms:Decrypt on {KEY} to {ROLE}, and only statement 'Account' of the key policy does"
        )


class TestRefusals:
    """What is not known neither passes nor denies."""

    @pytest.mark.parametrize(
        ("document", "sentence"),
        [
            ("no JSON", "the identity policy 1 is not a policy of Version, Id and Statement"),
            ([], "the identity policy 1 is not a policy of Version, Id and Statement"),
            (
                {"Statement": [], "Rules": []},
                "the identity policy 1 is not a policy of Version, Id and Statement",
            ),
            (
                policy(version="2020-01-01"),
                "the identity policy 1 has the unknown version '2020-01-01'",
            ),
            (
                policy(allow(Resources="*")),
                "statement 1 of the identity policy 1 has elements that are not known: ['Resources']",
            ),
            (
                policy({**allow(), "Effect": "allow"}),
                "statement 1 of the identity policy 1 has the unknown effect 'allow'",
            ),
            (
                policy(allow(NotAction="s3:*")),
                "statement 1 of the identity policy 1 has both Action and NotAction",
            ),
            (
                policy(without(allow(), "Action")),
                "statement 1 of the identity policy 1 has no Action",
            ),
            (
                policy(allow("s3.GetObject")),
                "statement 1 of the identity policy 1 has actions that are none: ['s3.GetObject']; write 'service:Action'",
            ),
            (
                policy(allow(resource=[1])),
                "the Resource of statement 1 of the identity policy 1 is not a string or a list of them: [1]",
            ),
            (
                policy(allow(resource="arn:aws:s3")),
                "'arn:aws:s3' is an ARN with parts missing; write all six",
            ),
            (
                policy(without(allow(), "Resource")),
                "statement 1 of the identity policy 1 has no Resource, which an identity policy needs",
            ),
            (
                policy(allow(Principal="*")),
                "statement 1 of the identity policy 1 has a Principal, which an identity policy cannot have",
            ),
        ],
    )
    def test_identity_policies(self, document: Any, sentence: str) -> None:
        """The sentence names the policy and the statement."""
        assert refusal(identity=[document]) == f"{sentence} [NotJudged]"

    @pytest.mark.parametrize(
        ("statement", "sentence"),
        [
            (
                allow(),
                "statement 1 of the resource policy needs either a Principal or a NotPrincipal",
            ),
            (
                allow(NotPrincipal="*"),
                "statement 1 of the resource policy has a NotPrincipal, which is only for Deny, and not in trust",
            ),
            (allow(Principal="me"), "a Principal is '*' or an object, this is 'me'"),
            (
                allow(Principal={"CanonicalUser": "79a5"}),
                "the principal kind 'CanonicalUser' is not known; known are ('AWS', 'Service', 'Federated')",
            ),
            (allow(Principal={"AWS": [1]}), "a principal is a string, this is 1"),
        ],
    )
    def test_resource_policies(self, statement: dict[str, Any], sentence: str) -> None:
        """The same for the other side."""
        assert refusal(resource=policy(statement)) == f"{sentence} [NotJudged]"

    @pytest.mark.parametrize(
        "principal",
        [
            {"AWS": f"arn:aws:iam::{ACCOUNT}:role/*"},
            {"AWS": f"arn:aws:iam::{ACCOUNT}:group/admins"},
            {"AWS": "AROAEXAMPLE"},
            {"AWS": PROVIDER},
            {"Service": "*"},
            {"Service": "sns"},
            {"Federated": ROLE},
        ],
    )
    def test_names_that_are_none(self, principal: dict[str, str]) -> None:
        """Wildcards above all: AWS refuses them, and they look as if they worked."""
        (kind, name), *_ = principal.items()

        assert refusal(resource=policy(allow(Principal=principal))) == (
            f"the {kind} principal {name!r} is not known; wildcards have no meaning in a name,"
            " and groups, canonical and unique ids are not judged [NotJudged]"
        )

    def test_a_principal_that_is_known_only_after_apply(self) -> None:
        """Whom it names cannot be said from one document."""
        name = "${aws_iam_role.Worker.arn}"

        assert refusal(resource=policy(allow(Principal={"AWS": name}))) == (
            f"whom {name!r} names is known only after apply; give Access the stack that has it"
            " [NotJudged]"
        )

    def test_a_trust_policy_has_no_resource(self) -> None:
        """It speaks of its role."""
        with pytest.raises(PlatformError) as refused:
            evaluate(assume(USER), trust=policy(allow(Principal="*")))

        assert str(refused.value) == (
            "statement 1 of the trust policy has a Resource, which a trust policy cannot have"
            " [NotJudged]"
        )

    def test_a_trust_policy_names_whom_it_trusts(self) -> None:
        """And not whom it does not."""
        statement = {**deny(), "NotPrincipal": {"AWS": [ROLE, ACCOUNT]}}

        with pytest.raises(PlatformError) as refused:
            evaluate(assume(USER), trust=policy(without(statement, "Resource")))

        assert str(refused.value) == (
            "statement 1 of the trust policy has a NotPrincipal, which is only for Deny, and not in"
            " trust [NotJudged]"
        )

    def test_one_policy_for_one_resource(self) -> None:
        """A request is on one thing."""
        document = policy(allow(Principal="*"))

        assert refusal(resource=document, key=document) == (
            "a resource has one policy; give one of resource, key and trust [NotJudged]"
        )

    @pytest.mark.parametrize(
        ("arguments", "sentence"),
        [
            (
                ("worker", "s3:GetObject", "*"),
                "'worker' is no principal; give the ARN of a role, an assumed role, a user, a root user or an identity provider, the name of a service, or '*' for anybody",
            ),
            ((ROLE, "s3:Get*", "*"), "'s3:Get*' is not one action; write 'service:Action'"),
            (
                (ROLE, "s3:GetObject", f"{BUCKET}/*"),
                f"'{BUCKET}/*' is a pattern; a request names one resource",
            ),
        ],
    )
    def test_requests(self, arguments: tuple[str, str, str], sentence: str) -> None:
        """A request is one principal, one action, one resource."""
        with pytest.raises(PlatformError) as refused:
            Request(*arguments)

        assert str(refused.value) == f"{sentence} [NotJudged]"

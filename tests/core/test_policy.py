"""Policy documents: one way to write them."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from platform_lib.errors import PlatformError
from platform_lib.iam.policy import Statement, merge, policy_json

_ACTIONS = st.lists(st.sampled_from(["s3:Get", "s3:Put", "kms:Use"]), min_size=1).map(tuple)
_STATEMENTS = st.builds(
    Statement,
    actions=_ACTIONS,
    resources=st.lists(st.sampled_from(["a", "b", "c"]), min_size=1).map(tuple),
    effect=st.sampled_from(["Allow", "Deny"]),
)


def _permissions(statements: list[Statement]) -> set[tuple[str, str, str]]:
    return {(s.effect, action, r) for s in statements for action in s.actions for r in s.resources}


@given(st.lists(_STATEMENTS, max_size=8), st.randoms())
def test_the_order_of_statements_does_not_matter(
    statements: list[Statement], random: object
) -> None:
    """Two programs that say the same write the same bytes."""
    shuffled = list(statements)
    random.shuffle(shuffled)  # type: ignore[attr-defined] # a Random

    assert policy_json(statements) == policy_json(shuffled)


@pytest.mark.parametrize("first", [1, 8, 9, 98])
def test_late_values_keep_their_order(first: int) -> None:
    """CDKTF numbers them one after the other; what was made before must not change the JSON."""
    ids = [f"subnet/${{TfToken[TOKEN.{first + place}]}}" for place in range(3)]
    one = Statement(actions=("ec2:CreateNetworkInterface",), resources=tuple(reversed(ids)))
    others = [Statement(actions=("ec2:DeleteSubnet",), resources=(it,)) for it in reversed(ids)]

    written = [it["Resource"] for it in json.loads(policy_json([one, *others]))["Statement"]]

    assert ids in written
    assert [it for it in written if isinstance(it, str)] == ids


@given(st.lists(_STATEMENTS, max_size=8))
def test_merging_neither_gives_nor_takes_permissions(statements: list[Statement]) -> None:
    """A merged policy says exactly what its statements said."""
    assert _permissions(merge(statements)) == _permissions(statements)


def test_statements_that_differ_in_actions_become_one() -> None:
    """Fewer statements are easier to read and stay under the size limits."""
    document = json.loads(
        policy_json(
            [
                Statement(actions=("s3:PutObject",), resources=("arn:aws:s3:::b/*",)),
                Statement(actions=("s3:GetObject",), resources=("arn:aws:s3:::b/*",)),
            ]
        )
    )

    assert document == {
        "Statement": [
            {
                "Action": ["s3:GetObject", "s3:PutObject"],
                "Effect": "Allow",
                "Resource": "arn:aws:s3:::b/*",
            }
        ],
        "Version": "2012-10-17",
    }


def test_statements_under_different_conditions_stay_apart() -> None:
    """Merging them would give each the other's freedom."""
    held = {"StringEquals": {"aws:SourceAccount": ("111111111111",)}}
    statements = [
        Statement(actions=("a:One",), resources=("*",), conditions=held),
        Statement(actions=("a:Two",), resources=("*",)),
    ]

    assert len(merge(statements)) == 2


def test_iam_variables_are_hidden_from_terraform() -> None:
    """Terraform would read `${aws:username}` as an expression of its own; its own stay."""
    text = policy_json(
        [
            Statement(
                actions=("s3:GetObject",),
                resources=("arn:aws:s3:::home/${aws:username}/*", "${TfToken[TOKEN.1]}"),
            )
        ]
    )

    assert "home/$${aws:username}/*" in text
    assert '"${TfToken[TOKEN.1]}"' in text


@pytest.mark.parametrize("character", ["*", "?", "$"])
def test_characters_that_mean_themselves_are_hidden_from_terraform(character: str) -> None:
    """IAM reads `${*}` as a star that is no wildcard; Terraform would refuse it."""
    resource = f"arn:aws:s3:::home/${{{character}}}"

    text = policy_json([Statement(actions=("s3:GetObject",), resources=(resource,))])

    assert f"home/$${{{character}}}" in text


@pytest.mark.parametrize(
    "resource",
    ["#{TfToken[TOKEN.1]}", "arn:-1.8881545897087505e+289"],
    ids=["list", "number"],
)
def test_refuses_what_cannot_be_written_into_a_string(resource: str) -> None:
    """CDKTF would write nonsense; the sentence says what to pass instead."""
    with pytest.raises(PlatformError) as refused:
        policy_json([Statement(actions=("s3:GetObject",), resources=(resource,))])

    assert str(refused.value) == (
        "a policy contains a list or a number that is known only after apply; pass each element as"
        " a string of its own [TokenInPolicy]"
    )


def test_everything_a_statement_can_say_is_written() -> None:
    """Sid, effect, principals, exceptions, resources and conditions appear under AWS's words."""
    statement = Statement(
        sid="TlsOnly",
        effect="Deny",
        actions=(),
        not_actions=("s3:ListBucket",),
        principals={"AWS": ("*",)},
        resources=("b", "a"),
        conditions={"Bool": {"aws:SecureTransport": ("false",)}},
    )

    assert statement.as_dict() == {
        "Sid": "TlsOnly",
        "Effect": "Deny",
        "NotAction": "s3:ListBucket",
        "Principal": {"AWS": "*"},
        "Resource": ["a", "b"],
        "Condition": {"Bool": {"aws:SecureTransport": "false"}},
    }

"""Physical names: inside AWS's limits, different for different things, and stable."""

from __future__ import annotations

import re

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from platform_lib.errors import PlatformError
from platform_lib.naming import Kind, kebab, partition_of, pascal, physical_name

WORDS = st.from_regex(r"[a-z][a-z0-9]{0,19}", fullmatch=True)
KINDS = st.sampled_from(Kind)
# Other work on the machine must not fail a property.
in_any_time = settings(deadline=None)
PARTS = st.lists(WORDS, min_size=1, max_size=30)


def before(kind: Kind) -> str:
    """Return the text that AWS wants in front."""
    return "alias/" if kind is Kind.KMS_ALIAS else ""


def is_allowed(kind: Kind, parts: list[str]) -> bool:
    """Tell whether the whole name is in the kind's alphabet; `default` and two letters are not."""
    return re.fullmatch(kind.value.pattern, before(kind) + "-".join(parts)) is not None


def test_kinds_with_the_same_rule_are_two_kinds() -> None:
    """A cluster and an instance may have one name; two instances may not."""
    assert list(Kind.__members__) == [kind.name for kind in Kind]


@in_any_time
@given(kind=KINDS, parts=PARTS)
@example(kind=Kind.IAM_ROLE, parts=["a" * 58, "b" * 20])
@example(kind=Kind.IAM_ROLE, parts=["a" * 57, "-", "b" * 20])
def test_a_name_is_within_limit_and_alphabet(kind: Kind, parts: list[str]) -> None:
    """Whatever is joined, AWS accepts the result; `default` and `sg-` are refused, not changed."""
    if not is_allowed(kind, parts):
        with pytest.raises(PlatformError):
            physical_name(kind, *parts, before=before(kind))
        return

    name = physical_name(kind, *parts, before=before(kind))

    assert len(name) <= kind.value.limit
    assert re.fullmatch(kind.value.pattern, name) is not None
    assert name.startswith(before(kind))


@in_any_time
@given(kind=KINDS, parts=PARTS)
def test_a_name_that_fits_is_not_changed(kind: Kind, parts: list[str]) -> None:
    """Only what is too long is shortened, and then a hash says so."""
    whole = before(kind) + "-".join(parts)
    if not is_allowed(kind, parts):
        return

    name = physical_name(kind, *parts, before=before(kind))

    if len(whole) <= kind.value.limit:
        assert name == whole
    else:
        assert re.search(r"[^-]-[0-9a-f]{4}$", name) is not None
        assert whole.startswith(name[:-5])


@in_any_time
@given(one=PARTS, other=PARTS)
def test_short_names_are_as_different_as_their_parts(one: list[str], other: list[str]) -> None:
    """Nothing is normalised away."""
    left, right = (physical_name(Kind.LOG_GROUP, *parts[:20]) for parts in (one, other))

    assert (left == right) == ("-".join(one[:20]) == "-".join(other[:20]))


# Four characters of a hash are enough for the few long names of one account, not for every pair
# there is, so the examples are always the same ones.
@settings(derandomize=True, deadline=None)
@given(ends=st.lists(WORDS, min_size=2, max_size=12, unique=True))
def test_long_names_differ_by_what_was_cut_off(ends: list[str]) -> None:
    """Two names with one beginning do not become one name."""
    start = "a" * 64

    names = {physical_name(Kind.IAM_ROLE, start, end) for end in ends}

    assert len(names) == len(ends)


@pytest.mark.parametrize(
    ("kind", "parts", "name"),
    [
        (Kind.TAG, ("checkout-prod", "private", "a"), "checkout-prod-private-a"),
        (Kind.TAG, ("checkout-prod", "", "nat"), "checkout-prod-nat"),
        (Kind.KMS_ALIAS, ("checkout-prod", "data"), "alias/checkout-prod-data"),
        (
            Kind.IAM_ROLE,
            ("checkout-prod", "flow-logs", "a" * 60),
            "checkout-prod-flow-logs-aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa-f53b",
        ),
        (
            Kind.S3_BUCKET,
            ("acme", "b" * 53, "c" * 30),
            "acme-bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb-4f29",
        ),
    ],
)
def test_names_never_change(kind: Kind, parts: tuple[str, ...], name: str) -> None:
    """A changed name is a replaced resource, so these are pinned."""
    assert physical_name(kind, *parts, before=before(kind)) == name


@pytest.mark.parametrize(
    ("kind", "parts", "message"),
    [
        (
            Kind.S3_BUCKET,
            ("acme", "Logs"),
            "'acme-Logs' cannot name a s3 bucket; use lower-case letters, digits and hyphens",
        ),
        (
            Kind.SECURITY_GROUP,
            ("sg", "api"),
            "'sg-api' cannot name a security group; use letters, digits and ._-:/()#,@[]+=&;{}!$*",
        ),
        (
            Kind.DB_SUBNET_GROUP,
            ("default",),
            (
                "'default' cannot name a db subnet group; use lower-case letters, digits, full stops,"
                " underscores, spaces and hyphens"
            ),
        ),
        (
            Kind.ANALYZER,
            ("1st",),
            "'1st' cannot name a analyzer; use letters, digits and _.-",
        ),
        (
            Kind.LOAD_BALANCER,
            ("internal", "api"),
            (
                "'internal-api' cannot name a load balancer; use letters, digits and hyphens, not"
                " 'internal-' first"
            ),
        ),
        (
            Kind.TARGET_GROUP,
            ("api-",),
            "'api-' cannot name a target group; use letters, digits and hyphens",
        ),
        (Kind.IAM_ROLE, (), "'' cannot name a iam role; use letters, digits and _+=,.@-"),
    ],
)
def test_a_name_outside_the_alphabet_is_refused(
    kind: Kind, parts: tuple[str, ...], message: str
) -> None:
    """Nothing is replaced silently; the sentence lists what may be used."""
    with pytest.raises(PlatformError) as caught:
        physical_name(kind, *parts)

    (problem,) = caught.value.problems

    assert (problem.code, problem.message) == ("NameNotAllowed", message)


def test_an_alias_cannot_pretend_to_be_amazons() -> None:
    """Names below alias/aws/ are reserved."""
    with pytest.raises(PlatformError, match="'alias/aws/s3' cannot name a kms alias"):
        physical_name(Kind.KMS_ALIAS, "aws/s3", before="alias/")


def test_a_role_has_no_letters_with_accents() -> None:
    """IAM accepts only ASCII."""
    with pytest.raises(PlatformError):
        physical_name(Kind.IAM_ROLE, "caf\u00e9")


@pytest.mark.parametrize(
    ("id", "name"),
    [
        ("FlowLogs", "flow-logs"),
        ("Vpc", "vpc"),
        ("VPCEndpoint", "vpc-endpoint"),
        ("EcrDkr", "ecr-dkr"),
        ("NatA", "nat-a"),
        ("S3Logs", "s3-logs"),
        ("already-kebab", "already-kebab"),
        ("A", "a"),
    ],
)
def test_ids_become_roles(id: str, name: str) -> None:
    """Words are found by their capitals; an abbreviation is one word."""
    assert kebab(id) == name


@pytest.mark.parametrize(
    ("name", "id"),
    [
        ("flow-logs", "FlowLogs"),
        ("ecr.dkr", "EcrDkr"),
        ("com.amazonaws.us-east-1.s3", "ComAmazonawsUsEast_1S3"),
        ("a", "A"),
        ("db2-main", "Db2Main"),
    ],
)
def test_names_become_ids(name: str, id: str) -> None:
    """Whatever separates the words is dropped; the rest of a word keeps its case."""
    assert pascal(name) == id


@in_any_time
@given(words=st.lists(st.from_regex(r"[a-z][a-z0-9]{1,9}", fullmatch=True), min_size=1, max_size=4))
def test_names_of_whole_words_survive_the_way_there_and_back(words: list[str]) -> None:
    """A name made of words of two letters or more is the role of its own id."""
    name = "-".join(words)

    assert kebab(pascal(name)) == name


@pytest.mark.parametrize(
    ("region", "partition"),
    [("us-east-1", "aws"), ("cn-north-1", "aws-cn"), ("us-gov-west-1", "aws-us-gov")],
)
def test_a_region_is_in_one_partition(region: str, partition: str) -> None:
    """ARNs of China and of the United States government start differently."""
    assert partition_of(region) == partition

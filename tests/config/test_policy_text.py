"""Text of policies: wildcards, variables and references mean what IAM and Terraform mean by them."""

from __future__ import annotations

import re
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from platform_lib.errors import PlatformError
from platform_lib.testing._policy_text import Context, check_arn, matches, matches_arn, read

NOTHING = Context.of({})
REFERENCE = "${aws_s3_bucket.Media.arn}"
OTHER = "${aws_s3_bucket.Logs.arn}"


def covers(pattern: str, value: str) -> bool:
    """Tell whether a pattern, as it is written, covers a text."""
    text = read(pattern, NOTHING, variables=True, wildcards=True)
    assert text is not None
    return matches(text, value)


def covers_arn(pattern: str, value: str, *, beyond_colons: bool) -> bool:
    """Tell whether a pattern, as it is written, covers an ARN."""
    text = read(pattern, NOTHING, variables=True, wildcards=True)
    assert text is not None
    return matches_arn(text, value, beyond_colons=beyond_colons)


def filled(text: str, **context: str) -> str | None:
    """Return a text with its variables filled in from `aws:` keys."""
    keys = Context.of({f"aws:{key}": value for key, value in context.items()})
    return read(text, keys, variables=True, wildcards=False)


def expression(part: str, *, character: str, final: str) -> str:
    """Write a pattern without colons as a regular expression."""
    rest = part.removesuffix("*")
    body = "".join({"*": f"{character}*", "?": character}.get(it, it) for it in rest)
    return body + (final if part != rest else "")


@given(st.text("ab*?", max_size=8), st.text("ab", max_size=8))
def test_wildcards_are_those_of_a_regular_expression(pattern: str, value: str) -> None:
    """`*` is any text, `?` is one character, and everything else is itself."""
    expected = re.fullmatch(expression(pattern, character=".", final=".*"), value)

    assert covers(pattern, value) is (expected is not None)


@given(
    st.lists(st.text("ab*?", max_size=3), min_size=5, max_size=5),
    st.lists(st.text("ab", max_size=3), min_size=5, max_size=8),
    st.booleans(),
)
def test_arns_are_compared_part_by_part(
    patterns: list[str],
    values: list[str],
    beyond: bool,  # noqa: FBT001 - hypothesis gives it
) -> None:
    """A wildcard stays in its part, but for the last part and, in `Resource`, a final `*`."""
    final = ".*" if beyond else "[^:]*"
    parts = [expression(it, character="[^:]", final=final) for it in patterns[:4]]
    parts.append(expression(patterns[4], character=".", final=".*"))
    expected = re.fullmatch(":".join(["arn", *parts]), ":".join(["arn", *values]))

    found = covers_arn(
        ":".join(["arn", *patterns]), ":".join(["arn", *values]), beyond_colons=beyond
    )

    assert found is (expected is not None)


@given(
    st.text("ab*?", min_size=1, max_size=6).filter(lambda it: "*" in it or "?" in it),
    st.text("ab", max_size=3),
    st.text("ab", max_size=3),
    st.text("ab", max_size=4),
)
def test_what_is_said_of_a_reference_holds_whatever_it_becomes(
    pattern: str, before: str, after: str, becomes: str
) -> None:
    """A verdict about a value that is not known yet is given only if it does not depend on it."""
    with suppress(PlatformError):
        said = covers(pattern, f"{before}{REFERENCE}{after}")

        assert covers(pattern, f"{before}{becomes}{after}") is said


@given(
    st.text("ab*?", min_size=1, max_size=4).filter(lambda it: "*" in it or "?" in it),
    st.text("ab", max_size=2),
    st.text("ab", max_size=2),
)
def test_a_reference_is_refused_only_where_it_matters(
    pattern: str, before: str, after: str
) -> None:
    """Where nothing is said, one thing that it may become is covered, and the reference is not."""
    try:
        covers(pattern, f"{before}{REFERENCE}{after}")
    except PlatformError:
        texts = [""]
        for _ in range(4):
            texts += [text + letter for text in texts for letter in "ab"]

        assert any(covers(pattern, f"{before}{text}{after}") for text in texts)


@pytest.mark.parametrize(
    ("pattern", "value", "expected"),
    [
        (REFERENCE, REFERENCE, True),
        (f"{REFERENCE}/*", f"{REFERENCE}/a/b", True),
        ("*", REFERENCE, True),
        (REFERENCE, OTHER, False),
        (f"{REFERENCE}/*", f"{OTHER}/a", False),
        (f"{REFERENCE}/*", "arn:aws:s3:::media/a", False),
        ("arn:aws:s3:::media", REFERENCE, False),
        ("arn:aws:kms:*:*:alias/*", "arn:aws:kms:eu-west-1:1:key/${aws_kms_key.A.key_id}", False),
        ("arn:aws:kms:*:*:key/*", "arn:aws:kms:eu-west-1:1:key/${aws_kms_key.A.key_id}", True),
    ],
)
def test_a_reference_is_a_value_of_its_own(pattern: str, value: str, *, expected: bool) -> None:
    """It equals itself wherever it stands, and nothing that is written out."""
    assert covers_arn(pattern, value, beyond_colons=True) is expected


@pytest.mark.parametrize(
    ("pattern", "value"),
    [
        ("a*", REFERENCE),
        ("?", REFERENCE),
        ("*b", f"a{REFERENCE}"),
        ("a?", f"{REFERENCE}ab"),
        (f"{REFERENCE}/a*", f"{REFERENCE}/{OTHER}"),
    ],
)
def test_says_nothing_where_it_depends(pattern: str, value: str) -> None:
    """A reference may become nothing, one character, or more than the pattern needs."""
    with pytest.raises(PlatformError, match="known only after apply"):
        covers(pattern, value)


def test_refuses_to_look_into_a_reference() -> None:
    """Whether the bucket's name starts so is known only after apply."""
    with pytest.raises(PlatformError) as refused:
        covers("arn:aws:s3:::acme-*", REFERENCE)

    assert str(refused.value) == (
        "whether 'arn:aws:s3:::acme-*' covers '${aws_s3_bucket.Media.arn}' depends on a value that"
        " is known only after apply; ask about a resource whose name is known [NotJudged]"
    )


@pytest.mark.parametrize(
    ("beyond_colons", "expected"), [(True, True), (False, False)], ids=["Resource", "ArnLike"]
)
def test_a_final_wildcard_of_a_part_goes_beyond_its_colon(
    *, beyond_colons: bool, expected: bool
) -> None:
    """AWS says so of `Resource`, and the contrary of the ARN operators, with this example."""
    pattern = "arn:aws:someservice:*:111122223333:finance/*"
    value = "arn:aws:someservice:us-east-2:999999999999:store/abc:111122223333:finance/document.txt"

    assert covers_arn(pattern, value, beyond_colons=beyond_colons) is expected


def test_other_wildcards_stay_in_their_part() -> None:
    """Also in `Resource`."""
    assert covers_arn("arn:aws:s*s:r:1:q", "arn:aws:sqs:r:1:q", beyond_colons=True)
    assert not covers_arn("arn:aws:s*s:r:1:q", "arn:aws:s3:r:1:xs:r:1:q", beyond_colons=True)
    assert not covers_arn("arn:aws:sqs?r:1:q", "arn:aws:sqs:r:1:q", beyond_colons=True)


def test_any_character_is_one() -> None:
    """Whatever its number."""
    assert covers("?", "\U0001f642")


@pytest.mark.parametrize(
    ("key", "expected"),
    [
        ("1/test/a.jpg", True),
        ("1/2/test/3/a.jpg", True),
        ("1///test///a.jpg", True),
        ("/test/a.jpg", True),
        ("1/test/", True),
        ("1-test/a.jpg", False),
        ("test/a.jpg", False),
        ("1/2/test.jpg", False),
    ],
)
def test_a_slash_is_a_character_like_any_other(key: str, *, expected: bool) -> None:
    """AWS's example of a wildcard in the middle of an object's key."""
    pattern = "arn:aws:s3:::bucket/*/test/*"

    assert covers_arn(pattern, f"arn:aws:s3:::bucket/{key}", beyond_colons=True) is expected


def test_a_long_pattern_is_compared_quickly() -> None:
    """Where a regular expression would go on for hours."""
    assert covers("*a" * 40, "a" * 300)
    assert not covers("*a" * 40 + "b", "a" * 300)


@pytest.mark.parametrize("start", ["$", "$$"], ids=["in IAM", "in Terraform's JSON"])
@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("{aws:username}", "bob"),
        ("{AWS:UserName}", "bob"),
        ("{aws:PrincipalTag/team, 'all'}", "all"),
        ("{aws:PrincipalTag/team, ''}", ""),
        ("{aws:username, 'all'}", "bob"),
        ("{*}", "*"),
        ("{?}", "?"),
        ("{$}", "$"),
    ],
)
def test_variables_are_filled_in(start: str, variable: str, value: str) -> None:
    """With the key's value, the default, or the character that would mean something else."""
    assert filled(f"home/{start}{variable}/x", username="bob") == f"home/{value}/x"


def test_a_variable_without_a_value_makes_the_text_equal_to_nothing() -> None:
    """Not to the empty text, nor to itself."""
    assert filled("home/${aws:username}") is None


def test_a_key_without_text_has_a_value() -> None:
    """An empty tag is not a missing one."""
    assert filled("home/${aws:username}", username="") == "home/"


def test_the_older_version_has_no_variables() -> None:
    """They are text there."""
    keys = Context.of({"aws:username": "bob"})

    text = read("home/${aws:username}", keys, variables=False, wildcards=True)

    assert text == "home/${aws:username}"


def test_a_variables_value_has_no_wildcards() -> None:
    """Otherwise a tag would open what nobody granted."""
    keys = Context.of({"aws:PrincipalTag/team": "*"})

    text = read("home/${aws:PrincipalTag/team}", keys, variables=True, wildcards=True)

    assert text is not None
    assert matches(text, "home/*")
    assert not matches(text, "home/red")


def test_a_written_asterisk_is_no_wildcard() -> None:
    """`${*}` is one."""
    assert covers("a${*}", "a*")
    assert not covers("a${*}", "ab")


@pytest.mark.parametrize(
    ("variable", "sentence"),
    [
        (
            "${aws:TagKeys}",
            "${aws:TagKeys} names a key with several values, which IAM has no variables for",
        ),
        (
            "${aws:username, all}",
            "${aws:username, all} is no policy variable; write ${key} or ${key, 'default'}",
        ),
    ],
)
def test_refuses_variables_that_iam_does_not_have(variable: str, sentence: str) -> None:
    """Instead of taking them for text."""
    with pytest.raises(PlatformError) as refused:
        read(variable, Context.of({"aws:TagKeys": ("a",)}), variables=True, wildcards=False)

    assert str(refused.value) == f"{sentence} [NotJudged]"


@pytest.mark.parametrize(
    ("pattern", "sentence"),
    [
        ("arn:aws:sqs", "'arn:aws:sqs' is an ARN with parts missing; write all six"),
        (
            "arn:aws:sqs:*:${aws:PrincipalAccount}:q",
            "'arn:aws:sqs:*:${aws:PrincipalAccount}:q' has a variable before its fifth colon, where IAM has none",
        ),
    ],
)
def test_refuses_arns_that_iam_reads_in_its_own_way(pattern: str, sentence: str) -> None:
    """IAM completes the one, and takes the other literally."""
    with pytest.raises(PlatformError) as refused:
        check_arn(pattern)

    assert str(refused.value) == f"{sentence} [NotJudged]"


@pytest.mark.parametrize(
    "pattern", ["*", "arn:aws:sqs:*:*:*", "arn:aws:s3:::home/${aws:username}", f"{REFERENCE}/*"]
)
def test_accepts_other_arns(pattern: str) -> None:
    """Whole ones, `*`, and references."""
    check_arn(pattern)


def test_keys_have_no_case() -> None:
    """A later source wins, however it is spelt."""
    found = Context.of({"aws:SourceIp": "10.0.0.1"}, {"AWS:sourceip": "10.0.0.2"})

    assert found.get("aws:sourceIP") == "10.0.0.2"


def test_refuses_one_key_in_two_spellings() -> None:
    """It is not clear which value counts."""
    with pytest.raises(PlatformError, match="has a key twice, in two spellings"):
        Context.of({"aws:SourceIp": "10.0.0.1", "AWS:sourceip": "10.0.0.2"})

"""Names of certificates: each once, the first one short."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from platform_lib.acm.config import CertificateConfig, base_of, covers

LONG = f"{'a' * 53}.example.com"


def test_names_have_a_stable_order() -> None:
    """The first stays first; the order of the others does not matter to ACM."""
    one = CertificateConfig(domain="b.example.com", alternatives=("z.example.com", "a.example.com"))
    other = one.evolve(alternatives=("a.example.com", "z.example.com"))

    assert one.names == other.names == ("b.example.com", "a.example.com", "z.example.com")


@pytest.mark.parametrize("domain", [LONG[1:], "*.example.com"])
def test_takes_first_names_that_x509_takes(domain: str) -> None:
    """Up to 64 characters, wildcards included."""
    assert CertificateConfig(domain=domain).names == (domain,)


def test_a_long_name_may_be_an_alternative() -> None:
    """Only the common name is limited to 64 characters."""
    config = CertificateConfig(domain="example.com", alternatives=(LONG,))

    assert config.alternatives == (LONG,)


@pytest.mark.parametrize(
    ("domain", "alternatives", "problem"),
    [
        (
            LONG,
            (),
            (
                f"domain '{LONG}' has 65 characters and the first name of a certificate may have 64;"
                " put a shorter name first and this one into alternatives"
            ),
        ),
        (
            "example.com",
            ("example.com",),
            "alternatives has a name twice or repeats domain: example.com; write each name once",
        ),
        (
            "example.com",
            ("a.example.com", "a.example.com"),
            "alternatives has a name twice or repeats domain: a.example.com; write each name once",
        ),
    ],
)
def test_refuses_names_that_acm_refuses(
    domain: str, alternatives: tuple[str, ...], problem: str
) -> None:
    """Before anything is requested."""
    with pytest.raises(ValidationError) as refused:
        CertificateConfig(domain=domain, alternatives=alternatives)

    (error,) = refused.value.errors(include_input=False)
    assert error["msg"] == f"Value error, {problem}"


@pytest.mark.parametrize(("count", "allowed"), [(99, True), (100, False)])
def test_a_certificate_has_at_most_a_hundred_names(count: int, *, allowed: bool) -> None:
    """More than ACM gives even after a raise of the quota."""
    names = tuple(f"h{number}.example.com" for number in range(count))
    if allowed:
        assert len(CertificateConfig(domain="example.com", alternatives=names).names) == 100
        return

    with pytest.raises(ValidationError, match="at most 99 items"):
        CertificateConfig(domain="example.com", alternatives=names)


def test_a_wildcard_is_proven_by_its_domain() -> None:
    """ACM asks for one record for both."""
    assert base_of("*.example.com") == base_of("example.com") == "example.com"


@pytest.mark.parametrize(
    ("name", "host", "good"),
    [
        ("example.com", "example.com", True),
        ("*.example.com", "a.example.com", True),
        ("*.example.com", "*.example.com", True),
        ("*.example.com", "example.com", False),
        ("*.example.com", "a.b.example.com", False),
        ("example.com", "a.example.com", False),
    ],
)
def test_a_wildcard_stands_for_one_level(name: str, host: str, *, good: bool) -> None:
    """As browsers read it."""
    assert covers(name, host) is good

"""Late values, recognised by how CDKTF writes them."""

from __future__ import annotations

import pytest

from platform_lib.tokens import has_list_or_number_token, is_token

STRING = "${TfToken[TOKEN.0]}"
LIST_ELEMENT = "#{TfToken[TOKEN.3]}"
NUMBER = "-1.8881545897087503e+289"


@pytest.mark.parametrize(
    "value",
    [STRING, f"arn:{STRING}/x", [LIST_ELEMENT], float(NUMBER), NUMBER.upper(), {"a": (STRING,)}],
)
def test_recognises_late_values(value: object) -> None:
    """A late value is found alone, inside a text, and inside what contains it."""
    assert is_token(value)


@pytest.mark.parametrize("value", ["plain", "${aws_vpc.main.id}", 1.5, -1.888, None, [], "TfToken"])
def test_knows_early_values(value: object) -> None:
    """Terraform's own references and ordinary values are not CDKTF's."""
    assert not is_token(value)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (LIST_ELEMENT, True),
        (f'["{LIST_ELEMENT}"]', True),
        (NUMBER, True),
        (f'{{"port": {NUMBER}}}', True),
        (STRING, False),
        ("#{plain}", False),
        ("-1.5e+289", False),
    ],
)
def test_tells_lists_and_numbers_from_texts(text: str, *, expected: bool) -> None:
    """A late text may stand inside another text; a late list or number may not."""
    assert has_list_or_number_token(text) is expected

"""What is printed is what was said, to the letter."""

from __future__ import annotations

import pytest

from platform_lib.cli.console import Output
from platform_lib.errors import Problem

ARN = "arn:aws:secretsmanager:us-east-1:111111111111:secret:shop-jobs [bold]"
"""Rich would take parts of it for an emoji and for a style."""


def test_lines_and_tables_are_printed_as_they_are(capsys: pytest.CaptureFixture[str]) -> None:
    """On standard output."""
    output = Output()

    output.line(ARN)
    output.table(("name", "value"), [("secret", ARN)])

    assert capsys.readouterr().out.count(ARN) == 2


def test_notes_and_problems_are_printed_as_they_are(capsys: pytest.CaptureFixture[str]) -> None:
    """On standard error."""
    output = Output()

    output.note(ARN)
    output.problems([Problem(ARN)])

    assert capsys.readouterr().err.count(ARN) == 2

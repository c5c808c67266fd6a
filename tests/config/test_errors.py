"""Problems and the exceptions that carry them."""

from __future__ import annotations

from pathlib import Path

import pytest

from platform_lib.errors import (
    DestroyRefusedError,
    Location,
    OperationError,
    PlatformError,
    Problem,
)


def test_a_line_in_the_working_folder_is_relative(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The author sees the path as an editor opens it."""
    monkeypatch.chdir(tmp_path)

    assert str(Location(str(tmp_path / "environments" / "prod.py"), 12)) == (
        "environments/prod.py:12"
    )


def test_a_line_outside_the_working_folder_is_absolute(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A path that climbs out of the folder would say less than the whole one."""
    inside = tmp_path / "inside"
    inside.mkdir()
    monkeypatch.chdir(inside)

    assert str(Location(str(tmp_path / "prod.py"), 3)) == f"{tmp_path}/prod.py:3"


def test_lines_sort_by_file_and_number() -> None:
    """Findings can be printed in the order of the files."""
    lines = [Location("b", 1), Location("a", 10), Location("a", 9)]

    assert sorted(lines) == [Location("a", 9), Location("a", 10), Location("b", 1)]


@pytest.mark.parametrize(
    ("problem", "line"),
    [
        (Problem("it is wrong"), "it is wrong"),
        (Problem("it is wrong", "prod-network/Vpc"), "prod-network/Vpc: it is wrong"),
        (Problem("it is wrong", code="Wrong"), "it is wrong [Wrong]"),
        (
            Problem("it is wrong", Location("/p/prod.py", 2), "Wrong"),
            "/p/prod.py:2: it is wrong [Wrong]",
        ),
    ],
)
def test_a_problem_is_one_line(problem: Problem, line: str) -> None:
    """Place, sentence and code stand where they are known, and nothing where they are not."""
    assert str(problem) == line


def test_an_error_carries_its_problem() -> None:
    """The text of the exception is the line that is printed."""
    error = PlatformError("Wrong", "it is wrong", where="prod-network")

    assert error.problems == (Problem("it is wrong", "prod-network", "Wrong"),)
    assert str(error) == "prod-network: it is wrong [Wrong]"


@pytest.mark.parametrize(
    ("kind", "code"), [(PlatformError, 2), (OperationError, 1), (DestroyRefusedError, 3)]
)
def test_several_problems_travel_in_one_error(kind: type[PlatformError], code: int) -> None:
    """They keep their order, and the kind of error decides the exit code."""
    problems = (Problem("one"), Problem("two", "a/b"))

    error = kind.of(iter(problems))

    assert type(error) is kind
    assert error.problems == problems
    assert str(error) == "one\na/b: two"
    assert error.exit_code == code

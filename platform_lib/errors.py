"""What can be wrong, in one sentence each, and the one exception that carries it."""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True, slots=True, order=True)
class Location:
    """A line of the author's own code."""

    path: str
    line: int

    def __str__(self) -> str:
        """Write the path relative to the working folder where it lies below it."""
        relative = os.path.relpath(self.path)
        shown = self.path if relative.startswith(os.pardir) else relative
        return f"{shown}:{self.line}"


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong: where, what was given, what is allowed, what to do."""

    message: str
    """The sentence, lower-case, without a full stop."""

    where: Location | str | None = None
    """The author's line, or a construct path, a stack or an address where no line is known."""

    code: str | None = None
    """Stable code with a heading in docs/errors.md."""

    def __str__(self) -> str:
        place = "" if self.where is None else f"{self.where}: "
        code = "" if self.code is None else f" [{self.code}]"
        return f"{place}{self.message}{code}"


class PlatformError(Exception):
    """Refused input, or an operation that could not be done; printed as one line per problem.

    Args:
        code: Stable code, PascalCase, with a heading in docs/errors.md.
        message: What is wrong, what was given, what is allowed and what to do.
        where: The author's line, a construct path, a stack or an address.
    """

    exit_code: ClassVar[int] = 2
    """Exit code of `platformctl`: 2, refused input."""

    def __init__(self, code: str, message: str, *, where: Location | str | None = None) -> None:
        self.problems: tuple[Problem, ...] = (Problem(message, where, code),)
        super().__init__(str(self.problems[0]))

    @classmethod
    def of(cls, problems: Iterable[Problem]) -> PlatformError:
        """Carry several problems at once, so that the author sees all of them in one run."""
        error = cls.__new__(cls)
        error.problems = tuple(problems)
        Exception.__init__(error, "\n".join(str(problem) for problem in error.problems))
        return error


class OperationError(PlatformError):
    """Something outside the configuration failed: Terraform, credentials, a port, a lock."""

    exit_code = 1


class DestroyRefusedError(PlatformError):
    """A plan would delete or replace something stateful."""

    exit_code = 3

"""Exceptions of the author's files, as the lines that the author reads."""

from __future__ import annotations

import inspect
import sys
from collections.abc import Mapping
from datetime import date
from enum import StrEnum
from ipaddress import IPv4Network
from pathlib import Path
from runpy import run_path
from typing import Annotated, Any, Literal

import pytest
from pydantic import AfterValidator, Field, ValidationError, model_validator

import platform_lib
from platform_lib.errors import Location, PlatformError, Problem
from platform_lib.messages import problems_of
from platform_lib.model import Model
from platform_lib.naming import Kind, physical_name

IMPORTS = "from platform_lib.network.config import *; from platform_lib.environment import *; "


@pytest.fixture
def lines_of(tmp_path: Path) -> Reader:
    """Return a way to run an author's file and read what is said about it."""
    return Reader(tmp_path)


class Reader:
    """Runs text as a file of a project and returns the lines that its author reads."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def __call__(self, text: str, file: str = "prod.py") -> list[str]:
        """Return the problems with the file's name relative to the project."""
        return [str(it).replace(f"{self.root}/", "") for it in self.problems(text, file)]

    def problems(self, text: str, file: str = "prod.py") -> tuple[Problem, ...]:
        """Return the problems as they are."""
        path = self.root / file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        with pytest.raises(BaseException) as caught:  # noqa: PT011 - whatever it is
            run_path(str(path))
        return problems_of(caught.value, root=self.root)


def here(offset: int) -> Location:
    """Return the line ``offset`` lines below the caller's."""
    frame = inspect.currentframe()
    assert frame is not None
    assert frame.f_back is not None
    return Location(__file__, frame.f_back.f_lineno + offset)


class Size(StrEnum):
    """A closed set."""

    SMALL = "s"
    LARGE = "l"


def _is_even(value: int) -> int:
    if value == 0:
        raise ValueError
    if value % 2:
        raise ValueError(f"{value} is odd\nand that is not even")
    return value


def _is_fine(value: str) -> str:
    if value != "fine":
        raise ValueError(f"{value!r} is not allowed, nor is {value}")
    return value


class Inner(Model):
    """A part."""

    kind: Literal["inner"] = "inner"
    """Tells it from the others."""

    api_token: Annotated[str, AfterValidator(_is_fine)] = "fine"
    """A name that must not be printed."""


class Tagged(Model):
    """Another part."""

    kind: Literal["tagged"] = "tagged"
    """Tells it from the others."""

    size: int = 0
    """A size."""


class Everything(Model):
    """One field for each kind of value."""

    number: int = 1
    """A number."""

    even: Annotated[int, AfterValidator(_is_even)] = 2
    """An even number."""

    bounded: Annotated[int, Field(ge=2, le=5, multiple_of=2)] = 2
    """Two or four."""

    open_bounds: Annotated[float, Field(gt=0, lt=1)] = 0.5
    """A share."""

    truth: bool = True
    """Whether."""

    day: date = date(2026, 1, 1)
    """A day."""

    text: Annotated[str, Field(min_length=2, max_length=4, pattern="[a-z]+")] = "ab"
    """Some letters."""

    names: Annotated[tuple[str, ...], Field(min_length=1, max_length=2)] = ("a",)
    """One or two names."""

    pair: tuple[int, str] = (1, "a")
    """A number and a text."""

    mapping: Mapping[Size, Mapping[str, int]] = {}
    """Numbers by size and name."""

    size: Size = Size.SMALL
    """A size."""

    inner: Inner | None = None
    """A part."""

    tagged: Annotated[Inner | Tagged, Field(discriminator="kind")] = Inner()
    """One of two parts."""

    either: int | tuple[int, ...] | None = 1
    """A number or some."""

    choice: tuple[tuple[int, str], ...] | Mapping[str, Inner] = ()
    """Pairs, or parts by name."""

    several: tuple[Inner | Literal["none"], ...] = ()
    """Parts."""

    wrapped: tuple[Annotated[Inner, Field(title="a part")], ...] = ()
    """Parts."""

    nothing: None = None
    """Nothing."""

    db_password: str | None = None
    """A name that must not be printed."""

    settings: Mapping[str, int] = {}
    """Numbers by name."""

    @model_validator(mode="after")
    def _is_not_thirteen(self) -> Everything:
        if self.number == 13:
            raise ValueError(f"number is 13 with {self.several} and {self.db_password}")
        return self


VALUES: dict[str, tuple[dict[str, Any], str]] = {
    "int_parsing": ({"number": "x"}, "number='x' is not a whole number; write one without quotes"),
    "int_type": ({"number": ()}, "number=() is not a whole number; write one without quotes"),
    "int_from_float": (
        {"number": 1.5},
        "number=1.5 is not a whole number; write one without quotes",
    ),
    "greater_than_equal": ({"bounded": 0}, "bounded=0 is too small; use 2 or more"),
    "less_than_equal": ({"bounded": 6}, "bounded=6 is too large; use 5 or less"),
    "multiple_of": ({"bounded": 3}, "bounded=3 is not allowed; use a multiple of 2"),
    "greater_than": ({"open_bounds": 0.0}, "open_bounds=0.0 is too small; use more than 0.0"),
    "less_than": ({"open_bounds": 1.0}, "open_bounds=1.0 is too large; use less than 1.0"),
    "float_parsing": (
        {"open_bounds": "x"},
        "open_bounds='x' is not a number; write one without quotes",
    ),
    "bool_parsing": ({"truth": "maybe"}, "truth='maybe' is not a truth value; use True or False"),
    "date_parsing": ({"day": "soon"}, "day='soon' is not a date; write it as in date(2026, 1, 31)"),
    "string_type": ({"text": 7}, "text=7 is not text; write it in quotes"),
    "string_too_short": ({"text": "a"}, "text='a' is too short; use at least 2 characters"),
    "string_too_long": ({"text": "abcde"}, "text='abcde' is too long; use at most 4 characters"),
    "string_pattern_mismatch": (
        {"text": "AB"},
        "text='AB' is not in the right form; match [a-z]+",
    ),
    "tuple_type": (
        {"names": "a"},
        "names='a' is not a tuple; write the values in parentheses, as in ('a', 'b') or ('a',)",
    ),
    "too_short": ({"names": ()}, "names=() has 0 items; give at least 1"),
    "too_long": ({"names": ("a", "b", "c")}, "names=('a', 'b', 'c') has 3 items; give at most 2"),
    "an item": ({"names": ("a", 2)}, "names[1]=2 is not text; write it in quotes"),
    "an item of a pair": ({"pair": (1, 2)}, "pair[1]=2 is not text; write it in quotes"),
    "mapping_type": (
        {"mapping": 1},
        "mapping=1 is not a mapping; write it as in {'name': value}",
    ),
    "a key": ({"mapping": {"x": {}}}, "key 'x' of mapping is not allowed; use 's' or 'l'"),
    "a value in a mapping": (
        {"mapping": {Size.SMALL: {"a": "b"}}},
        "mapping['s']['a']='b' is not a whole number; write one without quotes",
    ),
    "enum": ({"size": "m"}, "size='m' is not allowed; use 's' or 'l'"),
    "model_type": ({"inner": True}, "inner=True is not allowed; write Inner(...)"),
    "a model of another kind": (
        {"inner": Tagged()},
        "inner=Tagged(...) is not allowed; write Inner(...)",
    ),
    "literal_error": ({"inner": {"kind": "x"}}, "inner.kind='x' is not allowed; use 'inner'"),
    "a tagged member": (
        {"tagged": {"kind": "tagged", "size": "x"}},
        "tagged.size='x' is not a whole number; write one without quotes",
    ),
    "none of the members of a union": (
        {"either": "x"},
        (
            "either='x' is not allowed; write one without quotes or write the values in parentheses,"
            " as in ('a', 'b') or ('a',)"
        ),
    ),
    "inside the member that was meant": (
        {"either": (1, "x")},
        "either[1]='x' is not a whole number; write one without quotes",
    ),
    "inside the mapping that was meant": (
        {"choice": {"a": {"kind": "x"}}},
        "choice['a'].kind='x' is not allowed; use 'inner'",
    ),
    "inside the tuple that was meant": (
        {"choice": ((1, 2),)},
        "choice[0][1]=2 is not text; write it in quotes",
    ),
    "a union in a tuple": (
        {"several": ("some",)},
        "several[0]='some' is not allowed; write Inner(...) or use 'none'",
    ),
    "a field of a union in a tuple": (
        {"several": ({"sice": 1},)},
        "unknown field 'several[0].sice' in Inner; allowed: kind, api_token",
    ),
    "a field of an annotated item": (
        {"wrapped": ({"kind": "x"},)},
        "wrapped[0].kind='x' is not allowed; use 'inner'",
    ),
    "none_required": ({"nothing": 1}, "nothing=1 is not allowed; use None"),
    "a type without a sentence of its own": (
        {"tagged": {"kind": "x"}},
        (
            "tagged={'kind': 'x'} is not allowed: input tag 'x' found using 'kind' does not match any of"
            " the expected tags: 'inner', 'tagged'"
        ),
    ),
    "a long value": (
        {"number": "x" * 80},
        f"number='{'x' * 56}... is not a whole number; write one without quotes",
    ),
    "an enum's value": (
        {"number": Size.LARGE},
        "number='l' is not a whole number; write one without quotes",
    ),
    "a block": (
        {"number": IPv4Network("10.0.0.0/8")},
        "number=10.0.0.0/8 is not a whole number; write one without quotes",
    ),
    "a value of sixty characters": (
        {"number": "x" * 58},
        f"number='{'x' * 58}' is not a whole number; write one without quotes",
    ),
    "an own sentence without words": ({"even": 0}, "even: this is not allowed"),
    "a value of several lines": (
        {"names": [["a\nb"]]},
        "names[0]=['a\\nb'] is not text; write it in quotes",
    ),
}


@pytest.mark.parametrize("case", VALUES)
def test_says_what_is_wrong_with_a_value(case: str) -> None:
    """Each kind of mistake has one sentence with field, value, and what to write."""
    fields, sentence = VALUES[case]
    with pytest.raises(ValidationError) as caught:
        Everything(**fields)

    problems = problems_of(caught.value, root=Path(__file__).parent)

    assert [problem.message for problem in problems] == [f"Everything: {sentence}"]


def test_each_line_of_a_validators_text_is_a_problem() -> None:
    """Our own sentences pass through, with the field in front."""
    with pytest.raises(ValidationError) as caught:
        Everything(even=3)

    problems = problems_of(caught.value, root=Path(__file__).parent)

    assert [problem.message for problem in problems] == [
        "Everything: even: 3 is odd",
        "Everything: even: and that is not even",
    ]


SECRETS: dict[str, tuple[dict[str, Any], str]] = {
    "a value": ({"db_password": 5}, "db_password=<hidden> is not text; write it in quotes"),
    "an own sentence": (
        {"inner": {"api_token": "hunter2"}},
        "inner.api_token: <hidden> is not allowed, nor is <hidden>",
    ),
    "a value inside a value": (
        {"names": {"Password": "hunter2", "n": [1, ("a",)]}},
        (
            "names={'Password': <hidden>, 'n': [1, ('a',)]} is not a tuple; write the values in"
            " parentheses, as in ('a', 'b') or ('a',)"
        ),
    ),
    "a sentence about the whole object": (
        {"number": 13, "db_password": "hunter2"},
        "number is 13 with () and <hidden>",
    ),
    "an empty value of its own": (
        {"inner": {"api_token": ""}},
        "inner.api_token: '' is not allowed, nor is",
    ),
    "an empty value": (
        {"number": 13, "db_password": ""},
        "number is 13 with () and",
    ),
    "a sentence about a part of the object": (
        {"number": 13, "several": ({"api_token": "fine"},)},
        "number is 13 with (Inner(kind='inner', api_token=<hidden>),) and None",
    ),
}


@pytest.mark.parametrize("case", SECRETS)
def test_never_prints_a_secret(case: str) -> None:
    """What is called password, secret or token is hidden wherever it stands."""
    fields, sentence = SECRETS[case]
    with pytest.raises(ValidationError) as caught:
        Everything(**fields)

    problems = problems_of(caught.value, root=Path(__file__).parent)

    assert [problem.message for problem in problems] == [f"Everything: {sentence}"]


def test_every_problem_of_an_object_is_reported_at_its_own_line(lines_of: Reader) -> None:
    """A call over several lines gives each field the line on which it is written."""
    text = (
        f"{IMPORTS}\n"
        "VpcConfig(\n"
        "    cidr='10.0.0.1/16',\n"
        "    nat_gatways=1,\n"
        "    zones=('a', 'g'),\n"
        ")\n"
    )

    lines = lines_of(text)

    fields = "cidr, zones, tiers, cidrs, nat_zones"
    assert lines[0] == (
        "prod.py:3: VpcConfig: cidr='10.0.0.1/16' has bits set after its prefix; write '10.0.0.0/16'"
    )
    assert lines[1] == (
        "prod.py:5: VpcConfig: zones[1]: 'g' is not a zone here: zones are the letters a to f within"
        " the environment's own Region"
    )
    assert lines[2].startswith(
        "prod.py:4: VpcConfig: unknown field 'nat_gatways'; did you mean 'nat_zones'?"
        f" allowed: {fields}, "
    )
    assert len(lines) == 3


def test_a_missing_field_is_explained_at_the_call(lines_of: Reader) -> None:
    """The field's own documentation says what is wanted."""
    lines = lines_of(f"{IMPORTS}\n\nPeeringConfig(\n  name='office',\n)\n")

    assert lines == ["prod.py:3: PeeringConfig: field 'cidr' is missing; add it: its addresses"]


def test_a_member_of_a_union_is_offered(lines_of: Reader) -> None:
    """Neither pydantic's labels nor one line per member reach the author."""
    text = (
        f"{IMPORTS}Account(name='a', id='111111111111', region='us-east-1', organization='o',"
        " state='local', tags=Tags(owner='o', cost_center='1', repository='r'))"
    )

    assert lines_of(text) == [
        (
            "prod.py:1: Account: state='local' is not allowed; write S3State(...) or write"
            " LocalState(...)"
        )
    ]


def test_a_block_that_is_none_is_shown_how_to_write(lines_of: Reader) -> None:
    """Only a block with bits behind its prefix has an obvious correction."""
    assert lines_of(f"{IMPORTS}PeeringConfig(name='o', cidr='10.0/33')") == [
        "prod.py:1: PeeringConfig: cidr='10.0/33' is not an IPv4 block; write it as in '10.0.0.0/16'"
    ]


@pytest.mark.parametrize("change", ["vpc.ipv6 = True", "vpc.evolve(ipv7=True)"])
def test_a_change_that_is_refused_names_its_line(lines_of: Reader, change: str) -> None:
    """Whether by assignment or by evolve, the line of the change is named."""
    (line,) = lines_of(f"{IMPORTS}vpc = VpcConfig(cidr='10.0.0.0/16')\n{change}\n")

    expected = {
        "vpc.ipv6 = True": "ipv6 cannot be changed; make a copy with evolve(ipv6=...)",
        "vpc.evolve(ipv7=True)": "unknown field 'ipv7'; did you mean 'ipv6'? allowed: cidr, ",
    }[change]
    assert line.startswith(f"prod.py:2: VpcConfig: {expected}")


PYTHON: dict[str, tuple[str, str]] = {
    "NameError": (
        f"{IMPORTS}\nVpcConfg()",
        "prod.py:2: the name 'VpcConfg' is not defined; did you mean 'VpcConfig'?",
    ),
    "NameError without a guess": ("qwertz", "prod.py:1: the name 'qwertz' is not defined; define or import it"),
    "NameError with only a text": ("raise NameError('odd')", "prod.py:1: NameError: odd"),
    "NameError of a builtin": (
        "pront()",
        "prod.py:1: the name 'pront' is not defined; did you mean 'print'?",
    ),
    "AttributeError of an enum": (
        f"{IMPORTS}\nCategory.CUSTOMR",
        "prod.py:2: Category has no 'CUSTOMR'; did you mean 'CUSTOMER'?",
    ),
    "AttributeError of a model": (
        f"{IMPORTS}\nVpcConfig(cidr='10.0.0.0/16').nat_zone",
        "prod.py:2: VpcConfig has no 'nat_zone'; did you mean 'nat_zones'?",
    ),
    "AttributeError of a model's class": (
        f"{IMPORTS}\nVpcConfig.nat_zone",
        "prod.py:2: VpcConfig has no 'nat_zone'; did you mean 'nat_zones'?",
    ),
    "AttributeError of a module": (
        "import json\njson.qwertz",
        "prod.py:2: json has no 'qwertz'; correct the name",
    ),
    "AttributeError with only a text": ("raise AttributeError('no. ')", "prod.py:1: no"),
    "ImportError": (
        "from platform_lib.environment import Enviroment",
        "prod.py:1: 'platform_lib.environment' has no 'Enviroment'; did you mean 'Environment'?",
    ),
    "ImportError of a module that is not loaded": (
        "raise ImportError(\"cannot import name 'a' from 'b' (c)\", name='b.gone')",
        "prod.py:1: 'b.gone' has no 'a'; correct the import",
    ),
    "ImportError with only a text": ("raise ImportError('cannot  load')", "prod.py:1: cannot load"),
    "ModuleNotFoundError": (
        "import platform_lib.enviroment",
        ("prod.py:1: there is no module 'platform_lib.enviroment'; did you mean"
        " 'platform_lib.environment'?"),
    ),
    "ModuleNotFoundError without a guess": (
        "import qwertz_qwertz",
        "prod.py:1: there is no module 'qwertz_qwertz'; correct the import, or install it",
    ),
    "SyntaxError in another file": (
        "compile('x = (', 'base.py', 'exec')",
        "base.py:1: this is not valid Python: '(' was never closed",
    ),
    "SyntaxError with only a file": (
        "raise SyntaxError('odd', ('base.py', None, None, None))",
        "prod.py:1: this is not valid Python: odd",
    ),
    "SyntaxError with only a number": (
        "raise SyntaxError('odd', (None, 7, None, None))",
        "prod.py:1: this is not valid Python: odd",
    ),
    "SyntaxError without a line": (
        "raise SyntaxError('odd')",
        "prod.py:1: this is not valid Python: odd",
    ),
    "KeyError": ("{}['a']", "prod.py:1: there is no key 'a' here; use one that exists"),
    "KeyError without a key": (
        "raise KeyError",
        "prod.py:1: there is no key like this here; use one that exists",
    ),
    "OSError": (
        "open('no-such-file')",
        "prod.py:1: no-such-file: no such file or directory",
    ),
    "OSError with only a text": ("raise OSError('disk\\n full')", "prod.py:1: disk full"),
    "a block with bits after its prefix": (
        "from ipaddress import IPv4Network\nIPv4Network('10.0.0.1/16')",
        "prod.py:2: 10.0.0.1/16 has bits set after its prefix; write '10.0.0.0/16'",
    ),
    "ValueError": ("raise ValueError(' it is  wrong ')", "prod.py:1: it is  wrong"),
    "ValueError without a text": ("raise ValueError", "prod.py:1: ValueError"),
    "TypeError": ("len(1)", "prod.py:1: object of type 'int' has no len()"),
    "TypeError without a text": ("raise TypeError", "prod.py:1: TypeError"),
    "a field without its name": (
        f"{IMPORTS}\nVpcConfig('10.0.0.0/16')",
        "prod.py:2: a value is given without its field; write each as field=value",
    ),
    "any other": ("1 / 0", "prod.py:1: ZeroDivisionError: division by zero"),
    "any other without a text": ("raise RuntimeError", "prod.py:1: RuntimeError"),
}  # fmt: skip


@pytest.mark.parametrize("case", PYTHON)
def test_says_what_python_objects_to(lines_of: Reader, case: str) -> None:
    """One line without a traceback, a class of Python's only where it is all that is known."""
    text, line = PYTHON[case]

    assert lines_of(text) == [line]


def test_a_misspelt_local_name_is_guessed_from_its_function(lines_of: Reader) -> None:
    """Names of the author's function count too."""
    assert lines_of("def f():\n    networks = 1\n    return network\nf()") == [
        "prod.py:3: the name 'network' is not defined; did you mean 'networks'?"
    ]


def test_the_parsers_own_line_is_named(lines_of: Reader) -> None:
    """A file that cannot be parsed has no frame; the parser knows its name and line."""
    assert lines_of("x = 1\ny = (\n") == [
        "prod.py:2: this is not valid Python: '(' was never closed"
    ]


def test_a_circular_import_is_called_by_its_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The sentence says how to break the circle."""
    (tmp_path / "circle_a.py").write_text("from circle_b import B\nA = 1\n")
    (tmp_path / "circle_b.py").write_text("from circle_a import A\nB = 1\n")
    monkeypatch.syspath_prepend(tmp_path)
    with pytest.raises(ImportError) as caught:
        __import__("circle_a")

    (problem,) = problems_of(caught.value, root=tmp_path)

    assert problem == Problem(
        "'A' cannot be imported from 'circle_a', which is itself still being imported; move what"
        " both need into a third module",
        Location(str(tmp_path / "circle_b.py"), 1),
    )
    assert "circle_b" not in sys.modules


def test_several_lines_of_a_value_error_are_several_problems(lines_of: Reader) -> None:
    """Empty lines between them are not problems."""
    assert lines_of("raise ValueError('one\\n\\n two')") == ["prod.py:1: one", "prod.py:1: two"]


def test_a_platform_error_keeps_its_places_and_gets_the_missing_ones(lines_of: Reader) -> None:
    """What is known about the place is better than the line that failed."""
    text = (
        "from platform_lib.errors import *\n"
        "raise PlatformError.of([Problem('one', 'a/b', 'Code'), Problem('two', None, 'Code')])"
    )

    assert lines_of(text) == ["a/b: one [Code]", "prod.py:2: two [Code]"]


def test_problems_of_a_group_come_together(lines_of: Reader) -> None:
    """Every module's error is shown in one run, the same one once."""
    text = "raise ExceptionGroup('all', [ValueError('a'), TypeError('b'), ValueError('a')])"

    problems = lines_of.problems(text)

    assert [problem.message for problem in problems] == ["a", "b"]


def test_the_last_of_the_authors_frames_is_named(lines_of: Reader, tmp_path: Path) -> None:
    """Neither the loader's frames nor those of installed packages are the author's."""
    installed = tmp_path / "lib" / "site-packages" / "helper.py"
    installed.parent.mkdir(parents=True)
    installed.write_text("def fail():\n    raise ValueError('no')\n")
    text = (
        "from runpy import run_path\n"
        f"fail = run_path({str(installed)!r})['fail']\n"
        "\n"
        "def call():\n"
        "    fail()\n"
        "call()\n"
    )

    assert lines_of(text, "environments/prod.py") == ["environments/prod.py:5: no"]


def test_the_authors_line_is_found_behind_a_cause(lines_of: Reader) -> None:
    """An error that was raised anew elsewhere still leads to the author."""
    (inner,) = lines_of.problems("raise ValueError('inner')")
    with pytest.raises(ValueError, match="inner") as caught:
        run_path(str(lines_of.root / "prod.py"))
    outer = PlatformError("Code", "outer")
    outer.__cause__ = caught.value

    (problem,) = problems_of(outer, root=lines_of.root)

    assert problem == Problem("outer", inner.where, "Code")


def test_the_authors_line_is_found_behind_a_context(lines_of: Reader) -> None:
    """An error that was raised while another was handled leads to the author, too."""
    (inner,) = lines_of.problems("raise ValueError('inner')")
    with pytest.raises(ValueError, match="inner") as caught:
        run_path(str(lines_of.root / "prod.py"))
    outer = PlatformError("Code", "outer")
    outer.__context__ = caught.value

    (problem,) = problems_of(outer, root=lines_of.root)

    assert problem.where == inner.where


def test_the_librarys_own_frames_are_not_the_authors() -> None:
    """A project that has the library in its own folder is no exception."""
    line = here(2)
    with pytest.raises(PlatformError) as caught:
        physical_name(Kind.IAM_ROLE, "a b")

    (problem,) = problems_of(caught.value, root=Path(platform_lib.__file__).parent.parent)

    assert problem.where == line


def test_a_refused_value_from_nowhere_has_no_place(tmp_path: Path) -> None:
    """An object made outside the project is explained all the same."""
    with pytest.raises(ValidationError) as caught:
        Everything(number="x")  # type: ignore[arg-type] # the point of the test

    (problem,) = problems_of(caught.value, root=tmp_path)

    assert problem.where is None


def test_an_error_from_nowhere_has_no_place(tmp_path: Path) -> None:
    """No line is invented, not even for errors that cause each other."""
    one, other = ValueError("one"), ValueError("other")
    one.__cause__, other.__cause__ = other, one

    assert problems_of(one, root=tmp_path) == (Problem("one"),)


def test_a_model_that_is_not_ours_is_still_explained(lines_of: Reader) -> None:
    """Without the model's fields the sentence says what pydantic knows."""
    text = (
        "from pydantic import BaseModel\n"
        "class Part(BaseModel, extra='forbid'): pass\n"
        "class Own(BaseModel, extra='forbid'):\n"
        "    part: Part\n"
        "    size: int\n"
        "    name: str\n"
        "Own(\n"
        "    size='x', siz=1, part={'siz': 1})"
    )

    assert lines_of(text) == [
        "prod.py:8: Own: unknown field 'part.siz'; remove it",
        "prod.py:8: Own: size='x' is not a whole number; write one without quotes",
        "prod.py:7: Own: field 'name' is missing; add it",
        "prod.py:8: Own: unknown field 'siz'; remove it",
    ]


def test_a_file_that_is_gone_gives_the_line_of_the_call(lines_of: Reader) -> None:
    """The line of the field is a refinement that needs the file."""
    file = lines_of.root / "gone.py"
    file.write_text(f"{IMPORTS}\nPeeringConfig(\n  name=1)")
    with pytest.raises(ValidationError) as caught:
        run_path(str(file))
    file.unlink()

    problems = problems_of(caught.value, root=lines_of.root)

    assert {problem.where for problem in problems} == {Location(str(file), 2)}

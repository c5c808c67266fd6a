"""The base of configuration: immutable, closed, and aware of where it was written."""

from __future__ import annotations

import copy
import inspect
import pickle
from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import pytest
from pydantic import Field, ValidationError, model_validator

import platform_lib
from platform_lib._docstrings import meaning
from platform_lib.errors import Location
from platform_lib.model import Model
from platform_lib.network.config import VpcConfig


class Part(Model):
    """A part of something."""

    size: Annotated[int, Field(ge=1)] = 1
    """How large it is."""

    keys: tuple[str, ...] = ()
    """A field that is called like a method of mappings."""


class Whole(Model):
    """Something with a part."""

    name: str
    """What it is called."""

    part: Part = Part()
    """Its part."""

    @model_validator(mode="after")
    def _is_not_larger_than_its_name(self) -> Whole:
        if self.part.size > len(self.name):
            raise ValueError("the part is larger than the name")
        return self


def here(offset: int = 0) -> Location:
    """Return the caller's line, or one that is ``offset`` lines below."""
    frame = inspect.currentframe()
    assert frame is not None
    assert frame.f_back is not None
    return Location(__file__, frame.f_back.f_lineno + offset)


def test_cannot_be_changed() -> None:
    """What a guardrail has seen is what is built."""
    whole = Whole(name="shop")

    with pytest.raises(ValidationError) as caught:
        whole.name = "other"  # type: ignore[misc] # the point of the test

    assert [error["type"] for error in caught.value.errors()] == ["frozen_instance"]
    assert whole.name == "shop"


def test_refuses_unknown_fields() -> None:
    """A misspelt security setting is not silently ignored."""
    with pytest.raises(ValidationError) as caught:
        Whole.model_validate({"name": "shop", "nmae": "x"})

    assert [(error["type"], error["loc"]) for error in caught.value.errors()] == [
        ("extra_forbidden", ("nmae",))
    ]


def test_checks_defaults_like_values() -> None:
    """A default that its own type refuses is found by the first test that uses it."""

    class Wrong(Model):
        size: Annotated[int, Field(ge=1)] = 0

    with pytest.raises(ValidationError) as caught:
        Wrong()

    assert [error["type"] for error in caught.value.errors()] == ["greater_than_equal"]


def test_documents_fields_by_the_text_below_them() -> None:
    """The reference and the messages are made from it."""
    assert meaning(Part, "size") == "How large it is."


def test_documents_fields_of_bases_where_they_stand() -> None:
    """A field that is written again is described anew, or not at all."""

    class Larger(Part):
        size: int = 3
        colour: str = ""
        """Its colour."""

    assert [meaning(Larger, it) for it in ("size", "keys", "colour", "missing")] == [
        "",
        "A field that is called like a method of mappings.",
        "Its colour.",
        "",
    ]


def test_knows_the_line_of_its_call() -> None:
    """The line is the author's, although pydantic and this library lie between."""
    line = here(1)
    whole = Whole(name="shop")

    assert whole.written_at() == line
    assert whole.written_at("name") == line


def test_knows_the_first_line_of_a_call_over_several() -> None:
    """A call is where its name stands."""
    line = here(1)
    whole = Whole(
        name="shop",
    )

    assert whole.written_at() == line


def test_a_part_knows_its_own_line() -> None:
    """Two calls in one expression are two lines."""
    line = here(1)
    whole = Whole(
        name="shop",
        part=Part(size=2),
    )

    assert whole.part.written_at() == Location(line.path, line.line + 2)
    assert whole.written_at("part") == line


def test_a_part_written_as_a_mapping_has_the_line_of_the_whole() -> None:
    """There is no call of its own."""
    line = here(1)
    whole = Whole.model_validate({"name": "shop", "part": {"size": 2}})

    assert whole.part.written_at() == line


def test_evolve_changes_a_copy() -> None:
    """The original stays; what is not named stays the same object."""
    whole = Whole(name="shop", part=Part(size=2))

    changed = whole.evolve(name="store")

    assert (whole.name, changed.name) == ("shop", "store")
    assert type(changed) is Whole
    assert changed.part is whole.part


def test_evolve_remembers_the_line_of_each_change() -> None:
    """A finding names the line that made the field what it is."""
    written = here(1)
    whole = Whole(name="shop")
    first = here(1)
    whole = whole.evolve(name="store")
    second = here(1)
    whole = whole.evolve(part=Part(size=3))

    assert whole.written_at() == written
    assert whole.written_at("name") == first
    assert whole.written_at("part") == second
    assert whole.written_at("unknown") == written


def test_evolve_names_the_last_change_of_a_field() -> None:
    """An earlier change no longer matters."""
    whole = Whole(name="shop").evolve(name="store")
    line = here(1)
    whole = whole.evolve(name="market")

    assert whole.written_at("name") == line


def test_evolve_leaves_the_originals_lines_alone() -> None:
    """A copy's change is not the original's."""
    line = here(1)
    whole = Whole(name="shop")

    whole.evolve(name="store")

    assert whole.written_at("name") == line


def test_evolve_checks_again() -> None:
    """Neither a field's own rule nor one between fields can be evaded."""
    whole = Whole(name="shop")

    with pytest.raises(ValidationError, match="the part is larger than the name"):
        whole.evolve(part=Part(size=5))
    with pytest.raises(ValidationError, match="greater than or equal to 1"):
        whole.part.evolve(size=0)


def test_evolve_refuses_unknown_fields() -> None:
    """A misspelt change is not a change of nothing."""
    with pytest.raises(ValidationError, match="Extra inputs are not permitted"):
        Whole(name="shop").evolve(nmae="x")


def test_evolve_works_with_a_field_called_keys() -> None:
    """Python takes an object with `keys` for a mapping; evolve does not."""
    assert Part(keys=("a",)).evolve(size=2) == Part(size=2, keys=("a",))


def test_equality_is_about_values() -> None:
    """Where an object was written is no part of what it is."""
    one = Whole(name="shop", part=Part(size=2))
    other = Whole(name="shop", part=Part(size=2))

    assert one == other
    assert one.written_at() != other.written_at()
    assert one == one.evolve(name="store").evolve(name="shop")
    assert one != Whole(name="shop")


def test_equal_objects_have_one_hash() -> None:
    """Objects without mappings can be members of sets."""
    one = Whole(name="shop")
    other = Whole(name="shop")

    assert {one, other} == {one}


@pytest.mark.parametrize("duplicate", [copy.copy, copy.deepcopy, Whole.model_copy])
def test_copies_are_equal(duplicate: Callable[[Whole], Whole]) -> None:
    """A copy made by Python or pydantic is the same configuration."""
    whole = Whole(name="shop")

    assert duplicate(whole) == whole


@pytest.mark.parametrize(
    "duplicate",
    [copy.copy, copy.deepcopy, Whole.model_copy, lambda it: pickle.loads(pickle.dumps(it))],  # noqa: S301 - its own pickle
    ids=["copy", "deepcopy", "model_copy", "pickle"],
)
def test_copies_can_evolve(duplicate: Callable[[Whole], Whole]) -> None:
    """A copy without lines of its own is still a configuration."""
    changed = duplicate(Whole(name="shop")).evolve(name="store")

    assert changed.name == "store"


def test_a_default_object_was_written_by_nobody() -> None:
    """The library made it, so no line of the author's is named for it."""
    vpc = VpcConfig.model_fields["flow_logs"].default

    assert vpc.written_at() is None


def written_from(path: Path) -> Location | None:
    """Return where an object knows that it was written, made by code of the file ``path``."""
    names: dict[str, object] = {"Whole": Whole}
    exec(compile("def make(): return Whole(name='shop')", path, "exec"), names)  # noqa: S102 - a file elsewhere
    whole = names["make"]()  # type: ignore[operator] # the function above
    assert isinstance(whole, Whole)
    return whole.written_at()


def test_the_librarys_own_frames_are_not_the_authors() -> None:
    """What the library makes for the author is named at the author's call."""
    line = here(1)
    where = written_from(Path(platform_lib.__file__).parent / "patterns" / "checkout.py")

    assert where is not None
    assert where.path == line.path


def test_a_folder_called_like_the_library_and_more_is_the_authors() -> None:
    """A team's ``platform_lib_extras`` is not the library."""
    path = Path(platform_lib.__file__).parent.with_name("platform_lib_extras") / "prod.py"

    assert written_from(path) == Location(str(path), 1)

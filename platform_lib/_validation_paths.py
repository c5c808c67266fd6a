"""Where in a configuration object pydantic found something, as the author spells it; pure.

Pydantic's location mixes fields, keys and positions with labels of its own, such as
``literal['each']`` for a member of a union. Which is which follows from the model's annotations.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel

_KEY = "[key]"


@dataclass(frozen=True, slots=True)
class _Step:
    kind: Literal["field", "index", "key", "branch"]
    text: str


@dataclass(frozen=True, slots=True)
class Path:
    """A way from the object that the author wrote to a value inside it."""

    steps: tuple[_Step, ...]
    owner: type[BaseModel] | None
    """Model that the last field belongs to, where it is known."""

    names_key: bool = False
    """Whether it is about a key of a mapping and not about the value behind it."""

    def __str__(self) -> str:
        text = ""
        for step in self.steps:
            if step.kind == "field":
                text += f".{step.text}" if text else step.text
            elif step.kind == "index":
                text += f"[{step.text}]"
            elif step.kind == "key":
                text += f"[{step.text!r}]"
        return text

    @property
    def field(self) -> str | None:
        """The first field, or None for the object as a whole."""
        return self.steps[0].text if self.steps else None

    @property
    def last(self) -> str:
        """The last field, key or position."""
        return self.steps[-1].text if self.steps else ""

    @property
    def branch(self) -> str | None:
        """Pydantic's label of the first union's member, or None without a union."""
        return next((step.text for step in self.steps if step.kind == "branch"), None)

    @property
    def goes_past_branch(self) -> bool:
        """Whether it leads into the first union's member."""
        return self.branch is not None and (
            self.names_key or self.steps[-1] != _Step("branch", self.branch)
        )

    def before_branch(self) -> tuple[object, ...]:
        """Return the steps to the first union, or nothing without one."""
        kinds = [step.kind for step in self.steps]
        return self.steps[: kinds.index("branch")] if "branch" in kinds else ()

    def past_branch(self) -> Path:
        """Return it without the label of the first union's member."""
        at = [step.kind for step in self.steps].index("branch")
        return replace(self, steps=self.steps[:at] + self.steps[at + 1 :])


def path_of(model: type[BaseModel] | None, location: Sequence[str | int]) -> Path:
    """Return the path of a pydantic location.

    Args:
        model: The model that was validated, or None where it is not known.
        location: Pydantic's ``loc``.
    """
    steps: list[_Step] = []
    annotation: Any = model
    owner = model
    for part in location:
        if part == _KEY:
            continue
        bare, members = _without_none(annotation)
        if len(members) > 1:
            steps.append(_Step("branch", str(part)))
            annotation = next((it for it in members if _is_called(it, str(part))), None)
            continue
        if isinstance(bare, type) and issubclass(bare, BaseModel):
            steps.append(_Step("field", str(part)))
            field = bare.model_fields.get(str(part))
            owner, annotation = bare, None if field is None else field.annotation
        elif isinstance(part, int):
            steps.append(_Step("index", str(part)))
            annotation = _item(bare, part)
        else:
            steps.append(_Step("key" if get_origin(bare) is not None else "field", part))
            annotation = _value(bare)
            owner = None
    # The key itself is wrong: the author knows the mapping that it is in.
    names_key = bool(location) and location[-1] == _KEY
    return Path(tuple(steps[:-1] if names_key else steps), owner, names_key)


def _without_none(annotation: Any) -> tuple[Any, list[Any]]:
    """Return an annotation without metadata and ``None``, and its members if it is a union."""
    while get_origin(annotation) is Annotated:
        annotation = get_args(annotation)[0]
    if get_origin(annotation) not in {Union, UnionType}:
        return annotation, []
    members = [member for member in get_args(annotation) if member is not NoneType]
    return _without_none(members[0]) if len(members) == 1 else (annotation, members)


def _is_called(member: Any, label: str) -> bool:
    """Tell whether pydantic's ``label`` stands for this member of a union."""
    bare, _ = _without_none(member)
    if isinstance(bare, type) and issubclass(bare, BaseModel):
        tags = (get_args(field.annotation) for field in bare.model_fields.values())
        return label == bare.__name__ or any(label in values for values in tags)
    origin = get_origin(bare)
    return isinstance(origin, type) and (
        label.startswith(origin.__name__) or (issubclass(origin, Mapping) and "dict[" in label)
    )


def _item(annotation: Any, position: int) -> Any:
    values = get_args(annotation)
    if len(values) > position and values[-1] is not Ellipsis:
        return values[position]
    return values[0] if values else None


def _value(annotation: Any) -> Any:
    values = get_args(annotation)
    return values[1] if len(values) > 1 else None

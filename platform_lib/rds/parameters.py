"""Parameters of RDS for PostgreSQL and Aurora PostgreSQL: what exists, what is allowed; pure.

The catalogue is ``parameters.json``. Names, types, ranges, units, choices and whether a change
needs a restart come from the view ``pg_settings`` of real servers, 13.23 to 18.4, with the modules
pg_stat_statements, auto_explain and pg_prewarm loaded; 15.18 as Debian builds it says the same.
Which of them RDS offers follows from AWS's lists for both engines (below); settings of versions
newer than those lists are offered too, unless they name files, libraries or debugging aids.
Parameters of RDS itself and of extensions that only AWS ships follow AWS's pages. What RDS shows
but does not let anyone change, such as ``fsync`` or ``data_directory``, is left out, so it is
refused here. AWS's own range can be narrower than the server's. ``rds.force_ssl`` counts as static:
RDS reads back its default, which is on since version 15, as waiting for a restart.
https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/Appendix.PostgreSQL.CommonDBATasks.Parameters.html
https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/AuroraPostgreSQL.Reference.ParameterGroups.html
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Any, Literal

from platform_lib.rds._formulas import is_formula, problem_in_formula
from platform_lib.rds.versions import Engine, EngineVersion

ParameterValue = bool | int | float | str
"""What a parameter can be set to; a formula such as ``{DBInstanceClassMemory/9531392}`` is text."""

ApplyMethod = Literal["immediate", "pending-reboot"]
"""When a change takes effect: at once, or at the next restart."""

_UNLIMITED = 1e300
"""PostgreSQL writes "as large as a double can be" for real numbers without a maximum."""


class Group(StrEnum):
    """The kind of parameter group that a parameter can be set in."""

    POSTGRES = "postgres"
    """DB parameter group of RDS for PostgreSQL."""

    AURORA_CLUSTER = "cluster"
    """DB cluster parameter group of Aurora PostgreSQL: holds for all of its instances."""

    AURORA_INSTANCE = "instance"
    """DB parameter group of one instance of an Aurora cluster; overrides the cluster's value."""


_ENGINES = {
    Group.POSTGRES: Engine.POSTGRES,
    Group.AURORA_CLUSTER: Engine.AURORA_POSTGRESQL,
    Group.AURORA_INSTANCE: Engine.AURORA_POSTGRESQL,
}


@dataclass(frozen=True, slots=True)
class Parameter:
    """A parameter as a parameter group takes it."""

    name: str
    value: str
    apply_method: ApplyMethod


@dataclass(frozen=True, slots=True)
class Definition:
    """What the engine says about a parameter in one major version."""

    name: str
    kind: Literal["boolean", "integer", "real", "enum", "string"]
    static: bool = False
    """Whether a change needs a restart."""
    minimum: float | None = None
    maximum: float | None = None
    unit: str = ""
    """What a plain number counts, for example ``ms`` or ``8kB``."""
    choices: tuple[str, ...] = ()

    @property
    def apply_method(self) -> ApplyMethod:
        """How to apply a change: RDS refuses ``immediate`` for a static parameter."""
        return "pending-reboot" if self.static else "immediate"

    @property
    def allowed(self) -> str:
        """What is allowed, as part of a sentence."""
        if self.kind == "boolean":
            return "True or False"
        if self.kind == "enum":
            return ", ".join(repr(choice) for choice in self.choices)
        if self.kind == "string":
            return "text without '${' and '%{'"
        what = "a whole number" if self.kind == "integer" else "a number"
        unit = f" (in {self.unit})" if self.unit else ""
        if self.maximum is not None and self.maximum > _UNLIMITED:
            return f"{what} of {_number(self.minimum)} or more{unit}"
        return f"{what} from {_number(self.minimum)} to {_number(self.maximum)}{unit}"


def definitions(version: EngineVersion, group: Group) -> Mapping[str, Definition]:
    """Return every parameter that can be set in ``group``, by name."""
    if version.engine is not _ENGINES[group]:
        raise TypeError(f"{version.engine} has no parameter group of kind {group.name}")
    return _definitions(version.major, group)


def problems_in(
    given: Mapping[str, ParameterValue],
    *,
    version: EngineVersion,
    group: Group,
    field: str = "parameters",
    constants: Mapping[str, str] = {},
) -> list[str]:
    """Return what is wrong with parameters that a person wrote, a sentence each.

    Args:
        given: Values by name.
        version: Version of the engine.
        group: Where they would be set.
        field: Name of the field that they were written in.
        constants: Parameters that the construct sets itself, with the reason.
    """
    known = definitions(version, group)
    found = []
    for name, value in given.items():
        place = f"{field}[{name!r}]"
        if name in constants:
            found.append(f"{place} is not an option: {constants[name]}; leave it out")
        elif name not in known:
            found.append(f"{place} is unknown: {_unknown(name, version, group)}")
        else:
            problem = _problem(known[name], value)
            found += [] if problem is None else [f"{place}={value!r} {problem}"]
    return found


def parameters(
    given: Mapping[str, ParameterValue], *, version: EngineVersion, group: Group
) -> tuple[Parameter, ...]:
    """Return parameters as the group takes them, by name; they must have no problems."""
    known = definitions(version, group)
    return tuple(
        Parameter(name, _written(known[name], value), known[name].apply_method)
        for name, value in sorted(given.items())
    )


def _problem(definition: Definition, value: ParameterValue) -> str | None:
    """Say what is wrong with a value, or return None."""
    match definition.kind:
        case "boolean":
            fits = isinstance(value, bool)
        case "enum":
            fits = _choice(definition, value) is not None
        case "string":
            # Terraform would read ${ and %{ as its own.
            fits = isinstance(value, str) and "${" not in value and "%{" not in value
        case "integer" | "real" if isinstance(value, str) and is_formula(value):
            formula = problem_in_formula(value)
            return None if formula is None else f"is a formula that RDS does not know: {formula}"
        case "integer":
            fits = isinstance(value, int) and not isinstance(value, bool)
            fits = fits and _is_in_range(definition, value)
        case "real":
            fits = isinstance(value, int | float) and not isinstance(value, bool)
            fits = fits and _is_in_range(definition, value)
    return None if fits else f"is not allowed; write {definition.allowed}"


def _is_in_range(definition: Definition, value: Any) -> bool:
    return math.isfinite(value) and definition.minimum <= value <= definition.maximum


def _choice(definition: Definition, value: ParameterValue) -> str | None:
    """Return the choice that a value stands for: True and False are ``on`` and ``off``."""
    text = {True: "on", False: "off"}[value] if isinstance(value, bool) else value
    return str(text) if text in definition.choices else None


def _written(definition: Definition, value: ParameterValue) -> str:
    if definition.kind == "boolean":
        # The RDS API takes 0 and 1.
        return "1" if value else "0"
    if definition.kind == "enum":
        return str(_choice(definition, value))
    return _number(value) if isinstance(value, float) else str(value)


def _unknown(name: str, version: EngineVersion, group: Group) -> str:
    """Say where else a parameter exists, or what it may have meant to be."""
    if group is Group.AURORA_INSTANCE and name in _definitions(version.major, Group.AURORA_CLUSTER):
        return "it holds for a whole cluster; write it in the cluster's parameters"
    others = [variant for variant in _catalogue().get(name, ()) if group.value in variant["on"]]
    if others:
        since, until = others[0]["since"], others[-1]["until"]
        return f"it exists in the major versions {since} to {until}, not in {version.major}"
    known = _definitions(version.major, group)
    near = get_close_matches(name, known, n=1, cutoff=0.75)
    hint = f"; did you mean {near[0]!r}?" if near else ""
    return f"{version.family} has no such parameter that can be changed{hint}"


@cache
def _definitions(major: int, group: Group) -> Mapping[str, Definition]:
    return {
        name: _definition(name, variant)
        for name, variants in _catalogue().items()
        for variant in variants
        if group.value in variant["on"] and variant["since"] <= major <= variant["until"]
    }


def _definition(name: str, variant: Mapping[str, Any]) -> Definition:
    return Definition(
        name,
        variant["type"],
        static=variant.get("static", False),
        minimum=variant.get("min"),
        maximum=variant.get("max"),
        unit=variant.get("unit", ""),
        choices=tuple(variant.get("values", ())),
    )


@cache
def _catalogue() -> Mapping[str, list[dict[str, Any]]]:
    """Read the catalogue, when it is needed first: most commands need none of it."""
    text = Path(__file__).with_suffix(".json").read_text(encoding="utf-8")
    read: dict[str, list[dict[str, Any]]] = json.loads(text)
    return read


def _number(value: float | None) -> str:
    return f"{value:.15g}"

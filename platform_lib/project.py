"""Project: the accounts and environments that a repository defines, read from its modules; pure.

By convention ``environments/accounts.py`` has ``ACCOUNTS``, and every other module below
``environments/`` that has an ``ENVIRONMENT`` defines one.
"""

from __future__ import annotations

import importlib
import pkgutil
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from types import ModuleType

from platform_lib.environment import Account, Environment, Target
from platform_lib.errors import PlatformError, Problem
from platform_lib.messages import problems_of

MARKER = "cdktf.json"
"""The file that marks the root of a project."""


@dataclass(frozen=True, slots=True)
class Project:
    """What a repository defines."""

    root: Path
    """Folder of the project."""

    accounts: tuple[Account, ...]
    """Accounts, in the order in which they are written."""

    environments: tuple[Environment, ...]
    """Environments, by name."""

    @property
    def targets(self) -> tuple[Account | Environment, ...]:
        """Accounts, then environments: the order in which they are applied."""
        return (*self.accounts, *self.environments)

    def select(self, names: Iterable[str]) -> tuple[Account | Environment, ...]:
        """Return the targets with these names, or all if there is no name.

        Raises:
            PlatformError: ``UnknownEnvironment`` for each name that nothing has.
        """
        wanted = tuple(names)
        known = {target.name: target for target in self.targets}
        problems = [
            Problem(_unknown("environment or account", name, known), code="UnknownEnvironment")
            for name in wanted
            if name not in known
        ]
        if problems:
            raise PlatformError.of(problems)
        return tuple(target for target in self.targets if not wanted or target.name in wanted)

    def account_of(self, name: str) -> Account:
        """Return the account that a target lives in."""
        (target,) = self.select([name])
        return target.account if isinstance(target, Environment) else target


def find_root(start: Path) -> Path:
    """Return the project folder at or above ``start``.

    Raises:
        PlatformError: ``NoProject`` if there is none.
    """
    for folder in (start, *start.parents):
        if (folder / MARKER).is_file() and (folder / "environments").is_dir():
            return folder
    raise PlatformError(
        "NoProject",
        f"{start} is not inside a project; go to the folder that has {MARKER} and environments/",
    )


def load(root: Path) -> Project:
    """Read the project at ``root``.

    Raises:
        PlatformError: Something in it is wrong; carries all problems of all modules.
    """
    modules, problems = _import_all(root)
    accounts = tuple(account for module in modules for account in getattr(module, "ACCOUNTS", ()))
    found = (getattr(module, "ENVIRONMENT", None) for module in modules)
    environments = tuple(
        sorted((e for e in found if isinstance(e, Environment)), key=lambda e: e.name)
    )
    problems += _contradictions(accounts, environments)
    if problems:
        raise PlatformError.of(dict.fromkeys(problems))
    return Project(root, accounts, environments)


def _import_all(root: Path) -> tuple[list[ModuleType], list[Problem]]:
    """Import every module below ``environments``; one that fails does not hide the others."""
    modules: list[ModuleType] = []
    problems: list[Problem] = []
    with _importable(root):
        for name in _module_names(root / "environments"):
            try:
                modules.append(importlib.import_module(name))
            except Exception as error:  # noqa: BLE001 - whatever the author's module raises is shown
                problems += problems_of(error, root=root)
    return modules, problems


@contextmanager
def _importable(root: Path) -> Iterator[None]:
    """Let the author's packages be imported from ``root``, and forget those of another root."""
    for name in [n for n in sys.modules if n.split(".")[0] in ("environments", "services")]:
        origin = getattr(sys.modules[name], "__file__", None)
        if origin is None or not Path(origin).is_relative_to(root):
            del sys.modules[name]
    sys.path.insert(0, str(root))
    importlib.invalidate_caches()
    try:
        yield
    finally:
        sys.path.remove(str(root))


def _module_names(folder: Path) -> list[str]:
    return [
        info.name for info in sorted(_walk(folder, "environments."), key=lambda info: info.name)
    ]


def _walk(folder: Path, prefix: str) -> Iterator[pkgutil.ModuleInfo]:
    """Yield all modules below a folder without importing any, unlike `pkgutil.walk_packages`."""
    for info in pkgutil.iter_modules([str(folder)], prefix):
        yield info
        if info.ispkg:
            yield from _walk(folder / info.name.removeprefix(prefix), f"{info.name}.")


def _contradictions(
    accounts: tuple[Account, ...], environments: tuple[Environment, ...]
) -> Iterator[Problem]:
    """Yield what is wrong between accounts and environments."""
    names: dict[str, Target] = {}
    for target in (*accounts, *environments):
        if target.name in names:
            first = names[target.name].written_at("name")
            yield Problem(
                f"the name {target.name!r} is taken by {first}; stacks and state keys start with"
                " it, so give each account and environment its own",
                target.written_at("name"),
                "NameTaken",
            )
        names.setdefault(target.name, target)
    for environment in environments:
        if environment.account not in accounts:
            listed = ", ".join(account.name for account in accounts) or "none"
            yield Problem(
                f"environment {environment.name!r} is in account {environment.account.name!r},"
                f" which ACCOUNTS does not list; listed: {listed}",
                environment.written_at("account"),
                "UnknownAccount",
            )
    yield from _domains_taken(environments)


def _domains_taken(environments: tuple[Environment, ...]) -> Iterator[Problem]:
    """Yield domains that two environments would put the same records into."""
    owners: dict[tuple[str, str], Environment] = {}
    for environment in environments:
        sender = None if environment.email is None else environment.email.domain
        for field, domain in (("domain", environment.domain), ("email", sender)):
            if domain is None:
                continue
            other = owners.setdefault((field, domain), environment)
            if other is not environment:
                yield Problem(
                    f"{field} of {environment.name!r} is {domain!r}, which {other.name!r} has"
                    f" already ({other.written_at(field)}); their records would be the same ones,"
                    " so give each environment a domain of its own",
                    environment.written_at(field),
                    "DomainTaken",
                )


def _unknown(kind: str, name: str, known: Iterable[str]) -> str:
    names = list(known)
    near = get_close_matches(name, names, n=1)
    hint = f"did you mean {near[0]!r}? " if near else ""
    return f"no {kind} is called {name!r}; {hint}there are: {', '.join(names)}"

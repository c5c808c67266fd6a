"""Extensions say which gap they fill, and complain when moto has changed under them."""

from __future__ import annotations

import ast
from pathlib import Path
from typing import Any

import pytest
from moto.core.base_backend import BaseBackend

from platform_lib.local.extensions import registry
from platform_lib.local.extensions.support import add, replace, settings

_FOLDER = Path(registry.__file__).parent
_HELPERS = {"registry", "support"}
_NAMED = {name for names in registry.PATCHES.values() for name in names}


def test_every_extension_is_registered() -> None:
    """A file that nobody loads would do nothing."""
    files = {path.stem for path in _FOLDER.glob("[!_]*.py")} - _HELPERS

    assert files == _NAMED | set(registry.SERVICES.values())


@pytest.mark.parametrize("name", sorted(_NAMED | set(registry.SERVICES.values())))
def test_every_extension_names_its_gap(name: str) -> None:
    """Whoever updates moto reads there what may go."""
    module = ast.parse((_FOLDER / f"{name}.py").read_text())

    assert "Upstream gap: " in str(ast.get_docstring(module))


class _Moto:
    def present(self) -> str:
        """Stand for one of moto's methods."""
        return "moto's"


def test_replace_hands_over_the_original() -> None:
    """The new method can build on the old one."""

    class Owner(_Moto):
        pass

    def present(original: Any) -> Any:
        return lambda self: f"ours over {original(self)}"

    replace(Owner)(present)

    assert Owner().present() == "ours over moto's"


def test_replace_needs_an_original() -> None:
    """A method that moto has renamed is an error at once, not a change without effect."""
    with pytest.raises(RuntimeError, match=r"moto has no _Moto\.gone any more"):
        replace(_Moto, "gone")(lambda original: original)


def test_add_refuses_what_moto_has() -> None:
    """An extension that moto has caught up with has to go."""
    with pytest.raises(RuntimeError, match=r"moto now has _Moto\.present; remove the extension"):
        add(_Moto, "present")(lambda self: self)


def test_state_goes_with_the_backend() -> None:
    """Reset forgets what extensions keep."""
    backend = BaseBackend("eu-central-1", "210987654321")
    settings(backend, "mode")["value"] = "on"

    kept = dict(settings(backend, "mode"))
    backend.reset()

    assert kept == {"value": "on"}
    assert settings(backend, "mode") == {}

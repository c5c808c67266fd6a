"""What every extension needs: to patch moto out loud, to keep state, to refuse like AWS."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from moto.core.common_models import BaseModel
from moto.core.exceptions import ServiceException

__all__ = ["AwsError", "Resource", "Settings", "add", "replace", "settings"]

_Member = TypeVar("_Member", bound=Any)
_Factory = TypeVar("_Factory", bound=Callable[[Any], Any])


class AwsError(ServiceException):
    """An error as the service documents it: a code and a message."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(code, message)


def add(owner: type, name: str | None = None) -> Callable[[_Member], _Member]:
    """Give one of moto's classes a member that it lacks, under the function's own name.

    Raises:
        RuntimeError: Moto has it by now, so that the extension has to go.
    """

    def decorate(member: _Member) -> _Member:
        chosen = name or member.__name__
        if hasattr(owner, chosen):
            message = f"moto now has {owner.__name__}.{chosen}; remove the extension"
            raise RuntimeError(message)
        setattr(owner, chosen, member)
        return member

    return decorate


def replace(owner: Any, name: str | None = None) -> Callable[[_Factory], _Factory]:
    """Put a function in the place of one of a class or module of moto's.

    The decorated factory receives moto's own; its name is the function's, unless another is given.

    Raises:
        RuntimeError: Moto does not have the method any more.
    """

    def decorate(factory: _Factory) -> _Factory:
        chosen = name or factory.__name__
        original = getattr(owner, chosen, None)
        if original is None:
            message = f"moto has no {owner.__name__}.{chosen} any more; change the extension"
            raise RuntimeError(message)
        setattr(owner, chosen, factory(original))
        return factory

    return decorate


class Settings(dict[str, Any]):
    """State of one extension for one account and region."""


def settings(backend: Any, name: str) -> Settings:
    """Return an extension's state; it lives on moto's backend and goes with its reset."""
    key = f"_platform_{name}"
    if key not in vars(backend):
        setattr(backend, key, Settings())
    found: Settings = vars(backend)[key]
    return found


class Resource(BaseModel):
    """Base of what extensions create, so that the inventory sees it."""

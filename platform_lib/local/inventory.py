"""What exists in the emulator now, found by looking instead of by a list of known services."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict
from typing import Any

from moto.core.base_backend import AccountSpecificBackend, BackendDict
from moto.core.common_models import BaseModel

from platform_lib.local.extensions.support import replace
from platform_lib.local.items import Item

__all__ = ["Inventory"]

_DEPTH = 3
_GONE = frozenset({"deleted", "delete-complete", "terminated"})
_GONE_FROM_ECS = frozenset({("Cluster", "INACTIVE"), ("Service", "INACTIVE"), ("Task", "STOPPED")})
"""What ECS shows for a while after its end; inactive task definitions stay for ever."""

_RECORDS = frozenset({("servicediscovery", "Operation")})
"""What only tells of something that was done."""

_NAMES = ("id", "resource_id", "arn", "name", "function_arn")
# A peering connection keeps its state in an object with a code.
_STATES = ("state", "status", "key_state", "lifecycle_state", "rule_state", "_status")


class Inventory:
    """Lists every model that a moto backend holds, except what AWS itself puts into an account.

    Each backend is photographed when it is made: default VPCs, machine images and managed
    policies are there from the start and belong to nobody.
    """

    def __init__(self) -> None:
        self._given: dict[int, list[BaseModel]] = {}
        self._photograph_new_backends()

    def items(self) -> list[Item]:
        """Return what somebody made and nobody deleted."""
        found: set[Item] = set()
        # Moto's only register of the services in use.
        for services in list(vars(BackendDict)["_instances"]):
            for regions in list(services.values()):
                for region, backend in list(regions.items()):
                    given = {id(model) for model in self._given.get(id(backend), [])}
                    found |= {
                        _item(regions.service_name, region, key, model)
                        for key, model in _models(backend)
                        if id(model) not in given and not _is_managed_by_aws(model)
                    }
        return sorted(item for item in found if not _is_gone(item))

    def as_json(self) -> list[dict[str, Any]]:
        """Return the items as plain data."""
        return [asdict(item) for item in self.items()]

    def _photograph_new_backends(self) -> None:
        original = AccountSpecificBackend.__getitem__
        given = self._given

        def get(regions: Any, region: str) -> Any:
            known = dict.__contains__(regions, "aws" if region == "global" else region)
            backend = original(regions, region)
            if not known:
                given[id(backend)] = [model for _, model in _models(backend)]
            return backend

        replace(AccountSpecificBackend, "__getitem__")(lambda _: get)


def _models(backend: Any) -> Iterator[tuple[str, BaseModel]]:
    seen: set[int] = set()
    for value in list(vars(backend).values()):
        for key, model in _inside(value, "", _DEPTH):
            if id(model) not in seen:
                seen.add(id(model))
                yield key, model


def _inside(value: Any, key: str, depth: int) -> Iterator[tuple[str, BaseModel]]:
    if isinstance(value, BaseModel):
        # Some models are dictionaries too (S3 keeps its keys so); their content is not looked at.
        yield key, value
    elif depth and isinstance(value, Mapping):
        for name, member in list(value.items()):
            yield from _inside(member, str(name), depth - 1)
    elif depth and isinstance(value, list | set | tuple | frozenset):
        for member in list(value):
            yield from _inside(member, key, depth - 1)
    elif type(value).__name__.endswith("Storage"):
        # Lambda keeps its functions and layers in objects of their own.
        yield from _inside(vars(value), key, depth)


def _item(service: str, region: str, key: str, model: BaseModel) -> Item:
    return Item(
        service=service,
        kind=type(model).__name__,
        id=_first(model, _NAMES) or key,
        region=region,
        state=_first(model, _STATES) or _waiting(model),
    )


def _is_gone(item: Item) -> bool:
    return (
        item.state.lower() in _GONE
        or (item.service, item.kind) in _RECORDS
        or (item.service == "ecs" and (item.kind, item.state) in _GONE_FROM_ECS)
    )


def _is_managed_by_aws(model: BaseModel) -> bool:
    """Tell keys that services make for themselves when they are first used."""
    return getattr(model, "key_manager", None) == "AWS"


def _waiting(model: BaseModel) -> str:
    """Say of a secret that it waits for the end of its recovery window, as KMS says of a key."""
    return "PendingDeletion" if getattr(model, "deleted_date", None) else ""


def _first(model: BaseModel, names: tuple[str, ...]) -> str:
    for name in names:
        try:
            value = getattr(model, name, None)
        except Exception:  # noqa: BLE001, S112 - a property of moto's that needs more state
            continue
        text = getattr(value, "code", value)
        if isinstance(text, str) and text:
            return text
    return ""

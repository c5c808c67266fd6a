"""RDS storage: what a volume type performs, and which sizes and rates go together.

Upstream gap: moto keeps no baseline of gp3 (so that `iops` and `storage_throughput` never read back),
takes any size and rate, shrinks a volume, and forgets throughput when it is changed.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any

from moto.rds.models import DBInstance, RDSBackend

from platform_lib.local.extensions.support import AwsError, replace

__all__ = ["install"]

_ENGINES = frozenset({"postgres", "mysql", "mariadb"})
_STRIPED_GIB = 400
"""From here on a gp3 volume of these engines is striped over four, and its rates can be chosen
(https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/CHAP_Storage.html#gp3-storage)."""

_SMALL = (3000, 125)
_STRIPED = (12_000, 500)
_MOST_IOPS = 64_000
_MOST_THROUGHPUT = 4000
_SMALLEST_GIB: Mapping[str, int] = {"gp2": 20, "gp3": 20, "io1": 100, "io2": 100, "standard": 5}
_LARGEST_GIB = 65_536
_PROVISIONED_IOPS = range(1000, 256_001)


def install() -> None:
    """Patch moto."""
    replace(DBInstance, "__init__")(initialise)
    replace(RDSBackend)(create_db_instance)
    replace(RDSBackend)(modify_db_instance)


def _refuse(message: str) -> AwsError:
    return AwsError("InvalidParameterCombination", message)


def _rates(
    engine: str, kind: str, gib: int, iops: int | None, throughput: int | None
) -> tuple[int | None, int | None]:
    """Check the rates that are asked for, and return those that the volume has.

    Raises:
        AwsError: ``InvalidParameterCombination`` for what the volume type does not offer.
    """
    least = _SMALLEST_GIB.get(kind)
    if least is None:
        raise AwsError("InvalidParameterValue", f"Invalid storage type: {kind}")
    if not least <= gib <= _LARGEST_GIB:
        raise _refuse(
            f"Invalid storage size for engine name {engine} and storage type {kind}: {gib}"
        )
    if kind == "gp3":
        return _gp3(engine, gib, iops, throughput)
    if throughput:
        raise _refuse(f"You can't specify storage throughput for storage type {kind}.")
    if kind.startswith("io"):
        if iops is None or iops not in _PROVISIONED_IOPS:
            raise _refuse(f"The storage type {kind} requires iops between 1000 and 256000.")
        return iops, None
    if iops:
        raise _refuse(f"You can't specify IOPS for storage type {kind}.")
    return None, None


def _gp3(
    engine: str, gib: int, iops: int | None, throughput: int | None
) -> tuple[int | None, int | None]:
    if gib < _STRIPED_GIB:
        if iops or throughput:
            raise _refuse(
                f"You can't specify IOPS or storage throughput for engine {engine} and a storage"
                f" size less than {_STRIPED_GIB}."
            )
        return _SMALL
    found = (iops or _STRIPED[0], throughput or _STRIPED[1])
    if not _STRIPED[0] <= found[0] <= _MOST_IOPS:
        raise _refuse(
            f"Invalid iops value for engine name {engine} and storage type gp3: {found[0]}"
        )
    if not _STRIPED[1] <= found[1] <= min(_MOST_THROUGHPUT, found[0] // 4):
        raise _refuse(
            f"Invalid storage throughput value for engine name {engine} and storage type gp3:"
            f" {found[1]}"
        )
    return found


def _number(value: Any) -> int | None:
    return int(value) if value else None


def create_db_instance(original: Callable[..., Any]) -> Callable[..., Any]:
    """Refuse what the volume type does not offer."""

    def create(self: Any, request: Any) -> Any:
        engine = request["engine"]
        if engine in _ENGINES and request.get("db_cluster_identifier") is None:
            gib = _number(request.get("allocated_storage"))
            if gib is None:
                raise AwsError(
                    "InvalidParameterValue",
                    "The parameter AllocatedStorage must be provided and must not be blank.",
                )
            iops, throughput = _asked(request)
            kind = request.get("storage_type") or ("io1" if iops else "gp2")
            request["storage_type"] = kind
            _rates(engine, kind, gib, iops, throughput)
            _check_ceiling(gib, _number(request.get("max_allocated_storage")))
        return original(self, request)

    return create


def _asked(request: Any) -> tuple[int | None, int | None]:
    return _number(request.get("iops")), _number(request.get("storage_throughput"))


def _check_ceiling(gib: int, most: int | None) -> None:
    if most is not None and most < gib:
        raise _refuse("Max storage size must be greater than storage size")


def initialise(original: Callable[..., Any]) -> Callable[..., Any]:
    """Give a volume its baseline."""

    def init(self: Any, backend: Any, **request: Any) -> None:
        original(self, backend, **request)
        if self.engine in _ENGINES and self.db_cluster_identifier is None:
            asked = _asked(request)
            self.iops, self.storage_throughput = _rates(
                self.engine, self.storage_type, self.allocated_storage, *asked
            )

    return init


def modify_db_instance(original: Callable[..., Any]) -> Callable[..., Any]:
    """Check the volume that a change leads to; a step of less than a tenth is rounded up."""

    def modify(self: Any, db_instance_identifier: str, request: Any) -> Any:
        database = self.describe_db_instances(db_instance_identifier)[0]
        if database.engine in _ENGINES and database.db_cluster_identifier is None:
            _change(database, request)
        return original(self, db_instance_identifier, request)

    return modify


def _change(database: Any, request: Any) -> None:
    current = database.allocated_storage
    gib = _number(request.get("allocated_storage")) or current
    if gib < current:
        raise _refuse("Requested storage size cannot be less than the current allocated storage.")
    if gib > current:
        gib = max(gib, math.ceil(current * 11 / 10))
        request["allocated_storage"] = gib
    kind = request.get("storage_type") or database.storage_type
    iops, throughput = _asked(request)
    # What the volume already has may be repeated; the AWS provider does so.
    small = kind == "gp3" and gib < _STRIPED_GIB
    if (
        small
        and (iops, throughput) in {(_SMALL[0], None), _SMALL}
        and kind == database.storage_type
    ):
        iops = throughput = None
    if kind == database.storage_type and not small:
        kept = database.iops if kind != "gp3" or current >= _STRIPED_GIB else None
        iops = iops or kept
        throughput = throughput or (database.storage_throughput if kept else None)
    new_iops, new_throughput = _rates(database.engine, kind, gib, iops, throughput)
    if (gib, kind, new_iops, new_throughput) != (
        current,
        database.storage_type,
        database.iops,
        database.storage_throughput,
    ):
        rates = {"storage_type": kind, "iops": new_iops, "storage_throughput": new_throughput}
        for name, value in rates.items():
            # In this order: moto takes a throughput for gp3 only.
            request.pop(name, None)
            request[name] = value
    most = _number(request.get("max_allocated_storage"))
    _check_ceiling(gib, most)
    if most is None and database._max_allocated_storage < gib:  # noqa: SLF001 - moto's own
        request["max_allocated_storage"] = gib

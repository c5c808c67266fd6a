"""RDS storage performs as its type does, and only grows."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest


@pytest.mark.parametrize(
    ("changes", "iops", "throughput"),
    [
        ({}, 3000, 125),
        ({"AllocatedStorage": 400}, 12_000, 500),
        ({"AllocatedStorage": 400, "Iops": 16_000, "StorageThroughput": 750}, 16_000, 750),
        ({"StorageType": "io2", "Iops": 2000}, 2000, None),
        ({"StorageType": "gp2"}, None, None),
    ],
)
def test_a_volume_performs_as_its_type_does(
    make: Callable[..., Any], changes: dict[str, Any], iops: int | None, throughput: int | None
) -> None:
    """The baseline reads back, and what can be chosen on top of it."""
    made = make(**changes)

    assert (made.get("Iops"), made.get("StorageThroughput")) == (iops, throughput)


@pytest.mark.parametrize(
    "changes",
    [
        {"AllocatedStorage": 10},
        {"AllocatedStorage": 399, "Iops": 12_000},
        {"AllocatedStorage": 400, "Iops": 3000},
        {"AllocatedStorage": 400, "StorageThroughput": 125},
        {"AllocatedStorage": 400, "Iops": 12_000, "StorageThroughput": 4000},
        {"StorageType": "gp2", "Iops": 3000},
        {"StorageType": "io1"},
        {"MaxAllocatedStorage": 50},
    ],
)
def test_refuses_volumes_that_do_not_exist(
    refuse: Callable[..., str], changes: dict[str, Any]
) -> None:
    """Sizes and rates have to go together."""
    assert refuse(**changes) == "InvalidParameterCombination"


def test_refuses_an_unknown_volume_type(refuse: Callable[..., str]) -> None:
    """There is no gp4."""
    assert refuse(StorageType="gp4") == "InvalidParameterValue"


@pytest.mark.parametrize(("asked", "stored"), [(200, 200), (105, 110)])
def test_storage_grows_by_a_tenth_at_least(
    rds: Any, read: Callable[..., Any], make: Callable[..., Any], asked: int, stored: int
) -> None:
    """RDS rounds a smaller step up."""
    make()

    rds.modify_db_instance(
        DBInstanceIdentifier="orders", AllocatedStorage=asked, ApplyImmediately=True
    )

    assert read()["AllocatedStorage"] == stored


def test_storage_does_not_shrink(
    rds: Any, make: Callable[..., Any], refused: Callable[..., str]
) -> None:
    """A volume can only grow."""
    make()

    code = refused(rds.modify_db_instance, DBInstanceIdentifier="orders", AllocatedStorage=50)

    assert code == "InvalidParameterCombination"


def test_a_volume_changes_its_type(
    rds: Any, read: Callable[..., Any], make: Callable[..., Any]
) -> None:
    """Rates follow."""
    make(StorageType="gp2", AllocatedStorage=400)

    rds.modify_db_instance(
        DBInstanceIdentifier="orders",
        StorageThroughput=600,
        Iops=14_000,
        StorageType="gp3",
        ApplyImmediately=True,
    )

    found = read()
    assert (found["StorageType"], found["Iops"], found["StorageThroughput"]) == ("gp3", 14_000, 600)

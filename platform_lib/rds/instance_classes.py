"""Instance classes of RDS: their memory, and what follows from it; pure.

https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/Concepts.DBInstanceClass.Summary.html
"""

from __future__ import annotations

import re
from typing import Annotated

from pydantic import AfterValidator

_CLASS = re.compile(r"db\.(?P<family>[a-z]\w*)\.(?P<size>micro|small|medium|large|\d*xlarge)")
_GIB_PER_VCPU = {"c": 2, "m": 4, "r": 8, "z": 8, "x": 16}
"""Memory by the first letter of the family; burstable ones are listed one by one."""
_BURSTABLE_GIB = {"micro": 1, "small": 2, "medium": 4, "large": 8, "xlarge": 16, "2xlarge": 32}
_BURSTABLE_CREDITS = {
    # The most that can be saved up: what 24 hours earn.
    # https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/burstable-credits-baseline-concepts.html
    "micro": 288, "small": 576, "medium": 576, "large": 864, "xlarge": 2304, "2xlarge": 4608,
}  # fmt: skip
_EXTREME_GIB_PER_VCPU = {"x2iezn": 32, "x2iedn": 32, "x2idn": 16, "x2g": 16}

_BYTES_PER_CONNECTION = 9531392
_MOST_CONNECTIONS = 5000
"""RDS's default of ``max_connections``: LEAST({DBInstanceClassMemory/9531392},5000).
https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/CHAP_Limits.html"""


def _is_instance_class(value: str) -> str:
    found = _CLASS.fullmatch(value)
    offered = found is not None and (
        found["size"] in _BURSTABLE_GIB
        if found["family"].startswith("t")
        else found["family"][0] in _GIB_PER_VCPU and "large" in found["size"]
    )
    if not offered:
        raise ValueError(
            f"{value!r} is not an instance class here; write it as in 'db.r7g.large' or, where"
            " nobody is served, 'db.t4g.medium'"
        )
    return value


InstanceClass = Annotated[str, AfterValidator(_is_instance_class)]
"""An instance class such as ``db.r7g.large``."""


def is_burstable(instance_class: str) -> bool:
    """Tell whether a class earns and spends CPU credits."""
    return instance_class.startswith("db.t")


def memory_gib(instance_class: str) -> int:
    """Return the memory of a class in GiB."""
    _, family, size = instance_class.split(".")
    if is_burstable(instance_class):
        return _BURSTABLE_GIB[size]
    per_vcpu = _EXTREME_GIB_PER_VCPU.get(family, _GIB_PER_VCPU[family[0]])
    return per_vcpu * _vcpus(size)


def cpu_credits(instance_class: str) -> int:
    """Return the CPU credits that a burstable class can save up."""
    return _BURSTABLE_CREDITS[instance_class.rsplit(".", 1)[-1]]


def default_max_connections(gib: float) -> int:
    """Return RDS's default of ``max_connections`` for so much memory.

    RDS keeps some of the memory for itself, so the real limit is a little lower.
    """
    return min(int(gib * 1024**3 // _BYTES_PER_CONNECTION), _MOST_CONNECTIONS)


def _vcpus(size: str) -> int:
    """Return the virtual CPUs of a size: ``large`` has two, ``xlarge`` four, ``2xlarge`` eight."""
    return 2 if size == "large" else 4 * int(size.removesuffix("xlarge") or 1)

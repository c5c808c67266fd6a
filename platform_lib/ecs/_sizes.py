"""The sizes that Fargate offers; pure.

https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-cpu-memory-error.html
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise

_GIB = 1024

SIZES: Mapping[int, tuple[int, ...]] = {
    256: (512, 1024, 2048),
    512: tuple(range(1 * _GIB, 4 * _GIB + 1, _GIB)),
    1024: tuple(range(2 * _GIB, 8 * _GIB + 1, _GIB)),
    2048: tuple(range(4 * _GIB, 16 * _GIB + 1, _GIB)),
    4096: tuple(range(8 * _GIB, 30 * _GIB + 1, _GIB)),
    8192: tuple(range(16 * _GIB, 60 * _GIB + 1, 4 * _GIB)),
    16384: tuple(range(32 * _GIB, 120 * _GIB + 1, 8 * _GIB)),
}
"""Memory in MiB that is offered with each number of CPU units; 1024 units are one processor."""


def size_problem(cpu: int, memory_mib: int) -> str | None:
    """Return what is wrong with a size, with what is offered instead; None if it is offered."""
    if cpu not in SIZES:
        offered = ", ".join(str(it) for it in SIZES)
        return f"cpu={cpu} is not offered by Fargate; choose {offered}"
    offers = SIZES[cpu]
    if memory_mib in offers:
        return None
    return f"memory_mib={memory_mib} is not offered with cpu={cpu}; choose {_written(offers)}"


def _written(offers: tuple[int, ...]) -> str:
    """Write few values one by one, and many as a range with its step."""
    step = offers[-1] - offers[-2]
    if any(after - before != step for before, after in pairwise(offers)):
        return ", ".join(str(it) for it in offers)
    return f"{offers[0]} to {offers[-1]} in steps of {step}"

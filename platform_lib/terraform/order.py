"""Run work in dependency order, side by side where nothing forbids it."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait

from platform_lib.terraform.interruption import Interruption

__all__ = ["default_jobs", "run_in_order"]


def default_jobs() -> int:
    """Return half the cores, at least two.

    Terraform and its provider take 0.8 GB, and a core while they plan. While they apply they mostly
    wait for AWS: on two cores, a second stack beside the first one saves a fifth of the time.
    """
    return max(2, (os.cpu_count() or 1) // 2)


def run_in_order(
    names: Sequence[str],
    before: Mapping[str, frozenset[str]],
    work: Callable[[str], bool],
    *,
    jobs: int,
    interruption: Interruption,
    go_on: bool = False,
) -> tuple[str, ...]:
    """Run `work` for each name after everything that must come before it.

    After a failure, or an interruption, what runs is finished and nothing new is started.

    Args:
        names: What to do, in the order to start in where several could be.
        before: For each name those that must have succeeded; others than `names` are ignored.
        work: Does it and says whether it succeeded; must not raise.
        jobs: How many at once.
        interruption: Stops the starting of anything new.
        go_on: Whether a failure stops only what comes after it.

    Returns:
        The names that were not started.
    """
    waiting = list(names)
    succeeded: set[str] = set()
    failed = False
    running: dict[Future[bool], str] = {}
    with ThreadPoolExecutor(max_workers=jobs) as pool:
        try:
            while True:
                stop = interruption.requested or (failed and not go_on)
                ready = [
                    name
                    for name in waiting
                    if not stop and not (before.get(name, frozenset()) & set(names)) - succeeded
                ]
                for name in ready[: jobs - len(running)]:
                    waiting.remove(name)
                    running[pool.submit(work, name)] = name
                if not running:
                    return tuple(waiting)
                for future in wait(running, return_when=FIRST_COMPLETED).done:
                    name = running.pop(future)
                    if future.result():
                        succeeded.add(name)
                    else:
                        failed = True
        except BaseException as error:
            interruption.request(
                "Ctrl-C" if isinstance(error, KeyboardInterrupt) else type(error).__name__
            )
            raise

"""Which of pytest's workers runs which tests, and in which order."""

from __future__ import annotations

from collections.abc import Iterator

from xdist.scheduler import LoadGroupScheduling
from xdist.workermanage import WorkerController

__all__ = ["MINUTES_LONG", "LongestFirst"]

MINUTES_LONG = (
    "test_applied_environments",
    "test_emulated_settings",
    "test_emulated_account",
    "test_emulated_data_caches",
    "test_emulated_data_ecs",
    "test_emulated_data_rds",
    "test_emulated_network",
    "test_emulated_distribution",
    "test_docs_walkthrough",
    "test_applied_growth",
    "test_emulated_edge_rules",
    "test_emulated_edge_services",
    "test_applied_interruption",
    "test_applied_protection",
    "test_applied_guard",
    "test_applied_adoption",
)
"""Modules whose tests with the real Terraform take minutes, most of them waiting, the longest first.
Six of them, from the second on, look at one run."""

_FOR_SHORT_ONES = 1
"""Workers that are kept for short tests: six long ones leave a quarter of the processor's time."""


class LongestFirst(LoadGroupScheduling):
    """Deals out whole files, and what takes minutes before everything else.

    xdist's own way starts an emulated AWS and synthesises the same things in every worker, and puts
    one long test behind another: a worker starts a test only when it knows the one after it.
    """

    def _split_scope(self, nodeid: str) -> str:
        scope = super()._split_scope(nodeid)
        if scope != nodeid or _takes_minutes(nodeid):
            return scope
        file = nodeid.partition("::")[0]
        if file.startswith("tests/local/"):
            return "emulator"
        return file

    def _assign_work_unit(self, node: WorkerController) -> None:
        long = [it for it in self.nodes if any(map(_takes_minutes, self._waiting(it)))]
        if node in long or len(long) >= max(1, self.numnodes - _FOR_SHORT_ONES):
            self.workqueue.move_to_end(next(reversed(self.workqueue)), last=False)
        super()._assign_work_unit(node)

    def _waiting(self, node: WorkerController) -> Iterator[str]:
        for unit in self.assigned_work[node].values():
            yield from (nodeid for nodeid, completed in unit.items() if not completed)

    def mark_test_complete(
        self, node: WorkerController, item_index: int, duration: float = 0
    ) -> None:
        """Forget units that are done: xdist would count their tests again after every test."""
        super().mark_test_complete(node, item_index, duration)
        units = self.assigned_work[node]
        for scope in [scope for scope, unit in units.items() if all(unit.values())]:
            del units[scope]


def _takes_minutes(nodeid: str) -> bool:
    return nodeid.partition(".py")[0].rpartition("/")[2] in MINUTES_LONG

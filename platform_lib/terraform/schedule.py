"""Plan, apply, destroy and compare many stacks in the right order."""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass

from platform_lib.errors import DestroyRefusedError, OperationError, PlatformError, Problem
from platform_lib.terraform import guard
from platform_lib.terraform.events import StackFinished, StackStarted
from platform_lib.terraform.order import default_jobs, run_in_order
from platform_lib.terraform.plan import Change, Plan
from platform_lib.terraform.remote import Edges, missing_outputs, waits_sentence
from platform_lib.terraform.results import StackResult, Status
from platform_lib.terraform.runner import Planned, Runner
from platform_lib.terraform.session import TerraformSession
from platform_lib.terraform.stack import Stack, select
from platform_lib.terraform.state import State

__all__ = ["Rules", "Schedule"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """What a run may do."""

    allow_destroy: bool = False
    """Whether the environment allows destroying what is stateful."""

    named: frozenset[str] = frozenset()
    """Addresses, or `stack/address`, that may be destroyed if it does."""

    ignore_unsaved: bool = False
    """Whether to go on although a killed apply made something that the state does not hold."""


class Schedule:
    """Works on the stacks of one app.

    Args:
        stacks: All of them, as `read_stacks` returned them; those not worked on are read for what
            they give to, and take from, the others.
        terraform: Program, environment and where to report.
        rules: What may be done.
        jobs: How many stacks at once; half the cores, at least two, if None.
    """

    def __init__(
        self,
        stacks: Mapping[str, Stack],
        terraform: TerraformSession,
        *,
        rules: Rules | None = None,
        jobs: int | None = None,
    ) -> None:
        self.edges = Edges.of(stacks)
        """What reads what."""
        self._terraform = terraform
        self._rules = rules or Rules()
        self._jobs = jobs or default_jobs()
        self._runners = {name: Runner(terraform, stack) for name, stack in stacks.items()}
        self._states: dict[str, State] = {}
        terraform.require(
            provider
            for document in self.edges.documents.values()
            for provider in document.providers
        )

    def runner(self, name: str) -> Runner:
        """Return the runner of one stack."""
        return self._runners[name]

    def plan(self, names: Collection[str]) -> list[StackResult]:
        """Plan each stack on its own; one that cannot be planned yet is listed as waiting."""
        return self._each(names, self._plan, ordered=False)

    def drift(self, names: Collection[str]) -> list[StackResult]:
        """Compare each stack's state with what exists; a failure is not a difference."""
        return self._each(names, self._drift, ordered=False)

    def check_settled(self, names: Collection[str]) -> list[StackResult]:
        """Ask Terraform itself, by `plan -detailed-exitcode`, whether nothing is left to do."""
        return self._each(names, self._check_settled, ordered=False)

    def apply(
        self,
        names: Collection[str],
        *,
        from_stack: str | None = None,
        approve: Callable[[Stack, Planned], bool] | None = None,
    ) -> list[StackResult]:
        """Apply in dependency order, planning each stack when its turn comes.

        Args:
            names: The stacks.
            from_stack: Leave out what comes before this one, to resume after a failure. Stacks that
                it does not depend on are looked at again, since some may not have been reached.
            approve: Asked before each plan with changes is applied, from any thread; all are
                approved if None.
        """
        skipped = frozenset[str]()
        if from_stack is not None:
            select(self.edges.stacks, [from_stack])
            skipped = self.edges.upstream(from_stack)
        wanted = [name for name in names if name not in skipped]
        return self._each(wanted, lambda name: self._apply(name, approve))

    def destroy(self, names: Collection[str]) -> list[StackResult]:
        """Destroy what the stacks hold, downstream first.

        Raises:
            DestroyRefusedError: The environment does not allow destroying.
        """
        if not self._rules.allow_destroy:
            raise DestroyRefusedError(
                "DestroyRefused",
                "the environment does not allow destroying; set allow_destroy there, apply that, and"
                " destroy then",
            )
        return self._each(names, self._destroy, backwards=True)

    def _plan(self, name: str) -> StackResult:
        states = self._upstream_states(name)
        missing = missing_outputs(self.edges, name, states)
        if missing:
            return StackResult(name, "waits", waits_for=missing, message=waits_sentence(missing))
        planned = self._planned(name, states)
        status: Status = "planned" if planned.plan.has_changes else "unchanged"
        counts = planned.plan.counts
        return StackResult(name, status, counts, planned.plan, message=str(counts))

    def _check_settled(self, name: str) -> StackResult:
        self._terraform.on_event(StackStarted(stack=name, step="plan"))
        if not self._runners[name].is_settled():
            raise OperationError("NotSettled", "the plan after the apply is not empty", where=name)
        return StackResult(name, "unchanged", message="exit 0, no changes")

    def _apply(self, name: str, approve: Callable[[Stack, Planned], bool] | None) -> StackResult:
        states = self._upstream_states(name)
        missing = missing_outputs(self.edges, name, states)
        if missing:
            raise OperationError(
                "UpstreamNotApplied", f"{waits_sentence(missing)}; apply that first", where=name
            )
        runner = self._runners[name]
        planned = runner.saved_plan(self.edges.upstream_values(name, states))
        if planned is None:
            planned = self._planned(name, states)
        else:
            runner.check_unsaved(ignore=self._rules.ignore_unsaved)
            planned = self._guarded(name, planned)
        try:
            return self._carry_out(name, planned, approve)
        except OperationError as error:
            if not planned.saved or error.problems[0].code != "PlanStale":
                raise
        return self._carry_out(name, self._planned(name, states), approve)

    def _carry_out(
        self, name: str, planned: Planned, approve: Callable[[Stack, Planned], bool] | None
    ) -> StackResult:
        plan, runner = planned.plan, self._runners[name]
        if not plan.has_changes:
            runner.discard_plan()
            return StackResult(name, "unchanged", plan=plan, message="nothing to do")
        if approve is not None and not approve(runner.stack, planned):
            return StackResult(name, "declined", plan.counts, plan, message="not approved")
        total = sum(change.actions not in (("no-op",), ("read",)) for change in plan.changes)
        self._terraform.on_event(StackStarted(stack=name, step="apply", changes=total))
        try:
            self._change(name, planned)
        except OperationError as error:
            raise self._with_tainted(name, error) from error
        return StackResult(name, "applied", plan.counts, plan, message=str(plan.counts))

    def _destroy(self, name: str) -> StackResult:
        runner = self._runners[name]
        runner.check_unsaved(ignore=self._rules.ignore_unsaved)
        if not runner.state().applied:
            return StackResult(name, "unchanged", message="nothing to destroy")
        self._terraform.on_event(StackStarted(stack=name, step="plan"))
        planned = runner.plan(destroy=True)
        downstream = self._downstream_states(name)
        if any(state.instances for state in downstream.values()):
            plan = runner.with_values(planned).plan
            self._refuse(guard.still_used(plan, stack=name, downstream=downstream))
        counts = planned.plan.counts
        self._terraform.on_event(StackStarted(stack=name, step="destroy", changes=counts.destroy))
        self._change(name, planned)
        return StackResult(
            name, "destroyed", counts, planned.plan, message=f"{counts.destroy} destroyed"
        )

    def _drift(self, name: str) -> StackResult:
        runner = self._runners[name]
        if not runner.state().applied:
            return StackResult(name, "waits", message="is not applied yet")
        self._terraform.on_event(StackStarted(stack=name, step="drift"))
        plan = runner.drift()
        drifted = relevant_drift(plan.drift, plan.changes)
        if drifted:
            shown = ", ".join(sorted(change.address for change in drifted))
            return StackResult(
                name, "drifted", plan.counts, plan, message=f"changed outside Terraform: {shown}"
            )
        if plan.has_changes:
            return StackResult(
                name, "pending", plan.counts, plan, message=f"not applied yet: {plan.counts}"
            )
        return StackResult(name, "unchanged", plan=plan, message="no drift")

    def _planned(self, name: str, states: Mapping[str, State]) -> Planned:
        runner = self._runners[name]
        self._terraform.on_event(StackStarted(stack=name, step="init"))
        runner.init()
        runner.check_unsaved(ignore=self._rules.ignore_unsaved)
        self._terraform.on_event(StackStarted(stack=name, step="plan"))
        try:
            planned = runner.plan(upstream=self.edges.upstream_values(name, states))
        except DestroyRefusedError:
            # Terraform has refused because of prevent_destroy; the guard says what forces it.
            refused = runner.refused_plan()
            if refused is not None:
                self._guard(name, refused)
            raise
        return self._guarded(name, planned)

    def _guarded(self, name: str, planned: Planned) -> Planned:
        """Return a plan that the guard lets pass, with the values of what goes away."""
        planned = self._runners[name].with_values(planned)
        self._guard(name, planned.plan)
        return planned

    def _guard(self, name: str, plan: Plan) -> None:
        """Refuse a plan that destroys what it must not; the saved plan goes with it."""
        stack = self.edges.stacks[name]
        problems = guard.destroyed_stateful(
            plan,
            stack=name,
            directory=stack.directory,
            document=self.edges.documents[name],
            allow_destroy=self._rules.allow_destroy,
            named=self._rules.named,
        )
        problems += guard.still_read(plan, stack=name, readers=self.edges.readers(name))
        if plan.destroys:
            problems += guard.still_used(plan, stack=name, downstream=self._downstream_states(name))
        if problems:
            self._runners[name].discard_plan()
        self._refuse(problems)

    def _refuse(self, problems: Sequence[Problem]) -> None:
        if problems:
            raise DestroyRefusedError.of(problems)

    def _with_tainted(self, name: str, error: PlatformError) -> PlatformError:
        """Add to a failed apply what it has left tainted, with the command that heals it."""
        if self._terraform.interruption.requested:
            return error
        stack = self.edges.stacks[name]
        try:
            state = self._runners[name].state()
        except PlatformError:
            return error
        tainted = guard.tainted_stateful(
            state, stack=name, directory=stack.directory, document=self.edges.documents[name]
        )
        return type(error).of((*error.problems, *tainted))

    def _upstream_states(self, name: str) -> dict[str, State]:
        wanted = {*self.edges.stacks[name].dependencies, *self.edges.reads[name]}
        return {other: self._state(other) for other in sorted(wanted & self._runners.keys())}

    def _downstream_states(self, name: str) -> dict[str, State]:
        return {other: self._state(other) for other in self.edges.downstream(name)}

    def _state(self, name: str) -> State:
        """Read a state once, and again after this run has changed it."""
        if name not in self._states:
            self._states[name] = self._runners[name].state()
        return self._states[name]

    def _change(self, name: str, planned: Planned) -> None:
        self._states.pop(name, None)
        state = self._runners[name].apply(planned)
        if state is not None:
            self._states[name] = state

    def _each(
        self,
        names: Collection[str],
        work: Callable[[str], StackResult],
        *,
        ordered: bool = True,
        backwards: bool = False,
    ) -> list[StackResult]:
        """Run `work` per stack and collect the results, in the order of the stacks."""
        results: dict[str, StackResult] = {}

        def one(name: str) -> bool:
            begun = time.monotonic()
            try:
                found = work(name)
            except PlatformError as error:
                refused = isinstance(error, DestroyRefusedError)
                found = StackResult(
                    name,
                    "refused" if refused else "failed",
                    error=error,
                    message=error.problems[0].message,
                )
            except Exception as error:  # noqa: BLE001  # one stack's defect must not lose the others' results
                found = StackResult(
                    name,
                    "failed",
                    error=OperationError(
                        "Internal", f"{type(error).__name__}: {error}", where=name
                    ),
                    message=str(error),
                )
            seconds = time.monotonic() - begun
            results[name] = dataclasses.replace(found, seconds=seconds)
            self._terraform.on_event(
                StackFinished(
                    stack=name, status=found.status, seconds=seconds, message=found.message
                )
            )
            return found.error is None and found.status != "declined"

        order = [name for name in self.edges.stacks if name in names]
        if backwards:
            order.reverse()
        neighbours = self.edges.downstream if backwards else self.edges.upstream
        before = {name: frozenset(neighbours(name)) for name in order} if ordered else {}
        left = run_in_order(
            # Later stacks hold more: none of them is to be left alone at the end.
            order if ordered else order[::-1],
            before,
            one,
            jobs=self._jobs,
            interruption=self._terraform.interruption,
            go_on=not ordered,
        )
        reason = self._terraform.interruption.reason
        because = "another stack failed" if reason is None else f"interrupted by {reason}"
        for name in left:
            results[name] = StackResult(name, "not-started", message=f"not started: {because}")
        return [results[name] for name in order]


def relevant_drift(drift: Sequence[Change], changes: Sequence[Change]) -> list[Change]:
    """Leave out of the drift what changes nothing.

    Right after an apply Terraform lists attributes that the provider only fills in later; what
    counts is what has gone, and what the next apply would change back.
    """
    acting = {change.address for change in changes if change.actions not in (("no-op",), ("read",))}
    return [change for change in drift if change.destroys or change.address in acting]

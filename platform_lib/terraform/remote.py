"""Which stack reads what from which: the edges between stacks, found in the JSON."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from platform_lib.terraform.stack import Document, Stack, upstream_of
from platform_lib.terraform.state import State

__all__ = ["Edges", "missing_outputs", "waits_sentence"]


@dataclass(frozen=True, slots=True)
class Edges:
    """Everything that the stacks of one app read from one another."""

    stacks: Mapping[str, Stack]
    """All stacks, upstream first."""

    documents: Mapping[str, Document]
    """Their JSON."""

    reads: Mapping[str, Mapping[str, frozenset[str]]]
    """For each stack, for each stack it reads: the outputs it takes."""

    @classmethod
    def of(cls, stacks: Mapping[str, Stack]) -> Edges:
        """Read every stack's JSON and match each remote state to the stack that keeps it.

        They are matched by the state itself, bucket and key or file, and not by names. A state
        that no stack of the app keeps is left to Terraform.
        """
        documents = {name: stack.document for name, stack in stacks.items()}
        kept = {
            document.backend.identity(stacks[name].directory): name
            for name, document in documents.items()
        }
        reads: dict[str, dict[str, frozenset[str]]] = {}
        for name, document in documents.items():
            found = reads.setdefault(name, {})
            for read in document.remote_reads():
                upstream = kept.get(read.backend.identity(stacks[name].directory))
                if upstream is not None:
                    found[upstream] = found.get(upstream, frozenset()) | read.outputs
        return cls(stacks, documents, reads)

    def upstream(self, name: str) -> frozenset[str]:
        """Return what must be applied before a stack, directly or not."""
        return upstream_of(self.stacks, name)

    def downstream(self, name: str) -> tuple[str, ...]:
        """Return what is applied after a stack, directly or not."""
        return tuple(other for other in self.stacks if name in self.upstream(other))

    def readers(self, name: str) -> dict[str, frozenset[str]]:
        """Return for each stack that reads this one the outputs it takes."""
        return {other: found[name] for other, found in self.reads.items() if name in found}

    def upstream_values(self, name: str, states: Mapping[str, State]) -> dict[str, dict[str, Any]]:
        """Return the values of the outputs that a stack reads, as far as they exist."""
        return {
            upstream: {
                output: states[upstream].outputs[output]
                for output in sorted(outputs)
                if output in states[upstream].outputs
            }
            for upstream, outputs in self.reads[name].items()
        }


def missing_outputs(
    edges: Edges, name: str, states: Mapping[str, State]
) -> dict[str, tuple[str, ...]]:
    """Return for each upstream stack that a stack has to wait for the outputs that it lacks.

    An upstream that holds resources in its JSON and nothing in its state is waited for even if
    nothing is read from it.

    Args:
        edges: What reads what.
        name: The stack.
        states: State of each stack that it depends on directly or reads.
    """
    missing: dict[str, tuple[str, ...]] = {}
    for upstream, outputs in edges.reads[name].items():
        lacking = tuple(sorted(outputs - states[upstream].outputs.keys()))
        if lacking:
            missing[upstream] = lacking
    for upstream in edges.stacks[name].dependencies:
        if upstream in states and not states[upstream].applied:
            has_resources = bool(edges.documents[upstream].content.get("resource"))
            if has_resources:
                missing.setdefault(upstream, ())
    return missing


def waits_sentence(missing: Mapping[str, tuple[str, ...]]) -> str:
    """Write `waits for STACK: n new values` for each stack that is waited for."""
    return "; ".join(
        f"waits for {upstream}"
        + (f": {len(outputs)} new value{'' if len(outputs) == 1 else 's'}" if outputs else "")
        for upstream, outputs in sorted(missing.items())
    )

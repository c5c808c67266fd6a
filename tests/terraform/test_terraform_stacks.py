"""Stacks, their order and what they read from one another are found in what synth wrote."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from platform_lib.errors import PlatformError
from platform_lib.terraform.remote import Edges, missing_outputs, waits_sentence
from platform_lib.terraform.stack import Backend, Document, RemoteRead, read_stacks, select
from platform_lib.terraform.state import State

if TYPE_CHECKING:
    from tests.terraform.conftest import App

X = {"x": {"input": "x"}}


def state_of(*outputs: str, resources: bool = True) -> State:
    """Return a state with these outputs."""
    managed = [{"mode": "managed", "type": "t", "name": "n", "instances": [{"attributes": {}}]}]
    return State(
        {
            "outputs": {name: {"value": f"{name}-value"} for name in outputs},
            "resources": managed if resources else [],
        }
    )


def test_stacks_come_upstream_first(app: App) -> None:
    """Order follows the dependencies, and the name where there is none."""
    app.add("c", X, dependencies=["z"])
    app.add("z", X)
    app.add("b", X)
    app.add("a", X, reads=["c"])

    assert list(app.stacks) == ["z", "c", "a", "b"]
    assert [stack.name for stack in select(app.stacks, ["a", "z"])] == ["z", "a"]
    assert app.stacks["a"].directory == app.outdir / "stacks" / "a"


def test_unknown_stacks_are_refused(app: App) -> None:
    """Each unknown name is a problem, with what there is."""
    app.add("net", X)

    with pytest.raises(PlatformError) as refused:
        select(app.stacks, ["nte", "net", "dta"])

    assert str(refused.value) == (
        "there is no stack 'nte'; there are: net [UnknownStack]\n"
        "there is no stack 'dta'; there are: net [UnknownStack]"
    )


def test_nothing_synthesised(tmp_path: Path) -> None:
    """Without a manifest the message says what to run."""
    with pytest.raises(PlatformError) as refused:
        read_stacks(tmp_path)

    assert str(refused.value) == (
        f"{tmp_path} holds no manifest.json; run platformctl synth first [NotSynthesised]"
    )


def test_reads_are_found_wherever_they_stand() -> None:
    """Dotted and quoted reads, inside longer texts and deep in the JSON, are all found."""
    read = "data.terraform_remote_state.net"
    document = Document(
        {
            "data": {"terraform_remote_state": {"net": {"backend": "s3", "config": {"key": "k"}}}},
            "resource": {
                "aws_x": {
                    "y": {
                        "list": [
                            f"${{{read}.outputs.vpc-id}}",
                            {"a": f'${{jsonencode({read}.outputs["b c"])}}'},
                        ]
                    }
                }
            },
            "output": {"o": {"value": f"a ${{{read}.outputs.d}} and ${{{read}.outputs.e}}"}},
        }
    )

    assert document.remote_reads() == (
        RemoteRead(Backend("s3", {"key": "k"}), frozenset({"vpc-id", "b c", "d", "e"})),
    )


@pytest.mark.parametrize(
    ("backend", "identity"),
    [
        (Backend("s3", {"bucket": "b", "key": "k", "dynamodb_table": "t"}), ("s3", "b", "k")),
        (Backend("local", {"path": "../s/a.tfstate"}), ("local", "/out/s/a.tfstate")),
        (Backend("local", {}), ("local", "/out/a/terraform.tfstate")),
        (Backend("gcs", {"b": 1, "a": 2}), ("gcs", '{"a": 2, "b": 1}')),
    ],
)
def test_a_backend_is_its_state(backend: Backend, identity: tuple[str, ...]) -> None:
    """Locks and other settings do not make a different state; a relative path counts from the stack."""
    assert backend.identity(Path("/out/a")) == identity


def test_what_a_document_declares() -> None:
    """Outputs, providers, the default backend and resources by address are read."""
    document = Document(
        {
            "terraform": {"required_providers": {"aws": {"source": "hashicorp/aws"}, "x": {}}},
            "output": {"o": {}},
            "resource": {"aws_vpc": {"main": {"cidr_block": "10.0.0.0/16"}, "many": []}},
        }
    )

    assert document.backend == Backend("local", {})
    assert document.outputs == {"o"}
    assert document.providers == ("hashicorp/aws",)
    assert document.resource('aws_vpc.main["a"]') == {"cidr_block": "10.0.0.0/16"}
    assert document.resource("aws_vpc.other") == {}
    assert document.resource("aws_vpc.many") == {}


def two_stacks(app: App) -> Edges:
    """Return the edges of a stack that reads two outputs of another."""
    state = "${data.terraform_remote_state.net.outputs"
    app.add("net", X, outputs={"vpc": "v", "zone": "z"})
    app.add("far", X, dependencies=["data"])
    app.add("data", {"x": {"input": f"{state}.vpc}} {state}.zone}}"}}, reads=["net"])
    return Edges.of(app.stacks)


def test_edges_follow_the_state(app: App) -> None:
    """Readers, upstream and downstream are found, directly and further on."""
    edges = two_stacks(app)

    assert edges.reads == {"net": {}, "data": {"net": {"vpc", "zone"}}, "far": {}}
    assert edges.readers("net") == {"data": {"vpc", "zone"}}
    assert edges.upstream("far") == {"data", "net"}
    assert edges.downstream("net") == ("data", "far")
    assert edges.upstream_values("data", {"net": state_of("vpc")}) == {"net": {"vpc": "vpc-value"}}


def test_a_state_of_nobody_is_left_to_terraform(app: App) -> None:
    """A remote state that no stack of the app keeps is no edge."""
    app.add(
        "data", {"x": {"input": "${data.terraform_remote_state.other.outputs.x}"}}, reads=["other"]
    )

    assert Edges.of(app.stacks).reads == {"data": {}}


@pytest.mark.parametrize(
    ("name", "states", "sentence"),
    [
        ("data", {"net": state_of("vpc", "zone")}, ""),
        ("data", {"net": state_of("vpc")}, "waits for net: 1 new value"),
        ("data", {"net": State({})}, "waits for net: 2 new values"),
        ("far", {"data": State({})}, "waits for data"),
        ("far", {"data": state_of(resources=False)}, "waits for data"),
        ("far", {"data": state_of()}, ""),
    ],
)
def test_what_a_stack_waits_for(
    app: App, name: str, states: dict[str, State], sentence: str
) -> None:
    """Missing outputs are counted, and an upstream without anything is waited for as a whole."""
    missing = missing_outputs(two_stacks(app), name, states)

    assert waits_sentence(missing) == sentence


def test_a_state_is_read() -> None:
    """Addresses carry modules and keys; data sources and deposed objects are left out."""
    attributes: dict[str, Any] = {"id": "vpc-1"}
    content = {
        "outputs": {"o": {"value": 1}, "s": {"value": "x", "sensitive": True}},
        "resources": [
            {
                "mode": "managed",
                "module": "module.m",
                "type": "aws_vpc",
                "name": "a",
                "instances": [
                    {"index_key": "k", "attributes": attributes, "status": "tainted"},
                    {"index_key": 0, "attributes": {}},
                    {"deposed": "0a", "attributes": {}},
                ],
            },
            {"mode": "data", "type": "aws_vpc", "name": "b", "instances": [{"attributes": {}}]},
        ],
    }

    state = State.parse(json.dumps(content))

    assert [(i.address, i.id, i.tainted) for i in state.instances] == [
        ('module.m.aws_vpc.a["k"]', "vpc-1", True),
        ("module.m.aws_vpc.a[0]", "", False),
    ]
    assert state.outputs == {"o": 1, "s": "x"}
    assert state.sensitive_outputs == {"s"}
    assert state.applied


@pytest.mark.parametrize("text", ["", "\n", '{"outputs": {}, "resources": []}'])
def test_an_empty_state_is_not_applied(text: str) -> None:
    """No state and a state after destroying are the same."""
    assert not State.parse(text).applied

"""Each doubtful creation is taken in, made again or left to a person, by what AWS answers."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from platform_lib.errors import OperationError
from platform_lib.terraform import recovery
from platform_lib.terraform.commands import StackCommands
from platform_lib.terraform.events import Event
from platform_lib.terraform.interruption import Interruption
from platform_lib.terraform.process import Finished
from platform_lib.terraform.recovery import Recovery
from platform_lib.terraform.session import TerraformSession
from platform_lib.terraform.stack import Stack
from platform_lib.terraform.state import State
from platform_lib.terraform.unsaved import Unsaved

NAMED = {"tags": {"Name": "shop"}}
RESOURCES: dict[str, Any] = {
    "aws_vpc": {
        "a": NAMED,
        "b": NAMED,
        "provisioned": {**NAMED, "provisioner": {"local-exec": {"command": "x"}}},
        "unnamed": {},
    },
    "aws_security_group": {"web": NAMED},
    "aws_iam_role": {"reader": {"name": "reader"}},
    "aws_s3_bucket": {"images": {"bucket": "shop-images"}},
}
PROVIDER = {"region": "eu-west-1", "default_tags": [{"tags": {"Stack": "shop"}}]}
ABSENT = OperationError("TerraformFailed", "Cannot import non-existent remote object While ...")


@dataclass
class Bench:
    """A recovery whose Terraform and whose AWS answer as the test says."""

    stack: Stack
    answers: dict[str, Any] = field(default_factory=dict)
    imports: dict[str, OperationError | Mapping[str, Any]] = field(default_factory=dict)
    exit_code: int = 0
    stderr: str = ""
    commands: list[tuple[str, ...]] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)
    interruption: Interruption = field(default_factory=Interruption)
    instances: dict[str, Mapping[str, Any]] = field(default_factory=dict)

    def run(self, *arguments: str) -> None:
        """Note a command."""
        self.commands.append(tuple(a for a in arguments if not a.startswith("-")))

    def run_import(self, address: str, id: str) -> None:
        """Note an import, and fail or fill the state."""
        self.run("import", address, id)
        outcome = self.imports.get(address, {})
        if isinstance(outcome, OperationError):
            raise outcome
        self.instances[address] = {"id": id, **outcome}

    def ask(self, command: list[str], **_options: Any) -> Finished:
        """Answer what is asked for."""
        asked = json.loads(command[-1])["questions"]
        return Finished(
            self.exit_code, json.dumps({a: self.answers[a] for a in asked}), self.stderr
        )

    def state(self) -> State:
        """Return the state."""
        resources = [
            {
                "mode": "managed",
                "type": address.partition(".")[0],
                "name": address.partition(".")[2],
                "instances": [{"attributes": attributes}],
            }
            for address, attributes in self.instances.items()
        ]
        return State({"resources": resources})

    def settle(self, *started: str, ended: float = 0, **more: Any) -> Unsaved:
        """Settle these addresses."""
        session = SimpleNamespace(
            environment=dict,
            interruption=self.interruption,
            pass_fds=(),
            on_event=self.events.append,
        )
        unsaved = Unsaved(made={}, started=started, unfinished=(), imports={})
        settled = Recovery(
            cast("TerraformSession", session), self.stack, cast("StackCommands", self)
        )
        return settled.settle(replace(unsaved, **more), self.state, ended)

    def sentences(self, unsaved: Unsaved) -> list[str]:
        """Return what a person is told, without the advice that is always the same."""
        error = unsaved.error("shop", Path("out"))
        return [
            p.message.replace(
                "look whether it exists, import it or delete it, then go on with --ignore-unsaved",
                "look",
            )
            for p in error.problems
        ]


@pytest.fixture
def bench(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Bench:
    """Return a stack with a VPC whose creation is in doubt, and more."""
    content = {"provider": {"aws": [PROVIDER]}, "resource": RESOURCES}
    (tmp_path / "cdk.tf.json").write_text(json.dumps(content))
    bench = Bench(Stack("shop", tmp_path))
    monkeypatch.setattr(recovery, "process", SimpleNamespace(run=bench.ask))
    return bench


def test_what_exists_once_is_imported(bench: Bench) -> None:
    """The one match is taken in, and the user is told."""
    bench.answers = {"aws_vpc.a": {"ids": ["vpc-1"]}}

    left = bench.settle("aws_vpc.a")

    assert not left
    assert bench.commands == [("import", "aws_vpc.a", "vpc-1")]
    assert [event.to_json() for event in bench.events] == [
        {
            "event": "Message",
            "stack": "shop",
            "level": "info",
            "text": "aws_vpc.a was made by the interrupted run and has been imported",
            "detail": "",
            "address": "aws_vpc.a",
        }
    ]


def test_what_does_not_exist_is_left_to_the_plan(bench: Bench) -> None:
    """No match, or none but what the state holds, means that it was never made."""
    bench.instances = {"aws_vpc.old": {"id": "vpc-0"}}
    bench.answers = {"aws_vpc.a": {"ids": []}, "aws_vpc.b": {"ids": ["vpc-0"]}}

    left = bench.settle("aws_vpc.a", "aws_vpc.b")

    assert not left
    assert bench.commands == []


@pytest.mark.parametrize(
    ("address", "answer", "reason"),
    [
        ("aws_vpc.a", {"ids": ["vpc-2", "vpc-1"]}, " (it may be vpc-1 or vpc-2)"),
        ("aws_vpc.a", {"error": "denied"}, " (AWS cannot be asked: denied)"),
        (
            "aws_vpc.provisioned",
            {"ids": ["vpc-1"]},
            " (it is vpc-1, and its provisioner has not run)",
        ),
        ("aws_vpc.unnamed", {}, ""),
    ],
)
def test_what_cannot_be_told_is_refused(
    bench: Bench, address: str, answer: dict[str, Any], reason: str
) -> None:
    """Two matches, no answer, a provisioner or no way to ask need a person, who is told why."""
    bench.answers = {address: answer}

    left = bench.settle(address)

    assert bench.sentences(left) == [
        f"was being made when the apply was stopped; look{reason}",
    ]
    assert bench.commands == []


def test_one_thing_is_not_imported_twice(bench: Bench) -> None:
    """Where two addresses match the same thing, neither gets it; the others are taken in."""
    bench.answers = {
        "aws_vpc.a": {"ids": ["vpc-1"]},
        "aws_vpc.b": {"ids": ["vpc-1"]},
        "aws_security_group.web": {"ids": []},
    }

    left = bench.settle("aws_vpc.a", "aws_vpc.b", "aws_security_group.web")

    assert left.started == ("aws_vpc.a", "aws_vpc.b")
    assert bench.commands == []


def test_what_was_to_replace_another_is_named(bench: Bench) -> None:
    """The address has its object; the second one can only be deleted, or there is none."""
    bench.instances = {"aws_vpc.a": {"id": "vpc-0"}, "aws_vpc.b": {"id": "vpc-9"}}
    bench.answers = {"aws_vpc.a": {"ids": ["vpc-0", "vpc-1"]}, "aws_vpc.b": {"ids": ["vpc-9"]}}

    left = bench.settle("aws_vpc.a", "aws_vpc.b")

    assert left.reasons == {"aws_vpc.a": "it is vpc-1, which was to replace vpc-0; delete it"}
    assert left.started == ("aws_vpc.a",)
    assert bench.commands == []


def test_what_was_imported_by_hand_is_settled(bench: Bench) -> None:
    """The state holds it, and nothing imports over that."""
    bench.instances = {"aws_iam_role.reader": {"id": "reader"}}

    left = bench.settle("aws_iam_role.reader")

    assert not left
    assert bench.commands == []


def test_a_lookup_that_fails_says_why(bench: Bench) -> None:
    """The last line of what went wrong is passed on."""
    bench.exit_code, bench.stderr = 1, "Traceback\nImportError: no boto3\n"
    bench.answers = {"aws_vpc.a": {}}

    left = bench.settle("aws_vpc.a")

    assert left.reasons == {"aws_vpc.a": "AWS cannot be asked: ImportError: no boto3"}


def test_what_may_be_half_made_is_made_again(bench: Bench) -> None:
    """A security group still lets everything out until the last call; tainted, it is replaced."""
    bench.answers = {"aws_security_group.web": {"ids": ["sg-1"]}}

    left = bench.settle("aws_security_group.web")

    assert not left
    assert bench.commands == [
        ("import", "aws_security_group.web", "sg-1"),
        ("taint", "aws_security_group.web"),
    ]


@pytest.mark.parametrize(
    ("address", "tags"),
    [
        ("aws_iam_role.reader", {"tags_all": {"Stack": "shop"}}),
        ("aws_iam_role.reader", {}),
        ("aws_s3_bucket.images", {"tags_all": {}}),
    ],
)
def test_what_has_a_name_is_imported(bench: Bench, address: str, tags: dict[str, Any]) -> None:
    """Its tags say that it is ours, where the type has any and has them from its first moment."""
    bench.imports = {address: tags}

    left = bench.settle(address)

    assert not left
    assert [command[0] for command in bench.commands] == ["import"]
    assert len(bench.events) == 1


def test_a_name_that_another_has_taken_is_let_go(bench: Bench) -> None:
    """What does not carry our tag is taken out of the state again, and the run refused."""
    bench.imports = {"aws_iam_role.reader": {"tags_all": {"Stack": "other"}}}

    left = bench.settle("aws_iam_role.reader")

    assert bench.sentences(left) == [
        (
            "was being made when the apply was stopped; look (reader exists and does not carry the tag"
            " Stack=shop, so it is not this stack's)"
        )
    ]
    assert bench.commands[1:] == [("state", "rm", "aws_iam_role.reader")]
    assert bench.events == []


def test_a_name_that_nobody_has_is_left_to_the_plan(bench: Bench) -> None:
    """Terraform says that there is nothing to import."""
    bench.imports = {"aws_iam_role.reader": ABSENT}

    left = bench.settle("aws_iam_role.reader")

    assert not left
    assert bench.events == []


def test_an_import_that_fails_otherwise_is_not_taken_for_absence(bench: Bench) -> None:
    """Terraform's own words are passed on, and what is about the whole run stops it."""
    bench.imports = {"aws_iam_role.reader": OperationError("TerraformFailed", "AccessDenied")}

    left = bench.settle("aws_iam_role.reader")

    assert left.reasons == {"aws_iam_role.reader": "AccessDenied"}

    bench.imports = {"aws_iam_role.reader": OperationError("StateLocked", "the state is locked")}

    with pytest.raises(OperationError, match="the state is locked"):
        bench.settle("aws_iam_role.reader")


def test_after_a_kill_what_exists_is_listed(bench: Bench) -> None:
    """With its import command, and nothing is touched; what does not exist is not listed."""
    bench.answers = {"aws_vpc.a": {"ids": ["vpc-1"]}, "aws_vpc.b": {"ids": []}}

    left = bench.settle("aws_vpc.a", "aws_vpc.b", "aws_iam_role.reader", killed=True)

    assert bench.sentences(left) == [
        (
            "was being made when the apply was stopped, and exists; take it in: terraform -chdir=out"
            " import aws_vpc.a vpc-1"
        ),
        (
            "was being made when the apply was stopped; look (once the rest is settled, the next run"
            " looks for reader itself)"
        ),
    ]
    assert bench.commands == []


def test_after_a_kill_a_name_is_looked_for_at_last(bench: Bench) -> None:
    """When nothing is left to list, what AWS cannot make twice is imported if it exists."""
    bench.answers = {"aws_vpc.b": {"ids": []}}

    left = bench.settle("aws_vpc.b", "aws_iam_role.reader", killed=True)

    assert not left
    assert bench.commands == [("import", "aws_iam_role.reader", "reader")]


def test_a_state_that_waits_to_be_pushed_is_not_changed(bench: Bench) -> None:
    """An import would make the saved copy older than the state."""
    (bench.stack.directory / "errored.tfstate").touch()
    bench.answers = {"aws_vpc.a": {"ids": ["vpc-1"]}}

    left = bench.settle("aws_vpc.a")

    assert left.found == {"aws_vpc.a": "vpc-1"}
    assert bench.commands == []


def test_aws_gets_time_to_show_what_it_made(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is believed to be absent until the interruption is some seconds old."""
    monkeypatch.setattr(recovery, "SETTLING_SECONDS", 0.5)
    bench.answers = {"aws_vpc.a": {"ids": []}}
    begun = time.time()

    bench.settle("aws_vpc.a", ended=begun + 1000)

    assert time.time() >= begun + 0.5


def test_the_wait_can_be_interrupted(bench: Bench) -> None:
    """Ctrl-C ends the wait, and the next run settles it."""
    bench.interruption.request("Ctrl-C")

    with pytest.raises(OperationError, match="interrupted by Ctrl-C"):
        bench.settle("aws_vpc.a", ended=time.time())


def test_nothing_in_doubt_asks_nothing(bench: Bench) -> None:
    """Neither AWS nor the clock."""
    assert not bench.settle(ended=time.time())

"""The plan guard refuses what cannot be undone and says what to do."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from platform_lib.terraform import guard
from platform_lib.terraform.plan import Counts, Plan
from platform_lib.terraform.stack import Document
from platform_lib.terraform.state import State
from platform_lib.terraform.stateful import STATEFUL_TYPES

if TYPE_CHECKING:
    from tests.terraform.conftest import Change

HERE = Path("out/stacks/shop-data")


def plan_of(*changes: dict[str, Any], **more: Any) -> Plan:
    """Return a plan with these changes."""
    return Plan({"resource_changes": list(changes), "applyable": True, **more})


def refusals(plan: Plan, document: dict[str, Any] | None = None, **options: Any) -> list[str]:
    """Return what the guard says about destroying."""
    found = guard.destroyed_stateful(
        plan, stack="shop-data", directory=HERE, document=Document(document or {}), **options
    )
    return [str(problem) for problem in found]


def state_of(*instances: tuple[str, dict[str, Any]], mode: str = "managed") -> State:
    """Return a state that holds these instances, by address."""
    resources = []
    for address, attributes in instances:
        kind, name = address.split(".")
        status = {"status": attributes.pop("status")} if "status" in attributes else {}
        resources.append(
            {
                "mode": mode,
                "type": kind,
                "name": name,
                "instances": [{"attributes": attributes, **status}],
            }
        )
    return State({"resources": resources})


def test_a_deleted_block_is_refused(change: Change) -> None:
    """Deleting the code of something stateful names the address, the loss and both ways on."""
    plan = plan_of(
        change("aws_kms_key.data", "delete", action_reason="delete_because_no_resource_config")
    )

    assert refusals(plan) == [
        (
            "shop-data/aws_kms_key.data: would be deleted because it is no longer in the code: everything encrypted"
            " with it becomes unreadable; keep it as it is, or, to lose it, allow destroying in the environment and"
            " give --allow-destroy aws_kms_key.data [DestroyRefused]"
        )
    ]


@pytest.mark.parametrize("actions", [("delete", "create"), ("create", "delete")])
def test_a_replacement_names_what_forces_it(change: Change, actions: tuple[str, str]) -> None:
    """Either order of a replacement is refused, with the argument that forces it."""
    plan = plan_of(change("aws_vpc.main", *actions, replace_paths=["cidr_block"]))

    assert refusals(plan) == [
        (
            "shop-data/aws_vpc.main: would be replaced because cidr_block changes: everything in the network stands in"
            " it; keep it as it is, or, to lose it, allow destroying in the environment and give --allow-destroy"
            " aws_vpc.main [DestroyRefused]"
        )
    ]


def test_a_rename_is_recognised(change: Change) -> None:
    """The same type created at another address is most likely the same thing, so rename() comes first."""
    plan = plan_of(change("aws_s3_bucket.old", "delete"), change("aws_s3_bucket.new", "create"))

    assert refusals(plan) == [
        (
            "shop-data/aws_s3_bucket.old: would be deleted: its objects are lost, and somebody else may take its name;"
            " if it is now aws_s3_bucket.new, say so with rename(); to lose it, allow destroying in the environment and"
            " give --allow-destroy aws_s3_bucket.old [DestroyRefused]"
        )
    ]


def test_a_tainted_database_is_kept_by_untaint(change: Change) -> None:
    """A tainted stateful object is healed by a command that can be copied, quotes included."""
    plan = plan_of(
        change(
            'aws_db_instance.main["a"]',
            "delete",
            "create",
            action_reason="replace_because_tainted",
        )
    )

    assert refusals(plan) == [
        (
            'shop-data/aws_db_instance.main["a"]: would be replaced because it is tainted: its data is lost; keep it:'
            " terraform -chdir=out/stacks/shop-data untaint 'aws_db_instance.main[\"a\"]'; to lose it, allow destroying"
            " in the environment and give --allow-destroy 'aws_db_instance.main[\"a\"]' [DestroyRefused]"
        )
    ]


@pytest.mark.parametrize("named", ["aws_kms_key.data", "shop-data/aws_kms_key.data"])
def test_both_keys_are_needed(change: Change, named: str) -> None:
    """The environment must allow it and the address must be named; either alone is not enough."""
    plan = plan_of(change("aws_kms_key.data", "delete"))

    assert refusals(plan, allow_destroy=True, named={named}) == []
    assert len(refusals(plan, allow_destroy=False, named={named})) == 1
    assert len(refusals(plan, allow_destroy=True, named={"aws_kms_key.other"})) == 1
    assert (
        "or, to lose it, give --allow-destroy aws_kms_key.data"
        in refusals(plan, allow_destroy=True)[0]
    )


@pytest.mark.parametrize(
    ("address", "before", "document"),
    [
        ("aws_lb.main", {"enable_deletion_protection": True}, {}),
        ("aws_instance.main", {"disable_api_termination": True}, {}),
        ("aws_nat.main", {"deletion_protection": True}, {}),
        (
            "aws_nat.main",
            {},
            {"resource": {"aws_nat": {"main": {"lifecycle": {"prevent_destroy": True}}}}},
        ),
    ],
)
def test_protection_makes_stateful(
    change: Change, address: str, before: dict[str, Any], document: dict[str, Any]
) -> None:
    """What is protected by its settings or its lifecycle is refused although its type is not listed."""
    plan = plan_of(change(address, "delete", before=before))

    assert len(refusals(plan, document)) == 1
    assert refusals(plan_of(change(address, "delete"))) == []


@pytest.mark.parametrize("actions", [("no-op",), ("create",), ("update",), ("read",), ("forget",)])
def test_what_destroys_nothing_passes(change: Change, actions: tuple[str, ...]) -> None:
    """Moves, updates in place and letting go are not destroying."""
    plan = plan_of(change("aws_kms_key.data", *actions, previous_address="aws_kms_key.old"))

    assert refusals(plan) == []


def test_a_replacement_on_request_is_refused_too(change: Change) -> None:
    """Without a forcing argument the message still says what happens."""
    plan = plan_of(change("aws_vpc.main", "delete", "create"))

    assert refusals(plan)[0].startswith("shop-data/aws_vpc.main: would be replaced: everything in")


def test_a_leftover_of_a_replacement_is_named(change: Change) -> None:
    """A deposed object is told from the one that lives at the same address."""
    plan = plan_of(change("aws_vpc.main", "delete", deposed="0a1b2c3d"))

    assert "would be deleted (deposed object 0a1b2c3d)" in refusals(plan)[0]


def test_data_sources_are_not_resources() -> None:
    """Only managed resources are looked at."""
    entry = {
        "address": "data.aws_vpc.main",
        "mode": "data",
        "type": "aws_vpc",
        "change": {"actions": ["delete"]},
    }

    assert refusals(plan_of(entry)) == []


def test_what_another_stack_uses_is_refused(change: Change) -> None:
    """The users are named, by id and by ARN inside a policy, with the order to follow."""
    arn = "arn:aws:s3:::acme-files"
    plan = plan_of(
        change("aws_security_group.app", "delete", before={"id": "sg-0123456789abcdef0"}),
        change("aws_s3_bucket.files", "delete", before={"id": "files", "arn": arn}),
    )
    downstream = {
        "shop-services": state_of(
            ("aws_ecs_service.api", {"network": [{"groups": ["sg-0123456789abcdef0"]}]}),
            ("aws_iam_policy.api", {"policy": f'{{"Resource": "{arn}/*"}}'}),
            ("aws_iam_policy.other", {"policy": f'{{"Resource": "{arn}-old"}}'}),
        ),
        "shop-edge": state_of(),
    }

    found = guard.still_used(plan, stack="shop-data", downstream=downstream)

    assert [str(problem) for problem in found] == [
        (
            "shop-data/aws_security_group.app: would be deleted, but shop-services still uses it in aws_ecs_service.api;"
            " first apply shop-services without it, then shop-data [StillUsed]"
        ),
        (
            "shop-data/aws_s3_bucket.files: would be deleted, but shop-services still uses it in aws_iam_policy.api;"
            " first apply shop-services without it, then shop-data [StillUsed]"
        ),
    ]


def test_many_users_are_shortened(change: Change) -> None:
    """A message stays readable when everything uses the thing."""
    plan = plan_of(change("aws_vpc.main", "delete", before={"id": "vpc-01234567"}))
    users = [(f"aws_subnet.s{n}", {"vpc_id": "vpc-01234567"}) for n in range(5)]

    found = guard.still_used(plan, stack="net", downstream={"apps": state_of(*users)})

    assert "in aws_subnet.s0, aws_subnet.s1, aws_subnet.s2 and 2 more;" in found[0].message


@pytest.mark.parametrize(
    ("state", "before"),
    [
        (
            state_of(("aws_vpc.main", {"id": "vpc-01234567"}), mode="data"),
            {"id": "vpc-01234567"},
        ),
        (
            state_of(("aws_ecs_service.api", {"tags": {"Net": "vpc-01234567"}})),
            {"id": "vpc-01234567"},
        ),
        (state_of(("aws_ecs_service.api", {"launch_type": "EC2"})), {"id": "EC2"}),
        (state_of(("aws_ecs_service.api", {"x": ""})), {"id": None}),
    ],
    ids=["data source", "tag", "short name", "no id"],
)
def test_chance_is_not_use(change: Change, state: State, before: dict[str, Any]) -> None:
    """Data sources, tags and short names do not count as use."""
    plan = plan_of(change("aws_thing.main", "delete", before=before))

    assert guard.still_used(plan, stack="net", downstream={"apps": state}) == []


def test_what_stays_may_be_used(change: Change) -> None:
    """Only what goes away is looked for."""
    plan = plan_of(change("aws_vpc.main", "update", before={"id": "vpc-01234567"}))
    state = state_of(("aws_subnet.a", {"vpc_id": "vpc-01234567"}))

    assert guard.still_used(plan, stack="net", downstream={"apps": state}) == []


def test_an_output_that_is_still_read_stays() -> None:
    """Removing an output is refused for as long as the JSON of another stack reads it."""
    outputs = {"vpc_id": {"actions": ["delete"]}, "old": {"actions": ["delete"]}}
    plan = plan_of(output_changes=outputs)

    found = guard.still_read(plan, stack="shop-network", readers={"shop-data": {"vpc_id"}})

    assert [str(problem) for problem in found] == [
        (
            "shop-network: output 'vpc_id' would be removed, but shop-data still reads it; take it out of shop-data"
            " first, or keep it [StillUsed]"
        )
    ]


def test_what_was_left_tainted_is_named() -> None:
    """After a failed apply the stateful objects left tainted are listed with their command."""
    state = state_of(
        ("aws_db_instance.main", {"status": "tainted"}),
        ("aws_db_instance.fine", {}),
        ("aws_iam_role.r", {"status": "tainted"}),
    )

    found = guard.tainted_stateful(state, stack="shop-data", directory=HERE, document=Document({}))

    assert [str(problem) for problem in found] == [
        (
            "shop-data/aws_db_instance.main: was left tainted by an unfinished apply, so the next one would replace it;"
            " look whether it is in order and keep it: terraform -chdir=out/stacks/shop-data untaint"
            " aws_db_instance.main [Tainted]"
        )
    ]


def test_every_stateful_type_says_what_is_lost() -> None:
    """The reasons fit into the sentence: lower-case, no full stop."""
    for kind, reason in STATEFUL_TYPES.items():
        assert kind.startswith(("aws_", "kubernetes_"))
        assert reason[0].islower()
        assert not reason.endswith(".")


def test_counts_are_terraforms(change: Change) -> None:
    """A replacement is one to add and one to destroy; moves, imports and letting go are told apart."""
    imported = change("aws_vpc.b", "no-op")
    imported["change"]["importing"] = {"id": "vpc-1"}
    plan = plan_of(
        change("aws_vpc.a", "delete", "create"),
        change("aws_vpc.c", "update"),
        change("aws_vpc.d", "no-op", previous_address="aws_vpc.e"),
        change("aws_vpc.f", "forget"),
        imported,
    )

    assert plan.counts == Counts(add=1, change=1, destroy=1, imported=1, moved=1, forgotten=1)
    assert str(plan.counts) == (
        "1 to add, 1 to change, 1 to destroy, 1 to import, 1 to move, 1 to forget"
    )

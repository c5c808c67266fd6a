"""What a killed apply made and did not save is found, with its import command."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from platform_lib.terraform.import_ids import import_id
from platform_lib.terraform.stack import Document
from platform_lib.terraform.state import State
from platform_lib.terraform.unsaved import find_unsaved

HERE = Path("out/stacks/net")


def line(kind: str, address: str, action: str = "create", id: str | None = None) -> str:
    """Return one line of an `apply -json` stream."""
    hook: dict[str, Any] = {"resource": {"addr": address}, "action": action}
    if id is not None:
        hook |= {"id_key": "id", "id_value": id}
    return json.dumps({"type": kind, "hook": hook})


def state_with(**ids: str) -> State:
    """Return a state of VPCs with these names and ids."""
    return State(
        {
            "resources": [
                {
                    "mode": "managed",
                    "type": "aws_vpc",
                    "name": name,
                    "instances": [{"attributes": {"id": value}}],
                }
                for name, value in ids.items()
            ]
        }
    )


def test_what_was_made_and_not_saved_is_listed(tmp_path: Path) -> None:
    """Made gives an import command, begun gives advice, saved and failed give nothing."""
    record = "\n".join(
        [
            '{"type":"version"}',
            line("apply_start", "aws_vpc.saved"),
            line("apply_complete", "aws_vpc.saved", id="vpc-1"),
            line("apply_start", 'aws_vpc.lost["a b"]'),
            line("apply_complete", 'aws_vpc.lost["a b"]', id="vpc-2"),
            line("apply_start", "aws_vpc.failed"),
            line("apply_errored", "aws_vpc.failed"),
            line("apply_start", "aws_vpc.begun"),
            line("apply_complete", "aws_vpc.changed", "update", id="vpc-5"),
            '{"type":"apply_comp',
        ]
    )
    (tmp_path / "errored.tfstate").touch()

    unsaved = find_unsaved(record, Document({}), state_with(saved="vpc-1"))

    assert unsaved
    assert [str(problem) for problem in unsaved.error("net", tmp_path).problems] == [
        (
            'net/aws_vpc.lost["a b"]: was made (vpc-2) by an apply that was killed before it saved the state; take it in:'
            f" terraform -chdir={tmp_path} import 'aws_vpc.lost[\"a b\"]' vpc-2 [Unsaved]"
        ),
        (
            "net/aws_vpc.begun: was being made when the apply was stopped; look whether it exists, import it or delete it,"
            " then go on with --ignore-unsaved [Unsaved]"
        ),
        (
            "net: Terraform could not save the state and left it in errored.tfstate; save it with"
            f" terraform -chdir={tmp_path} state push errored.tfstate, then remove the file [Unsaved]"
        ),
    ]
    assert unsaved.error("net", tmp_path).exit_code == 1


@pytest.mark.parametrize(("code", "begun"), [(0, ()), (1, ()), (137, ("aws_vpc.begun",))])
def test_only_a_killed_terraform_leaves_something_begun(code: int, begun: tuple[str, ...]) -> None:
    """A Terraform that ended by itself, if only after an interrupt, knew what it had made."""
    record = line("apply_start", "aws_vpc.begun") + f'\n{{"type":"ended","exit_code":{code}}}\n'

    assert find_unsaved(record, Document({}), State({})).started == begun


def cancelled(address: str, text: str = "creating: context canceled") -> str:
    """Return what the provider says of a request that it gave up."""
    diagnostic = {"severity": "error", "summary": text, "detail": "", "address": address}
    return json.dumps({"type": "diagnostic", "diagnostic": diagnostic})


def test_a_request_that_was_given_up_may_have_been_done() -> None:
    """After an interrupt a creation that ended with "context canceled" is in doubt, a failed one is not."""
    record = "\n".join(
        [
            line("apply_errored", "aws_vpc.doubtful"),
            cancelled("aws_vpc.doubtful"),
            line("apply_errored", "aws_vpc.refused"),
            cancelled("aws_vpc.refused", "creating: VpcLimitExceeded"),
            line("apply_errored", "aws_vpc.change", "update"),
            cancelled("aws_vpc.change", "updating: context canceled"),
            '{"type":"ended","exit_code":1}',
        ]
    )

    unsaved = find_unsaved(record, Document({}), State({}))

    assert unsaved.started == ("aws_vpc.doubtful",)


@pytest.mark.parametrize(
    ("resource", "unfinished"),
    [({}, ("aws_vpc.a",)), ({"provisioner": {"local-exec": {"command": "x"}}}, ())],
)
def test_what_could_not_be_waited_for_is_kept(
    resource: dict[str, Any], unfinished: tuple[str, ...]
) -> None:
    """What is tainted only because the wait was given up is made; without its provisioner it is not."""
    record = "\n".join([line("apply_errored", "aws_vpc.a"), cancelled("aws_vpc.a")])
    state = state_with(a="vpc-1")
    state.content["resources"][0]["instances"][0]["status"] = "tainted"

    unsaved = find_unsaved(record, Document({"resource": {"aws_vpc": {"a": resource}}}), state)

    assert unsaved.unfinished == unfinished
    assert not unsaved


def test_a_replacement_that_was_given_up_is_in_doubt() -> None:
    """The old object is whole in the state, and the new one may exist beside it."""
    record = "\n".join([line("apply_errored", "aws_vpc.a"), cancelled("aws_vpc.a")])

    unsaved = find_unsaved(record, Document({}), state_with(a="vpc-old"))

    assert unsaved.started == ("aws_vpc.a",)
    assert unsaved.unfinished == ()


def test_a_security_group_that_could_not_be_waited_for_is_made_again() -> None:
    """It may still let everything out, which nobody would see; so it stays tainted."""
    record = "\n".join(
        [line("apply_errored", "aws_security_group.a"), cancelled("aws_security_group.a")]
    )
    state = state_with(a="sg-1")
    state.content["resources"][0] |= {"type": "aws_security_group"}
    state.content["resources"][0]["instances"][0]["status"] = "tainted"

    assert find_unsaved(record, Document({}), state).unfinished == ()


def test_what_a_second_creation_takes_over_is_not_listed() -> None:
    """Neither made nor begun: the default route table of a VPC cannot be made twice."""
    record = "\n".join(
        [
            line("apply_complete", "aws_default_route_table.made", id="rtb-1"),
            line("apply_start", "aws_default_security_group.begun"),
        ]
    )

    assert not find_unsaved(record, Document({}), State({}))


@pytest.mark.parametrize(("code", "killed"), [(1, False), (137, True)])
def test_a_killed_terraform_is_told_from_an_interrupted_one(code: int, killed: bool) -> None:  # noqa: FBT001
    """By its exit code; without any, as after a power cut, it was killed."""
    ended = f'{{"type":"ended","exit_code":{code}}}'

    assert find_unsaved(ended, Document({}), State({})).killed is killed
    assert find_unsaved("", Document({}), State({})).killed


def test_a_replacement_counts_by_its_id() -> None:
    """The old object in the state does not stand for the new one, in either order of replacing."""
    record = "\n".join(
        [
            line("apply_complete", "aws_vpc.a", id="vpc-new"),
            line("apply_complete", "aws_vpc.a", "delete"),
        ]
    )

    before = find_unsaved(record, Document({}), state_with(a="vpc-old"))
    after = find_unsaved(record, Document({}), state_with(a="vpc-new"))

    assert before.made == {"aws_vpc.a": "vpc-new"}
    assert not after


def test_a_name_is_not_an_id() -> None:
    """Terraform reports a name where a type has no id; the address in the state is enough then."""
    entry = json.loads(line("apply_complete", "aws_vpc.a"))
    entry["hook"] |= {"id_key": "name", "id_value": "main"}

    assert not find_unsaved(json.dumps(entry), Document({}), state_with(a="vpc-1"))


def test_what_cannot_be_imported_says_so() -> None:
    """Where no id can be composed the message says so plainly."""
    record = line("apply_complete", "aws_security_group_rule.r", id="sgrule-1")

    unsaved = find_unsaved(record, Document({}), State({}))

    assert str(unsaved.error("net", HERE)) == (
        "net/aws_security_group_rule.r: was made (sgrule-1) by an apply that was killed before it saved the state;"
        " take it in: Terraform cannot import it from what is known; look it up, and import it or delete it by hand"
        " [Unsaved]"
    )


DOCUMENT = Document(
    {
        "resource": {
            "aws_route": {
                "v4": {
                    "route_table_id": "${aws_route_table.a.id}",
                    "destination_cidr_block": "0.0.0.0/0",
                },
                "v6": {
                    "route_table_id": "${aws_route_table.a.id}",
                    "destination_ipv6_cidr_block": "::/0",
                },
                "unknown": {
                    "route_table_id": "${aws_route_table.b.id}",
                    "destination_cidr_block": "0.0.0.0/0",
                },
                "computed": {
                    "route_table_id": "${var.table}",
                    "destination_cidr_block": "0.0.0.0/0",
                },
            },
            "aws_route_table_association": {
                "a": {
                    "subnet_id": "${aws_subnet.a.id}",
                    "route_table_id": "${aws_route_table.a.id}",
                }
            },
            "aws_vpc_endpoint_route_table_association": {
                "a": {"vpc_endpoint_id": "vpce-1", "route_table_id": "${aws_route_table.a.id}"}
            },
            "aws_network_acl_rule": {
                "in": {"network_acl_id": "acl-1", "rule_number": 100, "protocol": "tcp"},
                "out": {
                    "network_acl_id": "acl-1",
                    "rule_number": 100,
                    "protocol": "tcp",
                    "egress": True,
                },
            },
            "aws_iam_role": {"r": {"name": "reader"}},
            "aws_iam_role_policy_attachment": {
                "r": {
                    "role": "${aws_iam_role.r.name}",
                    "policy_arn": "arn:aws:iam::aws:policy/ReadOnlyAccess",
                }
            },
            "aws_ecs_service": {
                "api": {"cluster": "arn:aws:ecs:eu-west-1:111111111111:cluster/shop", "name": "api"}
            },
            "aws_db_instance": {"main": {"identifier": "shop-main"}},
            "aws_db_proxy": {"main": {"name": "shop-pool"}},
            "aws_db_proxy_target": {
                "cluster": {
                    "db_proxy_name": "${aws_db_proxy.main.name}",
                    "target_group_name": "default",
                    "db_cluster_identifier": "${aws_rds_cluster.main.id}",
                },
                "instance": {
                    "db_proxy_name": "shop-pool",
                    "target_group_name": "default",
                    "db_instance_identifier": "${aws_db_instance.main.identifier}",
                },
            },
            "aws_wafv2_ip_set": {"office": {"name": "office", "scope": "REGIONAL"}},
            "aws_wafv2_web_acl": {"edge": {"name": "edge", "scope": "CLOUDFRONT"}},
        }
    }
)


@pytest.mark.parametrize(
    ("address", "id", "expected"),
    [
        ("aws_vpc.main", "vpc-1", "vpc-1"),
        ("aws_vpc.main", "", None),
        ("aws_route.v4", "r-1", "rtb-1_0.0.0.0/0"),
        ("aws_route.v6", "r-1", "rtb-1_::/0"),
        ("aws_route.unknown", "r-1", None),
        ("aws_route.computed", "r-1", None),
        ("aws_route.elsewhere", "r-1", None),
        ("aws_route_table_association.a", "rtbassoc-1", "subnet-1/rtb-1"),
        ("aws_vpc_endpoint_route_table_association.a", "a-1", "vpce-1/rtb-1"),
        ("aws_network_acl_rule.in", "nacl-1", "acl-1:100:tcp:false"),
        ("aws_network_acl_rule.out", "nacl-1", "acl-1:100:tcp:true"),
        (
            "aws_iam_role_policy_attachment.r",
            "reader-2",
            "reader/arn:aws:iam::aws:policy/ReadOnlyAccess",
        ),
        ("aws_ecs_service.api", "arn:x", "shop/api"),
        ("aws_db_instance.main", "db-ABC", "shop-main"),
        ("aws_db_proxy_target.cluster", "x", "shop-pool/default/TRACKED_CLUSTER/shop"),
        ("aws_db_proxy_target.instance", "x", "shop-pool/default/RDS_INSTANCE/shop-main"),
        ("aws_wafv2_ip_set.office", "1-2", "1-2/office/REGIONAL"),
        ("aws_wafv2_web_acl.edge", "1-2", "1-2/edge/CLOUDFRONT"),
        ("aws_vpc_security_group_ingress_rule.a", "sgr-1", "sgr-1"),
        ("aws_lb_target_group_attachment.a", "x-1", None),
    ],
)
def test_import_ids_are_composed(address: str, id: str, expected: str | None) -> None:
    """Each format comes from the JSON and known ids, or is told to be unknown."""
    known = {
        "aws_rds_cluster.main": "shop",
        "aws_route_table.a": "rtb-1",
        "aws_subnet.a": "subnet-1",
    }

    assert import_id(address, id, DOCUMENT, known) == expected

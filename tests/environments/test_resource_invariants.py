"""What holds for every resource of every stack: protection, openness, and what is not used."""

from __future__ import annotations

from fnmatch import fnmatchcase

import pytest

from platform_lib.naming import pascal
from platform_lib.terraform.stateful import STATEFUL_TYPES
from platform_lib.testing.project import SynthesisedProject
from platform_lib.testing.template import Block

Found = tuple[str, str, Block]
"""Stack, type and construct path, and the block."""

IGNORED = {
    "aws_ecs_service * desired_count": (
        "scaling sets the number of tasks by load, and every apply would set it back"
    ),
    "aws_default_network_acl Vpc/Defaults/NetworkAcl subnet_ids": (
        "AWS moves a subnet to the default ACL when it leaves another, and Terraform would undo it"
    ),
    "aws_kms_key Data/Resource policy": (
        "the policy that lets distributions decrypt is in their stack, and says all that this one says"
    ),
    **{
        f"aws_s3_bucket_policy {name}Bucket/Policy policy": (
            "the policy that lets a distribution read is in its stack, and says all that this one says"
        )
        for name in ("Media", "Static")
    },
    "aws_mq_broker JobsBroker/Resource user": (
        "Amazon MQ cannot read users back, so every plan would show an update"
    ),
    "aws_secretsmanager_secret_version * version_stages": (
        "the label AWSCURRENT moves on with every new value, such as that of a rotation"
    ),
}
"""Every `ignore_changes` of the platform: type, construct path (``*`` is any), argument, and why."""

UNPROTECTED = {
    "aws_subnet": "made again without a loss once it is empty; the plan guard asks before it goes",
}
"""Stateful types without `prevent_destroy`, and why."""

ALSO_PROTECTED = {
    "aws_lb": "made again without a loss, but nothing answers meanwhile; AWS protects it too",
}
"""Types with `prevent_destroy` that are not stateful, and why."""

GONE_IN_PROVIDER_6 = {
    ("aws_eip", "vpc"),
    ("aws_flow_log", "log_group_name"),
    ("aws_eks_addon", "resolve_conflicts"),
    ("aws_launch_template", "elastic_gpu_specifications"),
    ("aws_launch_template", "elastic_inference_accelerator"),
    ("aws_ecs_task_definition", "inference_accelerator"),
    ("aws_cloudfront_response_headers_policy", "etag"),
    ("aws_instance", "cpu_core_count"),
    ("aws_instance", "cpu_threads_per_core"),
}
"""Arguments that AWS provider 6 no longer has."""


@pytest.fixture(scope="session")
def resources(synthesised: SynthesisedProject) -> tuple[Found, ...]:
    """Return every resource."""
    return tuple(
        (
            stack.name,
            f"{kind} {block['//']['metadata']['path'].removeprefix(stack.name + '/')}",
            block,
        )
        for stack in synthesised.stacks.values()
        for kind, blocks in stack.template.json.get("resource", {}).items()
        for block in blocks.values()
    )


def test_security_group_rules_are_resources(resources: tuple[Found, ...]) -> None:
    """Inline rules and the old rule resource undo what others add; each rule stands alone."""
    inline = [
        (stack, path)
        for stack, path, block in resources
        if path.startswith(("aws_security_group ", "aws_default_security_group "))
        and (block.get("ingress") or block.get("egress"))
    ]

    assert inline == []
    assert [path for _, path, _ in resources if path.startswith("aws_security_group_rule ")] == []


def test_default_security_groups_are_emptied(resources: tuple[Found, ...]) -> None:
    """What is started without a security group of its own can talk to nobody."""
    groups = [block for _, path, block in resources if path.startswith("aws_default_security_")]

    assert [(block["ingress"], block["egress"]) for block in groups] == [([], [])] * 5


def test_only_load_balancers_are_open_to_the_internet(
    synthesised: SynthesisedProject, resources: tuple[Found, ...]
) -> None:
    """Everybody may call those that say so, by HTTPS and to be redirected to it; nothing else."""
    rules = [it for it in resources if it[1].startswith("aws_vpc_security_group_ingress_rule ")]
    public = {
        (f"{environment.name}-ecs", f"{pascal(name)}LoadBalancer")
        for environment in synthesised.project.environments
        for name, config in environment.load_balancers.items()
        if "everybody" in config.sources
    }

    opened = {
        (stack, path.split()[1].split("/")[0], block["from_port"], block["to_port"])
        for stack, path, block in rules
        if block.get("cidr_ipv4") == "0.0.0.0/0" or block.get("cidr_ipv6") == "::/0"
    }

    assert opened == {(*it, port, port) for it in public for port in (80, 443)}
    assert rules != []


def test_what_holds_state_cannot_be_destroyed(
    synthesised: SynthesisedProject, resources: tuple[Found, ...]
) -> None:
    """Terraform refuses to destroy what cannot be made again, unless the target allows it."""
    stateful = [
        (stack, path)
        for stack, path, _ in resources
        if path.split()[0] in {*STATEFUL_TYPES, *ALSO_PROTECTED} - {*UNPROTECTED}
    ]

    protected = {
        (stack, path)
        for stack, path, block in resources
        if block.get("lifecycle", {}).get("prevent_destroy") is True
    }

    assert protected == {
        it for it in stateful if not synthesised.stacks[it[0]].target.allow_destroy
    }
    assert {path.split()[0] for _, path in protected} > {"aws_kms_key", "aws_vpc"}


def test_changes_are_ignored_only_where_a_reason_is_written(resources: tuple[Found, ...]) -> None:
    """`ignore_changes` hides what somebody else did, so each has a reason that a reviewer knows."""
    ignored = {
        f"{path} {argument}"
        for _, path, block in resources
        for argument in block.get("lifecycle", {}).get("ignore_changes", ())
    }

    assert {it for it in ignored if not any(fnmatchcase(it, known) for known in IGNORED)} == set()
    assert {
        known for known in IGNORED if not any(fnmatchcase(it, known) for it in ignored)
    } == set()


def test_arguments_that_provider_6_removed_are_not_used(resources: tuple[Found, ...]) -> None:
    """The next major version of the provider needs no change here."""
    used = {
        (stack, path, argument)
        for stack, path, block in resources
        for argument in block
        if (path.split()[0], argument) in GONE_IN_PROVIDER_6
    }

    assert used == set()

"""The network of an environment: whose key it uses, and what others learn of it."""

from __future__ import annotations

from platform_lib.environment import Environment
from platform_lib.network.config import FlowLogsConfig
from platform_lib.testing.template import Template
from tests.stacks.conftest import Build

LOGS_KEY = (
    "${data.terraform_remote_state.cross-stack-reference-input-shop-prod-keys"
    ".outputs.cross-stack-output-aws_kms_keyLogs_6819BB44arn}"
)


def test_flow_logs_are_encrypted_with_the_key_for_logs(network: Template) -> None:
    """It is read from the keys' state, and it is not the key of the data."""
    assert network.only("aws_cloudwatch_log_group")["kms_key_id"] == LOGS_KEY


def test_the_keys_publish_what_the_network_reads(build: Build, environment: Environment) -> None:
    """The other half of the reference: without the output the network could not be planned."""
    stacks = build(environment)
    Template(stacks["shop-prod-network"])

    keys = Template(stacks["shop-prod-keys"])

    assert keys.output("cross-stack-output-aws_kms_keyLogs_6819BB44arn") == (
        "${aws_kms_key.Logs_6819BB44.arn}"
    )


def test_it_publishes_what_others_ask_for(network: Template) -> None:
    """The VPC for other repositories, and the addresses for other people's allow lists."""
    assert set(network.json["output"]) == {"vpc_id", "nat_public_ips"}
    assert network.output("vpc_id") == "${aws_vpc.Vpc_8378EB38.id}"
    assert set(network.output("nat_public_ips")) == {"a", "b", "c"}


def test_the_environment_decides_what_the_network_is(
    build: Build, environment: Environment
) -> None:
    """The stack wires; it adds no opinion of its own."""
    vpc = environment.vpc.evolve(
        zones=("a", "b"), nat_zones=("b",), flow_logs=FlowLogsConfig(retention_days=30)
    )

    network = Template(build(environment.evolve(vpc=vpc))["shop-prod-network"])

    assert set(network.output("nat_public_ips")) == {"b"}
    assert network.only("aws_cloudwatch_log_group")["retention_in_days"] == 30


def test_without_flow_logs_it_reads_nothing_from_the_keys(
    build: Build, environment: Environment
) -> None:
    """A sandbox without flow logs can be applied alone."""
    vpc = environment.vpc.evolve(flow_logs=None)

    network = Template(build(environment.evolve(vpc=vpc))["shop-prod-network"])

    assert "data" not in network.json
    assert network.count("aws_cloudwatch_log_group") == 0

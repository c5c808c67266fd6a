"""One emulated account for all tests of this folder, emptied before each test that asks for it."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

from platform_lib.errors import OperationError
from platform_lib.local.server import LocalAws
from platform_lib.local.variables import overlay
from platform_lib.terraform.program import find_program
from platform_lib.terraform.providers import choose_source
from tests import provider
from tests.local import applied_settings
from tests.local.workspace import Workspace

ACCOUNT = "210987654321"
REGION = "eu-central-1"


@pytest.fixture(scope="session")
def shared_aws() -> Iterator[LocalAws]:
    """Return the one emulator of the session."""
    with LocalAws(account_id=ACCOUNT, region=REGION) as running:
        yield running


@pytest.fixture
def aws(shared_aws: LocalAws) -> LocalAws:
    """Return the emulator with nothing in it."""
    shared_aws.reset()
    return shared_aws


@pytest.fixture(scope="session")
def connect() -> Iterator[Callable[[str, str], Any]]:
    """Return a maker of boto3 clients that are closed at the end."""
    clients: dict[tuple[str, str], Any] = {}

    def client(endpoint: str, service: str) -> Any:
        if (endpoint, service) not in clients:
            session = boto3.session.Session(
                aws_access_key_id="emulated", aws_secret_access_key="emulated", region_name=REGION
            )
            make: Callable[..., Any] = session.client
            clients[endpoint, service] = make(
                service,
                endpoint_url=endpoint,
                config=Config(retries={"total_max_attempts": 1}, read_timeout=20),
            )
        return clients[endpoint, service]

    yield client
    for made in clients.values():
        made.close()


@pytest.fixture
def client(shared_aws: LocalAws, connect: Callable[[str, str], Any]) -> Callable[[str], Any]:
    """Return a maker of clients by service name; ask for `aws` too where leftovers matter."""
    return lambda service: connect(shared_aws.endpoint, service)


@pytest.fixture
def refused() -> Callable[..., str]:
    """Return a caller that returns the error code with which a call is refused."""

    def call(action: Callable[..., Any], **arguments: Any) -> str:
        with pytest.raises(ClientError) as caught:
            action(**arguments)
        return caught.value.response["Error"]["Code"]

    return call


@pytest.fixture
def vpc(client: Callable[[str], Any]) -> str:
    """Return a VPC with an IPv6 block and DNS host names."""
    ec2 = client("ec2")
    made = ec2.create_vpc(CidrBlock="10.0.0.0/16", AmazonProvidedIpv6CidrBlock=True)
    identifier = str(made["Vpc"]["VpcId"])
    ec2.modify_vpc_attribute(VpcId=identifier, EnableDnsHostnames={"Value": True})
    return identifier


@pytest.fixture
def subnets(client: Callable[[str], Any], vpc: str) -> list[str]:
    """Return three subnets of that VPC, one in each zone."""
    ec2 = client("ec2")
    return [
        ec2.create_subnet(
            VpcId=vpc, CidrBlock=f"10.0.{number}.0/24", AvailabilityZone=f"{REGION}{zone}"
        )["Subnet"]["SubnetId"]
        for number, zone in enumerate("abc")
    ]


@pytest.fixture(scope="session")
def workspace(
    tmp_path_factory: pytest.TempPathFactory,
) -> Callable[[str, LocalAws], Workspace]:
    """Return a maker of workspaces: a copy of a folder, initialised for an emulator.

    The folder is one of this suite, or given by its whole path.

    Without Terraform the test is skipped, or fails when CI is set.
    """

    def make(source: str, aws: LocalAws) -> Workspace:
        environ = dict(os.environ)
        try:
            program = find_program(environ)
        except OperationError as error:
            if environ.get("CI"):
                pytest.fail(str(error))
            pytest.skip(str(error))
        folder = Path(__file__).parent / source
        target = tmp_path_factory.mktemp("terraform") / folder.name
        shutil.copytree(folder, target)
        environ["PLATFORM_PLUGIN_DIR"] = str(provider.mirror(program, tmp_path_factory))
        chosen = choose_source(environ).environment(environ, target.parent)
        # More at once than Terraform's ten: much of the work is the provider waiting.
        at_once = {f"TF_CLI_ARGS_{it}": "-parallelism=30" for it in ("apply", "destroy")}
        variables = overlay(chosen, aws.environment()) | at_once
        made = Workspace(target, program.path, variables)
        made.run("init", "-input=false")
        return made

    return make


@pytest.fixture(scope="session")
def settings(
    workspace: Callable[[str, LocalAws], Workspace], connect: Callable[[str, str], Any]
) -> applied_settings.History:
    """Return what happened to all of ``settings``, for tests in the xdist group of that name."""
    return applied_settings.run(workspace, connect)

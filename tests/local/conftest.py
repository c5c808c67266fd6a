"""One emulated account for all tests of this folder, emptied before each test that asks for it."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

from platform_lib.errors import OperationError
from platform_lib.local.server import LocalAws
from platform_lib.local.variables import overlay
from platform_lib.terraform.plan import Plan
from platform_lib.terraform.program import find_program
from platform_lib.terraform.providers import choose_source
from tests import provider

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


@dataclass(frozen=True)
class Workspace:
    """A folder with Terraform code, and the environment to run it in."""

    directory: Path
    program: Path
    environment: dict[str, str]

    def run(self, *arguments: str, expect: int | None = 0) -> subprocess.CompletedProcess[str]:
        """Run Terraform; any other exit code than the expected one fails with its output."""
        finished = subprocess.run(
            [self.program, *arguments, "-no-color"],
            cwd=self.directory,
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
        )
        if expect is not None and finished.returncode != expect:
            pytest.fail(f"terraform {' '.join(arguments)}:\n{finished.stdout}{finished.stderr}")
        return finished

    def apply(self, *arguments: str) -> None:
        """Apply without asking."""
        self.run("apply", "-input=false", "-auto-approve", *arguments)

    def destroy(self, *arguments: str) -> None:
        """Destroy without asking, and without reading what the plan before has read."""
        self.run("destroy", "-auto-approve", "-refresh=false", *arguments)

    def differences(self, *arguments: str) -> int:
        """Return the exit code of ``plan -detailed-exitcode``: 0 for none, 2 for some."""
        finished = self.run("plan", "-input=false", "-detailed-exitcode", *arguments, expect=None)
        if finished.returncode == 1:
            pytest.fail(finished.stdout + finished.stderr)
        return finished.returncode

    def changes(self, *arguments: str) -> dict[str, list[str]]:
        """Plan, and return what happens by address, leaving out what stays."""
        stream = self.run("plan", "-json", "-input=false", "-out=planned", *arguments).stdout
        plan = Plan.of_stream(stream)
        assert plan is not None, stream
        return {
            change.address: list(change.actions)
            for change in plan.changes
            if change.actions != ("no-op",)
        }


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
        made = Workspace(target, program.path, overlay(chosen, aws.environment()))
        made.run("init", "-input=false")
        return made

    return make

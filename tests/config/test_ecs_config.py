"""Tasks, clusters and images: what is accepted, what is refused, and with which sentence."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from platform_lib.ecs._sizes import SIZES, size_problem
from platform_lib.ecs._variables import secret_problem
from platform_lib.ecs.config import (
    CapacityConfig,
    ClusterConfig,
    ContainerConfig,
    ContainerHealthCheck,
    TaskConfig,
)
from platform_lib.ecs.images import ImageConfig, ImageOwner

IMAGE = ImageConfig(repository="checkout/api")
CONTAINER = ContainerConfig(image=IMAGE)
TASK = TaskConfig(cpu=512, memory_mib=1024, container=CONTAINER)


def _sentence(error: pytest.ExceptionInfo[ValidationError]) -> str:
    (problem,) = error.value.errors()
    return problem["msg"].removeprefix("Value error, ")


class TestSize:
    """Fargate offers some pairs of CPU and memory, and no others."""

    def test_offers_what_aws_lists(self) -> None:
        """First and last memory of each CPU value, and how many there are."""
        assert {cpu: (it[0], it[-1], len(it)) for cpu, it in SIZES.items()} == {
            256: (512, 2048, 3),
            512: (1024, 4096, 4),
            1024: (2048, 8192, 7),
            2048: (4096, 16384, 13),
            4096: (8192, 30720, 23),
            8192: (16384, 61440, 12),
            16384: (32768, 122880, 12),
        }

    @pytest.mark.parametrize(
        ("cpu", "memory_mib", "problem"),
        [
            (
                2048,
                1024,
                (
                    "memory_mib=1024 is not offered with cpu=2048; choose 4096 to 16384 in steps of"
                    " 1024"
                ),
            ),
            (
                256,
                4096,
                "memory_mib=4096 is not offered with cpu=256; choose 512, 1024, 2048",
            ),
            (
                8192,
                18432,
                (
                    "memory_mib=18432 is not offered with cpu=8192; choose 16384 to 61440 in steps of"
                    " 4096"
                ),
            ),
            (
                128,
                512,
                "cpu=128 is not offered by Fargate; choose 256, 512, 1024, 2048, 4096, 8192, 16384",
            ),
        ],
    )
    def test_refusal_lists_what_would_have_worked(
        self, cpu: int, memory_mib: int, problem: str
    ) -> None:
        """The sentence is complete."""
        with pytest.raises(ValidationError) as error:
            TASK.evolve(cpu=cpu, memory_mib=memory_mib)

        assert _sentence(error) == problem

    @given(st.integers(0, 20_000), st.integers(0, 130_000))
    def test_accepts_exactly_the_table(self, cpu: int, memory_mib: int) -> None:
        """No pair slips through, none is refused wrongly."""
        assert (size_problem(cpu, memory_mib) is None) == (memory_mib in SIZES.get(cpu, ()))

    @pytest.mark.parametrize("cpu", SIZES)
    def test_accepts_every_pair_of_the_table(self, cpu: int) -> None:
        """Whatever AWS lists can be written."""
        sizes = [TASK.evolve(cpu=cpu, memory_mib=memory).memory_mib for memory in SIZES[cpu]]

        assert tuple(sizes) == SIZES[cpu]


class TestTask:
    """A task."""

    def test_has_defaults_of_production(self) -> None:
        """Nobody gets in, logs are kept a year, the disk is the one that is included."""
        assert TASK.execute_command is False
        assert TASK.log_retention_days == 365
        assert TASK.ephemeral_storage_gib is None
        assert TASK.architecture == "x86_64"

    @pytest.mark.parametrize("size", [20, 201])
    def test_refuses_disks_that_fargate_does_not_offer(self, size: int) -> None:
        """Fargate offers 21 to 200 GiB."""
        with pytest.raises(ValidationError):
            TASK.evolve(ephemeral_storage_gib=size)

        assert TASK.evolve(ephemeral_storage_gib=21).ephemeral_storage_gib == 21

    def test_lets_nobody_in_where_the_agent_cannot_write(self) -> None:
        """ECS Exec and a read-only root exclude each other, and the sentence says so."""
        with pytest.raises(ValidationError) as error:
            TASK.evolve(execute_command=True)

        assert _sentence(error) == (
            "execute_command=True does not work with a read-only root, which its agent has to write"
            " to; leave it out, or set the container's read_only_root=False"
        )
        writable = CONTAINER.evolve(read_only_root=False)
        assert TASK.evolve(execute_command=True, container=writable).execute_command


class TestContainer:
    """A container."""

    def test_is_hardened_unless_said_otherwise(self) -> None:
        """A read-only root, a user that is not root, one folder to write to."""
        assert CONTAINER.read_only_root
        assert CONTAINER.user == "10001:10001"
        assert CONTAINER.tmp_volumes == {"tmp": "/tmp"}  # noqa: S108 - a mount

    @pytest.mark.parametrize("user", ["0", "0:0", "root", "app", ""])
    def test_refuses_root_and_names_that_may_be_root(self, user: str) -> None:
        """A number other than 0 is the only proof."""
        with pytest.raises(ValidationError) as error:
            CONTAINER.evolve(user=user)

        assert _sentence(error) == (
            f"{user!r} is not a user other than root by number; write it as in '10001' or"
            " '10001:10001'"
        )

    @pytest.mark.parametrize("user", ["1", "33:33", "10001", "1000:0"])
    def test_accepts_other_users(self, user: str) -> None:
        """With a group or without."""
        assert CONTAINER.evolve(user=user).user == user

    @pytest.mark.parametrize(
        ("name", "value", "what"),
        [
            ("DB_PASSWORD", "x", "is called like a secret"),
            ("SECRET_KEY", "x", "is called like a secret"),
            ("STRIPE_API_KEY", "x", "is called like a secret"),
            ("ACCESS_TOKEN", "x", "is called like a secret"),
            ("DATABASE_URL", "postgres://shop:hunter2@db/shop", "holds a URL with a password"),
            ("CACHE_URL", "redis://:hunter2@cache:6379/0", "holds a URL with a password"),
            ("KEY_ID", "AKIAIOSFODNN7EXAMPLE", "holds an AWS access key"),
            ("PEM", "-----BEGIN RSA PRIVATE KEY-----", "holds a private key"),
        ],
    )
    def test_refuses_secrets_in_the_environment(self, name: str, value: str, what: str) -> None:
        """By their name or their look, without repeating the value."""
        with pytest.raises(ValidationError) as error:
            CONTAINER.evolve(environment={name: value})

        assert _sentence(error) == (
            f"variable {name!r} {what}, and environment variables are readable in the task"
            " definition; keep the value in Secrets Manager and name the variable in secrets"
        )

    @pytest.mark.parametrize(
        ("name", "value"),
        [
            ("TOKEN_TTL", "3600"),
            ("ORDERS_SECRET_ARN", "arn:aws:secretsmanager:us-east-1:111111111111:secret:orders"),
            ("MEDIA_URL", "https://media.example.com/a:b/"),
            ("CACHE_URL", "rediss://cache.example.com:6379/0"),
            ("PASSWORD_MIN_LENGTH", "12"),
            ("PUBLIC_KEY", "x"),
        ],
    )
    def test_accepts_what_is_only_about_secrets(self, name: str, value: str) -> None:
        """A time, an ARN, an address with a port."""
        assert secret_problem(name, value) is None

    def test_refuses_a_variable_that_is_named_twice(self) -> None:
        """As a value and as a secret ECS would take one of them."""
        with pytest.raises(ValidationError) as error:
            CONTAINER.evolve(environment={"MODE": "a"}, secrets=("MODE", "URL"))

        assert _sentence(error) == (
            "variable MODE is named twice; name it once, in environment or in secrets"
        )

    def test_refuses_names_that_are_no_variables(self) -> None:
        """A shell could not read them."""
        with pytest.raises(ValidationError) as error:
            CONTAINER.evolve(secrets=("DATABASE-URL",))

        assert _sentence(error) == (
            "'DATABASE-URL' is not a name of an environment variable; use letters, digits and"
            " underscores"
        )

    @pytest.mark.parametrize("path", ["run", "/", "/run/", "/a b"])
    def test_refuses_folders_that_cannot_be_mounted(self, path: str) -> None:
        """An absolute path below the root is needed."""
        with pytest.raises(ValidationError) as error:
            CONTAINER.evolve(tmp_volumes={"tmp": path})

        assert _sentence(error) == (
            f"{path!r} is not an absolute path below the root; write it as in '/var/cache'"
        )

    def test_refuses_folders_in_folders(self) -> None:
        """The outer one would hide or hold the inner one."""
        with pytest.raises(ValidationError) as error:
            CONTAINER.evolve(tmp_volumes={"run": "/app/run", "app": "/app"})

        assert _sentence(error) == (
            "tmp_volumes 'run' at /app/run lies in 'app' at /app; leave 'run' out"
        )
        beside = {"run": "/apprun", "app": "/app"}
        assert CONTAINER.evolve(tmp_volumes=beside).tmp_volumes == beside

    @pytest.mark.parametrize("wrong", [{"port": 0}, {"port": 65536}, {"stop_timeout_seconds": 121}])
    def test_refuses_what_fargate_does_not_take(self, wrong: dict[str, Any]) -> None:
        """Ports and times have limits."""
        with pytest.raises(ValidationError):
            CONTAINER.evolve(**wrong)

        assert CONTAINER.evolve(port=65535, stop_timeout_seconds=120).port == 65535

    @pytest.mark.parametrize(
        "wrong",
        [
            {"command": ()},
            {"interval_seconds": 4},
            {"timeout_seconds": 61},
            {"retries": 11},
            {"start_period_seconds": 301},
        ],
    )
    def test_refuses_checks_that_ecs_does_not_take(self, wrong: dict[str, Any]) -> None:
        """The limits are those of the API."""
        check = ContainerHealthCheck(command=("true",))

        with pytest.raises(ValidationError):
            check.evolve(**wrong)

        assert (check.interval_seconds, check.retries) == (15, 3)


class TestImage:
    """An image and who says which version runs."""

    def test_is_terraforms_by_default(self) -> None:
        """The variable follows from the repository."""
        assert IMAGE.owner is ImageOwner.TERRAFORM
        assert IMAGE.variable_name == "checkout_api_version"
        assert IMAGE.evolve(variable="beat").variable_name == "beat"

    @pytest.mark.parametrize("version", ["3.21.1-stg", "v1", f"sha256:{'a' * 64}"])
    def test_takes_tags_and_digests(self, version: str) -> None:
        """Both stay what they are."""
        assert IMAGE.evolve(version=version).version == version

    @pytest.mark.parametrize("version", ["sha256:abc", "-1", "a b", "3.21:1", ""])
    def test_refuses_what_is_neither(self, version: str) -> None:
        """With both forms in the sentence."""
        with pytest.raises(ValidationError) as error:
            IMAGE.evolve(version=version)

        assert _sentence(error) == (
            f"{version!r} is not a tag or a digest; write it as in '3.21.1' or 'sha256:...'"
        )

    def test_refuses_the_tag_that_moves(self) -> None:
        """Nobody knows what `latest` runs, and it cannot be rolled back."""
        with pytest.raises(ValidationError) as error:
            IMAGE.evolve(version="latest")

        assert _sentence(error) == (
            "'latest' is moved from image to image, so nobody knows what runs; write a tag that"
            " stays, as in '3.21.1', or a digest 'sha256:...'"
        )

    @pytest.mark.parametrize("repository", ["checkout/api:1", "Checkout", "https://a/b", "a//b"])
    def test_refuses_what_is_no_repository(self, repository: str) -> None:
        """A tag belongs elsewhere."""
        with pytest.raises(ValidationError, match="is not a repository; write 'checkout/api'"):
            ImageConfig(repository=repository)

    @pytest.mark.parametrize(
        ("repository", "elsewhere"),
        [
            ("checkout/api", False),
            ("saleor", False),
            ("ghcr.io/saleor/saleor", True),
            ("localhost:5000/api", True),
        ],
    )
    def test_knows_our_repositories_from_others(self, repository: str, *, elsewhere: bool) -> None:
        """As container tools do: by a full stop or a port in the first part."""
        assert ImageConfig(repository=repository).is_elsewhere is elsewhere

    def test_of_ssm_needs_a_parameter(self) -> None:
        """The sentence proposes one."""
        with pytest.raises(ValidationError) as error:
            IMAGE.evolve(owner=ImageOwner.SSM)

        assert _sentence(error) == (
            "owner 'ssm' reads the version from a parameter and none is named; write"
            " parameter='/checkout/api/version'"
        )
        assert IMAGE.evolve(owner="ssm", parameter="/a/b").parameter == "/a/b"

    def test_of_a_release_job_needs_a_first_version(self) -> None:
        """Terraform makes the service once, and with something."""
        with pytest.raises(ValidationError) as error:
            IMAGE.evolve(owner=ImageOwner.CD)

        assert _sentence(error) == (
            "owner 'cd' needs a version to deploy first; write version='3.21.1', or a digest"
        )
        assert IMAGE.evolve(owner="cd", version="1").version == "1"

    @pytest.mark.parametrize(
        ("given", "problem"),
        [
            (
                {"owner": "ssm", "parameter": "/a", "version": "1"},
                (
                    "version='1' has no effect with owner 'ssm'; leave it out, or set owner to"
                    " 'terraform' or 'cd'"
                ),
            ),
            (
                {"owner": "cd", "version": "1", "variable": "x"},
                (
                    "variable='x' has no effect with owner 'cd'; leave it out, or set owner to"
                    " 'terraform'"
                ),
            ),
            (
                {"parameter": "/a"},
                (
                    "parameter='/a' has no effect with owner 'terraform'; leave it out, or set owner to"
                    " 'ssm'"
                ),
            ),
        ],
    )
    def test_has_nothing_without_effect(self, given: dict[str, str], problem: str) -> None:
        """A field that is read by nobody would be believed."""
        with pytest.raises(ValidationError) as error:
            IMAGE.evolve(**given)

        assert _sentence(error) == problem

    @pytest.mark.parametrize("parameter", ["checkout", "/aws/x", "/a//b", "/ssm"])
    def test_refuses_what_is_no_parameter(self, parameter: str) -> None:
        """Systems Manager keeps some beginnings for itself."""
        with pytest.raises(ValidationError, match="is not the path of a parameter"):
            IMAGE.evolve(owner="ssm", parameter=parameter)


class TestCluster:
    """A cluster."""

    def test_runs_on_demand_and_is_watched_by_default(self) -> None:
        """Nothing that carries customers is on Spot by accident."""
        config = ClusterConfig()

        assert config.capacity == CapacityConfig(
            on_demand_base=1, on_demand_weight=1, spot_weight=0
        )
        assert config.insights == "enhanced"

    def test_refuses_capacity_without_a_weight(self) -> None:
        """ECS would refuse it when the first task above the base starts."""
        with pytest.raises(ValidationError) as error:
            CapacityConfig(on_demand_base=2, on_demand_weight=0)

        assert _sentence(error) == (
            "on_demand_weight=0 and spot_weight=0 leave tasks above the base nowhere to run; give"
            " one of them 1 or more"
        )
        assert CapacityConfig(on_demand_weight=0, spot_weight=1).spot_weight == 1

    def test_refuses_what_is_no_namespace(self) -> None:
        """Cloud Map takes names like those of hosts."""
        with pytest.raises(ValidationError) as error:
            ClusterConfig(namespace="Shop!")

        assert _sentence(error) == ("'Shop!' is not a namespace; write it as in 'shop.internal'")

"""What an Aurora cluster's configuration accepts, refuses and explains."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from platform_lib.rds.aurora_alarms_config import AuroraAlarmsConfig
from platform_lib.rds.aurora_capacity import ReaderConfig, ReaderScaling, ServerlessCapacity
from platform_lib.rds.aurora_config import AuroraConfig
from platform_lib.rds.parameters import Group, parameters
from platform_lib.rds.restore import FromSnapshot

CLASS = "db.r7g.large"
PAUSING = ServerlessCapacity(minimum_acu=0, maximum_acu=4)
SCALING = ReaderScaling(maximum=4, target_cpu_percent=60)


def aurora(**fields: Any) -> AuroraConfig:
    """Return a cluster with ``fields`` given and production's defaults."""
    return AuroraConfig(**{"instance_class": CLASS, **fields})


def refusal(**fields: Any) -> str:
    """Return the sentence with which ``fields`` are refused."""
    with pytest.raises(ValidationError) as refused:
        aurora(**fields)
    (error,) = refused.value.errors()
    return error["msg"].removeprefix("Value error, ")


def test_says_only_how_large_it_is() -> None:
    """The other defaults are production's: two weeks of backups and somebody to take over."""
    config = aurora()

    assert config.backup_retention_days == 14
    assert list(config.readers) == ["standby"]
    assert config.survives_a_zone
    assert config.iam_authentication


@pytest.mark.parametrize("version", ["15", "15.4", "16.13", "17", "18"])
def test_accepts_versions_from_15_on(version: str) -> None:
    """A major version, or one minor release of it."""
    assert str(aurora(version=version).engine_version()) == version


def test_refuses_versions_before_15() -> None:
    """No new cluster starts on a version that ends soon."""
    assert refusal(version="13.7") == (
        "'13.7' is not offered for aurora-postgresql; major versions: 15, 16, 17, 18"
    )


@pytest.mark.parametrize(
    ("fields", "given"),
    [
        ({"instance_class": None}, "neither"),
        ({"serverless": ServerlessCapacity(minimum_acu=0.5, maximum_acu=4)}, "both"),
    ],
)
def test_is_either_of_a_class_or_serverless(fields: dict[str, Any], given: str) -> None:
    """Without either it has no size, with both it has two."""
    assert refusal(**fields) == (
        f"instance_class and serverless: {given} given; give one of them, for example"
        " instance_class='db.r7g.large'"
    )


@pytest.mark.parametrize(
    ("version", "since"), [("15.4", "15.7"), ("15.6", "15.7"), ("16.1", "16.3"), ("16.2", "16.3")]
)
def test_refuses_to_pause_in_versions_that_cannot(version: str, since: str) -> None:
    """Scaling to 0 came with a minor release; the sentence names it."""
    assert refusal(instance_class=None, serverless=PAUSING, version=version) == (
        f"serverless.minimum_acu=0 is not offered in version {version}; use {since} or newer, or"
        " minimum_acu=0.5"
    )


@pytest.mark.parametrize("version", ["15", "15.7", "16", "16.3", "17.4"])
def test_accepts_to_pause_in_versions_that_can(version: str) -> None:
    """From that minor release on, and where AWS chooses the release."""
    config = aurora(instance_class=None, serverless=PAUSING, version=version)

    assert config.serverless == PAUSING


def test_old_versions_may_be_serverless_without_pausing() -> None:
    """Only the 0 is refused."""
    aurora(
        instance_class=None,
        serverless=ServerlessCapacity(minimum_acu=0.5, maximum_acu=4),
        version="15.4",
    )


def test_refuses_impossible_readers() -> None:
    """What readers may be called and how many there may be is checked with the cluster."""
    assert refusal(readers={"first": ReaderConfig()}) == (
        "readers has one called 'first', which is the name of the cluster's first instance; call"
        " it something else"
    )


@pytest.mark.parametrize("name", ["Reports", "reports_1", "-reports", "a" * 31])
def test_refuses_reader_names_that_cannot_be_identifiers(name: str) -> None:
    """A reader's name becomes part of the identifier of its instance."""
    with pytest.raises(ValidationError, match=r"is not a name here|at most 30"):
        aurora(readers={name: ReaderConfig()})


def test_refuses_unknown_parameters_of_the_cluster() -> None:
    """The engine's catalogue knows what is meant."""
    assert refusal(parameters={"work_memm": 4096}) == (
        "parameters['work_memm'] is unknown: aurora-postgresql16 has no such parameter that can"
        " be changed; did you mean 'work_mem'?"
    )


def test_refuses_parameters_of_the_cluster_on_instances() -> None:
    """Some hold for the whole cluster; the sentence says where they go."""
    assert refusal(instance_parameters={"rds.logical_replication": True}) == (
        "instance_parameters['rds.logical_replication'] is unknown: it holds for a whole cluster;"
        " write it in the cluster's parameters"
    )


@pytest.mark.parametrize(
    ("name", "value", "reason"),
    [
        ("rds.force_ssl", False, "connections without TLS are always refused"),
        ("log_min_duration_statement", 5, "slow_query_ms sets it for the whole cluster"),
        ("shared_preload_libraries", "pgaudit", "parameters sets it for the whole cluster"),
    ],
)
def test_refuses_to_take_back_on_instances_what_holds_for_the_cluster(
    name: str, value: object, reason: str
) -> None:
    """An instance's parameters go before the cluster's, so these three are kept out of them."""
    assert refusal(instance_parameters={name: value}) == (
        f"instance_parameters[{name!r}] is not an option: {reason}; leave it out"
    )


def test_accepts_parameters_of_both_kinds() -> None:
    """The same parameter may be set for the cluster and, otherwise, for each instance."""
    config = aurora(parameters={"work_mem": 8192}, instance_parameters={"work_mem": 65536})

    assert config.parameters == {"work_mem": 8192}
    assert config.instance_parameters == {"work_mem": 65536}


@pytest.mark.parametrize("version", ["15", "16", "17", "18"])
def test_our_own_parameters_exist_in_every_version(version: str) -> None:
    """What every cluster gets is in the catalogue of cluster parameters."""
    config = aurora(version=version)
    given = config.all_parameters(config.engine_version())

    written = parameters(given, version=config.engine_version(), group=Group.AURORA_CLUSTER)

    assert {it.name: it.value for it in written}["rds.force_ssl"] == "1"


def test_reports_every_problem_at_once() -> None:
    """One run shows all that has to be changed."""
    problems = refusal(instance_class=None, parameters={"none": 1}, readers={"first": {}})

    assert [line.split(" ")[0] for line in problems.splitlines()] == [
        "instance_class",
        "parameters['none']",
        "readers",
    ]


def test_refuses_a_database_in_what_is_restored() -> None:
    """The snapshot brings its own databases."""
    assert refusal(database="platform", restore=FromSnapshot(snapshot="orders-final")) == (
        "database='platform' has no effect with restore, which brings its own databases; leave one"
        " of them out"
    )


def test_refuses_to_put_off_a_major_upgrade() -> None:
    """The instances would ask for parameters of a version that the cluster does not have yet."""
    assert refusal(allow_major_upgrade=True) == (
        "allow_major_upgrade=True needs apply_immediately=True: an instance takes the parameters"
        " of the next version only when the cluster has it; set both for the time of the upgrade"
    )


def test_accepts_a_major_upgrade_at_once() -> None:
    """Both are set for the time of the upgrade."""
    assert aurora(allow_major_upgrade=True, apply_immediately=True).allow_major_upgrade


@pytest.mark.parametrize("field", ["database", "restore"])
def test_accepts_either_a_database_or_something_to_restore(field: str) -> None:
    """Each by itself is fine."""
    value = {"database": "platform", "restore": FromSnapshot(snapshot="orders-final")}[field]

    assert getattr(aurora(**{field: value}), field) == value


@pytest.mark.parametrize(
    ("fields", "survives"),
    [
        ({}, True),
        ({"readers": {}}, False),
        ({"readers": {}, "reader_scaling": SCALING}, True),
        ({"zone": "a", "readers": {"standby": ReaderConfig(zone="a")}}, False),
        ({"zone": "a", "readers": {"standby": ReaderConfig(zone="b")}}, True),
        ({"zone": "a", "readers": {"standby": ReaderConfig()}}, True),
        (
            {"zone": "a", "readers": {"near": ReaderConfig(zone="a"), "far": ReaderConfig()}},
            True,
        ),
    ],
)
def test_survives_a_zone_when_a_reader_is_elsewhere(
    fields: dict[str, Any], *, survives: bool
) -> None:
    """Multi-AZ means, for Aurora, a reader outside the writer's zone."""
    assert aurora(**fields).survives_a_zone is survives


@pytest.mark.parametrize(
    ("fields", "instance_class", "connections"),
    [
        ({}, CLASS, 1802),
        ({}, "db.r7g.4xlarge", 5000),
        ({"parameters": {"max_connections": 300}}, CLASS, 300),
        (
            {
                "parameters": {"max_connections": 300},
                "instance_parameters": {"max_connections": 400},
            },
            CLASS,
            400,
        ),
        (
            {"parameters": {"max_connections": "{DBInstanceClassMemory/9531392}"}},
            CLASS,
            1802,
        ),
    ],
)
def test_knows_how_many_connections_a_class_takes(
    fields: dict[str, Any], instance_class: str, connections: int
) -> None:
    """As written, the instance's before the cluster's; else as Aurora derives it from memory."""
    assert aurora(**fields).max_connections(instance_class) == connections


@pytest.mark.parametrize(
    ("minimum", "maximum", "connections"),
    [(2, 8, 1802), (2, 64, 5000), (0.5, 64, 2000), (0, 64, 2000), (0.5, 4, 901)],
)
def test_knows_how_many_connections_serverless_takes(
    minimum: float, maximum: float, connections: int
) -> None:
    """It follows from the largest size; one that may shrink to next to nothing takes 2000."""
    capacity = ServerlessCapacity(minimum_acu=minimum, maximum_acu=maximum)
    config = aurora(instance_class=None, serverless=capacity)

    assert config.max_connections(None) == connections


def test_a_reader_is_as_large_as_the_writer_unless_it_says_otherwise() -> None:
    """So that it can carry the load when it takes over."""
    config = aurora()
    serverless = aurora(instance_class=None, serverless=PAUSING)

    assert config.class_of(ReaderConfig()) == CLASS
    assert config.class_of(ReaderConfig(instance_class="db.r7g.xlarge")) == "db.r7g.xlarge"
    assert serverless.class_of(ReaderConfig()) is None
    assert serverless.class_of(ReaderConfig(instance_class=CLASS)) == CLASS
    assert serverless.memory_gib(None) == 8
    assert serverless.memory_gib(CLASS) == 16


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("replica_lag_ms", 0),
        ("acu_percent", 100),
        ("free_local_storage_gib", 0),
        ("deadlocks_per_second", 0),
    ],
)
def test_refuses_alarms_that_never_or_always_ring(field: str, value: float) -> None:
    """Every threshold can be crossed, and not by everything."""
    with pytest.raises(ValidationError, match=r"(greater|less) than"):
        AuroraAlarmsConfig(**{field: value})  # type: ignore[arg-type]

"""What the configuration of a PostgreSQL instance accepts, refuses and explains."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from platform_lib.rds.config import PostgresConfig, ReplicaConfig
from platform_lib.rds.database_config import CertificateAuthority, DatabaseConfig
from platform_lib.rds.instance_classes import (
    InstanceClass,
    cpu_credits,
    default_max_connections,
    is_burstable,
    memory_gib,
)
from platform_lib.rds.restore import FromPointInTime, FromSnapshot
from platform_lib.rds.storage import StorageConfig
from platform_lib.rds.versions import Engine, EngineVersion


def postgres(**fields: Any) -> PostgresConfig:
    """Return an instance with ``fields`` given and production's defaults."""
    return PostgresConfig(**{"instance_class": "db.r7g.large", **fields})


def refusal(model: type = PostgresConfig, **fields: Any) -> str:
    """Return the sentence with which ``fields`` are refused."""
    if model is PostgresConfig:
        fields = {"instance_class": "db.r7g.large", **fields}
    with pytest.raises(ValidationError) as refused:
        model(**fields)
    (error,) = refused.value.errors()
    return str(error["msg"]).removeprefix("Value error, ")


def test_defaults_are_those_of_production() -> None:
    """Forgetting a field weakens nothing."""
    config = postgres()

    assert config.version == "16"
    assert config.multi_az
    assert config.survives_a_zone
    assert config.backup_retention_days == 14
    assert config.final_snapshot
    assert not config.apply_immediately
    assert config.iam_authentication
    assert config.master_rotation_days == 30
    assert config.monitoring_seconds == 30
    assert config.certificate_authority is CertificateAuthority.RSA2048
    assert not config.allow_major_upgrade
    assert config.replicas == {}
    assert config.restore is None


@pytest.mark.parametrize("days", [0, 36])
def test_backups_cannot_be_off_or_longer_than_rds_keeps_them(days: int) -> None:
    """RDS keeps them for up to 35 days; zero would turn them off."""
    with pytest.raises(ValidationError, match=r"(greater|less) than or equal to (1|35)"):
        postgres(backup_retention_days=days)


@pytest.mark.parametrize("days", [1, 35])
def test_accepts_every_retention_that_rds_offers(days: int) -> None:
    """The ends of the range are allowed."""
    assert postgres(backup_retention_days=days).backup_retention_days == days


def test_refuses_windows_that_overlap() -> None:
    """RDS would refuse them after minutes; the message names both."""
    message = refusal(backup_window="04:30-05:30", maintenance_window="sun:04:00-sun:05:00")

    assert message == (
        "backup_window='04:30-05:30' and maintenance_window='sun:04:00-sun:05:00' overlap, which"
        " RDS refuses; move one of them"
    )


@pytest.mark.parametrize(
    ("field", "name", "message"),
    [
        ("master_username", "admin", "'admin' is reserved by PostgreSQL on RDS; use another name"),
        ("master_username", "pg_owner", "'pg_owner' is reserved by PostgreSQL on RDS; use another name"),
        *(
            (field, name, (
                f"{name!r} is not a PostgreSQL name here; use 1 to 63 lower-case letters, digits and"
                " underscores, starting with a letter"
            ))
            for field in ("master_username", "database")
            for name in ("1st", "Orders", "a-b", "", "a" * 64)
        ),
    ],
)  # fmt: skip
def test_refuses_names_that_postgresql_does_not_take(field: str, name: str, message: str) -> None:
    """Names stay without quotes everywhere."""
    given: dict[str, Any] = {field: name}

    assert refusal(**given) == message


def test_accepts_names_of_the_source_platforms() -> None:
    """`platform` and `platform_admin` are names in use."""
    config = postgres(database="platform", master_username="platform_admin")

    assert (config.database, config.master_username) == ("platform", "platform_admin")


@pytest.mark.parametrize("seconds", [0, 2, 120])
def test_refuses_intervals_that_enhanced_monitoring_does_not_have(seconds: int) -> None:
    """RDS has six; None turns it off."""
    with pytest.raises(ValidationError, match="Input should be 1, 5, 10, 15, 30 or 60"):
        postgres(monitoring_seconds=seconds)


def test_accepts_no_enhanced_monitoring() -> None:
    """Off is said by None."""
    assert postgres(monitoring_seconds=None).monitoring_seconds is None


def test_refuses_an_unknown_certificate_authority() -> None:
    """The set is closed: an expired authority cannot be named."""
    with pytest.raises(ValidationError, match="rds-ca-rsa2048-g1"):
        postgres(certificate_authority="rds-ca-2019")


def test_names_all_problems_of_parameters() -> None:
    """Each has its own line."""
    message = refusal(
        parameters={
            "max_connections": 0,
            "rds.force_ssl": False,
            "log_min_duration_statement": 500,
            "shared_preload_libraries": "auto_explain",
        }
    )

    assert message.splitlines() == [
        "parameters['max_connections']=0 is not allowed; write a whole number from 1 to 262143",
        (
            "parameters['rds.force_ssl'] is not an option: connections without TLS are always"
            " refused; leave it out"
        ),
        (
            "parameters['log_min_duration_statement'] is not an option: slow_query_ms sets it;"
            " leave it out"
        ),
        (
            "parameters['shared_preload_libraries']='auto_explain' leaves out pg_stat_statements,"
            " without which nobody sees which statement costs how much; write"
            " 'pg_stat_statements,auto_explain'"
        ),
    ]


def test_parameters_are_those_of_the_version() -> None:
    """A parameter of 17 is accepted there, and refused in 16."""
    given = {"transaction_timeout": 60000}

    accepted = postgres(version="17", parameters=given)

    assert accepted.parameters == given
    assert refusal(version="16", parameters=given) == (
        "parameters['transaction_timeout'] is unknown: it exists in the major versions 17 to 18,"
        " not in 16"
    )


def test_values_keep_their_type() -> None:
    """True does not become 1, and a number written as text does not become one."""
    given = {"log_lock_waits": False, "max_connections": 1000, "random_page_cost": 1.1}

    parameters = postgres(parameters=given).parameters

    assert [type(value) for value in parameters.values()] == [bool, int, float]


def test_statements_are_watched_and_logged() -> None:
    """The base parameters log connections, waits and slow statements, and require TLS."""
    config = postgres()

    assert config.all_parameters(config.engine_version()) == {
        "log_connections": True,
        "log_disconnections": True,
        "log_lock_waits": True,
        "log_min_duration_statement": 1000,
        "shared_preload_libraries": "pg_stat_statements",
        "rds.force_ssl": True,
    }


def test_what_is_written_goes_before_the_base_parameters() -> None:
    """Only TLS cannot be changed; slow statements have a field of their own."""
    config = postgres(
        slow_query_ms=None,
        parameters={
            "log_lock_waits": False,
            "max_connections": 1000,
            "shared_preload_libraries": "pg_stat_statements,auto_explain",
        },
    )

    parameters = config.all_parameters(config.engine_version())

    assert parameters["log_lock_waits"] is False
    assert parameters["max_connections"] == 1000
    assert parameters["shared_preload_libraries"] == "pg_stat_statements,auto_explain"
    assert "log_min_duration_statement" not in parameters
    assert parameters["rds.force_ssl"] is True


def test_version_18_lists_what_it_logs_of_a_connection() -> None:
    """There ``log_connections`` is a list, which means what True meant before."""
    parameters = DatabaseConfig().all_parameters(EngineVersion(Engine.POSTGRES, 18))

    assert parameters["log_connections"] == "receipt,authentication,authorization"


def test_refuses_more_replicas_than_rds_allows() -> None:
    """Fifteen is the limit."""
    names = {f"r{number}": ReplicaConfig() for number in range(16)}

    message = refusal(replicas=names, master_password_edition=1)

    assert message == "replicas lists 16; RDS allows 15 for one database"
    fifteen = dict(list(names.items())[:15])
    assert len(postgres(replicas=fifteen, master_password_edition=1).replicas) == 15


def test_replicas_need_a_password_that_rds_does_not_manage() -> None:
    """RDS would refuse the replica after minutes; the message says what to write."""
    message = refusal(replicas={"reporting": ReplicaConfig(), "search": ReplicaConfig()})

    assert message == (
        "replicas lists reporting, search, but RDS makes none of an instance whose password it"
        " manages; write master_password_edition=1, and a higher number for each new password"
    )


def test_an_edition_stays_when_the_replicas_go() -> None:
    """It cannot be taken back, so it is allowed without replicas."""
    assert postgres(master_password_edition=3).master_password_edition == 3
    assert postgres().master_password_edition is None


def test_a_major_upgrade_cannot_wait() -> None:
    """RDS would hold the old parameter group until the window; Terraform gives up after minutes."""
    message = refusal(version="17", allow_major_upgrade=True)

    assert message == (
        "allow_major_upgrade=True needs apply_immediately=True: an upgrade that waits keeps the old"
        " parameter group in use, which Terraform then cannot delete; write both for the time of the"
        " upgrade"
    )
    assert postgres(version="17", allow_major_upgrade=True, apply_immediately=True).version == "17"


def test_a_restored_database_brings_its_own_databases() -> None:
    """A name beside a restore would be ignored, so it is refused."""
    message = refusal(restore=FromSnapshot(snapshot="orders"), database="orders")

    assert message == (
        "database='orders' has no effect with restore, which brings its own databases; leave one of"
        " them out"
    )


@pytest.mark.parametrize(
    "snapshot",
    [
        "shop-prod-orders-final",
        "rds:shop-prod-orders-2026-11-20-02-07",
        "arn:aws:rds:eu-west-1:222222222222:snapshot:orders",
        "arn:aws:rds:eu-west-1:222222222222:cluster-snapshot:rds:orders-2026",
    ],
)
def test_accepts_snapshots_by_identifier_and_arn(snapshot: str) -> None:
    """Manual, automatic and shared ones; which kind it is needs not be written."""
    config = postgres(restore={"kind": "snapshot", "snapshot": snapshot})

    assert config.restore == FromSnapshot(snapshot=snapshot)


def test_refuses_what_is_no_snapshot() -> None:
    """The message shows the forms."""
    assert refusal(FromSnapshot, snapshot="s3://backup") == (
        "'s3://backup' is not a snapshot; write its identifier, as in 'shop-prod-orders-final' or"
        " 'rds:shop-prod-orders-2026-11-20-02-07', or the ARN of a shared one"
    )


@pytest.mark.parametrize("time", [None, "2026-11-20T08:30:00Z"])
def test_accepts_a_moment_or_the_latest(time: str | None) -> None:
    """Without a time it is the latest that is possible."""
    config = postgres(restore=FromPointInTime(source="shop-prod-orders", time=time))

    assert isinstance(config.restore, FromPointInTime)
    assert config.restore.time == time


@pytest.mark.parametrize(
    "time", ["2026-11-20", "2026-11-20T08:30:00", "2026-13-20T08:30:00Z", "2026-11-20 08:30:00Z"]
)
def test_refuses_times_without_a_zone(time: str) -> None:
    """A local time would restore another moment."""
    assert refusal(FromPointInTime, source="orders", time=time) == (
        f"{time!r} is not a time in UTC; write it as in '2026-11-20T08:30:00Z'"
    )


def test_refuses_a_source_that_is_no_identifier() -> None:
    """It is an identifier of RDS, and no key of the environment's databases."""
    assert refusal(FromPointInTime, source="Orders!") == (
        "'Orders!' is not the identifier of a database in RDS; copy it from the console, as in"
        " 'shop-prod-orders'"
    )


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        (
            {"size_gib": 100, "max_gib": 109},
            "max_gib=109 leaves size_gib=100 no room to grow; write max_gib=110 or more",
        ),
        (
            {"size_gib": 21, "max_gib": 23},
            "max_gib=23 leaves size_gib=21 no room to grow; write max_gib=24 or more",
        ),
        (
            {"size_gib": 399, "max_gib": 1000, "iops": 12000, "throughput_mibps": 500},
            (
                "iops=12000 and throughput_mibps=500 cannot be chosen for size_gib=399; leave it out,"
                " or write size_gib=400 or more"
            ),
        ),
        (
            {"size_gib": 20, "iops": 12000},
            (
                "iops=12000 cannot be chosen for size_gib=20; leave it out, or write size_gib=400 or"
                " more"
            ),
        ),
        (
            {"size_gib": 400, "max_gib": 1000, "throughput_mibps": 3001},
            (
                "throughput_mibps=3001 is too much for iops=12000; RDS gives up to a quarter, here"
                " 3000: lower it or raise iops"
            ),
        ),
    ],
)
def test_refuses_storage_that_rds_does_not_offer(fields: dict[str, int], message: str) -> None:
    """Growth, size and speed are held to each other."""
    assert refusal(StorageConfig, **fields) == message


@pytest.mark.parametrize(
    ("fields", "speed"),
    [
        ({"size_gib": 20, "max_gib": 22}, (None, None)),
        ({"size_gib": 399, "max_gib": 1000}, (None, None)),
        ({"size_gib": 400, "max_gib": 1000}, (12000, 500)),
        ({"size_gib": 400, "max_gib": 1000, "iops": 16000}, (16000, 500)),
        (
            {"size_gib": 400, "max_gib": 1000, "iops": 16000, "throughput_mibps": 4000},
            (16000, 4000),
        ),
    ],
)
def test_states_the_speed_where_it_can_be_chosen(
    fields: dict[str, int], speed: tuple[int | None, int | None]
) -> None:
    """From 400 GiB on both are stated, because the provider would repeat the smaller ones."""
    assert StorageConfig(**fields).speed() == speed


@pytest.mark.parametrize("iops", [11_999, 64_001])
def test_refuses_iops_outside_the_range(iops: int) -> None:
    """Below 12,000 there is nothing to choose."""
    with pytest.raises(ValidationError, match=r"(greater|less) than or equal to (12000|64000)"):
        StorageConfig(size_gib=400, max_gib=1000, iops=iops)


@pytest.mark.parametrize(
    ("instance_class", "gib", "burstable"),
    [
        ("db.t3.micro", 1, True),
        ("db.t4g.medium", 4, True),
        ("db.t3.2xlarge", 32, True),
        ("db.m7g.large", 8, False),
        ("db.m6i.xlarge", 16, False),
        ("db.r7g.large", 16, False),
        ("db.r6i.16xlarge", 512, False),
        ("db.x2g.large", 32, False),
        ("db.x2iedn.xlarge", 128, False),
        ("db.c6gd.xlarge", 8, False),
    ],
)
def test_knows_the_memory_of_classes(instance_class: str, gib: int, *, burstable: bool) -> None:
    """As AWS lists them; alarms and ``max_connections`` follow from it."""
    assert TypeAdapter(InstanceClass).validate_python(instance_class) == instance_class
    assert memory_gib(instance_class) == gib
    assert is_burstable(instance_class) is burstable


@pytest.mark.parametrize(
    "value",
    ["r7g.large", "db.r7g", "db.r7g.medium", "db.t3.4xlarge", "db.q9.large", "db.t3.xxlarge"],
)
def test_refuses_what_is_no_instance_class(value: str) -> None:
    """The message shows one for production and one for development."""
    assert refusal(instance_class=value) == (
        f"{value!r} is not an instance class here; write it as in 'db.r7g.large' or, where nobody is"
        " served, 'db.t4g.medium'"
    )


def test_knows_what_burstable_classes_can_save() -> None:
    """What 24 hours earn."""
    assert [cpu_credits(f"db.t4g.{size}") for size in ("micro", "medium", "2xlarge")] == [
        288,
        576,
        4608,
    ]


@given(st.integers(1, 4096))
def test_connections_follow_from_memory_up_to_a_limit(gib: int) -> None:
    """RDS's formula, which never gives more than 5000."""
    assert default_max_connections(gib) == min(gib * 1024**3 // 9531392, 5000)


@pytest.mark.parametrize(
    ("parameters", "connections"),
    [
        ({}, 1802),
        ({"max_connections": 1000}, 1000),
        ({"max_connections": "{DBInstanceClassMemory/9531392}"}, 1802),
    ],
)
def test_connections_are_those_written_or_the_default(
    parameters: dict[str, Any], connections: int
) -> None:
    """A formula counts as the default: what it gives is known to RDS alone."""
    assert postgres(parameters=parameters).max_connections("db.r7g.large") == connections

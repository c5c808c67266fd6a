"""Engine parameters: what exists in which engine and version, and what can be written."""

from __future__ import annotations

import shutil
import subprocess
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from platform_lib.rds.parameters import (
    Group,
    Parameter,
    ParameterValue,
    definitions,
    parameters,
    problems_in,
)
from platform_lib.rds.versions import Engine, EngineVersion, majors

POSTGRES_16 = EngineVersion(Engine.POSTGRES, 16)
AURORA_16 = EngineVersion(Engine.AURORA_POSTGRESQL, 16)
EVERY_GROUP = [
    (EngineVersion(engine, major), group)
    for engine, groups in {
        Engine.POSTGRES: (Group.POSTGRES,),
        Engine.AURORA_POSTGRESQL: (Group.AURORA_CLUSTER, Group.AURORA_INSTANCE),
    }.items()
    for major in majors(engine)
    for group in groups
]


def problem(value: ParameterValue, *, name: str, version: EngineVersion = POSTGRES_16) -> str:
    """Return the sentence with which a value is refused."""
    group = Group.POSTGRES if version.engine is Engine.POSTGRES else Group.AURORA_CLUSTER
    (found,) = problems_in({name: value}, version=version, group=group)
    return found


def written(name: str, value: ParameterValue) -> Parameter:
    """Return an accepted value as the parameter group of PostgreSQL 16 takes it."""
    given = {name: value}
    assert problems_in(given, version=POSTGRES_16, group=Group.POSTGRES) == []
    (parameter,) = parameters(given, version=POSTGRES_16, group=Group.POSTGRES)
    return parameter


@pytest.mark.parametrize(
    ("name", "value", "text", "apply_method"),
    [
        ("max_connections", 1000, "1000", "pending-reboot"),
        ("shared_preload_libraries", "pg_stat_statements", "pg_stat_statements", "pending-reboot"),
        ("rds.logical_replication", True, "1", "pending-reboot"),
        ("log_lock_waits", True, "1", "immediate"),
        ("log_lock_waits", False, "0", "immediate"),
        ("work_mem", 65536, "65536", "immediate"),
        ("statement_timeout", 0, "0", "immediate"),
        ("log_temp_files", -1, "-1", "immediate"),
        ("random_page_cost", 1.1, "1.1", "immediate"),
        ("random_page_cost", 2, "2", "immediate"),
        ("log_statement", "ddl", "ddl", "immediate"),
        ("synchronous_commit", False, "off", "immediate"),
        ("synchronous_commit", "remote_write", "remote_write", "immediate"),
        ("wal_compression", "zstd", "zstd", "immediate"),
        ("pgaudit.log", "write,ddl", "write,ddl", "immediate"),
        ("auto_explain.log_min_duration", 500, "500", "immediate"),
        ("max_connections", "{DBInstanceClassMemory/9531392}", ..., "pending-reboot"),
        ("max_connections", "LEAST({DBInstanceClassMemory/9531392}, 5000)", ..., "pending-reboot"),
        ("shared_buffers", "SUM({DBInstanceClassMemory/12038},-50003)", ..., "pending-reboot"),
        ("autovacuum_vacuum_cost_limit", "GREATEST({log(DBInstanceClassMemory/21474836480)*600},200)", ..., "immediate"),
    ],
)  # fmt: skip
def test_writes_values_as_rds_takes_them(
    name: str, value: ParameterValue, text: Any, apply_method: str
) -> None:
    """Booleans are 0 and 1, numbers have no unit, and only what is static waits for a restart."""
    expected = value if text is ... else text

    assert written(name, value) == Parameter(name, expected, apply_method)  # type: ignore[arg-type] # both are text


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("max_connections", 0, "parameters['max_connections']=0 is not allowed; write a whole number from 1 to 262143"),
        ("max_connections", 262144, "parameters['max_connections']=262144 is not allowed; write a whole number from 1 to 262143"),
        ("max_connections", "1000", "parameters['max_connections']='1000' is not allowed; write a whole number from 1 to 262143"),
        ("max_connections", 100.5, "parameters['max_connections']=100.5 is not allowed; write a whole number from 1 to 262143"),
        ("max_connections", True, "parameters['max_connections']=True is not allowed; write a whole number from 1 to 262143"),
        ("work_mem", "64MB", "parameters['work_mem']='64MB' is not allowed; write a whole number from 64 to 2147483647 (in kB)"),
        ("random_page_cost", -0.1, "parameters['random_page_cost']=-0.1 is not allowed; write a number of 0 or more"),
        ("random_page_cost", float("nan"), "parameters['random_page_cost']=nan is not allowed; write a number of 0 or more"),
        ("random_page_cost", False, "parameters['random_page_cost']=False is not allowed; write a number of 0 or more"),
        ("checkpoint_completion_target", 1.1, "parameters['checkpoint_completion_target']=1.1 is not allowed; write a number from 0 to 1"),
        ("log_lock_waits", "on", "parameters['log_lock_waits']='on' is not allowed; write True or False"),
        ("log_lock_waits", 1, "parameters['log_lock_waits']=1 is not allowed; write True or False"),
        ("log_statement", "dll", "parameters['log_statement']='dll' is not allowed; write 'none', 'ddl', 'mod', 'all'"),
        ("log_statement", True, "parameters['log_statement']=True is not allowed; write 'none', 'ddl', 'mod', 'all'"),
        ("search_path", 5, "parameters['search_path']=5 is not allowed; write text without '${' and '%{'"),
        ("search_path", "${aws_vpc.x}", "parameters['search_path']='${aws_vpc.x}' is not allowed; write text without '${' and '%{'"),
    ],
)  # fmt: skip
def test_refuses_values_of_the_wrong_kind_or_range(
    name: str, value: ParameterValue, message: str
) -> None:
    """The message names field, value and what is allowed, with the unit."""
    assert problem(value, name=name) == message


@pytest.mark.parametrize(
    ("name", "message"),
    [
        (
            "max_conections",
            (
                "parameters['max_conections'] is unknown: postgres16 has no such parameter that can be"
                " changed; did you mean 'max_connections'?"
            ),
        ),
        (
            "innodb_buffer_pool_size",
            "parameters['innodb_buffer_pool_size'] is unknown: postgres16 has no such parameter that can be changed",
        ),
        ("fsync", "parameters['fsync'] is unknown: postgres16 has no such parameter that can be changed"),
        (
            "transaction_timeout",
            "parameters['transaction_timeout'] is unknown: it exists in the major versions 17 to 18, not in 16",
        ),
        (
            "vacuum_defer_cleanup_age",
            "parameters['vacuum_defer_cleanup_age'] is unknown: it exists in the major versions 13 to 15, not in 16",
        ),
    ],
)  # fmt: skip
def test_refuses_unknown_parameters(name: str, message: str) -> None:
    """A near miss is suggested, and another version's parameter names that version."""
    assert problem(1, name=name) == message


@pytest.mark.parametrize(
    ("formula", "reason"),
    [
        (
            "{DBInstanceMemory/2}",
            (
                "'DBInstanceMemory' is neither a variable (AllocatedStorage, DBInstanceClassMemory,"
                " DBInstanceVCPU, EndPointPort) nor a function (GREATEST, LEAST, SUM, IF, log)"
            ),
        ),
        ("LEAST({DBInstanceClassMemory/2,5)", "')' closes no bracket"),
        ("LEAST({DBInstanceClassMemory/2}", "')' is missing"),
        ("{DBInstanceClassMemory%2}", "'%' is not part of one"),
        ("${DBInstanceVCPU*2}", "'$' is not part of one"),
    ],
)
def test_refuses_formulas_that_rds_does_not_know(formula: str, reason: str) -> None:
    """The message names the word or sign that is wrong; ``${`` would be Terraform's."""
    assert problem(formula, name="max_connections") == (
        f"parameters['max_connections']={formula!r} is a formula that RDS does not know: {reason}"
    )


def test_names_all_problems_and_the_field_they_are_in() -> None:
    """A person sees everything that is wrong at once, with the reason of what is no option."""
    found = problems_in(
        {"work_mem": 1, "rds.force_ssl": False, "work_mm": 64, "log_lock_waits": True},
        version=POSTGRES_16,
        group=Group.POSTGRES,
        field="databases['orders'].parameters",
        constants={"rds.force_ssl": "connections without TLS are always refused"},
    )

    assert found == [
        (
            "databases['orders'].parameters['work_mem']=1 is not allowed; write a whole number from"
            " 64 to 2147483647 (in kB)"
        ),
        (
            "databases['orders'].parameters['rds.force_ssl'] is not an option: connections without"
            " TLS are always refused; leave it out"
        ),
        (
            "databases['orders'].parameters['work_mm'] is unknown: postgres16 has no such parameter"
            " that can be changed; did you mean 'work_mem'?"
        ),
    ]


def test_cluster_parameters_are_not_for_instances() -> None:
    """Aurora has two groups; the message says which one a parameter belongs to."""
    (found,) = problems_in(
        {"rds.logical_replication": True}, version=AURORA_16, group=Group.AURORA_INSTANCE
    )

    assert found == (
        "parameters['rds.logical_replication'] is unknown: it holds for a whole cluster; write it in"
        " the cluster's parameters"
    )
    assert "work_mem" in definitions(AURORA_16, Group.AURORA_INSTANCE)
    assert "rds.logical_replication" in definitions(AURORA_16, Group.AURORA_CLUSTER)


def test_engines_have_parameters_that_the_other_has_not() -> None:
    """Aurora keeps its log in the storage; only Aurora manages plans."""
    rds = definitions(POSTGRES_16, Group.POSTGRES)
    aurora = definitions(AURORA_16, Group.AURORA_CLUSTER)

    assert "checkpoint_timeout" in rds
    assert "checkpoint_timeout" not in aurora
    assert "apg_plan_mgmt.use_plan_baselines" in aurora
    assert "apg_plan_mgmt.use_plan_baselines" not in rds


@pytest.mark.parametrize("group", [Group.AURORA_CLUSTER, Group.AURORA_INSTANCE])
def test_an_engine_has_only_its_own_groups(group: Group) -> None:
    """RDS for PostgreSQL has no cluster group; asking for one is a mistake of ours."""
    with pytest.raises(TypeError, match="postgres has no parameter group of kind AURORA"):
        definitions(POSTGRES_16, group)


@pytest.mark.parametrize(("version", "group"), EVERY_GROUP, ids=str)
def test_every_version_has_the_parameters_that_people_change(
    version: EngineVersion, group: Group
) -> None:
    """Ranges are ranges, choices are choices, and what RDS keeps to itself is not offered."""
    known = definitions(version, group)

    assert {"max_connections", "work_mem", "log_min_duration_statement"} <= set(known)
    assert not {"fsync", "data_directory", "port", "ssl_key_file", "rds.extensions"} & set(known)
    for it in known.values():
        assert (it.kind in {"integer", "real"}) == (it.minimum is not None)
        assert it.minimum is None or it.minimum < (it.maximum or 0)
        assert (it.kind == "enum") == bool(it.choices)


@given(st.integers(), st.sampled_from(["max_connections", "work_mem", "log_temp_files"]))
def test_whole_numbers_are_held_to_the_engine_s_range(value: int, name: str) -> None:
    """What is accepted is what the server accepts."""
    definition = definitions(POSTGRES_16, Group.POSTGRES)[name]

    found = problems_in({name: value}, version=POSTGRES_16, group=Group.POSTGRES)

    assert (found == []) is (definition.minimum <= value <= definition.maximum)  # type: ignore[operator] # a number


def test_the_catalogue_is_that_of_a_real_server() -> None:
    """Debian's PostgreSQL 15 describes each setting with the same kind, range and restart."""
    server = shutil.which("postgres")
    if server is None:
        pytest.skip("needs the program 'postgres' of PostgreSQL 15 on PATH")
    text = subprocess.run(
        [server, "--describe-config"], capture_output=True, check=True, text=True
    ).stdout
    rows = [line.split("\t") for line in text.splitlines()]
    version = subprocess.run([server, "--version"], capture_output=True, check=True, text=True)
    if " 15." not in version.stdout:
        pytest.skip(f"needs PostgreSQL 15, found {version.stdout.strip()}")
    known = definitions(EngineVersion(Engine.POSTGRES, 15), Group.POSTGRES)
    kinds = {"BOOLEAN": "boolean", "INTEGER": "integer", "REAL": "real", "ENUM": "enum"}

    described = {
        name.lower(): (
            kinds.get(kind, "string"),
            context == "postmaster",
            *(float(it) if it and kind in {"INTEGER", "REAL"} else None for it in (least, most)),
        )
        for name, context, _, kind, _, least, most, *_ in rows
    }

    ours = {
        name: (it.kind, it.static, it.minimum, it.maximum)
        for name, it in known.items()
        if name in described
    }
    assert len(ours) > 200
    assert ours == {
        name: value if value[0] != "real" else (*value[:2], ours[name][2], ours[name][3])
        for name, value in described.items()
        if name in ours
    }

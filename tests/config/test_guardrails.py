"""Guardrails: what each rule refuses and accepts, and what categories and waivers make of it."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from datetime import date, timedelta
from ipaddress import IPv4Network
from pathlib import Path
from pkgutil import iter_modules
from typing import Any

import pytest

from platform_lib.alerts.config import AlertsConfig
from platform_lib.elasticache.config import CacheConfig, CacheUserConfig
from platform_lib.elasticache.versions import Engine
from platform_lib.environment import Account, Category, Environment, LocalState, S3State
from platform_lib.errors import Location
from platform_lib.guardrails import rules as folder
from platform_lib.guardrails.registry import rules
from platform_lib.guardrails.review import Review, Reviewed, review
from platform_lib.guardrails.rule import Finding, Rule
from platform_lib.mq.config import BrokerConfig
from platform_lib.network.config import FlowLogsConfig, VpcConfig
from platform_lib.network.tiers import Tier
from platform_lib.rds.aurora_capacity import ReaderConfig, ServerlessCapacity
from platform_lib.rds.aurora_config import AuroraConfig
from platform_lib.rds.config import PostgresConfig, ReplicaConfig
from platform_lib.waivers import Waiver
from tests.config.test_guardrails_edge import BAD as OF_THE_EDGE
from tests.config.test_guardrails_services import BAD as OF_SERVICES

TODAY = date(2026, 3, 1)
Variant = Callable[[Environment], Environment]


def with_vpc(**changes: Any) -> Variant:
    """Return a change of an environment's VPC."""
    return lambda environment: environment.evolve(vpc=environment.vpc.evolve(**changes))


def with_broker(**changes: Any) -> Variant:
    """Return an environment with one broker that differs from a good one by ``changes``."""
    broker = BrokerConfig(host_type="mq.m7g.large", zones=("a", "b", "c")).evolve(**changes)
    return lambda environment: environment.evolve(brokers={"jobs": broker})


def with_cache(**changes: Any) -> Variant:
    """Return an environment with one cache that differs from a good one by ``changes``."""
    good: dict[str, Any] = {"node_type": "cache.m7g.large", "users": {"shop": CacheUserConfig()}}
    cache = CacheConfig(**{**good, **changes})
    return lambda environment: environment.evolve(caches={"sessions": cache})


def with_account(**changes: Any) -> Variant:
    """Return a change of an environment's account."""
    return lambda environment: environment.evolve(account=environment.account.evolve(**changes))


def with_instance(**fields: Any) -> Variant:
    """Return a change that adds an RDS instance with ``fields``, production's otherwise."""
    config = PostgresConfig(**{"instance_class": "db.r7g.large", **fields})
    return lambda environment: environment.evolve(databases={"orders": config})


def with_cluster(**fields: Any) -> Variant:
    """Return a change that adds an Aurora cluster with ``fields``, production's otherwise."""
    config = AuroraConfig(**{"instance_class": "db.r7g.large", **fields})
    return lambda environment: environment.evolve(databases={"orders": config})


def beside(environment: Environment, category: Category, **account: Any) -> Environment:
    """Return another environment, in an account that differs by ``account``."""
    return environment.evolve(
        name="shop-dev",
        category=category,
        account=environment.account.evolve(**account),
        vpc=VpcConfig(cidr=IPv4Network("10.11.0.0/16")),
    )


def waiver(rule: str, address: str, expires: date = TODAY) -> Waiver:
    """Return a waiver with a reason."""
    return Waiver(rule=rule, address=address, reason="accepted until the launch", expires=expires)


def found(*environments: Environment) -> list[tuple[str, str]]:
    """Return rule and address of everything that is wrong in the first environment."""
    result = review(environments, as_of=TODAY).narrowed_to({environments[0].name})
    return [(entry.finding.rule, entry.finding.address) for entry in result.errors]


def line_here() -> int:
    """Return the caller's line."""
    frame = inspect.currentframe()
    assert frame is not None
    assert frame.f_back is not None
    return frame.f_back.f_lineno


def test_every_file_of_the_folder_is_one_rule() -> None:
    """A rule is called like its file, so none can be forgotten and each can be found."""
    files = [path.stem for path in Path(folder.__path__[0]).glob("*.py") if path.stem != "__init__"]

    expected = sorted(name.replace("_", "-") for name in files)

    assert [rule.id for rule in rules()] == expected
    assert len(expected) == len(list(iter_modules(folder.__path__)))


@pytest.mark.parametrize("rule", rules(), ids=lambda rule: rule.id)
def test_every_rule_states_what_holds_and_what_to_write(rule: Rule) -> None:
    """The sentence ends a list of rules, the fix ends a message."""
    assert rule.sentence[0].isupper()
    assert rule.sentence.endswith(".")
    assert rule.fix[0].islower()
    assert not rule.fix.endswith(".")


def test_defaults_meet_every_guardrail(environment: Environment) -> None:
    """What a person gets without writing anything is production's."""
    result = review([environment], as_of=TODAY)

    assert result == Review()


BAD = {
    "nat-per-zone": (
        with_vpc(nat_zones=("b",)),
        "vpc.nat_zones",
        (
            "private subnets of zone a, c reach the internet through zone b and lose it with that zone;"
            ' write nat_zones="each"'
        ),
    ),
    "flow-logs": (
        with_vpc(flow_logs=None),
        "vpc.flow_logs",
        (
            "the VPC has no flow logs, so nobody can tell later who talked to whom; leave flow_logs out"
            " for the default, or write flow_logs=FlowLogsConfig()"
        ),
    ),
    "flow-log-retention": (
        with_vpc(flow_logs=FlowLogsConfig(retention_days=60)),
        "vpc.flow_logs.retention_days",
        "flow logs are kept for 60 days; write retention_days=90 or more",
    ),
    "flow-log-traffic": (
        with_vpc(flow_logs=FlowLogsConfig(traffic="REJECT")),
        "vpc.flow_logs.traffic",
        'only REJECT traffic is recorded; write traffic="ALL"',
    ),
    "remote-state": (
        with_account(state=LocalState(path="state")),
        "account.state",
        (
            "account 'workloads' keeps its Terraform state in files on one machine, 'state', without a"
            " lock; write state=S3State(bucket=...) and run 'platformctl bootstrap'"
        ),
    ),
    "no-destroy": (
        lambda environment: environment.evolve(allow_destroy=True),
        "allow_destroy",
        (
            "'platformctl destroy' may remove the environment with all that it stores; leave"
            " allow_destroy out"
        ),
    ),
    "data-subnets": (
        with_vpc(subnet_group_tier=Tier.PRIVATE),
        "vpc.subnet_group_tier",
        (
            "databases and caches go to the private subnets, which have a default route to a NAT"
            " gateway; write subnet_group_tier=Tier.DATABASE, which is the default, and list that tier"
            " in tiers"
        ),
    ),
    "private-addresses": (
        with_vpc(cidr=IPv4Network("52.94.0.0/16")),
        "vpc.cidr",
        (
            "52.94.0.0/16 belongs to others on the internet, who can then not be reached from here; use"
            " a block inside 10.0.0.0/8, 172.16.0.0/12, 192.168.0.0/16, 100.64.0.0/10"
        ),
    ),
}
BAD |= {
    "alert-receivers": (
        lambda environment: with_broker()(environment).evolve(alerts=AlertsConfig()),
        "alerts.p1_emails",
        (
            "nobody hears when databases, caches, brokers or services are in trouble; write"
            ' alerts=AlertsConfig(p1_emails=("on-call@example.com",))'
        ),
    ),
    "broker-cluster": (
        with_broker(deployment="single", zones=("b",)),
        "brokers.jobs.deployment",
        (
            "the only host is in zone b, and messages wait while it is away; leave deployment out"
            ' for the default, "cluster", and name two or three zones'
        ),
    ),
    "broker-size": (
        # A small host cannot be part of a cluster, so that is accepted here.
        lambda environment: with_broker(
            host_type="mq.m7g.medium", deployment="single", zones=("b",)
        )(environment).evolve(waivers=(waiver("broker-cluster", "brokers.jobs.deployment"),)),
        "brokers.jobs.host_type",
        (
            "AWS recommends mq.m7g.medium for trying things only; write"
            ' host_type="mq.m7g.large" or larger'
        ),
    ),
    "multi-az-database": (
        with_instance(multi_az=False),
        "databases.orders.multi_az",
        (
            "nothing takes over when the zone of its one instance fails; leave multi_az out for an"
            " instance, or write readers for an Aurora cluster, outside the zone of its first instance"
        ),
    ),
    "backup-retention": (
        with_instance(backup_retention_days=6),
        "databases.orders.backup_retention_days",
        "it can be restored for 6 days only; write backup_retention_days=7 or more",
    ),
    "final-snapshot": (
        with_instance(final_snapshot=False),
        "databases.orders.final_snapshot",
        "destroying it, its backups included, leaves nothing; leave final_snapshot out",
    ),
    "burstable-database": (
        with_instance(instance_class="db.t3.medium"),
        "databases.orders.instance_class",
        (
            "db.t3.medium has its full CPU for a short time only, and then costs extra; write a class"
            " of the m or r families, for example 'db.m7g.large' for an instance or 'db.r7g.large' for"
            " a cluster"
        ),
    ),
    "database-log-retention": (
        with_instance(log_retention_days=60),
        "databases.orders.log_retention_days",
        "its logs are kept for 60 days; write log_retention_days=90 or more",
    ),
}
BAD |= {
    "burstable-cache": (
        with_cache(node_type="cache.t4g.small"),
        "caches.sessions.node_type",
        (
            "cache.t4g.small has a share of a processor, and becomes slow when its credits are used"
            ' up; write node_type="cache.m7g.large" or another that does not start with cache.t'
        ),
    ),
    "cache-failover": (
        with_cache(replicas=0, automatic_failover=False, multi_az=False),
        "caches.sessions.multi_az",
        (
            "there is no replica to take over from the only node; leave out replicas,"
            " automatic_failover and multi_az for their defaults"
        ),
    ),
    "cache-separation": (
        with_cache(
            users={"shop": CacheUserConfig(), "blog": CacheUserConfig()},
            logical_databases={"shop": 0, "blog": 1},
        ),
        "caches.sessions.logical_databases",
        (
            "shop, blog share one cache, and a user may change to any logical database; give each a"
            " cache, or leave logical_databases out and give each user its key_prefixes"
        ),
    ),
    "cache-snapshots": (
        with_cache(snapshot_retention_days=6),
        "caches.sessions.snapshot_retention_days",
        "snapshots are kept for 6 days; write snapshot_retention_days=7 or more",
    ),
    "cache-tls": (
        with_cache(transit_encryption="preferred", users={}),
        "caches.sessions.transit_encryption",
        (
            "clients may come without TLS, and without signing in; finish the migration: leave"
            " transit_encryption out, apply, then name the users"
        ),
    ),
}
GOOD = {
    "a cache": with_cache(),
    "a cache in cluster mode": with_cache(shards=2),
    "a cache of two applications": with_cache(
        users={"shop": CacheUserConfig(), "blog": CacheUserConfig()}
    ),
    "a cache of one application with a logical database": with_cache(logical_databases={"shop": 3}),
    "an instance": with_instance(),
    "an instance with other values": with_instance(
        backup_retention_days=7,
        log_retention_days=365,
        replicas={"reporting": ReplicaConfig(instance_class="db.m7g.large")},
        master_password_edition=1,
    ),
    "a cluster": with_cluster(),
    "a serverless cluster": with_cluster(
        instance_class=None, serverless=ServerlessCapacity(minimum_acu=0.5, maximum_acu=8)
    ),
    "a cluster of brokers": with_broker(),
    "nobody hears of nothing": lambda environment: environment.evolve(alerts=AlertsConfig()),
    "one NAT gateway per zone, listed": with_vpc(nat_zones=("c", "a", "b")),
    "no NAT gateway": with_vpc(nat_zones=()),
    "longer flow logs": with_vpc(flow_logs=FlowLogsConfig(retention_days=120)),
    "flow logs to S3": with_vpc(flow_logs=FlowLogsConfig(destination="s3")),
    "a lock file": with_account(state=S3State(bucket="acme-state", lock="s3")),
    "data in intra subnets": with_vpc(
        tiers=(Tier.PUBLIC, Tier.PRIVATE, Tier.INTRA), subnet_group_tier=Tier.INTRA
    ),
    "carrier addresses": with_vpc(cidr=IPv4Network("100.64.0.0/16")),
    "end of RFC 1918": with_vpc(cidr=IPv4Network("172.31.0.0/16")),
}


@pytest.mark.parametrize("rule", BAD)
def test_each_rule_refuses(environment: Environment, rule: str) -> None:
    """One weakening gives exactly one error, with field, value and fix."""
    weaken, address, message = BAD[rule]
    weak = weaken(environment)

    (error,) = review([weak], as_of=TODAY).errors

    assert (error.finding.rule, error.finding.address) == (rule, address)
    assert error.finding.message == f"shop-prod: {address}: {message}"


@pytest.mark.parametrize("variant", GOOD)
def test_accepts_what_is_as_safe_as_the_default(environment: Environment, variant: str) -> None:
    """A different value is not a weaker one."""
    result = found(GOOD[variant](environment))

    assert result == []


def test_the_rules_about_one_environment_are_all_tested() -> None:
    """A new rule needs a refused example; those that compare environments or know dates have theirs."""
    others = {"own-account", "own-state-bucket", "engine-support"}
    assert {rule.id for rule in rules()} == {*BAD, *OF_SERVICES, *OF_THE_EDGE, *others}


OLD: dict[str, tuple[dict[str, Any], str, str, date]] = {
    "instance": (
        {"databases": {"orders": PostgresConfig(instance_class="db.m7g.large", version="16")}},
        "databases.orders.version",
        (
            "AWS's standard support for postgres 16 ends on 2029-02-28, and AWS upgrades the"
            " database by itself afterwards; write a newer version"
        ),
        date(2029, 2, 28),
    ),
    "cluster": (
        {"databases": {"orders": AuroraConfig(instance_class="db.r7g.large", version="15")}},
        "databases.orders.version",
        (
            "AWS's standard support for aurora-postgresql 15 ends on 2028-02-29, and AWS upgrades"
            " the database by itself afterwards; write a newer version"
        ),
        date(2028, 2, 29),
    ),
    "cache": (
        {
            "caches": {
                "sessions": CacheConfig(
                    node_type="cache.m7g.large",
                    engine=Engine.REDIS,
                    engine_version="6.2",
                    users={"shop": CacheUserConfig(authentication="password")},
                )
            }
        },
        "caches.sessions.engine_version",
        (
            "AWS's standard support for redis 6.2 ends on 2027-01-31, and extended support costs"
            " extra; write a newer version"
        ),
        date(2027, 1, 31),
    ),
}


@pytest.mark.parametrize("kind", OLD)
def test_an_engine_is_found_from_the_day_after_its_support(
    environment: Environment, kind: str
) -> None:
    """On the last day it is still fine; synth, which knows no day, never refuses it."""
    parts, address, message, last = OLD[kind]
    old = environment.evolve(**parts)

    before = review([old], as_of=last)
    after = review([old], as_of=last + timedelta(days=1))

    assert before == review([old], as_of=date.min) == Review()
    assert [(it.finding.rule, it.finding.address) for it in after.ended] == [
        ("engine-support", address)
    ]
    assert after.ended[0].finding.message == f"shop-prod: {address}: {message}"
    assert after.problems == ()
    assert len(after.date_problems) == 1


def test_an_end_that_aws_has_not_named_is_no_finding(environment: Environment) -> None:
    """Valkey and RabbitMQ versions have none yet."""
    caches = {
        "sessions": CacheConfig(node_type="cache.m7g.large", users={"shop": CacheUserConfig()})
    }
    current = with_broker()(environment).evolve(caches=caches)

    assert review([current], as_of=date(2040, 1, 1)) == Review()


def test_an_end_of_support_is_listed_where_no_customers_are(environment: Environment) -> None:
    """Like every other finding."""
    parts, _, _, last = OLD["cache"]
    internal = environment.evolve(category=Category.INTERNAL, **parts)

    result = review([internal], as_of=last + timedelta(days=1))

    assert [it.finding.rule for it in result.listed] == ["engine-support"]
    assert result.date_problems == ()


def test_a_waiver_accepts_an_old_engine_and_may_be_written_before(
    environment: Environment,
) -> None:
    """It counts as used while the end is still to come."""
    parts, address, _, last = OLD["cache"]
    accepted = waiver("engine-support", address, expires=last + timedelta(days=30))
    old = environment.evolve(waivers=(accepted,), **parts)

    before = review([old], as_of=last)
    after = review([old], as_of=last + timedelta(days=1))

    assert before.unused == ()
    assert [it.finding.rule for it in after.waived] == ["engine-support"]
    assert after.date_problems == ()


@pytest.mark.parametrize(
    ("variant", "rule", "address"),
    [
        (with_cluster(readers={}), "multi-az-database", "databases.orders.readers"),
        (
            with_cluster(backup_retention_days=1),
            "backup-retention",
            "databases.orders.backup_retention_days",
        ),
        (with_cluster(final_snapshot=False), "final-snapshot", "databases.orders.final_snapshot"),
        (
            with_cluster(instance_class="db.t4g.medium"),
            "burstable-database",
            "databases.orders.instance_class",
        ),
        (
            with_cluster(readers={"spare": ReaderConfig(instance_class="db.t4g.medium")}),
            "burstable-database",
            "databases.orders.readers.spare.instance_class",
        ),
        (
            with_instance(
                replicas={"reporting": ReplicaConfig(instance_class="db.t4g.small")},
                master_password_edition=1,
            ),
            "burstable-database",
            "databases.orders.replicas.reporting.instance_class",
        ),
        (
            with_cluster(log_retention_days=30),
            "database-log-retention",
            "databases.orders.log_retention_days",
        ),
    ],
)
def test_clusters_and_replicas_are_asked_too(
    environment: Environment, variant: Variant, rule: str, address: str
) -> None:
    """A rule about databases holds for both kinds, and for every instance of them."""
    assert found(variant(environment)) == [(rule, address)]


def test_an_account_that_allows_destroying_is_found(environment: Environment) -> None:
    """The account's own switch is as dangerous as the environment's."""
    weak = with_account(allow_destroy=True)(environment)

    (error,) = review([weak], as_of=TODAY).errors

    assert error.finding.address == "account.allow_destroy"
    assert error.finding.message == (
        "shop-prod: account.allow_destroy: 'platformctl destroy' may remove the zones, images and"
        " safety settings of account 'workloads'; leave allow_destroy out"
    )


@pytest.mark.parametrize("category", [Category.INTERNAL, Category.SANDBOX])
def test_customers_share_their_account_with_nobody_less_strict(
    environment: Environment, category: Category
) -> None:
    """The account is compared by its id, whatever it is called."""
    other = beside(environment, category, name="shared")

    result = review([environment, other], as_of=TODAY)

    assert [entry.finding for entry in result.errors] == [
        Finding(
            "own-account",
            "account",
            "shop-prod: account: account 'workloads' also carries"
            f" shop-dev ({category.value}), whose users share its quotas and can reach its data;"
            " give one of them another account",
            environment.written_at("account"),
        )
    ]


@pytest.mark.parametrize(
    ("category", "account_id"),
    [(Category.CUSTOMER, "111111111111"), (Category.SANDBOX, "222222222222")],
)
def test_customers_share_with_customers_and_accounts_are_separate(
    environment: Environment, category: Category, account_id: str
) -> None:
    """Neither another customer environment nor another account is a finding."""
    other = beside(environment, category, id=account_id, state=S3State(bucket="acme-other"))

    result = found(environment, other)

    assert result == []


def test_customers_share_no_state_bucket_with_other_accounts(environment: Environment) -> None:
    """Whoever may write another environment's state could write this one's."""
    other = beside(environment, Category.INTERNAL, id="222222222222")

    (error,) = review([environment, other], as_of=TODAY).errors

    assert error.finding.address == "account.state.bucket"
    assert error.finding.message == (
        "shop-prod: account.state.bucket: bucket 'acme-terraform-state' also holds the state of"
        " shop-dev (internal) in another account, and whoever writes state there can change what is"
        " applied here; give each account a bucket of its own"
    )


def test_customers_may_share_a_state_bucket_among_themselves(environment: Environment) -> None:
    """Two equally strict accounts can have one bucket."""
    other = beside(environment, Category.CUSTOMER, id="222222222222")

    result = found(environment, other)

    assert result == []


def test_local_state_of_several_accounts_is_not_a_shared_bucket(environment: Environment) -> None:
    """Files on a machine are the finding; they are not also a bucket called None."""
    local = with_account(state=LocalState())(environment)
    other = beside(local, Category.INTERNAL, id="222222222222")

    result = found(local, other)

    assert result == [("remote-state", "account.state")]


def test_a_finding_names_the_line_on_which_the_field_was_changed(environment: Environment) -> None:
    """The line is the author's own, not that of the object's creation."""
    line = line_here() + 1
    vpc = environment.vpc.evolve(nat_zones=("a",))

    (error,) = review([environment.evolve(vpc=vpc)], as_of=TODAY).errors

    assert error.finding.where == Location(__file__, line)


def test_a_finding_prints_with_its_line_and_the_id_that_a_waiver_needs() -> None:
    """The id in brackets is what the waiver repeats."""
    finding = Finding("flow-logs", "vpc.flow_logs", "shop: vpc.flow_logs: none", Location("/p", 3))

    assert str(finding.problem()) == "/p:3: shop: vpc.flow_logs: none [flow-logs]"


@pytest.mark.parametrize(
    ("category", "where"),
    [(Category.CUSTOMER, "errors"), (Category.INTERNAL, "listed"), (Category.SANDBOX, None)],
)
def test_the_category_decides_how_strict_a_finding_is(
    environment: Environment, category: Category, where: str | None
) -> None:
    """Customers: an error; internal: listed; sandbox: not asked."""
    weak = with_vpc(flow_logs=None)(environment).evolve(category=category)

    result = review([weak], as_of=TODAY)

    counts = {name: len(getattr(result, name)) for name in Review.__dataclass_fields__}
    assert counts == {name: int(name == where) for name in counts}
    assert len(result.problems) == (where == "errors")


def waived(environment: Environment, *waivers: Waiver) -> Environment:
    """Return an environment without flow logs and with waivers."""
    return with_vpc(flow_logs=None)(environment).evolve(waivers=waivers)


def test_a_waiver_accepts_its_finding_until_the_last_day(environment: Environment) -> None:
    """It is reported with the days that are left and stops nothing."""
    accepted = waived(environment, waiver("flow-logs", "vpc.flow_logs", date(2026, 3, 11)))

    result = review([accepted], as_of=TODAY)

    (entry,) = result.waived
    assert (entry.finding.rule, entry.days_left) == ("flow-logs", 10)
    assert (result.errors, result.expired, result.unused) == ((), (), ())
    assert result.problems == result.date_problems == ()


@pytest.mark.parametrize(
    ("expires", "ago"), [(date(2026, 2, 28), "yesterday"), (date(2026, 2, 1), "28 days ago")]
)
def test_an_expired_waiver_is_named_apart_from_errors(
    environment: Environment, expires: date, ago: str
) -> None:
    """`check` fails on it and a rollback does not; its own line is named."""
    expired = waiver("flow-logs", "vpc.flow_logs", expires)

    result = review([waived(environment, expired)], as_of=TODAY)

    (problem,) = result.date_problems
    assert problem.message == (
        f"{result.expired[0].finding.message}; the waiver expired on {expires} ({ago}): meet the"
        " guardrail or set a new date"
    )
    assert problem.where == expired.written_at("expires")
    assert str(result.expired[0]) == str(problem)
    assert (result.problems, result.errors, result.waived) == ((), (), ())


def test_a_waiver_holds_on_its_last_day(environment: Environment) -> None:
    """The last day is included."""
    result = review([waived(environment, waiver("flow-logs", "vpc.flow_logs"))], as_of=TODAY)

    assert [entry.days_left for entry in result.waived] == [0]
    assert result.expired == ()
    assert str(result.waived[0]) == str(result.waived[0].finding.problem())


def test_an_expired_waiver_of_an_internal_environment_need_not_be_renewed(
    environment: Environment,
) -> None:
    """Internal findings are only listed, so removing the waiver is enough."""
    old = waiver("flow-logs", "vpc.flow_logs", date(2026, 2, 1))
    internal = waived(environment, old).evolve(category=Category.INTERNAL)

    (problem,) = review([internal], as_of=TODAY).date_problems

    assert problem.message.endswith("(28 days ago): meet the guardrail or remove the waiver")


def test_a_waived_internal_finding_is_not_listed(environment: Environment) -> None:
    """A finding stands in one list only."""
    internal = waived(environment, waiver("flow-logs", "vpc.flow_logs")).evolve(
        category=Category.INTERNAL
    )

    result = review([internal], as_of=TODAY)

    assert (len(result.waived), result.listed) == (1, ())


def test_waivers_of_different_findings_do_not_outlive_each_other(environment: Environment) -> None:
    """Another waiver that lasts longer is about something else."""
    first = waiver("flow-logs", "vpc.flow_logs")
    second = waiver("no-destroy", "allow_destroy", date(2027, 1, 1))
    weak = waived(environment, first, second).evolve(allow_destroy=True)

    result = review([weak], as_of=TODAY)

    assert [entry.waiver for entry in result.waived] == [first, second]
    assert result.unused == ()


def test_only_customers_are_asked_with_whom_they_share(environment: Environment) -> None:
    """An internal environment may share account and state bucket with any other."""
    internal = environment.evolve(category=Category.INTERNAL)
    same_account = beside(internal, Category.SANDBOX)
    same_bucket = beside(internal, Category.SANDBOX, id="222222222222")

    result = review([internal, same_account, same_bucket], as_of=TODAY)

    assert result == Review()


def test_the_waiver_that_lasts_longest_counts(environment: Environment) -> None:
    """A renewal may stand beside the old one, which is then reported as unused."""
    old = waiver("flow-logs", "vpc.flow_logs", date(2026, 2, 1))
    new = waiver("flow-logs", "vpc.flow_logs", date(2026, 4, 1))

    result = review([waived(environment, old, new)], as_of=TODAY)

    assert [entry.waiver for entry in result.waived] == [new]
    assert [(entry.waiver, entry.message) for entry in result.unused] == [
        (
            old,
            (
                "shop-prod: the waiver of 'flow-logs' for 'vpc.flow_logs' does nothing, because another"
                " one for the same finding lasts longer; remove it"
            ),
        )
    ]


def test_an_account_waives_for_its_environments(environment: Environment) -> None:
    """One waiver of the account holds in each of its environments."""
    local = with_account(state=LocalState(), waivers=(waiver("remote-state", "account.state"),))(
        environment
    )
    second = local.evolve(name="shop-eu", vpc=VpcConfig(cidr=IPv4Network("10.12.0.0/16")))

    result = review([local, second], as_of=TODAY)

    assert [entry.environment for entry in result.waived] == ["shop-prod", "shop-eu"]
    assert (result.errors, result.unused) == ((), ())


@pytest.mark.parametrize(
    ("rule", "address", "reason"),
    [
        (
            "flow-log",
            "vpc.flow_logs",
            "names no guardrail; did you mean 'flow-logs'? guardrails: "
            + ", ".join(rule.id for rule in rules()),
        ),
        (
            "flow-logs",
            "vpc.flow_log",
            "matches nothing; that guardrail finds vpc.flow_logs; correct the address",
        ),
        (
            "nat-per-zone",
            "vpc.nat_zones",
            "matches nothing, because the guardrail is met; remove it",
        ),
    ],
)
def test_a_waiver_that_matches_nothing_says_why(
    environment: Environment, rule: str, address: str, reason: str
) -> None:
    """A misspelt id, a misspelt address, or nothing left to waive."""
    idle = waiver(rule, address)

    (unused,) = review([waived(environment, idle)], as_of=TODAY).unused

    assert unused.message == f"shop-prod: the waiver of {rule!r} for {address!r} {reason}"
    assert unused.problem().where == idle.written_at()
    assert str(unused) == str(unused.problem())


def test_a_waiver_in_a_sandbox_is_unused(environment: Environment) -> None:
    """Sandboxes are not asked, so there is nothing to accept."""
    sandbox = waived(environment, waiver("flow-logs", "vpc.flow_logs")).evolve(
        category=Category.SANDBOX
    )

    (unused,) = review([sandbox], as_of=TODAY).unused

    assert unused.message.endswith("does nothing, because sandboxes are not asked; remove it")


def test_narrowing_keeps_only_the_chosen_environments(environment: Environment) -> None:
    """All are reviewed, because they share things; only the chosen are reported."""
    idle = waiver("nat-per-zone", "vpc.nat_zones")
    first = waived(environment, idle)
    second = first.evolve(name="shop-eu", vpc=VpcConfig(cidr=IPv4Network("10.12.0.0/16")))
    result = review([first, second], as_of=TODAY)

    narrowed = result.narrowed_to({"shop-prod"})

    assert [entry.environment for entry in narrowed.errors] == ["shop-prod"]
    assert [entry.target for entry in narrowed.unused] == ["shop-prod"]
    assert [entry.target for entry in result.unused] == ["shop-prod", "shop-eu"]


def test_an_accounts_unused_waiver_is_reported_with_any_of_its_environments(
    environment: Environment,
) -> None:
    """It is found once, under the account's name."""
    carrier = with_account(waivers=(waiver("flow-logs", "vpc.flow_logs"),))(environment)
    second = carrier.evolve(name="shop-eu", vpc=VpcConfig(cidr=IPv4Network("10.12.0.0/16")))

    result = review([carrier, second], as_of=TODAY)

    assert [(entry.target, entry.environments) for entry in result.unused] == [
        ("workloads", ("shop-prod", "shop-eu"))
    ]
    assert len(result.narrowed_to({"shop-eu"}).unused) == 1
    assert result.narrowed_to({"elsewhere"}).unused == ()


def test_a_review_is_plain_data_for_machines(environment: Environment) -> None:
    """Everything that a program needs is there, dates as ISO text."""
    accepted = waiver("flow-logs", "vpc.flow_logs", date(2026, 3, 2))
    idle = waiver("no-destroy", "allow_destroy")
    weak = waived(environment, accepted, idle)

    document = review([weak], as_of=TODAY).as_dict()

    assert document == {
        "errors": [],
        "listed": [],
        "waived": [
            {
                "environment": "shop-prod",
                "category": "customer",
                "rule": "flow-logs",
                "address": "vpc.flow_logs",
                "message": f"shop-prod: vpc.flow_logs: {BAD['flow-logs'][2]}",
                "where": str(weak.vpc.written_at("flow_logs")),
                "waiver": {
                    "reason": "accepted until the launch",
                    "expires": "2026-03-02",
                    "days_left": 1,
                },
            }
        ],
        "expired": [],
        "ended": [],
        "unused": [
            {
                "target": "shop-prod",
                "environments": ["shop-prod"],
                "rule": "no-destroy",
                "address": "allow_destroy",
                "message": "shop-prod: the waiver of 'no-destroy' for 'allow_destroy' matches"
                " nothing, because the guardrail is met; remove it",
                "where": str(idle.written_at()),
            }
        ],
    }


def test_a_finding_without_a_known_line_is_still_plain_data() -> None:
    """Neither a line nor a waiver is invented."""
    entry = Reviewed("shop", Category.CUSTOMER, Finding("flow-logs", "vpc.flow_logs", "m", None))

    document = entry.as_dict()

    assert (document["where"], document["waiver"]) == (None, None)
    assert str(entry) == "m [flow-logs]"


def test_accounts_of_one_name_are_looked_at_once(
    account: Account, environment: Environment
) -> None:
    """An account that several environments carry reports its unused waiver once."""
    carrier = account.evolve(waivers=(waiver("flow-logs", "vpc.flow_logs"),))
    both = [environment.evolve(account=carrier), environment.evolve(account=carrier, name="b")]

    result = review(both, as_of=TODAY)

    assert [entry.target for entry in result.unused] == ["workloads"]

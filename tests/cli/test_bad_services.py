"""What is wrong with a service is refused in one sentence, at its author's line."""

from __future__ import annotations

import pytest

from tests.cli.conftest import ACCOUNTS, DEV, Done, Shop

SERVICES = """\
from platform_lib.alb.target_config import TargetGroupSettings, TargetHealthCheck
from platform_lib.ecs.config import ContainerConfig, TaskConfig
from platform_lib.ecs.images import ImageConfig
from platform_lib.ecs.service_config import ScalingConfig
from platform_lib.services.config import Migration, ServiceRoute, WebService, Worker
from platform_lib.services.uses import BrokerUse, CacheUse, DatabaseUse, EmailUse

IMAGE = ImageConfig(repository="shop/app", version="1.0.0")

SERVICES = {
    "api": WebService(
        task=TaskConfig(
            cpu=512,
            memory_mib=1024,
            container=ContainerConfig(image=IMAGE, port=8000),
        ),
        tasks=ScalingConfig(minimum=2, maximum=4),
        route=ServiceRoute(load_balancer="public", hosts=("api",), priority=100),
        target=TargetGroupSettings(
            health_check=TargetHealthCheck(path="/health/"),
        ),
        databases={"orders": DatabaseUse(credential="shop")},
        caches={"sessions": CacheUse(user="shop")},
        secrets={"SIGNING_KEY": "signing-key"},
    ),
    "pay": WebService(
        task=TaskConfig(
            cpu=256, memory_mib=512, container=ContainerConfig(image=IMAGE, port=8000)
        ),
        route=ServiceRoute(load_balancer="public", hosts=("pay",), priority=200),
    ),
    "mailer": Worker(
        task=TaskConfig(cpu=256, memory_mib=512, container=ContainerConfig(image=IMAGE)),
        brokers={"jobs": BrokerUse(queue="mail")},
        email=EmailUse(senders=("orders",)),
    ),
    "migration": Migration(
        description="The schema",
        task=TaskConfig(cpu=256, memory_mib=512, container=ContainerConfig(image=IMAGE)),
        before=("api",),
    ),
}
"""

SHOP_ACCOUNTS = ACCOUNTS.replace(
    "from platform_lib.environment",
    "from platform_lib.dns.config import HostedZoneConfig\n"
    "from platform_lib.ecr.config import RepositoriesConfig\n"
    "from platform_lib.environment",
).replace(
    "    tags=TAGS,\n",
    '    zones={"main": HostedZoneConfig(domain="example.com")},\n'
    '    repositories=RepositoriesConfig(images=("shop/app",)),\n'
    "    tags=TAGS,\n",
)

PARTS = """\
    databases={
        "orders": PostgresConfig(
            instance_class="db.m7g.large",
            credentials={"shop": PostgresCredentialConfig(owner="shop")},
        ),
    },
    caches={
        "sessions": CacheConfig(node_type="cache.m7g.large", users={"shop": CacheUserConfig()}),
    },
    brokers={
        "jobs": BrokerConfig(host_type="mq.m7g.large", deployment="single", zones=("a",)),
    },
    secrets={"signing-key": SecretConfig(description="Signs")},
    domain="shop.example.com",
    email=EmailIdentityConfig(domain="shop.example.com"),
    cluster=ClusterConfig(),
    load_balancers={"public": LoadBalancerConfig(sources=("everybody",))},
    services=SERVICES,
)
"""

SHOP_DEV = (
    "from services.shop import SERVICES\n"
    "from platform_lib.alb.config import LoadBalancerConfig\n"
    "from platform_lib.ecs.config import ClusterConfig\n"
    "from platform_lib.elasticache.config import CacheConfig, CacheUserConfig\n"
    "from platform_lib.mq.config import BrokerConfig\n"
    "from platform_lib.rds.config import PostgresConfig\n"
    "from platform_lib.secretsmanager.config import SecretConfig\n"
    "from platform_lib.secretsmanager.postgres_credential_config import PostgresCredentialConfig\n"
    "from platform_lib.ses.config import EmailIdentityConfig\n"
    + DEV.replace("endpoints=()", 'ipv6=True, endpoints=("ecs",)').removesuffix(")\n")
    + PARTS
)
STAGE = SHOP_DEV.replace("shop-dev", "shop-stage").replace("10.10", "10.20")
"""The same services in a second environment."""


def line_of(text: str, of: str = SERVICES) -> int:
    """Return the line of a file on which some text begins."""
    assert of.count(text) == 1, text
    return of[: of.index(text)].count("\n") + 1


@pytest.fixture
def services(shop: Shop) -> Shop:
    """Return a project with services that are right."""
    shop.write("environments/accounts.py", SHOP_ACCOUNTS)
    shop.write("environments/dev.py", SHOP_DEV)
    shop.write("services/__init__.py", "")
    shop.write("services/shop.py", SERVICES)
    return shop


def check(shop: Shop) -> Done:
    """Run `platformctl check`."""
    return shop.run("check")


def test_the_services_are_right(services: Shop) -> None:
    """What the tests below make wrong is right before."""
    done = check(services)

    assert (done.code, done.err) == (0, "")


BAD: dict[str, tuple[str, str, str]] = {
    # what is replaced, by what, and what is said after "services/shop.py:<its line>: "
    "an unknown database": (
        '"orders": DatabaseUse',
        '"order": DatabaseUse',
        ("services['api'].databases names 'order', and shop-dev has orders; did you mean 'orders'?"
        " name one of those, or add it to databases of shop-dev [NotInEnvironment]"),
    ),
    "an unknown login": (
        'DatabaseUse(credential="shop")',
        'DatabaseUse(credential="api")',
        ("services['api'].databases names the credential 'api', and databases['orders'] of shop-dev"
        " has shop; name one of those, or add it to the credentials of databases['orders'] of"
        " shop-dev [NotInEnvironment]"),
    ),
    "an unknown cache": (
        '"sessions": CacheUse',
        '"carts": CacheUse',
        ("services['api'].caches names 'carts', and shop-dev has sessions; name one of those, or add"
        " it to caches of shop-dev [NotInEnvironment]"),
    ),
    "an unknown load balancer": (
        'load_balancer="public", hosts=("api",)',
        'load_balancer="office", hosts=("api",)',
        ("services['api'].route names the load balancer 'office', and shop-dev has public; name one"
        " of those, or add it to load_balancers of shop-dev [NotInEnvironment]"),
    ),
    "one route for two services": (
        'hosts=("pay",), priority=200',
        'hosts=("api",), priority=200',
        ("load_balancers['public']: 'api' and 'pay' both claim api.shop.example.com/*; let one of"
        " them claim another host or path [RouteTaken]"),
    ),
    "one priority for two services": (
        'hosts=("pay",), priority=200',
        'hosts=("pay",), priority=100',
        ("load_balancers['public']: 'api' and 'pay' both have priority 100; give each its own, the"
        " smaller one is tried first [RouteTaken]"),
    ),
    "an image without a repository": (
        'ImageConfig(repository="shop/app"',
        'ImageConfig(repository="shop/ap"',
        ("services['api'] runs an image of 'shop/ap', and the account 'workloads' has repositories"
        " for shop/app; use one of those, add it to the account's repositories, or name the host of"
        " another registry, as in 'docker.io/shop/ap' [NoSuchRepository]"),
    ),
    "a health path without a slash": (
        'path="/health/"',
        'path="health"',
        ("TargetHealthCheck: path: 'health' is not a health check path; start it with a slash, as in"
        " '/health/'"),
    ),
    "a minimum above its maximum": (
        "minimum=2, maximum=4",
        "minimum=5, maximum=4",
        "ScalingConfig: minimum=5 is above maximum=4; lower the one or raise the other",
    ),
    "an image that moves": (
        'version="1.0.0"',
        'version="latest"',
        ("ImageConfig: version: 'latest' is moved from image to image, so nobody knows what runs;"
        " write a tag that stays, as in '3.21.1', or a digest 'sha256:...'"),
    ),
    "a host that is too long": (
        'hosts=("pay",)',
        f'hosts=("{"p" * 64}",)',
        (f"ServiceRoute: hosts[0]: '{'p' * 64}' is not one label below the environment's domain;"
        " write it as in 'api', or '@' for the domain itself"),
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", BAD)
def test_it_is_refused_where_it_is_written(services: Shop, case: str) -> None:
    """The line is that of the value in the services file; exit 2, and nothing else is said."""
    right, wrong, sentence = BAD[case]
    services.write("services/shop.py", SERVICES.replace(right, wrong))

    done = check(services)

    first = done.problems[0].removeprefix(f"services/shop.py:{line_of(right)}: ")
    assert (done.code, first) == (2, sentence)
    # Everything that runs the image says the same of it.
    assert len(done.problems) == (4 if case == "an image without a repository" else 1)


OF_THE_SERVICE: dict[str, tuple[str, str, str, str]] = {
    # the line on which the service or its part begins, then as above
    "illegal CPU and memory": (
        "task=TaskConfig(\n            cpu=512",
        "memory_mib=1024",
        "memory_mib=8192",
        ("TaskConfig: memory_mib=8192 is not offered with cpu=512; choose 1024 to 4096 in steps of"
        " 1024"),
    ),
    "a CPU that Fargate does not have": (
        "task=TaskConfig(\n            cpu=512",
        "cpu=512",
        "cpu=500",
        ("TaskConfig: cpu=500 is not offered by Fargate; choose 256, 512, 1024, 2048, 4096, 8192,"
        " 16384"),
    ),
    "a worker without a queue": (
        '"mailer": Worker(',
        'BrokerUse(queue="mail")',
        "BrokerUse()",
        ("Worker: it has no queue to work off; write"
        " brokers={'<name>': BrokerUse(queue='<queue>')}"),
    ),
    "a secret that the environment lacks": (
        '"api": WebService(',
        '"SIGNING_KEY": "signing-key"',
        '"SIGNING_KEY": "signature"',
        ("services['api'].secrets['SIGNING_KEY'] names 'signature', and shop-dev has signing-key;"
        " name one of those, or add it to secrets of shop-dev [NotInEnvironment]"),
    ),
    "a service that nobody can reach": (
        '"pay": WebService(',
        '        route=ServiceRoute(load_balancer="public", hosts=("pay",), priority=200),\n',
        "",
        ("WebService: nobody can reach it; give it a route, or a service_connect with a name, or"
        " write Worker for what nothing calls"),
    ),
    "a service without a port": (
        '"api": WebService(',
        "container=ContainerConfig(image=IMAGE, port=8000),\n",
        "container=ContainerConfig(image=IMAGE),\n",
        ("WebService: task.container.port is missing, so nothing could call it; give the port that"
        " it listens on, or write Worker for what nothing calls"),
    ),
    "a name that is too long": (
        '"mailer": Worker(',
        '"mailer"',
        f'"{"mailer" * 6}"',
        (f"services: '{'mailer' * 6}' has 36 characters; give a name of at most 30"
        " [NameNotAllowed]"),
    ),
    "a name that the platform has": (
        '"mailer": Worker(',
        '"mailer"',
        '"hosts"',
        ("services['hosts'] would have a part called Hosts, as the platform has; give it another"
        " name [NameTaken]"),
    ),
    "a migration before nothing": (
        '"migration": Migration(',
        'before=("api",)',
        'before=("mailr",)',
        ("services['migration'].before names the always running service 'mailr', and shop-dev has"
        " api, pay, mailer; did you mean 'mailer'? name one of those, or add it to services of"
        " shop-dev [NotInEnvironment]"),
    ),
    "a variable from two things": (
        '"api": WebService(',
        '"SIGNING_KEY"',
        '"CACHE_URL"',
        ("WebService: variable CACHE_URL comes from caches['sessions'] and from"
        " secrets['CACHE_URL']; give one of them another variable"),
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", OF_THE_SERVICE)
def test_it_is_refused_at_the_service(services: Shop, case: str) -> None:
    """Where the value alone is not wrong, the line is that of the service or the part."""
    begin, right, wrong, sentence = OF_THE_SERVICE[case]
    services.write("services/shop.py", SERVICES.replace(right, wrong))

    done = check(services)

    assert done.problems == [f"services/shop.py:{line_of(begin)}: {sentence}"]
    assert done.code == 2


def test_what_several_environments_would_say_is_said_once(services: Shop) -> None:
    """The route is wrong in the services file, whoever runs it."""
    services.write("environments/stage.py", STAGE.replace("shop.example", "stage.example"))
    services.write("services/shop.py", SERVICES.replace("priority=200", "priority=100"))

    line = line_of('route=ServiceRoute(load_balancer="public", hosts=("pay"')
    assert [it.split(": ")[0] for it in check(services).problems] == [f"services/shop.py:{line}"]


def test_the_environment_that_lacks_something_is_named(services: Shop) -> None:
    """The other one has it."""
    services.write(
        "environments/stage.py",
        STAGE.replace("shop.example", "stage.example").replace('"signing-key"', '"other-key"'),
    )

    line = line_of('"api": WebService(')
    assert check(services).problems == [
        (
            f"services/shop.py:{line}: services['api']"
            ".secrets['SIGNING_KEY'] names 'signing-key', and shop-stage has other-key; name one of"
            " those, or add it to secrets of shop-stage [NotInEnvironment]"
        )
    ]


OF_THE_ENVIRONMENT: dict[str, tuple[str, str, str, str]] = {
    # what is replaced, by what, the line that is shown, and what is said
    "no cluster": (
        "    cluster=ClusterConfig(),\n",
        "",
        "ENVIRONMENT = ",
        ("services has api, pay, mailer, migration, and shop-dev has no cluster for them; give it"
        " cluster=ClusterConfig() [NoCluster]"),
    ),
    "no domain": (
        '    domain="shop.example.com",\n',
        "",
        "ENVIRONMENT = ",
        ("load_balancers has public, and shop-dev has no domain for their certificate; give it one,"
        " as in domain='shop.example.com' [NoDomain]"),
    ),
    "no zone": (
        'domain="shop.example.com",\n',
        'domain="shop.example.org",\n',
        "ENVIRONMENT = ",
        ("domain 'shop.example.org' is in no zone of the account 'workloads', which has example.com;"
        " use a name below one of them, or add a zone to the account [NoZone]"),
    ),
    "no IPv6": (
        "ipv6=True",
        "ipv6=False",
        "    load_balancers=",
        ("load_balancers['public'] has dual_stack=True, and the VPC has no IPv6; give the VPC"
        " ipv6=True, or the load balancer dual_stack=False [NoIpv6]"),
    ),
    "no IPv6 for a cache": (
        'ipv6=True, endpoints=("ecs",),\n',
        'endpoints=("ecs",),\n',
        '        "sessions": CacheConfig',
        ("caches['sessions'] has network_type='dual_stack', and the VPC has no IPv6; give the VPC"
        " ipv6=True, or the cache network_type='ipv4' [NoIpv6]"),
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", OF_THE_ENVIRONMENT)
def test_what_the_environment_lacks_is_refused_there(services: Shop, case: str) -> None:
    """The services file is right; the environment is not."""
    right, wrong, place, sentence = OF_THE_ENVIRONMENT[case]
    text = SHOP_DEV.replace(right, wrong)
    if "cache" in case:
        text = text.replace("users={", 'network_type="dual_stack", users={')
    services.write("environments/dev.py", text)

    done = check(services)

    assert done.code == 2
    assert f"environments/dev.py:{line_of(place, text)}: {sentence}" in done.problems


def test_no_mail_is_said_at_the_service_that_sends_it(services: Shop) -> None:
    """The environment alone is right without it."""
    email = '    email=EmailIdentityConfig(domain="shop.example.com"),\n'
    services.write("environments/dev.py", SHOP_DEV.replace(email, ""))

    assert check(services).problems == [
        (
            f"services/shop.py:{line_of('email=EmailUse')}: services['mailer'].email sends mail, and"
            " shop-dev has no domain to send from; give it email=EmailIdentityConfig(domain=...)"
            " [NoEmail]"
        )
    ]


def test_two_environments_do_not_have_one_domain(services: Shop) -> None:
    """A file that was copied would put the same records into the zone."""
    services.write("environments/stage.py", STAGE)

    at = f"environments/stage.py:{line_of('ENVIRONMENT = ', STAGE)}"
    other = f"environments/dev.py:{line_of('ENVIRONMENT = ', SHOP_DEV)}"
    assert check(services).problems == [
        (
            f"{at}: {field} of 'shop-stage' is 'shop.example.com', which 'shop-dev' has already"
            f" ({other}); their records would be the same ones, so give each environment a domain"
            " of its own [DomainTaken]"
        )
        for field in ("domain", "email")
    ]


def test_all_that_is_wrong_is_said_at_once(services: Shop) -> None:
    """One run shows every line."""
    wrong = SERVICES.replace('"orders": Data', '"order": Data').replace(
        "priority=200", "priority=100"
    )
    services.write("services/shop.py", wrong)

    assert [it.rpartition(" ")[2] for it in check(services).problems] == [
        "[NotInEnvironment]",
        "[RouteTaken]",
    ]

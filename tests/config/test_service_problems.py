"""What services name and their environment lacks, or what two of them claim."""

from __future__ import annotations

from ipaddress import IPv4Network
from typing import Any

import pytest

from platform_lib.ecr.config import RepositoriesConfig
from platform_lib.ecs.config import ClusterConfig
from platform_lib.ecs.images import ImageConfig, ImageOwner
from platform_lib.ecs.service_config import ServiceConnectConfig
from platform_lib.environment import Environment
from platform_lib.errors import PlatformError, Problem
from platform_lib.network.config import VpcConfig
from platform_lib.services.config import Service, ServiceRoute
from platform_lib.services.ids import ids_of
from platform_lib.services.uses import (
    BrokerUse,
    BucketUse,
    CacheUse,
    DatabaseUse,
    EmailUse,
    SmtpUse,
    TableUse,
)
from tests.config.service_shop import (
    IMAGE,
    account,
    environment,
    job,
    migration,
    scheduler,
    services,
    task,
    web,
    worker,
)

SHARED = VpcConfig(cidr=IPv4Network("10.10.0.0/16"), ipv6=True, nat_zones=(), endpoints=())
CONNECT = ServiceConnectConfig(name="api")


def problems(named: dict[str, Service], **fields: Any) -> list[Problem]:
    """Return what is wrong with these services in the shop."""
    with pytest.raises(PlatformError) as refused:
        environment(services=named, **fields)
    return [*refused.value.problems]


def said(named: dict[str, Service], **fields: Any) -> list[str]:
    """Return the same as sentences with their codes."""
    return [f"{it.message} [{it.code}]" for it in problems(named, **fields)]


def at(*hosts: str, priority: int = 100, balancer: str = "public", **fields: Any) -> ServiceRoute:
    """Return a route."""
    return ServiceRoute(load_balancer=balancer, hosts=hosts, priority=priority, **fields)


def test_an_environment_takes_what_it_has() -> None:
    """One service of each kind, with everything that there is to name."""
    every = {
        "databases": {"orders": DatabaseUse(credential="shop")},
        "caches": {"sessions": CacheUse(user="shop")},
        "buckets": {"media": BucketUse()},
        "tables": {"tax": TableUse()},
        "secrets": {"KEY": "signing-key", "PAYMENT": "payment-api:key"},
        "addresses": {"URL": "https://api.{domain}/"},
    }
    named = {
        "api": web(**every, brokers={"jobs": BrokerUse()}),
        "mailer": worker(**every, email=EmailUse(senders=("orders",))),
        "beat": scheduler(**every),
        "cleanup": job(**every),
        "migration": migration(**every, before=("api", "mailer", "beat")),
    }

    assert [*environment(services=named).services] == [*named]


MISSING: dict[str, tuple[Service, str]] = {
    "a database": (
        web(databases={"order": DatabaseUse(credential="shop")}),
        ("databases names 'order', and shop-dev has orders; did you mean 'orders'? name one of"
        " those, or add it to databases of shop-dev"),
    ),
    "a cache": (
        web(caches={"carts": CacheUse(user="shop")}),
        ("caches names 'carts', and shop-dev has sessions; name one of those, or add it to caches of"
        " shop-dev"),
    ),
    "a broker": (
        web(brokers={"events": BrokerUse()}),
        ("brokers names 'events', and shop-dev has jobs; name one of those, or add it to brokers of"
        " shop-dev"),
    ),
    "a bucket": (
        web(buckets={"files": BucketUse()}),
        ("buckets names 'files', and shop-dev has media; name one of those, or add it to buckets of"
        " shop-dev"),
    ),
    "a table": (
        web(tables={"stock": TableUse()}),
        ("tables names 'stock', and shop-dev has tax; name one of those, or add it to tables of"
        " shop-dev"),
    ),
    "a secret": (
        web(secrets={"KEY": "signing"}),
        ("secrets['KEY'] names 'signing', and shop-dev has signing-key, payment-api; did you mean"
        " 'signing-key'? name one of those, or add it to secrets of shop-dev"),
    ),
    "a secret with a key": (
        web(secrets={"KEY": "api:key"}),
        ("secrets['KEY'] names 'api', and shop-dev has signing-key, payment-api; name one of those,"
        " or add it to secrets of shop-dev"),
    ),
    "a key of a generated secret": (
        web(secrets={"KEY": "signing-key:key"}),
        ("secrets['KEY'] names the key 'key' of 'signing-key', whose generated value is a text"
        " without keys; name 'signing-key'"),
    ),
    "a login": (
        web(databases={"orders": DatabaseUse(credential="shopp")}),
        ("databases names the credential 'shopp', and databases['orders'] of shop-dev has shop; did"
        " you mean 'shop'? name one of those, or add it to the credentials of databases['orders']"
        " of shop-dev"),
    ),
    "a user of a cache": (
        web(caches={"sessions": CacheUse(user="api")}),
        ("caches names the user 'api', and caches['sessions'] of shop-dev has shop; name one of"
        " those, or add it to the users of caches['sessions'] of shop-dev"),
    ),
    "a load balancer": (
        web(route=at("api", balancer="publik")),
        ("route names the load balancer 'publik', and shop-dev has public, office; did you mean"
        " 'public'? name one of those, or add it to load_balancers of shop-dev"),
    ),
}  # fmt: skip


@pytest.mark.parametrize(("service", "sentence"), MISSING.values(), ids=MISSING.keys())
def test_what_the_environment_lacks_is_refused(service: Service, sentence: str) -> None:
    """The sentence has what was named, what there is, and where it could be added."""
    assert said({"shop": service}) == [f"services['shop'].{sentence} [NotInEnvironment]"]


def test_an_environment_without_any_says_so() -> None:
    """There is nothing to choose from."""
    named = services(api=web(tables={"stock": TableUse()}))

    assert said(named, tables={}) == [
        (
            "services['api'].tables names 'stock', and shop-dev has none; add it to tables of"
            " shop-dev [NotInEnvironment]"
        )
    ]


@pytest.mark.parametrize("before", ["apy", "cleanup", "migration"])
def test_a_migration_is_before_what_always_runs(before: str) -> None:
    """Jobs and migrations are no services that change to a new revision."""
    named = services(api=web(), cleanup=job(), migration=migration(before=(before,)))

    hint = "did you mean 'api'? " if before == "apy" else ""
    assert said(named) == [
        (
            f"services['migration'].before names the always running service {before!r}, and"
            f" shop-dev has api; {hint}name one of those, or add it to services of shop-dev"
            " [NotInEnvironment]"
        )
    ]


def test_everything_is_said_at_once() -> None:
    """Nobody runs check five times."""
    named = services(
        api=web(tables={"stock": TableUse()}, secrets={"A": "a", "B": "b"}),
        mailer=worker(caches={"carts": CacheUse(user="x")}),
    )

    assert [it.code for it in problems(named)] == ["NotInEnvironment"] * 4


class TestSurroundings:
    """What a service needs that it does not name."""

    def test_a_cluster(self) -> None:
        """Nothing else is said before there is one."""
        named = services(api=web(route=at("api", balancer="x")), beat=scheduler())

        assert said(named, cluster=None, email=None, load_balancers={}) == [
            (
                "services has api, beat, and shop-dev has no cluster for them; give it"
                " cluster=ClusterConfig() [NoCluster]"
            )
        ]
        assert environment(cluster=None, email=None, load_balancers={}).cluster is None

    def test_a_domain_to_send_mail_from(self) -> None:
        """Before SES would refuse it."""
        named = services(mailer=worker(email=EmailUse(senders=("orders",))))

        assert said(named, email=None) == [
            (
                "services['mailer'].email sends mail, and shop-dev has no domain to send from; give"
                " it email=EmailIdentityConfig(domain=...) [NoEmail]"
            )
        ]

    def test_a_domain_for_addresses(self) -> None:
        """The variables would have no value."""
        named = services(beat=scheduler(addresses={"A": "{domain}", "B": "x.{domain}"}))

        assert said(named, domain=None, load_balancers={}) == [
            (
                "services['beat'].addresses names the environment's domain in A, B, and shop-dev"
                " has none; give it one, as in domain='shop.example.com' [NoDomain]"
            )
        ]

    def test_a_namespace_for_names(self) -> None:
        """Services call each other in one."""
        named = services(api=web(route=None, service_connect=CONNECT))

        assert said(named) == [
            (
                "services['api'].service_connect needs a namespace, and the cluster of shop-dev has"
                " none; give it one, as in ClusterConfig(namespace='shop.internal') [NoNamespace]"
            )
        ]
        cluster = ClusterConfig(namespace="shop.internal")
        assert environment(services=named, cluster=cluster).services

    def test_a_way_to_ecs_for_migrations(self) -> None:
        """A function in the VPC starts them; nothing else needs the way."""
        named = services(api=web(), migration=migration())

        assert said(named, vpc=SHARED) == [
            (
                "services['migration'] is started by a function in the VPC of shop-dev, which has"
                " neither an endpoint of ECS nor a NAT gateway; add 'ecs' to its endpoints, or a"
                " zone to nat_zones [NoWayToEcs]"
            )
        ]
        assert environment(services=services(api=web()), vpc=SHARED).services
        for way in ({"endpoints": ("ecs",)}, {"nat_zones": ("a",)}):
            assert environment(services=named, vpc=SHARED.evolve(**way)).services


class TestImages:
    """Repositories and versions."""

    def test_are_in_repositories_of_the_account(self) -> None:
        """The sentence has all three ways out."""
        named = services(api=web(task=task(port=80, image=ImageConfig(repository="shop/web"))))

        assert said(named) == [
            (
                "services['api'] runs an image of 'shop/web', and the account 'workloads' has"
                " repositories for shop/app; use one of those, add it to the account's"
                " repositories, or name the host of another registry, as in 'docker.io/shop/web'"
                " [NoSuchRepository]"
            )
        ]

    def test_are_in_none_without_repositories(self) -> None:
        """An account need not have any."""
        (sentence,) = said(services(api=web()), account=account(repositories=None))

        assert "has repositories for none; " in sentence

    def test_may_be_elsewhere(self) -> None:
        """A registry that is named by its host is not ours."""
        public = task(port=80, image=ImageConfig(repository="docker.io/library/nginx"))
        none = account(repositories=None)

        assert environment(services=services(api=web(task=public)), account=none).services

    def test_are_in_the_environments_own_repositories(self) -> None:
        """Where environments have repositories of their own, this one has to be among them."""
        others = RepositoriesConfig(images=("shop/app",), environments=("shop-stage", "shop-prod"))

        assert said(services(api=web()), account=account(repositories=others)) == [
            (
                "the repositories of the account 'workloads' belong to shop-stage, shop-prod, and"
                " shop-dev runs images of them too; add 'shop-dev' to their environments"
                " [NoRepositories]"
            )
        ]
        assert environment(account=account(repositories=others)).services == {}
        own = others.evolve(environments=("shop-dev",))
        assert environment(services=services(api=web()), account=account(repositories=own)).services

    def test_share_a_variable_with_one_default(self) -> None:
        """Whichever was first would decide."""
        newer = web(task=task(port=80, image=IMAGE.evolve(version="2.0.0")))

        assert said(services(mailer=worker(), api=newer)) == [
            (
                "services['api'] starts with version '2.0.0', and 'mailer' with '1.0.0' by the same"
                " variable 'shop_app_version'; write one version, or give one of the two images"
                " another variable [ImageVersionTwice]"
            )
        ]

    @pytest.mark.parametrize(
        "image",
        [
            IMAGE.evolve(version="2.0.0", variable="api_version"),
            IMAGE.evolve(version="2.0.0", owner=ImageOwner.CD),
        ],
    )
    def test_differ_by_variables_of_their_own(self, image: ImageConfig) -> None:
        """Or where no variable says it."""
        own = web(task=task(port=80, image=image))

        assert environment(services=services(mailer=worker(), api=own)).services


class TestRoutes:
    """Hosts, paths and priorities."""

    def test_share_a_host_by_paths(self) -> None:
        """One record, two rules."""
        named = services(
            api=web(route=at("api", priority=1, paths=("/v1/*",))),
            other=web(route=at("api", priority=2)),
        )

        assert environment(services=named).services

    def test_are_refused_with_one_priority(self) -> None:
        """ELB would refuse the second one."""
        named = services(api=web(), pay=web(route=at("pay")))

        assert said(named) == [
            (
                "load_balancers['public']: 'api' and 'pay' both have priority 100; give each its"
                " own, the smaller one is tried first [RouteTaken]"
            )
        ]

    def test_are_refused_with_one_host_and_path(self) -> None:
        """The second would never be asked."""
        named = services(api=web(), pay=web(route=at("api", priority=200)))

        assert said(named) == [
            (
                "load_balancers['public']: 'api' and 'pay' both claim api.shop.example.com/*; let"
                " one of them claim another host or path [RouteTaken]"
            )
        ]

    def test_are_asked_by_load_balancer(self) -> None:
        """Another one has rules of its own."""
        named = services(api=web(), pay=web(route=at("pay", balancer="office")))

        assert environment(services=named).services

    def test_lead_a_host_to_one_load_balancer(self) -> None:
        """A name in DNS has one target."""
        named = services(api=web(), pay=web(route=at("@", "api", balancer="office", paths=("/x",))))

        assert said(named) == [
            (
                "services['pay'] is at api.shop.example.com on the load balancer 'office', and"
                " 'api' has that host on 'public'; a host leads to one load balancer, so use"
                " another host, or the same load balancer [HostTaken]"
            )
        ]

    def test_have_hosts_with_ids_of_their_own(self) -> None:
        """Two labels that differ by a hyphen can have one id."""
        named = services(api=web(route=at("my-shop")), pay=web(route=at("my--shop", priority=2)))

        assert said(named) == [
            (
                "services['pay'] has the host 'my--shop', whose records would have the id AtMyShop"
                " of those of 'my-shop'; use another host [NameTaken]"
            )
        ]


class TestNames:
    """Names of services."""

    def test_are_ids_of_their_parts(self) -> None:
        """The service itself first."""
        smtp = EmailUse(senders=("a",), smtp=SmtpUse(reason="old"))

        assert [*ids_of("shop-api", web(email=smtp))] == [
            "ShopApi", "ShopApiTask", "ShopApiTargets", "ShopApiRule", "ShopApiSmtp",
        ]  # fmt: skip
        assert [*ids_of("beat", scheduler(email=EmailUse(senders=("a",))))] == ["Beat", "BeatTask"]
        assert [*ids_of("api", web(route=None, service_connect=CONNECT))] == ["Api", "ApiTask"]

    @pytest.mark.parametrize(
        ("one", "other", "id"),
        [("mail", "mail-task", "MailTask"), ("mail-task", "mail", "MailTask")],
    )
    def test_are_refused_if_two_have_one_id(self, one: str, other: str, id: str) -> None:
        """Terraform would know them by one address."""
        assert said({one: worker(), other: worker()}) == [
            (
                f"services[{other!r}] would have a part called {id}, as {one!r} has; give it another"
                " name [NameTaken]"
            )
        ]

    @pytest.mark.parametrize(("name", "id"), [("hosts", "Hosts"), ("aws", "Aws")])
    def test_are_refused_if_the_platform_has_the_id(self, name: str, id: str) -> None:
        """The stack has parts of its own."""
        assert said({name: worker()}) == [
            (
                f"services[{name!r}] would have a part called {id}, as the platform has; give it"
                " another name [NameTaken]"
            )
        ]

    def test_have_thirty_characters_at_most(self) -> None:
        """They begin physical names, which AWS limits."""
        assert environment(services={"a" * 30: worker()}).services
        assert said({"a" * 31: worker()}) == [
            (
                f"services: {'a' * 31!r} has 31 characters; give a name of at most 30"
                " [NameNotAllowed]"
            )
        ]

    def test_are_words_in_lower_case(self) -> None:
        """As all names here; every wrong one is said."""
        assert said({"Api": web(), "mail_er": worker(), "beat": scheduler()}) == [
            (
                f"services: {name!r} is not a name here; use lower-case letters, digits and single"
                " hyphens, starting with a letter [NameNotAllowed]"
            )
            for name in ("Api", "mail_er")
        ]


def test_what_is_no_mapping_is_left_to_the_model() -> None:
    """It says what is wanted."""
    with pytest.raises(ValueError, match="Input should be a valid dictionary"):
        environment(services=[web()])
    with pytest.raises(ValueError, match=r"services\.3"):
        environment(services={3: web()})


def test_the_line_stays_that_of_the_service_when_an_environment_adjusts_it() -> None:
    """An environment that starts with another version did not choose the repository."""
    image = ImageConfig(repository="shop/web", version="1.0.0")
    service = web(task=task(port=80, image=image))
    container = service.task.container.evolve(image=image.evolve(version="2.0.0"))
    adjusted = service.evolve(task=service.task.evolve(container=container))

    (problem,) = problems(services(api=adjusted))

    assert problem.where == image.written_at()


def test_an_environment_without_services_needs_nothing() -> None:
    """No cluster, no domain, no load balancer, no repositories."""
    bare = environment(
        cluster=None, domain=None, email=None, load_balancers={}, account=account(repositories=None)
    )

    assert isinstance(bare, Environment)
    assert bare.services == {}

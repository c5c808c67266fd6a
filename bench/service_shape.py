"""An environment with many services, which is measured beside the stacks of `bench.shapes`.

It stands by itself because it needs every stack and its bindings; one network needs few of them.
"""

from __future__ import annotations

from pathlib import Path

from bench.shapes import ACCOUNT, TAGS, configuration
from platform_lib.alb.config import LoadBalancerConfig
from platform_lib.app import build_app
from platform_lib.dns.config import HostedZoneConfig
from platform_lib.ecr.config import RepositoriesConfig
from platform_lib.ecs.config import ClusterConfig, ContainerConfig, TaskConfig
from platform_lib.ecs.images import ImageConfig
from platform_lib.ecs.service_config import ScalingConfig
from platform_lib.elasticache.config import CacheConfig, CacheUserConfig
from platform_lib.elasticache.versions import Engine
from platform_lib.environment import Category, Environment
from platform_lib.secretsmanager.config import SecretConfig
from platform_lib.services.config import ServiceRoute, WebService
from platform_lib.services.uses import CacheUse


def synthesise(outdir: Path, number: int) -> None:
    """Write all stacks of an environment with ``number`` services behind one load balancer.

    Each has a route, a cache and a secret, and scales: what a service of the checkout has.
    """
    account = ACCOUNT.evolve(
        zones={"main": HostedZoneConfig(domain="acme.example")},
        repositories=RepositoriesConfig(images=("service",)),
    )
    container = ContainerConfig(image=ImageConfig(repository="service", version="1.0.0"), port=8080)
    environment = Environment(
        name="bench",
        account=account,
        category=Category.CUSTOMER,
        system="bench",
        region="us-east-1",
        vpc=configuration("one"),
        tags=TAGS,
        caches={
            "shared": CacheConfig(
                engine=Engine.REDIS,
                engine_version="7.1",
                node_type="cache.m7g.large",
                users={"service": CacheUserConfig(authentication="password")},
            )
        },
        secrets={"key": SecretConfig(description="Signs what services send to each other")},
        domain="acme.example",
        cluster=ClusterConfig(),
        load_balancers={"public": LoadBalancerConfig(sources=("everybody",))},
        services={
            f"service-{at}": WebService(
                task=TaskConfig(cpu=256, memory_mib=512, container=container),
                tasks=ScalingConfig(maximum=4),
                route=ServiceRoute(
                    load_balancer="public", hosts=(f"service-{at}",), priority=at + 1
                ),
                caches={"shared": CacheUse(user="service")},
                secrets={"SIGNING_KEY": "key"},
            )
            for at in range(number)
        },
    )
    build_app([account], [environment], outdir=outdir).synth()

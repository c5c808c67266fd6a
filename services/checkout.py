"""The checkout: a Saleor shop with its payments, its storefront and its mail.

A new service is a new entry of ``SERVICES``. Names of databases, caches, brokers, buckets, tables
and secrets are those in environments/checkout; docs/services.md lists the variables that each gives.
"""

from collections.abc import Mapping

from platform_lib.alb.target_config import TargetGroupSettings, TargetHealthCheck
from platform_lib.ecs.config import ContainerConfig, TaskConfig
from platform_lib.ecs.images import ImageConfig
from platform_lib.ecs.service_config import ScalingConfig
from platform_lib.services.config import (
    Migration,
    Scheduler,
    Service,
    ServiceRoute,
    WebService,
    Worker,
)
from platform_lib.services.uses import (
    BrokerUse,
    BucketUse,
    CacheUse,
    DatabaseUse,
    EmailUse,
    TableUse,
)

# What every program of Saleor needs, under the names that Saleor has for it.
SALEOR = ImageConfig(repository="checkout/saleor", version="3.21.1")
SALEOR_DATABASES = {"platform": DatabaseUse(credential="saleor")}
SALEOR_CACHES = {"shared": CacheUse(user="saleor")}
SALEOR_BROKERS = {"jobs": BrokerUse(variable="CELERY_BROKER_URL")}
SALEOR_SECRETS = {"SECRET_KEY": "saleor-secret-key", "RSA_PRIVATE_KEY": "saleor-jwt-key"}
SALEOR_ADDRESSES = {
    "PUBLIC_URL": "https://api.{domain}/",
    "DASHBOARD_URL": "https://dashboard.{domain}/",
    "ALLOWED_CLIENT_HOSTS": "storefront.{domain},dashboard.{domain}",
    # Saleor writes a bucket's keys behind these; the distribution takes the folder off again.
    "AWS_MEDIA_CUSTOM_DOMAIN": "api.{domain}/media",
    "AWS_STATIC_CUSTOM_DOMAIN": "api.{domain}/static",
    "MEDIA_URL": "https://api.{domain}/media/",
    "STATIC_URL": "https://api.{domain}/static/",
}
# Where Saleor puts files: those that everybody may see, and those that only the API hands out.
PUBLIC_FOLDERS = (
    "category-backgrounds/",
    "collection-backgrounds/",
    "products/",
    "thumbnails/",
    "user-avatars/",
)
PRIVATE_FOLDERS = ("export_files/", "invoices/")
BEAT = "saleor.schedulers.schedulers.DatabaseScheduler"  # keeps nothing in a file
CELERY = ("celery", "--app", "saleor.celeryconf:app")

SERVICES: Mapping[str, Service] = {
    "saleor-migration": Migration(
        description="Saleor's database schema",
        task=TaskConfig(
            cpu=512,
            memory_mib=1024,
            container=ContainerConfig(image=SALEOR, command=("python3", "manage.py", "migrate")),
        ),
        before=("saleor-api", "saleor-worker", "saleor-beat"),
        databases=SALEOR_DATABASES,
        caches=SALEOR_CACHES,
        secrets=SALEOR_SECRETS,
    ),
    "saleor-api": WebService(
        task=TaskConfig(
            cpu=1024,
            memory_mib=2048,
            container=ContainerConfig(image=SALEOR, port=8000, read_only_root=False),
            execute_command=True,  # support looks at single orders in Saleor's shell
        ),
        tasks=ScalingConfig(minimum=2, maximum=10, requests_per_target=600),
        route=ServiceRoute(load_balancer="api", hosts=("api",), priority=100),
        target=TargetGroupSettings(health_check=TargetHealthCheck(path="/health/")),
        databases=SALEOR_DATABASES,
        caches=SALEOR_CACHES,
        brokers=SALEOR_BROKERS,
        buckets={
            "media": BucketUse(
                prefixes=(*PUBLIC_FOLDERS, *PRIVATE_FOLDERS),
                variable="AWS_MEDIA_BUCKET_NAME",
            ),
            "static": BucketUse(access="read", variable="AWS_STORAGE_BUCKET_NAME"),
        },
        tables={"tax": TableUse()},
        secrets={**SALEOR_SECRETS, "AVATAX_CREDENTIALS": "avatax-credentials"},
        addresses=SALEOR_ADDRESSES,
        reads_secrets=True,
    ),
    "saleor-worker": Worker(
        task=TaskConfig(
            cpu=1024,
            memory_mib=2048,
            container=ContainerConfig(
                image=SALEOR, command=(*CELERY, "worker"), stop_timeout_seconds=120
            ),
        ),
        tasks=ScalingConfig(minimum=2, maximum=8, messages_per_task=200),
        databases=SALEOR_DATABASES,
        caches=SALEOR_CACHES,
        brokers={"jobs": BrokerUse(queue="celery", variable="CELERY_BROKER_URL")},
        buckets={"media": BucketUse(variable="AWS_MEDIA_BUCKET_NAME")},
        secrets=SALEOR_SECRETS,
        addresses=SALEOR_ADDRESSES,
        writes_logs=True,
    ),
    "saleor-beat": Scheduler(
        task=TaskConfig(
            cpu=256,
            memory_mib=512,
            container=ContainerConfig(
                image=SALEOR,
                command=(*CELERY, "beat", "--scheduler", BEAT),
            ),
        ),
        databases=SALEOR_DATABASES,
        caches=SALEOR_CACHES,
        brokers=SALEOR_BROKERS,
        secrets=SALEOR_SECRETS,
    ),
    "fundgate": WebService(
        task=TaskConfig(
            cpu=512,
            memory_mib=1024,
            container=ContainerConfig(
                image=ImageConfig(repository="checkout/fundgate", version="1.8.0"), port=8080
            ),
        ),
        tasks=ScalingConfig(minimum=2, maximum=6),
        route=ServiceRoute(load_balancer="storefront", hosts=("pay",), priority=300),
        databases={"platform": DatabaseUse(credential="fundgate")},
        caches={"shared": CacheUse(user="fundgate")},
        brokers={"jobs": BrokerUse()},
        secrets={"PAYMENT_API_KEY": "payment-api-key"},
    ),
    "storefront": WebService(
        task=TaskConfig(
            cpu=512,
            memory_mib=1024,
            container=ContainerConfig(
                image=ImageConfig(repository="checkout/storefront", version="2.4.0"), port=3000
            ),
        ),
        tasks=ScalingConfig(minimum=2, maximum=10, requests_per_target=1200),
        route=ServiceRoute(load_balancer="storefront", hosts=("storefront",), priority=100),
        databases={"platform": DatabaseUse(credential="storefront")},
        caches={"shared": CacheUse(user="storefront")},
        addresses={"SALEOR_API_URL": "https://api.{domain}/graphql/"},
    ),
    "dashboard": WebService(
        task=TaskConfig(
            cpu=256,
            memory_mib=512,
            container=ContainerConfig(
                image=ImageConfig(repository="checkout/dashboard", version="3.21.0"), port=8080
            ),
        ),
        route=ServiceRoute(load_balancer="storefront", hosts=("dashboard",), priority=200),
        databases={"platform": DatabaseUse(credential="storefront")},
        caches={"shared": CacheUse(user="dashboard")},
        addresses={"API_URL": "https://api.{domain}/graphql/"},
    ),
    "mailer": Worker(
        task=TaskConfig(
            cpu=256,
            memory_mib=512,
            container=ContainerConfig(
                image=ImageConfig(repository="checkout/mailer", version="1.2.0")
            ),
        ),
        brokers={"jobs": BrokerUse(queue="mail")},
        email=EmailUse(senders=("orders", "no-reply")),
    ),
}

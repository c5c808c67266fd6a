"""The shop in production with a database, whose every other field is production's."""

from docs.examples import shop_prod
from platform_lib.rds.config import PostgresConfig

ORDERS = PostgresConfig(instance_class="db.r7g.large", database="orders")

ENVIRONMENT = shop_prod.ENVIRONMENT.evolve(databases={"orders": ORDERS})

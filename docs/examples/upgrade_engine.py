"""The shop while its database goes from PostgreSQL 16 to 17."""

from docs.examples import shop_database
from docs.examples.shop_database import ORDERS

UPGRADED = ORDERS.evolve(version="17", allow_major_upgrade=True, apply_immediately=True)

ENVIRONMENT = shop_database.ENVIRONMENT.evolve(databases={"orders": UPGRADED})

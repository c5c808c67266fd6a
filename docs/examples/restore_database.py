"""The shop with its orders as they were at half past eight, beside those of today."""

from docs.examples import shop_database
from docs.examples.shop_database import ORDERS
from platform_lib.rds.restore import FromPointInTime

RESTORED = ORDERS.evolve(
    database=None,
    restore=FromPointInTime(source="shop-prod-orders-database", time="2026-11-20T08:30:00Z"),
)

ENVIRONMENT = shop_database.ENVIRONMENT.evolve(
    databases={"orders": ORDERS, "orders-restored": RESTORED}
)

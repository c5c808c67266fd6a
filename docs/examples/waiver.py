"""The shop in production with one NAT gateway for a while, and a waiver that says why."""

from datetime import date

from docs.examples import shop_prod
from platform_lib.waivers import Waiver

ENVIRONMENT = shop_prod.ENVIRONMENT.evolve(
    vpc=shop_prod.ENVIRONMENT.vpc.evolve(nat_zones=("a",)),
    waivers=(
        Waiver(
            rule="nat-per-zone",
            address="vpc.nat_zones",
            reason="The payment provider has allowed one address so far, see ticket SHOP-812.",
            expires=date(2027, 1, 31),
        ),
    ),
)

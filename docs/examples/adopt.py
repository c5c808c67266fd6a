"""The shop in production, around a VPC and an Elastic IP that exist already."""

from docs.examples import shop_prod

ENVIRONMENT = shop_prod.ENVIRONMENT.evolve(
    adopt={
        "network": {
            "Vpc/Resource": "vpc-0a1b2c3d4e5f60718",
            "Vpc/InternetGateway": "igw-0a1b2c3d4e5f60718",
            "Vpc/Nat/EipA": "eipalloc-0a1b2c3d4e5f60718",
        },
    },
)

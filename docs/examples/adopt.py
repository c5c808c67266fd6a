"""The shop in production, around a VPC that exists already, with what AWS made beside it."""

from docs.examples import shop_prod

ENVIRONMENT = shop_prod.ENVIRONMENT.evolve(
    adopt={
        "network": {
            "Vpc/Resource": "vpc-0a1b2c3d4e5f60718",
            "Vpc/Defaults/RouteTable": "vpc-0a1b2c3d4e5f60718",  # it goes by the VPC's id
            "Vpc/Defaults/SecurityGroup": "sg-0a1b2c3d4e5f60718",
            "Vpc/Defaults/NetworkAcl": "acl-0a1b2c3d4e5f60718",
            "Vpc/InternetGateway": "igw-0a1b2c3d4e5f60718",
            "Vpc/Nat/EipA": "eipalloc-0a1b2c3d4e5f60718",
        },
    },
)

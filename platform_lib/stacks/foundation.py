"""What exists once per AWS account."""

from __future__ import annotations

from constructs import Construct

from platform_lib.account.safety import AccountSafety
from platform_lib.core.outputs import offer, publish
from platform_lib.core.stack import PlatformStack
from platform_lib.dns.config import is_within
from platform_lib.dns.hosted_zone import HostedZone
from platform_lib.ecr.config import RegistryScanningConfig
from platform_lib.ecr.registry_scanning import RegistryScanning
from platform_lib.ecr.repositories import Repositories
from platform_lib.environment import Account
from platform_lib.kms.config import KeyConfig
from platform_lib.kms.key import Key
from platform_lib.naming import pascal


class FoundationStack(PlatformStack):
    """Safety settings, zones and image repositories; applied before every environment."""

    def __init__(self, scope: Construct, *, account: Account) -> None:
        super().__init__(scope, "foundation", target=account)
        self.safety = AccountSafety(self, "Safety")
        self.zones = self._define_zones(account)
        """Zones by name."""
        self.repositories = self._define_repositories(account)
        """Image repositories; None for an account without."""

    def zone_of(self, domain: str | None) -> HostedZone | None:
        """Return the zone that a domain's records belong to; None without a domain."""
        name = None if domain is None else self.account.zone_of(domain)
        return None if name is None else self.zones[name]

    def _define_zones(self, account: Account) -> dict[str, HostedZone]:
        zones: dict[str, HostedZone] = {}
        # The shorter domain first: it delegates the longer ones.
        for name, config in sorted(account.zones.items(), key=lambda it: len(it[1].domain)):
            above = [it for it in zones.values() if is_within(config.domain, it.domain)]
            zones[name] = HostedZone(
                self,
                f"{pascal(name)}Zone",
                config=config,
                parent=max(above, key=lambda it: len(it.domain), default=None),
            )
        for zone in zones.values():
            offer(zone, "zone_id")
        if zones:
            publish(
                self,
                "name_servers",
                {name: zone.name_servers for name, zone in zones.items()},
                description="Name servers of the zones, for the registrar",
            )
        return zones

    def _define_repositories(self, account: Account) -> Repositories | None:
        if account.repositories is None:
            return None
        key = Key(self, "Images", config=KeyConfig(description="Images in ECR"))
        # Without it nobody looks at an image again after it was pushed.
        RegistryScanning(self, "Scanning", config=RegistryScanningConfig())
        repositories = Repositories(self, "Repositories", config=account.repositories, key=key)
        for repository in repositories.by_name.values():
            offer(repository, "arn", "repository_url")
        publish(
            self,
            "repository_urls",
            {name: it.url for name, it in repositories.by_name.items()},
            description="Where images are pushed to",
        )
        return repositories

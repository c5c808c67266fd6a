"""RegistryScanning: how every image of an account is scanned in a Region."""

from __future__ import annotations

import cdktf_cdktf_provider_aws.ecr_registry_scanning_configuration as aws_scanning
from constructs import Construct

from platform_lib.core.construct import PlatformConstruct
from platform_lib.ecr.config import RegistryScanningConfig


class RegistryScanning(PlatformConstruct):
    """How every image of an account is scanned; there is one such setting for each Region.

    Defines:
        aws_ecr_registry_scanning_configuration

    Args:
        config: Whether Amazon Inspector does it, and again, or ECR itself once.
    """

    def __init__(self, scope: Construct, id: str, *, config: RegistryScanningConfig) -> None:
        super().__init__(scope, id)
        enhanced = config.mode == "enhanced"
        aws_scanning.EcrRegistryScanningConfiguration(
            self,
            "Resource",
            scan_type=config.mode.upper(),
            rule=[
                aws_scanning.EcrRegistryScanningConfigurationRule(
                    scan_frequency="CONTINUOUS_SCAN" if enhanced else "SCAN_ON_PUSH",
                    repository_filter=[
                        aws_scanning.EcrRegistryScanningConfigurationRuleRepositoryFilter(
                            filter="*", filter_type="WILDCARD"
                        )
                    ],
                )
            ],
        )

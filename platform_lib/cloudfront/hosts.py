"""Which distribution answers for a host; pure."""

from __future__ import annotations

from collections.abc import Mapping

from platform_lib.cloudfront.config import DistributionConfig


def distribution_at(host: str, distributions: Mapping[str, DistributionConfig]) -> str | None:
    """Return the name of the distribution that answers for a host; None if none does.

    A wildcard stands for any number of levels, and a longer name goes before it.
    https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/CNAMEs.html
    """
    found = {
        alias: name
        for name, distribution in distributions.items()
        for alias in distribution.aliases
        if alias == host or (alias.startswith("*.") and host.endswith(alias[1:]))
    }
    return found[max(found, key=len)] if found else None

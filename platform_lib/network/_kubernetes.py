"""Tags by which Kubernetes finds subnets; pure."""

from __future__ import annotations

from platform_lib.network.tiers import Tier

_ROLE = {Tier.PUBLIC: "kubernetes.io/role/elb", Tier.PRIVATE: "kubernetes.io/role/internal-elb"}


def subnet_tags(tier: Tier, clusters: tuple[str, ...]) -> dict[str, str]:
    """Return the tags that a subnet of ``tier`` needs for ``clusters``; none without a cluster.

    https://docs.aws.amazon.com/eks/latest/userguide/network-load-balancing.html
    https://karpenter.sh/docs/concepts/nodeclasses/#specsubnetselectorterms
    """
    role = _ROLE.get(tier)
    if role is None or not clusters:
        return {}
    tags = {role: "1"} | {f"kubernetes.io/cluster/{name}": "shared" for name in clusters}
    if tier is Tier.PRIVATE:
        # A tag holds one value: node classes of further clusters select by the cluster tag.
        tags["karpenter.sh/discovery"] = clusters[0]
    return tags

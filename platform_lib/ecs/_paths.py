"""The way out that every task needs before its code runs."""

from __future__ import annotations

from ipaddress import IPv4Network

from platform_lib.core.connections import HTTPS, Connections

_EVERYWHERE = IPv4Network("0.0.0.0/0")


def open_way_to_aws(connections: Connections) -> None:
    """Let tasks fetch their image and secrets, write their logs and call AWS and others by HTTPS.

    Fargate does the first three over the task's own interface. The addresses are those of S3 and
    of the internet even where endpoints of the VPC answer, so that no narrower block would do.
    https://docs.aws.amazon.com/AmazonECS/latest/developerguide/fargate-task-networking.html
    """
    connections.allow_to_cidr(_EVERYWHERE, HTTPS, description="image, secrets, logs and HTTPS APIs")

"""Ids of a service's constructs in its stack; pure."""

from __future__ import annotations

from collections.abc import Iterator

from platform_lib.naming import pascal
from platform_lib.services.config import APEX, Service, WebService

TASK, TARGETS, RULE, SMTP = "Task", "Targets", "Rule", "Smtp"
"""What follows a service's own id in those of its parts."""

HOSTS = "Hosts"
"""Id of what holds the records of all hosts."""

RESERVED = frozenset({"Aws", "AwsUsEast1", HOSTS})
"""Ids in the stack that no service has: the providers' and that of the hosts."""


def ids_of(name: str, service: Service) -> Iterator[str]:
    """Yield the ids that a service takes: its own first, then those of its parts."""
    own = pascal(name)
    yield own
    yield f"{own}{TASK}"
    if isinstance(service, WebService) and service.route is not None:
        yield f"{own}{TARGETS}"
        yield f"{own}{RULE}"
    if service.email is not None and service.email.smtp is not None:
        yield f"{own}{SMTP}"


def id_of_host(label: str) -> str:
    """Return the id of a host's records, among the hosts."""
    return "Apex" if label == APEX else f"At{pascal(label)}"

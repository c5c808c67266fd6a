"""Who asks, and whom a policy names; pure.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any

from platform_lib.testing._policy_text import has_reference, not_judged

_ARN = re.compile(
    r"arn:(?P<partition>[a-z-]+):(iam|sts)::(?P<account>\d{12}):"
    r"(root|(?P<kind>role|user|assumed-role|oidc-provider|saml-provider)/(?P<path>.+))"
)
_SERVICE = re.compile(r"[a-z0-9-]+(\.[a-z0-9-]+)*\.amazonaws\.com(\.cn)?")
_ACCOUNT = re.compile(r"\d{12}")
_KINDS = ("AWS", "Service", "Federated")


class Kind(Enum):
    """What kind of principal asks."""

    ROLE = "role"
    """Some session of a role."""

    SESSION = "assumed-role"
    """One session of a role."""

    USER = "user"
    """An IAM user."""

    ROOT = "root"
    """The root user of an account."""

    SERVICE = "service"
    """An AWS service that acts for itself."""

    FEDERATED = "federated"
    """Somebody with a token of an identity provider, who assumes a role."""

    ANONYMOUS = "anonymous"
    """Anybody, without credentials."""


class Naming(Enum):
    """How a ``Principal`` element names who asks."""

    DIRECTLY = "directly"
    """By name, or as one of everybody: an allow is enough within the account."""

    BY_ACCOUNT = "by account"
    """By the account: an allow lets the account's identity policies decide."""


@dataclass(frozen=True, slots=True)
class Caller:
    """Who asks."""

    kind: Kind
    """What it is."""

    name: str
    """ARN of a role, session, user, root user or provider; name of a service; ``*`` for anybody."""

    account: str | None = None
    """Its account; None if it has none."""

    role: str | None = None
    """ARN of the role whose session it is; None for everybody else."""

    @classmethod
    def of(cls, principal: str) -> Caller:
        """Read a principal.

        Raises:
            PlatformError: ``NotJudged`` if it is none that we know.
        """
        if principal == "*":
            return cls(Kind.ANONYMOUS, principal)
        if _SERVICE.fullmatch(principal):
            return cls(Kind.SERVICE, principal)
        found = _ARN.fullmatch(principal)
        if found is None:
            raise not_judged(
                f"{principal!r} is no principal; give the ARN of a role, an assumed role, a user,"
                " a root user or an identity provider, the name of a service, or '*' for anybody"
            )
        if _is_provider(found):
            return cls(Kind.FEDERATED, principal)
        kind = Kind(found["kind"] or "root")
        role = None
        if kind is Kind.SESSION:
            name = found["path"].partition("/")[0]
            role = f"arn:{found['partition']}:iam::{found['account']}:role/{name}"
        return cls(kind, principal, found["account"], role)

    @property
    def short(self) -> str:
        """Name of a user or role, without its path."""
        return (self.role or self.name).rpartition("/")[2]

    def links(self) -> list[str]:
        """Return what AWS may compare with ``NotPrincipal``: itself, its role, its account."""
        own = [] if self.kind is Kind.ROOT else [self.name]
        return [*own, *(it for it in (self.role, self.account) if it is not None)]


@dataclass(frozen=True, slots=True)
class Principals:
    """A ``Principal`` or ``NotPrincipal`` element."""

    names: tuple[str, ...]
    """As written."""

    @classmethod
    def of(cls, element: Any) -> Principals:
        """Read the element.

        Raises:
            PlatformError: ``NotJudged`` if a kind or a name is not known.
        """
        if element == "*":
            return cls(("*",))
        if not isinstance(element, Mapping):
            raise not_judged(f"a Principal is '*' or an object, this is {element!r}")
        found = []
        for kind, names in element.items():
            if kind not in _KINDS:
                raise not_judged(f"the principal kind {kind!r} is not known; known are {_KINDS}")
            found += [(kind, name) for name in ([names] if isinstance(names, str) else names)]
        for kind, name in found:
            _check(kind, name)
        return cls(tuple(name for _, name in found))

    def name(self, caller: Caller) -> Naming | None:
        """Tell how the element names who asks, or None.

        Raises:
            PlatformError: ``NotJudged`` if a name is known only after apply.
        """
        found = {_naming(name, caller) for name in self.names}
        return next((it for it in Naming if it in found), None)

    def spare(self, caller: Caller) -> bool:
        """Tell whether a ``NotPrincipal`` surely leaves out who asks.

        AWS may compare the account first, then the role, then the session; only when each is
        listed does none of these comparisons deny.
        https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_notprincipal.html
        """
        listed = {_account(name) or name for name in self.names}
        return all(link in listed for link in caller.links())


def _naming(name: str, caller: Caller) -> Naming | None:
    if has_reference(name) and not _ARN.fullmatch(name):
        raise not_judged(
            f"whom {name!r} names is known only after apply; give Access the stack that has it"
        )
    if name in {"*", caller.name} or _is_role_of(name, caller):
        return Naming.DIRECTLY
    account = _account(name)
    return Naming.BY_ACCOUNT if account is not None and account == caller.account else None


def _is_role_of(name: str, caller: Caller) -> bool:
    """Tell whether a name is that of the role whose session asks.

    A session's ARN lacks the path of its role, whose name is unique in the account.
    """
    named = _ARN.fullmatch(name)
    return (
        caller.kind is Kind.SESSION
        and named is not None
        and (named["kind"], named["account"]) == ("role", caller.account)
        and named["path"].rpartition("/")[2] == caller.short
    )


def _account(name: str) -> str | None:
    """Return the account that an id or a root user's ARN stands for."""
    if _ACCOUNT.fullmatch(name):
        return name
    found = _ARN.fullmatch(name)
    return found["account"] if found is not None and found["kind"] is None else None


def _is_provider(found: re.Match[str]) -> bool:
    return found["kind"] in {"oidc-provider", "saml-provider"}


def _check(kind: str, name: Any) -> None:
    if not isinstance(name, str):
        raise not_judged(f"a principal is a string, this is {name!r}")
    found = _ARN.fullmatch(name)
    provider = found is not None and _is_provider(found)
    known = {
        "AWS": name == "*" or _ACCOUNT.fullmatch(name) or (found and not provider),
        "Service": _SERVICE.fullmatch(name),
        "Federated": provider,
    }
    wildcard = "*" in name and name != "*"
    if wildcard or not (known[kind] or has_reference(name)):
        raise not_judged(
            f"the {kind} principal {name!r} is not known; wildcards have no meaning in a name,"
            " and groups, canonical and unique ids are not judged"
        )

"""CloudFront policies: what is in a cache key, what origins get, which headers viewers get.

Upstream gap: moto has neither cache policies, nor origin request policies, nor response headers
policies. Those that AWS manages exist by their identifiers; what is in them is not known here.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from moto.cloudfront.models import CloudFrontBackend
from moto.cloudfront.responses import CloudFrontResponse
from moto.core.responses import ActionResult, EmptyResult
from moto.core.utils import utcnow

from platform_lib.local.extensions import _cloudfront
from platform_lib.local.extensions.support import AwsError, Resource, add, settings

__all__ = ["KINDS", "Kind", "install", "is_known"]

_MOST_TTL = 31_536_000
"""A year, the default of a policy's longest time.
https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_CachePolicyConfig.html"""


@dataclass(frozen=True, slots=True)
class Kind:
    """One of the three kinds of policies; their APIs differ in names only."""

    name: str
    """As the API spells it: ``CachePolicy``."""

    plural: str
    """As it spells several: ``CachePolicies``."""

    path: str
    """Where it is in the API."""

    argument: str
    """What a cache behaviour calls the identifier."""

    managed: tuple[str, ...]
    """Identifiers of AWS's own."""


KINDS = (
    Kind(
        "CachePolicy",
        "CachePolicies",
        "cache-policy",
        "CachePolicyId",
        (
            "08627262-05a9-4f76-9ded-b50ca2e3a84f",
            "2e54312d-136d-493c-8eb9-b001f22f67d2",
            "4135ea2d-6df8-44a3-9df3-4b5a84be39ad",
            "4cc15a8a-d715-48a4-82b8-cc0b614638fe",
            "658327ea-f89d-4fab-a63d-7e88639e58f6",
            "83da9c7e-98b4-4e11-a168-04f0df8e2c65",
            "b2884449-e4de-46a7-ac36-70bc7f1ddd6d",
        ),
    ),
    Kind(
        "OriginRequestPolicy",
        "OriginRequestPolicies",
        "origin-request-policy",
        "OriginRequestPolicyId",
        (
            "216adef6-5c7f-47e4-b989-5492eafa07d3",
            "33f36d7e-f396-46d9-90e0-52428a34d9dc",
            "59781a5b-3903-41f3-afcb-af62929ccde1",
            "775133bc-15f2-49f9-abea-afb2e0bf67d2",
            "88a5eaf4-2fd4-4709-b370-b4c650ea3fcf",
            "acba4595-bd28-49b8-b9fe-13317c0390fa",
            "b689b0a8-53d0-40ab-baf2-68738e2966ac",
            "bf0718e1-ba1e-49d1-88b1-f726733018ae",
        ),
    ),
    Kind(
        "ResponseHeadersPolicy",
        "ResponseHeadersPolicies",
        "response-headers-policy",
        "ResponseHeadersPolicyId",
        (
            "5cc3b908-e619-4b99-88e5-2cf7f45965bd",
            "60669652-455b-4ae9-85a4-c4c02393f86c",
            "67f7725c-6f97-4210-82d7-5512b31e9d03",
            "e61eb60c-9c35-4d20-a928-2b84e02af89c",
            "eaab4381-ed33-4a86-88ca-d9558dc6cd63",
        ),
    ),
)
"""The kinds, with the identifiers that AWS documents for its own policies.
https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/using-managed-cache-policies.html
https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/using-managed-origin-request-policies.html
https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/using-managed-response-headers-policies.html"""


class Policy(Resource):
    """One policy of the account."""

    def __init__(self, config: dict[str, Any]) -> None:
        self.id = _cloudfront.new_id(36)
        self.change(config)

    def change(self, config: dict[str, Any]) -> None:
        """Take another configuration, as another version."""
        self.config = config
        self.etag = _cloudfront.new_id()
        self.last_modified_time = utcnow()


def install() -> None:
    """Patch moto."""
    for kind in KINDS:
        _cloudfront.route(
            kind.path, f"{kind.path}/(?P<id>[^/]+)", f"{kind.path}/(?P<id>[^/]+)/config"
        )
        snake = kind.path.replace("-", "_")
        plural = f"{snake.removesuffix('policy')}policies"
        for verb, member in (
            (f"create_{snake}", _create),
            (f"get_{snake}", _get),
            (f"get_{snake}_config", _get_config),
            (f"update_{snake}", _update),
            (f"delete_{snake}", _delete),
            (f"list_{plural}", _list),
        ):
            add(CloudFrontResponse, verb)(_bound(member, kind))


def is_known(backend: CloudFrontBackend, kind: Kind, identifier: str) -> bool:
    """Tell whether a policy exists, in the account or as one of AWS's."""
    return identifier in kind.managed or identifier in _policies(backend, kind)


def _bound(member: Any, kind: Kind) -> Any:
    return lambda self: member(self, kind)


def _policies(backend: Any, kind: Kind) -> dict[str, Policy]:
    found: dict[str, Policy] = settings(backend, kind.name)
    return found


def _find(response: Any, kind: Kind) -> Policy:
    identifier = response._get_param("Id")  # noqa: SLF001 - moto's own way to read it
    if identifier in kind.managed:
        raise NotImplementedError("what is in AWS's own policies is not known here")
    found = _policies(response.backend, kind).get(identifier)
    if found is None:
        raise AwsError(f"NoSuch{kind.name}", f"The {_spoken(kind)} does not exist.")
    return found


def _spoken(kind: Kind) -> str:
    return kind.path.replace("-", " ")


def _checked(response: Any, kind: Kind, own: Policy | None) -> dict[str, Any]:
    """Return the configuration of a request, if AWS would take it."""
    config: dict[str, Any] = response._get_param(f"{kind.name}Config")  # noqa: SLF001
    if any(
        other is not own and other.config["Name"] == config["Name"]
        for other in _policies(response.backend, kind).values()
    ):
        raise AwsError(
            f"{kind.name}AlreadyExists",
            f"The {_spoken(kind)} name that you provided already exists: {config['Name']}",
        )
    if kind.name == "CachePolicy":
        _check_cache_policy(config)
    elif kind.name == "OriginRequestPolicy":
        for part, behaviour in _parts(config):
            _check_items(part, behaviour, config[f"{part}sConfig"])
    return config


def _check_cache_policy(config: Mapping[str, Any]) -> None:
    """Check times against each other, and that nothing is in the key of what is not cached.

    https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_CachePolicyConfig.html
    """
    shortest = config["MinTTL"]
    default = config.get("DefaultTTL", max(86_400, shortest))
    longest = config.get("MaxTTL", max(_MOST_TTL, default))
    if not 0 <= shortest <= default <= longest:
        raise _cloudfront.invalid("The parameter MinTTL must be <= DefaultTTL <= MaxTTL.")
    given = config.get("ParametersInCacheKeyAndForwardedToOrigin")
    if given is None:
        return
    for part, behaviour in _parts(given):
        _check_items(part, behaviour, given[f"{part}sConfig"])
        if longest == 0 and behaviour != "none":
            raise _cloudfront.invalid(
                f"The parameter {part}Behavior is invalid for policy with caching disabled."
            )
    for encoding in ("Gzip", "Brotli"):
        if longest == 0 and given.get(f"EnableAcceptEncoding{encoding}"):
            raise _cloudfront.invalid(
                f"The parameter EnableAcceptEncoding{encoding} is invalid for policy with caching"
                " disabled."
            )


def _parts(config: Mapping[str, Any]) -> Iterable[tuple[str, str]]:
    for part in ("Header", "Cookie", "QueryString"):
        yield part, str(config[f"{part}sConfig"][f"{part}Behavior"])


def _check_items(part: str, behaviour: str, config: Mapping[str, Any]) -> None:
    listed = (config.get(f"{part}s") or {}).get("Items") or []
    wants = behaviour.endswith(("whitelist", "allExcept", "WhitelistCloudFront"))
    if wants != bool(listed):
        raise _cloudfront.invalid(
            f"The parameter {part}Behavior {behaviour!r} does not fit its {part}s."
        )


def _create(self: Any, kind: Kind) -> ActionResult:
    policy = Policy(_checked(self, kind, None))
    _policies(self.backend, kind)[policy.id] = policy
    location = f"https://cloudfront.amazonaws.com/2020-05-31/{kind.path}/{policy.id}"
    return ActionResult(_answer(kind, policy) | {"Location": location})


def _get(self: Any, kind: Kind) -> ActionResult:
    return ActionResult(_answer(kind, _find(self, kind)))


def _get_config(self: Any, kind: Kind) -> ActionResult:
    policy = _find(self, kind)
    return ActionResult({f"{kind.name}Config": policy.config, "ETag": policy.etag})


def _update(self: Any, kind: Kind) -> ActionResult:
    policy = _find(self, kind)
    _cloudfront.check_version(self._get_param("IfMatch"), policy.etag)
    policy.change(_checked(self, kind, policy))
    return ActionResult(_answer(kind, policy))


def _delete(self: Any, kind: Kind) -> EmptyResult:
    policy = _find(self, kind)
    _cloudfront.check_version(self._get_param("IfMatch"), policy.etag)
    if any(it.get(kind.argument) == policy.id for it in _cloudfront.behaviours(self.backend)):
        raise AwsError(
            f"{kind.name}InUse",
            f"The {_spoken(kind)} is attached to one or more cache behaviors.",
        )
    del _policies(self.backend, kind)[policy.id]
    return EmptyResult()


def _list(self: Any, kind: Kind) -> ActionResult:
    if self._get_param("Type") != "custom":
        raise NotImplementedError("what is in AWS's own policies is not known here; ask for custom")
    items = [
        {"Type": "custom", kind.name: _shown(kind, policy)}
        for policy in _policies(self.backend, kind).values()
    ]
    listed = {"MaxItems": 100, "Quantity": len(items), "Items": items}
    return ActionResult({f"{kind.name}List": listed})


def _shown(kind: Kind, policy: Policy) -> dict[str, Any]:
    return {
        "Id": policy.id,
        "LastModifiedTime": policy.last_modified_time,
        f"{kind.name}Config": policy.config,
    }


def _answer(kind: Kind, policy: Policy) -> dict[str, Any]:
    return {kind.name: _shown(kind, policy), "ETag": policy.etag}

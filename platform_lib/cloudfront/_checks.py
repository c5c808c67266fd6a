"""What contradicts each other among the behaviours of one distribution; pure."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence

from platform_lib.cloudfront._paths import (
    TooComplicatedError,
    canonical,
    matches,
    path_only_of,
)
from platform_lib.cloudfront.behaviours import BehaviourConfig, Methods
from platform_lib.cloudfront.managed import ManagedOriginRequestPolicy
from platform_lib.cloudfront.origins import AlbOrigin, S3Origin, VpcOrigin
from platform_lib.cloudfront.policies import (
    CachePolicyConfig,
    OriginRequestPolicyConfig,
    OriginRequestSettings,
    ResponseHeadersPolicyConfig,
)
from platform_lib.model import Model

_MOST_BEHAVIOURS = 75
"""With the default one.
https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/cloudfront-limits.html"""

_GRAPHQL = ("/graphql", "/graphql/")

_Origin = S3Origin | AlbOrigin | VpcOrigin


def references(
    behaviours: Sequence[BehaviourConfig],
    default: BehaviourConfig,
    origins: Mapping[str, _Origin],
    functions: Collection[str],
) -> Iterator[str]:
    """Yield names that stand for nothing, and things that nothing names."""
    every = (*behaviours, default)
    for behaviour in every:
        if behaviour.origin not in origins:
            yield (
                f"{behaviour} has origin={behaviour.origin!r}, which is not among origins:"
                f" {', '.join(sorted(origins)) or 'there are none'}"
            )
        for field in ("viewer_request", "viewer_response"):
            name = getattr(behaviour, field)
            if name is not None and name not in functions:
                yield (
                    f"{behaviour} has {field}={name!r}, which is not among functions:"
                    f" {', '.join(sorted(functions)) or 'there are none'}"
                )
    unused = sorted(set(origins) - {it.origin for it in every})
    if unused:
        yield f"origins has {', '.join(unused)}, which no behaviour asks; leave it out"
    used = {name for it in every for name in (it.viewer_request, it.viewer_response)}
    idle = sorted(set(functions) - used)
    if idle:
        yield f"functions has {', '.join(idle)}, which no behaviour calls; leave it out"


def order(behaviours: Sequence[BehaviourConfig], default: BehaviourConfig) -> Iterator[str]:
    """Yield behaviours that never match a request, and why."""
    if not default.is_default:
        yield (
            f"default has path={default.path!r}, and it is for all paths that no other behaviour is"
            " for; leave path out, or put it among behaviours"
        )
    if len(behaviours) + 1 > _MOST_BEHAVIOURS:
        yield (
            f"behaviours has {len(behaviours)} and a distribution may have {_MOST_BEHAVIOURS} with"
            " the default one; let wildcards stand for several paths"
        )
        return
    before: list[str] = []
    for behaviour in behaviours:
        if behaviour.is_default:
            yield (
                f"behaviours has the path {behaviour.path!r}, which takes every request, so that the"
                " default behaviour gets none; make it the default"
            )
            return
        yield from _matching(behaviour, before)
        before.append(behaviour.path)
    yield from _matching(default, before)


def _matching(behaviour: BehaviourConfig, before: Sequence[str]) -> Iterator[str]:
    try:
        yield from _never_matches(behaviour, before)
    except TooComplicatedError:
        yield (
            f"it takes too long to find out whether {behaviour} ever gets a request; use fewer"
            " wildcards in the paths of the behaviours"
        )


def _never_matches(behaviour: BehaviourConfig, before: Sequence[str]) -> Iterator[str]:
    path = behaviour.path
    same = [it for it in before if canonical(it) == canonical(path)]
    if same:
        yield f"behaviours has {path!r} twice; the first one takes every request, so leave one out"
    elif _taken(path, ()):
        yield (
            f"{behaviour} matches no request: CloudFront takes repeated slashes and the segments '.'"
            " and '..' out of a path before it compares; take them out of the pattern"
        )
    elif _taken(path, before):
        takes = [it for it in before if _taken(path, (it,))][:1] or before
        yield (
            f"{behaviour} never gets a request, because {', '.join(repr(it) for it in takes)} before"
            f" it {'takes' if len(takes) == 1 else 'take'} them all;"
            f" {'make one of them the default' if behaviour.is_default else 'put it first'}, or leave"
            " one out"
        )


def _taken(path: str, before: Sequence[str]) -> bool:
    return path_only_of(path, before) is None


def policies(behaviours: Sequence[BehaviourConfig]) -> Iterator[str]:
    """Yield names that two policies of our own share."""
    kinds: tuple[tuple[str, type[Model]], ...] = (
        ("cache_policy", CachePolicyConfig),
        ("origin_request_policy", OriginRequestPolicyConfig),
        ("response_headers_policy", ResponseHeadersPolicyConfig),
    )
    for field, kind in kinds:
        found: dict[str, Model] = {}
        for behaviour in behaviours:
            policy = getattr(behaviour, field)
            if not isinstance(policy, kind):
                continue
            name = policy.name  # type: ignore[attr-defined] # each of the three kinds has one
            if found.setdefault(name, policy) != policy:
                yield (
                    f"{behaviour} has a {field} {name!r} that differs from another one of that name;"
                    " give it a name of its own"
                )


def pairs(behaviours: Sequence[BehaviourConfig], origins: Mapping[str, _Origin]) -> Iterator[str]:
    """Yield policies that do not go with the kind of an origin."""
    for behaviour in behaviours:
        origin = origins[behaviour.origin]
        sent = sent_to(behaviour, origin)
        key = behaviour.cache_settings
        host = sent.headers.has_header("host") or key.headers.has_header("host")
        if isinstance(origin, S3Origin):
            yield from _bucket_pairs(behaviour, sent, host=host)
        elif origin.keeps_host and not host:
            yield (
                f"{behaviour} does not send the viewer's Host to {behaviour.origin!r}, which has"
                " keeps_host=True; use Forward.ALL or Forward.KEY, or put Host among the headers"
            )
        elif not origin.keeps_host and host:
            yield (
                f"{behaviour} sends the viewer's Host to {behaviour.origin!r}, which has"
                " keeps_host=False and answers to its own name only; use Forward.ALL or Forward.KEY,"
                " and take Host out of the headers"
            )
        for field in ("cookies", "query_strings"):
            kinds = {getattr(key, field).kind, getattr(sent, field).kind}
            if kinds == {"all-except"}:
                # AWS's table of both policies contradicts the rule that the key is always sent.
                yield (
                    f"{behaviour} has {field} of kind 'all-except' in its cache policy and in its"
                    " origin request policy; use 'all' or 'none' in the second one"
                )


def _bucket_pairs(
    behaviour: BehaviourConfig, sent: OriginRequestSettings, *, host: bool
) -> Iterator[str]:
    origin = behaviour.origin
    if host or sent.headers.is_open:
        what = "the viewer's Host" if host else "all headers of the viewer"
        yield (
            f"{behaviour} sends {what} to the bucket {origin!r}, which answers 403 to it; use"
            " Forward.ALL, which chooses what a bucket understands, or CORS_S3_ORIGIN"
        )
    elif sent.cookies.kind != "none" or behaviour.cache_settings.cookies.kind != "none":
        yield (
            f"{behaviour} sends cookies to the bucket {origin!r}, which cannot read them; leave them"
            " out of the cache key and of what is sent"
        )
    if behaviour.methods is Methods.ALL:
        yield (
            f"{behaviour} has methods='all' and asks the bucket {origin!r}, which CloudFront may"
            " only read; use Methods.READ, and let people upload with signed URLs of the bucket"
        )


def sent_to(behaviour: BehaviourConfig, origin: _Origin) -> OriginRequestSettings:
    """Return what an origin gets besides what is in the cache key."""
    policy = behaviour.sends(origin)
    if policy is None:
        return OriginRequestSettings()
    return policy.settings if isinstance(policy, ManagedOriginRequestPolicy) else policy


def dangers(
    behaviours: Sequence[BehaviourConfig], origins: Mapping[str, _Origin], aliases: Sequence[str]
) -> Iterator[str]:
    """Yield behaviours that let viewers share answers without a waiver, and waivers without need."""
    for behaviour in behaviours:
        found = dangers_of(behaviour, origins[behaviour.origin], aliases)
        if found and behaviour.waiver is None:
            harmless = _BY_HOST if found == (_unkeyed("the host"),) else _HARMLESS
            yield (
                f"{behaviour} keeps answers and {'; and '.join(found)}; {harmless}, or say in waiver"
                " why viewers may share answers"
            )
        elif not found and behaviour.waiver is not None:
            yield f"{behaviour} has a waiver and needs none; leave it out"


def dangers_of(
    behaviour: BehaviourConfig, origin: _Origin, aliases: Sequence[str]
) -> tuple[str, ...]:
    """Return why a viewer may get an answer that is wrong or was made for another one."""
    key = behaviour.cache_settings
    if not key.caches:
        return ()
    if isinstance(origin, S3Origin):
        return (_IS_GRAPHQL,) if "graphql" in behaviour.path.lower() else ()
    found = []
    if "graphql" in behaviour.path.lower() or (
        not behaviour.is_default and any(matches(behaviour.path, it) for it in _GRAPHQL)
    ):
        found.append(_IS_GRAPHQL)
    if key.min_ttl_seconds:
        found.append(
            f"keeps those marked private or no-store for {key.min_ttl_seconds} s (min_ttl_seconds)"
        )
    if unkeyed := unkeyed_of(behaviour, origin, aliases):
        found.append(_unkeyed(*unkeyed))
    return tuple(found)


_IS_GRAPHQL = "is for GraphQL, which answers each user differently at one path"
_BY_HOST = "put Host among the headers of its cache policy"
_HARMLESS = (
    "use ManagedCachePolicy.CACHING_DISABLED, or a policy of its own with min_ttl_seconds=0 and"
    " Forward.KEY"
)


def _unkeyed(*what: str) -> str:
    return f"the application makes them from {', '.join(what)} that the cache key does not have"


def unkeyed_of(
    behaviour: BehaviourConfig, origin: _Origin, aliases: Sequence[str]
) -> tuple[str, ...]:
    """Return what an application gets of a request and the cache key does not have."""
    key = behaviour.cache_settings
    sent = sent_to(behaviour, origin)
    unkeyed = []
    if not key.cookies.covers(sent.cookies):
        unkeyed.append("cookies")
    # One that is named was thought of, such as a campaign's; that all are sent was not.
    if sent.query_strings.is_open and not key.query_strings.covers(sent.query_strings):
        unkeyed.append("query strings")
    if sent.headers.is_open:
        unkeyed.append("headers such as Authorization")
    several = len(aliases) > 1 or any(it.startswith("*.") for it in aliases)
    names_host = sent.headers.kind == "only" and sent.headers.has_header("host")
    if several and names_host and not key.headers.has_header("host"):
        unkeyed.append("the host")
    return tuple(unkeyed)

"""Path patterns as CloudFront matches them, and whether one can ever match; pure.

``*`` stands for any characters, ``?`` for exactly one; the slash at the beginning may be left out;
case matters; query strings and cookies do not count.
https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/DownloadDistValuesCacheBehavior.html
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from heapq import heappop, heappush

_UNRESERVED = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")
_ESCAPE = re.compile(r"%([0-9A-Fa-f]{2})")
_OTHER = "="
"""Stands for every character that no pattern names: it may be in a path, but not in a pattern."""

_MOST_STATES = 20_000


class TooComplicatedError(Exception):
    """Patterns that would take too long to hold against each other."""


def canonical(pattern: str) -> str:
    """Return a pattern with its slash, with which it means the same."""
    return pattern if pattern.startswith("/") else f"/{pattern}"


def normalised(path: str) -> str:
    """Return a path as it is held against patterns.

    CloudFront normalises it as RFC 3986 has it and takes out repeated slashes and dot segments; the
    origin gets it as it was.
    """
    decoded = _ESCAPE.sub(_decoded, path)
    segments = re.sub("/{2,}", "/", canonical(decoded)).split("/")[1:]
    kept: list[str] = []
    for segment in segments:
        if segment == "..":
            kept = kept[:-1]
        elif segment != ".":
            kept.append(segment)
    if segments[-1] in (".", ".."):
        kept.append("")
    return "/" + "/".join(kept)


def _decoded(escape: re.Match[str]) -> str:
    character = chr(int(escape[1], 16))
    return character if character in _UNRESERVED else escape[0].upper()


def matches(pattern: str, path: str) -> bool:
    """Tell whether a path, already normalised, matches a pattern."""
    pattern = canonical(pattern)
    places = _start(pattern)
    for character in path:
        places = _step(pattern, places, character)
    return _accepts(pattern, places)


def path_only_of(pattern: str, before: Sequence[str]) -> str | None:
    """Return a shortest path that matches ``pattern`` and none of the patterns before it.

    Returns:
        The path, or nothing where no normalised path does.

    Raises:
        TooComplicatedError: It could not be found out.
    """
    # A walk through what is left of all patterns after each character: exact, also where several
    # patterns take a later one's paths only together. Those go first that can end soonest.
    patterns = tuple(canonical(it) for it in (pattern, *before))
    alphabet = sorted({*"".join(patterns), "/", ".", _OTHER} - {"*", "?"})
    start = ("", tuple(_start(it) for it in patterns))
    seen = {start}
    waiting = [(_distance(patterns[0], start[1][0]), 0, "", start)]
    while waiting:
        _, _, path, (segment, places) = heappop(waiting)
        if len(seen) > _MOST_STATES:
            raise TooComplicatedError
        if segment not in (".", "..") and _is_only_first(patterns, places):
            return path
        for character in alphabet:
            following = _segment_after(path, segment, character)
            if following is None:
                continue
            state = (following, tuple(_steps(patterns, places, character)))
            if state not in seen and _is_open(patterns, state[1]):
                seen.add(state)
                distance = _distance(patterns[0], state[1][0])
                heappush(waiting, (len(path) + 1 + distance, distance, path + character, state))
    return None


def _distance(pattern: str, places: int) -> int:
    """Return how many characters a pattern still needs at least."""
    return sum(it != "*" for it in pattern[places.bit_length() - 1 :])


def _segment_after(path: str, segment: str, character: str) -> str | None:
    """Return what counts of the last segment, or nothing where no normalised path goes on so."""
    if not path:
        return "" if character == "/" else None
    if character == "/":
        return None if segment in ("", ".", "..") else ""
    grown = segment + character
    return grown if grown in (".", "..") else "="


def _is_only_first(patterns: Sequence[str], places: Sequence[int]) -> bool:
    first, *others = (_accepts(*it) for it in zip(patterns, places, strict=True))
    return first and not any(others)


def _is_open(patterns: Sequence[str], places: Sequence[int]) -> bool:
    """Tell whether the first pattern can still match, and no other one takes whatever follows."""
    return places[0] != 0 and not any(
        pattern.endswith("*") and _accepts(pattern, it)
        for pattern, it in zip(patterns[1:], places[1:], strict=True)
    )


def _steps(patterns: Sequence[str], places: Sequence[int], character: str) -> Iterator[int]:
    for pattern, it in zip(patterns, places, strict=True):
        yield _step(pattern, it, character)


# The places of a pattern that may come next are the bits of a number: bit 0 is its first character,
# and the bit behind its last one says that all of it has matched.


@lru_cache(maxsize=1024)
def _start(pattern: str) -> int:
    return _past_stars(pattern, 1)


@lru_cache(maxsize=1 << 16)
def _step(pattern: str, places: int, character: str) -> int:
    following = 0
    for place, expected in enumerate(pattern):
        if places >> place & 1:
            if expected == "*":
                following |= 1 << place
            elif expected in ("?", character):
                following |= 1 << place + 1
    return _past_stars(pattern, following)


def _past_stars(pattern: str, places: int) -> int:
    for place, expected in enumerate(pattern):
        if expected == "*" and places >> place & 1:
            places |= 1 << place + 1
    return places


def _accepts(pattern: str, places: int) -> bool:
    return bool(places >> len(pattern) & 1)

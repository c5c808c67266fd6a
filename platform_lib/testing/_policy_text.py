"""Text of policies: wildcards, policy variables and references, compared as IAM does; pure.

Three things in a policy's text are not what they seem to be: ``*`` and ``?`` are wildcards,
``${aws:username}`` is a policy variable (``$${aws:username}`` in Terraform's JSON), and
``${aws_s3_bucket.Media.arn}`` is a reference of Terraform's, a value known only after apply.
A reference is a value of its own: equal to itself and to no other text.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from platform_lib.errors import PlatformError

ARN_PARTS = 6
"""Colon-separated parts of an ARN; the sixth may contain colons.
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html"""

# Private-use characters stand for what is not a character of the text.
_MANY, _ONE = "\ue000", "\ue001"
_MANY_WITHIN_PART, _ONE_WITHIN_PART = "\ue002", "\ue003"
_WILDCARDS = {_MANY, _ONE, _MANY_WITHIN_PART, _ONE_WITHIN_PART}
_FIRST_REFERENCE = 0xE100
_PLAIN = re.compile("[^\ue000-\uf8ff]*")

# `aws:PrincipalTag/team, 'none'`, or a character that would mean something else.
_VARIABLE = re.compile(r"\$?\$\{(?P<name>[A-Za-z0-9-]+:[^{}]+|[*?$])\}")
_REFERENCE = re.compile(r"\$\{[^{}]*\}")
_TOKEN = re.compile(rf"{_VARIABLE.pattern}|(?P<reference>{_REFERENCE.pattern})|(?P<wildcard>[*?])")
_DEFAULT = re.compile(r"(?P<key>[^,']+?)(?:, '(?P<default>[^']*)')?")


def not_judged(message: str) -> PlatformError:
    """Return the refusal to give a verdict: saying nothing is better than guessing."""
    return PlatformError("NotJudged", message)


@dataclass(frozen=True, slots=True)
class Context:
    """The keys of a request, found whatever their case.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition.html
    """

    values: Mapping[str, str | tuple[str, ...]]
    """By key in lower case; a tuple is the value of a multivalued key."""

    @classmethod
    def of(cls, *sources: Mapping[str, str | tuple[str, ...]]) -> Context:
        """Join what is known of a request; a later source wins over an earlier one."""
        found: dict[str, str | tuple[str, ...]] = {}
        for source in sources:
            lower = {key.lower(): value for key, value in source.items()}
            if len(lower) != len(source):
                raise not_judged(f"a request has a key twice, in two spellings: {sorted(source)}")
            found |= lower
        return cls(found)

    def get(self, key: str) -> str | tuple[str, ...] | None:
        """Return the value of a key, or None; no values are as good as no key."""
        value = self.values.get(key.lower())
        return None if value == () else value


def has_variable(text: str) -> bool:
    """Tell whether there is a policy variable in ``text``."""
    return _VARIABLE.search(text) is not None


def has_reference(text: str) -> bool:
    """Tell whether something in ``text`` is known only after apply."""
    return any(it["reference"] for it in _TOKEN.finditer(text))


def check_arn(pattern: str) -> None:
    """Refuse an ARN pattern that IAM refuses or completes in its own way.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html#policy-vars-wheretouse

    Raises:
        PlatformError: ``NotJudged`` if parts are missing, or a variable stands before the sixth.
    """
    if not pattern.startswith("arn:"):
        return
    parts = _REFERENCE.sub("", _VARIABLE.sub("\0", pattern)).split(":", ARN_PARTS - 1)
    if len(parts) < ARN_PARTS:
        raise not_judged(f"{pattern!r} is an ARN with parts missing; write all six")
    if any("\0" in part for part in parts[:-1]):
        raise not_judged(f"{pattern!r} has a variable before its fifth colon, where IAM has none")


def read(text: str, context: Context, *, variables: bool, wildcards: bool) -> str | None:
    """Return a policy's text with its variables filled in, or None if one has no value.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html

    Args:
        text: As it stands in the policy.
        context: Gives the variables their values; wildcards in a value mean nothing.
        variables: Whether the policy's version has variables.
        wildcards: Whether ``*`` and ``?`` are wildcards here.
    """
    parts: list[str] = []
    end = 0
    for token in _TOKEN.finditer(text):
        parts.append(text[end : token.start()])
        end = token.end()
        if token["wildcard"] and wildcards:
            parts.append(_MANY if token["wildcard"] == "*" else _ONE)
        elif token["name"] and variables:
            value = _value(token["name"], context)
            if value is None:
                return None
            parts.append(value)
        else:
            parts.append(token[0])
    return "".join([*parts, text[end:]])


def _value(variable: str, context: Context) -> str | None:
    if variable in {"*", "?", "$"}:
        return variable
    parsed = _DEFAULT.fullmatch(variable)
    if parsed is None:
        raise not_judged(
            f"${{{variable}}} is no policy variable; write ${{key}} or ${{key, 'default'}}"
        )
    value = context.get(parsed["key"])
    if isinstance(value, tuple):
        raise not_judged(
            f"${{{variable}}} names a key with several values, which IAM has no variables for"
        )
    return parsed["default"] if value is None else value


def matches(pattern: str, value: str) -> bool:
    """Tell whether a pattern that was `read` covers all of ``value``.

    Raises:
        PlatformError: ``NotJudged`` if that depends on what a reference in ``value`` becomes.
    """
    return _decide(pattern, value, shown=pattern)


def matches_arn(pattern: str, value: str, *, beyond_colons: bool) -> bool:
    """Tell whether a pattern covers an ARN, part by part.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html

    Args:
        pattern: The pattern, `read`.
        value: The ARN.
        beyond_colons: Whether a ``*`` at the end of a part may cover more parts: so in
            ``Resource``, but not in the ARN operators of conditions.

    Raises:
        PlatformError: ``NotJudged`` if that depends on what a reference in ``value`` becomes.
    """
    if not pattern.startswith("arn:"):
        return matches(pattern, value)
    within = "".join(_within_parts(pattern, beyond_colons=beyond_colons))
    return _decide(within, value, shown=pattern)


def _within_parts(pattern: str, *, beyond_colons: bool) -> Iterator[str]:
    colons = 0
    for place, character in enumerate(pattern):
        colons += character == ":"
        if colons >= ARN_PARTS - 1 or character not in _WILDCARDS:
            yield character
        elif character == _ONE:
            yield _ONE_WITHIN_PART
        elif beyond_colons and pattern[place + 1 : place + 2] == ":":
            yield _MANY
        else:
            yield _MANY_WITHIN_PART


def _decide(pattern: str, value: str, *, shown: str) -> bool:
    names = sorted({*_REFERENCE.findall(pattern), *_REFERENCE.findall(value)})
    symbols = {name: chr(_FIRST_REFERENCE + number) for number, name in enumerate(names)}

    def symbolic(text: str) -> str:
        return _REFERENCE.sub(lambda found: symbols[found[0]], text)

    ours, theirs = symbolic(pattern), symbolic(value)
    if _covers(ours, theirs):
        return True
    unknown = {symbols[name] for name in _REFERENCE.findall(value)}
    if unknown and _WILDCARDS & set(ours) and _covers(ours, theirs, unknown=unknown):
        readable = shown.replace(_MANY, "*").replace(_ONE, "?")
        raise not_judged(
            f"whether {readable!r} covers {value!r} depends on a value that is known only after"
            " apply; ask about a resource whose name is known"
        )
    return False


def _covers(pattern: str, value: str, *, unknown: Iterable[str] = ()) -> bool:
    """Tell whether the pattern covers the value; ``unknown`` characters may be any text.

    Within an ARN what is unknown is a name or an id, which has no colon.

    ``row[n]`` says whether what is left of the pattern covers ``value[n:]``; the pattern is read
    from its end, so no pattern takes longer than its length times that of the value.
    """
    free = set(unknown)
    impossible = ":" if value.startswith("arn:") else ""
    # Nearly every pair differs in how it begins or ends, which is far cheaper to see.
    for _ in ("beginning", "end"):
        plain = min(_plain(pattern), _plain(value))
        if pattern[:plain] != value[:plain]:
            return False
        pattern, value = pattern[plain:][::-1], value[plain:][::-1]
    row = [False] * len(value) + [True]
    for place in range(len(value) - 1, -1, -1):
        row[place] = value[place] in free and row[place + 1]
    for wanted in reversed(pattern):
        before = row
        many = wanted in {_MANY, _MANY_WITHIN_PART}
        row = [False] * len(value) + [many and before[-1]]
        for place in range(len(value) - 1, -1, -1):
            here, rest = value[place], row[place + 1]
            if many:
                covered = before[place] or (_fits(wanted, here) and rest)
            else:
                covered = _fits(wanted, here) and before[place + 1]
            if here in free:
                # It may be nothing, or begin with what is wanted here.
                begins = wanted != impossible and not _is_reference(wanted)
                covered = covered or rest or (begins and before[place])
            row[place] = covered
    return row[0]


def _plain(text: str) -> int:
    """Return how many characters at the beginning of a text are nothing but characters."""
    found = _PLAIN.match(text)
    return 0 if found is None else found.end()


def _fits(wanted: str, character: str) -> bool:
    if wanted in {_ONE, _ONE_WITHIN_PART} and _is_reference(character):
        return False
    if wanted in {_MANY_WITHIN_PART, _ONE_WITHIN_PART}:
        return character != ":"
    return wanted in {_MANY, _ONE} or wanted == character


def _is_reference(character: str) -> bool:
    return ord(character) >= _FIRST_REFERENCE and character < "\uf900"

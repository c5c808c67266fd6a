"""Web ACL capacity units: what each rule costs; pure.

https://docs.aws.amazon.com/waf/latest/developerguide/aws-waf-capacity-units.html
AWS WAF takes something off where rules look at the same thing in the same way, so that the sum here
is what a web ACL costs at most.
"""

from __future__ import annotations

from collections.abc import Mapping

from platform_lib.waf.rules import IpRule, LargeBodies, LargeBodiesBelow, ManagedGroupRule, Rule

LARGE_BODIES = "large-bodies"
"""Name of the rule that `LargeBodiesBelow` adds."""

INCLUDED = 1500
"""Units that the basic price of a web ACL includes.
https://docs.aws.amazon.com/waf/latest/developerguide/aws-waf-capacity-units.html"""

MOST = 5000
"""Units that a web ACL may have; the quota cannot be raised.
https://docs.aws.amazon.com/waf/latest/developerguide/limits.html"""

_ADDRESS_SET = 1
_ANY_POSITION = 4
"""https://docs.aws.amazon.com/waf/latest/developerguide/waf-rule-statement-type-ipset-match.html"""

_RATE = 2
"""https://docs.aws.amazon.com/waf/latest/developerguide/waf-rule-statement-type-rate-based.html"""

_LABEL = 1
"""https://docs.aws.amazon.com/waf/latest/developerguide/waf-rule-statement-type-label-match.html"""

_STARTS_WITH = 2
_TRANSFORMATION = 10
"""https://docs.aws.amazon.com/waf/latest/developerguide/waf-rule-statement-type-string-match.html"""

PATH_TRANSFORMATIONS = ("URL_DECODE", "NORMALIZE_PATH")
"""What is done to a path before it is compared, so that no other spelling gets around a rule."""

_PATH = _STARTS_WITH + len(PATH_TRANSFORMATIONS) * _TRANSFORMATION


def of_rule(rule: Rule) -> int:
    """Return the units of one rule."""
    if isinstance(rule, ManagedGroupRule):
        return rule.group.capacity
    if isinstance(rule, IpRule):
        every_position = rule.forwarded_header is not None and rule.position == "any"
        # A set holds addresses of one version.
        sets = len({block.version for block in rule.addresses})
        return sets * (_ADDRESS_SET + (_ANY_POSITION if every_position else 0))
    return _RATE + (0 if rule.path is None else _PATH)


def of_large_bodies(large_bodies: LargeBodies) -> int:
    """Return the units of the rule that refuses large bodies outside some paths, if there is one."""
    if isinstance(large_bodies, LargeBodiesBelow):
        return _LABEL + len(large_bodies.paths) * _PATH
    return 0


def by_rule(rules: Mapping[str, Rule], large_bodies: LargeBodies) -> dict[str, int]:
    """Return the units of each rule, the dearest first."""
    units = {name: of_rule(rule) for name, rule in rules.items()}
    if isinstance(large_bodies, LargeBodiesBelow):
        units[LARGE_BODIES] = of_large_bodies(large_bodies)
    return dict(sorted(units.items(), key=lambda it: (-it[1], it[0])))

"""What viewers send to distributions is looked at, and attacks are refused."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from platform_lib.environment import Environment
from platform_lib.guardrails.rule import Breach, Rule
from platform_lib.waf.config import Mode

_WEAKER = {
    Mode.COUNT: "its rules count what they find and refuse nothing",
    Mode.STANDBY: "it is attached to no distribution",
}


def _check(environment: Environment, _: Sequence[Environment]) -> Iterator[Breach]:
    web_acl = environment.web_acl
    if web_acl is None:
        if environment.distributions:
            yield Breach(
                "web_acl",
                f"nothing looks at what is sent to {', '.join(environment.distributions)}",
                environment.written_at("web_acl"),
            )
    elif web_acl.mode in _WEAKER:
        yield Breach("web_acl.mode", _WEAKER[web_acl.mode], web_acl.written_at("mode"))
    elif all(rule.action != "block" for rule in web_acl.rules.values()):
        yield Breach("web_acl.rules", "no rule of it refuses anything", web_acl.written_at("rules"))


RULE = Rule(
    id="web-acl-active",
    sentence="A web ACL looks at every request to a distribution, and refuses attacks.",
    fix="give the environment a web_acl with rules that block, and leave mode out for the default,"
    " Mode.ACTIVE",
    check=_check,
)

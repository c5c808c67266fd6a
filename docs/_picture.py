"""The picture of the stacks, drawn from the code: accounts, environments, states and their order."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from html import escape
from itertools import groupby

from docs._synthesised import StackFacts

_BOX = (168, 60)
_GAP = (64, 16)
_PAD = 24
_LABEL = 36
"""Height of the line that names an environment, above its stacks."""
_HEAD = 64
_ACCOUNT_GAP = 24

_STYLE = """
  .paper { fill: #ffffff } .panel { fill: #f6f8fa; stroke: #d0d7de }
  .row { fill: #ffffff; stroke: #d0d7de } .box { fill: #ddf4ff; stroke: #54aeff }
  .shared { fill: #fff8c5; stroke: #d4a72c } .line { stroke: #6e7781; fill: none }
  .tip { fill: #6e7781 } .strong { fill: #1f2328 } .soft { fill: #59636e }
  .customer { fill: #cf222e } .internal { fill: #0969da } .sandbox { fill: #1a7f37 }
  text { font-family: -apple-system, "Segoe UI", "DejaVu Sans", sans-serif; font-size: 12px }
  .name { font-size: 15px; font-weight: 600 } .label { font-size: 13px; font-weight: 600 }
  @media (prefers-color-scheme: dark) {
    .paper { fill: #0d1117 } .panel { fill: #151b23; stroke: #3d444d }
    .row { fill: #0d1117; stroke: #3d444d } .box { fill: #12304f; stroke: #4493f8 }
    .shared { fill: #3a2d0c; stroke: #d29922 } .line { stroke: #9198a1 }
    .tip { fill: #9198a1 } .strong { fill: #f0f6fc } .soft { fill: #9198a1 }
    .customer { fill: #ff7b72 } .internal { fill: #79c0ff } .sandbox { fill: #56d364 }
  }
"""


@dataclass(frozen=True, slots=True)
class _Placed:
    stack: StackFacts
    x: int
    y: int

    @property
    def middle(self) -> int:
        return self.y + _BOX[1] // 2


def draw(stacks: Sequence[StackFacts]) -> str:
    """Return the picture as SVG, readable on light and on dark pages."""
    accounts = list(dict.fromkeys(stack.account for stack in stacks))
    parts: list[str] = []
    y = _PAD
    width = 0
    for name in accounts:
        own = [stack for stack in stacks if stack.account == name]
        drawn, right, bottom = _account(own, y)
        parts.append(drawn)
        width, y = max(width, right), bottom + _ACCOUNT_GAP
    height = y - _ACCOUNT_GAP + _PAD
    body = "\n".join(parts).replace("WIDTH", str(width - 2 * _PAD))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}"'
        f' width="{width}" height="{height}" role="img">\n'
        "<title>Accounts, environments and stacks, and the order in which they are applied</title>\n"
        f"<style>{_STYLE}</style>\n"
        '<defs><marker id="tip" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7"'
        ' markerHeight="7" orient="auto"><path class="tip" d="M0 0 8 4 0 8z"/></marker></defs>\n'
        f'<rect class="paper" width="{width}" height="{height}" rx="8"/>\n{body}\n</svg>\n'
    )


def _account(stacks: Sequence[StackFacts], top: int) -> tuple[str, int, int]:
    """Draw an account: its own stacks at the left, an environment in each row."""
    shared = [stack for stack in stacks if not stack.category]
    rows = [list(group) for _, group in groupby(stacks[len(shared) :], key=lambda it: it.target)]
    left = 2 * _PAD + _BOX[0] + _GAP[0]
    y = top + _HEAD
    placed: list[_Placed] = []
    frames: list[str] = []
    right = 0
    for row in rows:
        inside = list(_in_columns(row, left + _GAP[1], y + _LABEL))
        lowest = max(it.y for it in inside) + _BOX[1] + _GAP[1]
        right = max(right, max(it.x for it in inside) + _BOX[0] + _GAP[1])
        frames.append(_row(row[0], left, y, lowest - y))
        placed += inside
        y = lowest + _GAP[1]
    first = min(it.y for it in placed)
    last = max(it.y for it in placed if it.x == placed[0].x)
    middle = (first + last) // 2
    placed += [
        _Placed(stack, 2 * _PAD, middle + n * (_BOX[1] + _GAP[1])) for n, stack in enumerate(shared)
    ]
    bottom = y + _PAD - _GAP[1]
    title = (
        f'<rect class="panel" x="{_PAD}" y="{top}" width="WIDTH" height="{bottom - top}" rx="10"/>\n'
        + _text(2 * _PAD, top + 28, f"account {stacks[0].account}", "name strong")
        + _text(
            2 * _PAD, top + 46, f"{stacks[0].account_id}: one state bucket, one lock table", "soft"
        )
    )
    framed = "".join(frames).replace("ROW", str(right - left))
    lines = "".join(_arrows(placed))
    boxes = "".join(_box(it) for it in placed)
    return title + framed + lines + boxes, right + 2 * _PAD, bottom


def _in_columns(row: Iterable[StackFacts], x: int, y: int) -> Iterator[_Placed]:
    """Put each stack to the right of those that it comes after."""
    depths: dict[str, int] = {}
    taken: dict[int, int] = {}
    for stack in row:
        depth = max((depths[up] + 1 for up in stack.reads if up in depths), default=0)
        depths[stack.id] = depth
        line = taken.get(depth, 0)
        taken[depth] = line + 1
        yield _Placed(stack, x + depth * (_BOX[0] + _GAP[0]), y + line * (_BOX[1] + _GAP[1]))


def _row(first: StackFacts, x: int, y: int, height: int) -> str:
    name = f'{escape(first.target)}<tspan class="{first.category}" dx="10">{first.category}</tspan>'
    return (
        f'<rect class="row" x="{x}" y="{y}" width="ROW" height="{height}" rx="8"/>\n'
        f'<text class="label strong" x="{x + _GAP[1]}" y="{y + 24}">{name}</text>\n'
    )


def _box(placed: _Placed) -> str:
    stack = placed.stack
    kind = "box" if stack.category else "shared"
    return (
        f'<rect class="{kind}" x="{placed.x}" y="{placed.y}" width="{_BOX[0]}"'
        f' height="{_BOX[1]}" rx="6"/>\n'
        + _text(placed.x + 14, placed.y + 26, stack.name, "name strong")
        + _text(placed.x + 14, placed.y + 45, f"{stack.resources} resources", "soft")
    )


def _arrows(placed: Sequence[_Placed]) -> Iterator[str]:
    by_id = {it.stack.id: it for it in placed}
    for it in placed:
        for upstream in (by_id[up] for up in it.stack.reads if up in by_id):
            start, bend = upstream.x + _BOX[0], upstream.x + _BOX[0] + _GAP[0] // 2
            yield (
                f'<path class="line" stroke-width="1.5" marker-end="url(#tip)"'
                f' d="M{start} {upstream.middle} H{bend} V{it.middle} H{it.x - 1}"/>\n'
            )


def _text(x: int, y: int, text: str, kind: str) -> str:
    return f'<text class="{kind}" x="{x}" y="{y}">{escape(text)}</text>\n'

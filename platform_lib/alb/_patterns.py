"""Patterns of hosts and paths, as listener rules match them; pure.

``*`` stands for any characters, ``?`` for exactly one.
https://docs.aws.amazon.com/elasticloadbalancing/latest/application/rule-condition-types.html
"""

from __future__ import annotations

WILDCARDS = "*?"


def takes_all_of(wide: str, narrow: str) -> bool:
    """Tell whether every text that matches ``narrow`` also matches ``wide``.

    A yes is always right; of patterns such as ``?*`` and ``*?``, which are equal, it says no.
    """
    # Whether wide[i:] takes all of narrow[j:], from the ends to the beginnings.
    rows = [[False] * (len(narrow) + 1) for _ in range(len(wide) + 1)]
    rows[len(wide)][len(narrow)] = True
    for i in range(len(wide) - 1, -1, -1):
        for j in range(len(narrow), -1, -1):
            if wide[i] == "*":
                rows[i][j] = rows[i + 1][j] or (j < len(narrow) and rows[i][j + 1])
            elif j < len(narrow) and (wide[i] == narrow[j] or _is_one(wide[i], narrow[j])):
                rows[i][j] = rows[i + 1][j + 1]
    return rows[0][0]


def _is_one(wide: str, narrow: str) -> bool:
    return wide == "?" and narrow != "*"

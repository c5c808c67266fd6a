"""Pages as the tests look at them: fences, headings, links, bold words, commands."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

_FENCE = re.compile(
    r"^(?P<indent> *)```(?P<language>\w*)\n(?P<body>.*?)^ *```$", re.DOTALL | re.MULTILINE
)
_GENERATED = re.compile(r"^<!-- generated: .*?^<!-- end -->$", re.DOTALL | re.MULTILINE)
_INLINE = re.compile(r"`([^`\n]+)`")


@dataclass(frozen=True, slots=True)
class Page:
    """One Markdown file."""

    path: Path

    @property
    def text(self) -> str:
        """All of it."""
        return self.path.read_text(encoding="utf-8")

    @property
    def written(self) -> str:
        """What a person has written: without generated parts."""
        return _GENERATED.sub("", self.text)

    @property
    def prose(self) -> str:
        """What a person has written, without code."""
        return _INLINE.sub("", _FENCE.sub("", self.written))

    def fences(self, *languages: str) -> list[str]:
        """Return the code of every block in one of ``languages``, without its indentation."""
        return [_dedented(it) for it in _FENCE.finditer(self.text) if it["language"] in languages]

    def written_fences(self, language: str) -> list[str]:
        """Return the blocks of a language that a person has written."""
        return [_dedented(it) for it in _FENCE.finditer(self.written) if it["language"] == language]

    def headings(self, level: int) -> list[str]:
        """Return the headings of a level, outside code."""
        marks = "#" * level
        return re.findall(rf"^{marks} (.+)$", _FENCE.sub("", self.text), re.MULTILINE)

    def anchors(self) -> set[str]:
        """Return what a link may name behind ``#``."""
        found = re.findall(r"^#+ (.+)$", _FENCE.sub("", self.text), re.MULTILINE)
        return {
            re.sub(r"[^\w\- ]", "", heading.lower()).strip().replace(" ", "-") for heading in found
        }

    def links(self) -> list[str]:
        """Return the targets of links and pictures that stay inside the repository."""
        targets: list[str] = re.findall(r"\]\(([^)\s]+)\)", _FENCE.sub("", self.text))
        return [it for it in targets if not it.startswith(("http:", "https:"))]

    def terms(self) -> set[str]:
        """Return bold words; what ends with a full stop or a colon only begins a paragraph."""
        bold = re.findall(r"\*\*([^*]+)\*\*", self.prose)
        return {it.lower() for it in bold if not it.endswith((".", ":"))}

    def commands(self, program: str) -> Iterator[list[str]]:
        """Yield the words behind each mention of a program, in blocks and in running text."""
        lines = [
            line
            for block in self.fences("sh", "bash")
            for line in re.split(r"\n|&&|\|\||\$\(|\|", block)
        ]
        lines += _INLINE.findall(self.prose_with_code())
        for line in lines:
            words = line.replace(")", " ").replace('"', " ").split("#")[0].split()
            names = [word.removeprefix(".venv/bin/") for word in words]
            if program in names and (names[0] == program or names[0] == "eval"):
                yield words[names.index(program) + 1 :]

    def prose_with_code(self) -> str:
        """Return everything outside blocks."""
        return _FENCE.sub("", self.text)


def _dedented(fence: re.Match[str]) -> str:
    indent = fence["indent"]
    return "".join(line.removeprefix(indent) for line in fence["body"].splitlines(keepends=True))

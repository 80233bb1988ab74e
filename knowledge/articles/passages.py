"""Articles cut into passages: a heading's worth of text each, long ones at paragraph borders.

Knows Markdown headings, the converter's page marks and plain text. Does not know rows, sentences or vectors. Nothing here fails on any text.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

MAX_CHARACTERS = 1200
# Each of these looks at a character a bounded number of times: a million brackets that nobody closes are read in a moment. While
# an expression searches, no other thread of the process runs.
_HEADING = re.compile(r"^(#{1,6})\s+(.*)$")
_FENCE = re.compile(r"^\s*(```|~~~)")
_IMAGE = re.compile(r"!\[[^\[\]]*\]\([^()\n]*(?:\([^()\n]*\)[^()\n]*)*\)")
_LINK = re.compile(r"\[([^\[\]]*)\]\((https?://[^()\s]+(?:\([^()\s]*\)[^()\s]*)*)\)")
_MARKUP = re.compile(r"(?P<address>https?://[^\s*`]+)|(?<!\w)[*_]{1,3}(?=\S)|(?<=\S)[*_]{1,3}(?!\w)|`")
_ITEM = re.compile(r"^\s*(?:[-*+]|\d+[.)])\s+")


_PAGE = re.compile(r"^<!-- page (\d{1,6}) -->$")


@dataclass(frozen=True, slots=True)
class Piece:
    """`page` counts from 1; 0 where the article has no pages."""

    heading: str
    text: str
    page: int = 0


def split_article(body: str, *, is_markdown: bool) -> tuple[Piece, ...]:
    """Pieces in the article's order; headings without text fall away."""
    sections = _markdown_sections(body) if is_markdown else [("", 0, body)]
    return tuple(
        Piece(heading, text, page) for heading, page, section in sections for text in _blocks(plain(section) if is_markdown else section)
    )


def plain(text: str) -> str:
    """Markdown without its marks: list items are lines, links keep their address, images go."""
    linked = _LINK.sub(lambda link: f"{link[1]} ({link[2]})" if link[1] else "", _IMAGE.sub("", text))
    lines = (_ITEM.sub("", line) for line in linked.splitlines())
    return "\n".join(_MARKUP.sub(lambda found: found["address"] or "", line).rstrip() for line in lines)


def heading_of(line: str) -> tuple[int, str] | None:
    """A heading's level and text; what closes it ("## Prices ##") is no part of it, what belongs to a word ("# C#") is."""
    if (found := _HEADING.match(line)) is None:
        return None
    text = found[2].strip()
    bare = text.rstrip("#")
    return len(found[1]), text if bare and not bare[-1].isspace() else bare.rstrip()


def _markdown_sections(body: str) -> list[tuple[str, int, str]]:
    """(heading path, page, text); a heading inside a fence is text, and nothing goes over a page's end."""
    sections: list[tuple[str, int, list[str]]] = [("", 0, [])]
    path: list[tuple[int, str]] = []
    in_fence = False
    for line in body.splitlines():
        heading, page, lines = sections[-1]
        if begun := _PAGE.match(line):
            if (new := int(begun[1])) != page:
                sections.append((heading, new, []))
            continue
        in_fence ^= bool(_FENCE.match(line))
        found = None if in_fence else heading_of(line)
        if found is None:
            if not _FENCE.match(line):
                lines.append(line)
            continue
        path = [*((level, text) for level, text in path if level < found[0]), found]
        sections.append((" › ".join(text for _, text in path[-2:] if text), page, []))
    return [(heading, page, "\n".join(lines)) for heading, page, lines in sections]


def _blocks(text: str) -> list[str]:
    """Whole paragraphs together, as long as they fit; a longer one is cut at a sentence or, at worst, anywhere."""
    blocks = [""]
    for paragraph in re.split(r"\n\s*\n", text.strip()):
        for part in _cut(paragraph.strip()):
            if len(blocks[-1]) + len(part) + 1 > MAX_CHARACTERS and blocks[-1]:
                blocks.append("")
            blocks[-1] = f"{blocks[-1]}\n{part}".strip()
    return [block for block in blocks if block]


def _cut(paragraph: str) -> list[str]:
    parts = []
    while len(paragraph) > MAX_CHARACTERS:
        end = max(paragraph.rfind(mark, MAX_CHARACTERS // 2, MAX_CHARACTERS) for mark in "。！？.!?\n")
        end = end + 1 if end > 0 else MAX_CHARACTERS
        parts.append(paragraph[:end].strip())
        paragraph = paragraph[end:].strip()
    return [*parts, paragraph] if paragraph else parts

"""Texts cut into sentences, Chinese and English, that leave numbers, addresses and abbreviations whole."""

from __future__ import annotations

import re
from functools import lru_cache

MAX_CHARACTERS = 320
_ABBREVIATIONS = frozenset({
    *("e.g.", "i.e.", "etc.", "mr.", "mrs.", "ms.", "dr.", "no.", "vs.", "approx."),
    *("st.", "inc.", "ltd.", "co.", "a.m.", "p.m."),
})
_END = re.compile(r"[。！？!?；]+[”’」』）)\"']*|\.(?=\s|$)[”’\"')]*|\n+")


@lru_cache(maxsize=8192)  # one snapshot after the other asks for the same texts
def sentences(text: str) -> tuple[str, ...]:
    """In order, stripped, none empty. A very short one (a list item's label, "Yes.") stays with the next, at the end with the one before."""
    found: list[str] = []
    held = ""
    start = 0
    for end in _END.finditer(text):
        piece = text[start : end.end()]
        if end[0].startswith(".") and _is_abbreviated(piece):
            continue
        start = end.end()
        held = f"{held} {piece.strip()}".strip() if held else piece.strip()
        if len(held) >= _least(held) or end[0].startswith("\n\n"):
            found.append(held)
            held = ""
    rest = f"{held} {text[start:].strip()}".strip()
    if rest and found and len(rest) < _least(rest):
        found[-1] = f"{found[-1]} {rest}"
    elif rest:
        found.append(rest)
    return tuple(part for sentence in found if sentence for part in _short(sentence))


def _is_abbreviated(piece: str) -> bool:
    last = piece.rsplit(maxsplit=1)[-1].lower() if piece.strip() else ""
    return last in _ABBREVIATIONS or bool(re.fullmatch(r"\d{1,2}\.|[a-z]\.", last))


def _least(text: str) -> int:
    return 6 if re.search(r"[\u4e00-\u9fff]", text) else 16


def _short(sentence: str) -> list[str]:
    """A sentence without an end in sight (a table, a pasted page) is cut, so that evidence stays evidence."""
    parts = []
    while len(sentence) > MAX_CHARACTERS:
        end = max(sentence.rfind(mark, MAX_CHARACTERS // 2, MAX_CHARACTERS) for mark in "，,;； ")
        end = end + 1 if end > 0 else MAX_CHARACTERS
        parts.append(sentence[:end].strip())
        sentence = sentence[end:].strip()
    return [*parts, sentence] if sentence else parts

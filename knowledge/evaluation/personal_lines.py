"""Made-up lines of support talk with personal data in them, and others with what only looks like it; where each piece stands is known.

Read from a file as well. A file holds one JSON object a line (UTF-8):
{"text": "打 13800138000 找我", "language": "zh", "spans": [{"kind": "phone", "start": 2, "end": 13}]}
with places counted in characters; instead of start and end a span may say "value", the piece itself. Kinds: phone, email, card, id,
ip, address, passport. A line without spans is one in which nothing is to be found.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from random import Random
from typing import Any

from knowledge.evaluation.personal_decoys import decoy
from knowledge.evaluation.personal_values import MAKERS

Span = tuple[str, int, int]  # kind, start, end
KINDS = ("phone", "email", "card", "id", "ip", "address", "passport")
SHARES = (6, 4, 3, 3, 2, 4, 1)
DECOYS = 0.4  # of lines; in one of five of the others a decoy goes before or behind


@dataclass(frozen=True, slots=True)
class Line:
    text: str
    language: str
    spans: tuple[Span, ...]


def lines_made(count: int, seed: int) -> list[Line]:
    """Chinese and English by turns; the same for the same seed."""
    chance = Random(seed)
    return [_made(chance, "zh" if number % 2 == 0 else "en") for number in range(count)]


@cache
def _carriers(language: str, kind: str) -> list[str]:
    """What people say around such a piece, from the file beside this one: language, kind, sentence."""
    rows = (row.split(" ", 2) for row in Path(__file__).with_name("personal_carriers.txt").read_text(encoding="utf-8").splitlines())
    return [sentence for *whose, sentence in rows if whose == [language, kind]]


def _made(chance: Random, language: str) -> Line:
    if chance.random() < DECOYS:
        return Line(decoy(chance, language), language, ())
    text, spans = "", []
    for kind in chance.choices(KINDS, SHARES, k=chance.choice([1, 1, 1, 2])):
        before, after = chance.choice(_carriers(language, kind)).split("{}")
        value = MAKERS[language][kind](chance)
        text += (" " if text else "") + before
        spans.append((kind, len(text), len(text) + len(value)))
        text += value + after
    if chance.random() < 0.1:
        text += (" " if language == "en" else "，") + decoy(chance, language)
    elif chance.random() < 0.1:
        lead = decoy(chance, language) + (" " if language == "en" else "。")
        text, spans = lead + text, [(kind, start + len(lead), end + len(lead)) for kind, start, end in spans]
    return Line(text, language, tuple(spans))


def lines_read(path: Path) -> Iterator[Line]:
    """Raises ValueError with the number of a line that is no such object."""
    for number, row in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        if not row.strip():
            continue
        try:
            told = json.loads(row)
            spans = tuple(_span(told["text"], one) for one in told.get("spans", ()))
            yield Line(told["text"], str(told.get("language", "")), spans)
        except (KeyError, TypeError, AttributeError, ValueError) as error:
            raise ValueError(f"line {number}: {error}") from error


def _span(text: str, told: dict[str, Any]) -> Span:
    if told["kind"] not in KINDS:
        raise ValueError(f"the kind {told['kind']!r} is none of {', '.join(KINDS)}")
    if "value" in told:
        start = text.index(told["value"])
        return told["kind"], start, start + len(told["value"])
    return told["kind"], int(told["start"]), int(told["end"])


def as_row(line: Line) -> dict[str, Any]:
    return {"text": line.text, "language": line.language, "spans": [{"kind": kind, "start": start, "end": end} for kind, start, end in line.spans]}

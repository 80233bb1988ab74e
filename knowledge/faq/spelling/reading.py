"""What a message says when it is spelt as the knowledge base would. Values only."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from knowledge.contracts import Language

Kind = Literal["pinyin", "homophone", "typo", "regional"]


@dataclass(frozen=True, slots=True)
class Change:
    """`was` stands at [start, end) of the message, in code points."""

    start: int
    end: int
    was: str
    now: str
    kind: Kind


@dataclass(frozen=True, slots=True)
class Reading:
    """`text` with every change made, `changes` in order; a message written in pinyin is Chinese."""

    text: str
    language: Language
    changes: tuple[Change, ...] = ()


def changed(text: str, changes: tuple[Change, ...]) -> str:
    pieces, done = [], 0
    for change in changes:
        pieces += [text[done : change.start], change.now]
        done = change.end
    return "".join([*pieces, text[done:]])

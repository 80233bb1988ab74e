"""How the words of a question differ from those of a variant: what both share, and what stands in the place of what.

Knows words. Does not know what a difference means.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import cached_property

from knowledge.faq.normalise import fold, words


@dataclass(frozen=True)
class Wording:
    """A text as the guards read it."""

    text: str

    @cached_property
    def folded(self) -> str:
        return fold(self.text)

    @cached_property
    def words(self) -> tuple[str, ...]:
        return tuple(words(self.text))

    @cached_property
    def bag(self) -> Counter[str]:
        return Counter(self.words)


def likeness(one: Wording, other: Wording) -> float:
    """Share of the words that both have (Dice)."""
    shared = sum((one.bag & other.bag).values())
    return 2 * shared / max(len(one.words) + len(other.words), 1)


def exchanged(asked: Wording, theirs: Wording) -> list[tuple[str, str]]:
    """What the question has where the variant has something else; "" where one of them has nothing there."""
    matcher = SequenceMatcher(a=theirs.words, b=asked.words, autojunk=False)
    joined = _joined
    return [(joined(asked.words[b:d]), joined(theirs.words[a:c])) for tag, a, c, b, d in matcher.get_opcodes() if tag != "equal"]


def _joined(parts: Sequence[str]) -> str:
    return " ".join(parts) if all(part.isascii() for part in parts) else "".join(parts)

"""Disguised words in ordinary sentences: which share of each disguise the filter still finds.

Knows disguises and filters. Does not know how either is made.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from random import Random

from knowledge.contracts import Direction, WordFilter
from knowledge.sensitive.evaluation.disguises import DISGUISES

SENTENCES = {
    "zh": ("请问{}怎么办", "{}", "你们{}吧，我要投诉", "我的订单，{}！", "他说：“{}”。"),
    "en": ("well {} it", "{}", "I said {}, did you hear?", "({})", "my order is late: {}."),
}
NUMBERED = tuple(
    frame.format(digit) for digit in "一二三四五六七八九0123456789" for frame in ("加微群{}领钱", "澳门{}号庄", "内部特码{}中")
)


@dataclass(frozen=True, slots=True)
class Case:
    word: str
    written: str
    text: str
    start: int


def cases(kind: str, words: Sequence[str], count: int, seed: int = 1) -> list[Case]:
    """`count` of one disguise, over words to which it can be applied."""
    dice = Random(f"{kind} {seed}")
    disguise = DISGUISES[kind]
    found: list[Case] = []
    pool = NUMBERED if kind == "number styles" else [word for word in words if word.replace(" ", "").isalnum()]
    for _ in range(count * 200):
        word = dice.choice(pool)
        written = disguise(word, dice)
        if written is None or written == word:
            continue
        sentence = dice.choice(SENTENCES["en" if word.isascii() else "zh"])
        found.append(Case(word, written, sentence.format(written), sentence.index("{}")))
        if len(found) == count:
            break
    return found


def missed(words: WordFilter, tried: Iterable[Case]) -> list[Case]:
    """Those without a hit where the word stands."""
    return [case for case in tried if not _is_found(words, case)]


def _is_found(words: WordFilter, case: Case) -> bool:
    end = case.start + len(case.written)
    return any(hit.start < end and hit.end > case.start for hit in words.check(case.text, Direction.VISITOR).hits)

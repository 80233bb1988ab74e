"""Sides: who pays and who is paid, from where to where. Knows pairs of sides and words of direction; no FAQs."""

from __future__ import annotations

import re
from functools import cache

from knowledge.faq.guards.pairs import pairs_read
from knowledge.faq.guards.wording import Wording

_DIRECTION = re.compile(r"从|到|给|向|往|由|被|把|转|比|\b(?:from|to|into|onto|by|for|than|between)\b")


@cache
def _sides() -> dict[str, frozenset[str]]:
    return pairs_read("sides.txt")


def swapped(asked: Wording, theirs: Wording) -> tuple[str, str] | None:
    """(the question's side, the variant's) where they are opposite sides, or the same words run the other way."""
    mine, others = asked.bag - theirs.bag, theirs.bag - asked.bag
    for word in mine:
        if hits := _sides().get(word, frozenset()) & others.keys():
            return word, min(hits)
    for word, opposite in _sides().items():  # written together: "收款方", which a dictionary may cut elsewhere
        if len(word) > 1 and not word.isascii() and word in asked.folded and word not in theirs.folded:
            for other in opposite:
                if len(other) > 1 and other in theirs.folded and other not in asked.folded:
                    return word, other
    return _turned_round(asked, theirs)


def _turned_round(asked: Wording, theirs: Wording) -> tuple[str, str] | None:
    if asked.words == theirs.words or asked.bag != theirs.bag or not _DIRECTION.search(asked.folded):
        return None
    moved = [(mine, other) for mine, other in zip(asked.words, theirs.words, strict=True) if mine != other]
    if len(moved) == 2 and moved[0] == moved[1][::-1]:
        return moved[0]
    return None

"""The guard of sides: who pays and who is paid, from where to where. Knows pairs of sides and words of direction; no FAQs."""

from __future__ import annotations

import re

from knowledge.faq.guards import lists
from knowledge.faq.guards.polarity import against
from knowledge.faq.guards.wording import Difference
from knowledge.faq.normalise import words

_EN_WAYS = re.compile(r"^(?:from|to|into|onto|by|than|with|for|over|before|after|instead|as)$")
_ZH_WAYS = re.compile(r"从|由|给|向|往|被|把|将|比|替|帮|欠|(?:转|换|改|提|调|寄|充|存|移|导|升|退)?(?:到|至|成|为|入|进)")
_MOST = 40  # words of a question that is looked through for turned sides


def swapped(found: Difference) -> tuple[str, str, int] | None:
    """(the question's side, the variant's, words that stand for one another) where they are opposite sides or the other way round."""
    return against(found, lists.sides()) or _turned_round(found)


def _turned_round(found: Difference) -> tuple[str, str, int] | None:
    """The same words, and what stood before a word of direction stands after it."""
    # A dictionary cuts the turned one otherwise, so that characters count too.
    is_same = not (found.mine or found.others) or sorted(found.asked.key) == sorted(found.theirs.key)
    if not is_same or found.asked.words == found.theirs.words:
        return None
    asked, theirs = _sides(found.asked.affirmed.text), _sides(found.theirs.affirmed.text)
    if [way for way, _ in asked] != [way for way, _ in theirs] or len(asked) < 2:
        return None
    moves = {
        (mine, before): word
        for mine, (_, side) in enumerate(asked)
        for before, (_, other) in enumerate(theirs)
        for word in side
        if word in other and mine != before
    }
    for (mine, before), word in moves.items():
        if (other := moves.get((before, mine))) is not None and other != word:
            return word, other, max(found.mine.total(), found.others.total())
    return None


def _sides(text: str) -> list[tuple[str, tuple[str, ...]]]:
    """The text in pieces, each with the word of direction before it."""
    pieces: list[tuple[str, tuple[str, ...]]] = []
    way = ""
    held: list[str] = []
    for word in [piece for part in _ZH_WAYS.sub(lambda match: f" {match[0]} ", text).split() for piece in words(part)][:_MOST]:
        if _EN_WAYS.match(word) or _ZH_WAYS.fullmatch(word):
            pieces.append((way, tuple(held)))
            way, held = word, []
        elif word not in lists.empty_words():
            held.append(lists.meaning(word))
    return [*pieces, (way, tuple(held))]

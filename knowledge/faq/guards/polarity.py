"""Opposites: nearly the same words, and one of them says no, or off instead of on.

Knows negations and pairs of opposites in both languages. Does not know FAQs.
"""

from __future__ import annotations

import re
from functools import cache

from knowledge.faq.guards.pairs import pairs_read
from knowledge.faq.guards.wording import Wording

_NEGATION = re.compile(
    r"\b(?:not|no|never|without|cannot|can't|cant|won't|wont|don't|dont|doesn't|doesnt|didn't|didnt|isn't|isnt|aren't|arent|wasn't|wasnt|weren't"
    r"|haven't|havent|hasn't|hasnt|hadn't|wouldn't|couldn't|shouldn't|nor|neither|unable|fail(?:s|ed|ing)? to|refuse[sd]? to|impossible)\b"
    r"|不|没|無|无|未|别|非(?!常)|拒绝|禁止|勿|莫"
)
# 能不能, 有没有, 可不可以: a question, no negation.
_ALTERNATIVE = re.compile(
    r"(\w)[不没]\1|[能会要可是行对]不[能会要可是行对]|没有没|不错|不过|不好意思|不管|无论|不仅|不止|不但|不久|差不多|不同|无线"
    r"|无理由|未来|未成年|no problem|no\. ?\d"
)



@cache
def _opposites() -> dict[str, frozenset[str]]:
    return pairs_read("opposites.txt")


def opposed(asked: Wording, theirs: Wording) -> tuple[str, str] | None:
    """(what the question says, what the variant says) where they are opposites; None where not."""
    if is_negative(asked.text) != is_negative(theirs.text):
        return _negation_in(asked) or "+", _negation_in(theirs) or "+"
    mine, others = asked.bag - theirs.bag, theirs.bag - asked.bag
    for word in mine:
        if hits := _opposites().get(word, frozenset()) & others.keys():
            return word, min(hits)
    return None


def is_negative(text: str) -> bool:
    return len(_NEGATION.findall(_plain(Wording(text)))) % 2 == 1


def _negation_in(wording: Wording) -> str:
    found = _NEGATION.search(_plain(wording))
    return found[0] if found else ""


def _plain(wording: Wording) -> str:
    return _ALTERNATIVE.sub(" ", wording.folded)

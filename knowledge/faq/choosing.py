"""Which of the offered questions a typed reply names: by its number, by words that only one of them has, by a "yes" to the only one.

Most visitors click a chip; some type. Certain readings only: in doubt the reply is a message like any other. Knows texts; no chances.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from knowledge.faq.normalise import exact_key, fold, words

LEAST_LETTERS = 4  # shorter English words bind ("to", "for", "my"): they name nothing
LEAST_HAN = 2
_YES_WORDS = """
    yes, yeah, yep, yup, yes please, yes exactly, exactly, right, correct, that one, that's it, sure, ok, okay,
    是, 是的, 是啊, 对, 对的, 对啊, 嗯, 嗯嗯, 没错, 就是, 就是这个, 正是, 好, 好的, 可以
"""
_YES = frozenset(reply.strip() for reply in _YES_WORDS.split(","))
_NUMBER = re.compile(r"(?:第|选|number |option |the )?(1|2|3|一|二|三|first|second|third)(?:个|条|项|種|种)?(?: one)?", re.IGNORECASE)
_PLACES = {"1": 0, "一": 0, "first": 0, "2": 1, "二": 1, "second": 1, "3": 2, "三": 2, "third": 2}
_HAN = re.compile(r"[\u3400-\u9fff]")


def chosen(reply: str, titles: Sequence[str]) -> int | None:
    """The place of the title that the reply names; None where it names none, or more than one."""
    plain = fold(reply).strip(" .,!?。，！？~～")
    if plain in _YES:
        return 0 if len(titles) == 1 else None
    if numbered := _NUMBER.fullmatch(plain):
        place = _PLACES[numbered[1]]
        return place if place < len(titles) else None
    same = [place for place, title in enumerate(titles) if exact_key(title) == exact_key(reply)]
    return same[0] if len(same) == 1 else _by_own_words(reply, titles)


def _by_own_words(reply: str, titles: Sequence[str]) -> int | None:
    said = {word for word in words(reply) if _is_telling(word)}
    known = [set(words(title)) for title in titles]
    own = [theirs - set().union(*(other for place, other in enumerate(known) if place != mine)) for mine, theirs in enumerate(known)]
    named = [place for place, only in enumerate(own) if said & only]
    return named[0] if len(named) == 1 and len(titles) > 1 else None


def _is_telling(word: str) -> bool:
    return len(word) >= (LEAST_HAN if _HAN.search(word) else LEAST_LETTERS) or word.isdigit()

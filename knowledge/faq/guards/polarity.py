"""The guard of opposites: the same words, and one of the two says no, or off instead of on.

Knows negations, opposites and English forewords that turn a word round. Does not know FAQs.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from knowledge.faq.guards import lists
from knowledge.faq.guards.wording import Difference, trimmed

_TURNS = re.compile(r"^(?:un|dis|de|non|in|im|ir|mis)-?(?=[a-z]{4})")
_ENDING = ("取消", "退出", "停止", "关闭", "解除", "停用", "注销", "退订", "cancel", "disabl", "quit", "undo")
_ENDS = frozenset(lists.meaning(word) for word in _ENDING)
_LEAST_SHARED = 2
_PHRASE = 2  # characters from which a Chinese opposite is looked for wherever a dictionary may cut


def opposed(found: Difference) -> tuple[str, str, int] | None:
    """(what the question says, what the variant says, words that stand for one another) where they are opposites."""
    asked, theirs = found.asked.affirmed, found.theirs.affirmed
    if asked.is_negative != theirs.is_negative:
        return (asked.noes or ("+",))[0], (theirs.noes or ("+",))[0], 0
    return against(found, lists.opposites()) or _turned(found.mine, found.others) or _ended(found)


def against(found: Difference, pairs: lists.Opposed) -> tuple[str, str, int] | None:
    """Of what only one of them has, words that stand against each other."""
    for word in found.mine:
        if hits := pairs.get(word, frozenset()) & found.others.keys():
            return word, min(hits), 1
    if found.is_one_place:
        # As words, and as characters too: a dictionary cuts 能关 for 能开 as it likes.
        for one, other in (found.exchanged(), trimmed(*found.exchanged()), trimmed(found.asked.key, found.theirs.key)):
            if other in pairs.get(one, frozenset()):
                return one, other, max(map(len, found.place))
    return _written_together(found, pairs)


def _written_together(found: Difference, pairs: lists.Opposed) -> tuple[str, str, int] | None:
    """Chinese words that a dictionary may have cut otherwise: 收款方 holds 收款."""
    asked, theirs = found.asked.affirmed.text, found.theirs.affirmed.text
    for word in found.asked.pieces:
        if word not in pairs or word in theirs:
            continue
        for other in sorted(pairs[word]):
            if len(other) >= _PHRASE and other in theirs and other not in asked:
                return word, other, max(len(found.mine), len(found.others)) if found.is_one_place else 1
    return None


def _ended(found: Difference) -> tuple[str, str, int] | None:
    """One of them puts an end to what the other does: 退出登录 and 登录."""
    for word in (found.mine.keys() | found.others.keys()) & _ENDS:
        mine, theirs = word in found.mine, word in found.others
        rest = found.others if mine else found.mine
        if rest.keys() <= lists.light_words() and found.likeness(1) == 1.0 and len(found.shared) >= _LEAST_SHARED:
            return (word if mine else "+"), (word if theirs else "+"), 1
    return None


def _turned(mine: Iterable[str], others: Iterable[str]) -> tuple[str, str, int] | None:
    left, right = set(mine), set(others)
    for word in (*left, *right):
        plain = _TURNS.sub("", word)
        if plain != word and ((word in left and plain in right) or (word in right and plain in left)):
            return (word, plain, 1) if word in left else (plain, word, 1)
    return None

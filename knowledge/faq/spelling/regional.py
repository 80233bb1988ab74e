"""Words of Taiwan and Hong Kong in traditional characters, where the bank has the mainland's: 簡訊 is 短信, 登入 is 登录, 枱 is 台.

Knows OpenCC's regional dictionaries. What only differs in script is folded elsewhere and is no change.
"""

from __future__ import annotations

from collections.abc import Iterator
from difflib import SequenceMatcher
from functools import lru_cache
from typing import Any

from knowledge.faq.spelling.bank_words import BankWords
from knowledge.faq.spelling.reading import Change
from knowledge.faq.spelling.signs import HAN, folded

_FROM = ("tw2sp", "hk2s")
LONGEST = 5


def respelt(text: str, words: BankWords) -> tuple[Change, ...]:
    plain = folded(text)
    if not any(one != other and HAN.match(one) for one, other in zip(text, plain, strict=True)):
        return ()
    sendable = text.encode("utf-8", "replace").decode("utf-8")  # OpenCC refuses half a character
    for region in _FROM:
        if found := tuple(_differences(plain, _converter(region).convert(sendable), words)):
            return found
    return ()


def _differences(plain: str, now: str, words: BankWords) -> Iterator[Change]:
    for kind, start, end, first, last in SequenceMatcher(None, plain, now, autojunk=False).get_opcodes():
        if kind == "replace" and HAN.match(plain[start]) and _is_ours(now, first, last, words) and not _is_ours(plain, start, end, words):
            yield Change(start, end, plain[start:end], now[first:last], "regional")


def _is_ours(text: str, first: int, last: int, words: BankWords) -> bool:
    """The bank has a word or a pair of words around the place."""
    starts = range(max(0, last - LONGEST), first + 1)
    return any(text[start:end] in words.chinese for start in starts for end in range(max(last, start + 2), start + LONGEST + 1))


@lru_cache(maxsize=len(_FROM))
def _converter(region: str) -> Any:
    import opencc

    return opencc.OpenCC(region)

"""Words of Taiwan and Hong Kong in traditional characters, where the bank has the mainland's: 簡訊 is 短信, 登入 is 登录, 枱 is 台.

Knows OpenCC's regional dictionaries. What only differs in script is folded elsewhere and is no change.
"""

from __future__ import annotations

from collections.abc import Iterator
from difflib import SequenceMatcher
from functools import lru_cache
from typing import Any

from knowledge.faq.spelling.bank_words import BankWords
from knowledge.faq.spelling.lexicon import chinese
from knowledge.faq.spelling.reading import Change
from knowledge.faq.spelling.signs import HAN, folded

_FROM = ("tw2sp", "hk2s")
LONGEST = 5
EVERYDAY = 4_500  # counted as often, a word is at home on the mainland too


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
        if kind != "replace" or not HAN.match(plain[start]) or any(_is_ours(word, words) for word in _around(plain, start, end)):
            continue
        if any(word in words.chinese for word in _around(now, first, last)):
            yield Change(start, end, plain[start:end], now[first:last], "regional")


def _is_ours(word: str, words: BankWords) -> bool:
    return word in words.chinese or chinese().counts.get(word, 0) >= EVERYDAY


def _around(text: str, start: int, end: int) -> Iterator[str]:
    """What could be a word or two around the place."""
    for head in range(max(0, end - LONGEST), start + 1):
        yield from (text[head:tail] for tail in range(max(end, head + 2), min(len(text), head + LONGEST) + 1))


@lru_cache(maxsize=len(_FROM))
def _converter(region: str) -> Any:
    import opencc

    return opencc.OpenCC(region)

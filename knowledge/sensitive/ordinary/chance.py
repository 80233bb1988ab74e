"""How often ordinary text holds a string by chance: inside a word, as a word, or across the border of words that stand side by side.

    今日|本店   the suffix of a word, whole words, the prefix of a word: each laid with the share of the words that allow it

Chinese by the counts of words.zh.txt and of the clean texts that ship, half and half; Latin letters by those of symspellpy. Words are
taken as independent, except English neighbours (pairs are counted). Does not know word lists.
"""

from __future__ import annotations

import math
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from functools import lru_cache
from importlib import resources
from itertools import pairwise

from knowledge.faq.spelling.lexicon import CHINESE_TOTAL, chinese, english
from knowledge.sensitive.characters import SKELETON
from knowledge.sensitive.ordinary.texts import ordinary_texts
from knowledge.sensitive.terms import inflections

UNKNOWN = 1e-8  # of a character that no dictionary has
UNKNOWN_LATIN = 1e-6, 0.2  # of a string of letters that none has, and how much rarer each letter makes it
UNCOUNTED = 1e-4  # of all words after an English word: one that never was counted behind it
DIGITS = 1e-2  # share of numbers among the words of support texts; each digit more makes one number ten times rarer
RUNS = re.compile(r"\d*(?:[^\x00-\x7f]+\d*)+|[a-z ]+|\d+")  # Chinese numerals are read as digits, so digits beside Han are part of its run
LONGEST = 6
MOST_MADE, OFTEN = 4, 3  # a form of at most so many characters; every word of it said at least so often
SPELT = 1e-5  # of all words


class Chances:
    """Shares of words, of their beginnings, their ends and what stands inside them."""

    def __init__(self, shares: Mapping[str, float]) -> None:
        self.whole: dict[str, float] = {}
        self.begins: dict[str, float] = defaultdict(float)
        self.ends: dict[str, float] = defaultdict(float)
        self.within: dict[str, float] = defaultdict(float)
        for form, share in shares.items():
            self.whole[form] = share
            for place in range(1, len(form) + 1):
                self.begins[form[:place]] += share
                self.ends[form[-place:]] += share
            for start in range(len(form)):
                for end in range(start + 1, len(form) + 1):
                    self.within[form[start:end]] += share

    def of(self, form: str) -> float:
        """Expected occurrences for each word of ordinary text."""
        laid = [0.0] * (len(form) + 1)  # laid[i]: form[:i] stands with a border of words behind it
        for end in range(1, len(form)):
            laid[end] = self.ends.get(form[:end], UNKNOWN if end == 1 else 0.0)
            laid[end] += sum(laid[start] * self.whole.get(form[start:end], 0.0) for start in range(max(1, end - LONGEST), end))
        across = sum(laid[place] * self.begins.get(form[place:], UNKNOWN if len(form) - place == 1 else 0.0) for place in range(1, len(form)))
        return self.within.get(form, 0.0) + across


def chance(form: str) -> float:
    """Of a normalised word: its runs of Chinese, of Latin letters and of digits must all stand there."""
    return math.prod(_of_run(run.strip()) for run in RUNS.findall(form) if run.strip())


def _of_run(run: str) -> float:
    if run.isdigit() and run.isascii():
        return float(DIGITS * 0.1 ** len(run))
    if not run.isascii():
        return _chinese().of(run)
    return _of_latin(run) + sum(_of_latin(form) for form in inflections(run))


def _of_latin(run: str) -> float:
    words = run.split(" ")
    shares = [_english().get(word) or UNKNOWN_LATIN[0] * UNKNOWN_LATIN[1] ** len(word) for word in words]
    result = shares[0]
    for (left, right), before in zip(pairwise(words), shares, strict=False):
        result *= min(1.0, _pairs().get(f"{left} {right}", UNCOUNTED * before) / before)
    return result


def is_made_of_said(form: str) -> bool:
    """Whether each word of a short Chinese form stands in several of the clean texts: 货到付款, 手机定位."""
    import rjieba

    if not 1 < len(form) <= MOST_MADE or form[0].isascii():
        return False
    words = rjieba.cut(form, False)
    return len(words) < len(form) and all(_said()[word] >= OFTEN for word in words)


def is_pinyin(form: str) -> bool:
    """Whether Latin letters spell a word that everybody uses: "tai wan", "xinjiang"."""
    return form.replace(" ", "") in _spelt()


@lru_cache(maxsize=1)
def _spelt() -> frozenset[str]:
    common = [word for word, count in chinese().counts.items() if len(word) > 1 and count / CHINESE_TOTAL > SPELT]
    return frozenset("".join(chinese().reading(word)) for word in common)


@lru_cache(maxsize=1)
def _said() -> Counter[str]:
    import rjieba

    words = (word for text in ordinary_texts() for word in rjieba.cut(text, False))
    return Counter(word.translate(SKELETON) for word in words if word.isdigit() or not word.isascii())


@lru_cache(maxsize=1)
def _chinese() -> Chances:
    shares: dict[str, float] = defaultdict(float)
    for word, count in chinese().counts.items():
        shares[word.translate(SKELETON)] += count / CHINESE_TOTAL / 2
    for word, count in _said().items():
        shares[word] += count / _said().total() / 2
    return Chances(shares)


@lru_cache(maxsize=1)
def _english() -> dict[str, float]:
    counts = english().counts
    total = sum(counts.values())
    return {word: count / total for word, count in counts.items()} | dict.fromkeys(english().chat, 1e-4)


@lru_cache(maxsize=1)
def _pairs() -> dict[str, float]:
    return dict(_counted("frequency_bigramdictionary_en_243_342.txt", sum(english().counts.values())))


def _counted(name: str, total: int) -> Iterable[tuple[str, float]]:
    for row in (resources.files("symspellpy") / name).read_text(encoding="utf-8-sig").splitlines():
        words, _, count = row.rpartition(" ")
        if words:
            yield words, int(count) / total

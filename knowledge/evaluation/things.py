"""The things a bank speaks of, found without the guards' help, to put one in the place of another.

Three ways: names that stand in a list of their kind, names written with a capital inside an English sentence, and nouns: what a
Chinese dictionary calls one, what stands after an article or a preposition in English. Knows variants; no router, no guard.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from functools import cache

from knowledge.contracts import Language
from knowledge.evaluation.mutation_words import NAMES
from knowledge.faq.bank import Bank
from knowledge.faq.normalise import fold

_LEAST_FAQS = 2  # that speak of it: a thing of the base, no chance word
MOST_EACH = 6  # things that one thing is exchanged for
_NOUNS = frozenset({"n", "nr", "ns", "nt", "nz"})
_NO_THING_WORDS = """
时候 问题 办法 方法 东西 情况 时间 原因 怎么 为什么 无法 能不能 有没有 方式 意思 地方 部分 一下 系统
way thing things time problem issue question same other first last one ones new my your the a an is it this that do i and or be to
of me you not no all any if so there while least evening yourself monday tuesday wednesday thursday friday saturday sunday january
february march april june july august september october november december saturdays sundays one two three four five six seven eight
"""
_NO_THING = frozenset(_NO_THING_WORDS.split())
_NOUN_PLACE = re.compile(
    r"\b(?:my|your|the|an?|this|our|with|via|by|for|from|in|on|of)\s+([a-z][a-z-]{3,})"
    r"(?=\s*(?:$|[?.,!])| (?:to|in|on|for|of|with|is|was|are|from|by|at|be|and|or|if|after|before|when|has|have|does|can)\b)",
    re.IGNORECASE,
)
_NO_NAME = re.compile(r"[不没无未\d一二三四五六七八九十几]")
_CAPITAL = re.compile(r"(?<=[a-z,] )([A-Z][A-Za-z0-9]{2,})\b")


class Things:
    """`of_faq` holds per FAQ everything it says, folded, so that nothing is exchanged for what is meant anyway."""

    def __init__(self, named: dict[Language, tuple[str, ...]], said: tuple[str, ...]) -> None:
        self._named, self._said = named, said

    @classmethod
    def of(cls, bank: Bank) -> Things:
        holders: dict[Language, dict[str, set[int]]] = {"zh": defaultdict(set), "en": defaultdict(set)}
        for number, faq in enumerate(bank.faqs):
            for variant in faq.variants:
                for thing in _nouns(variant.text, variant.language):
                    holders[variant.language][thing].add(number)
        named = {language: tuple(sorted(thing for thing, faqs in found.items() if len(faqs) >= _LEAST_FAQS)) for language, found in holders.items()}
        return cls(named, tuple(_told(bank, number) for number in range(len(bank.faqs))))

    def exchanged(self, text: str, language: Language, faq: int) -> list[str]:
        said = self._said[faq]
        found = []
        for mine in _listed(text):
            found += [_put(text, mine, other) for other in _others(mine) if fold(other) not in said]
        pool = [thing for thing in self._named[language] if fold(thing) not in said]
        for mine in _nouns(text, language):
            step = max(len(pool) // MOST_EACH, 1)
            start = sum(map(ord, mine)) % step
            if mine in self._named[language]:
                found += [_put(text, mine, other) for other in pool[start::step] if other != mine and _is_name(other) == _is_name(mine)]
        return found


def _told(bank: Bank, number: int) -> str:
    faq = bank.faqs[number]
    return fold(" ".join([*(variant.text for variant in faq.variants), *(answer.text for answer in faq.answers.values())]))


def _is_name(thing: str) -> bool:
    return thing[:1].isupper()


def _nouns(text: str, language: Language) -> list[str]:
    if language == "zh":
        nouns = [word for word, kind in _tagged(text) if kind in _NOUNS and len(word) >= 2]
        return [word for word in nouns if word not in _NO_THING and not _NO_NAME.search(word)]
    names = _CAPITAL.findall(text)
    nouns = [word for word in _NOUN_PLACE.findall(text) if word.lower() not in _NO_THING and word not in names]
    return list(dict.fromkeys([*names, *nouns]))


def _tagged(text: str) -> Sequence[tuple[str, str]]:
    import rjieba

    found: Sequence[tuple[str, str]] = rjieba.tag(text)
    return found


@cache
def _kinds() -> dict[str, tuple[str, ...]]:
    return {name: kind for kind in NAMES for name in kind}


def _listed(text: str) -> list[str]:
    return [name for name in _kinds() if _place(text, name)]


def _others(name: str) -> list[str]:
    return [other for other in _kinds()[name] if other != name][:MOST_EACH]


def _place(text: str, name: str) -> re.Match[str] | None:
    return re.search(rf"\b{re.escape(name)}\b" if name.isascii() else re.escape(name), text, re.IGNORECASE)


def _put(text: str, name: str, other: str) -> str:
    place = _place(text, name)
    return text if place is None else text[: place.start()] + other + text[place.end() :]

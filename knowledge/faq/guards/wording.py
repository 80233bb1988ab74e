"""A text as the guards read it: its numbers, its noes, and the words that are left; and what two such texts have in common.

Knows words that carry nothing and words that mean the same. Does not know FAQs, nor what a difference means.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from typing import Any

from knowledge.faq.guards import lists
from knowledge.faq.guards.negation import Affirmed, affirmed
from knowledge.faq.guards.quantities import Quantity, quantities, without
from knowledge.faq.normalise import exact_key, fold, stem, words

MOST_EXCHANGED = 3  # words that stand for one another
LEAST = 0.6  # likeness below which no difference is looked at
LONGEST = 1000  # characters that are looked at: nobody's near copy of a phrasing is longer
_HAN = re.compile(r"[\u3400-\u9fff]+")
# A thing follows; as the index keeps them.
_GOVERNORS = frozenset(
    stem(word) for word in re.findall(r"\w+", "a an the my your our his their this that for with of in on about any by per from via")
)
_Join = Callable[[Sequence[str]], Sequence[str]]


@dataclass(frozen=True)
class Wording:
    """`join` puts together what a bank writes as one word and a dictionary cuts."""

    text: str
    join: _Join = tuple

    @cached_property
    def folded(self) -> str:
        return fold(self.text[:LONGEST]).replace("\u2019", "'")

    @cached_property
    def key(self) -> str:
        return exact_key(self.text[:LONGEST])

    @cached_property
    def quantities(self) -> tuple[Quantity, ...]:
        return quantities(self.folded)

    @cached_property
    def affirmed(self) -> Affirmed:
        return affirmed(without(self.folded, self.quantities))

    @cached_property
    def words(self) -> tuple[str, ...]:
        """Without numbers, noes and what carries nothing; each word by the first of those that mean the same."""
        found = self.join(cut(self.affirmed.text))
        return tuple(lists.meaning(word) for word in found if word not in lists.empty_words())

    @cached_property
    def bag(self) -> Counter[str]:
        return Counter(self.words)

    @cached_property
    def names(self) -> frozenset[str]:
        """Listed names: of Latin letters as whole words, of Chinese characters anywhere."""
        known, text = lists.names(), self.folded
        parts = [word for word in words(text) if word.isascii()]
        found = {" ".join(parts[start : start + n]) for n in range(1, lists.longest_name() + 1) for start in range(len(parts) - n + 1)}
        if _HAN.search(text):
            found |= {text[start : start + n] for n in (2, 3, 4, 5) for start in range(len(text) - n + 1)}
        return frozenset(found & known.keys())

    @cached_property
    def pieces(self) -> tuple[str, ...]:
        """Two to four Chinese characters that stand together, however a dictionary cuts them."""
        runs = _HAN.findall(self.affirmed.text)
        return tuple(run[start : start + n] for run in runs for n in (2, 3, 4) for start in range(len(run) - n + 1))

    @cached_property
    def plain(self) -> frozenset[str]:
        """All its words, those that carry nothing too, and as they are written."""
        return frozenset(self.join(words(self.folded)))

    @cached_property
    def nouns(self) -> frozenset[str]:
        """What the dictionary calls a noun or does not know; a Latin word unless it is a known verb or the like."""
        runs = _HAN.findall(self.affirmed.text)
        parts = cut(self.affirmed.text)
        governed = {lists.meaning(word) for before, word in zip(parts, parts[1:], strict=False) if before in _GOVERNORS}
        chinese = {lists.meaning(word) for run in runs for word, kind in _tagged(run) if kind[:1] in "nxtsblij" or kind in ("vn", "an", "eng")}
        latin = {word for word in self.words if word[:1].isascii() and word[:1].isalpha() and (word in governed or word not in lists.no_things())}
        compounds = set(self.join(parts)) - set(parts)
        compounds |= {word for word in parts if word in lists.names()}
        return frozenset(chinese | latin | {lists.meaning(word) for word in compounds})


@dataclass(frozen=True, slots=True)
class Difference:
    """Of a question and a variant: the words that only one of them has, and where all else is the same, what stands for what."""

    asked: Wording
    theirs: Wording
    mine: Counter[str]
    others: Counter[str]
    shared: Counter[str]
    place: tuple[tuple[str, ...], tuple[str, ...]]

    @classmethod
    def between(cls, asked: Wording, theirs: Wording) -> Difference:
        shared = asked.bag & theirs.bag
        return cls(asked, theirs, asked.bag - shared, theirs.bag - shared, shared, middle(asked.words, theirs.words))

    def likeness(self, spared: int = 0) -> float:
        """Share of the words that both have (Dice), light ones aside; `spared` words of each stand for one another and do not count."""
        rest = max(_weight(self.mine) - spared, 0) + max(_weight(self.others) - spared, 0)
        shared = _weight(self.shared)
        return 2 * shared / (2 * shared + rest) if shared else float(rest == 0)

    @property
    def is_hopeless(self) -> bool:
        """Whether the two are far apart even if as much as ever may stands for one another."""
        return self.likeness(MOST_EXCHANGED) < LEAST

    @property
    def is_one_place(self) -> bool:
        """Whether a few words stand for a few others and all else is the same."""
        mine, theirs = self.place
        return bool(mine and theirs) and len(mine) <= MOST_EXCHANGED and len(theirs) <= MOST_EXCHANGED

    def exchanged(self) -> tuple[str, str]:
        return joined(self.place[0]), joined(self.place[1])


def _weight(found: Counter[str]) -> int:
    light = lists.light_words()
    return sum(times for word, times in found.items() if word not in light)


def middle(mine: tuple[str, ...], theirs: tuple[str, ...]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """What is left when the same beginning and the same end are cut off."""
    start, most = 0, min(len(mine), len(theirs))
    while start < most and mine[start] == theirs[start]:
        start += 1
    end = 0
    while end < most - start and mine[-1 - end] == theirs[-1 - end]:
        end += 1
    return mine[start : len(mine) - end], theirs[start : len(theirs) - end]


def trimmed(mine: str, theirs: str) -> tuple[str, str]:
    """The characters that differ: 年前 and 年后 differ in 前 and 后."""
    one, other = middle(tuple(mine), tuple(theirs))
    return "".join(one), "".join(other)


def joined(parts: Sequence[str]) -> str:
    return " ".join(parts) if all(part.isascii() for part in parts) else "".join(parts)


def cut(folded: str) -> list[str]:
    """As the index cuts it, save that listed names stay whole."""
    return [word for place, part in enumerate(_names().split(folded)) for word in ([part] if place % 2 else words(part))]


@cache
def _names() -> re.Pattern[str]:
    """Chinese names that a dictionary may cut."""
    unknown = [name for name in lists.names() if not name.isascii() and (len(name) >= 3 or len(words(name)) > 1)]
    return re.compile(f"({'|'.join(sorted(unknown, key=len, reverse=True))})")


def _tagged(run: str) -> Sequence[tuple[str, str]]:
    found: Sequence[tuple[str, str]] = _tagger().tag(run)
    return found


@cache
def _tagger() -> Any:
    import rjieba

    return rjieba

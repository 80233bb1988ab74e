"""The word lists beside this module, read once: opposites, sides, names, words that mean the same or carry nothing.

English words stand in the lists as people write them and are kept as the index keeps them. Knows the files' forms only.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from itertools import permutations
from pathlib import Path

from knowledge.faq.normalise import stem

Opposed = dict[str, frozenset[str]]


@cache
def opposites() -> Opposed:
    return _pairs("opposites.txt")


@cache
def sides() -> Opposed:
    return _pairs("sides.txt")


@cache
def names() -> Opposed:
    """Each name with the others of its kind: a line is a kind, names that mean the same are joined by `=`."""
    found: dict[str, set[str]] = {}
    for line in _lines("names.txt"):
        kind = [{_kept(name) for name in entry.split("=")} for entry in line.split(" | ")]
        for own in kind:
            for name in own:
                found.setdefault(name, set()).update(*(other for other in kind if other is not own))
    return {name: frozenset(others) for name, others in found.items()}


@cache
def longest_name() -> int:
    return max(len(name.split()) for name in names())


@cache
def empty_words() -> frozenset[str]:
    return frozenset(_kept(word) for line in _lines("empty.txt") for word in line.split())


@cache
def light_words() -> frozenset[str]:
    """No part of the matter, though they may stand against one another."""
    return frozenset(meaning(_kept(word)) for line in _lines("light.txt") for word in line.split())


@cache
def no_things() -> frozenset[str]:
    """English words that are verbs, qualities or manners rather than things."""
    return frozenset(_kept(word) for line in _lines("no_things.txt") for word in line.split())


def meaning(word: str) -> str:
    """The first of those that mean the same."""
    return _same().get(word, word)


@cache
def _same() -> dict[str, str]:
    found: dict[str, str] = {}
    for line in _lines("same.txt"):
        first, *others = (_kept(word) for word in line.split())
        found.update(dict.fromkeys(others, first))
    for line in _lines("names.txt"):
        for entry in line.split(" | "):
            first, *others = (_kept(name) for name in entry.split("="))
            found.update(dict.fromkeys(others, first))
    return found


def _pairs(name: str) -> Opposed:
    found: dict[str, set[str]] = {}
    for line in _lines(name):
        for pair in line.split():
            sides = [_kept(side.replace("_", " ")) for side in pair.split("/")]
            for one, other in permutations(sides, 2):
                for mine, theirs in ((one, other), (meaning(one), meaning(other))):  # as written, and as a wording holds them
                    if mine != theirs:
                        found.setdefault(mine, set()).add(theirs)
    return {word: frozenset(others) for word, others in found.items()}


def _lines(name: str) -> Iterator[str]:
    for line in Path(__file__).with_name(name).read_text(encoding="utf-8").splitlines():
        if line.strip() and not line.startswith("#"):
            yield line.strip()


def _kept(word: str) -> str:
    return " ".join(stem(part) for part in word.casefold().split()) if word.isascii() else word

"""Ways in which people write around a word filter, so that the classifier has seen them: rows are written plainly and bent here.

Harmless rows are bent as well: bad spelling is no sign of bad will. Knows letters only.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable

LEET = str.maketrans({"a": "4", "e": "3", "i": "1", "o": "0", "s": "5", "t": "7"})
VOWELS = re.compile(r"(?<=\w)[aeiou](?=\w)")
LATIN_WORD = re.compile(r"[A-Za-z]{4,}")
HAN = re.compile(r"[一-鿿]")
SIGNS = (".", "*", "-", "_", " ", "·", "/")


def bent(text: str, rng: random.Random) -> str:
    """One of the ways, by chance; a short text may come out as it is."""
    ways = HAN_WAYS if HAN.search(text) else LATIN_WAYS
    return rng.choice(ways)(text, rng)


def _words(text: str, rng: random.Random, change: Callable[[str], str]) -> str:
    """Some of the longer words, at least one."""
    found = [match.span() for match in LATIN_WORD.finditer(text)]
    for start, end in sorted(rng.sample(found, k=min(len(found), rng.choice((1, 1, 2, 3)))), reverse=True):
        text = text[:start] + change(text[start:end]) + text[end:]
    return text


def _leet(text: str, rng: random.Random) -> str:
    return _words(text, rng, lambda word: word.translate(LEET))


def _spaced(text: str, rng: random.Random) -> str:
    return _words(text, rng, rng.choice(SIGNS).join)


def _without_vowels(text: str, rng: random.Random) -> str:
    return _words(text, rng, lambda word: VOWELS.sub("", word))


def _starred(text: str, rng: random.Random) -> str:
    return _words(text, rng, lambda word: VOWELS.sub("*", word, count=2))


def _swapped(text: str, rng: random.Random) -> str:
    return _words(text, rng, lambda word: word[0] + word[2] + word[1] + word[3:])


def _missing(text: str, rng: random.Random) -> str:
    def cut(word: str) -> str:
        place = rng.randrange(1, len(word))
        return word[:place] + word[place + 1 :]

    return _words(text, rng, cut)


def _stretched(text: str, rng: random.Random) -> str:
    return _words(text, rng, lambda word: re.sub(r"([aeiou])", lambda vowel: vowel[1] * 3, word, count=1))


def _glued(text: str, rng: random.Random) -> str:
    """Without some of the spaces."""
    spaces = [place for place, sign in enumerate(text) if sign == " "]
    gone = set(rng.sample(spaces, k=len(spaces) // 2 or len(spaces)))
    return "".join(sign for place, sign in enumerate(text) if place not in gone)


def _loud(text: str, rng: random.Random) -> str:
    return text.upper()


def _split_han(text: str, rng: random.Random) -> str:
    """A sign between two characters, in one or two places."""
    for _ in range(rng.choice((1, 1, 2))):
        place = rng.randrange(1, max(2, len(text)))
        text = text[:place] + rng.choice(SIGNS) + text[place:]
    return text


def _doubled_han(text: str, rng: random.Random) -> str:
    place = rng.randrange(len(text))
    return text[:place] + text[place] * 2 + text[place:]


def _with_signs(text: str, rng: random.Random) -> str:
    return text.rstrip("。.") + rng.choice(("！！！", "……", "？？", "[怒]", "[微笑]", "😡", "~"))


LATIN_WAYS = (_leet, _spaced, _without_vowels, _starred, _swapped, _missing, _stretched, _glued, _loud)
HAN_WAYS = (_split_han, _doubled_han, _with_signs)

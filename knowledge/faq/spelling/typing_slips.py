"""English typing errors: a word that nobody knows, one or two keys beside a word of the bank or a very common one.

Knows keys and neighbours in the bank's own texts. Does not know meaning, and leaves names, numbers and addresses alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from knowledge.faq.spelling.bank_words import BankWords
from knowledge.faq.spelling.lexicon import common_english, english
from knowledge.faq.spelling.reading import Change

_TOKEN = re.compile(r"(?<![\w@./'’])(?<!\d-)[a-zA-Z]{3,24}(?![\w@/'’]|\.\w|-\d)")
_WORD = re.compile(r"(?<![\w])(?<!\d-)[a-z]+(?:['’][a-z]+)?(?!\w|-\d)", re.IGNORECASE)
# A number or a no is not guessed, lest what is asked turn into its opposite.
_DELICATE = frozenset(["no", "not", "nor", "never", "none", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"])
_DELICATE |= frozenset(["once", "twice", "first", "last", "less", "more", "in", "out", "on", "off"])
_VOWELS = frozenset("aeiou")
_ROWS = ("qwertyuiop", "asdfghjkl", "zxcvbnm")
_PREFIXES = ("un", "re", "pre", "non", "over", "mis", "out")
_SUFFIXES = ("'s", "s", "er", "r", "ers", "rs", "ed", "d", "ing", "ly", "able", "ness", "less")
_SPELT_THERE = {"or": "our", "er": "re", "iz": "is", "yz": "ys", "og": "ogue", "l": "ll", "ens": "enc"}  # as the list, which is British, has it
UNKNOWN_WORD, UNKNOWN_LETTER = 4.0, 2.8
RARE = 11.5  # a word of the list that costs more is one that hardly anybody writes
SLIP, LIGHT, HEAVY = 5.5, 4.0, 7.0  # one wrong key; two keys swapped, doubled, next to each other; the first key
TOGETHER = 2.0  # what it takes off that the bank has both words side by side
MARGIN, LISTED_MARGIN = 1.0, 2.0  # by how much the best has to be better than what stands there, and than the second best
LEAST_KNOWN = 0.5  # of the words: where fewer are English, the message is not
LEAST_KNOWN_OF_SLIPS = 1 / 3  # the same where each of the others is a slip of a word
LONG = 7  # letters from which on two slips are believed


@dataclass(frozen=True, slots=True)
class Guess:
    word: str
    cost: float
    fits: bool  # the bank has it beside one of its neighbours here
    is_light: bool


def respelt(text: str, words: BankWords) -> tuple[Change, ...]:
    found = list(_WORD.finditer(text))
    plain = [match[0].lower().replace("’", "'") for match in found]
    unknown = [place for place, word in enumerate(plain) if not _is_known(word, words)]
    if not unknown:
        return ()
    meant = {place: _meant(plain, place, words) for place in unknown}
    if not _is_english(len(plain), len(unknown), sum(map(bool, meant.values()))):
        return ()
    allowed = {match.start() for match in _TOKEN.finditer(text) if not _is_name(match, text)}
    return tuple(
        Change(match.start(), match.end(), match[0], _cased(now, match[0]), "typo")
        for place in unknown
        if (match := found[place]).start() in allowed and (now := meant[place])
    )


def _is_english(total: int, unknown: int, meant: int) -> bool:
    """Half of its words, or a third where all others are slips; of one word or two nobody can say."""
    known = total - unknown
    return total < 3 or known >= LEAST_KNOWN * total or (known >= LEAST_KNOWN_OF_SLIPS * total and meant == unknown)


def _is_known(word: str, words: BankWords) -> bool:
    """Said by the bank or by many, or made of such words as the language makes them."""
    if word in words.english or word in words.latin or _is_common(word):
        return True
    if any(_is_common(_SPELT_THERE[found].join(word.split(found))) for found in _SPELT_THERE if found in word):
        return True
    heads = (word.removeprefix(prefix) for prefix in _PREFIXES if word.startswith(prefix))
    tails = (word.removesuffix(suffix) for suffix in _SUFFIXES if word.endswith(suffix))
    if any(len(rest) > 3 and _is_common(rest) for rest in (*heads, *tails)):
        return True
    return any(_is_common(word[:cut]) and _is_common(word[cut:]) for cut in range(4, len(word) - 3))


def _is_common(word: str) -> bool:
    return english().cost(word) < RARE


def _is_name(match: re.Match[str], text: str) -> bool:
    """Capitals inside a word, or at its head amid a sentence that has small letters."""
    word = match[0]
    if word.islower():
        return False
    if word.isupper():
        return not text.isupper()
    return not word.istitle() or bool(text[: match.start()].strip(" \"'([“‘")) and text[: match.start()].rstrip()[-1] not in ".!?。！？"


def _meant(plain: Sequence[str], place: int, words: BankWords) -> str:
    """The word that was meant; empty where none is sure."""
    word = plain[place]
    if len(word) < 3:
        return ""
    around = (plain[place - 1] if place else "", plain[place + 1] if place + 1 < len(plain) else "")
    is_listed = word in english().counts
    stands = english().cost(word) if is_listed else UNKNOWN_WORD + UNKNOWN_LETTER * len(word)
    guesses = sorted(_guesses(word, around, words), key=lambda guess: (guess.cost, guess.word))
    if not guesses:
        return _split(word, words)
    best = guesses[0]
    if not best.fits and (is_listed or len(word) < 4 or (len(word) == 4 and not best.is_light)):
        return ""
    if best.cost + (LISTED_MARGIN if is_listed else MARGIN) > stands or (len(guesses) > 1 and guesses[1].cost < best.cost + MARGIN):
        return ""
    return best.word


def _guesses(word: str, around: tuple[str, str], words: BankWords) -> Iterator[Guess]:
    from symspellpy import Verbosity

    far = 2 if len(word) >= LONG else 1
    terms = {item.term: item.distance for deletes in (words.deletes, common_english()) for item in deletes.lookup(word, Verbosity.ALL, far)}
    before, after = around
    for term, distance in terms.items():
        if term == word or (term in _DELICATE and sorted(term) != sorted(word)):
            continue
        is_light = word[0] == term[0] and _is_light(word, term)
        cost = words.english_cost(term, english().cost(term)) + _slip_cost(word, term, distance, is_light=is_light)
        fits = (before, term) in words.pairs or (term, after) in words.pairs
        yield Guess(term, cost - TOGETHER if fits else cost, fits, is_light)


def _slip_cost(was: str, meant: str, distance: int, *, is_light: bool) -> float:
    if was[0] != meant[0]:
        return HEAVY + SLIP * (distance - 1)
    return (LIGHT if is_light else SLIP) + SLIP * (distance - 1)


def _is_light(was: str, meant: str) -> bool:
    """Two keys swapped, a doubled letter, a vowel swallowed or taken for another, the key beside."""
    head = next((place for place, (one, other) in enumerate(zip(was, meant, strict=False)) if one != other), min(len(was), len(meant)))
    if len(was) == len(meant):
        one, other = was[head : head + 2], meant[head : head + 2]
        return one == other[::-1] or _are_beside(one[:1], other[:1]) or {*one[:1], *other[:1]} <= _VOWELS
    shorter, longer = sorted((was, meant), key=len)
    extra = longer[head : head + 1]
    return extra == longer[head - 1 : head] or (shorter == was and extra in _VOWELS)


def _are_beside(one: str, other: str) -> bool:
    return any(one + other in row or other + one in row for row in _ROWS)


def _split(word: str, words: BankWords) -> str:
    """Two words that the bank has side by side, written as one."""
    cuts = ((word[:place], word[place:]) for place in range(1, len(word)))
    return next((" ".join(pair) for pair in cuts if pair in words.pairs and max(map(len, pair)) > 2), "")


def _cased(word: str, like: str) -> str:
    if like.isupper():
        return word.upper()
    return word.capitalize() if like[0].isupper() else word

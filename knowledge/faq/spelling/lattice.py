"""The ways to read a stretch of Han characters and pinyin, and the cheapest of them (Viterbi over words).

    我 的 d ing d an 在 哪        places 0 … n; what sounds: 我 wo, 的 de, ding, dan, 在 zai, 哪 na
    └我的┘└──订单──┘ └在哪┘     ways: a word of ours that sounds like the letters or like the characters, or the characters as they stand

Knows words, sounds and what a slip costs. Does not know whether the message is pinyin at all.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from knowledge.faq.spelling.bank_words import BankWords
from knowledge.faq.spelling.lexicon import chinese
from knowledge.faq.spelling.said import LONGEST_PHRASE, LONGEST_WORD
from knowledge.faq.spelling.signs import HAN
from knowledge.faq.spelling.sounds import Spelt
from knowledge.faq.spelling.syllables import LONGEST, SYLLABLES, blurred

SLIP = 9.0  # a character that stands for another of its sound: rare, and one of many
BLURRED = 2.5  # a syllable that only sounds nearly so
SELDOM = 3.0  # each reading of a character that is more usual than this one
TORN = 3.0  # a word that begins or ends inside a run of letters and reaches beyond it
PIECE = 2.0  # every word: few long ones explain more than many short ones
_FILLERS = " '’"
# A number or a no is never taken away: what is asked would turn into its opposite. One too many only makes the guards careful.
DELICATE = frozenset("零〇一二两三四五六七八九十百千万亿半不没无未别非")


@dataclass(frozen=True, slots=True)
class Way:
    """From place to place by a word. `slips`: characters that it replaces; of letters it replaces all."""

    start: int
    end: int
    word: str
    cost: float
    slips: int = 0


@dataclass(frozen=True, slots=True)
class Sound:
    end: int
    syllable: str
    character: str  # empty for letters
    cost: float = 0.0


def cheapest(text: str, words: BankWords) -> tuple[float, tuple[Way, ...]]:
    """Over a folded stretch; infinite where nothing reads it."""
    least: list[float] = [0.0] + [math.inf] * len(text)
    by: list[Way | None] = [None] * (len(text) + 1)
    for place in range(len(text)):
        if least[place] == math.inf:
            continue
        for way in _ways(text, place, words):
            cost = least[place] + way.cost + (PIECE if way.word else 0.0)
            if cost < least[way.end]:
                least[way.end], by[way.end] = cost, way
    return least[-1], tuple(_back(by, len(text))) if least[-1] < math.inf else ()


def _back(by: Sequence[Way | None], end: int) -> list[Way]:
    path = []
    while (way := by[end]) is not None:
        path.append(way)
        end = way.start
    return path[::-1]


def _ways(text: str, place: int, words: BankWords) -> Iterator[Way]:
    if text[place] in _FILLERS:
        yield Way(place, place + 1, "", 0.0)
        return
    yield from _as_it_stands(text, place, words)
    yield from _by_sound(text, place, words)


def _as_it_stands(text: str, place: int, words: BankWords) -> Iterator[Way]:
    for end in range(place + 1, min(len(text), place + LONGEST_PHRASE) + 1):
        if not HAN.match(text[end - 1]):
            return
        word = text[place:end]
        cost = words.chinese_cost(word) if end - place <= LONGEST_WORD or word in words.chinese else math.inf
        if cost < math.inf:
            yield Way(place, end, word, cost)


def _by_sound(text: str, start: int, words: BankWords) -> Iterator[Way]:
    """Words that sound like what begins here: the bank's; where only letters stand, everybody's too."""
    stack: list[tuple[int, str, tuple[Sound, ...]]] = [(start, "", ())]
    common = chinese().sounds
    while stack:
        place, key, sounds = stack.pop()
        for sound in _sounds(text, place):
            longer, path = f"{key}{blurred(sound.syllable)} ", (*sounds, sound)
            in_common = common.begins(longer) and not any(step.character for step in path)
            if not in_common and not words.sounds.begins(longer):
                continue
            stack.append((sound.end, longer, path))
            found = [*words.sounds.find(longer), *(common.find(longer) if in_common else ())]
            torn = TORN if _is_torn(text, start, sound.end, path) else 0.0
            yield from (way for spelt in found if (way := _way(start, path, spelt, torn)))


def _is_torn(text: str, start: int, end: int, path: Sequence[Sound]) -> bool:
    """Whoever writes spaces between words does not put one inside a word and none at its end."""
    inside = any(sign in _FILLERS for sign in text[start:end]) and len(path) > 1
    return inside and (_is_letter(text, start - 1, start) or _is_letter(text, end - 1, end))


def _is_letter(text: str, one: int, other: int) -> bool:
    """Both places hold letters: a word's border between them lies inside a run."""
    return one >= 0 and other < len(text) and text[one].isascii() and text[one].isalpha() and text[other].isascii() and text[other].isalpha()


def _way(start: int, path: tuple[Sound, ...], spelt: Spelt, torn: float) -> Way | None:
    """None where too little stays as it was, or too much would hang on it."""
    slips = blurs = 0
    cost = spelt.cost + torn
    for sound, character, syllable in zip(path, spelt.word, spelt.syllables, strict=True):
        if sound.character == character:
            continue
        if sound.character in DELICATE:
            return None
        slips += bool(sound.character)
        blurs += sound.syllable != syllable
        cost += sound.cost
    if slips and slips > len(path) // 2:
        return None
    if not slips and all(sound.character for sound in path):
        return None
    return Way(start, path[-1].end, spelt.word, cost + SLIP * slips + BLURRED * blurs, slips)


def _sounds(text: str, place: int) -> Iterator[Sound]:
    while place < len(text) and text[place] in _FILLERS:
        place += 1
    if place >= len(text):
        return
    if HAN.match(text[place]):
        readings = chinese().characters.get(text[place], ())
        yield from (Sound(place + 1, syllable, text[place], SELDOM * rank) for rank, syllable in enumerate(readings))
        return
    for end in range(place + 1, min(len(text), place + LONGEST) + 1):
        if text[place:end] in SYLLABLES:
            yield Sound(end, text[place:end], "")



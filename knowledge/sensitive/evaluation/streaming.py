"""Streams against whole texts on random cuts, and how much a stream holds back.

Knows streams, dice and figures. The pieces that texts are made of are words, halves of words and everything that may stand between.
"""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from random import Random

from knowledge.contracts import Direction, Level, Verdict
from knowledge.sensitive.matcher import Matcher, build_matcher
from knowledge.sensitive.terms import Term
from knowledge.sensitive.verdicts import STOPPING

WORDS = ("damn", "ass", "asshole", "sob", "son of a bitch", "傻逼", "加微信", "加vx", "三级片", "想死", "操", "药", "b一", "64")
ALLOWED = ("想死你了", "我操作", "assess", "he'll")
JOINTS = [*"aabsi傻逼微1一@$!. -，。\nß㎏①Ⅰ🇦藥👍", "\u200b", "\u200d", "\u0301", "\ufe0f", "\ud83d", "\udc4d", "👩\u200d👧", "**", "_", "]("]


def differences(cases: int, seed: int = 1) -> list[str]:
    """Texts that a stream gives otherwise than the whole, or with other hits: there should be none."""
    dice = Random(seed)
    found = []
    words = _dealt(dice)
    for number in range(cases):
        if number % 50 == 0:
            words = _dealt(dice)
        text = _text(dice)
        if not _is_same(words, text, dice):
            found.append(text)
    return found


def _dealt(dice: Random) -> Matcher:
    terms = [Term(word, level=dice.choice(list(Level)), language="zh") for word in dice.sample(WORDS, dice.randint(1, 8))]
    return build_matcher([terms], dice.sample(ALLOWED, dice.randint(0, 3)))


def _text(dice: Random) -> str:
    pieces: list[str] = []
    for _ in range(dice.randint(1, 14)):
        word = dice.choice(WORDS + ALLOWED)
        begun = word[: dice.randint(1, len(word))]
        pieces.append(dice.choice((dice.choice(JOINTS), begun, word, dice.choice(JOINTS).join(word))))
    return "".join(pieces)


def _is_same(words: Matcher, text: str, dice: Random) -> bool:
    whole = words.check(text, Direction.BOT)
    stop = next((hit.start for hit in whole.hits if hit.level in STOPPING), len(text))
    stream = words.open_stream(Direction.BOT)
    out, place = [], 0
    while place < len(text):
        size = dice.choice((1, 1, 2, 3, 5, 20))
        out.append(stream.feed(text[place : place + size]))
        place += size
    out.append(stream.flush())
    return "".join(out) == whole.text[:stop] and stream.hits == _until(whole, stop)


def _until(whole: Verdict, stop: int) -> tuple[object, ...]:
    return tuple(hit for hit in whole.hits if hit.start <= stop)


def held_back(words: Matcher, texts: Sequence[str]) -> dict[str, float]:
    """Characters that are inside after each character, over clean texts fed one by one."""
    held: list[int] = []
    for text in texts:
        stream = words.open_stream(Direction.BOT)
        for char in text:
            stream.feed(char)
            held.append(stream.held_back)
    held.sort()
    return {"mean": round(statistics.mean(held), 2), "p99": held[int(len(held) * 0.99)], "max": held[-1]}

"""Reasons not to answer although the chance is good. A guard can only veto.

Knows the wording of a question and of the variant that fits best. Does not know chances or vectors.
"""

from __future__ import annotations

import re

from knowledge.faq.normalise import fold, words

_NEGATION = re.compile(r"\b(?:not|no|never|without|cannot|can't|won't|don't|doesn't|didn't|isn't|aren't|wasn't|haven't|hasn't)\b|不|没|無|无|未|别")
# 能不能, 有没有, 可不可以: a question, no negation.
_ALTERNATIVE = re.compile(r"(\w)[不没]\1|[能会要可是]不[能会要可是]|没有没|不错|不过|不好意思|不管|无论|no problem")
_NUMBER = re.compile(r"\d+(?:[.,]\d+)*|[一二三四五六七八九十百千两]+(?=[天日个月年元块件次折小时周斤岁号楼])")
_END = re.compile(r"[?？;；\n]+")
_ALIKE = 0.6
_LEAST_PART = 3


def veto(question: str, variants: tuple[str, ...], answer: str) -> str:
    """The guard that objects, by name; empty where none does."""
    if _numbers_differ(question, variants, answer):
        return "number"
    if _polarity_differs(question, variants):
        return "polarity"
    return ""


def parts(question: str) -> tuple[str, ...]:
    """The questions in a message that asks several; one where it asks one."""
    found = tuple(part.strip() for part in _END.split(question) if len(words(part)) >= _LEAST_PART)
    return found if len(found) > 1 else (question,)


def _numbers_differ(question: str, variants: tuple[str, ...], answer: str) -> bool:
    """Both name numbers and share none: "60 days" is not "30 days". A number of the answer is one of its own."""
    asked = set(_NUMBER.findall(fold(question)))
    theirs = {number for variant in variants for number in _NUMBER.findall(fold(variant))}
    return bool(asked and theirs) and not asked & (theirs | set(_NUMBER.findall(fold(answer))))


def _polarity_differs(question: str, variants: tuple[str, ...]) -> bool:
    """Nearly the same words, and only one of them says no. Every near variant has to differ."""
    asked = is_negative(question)
    near = [variant for variant in variants if _likeness(question, variant) >= _ALIKE]
    return bool(near) and all(is_negative(variant) != asked for variant in near)


def is_negative(text: str) -> bool:
    return len(_NEGATION.findall(_ALTERNATIVE.sub(" ", fold(text)))) % 2 == 1


def _likeness(one: str, other: str) -> float:
    mine, theirs = set(words(one)), set(words(other))
    return 2 * len(mine & theirs) / max(len(mine) + len(theirs), 1)

"""The part of a message that asks: "long day huh. anyway, how much weight can the big bag take?" Greetings, weather and anger around it
only blur what is searched.

Knows words and signs; no FAQs. Where one cannot tell, there is no such part.
"""

from __future__ import annotations

import re

from knowledge.faq.following import leans
from knowledge.faq.normalise import words
from knowledge.intent.asking import asks, is_aside, plain

LEAST_WORDS = 3  # less says too little without the rest
LONGEST = 600
_HAN = "\u3400-\u9fff"
_SENTENCES = re.compile(r"[!?。！？…~～\n]+|\.(?=\s|$)")
_CLAUSES = re.compile(rf"[,，;；]+\s*|(?<=[{_HAN}])\s+(?=[{_HAN}])")


def core_of(text: str) -> str:
    """With what comes after it, which says more of it. Empty where nothing could be left out: all of it asks, nothing does, several
    parts do, or what asks points at the rest."""
    if len(text) > LONGEST:
        return ""
    sentences = [piece.strip() for piece in _SENTENCES.split(text) if piece.strip()]
    asking = [place for place, sentence in enumerate(sentences) if _asks(sentence)]
    if len(asking) != 1:
        return ""
    core = ". ".join([_last_clauses(sentences[asking[0]]), *sentences[asking[0] + 1 :]])
    if len(words(core)) < LEAST_WORDS or asking[0] == 0 and core.startswith(sentences[0]) or leans(_CLAUSES.split(core)[0]):
        return ""
    return core


def _asks(part: str) -> bool:
    return asks(plain(part)) and not is_aside(plain(part))


def _last_clauses(sentence: str) -> str:
    """The clause that asks and the one before it, which often says of what."""
    ends = [match.end() for match in _CLAUSES.finditer(sentence)]
    starts = [0, *ends]
    asking = [place for place, (start, end) in enumerate(zip(starts, [*ends, len(sentence)], strict=True)) if _asks(sentence[start:end])]
    return sentence[starts[asking[0] - 1] :].strip() if asking and asking[0] > 1 else sentence

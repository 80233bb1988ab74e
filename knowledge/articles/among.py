"""The evidence among a few texts that are no knowledge base: for evaluations, and for whoever brings their own material.

Knows the selector; nothing of rows, files or models.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

import numpy as np
from numpy.typing import NDArray

from knowledge.articles.evidence import EvidenceSelector
from knowledge.articles.passages import plain
from knowledge.contracts import Band, Evidence, FaqMatch, Language, Question
from knowledge.faq.bank import Bank, BankPassage
from knowledge.faq.encoder import Encoder
from knowledge.faq.normalise import detect_language

OWN_SHARE = 0.6  # of the search, where a message goes on: the message alone; the rest is it behind the one before (ADR 15)


def evidence_among(texts: Sequence[str], question: Question, encoder: Encoder, *, least: float | None = None) -> tuple[Evidence, ...]:
    """At most three sentences, best first, as the product selects them of its articles; `id` is a text's place in `texts`.

    With `least` = 0 the nearest ones, however far they are.
    """
    language: Language = question.language or detect_language(question.text)
    before = [exchange.question for exchange in question.history[-1:]]
    return _selector(texts, language, encoder).select(question, _match(question.text, language, before), least=least)


def measured_among(
    texts: Sequence[str], question: str, language: Language, before: Sequence[str], encoder: Encoder
) -> tuple[str, NDArray[np.float64]] | None:
    """The sentence that comes first and its SIGNS; None where there is none. `before` is the message that it goes on with, if any."""
    asked = Question(question, datetime.now(UTC), language)
    return _selector(texts, language, encoder).first(asked, _match(question, language, before))


def _selector(texts: Sequence[str], language: Language, encoder: Encoder) -> EvidenceSelector:
    passages = tuple(
        BankPassage(str(place), "", "", plain(text), detect_language(text, language)) for place, text in enumerate(texts) if text.strip()
    )
    return EvidenceSelector.build(Bank("", (), passages), encoder)


def _match(text: str, language: Language, before: Sequence[str]) -> FaqMatch:
    searched = [(text, OWN_SHARE), *((f"{one} {text}", 1 - OWN_SHARE) for one in before)] if before else []
    return FaqMatch(Band.GENERATE, language, (), trace={"searched": searched} if searched else {})

"""The evidence among a few texts that are no knowledge base: for an evaluation, and for whoever brings their own material.

Knows the selector; nothing of rows, files or models.
"""

from __future__ import annotations

from collections.abc import Sequence

from knowledge.articles.evidence import EvidenceSelector
from knowledge.articles.passages import plain
from knowledge.contracts import Band, Evidence, FaqMatch, Language, Question
from knowledge.faq.bank import Bank, BankPassage
from knowledge.faq.encoder import Encoder
from knowledge.faq.normalise import detect_language

OWN_SHARE = 0.6  # of the search, where a message goes on: the message alone; the rest is it behind the one before (ADR 15)


def evidence_among(texts: Sequence[str], question: Question, encoder: Encoder) -> tuple[Evidence, ...]:
    """At most three sentences, best first, as the product selects them of its articles; `id` is a text's place in `texts`."""
    language: Language = question.language or detect_language(question.text)
    passages = tuple(
        BankPassage(str(place), "", "", plain(text), detect_language(text, language)) for place, text in enumerate(texts) if text.strip()
    )
    selector = EvidenceSelector.build(Bank("", (), passages), encoder)
    return selector.select(question, FaqMatch(Band.GENERATE, language, (), trace=_searched(question)))


def _searched(question: Question) -> dict[str, list[tuple[str, float]]]:
    if not question.history:
        return {}
    before = question.history[-1].question
    return {"searched": [(question.text, OWN_SHARE), (f"{before} {question.text}", 1 - OWN_SHARE)]}

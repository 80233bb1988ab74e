"""Everything that a knowledge base says, each text with its language: what a speller is built from."""

from __future__ import annotations

from collections.abc import Iterator

from knowledge.contracts import Language
from knowledge.faq.bank import Bank


def texts_of(bank: Bank) -> Iterator[tuple[str, Language]]:
    for faq in bank.faqs:
        yield from ((variant.text, variant.language) for variant in faq.variants)
        yield from ((answer.text, language) for language, answer in faq.answers.items())
    for passage in bank.passages:
        yield from ((text, passage.language) for text in (passage.title, passage.heading, passage.text))
    for intent in bank.intents:
        for told in (intent.examples, intent.phrases):
            yield from ((text, language) for language, texts in told.items() for text in texts)

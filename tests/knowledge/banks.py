"""Banks of our own for tests, and the encoder that needs no model."""

from __future__ import annotations

from datetime import UTC, datetime

from knowledge.contracts import Question
from knowledge.faq.bank import Bank, BankAnswer, BankFaq, BankPassage, BankVariant
from knowledge.faq.encoder import HashEncoder

NOW = datetime(2026, 6, 1, tzinfo=UTC)
ENCODER = HashEncoder(512)

GOODS = ("teapot", "lantern", "bicycle", "umbrella", "violin", "telescope", "blanket", "compass", "hammock", "mirror", "pillow", "saddle")
ASPECTS = {
    "price": ("How much does the {} cost?", "what is the price of the {}", "{} price please"),
    "repair": ("Can you repair my {}?", "my {} is broken, do you repair it", "{} repair service"),
}


def faq(key: str, *texts: str, answer: str = "", **more: object) -> BankFaq:
    variants = tuple(BankVariant(text, "en", is_canonical=not place) for place, text in enumerate(texts))
    return BankFaq(key, variants, {"en": BankAnswer(answer or f"The answer of {key}.")}, **more)  # type: ignore[arg-type]


def goods_bank(promise: int = 3) -> Bank:
    """24 FAQs with three phrasings each."""
    faqs = [faq(f"{good}.{aspect}", *(form.format(good) for form in forms)) for good in GOODS for aspect, forms in ASPECTS.items()]
    return Bank("goods", tuple(faqs), promise=promise)


def ask(text: str, **more: object) -> Question:
    return Question(text, NOW, **more)  # type: ignore[arg-type]


PASSAGES = (
    BankPassage("care", "Care", "Violins", "Keep the violin away from the heater. Loosen the bow after playing.", "en"),
    BankPassage("care", "Care", "Hammocks", "Wash the hammock by hand. It dries within 6 hours.", "en"),
)

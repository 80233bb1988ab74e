"""Short messages that go on with the one before: "and the backpack?". Knows words and what was said; no FAQs, no intents."""

from __future__ import annotations

from knowledge.contracts import Question
from knowledge.faq.normalise import words

SHORT_WORDS = 4


def joined(question: Question) -> str:
    """The message with the one before it; empty where it is long enough to stand alone, or nothing was said before."""
    if not question.history or len(words(question.text)) > SHORT_WORDS:
        return ""
    return f"{question.history[-1].question} {question.text}"

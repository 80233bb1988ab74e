"""Knowledge that routes by the first word of a question, so that a test of delivery says what it wants."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any

from knowledge.contracts import (
    Band,
    Candidate,
    Evidence,
    FaqMatch,
    IntentAction,
    IntentGuess,
    Language,
    Level,
    NearestExample,
    Option,
    Question,
    Sensed,
)

ANSWERS: dict[str, dict[Language, str]] = {
    "shipping": {"en": "We ship within 2 days.", "zh": "我们两天内发货。"},
    "returns": {"en": "You have 30 days to return it.", "zh": "30 天内可以退货。"},
}
EVIDENCE = Evidence("article", "brewing", "Brewing", "Green tea is brewed at 80 degrees for 2 minutes.", "en", holds=0.4)
OPTIONS = (Option("shipping", "When do you ship?"), Option("returns", "How do I return it?"))


def first_word(question: Question) -> str:
    return re.split(r"\W", question.text, maxsplit=1)[0].lower()


class FakeKnowledge:
    """`answer …`, `clarify …`, `generate …`, `person …`, `hello …`; anything else is out of scope."""

    snapshot = "fake"

    def detect_intent(self, question: Question) -> IntentGuess:
        word = first_word(question)
        if word == "person":
            return IntentGuess("person", IntentAction.HANDOFF, 1.0, "phrase", reply="I get you a person.")
        if word == "hello":
            return IntentGuess("greeting", IntentAction.CHITCHAT, 1.0, "phrase", reply="Hello there.")
        return IntentGuess("question", IntentAction.QUESTION, 1.0, "none")

    def find_faq(self, question: Question) -> FaqMatch:
        word = first_word(question)
        language = question.language or "en"
        if word == "answer":
            candidates = (Candidate("shipping", 0.99, "When do you ship?"),)
            return FaqMatch(Band.ANSWER, language, candidates, answer=ANSWERS["shipping"][language], is_careful="hardly" not in question.text)
        if word == "clarify":
            return FaqMatch(Band.CLARIFY, language, (Candidate("shipping", 0.6, "When do you ship?"),), options=OPTIONS)
        if word == "crash":
            raise RuntimeError("the index is gone")
        band = Band.GENERATE if word in ("generate", "none") else Band.OUT_OF_SCOPE
        return FaqMatch(band, language, ())

    def sense(self, question: Question) -> Sensed | None:
        """`… scorn` is abuse and `… despair` is self-harm, although neither is a listed word."""
        if question.text.endswith("scorn"):
            return Sensed("abuse by meaning", 0.93, Level.WARN_AGENT)
        return Sensed("self-harm by meaning", 0.88, Level.HAND_OVER) if question.text.endswith("despair") else None

    def answer_of(self, faq: str, language: Language, now: datetime) -> str | None:
        return ANSWERS.get(faq, {}).get(language)

    def find_evidence(self, question: Question, match: FaqMatch) -> tuple[Evidence, ...]:
        return () if question.text.startswith("none") else (EVIDENCE,)

    def prepare_examples(self, examples: tuple[tuple[str, str], ...]) -> None:
        """Nothing to prepare."""

    def nearest_example(self, examples: tuple[tuple[str, str], ...], text: str) -> NearestExample | None:
        """Sure of what begins as an example does."""
        near = [key for key, example in examples if text.lower().startswith(example.lower())]
        return NearestExample(near[0], 0.95, 3.0) if near else NearestExample(examples[0][0], 0.02, -5.0)

    def noted(self, question: Question) -> dict[str, Any]:
        return {}

"""A question of a visitor as the opened knowledge senses it: by the vector that its other stages share."""

from __future__ import annotations

from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

from knowledge.contracts import Question
from knowledge.faq.encoder import Encoder, HashEncoder
from knowledge.faq.noting import NotingEncoder
from knowledge.opened import OpenedKnowledge
from tests.knowledge.sensitive.semantic.fakes import Told

NO_PARTS: Any = SimpleNamespace(bank=SimpleNamespace(faqs=()))


def opened(encoder: Encoder) -> OpenedKnowledge:
    return OpenedKnowledge("one", NO_PARTS, NotingEncoder(encoder))


def asked(text: str) -> Question:
    return Question(text, datetime(2026, 11, 28, tzinfo=UTC), "en")


def test_a_foul_question_is_sensed_and_a_mild_one_is_not() -> None:
    knowledge = opened(Told())
    sensed = knowledge.sense(asked("a foul thing"))
    assert sensed
    assert sensed.category == "abuse by meaning"
    assert knowledge.sense(asked("a mild thing")) is None


def test_sensing_encodes_what_the_search_needs_anyway_and_nothing_else() -> None:
    knowledge, question = opened(Told()), asked("a foul thing")
    knowledge.sense(question)
    before = knowledge.encoder.noted()
    knowledge.encoder.encode([question.text])
    assert list(knowledge.encoder.noted()) == list(before)
    assert len(before) == 1


def test_with_an_encoder_of_another_kind_nothing_is_sensed() -> None:
    assert opened(HashEncoder()).sense(asked("a foul thing")) is None

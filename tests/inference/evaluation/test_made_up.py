"""What a model makes up without evidence: kept but for refusals, what happens to be right, and half sentences."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import pytest

from inference import facade
from inference.contracts import GenerationRequest
from inference.engine.scripted import ScriptedEngine, pieces
from inference.evaluation.corrupting import Asked
from inference.evaluation.made_up import made_up

SAID = {
    "Who founded it?": "Ada Moor founded it in 1950.",
    "Where is it?": "I don't know where it is.",
    "How high is it?": "It is 12 m high, as far as people say.",
    "保修多久？": "保修期为五年。",
}
GOLD = {"Who founded it?": "Bo Lind.", "Where is it?": "In Oslo.", "How high is it?": "12 m", "保修多久？": "两年。"}


def say(request: GenerationRequest) -> Iterable[str]:
    return pieces(SAID[request.messages[-1].content])


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[Asked]]:
    engine = ScriptedEngine(say)
    engine.start()
    monkeypatch.setattr(facade, "engine", lambda: engine)
    yield [Asked("doc", "zh" if "保" in question else "en", ("evidence",), question, GOLD[question]) for question in SAID]
    engine.stop()


def test_what_is_made_up_is_kept_and_what_is_right_is_not(asked: list[Asked]) -> None:
    assert [(row.question, answer) for row, answer in made_up(asked)] == [
        ("Who founded it?", "Ada Moor founded it in 1950."),
        ("保修多久？", "保修期为五年。"),
    ]


def test_a_text_that_was_cut_off_loses_its_half_sentence(asked: list[Asked], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(SAID, "Who founded it?", "Ada Moor did. " + "She was known for much, and " * 30)
    assert {row.question: answer for row, answer in made_up(asked)}["Who founded it?"] == "Ada Moor did."

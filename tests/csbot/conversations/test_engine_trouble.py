"""An engine that is slow, full, away or breaks off: the visitor is answered once, and told the truth."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from csbot.conversations.asking import Reply, question_ask
from csbot.conversations.models import Turn
from csbot.conversations.texts import built_in
from inference.contracts import EngineDead, EngineOverloaded, Usage
from inference.engine.scripted import ScriptedEngine
from tests.csbot.conversations.fakes import EVIDENCE, FakeKnowledge

pytestmark = [pytest.mark.usefixtures("running", "site")]
QUOTED = f"{built_in('en', 'quote')}\n\n{EVIDENCE.text}"


def ask() -> Reply:
    return question_ask("generate something about brewing", timeout_s=20)


def refuse(monkeypatch: pytest.MonkeyPatch, error: Exception) -> None:
    def submit(request: object) -> Any:
        raise error

    monkeypatch.setattr("inference.facade.answer_pieces", submit)


class Broken:
    """An engine's handle whose line breaks behind the first words."""

    id = "broken"
    finish = "error"
    usage = Usage()

    def pieces(self) -> Iterator[str]:
        yield "Green tea is brewed at 80 degrees"
        raise EngineDead("the line broke")


def test_a_turn_that_waits_long_for_its_first_word_is_made_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("csbot.conversations.services.turns.GENERATION_LEASE", timedelta(seconds=2))
    monkeypatch.setattr("csbot.conversations.sweeper.GRACE", timedelta(0))
    monkeypatch.setattr("csbot.conversations.generating.RENEW_EVERY_S", 0.2)
    slow = ScriptedEngine(first_s=4)
    slow.start()
    monkeypatch.setattr("inference.facade.engine", lambda: slow)
    reply = ask()
    assert (reply.turn.state, reply.turn.generation_attempt) == (Turn.State.DONE, 1)
    assert reply.messages[0].text == EVIDENCE.text


def test_an_engine_that_breaks_off_twice_leaves_the_ladder(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("inference.facade.answer_pieces", lambda request: (Broken(), Broken().pieces()))
    reply = ask()
    assert (reply.turn.state, reply.turn.generation_attempt, reply.turn.trace.data["rung"]) == (Turn.State.DONE, 2, 4)
    assert reply.messages[0].text.endswith(QUOTED)
    assert "the line broke" in reply.turn.trace.data["generation"]["refused"]


@pytest.mark.parametrize(
    ("error", "key"),
    [
        (EngineOverloaded(3, ahead=5), "engine_full"),
        (EngineOverloaded(3), "engine_down"),
        (EngineDead("gone"), "engine_down"),
        (ValueError("the prompt is too long"), "no_evidence"),
    ],
)
def test_what_could_not_be_tried_is_not_called_unknown(monkeypatch: pytest.MonkeyPatch, error: Exception, key: str) -> None:
    monkeypatch.setattr(FakeKnowledge, "find_evidence", lambda *_: (replace(EVIDENCE, holds=0.1),))
    refuse(monkeypatch, error)
    message = ask().messages[0]
    assert message.text == built_in("en", key, ahead=5)
    assert message.wrap["handoff"]["offered"] is True

"""Generating ends in words whatever breaks, and what no filter has seen is never shown (C4, C7)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import pytest

from csbot.conversations import generating
from csbot.conversations.asking import Reply, question_ask
from csbot.conversations.models import Turn
from csbot.conversations.texts import built_in
from csbot.lib import redis, status
from csbot.lib.status import WorkerStatus, status_write
from inference.contracts import EngineOverloaded, Usage
from knowledge.contracts import Direction, Verdict
from knowledge.models import Word, WordList
from tests.csbot.conversations.chat import Chat
from tests.csbot.conversations.fakes import EVIDENCE, OPTIONS, FakeKnowledge

pytestmark = [pytest.mark.usefixtures("running", "site")]


def ask() -> Reply:
    return question_ask("generate something about brewing", timeout_s=20)


@dataclass
class Said:
    """An engine's handle with its whole answer."""

    id: str = "said"
    finish: str | None = "stop"
    usage: Usage = Usage()


def say(monkeypatch: pytest.MonkeyPatch, *pieces: str, finish: str = "stop") -> None:
    monkeypatch.setattr("inference.facade.answer_pieces", lambda request: (Said(finish=finish), iter(pieces)))


class Broken:
    """A stage of the stream that fails when it has something to look at."""

    stopped = unsupported = None

    def feed(self, piece: str) -> str:
        if piece:
            raise RuntimeError("the stage broke")
        return ""

    def flush(self) -> str:
        return ""


class BrokenWords:
    """Without the guesses of a filter: that they fail costs nobody an answer."""

    version = "broken"

    def check(self, text: str, direction: Direction) -> Verdict:
        return Verdict(text)

    def open_stream(self, direction: Direction) -> Broken:
        return Broken()


@pytest.fixture(params=["words", "claims"])
def broken_stage(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    if request.param == "words":
        monkeypatch.setattr("knowledge.facade.word_filter", lambda *_: BrokenWords())
    else:
        monkeypatch.setattr("inference.facade.open_grounding", lambda *_: Broken())
    return str(request.param)


async def test_where_a_check_breaks_nothing_is_shown_but_an_honest_text(token: str, broken_stage: str) -> None:
    async with Chat(token) as chat:
        await chat.ask("generate something about brewing")
        message = await chat.until_bot()
        streamed = [frame["data"]["text"] for frame in chat.frames if frame["type"] == "gen.delta"]
    turn = await Turn.objects.aget()
    assert streamed == []
    assert message["text"] == built_in("en", "failed")
    assert message["wrap"]["handoff"] == {"offered": True, "reason": "limit"}
    assert (turn.state, turn.generation_attempt) == (Turn.State.FAILED, 2)


def test_who_stops_listening_stops_the_engine(monkeypatch: pytest.MonkeyPatch) -> None:
    """Before the quote is checked and committed: its place and both cores are needed."""
    order: list[str] = []
    commit = generating.generation_commit

    def made() -> Iterator[str]:
        try:
            yield from ("It costs 99 yuan a cup. ", "And more. ", "And more.")
        finally:
            order.append("stopped")

    def commit_noted(*arguments: Any) -> bool:
        order.append("committed")
        return commit(*arguments)

    monkeypatch.setattr("inference.facade.answer_pieces", lambda request: (Said(), made()))
    monkeypatch.setattr(generating, "generation_commit", commit_noted)
    assert ask().turn.trace.data["finish"] == "unsupported"
    assert order == ["stopped", "committed"]


def test_a_stop_whose_message_was_lost_is_seen_when_the_lease_is_renewed(monkeypatch: pytest.MonkeyPatch) -> None:
    said = Said(finish=None)

    class Engine:
        def cancel(self, answer: str) -> None:
            said.finish = "cancelled"

    def made() -> Iterator[str]:
        yield "Green tea "
        redis.connection().set(redis.key("cancel", Turn.objects.get().gen), "1")
        for _ in range(20):
            if not said.finish:
                yield "is brewed "

    monkeypatch.setattr(generating, "RENEW_EVERY_S", 0.0)
    monkeypatch.setattr("inference.facade.engine", Engine)
    monkeypatch.setattr("inference.facade.answer_pieces", lambda request: (said, made()))
    turn = ask().turn
    assert (turn.state, turn.trace.data["finish"]) == (Turn.State.CANCELLED, "cancelled")


def test_an_engine_without_room_leaves_the_ladder(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(request: object) -> Any:
        raise EngineOverloaded(3)

    monkeypatch.setattr("inference.facade.answer_pieces", refuse)
    reply = ask()
    assert (reply.turn.route, reply.turn.trace.data["rung"], reply.turn.state) == ("generate", 4, Turn.State.DONE)
    assert reply.messages[0].text == f"{built_in('en', 'quote')}\n\n{EVIDENCE.text}"
    assert reply.messages[0].wrap["handoff"] == {"offered": True, "reason": "no_evidence"}
    assert "EngineOverloaded" in reply.turn.trace.data["generation"]["refused"]


def test_an_engine_that_is_down_is_told_in_its_own_words_and_a_reason_of_the_contract() -> None:
    status_write("generation", WorkerStatus("loading"))
    status._generation_status.cache_clear()
    reply = ask()
    assert (reply.turn.route, reply.turn.reason) == ("refuse", "no_evidence")
    assert reply.messages[0].text == built_in("en", "engine_down")
    assert reply.messages[0].wrap["handoff"] == {"offered": True, "reason": "no_evidence"}
    assert reply.turn.trace.data["engine"] == "loading"


def test_a_question_repeated_by_the_model_is_no_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    say(monkeypatch, "Generate something about brewing?")
    reply = ask()
    assert (reply.turn.trace.data["rung"], reply.messages[0].wrap["handoff"]["offered"]) == (4, True)
    assert reply.messages[0].text == f"{built_in('en', 'quote')}\n\n{EVIDENCE.text}"


STRONG = replace(EVIDENCE, holds=0.99)


def test_what_does_not_hold_is_followed_by_a_quote_that_does(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(FakeKnowledge, "find_evidence", lambda *_: (STRONG,))
    say(monkeypatch, "Green tea is brewed at ", "99 degrees.")
    reply = ask()
    assert reply.messages[0].text == f"Green tea is brewed at …\n\n{built_in('en', 'quote')}\n\n{STRONG.text}"
    assert (reply.turn.trace.data["rung"], reply.turn.trace.data["finish"]) == (4, "unsupported")


def test_a_quote_with_a_listed_word_is_not_shown(monkeypatch: pytest.MonkeyPatch, company: Any) -> None:
    Word.objects.create(word_list=WordList.objects.create(company=company, name="house"), term="brewed", level=Word.Level.BLOCK, category="test")
    monkeypatch.setattr(FakeKnowledge, "find_evidence", lambda *_: (STRONG,))
    say(monkeypatch)
    assert ask().messages[0].text == built_in("en", "safety")


def test_where_nothing_can_be_quoted_the_chips_come_back(monkeypatch: pytest.MonkeyPatch) -> None:
    find_faq = FakeKnowledge.find_faq
    monkeypatch.setattr(FakeKnowledge, "find_faq", lambda self, question: replace(find_faq(self, question), options=OPTIONS))
    say(monkeypatch, "I do not know.")
    reply = ask()
    assert (reply.turn.route, reply.turn.trace.data["rung"]) == ("clarify", 5)
    assert [option["faq"] for option in reply.messages[0].wrap["options"]] == ["shipping", "returns"]

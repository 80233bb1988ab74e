"""Tasks of turns: sent until a worker has taken them, and not any longer."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest

from csbot.accounts.models import Site
from csbot.conversations import outbox
from csbot.conversations.models import Conversation, Outbox, Turn
from csbot.conversations.services.accept import message_accept
from csbot.conversations.services.turns import generation_claim, turn_claim
from csbot.lib.clock import now
from tests.csbot.conversations.chat import Chat, session_for

pytestmark = [pytest.mark.usefixtures("redis_clean")]


def ask(site: Site) -> Turn:
    turn = message_accept(session=session_for(site), client_id=str(uuid4()), text="one", origin=Conversation.Origin.CONSOLE).turn
    assert turn
    return turn


def is_taken(key: str) -> bool:
    return Outbox.objects.exclude(taken=None).filter(key=key).exists()


def test_a_claimed_turns_task_is_taken(site: Site) -> None:
    turn = ask(site)
    assert turn_claim(turn.pk)
    assert is_taken(f"answer:{turn.pk}")


@pytest.mark.parametrize("state", [Turn.State.ROUTING, Turn.State.DONE, Turn.State.CANCELLED])
def test_a_duplicate_of_a_turns_task_is_not_sent_for_ever(site: Site, state: Turn.State) -> None:
    turn = ask(site)
    ended = None if state == Turn.State.ROUTING else now()
    Turn.objects.filter(pk=turn.pk).update(state=state, ended=ended, lease_until=now() + timedelta(minutes=1) if ended is None else None)
    assert turn_claim(turn.pk) is None
    assert is_taken(f"answer:{turn.pk}")


def test_a_worker_that_dies_before_its_claim_leaves_the_task_to_others(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    class Killed(BaseException):
        """As a kill between two statements."""

    def dies() -> None:
        raise Killed

    turn = ask(site)
    with monkeypatch.context() as patched:
        patched.setattr("csbot.conversations.services.turns.now", dies)
        with pytest.raises(Killed):
            turn_claim(turn.pk)
    assert not is_taken(f"answer:{turn.pk}")
    assert turn_claim(turn.pk)


def test_an_old_attempts_task_counts_as_taken(site: Site) -> None:
    turn = ask(site)
    Outbox.objects.create(key=f"generate:{turn.pk}:1", task="conversations.generate_turn", arguments=[str(turn.pk), 1])
    assert generation_claim(turn.pk, 1) is None
    assert is_taken(f"generate:{turn.pk}:1")


@pytest.mark.usefixtures("running")
async def test_after_a_question_that_waited_nothing_is_left_to_send(token: str) -> None:
    async with Chat(token) as chat:
        await chat.ask("generate one")
        await chat.until("gen.start")
        await chat.ask("answer two")
        await chat.until("gen.end")
        await chat.until_bot()
    assert [entry.key async for entry in Outbox.objects.filter(taken=None)] == []


@pytest.mark.usefixtures("running")
async def test_a_duplicate_of_the_task_has_one_effect(token: str, monkeypatch: pytest.MonkeyPatch) -> None:
    send = outbox.outbox_send
    monkeypatch.setattr(outbox, "outbox_send", lambda entry: send(entry) and send(entry))
    async with Chat(token) as chat:
        await chat.ask("answer this")
        await chat.until_bot()
        await chat.ask("hello")  # when this is answered, the duplicate before it in the queue has been looked at
        await chat.until_bot()
    assert len(chat.seqs) == 4

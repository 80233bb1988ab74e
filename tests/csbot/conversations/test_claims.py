"""Two processes at one turn: what the other one does in between is done in the middle, each time."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, connections

from csbot.accounts.models import Site
from csbot.conversations import cancelling
from csbot.conversations.models import Turn
from csbot.conversations.services import feedback, turns
from csbot.conversations.services.turns import generation_claim, generation_renew, turn_claim
from csbot.conversations.sweeper import sweep_once
from csbot.lib.clock import now
from tests.csbot.conversations.chat import session_for
from tests.csbot.conversations.test_turns import ask, lose_the_lease, wait_for_the_engine

on_postgresql = pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite lets one write at a time")


class Elsewhere:
    """Work on another connection, as far as it comes in a second."""

    def __init__(self, work: Callable[[], object]) -> None:
        self.made: object = None
        self._work = work
        self._thread = threading.Thread(target=self._run)
        self._thread.start()
        self._thread.join(1)

    def _run(self) -> None:
        try:
            self.made = self._work()
        finally:
            connections.close_all()

    def result(self) -> Any:
        self._thread.join()
        return self.made


def meanwhile(monkeypatch: pytest.MonkeyPatch, module: object, name: str, work: Callable[[], object]) -> None:
    """Before the named function does its part."""
    real = getattr(module, name)

    def after(*given: Any, **more: Any) -> Any:
        monkeypatch.setattr(module, name, real)
        work()
        return real(*given, **more)

    monkeypatch.setattr(module, name, after)


@on_postgresql
@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("unanswered", "redis_clean")
def test_no_two_attempts_at_routing_have_the_same_number(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    turn = ask(session_for(site), "one")
    assert turn_claim(turn.pk)
    others: list[Elsewhere] = []
    meanwhile(monkeypatch, turns, "_route_again", lambda: others.append(Elsewhere(lambda: turn_claim(turn.pk))))
    lose_the_lease(turn)
    claims = [others[0].result(), turn_claim(turn.pk)]
    assert len([claim for claim in claims if claim]) == 1


@on_postgresql
@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("unanswered", "redis_clean")
def test_an_attempt_that_has_just_kept_its_lease_is_not_started_again(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    turn = wait_for_the_engine(ask(session_for(site), "one"))
    claimed = generation_claim(turn.pk, 1)
    assert claimed
    others: list[Elsewhere] = []
    meanwhile(monkeypatch, turns, "_generate_again", lambda: others.append(Elsewhere(lambda: generation_renew(claimed))))
    lose_the_lease(turn)
    turn.refresh_from_db()
    assert (others[0].result(), turn.generation_attempt) == (False, 2)


def test_a_claim_that_was_overtaken_at_once_holds_nothing(site: Site, redis_clean: None, monkeypatch: pytest.MonkeyPatch) -> None:
    turn = wait_for_the_engine(ask(session_for(site), "one"))
    meanwhile(monkeypatch, Turn.objects, "select_related", lambda: lose_the_lease(turn))
    assert generation_claim(turn.pk, 1) is None
    assert generation_claim(turn.pk, 2)


def test_a_stop_reaches_the_attempt_that_runs(site: Site, redis_clean: None, monkeypatch: pytest.MonkeyPatch) -> None:
    session = session_for(site)
    turn = wait_for_the_engine(ask(session, "one"))
    assert generation_claim(turn.pk, 1)

    def begin_anew() -> None:
        lose_the_lease(turn)
        assert generation_claim(turn.pk, 2)

    meanwhile(monkeypatch, feedback, "locked", begin_anew)
    feedback.generation_cancel(session=session, gen=str(turn.gen))
    assert cancelling.is_cancelled(Turn.objects.get(pk=turn.pk).gen or "")


def test_a_turn_that_cannot_be_ended_keeps_no_other_waiting(site: Site, redis_clean: None, monkeypatch: pytest.MonkeyPatch) -> None:
    stuck, late = ask(session_for(site), "one"), ask(session_for(site), "two")
    for seconds, turn in ((2, stuck), (1, late)):
        Turn.objects.filter(pk=turn.pk).update(created=now() - timedelta(minutes=2), deadline=now() - timedelta(seconds=seconds))
    real = turns._fail

    def fail(turn: Turn, *given: Any, **more: Any) -> None:
        if turn.pk == stuck.pk:
            raise RuntimeError("cannot be ended")
        real(turn, *given, **more)

    monkeypatch.setattr(turns, "_fail", fail)
    monkeypatch.setattr("csbot.conversations.sweeper.outbox_sweep", lambda: 1 / 0)
    sweep_once()
    states = [Turn.objects.get(pk=turn.pk).state for turn in (stuck, late)]
    assert states == [Turn.State.QUEUED, Turn.State.FAILED]

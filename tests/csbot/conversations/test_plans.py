"""What every message and every second asks the database for is found by an index, however many conversations there are.

SQLite plans without statistics, so a plan is the same for an empty database and for a full one.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection

from csbot.accounts.models import Site
from csbot.conversations import selectors
from csbot.conversations.contracts import Decision, Ending
from csbot.conversations.frames import frames_after
from csbot.conversations.history import past_of
from csbot.conversations.models import Conversation, Turn
from csbot.conversations.services.accept import message_accept
from csbot.conversations.services.turns import decision_commit, generation_begun, generation_claim, generation_commit, turn_claim
from csbot.conversations.sweeper import sweep_once
from csbot.webhooks.dispatching import due_start
from tests.csbot.conversations.chat import session_for

pytestmark = [
    pytest.mark.django_db,  # without its commits no worker of another test hears of the turns
    pytest.mark.skipif(connection.vendor != "sqlite", reason="PostgreSQL plans by statistics"),
]

GROWING = "conversations_(?:conversation|turn|message|frame|trace|outbox)|webhooks_delivery"
OF_FEW = "outbox_waiting|turn_open_by_deadline|delivery_due"  # indexes of what is under way only
WHOLE_TABLE = re.compile(rf"SCAN (?:{GROWING})(?! USING INDEX (?:{OF_FEW}))")
WHOLE_SITE = re.compile(rf"SEARCH (?:{GROWING}) USING .*INDEX \S+ \((?:site_id|company_id)=\?\)")


def plans_of(work: Callable[[], object]) -> dict[str, str]:
    """Each statement that the work makes, with SQLite's plan for it."""
    asked: dict[str, Any] = {}

    def remember(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        if sql.startswith(("SELECT", "UPDATE", "DELETE")):
            asked[sql] = params
        return execute(sql, params, many, context)

    with connection.execute_wrapper(remember):
        work()
    with connection.cursor() as cursor:
        return {sql: " | ".join(row[3] for row in cursor.execute(f"EXPLAIN QUERY PLAN {sql}", params).fetchall()) for sql, params in asked.items()}


def slow_of(plans: dict[str, str]) -> dict[str, str]:
    return {sql: plan for sql, plan in plans.items() if WHOLE_TABLE.search(plan) or WHOLE_SITE.search(plan)}


def test_a_plan_that_reads_a_whole_table_is_seen() -> None:
    assert slow_of(plans_of(Turn.objects.filter(reason="faq").exists))
    assert slow_of(plans_of(Conversation.objects.filter(site=uuid4(), language="en").exists))


def test_a_message_and_its_answer_read_no_table_as_a_whole(site: Site, redis_clean: None) -> None:
    session, decision = session_for(site), Decision("generate", "evidence", "en")

    def ask_and_answer() -> None:
        accepted = message_accept(session=session, client_id=str(uuid4()), text="How long does it take?")
        assert accepted.turn
        routed = turn_claim(accepted.turn.pk)
        assert routed
        past_of(routed)
        assert decision_commit(routed, decision, {}, snapshot="s")
        turn = generation_claim(routed.pk, 1)
        assert turn
        generation_begun(turn)
        assert generation_commit(turn, decision, Ending("stop", 3, True), "Two days.", {})
        frames_after(accepted.conversation.pk, 1)
        selectors.state_of(accepted.conversation.pk)
        selectors.has_something_under_way(accepted.conversation.pk)

    def talk() -> None:
        ask_and_answer()
        ask_and_answer()

    plans = plans_of(talk)
    read = " ".join(plans.values())
    assert all(f"conversations_{table}" in read for table in ("conversation", "turn", "message", "frame", "outbox"))
    assert slow_of(plans) == {}


def test_what_is_looked_for_every_second_is_found_by_an_index(redis_clean: None) -> None:
    plans = {**plans_of(sweep_once), **plans_of(due_start)}
    assert len(plans) >= 3
    assert slow_of(plans) == {}

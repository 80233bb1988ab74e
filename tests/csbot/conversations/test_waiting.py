"""How many may wait for an answer at once: beyond that they are told at once, and the answer is there all the same."""

from __future__ import annotations

import threading
import time
from typing import Any

import pytest

from csbot.accounts.models import Company, Site
from csbot.conversations import asking
from csbot.conversations.asking import OF_A_COMPANY, WAITING_AT_ONCE, TimedOut, answer_wait
from csbot.conversations.services.accept import message_accept
from tests.csbot.conversations.chat import session_for

pytestmark = pytest.mark.usefixtures("unanswered", "transactional_db", "redis_clean")


def accepted_at(site: Site) -> Any:
    """A message that no worker answers."""
    return message_accept(session=session_for(site), client_id="c", text="answer me", origin="api")


def test_a_company_has_its_places_and_the_others_keep_theirs(site: Site) -> None:
    own, foreign = accepted_at(site), Company.objects.create(name="Else", slug="else").pk
    is_over = threading.Event()

    def occupy(company: Any) -> None:
        with asking._place(company):
            is_over.wait(10)

    threads = [threading.Thread(target=occupy, args=(site.company_id,)) for _ in range(OF_A_COMPANY)]
    for thread in threads:
        thread.start()
    try:
        start = time.monotonic()
        with pytest.raises(TimedOut):
            answer_wait(own, start, 30)
        assert asking._waiting[foreign] == 0
        with asking._place(foreign):
            pass
    finally:
        is_over.set()
        for thread in threads:
            thread.join()
    assert asking._waiting.total() == 0
    assert OF_A_COMPANY < WAITING_AT_ONCE


def test_a_place_is_free_again_after_whatever_happened(site: Site) -> None:
    for _ in range(OF_A_COMPANY + 1):
        with pytest.raises(TimedOut):
            answer_wait(accepted_at(site), time.monotonic(), 0)
    assert asking._waiting.total() == 0
    with asking._place(site.company_id):
        pass

"""Three hundred orders of two agents, a visitor and the bot, longer ones than the default suite has time for."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from csbot.accounts.models import Company, Site
from tests.csbot.dashboard.test_interleavings import STEPS, UNHURRIED, play_through

pytestmark = [pytest.mark.faults, pytest.mark.django_db, pytest.mark.usefixtures("redis_clean")]


@settings(max_examples=300, **UNHURRIED)
@given(steps=st.lists(STEPS, min_size=3, max_size=14))
def test_any_order_keeps_one_owner_and_every_word_once(site: Site, company: Company, steps: list[tuple[str, int]]) -> None:
    play_through(site, company, steps)

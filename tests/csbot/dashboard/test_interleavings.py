"""Two agents, a visitor and the bot on one conversation, in any order, with old views and repeated requests, against a small model:
one owner, no double answer, no lost note, nothing of a cancelled answer shown."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from csbot.accounts.models import Agent, Company, Site
from csbot.conversations.contracts import Decision
from csbot.conversations.errors import OwnerChanged, Refused
from csbot.conversations.models import Conversation, Frame, Handoff, Message, Note, Turn
from csbot.conversations.services import desk, owners
from csbot.conversations.services.accept import MAX_OPEN_TURNS, message_accept
from csbot.conversations.services.turns import decision_commit, turn_claim
from tests.csbot.conversations.chat import session_for
from tests.csbot.dashboard.desks import agent_of

pytestmark = pytest.mark.usefixtures("redis_clean")

WHO = st.integers(0, 1)
STEPS = st.one_of(
    st.tuples(st.sampled_from(["take", "release", "close", "reopen", "to_other", "to_queue", "look"]), WHO),
    st.tuples(st.sampled_from(["reply", "note", "repeat_reply", "repeat_note"]), WHO),
    st.tuples(st.sampled_from(["visitor", "claim", "commit", "person", "no_person"]), WHO),
)


@dataclass
class Model:
    """What must be true, told without a database."""

    owner: str = "bot"
    version: int = 1
    is_closed: bool = False
    replies: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    views: list[int] = field(default_factory=lambda: [1, 1])  # the version that each agent last saw

    def own(self, owner: str) -> None:
        self.owner, self.version = owner, self.version + 1
        if owner != "bot":
            self.is_closed = False


class Play:
    def __init__(self, site: Site, agents: list[Agent]) -> None:
        self.model, self.agents, self.session = Model(), agents, session_for(site)
        self.key: Any = message_accept(session=self.session, client_id="first", text="answer me").conversation.pk
        self.model.asked.append("first")
        self.claimed: Turn | None = None
        self.doomed: set[Any] = set()  # turns whose answer must never be seen
        self.keys = itertools.count(1)

    def new_key(self) -> str:
        """Small numbers: a random one may hold a listed word."""
        return f"k{next(self.keys)}"

    def step(self, what: str, who: int) -> None:
        getattr(self, f"do_{what}", lambda _who: self.deed(what, _who))(who)
        self.check()

    # --- deeds that name a version -----------------------------------------------------------------------------------

    def deed(self, what: str, who: int) -> None:
        model, me = self.model, f"agent:{who}"
        is_stale = model.views[who] != model.version
        try:
            self.call(what, who, model.views[who])
        except OwnerChanged:
            assert is_stale
            return
        except Refused:  # a colleague's: it has to be taken first
            assert model.owner == f"agent:{1 - who}"
            assert not is_stale
            assert what != "take"
            return
        assert not is_stale
        assert what == "take" or model.owner != f"agent:{1 - who}"
        self.doom()
        after = {"take": me, "reopen": me, "release": "bot", "to_other": f"agent:{1 - who}", "to_queue": "queue"}
        if what in ("take", "reopen") and model.owner == me:
            return
        if what == "close":
            if not model.is_closed:
                model.own("bot")
                model.is_closed = True
            return
        model.own(after[what])

    def call(self, what: str, who: int, version: int) -> None:
        common: Any = {"conversation_id": self.key, "agent": self.agents[who], "version": version}
        if what == "take":
            desk.conversation_take(**common, force=True)
        elif what in ("release", "close", "reopen"):
            getattr(desk, f"conversation_{what}")(**common)
        else:
            desk.conversation_transfer(**common, to=self.agents[1 - who] if what == "to_other" else None)

    def doom(self) -> None:
        """Whatever the bot has open now is cancelled by what just happened, unless it stays with the bot."""
        self.doomed |= set(Turn.objects.filter(conversation=self.key, state="cancelled").values_list("pk", flat=True))

    def do_look(self, who: int) -> None:
        self.model.views[who] = self.model.version

    # --- words -------------------------------------------------------------------------------------------------------

    def do_reply(self, who: int, key: str = "") -> None:
        model, me, key = self.model, f"agent:{who}", key or self.new_key()
        is_known, is_stale = key in model.replies, model.views[who] != model.version
        try:
            desk.agent_reply(conversation_id=self.key, agent=self.agents[who], version=model.views[who], client_id=key, text=f"words {key}")
        except OwnerChanged:
            assert is_stale
            assert not is_known
            return
        except Refused:
            assert model.owner == f"agent:{1 - who}"
            assert not is_stale
            assert not is_known
            return
        if is_known:
            return
        assert not is_stale
        model.replies.append(key)
        if model.owner != me:
            model.own(me)
        self.doom()

    def do_repeat_reply(self, who: int) -> None:
        """The answer to the first request was lost on its way: it is sent again."""
        if self.model.replies:
            self.do_reply(who, self.model.replies[-1])

    def do_note(self, who: int, key: str = "") -> None:
        key = key or self.new_key()
        desk.note_add(conversation_id=self.key, agent=self.agents[who], client_id=key, text=f"note {key}")
        if key not in self.model.notes:
            self.model.notes.append(key)

    def do_repeat_note(self, who: int) -> None:
        if self.model.notes:
            self.do_note(who, self.model.notes[-1])

    def do_visitor(self, _who: int) -> None:
        key = self.new_key()
        open_turns = Turn.objects.filter(conversation=self.key, state__in=Turn.OPEN).count()
        if self.model.owner == "bot" and open_turns == MAX_OPEN_TURNS:
            with pytest.raises(Refused, match="busy"):
                message_accept(session=self.session, client_id=key, text="answer me")
            return
        message_accept(session=self.session, client_id=key, text="answer me")
        self.model.asked.append(key)
        self.model.is_closed = False

    def do_person(self, _who: int) -> None:
        owners.handoff_request(conversation_id=self.key)
        if self.model.owner == "bot":
            self.model.own("queue")
            self.model.is_closed = False
        self.doom()

    def do_no_person(self, _who: int) -> None:
        owners.handoff_cancel(conversation_id=self.key)
        if self.model.owner == "queue":
            self.model.own("bot")

    # --- the bot, in two halves, so that anything may come in between -------------------------------------------------

    def do_claim(self, _who: int) -> None:
        turn = Turn.objects.filter(conversation=self.key, state="queued").order_by("created").first()
        self.claimed = (turn_claim(turn.pk) if turn else None) or self.claimed

    def do_commit(self, _who: int) -> None:
        if self.claimed is None:
            return
        decision_commit(self.claimed, Decision("answer", "faq", "en", text="From the bot."), {"version": 1}, snapshot="s")
        self.claimed = None

    # --- what must hold ----------------------------------------------------------------------------------------------

    def check(self) -> None:
        row, model = Conversation.objects.get(pk=self.key), self.model
        owner = f"agent:{self.agents.index(row.agent)}" if row.agent else row.owner
        assert (owner, row.owner_version, row.closed is not None) == (model.owner, model.version, model.is_closed)
        said = Message.objects.filter(conversation=self.key)
        assert sorted(said.filter(sender="agent").values_list("client_id", flat=True)) == sorted(model.replies)
        assert sorted(said.filter(sender="visitor").values_list("client_id", flat=True)) == sorted(model.asked)
        assert sorted(Note.objects.filter(conversation=self.key).values_list("client_id", flat=True)) == sorted(model.notes)
        assert list(Frame.objects.filter(conversation=self.key).order_by("seq").values_list("seq", flat=True)) == list(range(1, row.last_seq + 1))
        assert not said.filter(sender="bot", turn__in=self.doomed).exists()
        assert said.filter(sender="bot").values("turn").distinct().count() == said.filter(sender="bot").count()
        assert Handoff.objects.filter(conversation=self.key, ended=None).count() == (0 if model.owner == "bot" else 1)


ORDERS = st.lists(STEPS, min_size=3, max_size=9)
UNHURRIED: Any = {"deadline": None, "suppress_health_check": [HealthCheck.function_scoped_fixture, HealthCheck.too_slow]}


@settings(max_examples=60, **UNHURRIED)
@given(steps=ORDERS)
def test_any_order_keeps_one_owner_and_every_word_once(site: Site, company: Company, steps: list[tuple[str, int]]) -> None:
    play_through(site, company, steps)


def play_through(site: Site, company: Company, steps: list[tuple[str, int]]) -> None:
    with transaction.atomic():
        agents = [agent_of(company, name, capacity=50) for name in ("ann", "ben")]
        play = Play(site, agents)
        for what, who in steps:
            play.step(what, who)
        transaction.set_rollback(True)

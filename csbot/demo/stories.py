"""Past conversations of the demo shop, told from the data files: rows as they would stand there, had they happened.

Deterministic but for ids: how sure an answer was and how long it took is drawn from the story's number. Times count back from the
moment of seeding. Writes in bulk and announces nothing; knows the conversation's rows, not how turns are worked on.
"""

from __future__ import annotations

import hashlib
import random
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from csbot.accounts.models import Agent, Site
from csbot.conversations.contracts import Decision
from csbot.conversations.decisions import decision_pack
from csbot.conversations.messages import message_data
from csbot.conversations.models import Conversation, Feedback, Frame, Handoff, Label, Message, Note, Trace, Turn, Visitor
from csbot.conversations.search import words_of
from csbot.conversations.wrapping import text_of, wrap_of
from csbot.demo import content
from csbot.demo.orders import orders
from csbot.lib.ids import new_id
from csbot.lookups.calling import told

MODEL = "csbot-moe-0.5b"
SYSTEM_LINES = {"requested": "handoff_done", "complaint": "complaint"}


@dataclass
class Told:
    """The rows of all stories, in the order in which they refer to each other."""

    visitors: list[Visitor] = field(default_factory=list)
    conversations: list[Conversation] = field(default_factory=list)
    messages: list[Message] = field(default_factory=list)
    turns: list[Turn] = field(default_factory=list)
    traces: list[Trace] = field(default_factory=list)
    frames: list[Frame] = field(default_factory=list)
    feedback: list[Feedback] = field(default_factory=list)
    handoffs: list[Handoff] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)
    labels: list[tuple[Conversation, Label]] = field(default_factory=list)
    words: dict[Any, dict[str, None]] = field(default_factory=dict)


class Story:
    """One conversation, step by step; each step moves the clock."""

    def __init__(self, number: int, script: Mapping[str, Any], *, site: Site, agents: Mapping[str, Agent], until: datetime, rows: Told) -> None:
        self.site, self.agents, self.rows, self.language = site, agents, rows, script["language"]
        self.draw = random.Random(number)  # noqa: S311 - the same numbers at every seeding
        self.now = _moment(script, site, until)
        visitor = Visitor(company_id=site.company_id, site=site, language=self.language, created=self.now)
        self.talk = Conversation(
            company_id=site.company_id, site=site, visitor=visitor, origin="demo", language=self.language, created=self.now, changed=self.now
        )
        self.turn: Turn | None = None
        self.asked: Message | None = None
        self.stay: Handoff | None = None
        rows.visitors.append(visitor)
        rows.conversations.append(self.talk)
        for step, *arguments in script["steps"]:
            getattr(self, f"do_{step}")(*arguments)
        self.talk.visitor_read_seq = self.talk.last_seq

    # --- steps -------------------------------------------------------------------------------------------------------

    def do_visitor(self, text: str) -> None:
        self._pass(self.draw.uniform(20, 90))
        self.asked = self._say("visitor", text, client_id=str(new_id()))

    def do_answer(self, faq: str) -> None:
        found = _faq(faq)
        exact = self.asked is not None and self.asked.text in found["variants"][self.language]
        source: Any = {"type": "faq", "id": faq, "title": found["variants"][self.language][0], "url": ""}
        decision = Decision("answer", "exact" if exact else "faq", self.language, text=found["answers"][self.language], faq=faq, sources=(source,))
        self._answer(decision, p=1.0 if exact else self.draw.uniform(0.93, 0.995))

    def do_clarify(self, *faqs: str) -> None:
        options: Any = tuple({"faq": faq, "text": _faq(faq)["variants"][self.language][0]} for faq in faqs)
        decision = Decision("clarify", "clarify", self.language, text=text_of(self.site, self.language, "clarify"), options=options)
        answer = self._answer(decision, p=self.draw.uniform(0.35, 0.7))
        none = text_of(self.site, self.language, "none_of_these")
        self._frame("clarify", {"message_id": str(answer.pk), "options": list(options), "none": none})

    def do_chip(self, faq: str) -> None:
        self.do_visitor(_faq(faq)["variants"][self.language][0])
        self.do_answer(faq)

    def do_generate(self, article: str) -> None:
        found = next(one for one in content.articles() if (one["key"], one["language"]) == (article, self.language))
        source: Any = {"type": "article", "id": article, "title": found["title"], "url": ""}
        decision = Decision("generate", "evidence", self.language, text=_beginning(found["body"]), sources=(source,))
        first, total = self.draw.uniform(900, 2100), self.draw.uniform(4000, 9000)
        self._pass(total / 1000)
        speed = self.draw.uniform(8, 11)
        tokens = round(total / 1000 * speed)
        generation = {"new_tokens": tokens, "first_token_ms": round(first, 1), "total_ms": round(total), "tokens_per_s": round(speed, 2)}
        self._answer(decision, p=self.draw.uniform(0.1, 0.4), more={"generation": generation, "model": MODEL, "rung": 3, "grounded": True})

    def do_refuse(self, reason: Any) -> None:
        text = text_of(self.site, self.language, reason)
        self._answer(Decision("refuse", reason, self.language, text=text, offers_handoff=True), p=self.draw.uniform(0.05, 0.3))

    def do_chitchat(self, intent: str) -> None:
        reply = next(one for one in content.intents() if one["key"] == intent)["replies"][self.language]
        self._answer(Decision("chitchat", "chitchat", self.language, text=reply), intent=intent)

    def do_lookup(self, number: str) -> None:
        wanted = content.lookups()[0]
        order = orders()[number]
        fields = {name: str(order[path]) for name, path in wanted["fields"].items() if order.get(path) is not None}
        text = told(wanted[f"answer_{self.language}"], {**fields, "number": number}) or ""
        source: Any = {"type": "lookup", "id": "orders", "title": "orders", "url": ""}
        kept = {"key": "orders", "values": {"number": number}, "wanted": ""}
        trace = {"lookup": {**kept, "p": 1.0, "outcome": "found", "status": 200, "ms": round(self.draw.uniform(8, 60)), "why": ""}}
        self._answer(Decision("answer", "lookup", self.language, text=text, sources=(source,), lookup=kept), more=trace)

    def do_ask_lookup(self) -> None:
        question = content.lookups()[0]["slots"][0][f"question_{self.language}"]
        kept = {"key": "orders", "values": {}, "wanted": "number"}
        self._answer(Decision("clarify", "lookup", self.language, text=question, lookup=kept), more={"lookup": {**kept, "p": 0.98}})

    def do_rate(self, value: int) -> None:
        self._pass(15)
        answer = next(message for message in reversed(self.rows.messages) if message.sender in ("bot", "agent"))
        self.rows.feedback.append(Feedback(message=answer, value=value, at=self.now))
        self._frame("msg.updated", {"message": {**message_data(answer), "rating": value}})

    def do_handoff(self, reason: Any, how: str = "") -> None:
        is_left = how == "left"
        key = "leave_message" if is_left else SYSTEM_LINES[reason]
        self._answer(Decision("handoff", reason, self.language, text=text_of(self.site, self.language, key)))
        self.talk.queued_at, self.talk.handoff_reason = self.now, reason
        self.stay = Handoff(conversation=self.talk, reason=reason, queued=self.now, is_message_left=is_left)
        self.rows.handoffs.append(self.stay)
        self._own("queue", None)

    def do_take(self, agent: str, seconds: float) -> None:
        self._pass(seconds * 60 if self.stay and self.stay.is_message_left else seconds)
        assert self.stay
        self.stay.taken, self.stay.agent = self.now, self.agents[agent]
        self._own("agent", self.agents[agent])

    def do_agent(self, agent: str, text: str) -> None:
        self._pass(self.draw.uniform(15, 60))
        self._say("agent", text, agent=self.agents[agent])
        if self.stay and self.stay.answered is None:
            self.stay.answered = self.now

    def do_note(self, agent: str, text: str) -> None:
        self._pass(10)
        author = self.agents[agent]
        self.rows.notes.append(Note(conversation=self.talk, agent=author, author=author.display_name, text=text, created=self.now))

    def do_release(self) -> None:
        self._end("bot")

    def do_close(self) -> None:
        self._pass(60)
        self._end("closed")
        self.talk.closed = self.now

    # --- rows --------------------------------------------------------------------------------------------------------

    def _answer(self, decision: Decision, *, p: float | None = None, intent: str = "", more: Mapping[str, Any] | None = None) -> Message:
        assert self.asked
        asked = self.asked.created
        self._pass(self.draw.uniform(0.12, 0.35))
        turn = Turn(
            conversation=self.talk,
            question=self.asked,
            state="done",
            owner_version=self.talk.owner_version,
            route=decision.route,
            reason=decision.reason,
            decision=decision_pack(decision),
            attempt=1,
            deadline=asked + timedelta(seconds=60),
            created=asked,
            ended=self.now,
        )
        self.rows.turns.append(turn)
        self.rows.traces.append(Trace(turn=turn, data={**self._trace(decision, p, intent), **(more or {})}))
        self.turn = turn
        return self._say("bot", decision.text, turn=turn, wrap=wrap_of(decision, self.site))

    def _trace(self, decision: Decision, p: float | None, intent: str) -> dict[str, Any]:
        ms = {"intent": round(self.draw.uniform(1, 4), 2), "faq": round(self.draw.uniform(60, 120), 2)}
        trace: dict[str, Any] = {"version": 1, "language": self.language, "route": decision.route, "reason": decision.reason, "ms": ms}
        if decision.route in ("chitchat", "handoff"):
            trace["intent"] = {"key": intent or decision.reason, "action": decision.route, "p": 0.97, "by": "examples"}
        if p is not None:
            best: dict[str, Any] = {"faq": decision.faq, "p": round(p, 4), "variant": self.asked.text if self.asked else "", "features": {}}
            trace["faq"] = {"band": decision.route, "reason": decision.reason, "candidates": [best] if decision.faq else []}
        return trace

    def _say(self, sender: str, text: str, **fields: Any) -> Message:
        message = Message(conversation=self.talk, sender=sender, text=text, language=self.language, created=self.now, **fields)
        if message.client_id:
            message.body_sha256 = hashlib.sha256(text.encode()).hexdigest()
        self.rows.messages.append(message)
        self.rows.words.setdefault(self.talk.pk, {}).update(dict.fromkeys(words_of(text)))
        self._frame("msg.new", {"message": message_data(message)})
        return message

    def _own(self, owner: str, agent: Agent | None) -> None:
        self.talk.owner, self.talk.agent = owner, agent
        self.talk.owner_version += 1
        if owner != "queue":
            self.talk.queued_at = None
        self._frame("owner.changed", {"owner": f"agent:{agent.pk}" if agent else owner, "ver": self.talk.owner_version})

    def _end(self, outcome: str) -> None:
        assert self.stay
        self.stay.ended, self.stay.outcome = self.now, outcome
        self._own("bot", None)

    def _frame(self, type_: str, data: Any) -> None:
        self.talk.last_seq += 1
        self.rows.frames.append(Frame(conversation=self.talk, seq=self.talk.last_seq, type=type_, data=data, at=self.now))

    def _pass(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)
        self.talk.changed = self.now


def _moment(script: Mapping[str, Any], site: Site, until: datetime) -> datetime:
    """At the script's time of the shop's day. Of today's, those that lie ahead happened a little while ago."""
    hour, minute = map(int, script["at"].split(":"))
    day = until.astimezone(ZoneInfo(site.time_zone)) - timedelta(days=script["days_ago"])
    began = day.replace(hour=hour, minute=minute, second=7, microsecond=0)
    return began if began < until - timedelta(minutes=10) else until - timedelta(minutes=10 + minute)


def _faq(key: str) -> Any:
    return next(faq for faq in content.faqs() if faq["key"] == key)


def _beginning(body: str) -> str:
    """The first lines that are sentences, as an answer that rests on them would sound."""
    lines = [line.strip() for line in body.splitlines() if line.strip() and line.strip()[0] not in "#-*|>0123456789"]
    return " ".join(lines[:2])[:280]

"""The desk under load: a company with many conversations, and what its pages cost there. Rows are made up; nothing live is touched."""

from __future__ import annotations

import random
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import Any
from uuid import uuid4

from django.db import connection
from django.test import Client

from csbot.accounts.models import Agent, Company, Site, User
from csbot.conversations.models import Conversation, Frame, Handoff, Message, SearchWord, Turn, Visitor
from csbot.conversations.search import words_of
from csbot.lib.clock import now
from knowledge import facade as knowledge

SAID = {
    "zh": ("我的包裹还没有收到", "想申请退款可以吗", "发票抬头写错了怎么办", "会员积分什么时候到账", "杯子破损了要怎么处理", "运费是多少钱"),
    "en": ("my parcel has not arrived", "I would like a refund", "the invoice title is wrong", "the mug arrived damaged", "how much is shipping"),
}
PAGES = {
    "inbox": "/api/v1/inbox?view=all",
    "inbox_waiting": "/api/v1/inbox?view=waiting",
    "search_zh": "/api/v1/inbox?view=all&q=退款",
    "search_en": "/api/v1/inbox?view=all&q=refunded",
    "search_rare": "/api/v1/inbox?view=all&q=A7777",
    "conversation": "/api/v1/conversations/{conversation}",
    "reports": "/reports/",
    "unanswered": "/unanswered/",
}
BATCH = 2000


def populate(conversations: int, messages: int) -> tuple[User, str]:
    """A signed-in administrator's user, and the id of one conversation."""
    draw = random.Random(1)  # noqa: S311 - the same rows at every run
    company = Company.objects.create(name="Bench", slug="bench")
    site = Site.objects.create(company=company, knowledge_base_id=knowledge.create_knowledge_base(company.pk, "Bench"), key="bench", name="Bench")
    user = User.objects.create(username="bench")
    Agent.objects.create(company=company, user=user, role=Agent.Role.ADMIN, display_name="Bench")
    talks = [_talk(company, site, draw) for _ in range(conversations)]
    Visitor.objects.bulk_create((talk.visitor for talk in talks), batch_size=BATCH)
    Conversation.objects.bulk_create(talks, batch_size=BATCH)
    for at in range(0, conversations, BATCH):
        _fill(talks[at : at + BATCH], messages // conversations, draw)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    return user, str(talks[-1].pk)


def _talk(company: Company, site: Site, draw: random.Random) -> Conversation:
    language = draw.choice(["zh", "en"])
    waits = draw.random() < 0.005
    visitor = Visitor(company=company, site=site, language=language)
    owner = {"owner": "queue", "queued_at": now() - timedelta(minutes=draw.randrange(600))} if waits else {}
    closed = now() if not waits and draw.random() < 0.6 else None
    return Conversation(company=company, site=site, visitor=visitor, language=language, closed=closed, **owner)


def _fill(talks: list[Conversation], each: int, draw: random.Random) -> None:
    messages: list[Message] = []
    turns: list[Turn] = []
    frames: list[Frame] = []
    words: list[SearchWord] = []
    stays: list[Handoff] = []
    for talk in talks:
        began = now() - timedelta(minutes=draw.randrange(30 * 24 * 60))
        found: dict[str, None] = {}
        for number in range(each):
            text = draw.choice(SAID[talk.language]) + (f" A{draw.randrange(10_000):04}" if draw.random() < 0.1 else "")
            message = Message(conversation=talk, sender="bot" if number % 2 else "visitor", text=text, language=talk.language)
            messages.append(message)
            frames.append(Frame(conversation=talk, seq=number + 1, type="msg.new", data={"message": {"sender": message.sender}}))
            found.update(dict.fromkeys(words_of(text)))
            if not number % 2:
                route = draw.choice(["answer", "answer", "clarify", "refuse", "generate"])
                ended = {"state": "done", "ended": began, "deadline": now() + timedelta(minutes=1)}
                decision = {"faq": f"faq.{draw.randrange(100)}" if route == "answer" else None, "is_cached": False}
                why = {"route": route, "reason": "no_evidence", "decision": decision}
                turns.append(Turn(conversation=talk, question=message, owner_version=1, **why, **ended))
        if talk.owner == "queue":
            stays.append(Handoff(conversation=talk, reason="requested", queued=talk.queued_at or began))
        words += [SearchWord(company_id=talk.company_id, conversation=talk, word=word) for word in found]
        talk.last_seq = each
    Message.objects.bulk_create(messages, batch_size=BATCH)
    Turn.objects.bulk_create(turns, batch_size=BATCH)
    Frame.objects.bulk_create(frames, batch_size=BATCH)
    SearchWord.objects.bulk_create(words, batch_size=BATCH)
    Handoff.objects.bulk_create(stays, batch_size=BATCH)
    Conversation.objects.bulk_update(talks, ["last_seq"], batch_size=500)


@dataclass(frozen=True, slots=True)
class Cost:
    queries: int
    p50_ms: float
    p95_ms: float


def measure(user: User, conversation: str, repeats: int) -> Iterator[tuple[str, Cost]]:
    client = Client()
    client.force_login(user)
    for name, path in PAGES.items():
        address = path.format(conversation=conversation)
        asked: list[str] = []
        with connection.execute_wrapper(partial(_count, asked)):
            _get(client, address)
        times = sorted(_get(client, address) for _ in range(repeats))
        yield name, Cost(len(asked), round(times[len(times) // 2], 1), round(times[int(0.95 * len(times))], 1))


def _count(asked: list[str], execute: Any, sql: str, *rest: Any) -> Any:
    asked.append(sql)
    return execute(sql, *rest)


def _get(client: Any, address: str) -> float:
    start = time.perf_counter()
    answer = client.get(address, headers={"X-Request-Id": str(uuid4())})
    if answer.status_code != 200:
        raise RuntimeError(f"{address}: {answer.status_code}")
    return (time.perf_counter() - start) * 1000

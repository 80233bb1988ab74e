"""Questions that the bot could not answer: refused, asked back without a choice, thumbed down, or handed over; each once, with how often.

Grouped by their knowledge base and their normalised words: what one base cannot answer, another may. What an editor has done about one
stands in `Settled`; asked again afterwards, it is open again.
Knows rows; writes knowledge through its facade only.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Literal
from uuid import UUID

from django.db import transaction
from django.db.models import Max, Q, QuerySet

from csbot.accounts.callers import Caller
from csbot.conversations.models import Conversation, Feedback, Handoff, Settled, Turn
from csbot.lib.clock import now
from knowledge import facade as knowledge

Why = Literal["refused", "not_chosen", "disliked", "handed_over"]
DAYS = 90
MAX_TURNS = 3000
MAX_STAYS = 1000


@dataclass
class Unanswered:
    """A question with all its times; `options` are the FAQs that were near, by key."""

    digest: str
    text: str
    language: str
    knowledge_base: str
    last: datetime
    conversation: UUID
    count: int = 0
    why: Counter[Why] = field(default_factory=Counter)
    sites: dict[str, None] = field(default_factory=dict)
    options: dict[str, None] = field(default_factory=dict)
    answered: dict[str, None] = field(default_factory=dict)  # FAQs that were the answer, and were not enough
    state: str = "open"
    faq: str = ""

    def reasons(self) -> list[tuple[Why, int]]:
        return self.why.most_common()


@dataclass(frozen=True, slots=True)
class Marks:
    """What followed a turn: a person was called, a thumb went down, an answer was chosen or given."""

    is_handed: bool
    is_disliked: bool
    is_chosen: bool


def unanswered_for(caller: Caller) -> list[Unanswered]:
    """The most frequent first. A fixed number of queries."""
    found: dict[tuple[str, str], Unanswered] = {}
    for turn, marks in _turns(caller):
        if why := _why(turn, marks):
            _count(found, turn, why)
    for settled in Settled.objects.filter(company_id=caller.company_id):
        question = found.get((settled.language, settled.digest))
        if question and question.last <= settled.at:
            question.state, question.faq = settled.state, settled.faq
    return sorted(found.values(), key=lambda question: (-question.count, question.text))


def _turns(caller: Caller) -> Iterator[tuple[Turn, Marks]]:
    """Newest first, at most MAX_TURNS, of visitors only."""
    rows: QuerySet[Turn] = Turn.objects.filter(
        conversation__company_id=caller.company_id, state=Turn.State.DONE, created__gte=now() - timedelta(days=DAYS)
    ).exclude(conversation__origin=Conversation.Origin.CONSOLE)
    if caller.sites is not None:
        rows = rows.filter(conversation__site__in=caller.sites)
    rows = rows.exclude(route__in=["", "handoff", "chitchat"]).exclude(reason__in=["safety", "lookup"])
    disliked = set(Feedback.objects.filter(value=-1, message__turn__in=rows.values("pk")).values_list("message__turn", flat=True))
    handed = _before_a_person(rows)
    wanted = rows.filter(Q(route__in=["refuse", "clarify"]) | Q(pk__in=disliked | handed))
    found = list(wanted.select_related("question", "conversation__site").order_by("-created")[:MAX_TURNS])
    answered = _last_answers(rows, {turn.conversation_id for turn in found if turn.route == "clarify"})
    for turn in found:
        yield turn, Marks(turn.pk in handed, turn.pk in disliked, turn.created < answered.get(turn.conversation_id, turn.created))


def _last_answers(rows: QuerySet[Turn], conversations: set[UUID]) -> dict[UUID, datetime]:
    answers = rows.filter(route="answer", conversation__in=conversations).order_by()
    return dict(answers.values("conversation").annotate(last=Max("created")).values_list("conversation", "last"))


def _before_a_person(rows: QuerySet[Turn]) -> set[UUID]:
    """The last turn before each hand-over: what the visitor wanted a person for."""
    stays: dict[UUID, list[datetime]] = {}
    newest = Handoff.objects.filter(conversation__in=rows.values("conversation")).order_by("-queued")[:MAX_STAYS]
    for conversation, queued in newest.values_list("conversation", "queued"):
        stays.setdefault(conversation, []).append(queued)
    last: dict[tuple[UUID, datetime], UUID] = {}
    turns = rows.filter(conversation__in=list(stays)).order_by("created").values_list("pk", "conversation", "created")
    for pk, conversation, created in turns:
        last |= {(conversation, queued): pk for queued in stays[conversation] if created < queued}
    return set(last.values())


def _why(turn: Turn, marks: Marks) -> Why | None:
    if marks.is_handed:
        return "handed_over"
    if marks.is_disliked:
        return "disliked"
    if turn.route == "clarify":
        return None if marks.is_chosen else "not_chosen"
    return "refused" if turn.route == "refuse" else None


def _count(found: dict[tuple[str, str], Unanswered], turn: Turn, why: Why) -> None:
    # After a chip the question is the one that was asked back about, not the chip's own words.
    text = str(turn.chip.get("question") or turn.question.text)
    language = turn.question.language
    site = turn.conversation.site
    base = str(site.knowledge_base_id)
    key = (language, digest_of(base, text))
    if key not in found:
        found[key] = Unanswered(key[1], text, language, base, turn.created, turn.conversation_id)
    question = found[key]
    question.count += 1
    question.why[why] += 1
    question.sites.setdefault(site.name)
    if turn.route == "answer" and (faq := turn.decision.get("faq")):
        question.answered.setdefault(faq)
        question.options.setdefault(faq)
    for option in turn.decision.get("options") or ():
        question.options.setdefault(option["faq"])


@lru_cache(maxsize=8192)
def digest_of(base: str, text: str) -> str:
    """Equal for questions in the same words to the same knowledge base."""
    return hashlib.sha256(f"{base}\n{knowledge.normalise_for_cache(text) or text}".encode()).hexdigest()


# --- what an editor does about one -----------------------------------------------------------------------------------


def question_settle(*, caller: Caller, question: Unanswered, state: Literal["done", "ignored"], faq: str = "") -> None:
    Settled.objects.update_or_create(
        company_id=caller.company_id,
        language=question.language,
        digest=question.digest,
        defaults={"state": state, "faq": faq, "by": caller.name},
    )


def question_open_again(*, caller: Caller, question: Unanswered) -> None:
    Settled.objects.filter(company_id=caller.company_id, language=question.language, digest=question.digest).delete()


@transaction.atomic
def question_to_variant(*, caller: Caller, question: Unanswered, faq: str) -> None:
    """The question becomes one more way to ask a FAQ. Raises LookupError for a FAQ that is not there."""
    knowledge.variant_add(question.knowledge_base, faq, question.language, knowledge.mask_personal(question.text))  # type: ignore[arg-type]
    question_settle(caller=caller, question=question, state="done", faq=faq)


@transaction.atomic
def question_to_faq(*, caller: Caller, question: Unanswered, key: str, category: str, answers: dict[str, str]) -> None:
    """A new FAQ with the question as its first phrasing. Raises ValueError where the key is taken."""
    row = {
        "key": key,
        "category": category,
        "variants": {question.language: [knowledge.mask_personal(question.text)]},
        "answers": {language: {"text": text, "url": ""} for language, text in answers.items() if text},
    }
    knowledge.faq_create(question.knowledge_base, row)
    question_settle(caller=caller, question=question, state="done", faq=key)

"""The last real questions of a knowledge base with what the router made of them, read from the turns' traces.

Knows rows and the shape of a trace, whatever version wrote it. Does not know promises' figures or labels.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Literal
from uuid import UUID

from django.db.models import QuerySet

from csbot.accounts.callers import Caller
from csbot.conversations.models import Conversation, Turn
from csbot.lib.clock import now
from knowledge import facade as knowledge

Outcome = Literal["answered", "clarified", "generated", "handed"]

DAYS = 90
MAX_QUESTIONS = 2000
OUTCOMES: dict[str, Outcome] = {"answer": "answered", "clarify": "clarified", "generate": "generated", "refuse": "handed", "handoff": "handed"}
CERTAIN = ("exact", "chosen")
DIRECT = ("faq", "exact")  # reasons of an answer that is a FAQ's stored text
VETOES = ("guard", "two_questions", "other_language")
LIKELY = 0.5  # from here on the right FAQ is more likely among the chips than not


@dataclass(frozen=True, slots=True)
class Asked:
    """`chance` that the first candidate is right; None where the router was not asked or did not say. `cuts` by promise, of its own snapshot."""

    turn: UUID
    conversation: UUID
    text: str
    language: str
    at: datetime
    outcome: Outcome
    faq: str  # that was answered with, or that was nearest
    chance: float | None
    three: float
    is_direct: bool
    is_certain: bool
    is_vetoed: bool
    snapshot: str
    cuts: Mapping[int, float]

    def cut(self, promise: int) -> float | None:
        return self.cuts.get(promise)

    def outcome_at(self, promise: int) -> Outcome | None:
        """What would have become of it under another promise; None where that cannot be said."""
        if self.is_certain or self.is_vetoed or self.chance is None or (self.outcome == "answered" and not self.is_direct):
            return self.outcome
        cut = self.cut(promise)
        if cut is None:
            return None
        if self.chance >= cut:
            return "answered"
        if self.outcome != "answered":
            return self.outcome
        return "clarified" if max(self.chance, self.three) >= LIKELY else "generated"


def turns_of(base: UUID, caller: Caller, *, days: int = DAYS) -> QuerySet[Turn]:
    """Of visitors, answered by this base, on the sites that the caller sees."""
    rows: QuerySet[Turn] = Turn.objects.filter(
        conversation__company_id=caller.company_id,
        conversation__site__knowledge_base_id=base,
        state=Turn.State.DONE,
        created__gte=now() - timedelta(days=days),
    ).exclude(conversation__origin=Conversation.Origin.CONSOLE)
    return rows if caller.sites is None else rows.filter(conversation__site__in=caller.sites)


def turns_seen(caller: Caller, turns: Iterable[UUID | str]) -> set[UUID]:
    """Of these, those on the sites that the caller sees; all of them, deleted ones too, where that is every site."""
    told = {UUID(str(turn)) for turn in turns}
    if caller.sites is None:
        return told
    return set(Turn.objects.filter(pk__in=told, conversation__site__in=caller.sites).values_list("pk", flat=True))


def asked_of(base: UUID, caller: Caller, *, most: int = MAX_QUESTIONS) -> list[Asked]:
    """Newest first. Small talk, wishes for a person, lookups and listed words are no questions to a FAQ. Three queries."""
    rows = turns_of(base, caller).exclude(route__in=["", "chitchat"]).exclude(reason__in=["safety", "lookup", "requested", "complaint", "limit"])
    found = list(rows.filter(chip={}).select_related("question", "trace").order_by("-created")[:most])
    return asked_from(base, found)


def asked_from(base: UUID, turns: Iterable[Turn]) -> list[Asked]:
    turns = list(turns)
    published = knowledge.promises_read(base).snapshot
    cuts = knowledge.snapshot_cuts({turn.snapshot for turn in turns} | {published})
    told = [_asked(turn, cuts.get(turn.snapshot) or cuts.get(published) or {}) for turn in turns]
    return _remembered(told)


def _asked(turn: Turn, cuts: Mapping[str, Mapping[int, float]]) -> Asked:
    trace: Mapping[str, Any] = turn.trace.data if hasattr(turn, "trace") else {}
    match = trace.get("faq") or {}
    candidates = match.get("candidates") or []
    decided = turn.decision.get("faq") or ""
    language = turn.question.language
    why = str(match.get("reason") or turn.reason).partition(":")[0]
    return Asked(
        turn=turn.pk,
        conversation=turn.conversation_id,
        text=turn.question.text,
        language=language,
        at=turn.created,
        outcome=OUTCOMES.get(turn.route, "handed"),
        faq=decided or str(candidates[0].get("faq") or "" if candidates else ""),
        chance=_number(match.get("first", candidates[0].get("p") if candidates else None)),
        three=_number(match.get("three")) or 0.0,
        is_direct=turn.route == "answer" and turn.reason in DIRECT,
        is_certain=why in CERTAIN,
        is_vetoed=why in VETOES and turn.route != "answer",
        snapshot=turn.snapshot,
        cuts=_cuts(match, cuts.get(language, {})),
    )


def _number(value: Any) -> float | None:
    return float(value) if isinstance(value, int | float) else None


def _cuts(match: Mapping[str, Any], of_snapshot: Mapping[int, float]) -> Mapping[int, float]:
    """Those that the trace names go before those of its snapshot."""
    named = match.get("cuts")
    if not isinstance(named, Mapping):
        return of_snapshot
    return {**of_snapshot, **{int(name): float(cut) for name, cut in named.items() if str(name).isdigit() and _number(cut) is not None}}


def _remembered(asked: list[Asked]) -> list[Asked]:
    """An answer from the cache has no chance of its own: it has that of the question in the same words."""
    known = {_words(one): one.chance for one in asked if one.chance is not None}
    return [replace(one, chance=known.get(_words(one))) if one.chance is None and one.is_direct else one for one in asked]


def _words(one: Asked) -> tuple[str, str, str]:
    return one.language, knowledge.normalise_for_cache(one.text), one.faq

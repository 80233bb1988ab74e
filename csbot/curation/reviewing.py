"""Which real answers people are asked about, and what they said.

Two ways to choose. `audit`: direct answers drawn blindly, each as likely as any other; only these prove a promise. `near`: questions nearest
the line, whichever side; they teach most and prove nothing. Knows turns and checked answers; rights are the caller's business.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Literal
from uuid import UUID

from csbot.accounts.callers import Caller
from csbot.accounts.models import Site
from csbot.conversations.models import Message, Turn
from csbot.curation.sampled import DIRECT, Asked, asked_from, asked_of, turns_of
from csbot.lib.clock import now
from knowledge import facade as knowledge

Way = Literal["audit", "near"]
Verdict = Literal["right", "wrong", "other", "skipped"]

COUNTS_FOR = timedelta(days=180)
DRAWN_FROM = 20_000
BY_PEOPLE = ("audit", "near", "console")


@dataclass(frozen=True, slots=True)
class Asking:
    """One question to check: `shown` is what the visitor was told, or the stored answer of the FAQ that was nearest."""

    asked: Asked
    shown: str
    title: str
    category: str
    cut: float | None
    before: tuple[str, ...]  # what the visitor had said just before
    num_left: int


def checked_of(base: UUID) -> list[Mapping[str, Any]]:
    """What still counts, newest first."""
    return [*knowledge.answers_checked(base, since=now() - COUNTS_FOR)]


def may_audit(base: UUID, caller: Caller) -> bool:
    """Whoever sees some of the base's sites only would draw from those only: no blind draw."""
    return caller.sites is None or not Site.objects.filter(knowledge_base_id=base).exclude(pk__in=caller.sites).exists()


def next_asking(base: UUID, caller: Caller, way: Way) -> Asking | None:
    return _drawn(base, caller) if way == "audit" else _nearest(base, caller)


def asking_of(base: UUID, caller: Caller, turn: UUID) -> Asking | None:
    found = turns_of(base, caller, days=COUNTS_FOR.days).filter(pk=turn).select_related("question", "trace").first()
    return _asking(base, asked_from(base, [found])[0], 0) if found else None


def _drawn(base: UUID, caller: Caller) -> Asking | None:
    """In the order of a hash of their numbers, which knows nothing of what was asked: whoever stops anywhere has a uniform sample.

    What was checked for another reason is drawn again: without it the sample would lack just those near the line.
    """
    known = {row["turn"] for row in knowledge.answers_checked(base) if row["source"] == "audit"}
    rows = turns_of(base, caller).filter(route="answer", reason__in=DIRECT, chip={})
    left = [pk for pk in rows.order_by("-created").values_list("pk", flat=True)[:DRAWN_FROM] if pk not in known]
    if not left:
        return None
    turn = Turn.objects.select_related("question", "trace").get(pk=min(left, key=_lot))
    return _asking(base, asked_from(base, [turn])[0], len(left))


def _lot(turn: UUID) -> bytes:
    return hashlib.sha256(turn.bytes).digest()


def _nearest(base: UUID, caller: Caller) -> Asking | None:
    promises = knowledge.promises_read(base)
    rows = [row for row in knowledge.answers_checked(base) if row["source"] in BY_PEOPLE]
    known, seen = {row["turn"] for row in rows}, {(row["language"], row["question"]) for row in rows}
    found: list[tuple[float, Asked]] = []
    for one in asked_of(base, caller):
        cut = one.cut(promises.of_faq(one.faq))
        is_told = bool(one.faq) and one.chance is not None and cut is not None and not one.is_certain
        if is_told and one.turn not in known and (one.language, knowledge.mask_personal(one.text)) not in seen:
            found.append((abs(one.chance - cut), one))  # type: ignore[operator]
    if not found:
        return None
    return _asking(base, min(found, key=lambda item: item[0])[1], len(found))


def _asking(base: UUID, one: Asked, num_left: int) -> Asking:
    promises = knowledge.promises_read(base)
    faq, shown = _stored(base, one)
    if one.is_direct:
        told = Message.objects.filter(turn=one.turn).exclude(sender=Message.Sender.VISITOR).order_by("created").values_list("text", flat=True)
        shown = "\n".join(told) or shown
    category = promises.category_of.get(one.faq, "")
    return Asking(one, shown, faq, category, one.cut(promises.of(category)), _before(one), num_left)


def _stored(base: UUID, one: Asked) -> tuple[str, str]:
    """(the FAQ's question, its answer) in the language of what was asked, where there are any."""
    try:
        row = knowledge.faq_read(base, one.faq)
    except LookupError:
        return one.faq, ""
    texts: Sequence[str] = row["variants"].get(one.language) or next((texts for texts in row["variants"].values() if texts), [one.faq])
    return texts[0], row["answers"].get(one.language, {}).get("text", "")


def _before(one: Asked) -> tuple[str, ...]:
    """A short reply cannot be judged without what it replies to."""
    earlier = Message.objects.filter(conversation=one.conversation, created__lt=one.at).exclude(asked=one.turn)
    earlier = earlier.exclude(sender=Message.Sender.SYSTEM)
    return tuple(reversed([message.text[:300] for message in earlier.order_by("-created")[:2]]))


# --- what people said ------------------------------------------------------------------------------------------------


def asking_judge(*, base: UUID, caller: Caller, one: Asked, source: str, verdict: Verdict, right_faq: str = "") -> None:
    """Raises LookupError for a right FAQ that is not there."""
    if verdict == "wrong" and right_faq:
        verdict = "right" if right_faq == one.faq else "other"
    knowledge.answer_check(
        base,
        {
            "turn": one.turn,
            "question": knowledge.mask_personal(one.text),
            "language": one.language,
            "faq": one.faq,
            "verdict": verdict,
            "right_faq": right_faq if verdict == "other" else "",
            "source": source,
            "chance": one.chance,
            "snapshot": one.snapshot,
            "who": caller.name,
        },
    )

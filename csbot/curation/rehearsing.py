"""What publishing would change, before it is done: a snapshot is built that answers nobody, and the last real questions are routed by it and
by the published one. Then that very snapshot is published, or thrown away.

Nothing is generated and no system of the company is called: the routes, the stored texts and the best evidence are compared.
"""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from typing import Any
from uuid import UUID

from django.db import transaction
from kombu.exceptions import OperationalError
from redis.exceptions import RedisError

from csbot.accounts.callers import Caller
from csbot.conversations import pipeline
from csbot.conversations.contracts import Decision
from csbot.conversations.history import history_of
from csbot.conversations.models import Turn
from csbot.conversations.stages import DecidingStages
from csbot.curation.models import Rehearsal
from csbot.curation.sampled import turns_of
from csbot.lib import redis
from csbot.lib.clock import now
from knowledge import facade as knowledge
from knowledge.contracts import Knowledge, Question

log = logging.getLogger(__name__)

MOST_QUESTIONS = 200
LOOKED_AT = 4000  # turns among which so many different questions are sought
AT_ONCE = 20
KEPT = 5  # of a base
SHOWN_CHARS = 300
SILENT_AFTER_S = 60
UNROUTED = ("safety", "lookup", "limit")  # what listed words, the company's systems or limits decided, no snapshot decides


# --- asked for -------------------------------------------------------------------------------------------------------


def rehearsal_start(*, caller: Caller, base: UUID) -> Rehearsal | None:
    """None where one is going on. What was built for the one before, and not published, is thrown away."""
    last = rehearsal_last(base)
    if last and last.is_going_on and not is_silent(last):
        return None
    if last and last.draft and last.state != Rehearsal.State.PUBLISHED:
        knowledge.draft_discard(base, last.draft)
    rehearsal = Rehearsal.objects.create(company_id=caller.company_id, knowledge_base_id=base, by=caller.name[:150], turns=_questions(base, caller))
    old = Rehearsal.objects.filter(knowledge_base=base).order_by("-created").values_list("pk", flat=True)[KEPT:]
    Rehearsal.objects.filter(pk__in=list(old)).delete()
    rehearsal_send(rehearsal)
    return rehearsal


def rehearsal_last(base: UUID) -> Rehearsal | None:
    return Rehearsal.objects.filter(knowledge_base=base).order_by("-created").first()


def is_silent(rehearsal: Rehearsal) -> bool:
    """Begun, not done, and nothing came for a while: a worker stopped, or none runs."""
    return rehearsal.is_going_on and (now() - rehearsal.changed).total_seconds() > SILENT_AFTER_S


def rehearsal_send(rehearsal: Rehearsal) -> None:
    """After the commit. Where the broker is away, it stands still until somebody lets it go on."""
    transaction.on_commit(partial(_send, str(rehearsal.pk)))


def _send(rehearsal_id: str) -> None:
    from csbot.curation.tasks import rehearse

    try:
        redis.connection().ping()
        rehearse.apply_async((rehearsal_id,), queue="background", retry=False)
    except (RedisError, OperationalError, OSError) as error:
        log.warning("broker not reached, rehearsal %s stands still: %s", rehearsal_id, error)


def _questions(base: UUID, caller: Caller) -> list[str]:
    """Turns of the last different questions, newest first: in the same words after the same ones counts once."""
    rows = turns_of(base, caller).filter(chip={}).exclude(reason__in=UNROUTED).order_by("-created")
    newest = list(rows.values_list("pk", "conversation", "question__text", "question__language")[:LOOKED_AT])
    before: dict[UUID, str] = defaultdict(str)
    found: dict[tuple[str, str, str], str] = {}
    for pk, conversation, text, language in reversed(newest):
        words = knowledge.normalise_for_cache(text)
        key = (language, words, before[conversation])
        found.pop(key, None)  # it counts where it was asked last
        found[key] = str(pk)
        before[conversation] = words
    return list(reversed(found.values()))[:MOST_QUESTIONS]


# --- on the background worker ----------------------------------------------------------------------------------------


def rehearsal_go_on(rehearsal_id: str) -> None:
    """From where it stands to its end. What goes wrong is kept for the page."""
    rehearsal = Rehearsal.objects.filter(pk=rehearsal_id).first()
    if rehearsal is None or not rehearsal.is_going_on:
        return
    try:
        if not rehearsal.draft:
            _build(rehearsal)
        _compare(rehearsal)
    except Exception as error:
        log.exception("rehearsal %s failed", rehearsal_id)
        _going_on(rehearsal).update(state=Rehearsal.State.FAILED, error=knowledge.error_kept(error), changed=now())


def _going_on(rehearsal: Rehearsal) -> Any:
    return Rehearsal.objects.filter(pk=rehearsal.pk, state__in=Rehearsal.GOING_ON)


def _build(rehearsal: Rehearsal) -> None:
    def told(done: int, of: int) -> None:
        _going_on(rehearsal).update(texts_done=done, texts_all=of, changed=now())

    draft = knowledge.draft_build(rehearsal.knowledge_base_id, on_progress=told)
    made: dict[str, Any] = {"draft": draft.snapshot, "draft_name": draft.name, "published": draft.published, "published_name": draft.published_name}
    made |= {"edits_until": draft.edits_until, "state": Rehearsal.State.COMPARING, "changed": now()}
    if not _going_on(rehearsal).filter(draft="").update(**made):
        log.info("rehearsal %s: another worker built it, or it was given up", rehearsal.pk)
    rehearsal.refresh_from_db()
    if not rehearsal.is_going_on and rehearsal.draft != draft.snapshot:
        knowledge.draft_discard(rehearsal.knowledge_base_id, draft.snapshot)


def _compare(rehearsal: Rehearsal) -> None:
    """A lot at a time; what another worker did meanwhile counts, and this one's is dropped."""
    if not rehearsal.is_going_on:
        return
    if rehearsal.draft == rehearsal.published:
        _going_on(rehearsal).update(state=Rehearsal.State.DONE, changed=now())
        return
    ways = knowledge.open_snapshot(rehearsal.published), knowledge.open_snapshot(rehearsal.draft)
    while rehearsal.num_done < len(rehearsal.turns):
        start = rehearsal.num_done
        lot = rehearsal.turns[start : start + AT_ONCE]
        turns = {str(turn.pk): turn for turn in Turn.objects.filter(pk__in=lot).select_related("question", "conversation__site")}
        found = [_side_by_side(turns[pk], *ways) for pk in lot if pk in turns]
        rehearsal.changes = [*rehearsal.changes, *(change for change in found if change)]
        rehearsal.num_same += sum(change is None for change in found)
        rehearsal.num_done += len(lot)
        kept = {"changes": rehearsal.changes, "num_same": rehearsal.num_same, "num_done": rehearsal.num_done, "changed": now()}
        if not _going_on(rehearsal).filter(num_done=start).update(**kept):
            return
    _going_on(rehearsal).update(state=Rehearsal.State.DONE, changed=now())


def _side_by_side(turn: Turn, published: Knowledge, draft: Knowledge) -> dict[str, Any] | None:
    """None where both do the same."""
    question = Question(turn.question.text, now(), turn.question.language, history_of(turn))  # type: ignore[arg-type]
    before, after = (_outcome(turn, question, opened) for opened in (published, draft))
    if before == after:
        return None
    asked = {"turn": str(turn.pk), "text": turn.question.text[:SHOWN_CHARS], "language": turn.question.language}
    return {**asked, "before": _short(before), "after": _short(after)}


def _outcome(turn: Turn, question: Question, opened: Knowledge) -> dict[str, Any]:
    """What the visitor would see of it. A question at which a stage falls over is one that failed; the others go on."""
    parts = DecidingStages(turn.conversation.site, opened, turn.question.language, may_cache=False)  # type: ignore[arg-type]
    # Whether the generator runs just now is no matter of a snapshot.
    stages = replace(parts.stages(), look_up=lambda _question: None, can_generate=lambda: True)
    try:
        return outcome_of(pipeline.decide(question, turn.question.language, stages))  # type: ignore[arg-type]
    except Exception as error:
        log.exception("a rehearsed question failed")
        return {"route": "failed", "faqs": [], "text": type(error).__name__}


def outcome_of(decision: Decision) -> dict[str, Any]:
    """Of what is to be generated, the best evidence stands for the text; of chips, which are offered, whatever their order."""
    if decision.route == "generate":
        best = decision.evidence[:1]
        return {"route": decision.route, "faqs": [item.id for item in best], "text": "".join(item.text for item in best)}
    if decision.route == "clarify":
        return {"route": decision.route, "faqs": sorted(option["faq"] for option in decision.options), "text": ""}
    return {"route": decision.route, "faqs": [decision.faq] if decision.faq else [], "text": decision.text}


def _short(outcome: Mapping[str, Any]) -> dict[str, Any]:
    return {**outcome, "text": outcome["text"][:SHOWN_CHARS]}


# --- and then --------------------------------------------------------------------------------------------------------


def rehearsal_publish(rehearsal: Rehearsal, *, actor: str) -> str:
    """The snapshot that was compared, without another build; empty, or in words why not."""
    if rehearsal.state != Rehearsal.State.DONE:
        return ""
    why = knowledge.draft_publish(
        rehearsal.knowledge_base_id, rehearsal.draft, instead_of=rehearsal.published, edits_until=rehearsal.edits_until, actor=actor
    )
    if not why:
        Rehearsal.objects.filter(pk=rehearsal.pk).update(state=Rehearsal.State.PUBLISHED, changed=now())
    return why


def rehearsal_leave(rehearsal: Rehearsal) -> None:
    """Nothing is published; what was built for it is thrown away, also by a worker that is still at it."""
    if Rehearsal.objects.filter(pk=rehearsal.pk).exclude(state=Rehearsal.State.PUBLISHED).update(state=Rehearsal.State.LEFT, changed=now()):
        rehearsal.refresh_from_db()
        if rehearsal.draft:
            knowledge.draft_discard(rehearsal.knowledge_base_id, rehearsal.draft)

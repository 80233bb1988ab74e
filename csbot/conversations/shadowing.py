"""Cached answers checked behind the visitor's back: one in fifty is routed anew on the `background` worker and compared.

What a check finds stands with the turn (`decision.shadow`: same or other), where the reports count it. An answer that is not given any
more is evicted, and where answers by meaning turn out wrong more often than their promise says, exact words alone count from then on.
"""

from __future__ import annotations

import logging
from dataclasses import replace
from typing import Any
from uuid import UUID

from kombu.exceptions import OperationalError
from redis.exceptions import RedisError

from csbot.celery import app
from csbot.conversations import cache, pipeline
from csbot.conversations.contracts import Decision
from csbot.conversations.decisions import decision_unpack
from csbot.conversations.models import Turn
from csbot.conversations.stages import DecidingStages
from csbot.lib import redis
from knowledge import facade as knowledge
from knowledge.contracts import Question

log = logging.getLogger(__name__)

ONE_IN = 50


def is_chosen(turn_id: UUID) -> bool:
    """The last digits of an id are chance, and the same at every try."""
    return turn_id.int % ONE_IN == 0


def check_ask(turn: Turn) -> None:
    """A check that the broker loses is not missed."""
    if not is_chosen(turn.pk):
        return
    try:
        redis.connection().ping()
        app.send_task("conversations.check_cached", args=[str(turn.pk)], queue="background", retry=False)
    except (RedisError, OperationalError, OSError) as error:
        log.info("turn %s is not checked: %s", turn.pk, error)


def cached_check(turn_id: str) -> None:
    turn = Turn.objects.select_related("question", "trace", "conversation__site").filter(pk=turn_id, state=Turn.State.DONE).first()
    if turn is None or not turn.decision.get("is_cached") or "shadow" in turn.decision:
        return
    try:
        is_right = _is_right(turn)
    except Exception:
        log.exception("turn %s is not checked", turn_id)
        return
    if is_right is None:
        return
    Turn.objects.filter(pk=turn.pk).update(decision={**turn.decision, "shadow": "same" if is_right else "other"})
    keys = cache.Keys(**turn.decision["cache"])
    if turn.trace.data.get("cache") == "meaning":
        cache.check_count(keys, is_right, holds=promise_holds)
    if not is_right:
        log.warning("turn %s: the cached answer is not given any more", turn.pk)
        cache.cache_evict(keys.exact, is_meaning_unsure=True)


def promise_holds(wrong: int, checked: int) -> bool:
    """Whether the checks leave it possible that at most one in a hundred is wrong."""
    found = knowledge.clopper_pearson(wrong, checked)
    return found is None or found[1] <= cache.MOST_WRONG


def _is_right(turn: Turn) -> bool | None:
    """None where it cannot be compared: another snapshot is live, or the generator is away."""
    site = turn.conversation.site
    opened = knowledge.open_knowledge(str(site.knowledge_base_id))
    if opened.snapshot != turn.snapshot:
        return None
    kept = decision_unpack(turn.decision)
    parts = DecidingStages(site, opened, kept.language, may_cache=False)
    stages = replace(parts.stages(), look_up=lambda _: None)  # nobody's system is called for a check
    if kept.route == "generate" and not parts.can_generate():
        return None
    question = Question(text=turn.question.text, now=turn.created, language=kept.language)
    return same_answer(kept, pipeline.decide(question, kept.language, stages))


def same_answer(kept: Decision, fresh: Decision) -> bool:
    """The same stored text, or a text that would rest on the same best evidence."""
    if kept.route != fresh.route:
        return False
    if kept.route == "answer":
        return (kept.faq, kept.text) == (fresh.faq, fresh.text)
    return _evidence(kept)[:1] == _evidence(fresh)[:1]


def _evidence(decision: Decision) -> list[tuple[Any, ...]]:
    return [(item.type, item.id, item.text) for item in decision.evidence]

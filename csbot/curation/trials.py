"""Trying many questions: each takes the way of a visitor's, by the same stages on the same worker, up to its route. Nothing is generated,
the company's own systems are not called, and nothing is told to anybody.

A few at a time, so that visitors' questions pass between them.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _
from kombu.exceptions import OperationalError
from redis.exceptions import RedisError

from csbot.accounts.callers import Caller
from csbot.accounts.models import Site
from csbot.conversations import pipeline
from csbot.conversations.stages import DecidingStages
from csbot.curation.models import Trial
from csbot.lib import redis
from csbot.lib.clock import now
from knowledge import facade as knowledge
from knowledge.contracts import Knowledge, Question

log = logging.getLogger(__name__)

AT_ONCE = 20
KEPT = 30  # of a company
NONE = "NONE"
SILENT_AFTER = timedelta(seconds=60)
Row = tuple[str, str, str]  # question, language, expected


def trial_start(*, caller: Caller, site: Site, kind: str, name: str, rows: Sequence[Row]) -> Trial:
    """`rows` without a language get the one that they are written in."""
    told = [[text, language or knowledge.detect_language(text, site.default_language), expected] for text, language, expected in rows]  # type: ignore[arg-type]
    trial = Trial.objects.create(
        company_id=caller.company_id, site=site, kind=kind, name=name[:200], rows=told, num_rows=len(told), by=caller.name[:150]
    )
    old = Trial.objects.filter(company_id=caller.company_id).order_by("-created").values_list("pk", flat=True)[KEPT:]
    Trial.objects.filter(pk__in=list(old)).delete()
    trial_send(trial)
    return trial


def trial_send(trial: Trial) -> None:
    """After the commit. Where the broker is away, the trial stands still until somebody lets it go on."""
    transaction.on_commit(partial(_send, str(trial.pk)))


def _send(trial_id: str) -> None:
    from csbot.curation.tasks import try_questions

    try:
        redis.connection().ping()  # says within a moment that the broker is away; its own client would try for seconds
        try_questions.apply_async((trial_id,), queue="answers", retry=False)
    except (RedisError, OperationalError, OSError) as error:
        log.warning("broker not reached, trial %s stands still: %s", trial_id, error)


def is_silent(trial: Trial) -> bool:
    """Begun, not done, and nothing came for a while: a worker stopped, or none runs."""
    return not trial.is_done and not trial.error and trial.changed < now() - SILENT_AFTER


def trials_of(caller: Caller, sites: Iterable[UUID]) -> Any:
    return Trial.objects.filter(company_id=caller.company_id, site__in=list(sites)).select_related("site").defer("rows", "results")


# --- on the answers worker -------------------------------------------------------------------------------------------


def trial_go_on(trial_id: str) -> None:
    """The next questions of a trial. What another worker did meanwhile counts, and this one's is dropped."""
    trial = Trial.objects.select_related("site").filter(pk=trial_id).first()
    if trial is None or trial.is_done or trial.error:
        return
    start = trial.num_done
    try:
        opened = knowledge.open_knowledge(trial.site.knowledge_base_id)
        found = [_tried(trial.site, opened, *row) for row in trial.rows[start : start + AT_ONCE]]
    except Exception as error:
        log.exception("trial %s failed", trial_id)
        Trial.objects.filter(pk=trial_id, num_done=start).update(error=type(error).__name__)
        return
    if _keep(trial, start, found, opened.snapshot) and start + len(found) < trial.num_rows:
        trial_send(trial)


@transaction.atomic
def _keep(trial: Trial, start: int, found: list[dict[str, Any]], snapshot: str) -> bool:
    done = start + len(found)
    results = [*trial.results[:start], *found]
    waiting = Trial.objects.filter(pk=trial.pk, num_done=start)
    return waiting.update(num_done=done, results=results, snapshot=snapshot, changed=now()) == 1


def _tried(site: Site, opened: Knowledge, text: str, language: str, expected: str) -> dict[str, Any]:
    """A question at which a stage falls over is one that failed; the others go on."""
    try:
        return question_try(site, opened, text, language, expected)
    except Exception as error:
        log.exception("a tried question failed")
        failed: dict[str, Any] = {"route": "failed", "reason": type(error).__name__, "faq": "", "nearest": "", "p": None, "options": []}
        return {**failed, "verdict": "wrong" if expected else ""}


def question_try(site: Site, opened: Knowledge, text: str, language: str, expected: str) -> dict[str, Any]:
    parts = DecidingStages(site, opened, language, may_cache=False)  # type: ignore[arg-type]
    question = Question(text=text, now=now(), language=language)  # type: ignore[arg-type]
    decision = pipeline.decide(question, language, replace(parts.stages(), look_up=lambda _question: None))  # type: ignore[arg-type]
    best = parts.match.best if parts.match else None
    result = {
        "route": decision.route,
        "reason": decision.reason,
        "faq": decision.faq or "",
        "nearest": best.faq if best else "",
        "p": round(best.probability, 4) if best else None,
        "options": [option["faq"] for option in decision.options],
    }
    return {**result, "verdict": verdict_of(result, expected)}


def verdict_of(result: dict[str, Any], expected: str) -> str:
    """right, wrong, or offered: asked back, with the right one among the chips. Empty where nobody said what is expected."""
    if not expected:
        return ""
    if expected == NONE:
        return "wrong" if result["faq"] else "right"
    if result["faq"]:
        return "right" if result["faq"] == expected else "wrong"
    return "offered" if result["route"] == "clarify" and expected in result["options"] else "wrong"


# --- what came of it -------------------------------------------------------------------------------------------------


def trial_as_table(trial: Trial) -> bytes:
    head = [_("question"), _("language"), _("route"), _("reason"), "FAQ", _("chance"), _("expected"), _("right?")]
    return knowledge.table_written(head, (_line(row, result) for row, result in zip(trial.rows, trial.results, strict=False)))


def _line(row: Sequence[str], result: dict[str, Any]) -> list[str]:
    question, language, expected = row
    p = "" if result["p"] is None else f"{result['p']:.4f}"
    shown = knowledge.mask_personal(question)
    return [shown, language, result["route"], result["reason"], result["faq"] or result["nearest"], p, expected, verdict_word(result["verdict"])]


def verdict_word(verdict: str) -> str:
    return {"right": _("correct"), "wrong": _("wrong"), "offered": _("offered")}.get(verdict, "")

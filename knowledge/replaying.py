"""What a trace says of intent and FAQ search, and the same again from what it kept: the question, what was said before, and its vectors.

Needs the snapshot that the trace names and no encoder. Knows the shape of these parts of a trace. Does not know turns.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from functools import lru_cache
from typing import Any

from knowledge import snapshot_files
from knowledge.contracts import Difference, Exchange, FaqMatch, IntentGuess, Question, Replayed
from knowledge.errors import KnowledgeError, in_words
from knowledge.faq.noting import NoEncoder, Noted
from knowledge.models import Snapshot
from knowledge.opened import OpenedKnowledge
from knowledge.personal.finding import mask
from knowledge.personal.kinds import MASKED

PRECISION = 1e-4  # traces keep four decimals; what lies at the edge of one may fall either way on another machine
Part = dict[str, Any]


# --- what is noted ---------------------------------------------------------------------------------------------------


def intent_traced(guess: IntentGuess) -> Part:
    return {"key": guess.key, "action": guess.action, "p": round(guess.probability, 4), "by": guess.by, **guess.trace}


def match_traced(match: FaqMatch) -> Part:
    candidates = [
        {"faq": one.faq, "p": round(one.probability, 4), "variant": one.variant, "features": dict(one.features)} for one in match.candidates
    ]
    options = [option.faq for option in match.options]
    return {"band": match.band, "reason": match.reason, "candidates": candidates, "options": options, **match.trace}


def question_noted(question: Question, vectors: Noted) -> Part:
    """What was answered before is not kept again: nothing is decided by it."""
    said = [
        {"question": one.question, "faq": one.faq, "options": list(one.options), "asked": one.asked, "about": list(one.about)}
        for one in question.history
    ]
    return {"text": question.text, "language": question.language, "now": question.now.isoformat(), "history": said, "vectors": vectors}


def _question(noted: Mapping[str, Any]) -> Question:
    said = tuple(
        Exchange(one["question"], "", one["faq"], options=tuple(one["options"]), asked=one["asked"], about=tuple(one["about"]))
        for one in noted["history"]
    )
    return Question(noted["text"], datetime.fromisoformat(noted["now"]), noted["language"], said)


# --- and done again --------------------------------------------------------------------------------------------------


def replay(trace: Mapping[str, Any], said: Iterable[str] = ()) -> Replayed:
    """Where it cannot be done again, why. `said`: what the visitor wrote, where it is still kept; traces have it without personal data."""
    try:
        return Replayed(tuple(_differences(trace, _again(trace, said))))
    except KnowledgeError as error:
        return Replayed(refusal=in_words(error))


def _again(trace: Mapping[str, Any], said: Iterable[str]) -> Part:
    noted = trace.get("replay")
    if not noted:
        raise KnowledgeError("trace_not_routed")
    if noted.get("masked"):
        noted = _with_words(noted, {mask(text): text for text in said})
    opened = _opened(str(trace.get("snapshot") or ""))
    try:
        question = _question(noted)
        opened.encoder.recall(question, noted["vectors"])
        again: Part = {}
        if "intent" in trace:
            again["intent"] = intent_traced(opened.detect_intent(question))
        if "faq" in trace:
            again["faq"] = match_traced(opened.find_faq(question))
    except (LookupError, ValueError, TypeError) as error:
        raise KnowledgeError("trace_incomplete", detail=str(error)) from error
    return again


def _with_words(noted: Mapping[str, Any], known: Mapping[str, str]) -> Part:
    """The words that were masked, from where they are kept."""

    def word(text: str) -> str:
        if text in known:
            return known[text]
        if MASKED.search(text):
            raise KnowledgeError("trace_masked")
        return text

    history = [{**one, "question": word(one["question"]), "asked": word(one["asked"])} for one in noted["history"]]
    return {**noted, "text": word(noted["text"]), "history": history}


@lru_cache(maxsize=1)
def _opened(snapshot_id: str) -> OpenedKnowledge:
    from knowledge.opening import open_parts

    snapshot = Snapshot.objects.filter(pk=snapshot_id).first()
    if snapshot is None:
        raise KnowledgeError("trace_snapshot", snapshot=snapshot_id[:12] or "–")
    folder = snapshot_files.fetch(snapshot.pk, snapshot.manifest)
    return OpenedKnowledge.over(snapshot.pk, lambda encoder: open_parts(folder, encoder), NoEncoder(snapshot.manifest["encoder"]))


# --- side by side ----------------------------------------------------------------------------------------------------


def _differences(trace: Mapping[str, Any], again: Part) -> Iterator[Difference]:
    for name in again:
        yield from _compared(name, _plain(trace[name]), _plain(again[name]))


def _plain(value: Any) -> Any:
    """As it comes back from where traces are kept."""
    return json.loads(json.dumps(value, default=str))


def _compared(where: str, was: Any, now: Any) -> Iterator[Difference]:
    if isinstance(was, dict) and isinstance(now, dict):
        for name in dict.fromkeys([*was, *now]):
            yield from _compared(f"{where}.{name}", was.get(name), now.get(name))
    elif isinstance(was, list) and isinstance(now, list) and len(was) == len(now):
        for place, (one, other) in enumerate(zip(was, now, strict=True)):
            yield from _compared(f"{where}.{place}", one, other)
    elif not (_is_same(was, now) or (isinstance(now, str) and was == mask(now))):
        yield Difference(where, was, now)


def _is_same(was: Any, now: Any) -> bool:
    numbers = [value for value in (was, now) if isinstance(value, int | float) and not isinstance(value, bool)]
    return abs(numbers[0] - numbers[1]) < 1.5 * PRECISION if len(numbers) == 2 else bool(was == now)  # noqa: PLR2004

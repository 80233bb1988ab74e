"""Published snapshots as workers use them: opened once, kept as long as somebody holds them, exchanged within a second.

Knows rows, files and the order of the parts. Does not know turns or routes.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

import numpy as np
from django.db import DatabaseError, connection
from django.utils import timezone

from knowledge import snapshot_files
from knowledge.contracts import Evidence, FaqMatch, IntentAction, IntentGuess, Language, NearestExample, Question, Sensed
from knowledge.encoding import encoder
from knowledge.errors import KnowledgeError, NothingPublished
from knowledge.faq.encoder import Encoder, Vectors
from knowledge.faq.following import joined
from knowledge.faq.normalise import detect_language
from knowledge.faq.noting import NotingEncoder
from knowledge.intent.prototypes import Prototypes, fit
from knowledge.models import KnowledgeBase, Snapshot
from knowledge.sensitive.semantic.judging import judge_of

if TYPE_CHECKING:
    from knowledge.opening import Parts

log = logging.getLogger(__name__)

POLL_S = 1.0
WATCH_S = 0.15
RETRY_S = 30.0
LEAST_TAKEN = 0.5
FITTED_AT_ONCE = 16  # sets of examples: two for each site's lookups


@dataclass(frozen=True, slots=True)
class Taken:
    """A text, and the FAQ that answers it now: its key, its phrasing that is nearest, and the chance that it is meant."""

    text: str
    language: Language
    faq: str
    variant: str
    chance: float


class OpenedKnowledge:
    """One snapshot; a turn keeps the one that it began with. A question is encoded once for all its stages."""

    def __init__(self, snapshot: str, parts: Parts, encoder: NotingEncoder) -> None:
        """`encoder`: the one that the parts use."""
        self._snapshot = snapshot
        self._parts = parts
        self.encoder = encoder
        self._faqs = {faq.key: faq for faq in parts.bank.faqs}
        self._fitting = threading.Lock()
        self._fitted: dict[tuple[tuple[str, str], ...], tuple[list[str], Prototypes]] = {}

    @classmethod
    def over(cls, snapshot: str, parts: Callable[[Encoder], Parts], encoder: Encoder) -> OpenedKnowledge:
        noting = NotingEncoder(encoder)
        return cls(snapshot, parts(noting), noting)

    @property
    def snapshot(self) -> str:
        return self._snapshot

    def detect_intent(self, question: Question) -> IntentGuess:
        self.encoder.begin(question)
        reading = self._parts.router.speller.read(question.text, question.language)
        return self._intent_of(replace(question, text=reading.text, language=reading.language))

    def _intent_of(self, question: Question) -> IntentGuess:
        language = question.language or detect_language(question.text)
        if self._parts.router.choice(question, language) is not None:
            return IntentGuess("question", IntentAction.QUESTION, 1.0, "none", trace={"why": "it names one of the offered questions"})
        intents = self._parts.intents
        guess = intents.detect(question.text, self._vector(question.text), language)
        if guess.action is IntentAction.QUESTION and (rest := intents.remainder(question.text)) != question.text:
            return intents.joined(guess, intents.detect(rest, self.encoder.encode([rest])[0], language))
        if guess.action is IntentAction.REFUSE and guess.by == "examples" and (together := joined(question)):
            in_context = intents.detect(together, self.encoder.encode([together])[0], language)
            return in_context if in_context.action is IntentAction.QUESTION else guess  # "in wine red?" after a question of ours
        return guess

    def find_faq(self, question: Question) -> FaqMatch:
        self.encoder.begin(question)
        match = self._parts.router.route(question, self._vector(question.text))
        return replace(match, holds_until=self._parts.bank.next_change(question.now))

    def sense(self, question: Question) -> Sensed | None:
        judge = judge_of(self.encoder.version)
        if judge is None:
            return None
        self.encoder.begin(question)
        return judge.sensed(self._vector(question.text)[np.newaxis])[0]

    def prepare_examples(self, examples: tuple[tuple[str, str], ...]) -> None:
        if examples:
            self._prototypes(examples)

    def nearest_example(self, examples: tuple[tuple[str, str], ...], text: str) -> NearestExample | None:
        if not examples:
            return None
        keys, prototypes = self._prototypes(examples)
        nearest = prototypes.nearest(self._vector(text))
        if nearest is None:
            return None
        lead = (nearest.similarity - nearest.background) / prototypes.spread
        return NearestExample(keys[nearest.intent], nearest.probability, lead)

    def _prototypes(self, examples: tuple[tuple[str, str], ...]) -> tuple[list[str], Prototypes]:
        """Judged against all that is a question of ours; made once for as long as the examples stay as they are."""
        with self._fitting:
            if examples not in self._fitted:
                if len(self._fitted) >= FITTED_AT_ONCE:
                    self._fitted.clear()
                self._fitted[examples] = self._fit(examples)
            return self._fitted[examples]

    def _fit(self, examples: tuple[tuple[str, str], ...]) -> tuple[list[str], Prototypes]:
        keys = list(dict.fromkeys(key for key, _ in examples))
        vectors = np.asarray(self.encoder.inner.encode([text for _, text in examples]), dtype=np.float32)
        owners = np.array([keys.index(key) for key, _ in examples], dtype=np.int64)
        return keys, fit(vectors, owners, np.arange(len(keys), dtype=np.int64), self._parts.intents.background)

    def taken_from(self, faq: str, texts: Sequence[tuple[str, Language]]) -> list[Taken]:
        """Those of the texts that another FAQ than this one is more likely than not to be meant by."""
        router = self._parts.router
        closed = frozenset(number for number, one in enumerate(router.bank.faqs) if one.key == faq or not one.is_valid_at(timezone.now()))
        found: list[Taken] = []
        for text, language in texts:
            ranked = router.rank(text, self.encoder.inner.encode([text])[0], closed, language)
            if ranked.faqs and ranked.chances.first >= LEAST_TAKEN:
                variant = router.index.variants[ranked.rows[0]].text
                found.append(Taken(text, language, router.bank.faqs[ranked.faqs[0]].key, variant, ranked.chances.first))
        return found

    def answer_of(self, faq: str, language: Language, now: datetime) -> str | None:
        row = self._faqs.get(faq)
        answer = row.answers.get(language) if row and row.is_valid_at(now) else None
        return answer.text if answer else None

    def find_evidence(self, question: Question, match: FaqMatch) -> tuple[Evidence, ...]:
        return self._parts.evidence.select(question, match, self._vector(question.text))

    def noted(self, question: Question) -> Mapping[str, Any]:
        from knowledge.replaying import question_noted

        self.encoder.begin(question)
        return question_noted(question, self.encoder.noted())

    def bare_search(self, encoder: Encoder) -> Callable[[str], object]:
        index = self._parts.router.index
        return lambda text: index.nearest(index.ask(text, encoder.encode([text])[0]), 5)

    def _vector(self, text: str) -> Vectors:
        vector: Vectors = self.encoder.encode([text])[0]
        return vector


@dataclass(slots=True)
class _Kept:
    opened: OpenedKnowledge
    checked: float


_kept: dict[str, _Kept] = {}
_lock = threading.Lock()
_watching = threading.Event()


def open_knowledge(kb_id: UUID | str) -> OpenedKnowledge:
    """The published snapshot, at most a second old. A damaged new one is logged and the last good one stays.

    Where `watch_published` runs, nobody waits for a new one to open: the one before answers until it is.
    """
    key = str(kb_id)
    kept = _kept.get(key)
    if kept and (_watching.is_set() or time.monotonic() - kept.checked < POLL_S):
        return kept.opened
    with _lock:
        kept = _kept.get(key)
        if kept and time.monotonic() - kept.checked < POLL_S:
            return kept.opened
        try:
            opened = _renewed(key, kept.opened if kept else None)
        except KnowledgeError:
            if kept is None:
                raise
            log.exception("knowledge base %s: the new snapshot is not used", key)
            opened = kept.opened
        _kept[key] = _Kept(opened, time.monotonic())
        return opened


def watch_published() -> threading.Thread:
    """Opens what is newly published beside the answering. Ends with the process; a database that is away is tried again."""
    thread = threading.Thread(target=_watch, name="published", daemon=True)
    thread.start()
    return thread


def _watch() -> None:
    refused: dict[str, tuple[str, float]] = {}
    while True:
        try:
            _renew_all(refused)
            _watching.set()
        except Exception as error:
            _watching.clear()
            connection.close()  # kept otherwise: five new ones a second would be a burden
            log.log(logging.INFO if isinstance(error, DatabaseError) else logging.ERROR, "snapshots are not watched for a moment", exc_info=True)
        time.sleep(WATCH_S)


def _renew_all(refused: dict[str, tuple[str, float]]) -> None:
    """`refused`: by base, the snapshot that could not be opened and when that was tried last."""
    published = KnowledgeBase.objects.filter(pk__in=list(_kept)).exclude(published_snapshot=None).values_list("pk", "published_snapshot")
    for pk, snapshot in published:
        key, now = str(pk), time.monotonic()
        kept = _kept.get(key)
        tried, when = refused.get(key, ("", 0.0))
        if kept is None or kept.opened.snapshot == snapshot or (tried == snapshot and now - when < RETRY_S):
            continue
        try:
            kept.opened = _renewed(key, kept.opened)
        except KnowledgeError:
            log.exception("knowledge base %s: the new snapshot is not used", key)
            refused[key] = (snapshot, now)


def open_all() -> int:
    """Every knowledge base that has something published; the number of those that are ready to answer."""
    num_ready = 0
    for kb_id in KnowledgeBase.objects.exclude(published_snapshot=None).values_list("pk", flat=True):
        open_knowledge(kb_id)
        num_ready += 1
    return num_ready


def forget() -> None:
    """For tests, whose databases roll back."""
    with _lock:
        _kept.clear()


def open_snapshot(snapshot_id: str) -> OpenedKnowledge:
    """Any snapshot, for looking at it; nobody else is answered from what is opened here."""
    for kept in list(_kept.values()):
        if kept.opened.snapshot == snapshot_id:
            return kept.opened
    snapshot = Snapshot.objects.filter(pk=snapshot_id).first()
    if snapshot is None:
        raise KnowledgeError("snapshot_unknown")
    return _opened(snapshot)


def _renewed(kb_id: str, held: OpenedKnowledge | None) -> OpenedKnowledge:
    snapshot = Snapshot.objects.filter(pk__in=KnowledgeBase.objects.filter(pk=kb_id).values("published_snapshot")).first()
    if snapshot is None:
        raise NothingPublished("nothing_published")
    if held and held.snapshot == snapshot.pk:
        return held
    return _opened(snapshot)


def _opened(snapshot: Snapshot) -> OpenedKnowledge:
    from knowledge.opening import open_parts

    if snapshot.manifest["encoder"] != encoder().version:
        raise KnowledgeError("other_encoder", number=snapshot.number)
    folder = snapshot_files.fetch(snapshot.pk, snapshot.manifest)
    return OpenedKnowledge.over(snapshot.pk, lambda shared: open_parts(folder, shared), encoder())

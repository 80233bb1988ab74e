"""Answers rows of `grounded_rows` as the product would: evidence, prompt, engine, word for word checks, ladder. No database, no site.

Knows the facades and the pipeline's second half; reads no files and scores nothing.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

from csbot.conversations import pipeline
from csbot.conversations.contracts import Decision, Ending
from csbot.conversations.grounded_rows import Reply, Row
from csbot.lib.clock import now
from inference import facade as inference
from inference.contracts import GenerationRequest, PromptEvidence, PromptInput, Usage
from knowledge import facade as knowledge
from knowledge.contracts import Evidence, Exchange, Hit, Level, Question

AnswerRow = Callable[[Row], Reply]


class NoWords:
    """The word filter of a company that has no list."""

    stopped: Level | None = None
    hits: tuple[Hit, ...] = ()

    def feed(self, piece: str) -> str:
        return piece

    def flush(self) -> str:
        return ""


@dataclass(slots=True)
class Said:
    """What the model says to one row, whole, before anything is checked."""

    pieces: list[str] = field(default_factory=list)
    finish: Any = "error"
    usage: Usage = field(default_factory=Usage)


def evidence_of(row: Row, encoder: Any, *, least: float | None = None) -> tuple[Evidence, ...]:
    history = tuple(Exchange(asked, told) for asked, told in row.history)
    return knowledge.evidence_among(row.evidence, Question(row.question, now(), row.lang, history), encoder, least=least)


def nearest(row: Row, encoder: Any) -> Reply:
    """The floor: the nearest evidence sentence, without a generator and however far it is."""
    found = evidence_of(row, encoder, least=0.0)
    return Reply(row, found[0].text if found else "", "", 4 if found else 6)


def generated(row: Row, encoder: Any, *, max_new_tokens: int) -> Reply:
    evidence = evidence_of(row, encoder)
    if not evidence:
        return Reply(row, "", "", 6)
    said = _say(row, evidence, max_new_tokens)
    decision = Decision("generate", "evidence", row.lang, evidence=evidence)
    text, ending = _shown(row, decision, said)
    raw = "".join(said.pieces)
    return Reply(row, text, raw, ending.rung, said.usage.new_tokens, said.usage.first_token_ms)


def _say(row: Row, evidence: Sequence[Evidence], max_new_tokens: int) -> Said:
    prompt = inference.build_prompt(
        PromptInput(row.question, row.lang, "", tuple(PromptEvidence(item.title, item.text) for item in evidence))
    )
    request = GenerationRequest(str(uuid4()), prompt.messages, max_new_tokens=max_new_tokens, deadline_s=120)
    handle, pieces = inference.answer_pieces(request)
    said = Said(list(pieces))
    said.finish, said.usage = handle.finish or "error", handle.usage
    return said


def _shown(row: Row, decision: Decision, said: Said) -> tuple[str, Ending]:
    """What a visitor would see as the answer: of a cut one what stood before the cut, and the quotes behind it."""
    spoken = [row.question, *(asked for asked, _ in row.history)]
    speaking = pipeline.Speaking(
        generate=lambda: said.pieces,
        finish=lambda: said.finish,
        words=NoWords(),
        claims=inference.open_grounding([item.text for item in decision.evidence], spoken, row.lang),
        is_decline=lambda text: inference.is_decline(text, row.lang) or _same_words(text, row.question),
    )
    shown, ending = _listen(pipeline.speak(decision, speaking))
    if ending.after == "quote":
        return " ".join([shown, *(quote.text for quote in ending.quotes)]).strip(), ending
    return (shown if ending.rung == 3 else ""), ending


def _same_words(text: str, question: str) -> bool:
    return knowledge.normalise_for_cache(text) == knowledge.normalise_for_cache(question)


def _listen(speech: Iterator[str]) -> tuple[str, Ending]:
    shown = ""
    while True:
        try:
            shown += next(speech)
        except StopIteration as end:
            return shown, end.value


def answer_all(rows: Iterable[Row], answer: AnswerRow, *, at_once: int, told: Callable[[int], None]) -> list[Reply]:
    """In the rows' order; `at_once` threads, as the worker has them. The first failure is raised when all have stopped."""
    rows = list(rows)
    replies: list[Reply | None] = [None] * len(rows)
    left, lock = iter(range(len(rows))), threading.Lock()
    failures: list[Exception] = []

    def work() -> None:
        while not failures:
            with lock:
                place = next(left, None)
            if place is None:
                return
            try:
                replies[place] = answer(rows[place])
            except Exception as error:  # noqa: BLE001 - carried to the caller's thread
                failures.append(error)
            told(sum(reply is not None for reply in replies))

    threads = [threading.Thread(target=work, name=f"rows-{number}") for number in range(at_once)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failures:
        raise failures[0]
    return [reply for reply in replies if reply is not None]

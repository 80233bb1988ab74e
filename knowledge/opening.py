"""A snapshot's files as working parts; also runs by itself (`python -m knowledge.opening`) to see whether folders named on its input open.

Knows the folder's layout, and what a build may take over from an earlier one. Does not know Django, rows or where the files came from.
"""

from __future__ import annotations

import contextlib
import ctypes
import gc
import json
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from knowledge.articles.evidence import EvidenceSelector, model_saved
from knowledge.bank_files import bank_read, bank_write
from knowledge.faq.bank import Bank
from knowledge.faq.earlier import Earlier
from knowledge.faq.encoder import Encoder, Vectors
from knowledge.faq.examples import background_texts
from knowledge.faq.health import HEALTH, changed_since, healths_of
from knowledge.faq.router import FaqRouter, fit_saved
from knowledge.intent.definitions import IntentDefinition, IntentError, check_together, definitions_apart
from knowledge.intent.detector import IntentDetector

MOST_QUESTIONS = 4000  # of the bank's own that the intents are held against


@dataclass(frozen=True, slots=True)
class Parts:
    bank: Bank
    intents: IntentDetector
    router: FaqRouter
    evidence: EvidenceSelector


@dataclass(frozen=True, slots=True)
class Before:
    """An earlier snapshot of the same bank, in its folder."""

    bank: Bank
    folder: Path

    def part(self, name: str) -> Earlier:
        return Earlier(self.bank, self.folder / name)


def build(bank: Bank, encoder: Encoder, folder: Path, before: Before | None = None, *, is_quick: bool = False) -> Parts:
    """Everything that is learnt from a bank, written to the folder.

    What `before` found for the same texts is taken over; `is_quick`: and all that it learnt, so that only changed texts cost anything.
    """
    with many_objects():
        return _build(bank, encoder, folder, before, is_quick=is_quick)


def _build(bank: Bank, encoder: Encoder, folder: Path, before: Before | None, *, is_quick: bool) -> Parts:
    quick = before if is_quick else None
    of_faq, of_evidence = (before.part(name) if before else None for name in ("faq", "evidence"))
    parts = Parts(
        bank,
        _intents(bank, encoder, quick),
        FaqRouter.build(bank, encoder, fit_saved(quick.folder / "faq") if quick else None, of_faq),
        EvidenceSelector.build(bank, encoder, model_saved(quick.folder / "evidence") if quick else None, of_evidence),
    )
    bank_write(bank, folder)
    _health_write(parts.router, folder, quick)
    for name, part in (("intents", parts.intents), ("faq", parts.router), ("evidence", parts.evidence)):
        (folder / name).mkdir(exist_ok=True)
        part.save(folder / name)
    return parts


def _health_write(router: FaqRouter, folder: Path, quick: Before | None) -> None:
    """Quickly, only of FAQs that are asked in other words than before."""
    known: dict[str, Any] = {}
    numbers = None
    if quick and (quick.folder / HEALTH).is_file():
        known = json.loads((quick.folder / HEALTH).read_text(encoding="utf-8"))
        numbers = changed_since(router.bank, quick.bank)
    found = known | {key: one.to_json() for key, one in healths_of(router.measure, router.fit, numbers).items()}
    told = {faq.key: found[faq.key] for faq in router.bank.faqs if faq.key in found}
    (folder / HEALTH).write_text(json.dumps(told, ensure_ascii=False, sort_keys=True), encoding="utf-8")


def open_parts(folder: Path, encoder: Encoder) -> Parts:
    with many_objects():
        bank = bank_read(folder)
        parts = Parts(
            bank,
            IntentDetector.load(folder / "intents", definitions(bank)),
            FaqRouter.open(folder / "faq", bank, encoder),
            EvidenceSelector.open(folder / "evidence", bank, encoder),
        )
    give_memory_back()
    return parts


@contextlib.contextmanager
def many_objects() -> Iterator[None]:
    """Nothing made in here is garbage: looking for it again and again would take longer than the work itself."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def give_memory_back() -> None:
    """What reading files took and set free again; where the C library is another one, it stays with the process."""
    with contextlib.suppress(AttributeError, OSError):
        ctypes.CDLL(None).malloc_trim(0)


def texts_encoded(bank: Bank) -> int:
    """About how many texts a build has to encode, for saying how far it is."""
    num_variants = sum(len(faq.variants) for faq in bank.faqs)
    num_sentences = sum(answer.text.count("。") + answer.text.count(". ") + 1 for faq in bank.faqs for answer in faq.answers.values())
    num_sentences += sum(passage.text.count("。") + passage.text.count(". ") + 1 for passage in bank.passages)
    num_examples = sum(len(texts) for intent in bank.intents for texts in (*intent.examples.values(), *intent.phrases.values()))
    return num_variants + num_sentences + num_examples + len(background_texts())


def definitions(bank: Bank) -> tuple[IntentDefinition, ...]:
    """Raises `IntentError` where an intent cannot be used. One that nothing teaches is left out."""
    rows: list[dict[str, Any]] = [
        {
            "key": intent.key,
            "action": intent.action,
            "replies": dict(intent.replies),
            "examples": {language: list(texts) for language, texts in intent.examples.items()},
            "phrases": {language: list(texts) for language, texts in intent.phrases.items()},
        }
        for intent in bank.intents
        if any(intent.examples.values()) or any(intent.phrases.values())
    ]
    return definitions_apart(rows)


def _intents(bank: Bank, encoder: Encoder, quick: Before | None) -> IntentDetector:
    """Raises `IntentError` where the intents contradict each other."""
    wanted = definitions(bank)
    check_together(wanted)
    if quick:
        try:
            return IntentDetector.load(quick.folder / "intents", wanted)
        except IntentError:  # it was taught something else meanwhile
            pass
    return IntentDetector.build(wanted, _AsLists(encoder), questions=_questions(bank))


def _questions(bank: Bank) -> list[str]:
    """All, or of a large bank those that are shown first and then others at equal distances: more cost memory and say the same."""
    shown = [variant.text for faq in bank.faqs for variant in faq.variants if variant.is_canonical]
    others = [variant.text for faq in bank.faqs for variant in faq.variants if not variant.is_canonical]
    if len(shown) >= MOST_QUESTIONS:
        return shown[:: -(-len(shown) // MOST_QUESTIONS)]
    step = max(1, -(-len(others) // (MOST_QUESTIONS - len(shown))))
    return [*shown, *others[::step]]


class _AsLists:
    """The intent detector asks for lists of questions."""

    def __init__(self, encoder: Encoder) -> None:
        self._encoder = encoder

    def encode(self, texts: list[str]) -> Vectors:
        return self._encoder.encode(texts, "query")


def _answer_each_line() -> None:
    """A folder a line in, "ok" or what is wrong out, until the input ends. What native code cannot survive ends the process instead."""
    from knowledge.faq.encoder import load_encoder

    for line in sys.stdin:
        try:
            open_parts(Path(line.rstrip("\n")), load_encoder("hash"))
            told = "ok"
        except Exception as error:  # noqa: BLE001 - whatever it is, the parent is told
            told = repr(error).replace("\n", " ")
        sys.stdout.write(told + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    _answer_each_line()

"""A snapshot's files as working parts; also runs by itself (`python -m knowledge.opening FOLDER`) to see whether they open.

Knows the folder's layout. Does not know Django, rows or where the files came from.
"""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from knowledge.articles.evidence import EvidenceSelector
from knowledge.faq.bank import Bank
from knowledge.faq.encoder import Encoder, Vectors
from knowledge.faq.router import FaqRouter
from knowledge.intent.definitions import IntentDefinition, definitions_from
from knowledge.intent.detector import IntentDetector

BANK = "bank.json"


@dataclass(frozen=True, slots=True)
class Parts:
    bank: Bank
    intents: IntentDetector
    router: FaqRouter
    evidence: EvidenceSelector


def build(bank: Bank, encoder: Encoder, folder: Path) -> Parts:
    """Everything that is learnt from a bank, written to the folder."""
    questions = [variant.text for faq in bank.faqs for variant in faq.variants]
    parts = Parts(
        bank,
        IntentDetector.build(definitions(bank), _AsLists(encoder), questions=questions),
        FaqRouter.build(bank, encoder),
        EvidenceSelector.build(bank, encoder),
    )
    (folder / BANK).write_text(json.dumps(bank.to_json(), ensure_ascii=False, sort_keys=True), encoding="utf-8")
    for name, part in (("intents", parts.intents), ("faq", parts.router), ("evidence", parts.evidence)):
        (folder / name).mkdir(exist_ok=True)
        part.save(folder / name)
    return parts


def open_parts(folder: Path, encoder: Encoder) -> Parts:
    bank = Bank.from_json(json.loads((folder / BANK).read_text(encoding="utf-8")))
    return Parts(
        bank,
        IntentDetector.load(folder / "intents", definitions(bank)),
        FaqRouter.open(folder / "faq", bank, encoder),
        EvidenceSelector.open(folder / "evidence", bank, encoder),
    )


def definitions(bank: Bank) -> tuple[IntentDefinition, ...]:
    """Raises `IntentError` where the intents contradict each other. An intent that nothing teaches is left out."""
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
    return definitions_from(rows)


class _AsLists:
    """The intent detector asks for lists of questions."""

    def __init__(self, encoder: Encoder) -> None:
        self._encoder = encoder

    def encode(self, texts: list[str]) -> Vectors:
        return self._encoder.encode(texts, "query")


if __name__ == "__main__":
    from knowledge.faq.encoder import load_encoder

    open_parts(Path(sys.argv[1]), load_encoder("hash"))

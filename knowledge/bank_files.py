"""A bank as a file: one line for the base, one for each FAQ, passage and intent, so that a large one is never in memory twice.

Knows the shape of the lines. Does not know Django or what is built from a bank.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from knowledge.faq.bank import Bank, BankAnswer, BankFaq, BankIntent, BankPassage, BankVariant, faq_of, intent_of

BANK = "bank.jsonl"
_PASSAGE = ("article", "title", "heading", "text", "language", "url", "page")


def bank_write(bank: Bank, folder: Path) -> None:
    with (folder / BANK).open("w", encoding="utf-8") as file:
        for row in _rows(bank):
            file.write(json.dumps(row, ensure_ascii=False, sort_keys=True) + "\n")


def bank_read(folder: Path) -> Bank:
    faqs: list[BankFaq] = []
    passages: list[BankPassage] = []
    intents: list[BankIntent] = []
    with (folder / BANK).open(encoding="utf-8") as file:
        head = json.loads(next(file))
        for line in file:
            row = json.loads(line)
            if "faq" in row:
                faqs.append(faq_of(row["faq"]))
            elif "passage" in row:
                passages.append(BankPassage(**row["passage"]))
            else:
                intents.append(intent_of(row["intent"]))
    promises = {name: int(promise) for name, promise in head["category_promises"].items()}
    return Bank(head["owner"], tuple(faqs), tuple(passages), tuple(intents), head["promise"], promises)


def _rows(bank: Bank) -> Iterator[dict[str, Any]]:
    yield {"owner": bank.owner, "promise": bank.promise, "category_promises": dict(bank.category_promises)}
    yield from ({"faq": _faq(faq)} for faq in bank.faqs)
    yield from ({"passage": {name: getattr(passage, name) for name in _PASSAGE}} for passage in bank.passages)
    yield from ({"intent": _intent(intent)} for intent in bank.intents)


def _faq(faq: BankFaq) -> dict[str, Any]:
    return {
        "key": faq.key,
        "variants": [_variant(variant) for variant in faq.variants],
        "answers": {language: _answer(answer) for language, answer in faq.answers.items()},
        "category": faq.category,
        "valid_from": faq.valid_from.isoformat() if faq.valid_from else None,
        "valid_until": faq.valid_until.isoformat() if faq.valid_until else None,
    }


def _variant(variant: BankVariant) -> dict[str, Any]:
    return {"text": variant.text, "language": variant.language, "is_canonical": variant.is_canonical}


def _answer(answer: BankAnswer) -> dict[str, Any]:
    return {"text": answer.text, "url": answer.url}


def _intent(intent: BankIntent) -> dict[str, Any]:
    texts = {name: {language: list(found) for language, found in getattr(intent, name).items()} for name in ("examples", "phrases")}
    return {"key": intent.key, "action": intent.action, "replies": dict(intent.replies), **texts}

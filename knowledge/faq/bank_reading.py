"""What a bank's words alone say: the exact map, the things that it tells FAQs apart by, how it spells.

Found when a snapshot is built and kept with it, because reading ten thousand texts takes seconds. Knows texts; no vectors, no chances.
"""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from knowledge.contracts import Language
from knowledge.faq.bank import Bank
from knowledge.faq.earlier import Earlier
from knowledge.faq.guards.entities import Entities
from knowledge.faq.normalise import exact_key
from knowledge.faq.spelling.said import Said
from knowledge.faq.spelling.texts import texts_of

EXACT, SAID = "exact.json", "said.json"


@dataclass(frozen=True, slots=True)
class BankReading:
    """`keys`: the exact key of every variant, in their order."""

    keys: list[str]
    entities: Entities
    said: Said

    @classmethod
    def build(cls, bank: Bank, earlier: Earlier | None = None, *, is_quick: bool = False) -> BankReading:
        """`is_quick`: things are told apart as the earlier build did, until the next whole one."""
        texts = [variant.text for faq in bank.faqs for variant in faq.variants]
        if earlier is None:
            return cls([exact_key(text) for text in texts], Entities.build(bank), Said.of(texts_of(bank)))
        old = cls.open(earlier.folder)
        known = dict(zip(earlier.texts, old.keys, strict=True))
        keys = [exact_key(text) if (key := known.get(text)) is None else key for text in texts]
        added = dict.fromkeys(text for text in texts if text not in known)
        entities = old.entities.with_words(added) if is_quick else Entities.build(bank)
        now, then = Counter(texts_of(bank)), Counter(texts_of(earlier.bank))
        return cls(keys, entities, old.said.changed((now - then).elements(), (then - now).elements()))

    def exact_map(self, bank: Bank) -> dict[tuple[Language, str], int]:
        """Texts that two FAQs share lead to neither."""
        found: dict[tuple[Language, str], int | None] = {}
        keys = iter(self.keys)
        for number, faq in enumerate(bank.faqs):
            for variant in faq.variants:
                key = (variant.language, next(keys))
                found[key] = number if found.get(key, number) == number else None
        return {key: number for key, number in found.items() if number is not None and key[1]}

    def save(self, folder: Path) -> None:
        (folder / EXACT).write_text(json.dumps(self.keys, ensure_ascii=False), encoding="utf-8")
        (folder / SAID).write_text(json.dumps(self.said.to_json(), ensure_ascii=False), encoding="utf-8")
        self.entities.save(folder)

    @classmethod
    def open(cls, folder: Path) -> BankReading:
        keys = json.loads((folder / EXACT).read_text(encoding="utf-8"))
        said = Said.from_json(json.loads((folder / SAID).read_text(encoding="utf-8")))
        return cls(keys, Entities.open(folder), said)

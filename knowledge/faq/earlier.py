"""An earlier build of the same bank, whose findings a new one takes over where the texts are the same. Knows files; no rows of any database."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from knowledge.faq.bank import Bank


@dataclass(frozen=True, slots=True)
class Earlier:
    """`folder`: where the part that asks has saved itself."""

    bank: Bank
    folder: Path

    @property
    def texts(self) -> list[str]:
        """Of the variants, in the order of the index."""
        return [variant.text for faq in self.bank.faqs for variant in faq.variants]

    @property
    def rows(self) -> list[tuple[str, str]]:
        """The FAQ's key and the text of each variant, in that order too."""
        return [(faq.key, variant.text) for faq in self.bank.faqs for variant in faq.variants]

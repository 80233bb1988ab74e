"""A knowledge base as frozen values: what a snapshot is built from and what it carries as text.

Knows FAQs, variants, answers, articles and intents. Does not know rows, vectors or how anything is matched.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from sys import intern
from typing import Any

from knowledge.contracts import Language


@dataclass(frozen=True, slots=True)
class BankVariant:
    """One way to ask; the canonical one is shown on chips."""

    text: str
    language: Language
    is_canonical: bool = False


@dataclass(frozen=True, slots=True)
class BankAnswer:
    text: str
    url: str = ""


@dataclass(frozen=True, slots=True)
class BankFaq:
    key: str
    variants: tuple[BankVariant, ...]
    answers: Mapping[Language, BankAnswer] = field(default_factory=dict)
    category: str = ""
    valid_from: datetime | None = None
    valid_until: datetime | None = None

    def is_valid_at(self, moment: datetime) -> bool:
        if self.valid_from and moment < self.valid_from:
            return False
        return not (self.valid_until and moment >= self.valid_until)

    def title(self, language: Language) -> str:
        """The canonical question in this language; without one the first in it; without any the first at all."""
        own = [variant for variant in self.variants if variant.language == language]
        for variant in own:
            if variant.is_canonical:
                return variant.text
        pool = own or self.variants
        return pool[0].text if pool else self.key


@dataclass(frozen=True, slots=True)
class BankPassage:
    """A heading's worth of an article; `page` is 0 where the article has no pages."""

    article: str
    title: str
    heading: str
    text: str
    language: Language
    url: str = ""
    page: int = 0


@dataclass(frozen=True, slots=True)
class BankIntent:
    key: str
    action: str
    replies: Mapping[Language, str] = field(default_factory=dict)
    examples: Mapping[Language, tuple[str, ...]] = field(default_factory=dict)
    phrases: Mapping[Language, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Bank:
    """`owner` is the id of the knowledge base, so that two bases with equal content have different snapshots.

    Categories that are not named in `category_promises` keep the base's promise.
    """

    owner: str
    faqs: tuple[BankFaq, ...]
    passages: tuple[BankPassage, ...] = ()
    intents: tuple[BankIntent, ...] = ()
    promise: int = 3
    category_promises: Mapping[str, int] = field(default_factory=dict)

    def next_change(self, moment: datetime) -> datetime | None:
        """When a FAQ begins or ends to be valid next."""
        moments = (at for faq in self.faqs for at in (faq.valid_from, faq.valid_until))
        return min((at for at in moments if at and at > moment), default=None)

    def promise_of(self, faq: BankFaq) -> int:
        """Of 100 direct answers with FAQs like this one at most so many are wrong."""
        return self.category_promises.get(faq.category, self.promise)


def faq_of(row: Mapping[str, Any]) -> BankFaq:
    moments = {name: datetime.fromisoformat(row[name]) if row[name] else None for name in ("valid_from", "valid_until")}
    return BankFaq(
        key=row["key"],
        variants=tuple(BankVariant(one["text"], intern(one["language"]), one["is_canonical"]) for one in row["variants"]),  # type: ignore[arg-type]
        answers={intern(language): BankAnswer(**answer) for language, answer in row["answers"].items()},  # type: ignore[misc]
        category=intern(row["category"]),
        **moments,
    )


def intent_of(row: Mapping[str, Any]) -> BankIntent:
    texts = {name: {language: tuple(values) for language, values in row[name].items()} for name in ("examples", "phrases")}
    return BankIntent(row["key"], row["action"], dict(row["replies"]), texts["examples"], texts["phrases"])

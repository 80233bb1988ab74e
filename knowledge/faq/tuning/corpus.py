"""The corpus: topics of many trades, each asked in several customers' words, in both languages. Written for this product.

`practice` domains are never trained on: publishing practises on them what finding a FAQ by a stranger's words looks like
(knowledge.faq.practice). Knows files; no vectors.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from knowledge.contracts import LANGUAGES, Language

FOLDER = Path(__file__).with_name("corpus")
# Chosen by name before anything was trained: a quarter of the domains, of all kinds.
PRACTICE = frozenset(
    {"consumer_credit", "saas_accounts", "transfers", "shipping", "returns_refunds", "hotel_booking", "smart_home", "appointments", "gym_events"}
)


@dataclass(frozen=True, slots=True)
class Topic:
    """`asked` mean the same; `others` share words with it and mean something else."""

    domain: str
    name: str
    asked: dict[Language, tuple[str, ...]]
    others: dict[Language, tuple[str, ...]]


@cache
def topics(*, practice: bool) -> tuple[Topic, ...]:
    found = [_topic(line) for path in sorted(FOLDER.glob("*.jsonl")) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]
    return tuple(topic for topic in found if (topic.domain in PRACTICE) is practice)


def _topic(line: str) -> Topic:
    row = json.loads(line)
    return Topic(
        domain=row["domain"],
        name=row["topic"],
        asked={language: tuple(row[language]) for language in LANGUAGES},
        others={language: tuple(row[f"{language}_other"]) for language in LANGUAGES},
    )

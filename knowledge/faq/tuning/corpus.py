"""The corpus: matters that customers of many trades ask about, each in several customers' words, in both languages.

Written for this product. `corpus/<domain>.txt`: a line `# name` begins a topic; `zh` and `en` lines hold ways to ask it, `!zh` and `!en`
lines hold questions that share words with it and mean something else. Practice domains are never trained on: publishing practises on
them (knowledge.faq.practice). Knows files; no vectors.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from knowledge.contracts import Language

FOLDER = Path(__file__).with_name("corpus")
# Named before anything was trained: a quarter of the domains, of all kinds.
PRACTICE = frozenset({"cards", "returns_refunds", "telecom", "web_tools"})

Texts = dict[Language, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Topic:
    """`asked` mean the same; `others` share words with it and mean something else."""

    domain: str
    name: str
    asked: Texts = field(default_factory=lambda: {"zh": (), "en": ()})
    others: Texts = field(default_factory=lambda: {"zh": (), "en": ()})

    def texts(self) -> list[str]:
        return [text for side in (self.asked, self.others) for texts in side.values() for text in texts]


@cache
def topics(*, practice: bool) -> tuple[Topic, ...]:
    found = [topic for path in sorted(FOLDER.glob("*.txt")) for topic in _read(path)]
    return tuple(topic for topic in found if (topic.domain in PRACTICE) is practice)


def _read(path: Path) -> list[Topic]:
    found: list[Topic] = []
    for line in path.read_text(encoding="utf-8").splitlines():
        mark, _, rest = line.strip().partition(" ")
        if mark == "#":
            found.append(Topic(path.stem, rest))
        elif mark:
            language: Language = "zh" if mark.endswith("zh") else "en"
            texts = found[-1].others if mark.startswith("!") else found[-1].asked
            texts[language] += tuple(text.strip() for text in rest.split("|") if text.strip())
    return found

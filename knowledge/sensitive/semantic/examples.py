"""The rows that the classifier is taught from, as texts: `rows/<kind>.<language>.txt`, all written for this product.

A line is a way to say something: [this|or that] and {slot} (rows/slots.<language>.txt) are filled by chance, `# name` begins a family.
Beside them stand the product's own texts that are harmless: phrasings of the encoder's corpus and of the banks' backgrounds. All that came
from one line, or from one trade, stays together when examples are held out. Knows texts; no vectors.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from knowledge.contracts import LANGUAGES, Language
from knowledge.faq.tuning.corpus import topics
from knowledge.sensitive.semantic.obscuring import HAN, bent

FOLDER = Path(__file__).with_name("rows")
KINDS = ("abuse", "self_harm", "clean")
SLOT = re.compile(r"\{(\w+)\}")
CHOICE = re.compile(r"\[([^\[\]]*\|[^\[\]]*)\]")
FILLINGS = 10  # of a line that can be filled in many ways
BENT = 0.15  # of the filled lines once more, bent
BESIDE = 0.15  # and once more beside a question: an insult may stand in a complaint

Slots = dict[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Example:
    """`kind` is a category, `clean` or `support`; examples of one `group` are held out together."""

    text: str
    kind: str
    language: Language
    family: str
    group: str


def examples(seed: int = 1) -> list[Example]:
    rng = random.Random(seed)  # noqa: S311 - reproducible, not secret
    found = [example for kind in KINDS for language in LANGUAGES for example in _of_rows(kind, language, rng)]
    return list({example.text: example for example in [*found, *_support(rng)]}.values())


def _of_rows(kind: str, language: Language, rng: random.Random) -> Iterator[Example]:
    slots, asked = _slots(language), _background(language)
    for family, line in lines(kind, language):
        texts = filled(line, slots, rng)
        for text in texts:
            yield Example(text, kind, language, family, line)
        yield from (Example(bent(text, rng), kind, language, family, line) for text in texts if rng.random() < BENT)
        yield from (Example(_beside(text, asked, rng), kind, language, family, line) for text in texts if rng.random() < BESIDE)


def lines(kind: str, language: Language) -> list[tuple[str, str]]:
    """(family, line) of a file of rows."""
    found, family = [], ""
    for line in (FOLDER / f"{kind}.{language}.txt").read_text(encoding="utf-8").splitlines():
        if line.startswith("# "):
            family = line[2:]
        elif line:
            found.append((family, line))
    return found


def filled(line: str, slots: Slots, rng: random.Random) -> list[str]:
    """Different ways to fill a line, at most FILLINGS; one where it has nothing to fill."""
    return list(dict.fromkeys(_filled(line, slots, rng) for _ in range(3 * FILLINGS)))[:FILLINGS]


def _filled(line: str, slots: Slots, rng: random.Random) -> str:
    while found := CHOICE.search(line):
        line = line[: found.start()] + rng.choice(found[1].split("|")) + line[found.end() :]
    return SLOT.sub(lambda slot: rng.choice(slots[slot[1]]), line).strip()


def _beside(text: str, asked: Sequence[str], rng: random.Random) -> str:
    both = [text.rstrip("。."), rng.choice(asked)]
    rng.shuffle(both)
    return ("，" if HAN.search(text) else ". ").join(both)


def _slots(language: Language) -> Slots:
    named = (line.split(": ", 1) for line in (FOLDER / f"slots.{language}.txt").read_text(encoding="utf-8").splitlines())
    return {name: tuple(words.split("|")) for name, words in named}


def _support(rng: random.Random) -> Iterator[Example]:
    """What customers of many trades ask, alone and two in one message."""
    for topic in (*topics(practice=False), *topics(practice=True)):
        for language in LANGUAGES:
            texts = [*topic.asked[language], *topic.others[language]]
            yield from (Example(text, "support", language, topic.domain, topic.domain) for text in rng.sample(texts, k=min(4, len(texts))))
            together = ("，" if language == "zh" else ". ").join(rng.sample(texts, k=2))
            yield Example(together, "support", language, topic.domain, topic.domain)
    for language in LANGUAGES:
        yield from (Example(text, "support", language, "background", f"background {text}") for text in _background(language))


def _background(language: Language) -> list[str]:
    return (FOLDER.parents[2] / "faq" / f"background.{language}.txt").read_text(encoding="utf-8").splitlines()[1:]

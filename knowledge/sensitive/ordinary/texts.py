"""Clean texts that ship with the product: what visitors ask and companies answer in many trades, in both languages.

Knows the files. The demo's texts belong to the product above; whoever has them passes them to the vetting.
"""

from __future__ import annotations

import csv
from functools import cache
from pathlib import Path

from knowledge.faq.tuning.corpus import topics

KNOWLEDGE = Path(__file__).parents[2]
LINES = ("faq/background.zh.txt", "faq/background.en.txt", "sensitive/ordinary/said.zh.txt", "sensitive/ordinary/said.en.txt")
TABLES = ("intent/background.csv", "intent/elsewhere.csv")


@cache
def ordinary_texts() -> tuple[str, ...]:
    asked = [text for practice in (False, True) for topic in topics(practice=practice) for text in topic.texts()]
    return tuple(dict.fromkeys([*_lines(), *_cells(), *asked]))


@cache
def listed(name: str) -> frozenset[str]:
    """The words of one of the files beside this one; a line that begins with # is a remark."""
    lines = (Path(__file__).parent / name).read_text(encoding="utf-8").splitlines()
    return frozenset(word for line in lines if not line.startswith("#") for part in line.split(",") if (word := part.strip()))


def _lines() -> list[str]:
    texts = [(KNOWLEDGE / name).read_text(encoding="utf-8") for name in LINES]
    return [line for text in texts for line in text.splitlines() if line and not line.startswith("#")]


def _cells() -> list[str]:
    found = []
    for name in TABLES:
        with (KNOWLEDGE / name).open(encoding="utf-8", newline="") as file:
            found += [row["text"] for row in csv.DictReader(file)]
    return found

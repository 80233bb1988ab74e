"""Lists of pairs that stand against each other, from a text file beside this module. Knows the file's form only."""

from __future__ import annotations

from pathlib import Path

from knowledge.faq.normalise import stem


def pairs_read(name: str) -> dict[str, frozenset[str]]:
    """Each word with all that stand against it; English words as the index keeps them."""
    found: dict[str, set[str]] = {}
    lines = Path(__file__).with_name(name).read_text(encoding="utf-8").splitlines()
    for pair in " ".join(line for line in lines if not line.startswith("#")).split():
        one, other = (stem(side) if side.isascii() else side for side in pair.split("/"))
        found.setdefault(one, set()).add(other)
        found.setdefault(other, set()).add(one)
    return {word: frozenset(others) for word, others in found.items()}

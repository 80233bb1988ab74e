"""The shapes in which word lists stand in JSON: words, objects, or lists of either under the name of their category.

Knows JSON. Does not know what a word, a level or a language is.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping

WORD_KEYS = ("term", "text")


def objects_of(text: str, *, by_line: bool = False) -> Iterator[Mapping[str, object]]:
    """Raises ValueError for broken JSON and TypeError for JSON that is no list of words."""
    if by_line:
        values = [json.loads(line) for line in text.splitlines() if line.strip()]
        yield from _listed(values, "")
        return
    yield from _top(json.loads(text))


def _top(value: object) -> Iterator[Mapping[str, object]]:
    if isinstance(value, list):
        yield from _listed(value, "")
    elif isinstance(value, dict) and all(isinstance(part, list) for part in value.values()):
        for category, part in value.items():
            yield from _listed(part, "" if category in ("words", "terms") else category)
    else:
        raise TypeError("no list of words")


def _listed(values: list[object], category: str) -> Iterator[Mapping[str, object]]:
    for value in values:
        if isinstance(value, str):
            yield {"term": value, "category": category}
        elif isinstance(value, dict) and any(isinstance(value.get(key), str) for key in WORD_KEYS):
            yield {"category": category, **value}
        else:
            raise TypeError("neither a word nor an object with a word")

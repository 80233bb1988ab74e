"""Postal addresses in both languages. Knows folded texts."""

from __future__ import annotations

from collections.abc import Iterator

from knowledge.personal.kinds import Found
from knowledge.personal.postal_en import english_in
from knowledge.personal.postal_zh import chinese_in


def addresses_in(text: str) -> Iterator[Found]:
    yield from (("address", *place) for place in english_in(text))
    if not text.isascii():
        yield from (("address", *place) for place in chinese_in(text))

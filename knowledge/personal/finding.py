"""Personal data in a text: what kind stands where, and the text with words in its place. The one door of this package.

Linear in the text's length: each finder reads stretches of bounded length around signs that are rare. Knows no reader but by language.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import chain

from knowledge.personal.escapes import unescaped
from knowledge.personal.folding import fold
from knowledge.personal.hosts import hosts_in, is_private
from knowledge.personal.kinds import KINDS, WORDS, Found, Kind
from knowledge.personal.mail import mails_in
from knowledge.personal.numbers import numbers_in
from knowledge.personal.phones import phones_in, spoken_in
from knowledge.personal.postal import addresses_in

_STRETCH = re.compile(r"\d(?:[ .()\-_/·+]{0,3}+\d){4,}+")
_HAN = re.compile("[\u3400-\u9fff]")
_SPOKEN_HINT = re.compile("[零〇一二三四五六七八九幺]{3}")


@dataclass(frozen=True, slots=True)
class Personal:
    """`text[start:end]` of what was written."""

    kind: Kind
    start: int
    end: int


def find(text: str) -> list[Personal]:
    """In the order of the text; no two overlap."""
    folded = fold(text)
    chosen: list[tuple[int, int, Kind]] = []
    for kind, start, end in sorted(_all(folded.text), key=lambda found: (found[1], KINDS.index(found[0]), -found[2])):
        goes_on = chosen and kind == chosen[-1][2] == "address" and start == chosen[-1][1]
        if chosen and (start < chosen[-1][1] or goes_on):
            chosen[-1] = _believed(chosen[-1], (start, end, kind))
        else:
            chosen.append((start, end, kind))
    return [Personal(kind, *folded.written(start, end)) for start, end, kind in chosen]


def _believed(one: tuple[int, int, Kind], other: tuple[int, int, Kind]) -> tuple[int, int, Kind]:
    """All that both cover; what a longer one says that holds the other, else the more certain kind."""
    kind = min(one[2], other[2], key=KINDS.index)
    if "address" in (one[2], other[2]) and kind != "email":
        kind = max(one, other, key=lambda found: found[1] - found[0])[2]
    return min(one[0], other[0]), max(one[1], other[1]), kind


def _all(text: str) -> Iterator[Found]:
    yield from mails_in(text)
    yield from hosts_in(text)
    yield from addresses_in(text)
    for stretch in _STRETCH.finditer(text):
        yield from _apart(chain(numbers_in(text, *stretch.span()), phones_in(text, *stretch.span())))
    if _SPOKEN_HINT.search(text):
        yield from spoken_in(text)


def _apart(found: Iterable[Found]) -> Iterator[Found]:
    """The more certain come first: what overlaps one of them is made of its digits."""
    taken: set[int] = set()
    for kind, start, end in found:
        if taken.isdisjoint(range(start, end)):
            taken.update(range(start, end))
            yield kind, start, end


def mask(text: str, language: str = "") -> str:
    """The text with [phone] or [电话] where one stood: in the reader's language, or in the text's own."""
    return _masked(text, find(text), language)


def mask_log(text: str) -> str:
    """For operators: addresses of private networks stay. They name their own machines, and nobody."""
    plain, places = unescaped(text)
    found = [one for one in find(plain) if one.kind != "ip" or not is_private(plain[one.start : one.end])]
    return _masked(text, [Personal(one.kind, places[one.start], places[one.end]) for one in found], "")


def _masked(text: str, found: list[Personal], language: str) -> str:
    if not found:
        return text
    words = WORDS[language or ("zh" if _HAN.search(text) else "en")]
    pieces, last = [], 0
    for one in found:
        pieces += [text[last : one.start], f"[{words[one.kind]}]"]
        last = one.end
    return "".join([*pieces, text[last:]])

"""Numbers that belong to somebody and prove themselves: bank cards (Luhn) and Chinese identity numbers (GB 11643); passports beside their word.

The two sums are ten lines; a library for them would bring six megabytes of other countries' numbers. Knows folded texts.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

from knowledge.personal.beside import is_amount, names_a_card, names_a_passport, names_a_thing, names_an_identity
from knowledge.personal.kinds import Found

_ALONE, _END = r"(?<![0-9A-Za-z])(?<!\d[.])", r"(?![0-9A-Za-z]|[.]\d)"
_GAP = r"[ \-]{0,2}"
_IDENTITY = re.compile(rf"(?<![0-9A-Za-z])[1-8]\d{{5}}{_GAP}(?:18|19|20)\d\d{_GAP}[01]\d{_GAP}[0-3]\d{_GAP}\d{{3}}{_GAP}[0-9Xx](?![0-9A-Za-z])")
_OLD_IDENTITY = re.compile(r"(?<![0-9A-Za-z])(?:[1-8]\d{14}|\d{3}-\d{2}-\d{4})(?![0-9A-Za-z])")
_CARD = re.compile(
    rf"{_ALONE}(?:(\d{{4}}(?:[ \-]{{1,2}}\d{{4}}){{3}})(?:[ \-]{{1,2}}\d{{1,3}})?|(3[47]\d\d[ \-]{{1,2}}\d{{6}}[ \-]{{1,2}}\d{{5}})"
    rf"|(\d{{6}}[ \-]{{1,2}}\d{{10,13}})|(\d{{12,19}}))(?![0-9A-Za-z]|[.\-]\d)"
)
# How cards begin, by their number of digits (ISO/IEC 7812; the 9 is of older Chinese ones).
_ISSUERS = {
    14: re.compile("30[0-5]|3[689]"),
    15: re.compile("3[47]|62|1800|2131"),
    16: re.compile("4|5|2[2-7]|35|36|6|81|9"),
    17: re.compile("62|60|5[6-8]"),
    18: re.compile("62|60|5[6-8]"),
    19: re.compile("4|5|6|81|9"),
}
_DOUBLED = str.maketrans("0123456789", "0246813579")  # each doubled, and the sum of its digits
_PASSPORT = re.compile(r"(?<![0-9A-Za-z])(?=[A-Za-z0-9]{0,8}\d{5})[A-Za-z]{0,3}\d{5,9}(?![0-9A-Za-z])")
_PROVINCES = {*range(11, 16), *range(21, 24), *range(31, 38), *range(41, 47), *range(50, 55), *range(61, 66), 71, 81, 82, 83}


def numbers_in(text: str, start: int, end: int) -> Iterator[Found]:
    """Within a stretch that begins and ends with digits."""
    yield from _identities(text, start, min(len(text), end + 3))
    yield from _cards(text, start, end)
    yield from _passports(text, max(0, start - 3), end)


def _identities(text: str, start: int, end: int) -> Iterator[Found]:
    for found in _IDENTITY.finditer(text, start, end):
        if is_identity(re.sub(r"[ \-]", "", found[0])):
            yield "id", found.start(), found.end()
    for found in _OLD_IDENTITY.finditer(text, start, end):
        if names_an_identity(text, found.start()):
            yield "id", found.start(), found.end()


def is_identity(number: str) -> bool:
    """Of a province, with a day that was, and the last sign that the others ask for."""
    if len(number) != 18 or int(number[:2]) not in _PROVINCES:
        return False
    try:
        date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError:
        return False
    total = sum(int(digit) * pow(2, 17 - place, 11) for place, digit in enumerate(number[:17]))
    return number[17].upper() == "10X98765432"[total % 11]


def _cards(text: str, start: int, end: int) -> Iterator[Found]:
    """Groups that stand behind each other may belong together in several ways: after a refusal it goes on with the next group."""
    is_told = names_a_card(text, start)
    while found := _CARD.search(text, start, end):
        where = found.start()
        if closing := _closing(text, found, is_told=is_told):
            yield "card", where, closing
        start, is_told = closing or where + len(re.match(r"\d+", found[0])[0]), False  # type: ignore[index]


def _closing(text: str, found: re.Match[str], *, is_told: bool) -> int | None:
    """Where the card ends. Of groups of four the last one may be another number (such as the code on the back)."""
    where = found.start()
    for end in [found.end(), found.end(1)] if found[1] else [found.end()]:
        number = re.sub(r"[ \-]", "", text[where:end])
        if (is_told or is_issued(number)) and is_card(number) and not names_a_thing(text, where) and not is_amount(text, where, end):
            return end
    return None


def is_card(number: str) -> bool:
    """By its sum."""
    total = sum(map(int, number[-1::-2])) + sum(map(int, number[-2::-2].translate(_DOUBLED)))
    return total % 10 == 0 and len(set(number)) > 1


def is_issued(number: str) -> bool:
    """By its length and beginning, which a word beside it ("card number") makes needless."""
    issuers = _ISSUERS.get(len(number))
    return bool(issuers and issuers.match(number))


def _passports(text: str, start: int, end: int) -> Iterator[Found]:
    for found in _PASSPORT.finditer(text, start, end):
        if names_a_passport(text, found.start()):
            yield "passport", found.start(), found.end()

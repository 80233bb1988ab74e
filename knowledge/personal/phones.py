"""Somebody's telephone number: Chinese mobiles and landlines, North American and British ones, and any with its country's code.

Which numbers there are in a country, `phonenumbers` knows (Google's numbering plans). A company's hotline is not personal: 400 and 800
in China and free or shared numbers abroad belong to whoever answers them, and customers are to read them. Knows folded texts.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import TYPE_CHECKING

from knowledge.personal.beside import asks_to_call, is_amount, names_a_thing
from knowledge.personal.kinds import Found

if TYPE_CHECKING:
    from phonenumbers import PhoneNumber

_GAP = r"[ .\-_/·]{0,3}"
_ALONE = r"(?<![0-9A-Za-z])(?<![0-9A-Za-z][.\-_/])"
_END = r"(?![0-9A-Za-z]|[.\-_/]\d)"
_CODE = r"(?:(?:\(?\+|\(?00)\s?86\)?[ \-]{0,2}|86[ \-]?)?"
_MOBILE = re.compile(
    rf"{_ALONE}{_CODE}\(?1[3-9](?:\d\)?{_GAP}\d{{4}}{_GAP}\d{{4}}|\d{_GAP}\d{{3}}{_GAP}\d{{5}}|\d\d{_GAP}\d{{3}}{_GAP}\d{{4}}"
    rf"|\d{{3}}{_GAP}\d{{3}}{_GAP}\d{{3}}){_END}"
)
_SINGLE = re.compile(rf"{_ALONE}1[ .\-_/·]{{1,2}}[3-9](?:[ .\-_/·]{{1,2}}\d){{9}}{_END}")
_HAN = "零〇一二三四五六七八九幺"
_SPOKEN = re.compile(rf"(?<![\d{_HAN}])[1一幺][3-9三四五六七八九][\d{_HAN}]{{9}}(?![\d{_HAN}])")
_LANDLINE = re.compile(rf"{_ALONE}(\(?0(?:10|2\d|[3-9]\d\d)\)?)([ \-]{{0,2}})([2-8]\d{{2,3}}[ \-]?\d{{4}})(?:\s?(?:-|转|ext\.?"
    rf"|x)\s?\d{{1,6}})?{_END}")
_AMERICAN = re.compile(rf"{_ALONE}(?:1[ .\-])?(\(?)([2-9]\d\d)\)?([ .\-]{{0,2}})(\d{{3}})([ .\-])(\d{{4}})(?:\s?(?:x|ext\.?)\s?\d{{1,6}})?{_END}")
_ABROAD = re.compile(r"(?<![0-9A-Za-z+])(?<![0-9A-Za-z][.\-])(\+|00)\s?\(?[1-9](?:[ .()\-]{0,2}\d){6,14}(?!\d)")
_NATIONAL = re.compile(rf"{_ALONE}\(?0\d{{1,5}}\)?[ \-]?\d{{3,6}}(?:[ \-]?\d{{3,4}})?{_END}")
_NEAR = re.compile(rf"{_ALONE}\d(?:[ \-]?\d){{6,10}}{_END}")
_FREE_CODES = {"400", "800", "822", "833", "844", "855", "866", "877", "880", "881", "882", "888", "900"}
_HOMES = ("GB", "CN", "TW", "HK", "AU", "SG")  # whose numbers are recognised without their code


def phones_in(text: str, start: int, end: int) -> Iterator[Found]:
    """Within a stretch that begins and ends with digits. The same number may be found in several ways."""
    for where, closing in _candidates(text, start, end):
        if where < end and not names_a_thing(text, where) and not is_amount(text, where, closing):
            yield "phone", where, closing


def spoken_in(text: str) -> Iterator[Found]:
    """A mobile number in Chinese numerals."""
    for found in _SPOKEN.finditer(text):
        if not found[0].isascii():
            yield "phone", found.start(), found.end()


def _candidates(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    begin, closing = max(0, start - 3), min(len(text), end + 10)
    yield from _shaped(text, begin, closing)
    if asks_to_call(text, start, end):  # no word stands inside a stretch
        yield from (near.span() for near in _NEAR.finditer(text, begin, closing) if _is_told(text, near))


def _is_told(text: str, near: re.Match[str]) -> bool:
    return asks_to_call(text, *near.span()) and _is_somewhere(near[0])


def _shaped(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    for pattern in (_MOBILE, _SINGLE):
        yield from (found.span() for found in pattern.finditer(text, start, end))
    yield from _abroad(text, start, end)
    for found in _LANDLINE.finditer(text, start, end):
        if "-" in found[0] or "(" in found[1] or " " in found[2] or _is_of("CN", found[0]):
            yield found.span()
    for found in _AMERICAN.finditer(text, start, end):
        if _is_american(found) or (found[2] not in _FREE_CODES and asks_to_call(text, *found.span())):
            yield found.span()
    for found in _NATIONAL.finditer(text, start, end):
        is_mobile = re.fullmatch(r"07\d{3} \d{6}|07\d{3} \d{3} \d{3}", found[0])
        if is_mobile or 9 <= sum(map(str.isdigit, found[0])) <= 12 and any(_is_of(home, found[0]) for home in _HOMES):
            yield found.span()


def _is_american(found: re.Match[str]) -> bool:
    """By its brackets or hyphens; with spaces only where the area is there, since sizes and amounts are written so too."""
    if found[2] in _FREE_CODES:
        return False
    is_shaped = bool(found[1]) or (found[3] == found[5] and found[3] in ("-", "."))
    return is_shaped or _is_of("US", found[0])


def _is_somewhere(number: str) -> bool:
    """Beside a word that says that it is a telephone number; without its area it is one of seven or eight digits."""
    digits = re.sub(r"\D", "", number)
    if (len(digits) > 8 and digits[:3] in _FREE_CODES) or digits[:2] in ("95", "96") and len(digits) <= 7:
        return False
    is_shaped = len(digits) in (7, 8) or re.fullmatch(r"1?[2-9]\d\d[2-9]\d{6}", digits)
    return bool(is_shaped) or any(_is_of(home, digits) for home in ("US", *_HOMES))


def _abroad(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """What follows a number may be taken for its end: then it is tried without its last group."""
    for found in _ABROAD.finditer(text, start, end):
        written = found[0]
        while written:
            if _is_abroad(written, is_sure=found[1] == "+" or "-" in written):
                yield found.start(), found.start() + len(written)
                break
            shorter = re.match(r"(.*\d)[ .()\-]+\d+$", written)
            written = shorter[1] if shorter else ""


def _is_abroad(written: str, *, is_sure: bool) -> bool:
    import phonenumbers

    digits = re.sub(r"\D", "", re.sub(r"\(0\)", "", written))
    try:
        number = phonenumbers.parse("+" + digits.removeprefix("00"))
    except phonenumbers.NumberParseException:
        return False
    if not (phonenumbers.is_possible_number(number) if is_sure else phonenumbers.is_valid_number(number)):
        return False
    return _is_personal(number)


@lru_cache(maxsize=4096)
def _is_of(country: str, written: str) -> bool:
    import phonenumbers

    try:
        number = phonenumbers.parse(re.split(r"转|ext|x", written)[0], country)
    except phonenumbers.NumberParseException:
        return False
    return phonenumbers.is_valid_number(number) and _is_personal(number)


def _is_personal(number: PhoneNumber) -> bool:
    import phonenumbers

    kinds = phonenumbers.PhoneNumberType
    return phonenumbers.number_type(number) not in (kinds.TOLL_FREE, kinds.PREMIUM_RATE, kinds.SHARED_COST, kinds.UAN)

"""Finds what a text claims: numbers with their units, money, dates, times, addresses, phones and identifiers.

Every claim carries keys: what it says, in a form in which two wordings of one fact are equal. Knows nothing of
streams or of what is true.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from inference.contracts import Claim
from inference.grounding.folding import fold
from inference.grounding.idioms import is_idiom
from inference.grounding.numerals import ZH_DIGITS, read_number
from inference.grounding.patterns import ANY_CLAIM
from inference.grounding.segments import MONTHS, WEEKDAYS
from inference.grounding.units import CURRENCY_SIGNS, MONEY, in_base, unit_of

Kind = Literal["number", "date", "money", "url", "email", "phone", "identifier"]
Key = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Found:
    """A claim and its keys: all of them must hold. Ranges have two, most claims one."""

    claim: Claim
    keys: tuple[Key, ...]
    numbers: tuple[str, ...] = ()  # the bare numbers in it, without their units
    stands_bare: bool = False  # nothing that could be counted follows


def find_claims(text: str, *, start: int = 0, opens_line: bool = True, is_answer: bool = True) -> Iterator[Found]:
    """The claims of `text` from `start` on, in order. An answer's idioms and list numbers are no claims."""
    plain = fold(text)
    if opens_line and (marker := _LIST_MARKER.match(plain, start)):
        start = marker.end()
    for match in ANY_CLAIM.finditer(plain, start):
        reader, kind = _READERS[str(match.lastgroup)]
        if is_answer and is_idiom(plain, match):
            continue
        keys = reader(match)
        if keys:
            shown = text[match.start() : match.end()].rstrip(" ")
            claim = Claim(match.start(), match.start() + len(shown), shown, _kind(kind, keys))
            yield Found(claim, keys, _numbers(match), bool(_NOTHING_COUNTED.match(plain, match.end())))


_LIST_MARKER = re.compile(r"[\s*#>-]*\d{1,2}[.)、](?!\d)(?=\**\s*[^\s\d*])")


_NOTHING_COUNTED = re.compile(
    r"\s*(?:$|[^\w\s\u3400-\u9fff]|[号以之内的和或至到起止]"
    r"|(?:and|or|if|to|is|are|was|were|for|in|on|at|with|from|after|when|of|by|as|per|who|which|that|may|can|will|must|should|has|have|get|gets"
    r"|got|pays?|rides?|travels?|qualify|qualifies|receives?)\b)",
    re.ASCII,
)
_NUMBER_GROUP = re.compile(r"[no]1[37]|[mdy][1-7]|h(?:8|9|10)")


def _numbers(match: re.Match[str]) -> tuple[str, ...]:
    groups = match.groupdict().items()
    return tuple(_text(read_number(value)) for name, value in groups if value is not None and _NUMBER_GROUP.fullmatch(name))


def _kind(kind: Kind, keys: tuple[Key, ...]) -> Kind:
    return "money" if kind == "number" and keys[0][0] in MONEY else kind


# --- what each pattern says ------------------------------------------------------------------------------------------


def _text(value: Decimal) -> str:
    return format(value.normalize(), "f") if value == value.to_integral() or abs(value.as_tuple().exponent) < 40 else str(value)  # type: ignore[arg-type]


def _measure(value: Decimal, unit: str | None) -> Key:
    if unit is None:
        return ("calendar_year", _text(value)) if 1900 <= value <= 2100 else ("count", _text(value))
    base, amount = in_base(value, unit)
    return base, _text(amount)


def _unit(match: re.Match[str]) -> str | None:
    return next((unit_of(name) for name, value in match.groupdict().items() if value is not None and _UNIT_GROUP.match(name)), None)


_UNIT_GROUP = re.compile(r"x\d+u\d+_")


def _read_measured(match: re.Match[str]) -> tuple[Key, ...]:
    unit = _unit(match)
    half = Decimal("0.5")
    first = read_number(match["n17"]) + (half if match["half17"] or (match["tail"] and not match["o17"]) else 0)
    keys = [_measure(first, unit)]
    if unit is not None and _ABOUT.fullmatch(match["n17"]):  # 两三天
        keys = [_measure(Decimal(ZH_DIGITS[digit]), unit) for digit in match["n17"]]
    if match["o17"]:
        keys.append(_measure(read_number(match["o17"]) + (half if match["half18"] or match["tail"] else 0), unit))
    return tuple(("ordinal", key[1]) for key in keys) if match["ordinal"] else tuple(keys)


_ABOUT = re.compile("[一二两三四五六七八九]{2}")


def _read_money(match: re.Match[str]) -> tuple[Key, ...]:
    currency = CURRENCY_SIGNS[match["sign"]]
    return tuple((currency, _text(read_number(amount))) for amount in (match["n13"], match["o13"]) if amount)


def _read_half(match: re.Match[str]) -> tuple[Key, ...]:
    return (_measure(Decimal("0.5"), _unit(match)),)


def _read_date(match: re.Match[str]) -> tuple[Key, ...]:
    groups = {name[0]: value for name, value in match.groupdict().items() if value and re.fullmatch(r"[ymdn][1-7]", name)}
    month = str(_month(groups["n"])) if "n" in groups else _text(read_number(groups["m"]))
    day = _text(read_number(groups["d"])) if "d" in groups else ""
    year = _text(read_number(groups["y"])) if "y" in groups else ""
    return (("date", year, month, day),)


def _month(name: str) -> int:
    return next(number for number, month in enumerate(MONTHS, 1) if month.startswith(name[:3]))


def _read_clock(match: re.Match[str]) -> tuple[Key, ...]:
    groups = {name.rstrip("0123456789"): value for name, value in match.groupdict().items() if value and _CLOCK_GROUP.fullmatch(name)}
    hour = read_number(groups["h"])
    if hour > 24:
        return (("count", _text(hour)),)
    minutes = int(hour) * 60 + (30 if "half" in groups else int(read_number(groups["i"])) if "i" in groups else 0)
    is_afternoon = groups.get("p") == "p" or bool(_AFTERNOON.search(match.string[max(0, match.start() - 4) : match.start()]))
    if is_afternoon and minutes < 720:
        minutes += 720
    elif groups.get("p") == "a" and minutes >= 720:
        minutes -= 720
    return (("clock", str(minutes)),)


_AFTERNOON = re.compile(r"(?:下午|晚上|傍晚|夜里|晚)\s?$")
_CLOCK_GROUP = re.compile(r"(?:h|i|p|half)(?:8|9|10)")


def _read_weekday(match: re.Match[str]) -> tuple[Key, ...]:
    if match["w12"]:
        return (("weekday", str(WEEKDAYS.index(match["w12"]) + 1)),)
    day = match["w11"]
    return (("weekday", "末"),) if day == "末" else (("weekday", "7" if day in "日天" else str(ZH_DIGITS[day])),)


def _read_percent(match: re.Match[str]) -> tuple[Key, ...]:
    value = read_number(match["n14"]) if match["n14"] else 10 * read_number(match["n15"])
    return (("percent", _text(value)),)


def _read_url(match: re.Match[str]) -> tuple[Key, ...]:
    return (("url", re.sub(r"^(?:https?://)?(?:www\.)?", "", match[0].rstrip(".,;:!?)]}'\"*、")).rstrip("/")),)


def _read_digits(match: re.Match[str]) -> tuple[Key, ...]:
    return (("digits", re.sub(r"\D", "", match[0])),)


def _read_name(match: re.Match[str]) -> tuple[Key, ...]:
    return (("name", re.sub(r"[^a-z0-9]", "", match[0])),)


_Reader = Callable[[re.Match[str]], tuple[Key, ...]]
_READERS: dict[str, tuple[_Reader, Kind]] = {
    "email": (lambda match: (("email", match[0].rstrip(".")),), "email"),
    "url": (_read_url, "url"),
    **dict.fromkeys(("date_ymd", "date_iso", "date_md", "date_en", "date_en2", "month_en", "month_zh"), (_read_date, "date")),
    "always": (lambda match: (("name", re.sub(r"[^\d]", "", match[0])[:3].replace("724", "247")),), "date"),
    **dict.fromkeys(("clock", "clock_en", "clock_zh"), (_read_clock, "date")),
    **dict.fromkeys(("weekday_zh", "weekday_en"), (_read_weekday, "date")),
    "phone": (_read_digits, "phone"),
    "version": (_read_name, "identifier"),
    "identifier": (_read_name, "identifier"),
    "money_sign": (_read_money, "money"),
    **dict.fromkeys(("percent_zh", "tenths"), (_read_percent, "number")),
    "half": (_read_half, "number"),
    "digits": (_read_digits, "identifier"),
    "number": (_read_measured, "number"),
}

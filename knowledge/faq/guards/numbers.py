"""Numbers with their units: "7 days" is neither "9 days" nor "7 hours". Knows digits and words of both languages; no FAQs."""

from __future__ import annotations

import re
from dataclasses import dataclass

from knowledge.faq.guards.wording import Wording

_UNITS = {
    "second": r"秒钟?|seconds?|secs?",
    "minute": r"分钟|minutes?|mins?",
    "hour": r"个?小时|个?钟头|hours?|hrs?",
    "day": r"个?工作日|天|日(?!元)|(?:working |business )?days?",
    "week": r"个?星期|周|个?礼拜|weeks?",
    "month": r"个?月|months?",
    "year": r"年|周年|years?|yrs?",
    "yuan": r"元|块钱?|人民币|rmb|cny|yuan",
    "dollar": r"美元|美金|刀|usd|dollars?|bucks?",
    "euro": r"欧元|eur|euros?",
    "pound": r"英镑|gbp|pounds?",
    "percent": r"%|％|个?百分点|折|percent|per cent",
    "kg": r"千克|公斤|kgs?|kilos?|kilograms?",
    "gram": r"克|grams?|g\b",
    "cm": r"厘米|cm|centimet(?:er|re)s?",
    "metre": r"米|met(?:er|re)s?|m\b",
    "km": r"公里|千米|km|kilomet(?:er|re)s?|miles?",
    "litre": r"升|lit(?:er|re)s?|l\b",
    "ml": r"毫升|ml|millilit(?:er|re)s?",
    "gb": r"g[bi]?b?\b|gigs?|gigabytes?",
    "mb": r"mb|megabytes?",
    "degree": r"度|℃|degrees?",
    "piece": r"件|个|只|张|条|双|pieces?|items?|pcs",
    "times": r"次|遍|回|times?",
    "person": r"人|位|people|persons?|guests?",
}
_SIGNS = {"¥": "yuan", "￥": "yuan", "$": "dollar", "€": "euro", "£": "pound"}
_SMALL = "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen"
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety"
_EN = {word: value for value, word in enumerate(_SMALL.split())} | {word: 20 + 10 * place for place, word in enumerate(_TENS.split())}
_EN |= {"hundred": 100, "thousand": 1000, "dozen": 12}
_ZH = {"零": 0, "〇": 0, "一": 1, "二": 2, "两": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9}
_SCALE = {"十": 10, "百": 100, "千": 1000, "万": 10_000}

_UNIT = "|".join(f"(?P<{name}>{pattern})" for name, pattern in _UNITS.items())
_DIGITS = r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?"
_WORDS = "|".join(sorted(_EN, key=len, reverse=True))
_FOUND = re.compile(
    rf"(?P<sign>[¥￥$€£])?\s?(?P<number>{_DIGITS}|\b(?:{_WORDS})\b|[{''.join(_ZH)}{''.join(_SCALE)}]+|半)(?P<scale>万|千|k\b)?[\s-]?(?:{_UNIT})?",
    re.IGNORECASE,
)
# One of them alone is a word more often than a number: 一下, 万一, one of, 十分.
_PLAIN = frozenset("一万千百半") | {"one"}
_VAGUE = re.compile(
    r"一(?:下|些|样|直|起|定|般|共|键|旦|切|点|边|步|种|同|并|致|律)|万一|十分|统一|唯一|第一|之一|单一|千万|百度"
    r"|one of|the one|this one|that one|which one|any one|no one|someone"
)


@dataclass(frozen=True, slots=True)
class Quantity:
    value: float
    unit: str  # "" where none is named

    def agrees_with(self, other: Quantity) -> bool:
        return self.value == other.value and (self.unit == other.unit or not self.unit or not other.unit)

    def __str__(self) -> str:
        return f"{self.value:g} {self.unit}".strip()


def quantities(wording: Wording) -> tuple[Quantity, ...]:
    found = []
    for match in _FOUND.finditer(_VAGUE.sub(lambda vague: " " * len(vague[0]), wording.folded)):
        named = next((name for name in _UNITS if match[name]), "")
        unit = _SIGNS.get(match["sign"] or "", named)
        if match["number"] in _PLAIN and not named:
            continue
        value = _value(match["number"].lower()) * {"万": 10_000, "千": 1000, "k": 1000}.get((match["scale"] or "").lower(), 1)
        found.append(Quantity(value, unit))
    return tuple(found)


def differing(asked: Wording, theirs: Wording, confirmed: frozenset[Quantity]) -> tuple[str, str, str] | None:
    """("number" or "unit", what the question says, what the variant says); what the FAQ says elsewhere is no difference."""
    known = quantities(theirs)
    for mine in quantities(asked):
        if any(mine.agrees_with(other) for other in (*known, *confirmed)):
            continue
        for other in known:
            if other in quantities(asked):
                continue
            if other.value == mine.value and other.unit and mine.unit and other.unit != mine.unit:
                return "unit", str(mine), str(other)
            if other.value != mine.value and (other.unit == mine.unit or not other.unit or not mine.unit):
                return "number", str(mine), str(other)
            if other.value != mine.value:
                return "unit", str(mine), str(other)
    return None


def units_exchanged(pairs: list[tuple[str, str]]) -> tuple[str, str] | None:
    """One unit of time where the variant has another: "几小时" for "几天"."""
    for mine, theirs in pairs:
        one, other = _time_unit(mine), _time_unit(theirs)
        if one and other and one != other:
            return mine, theirs
    return None


def _time_unit(text: str) -> str:
    for name in ("second", "minute", "hour", "day", "week", "month", "year"):
        if re.fullmatch(rf"(?:几|多少|哪|how many )?\s?(?:{_UNITS[name]})", text):
            return name
    return ""


def _value(number: str) -> float:
    if number == "半":
        return 0.5
    if number in _EN:
        return float(_EN[number])
    if number[0].isdigit():
        return float(number.replace(",", ""))
    return float(_chinese(number))


def _chinese(number: str) -> int:
    if not any(character in _SCALE for character in number):
        return int("".join(str(_ZH[character]) for character in number))
    total = digit = 0
    for character in number:
        if character in _ZH:
            digit = _ZH[character]
        elif character == "万":
            total, digit = (total + digit) * 10_000, 0
        else:
            total, digit = total + (digit or 1) * _SCALE[character], 0
    return total + digit

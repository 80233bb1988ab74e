"""Numbers with their units as a text names them: 7 days, 五个工作日, ¥300, half a year, 周一, how many hours.

Knows digits and words of both languages. Does not know FAQs, nor which difference matters.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

_UNITS = {
    "second": r"秒钟?|seconds?|secs?",
    "minute": r"分钟|minutes?|mins?",
    "hour": r"个?半?小时|个?钟头|hours?|hrs?",
    "day": r"个?工作日|个?自然日|天|日(?![元本])|(?:working |business |calendar )?days?",
    "week": r"个?星期(?![一二三四五六日天])|周(?![一二三四五六日天末])|个?礼拜(?![一二三四五六日天])|weeks?|wks?",
    "month": r"个月|月|months?",
    "quarter": r"个?季度?|quarters?",
    "year": r"年|周年|years?|yrs?",
    "yuan": r"元|块钱?|人民币|rmb|cny|yuan",
    "cent": r"分钱|cents?",
    "dollar": r"美元|美金|刀|usd|dollars?|bucks?",
    "euro": r"欧元|eur|euros?",
    "pound": r"英镑|gbp|pounds?",
    "yen": r"日元|jpy|yen",
    "hkd": r"港币|港元|hkd",
    "percent": r"%|％|个?百分点|percent|per cent",
    "tenths": r"折",
    "ton": r"吨|tons?|tonnes?",
    "kg": r"千克|公斤|kgs?|kilos?|kilograms?",
    "jin": r"斤",
    "gram": r"克|grams?|g\b",
    "lb": r"磅|lbs?\b",
    "ounce": r"盎司|oz\b|ounces?",
    "mm": r"毫米|mm\b|millimet(?:er|re)s?",
    "cm": r"厘米|公分|cm\b|centimet(?:er|re)s?",
    "metre": r"米|met(?:er|re)s?|m\b",
    "km": r"公里|千米|km\b|kilomet(?:er|re)s?",
    "mile": r"英里|miles?",
    "inch": r"英寸|寸|inch(?:es)?",
    "foot": r"英尺|f(?:oo|ee)t",
    "litre": r"升|lit(?:er|re)s?|l\b",
    "ml": r"毫升|ml\b|millilit(?:er|re)s?",
    "kb": r"kb\b|kilobytes?",
    "mb": r"mb\b|兆|megabytes?",
    "gb": r"gb\b|gigs?\b|gigabytes?",
    "tb": r"tb\b|terabytes?",
    "watt": r"瓦|w\b|watts?",
    "volt": r"伏|v\b|volts?",
    "degree": r"摄氏度|度|℃|°c?|degrees?",
    "clock": r"点钟?|o'clock|am\b|pm\b|a\.m\.|p\.m\.",
    "dayno": r"号",
    "age": r"岁|years? old",
    "term": r"期|instal?lments?",
    "times": r"次|遍|回|倍|times?\b|x\b",
    "person": r"个?人|位|名|people|persons?|guests?|users?",
    "piece": r"件|个|只|张|条|双|台|部|本|瓶|盒|包|箱|单|pieces?|items?|pcs|copies",
    "digit": r"位数|digits?",
    "step": r"步|级|层|floors?|stars?|星",
}
_SECONDS = {"second": 1.0, "minute": 60.0, "hour": 3600.0, "day": 86400.0, "week": 7 * 86400.0, "month": 30 * 86400.0, "quarter": 91 * 86400.0}
_SECONDS["year"] = 365 * 86400.0
_MONEY = frozenset({"yuan", "cent", "dollar", "euro", "pound", "yen", "hkd"})
_KINDS = (
    frozenset(_SECONDS),
    _MONEY,
    frozenset({"ton", "kg", "jin", "gram", "lb", "ounce"}),
    frozenset({"mm", "cm", "metre", "km", "mile", "inch", "foot"}),
    frozenset({"litre", "ml"}),
    frozenset({"kb", "mb", "gb", "tb"}),
)
_SIGNS = {"¥": "yuan", "￥": "yuan", "$": "dollar", "€": "euro", "£": "pound"}
_CLOSE = 0.02  # 6 months are half a year, 12 months a year

_SMALL = "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen"
_EN = {word: float(value) for value, word in enumerate(_SMALL.split())}
_EN |= {word: 20.0 + 10 * place for place, word in enumerate(["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"])}
_EN |= {"hundred": 100.0, "thousand": 1000.0, "dozen": 12.0, "half a": 0.5, "half an": 0.5, "a couple of": 2.0}
_RANKS = ["first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth"]
_ZH = {"零": 0, "〇": 0, "一": 1, "二": 2, "两": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9}
_SCALE = {"十": 10, "百": 100, "千": 1000, "万": 10_000}
_WEEK = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
_YEAR = ["january", "february", "march", "april", "june", "july", "august", "september", "october", "november", "december"]  # "may" may be none

_UNIT = "|".join(f"(?P<{name}>{pattern})" for name, pattern in _UNITS.items())
_TIME = "|".join(_UNITS[name] for name in _SECONDS)
_DIGITS = r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?"
_WORDS = "|".join(sorted(_EN, key=len, reverse=True))
_HAN_DIGITS = "".join(_ZH) + "".join(_SCALE)
_NAMED = re.compile(
    rf"(?P<sign>[¥￥$€£])?\s?(?:(?P<rank>第)\s?)?(?P<number>{_DIGITS}|\b(?:{_WORDS})\b|[{_HAN_DIGITS}]+|半)"
    rf"(?P<nth>st\b|nd\b|rd\b|th\b)?\s?(?P<scale>[万千亿]|k\b)?[\s-]?(?:[余多来](?![少久长大]))?(?:(?<=[a-z\s-])(?:more |full |whole )?)?(?:{_UNIT})?"
)
_ASKED = re.compile(rf"(?:好?几|多少|哪|每一?|按|包|满|当|同一?|how many |per |each |every |by the |/ ?)\s?(?:{_UNIT})")
_DAYS = re.compile(rf"(?:周|星期|礼拜)(?P<zh>[一二三四五六日天])|\b(?P<en>{'|'.join(_WEEK)})s?\b")
_MONTHS = re.compile(rf"\b(?:{'|'.join(_YEAR)})\b")
_NTH = re.compile(rf"(?<!\d )(?<!one )(?<!few )(?<!per )(?<!\ba )\b(?:{'|'.join(_RANKS)}|last)\b(?! (?:name|aid|class))")
_ADVERBS = {"hourly": "hour", "daily": "day", "weekly": "week", "monthly": "month", "quarterly": "quarter", "yearly": "year", "annual": "year"}
_ADVERBS |= {"annually": "year", "月费": "month", "年费": "year", "月租": "month", "年租": "year", "日租": "day", "月付": "month", "年付": "year"}
_RHYTHM = re.compile("|".join(rf"\b{word}\b" if word.isascii() else word for word in _ADVERBS))
_TIMES = re.compile(r"\b(?:once|twice|thrice)\b")
# A number word alone is a word more often than a number: 一下, 万一, one of, 十分.
_EDGE = re.compile(r"(?<= )([之以]?[内外前后里])")  # what stands after a number is a word of its own
_PLAIN = frozenset("一万千百半十") | {"one", "hundred", "thousand"}
_VAGUE = re.compile(
    r"一(?:下|些|样|直|起|定|般|共|键|旦|切|点(?!钟)|边|步|种|同|并|致|律|律|会儿?|方面|部分|系列)|万一|百分百|十分(?!钟)|统一|唯一|第一时间|之一|单一|千万(?!元)|百度|三方|一二|七八|八成|五折卡"
    r"|one of|the one|this one|that one|which one|any one|no one|someone|\bone another\b|\beach one\b|at once|\bsecond hand\b"
)
_COUNTERS = frozenset({"piece", "person", "step"})


@dataclass(frozen=True, slots=True)
class Quantity:
    """`value` is None where only the unit is named, as in 几天; `unit` is "" where none is."""

    value: float | None
    unit: str
    span: tuple[int, int] = field(default=(0, 0), compare=False)

    def agrees_with(self, other: Quantity) -> bool:
        if self.value is None or other.value is None:
            return self.unit == other.unit and self.value is other.value
        if self.unit in _SECONDS and other.unit in _SECONDS:
            mine, theirs = self.value * _SECONDS[self.unit], other.value * _SECONDS[other.unit]
            return abs(mine - theirs) <= _CLOSE * max(mine, theirs)
        if self.value != other.value:
            return False
        return self.unit == other.unit or not self.unit or not other.unit or (self.unit in _COUNTERS and other.unit in _COUNTERS)

    def is_of_kind(self, other: Quantity) -> bool:
        return self.unit == other.unit or any(self.unit in kind and other.unit in kind for kind in _KINDS)

    def __str__(self) -> str:
        return self.unit if self.value is None else f"{self.value:g} {self.unit}".strip()


def quantities(folded: str) -> tuple[Quantity, ...]:
    """In the order of the text; folded as the index folds it."""
    text = _VAGUE.sub(lambda vague: " " * len(vague[0]), folded)
    found: list[Quantity] = []
    for read in (_days, _ranks, _named, _asked):
        for quantity in read(text):
            found.append(quantity)
            start, end = quantity.span
            text = text[:start] + " " * (end - start) + text[end:]
    return tuple(sorted(found, key=lambda quantity: quantity.span))


def without(folded: str, found: tuple[Quantity, ...]) -> str:
    for quantity in found:
        start, end = quantity.span
        folded = folded[:start] + " " * (end - start) + folded[end:]
    return _EDGE.sub(r" \1 ", folded) if found else folded


def _days(text: str) -> list[Quantity]:
    found = []
    for match in _DAYS.finditer(text):
        place = "一二三四五六日".index(match["zh"].replace("天", "日")) if match["zh"] else _WEEK.index(match["en"])
        found.append(Quantity(float(place + 1), "weekday", match.span()))
    return found + [Quantity(float(_YEAR.index(match[0])), "monthname", match.span()) for match in _MONTHS.finditer(text)]


def _ranks(text: str) -> list[Quantity]:
    found = [Quantity(-1.0 if match[0] == "last" else float(_RANKS.index(match[0]) + 1), "nth", match.span()) for match in _NTH.finditer(text)]
    found += [Quantity(float(("once", "twice", "thrice").index(match[0]) + 1), "times", match.span()) for match in _TIMES.finditer(text)]
    return found + [Quantity(None, _ADVERBS[match[0]], match.span()) for match in _RHYTHM.finditer(text)]


def _named(text: str) -> list[Quantity]:
    found = []
    for match in _NAMED.finditer(text):
        unit = _SIGNS.get(match["sign"] or "", "") or _unit_of(match)
        if match["number"] in _PLAIN and not unit and not match["rank"]:
            continue
        if match["rank"] or match["nth"]:
            unit = f"nth {unit}".strip()
        scale = {"亿": 1e8, "万": 10_000.0, "千": 1000.0, "k": 1000.0}.get(match["scale"] or "", 1.0)
        found.append(Quantity(_value(match["number"]) * scale, unit, match.span()))
    return found


def _asked(text: str) -> list[Quantity]:
    """Units asked for or told without a number: how many hours, 每月."""
    named = [(match, _unit_of(match)) for match in _ASKED.finditer(text)]
    return [Quantity(None, unit, match.span()) for match, unit in named if any(unit in kind for kind in _KINDS)]


def _unit_of(match: re.Match[str]) -> str:
    return next((name for name in _UNITS if match[name]), "")


def _value(number: str) -> float:
    if number == "半":
        return 0.5
    if number in _EN:
        return _EN[number]
    if number[0] in _ZH or number[0] in _SCALE:
        return float(_chinese(number))
    return float(number.replace(",", ""))


def _chinese(number: str) -> int:
    if not any(character in _SCALE for character in number):
        return int("".join(str(_ZH[character]) for character in number[:15]))
    total = digit = 0
    for character in number[:15]:
        if character in _ZH:
            digit = _ZH[character]
        elif character == "万":
            total, digit = (total + digit) * 10_000, 0
        else:
            total, digit = total + (digit or 1) * _SCALE[character], 0
    return total + digit

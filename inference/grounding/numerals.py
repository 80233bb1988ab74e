"""Reads numbers as people write them: 1,000 · 1.5万 · 二十五 · 两 · thirty-five · two hundred and five.

Pure functions over text that `folding.fold` has made plain.
"""

from __future__ import annotations

import re
from decimal import Decimal

ZH_DIGITS = {"零": 0, "〇": 0, "一": 1, "二": 2, "两": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9}
ZH_SCALES = {"十": 10, "百": 100, "千": 1000, "万": 10_000, "亿": 100_000_000}
ZH_NUMERALS = "".join(ZH_DIGITS) + "".join(ZH_SCALES)

_ONES = "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen"
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety"
EN_NUMBERS = {word: number for number, word in enumerate(_ONES.split())} | {word: 20 + 10 * n for n, word in enumerate(_TENS.split())}
EN_SCALES = {"hundred": 100, "thousand": 1000, "million": 1_000_000, "billion": 1_000_000_000, "dozen": 12}

_EN_WORD = "|".join(sorted(EN_NUMBERS, key=len, reverse=True))
_EN_SCALE = "|".join(EN_SCALES)

DIGITS = r"\d{1,3}(?:,\d{3})+(?:\.\d+)?(?!\d)|\d+(?:\.\d+)?"
NUMBER = (
    rf"(?:(?:{DIGITS})(?:\s?(?:万亿|万|千万|百万|千|亿|百(?!分之)|million\b|thousand\b|billion\b))?"
    rf"|[{ZH_NUMERALS}]{{1,40}}(?:点[零〇一二三四五六七八九]+)?"
    rf"|\b(?:{_EN_WORD})(?:[\s-](?:and\s)?(?:{_EN_WORD}|{_EN_SCALE})\b)*(?![a-z]))"
)

_LEADING_DIGITS = re.compile(rf"({DIGITS})\s?(.*)", re.DOTALL)


def read_number(text: str) -> Decimal:
    """The value of what `NUMBER` matched."""
    if found := _LEADING_DIGITS.match(text):
        return Decimal(found[1].replace(",", "")) * _scale(found[2])
    if text[0] in ZH_NUMERALS:
        return _read_chinese(text)
    return Decimal(_read_english(text))


def _scale(word: str) -> int:
    if word in EN_SCALES:
        return EN_SCALES[word]
    scale = 1
    for character in word:
        scale *= ZH_SCALES[character]
    return scale


def _read_chinese(text: str) -> Decimal:
    whole, _, fraction = text.partition("点")
    value = Decimal(_read_chinese_whole(whole))
    return value + Decimal("0." + "".join(str(ZH_DIGITS[digit]) for digit in fraction)) if fraction else value


def _read_chinese_whole(text: str) -> int:
    if not any(character in ZH_SCALES for character in text):
        return int("".join(str(ZH_DIGITS[character]) for character in text))
    total = section = digit = 0
    last_scale = 1
    for character in text:
        if character in ZH_DIGITS:
            digit = ZH_DIGITS[character]
            last_scale = 1 if character in "零〇" else last_scale
            continue
        scale = ZH_SCALES[character]
        if scale >= 10_000:
            total, section = (total + section + digit) * scale, 0
        else:
            section += (digit or 1) * scale
        digit, last_scale = 0, scale
    return total + section + digit * max(1, last_scale // 10)  # 两百五 is 250


def _read_english(text: str) -> int:
    total = section = 0
    for word in re.split(r"[\s-]+", text):
        if word in EN_NUMBERS:
            section += EN_NUMBERS[word]
        elif word in EN_SCALES:
            scale = EN_SCALES[word]
            if scale >= 1000:
                total, section = total + (section or 1) * scale, 0
            else:
                section = (section or 1) * scale
    return total + section

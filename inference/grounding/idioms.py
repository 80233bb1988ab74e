"""Numbers that count nothing: 一下, 第三方, 二维码, "one of". Found by how they stand, not by a list of sentences."""

from __future__ import annotations

import re

from inference.grounding.numerals import ZH_DIGITS, ZH_NUMERALS
from inference.grounding.units import CLASSIFIERS

_WORDS = re.compile(r"万一|一一|千万|百分百|十分(?!钟)|一次性|一人一|一对一|[一两]点(?![钟整半\d])|一位|一名|半|一日|一天到晚")
_POINTS = re.compile(r"(?:以下|下列|下面|如下|这|有|几|述)$")


def is_idiom(plain: str, match: re.Match[str]) -> bool:
    """Whether an answer may say this without its standing anywhere."""
    name = match.lastgroup
    if name == "clock_zh":
        is_bare = match[0].endswith("点") and match["h10"][0] in ZH_NUMERALS
        return is_bare and (match["h10"] == "一" or bool(_POINTS.search(plain[max(0, match.start() - 2) : match.start()])))
    if name != "number":
        return False
    number, has_unit = match["n17"], bool(match["after"])
    if match["ordinal"]:
        return not has_unit and number[0] in ZH_NUMERALS
    if number[0] in ZH_NUMERALS:
        return _is_chinese_idiom(plain, match, number, has_unit=has_unit)
    return number == "one" and (not has_unit or match[0].startswith("one-time"))


def _is_chinese_idiom(plain: str, match: re.Match[str], number: str, *, has_unit: bool) -> bool:
    if _WORDS.match(plain, match.start()):
        return True
    if has_unit or match["o17"] or match["half17"]:
        return False
    if len(number) > 1 and not set(number) <= set("百千万亿"):
        return False
    counts = plain[match.end() : match.end() + 1]
    return number == "一" or number not in ZH_DIGITS or not counts or counts not in CLASSIFIERS

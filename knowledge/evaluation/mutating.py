"""The changes that make another question of one: every way to make each, as plain edits of the text. Knows words; no bank."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence

from knowledge.contracts import Language
from knowledge.evaluation.mutation_words import (
    EN_ANTONYMS,
    EN_AUXILIARY,
    EN_DAYS,
    EN_NUMBERS,
    EN_SIDES,
    EN_UNITS,
    ZH_ANTONYMS,
    ZH_ASKERS,
    ZH_DAYS,
    ZH_NEGATED,
    ZH_NUMBERS,
    ZH_SIDES,
    ZH_UNITS,
)

_AB = re.compile(r"(\w)[不没]\1|有没有|可不可以|是不是|(?<=\w)[不没](?=[\s?？,，。]|$)")  # asks either way already
_ZH_NO = re.compile(r"没有|无法|不|没|未")
_ZH_YES = {"没有": "有", "无法": "能", "未": "已经"}
_AUXILIARY = re.compile(rf"\b({EN_AUXILIARY})\b(\s+(?:i|we|you|it|they|he|she|my \w+|the \w+|this|that|there)\b)?", re.IGNORECASE)
_EN_NO = re.compile(r"\b(?:can't|cannot|won't|don't|doesn't|didn't|isn't|aren't|haven't|hasn't|not|never|without|unable to)\b", re.IGNORECASE)
_EN_YES = {"can't": "can", "cannot": "can", "won't": "will", "without": "with", "unable to": "able to", "never": "always", "not": ""}
_ZH_DIGIT = re.compile(rf"(?:(?<![一-龥])|(?<=[满第前后买等过]))[{ZH_NUMBERS}](?=个|天|年|月|周|次|元|张|件|人|小时|分钟)")
_COUNTED = r"(?:(?<=\d)|(?<=\d )|(?<=many )|(?<=few )|(?<=per )|(?<=each )|(?<=one )|(?<=two )|(?<=three ))"
_NEGATABLE = frozenset({"v", "vn"})


def negations(text: str, language: Language) -> list[str]:
    """A no put in, or taken out."""
    return list(_zh_negations(text) if language == "zh" else _en_negations(text))


def antonyms(text: str, language: Language) -> list[str]:
    return list(_exchanges(text, ZH_ANTONYMS if language == "zh" else EN_ANTONYMS))


def sides(text: str, language: Language) -> list[str]:
    """The other side of the deal, or the same two the other way round."""
    return [*_exchanges(text, ZH_SIDES if language == "zh" else EN_SIDES), *_turns(text, language)]


def numbers(text: str, language: Language) -> list[str]:
    found = [_put(text, match, changed) for match in re.finditer(r"\d+", text) for changed in _other_numbers(match[0])]
    if language == "zh":
        places = [match for match in _ZH_DIGIT.finditer(text) if match[0] in ZH_NUMBERS]
        return found + [_put(text, match, other) for match in places for other in ZH_NUMBERS if other != match[0]]
    words = re.finditer(rf"\b(?:{'|'.join(EN_NUMBERS)})\b", text, re.IGNORECASE)
    return found + [_put(text, match, other) for match in words for other in EN_NUMBERS if other != match[0].lower()]


def units(text: str, language: Language) -> list[str]:
    return list(_zh_units(text) if language == "zh" else _en_units(text))


CHANGES: dict[str, Callable[[str, Language], Sequence[str]]] = {
    "negation": negations,
    "antonym": antonyms,
    "number": numbers,
    "unit": units,
    "role": sides,
}


# --- negation --------------------------------------------------------------------------------------------------------


def _zh_negations(text: str) -> Iterator[str]:
    fixed = [match.span() for match in _AB.finditer(text)]
    for match in _ZH_NO.finditer(text):
        if not _within(match, fixed):
            yield _put(text, match, _ZH_YES.get(match[0], ""))
    if _ZH_NO.search(_AB.sub("", text)):
        return
    for plain, negated in ZH_NEGATED:
        for match in re.finditer(plain, text):
            if not _within(match, fixed):
                yield _put(text, match, negated)
    for asker in ZH_ASKERS:
        if asker in text and not text.endswith(asker):
            yield text.replace(asker, asker + "不", 1)
    yield from _before_verbs(text)


def _before_verbs(text: str) -> Iterator[str]:
    import rjieba

    place = 0
    for word, kind in rjieba.tag(text):
        if kind in _NEGATABLE and len(word) >= 2 and not re.search(r"[不没无未]", word):
            yield text[:place] + "不" + text[place:]
        place += len(word)


def _en_negations(text: str) -> Iterator[str]:
    for match in _EN_NO.finditer(text):
        plain = _EN_YES.get(match[0].lower(), match[0].lower().removesuffix("n't"))
        yield " ".join(_put(text, match, plain).split())
    if _EN_NO.search(text):
        return
    for match in list(_AUXILIARY.finditer(text))[:3]:
        yield text[: match.end()] + " not" + text[match.end() :]
    for match in re.finditer(r"\b(I|we|they|you) (?=want|need|have|get|use|see|know|like)", text, re.IGNORECASE):
        yield text[: match.end()] + "don't " + text[match.end() :]
    for match in re.finditer(r"\bto (?=[a-z]{3,})", text):
        yield text[: match.start()] + "not " + text[match.start() :]


# --- opposites and sides ---------------------------------------------------------------------------------------------


def _exchanges(text: str, pairs: Sequence[tuple[str, str]]) -> Iterator[str]:
    for pair in pairs:
        for one, other in (pair, pair[::-1]):
            match = re.search(rf"\b{one}\b" if one.isascii() else one, text, re.IGNORECASE)
            if match and (one.isascii() or _is_word(text, match)):
                yield _put(text, match, other)


def _is_word(text: str, match: re.Match[str]) -> bool:
    """Only where the dictionary cuts it off: 前 is none in 目前, 个人 is none in 三个人."""
    import rjieba

    place = 0
    for word in rjieba.cut(text):
        if place == match.start():
            return bool(word == match[0]) and not re.search(r"[\d一二三四五六七八九十两几多]$", text[:place])
        place += len(word)
    return False


_WAYS: dict[Language, tuple[re.Pattern[str], ...]] = {
    "zh": (
        re.compile(
            r"(?<=从)(?P<one>[^从到转换给，,。？?]{1,8}?)(?P<mid>转账到|转到|换成|寄到|提到|转入|到|换到|转去)(?P<other>[^，,。？?吗呢怎么要需]{1,8})"
        ),
        re.compile(
            r"(?P<one>我|对方|朋友|别人|买家|卖家|他|商家|公司)(?P<mid>给|向|帮|替|被|转给|欠)(?P<other>我|对方|朋友|别人|买家|卖家|他|商家|公司)"
        ),
    ),
    "en": (
        re.compile(r"(?<=from )(?P<one>(?:my |the |an? )?\w+(?: \w+)?)(?P<mid> (?:in)?to )(?P<other>(?:my |the |an? )?\w+)", re.IGNORECASE),
        re.compile(r"\b(?P<one>\w+)(?P<mid> to )(?P<other>\w+)(?= (?:transfer|conversion|switch|converter|migration))", re.IGNORECASE),
    ),
}


def _turns(text: str, language: Language) -> Iterator[str]:
    for way in _WAYS[language]:
        if match := way.search(text):
            yield _put(text, match, match["other"] + match["mid"] + match["one"])


# --- numbers and units -----------------------------------------------------------------------------------------------


def _other_numbers(number: str) -> list[str]:
    value = int(number[:15])
    return [str(other) for other in (value + 1, value + 2, value * 2, value * 3 + 1, max(value - 1, 1)) if other != value]


def _zh_units(text: str) -> Iterator[str]:
    for kind in ZH_UNITS:
        for unit in kind:
            place = re.search(rf"(?<=[\d一二两三四五六七八九十百千万半几少每]){unit}(?!卡|级|下|后付)", text)
            if place:
                yield from (_put(text, place, other) for other in kind if other != unit)
    yield from _days(text, ZH_DAYS)


def _en_units(text: str) -> Iterator[str]:
    for kind in EN_UNITS:
        for unit in kind:
            place = re.search(rf"{_COUNTED}{unit}(s?)\b", text, re.IGNORECASE)
            if place:
                yield from (_put(text, place, other + place[1]) for other in kind if other != unit)
    yield from _days(text, EN_DAYS)


def _days(text: str, days: Sequence[str]) -> Iterator[str]:
    for day in days:
        if place := re.search(day, text, re.IGNORECASE):
            yield from (_put(text, place, other) for other in days if other != day)


def _put(text: str, match: re.Match[str], other: str) -> str:
    return text[: match.start()] + other + text[match.end() :]


def _within(match: re.Match[str], spans: Sequence[tuple[int, int]]) -> bool:
    return any(start <= match.start() < end for start, end in spans)

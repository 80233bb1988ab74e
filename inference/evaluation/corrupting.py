"""Answers made wrong by rule, with what they should have rested on: what the support score is fitted on.

Takes questions with evidence and gold answers; every draw comes from the generator that it is given. Knows no scores.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from inference.grounding.clauses import plain_of
from inference.grounding.passages import units_of

_DIGITS = re.compile(r"\d+")
_NUMBER = re.compile(r"\d+(?:[.,:]\d+)*")
_SENTENCE = re.compile(r"[^。！？!?；\n]*?(?:[。！？!?；\n]+|\.(?=\s|$)|$)")


@dataclass(frozen=True, slots=True)
class Asked:
    """A question that its evidence answers."""

    doc: str
    lang: str
    evidence: tuple[str, ...]
    question: str
    answer: str
    style: str = "sentence"


@dataclass(frozen=True, slots=True)
class Example:
    """An answer to judge. `doc` says which examples may not be parted by a split."""

    asked: Asked
    evidence: tuple[str, ...]
    answer: str
    is_supported: bool
    kind: str


def examples_of(rows: Sequence[Asked], seed: int, made_up: Mapping[tuple[str, str], Sequence[str]] | None = None) -> Iterator[Example]:
    """Each row as it is, and as often as it can be made wrong in each way. `made_up`: by document and question what a model said."""
    draw = random.Random(seed)
    told = dict(made_up or {})
    by_lang = {lang: [row for row in rows if row.lang == lang] for lang in {row.lang for row in rows}}
    for row in rows:
        other = draw.choice(by_lang[row.lang])
        yield Example(row, row.evidence, row.answer, True, "original")
        if opened := _opened(row, draw):
            yield Example(row, row.evidence, opened, True, "opened")
        for said in told.pop((row.doc, row.question), ()):
            yield Example(row, row.evidence, said, False, "made_up")
        if changed := number_changed(row, draw):
            yield Example(row, row.evidence, changed, False, "number_changed")
        yield from _quoted(row, draw)
        if turned := turned_round(row, draw):
            yield Example(row, row.evidence, turned, False, "turned_round")
        for swapped in numbers_from_evidence(row, draw, most=3):
            yield Example(row, row.evidence, swapped, False, "number_from_evidence")
        if other.doc != row.doc:
            yield from _mixed(row, other, draw)
            yield Example(row, other.evidence, row.answer, False, "evidence_swapped")
        if (left := evidence_removed(row)) is not None:
            yield Example(row, left, row.answer, False, "evidence_removed")


def number_changed(row: Asked, draw: random.Random) -> str | None:
    """One digit of one number altered, to a number that nothing given has."""
    found = list(_DIGITS.finditer(row.answer))
    if not found:
        return None
    given = {number for text in (*row.evidence, row.question) for number in _DIGITS.findall(text)}
    place = draw.choice(found)
    at = draw.randrange(len(place[0]))
    digits = [digit for digit in "0123456789" if digit != place[0][at] and not (at == 0 and digit == "0")]
    draw.shuffle(digits)
    for digit in digits:
        number = place[0][:at] + digit + place[0][at + 1 :]
        if number not in given:
            return row.answer[: place.start()] + number + row.answer[place.end() :]
    return None


def numbers_from_evidence(row: Asked, draw: random.Random, *, most: int) -> list[str]:
    """One number replaced by another number of the evidence, mostly of about its length."""
    own = _NUMBER.findall(row.answer)
    others = sorted({number for text in row.evidence for number in _NUMBER.findall(text)} - {*own, *_NUMBER.findall(row.question)})
    if not own or not others:
        return []
    found = []
    for _ in range(most):
        place = draw.choice(list(_NUMBER.finditer(row.answer)))
        alike = [number for number in others if abs(len(number) - len(place[0])) <= 1]
        other = draw.choice(alike if alike and draw.random() < 0.5 else others)
        found.append(row.answer[: place.start()] + other + row.answer[place.end() :])
    return list(dict.fromkeys(found))


_QUOTED = range(12, 160)  # characters
_CLAUSE = re.compile(r"(?<=[，；;])|(?<=,)(?=\s)")


def _quoted(row: Asked, draw: random.Random) -> Iterator[Example]:
    """A sentence with numbers as the evidence has it, or some of its clauses; and the same with a number from elsewhere in the evidence."""
    parts = [part.strip() for text in row.evidence for part in _SENTENCE.findall(text)]
    parts = [part for part in parts if len(part) in _QUOTED and _NUMBER.search(part)]
    if not parts:
        return
    clauses = _CLAUSE.split(draw.choice(parts))
    start = draw.randrange(len(clauses)) if draw.random() < 0.5 else 0
    quote = "".join(clauses[start : start + draw.randint(1, len(clauses))]).strip("，；;, ")
    yield Example(row, row.evidence, quote, True, "quoted")
    for swapped in numbers_from_evidence(replace(row, answer=quote), draw, most=1):
        if all(swapped not in text for text in row.evidence):
            yield Example(row, row.evidence, swapped, False, "quoted_otherwise")


_TURNS = {
    "zh": (
        ("不可以", "可以"), ("不能", "可以"), ("没有", "有"), ("不是", "是"), ("不会", "会"), ("不用", "要"), ("无需", "需要"),
        ("不需要", "需要"), ("无", "有"),
    ),
    "en": (
        (" is not ", " is "), (" are not ", " are "), (" was not ", " was "), (" cannot ", " can "), (" can not ", " can "), (" will not ", " will "),
        (" do not ", " "), (" does not ", " "), (" doesn't ", " "), (" don't ", " "), (" isn't ", " is "), (" can't ", " can "),
        (" must not ", " must "), (" has no ", " has a "), (" have no ", " have "), (" there is no ", " there is "), (" without ", " with "),
    ),
}  # fmt: skip


def turned_round(row: Asked, draw: random.Random) -> str | None:
    """One clause denied that was affirmed, or the other way round; only of answers long enough to be read as a statement."""
    if len(row.answer) < (8 if row.lang == "zh" else 20):
        return None
    found = []
    for denied, affirmed in _TURNS.get(row.lang, _TURNS["en"]):
        if denied in row.answer:
            found.append(row.answer.replace(denied, affirmed, 1))
        elif affirmed.strip() and affirmed in row.answer:
            found.append(row.answer.replace(affirmed, denied, 1))
    return draw.choice(found) if found else None


def evidence_removed(row: Asked) -> tuple[str, ...] | None:
    """Without the sentences or fields that share most with the answer; None where nothing would be left or it still stands there."""
    wanted = {unit.text for unit in units_of(plain_of(row.answer))} - {unit.text for unit in units_of(plain_of(row.question))}
    wanted = wanted or {unit.text for unit in units_of(plain_of(row.answer))}
    parts = [[part for part in _SENTENCE.findall(text) if part] for text in row.evidence]
    shared = {
        (number, place): len(wanted & {unit.text for unit in units_of(plain_of(part))})
        for number, own in enumerate(parts)
        for place, part in enumerate(own)
    }
    most = max(shared.values(), default=0)
    if not most:
        return None
    gone = {key for key, count in shared.items() if count > most / 2}
    left = tuple("".join(part for place, part in enumerate(own) if (number, place) not in gone) for number, own in enumerate(parts))
    kept = tuple(text for text in left if text.strip())
    return kept if kept and row.answer.strip(" 。.") not in "\n".join(kept) else None


def _mixed(row: Asked, other: Asked, draw: random.Random) -> Iterator[Example]:
    """What a model makes up beside what it read: talk of its own, foreign words behind the answer, a foreign word within it."""
    yield Example(row, row.evidence, other.question, False, "talk")
    joint = {"zh": "，"}.get(row.lang, draw.choice((", and ", ". ", ". I think ", ", but ")))
    yield Example(row, row.evidence, f"{row.answer.rstrip('。.')}{joint}{other.answer}", False, "added")
    own, foreign = units_of(plain_of(row.answer)), units_of(plain_of(other.answer))
    given = {unit.text for text in (*row.evidence, row.question) for unit in units_of(plain_of(text))}
    here = [unit for unit in own if unit.text in given and not unit.text[0].isdigit()]
    there = [unit for unit in foreign if unit.text not in given and not unit.text[0].isdigit()]
    if not here or not there:
        return
    word, new = draw.choice(here), draw.choice(there)
    end, new_end = _end(row.answer, word.at), _end(other.answer, new.at)
    yield Example(row, row.evidence, row.answer[: word.at] + other.answer[new.at : new_end] + row.answer[end:], False, "word_replaced")


def _end(text: str, start: int) -> int:
    """Of an English word its end, of Chinese two characters."""
    if text[start] > "z":
        return min(len(text), start + 2)
    found = re.compile(r"[A-Za-z'-]+").match(text, start)
    return found.end() if found else start + 1


_OPENINGS = {
    "zh": ("根据资料，", "您好，", "好的，", "是的，", "这个是", "据介绍，"),
    "en": ("Yes, ", "Sure, ", "According to the information, ", "It is ", "The answer is ", "Hello, "),
}


def _opened(row: Asked, draw: random.Random) -> str | None:
    """As people begin an answer; a span becomes a sentence."""
    if draw.random() < 0.5:
        return None
    opening = draw.choice(_OPENINGS.get(row.lang, _OPENINGS["en"]))
    closing = "" if row.answer.endswith(("。", ".", "！", "!", "？", "?")) else {"zh": "。"}.get(row.lang, ".")
    return f"{opening}{row.answer}{closing}"

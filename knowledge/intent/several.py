"""The questions of a message that asks several: "how long is delivery, and what does it cost?"

Conservative: what belongs to one matter stays together, a statement stays with the question after it. A later part that speaks of "it"
takes the subject of the part before. Knows words; no intents, no FAQs.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from knowledge.intent.asking import asks, is_aside, leans_on_the_last, opens_a_question, plain, repeats, without_opener
from knowledge.intent.subjects import carried

MOST = 6  # a message with more questions than that is a story
MOST_CUTS = 40  # so is one with more places where a question could end
LONGEST = 2000

_NUMBERS = re.compile(
    r"(?:^|(?<=[\s,，;；。.!！?？:：]))(?:[(（]?(?P<digit>[1-9一二三四五六])(?:[)）、．：:]|\.(?!\d))|第(?P<ordinal>[一二三四五六])(?:个问题|个|点)?[,，、:：是]?"
    r"|(?P<ring>[①②③④⑤⑥])|(?P<word>first(?:ly)?|second(?:ly)?|third(?:ly)?)\s?[,:])[\s,，:：]*"
    r"|(?:^|(?<=\n))(?:(?P<line>[1-9])(?=\s)|(?P<bullet>[-*•·]))\s+",
)
_COUNT = {sign: number for row in ("123456789", "一二三四五六", "①②③④⑤⑥") for number, sign in enumerate(row, 1)}
_COUNT |= {"first": 1, "firstly": 1, "second": 2, "secondly": 2, "third": 3, "thirdly": 3}

_PREFACE = re.compile(
    r"^(?:(?:hi|hello|hey|你好|您好)(?: there| all| everyone)?[\s,，!！。.]*)?"
    r"(?:(?:我|想|就|还|请问|要|这边|问|请教|咨询)*有?(?:两|2|几|三|3|二|四|4)(?:个?(?:小)?问题|件事情?)(?:想?(?:问|请教|咨询)(?:一下|下|你|您)*)?"
    r"|(?:i have |i've got |i got |just )?(?:two|2|a few|some|three|3|four|4|a couple of|quick|several) "
    r"(?:quick |more |short |other )?(?:questions?|things)(?: for you| to ask)?)[\s:：,，.。!！\-–—]+"
)
_HARD = re.compile(r"[?？]+[!！?？\s]*")
_TURN_WORDS = (
    r"另外|还有一个问题|还有就是|还有|再问(?:一下|下|个)?|再请教(?:一下)?|顺便(?:再)?(?:问|请教)(?:一下|下|问)?|顺便|对了|以及|然后"
    r"|(?:and |oh |oh and )?(?:also|another question|second question|by the way|btw|one more thing|one other thing|plus)\b(?: is)?"
)
_SOFT = re.compile(
    rf"(?:(?<=[.。!！])|(?<![\s,，;；、…~～—-])(?=[\s,，;；、…~～—-]))[\s,，;；、…~～—-]*(?:{_TURN_WORDS})[\s,，:：]*|(?:顺便(?:再)?问一下|顺便(?:再)?问下)[,，:：]?"
    r"|(?:[,，]|(?<!\s))\s+(?:and|oh and)\s+|[;；\n、,，~～…]\s*|(?<=[。!！])\s*(?=.)|(?<=\.)\s+|(?<=[\u3400-\u9fff])\s+(?=[\u3400-\u9fff])",
)


@dataclass(frozen=True, slots=True)
class _Cut:
    """Where a part may end and the next begin. A hard one needs no proof that the next part asks something."""

    start: int
    end: int
    is_hard: bool


def questions_in(text: str) -> tuple[str, ...]:
    """One where it asks one; parts keep their spelling and their order."""
    if len(text) > LONGEST:
        return (text,)
    folded = plain(text)
    start = preface.end() if (preface := _PREFACE.match(folded)) else 0
    if len(_cuts(folded, start, len(folded))) > MOST_CUTS:
        return (text,)
    found = _listed(folded, start) or list(_parts(folded, start, len(folded)))
    parts = [part for begin, end in found if (part := _tidy(text[begin + without_opener(folded[begin:end]) : end]))]
    return carried(parts) if 2 <= len(parts) <= MOST else (text,)


def _listed(folded: str, start: int) -> list[tuple[int, int]]:
    """Items that the visitor numbered are matters of their own, whatever their form; each may hold several still."""
    marks = _rising(_NUMBERS.finditer(folded, start))
    if len(marks) < 2:
        return []
    borders = [*(mark.start() for mark in marks[1:]), len(folded)]
    items = [(mark.end(), border) for mark, border in zip(marks, borders, strict=True)]
    if asks(folded[start : marks[0].start()]):
        items.insert(0, (start, marks[0].start()))
    elif folded[start : marks[0].start()].strip(" :：,，\n"):
        items[0] = (start, items[0][1])
    return [part for begin, end in items for part in (list(_parts(folded, begin, end)) or [(begin, end)])]


def _rising(found: Iterable[re.Match[str]]) -> list[re.Match[str]]:
    """1, 2, 3 in one kind of sign, or bullets; other numbers count something."""
    marks: list[re.Match[str]] = []
    for mark in found:
        kind = mark.lastgroup or ""
        if marks and marks[0].lastgroup != kind:
            continue
        if kind == "bullet" or _COUNT[mark[kind]] == len(marks) + 1:
            marks.append(mark)
    return marks


def _parts(folded: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Spans that each ask something; statements go with the question after them, the last ones with the question before."""
    spans: list[tuple[int, int]] = []
    cuts = _cuts(folded, start, end)
    for number, cut in enumerate(cuts):
        left = folded[start : cut.start]
        following = cuts[number + 1].start if number + 1 < len(cuts) else end
        if not _is_border(left, folded[cut.end : following], folded[cut.end : end], cut, folded[slice(*spans[-1])] if spans else ""):
            continue
        spans.append((start, cut.start))
        start = cut.end
    rest = folded[start:end]
    before = folded[slice(*spans[-1])] if spans else ""
    if spans and (not asks(rest) or is_aside(rest) or leans_on_the_last(rest) or repeats(rest, before)):
        spans[-1] = (spans[-1][0], end)
    elif rest.strip():
        spans.append((start, end))
    yield from spans


def _is_border(left: str, clause: str, rest: str, cut: _Cut, before: str) -> bool:
    """Whether `left` is a question of its own and what follows is another. `clause` is what follows up to the next cut."""
    if not asks(left) or is_aside(left) or (before and repeats(left, before)):
        return False
    if leans_on_the_last(rest) or repeats(clause, left):
        return False
    return cut.is_hard or (opens_a_question(clause) and not is_aside(clause))


def _cuts(folded: str, start: int, end: int) -> list[_Cut]:
    hard = [_Cut(mark.end(), mark.end(), is_hard=True) for mark in _HARD.finditer(folded, start, end) if mark.end() < end and _ends(mark)]
    soft = [_Cut(mark.start(), mark.end(), is_hard=False) for mark in _SOFT.finditer(folded, start, end) if start < mark.start() and mark.end() < end]
    taken = [cut.start for cut in hard]
    return sorted([*hard, *(cut for cut in soft if not any(cut.start <= place <= cut.end for place in taken))], key=lambda cut: cut.start)


def _ends(mark: re.Match[str]) -> bool:
    """A sign inside an address ("/a?b=c") ends nothing."""
    return mark[0] != "?" or not mark.string[mark.end() : mark.end() + 1].isascii()


def _tidy(part: str) -> str:
    return part.strip(" ,，;；、\n\t-")

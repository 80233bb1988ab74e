"""The rules of reading once more, one word and one place at a time: slow, obvious, the yardstick of the scanner.

A reading is a way to lay a word over a text. All readings are written down first and judged afterwards, rule by rule.
Only tests and evaluations use it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import accumulate, groupby, pairwise, takewhile

from knowledge.contracts import Hit
from knowledge.sensitive.characters import CHARACTERS, Edge, Kind, edge_of
from knowledge.sensitive.scanner import FEW, LEET, MAX_GAP, MAX_RUN, MAX_SPAN, MIN_STRETCH, PLAIN, SHORT, Found, most_gaps, plain_way
from knowledge.sensitive.terms import MOST_CUT_OFF, Words
from knowledge.sensitive.verdicts import standing_hits


@dataclass(frozen=True, slots=True)
class Item:
    """One visible symbol of a text."""

    symbol: str
    letters: str
    kind: Kind
    edge: Edge
    place: int


@dataclass(frozen=True, slots=True)
class Step:
    """One item read as one symbol; `slot` counts the symbols of the word, and stays for a repeated one."""

    item: int
    slot: int
    symbol: str
    way: int


Reading = tuple[Step, ...]


def visible(text: str) -> list[Item]:
    items = []
    for place, char in enumerate(text):
        entry = CHARACTERS[char]
        if entry.kind is not Kind.DROP:
            items += [Item(symbol, entry.letters, entry.kind, entry.edge, place) for symbol in entry.symbols or " "]
    return items


def find_slowly(text: str, words: Words) -> list[Hit]:
    items = visible(text)
    found = []
    for form, term in words.whole.items():
        for first in range(len(items)):
            near = [item for item in items if item.place < items[first].place + MAX_SPAN]
            for reading in readings(near, first, form):
                if is_word(near, reading, form, words):
                    found.append(Found(items[first].place, near[reading[-1].item].place + 1, term))
    return standing_hits(found, allowed_spans(text, words))


def allowed_spans(text: str, words: Words) -> list[tuple[int, int]]:
    return [
        (start, end)
        for start in range(len(text))
        for end in range(start + 1, len(text) + 1)
        if fold_literal_exactly(text[start:end]) in words.allowed
    ]


def fold_literal_exactly(text: str) -> str:
    return "".join(CHARACTERS[char].literal for char in text)


def readings(items: list[Item], first: int, form: str) -> Iterator[Reading]:
    """Every way to lay the word over the items from `first` on."""
    slots = form.replace(" ", "")

    def go_on(done: Reading, item: int) -> Iterator[Reading]:
        slot = done[-1].slot + 1 if done else 0
        if slot == len(slots):
            yield done
        for here in range(item, min(item + MAX_GAP + 1, len(items)) if done else item + 1):
            if slot < len(slots):
                for way in ways(items[here], slots[slot]):
                    yield from go_on((*done, Step(here, slot, slots[slot], way)), here + 1)
            # A repeated symbol stands right beside the one that it repeats.
            if done and here == item and ways(items[here], done[-1].symbol)[:1] == [0]:
                yield from go_on((*done, Step(here, done[-1].slot, done[-1].symbol, 0)), here + 1)
            if items[here].kind not in (Kind.GAP, Kind.SPACE):
                return

    yield from go_on((), first)


def ways(item: Item, symbol: str) -> list[int]:
    result = [plain_way(symbol, item.edge)] if item.kind is Kind.WORD and item.symbol == symbol else []
    return result + [LEET] * (symbol in item.letters)


def is_word(items: list[Item], reading: Reading, form: str, words: Words) -> bool:
    return (
        is_read_one_way(items, reading)
        and has_settled_runs(reading, form, form in words.doubled)
        and has_few_gaps(reading, form)
        and has_whole_pieces(items, reading, form)
        and has_borders(items, reading, form)
        and is_no_part_number(items, reading, form)
    )


def is_read_one_way(items: list[Item], reading: Reading) -> bool:
    """Digits and ambiguous signs are either all letters or all themselves."""
    used = {step.way for step in reading if step.way}
    taken = {step.item for step in reading}
    between = range(reading[0].item, reading[-1].item)
    if any(items[item].letters for item in between if item not in taken):
        used.add(PLAIN)
    return len(used) <= 1


def has_settled_runs(reading: Reading, form: str, may_be_doubled: bool) -> bool:
    """A run has the word's own length or is plainly stretched; no word is stretched at an end in Han, a long Latin one may be doubled."""
    slot = 0
    for part in form.split(" "):
        for symbol, group in groupby(part):
            own = len(list(group))
            steps = [step for step in reading if slot <= step.slot < slot + own]
            extra = len(steps) - own
            real = len(list(takewhile(lambda step: step.way != LEET, reversed(steps))))
            is_last = slot + own == len(form.replace(" ", ""))
            # Repeats follow the run, so they share its last slot.
            if extra and is_last and edge_of(symbol) is not Edge.LETTER:
                return False
            if extra and real < MIN_STRETCH and not may_be_doubled:
                return False
            if extra and slot == 0 and edge_of(symbol) is Edge.NONE and len(steps) > MAX_RUN:
                return False
            if any(step.slot != slot + min(count, own - 1) for count, step in enumerate(steps)):
                return False
            slot += own
    return True


def has_few_gaps(reading: Reading, form: str) -> bool:
    lengths = [place + 1 for place, symbol in enumerate(form) if symbol != " "]
    gaps = list(accumulate(after.item - before.item - 1 for before, after in pairwise(reading)))
    return all(count <= most_gaps(lengths[before.slot]) for before, count in zip(reading, gaps, strict=False))


def has_whole_pieces(items: list[Item], reading: Reading, form: str) -> bool:
    """Where a space parts Latin letters inside one word, one of the pieces beside it is a single letter that is no word itself.

    Behind a longer piece it is one of the word's last letters.
    """
    starts_word = {len(form[:at].replace(" ", "")) for at, char in enumerate(form) if char == " "}
    pieces: list[list[Step]] = [[reading[0]]]
    gaps: list[bool] = []
    for before, after in pairwise(reading):
        latin = edge_of(before.symbol) is Edge.LETTER and edge_of(after.symbol) is Edge.LETTER
        new_word = after.slot in starts_word and after.slot != before.slot
        spaced = any(items[item].kind is Kind.SPACE for item in range(before.item + 1, after.item))
        if new_word or not latin or after.item - before.item > 1:
            gaps.append(spaced and latin and not new_word)
            pieces.append([after])
        else:
            pieces[-1].append(after)
    return all(not is_spaced or may_part(pieces[at], pieces[at + 1], form) for at, is_spaced in enumerate(gaps))


def may_part(left: list[Step], right: list[Step], form: str) -> bool:
    if len(left) == 1:
        return len(right) == 1 or left[0].symbol not in "ai"
    return len(right) == 1 and right[0].symbol not in "ai" and letters_from(right[0].slot, form) <= MOST_CUT_OFF


def letters_from(slot: int, form: str) -> int:
    """How many letters the word, not the phrase, still has at this symbol."""
    place = [at for at, symbol in enumerate(form) if symbol != " "][slot]
    return len(list(takewhile(lambda symbol: edge_of(symbol) is Edge.LETTER, form[place:])))


def has_borders(items: list[Item], reading: Reading, form: str) -> bool:
    first, last = reading[0], reading[-1]
    before = items[first.item - 1].edge if first.item else Edge.NONE
    after = items[last.item + 1].edge if last.item + 1 < len(items) else Edge.NONE
    begins, ends = edge_of(first.symbol), edge_of(last.symbol)
    if (begins and begins is before) or (ends and ends is after):
        return False
    if len(form) >= SHORT:
        return True
    return not (begins is Edge.LETTER and before is Edge.DIGIT) and not (ends is Edge.LETTER and after is Edge.DIGIT)


def is_no_part_number(items: list[Item], reading: Reading, form: str) -> bool:
    if not any(step.way == LEET for step in reading):
        return True
    letters = sum(step.way != LEET for step in reading)
    digits = sum(step.way == LEET and items[step.item].kind is Kind.WORD for step in reading)
    is_latin = all(edge_of(symbol) is Edge.LETTER for symbol in form.replace(" ", ""))
    is_close = sum(after.item - before.item - 1 for before, after in pairwise(reading)) <= form.count(" ")
    return is_latin and letters >= (FEW if is_close else max(FEW, digits)) and not (digits and len(form) < SHORT)

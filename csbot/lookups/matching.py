"""Which lookup a message asks for, and the values that it names. Plain values; knows no rows, no network.

A message asks for a lookup when it names its values and what it says beside them is about as near to the examples as to any FAQ (or it says
nothing else), or when it speaks like the examples clearly. "I want to return order A1002" names a value and is a FAQ's question all the
same. How near it is, the knowledge's own judge says, with every FAQ's phrasings as the other side.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import regex

from csbot.lookups.checking import MATCH_TIMEOUT_S, is_modest
from knowledge.contracts import NearestExample

# Without the values, against the examples without theirs. Chosen on 32 sentences of our own about the demo's orders, half of them FAQs'
# questions with a number in them: 31 fall on their side.
LEAST_LEAD = -1.35
# "and when will it come?" after an answer says little and leans on it. Of 36 such of our own 31 lie above, of 41 that ask something else none.
LEAST_LEAD_AFTER_ANSWER = -1.9
LEAST_WITHOUT = 0.6
MOST_BESIDE = 2  # letters or signs that may stand beside a value that is said alone: "是A1001吧"


@dataclass(frozen=True, slots=True)
class Judge:
    """`spoken` compares with the examples as they are said, `bare` with what is left of them without their values."""

    spoken: Callable[[str], NearestExample | None]
    bare: Callable[[str], NearestExample | None]


@dataclass(frozen=True, slots=True)
class SlotShape:
    name: str
    pattern: str
    sample: str


@dataclass(frozen=True, slots=True)
class Shape:
    """What matching needs to know of a lookup."""

    key: str
    slots: tuple[SlotShape, ...]
    examples: tuple[str, ...]

    def spoken_examples(self) -> tuple[str, ...]:
        """Examples as somebody would say them: with values in their places."""
        samples = {slot.name: slot.sample for slot in self.slots}
        return tuple(dict.fromkeys(regex.sub(r"\{(\w+)\}", lambda place: samples.get(place[1], place[0]), example) for example in self.examples))

    def bare_examples(self) -> tuple[str, ...]:
        found = (" ".join(regex.sub(r"\{\w+\}", " ", example).split()) for example in self.examples)
        return tuple(dict.fromkeys(example for example in found if example))


@dataclass(frozen=True, slots=True)
class Wish:
    key: str
    values: Mapping[str, str]
    lead: float | None  # None where no judge was asked


def values_in(text: str, slots: Sequence[SlotShape]) -> dict[str, str]:
    """The first value of each slot; part of a longer word or number is none."""
    found: dict[str, str] = {}
    for slot in slots:
        if not is_modest(slot.pattern):
            continue
        try:
            match = regex.search(rf"(?<![A-Za-z0-9])(?:{slot.pattern})(?![A-Za-z0-9])", text, flags=regex.IGNORECASE, timeout=MATCH_TIMEOUT_S)
        except (regex.error, TimeoutError):
            continue
        if match:
            found[slot.name] = match[0]
    return found


def wish_of(text: str, shapes: Sequence[Shape], judge: Judge, *, before: str = "") -> Wish | None:
    """The lookup that a message asks for; None where it asks for none. `before`: the one that the last answer came from."""
    named = {shape.key: values_in(text, shape.slots) for shape in shapes}
    if alone := _said_alone(text, shapes, named):
        return alone
    whole = {shape.key for shape in shapes if shape.slots and len(named[shape.key]) == len(shape.slots)}
    if whole:
        near = judge.bare(_without_values(text, named))
        return Wish(near.key, named[near.key], near.lead) if near and near.key in whole and near.lead >= LEAST_LEAD else None
    near = judge.spoken(_with_samples(text, shapes, named))
    if near is None:
        return None
    goes_on = near.key == before and near.lead >= LEAST_LEAD_AFTER_ANSWER
    return Wish(near.key, named[near.key], near.lead) if goes_on or near.probability >= LEAST_WITHOUT else None


def _without_values(text: str, named: Mapping[str, Mapping[str, str]]) -> str:
    for values in named.values():
        for value in values.values():
            text = text.replace(value, " ")
    return " ".join(text.split())


def _said_alone(text: str, shapes: Sequence[Shape], named: Mapping[str, Mapping[str, str]]) -> Wish | None:
    """A value and nothing else is clear where only one lookup knows such values."""
    fitting = [shape for shape in shapes if len(shape.slots) == 1 and named[shape.key]]
    if len(fitting) != 1:
        return None
    values = named[fitting[0].key]
    beside = text.replace(next(iter(values.values())), "")
    return Wish(fitting[0].key, values, None) if sum(sign.isalnum() for sign in beside) <= MOST_BESIDE else None


def _with_samples(text: str, shapes: Sequence[Shape], named: Mapping[str, Mapping[str, str]]) -> str:
    for shape in shapes:
        for slot in shape.slots:
            if value := named[shape.key].get(slot.name):
                text = text.replace(value, slot.sample)
    return text

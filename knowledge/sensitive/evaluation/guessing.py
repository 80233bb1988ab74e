"""The second view measured: words in disguises that no list has, and the filter bench with that view on.

The disguises by sound draw any common character of the same sound; those by shape, halves and picture draw from the filter's own
tables, so these figures say how well a known disguise is found, not how many are known.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from random import Random

from knowledge.contracts import Direction
from knowledge.faq.spelling.lexicon import chinese
from knowledge.sensitive.evaluation import bench
from knowledge.sensitive.evaluation.evasions import SENTENCES
from knowledge.sensitive.evaluation.rows import Labelled
from knowledge.sensitive.matcher import Matcher
from knowledge.sensitive.variants.tables import halves, look_alikes, pictures

COMMON = 500  # counted so often, of 60 million, a character is common

Guise = Callable[[str, Random], str | None]


@dataclass(frozen=True, slots=True)
class Either:
    row: Labelled
    is_flagged: bool


def figures(outcomes: Iterable[bench.Outcome], words: Matcher) -> dict[str, dict[str, float]]:
    """A text is flagged by a word or by a guess."""
    return bench.figures(Either(one.row, one.is_flagged or bool(words.suspect(one.row.text))) for one in outcomes)


def found(words: Matcher, cases: int, seed: int) -> dict[str, float]:
    """Of each disguise the share that is flagged, by a guess or a word."""
    forms = [form for form, term in words.words.whole.items() if term.language == "zh" and len(form) > 1 and _is_han(form)]
    return {name: _share(words, forms, guise, cases, Random(f"{name} {seed}")) for name, guise in GUISES.items()}


def _is_han(form: str) -> bool:
    return all("\u4e00" <= char <= "\u9fff" for char in form)


def _share(words: Matcher, forms: Sequence[str], guise: Guise, cases: int, dice: Random) -> float:
    texts: list[str] = []
    for _ in range(cases * 50):
        written = guise(word := dice.choice(forms), dice)
        if written and written != word:
            texts.append(dice.choice(SENTENCES["zh"]).format(written))
        if len(texts) == cases:
            break
    flagged = [bool(words.suspect(text) or words.check(text, Direction.VISITOR).hits) for text in texts]
    return round(sum(flagged) / max(1, len(flagged)), 4)


def _by_sound(word: str, dice: Random) -> str | None:
    place = dice.randrange(len(word))
    sound = chinese().reading(word)[place : place + 1]
    return _put(word, place, [char for char in _of_sound().get(sound[0], ()) if char != word[place]] if sound else [], dice)


def _spelt(word: str, _: Random) -> str | None:
    return "".join(chinese().reading(word)) or None


def _apart(word: str, _: Random) -> str | None:
    return " ".join(chinese().reading(word)) or None


def _by_table(table: Callable[[], Mapping[str, Sequence[str]]]) -> Guise:
    def disguised(word: str, dice: Random) -> str | None:
        places = [place for place, char in enumerate(word) if char in table()]
        if not places:
            return None
        place = dice.choice(places)
        return _put(word, place, table()[word[place]], dice)

    return disguised


def _put(word: str, place: int, others: Sequence[str], dice: Random) -> str | None:
    return word[:place] + dice.choice(others) + word[place + 1 :] if others else None


@cache
def _of_sound() -> Mapping[str, list[str]]:
    table: dict[str, list[str]] = defaultdict(list)
    for char, sounds in chinese().characters.items():
        if chinese().counts[char] >= COMMON:
            table[sounds[0]].append(char)
    return table


@cache
def _of_shape() -> Mapping[str, Sequence[str]]:
    return {char: sorted(others) for char, others in look_alikes().items()}


@cache
def _of_halves() -> Mapping[str, Sequence[str]]:
    return _turned(halves())


@cache
def _of_picture() -> Mapping[str, Sequence[str]]:
    return _turned(pictures())


def _turned(table: Mapping[str, str]) -> Mapping[str, Sequence[str]]:
    found: dict[str, list[str]] = defaultdict(list)
    for written, chars in table.items():
        for char in chars:
            found[char].append(written)
    return found


GUISES: Mapping[str, Guise] = {
    "homophone": _by_sound,
    "pinyin": _spelt,
    "pinyin apart": _apart,
    "halves": _by_table(_of_halves),
    "shape": _by_table(_of_shape),
    "picture": _by_table(_of_picture),
}

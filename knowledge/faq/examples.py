"""Questions whose right outcome is known, made from the knowledge base itself and the shipped background.

`known`: a variant asked while it is hidden (its FAQ's other variants must find it). `near`: a variant with a word or two
lost, asked while nothing is hidden, as visitors retype what they read. `hidden`: a variant with its whole FAQ hidden
(nothing may be found). `background`: a question of quite another trade. `other` (in practice only): one that shares words with
a FAQ and means something else. Knows the measures, not what is fitted on them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal

import numpy as np

from knowledge.contracts import LANGUAGES, Language
from knowledge.faq.encoder import Vectors
from knowledge.faq.features import Measure, Measured
from knowledge.faq.index import Rows

Encode = Callable[[Sequence[str]], Vectors]
Kind = Literal["known", "near", "hidden", "other", "background"]
MOST = 600  # questions of each kind; more cost time at publishing and change the weights no more


@dataclass(frozen=True, slots=True)
class Example:
    kind: Kind
    language: Language
    faq: int  # the right one; -1 where none is
    group: int  # examples of one FAQ stay in one fold
    measured: Measured


@cache
def background_texts() -> tuple[tuple[str, Language], ...]:
    """Everyday questions of other trades, one per line in background.<language>.txt."""
    found: list[tuple[str, Language]] = []
    for language in LANGUAGES:
        path = Path(__file__).with_name(f"background.{language}.txt")
        if path.is_file():
            lines = (line.strip() for line in path.read_text(encoding="utf-8").splitlines())
            found.extend((line, language) for line in lines if line and not line.startswith("#"))
    return tuple(found)


def examples(measure: Measure, texts: Sequence[tuple[str, Language]], vectors: Vectors, encode: Encode) -> Iterator[Example]:
    """`texts` and `vectors`: the background, row by row; `encode` is for what is made up here."""
    yield from _near(measure, encode)
    index = measure.index
    spoken = {variant.language for variant in index.variants}
    for row in _spread(len(index), MOST):
        variant, faq = index.variants[row], int(index.faq_of[row])
        asked = index.ask(variant.text, index.vectors[row])
        rest = others(measure, row)
        if len(rest):
            seen = measure(asked, without=np.setdiff1d(index.rows_of[faq], rest))
            yield Example("known", variant.language, faq, faq, seen)
        yield Example("hidden", variant.language, -1, faq, measure(asked, without=index.rows_of[faq]))
    told = [number for number, (_, language) in enumerate(texts) if language in spoken]
    for place in _spread(len(told), MOST):
        number = told[place]
        text, language = texts[number]
        # A background question must not find itself among the background vectors.
        asked = index.ask(text, vectors[number])
        yield Example("background", language, -1, -1 - number, measure.beside(number)(asked))


def _near(measure: Measure, encode: Encode) -> Iterator[Example]:
    index = measure.index
    rows = _spread(len(index), MOST // 2)
    texts = [shortened(index.variants[row].text) for row in rows]
    for row, text, vector in zip(rows, texts, encode(texts) if texts else (), strict=True):
        faq = int(index.faq_of[row])
        yield Example("near", index.variants[row].language, faq, faq, measure(index.ask(text, vector)))


def shortened(text: str) -> str:
    """Without its middle word, or in Chinese two characters of its middle; short texts lose nothing."""
    words = text.split()
    if len(words) > 3:
        return " ".join(words[: len(words) // 2] + words[len(words) // 2 + 1 :])
    if len(words) == 1 and len(text) > 7:
        return text[: len(text) // 2 - 1] + text[len(text) // 2 + 1 :]
    return text


def others(measure: Measure, row: int) -> Rows:
    """Rows of the same FAQ that may answer for a hidden one: not itself, and no translation where its own language has more.

    A translation of the very sentence would find it more easily than a visitor's own words do.
    """
    index = measure.index
    rows = index.rows_of[int(index.faq_of[row])]
    language = index.variants[row].language
    rest = [int(other) for other in rows if other != row]
    own = [other for other in rest if index.variants[other].language == language]
    return np.array(own or rest, dtype=np.int64)


def _spread(length: int, most: int) -> list[int]:
    """All, or `most` of them at equal distances: the same every time."""
    if length <= most:
        return list(range(length))
    return [int(place) for place in np.unique(np.linspace(0, length - 1, most).astype(int))]

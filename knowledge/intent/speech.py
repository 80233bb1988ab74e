"""A message as words: Latin words and single Han characters, folded, with their places in the raw text.

Knows which words carry no content, which ask, which deny and which point at what was said (speech.json). Does not know intents.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from knowledge.sensitive.characters import simplified

# Scripts that are written without spaces count character by character.
_UNSPACED = "\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\uac00-\ud7af"
_BREAK = rf"[,.;:!?\n，。；：！？、…~～—]+|(?<=[{_UNSPACED}])\s+(?=[{_UNSPACED}])"  # they write a space where others write a comma
_WORD = re.compile(rf"(?P<break>{_BREAK})|[{_UNSPACED}]|[^\W_{_UNSPACED}]+(?:['’][^\W_{_UNSPACED}]+)*")
_STRETCHED = re.compile(r"(.)\1{2,}")


@dataclass(frozen=True, slots=True)
class Word:
    text: str
    start: int
    end: int
    clause: int

    @property
    def weight(self) -> int:
        """About a syllable of content: two Han characters say as much as one Latin word."""
        return 2 if self.text[0].isascii() else 1


Phrase = tuple[str, ...]


def split(text: str) -> tuple[Word, ...]:
    words = []
    clause = 0
    for match in _WORD.finditer(text):
        if match["break"]:
            clause += 1
        elif folded := _folded(match[0]) if match.end() - match.start() == 1 else fold(match[0]):
            words.append(Word(folded, match.start(), match.end(), clause))
    return tuple(words)


@lru_cache(maxsize=8192)
def _folded(char: str) -> str:
    return fold(char)


def fold(word: str) -> str:
    folded = unicodedata.normalize("NFKC", word).casefold().replace("’", "'")
    if folded.isascii():
        return _STRETCHED.sub(r"\1", folded)
    return "".join(simplified().get(char, char) for char in folded)


def as_phrase(text: str) -> Phrase:
    return tuple(word.text for word in split(text))


def places(words: Sequence[Word], phrase: Phrase) -> list[int]:
    """Where the phrase stands, word by word."""
    length = len(phrase)
    texts = [word.text for word in words]
    return [start for start in range(len(texts) - length + 1) if tuple(texts[start : start + length]) == phrase]


def without(text: str, words: Sequence[Word], dropped: Iterable[int]) -> str:
    """The raw text without these words; what stays keeps its spelling, stray punctuation goes."""
    pieces = list(text)
    for index in dropped:
        word = words[index]
        pieces[word.start : word.end] = [" "] * (word.end - word.start)
    return re.sub(r"^[\W_]+|(?<=[\s,，])[\s,，]+|[\s,，]+$", "", "".join(pieces)).strip()


def ends_asking(text: str) -> bool:
    return text.rstrip().endswith(tuple(_file()["asking_ends"]))


@cache
def _file() -> dict[str, Any]:
    data: dict[str, Any] = json.loads((Path(__file__).parent / "speech.json").read_text(encoding="utf-8"))
    return data


@cache
def _lists(name: str) -> tuple[Phrase, ...]:
    return tuple(as_phrase(text) for texts in _file()[name].values() for text in texts)


@cache
def _by_first_word(name: str) -> dict[str, list[Phrase]]:
    """One look at each word of a message is enough, however many the phrases."""
    begun: dict[str, list[Phrase]] = {}
    for phrase in _lists(name):
        begun.setdefault(phrase[0], []).append(phrase)
    return begun


@cache
def listed(name: str) -> frozenset[str]:
    """The single words of `pointing`, `ends_a_name` or `links`."""
    return frozenset(word for words in _file()[name].values() for word in words)


def marked(words: Sequence[Word], name: str) -> set[int]:
    """The indices of words that belong to an entry of a list of phrases, such as `fillers` or `negations`."""
    texts = [word.text for word in words]
    begun = _by_first_word(name)
    found: set[int] = set()
    for start, text in enumerate(texts):
        for phrase in begun.get(text, ()):
            if tuple(texts[start : start + len(phrase)]) == phrase:
                found.update(range(start, start + len(phrase)))
    return found


def content(text: str) -> list[Word]:
    """The words of a message without fillers."""
    words = split(text)
    fillers = marked(words, "fillers")
    return [word for index, word in enumerate(words) if index not in fillers]

"""Makes words.zh.txt anew: frequent Chinese words with counts and readings. For whoever maintains the list; nothing else imports it.

    python -m knowledge.faq.spelling.deriving path/to/dict.txt

Counts come from the dictionary file of jieba (MIT; rjieba carries the same words, but does not tell the counts), readings from pypinyin (MIT),
which is no package of the running product: 70 MB for words that this list has too. Names of people and of organisations are left out: read as
sounds they lie beside everything. Rarer words are in only where they do not sound as their characters usually do.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from pathlib import Path

from knowledge.faq.spelling.lexicon import FOLDER

LEAST_WORD, LEAST_CHARACTER, LEAST_UNUSUAL = 100, 20, 3
LONGEST = 6
NAMES = frozenset({"nr", "nrt", "nrfg", "nt"})
TOTAL = 60_101_967  # of the dictionary file
HEADER = """\
# Frequent Chinese words: word, count of {total}, reading; of a single character all its readings, the usual one first.
# Derived from dict.txt of jieba (MIT License, Copyright (c) 2013 Sun Junyi), from pypinyin (MIT License, Copyright (c) 2016 mozillazg)
# and from everyday.zh.txt by `python -m knowledge.faq.spelling.deriving`.
"""


def main(dictionary: Path, target: Path) -> None:
    counts = dict(_frequent(dictionary))
    for word, count in _everyday():
        counts[word] = max(count, counts.get(word, 0))
    lines = [f"{word}\t{count}\t{_reading(word)}" for word, count in sorted(counts.items(), key=lambda item: (-item[1], item[0]))]
    target.write_text(HEADER.format(total=TOTAL) + "\n".join(lines) + "\n", encoding="utf-8")


def _frequent(dictionary: Path) -> Iterator[tuple[str, int]]:
    for line in dictionary.read_text(encoding="utf-8").splitlines():
        word, count, kind = line.split()
        if not re.fullmatch(rf"[\u4e00-\u9fff]{{1,{LONGEST}}}", word) or (len(word) > 1 and kind in NAMES):
            continue
        least = LEAST_CHARACTER if len(word) == 1 else LEAST_WORD
        if int(count) >= least or (len(word) > 1 and int(count) >= LEAST_UNUSUAL and _is_unusual(word)):
            yield word, int(count)


def _is_unusual(word: str) -> bool:
    return reading_of(word) != tuple(syllable for character in word for syllable in reading_of(character))


def _everyday() -> Iterator[tuple[str, int]]:
    for line in (FOLDER / "everyday.zh.txt").read_text(encoding="utf-8").splitlines():
        if not line.startswith("#"):
            count, *found = line.split()
            yield from ((word, int(count)) for word in found)


def reading_of(word: str) -> tuple[str, ...]:
    from pypinyin import lazy_pinyin

    return tuple(lazy_pinyin(word, errors="ignore"))


def _readings(character: str) -> tuple[str, ...]:
    from pypinyin import Style, pinyin

    return tuple(pinyin(character, style=Style.NORMAL, heteronym=True)[0][:3])


def _reading(word: str) -> str:
    return ",".join(_readings(word)) if len(word) == 1 else " ".join(reading_of(word))


if __name__ == "__main__":
    main(Path(sys.argv[1]), FOLDER / "words.zh.txt")

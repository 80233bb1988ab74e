"""Makes words.zh.txt anew: frequent Chinese words with counts and readings. For whoever maintains the list; nothing else imports it.

    python -m knowledge.faq.spelling.deriving path/to/dict.txt

Counts come from the dictionary file of jieba (MIT; rjieba carries the same words, but does not tell the counts), readings from pypinyin (MIT).
Names of people and of organisations are left out: read as sounds they lie beside everything.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from pathlib import Path

from knowledge.faq.spelling.lexicon import FOLDER, characters_readings, reading_of

LEAST_WORD, LEAST_CHARACTER = 100, 20
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
        least = LEAST_CHARACTER if len(word) == 1 else LEAST_WORD
        if int(count) >= least and len(word) <= LONGEST and re.fullmatch(r"[\u4e00-\u9fff]+", word) and (len(word) == 1 or kind not in NAMES):
            yield word, int(count)


def _everyday() -> Iterator[tuple[str, int]]:
    for line in (FOLDER / "everyday.zh.txt").read_text(encoding="utf-8").splitlines():
        if not line.startswith("#"):
            count, *found = line.split()
            yield from ((word, int(count)) for word in found)


def _reading(word: str) -> str:
    return ",".join(characters_readings(word)) if len(word) == 1 else " ".join(reading_of(word))


if __name__ == "__main__":
    main(Path(sys.argv[1]), FOLDER / "words.zh.txt")

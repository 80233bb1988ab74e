"""Texts made comparable: folded form, exact key, language by script, words for lexical search.

Knows scripts, particles and greetings of Chinese and English. Does not know vectors, FAQs or any knowledge base.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import Any

from knowledge.contracts import Language

_HAN = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]")
# What holds digits, such as an order number, is of no language.
_LATIN_WORD = re.compile(r"(?<![0-9a-zA-Z\u00c0-\u024f])[a-zA-Z\u00c0-\u024f]+(?![0-9a-zA-Z\u00c0-\u024f])")
_RUNS = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]+|[0-9]+(?:[.,][0-9]+)*|[a-z\u00c0-\u024f]+(?:'[a-z]+)?")
_HALVES = re.compile("[\ud800-\udfff]")  # of characters beyond 16 bits, torn apart on the way: no library takes them
_REPEATED = re.compile(r"([^\d\s])\1{2,}")
_NOT_WORD = re.compile(r"[^\w%$€£¥+#]+|_+")

_OPENERS = re.compile(
    r"^(?:(?:你好|您好|哈喽|嗨|亲|在吗|在么|请问一下|请问下|请问|想问一下|想问下|问一下|问下|我想问|麻烦问|麻烦|那个|"
    r"hello|hi|hey|dear|good (?:morning|afternoon|evening)|excuse me|please|pls|sorry|so|ok|okay|um|well)(?:\b|(?<=[\u4e00-\u9fff]))\s*)+"
)
_CLOSERS = re.compile(r"(?:\s*(?:吗|呢|啊|呀|吧|哦|噢|哈|嘛|么|啦|哇|咧|谢谢|多谢|please|pls|thanks|thank you|thx))+$")


def fold(text: str) -> str:
    """Full width to half, traditional to simplified, lower case, runs of one character shortened, spaces single."""
    folded = unicodedata.normalize("NFKC", whole(text)).casefold().replace("’", "'")
    if _HAN.search(folded):
        folded = _simplifier().convert(folded)
    folded = _REPEATED.sub(r"\1\1", folded)
    return " ".join(folded.split())


def whole(text: str) -> str:
    """Without halves of characters, which no library takes."""
    return _HALVES.sub("\ufffd", text)


def exact_key(text: str) -> str:
    """Equal for texts that ask the same in the same words: greetings, particles, signs and spaces do not count."""
    plain = _NOT_WORD.sub(" ", fold(text)).strip()
    key = _CLOSERS.sub("", _OPENERS.sub("", plain)).strip() or plain
    return re.sub(r"(?<=[\u3400-\u9fff]) | (?=[\u3400-\u9fff])", "", key)


def detect_language(text: str, default: Language = "en") -> Language:
    """By script: a word of Latin letters weighs as much as one and a half Han characters."""
    han = len(_HAN.findall(text))
    latin = len(_LATIN_WORD.findall(text))
    if not han and not latin:
        return default
    return "zh" if han and han >= 1.5 * latin else "en"


def words(text: str) -> list[str]:
    """Dictionary words of Han runs, numbers, and Latin words without their endings."""
    found: list[str] = []
    for run in _RUNS.findall(fold(text)):
        if _HAN.match(run):
            found.extend(_cutter().cut(run))
        else:
            found.append(stem(run))
    return found


def words_with_places(folded: str) -> list[tuple[str, int, int]]:
    """The words of a folded text, each with where it begins and ends."""
    found: list[tuple[str, int, int]] = []
    for run in _RUNS.finditer(folded):
        start = run.start()
        for word in _cutter().cut(run[0]) if _HAN.match(run[0]) else [run[0]]:
            found.append((word if _HAN.match(word) else stem(word), start, start + len(word)))
            start += len(word)
    return found


def is_han(word: str) -> bool:
    return bool(_HAN.match(word))


def shared_words(text: str, other: str) -> set[str]:
    """Words that the other has too; Chinese ones however a dictionary cuts them there."""
    theirs, folded = set(words(other)), fold(other)
    return {word for word in words(text) if word in theirs or (is_han(word) and word in folded)}


def parts_of_speech(text: str) -> list[tuple[str, str]]:
    """Dictionary words with the letter of their part of speech: n, v, r … As good as a dictionary is without the sentence."""
    return [(word, part[:1]) for word, part in _cutter().tag(fold(text))]


def terms(text: str) -> list[str]:
    """What BM25 counts: words, and in Han runs the pairs of characters too (a dictionary cuts typing errors badly)."""
    found: list[str] = []
    for run in _RUNS.findall(fold(text)):
        if not _HAN.match(run):
            found.append(stem(run))
            continue
        found.extend(_cutter().cut(run))
        found.extend(run[i : i + 2] + "·" for i in range(len(run) - 1))
    return found


def grams(text: str) -> list[str]:
    """Character pieces for the fuzzy view: 1 to 3 in Han runs, 3 to 5 inside marked Latin words, and the words."""
    found: list[str] = []
    for run in _RUNS.findall(fold(text)):
        if _HAN.match(run):
            found.extend(run[i : i + n] for n in (1, 2, 3) for i in range(len(run) - n + 1))
            continue
        marked = f"<{run}>"
        found.append(marked)
        found.extend(marked[i : i + n] for n in (3, 4, 5) for i in range(len(marked) - n + 1) if n < len(marked))
    return found


def stem(word: str) -> str:
    """Plural and verb endings cut, no more: enough for matching, never shown."""
    word = word.removesuffix("'s")
    for ending, rest in (("ies", "y"), ("sses", "ss"), ("ing", ""), ("ed", ""), ("es", "e"), ("s", "")):
        if word.endswith(ending) and len(word) - len(ending) >= 3 and not word.endswith("ss"):
            return word.removesuffix(ending) + rest
    return word


@lru_cache(maxsize=1)
def _simplifier() -> Any:
    import opencc

    return opencc.OpenCC("t2s")


@lru_cache(maxsize=1)
def _cutter() -> Any:
    import rjieba

    return rjieba

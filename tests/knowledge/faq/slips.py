"""Slips of the hand made on purpose, from a seed: characters of the same sound, keys beside, pinyin instead of characters.

Knows nothing of how they are put right. `python -m tests.knowledge.faq.slips` writes slips.csv anew.
"""

from __future__ import annotations

import csv
import json
import random
import re
from collections import defaultdict
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

from knowledge.contracts import Language

DEMO = Path(__file__).parents[3] / "csbot" / "demo" / "data" / "faqs"
CASES = Path(__file__).with_suffix(".csv")
SEED = 4
EVERY = 3  # of the phrasings, one in three is kept out of the bank and asked instead
_KEYS = ("qwertyuiop", "asdfghjkl", "zxcvbnm")
_SOUTHERN = (("zh", "z"), ("ch", "c"), ("sh", "s"), ("n", "l"), ("ing", "in"), ("eng", "en"))
_LEXICON = Path(__file__).parents[3] / "knowledge" / "faq" / "spelling" / "words.zh.txt"


def demo_texts(*, kept_out: bool) -> Iterator[tuple[str, Language]]:
    """Either the phrasings that are kept out of the bank, or everything else that it says."""
    for path in sorted(DEMO.glob("*.json")):
        for faq in json.loads(path.read_text(encoding="utf-8")):
            for language in ("zh", "en"):
                variants = faq["variants"][language]
                yield from ((text, language) for place, text in enumerate(variants) if (place % EVERY == EVERY - 1) == kept_out)
                if not kept_out:
                    yield faq["answers"][language], language


def in_other_characters(text: str, chance: random.Random) -> str:
    """As an input method gives them: often another word of the same sound, else another character."""
    import rjieba

    parts = rjieba.cut(text)
    places = [place for place, part in enumerate(parts) if len(part) > 1 and re.fullmatch(r"[\u4e00-\u9fff]+", part)]
    for place in chance.sample(places, len(places)):
        if wrong := _alike(parts[place], chance):
            return "".join([*parts[:place], wrong, *parts[place + 1 :]])
    return text


def in_pinyin(text: str, chance: random.Random) -> str:
    """Syllable by syllable, word by word, or in one."""
    import rjieba
    from pypinyin import lazy_pinyin

    between, inside = chance.choice(((" ", " "), (" ", ""), (" ", ""), ("", "")))
    return between.join(inside.join(lazy_pinyin(part)) for part in rjieba.cut(text))


def with_wrong_keys(text: str, chance: random.Random) -> str:
    """One slip, in a longer message two, in words of four letters and more."""
    found = [match for match in re.finditer(r"[A-Za-z]+", text) if len(match[0]) > 3]
    chosen = chance.sample(found, min(len(found), 1 if len(text) < 30 else 2))
    for match in sorted(chosen, key=lambda match: -match.start()):
        text = text[: match.start()] + _wrong_key(match[0], chance) + text[match.end() :]
    return text


def _wrong_key(word: str, chance: random.Random) -> str:
    place = chance.randrange(1, len(word) - 1)
    kind = chance.choice(("swapped", "left out", "doubled", "beside", "beside"))
    if kind == "swapped":
        return word[:place] + word[place + 1] + word[place] + word[place + 2 :]
    if kind == "left out":
        return word[:place] + word[place + 1 :]
    if kind == "doubled":
        return word[:place] + word[place] + word[place:]
    return word[:place] + _beside(word[place].lower(), chance) + word[place + 1 :]


def _beside(key: str, chance: random.Random) -> str:
    row = next(row for row in _KEYS if key in row)
    place = row.index(key)
    return chance.choice([row[near] for near in (place - 1, place + 1) if 0 <= near < len(row)])


def _alike(word: str, chance: random.Random) -> str:
    from pypinyin import lazy_pinyin

    syllables = lazy_pinyin(word)
    if (words := [other for other in _by_sound()[tuple(syllables)] if other != word]) and chance.random() < 0.5:
        return chance.choice(words)
    place = chance.randrange(len(word))
    heard = _as_in_the_south(syllables[place]) if chance.random() < 0.15 else syllables[place]
    others = [other for other in _by_sound()[(heard,)][:12] if other != word[place]]
    return word[:place] + chance.choice(others) + word[place + 1 :] if others else ""


def _as_in_the_south(syllable: str) -> str:
    for one, other in _SOUTHERN:
        if one in syllable:
            return syllable.replace(one, other)
    return syllable


@lru_cache(maxsize=1)
def _by_sound() -> dict[tuple[str, ...], list[str]]:
    """Everyday words and characters, commonest first."""
    found: dict[tuple[str, ...], list[str]] = defaultdict(list)
    for line in _LEXICON.read_text(encoding="utf-8").splitlines():
        if not line.startswith("#"):
            word, _, reading = line.split("\t")
            found[(reading.split(",")[0],) if len(word) == 1 else tuple(reading.split())].append(word)
    return found


def make(count: int, seed: int) -> Iterator[tuple[str, str, str]]:
    """(kind, as written, as meant): `count` of each kind."""
    chance = random.Random(seed)
    asked = list(demo_texts(kept_out=True))
    chance.shuffle(asked)
    plain = [text for text, language in asked if language == "zh" and re.fullmatch(r"[\u4e00-\u9fff]{4,}[？]?", text)]
    english = [text for text, language in asked if language == "en"]
    for kind, slip, texts in (("homophone", in_other_characters, plain), ("pinyin", in_pinyin, plain), ("typo", with_wrong_keys, english)):
        made = ((kind, slip(text.rstrip("？"), chance), text.rstrip("？")) for text in texts)
        yield from [case for case in made if case[1] != case[2]][:count]


if __name__ == "__main__":
    with CASES.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows([("kind", "written", "meant"), *make(100, SEED)])

"""Ways to write a word so that a list does not see it and a reader does: what the filter is measured with.

Each disguise takes a word and dice and gives its new form, or None where it cannot be applied. The tables are Unicode's own blocks or
written for this file; nothing is shared with the tables of the filter.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from itertools import groupby
from random import Random

Disguise = Callable[[str, Random], str | None]

INVISIBLE = [chr(code) for code in (*range(0x200B, 0x2010), *range(0x202A, 0x202F), *range(0x2060, 0x2065), *range(0x2066, 0x206A), 0xFEFF, 0xAD)]
INVISIBLE += [chr(code) for code in (0x180E, 0x034F, 0x115F, 0x1160, 0x3164, 0xFFA0, 0xE0061, 0xE0020)]
SELECTORS = [chr(code) for code in (*range(0xFE00, 0xFE10), *range(0xE0100, 0xE01F0))]
MARKS = [chr(code) for code in (*range(0x0300, 0x034F), *range(0x0350, 0x0370), *range(0x1DC0, 0x1DD0), *range(0x20D0, 0x20F1), 0x0483, 0x0489)]
SYMBOLS = "*._-~^#/\\|+=,:;'\"`·•…—★☆♥►■▪%&()[]{}<>《》、，；：“”👍🔥😀🐎"
SPACES = " \u00a0\u2002\u2003\u2009\u202f\u205f\u3000\t"
MATHEMATICAL = (0x1D41A, 0x1D44E, 0x1D482, 0x1D4EA, 0x1D51E, 0x1D552, 0x1D586, 0x1D5BA, 0x1D5EE, 0x1D622, 0x1D656, 0x1D68A)  # each alphabet's "a"
MATHEMATICAL_HOLES = {0x1D455: "ℎ"}  # the italic h stands in another block
ENCLOSED = (0x24D0, 0x24B6, 0x249C, 0x1F130, 0x1F150, 0x1F170, 0x1F1E6, 0x1F110)  # each alphabet's "a"
LEET = {"a": "4@", "b": "8", "e": "3", "g": "9", "i": "1!|", "l": "1|", "o": "0", "s": "5$", "t": "7"}
LOOK_ALIKES = {
    "a": "аαΑАᴀ", "b": "ВΒЬƄ", "c": "сϲСᴄ", "d": "ԁɗ", "e": "еЕΕєᴇ", "g": "ɡցԌ", "h": "һНΗհ", "i": "іιІΙı", "j": "јЈϳ", "k": "кκКΚᴋ", "l": "ӏⅼʟ",
    "m": "мМΜᴍ", "n": "ոΝɴ", "o": "оοОΟօᴏ", "p": "рρРΡᴘ", "q": "ԛ", "r": "ʀ", "s": "ѕЅꜱ", "t": "тτТΤᴛ", "u": "υսᴜ", "v": "νѵᴠ", "w": "ԝѡᴡ",
    "x": "хχХΧ", "y": "уγУΥ", "z": "ᴢΖ",
}  # fmt: skip
NUMBERS = ["〇零0０⓪", "一壹1１①⒈㈠❶Ⅰ", "二贰2２②⒉㈡❷Ⅱ貳", "三叁3３③⒊㈢❸Ⅲ", "四肆4４④⒋㈣❹Ⅳ", "五伍5５⑤⒌㈤❺Ⅴ"]
NUMBERS += ["六陆6６⑥⒍㈥❻Ⅵ陸", "七柒7７⑦⒎㈦❼Ⅶ", "八捌8８⑧⒏㈧❽Ⅷ", "九玖9９⑨⒐㈨❾Ⅸ"]
MOST_GAPS = 8  # symbols and spaces inside one word


def _mapped(word: str, dice: Random, table: Mapping[str, str], *, least: int) -> str | None:
    """Some of the characters that the table has, at least `least` of them, each as one of its other forms."""
    places = [place for place, char in enumerate(word) if char in table]
    if len(places) < least:
        return None
    taken = set(dice.sample(places, dice.randint(least, len(places))))
    return "".join(dice.choice(table[char]) if place in taken else char for place, char in enumerate(word))


def _strewn(word: str, dice: Random, signs: list[str] | str, *, most: int, budget: int = 10**6) -> str | None:
    """Signs between the characters, at least somewhere."""
    if len(word) < 2:
        return None
    pieces, spent = [word[0]], 0
    for char in word[1:]:
        count = min(dice.randint(1, most), budget - spent)
        pieces += [dice.choice(signs) for _ in range(count)] + [char]
        spent += count
    return "".join(pieces)


def traditional(word: str, _: Random) -> str | None:
    written = _to_traditional()(word)
    return written if written != word else None


@cache
def _to_traditional() -> Callable[[str], str]:
    import opencc

    convert: Callable[[str], str] = opencc.OpenCC("s2t").convert
    return convert


def full_width(word: str, dice: Random) -> str | None:
    return _mapped(word, dice, {chr(code): chr(code + 0xFEE0) for code in range(0x21, 0x7F)}, least=1)


def zero_width(word: str, dice: Random) -> str | None:
    return _strewn(word, dice, INVISIBLE, most=3)


def variation_selectors(word: str, dice: Random) -> str | None:
    return _strewn(word, dice, SELECTORS, most=2)


def combining_marks(word: str, dice: Random) -> str | None:
    return _strewn(word, dice, MARKS, most=3)


def look_alikes(word: str, dice: Random) -> str | None:
    return _mapped(word, dice, LOOK_ALIKES, least=2) if len(word) > 2 else None


def circled(word: str, dice: Random) -> str | None:
    first = dice.choice(ENCLOSED)
    return _mapped(word, dice, {chr(ord("a") + place): chr(first + place) for place in range(26)}, least=1)


def mathematical(word: str, dice: Random) -> str | None:
    first = dice.choice(MATHEMATICAL)
    table = {chr(ord("a") + place): MATHEMATICAL_HOLES.get(first + place, chr(first + place)) for place in range(26)}
    return _mapped(word, dice, table, least=1)


def leet(word: str, dice: Random) -> str | None:
    """In words of four letters or more ("a55" may be a part number); one letter at least stays."""
    places = [place for place, char in enumerate(word) if char in LEET]
    letters = sum(map(str.isalpha, word))
    if not places or letters < 4 or not word.isascii() or any(char.isdigit() for char in word):
        return None
    taken = set(dice.sample(places, dice.randint(1, min(len(places), letters - 1))))
    return "".join(dice.choice(LEET[char]) if place in taken else char for place, char in enumerate(word))


def symbols_between(word: str, dice: Random) -> str | None:
    return _strewn(word, dice, SYMBOLS, most=3, budget=MOST_GAPS) if len(word) <= MOST_GAPS and " " not in word else None


def spaces_between(word: str, dice: Random) -> str | None:
    return _strewn(word, dice, SPACES, most=1, budget=MOST_GAPS) if len(word) <= MOST_GAPS and " " not in word else None


def repeats(word: str, dice: Random) -> str | None:
    """Some letters twice to five times in English words of four letters or more, three times or more elsewhere; not the last Han character."""
    runs = ["".join(group) for _, group in groupby(word)]
    able = [place for place, run in enumerate(runs) if run.isalpha() and (run.isascii() or place + 1 < len(runs))]
    if not able:
        return None
    least = 2 if word.isascii() and sum(map(str.isalpha, word)) >= 4 else 3
    for place in dice.sample(able, dice.randint(1, min(3, len(able)))):
        runs[place] = runs[place][0] * max(len(runs[place]) + 1, dice.randint(least, 5))
    return "".join(runs)


def number_styles(word: str, dice: Random) -> str | None:
    table = {char: style.replace(char, "") for style in NUMBERS for char in style}
    return _mapped(word, dice, table, least=1)


DISGUISES: dict[str, Disguise] = {
    "traditional": traditional,
    "full width": full_width,
    "zero width": zero_width,
    "variation selectors": variation_selectors,
    "combining marks": combining_marks,
    "homoglyphs": look_alikes,
    "circled": circled,
    "mathematical": mathematical,
    "leet": leet,
    "symbols between": symbols_between,
    "spaces between": spaces_between,
    "repeats": repeats,
    "number styles": number_styles,
    "case": lambda word, dice: changed if (changed := "".join(dice.choice((char.upper(), char)) for char in word)) != word else None,
}

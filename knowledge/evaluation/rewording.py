"""Other clothes for the same question: what a visitor's hand adds or leaves out without meaning anything else. Knows words; no bank."""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Sequence
from functools import cache
from typing import Any

from knowledge.contracts import Language
from knowledge.evaluation.mutation_words import EN_AFTER, EN_BEFORE, EN_SAME, ZH_AFTER, ZH_BEFORE, ZH_SAME

_ENDS = " ?？。.!！~"


def reworded(text: str, language: Language, drawn: random.Random) -> Sequence[str]:
    """Each kind of edit once, and two of them together."""
    edits = _ZH if language == "zh" else _EN
    singles = [edit(text, drawn) for edit in edits]
    one, other = drawn.sample(list(edits), 2)
    return [made for made in [*singles, other(one(text, drawn), drawn)] if made.strip() and made != text]


def _framed(before: Sequence[str], after: Sequence[str]) -> Callable[[str, random.Random], str]:
    return lambda text, drawn: drawn.choice(before) + text.rstrip(_ENDS) + drawn.choice(after)


def _exchanged(pairs: Sequence[tuple[str, str]]) -> Callable[[str, random.Random], str]:
    def edit(text: str, drawn: random.Random) -> str:
        ways = [re.sub(re.escape(one), other, text, count=1, flags=re.IGNORECASE) for one, other in pairs if one in text.lower()]
        return drawn.choice(ways) if ways else text

    return edit


def _fronted(text: str, drawn: random.Random) -> str:
    """怎么开通花呗 as 开通花呗，怎么弄; a question with more in it stays."""
    match = re.fullmatch(r"(?:怎么|如何|怎样)([^，,。？?怎如]{2,12})[？?]?", text.strip())
    return match[1] + drawn.choice(("怎么弄", "，怎么操作", "怎么办理")) if match else text


def _asked(text: str, drawn: random.Random) -> str:
    """How do I … as one more polite."""
    match = re.fullmatch(r"how (?:do|can) i (.+?)\??", text.strip(), re.IGNORECASE)
    return drawn.choice(("can you tell me how to {}", "I need to know how to {}", "what do I do to {}")).format(match[1]) if match else text


def _wide(text: str, _drawn: random.Random) -> str:
    return "".join(chr(ord(sign) + 0xFEE0) if "!" <= sign <= "~" else sign for sign in text)


def _traditional(text: str, _drawn: random.Random) -> str:
    converted: str = _converter().convert(text)
    return converted


@cache
def _converter() -> Any:
    import opencc

    return opencc.OpenCC("s2t")


def _plain(text: str, _drawn: random.Random) -> str:
    return re.sub(r"[,，?？!！.。]+(?!\d)", " ", text).strip().lower()


def _loud(text: str, _drawn: random.Random) -> str:
    return text.upper()


_ZH: tuple[Callable[[str, random.Random], str], ...] = (_framed(ZH_BEFORE, ZH_AFTER), _exchanged(ZH_SAME), _fronted, _wide, _traditional, _plain)
_EN: tuple[Callable[[str, random.Random], str], ...] = (_framed(EN_BEFORE, EN_AFTER), _exchanged(EN_SAME), _asked, _plain, _loud)

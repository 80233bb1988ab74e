"""A large word list and messages for speed tests, made from shipped words by dice: 65,000 words that stand in no ordinary text.

Knows shipped words. Nothing of it means anything.
"""

from __future__ import annotations

from collections.abc import Sequence
from random import Random

from knowledge.faq.spelling.lexicon import chinese, english
from knowledge.sensitive.ordinary.texts import ordinary_texts
from knowledge.sensitive.terms import Term

MESSAGE = 120  # characters
RARE = 20_000  # lists name what is seldom said: words behind this rank
ENDINGS = ("com", "cn", "net", "cc", "info")


def made_terms(count: int, seed: int = 1) -> list[Term]:
    """Two thirds Chinese, a sixth English phrases, a sixth addresses, as public lists have them."""
    dice = Random(seed)
    han = [word for word in chinese().counts if 1 < len(word) < 4][RARE:]
    latin = [word for word in english().counts if len(word) > 4][RARE:]
    found: dict[str, Term] = {}
    while len(found) < count:
        kind = dice.randrange(6)
        if kind < 4:
            word = "".join(dice.sample(han, 2))
        elif kind == 4:
            word = " ".join(dice.sample(latin, 2))
        else:
            word = f"www.{dice.choice(latin)}{dice.randrange(1000)}.{dice.choice(ENDINGS)}"
        found[word] = Term(word, language="en" if word.isascii() else "zh")
    return list(found.values())


def messages(language: str, terms: Sequence[Term], *, hits: float = 0.01, seed: int = 1) -> list[str]:
    """Of 120 characters, from clean texts; so many of them hold a listed word."""
    dice = Random(seed)
    texts = [text for text in ordinary_texts() if text.isascii() is (language == "en")]
    dice.shuffle(texts)
    joined = (" " if language == "en" else "，").join(texts)
    found = [joined[start : start + MESSAGE] for start in range(0, len(joined) - MESSAGE, MESSAGE)]
    listed = [term.text for term in terms if term.language == language]
    for place in dice.sample(range(len(found)), round(len(found) * hits)):
        word = dice.choice(listed)
        found[place] = f"{found[place][: MESSAGE - len(word) - 2]} {word} "
    return found

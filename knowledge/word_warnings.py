"""What editors are told of listed words in what they save or import: it is kept as it is, and the filter acts on it when it goes out.

Knows a company's filter and how it acts on what the bot says. Does not know FAQs or articles.
"""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from django.utils.text import Truncator
from django.utils.translation import gettext as _

from knowledge.contracts import Direction, Hit, Level, WordFilter
from knowledge.word_names import DEEDS, category_name, level_name
from knowledge.words import word_filter

AROUND = 30
MOST = 20


def listed_words_told(company_id: UUID | str, texts: Iterable[str]) -> list[str]:
    """A sentence for each listed word, the first time that it stands somewhere."""
    return told_by(word_filter(company_id), texts)


def told_by(words: WordFilter, texts: Iterable[str]) -> list[str]:
    """The same by a filter that is at hand, for many pieces of knowledge one after the other."""
    told: dict[str, str] = {}
    for text in texts:
        for hit in words.check(text, Direction.BOT).hits:
            if hit.level is not Level.LOG_ONLY:
                told.setdefault(hit.term, _sentence(text, hit))
    return list(told.values())[:MOST]


def _sentence(text: str, hit: Hit) -> str:
    around = Truncator(text[max(0, hit.start - AROUND) : hit.end + AROUND].replace("\n", " ")).chars(2 * AROUND + 40)
    values = {"word": hit.term, "category": category_name(hit.category), "level": level_name(hit.level), "text": around}
    said = _("“%(text)s” holds the listed word “%(word)s” (%(category)s, %(level)s).") % values
    return f"{said} {DEEDS[Direction.BOT, hit.level]}"

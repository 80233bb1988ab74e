"""Searching conversations by what was said: an inverted index in plain rows, the same on SQLite and PostgreSQL.

Chinese is cut into pairs of neighbouring characters, so that every word of two characters is found without a dictionary; English into
stems, so that "refund" finds "refunded"; what holds digits, such as an order number, stays whole. A word stands once per conversation.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from typing import Any

import snowballstemmer
from django.db.models import Exists, OuterRef, Q, QuerySet

from csbot.conversations.models import Conversation, SearchWord

WORD_LENGTH = 32
MAX_WORDS = 400  # of one message
MAX_QUERY_WORDS = 12
LEAST_BEGINNING = 3  # letters
PIECE = re.compile(r"[\u3400-\u9fff\U00020000-\U0003ffff]+|[^\W_]+")
HAN = re.compile(r"[\u3400-\u9fff\U00020000-\U0003ffff]")


@cache
def _stemmer() -> Any:
    return snowballstemmer.stemmer("english")


def words_of(text: str) -> list[str]:
    """Each once, in order of appearance; at most MAX_WORDS."""
    found: dict[str, None] = {}
    for piece in _pieces(text):
        for word in _cut(piece):
            found.setdefault(word[:WORD_LENGTH])
            if len(found) >= MAX_WORDS:
                return list(found)
    return list(found)


def _pieces(text: str) -> list[str]:
    folded = unicodedata.normalize("NFKC", text).casefold()
    # A run of letters may change script without a space: "订单A1001" is two pieces.
    return [
        part
        for piece in PIECE.findall(folded)
        for part in re.findall(r"[\u3400-\u9fff\U00020000-\U0003ffff]+|[^\u3400-\u9fff\U00020000-\U0003ffff]+", piece)
    ]


def _cut(piece: str) -> list[str]:
    if not HAN.match(piece):
        return [piece if any(map(str.isdigit, piece)) else _stemmer().stemWord(piece)]
    # The last character stands alone as well: a query of one character looks for words that begin with it.
    return [*(piece[index : index + 2] for index in range(len(piece) - 1)), piece[-1]]


def text_index(conversation: Conversation, text: str) -> None:
    """Make what was said, or who said it, findable, in the transaction that stores it."""
    rows = [SearchWord(company_id=conversation.company_id, word=word, conversation=conversation) for word in words_of(text)]
    SearchWord.objects.bulk_create(rows, ignore_conflicts=True)


def conversations_with(rows: QuerySet[Conversation], query: str) -> QuerySet[Conversation]:
    """Those in which every word of the query was said; all of them for a query without a word. The last word may still be being written."""
    pieces = _pieces(query)[:MAX_QUERY_WORDS]
    for place, piece in enumerate(pieces, 1):
        for word in _query_words(piece):
            said = SearchWord.objects.filter(company_id=OuterRef("company_id"), conversation=OuterRef("pk"))
            rows = rows.filter(Exists(said.filter(_fits(word, piece, is_last=place == len(pieces)))))
    return rows


def _fits(word: str, piece: str, *, is_last: bool) -> Q:
    if HAN.match(word):
        return Q(word__startswith=word) if len(word) == 1 else Q(word=word)
    # "refun" is the beginning of a word, and "refunding" has the stem of one.
    return Q(word=word) | Q(word__startswith=piece[:WORD_LENGTH]) if is_last and len(piece) >= LEAST_BEGINNING else Q(word=word)


def _query_words(piece: str) -> list[str]:
    words = _cut(piece)
    return [word[:WORD_LENGTH] for word in (words[:-1] if HAN.match(piece) and len(piece) > 1 else words)]

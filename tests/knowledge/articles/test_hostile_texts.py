"""Texts that nobody writes on purpose but somebody to do harm: each is read in a moment, and the process stays free for others."""

from __future__ import annotations

import pytest

from knowledge.articles.files import article_of
from knowledge.articles.passages import split_article

pytestmark = pytest.mark.timeout(30)  # what took time with the square of the length took hours


@pytest.mark.parametrize(
    "text",
    [
        "[" * 300_000,
        "[word " * 100_000,
        "![" * 300_000,
        "![a](" * 100_000,
        "[a](https://" * 80_000,
        "[a](https://b(c)" * 60_000,
        "# a" + " " * 300_000 + "b",
        "# a" + " #" * 300_000 + "b",
        "a" + "\n   " * 200_000 + "b",
    ],
    ids=["brackets", "open links", "open images", "half images", "half links", "bracketed addresses", "spaces in a heading", "hashes", "blank lines"],
)
def test_a_text_of_marks_that_nobody_closes_is_cut_at_once(text: str) -> None:
    article = article_of("a.md", text.encode())
    assert all(len(piece.text) <= 1200 for piece in split_article(article.body, is_markdown=True))


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("![logo](https://a.example/logo.png)Read it.", "Read it."),
        ("[![logo](x.png)](https://a.example/) Read it.", "Read it."),
        ("See [Tea](https://a.example/Tea_(drink)).", "See Tea (https://a.example/Tea_(drink))."),
    ],
)
def test_pictures_go_and_addresses_stay_whole(text: str, shown: str) -> None:
    assert [piece.text for piece in split_article(text, is_markdown=True)] == [shown]


def test_a_heading_keeps_a_hash_that_belongs_to_its_last_word() -> None:
    assert [piece.heading for piece in split_article("# C#\nWe teach it.\n\n# Prices ##\nFree.", is_markdown=True)] == ["C#", "Prices"]

"""Files as articles: what their names and texts say, every encoding that people have, and what is refused."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.articles.files import MAX_BYTES, ArticleFile, BadArticleFile, article_of

TEXT = "# Returning goods\n\nWithin 30 days."


@pytest.mark.parametrize(
    ("name", "key", "language"),
    [
        ("returns.en.md", "returns", "en"),
        ("returns.zh-CN.md", "returns", "zh"),
        ("Returns and refunds_EN.markdown", "returns-and-refunds", "en"),
        ("C:\\shop\\returns.md", "returns", "en"),
        ("退货须知.md", "退货须知", "en"),
        ("kitchen.md", "kitchen", "en"),
    ],
)
def test_key_and_language_come_from_the_name_or_the_text(name: str, key: str, language: str) -> None:
    article = article_of(name, TEXT.encode())
    assert (article.key, article.language, article.title, article.format) == (key, language, "Returning goods", "markdown")


def test_a_language_that_was_chosen_counts_where_the_name_says_none() -> None:
    assert article_of("a.md", TEXT.encode(), language="zh").language == "zh"
    assert article_of("a.en.md", TEXT.encode(), language="zh").language == "en"
    assert article_of("a.txt", "三十天内可以退货。".encode()).language == "zh"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "gb18030"])
def test_every_encoding_that_people_have_is_read(encoding: str) -> None:
    article = article_of("退货.txt", "退货须知\r\n三十天内可以退货。".encode(encoding))
    assert article == ArticleFile("退货", "zh", "退货须知", "退货须知\n三十天内可以退货。", "plain")


def test_a_long_first_line_is_no_title() -> None:
    assert article_of("delivery.txt", b"word " * 100).title == "delivery"


@pytest.mark.parametrize(
    ("name", "data", "code"),
    [
        ("a.rtf", b"text", "suffix"),
        ("a", b"text", "suffix"),
        (".md", b"text", "suffix"),
        ("a.md", b" \n\t", "empty"),
        ("a.md", b"", "empty"),
        ("--.md", b"text", "name"),
        ("a.md", b"\xff\xff\xff", "encoding"),
        ("a.md", b"a\x00b", "encoding"),
        ("a.md", b"x" * (MAX_BYTES + 1), "size"),
    ],
)
def test_what_is_no_article_is_refused_with_its_reason(name: str, data: bytes, code: str) -> None:
    with pytest.raises(BadArticleFile) as problem:
        article_of(name, data)
    assert problem.value.code == code


@given(st.text(max_size=40), st.binary(max_size=200))
def test_no_name_and_no_bytes_break_it(name: str, data: bytes) -> None:
    try:
        article = article_of(f"{name}.md", data)
    except BadArticleFile:
        return
    assert 0 < len(article.key) <= 80
    assert article.title
    assert article.body

"""PDF, Word and HTML become articles with headings and pages; what hides, hurts or is no text is left out or refused by name."""

from __future__ import annotations

import pytest

from knowledge.articles import converting
from knowledge.articles.evidence import EvidenceSelector
from knowledge.articles.files import MAX_BINARY_BYTES, BadArticleFile, article_of
from knowledge.articles.passages import Piece, split_article
from knowledge.contracts import Language
from knowledge.faq.bank import Bank, BankPassage
from knowledge.faq.encoder import HashEncoder
from tests.knowledge.articles.papers import docx_of, pdf_of, zipped

GUIDE = pdf_of(
    [
        *((20, "Returns"), (11, "You can send goods back within 30 days of deliv-"), (11, "ery. Refunds take 5 days.")),
        *((14, "Exchanges"), (11, "Exchanges are free.")),
    ],
    [(11, "A damaged item is replaced at our cost.")],
)


def pieces_of(name: str, data: bytes) -> tuple[Piece, ...]:
    return split_article(article_of(name, data).body, is_markdown=True)


def test_a_pdf_keeps_headings_and_pages() -> None:
    article = article_of("guide.en.pdf", GUIDE)
    assert (article.key, article.language, article.title, article.format) == ("guide", "en", "Returns", "markdown")
    assert pieces_of("guide.en.pdf", GUIDE) == (
        Piece("Returns", "You can send goods back within 30 days of delivery. Refunds take 5 days.", 1),
        Piece("Returns › Exchanges", "Exchanges are free.", 1),
        Piece("Returns › Exchanges", "A damaged item is replaced at our cost.", 2),
    )


def test_a_chinese_pdf_is_read_without_spaces_between_its_lines() -> None:
    data = pdf_of([(18, "退货须知"), (11, "收到商品后三十天内可以退货，"), (11, "运费由我们承担。")], is_chinese=True)
    assert pieces_of("退货.pdf", data) == (Piece("退货须知", "收到商品后三十天内可以退货，运费由我们承担。", 1),)
    assert article_of("退货.pdf", data).language == "zh"


def test_what_stands_on_every_page_is_left_out() -> None:
    words = ["one", "two", "three", "four", "five"]
    pages = [
        [(11, f"Sentence number {word} of the text."), (11, ""), (9, ""), (9, f"Acme Ltd. Page {number} of 5")]
        for number, word in enumerate(words, 1)
    ]
    pieces = pieces_of("a.en.pdf", pdf_of(*pages))
    assert [piece.page for piece in pieces] == [1, 2, 3, 4, 5]
    assert not any("Acme" in piece.text for piece in pieces)


def test_rows_that_differ_in_their_numbers_only_are_text() -> None:
    rows = [[(11, f"Bolt {page * 7 + row} mm costs {page * 13 + row * 3} cents.") for row in range(9)] for page in range(5)]
    pages = [[(9, "Acme price list"), *own] for own in rows]
    text = "\n".join(piece.text for piece in pieces_of("a.en.pdf", pdf_of(*pages)))
    assert text.count("Bolt") == 45
    assert "Acme" not in text


def test_a_paper_of_running_titles_alone_is_read() -> None:
    assert len(pieces_of("a.en.pdf", pdf_of(*([(11, f"Form {page}")] for page in range(1, 6))))) == 5


def test_a_paper_that_takes_too_long_is_called_long_and_not_damaged(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(converting, "SECONDS", 1)
    page = [(11, f"Number {word} of the goods may be returned within thirty days of delivery.") for word in range(60)]
    with pytest.raises(BadArticleFile) as problem:
        article_of("a.pdf", pdf_of(*[page] * 100))
    assert problem.value.code == "long"


def test_a_page_may_nest_deeply() -> None:
    body = b"<div>" * 700 + b"Within 30 days." + b"</div>" * 700
    assert article_of("a.html", body).body == "Within 30 days."


def test_a_word_document_keeps_headings_and_tables() -> None:
    data = docx_of(
        ("heading 1", "Cards"), ("Normal", "We have <two> cards."), ("标题 2", "Silver"), ("Normal", "It is free."),
        table=[["Card", "Discount", "Points"], ["Silver", "3 %", "double"], ["Gold", "5 %", ""]],
    )  # fmt: skip
    found = pieces_of("cards.en.docx", data)
    assert [(piece.heading, piece.text.splitlines()[0]) for piece in found] == [("Cards", "We have <two> cards."), ("Cards › Silver", "It is free.")]
    assert "Silver – 3 % – double" in found[1].text


HTML = """<html><head><title>Delivery</title><script>alert(1)</script></head><body><nav>Home</nav><main><p>We ship <b>daily</b>.</p>
<h2>Prices</h2><table><tr><th>Country</th><th>Price</th></tr><tr><td>Japan</td><td>$9</td></tr></table>
<p hidden>secret</p><p>See <a href="https://a.example/x">the list</a>.</p></main><footer>Imprint</footer></body></html>"""


def test_a_page_is_read_without_what_is_not_its_text() -> None:
    article = article_of("delivery.html", HTML.encode())
    assert article.title == "Delivery"
    text = "\n".join(piece.text for piece in split_article(article.body, is_markdown=True))
    assert all(part in text for part in ("We ship daily.", "Japan – Price: $9", "the list (https://a.example/x)"))
    assert not any(part in text for part in ("alert", "Home", "secret", "Imprint"))


def test_a_pages_own_encoding_counts() -> None:
    assert "退货" in article_of("a.htm", '<meta charset="gbk"><p>三十天内可以退货。</p>'.encode("gbk")).body


LOCKED_DOCX = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(1000) + "EncryptedPackage".encode("utf-16-le") + bytes(1000)
LOCK = b"trailer<</ID[<00><00>]/Encrypt<</Filter/Standard/V 2/R 3/Length 128/P -4/O<%s>/U<%s>>>" % (b"ab" * 32, b"cd" * 32)
LOCKED_PDF = GUIDE.replace(b"trailer<<", LOCK)
BOMB = zipped({"word/document.xml": "<w:p>" * 40_000_000})


@pytest.mark.parametrize(
    ("name", "data", "code"),
    [
        ("a.pdf", b"", "empty"),
        ("a.pdf", b"plain text", "damaged"),
        ("a.pdf", b"%PDF-1.4 nothing more", "damaged"),
        ("a.pdf", pdf_of([(11, "")]), "no_text"),
        ("a.docx", GUIDE, "damaged"),
        ("a.docx", zipped({"a.txt": "no document"}), "damaged"),
        ("a.docx", LOCKED_DOCX, "locked"),
        ("a.pdf", LOCKED_PDF, "locked"),
        ("a.docx", b"\xd0\xcf\x11\xe0" + bytes(600), "damaged"),
        ("a.docx", docx_of(("Normal", "")), "no_text"),
        ("a.docx", BOMB, "damaged"),
        ("a.html", b"<script>only</script>", "no_text"),
        ("a.pdf", b"%PDF-" + b"x" * MAX_BINARY_BYTES, "size"),
        ("a.doc", b"\xd0\xcf\x11\xe0", "suffix"),
    ],
)
def test_what_gives_no_text_is_refused_with_its_reason(name: str, data: bytes, code: str) -> None:
    with pytest.raises(BadArticleFile) as problem:
        article_of(name, data)
    assert problem.value.code == code


@pytest.mark.parametrize(
    ("language", "text", "url", "title", "address"),
    [
        ("en", "A damaged item is replaced at our cost.", "https://a.example/guide.pdf", "Guide, p. 2", "https://a.example/guide.pdf#page=2"),
        ("zh", "损坏的商品由我们免费更换。", "https://a.example/guide", "Guide，第 2 页", "https://a.example/guide"),
    ],
)
def test_a_source_names_its_page(language: Language, text: str, url: str, title: str, address: str) -> None:
    passage = BankPassage("guide", "Guide", "", text, language, url, 2)
    selector = EvidenceSelector.build(Bank("x", (), (passage,), (), 3, {}), HashEncoder())
    assert selector.sentences[0].source == (title, address)

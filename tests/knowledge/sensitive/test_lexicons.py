"""Files of words as people have them, and what is said about files that hold none."""

from __future__ import annotations

import pytest

from knowledge.contracts import Level
from knowledge.sensitive.lexicons import LexiconError, LexiconRow, lexicon_read


def words(name, text, encoding="utf-8"):
    return [row.term for row in lexicon_read(name, text.encode(encoding))]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "gb18030"])
def test_a_text_has_one_word_a_line(encoding):
    assert words("list.txt", "傻逼,\n\n# remark\ndamn it\r\n傻逼\n  加 微信 ", encoding) == ["傻逼", "damn it", "加 微信"]


@pytest.mark.parametrize(
    "table",
    ["category,term\nabuse,damn\n", "Text,severity\ndamn,2\n", "swearword,severity\ndamn,2\n", 'text,term\nother,"damn"\n', "\ufeffterm\ndamn\n"],
)
def test_a_table_names_its_column_or_has_the_words_first(table):
    assert words("list.csv", table) == ["damn"]


@pytest.mark.parametrize("sign", [",", ";", "\t"])
def test_a_table_is_parted_as_its_head_is(sign):
    (row,) = lexicon_read("list.csv", sign.join(("Term", "level")).encode() + b"\r\n" + sign.join(("damn", "Warn_Agent")).encode())
    assert (row.term, row.level) == ("damn", "warn agent")


def test_a_single_column_needs_no_head_and_loses_no_word():
    assert words("list.csv", "damn\nhell\n") == ["damn", "hell"]
    assert words("list.csv", "词语\ndamn\n") == ["damn"]


def test_a_tab_parts_the_columns_of_a_tsv():
    assert words("list.tsv", "id\tterm\n1\ta, b\n") == ["a, b"]


@pytest.mark.parametrize(
    "text",
    ['["damn", "傻逼"]', '{"words": ["damn", "傻逼"]}', '[{"term": "damn"}, {"text": "傻逼"}]', '{"abuse": ["damn"], "hate": [{"term": "傻逼"}]}'],
)
def test_json_comes_in_many_shapes(text):
    assert words("list.json", text) == ["damn", "傻逼"]


def test_json_lines_are_read_too():
    assert words("list.jsonl", '"damn"\n\n{"term": "傻逼"}\n') == ["damn", "傻逼"]


def test_what_no_database_keeps_is_left_out_of_a_word():
    assert words("list.json", r'["da\u0000mn", "he\ud800ck", "\u0000", {"term": "傻逼", "note": "\udfff"}]') == ["damn", "heck", "傻逼"]


def test_what_a_row_says_is_kept_and_the_language_is_guessed():
    rows = lexicon_read("list.csv", "term,category,level,language,note\ndamn,abuse,Mask,,mild\n他妈,,,zh-CN,\nhe'll,,allow,,\n".encode())
    assert rows == [
        LexiconRow("damn", "abuse", "mask", "en", "mild"),
        LexiconRow("他妈", language="zh"),
        LexiconRow("he'll", level="allow", language="en"),
    ]
    assert rows[0].as_term().level is Level.MASK
    assert rows[1].as_term().level is Level.BLOCK


@pytest.mark.parametrize(
    ("name", "data", "code"),
    [
        ("list.exe", b"damn", "kind"),
        ("list.txt", b"\xff\x00\x81\x00", "encoding"),
        ("list.csv", b"", "empty"),
        ("list.csv", b"term\n", "empty"),
        ("list.txt", b" \n\n", "empty"),
        ("list.json", b"{", "json"),
        ("list.json", b"[" * 100_000, "json"),
        ("list.json", b"3", "shape"),
        ("list.json", b"[[1]]", "shape"),
        ("list.csv", b"term,level\ndamn,awful\n", "level"),
        ("list.csv", b'term\n"damn\nhell\n', "table"),
        ("list.csv", b"damn,abuse,block\nhell,abuse,block\n", "columns"),
        ("list.csv", b"PK\x03\x04\x14\x00\x06\x00", "binary"),
        ("list.txt", "na\u00efve\nd\u00e9j\u00e0 vu\n".encode("latin-1"), "encoding"),
        ("list.txt", "na\u00efve\n".encode("latin-1"), "encoding"),
        ("list.json", b'[{"term": "damn", "level": ["block"]}]', "level"),
        ("list.txt", b"x" * 20_000_001, "size"),
        ("list.txt", "\n".join(map(str, range(200_001))).encode(), "rows"),
    ],
)
def test_a_file_without_words_says_what_is_wrong(name, data, code):
    with pytest.raises(LexiconError) as caught:
        lexicon_read(name, data)
    assert caught.value.code == code
    assert name in str(caught.value)
    assert caught.value.sentence % caught.value.values == str(caught.value)

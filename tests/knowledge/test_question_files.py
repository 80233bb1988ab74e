"""Files of questions: what can be read, and what is said of the rest."""

from __future__ import annotations

import io
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from openpyxl import Workbook

from knowledge.question_files import questions_read, table_written


def xlsx(*rows: list[Any]) -> bytes:
    book = Workbook()
    for row in rows:
        book.active.append(row)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


ROWS = [("怎么退货？", "returns"), ("do you sell bikes", "NONE"), ("hm", "")]
TABLE = "question,expected\n怎么退货？,returns\ndo you sell bikes,none\nhm,\n"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_a_table_is_read_in_the_encodings_that_people_have(encoding: str) -> None:
    assert questions_read("q.csv", TABLE.encode(encoding)) == ROWS


def test_a_spreadsheet_is_read() -> None:
    data = xlsx(["query", "expected_faq_id"], ["怎么退货？", "returns"], ["do you sell bikes", "NONE"], ["hm", None], [None, None])
    assert questions_read("q.XLSX", data) == ROWS


@pytest.mark.parametrize("name", ["q.txt", "q.csv"])
def test_a_line_is_a_question_where_nothing_else_is_there(name: str) -> None:
    assert questions_read(name, "how long\n\n退货\n".encode()) == [("how long", ""), ("退货", "")]


@pytest.mark.parametrize(
    ("name", "data", "words"),
    [
        ("q.csv", b"", "no question"),
        ("q.txt", b"\n \n", "no question"),
        ("q.txt", b"\x00\x01\xff", "encoding"),
        ("q.pdf", b"%PDF", "neither a CSV"),
        ("q.xlsx", b"PK\x03\x04nonsense", "complete XLSX"),
        ("q.csv", b"a,b\nc,d\n", "must name the columns"),
        ("q.txt", b"x\n" * 2001, "2,000 rows"),
        ("q.csv", b"question\n" + b"x\n" * 2001, "2,000 rows"),
        ("q.txt", b"x" * 4001, "longer than 4000"),
        ("q.csv", b'question\n"' + b"x" * 200_000, "cannot be read as a table"),
        ("q.txt", b"x" * (5 * 1024 * 1024 + 1), "larger than 5 MB"),
    ],
    ids=["empty", "blank", "binary", "other", "torn", "columns", "lines", "rows", "long", "quote", "large"],
)
def test_what_is_wrong_with_a_file_is_said(name: str, data: bytes, words: str) -> None:
    with pytest.raises(ValidationError, match=words):
        questions_read(name, data)


def test_what_is_written_is_no_formula_and_is_read_back() -> None:
    data = table_written(["question", "expected"], [["=1+1", "returns"], ["退货\ud800", ""]])
    assert data.startswith(b"\xef\xbb\xbf")
    assert b"'=1+1" in data
    assert questions_read("q.csv", data)[0] == ("=1+1", "returns")

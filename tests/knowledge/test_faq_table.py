"""FAQs as a table: what a row says, what is refused in which words, and that our own export comes back without loss."""

from __future__ import annotations

import csv
import io
import zipfile
from datetime import UTC, datetime
from typing import Any

import pytest
import tablib
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext

from knowledge import faq_files, faq_xlsx
from knowledge.faq_files import CsvTable, XlsxTable
from knowledge.faq_table import FaqTable, cells_of
from knowledge.models import Faq, FaqAnswer, KnowledgeBase, Variant
from knowledge.question_files import questions_read

pytestmark = pytest.mark.django_db

HEADER = "key,category,state,question_zh,variants_zh,answer_zh,question_en,variants_en,answer_en\n"
ROW = (
    "returns.period,returns,live,多久能退货？,几天内可以退||退货期限,30天内可以退。,"
    "How long may I return?,return period||days to return,Within 30 days.\n"
)
FORMULA = '=HYPERLINK("https://evil.example","Click")'


def read(data: bytes, table: Any = CsvTable) -> tablib.Dataset:
    return table().create_dataset(data)


def load(base: KnowledgeBase, data: bytes, *, dry_run: bool = False) -> Any:
    return FaqTable(base=base).import_data(read(data), dry_run=dry_run)


def rows_as_csv(*rows: dict[str, str]) -> bytes:
    out = io.StringIO()
    writer = csv.DictWriter(out, list(rows[0]))
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue().encode()


def rows_as_xlsx(*rows: list[Any]) -> bytes:
    from openpyxl import Workbook

    book = Workbook(write_only=True)
    sheet = book.create_sheet()
    for row in rows:
        sheet.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def texts(key: str = "returns.period") -> set[tuple[str, str, bool]]:
    return set(Variant.objects.filter(faq__key=key).values_list("language", "text", "is_canonical"))


def complaints(result: Any) -> list[tuple[int, str]]:
    return [(row.number, " ".join(row.error.messages)) for row in result.invalid_rows]


# --- what a row says -------------------------------------------------------------------------------------------------


def test_it_reads_one_row_as_a_faq_with_answers_and_variants(base: KnowledgeBase) -> None:
    load(base, (HEADER + ROW).encode())
    assert dict(FaqAnswer.objects.values_list("language", "text")) == {"zh": "30天内可以退。", "en": "Within 30 days."}
    assert ("zh", "多久能退货？", True) in texts()
    assert ("en", "days to return", False) in texts()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_it_finds_out_the_encoding(base: KnowledgeBase, encoding: str) -> None:
    load(base, (HEADER + ROW).encode(encoding))
    assert ("zh", "退货期限", False) in texts()


def test_numbers_in_a_spreadsheet_are_the_text_that_is_seen() -> None:
    assert read(rows_as_xlsx(["key", "answer_en"], ["hours", 7.0], [8, None]), XlsxTable).dict == [
        {"key": "hours", "answer_en": "7"},
        {"key": "8", "answer_en": ""},
    ]


def test_it_replaces_variants_that_are_no_longer_in_the_row(base: KnowledgeBase) -> None:
    load(base, (HEADER + ROW).encode())
    load(base, (HEADER + ROW.replace("||退货期限", "")).encode())
    assert "退货期限" not in {text for _, text, _ in texts()}


def test_question_and_variant_may_change_places(base: KnowledgeBase) -> None:
    load(base, (HEADER + ROW).encode())
    load(base, (HEADER + ROW.replace("多久能退货？,几天内可以退", "几天内可以退,多久能退货？")).encode())
    assert {("zh", "几天内可以退", True), ("zh", "多久能退货？", False)} <= texts()


def test_a_column_that_is_missing_stays_as_it_is(base: KnowledgeBase) -> None:
    load(base, (HEADER + ROW).encode())
    FaqAnswer.objects.update(url="https://tea.example/returns")
    before = texts()
    load(base, b"key,answer_en\nreturns.period,Within 60 days.\n")
    assert texts() == before
    assert FaqAnswer.objects.get(language="en").text == "Within 60 days."
    assert set(FaqAnswer.objects.values_list("url", flat=True)) == {"https://tea.example/returns"}
    assert Faq.objects.get().category == "returns"


def test_an_empty_answer_removes_it(base: KnowledgeBase) -> None:
    load(base, (HEADER + ROW).encode())
    load(base, b"key,answer_en\nreturns.period,\n")
    assert list(FaqAnswer.objects.values_list("language", flat=True)) == ["zh"]


def test_an_import_is_an_edit_with_its_history(base: KnowledgeBase) -> None:
    load(base, (HEADER + ROW).encode())
    load(base, (HEADER + ROW.replace("Within 30", "Within 60").replace("||days to return", "")).encode())
    assert list(Faq.history.values_list("history_type", flat=True)) == ["~", "+"]
    assert FaqAnswer.history.filter(language="en").latest().text == "Within 60 days."
    assert Variant.history.filter(history_type="-").get().text == "days to return"
    assert Faq.objects.get().changed > Faq.objects.get().created


def test_rows_that_say_nothing_new_are_skipped(base: KnowledgeBase) -> None:
    load(base, (HEADER + ROW).encode())
    assert load(base, (HEADER + ROW).encode()).totals["skip"] == 1
    assert Faq.history.count() == 1


# --- preview ---------------------------------------------------------------------------------------------------------


def test_a_preview_neither_writes_nor_begins_to(base: KnowledgeBase) -> None:
    """A handful of reads, however many rows: visitors' messages are written meanwhile."""
    load(base, (HEADER + ROW).encode())
    many = "".join(ROW.replace("returns.period", f"returns.{number}") for number in range(50))
    with CaptureQueriesContext(connection) as queries:
        result = load(base, (HEADER + ROW.replace("live", "draft") + many).encode(), dry_run=True)
    assert (result.totals["new"], result.totals["update"]) == (50, 1)
    assert all(query["sql"].startswith("SELECT") for query in queries)
    assert len(queries) <= 9  # three of the base, and those of the word filter, which is compiled anew here
    assert (Faq.objects.count(), Faq.objects.get().state) == (1, "live")


def test_a_preview_shows_what_goes_and_what_comes_as_text(base: KnowledgeBase) -> None:
    load(base, (HEADER + ROW).encode())
    result = load(base, rows_as_csv({"key": "returns.period", "answer_en": "<script>"}), dry_run=True)
    assert result.rows[0].diff == ["returns.period", "<del>Within 30 days.</del> <ins>&lt;script&gt;</ins>"]


def test_many_rows_are_written_with_few_statements(base: KnowledgeBase) -> None:
    many = "".join(ROW.replace("returns.period", f"returns.{number}") for number in range(100))
    with CaptureQueriesContext(connection) as queries:
        load(base, (HEADER + many).encode())
    assert Variant.objects.count() == 600
    assert len(queries) < 60


# --- what is refused -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("row", "complaint"),
    [
        ({"key": " "}, "needs a key"),
        ({"key": "k" * 81}, "80"),
        ({"question_en": ""}, "at least one language"),
        ({"question_en": "q" * 501}, "longer than 500"),
        ({"answer_en": "a" * 4001}, "longer than 4,000"),
        ({"state": "asleep"}, "asleep"),
        ({"valid_from": "tomorrow"}, "Write date and time"),
        ({"valid_from": "2026-13-01T00:00:00Z"}, "Write date and time"),
        ({"valid_from": "0001-01-01T00:00+23:00"}, "Write date and time"),
        ({"valid_from": "0001-01-01"}, "Write date and time"),
        ({"valid_until": "9999-12-31T23:59-12:00"}, "Write date and time"),
        ({"valid_from": "2026-02-01", "valid_until": "2026-01-01"}, "later than its beginning"),
        ({"url_en": "javascript:alert(1)"}, "URL"),
        ({"answer_en": "", "url_en": "https://tea.example"}, "needs an answer"),
    ],
)
def test_a_row_is_refused_by_its_number_and_no_row_is_written(base: KnowledgeBase, row: dict[str, str], complaint: str) -> None:
    good = {"key": "good", "state": "live", "valid_from": "", "valid_until": "", "question_en": "Why?", "answer_en": "So.", "url_en": ""}
    result = load(base, rows_as_csv(good, good | {"key": "bad"} | row))
    [(number, told)] = complaints(result)
    assert number == 3
    assert complaint in told
    assert not Faq.objects.exists()


def test_a_key_that_stands_twice_names_both_rows(base: KnowledgeBase) -> None:
    result = load(base, (HEADER + ROW + "\n" + ROW).encode(), dry_run=True)
    assert complaints(result) == [(4, "Rows 2 and 4 have the same key. Join them or rename one.")]


def xlsx_with(content: bytes, part: str = "sheet1", of: bytes = b"") -> bytes:
    """A whole archive, one part of which holds something else."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(of or rows_as_xlsx(["key"], ["a"]))) as whole, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as damaged:
        for entry in whole.infolist():
            damaged.writestr(entry.filename, content if part in entry.filename else whole.read(entry))
    return out.getvalue()


@pytest.mark.parametrize(
    ("data", "table", "complaint"),
    [
        (rows_as_xlsx(["key"], ["a"])[:2000], XlsxTable, "complete XLSX"),
        (xlsx_with(b"<worksheet><sheetData><row"), XlsxTable, "complete XLSX"),
        (xlsx_with(b"\x00\xff"), XlsxTable, "complete XLSX"),
        (b"", XlsxTable, "complete XLSX"),
        (b"key,state\n", XlsxTable, "complete XLSX"),
        (b"key\n\xff\xfe\x00\x00", CsvTable, "UTF-8 nor GB18030"),
        ("key,question_zh\na,怎麼退款？\n".encode("big5"), CsvTable, "UTF-8 nor GB18030"),
        (b"", CsvTable, "question_zh"),
        (b"title,text\na,b\n", CsvTable, "question_zh"),
        (b"key,state\na,live,spare\n", CsvTable, "Row 2 has more cells"),
        (b"key,state\n\na,live\nb,live,spare\n", CsvTable, "Row 4 has more cells"),
        (b"key,state,key\na,live,b\n", CsvTable, "stands twice"),
        (b"key,state\n", CsvTable, "no rows below"),
        (b'key,answer_en\na,"' + b"x\n" * 70_000, CsvTable, "a quotation mark is not closed"),
        (b'key,answer_en\na,"b\nc,d\n', CsvTable, "a quotation mark is not closed"),
        (rows_as_xlsx(["key", "variants_en"], ["a", "x" * 32_767]), XlsxTable, "Row 2 has a cell that is as long"),
        (b"key," + b",".join(b"column%d" % number for number in range(60)) + b"\na\n", CsvTable, "more than 50 columns"),
        (b"key\n" + b"a\n" * 2001, CsvTable, "more than 2,000 rows"),
        (rows_as_xlsx(["key"], *[["a"]] * 2001), XlsxTable, "more than 2,000 rows"),
        (b"key\n" + b" " * (5 * 1024 * 1024), CsvTable, "larger than 5 MB"),
        (xlsx_with(b" " * (16 * 1024 * 1024)), XlsxTable, "more than 15 MB"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_file_is_refused_in_our_words(data: bytes, table: Any, complaint: str) -> None:
    with pytest.raises(ValidationError) as refused:
        read(data, table)
    assert complaint in refused.value.messages[0]


def test_a_small_file_that_unpacks_without_end_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    """A row so far away that the empty ones before it are never done."""
    monkeypatch.setattr(faq_xlsx, "SECONDS", 1)
    rows = b"".join(b'<row r="%d"><c t="inlineStr"><is><t>key</t></is></c></row>' % number for number in (1, 99_999_999_999))
    sheet = b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>%s</sheetData></worksheet>' % rows
    with pytest.raises(ValidationError, match="complete XLSX"):
        read(xlsx_with(sheet), XlsxTable)


def xlsx_of_one_text(text: str, rows: int) -> bytes:
    """As spreadsheets keep it: the text once, and fifty cells in each row that name it."""
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    head = "".join(f'<c t="inlineStr"><is><t>{name}</t></is></c>' for name in ("key", "question"))
    body = ("<row>" + '<c t="s"><v>0</v></c>' * 50 + "</row>") * rows
    sheet = f'<worksheet xmlns="{main}"><sheetData><row>{head}</row>{body}</sheetData></worksheet>'
    out = io.BytesIO(xlsx_with(sheet.encode()))
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sharedStrings+xml"
    with zipfile.ZipFile(out) as whole:
        types = whole.read("[Content_Types].xml").decode().replace("</Types>", f'<Override PartName="/xl/texts.xml" ContentType="{kind}"/></Types>')
    out = io.BytesIO(xlsx_with(types.encode(), "Content_Types", out.getvalue()))
    with zipfile.ZipFile(out, "a", zipfile.ZIP_DEFLATED) as whole:
        whole.writestr("xl/texts.xml", f'<sst xmlns="{main}" count="1" uniqueCount="1"><si><t>{text}</t></si></sst>')
    return out.getvalue()


@pytest.mark.parametrize("read_it", [lambda data: read(data, XlsxTable), lambda data: questions_read("q.xlsx", data)], ids=["faqs", "questions"])
def test_one_text_in_very_many_cells_does_not_fill_the_memory(read_it: Any) -> None:
    data = xlsx_of_one_text("A" * 1000, rows=1999)
    assert len(data) < 50_000
    with pytest.raises(ValidationError, match="unpacks to more than 15 MB"):
        read_it(data)


def test_one_text_in_many_cells_is_read() -> None:
    found = questions_read("q.xlsx", xlsx_of_one_text("退货😀", rows=100))
    assert found == [("退货😀", "退货😀")] * 100


def test_a_row_with_fewer_cells_leaves_the_others_empty() -> None:
    assert read(b"key,state,category\na\n").dict == [{"key": "a", "state": "", "category": ""}]


def test_two_thousand_rows_are_within_the_limit() -> None:
    assert len(read(b"key\n" + b"a\n" * faq_files.MAX_ROWS)) == faq_files.MAX_ROWS


# --- export ----------------------------------------------------------------------------------------------------------


@pytest.fixture
def awkward(base: KnowledgeBase) -> Faq:
    """Everything a FAQ can hold, and texts that tables like to spoil."""
    moments = {"valid_from": datetime(2026, 1, 1, 9, 30, 0, 5, UTC), "valid_until": datetime(2027, 1, 1, tzinfo=UTC)}
    faq = Faq.objects.create(knowledge_base=base, key="-5", category="@work", state="draft", **moments)
    for text, is_canonical in ((FORMULA, True), ("'=1+1", False), ("one || two", False), ('"quoted", 引号', False), ("a\u2028b", False)):
        Variant.objects.create(faq=faq, language="en", text=text, is_canonical=is_canonical)
    Variant.objects.create(faq=faq, language="zh", text="甲||乙")
    FaqAnswer.objects.create(faq=faq, language="en", text="+49 30 1234\nsecond line", url="https://tea.example/?a=1,2")
    FaqAnswer.objects.create(faq=faq, language="zh", text="'tis\t一")
    return faq


@pytest.mark.parametrize("table", [CsvTable, XlsxTable])
def test_its_own_export_comes_back_without_loss(base: KnowledgeBase, awkward: Faq, table: Any) -> None:
    before = cells_of(awkward)
    exported = table().export_data(FaqTable(base=base).export())
    assert FaqTable(base=base).import_data(read(exported, table), dry_run=True).totals["skip"] == 1
    awkward.delete()
    FaqTable(base=base).import_data(read(exported, table))
    assert cells_of(Faq.objects.get()) == before


def test_a_faq_of_very_many_phrasings_comes_back_from_its_csv(base: KnowledgeBase) -> None:
    faq = Faq.objects.create(knowledge_base=base, key="many")
    Variant.objects.bulk_create(Variant(faq=faq, language="en", text=f"{number} {'x' * 480}") for number in range(300))
    exported = CsvTable().export_data(FaqTable(base=base).export())
    assert FaqTable(base=base).import_data(read(exported), dry_run=True).totals["skip"] == 1


@pytest.mark.parametrize("text", [FORMULA, "+1", "-1", "@SUM(A1)", "'=1"])
def test_an_exported_text_never_runs_as_a_formula(base: KnowledgeBase, text: str) -> None:
    faq = Faq.objects.create(knowledge_base=base, key="k")
    FaqAnswer.objects.create(faq=faq, language="en", text=text)
    exported = CsvTable().export_data(FaqTable(base=base).export()).decode("utf-8-sig")
    assert next(csv.DictReader(io.StringIO(exported)))["answer_en"] == f"'{text}"


def test_control_characters_do_not_keep_a_table_from_being_exported(base: KnowledgeBase) -> None:
    faq = Faq.objects.create(knowledge_base=base, key="k")
    FaqAnswer.objects.create(faq=faq, language="en", text="bell\x07")
    assert read(XlsxTable().export_data(FaqTable(base=base).export()), XlsxTable).dict[0]["answer_en"] == "bell\ufffd"

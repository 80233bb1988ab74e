"""Import with preview and export through the admin's pages: what an editor sees, also of what goes wrong."""

from __future__ import annotations

import io
import os
import time
from pathlib import Path
from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.test import Client
from django.urls import reverse

from csbot.accounts.models import Agent, Company, User
from knowledge.faq_files import CsvTable, XlsxTable
from knowledge.faq_table import FaqTable
from knowledge.models import Faq, FaqAnswer, KnowledgeBase, Variant

pytestmark = pytest.mark.django_db

CSV, XLSX = "0", "1"
TABLE = (
    "key,question_zh,variants_zh,answer_zh,question_en,answer_en\n"
    "returns.period,多久能退货？,几天内可以退||退货期限,30天内可以退。,How long?,30 days.\n"
)
IMPORT = "admin:knowledge_faq_import"
CONFIRM = "admin:knowledge_faq_process_import"
ASKED_AGAIN = "Upload it again."


def as_xlsx(table: str) -> bytes:
    return XlsxTable().export_data(CsvTable().create_dataset(table.encode()))


def upload(client: Client, base: KnowledgeBase, data: bytes, format_: str = CSV) -> Any:
    file = io.BytesIO(data)
    file.name = "faqs.csv" if format_ == CSV else "faqs.xlsx"
    return client.post(reverse(IMPORT), {"import_file": file, "format": format_, "knowledge_base": str(base.pk), "resource": "0"})


def confirm(client: Client, page: Any, **other: str) -> str:
    answer = client.post(reverse(CONFIRM), {**page.context["confirm_form"].initial, **other}, follow=True)
    return answer.content.decode()


@pytest.fixture
def editor(company: Company) -> Client:
    user = User.objects.create(username="ann", is_staff=True)
    Agent.objects.create(company=company, user=user, role="editor", display_name="Ann")
    client = Client()
    client.force_login(user)
    return client


# --- preview and confirmation ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("data", "format_"),
    [(TABLE.encode("utf-8"), CSV), (TABLE.encode("utf-8-sig"), CSV), (TABLE.encode("gb18030"), CSV), (as_xlsx(TABLE), XLSX)],
    ids=["utf-8", "utf-8 with mark", "gb18030", "xlsx"],
)
def test_a_table_is_shown_first_and_imported_when_confirmed(editor: Client, base: KnowledgeBase, data: bytes, format_: str) -> None:
    page = upload(editor, base, data, format_)
    assert "<ins>30天内可以退。</ins>" in page.content.decode()
    assert not Faq.objects.exists()
    confirm(editor, page)
    assert Faq.objects.get().knowledge_base == base
    assert FaqAnswer.objects.get(language="zh").text == "30天内可以退。"
    assert Variant.objects.filter(language="zh").count() == 3
    assert Faq.history.get().history_user.username == "ann"


@pytest.mark.parametrize("format_", [CSV, XLSX])
def test_what_the_page_exports_imports_again(editor: Client, base: KnowledgeBase, format_: str) -> None:
    confirm(editor, upload(editor, base, TABLE.encode()))
    columns = {f"faqtable_{name}": "on" for name in FaqTable().get_export_order()}
    exported = editor.post(reverse("admin:knowledge_faq_export"), {"format": format_, "resource": "0", **columns}).content
    before = set(Variant.objects.values_list("language", "text", "is_canonical")) | set(FaqAnswer.objects.values_list("language", "text"))
    Faq.objects.all().delete()
    confirm(editor, upload(editor, base, exported, format_))
    after = set(Variant.objects.values_list("language", "text", "is_canonical")) | set(FaqAnswer.objects.values_list("language", "text"))
    assert after == before


def test_what_a_spreadsheet_would_cut_off_is_not_exported_as_one(editor: Client, base: KnowledgeBase) -> None:
    faq = Faq.objects.create(knowledge_base=base, key="many")
    Variant.objects.bulk_create(Variant(faq=faq, language="en", text=f"{number:4} {'x' * 55}".strip()) for number in range(700))
    columns = {f"faqtable_{name}": "on" for name in FaqTable().get_export_order()}
    told = editor.post(reverse("admin:knowledge_faq_export"), {"format": XLSX, "resource": "0", **columns})
    assert "The FAQ “many” has more phrasings than a spreadsheet&#x27;s cell can hold" in told.content.decode()
    exported = editor.post(reverse("admin:knowledge_faq_export"), {"format": CSV, "resource": "0", **columns}).content
    confirm(editor, upload(editor, base, exported))
    assert Variant.objects.count() == 700


def test_a_row_that_is_refused_is_shown_and_cannot_be_confirmed(editor: Client, base: KnowledgeBase) -> None:
    page = upload(editor, base, (TABLE + "returns.period,,,,Why?,So.\n").encode())
    assert "Rows 2 and 3 have the same key." in page.content.decode()
    assert "confirm_form" not in page.context


@pytest.mark.parametrize(
    ("data", "format_", "complaint"),
    [
        (b"PK\x03\x04 torn", XLSX, "complete XLSX"),
        (b"key,state\na,live,spare\n", CSV, "more cells"),
        (b'key,answer_en\na,"b\nc,d\n', CSV, "a quotation mark is not closed"),
        (b"key\n" + b"a\n" * 2001, CSV, "more than 2,000 rows"),
        (b" " * (5 * 1024 * 1024 + 1), CSV, "larger than 5 MB"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_file_that_cannot_be_read_is_explained(editor: Client, base: KnowledgeBase, data: bytes, format_: str, complaint: str) -> None:
    page = upload(editor, base, data, format_)
    assert page.status_code == 200
    assert complaint in page.content.decode()


def test_what_nobody_expected_is_said_in_our_words_too(editor: Client, base: KnowledgeBase, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(self: CsvTable, data: bytes) -> None:
        raise RuntimeError("library text")

    monkeypatch.setattr(CsvTable, "create_dataset", fails)
    page = upload(editor, base, TABLE.encode()).content.decode()
    assert "This file cannot be read as a table." in page
    assert "library text" not in page
    assert "RuntimeError" not in page


# --- a confirmation that fits nothing --------------------------------------------------------------------------------


def test_a_second_confirmation_asks_for_the_file_again(editor: Client, base: KnowledgeBase) -> None:
    page = upload(editor, base, TABLE.encode())
    assert ASKED_AGAIN not in confirm(editor, page)
    assert ASKED_AGAIN in confirm(editor, page)
    assert Faq.history.count() == 1


@pytest.mark.parametrize(
    "forged",
    [
        {"import_file_name": "0" * 32},
        {"import_file_name": "../../etc/passwd"},
        {"import_file_name": ".."},
        {"format": "7"},
        {"format": "x"},
        {"format": XLSX},
        {"resource": "9"},
        {"knowledge_base": "nonsense"},
    ],
    ids=str,
)
def test_a_forged_confirmation_asks_for_the_file_again(editor: Client, base: KnowledgeBase, forged: dict[str, str]) -> None:
    page = upload(editor, base, TABLE.encode())
    assert ASKED_AGAIN in confirm(editor, page, **forged)
    assert not Faq.objects.exists()


def test_a_confirmation_never_leads_into_another_companys_base(editor: Client, base: KnowledgeBase) -> None:
    foreign = KnowledgeBase.objects.create(company=Company.objects.create(name="Globex", slug="globex"), name="Pumps")
    page = upload(editor, base, TABLE.encode())
    assert "Pumps" not in page.content.decode()
    assert ASKED_AGAIN in confirm(editor, page, knowledge_base=str(foreign.pk))
    assert "confirm_form" not in upload(editor, foreign, TABLE.encode()).context
    assert not Faq.objects.exists()


def test_a_file_that_nobody_confirmed_is_removed_by_a_later_upload(editor: Client, base: KnowledgeBase) -> None:
    name = upload(editor, base, TABLE.encode()).context["confirm_form"].initial["import_file_name"]
    forgotten = Path(default_storage.path(f"imports/{name}"))
    two_hours_ago = time.time() - 7200
    os.utime(forgotten, (two_hours_ago, two_hours_ago))
    kept = upload(editor, base, TABLE.encode()).context["confirm_form"].initial["import_file_name"]
    assert not forgotten.exists()
    assert default_storage.exists(f"imports/{kept}")

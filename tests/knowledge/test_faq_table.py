"""FAQs as a table: import with preview through the admin, export, and what is refused in which words."""

from __future__ import annotations

import io

import pytest
import tablib
from django.urls import reverse

from csbot.accounts.models import Company
from knowledge.faq_table import CsvTable, FaqTable, XlsxTable
from knowledge.models import Faq, FaqAnswer, KnowledgeBase, Variant

pytestmark = pytest.mark.django_db

HEADER = "key,category,state,question_zh,variants_zh,answer_zh,question_en,variants_en,answer_en\n"
ROW = (
    "returns.period,returns,live,多久能退货？,几天内可以退||退货期限,30天内可以退。,"
    "How long may I return?,return period||days to return,Within 30 days.\n"
)


@pytest.fixture
def base():
    return KnowledgeBase.objects.create(company=Company.objects.create(name="Acme", slug="acme"), name="Shop")


def read(data: bytes, table=CsvTable):
    return table().create_dataset(data)


def load(base, data: bytes, *, dry_run=False):
    return FaqTable(base=base).import_data(read(data), dry_run=dry_run, raise_errors=False)


def texts(key="returns.period"):
    return set(Variant.objects.filter(faq__key=key).values_list("language", "text", "is_canonical"))


def test_it_reads_one_row_as_a_faq_with_answers_and_variants(base):
    load(base, (HEADER + ROW).encode())
    assert dict(FaqAnswer.objects.values_list("language", "text")) == {"zh": "30天内可以退。", "en": "Within 30 days."}
    assert ("zh", "多久能退货？", True) in texts()
    assert ("en", "days to return", False) in texts()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_it_finds_out_the_encoding(base, encoding):
    load(base, (HEADER + ROW).encode(encoding))
    assert ("zh", "退货期限", False) in texts()


def test_a_dry_run_changes_nothing(base):
    result = load(base, (HEADER + ROW).encode(), dry_run=True)
    assert result.totals["new"] == 1
    assert not Faq.objects.exists()


def test_its_own_export_imports_again_without_loss(base):
    load(base, (HEADER + ROW).encode())
    before = texts(), set(FaqAnswer.objects.values_list("language", "text"))
    exported = CsvTable().export_data(FaqTable(base=base).export())
    Faq.objects.all().delete()
    load(base, exported)
    assert (texts(), set(FaqAnswer.objects.values_list("language", "text"))) == before


def test_it_replaces_variants_that_are_no_longer_in_the_row(base):
    load(base, (HEADER + ROW).encode())
    load(base, (HEADER + ROW.replace("||退货期限", "")).encode())
    assert "退货期限" not in {text for _, text, _ in texts()}


def test_it_names_the_row_without_a_key_and_writes_nothing(base):
    result = load(base, (HEADER + ROW + ROW.replace("returns.period", "")).encode())
    assert [row.number for row in result.invalid_rows] == [2] or result.row_errors()
    assert not Faq.objects.filter(key="").exists()


def test_a_torn_xlsx_is_refused_in_words():
    whole = XlsxTable().export_data(tablib.Dataset(["returns.period"], headers=["key"]))
    with pytest.raises(Exception, match="complete XLSX"):
        read(whole[: len(whole) // 2], XlsxTable)


def test_bytes_of_no_encoding_are_refused_in_words():
    with pytest.raises(Exception, match="UTF-8 nor GB18030"):
        read(b"key\n\xff\xfe\x00\x00")


def test_a_table_without_a_key_column_is_refused_with_the_known_ones():
    with pytest.raises(Exception, match="question_zh"):
        read(b"title,text\na,b\n")


def upload(client, base, name: str, data: bytes, format_index: int):
    file = io.BytesIO(data)
    file.name = name
    return client.post(
        reverse("admin:knowledge_faq_import"), {"import_file": file, "format": str(format_index), "knowledge_base": str(base.pk), "resource": "0"}
    )


def test_the_admin_previews_and_then_imports(admin_client, base):
    page = upload(admin_client, base, "faqs.csv", (HEADER + ROW).encode("gb18030"), 0)
    assert "30天内可以退。" in page.content.decode()
    assert not Faq.objects.exists()
    confirm = page.context["confirm_form"].initial
    admin_client.post(reverse("admin:knowledge_faq_process_import"), {**confirm, "resource": confirm.get("resource") or "0"})
    assert Faq.objects.get().knowledge_base == base


def test_the_admin_explains_a_torn_file_instead_of_failing(admin_client, base):
    page = upload(admin_client, base, "faqs.xlsx", b"PK\x03\x04 torn", 1)
    assert page.status_code == 200
    assert "complete XLSX" in page.content.decode()


def test_the_list_searches_variants_and_answers(admin_client, base):
    load(base, (HEADER + ROW).encode())
    for term in ("退货期限", "30 days"):
        assert "returns.period" in admin_client.get(reverse("admin:knowledge_faq_changelist"), {"q": term}).content.decode()

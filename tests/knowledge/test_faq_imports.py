"""Imports as an editor lives with them: what a preview points out, that one can be undone, and that our own export is the same after an import."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from csbot.accounts.models import Company
from knowledge.faq_table import FaqTable
from knowledge.models import Faq, FaqAnswer, FaqImport, KnowledgeBase, Variant
from tests.knowledge.test_admin import outsider, people, viewer  # noqa: F401 - fixtures
from tests.knowledge.test_faq_import import CSV, XLSX, as_xlsx, confirm, editor, upload  # noqa: F401 - fixtures

pytestmark = pytest.mark.django_db

HEADER = "key,category,state,question_en,variants_en,answer_en,question_zh,answer_zh\n"
FIRST = (
    "returns,orders,live,How long may I return it?,return period||days to return,30 days.,多久能退货？,30天。\n"
    "hours,shop,live,When are you open?,opening hours,Nine to five.,,\n"
    "gone,shop,live,Where are you?,,Lisbon.,,\n"
)
SECOND = (
    "returns,orders,live,How long may I return it?,days to return||money back,60 days.,多久能退货？,60天。\n"
    "hours,shop,draft,opening hours,When are you open?,Nine to six.,,\n"
    "new,shop,live,Do you ship?,,Yes.,能寄吗？,能。\n"
)


def exported(client: Client, format_: str = CSV) -> bytes:
    columns = {f"faqtable_{name}": "on" for name in FaqTable().get_export_order()}
    answer: bytes = client.post(reverse("admin:knowledge_faq_export"), {"format": format_, "resource": "0", **columns}).content
    return answer


def imported(client: Client, base: KnowledgeBase, rows: str) -> FaqImport:
    confirm(client, upload(client, base, (HEADER + rows).encode()))
    return FaqImport.objects.latest("created", "pk")


def undo(client: Client, made: FaqImport) -> str:
    return client.post(reverse("admin:knowledge_faqimport_undo", args=[made.pk]), follow=True).content.decode()


def notes(page: Any) -> list[tuple[int, str]]:
    return list(page.context["result"].notes)


# --- what a preview points out ---------------------------------------------------------------------------------------


def test_a_preview_names_the_faq_whose_words_a_row_has_too(editor: Client, base: KnowledgeBase) -> None:  # noqa: F811
    imported(editor, base, FIRST)
    page = upload(editor, base, (HEADER + "new,,live,Hours?,hello when are you OPEN,So.,多久能退货,是。\n").encode())
    assert notes(page) == [
        (
            2,
            "“多久能退货” is word for word a phrasing of “多久能退货？ · How long may I return it?” (returns) too. "
            "Asked so, neither of them would answer directly.",
        ),
        (
            2,
            "“hello when are you OPEN” is word for word a phrasing of “When are you open?” (hours) too. "
            "Asked so, neither of them would answer directly.",
        ),
    ]
    assert "Row 2: “hello when are you OPEN” is word for word" in " ".join(page.content.decode().split())
    assert "confirm_form" in page.context


@pytest.mark.parametrize("format_", [CSV, XLSX])
def test_a_preview_names_rows_of_the_table_that_have_the_same_words(editor: Client, base: KnowledgeBase, format_: str) -> None:  # noqa: F811
    table = HEADER + "a,,live,Do you ship?,,Yes.,,\nb,,live,Do you deliver?,do you ship,No.,,\n"
    page = upload(editor, base, as_xlsx(table) if format_ == XLSX else table.encode("utf-8-sig"), format_)
    assert [(number, told.split(" too.")[0]) for number, told in notes(page)] == [
        (2, "“Do you ship?” is word for word a phrasing of “Do you deliver?” (row 3)"),
        (3, "“do you ship” is word for word a phrasing of “Do you ship?” (row 2)"),
    ]


def test_a_preview_names_what_a_row_says_twice(editor: Client, base: KnowledgeBase) -> None:  # noqa: F811
    page = upload(editor, base, (HEADER + "a,,live,Do you ship?,do you SHIP||shipping||shipping,Yes.,,\n").encode())
    assert [told for _, told in notes(page)] == [
        "“do you SHIP” says word for word the same as “Do you ship?” of its own row. One of the two is enough.",
        "“shipping” says word for word the same as “shipping” of its own row. One of the two is enough.",
    ]


def test_errors_and_notes_are_shown_together(editor: Client, base: KnowledgeBase) -> None:  # noqa: F811
    imported(editor, base, FIRST)
    page = upload(editor, base, (HEADER + "a,,live,opening hours,,Yes.,,\nb,,asleep,Why?,,So.,,\n").encode())
    assert [number for number, _ in notes(page)] == [2]
    assert [row.number for row in page.context["result"].invalid_rows] == [3]


def test_a_column_of_a_wrong_name_is_pointed_out(editor: Client, base: KnowledgeBase) -> None:  # noqa: F811
    page = upload(editor, base, b"key,question_en,anwser_en\na,Why?,So.\n")
    [(number, told)] = notes(page)
    assert (number, told.startswith("The column “anwser_en” is left out")) == (1, True)
    assert "anwser_en" in page.content.decode()


def test_words_that_leave_one_faq_for_another_are_no_collision(editor: Client, base: KnowledgeBase) -> None:  # noqa: F811
    imported(editor, base, FIRST)
    moved = "hours,shop,live,When are you open?,,Nine to five.,,\nnew,shop,live,Opening times,opening hours,Nine.,,\n"
    assert notes(upload(editor, base, (HEADER + moved).encode())) == []
    assert notes(upload(editor, base, (HEADER + "new,shop,draft,opening hours,,Nine.,,\n").encode())) == []


def test_what_an_unchanged_row_shares_is_no_news(editor: Client, base: KnowledgeBase) -> None:  # noqa: F811
    imported(editor, base, FIRST)
    Variant.objects.create(faq=Faq.objects.get(key="gone"), language="en", text="opening hours")
    assert notes(upload(editor, base, exported(editor))) == []


# --- undo ------------------------------------------------------------------------------------------------------------


def test_an_undone_import_leaves_the_base_as_it_was(editor: Client, base: KnowledgeBase) -> None:  # noqa: F811
    imported(editor, base, FIRST)
    before = exported(editor)
    made = imported(editor, base, SECOND)
    assert (made.num_added, made.num_changed, made.by, made.file_name) == (1, 2, "ann", "faqs.csv")
    assert exported(editor) != before
    assert "The import was undone." in undo(editor, made)
    assert exported(editor) == before
    made.refresh_from_db()
    assert (made.undone_by, made.left) == ("ann", [])
    assert Faq.history.filter(key="new", history_type="-").exists()


def test_what_people_edited_since_is_named_and_left_alone(editor: Client, base: KnowledgeBase) -> None:  # noqa: F811
    imported(editor, base, FIRST)
    made = imported(editor, base, SECOND)
    FaqAnswer.objects.filter(faq__key="returns", language="en").update(text="90 days.")
    Variant.objects.create(faq=Faq.objects.get(key="new"), language="en", text="shipping?")
    page = undo(editor, made)
    assert "Edited or removed since the import, and left as it is: returns, new" in page
    assert FaqAnswer.objects.get(faq__key="returns", language="en").text == "90 days."
    assert Faq.objects.filter(key="new").exists()
    assert FaqAnswer.objects.get(faq__key="hours").text == "Nine to five."
    assert Faq.objects.get(key="hours").state == "live"


def test_what_was_removed_since_does_not_come_back(editor: Client, base: KnowledgeBase) -> None:  # noqa: F811
    imported(editor, base, FIRST)
    made = imported(editor, base, SECOND)
    Faq.objects.filter(key__in=["returns", "new"]).delete()
    undo(editor, made)
    made.refresh_from_db()
    assert made.left == ["returns"]
    assert set(Faq.objects.values_list("key", flat=True)) == {"hours", "gone"}


def test_imports_are_undone_one_after_another(editor: Client, base: KnowledgeBase) -> None:  # noqa: F811
    first = imported(editor, base, FIRST)
    second = imported(editor, base, SECOND)
    undo(editor, second)
    undo(editor, first)
    assert not Faq.objects.exists()


def test_what_a_later_import_kept_from_being_undone_is_undone_after_it(editor: Client, base: KnowledgeBase) -> None:  # noqa: F811
    imported(editor, base, FIRST)
    before = exported(editor)
    second = imported(editor, base, SECOND)
    third = imported(editor, base, SECOND.replace("60 days", "90 days"))
    assert exported(editor) != before
    assert "left as it is: returns" in undo(editor, second)
    undo(editor, third)
    assert "60 days" in exported(editor).decode("utf-8-sig")
    assert "The import was undone." in undo(editor, second)
    assert exported(editor) == before


def test_an_import_of_which_nothing_can_be_undone_is_not_called_undone(editor: Client, base: KnowledgeBase) -> None:  # noqa: F811
    made = imported(editor, base, FIRST)
    FaqAnswer.objects.update(text="Otherwise.")
    page = undo(editor, made)
    assert "left as it is: returns, hours, gone" in page
    assert "The import was undone." not in page
    made.refresh_from_db()
    assert made.undone is None


def test_an_import_is_undone_once(editor: Client, base: KnowledgeBase) -> None:  # noqa: F811
    made = imported(editor, base, FIRST)
    undo(editor, made)
    imported(editor, base, FIRST)
    assert "undone already" in undo(editor, made)
    assert Faq.objects.count() == 3


def test_an_import_leads_to_its_page_and_an_empty_one_leaves_none(editor: Client, base: KnowledgeBase) -> None:  # noqa: F811
    page = confirm(editor, upload(editor, base, (HEADER + FIRST).encode()))
    assert "Undo this import" in page
    assert "Where are you?" in page
    confirm(editor, upload(editor, base, (HEADER + FIRST).encode()))
    assert FaqImport.objects.count() == 1
    assert "faqs.csv" in editor.get(reverse("admin:knowledge_faqimport_changelist")).content.decode()
    undo(editor, FaqImport.objects.get())
    assert "Undo this import" not in editor.get(reverse("admin:knowledge_faqimport_change", args=[FaqImport.objects.get().pk])).content.decode()


def test_only_editors_of_the_company_undo(editor: Client, outsider: Client, viewer: Client, company: Company, base: KnowledgeBase) -> None:  # noqa: F811
    made = imported(editor, base, FIRST)
    at = reverse("admin:knowledge_faqimport_undo", args=[made.pk])
    assert [client.post(at).status_code for client in (outsider, viewer, Client())] == [404, 403, 302]
    assert editor.get(at).status_code == 405
    assert "Undo this import" not in viewer.get(reverse("admin:knowledge_faqimport_change", args=[made.pk])).content.decode()
    assert Faq.objects.count() == 3


# --- our own export --------------------------------------------------------------------------------------------------


@pytest.fixture
def full(base: KnowledgeBase) -> KnowledgeBase:
    """Everything that the FAQ's page lets an editor save."""
    moments = {"valid_from": datetime(2026, 1, 1, 9, 30, 0, 5, UTC), "valid_until": datetime(2027, 1, 1, tzinfo=UTC)}
    for number, state in enumerate(("live", "draft", "disabled")):
        faq = Faq.objects.create(knowledge_base=base, key=f"full.{number}", category="退货, “returns”", state=state, **moments if number else {})
        for language, texts in (("zh", ("多久能退货？", "几天可以退", "退货||期限")), ("en", ("How long?", "'=1+1", "b", "a", "two  spaces"))):
            for place, text in enumerate(texts):
                Variant.objects.create(faq=faq, language=language, text=text, is_canonical=place == number)
            FaqAnswer.objects.create(
                faq=faq,
                language=language,
                text=f"{language}:\r\n- 一\r\n\r\n\"two\", 'three'\n\t=four 🙂",
                url=f"https://tea.example/{language}?a=1,2",
            )
    bare = Faq.objects.create(knowledge_base=base, key="no.question")
    Variant.objects.create(faq=bare, language="en", text="one phrasing that visitors do not see")
    Faq.objects.create(knowledge_base=base, key="no.phrasing", state="draft")
    return base


@pytest.mark.parametrize("format_", [CSV, XLSX])
def test_an_export_is_the_same_after_it_was_imported(editor: Client, full: KnowledgeBase, format_: str) -> None:  # noqa: F811
    before, table = exported(editor), exported(editor, format_)
    page = upload(editor, full, table, format_)
    assert (page.context["result"].totals["skip"], page.context["result"].total_rows) == (5, 5)
    Faq.objects.all().delete()
    confirm(editor, upload(editor, full, table, format_))
    assert exported(editor) == before


# --- in Chinese ------------------------------------------------------------------------------------------------------


def test_all_of_it_is_said_in_chinese_too(editor: Client, base: KnowledgeBase) -> None:  # noqa: F811
    editor.cookies["django_language"] = "zh-hans"
    imported(editor, base, FIRST)
    page = upload(editor, base, (HEADER + "new,,live,opening hours,Opening hours!,So.,,\n").encode()).content.decode()
    assert "与“When are you open?”（hours）的一个问法逐字相同" in page
    assert "与本行的“opening hours”逐字相同" in page
    made = imported(editor, base, "new,,live,opening hours,,So.,,\n")
    faq = reverse("admin:knowledge_faq_change", args=[Faq.objects.get(key="new").pk])
    assert "的一个问法逐字相同：访客这样问时" in editor.get(faq).content.decode()
    assert "撤销此次导入" in editor.get(reverse("admin:knowledge_faqimport_change", args=[made.pk])).content.decode()
    Faq.objects.get(key="new").variants.all().delete()
    assert "导入后被编辑或删除，保持不动：new" in undo(editor, made)

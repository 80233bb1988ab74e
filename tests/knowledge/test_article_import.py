"""Articles in the back office: brought as files, with the passages that they are cut into, and told when they do not answer yet."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from csbot.accounts.models import AuditEntry, Company, Site
from knowledge.models import Article, KnowledgeBase
from tests.csbot.dashboard.desks import agent_of

pytestmark = pytest.mark.django_db
PAGE = "admin:knowledge_article_import"


@pytest.fixture
def editor(client: Client, company: Company, site: Site) -> Client:
    client.force_login(agent_of(company, "edi", "editor").user)
    return client


def sent(editor: Client, base: KnowledgeBase, files: dict[str, bytes], **more: Any) -> Any:
    uploads = [SimpleUploadedFile(name, data) for name, data in files.items()]
    return editor.post(reverse(PAGE), {"knowledge_base": str(base.pk), "uploads": uploads, **more}, follow=True)


def test_files_become_articles_with_passages_and_are_written_anew(editor: Client, base: KnowledgeBase) -> None:
    files = {"returns.en.md": b"# Returns\n\nWithin 30 days.\n\n## Refunds\n\nIn 3 days.", "returns.zh.md": "# 退货\n\n三十天内。".encode()}
    page = sent(editor, base, files).content.decode()
    assert "Made: 2, written anew: 0" in page
    article = Article.objects.get(key="returns", language="en")
    assert [passage.text for passage in article.passages.all()] == ["Within 30 days.", "In 3 days."]
    shown = editor.get(reverse("admin:knowledge_article_change", args=[article.pk])).content.decode()
    assert "In 3 days." in shown
    sent(editor, base, {"returns.en.md": b"# Returns\n\nWithin 40 days."})
    article.refresh_from_db()
    assert article.body == "# Returns\n\nWithin 40 days."
    assert Article.objects.count() == 2


def test_one_bad_file_keeps_all_of_them_out_and_is_named(editor: Client, base: KnowledgeBase) -> None:
    page = sent(editor, base, {"good.md": b"fine", "bad.rtf": b"x", "torn.pdf": b"%PDF-1.4 torn", "empty.md": b" "}).content.decode()
    assert "bad.rtf: Only .md, .txt, .pdf, .docx and .html can be read" in page
    assert "torn.pdf: It cannot be opened as what its name says" in page
    assert "empty.md" in page
    assert not Article.objects.exists()
    twice = sent(editor, base, {"a.en.md": b"one", "A.en.txt": b"two"}).content.decode()
    assert "would be the same article" in twice
    again = [SimpleUploadedFile("same.en.md", b"one"), SimpleUploadedFile("same.en.md", b"two")]  # of two folders
    page = editor.post(reverse(PAGE), {"knowledge_base": str(base.pk), "uploads": again}).content.decode()
    assert "would be the same article" in page
    assert sent(editor, base, {}).status_code == 200
    assert "more than 50" in sent(editor, base, {f"{number}.md": b"x" for number in range(51)}).content.decode()
    assert not Article.objects.exists()


def test_only_editors_and_only_into_their_own(client: Client, company: Company, base: KnowledgeBase) -> None:
    client.force_login(agent_of(company, "vic", "viewer").user)
    assert client.get(reverse(PAGE)).status_code == 403
    client.force_login(agent_of(Company.objects.create(name="Else", slug="else"), "eve", "editor").user)
    assert sent(client, base, {"a.md": b"text"}).status_code == 200
    assert not Article.objects.exists()


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_what_does_not_answer_yet_is_said_with_the_way_to_publish(editor: Client, base: KnowledgeBase, language: str) -> None:
    sent(editor, base, {"a.md": b"text"})
    page = editor.get(reverse("admin:knowledge_faq_changelist"), headers={"accept-language": language}).content.decode()
    assert {"en": "changes that do not answer yet", "zh-hans": "有改动尚未生效"}[language] in page
    assert reverse("admin:knowledge_snapshots", args=[base.pk]) in page


def test_changes_of_knowledge_stand_in_the_audit_log(editor: Client, base: KnowledgeBase) -> None:
    fields = {"knowledge_base": str(base.pk), "key": "a", "language": "en", "title": "t", "body": "text", "format": "markdown"}
    passages = {"passages-TOTAL_FORMS": "0", "passages-INITIAL_FORMS": "0"}
    assert editor.post(reverse("admin:knowledge_article_add"), {**fields, **passages}).status_code == 302
    article = Article.objects.get()
    editor.post(reverse("admin:knowledge_article_delete", args=[article.pk]), {"post": "yes"})
    told = AuditEntry.objects.filter(object_type="knowledge.Article").order_by("at").values_list("actor", "action", "object_name")
    assert list(told) == [("edi", "added", "a"), ("edi", "deleted", "a")]

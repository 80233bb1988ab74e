"""What editors save with a listed word in it: it is kept, and they are warned."""

from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from csbot.accounts.models import Company
from knowledge.models import Faq, KnowledgeBase, WordList
from tests.csbot.dashboard.desks import agent_of
from tests.knowledge.test_admin import form_of
from tests.knowledge.test_faq_import import upload

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("redis_clean", "listed")]

WARNING = "holds the listed word “zorblax”"


@pytest.fixture
def editor(company: Company, client: Client) -> Client:
    client.force_login(agent_of(company, "ed", "editor").user)
    return client


@pytest.fixture
def listed(company: Company) -> None:
    WordList.objects.create(company=company, name="ours").words.create(term="zorblax", category="rivals", level="block")


def test_an_import_of_faqs_shows_the_listed_words_in_it(editor: Client, base: KnowledgeBase) -> None:
    page = upload(editor, base, b"key,question_en,answer_en\nrival,What is it?,Better than Z-orblax.\n").content.decode()
    assert WARNING in page
    assert "The answer ends before the word" in page


def test_an_article_with_a_listed_word_is_saved_with_a_warning(editor: Client, base: KnowledgeBase) -> None:
    body = {"knowledge_base": base.pk, "key": "rival", "language": "en", "title": "Rivals", "body": "Zorblax.", "format": "markdown", "is_live": "on"}
    assert WARNING in editor.post(reverse("admin:knowledge_article_add"), body, follow=True).content.decode()
    files = [SimpleUploadedFile("zorblax.md", b"fine"), SimpleUploadedFile("other.md", b"fine")]
    sent = {"knowledge_base": str(base.pk), "uploads": files}
    assert "“zorblax.md” " + WARNING in editor.post(reverse("admin:knowledge_article_import"), sent, follow=True).content.decode()


def test_a_faq_with_a_listed_word_is_saved_with_a_warning(editor: Client, base: KnowledgeBase) -> None:
    faq = Faq.objects.create(knowledge_base=base, key="rival")
    faq.variants.create(language="en", text="What is it?", is_canonical=True)
    faq.answers.create(language="en", text="Better than zorblax.")
    page = editor.get(reverse("admin:knowledge_faq_change", args=[faq.pk]))
    assert WARNING in editor.post(reverse("admin:knowledge_faq_change", args=[faq.pk]), form_of(page), follow=True).content.decode()

"""A long article that was brought as a file is edited like any other."""

from __future__ import annotations

import re
from html import unescape
from typing import Any
from urllib.parse import urlencode

import pytest
from django.test import Client
from django.urls import reverse

from csbot.accounts.models import Company, Site
from knowledge.models import Article, KnowledgeBase
from tests.csbot.dashboard.desks import agent_of
from tests.knowledge.test_article_import import sent

pytestmark = [pytest.mark.django_db, pytest.mark.thorough]


@pytest.fixture
def editor(client: Client, company: Company, site: Site) -> Client:
    client.force_login(agent_of(company, "edi", "editor").user)
    return client


def saved(editor: Client, article: Article, **changed: str) -> Any:
    """As a browser sends the page's form back, in the encoding that the form asks for."""
    address = reverse("admin:knowledge_article_change", args=[article.pk])
    page = editor.get(address).content.decode()
    form = page[page.index('id="article_form"') - 300 :]
    inputs = [tag for tag in re.findall(r"<input [^>]*>", form) if 'name="' in tag and 'type="submit"' not in tag]
    values = {_of("name", tag): _of("value", tag) for tag in inputs}
    fields = {name: str(getattr(article, name)) for name in ("key", "language", "title", "body", "format")}
    data = {**values, **fields, "knowledge_base": str(article.knowledge_base_id), "is_live": "on", **changed}
    if 'enctype="multipart/form-data"' in form[:600]:
        return editor.post(address, data)
    return editor.post(address, urlencode(data), content_type="application/x-www-form-urlencoded")


def _of(attribute: str, tag: str) -> str:
    found = re.search(rf'{attribute}="([^"]*)"', tag)
    return unescape(found[1]) if found else ""


@pytest.mark.parametrize("text", ["退货须知：三十天内可以退货。\n\n" * 20_000, "# A\nb\n" * 3_000], ids=["long", "of many headings"])
def test_what_was_brought_can_be_edited(editor: Client, base: KnowledgeBase, text: str) -> None:
    sent(editor, base, {"manual.md": text.encode()})
    article = Article.objects.get()
    reply = saved(editor, article, title="Anew")
    assert reply.status_code == 302
    article.refresh_from_db()
    assert (article.title, article.body) == ("Anew", text.strip())

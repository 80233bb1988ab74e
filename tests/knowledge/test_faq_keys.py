"""Keys that stand for no FAQ at all: refused for new ones at every door, kept where an older version let them pass."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from csbot.accounts.models import Company, Site
from knowledge import facade
from knowledge.faq_files import CsvTable
from knowledge.faq_table import FaqTable
from knowledge.models import Faq, KnowledgeBase
from tests.csbot.dashboard.desks import agent_of

pytestmark = pytest.mark.django_db

RESERVED = pytest.mark.parametrize("key", ["none", "NONE", "None", "-", "无"])


@pytest.fixture
def editor(client: Client, company: Company, site: Site) -> Client:
    client.force_login(agent_of(company, "edi", "editor").user)
    return client


def sent(editor: Client, base: KnowledgeBase, key: str, faq: Faq | None = None) -> Any:
    """What a browser sends of a FAQ's form."""
    values = {"knowledge_base": str(base.pk), "key": key, "state": "live", "category": "edited"}
    values |= {f"{part}-{name}_FORMS": "0" for part in ("answers", "variants") for name in ("TOTAL", "INITIAL")}
    return editor.post(reverse("admin:knowledge_faq_change", args=[faq.pk]) if faq else reverse("admin:knowledge_faq_add"), values)


def loaded(base: KnowledgeBase, key: str) -> Any:
    table = CsvTable().create_dataset(f"key,category,state,question_en\n{key},edited,live,Why?\n".encode())
    return FaqTable(base=base).import_data(table)


def data(key: str) -> dict[str, Any]:
    return {"key": key, "variants": {"en": ["Why?"]}, "answers": {}, "category": "edited"}


@RESERVED
def test_no_new_faq_is_given_such_a_key(editor: Client, base: KnowledgeBase, key: str) -> None:
    told = f"“{key}” stands for no FAQ at all. Choose another key."
    assert told in sent(editor, base, key).content.decode()
    [refused] = loaded(base, key).invalid_rows
    assert refused.error.message_dict == {"key": [told]}
    with pytest.raises(ValueError, match=key):
        facade.faq_create(base.pk, data(key))
    assert not Faq.objects.exists()


@RESERVED
def test_no_faq_is_renamed_to_such_a_key(editor: Client, base: KnowledgeBase, key: str) -> None:
    faq = Faq.objects.create(knowledge_base=base, key="why")
    assert sent(editor, base, key, faq).status_code == 200
    assert Faq.objects.get().key == "why"


@RESERVED
@pytest.mark.parametrize("door", ["form", "table", "program"])
def test_a_faq_that_has_such_a_key_is_edited_as_ever(editor: Client, base: KnowledgeBase, key: str, door: str) -> None:
    faq = Faq.objects.create(knowledge_base=base, key=key)
    if door == "form":
        assert sent(editor, base, key, faq).status_code == 302
    elif door == "table":
        assert not loaded(base, key).has_validation_errors()
    else:
        facade.faq_update(base.pk, key, data(key))
    assert Faq.objects.get(key=key).category == "edited"

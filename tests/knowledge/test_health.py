"""Health of FAQs: found out when a snapshot is built, shown to editors, and forgotten with the next."""

from __future__ import annotations

import pytest
from django.test import Client

from knowledge import facade, snapshots
from knowledge.faq.health import Health, Lost, changed_since, healths_of
from knowledge.faq.router import FaqRouter
from knowledge.importing import replace_knowledge
from knowledge.models import Faq, FaqHealth, KnowledgeBase
from tests.knowledge.banks import ENCODER, faq, goods_bank
from tests.knowledge.test_admin import editor, people  # noqa: F401 - fixtures

WHERE = ["Where is the shop?", "where is the shop then", "so where is the shop"]


def test_phrasings_that_share_nothing_are_fragile_and_alike_ones_are_solid() -> None:
    bank = goods_bank()
    more = (
        faq("opening", "opening hours", "repair my teapot now"),
        faq("alone", "where do I park"),
        faq("password", "how do I reset my password", "please reset my password", "reset the password"),
    )
    bank = type(bank)(bank.owner, (*bank.faqs, *more))
    router = FaqRouter.build(bank, ENCODER)
    found = healths_of(router.measure, router.fit)
    assert found["alone"] == Health("unproven")
    assert found["opening"].state == "fragile"
    assert Lost("repair my teapot now", "en", "teapot.repair") in found["opening"].lost
    assert found["password"].state == "solid"
    assert set(found) == {one.key for one in bank.faqs}


def test_only_faqs_with_other_words_are_looked_at_again() -> None:
    before, faqs = goods_bank(), list(goods_bank().faqs)
    faqs[2] = faq(faqs[2].key, "quite other words")
    faqs.append(faq("new", "brand new"))
    assert changed_since(type(before)(before.owner, tuple(faqs)), before) == [2, len(faqs) - 1]


def test_health_survives_the_disk() -> None:
    health = Health("fragile", 3, 1, (Lost("a", "en", "b"), Lost("丙", "zh", "")))
    assert Health.from_json(health.to_json()) == health


@pytest.fixture
def published(base: KnowledgeBase) -> KnowledgeBase:
    facade.use_encoder("hash")
    rows = [
        {"key": "where", "category": "", "variants": {"en": WHERE}, "answers": {"en": "In Lisbon."}},
        {"key": "park", "category": "", "variants": {"en": ["May I park?"]}, "answers": {"en": "Yes."}},
        {"key": "odd", "category": "", "variants": {"en": ["Do you sell maps?", "where is the shop of yours"]}, "answers": {"en": "No."}},
    ]
    replace_knowledge(str(base.pk), faqs=rows, articles=[], intents=[])
    snapshots.publish(base.pk, actor="ada")
    return base


@pytest.mark.django_db
def test_publishing_keeps_the_health_beside_each_faq(published: KnowledgeBase) -> None:
    states = dict(FaqHealth.objects.values_list("faq__key", "state"))
    assert states == {"where": "solid", "park": "unproven", "odd": "fragile"}
    Faq.objects.get(key="park").variants.create(language="en", text="may I park here")
    snapshots.publish(published.pk, actor="ada")
    assert FaqHealth.objects.get(faq__key="park").state == "solid"
    assert FaqHealth.objects.count() == 3


@pytest.mark.django_db
def test_an_editor_finds_what_is_fragile_and_reads_why(editor: Client, published: KnowledgeBase) -> None:  # noqa: F811
    listed = editor.get("/admin/knowledge/faq/?health__state=fragile").content.decode()
    assert "Do you sell maps?" in listed
    assert "May I park?" not in listed
    page = editor.get(f"/admin/knowledge/faq/{Faq.objects.get(key='odd').pk}/change/").content.decode()
    assert "“where is the shop of yours” finds “Where is the shop?”" in page
    page = editor.get(f"/admin/knowledge/faq/{Faq.objects.get(key='park').pk}/change/").content.decode()
    assert "Unproven" in page
    assert editor.get("/admin/knowledge/faq/add/").status_code == 200

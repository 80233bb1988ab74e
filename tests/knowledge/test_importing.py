"""A base made equal to plain data: only what differs is written, and what was not published yet is known."""

from __future__ import annotations

from typing import Any

import pytest

from knowledge import facade
from knowledge.faq_history import parts_changes
from knowledge.importing import replace_knowledge
from knowledge.models import Article, Faq, FaqAnswer, Intent, KnowledgeBase, Passage

pytestmark = pytest.mark.django_db

FAQS = [
    {"key": "where", "category": "shop", "url": "https://tea.example.com", "variants": {"en": ["Where?", "shop"]}, "answers": {"en": "In Lisbon."}},
    {"key": "when", "category": "shop", "variants": {"en": ["When?"], "zh": ["几点？"]}, "answers": {"en": "At nine.", "zh": "九点。"}},
]
ARTICLES = [{"key": "tea", "language": "en", "title": "Tea", "body": "## Green\nWarm water.\n\n## Black\nHot water.\n"}]
INTENTS = [{"key": "hello", "action": "chitchat", "replies": {"en": "Hello."}, "examples": {"en": ["hi"]}, "phrases": {"en": ["hello"]}}]


def replace(base: KnowledgeBase, **other: Any) -> bool:
    data: dict[str, Any] = {"faqs": FAQS, "articles": ARTICLES, "intents": INTENTS}
    return replace_knowledge(str(base.pk), **(data | other))


def rows(base: KnowledgeBase) -> dict[str, list[int]]:
    return {
        "answers": list(FaqAnswer.objects.filter(faq__knowledge_base=base).order_by("pk").values_list("pk", flat=True)),
        "passages": list(Passage.objects.filter(article__knowledge_base=base).order_by("pk").values_list("pk", flat=True)),
        "intents": list(Intent.objects.filter(knowledge_base=base).values_list("pk", flat=True)),
    }


def test_the_same_data_again_touches_no_row(base: KnowledgeBase) -> None:
    assert replace(base)
    before = rows(base)
    assert not replace(base)
    assert rows(base) == before


def test_only_the_differing_faq_is_written(base: KnowledgeBase) -> None:
    replace(base)
    kept = FaqAnswer.objects.get(faq__key="when", language="en")
    assert replace(base, faqs=[FAQS[0] | {"answers": {"en": "In Porto."}}, FAQS[1]])
    assert FaqAnswer.objects.get(faq__key="where").text == "In Porto."
    assert FaqAnswer.objects.get(faq__key="when", language="en") == kept


def test_what_the_data_does_not_name_is_removed(base: KnowledgeBase) -> None:
    replace(base)
    assert replace(base, faqs=FAQS[:1], articles=[], intents=[])
    assert list(Faq.objects.values_list("key", flat=True)) == ["where"]
    assert not Article.objects.exists()
    assert not Intent.objects.exists()


def test_the_first_phrasing_is_the_one_shown(base: KnowledgeBase) -> None:
    replace(base)
    shown = Faq.objects.get(key="where").variants.filter(is_canonical=True)
    assert [variant.text for variant in shown] == ["Where?"]


def test_phrasings_in_another_order_are_a_change(base: KnowledgeBase) -> None:
    replace(base)
    assert replace(base, faqs=[FAQS[0] | {"variants": {"en": ["shop", "Where?"]}}, FAQS[1]])


def test_a_changed_article_is_cut_anew(base: KnowledgeBase) -> None:
    replace(base)
    assert replace(base, articles=[ARTICLES[0] | {"body": "## White\nTepid water.\n"}])
    assert [passage.heading for passage in Passage.objects.all()] == ["White"]


def test_data_that_cannot_be_written_changes_nothing(base: KnowledgeBase) -> None:
    replace(base)
    with pytest.raises(KeyError):
        replace(base, faqs=[], articles=[{"key": "tea", "language": "en", "title": "Tea"}])
    assert Faq.objects.count() == len(FAQS)


def test_another_base_is_left_alone(base: KnowledgeBase) -> None:
    other = KnowledgeBase.objects.get(pk=facade.create_knowledge_base(base.company_id, "Coffee"))
    replace(other)
    replace(base, faqs=[], articles=[], intents=[])
    assert Faq.objects.filter(knowledge_base=other).count() == len(FAQS)


def test_a_change_waits_for_visitors_until_it_is_published(base: KnowledgeBase) -> None:
    facade.use_encoder("hash")
    replace(base)
    assert facade.is_newer_than_published(base.pk)
    facade.build_and_publish(base.pk, actor="ada")
    assert not facade.is_newer_than_published(base.pk)


@pytest.mark.parametrize("change", [{"faqs": FAQS[:1]}, {"articles": []}, {"intents": []}])
def test_a_removal_waits_for_visitors_too(base: KnowledgeBase, change: dict[str, Any]) -> None:
    facade.use_encoder("hash")
    replace(base)
    facade.build_and_publish(base.pk, actor="ada")
    replace(base, **change)
    assert facade.is_newer_than_published(base.pk)


def test_a_faq_that_was_seeded_has_a_history_of_its_parts(base: KnowledgeBase) -> None:
    rows = [{"key": "where", "category": "", "variants": {"en": ["Where is the shop?"]}, "answers": {"en": "In Lisbon."}}]
    replace_knowledge(str(base.pk), faqs=rows, articles=[], intents=[])
    faq = Faq.objects.get(key="where")
    assert {(change.field, change.old, change.new) for change in parts_changes(faq.pk)} == {
        ("answer (en)", "–", "In Lisbon."),
        ("phrasing (en)", "–", "Where is the shop? (shown)"),
    }

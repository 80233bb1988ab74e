"""What a row of knowledge may never say, on both databases."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import IntegrityError, models, transaction

from csbot.accounts.models import Company
from knowledge.models import Article, Faq, FaqAnswer, Intent, IntentExample, KnowledgeBase, Snapshot, Variant, Word, WordList


@pytest.fixture
def rows(company: Company, base: KnowledgeBase) -> dict[type[models.Model], models.Model]:
    """One good row of each kind."""
    faq = Faq.objects.create(knowledge_base=base, key="returns.period")
    intent = Intent.objects.create(knowledge_base=base, key="greeting", action="chitchat")
    return {
        type(row): row
        for row in (
            base,
            faq,
            intent,
            FaqAnswer.objects.create(faq=faq, language="en", text="30 days"),
            Variant.objects.create(faq=faq, language="en", text="How long can I return it?"),
            Article.objects.create(knowledge_base=base, key="returns", language="en", title="Returns", body="30 days"),
            IntentExample.objects.create(intent=intent, language="en", text="hello"),
            Snapshot.objects.create(id="1" * 64, knowledge_base=base, number=1),
            Word.objects.create(word_list=WordList.objects.create(company=company, name="ours"), term="Globex"),
        )
    }


@pytest.mark.parametrize(
    ("model", "constraint", "fields"),
    [
        (KnowledgeBase, "knowledge_base_promise_known", {"promise": 2}),
        (Faq, "faq_state_known", {"state": "asleep"}),
        (FaqAnswer, "faq_answer_language_known", {"language": "fr"}),
        (Variant, "variant_language_known", {"language": ""}),
        (Article, "article_language_known", {"language": "fr"}),
        (Article, "article_format_known", {"format": "html"}),
        (Intent, "intent_action_known", {"action": "dance"}),
        (IntentExample, "intent_example_language_known", {"language": "fr"}),
        (IntentExample, "intent_example_kind_known", {"kind": "regex"}),
        (Snapshot, "snapshot_number_from_one", {"number": 0}),
        (Word, "word_level_known", {"level": "shout"}),
        (Word, "word_language_known", {"language": "fr"}),
    ],
)
def test_a_row_is_never(rows: dict[type[models.Model], models.Model], model: type[models.Model], constraint: str, fields: dict[str, Any]) -> None:
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        model._default_manager.filter(pk=rows[model].pk).update(**fields)


def test_a_knowledge_bases_id_sorts_by_time(base: KnowledgeBase, company: Company) -> None:
    later = KnowledgeBase.objects.create(company=company, name="Later")
    assert base.pk.version == later.pk.version == 7
    assert base.pk.int >> 80 <= later.pk.int >> 80

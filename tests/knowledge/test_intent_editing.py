"""An editor's own intent, from the form to what a visitor is told."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from csbot.accounts.models import Company, Site
from knowledge import facade, opened, snapshots
from knowledge.contracts import IntentAction, IntentGuess
from knowledge.models import Intent, IntentExample, KnowledgeBase
from knowledge.publishing import publish_or_explain
from tests.csbot.dashboard.desks import agent_of
from tests.knowledge.banks import ask

pytestmark = pytest.mark.django_db

EXAMPLES = (
    "are you hiring at the moment",
    "I would like to apply for a job",
    "do you have any job vacancies",
    "where can I send my application for a job",
    "is there a job for me in your team",
)


@pytest.fixture
def editor(client: Client, company: Company, site: Site) -> Client:
    client.force_login(agent_of(company, "edi", "editor").user)
    return client


def sent(editor: Client, base: KnowledgeBase, *texts: tuple[str, str], key: str = "jobs") -> Any:
    """What a browser sends of the form for a new intent."""
    values = {"knowledge_base": str(base.pk), "key": key, "action": "chitchat", "is_live": "on", "reply_en": "See our careers page."}
    values |= {"examples-TOTAL_FORMS": str(len(texts)), "examples-INITIAL_FORMS": "0"}
    for number, (kind, text) in enumerate(texts):
        values |= {f"examples-{number}-{name}": value for name, value in (("kind", kind), ("language", "en"), ("text", text))}
    return editor.post(reverse("admin:knowledge_intent_add"), values)


def saved(editor: Client, base: KnowledgeBase, *texts: tuple[str, str]) -> None:
    answer = sent(editor, base, *texts)
    assert answer.status_code == 302, answer.context["errors"] if answer.context else answer


def guessed(base: KnowledgeBase, text: str) -> IntentGuess:
    facade.use_encoder("hash")
    snapshots.publish(base.pk, actor="edi")
    opened.forget()
    return facade.open_knowledge(base.pk).detect_intent(ask(text, language="en"))


def test_five_examples_of_an_editor_answer_what_is_alike(editor: Client, base: KnowledgeBase) -> None:
    saved(editor, base, *(("example", text) for text in EXAMPLES))
    guess = guessed(base, "hello, do you have a job for me")
    assert (guess.key, guess.reply) == ("jobs", "See our careers page.")
    assert guessed(base, "where is my parcel").action is IntentAction.QUESTION


def test_a_phrase_of_an_editor_counts_as_soon_as_it_is_said(editor: Client, base: KnowledgeBase) -> None:
    saved(editor, base, ("phrase", "job vacancies"))
    assert guessed(base, "job vacancies please").by == "phrase"


@pytest.mark.parametrize("key", ["Greeting", "_jobs", "-jobs"])
def test_a_key_that_could_not_be_published_is_not_saved(editor: Client, base: KnowledgeBase, key: str) -> None:
    answer = sent(editor, base, ("phrase", "job vacancies"), key=key)
    assert "Write the key with a-z" in answer.content.decode()
    assert not Intent.objects.exists()


def taught(base: KnowledgeBase, key: str, action: str, phrase: str) -> None:
    intent = Intent.objects.create(knowledge_base=base, key=key, action=action)
    IntentExample.objects.create(intent=intent, kind="phrase", language="zh", text=phrase)


def test_one_phrase_in_both_scripts_is_not_published_for_two_intents(base: KnowledgeBase) -> None:
    facade.use_encoder("hash")
    taught(base, "human", "handoff", "转人工")
    taught(base, "nobody", "refuse", "轉人工")
    assert not publish_or_explain(str(base.pk), actor="edi")
    assert "belongs to" in facade.publishing_state(base.pk).error


def test_what_an_older_version_published_is_still_opened(base: KnowledgeBase, monkeypatch: pytest.MonkeyPatch) -> None:
    """It let one phrase in both scripts pass."""
    taught(base, "human", "handoff", "转人工")
    taught(base, "nobody", "refuse", "轉人工")
    with monkeypatch.context() as older:
        for module in ("knowledge.opening", "knowledge.intent.detector"):
            older.setattr(f"{module}.check_together", lambda definitions: None)
        assert guessed(base, "转人工").by == "phrase"
    opened.forget()
    assert facade.open_knowledge(base.pk).detect_intent(ask("转人工")).by == "phrase"


def test_an_intent_that_is_not_live_is_not_guessed(editor: Client, base: KnowledgeBase) -> None:
    saved(editor, base, ("phrase", "job vacancies"))
    Intent.objects.update(is_live=False)
    assert guessed(base, "job vacancies please").action is IntentAction.QUESTION

"""An editor's own intent, from the form to what a visitor is told."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from csbot.accounts.models import Company, Site
from knowledge import facade, opened, snapshots
from knowledge.contracts import IntentAction, IntentGuess
from knowledge.models import Intent, KnowledgeBase
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


def saved(editor: Client, base: KnowledgeBase, *texts: tuple[str, str]) -> None:
    """What a browser sends of the form for a new intent."""
    values = {"knowledge_base": str(base.pk), "key": "jobs", "action": "chitchat", "is_live": "on", "reply_en": "See our careers page."}
    values |= {"examples-TOTAL_FORMS": str(len(texts)), "examples-INITIAL_FORMS": "0"}
    for number, (kind, text) in enumerate(texts):
        values |= {f"examples-{number}-{name}": value for name, value in (("kind", kind), ("language", "en"), ("text", text))}
    answer = editor.post(reverse("admin:knowledge_intent_add"), values)
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


def test_an_intent_that_is_not_live_is_not_guessed(editor: Client, base: KnowledgeBase) -> None:
    saved(editor, base, ("phrase", "job vacancies"))
    Intent.objects.update(is_live=False)
    assert guessed(base, "job vacancies please").action is IntentAction.QUESTION

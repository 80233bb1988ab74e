"""Companies, sites and people: what the database refuses, what a site may hold, and where the border of a company runs."""

from __future__ import annotations

from typing import Any

import pytest
from django.apps import apps
from django.core.exceptions import ValidationError
from django.db import IntegrityError, models, transaction
from django.db.models import ProtectedError, Q

from csbot.accounts.models import Agent, Company, Site, User
from csbot.conversations.models import Conversation, Outbox, Visitor
from csbot.demo import content
from csbot.lib.clock import now
from knowledge.models import KnowledgeBase

MODELS = [
    model
    for name in ("accounts", "api", "conversations", "lookups", "webhooks", "knowledge")
    for model in apps.get_app_config(name).get_models()
    if not model.__name__.startswith("Historical")
]
CHOICES = [(model, field) for model in MODELS for field in model._meta.fields if field.choices]
OF_NO_COMPANY = {"Company", "User", "SetupLink", Outbox.__name__}  # the border itself, who signs in, and ids on their way to a worker


@pytest.fixture
def agent(company: Company) -> Agent:
    return Agent.objects.create(company=company, user=User.objects.create(username="ann"), display_name="Ann")


# --- what the database knows -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(("model", "field"), CHOICES, ids=lambda item: getattr(item, "__name__", None) or item.name)
def test_the_database_knows_the_same_values_as_the_forms(model: type[models.Model], field: models.Field[Any, Any]) -> None:
    values = [*([""] if field.blank else []), *dict(field.flatchoices)]
    known = [constraint.condition for constraint in model._meta.constraints if isinstance(constraint, models.CheckConstraint)]
    assert Q(**{f"{field.name}__in": values}) in known


def test_an_agent_has_a_role_that_exists(agent: Agent) -> None:
    with pytest.raises(IntegrityError, match="agent_role_known"), transaction.atomic():
        Agent.objects.filter(pk=agent.pk).update(role="owner")


def test_a_site_speaks_a_language_of_ours(site: Site) -> None:
    with pytest.raises(IntegrityError, match="site_default_language_known"), transaction.atomic():
        Site.objects.filter(pk=site.pk).update(default_language="fr")


def test_an_agent_with_a_conversation_cannot_be_removed(site: Site, agent: Agent) -> None:
    visitor = Visitor.objects.create(company=site.company, site=site)
    conversation = Conversation.objects.create(company=site.company, site=site, visitor=visitor, owner="agent", agent=agent)
    with pytest.raises(ProtectedError):
        agent.user.delete()
    Conversation.objects.filter(pk=conversation.pk).update(owner="queue", agent=None, queued_at=now())
    agent.user.delete()
    assert not Agent.objects.exists()


# --- the border of a company -----------------------------------------------------------------------------------------


def _belongs(model: type[models.Model]) -> bool:
    """A company of its own, or one that it cannot lose: that of the row it is a part of."""
    parents = [field for field in model._meta.fields if isinstance(field, models.ForeignKey) and not field.null]
    return any(field.related_model is Company for field in parents) or any(
        field.remote_field.on_delete is models.CASCADE and _belongs(field.related_model) for field in parents
    )


@pytest.mark.parametrize("model", [model for model in MODELS if model.__name__ not in OF_NO_COMPANY], ids=lambda model: model.__name__)
def test_every_row_belongs_to_a_company(model: type[models.Model]) -> None:
    assert _belongs(model)


def test_a_site_never_answers_from_another_companys_knowledge(company: Company) -> None:
    foreign = KnowledgeBase.objects.create(company=Company.objects.create(name="Other", slug="other"), name="Foreign")
    with pytest.raises(ValidationError, match="another company"):
        Site.objects.create(company=company, knowledge_base=foreign, key="tea", name="Tea shop")


@pytest.mark.parametrize("name", ["site", "base"])
def test_neither_a_site_nor_its_knowledge_moves_to_another_company(name: str, request: pytest.FixtureRequest) -> None:
    row = request.getfixturevalue(name)
    row.company = Company.objects.create(name="Other", slug="other")
    with pytest.raises(ValidationError, match="stays with its company"):
        row.full_clean()


# --- what a site may hold --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("languages", []),
        ("languages", "en"),
        ("languages", ["en", "fr"]),
        ("languages", ["en", "en"]),
        ("languages", [{}]),
        ("languages", 7),
        ("default_language", "zh"),
        ("time_zone", "Mars/Olympus"),
        ("time_zone", "../etc/passwd"),
        ("allowed_origins", "https://shop.example"),
        ("allowed_origins", ["shop.example"]),
        ("allowed_origins", ["https://shop.example/"]),
        ("allowed_origins", ["https://shop.example/page?x=1#y"]),
        ("allowed_origins", ["https://user@shop.example"]),
        ("allowed_origins", ["https://shop.example:99999"]),
        ("allowed_origins", ["https://shop.example; script-src *"]),
        ("allowed_origins", ["ftp://shop.example"]),
        ("allowed_origins", [7]),
        ("texts", ["hello"]),
        ("texts", {"en": "hello"}),
        ("texts", {"fr": {"greeting": "Bonjour"}}),
        ("texts", {"en": {"greetings": "Hello"}}),
        ("texts", {"en": {"error.busy": "Busy"}}),
        ("texts", {"en": {"greeting": 7}}),
        ("texts", {"en": {"greeting": " "}}),
        ("texts", {"en": {"greeting": "Use {SAVE10} today"}}),
    ],
)
def test_a_site_says_which_field_is_wrong(site: Site, field: str, value: Any) -> None:
    site.languages = ["en"]
    setattr(site, field, value)
    with pytest.raises(ValidationError) as refused:
        site.full_clean()
    assert list(refused.value.message_dict) == [field]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("languages", ["en", "zh"]),
        ("time_zone", "Europe/Berlin"),
        ("allowed_origins", ["https://shop.example", "http://localhost:8080", "https://*.shop.example", "http://10.0.0.7"]),
        ("texts", {"en": {"greeting": "100% {welcome to} you"}, "zh": {}}),
    ],
)
def test_a_site_may_hold_what_is_meant_for_it(site: Site, field: str, value: Any) -> None:
    setattr(site, field, value)
    site.full_clean()



def test_the_demo_site_is_in_order(company: Company, base: KnowledgeBase) -> None:
    Site(company=company, knowledge_base=base, **content.company()["site"]).full_clean()

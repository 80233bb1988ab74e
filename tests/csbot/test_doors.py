"""Every address × every role, a program's key, a stranger and another company, in one table. An address that is missing here fails the test."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import pytest
from django.db import transaction
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from csbot.accounts.callers import RIGHTS_OF_ROLE, Right
from csbot.accounts.models import Company, Site
from csbot.api.models import SCOPES
from csbot.conversations.models import Conversation, Label, Note
from csbot.conversations.unanswered import digest_of
from csbot.curation.models import Trial
from csbot.lib.clock import now
from knowledge.models import Article, Faq, GoldCase, KnowledgeBase, Word
from knowledge.word_lists import Wanted, words_import
from tests.csbot.api.conftest import Program, key_of
from tests.csbot.dashboard.desks import agent_of, conversation_of
from tests.csbot.reports.test_figures import turn_at

pytestmark = pytest.mark.usefixtures("redis_clean")

PUBLIC = "public"  # no secret behind it, or a secret of its own (a token in the address)
SIGNED_IN = "signed in"


@dataclass(frozen=True, eq=False)
class Door:
    """`right`: what a caller needs. `of_row`: the address names a row of a company's, which others must not find."""

    name: str
    method: str
    path: str
    right: Right | str
    of_row: bool = False
    body: Any = None
    by_key: bool = True


def api(name: str, method: str, path: str, right: Right, **more: Any) -> Door:
    return Door(name, method, f"/api/v1/{path}", right, **more)


OPEN = {
    **{"home": "/", "livez": "/livez", "readyz": "/readyz", "schema": "/api/schema/", "api_docs": "/api/docs/"},
    **{"setup": "/setup/x/", "invitation": "/account/invitation/x/y/", "demo": "/demo/", "demo_order": "/demo/api/orders/A1"},
    **{"widget_loader": "/widget/loader.js", "widget_app": "/widget/app/?site=tea", "widget_look": "/widget/look/tea"},
}
CODES = "/account/2fa/recovery-codes"
DOORS = [
    *(Door(name, "GET", path, PUBLIC) for name, path in OPEN.items()),
    Door("widget_session", "POST", "/widget/session", PUBLIC),
    Door("set_language", "POST", "/i18n/setlang/", PUBLIC),
    *(Door(f"account_{name}", "GET", f"/account/{name}/", PUBLIC) for name in ("login", "logout", "inactive", "signup")),
    Door("account_reauthenticate", "GET", "/account/reauthenticate/", SIGNED_IN, by_key=False),
    Door("account_change_password", "GET", "/account/password/change/", SIGNED_IN, by_key=False),
    Door("mfa_index", "GET", "/account/2fa/", SIGNED_IN, by_key=False),
    *(Door(f"mfa_{name}", "GET", f"/account/2fa/{name}/", SIGNED_IN, by_key=False) for name in ("authenticate", "reauthenticate")),
    *(Door(f"mfa_{name}_totp", "GET", f"/account/2fa/totp/{name}/", SIGNED_IN, by_key=False) for name in ("activate", "deactivate")),
    Door("mfa_view_recovery_codes", "GET", "/account/2fa/recovery-codes/", SIGNED_IN, by_key=False),
    *(Door(f"mfa_{name}_recovery_codes", "GET", f"{CODES}/{name}/", SIGNED_IN, by_key=False) for name in ("generate", "download")),
    Door("desk", "GET", "/desk/", "desk.read", by_key=False),
    Door("desk_place", "GET", "/desk/c/{conversation}", "desk.read", by_key=False),
    Door("side_by_side", "GET", "/demo/side/", SIGNED_IN, by_key=False),
    Door("reports", "GET", "/reports/", "reports.read", by_key=False),
    Door("report_items", "GET", "/reports/items/?figure=routes&value=answer", "reports.read", by_key=False),
    Door("report_waits", "GET", "/reports/waits/?wait=first", "reports.read", by_key=False),
    Door("report_csv", "GET", "/reports/csv/?figure=routes", "reports.read", by_key=False),
    Door("engine", "GET", "/engine/", "company.manage", by_key=False),
    Door("unanswered", "GET", "/unanswered/", "knowledge.read", by_key=False),
    Door("unanswered_question", "GET", "/unanswered/en/{digest}/", "knowledge.edit", of_row=True, by_key=False),
    Door("promise_first", "GET", "/promise/", "knowledge.edit", by_key=False),
    Door("promise", "GET", "/promise/{base}/", "knowledge.edit", of_row=True, by_key=False),
    Door("promise", "POST", "/promise/{base}/", "knowledge.edit", of_row=True, by_key=False, body={}),
    Door("rehearsal_first", "GET", "/before-publishing/", "knowledge.edit", by_key=False),
    Door("rehearsal", "GET", "/before-publishing/{base}/", "knowledge.edit", of_row=True, by_key=False),
    Door("rehearsal", "POST", "/before-publishing/{base}/", "knowledge.edit", of_row=True, by_key=False, body={}),
    Door("review_first", "GET", "/review/", "knowledge.edit", by_key=False),
    Door("review", "GET", "/review/{base}/?way=near", "knowledge.edit", of_row=True, by_key=False),
    Door("console", "GET", "/console/", "knowledge.read", by_key=False),
    Door("console_turn", "GET", "/console/turn/{turn}/", "knowledge.read", of_row=True, by_key=False),
    Door("console_turn", "POST", "/console/turn/{turn}/", "knowledge.edit", of_row=True, by_key=False, body={}),
    Door("trial_upload", "POST", "/console/upload/", "knowledge.edit", by_key=False, body={}),
    Door("trial", "GET", "/console/trial/{trial}/", "knowledge.edit", of_row=True, by_key=False),
    Door("trial_table", "GET", "/console/trial/{trial}/table.csv", "knowledge.edit", of_row=True, by_key=False),
    Door("gold_first", "GET", "/gold/", "knowledge.edit", by_key=False),
    Door("gold", "GET", "/gold/{base}/", "knowledge.edit", of_row=True, by_key=False),
    api("api_health", "GET", "health", PUBLIC),  # type: ignore[arg-type]
    api("api_me", "GET", "me", "desk.read"),
    api("api_inbox", "GET", "inbox", "desk.read"),
    api("api_canned", "GET", "canned", "desk.read"),
    api("api_conversations", "GET", "conversations", "desk.read"),
    api("api_conversations", "POST", "conversations", "chat", body={}),
    api("api_conversation", "GET", "conversations/{conversation}", "desk.read", of_row=True),
    api("api_messages", "GET", "conversations/{conversation}/messages", "desk.read", of_row=True),
    api("api_messages", "POST", "conversations/{program}/messages", "chat", of_row=True, body={"text": "hi", "wait_s": 0}),
    api("api_search", "POST", "search", "knowledge.read", body={"text": "hi"}),
    api("api_faqs", "GET", "faqs", "knowledge.read"),
    api("api_faqs", "POST", "faqs", "knowledge.edit", body={}),
    api("api_faqs_import", "POST", "faqs/import", "knowledge.edit", body={}),
    api("api_faqs_publish", "POST", "faqs/publish", "knowledge.edit", body={}),
    api("api_faq", "GET", "faqs/tea.brewing", "knowledge.read", of_row=True),
    api("api_faq", "DELETE", "faqs/tea.brewing", "knowledge.edit", of_row=True),
    api("api_articles", "GET", "articles", "knowledge.read"),
    api("api_article", "GET", "articles/brewing/en", "knowledge.read", of_row=True),
    api("api_article", "DELETE", "articles/brewing/en", "knowledge.edit", of_row=True),
    api("api_report", "GET", "reports/routes", "reports.read"),
    api("api_availability", "PUT", "me/availability", "desk.act", body={"is_available": True}, by_key=False),
    api("api_queue_next", "POST", "queue/next", "desk.act", by_key=False),
    *(
        api(f"api_{name}", method, f"conversations/{{conversation}}/{path}", "desk.act", of_row=True, body=body, by_key=False)
        for name, method, path, body in (
            ("take", "POST", "take", {}),
            ("reply", "POST", "replies", {"client_id": "c", "text": "hi"}),
            ("note", "POST", "notes", {"client_id": "c", "text": "hi"}),
            ("release", "POST", "release", {}),
            ("transfer", "POST", "transfer", {"agent": None}),
            ("close", "POST", "close", {}),
            ("reopen", "POST", "reopen", {}),
            ("labels", "PUT", "labels", {"labels": []}),
            ("typing", "POST", "typing", {}),
        )
    ),
    api("api_read", "POST", "conversations/{conversation}/read", "desk.read", of_row=True, body={"seq": 1}, by_key=False),
    *(Door("admin", "GET", f"/admin/knowledge/wordlist/{name}/", "knowledge.read", by_key=False) for name in ("try", "figures")),
    *(Door("admin", "POST", f"/admin/knowledge/wordlist/{name}/", "knowledge.edit", by_key=False, body={}) for name in ("import", "confirm")),
    Door("admin", "GET", "/admin/knowledge/word/{word}/change/", "knowledge.read", by_key=False),
    Door("admin", "POST", "/admin/knowledge/wordchange/{change}/undo/", "knowledge.edit", of_row=True, by_key=False, body={}),
    Door("metrics", "GET", "/metrics", "an operator"),  # or the scraper's token: tests/csbot/operations/test_metrics.py
    Door("openai_models", "GET", "/v1/models", "a key"),
    Door("openai_completions", "POST", "/v1/chat/completions", "a key", body={}),
]
ASKED = [door for door in DOORS if door.right not in (PUBLIC, SIGNED_IN, "a key", "an operator")]


def addresses(resolver: URLResolver) -> Iterator[str]:
    for entry in resolver.url_patterns:
        if isinstance(entry, URLPattern):
            yield str(entry.name)
        elif not str(entry.pattern).startswith("admin"):  # the back office has its own table: tests/csbot/accounts/test_admin.py
            yield from addresses(entry)


def test_every_address_stands_in_the_table() -> None:
    assert set(addresses(get_resolver())) == {door.name for door in DOORS} - {"admin"}


@pytest.fixture
def rows(site: Site, company: Company, base: KnowledgeBase) -> dict[str, str]:
    """Something behind every address, and words that nobody else may read."""
    conversation = conversation_of(site, "a secret question")
    turn = turn_at(conversation, now(), text="a secret question", route="refuse", reason="no_evidence")
    faq = Faq.objects.create(knowledge_base=base, key="tea.brewing")
    faq.variants.create(language="en", text="a secret phrasing", is_canonical=True)
    Article.objects.create(knowledge_base=base, key="brewing", language="en", title="a secret title", body="text")
    Label.objects.create(company=company, name="a secret label")
    Note.objects.create(conversation=conversation, author="Ann", text="a secret note")
    GoldCase.objects.create(knowledge_base=base, question="a secret case", language="en")
    trial = Trial.objects.create(company=company, site=site, kind="file", name="a secret file", rows=[["a secret", "en", ""]], num_rows=1)
    change = words_import(company.pk, "a secret list", [Wanted("a secret word")], category="", level="mask", by="ed")
    program = Program(key_of(company)).post("conversations").json()["id"]
    told = {"conversation": conversation.pk, "program": program, "turn": turn.pk, "trial": trial.pk, "base": base.pk}
    told |= {"change": change.pk, "word": Word.objects.get().pk}
    return {**{name: str(value) for name, value in told.items()}, "digest": digest_of(str(base.pk), "a secret question")}


@pytest.fixture
def stranger(db: None) -> Company:
    company = Company.objects.create(name="Else", slug="else")
    base = KnowledgeBase.objects.create(company=company, name="Else", promise=3)
    Site.objects.create(company=company, knowledge_base=base, key="else", name="Else", default_language="en")
    return company


@dataclass(frozen=True)
class Answer:
    status: int
    text: str
    location: str


def knock(client: Client, door: Door, rows: dict[str, str], **headers: str) -> Answer:
    """What is changed behind a door is taken back, so that every door is tried on the same rows."""
    options: dict[str, Any] = {} if door.body is None else {"data": door.body, "content_type": "application/json"}
    with transaction.atomic():
        told = getattr(client, door.method.lower())(door.path.format(**rows), headers={"If-Match": "1", **headers}, **options)
        transaction.set_rollback(True)
    return Answer(told.status_code, told.content.decode(), told.headers.get("Location", ""))


def client_as(user: Any) -> Client:
    client = Client(raise_request_exception=False)
    client.force_login(user)
    return client


@pytest.mark.parametrize("role", sorted(RIGHTS_OF_ROLE))
def test_a_role_opens_what_its_rights_say_and_nothing_else(role: str, rows: dict[str, str], company: Company) -> None:
    client = client_as(agent_of(company, role, role).user)
    seen = {door: knock(client, door, rows).status for door in ASKED}
    wrong = [(door, seen[door]) for door in ASKED if (seen[door] in (401, 403, 404)) == (door.right in RIGHTS_OF_ROLE[role])]
    assert wrong == []


def test_a_key_opens_what_its_scopes_say_and_nothing_else(rows: dict[str, str], company: Company) -> None:
    for right in SCOPES:
        keys = {True: key_of(company, [right]), False: key_of(company, [scope for scope in SCOPES if scope != right])}
        for door in (door for door in ASKED if door.by_key and door.right == right):
            seen = {has: knock(Client(raise_request_exception=False), door, rows, Authorization=f"Bearer {key}").status for has, key in keys.items()}
            assert (seen[True] not in (401, 403, 404), seen[False]) == (True, 403), door


def test_a_stranger_is_led_to_sign_in_or_told_to(rows: dict[str, str]) -> None:
    for door in (door for door in DOORS if door.right != PUBLIC):
        answer = knock(Client(), door, rows)
        assert "secret" not in answer.text, door
        assert answer.status in (401, 403) or answer.location.startswith(("/account/login/", "/admin/login/")), door


def test_another_company_finds_nothing_and_learns_nothing(rows: dict[str, str], stranger: Company) -> None:
    client = client_as(agent_of(stranger, "eve", "admin").user)
    nowhere = {**{name: str(uuid4()) for name in rows}, "digest": "0" * 64, "change": "0", "word": "0"}
    for door in ASKED:
        answer = knock(client, door, rows)
        assert "secret" not in answer.text, door
        if door.of_row:
            missing = knock(client, door, nowhere)
            assert (answer.status, missing.status) == (404, 404), door
            assert answer.text == missing.text or not door.path.startswith("/api/"), door


def test_another_site_is_as_far_away_as_another_company(rows: dict[str, str], company: Company, base: KnowledgeBase) -> None:
    limited = agent_of(company, "lim", "admin")
    limited.sites.add(Site.objects.create(company=company, knowledge_base=base, key="two", name="Two", default_language="en"))
    client = client_as(limited.user)
    for door in (door for door in ASKED if door.of_row and any(name in door.path for name in ("conversation", "{turn}", "{trial}"))):
        assert knock(client, door, rows).status == 404, door


def test_counts_tell_nothing_of_others(rows: dict[str, str], stranger: Company) -> None:
    inbox = client_as(agent_of(stranger, "eve", "admin").user).get("/api/v1/inbox").json()
    assert (inbox["results"], set(inbox["counts"].values())) == ([], {0})
    assert Conversation.objects.count() == 2

"""What an attacker tried in the back office: taking over who runs the installation, other sites' rows, other companies' keys, the past of rows."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from csbot.accounts.models import Agent, AuditEntry, Company, Site, User
from csbot.accounts.people import invitation_path
from csbot.api.keys import key_create
from csbot.api.models import ApiKey
from csbot.conversations.models import CannedReply, Conversation
from csbot.curation.models import Trial
from csbot.lib.clock import now
from csbot.webhooks.models import NAMES, Delivery, Endpoint
from knowledge import told
from knowledge.models import Article, Faq, KnowledgeBase, WordList
from tests.csbot.api.conftest import Program, key_of
from tests.csbot.dashboard.desks import agent_of, conversation_of
from tests.csbot.reports.test_figures import talk_at, turn_at

pytestmark = pytest.mark.usefixtures("redis_clean")

PERSON = {"display_name": "X", "role": "agent", "capacity": "5", "is_available": "on", "is_active": "on"}
LINK = re.compile(r"/account/invitation/")


@pytest.fixture
def other(base: KnowledgeBase) -> Site:
    """Of the same company, with knowledge of its own."""
    own = KnowledgeBase.objects.create(company=base.company, name="Coffee", promise=3)
    return Site.objects.create(company=base.company, knowledge_base=own, key="coffee", name="Coffee shop", default_language="en")


@pytest.fixture
def limited(client: Client, company: Company, other: Site) -> Callable[[str], Client]:
    """Somebody of a role who sees the other site only."""

    def make(role: str) -> Client:
        agent = agent_of(company, f"limited-{role}", role)
        agent.sites.add(other)
        client.force_login(agent.user)
        return client

    return make


@pytest.fixture
def mallory(client: Client, db: None) -> Client:
    """The administrator of another company."""
    client.force_login(agent_of(Company.objects.create(name="Else", slug="else"), "mallory", "admin").user)
    return client


# --- who runs the installation ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["root", "ROOT"])
@pytest.mark.parametrize("password", ["a-good-long-password", None])
def test_a_company_does_not_take_in_who_runs_the_installation(mallory: Client, name: str, password: str | None) -> None:
    root = User.objects.create_superuser("root", password=password)
    page = mallory.post(reverse("admin:accounts_agent_add"), {**PERSON, "username": name}, follow=True).content.decode()
    assert "Somebody signs in with this name already" in page
    assert not LINK.search(page)
    root.refresh_from_db()
    assert root.is_active
    assert User.objects.filter(username__iexact="root").count() == 1


@pytest.mark.parametrize("rank", [{"is_superuser": True}, {"is_staff": True}])
@pytest.mark.parametrize("change", [{"username": "mine"}, {"is_active": ""}])
def test_who_runs_the_installation_is_renamed_and_switched_off_by_their_like_only(
    client: Client, company: Company, rank: dict[str, bool], change: dict[str, str]
) -> None:
    boss = agent_of(company, "boss", "agent")
    User.objects.filter(pk=boss.user_id).update(**rank)
    client.force_login(agent_of(company, "ann", "admin").user)
    page = client.post(reverse("admin:accounts_agent_change", args=[boss.pk]), {**PERSON, "username": "boss", **change})
    assert "This person runs the installation" in page.content.decode()
    invited = client.post(reverse("admin:accounts_agent_changelist"), {"action": "invite", "_selected_action": [str(boss.pk)]}, follow=True)
    assert not LINK.search(invited.content.decode())


def test_a_superuser_takes_one_in(admin_client: Client, company: Company) -> None:
    User.objects.create_superuser("root", password="a-good-long-password")
    assert admin_client.post(reverse("admin:accounts_agent_add"), {**PERSON, "username": "root", "company": str(company.pk)}).status_code == 302
    assert Agent.objects.get(user__username="root").company == company


def test_a_link_to_choose_a_password_does_not_go_round_the_second_factor(client: Client, company: Company) -> None:
    agent = agent_of(company, "ann")
    Authenticator.objects.create(user=agent.user, type=Authenticator.Type.TOTP, data={"secret": "A" * 32})
    page = client.get(invitation_path(agent.user), follow=True)
    assert "ann" in page.content.decode()
    chosen = {"new_password1": "a-good-long-password", "new_password2": "a-good-long-password"}
    client.post(page.redirect_chain[-1][0], chosen)
    assert client.get("/api/v1/me").status_code in (401, 403)
    assert [entry.action for entry in AuditEntry.objects.all()] == ["password_chosen"]


# --- other sites -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("role", ["admin", "editor", "agent", "viewer"])
def test_conversations_of_other_sites_are_not_there(limited: Callable[[str], Client], site: Site, role: str) -> None:
    conversation = conversation_of(site, "a secret question")
    person = limited(role)
    assert person.get(reverse("admin:conversations_conversation_change", args=[conversation.pk])).status_code == 302
    page = person.get(reverse("admin:conversations_conversation_changelist"), {"q": "secret"}).content.decode()
    assert f"/{conversation.pk}/" not in page
    assert site.name not in page
    assert site.name not in person.get(reverse("console")).content.decode()


def posted(person: Client, name: str, form: dict[str, Any]) -> int:
    return person.post(reverse(f"admin:{name}_add"), form).status_code


@pytest.mark.parametrize("whose", ["another site's", "every site's"])
def test_whoever_is_limited_makes_nothing_beyond_their_sites(limited: Callable[[str], Client], site: Site, other: Site, whose: str) -> None:
    admin = limited("admin")
    key = str(site.pk) if whose == "another site's" else ""
    assert posted(admin, "api_apikey", {"name": "k", "scopes": ["chat"], "site": key}) == 200
    assert posted(admin, "webhooks_endpoint", {"url": "https://x.example/", "events": NAMES, "site": key}) == 200
    assert posted(admin, "conversations_cannedreply", {"language": "en", "shortcut": "hi", "text": "Hello", "site": key}) == 200
    assert posted(admin, "accounts_agent", {**PERSON, "username": "joe", "sites": [key] if key else []}) == 200
    assert posted(admin, "accounts_site", {}) == 403
    assert posted(admin, "conversations_label", {"name": "x", "colour": "#000000"}) == 403
    assert [model.objects.count() for model in (ApiKey, Endpoint, CannedReply)] == [0, 0, 0]
    assert posted(admin, "conversations_cannedreply", {"language": "en", "shortcut": "hi", "text": "Hello", "site": str(other.pk)}) == 302


def test_whoever_is_limited_widens_neither_themselves_nor_others(limited: Callable[[str], Client], company: Company, site: Site) -> None:
    admin = limited("admin")
    for agent in (Agent.objects.get(display_name="Limited-Admin"), agent_of(company, "wide", "agent")):
        form = {**PERSON, "username": agent.user.username, "role": "admin", "sites": [str(site.pk)]}
        assert admin.post(reverse("admin:accounts_agent_change", args=[agent.pk]), form).status_code == 403
    assert admin.get(reverse("admin:accounts_auditentry_changelist")).status_code == 403


def test_deliveries_and_replies_of_other_sites_are_read_only_or_not_there(limited: Callable[[str], Client], site: Site) -> None:
    endpoint = Endpoint.objects.create(company=site.company, site=site, url="https://x.example/", events=NAMES)
    delivery = Delivery.objects.create(endpoint=endpoint, event="message", body='{"text": "a secret"}', state="done")
    shared = CannedReply.objects.create(company=site.company, language="en", shortcut="hi", text="Hello")
    admin = limited("admin")
    assert admin.get(reverse("admin:webhooks_delivery_change", args=[delivery.pk])).status_code == 302
    assert admin.post(reverse("admin:conversations_cannedreply_change", args=[shared.pk]), {"text": "mine"}).status_code == 403


def test_knowledge_of_other_sites_is_not_there(limited: Callable[[str], Client], base: KnowledgeBase, other: Site) -> None:
    faqs = [Faq.objects.create(knowledge_base=one, key=f"faq.{one.name}") for one in (base, other.knowledge_base)]
    editor = limited("editor")
    codes = [editor.get(reverse("admin:knowledge_faq_change", args=[faq.pk])).status_code for faq in faqs]
    assert codes == [302, 200]
    assert str(base.pk) not in editor.get(reverse("admin:knowledge_faq_import")).content.decode()
    words = WordList.objects.create(company=base.company, name="ours")
    assert editor.get(reverse("admin:knowledge_wordlist_change", args=[words.pk])).status_code == 200
    assert editor.post(reverse("admin:knowledge_wordlist_change", args=[words.pk]), {"name": "mine"}).status_code == 403


def test_promises_checks_and_trials_of_other_sites_are_not_there(limited: Callable[[str], Client], site: Site, other: Site) -> None:
    turn = turn_at(talk_at(site, now()), now(), text="a secret")
    trial = Trial.objects.create(company=site.company, site=site, kind="file", name="a secret", rows=[], num_rows=0)
    editor = limited("editor")
    for name, theirs, ours in (("promise", site, other), ("review", site, other), ("gold", site, other)):
        codes = [editor.get(reverse(name, args=[one.knowledge_base_id])).status_code for one in (theirs, ours)]
        assert codes == [404, 200], name
        assert editor.post(reverse(name, args=[site.knowledge_base_id]), {"promise": "7", "deed": "run"}).status_code == 404
    for address in (reverse("console_turn", args=[turn.pk]), reverse("trial", args=[trial.pk]), reverse("trial_table", args=[trial.pk])):
        assert editor.get(address).status_code == 404
    assert "errorlist" in editor.post(reverse("console"), {"site": str(site.pk), "text": "x"}).content.decode()
    file = SimpleUploadedFile("q.txt", b"x")
    editor.post(reverse("trial_upload"), {"site": str(site.pk), "file": file})
    assert Trial.objects.count() == 1


def test_who_runs_the_installation_comes_in_everywhere(admin_client: Client, base: KnowledgeBase, site: Site) -> None:
    for address in (*(reverse(name, args=[base.pk]) for name in ("promise", "review", "gold")), reverse("console")):
        assert admin_client.get(address).status_code == 200, address
    assert admin_client.get(reverse("promise_first"), follow=True).status_code == 200
    assert reverse("promise_first") in admin_client.get(reverse("admin:index")).content.decode()


def test_a_site_that_somebody_is_limited_to_is_not_deleted(admin_client: Client, company: Company, other: Site) -> None:
    """Without a site they would be limited to nothing, which means all of them."""
    agent = agent_of(company, "ann")
    agent.sites.add(other)
    assert admin_client.post(reverse("admin:accounts_site_delete", args=[other.pk]), {"post": "yes"}).status_code == 403
    assert "delete_selected" not in admin_client.get(reverse("admin:accounts_site_changelist")).content.decode()
    agent.sites.clear()
    assert admin_client.post(reverse("admin:accounts_site_delete", args=[other.pk]), {"post": "yes"}).status_code == 302


# --- other companies -------------------------------------------------------------------------------------------------


def test_nobody_gets_hold_of_another_companys_keys(mallory: Client, company: Company, site: Site) -> None:
    for name in (f"api@{company.slug}", f"API@{company.pk.hex}"):
        assert "those of programs" in mallory.post(reverse("admin:accounts_agent_add"), {**PERSON, "username": name}).content.decode()
    assert Program(key_of(company)).get("faqs").status_code == 200
    assert not Agent.objects.filter(user__in=User.objects.filter(pk__in=ApiKey.objects.values("user"))).exists()


def test_what_a_key_does_is_nobodys_deed_of_the_same_name(company: Company) -> None:
    agent_of(Company.objects.create(name="Else", slug="else"), "bob", "admin")
    told.tell("published", company.pk, "bob", "Tea #1")
    assert AuditEntry.objects.values_list("user", "actor").get() == (None, "bob")


def test_another_spelling_of_the_name_stands_in_the_audit_log_too(client: Client, company: Company) -> None:
    agent_of(company, "ann")
    client.post("/account/login/", {"login": "ANN", "password": "guessed"})
    assert AuditEntry.objects.get().action == "sign_in_failed"


# --- the past of rows ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("role", "status", "body"), [("viewer", 403, "new"), ("agent", 403, "new"), ("editor", 302, "reverted")])
def test_only_editors_write_through_the_history(client: Client, company: Company, base: KnowledgeBase, role: str, status: int, body: str) -> None:
    client.force_login(agent_of(company, "joe", role).user)
    article = Article.objects.create(knowledge_base=base, key="a", language="en", title="t", body="old")
    version = article.history.first()
    article.body = "new"
    article.save()
    form = {"knowledge_base": str(base.pk), "key": "a", "language": "en", "title": "t", "body": "reverted", "format": "markdown", "is_live": "on"}
    address = reverse("admin:knowledge_article_simple_history", args=[article.pk, version.history_id])
    assert client.get(address).status_code == 200
    assert client.post(address, form).status_code == status
    article.refresh_from_db()
    assert article.body == body


def test_what_a_row_was_at_another_company_is_not_shown(client: Client, company: Company, base: KnowledgeBase) -> None:
    foreign = KnowledgeBase.objects.create(company=Company.objects.create(name="Else", slug="else"), name="Else", promise=3)
    article = Article.objects.create(knowledge_base=foreign, key="a", language="en", title="t", body="a secret")
    version = article.history.first()
    article.knowledge_base = base
    article.save()
    client.force_login(agent_of(company, "joe", "editor").user)
    assert client.get(reverse("admin:knowledge_article_simple_history", args=[article.pk, version.history_id])).status_code == 404


# --- keys ------------------------------------------------------------------------------------------------------------


def test_a_kept_reply_is_for_the_key_that_it_was_made_for(company: Company, site: Site, other: Site) -> None:
    first, second = (Program(key_create(company=company, name=one.key, scopes=["chat", "desk.read"], site=one)[1]) for one in (site, other))
    made = [program.post("conversations", {}, Idempotency_Key="once").json()["id"] for program in (first, first, second)]
    assert made[0] == made[1] != made[2]
    assert Conversation.objects.get(pk=made[2]).site == other


def test_a_body_that_is_too_large_is_told_so(company: Company, site: Site) -> None:
    reply = Program(key_of(company)).post("faqs/import", "x" * 4_200_000)
    assert reply.status_code == 413
    assert reply.json()["errors"][0]["code"] == "too_large"


def test_wrong_codes_of_the_second_factor_stand_in_the_audit_log(client: Client, company: Company) -> None:
    agent = agent_of(company, "ann")
    agent.user.set_password("a-good-long-password")
    agent.user.save()
    Authenticator.objects.create(user=agent.user, type=Authenticator.Type.TOTP, data={"secret": "A" * 32})
    client.post("/account/login/", {"login": "ann", "password": "a-good-long-password"})
    client.post("/account/2fa/authenticate/", {"code": "000000"})
    assert "sign_in_failed" in AuditEntry.objects.values_list("action", flat=True)

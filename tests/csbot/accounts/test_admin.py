"""Companies, sites and people in the back office: what each role sees there, who comes in, and what is written down about it."""

from __future__ import annotations

import re

import pytest
from django.test import Client
from django.urls import reverse

from csbot.accounts.models import Agent, AuditEntry, Company, Site, User
from knowledge import told
from tests.csbot.dashboard.desks import agent_of

OWN = ["accounts_auditentry", "conversations_cannedreply", "conversations_label"]
LISTS = ["accounts_company", "accounts_site", "accounts_agent", "accounts_user"]


@pytest.fixture
def agent(company: Company) -> Agent:
    return agent_of(company, "ann", "admin")


@pytest.mark.parametrize("language", ["en", "zh-hans"])
@pytest.mark.parametrize("name", [*LISTS, *OWN])
def test_a_superuser_opens_every_list(admin_client: Client, site: Site, agent: Agent, name: str, language: str) -> None:
    page = admin_client.get(reverse(f"admin:{name}_changelist"), headers={"accept-language": language})
    assert page.status_code == 200
    assert f'lang="{language}"' in page.content.decode()


# What a company's people may do, by role: see the list, add a row.
RIGHTS = {
    "accounts_company": {},
    "accounts_user": {},
    "accounts_site": {"admin": (200, 200)},
    "accounts_agent": {"admin": (200, 200)},
    "accounts_auditentry": {"admin": (200, 403)},
    "conversations_cannedreply": {"admin": (200, 200), "agent": (200, 200), "editor": (200, 403), "viewer": (200, 403)},
    "conversations_label": {"admin": (200, 200), "agent": (200, 403), "editor": (200, 403), "viewer": (200, 403)},
}


@pytest.mark.parametrize("role", ["admin", "editor", "agent", "viewer"])
@pytest.mark.parametrize("name", RIGHTS)
def test_each_role_sees_and_adds_what_is_its_own(client: Client, company: Company, role: str, name: str) -> None:
    client.force_login(agent_of(company, "joe", role).user)
    seen = tuple(client.get(reverse(f"admin:{name}_{page}")).status_code for page in ("changelist", "add"))
    assert seen == RIGHTS[name].get(role, (403, 403))


@pytest.mark.parametrize("name", RIGHTS)
def test_who_belongs_to_no_company_sees_nothing(client: Client, db: None, name: str) -> None:
    client.force_login(User.objects.create_user("eve", is_staff=True))
    assert client.get(reverse(f"admin:{name}_changelist")).status_code == 403


def test_another_companys_rows_are_not_there(client: Client, agent: Agent, site: Site) -> None:
    other = agent_of(Company.objects.create(name="Other", slug="other"), "bob", "admin")
    client.force_login(other.user)
    for name, row in (("accounts_site", site), ("accounts_agent", agent)):
        assert client.get(reverse(f"admin:{name}_change", args=[row.pk])).status_code == 302  # "does not exist": back to the index
    assert "Ann" not in client.get(reverse("admin:accounts_agent_changelist")).content.decode()


# --- people ----------------------------------------------------------------------------------------------------------

FORM = {"username": "cleo", "display_name": "Cleo", "role": "agent", "capacity": "3", "is_active": "on", "is_available": "on"}


def test_an_invited_person_chooses_a_password_once_and_is_at_their_desk(client: Client, agent: Agent) -> None:
    client.force_login(agent.user)
    page = client.post(reverse("admin:accounts_agent_add"), FORM, follow=True).content.decode()
    link = re.search(r"http://testserver(/account/invitation/[^<]+)</code>", page)
    assert link
    assert Agent.objects.get(display_name="Cleo").company == agent.company
    cleo = Client()
    form = cleo.get(link[1], follow=True)
    passwords = {"new_password1": "a-good-long-password", "new_password2": "a-good-long-password"}
    assert cleo.post(form.redirect_chain[-1][0], passwords).headers["Location"] == "/desk/"
    assert cleo.get("/desk/").status_code == 200
    assert "too old" in Client().get(link[1], follow=True).content.decode()


def test_a_name_is_given_once(client: Client, agent: Agent) -> None:
    client.force_login(agent.user)
    page = client.post(reverse("admin:accounts_agent_add"), {**FORM, "username": "ANN"})
    assert "Choose another" in page.content.decode()


@pytest.mark.parametrize("change", [{"role": "viewer"}, {"is_active": ""}])
def test_the_last_administrator_stays_one(client: Client, agent: Agent, change: dict[str, str]) -> None:
    client.force_login(agent.user)
    url = reverse("admin:accounts_agent_change", args=[agent.pk])
    form = {**FORM, "username": "ann", "role": "admin", **change}
    assert "last administrator" in client.post(url, {key: value for key, value in form.items() if value}).content.decode()
    agent_of(agent.company, "zoe", "admin")
    assert client.post(url, {key: value for key, value in form.items() if value}).status_code == 302


def test_who_is_switched_off_is_out_at_once(client: Client, agent: Agent) -> None:
    cleo = agent_of(agent.company, "cleo")
    desk = Client()
    desk.force_login(cleo.user)
    client.force_login(agent.user)
    client.post(reverse("admin:accounts_agent_change", args=[cleo.pk]), {key: value for key, value in FORM.items() if key != "is_active"})
    assert desk.get("/desk/").status_code == 302


def test_who_came_in_and_who_did_not_stands_in_the_audit_log(client: Client, agent: Agent) -> None:
    agent.user.set_password("a-good-long-password")
    agent.user.save()
    for name, password in (("ann", "wrong"), ("nobody", "wrong"), ("ann", "a-good-long-password")):
        client.post("/account/login/", {"login": name, "password": password})
    assert list(AuditEntry.objects.order_by("at").values_list("actor", "action", "address")) == [
        ("ann", "sign_in_failed", "127.0.0.1"),
        ("ann", "signed_in", "127.0.0.1"),
    ]


def test_publishing_stands_in_the_audit_log_whoever_did_it(company: Company, agent: Agent) -> None:
    told.tell("published", company.pk, "ann", "Tea #1")
    told.tell("published", company.pk, "demo", "Tea #2")
    entries = AuditEntry.objects.order_by("at").values_list("actor", "user__username", "action", "object_name")
    assert list(entries) == [("ann", "ann", "published", "Tea #1"), ("demo", None, "published", "Tea #2")]


def test_changes_stand_in_the_audit_log(client: Client, agent: Agent) -> None:
    client.force_login(agent.user)
    client.post(reverse("admin:accounts_agent_add"), FORM)
    label = {"name": "refund", "colour": "#aa0000"}
    client.post(reverse("admin:conversations_label_add"), label)
    assert "already exists" in client.post(reverse("admin:conversations_label_add"), label).content.decode()
    done = list(AuditEntry.objects.exclude(action="signed_in").values_list("actor", "action", "object_type", "object_name"))
    people = [("ann", "added", "accounts.Agent", "Cleo"), ("ann", "invited", "accounts.Agent", "Cleo")]
    assert sorted(done) == sorted([("ann", "added", "conversations.Label", "refund"), *people])
    assert "refund" in client.get(reverse("admin:accounts_auditentry_changelist")).content.decode()


def test_a_site_shows_the_snippet_for_its_page(admin_client: Client, site: Site) -> None:
    page = admin_client.get(reverse("admin:accounts_site_change", args=[site.pk])).content.decode()
    assert 'src="http://testserver/widget/loader.js"' in page
    assert "data-site=&quot;tea&quot;" in page or 'data-site="tea"' in page


def test_a_person_is_found_by_the_name_they_sign_in_with(admin_client: Client, agent: Agent) -> None:
    url = reverse("admin:accounts_agent_changelist")
    assert ">Ann<" in admin_client.get(url, {"q": "ann"}).content.decode()
    assert ">Ann<" not in admin_client.get(url, {"q": "bob"}).content.decode()

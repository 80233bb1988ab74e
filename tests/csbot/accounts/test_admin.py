"""Companies, sites and people in the admin: for superusers, in both languages; a company's own people have no business there."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from csbot.accounts.models import Agent, Company, Site, User

LISTS = ["accounts_company", "accounts_site", "accounts_agent", "accounts_user"]


@pytest.fixture
def agent(company: Company) -> Agent:
    return Agent.objects.create(company=company, user=User.objects.create(username="ann", is_staff=True), role="admin", display_name="Ann")


@pytest.mark.parametrize("language", ["en", "zh-hans"])
@pytest.mark.parametrize("name", LISTS)
def test_a_superuser_opens_every_list(admin_client: Client, site: Site, agent: Agent, name: str, language: str) -> None:
    page = admin_client.get(reverse(f"admin:{name}_changelist"), headers={"accept-language": language})
    assert page.status_code == 200
    assert f'lang="{language}"' in page.content.decode()


@pytest.mark.parametrize("name", LISTS)
def test_a_companys_people_see_no_accounts(client: Client, site: Site, agent: Agent, name: str) -> None:
    client.force_login(agent.user)
    assert client.get(reverse(f"admin:{name}_changelist")).status_code == 403
    assert client.get(reverse(f"admin:{name}_add")).status_code == 403


def test_a_site_shows_the_snippet_for_its_page(admin_client: Client, site: Site) -> None:
    page = admin_client.get(reverse("admin:accounts_site_change", args=[site.pk])).content.decode()
    assert "data-site=&quot;tea&quot;" in page or 'data-site="tea"' in page


def test_a_person_is_found_by_the_name_they_sign_in_with(admin_client: Client, agent: Agent) -> None:
    url = reverse("admin:accounts_agent_changelist")
    assert ">Ann<" in admin_client.get(url, {"q": "ann"}).content.decode()
    assert ">Ann<" not in admin_client.get(url, {"q": "bob"}).content.decode()

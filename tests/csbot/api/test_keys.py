"""Keys: made and shown once in the back office, good for what they say, revoked, expired, and never somebody else's."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from csbot.accounts.models import Company, Site, User
from csbot.api.models import ApiKey
from csbot.lib.clock import now
from knowledge.models import KnowledgeBase
from tests.csbot.api.conftest import Program, key_of
from tests.csbot.dashboard.desks import agent_of


def test_a_key_is_shown_once_and_opens_what_it_may(client: Client, company: Company, site: Site) -> None:
    client.force_login(agent_of(company, "ann", "admin").user)
    page = client.post(reverse("admin:api_apikey_add"), {"name": "shop", "scopes": ["reports.read"]}, follow=True).content.decode()
    key = re.search(r"<code>(csb_[0-9a-f]+)</code>", page)
    assert key
    assert key[1] not in client.get(reverse("admin:api_apikey_changelist")).content.decode()
    assert Program(key[1]).get("reports/routes").status_code == 200
    assert Program(key[1]).get("conversations").status_code == 403
    assert ApiKey.objects.get().last_used


@pytest.mark.parametrize("key", ["", "csb_nothing", "x" * 5000, "\u00e9\u00e9", "csb_" + "0" * 64])
def test_what_is_no_key_is_refused(company: Company, site: Site, key: str) -> None:
    assert Program(key).get("me").status_code == 401


def test_a_revoked_or_expired_key_opens_nothing(company: Company, site: Site) -> None:
    short = key_of(company, expires=now() + timedelta(seconds=60))
    gone = key_of(company)
    assert Program(short).get("me").status_code == Program(gone).get("me").status_code == 200
    ApiKey.objects.filter(expiry__isnull=False).update(expiry=now() - timedelta(seconds=1))
    ApiKey.objects.filter(expiry=None).delete()
    assert Program(short).get("me").status_code == Program(gone).get("me").status_code == 401


def test_a_key_of_one_site_sees_no_other(company: Company, site: Site, base: KnowledgeBase) -> None:
    other = Site.objects.create(company=company, knowledge_base=base, key="two", name="Two", default_language="en")
    assert [one["name"] for one in Program(key_of(company, site=other)).get("me").json()["sites"]] == ["Two"]
    assert Program(key_of(company, site=other)).get("faqs?site=tea").status_code == 404


def test_nobody_gives_a_program_the_companys_management(company: Company, site: Site) -> None:
    assert "company.manage" not in Program(key_of(company, ["company.manage", "chat"])).get("me").content.decode()


def test_nobody_signs_in_as_a_companys_keys(company: Company, client: Client) -> None:
    key_of(company)
    assert not User.objects.get(username=f"api@{company.pk.hex}").has_usable_password()


@pytest.mark.parametrize(("scopes", "expiry"), [([], ""), (["company.manage"], ""), (["chat"], "2001-01-01")])
def test_a_key_without_sense_is_not_made(client: Client, company: Company, scopes: list[str], expiry: str) -> None:
    client.force_login(agent_of(company, "ann", "admin").user)
    page = client.post(reverse("admin:api_apikey_add"), {"name": "shop", "scopes": scopes, "expiry_0": expiry, "expiry_1": "00:00" if expiry else ""})
    assert page.status_code == 200
    assert not ApiKey.objects.exists()

"""The desk's pages, and the way in."""

from __future__ import annotations

import pytest
from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value, yield_hotp_counters_from_time
from django.test import Client

from csbot.accounts.models import Agent, Company, Site, User
from csbot.operations.links import setup_token
from tests.csbot.dashboard.desks import Desk, agent_of

PASSWORD = "a-good-long-password"  # noqa: S105


@pytest.mark.parametrize("path", ["/desk/", "/desk/c/0190a1b2-0000-7000-8000-000000000000", "/demo/side/", "/admin/login/"])
def test_a_stranger_is_led_to_the_sign_in_page_and_back(client: Client, db: None, path: str) -> None:
    answer = client.get(path)
    assert answer.status_code == 302
    assert answer.headers["Location"].startswith("/account/login/?next=")


@pytest.mark.parametrize("role", ["admin", "editor", "agent", "viewer"])
def test_everybody_of_a_company_may_open_the_desk(company: Company, role: str) -> None:
    page = Desk(agent_of(company, role, role)).client.get("/desk/c/anything")
    assert page.status_code == 200
    assert '<div id="desk"></div>' in page.content.decode()
    assert "csrftoken" in page.cookies


def test_only_our_own_pages_may_frame_the_desk(company: Company) -> None:
    headers = Desk(agent_of(company, "ann")).client.get("/desk/").headers
    assert "frame-ancestors 'self';" in headers["Content-Security-Policy"] + ";"
    assert headers["X-Frame-Options"] == "SAMEORIGIN"


def test_who_belongs_to_no_company_is_told_so(db: None) -> None:
    client = Client()
    client.force_login(User.objects.create_user("eve"))
    page = client.get("/desk/")
    assert page.status_code == 403
    assert "eve" in page.content.decode()


@pytest.mark.parametrize(("language", "words"), [("zh-hans", "访客看到的"), ("en", "What the visitor sees")])
def test_visitor_and_agent_stand_side_by_side_in_the_demo(company: Company, site: Site, language: str, words: str) -> None:
    desk = Desk(agent_of(company, "ann"))
    assert desk.client.get("/demo/side/").status_code == 404
    Site.objects.filter(pk=site.pk).update(key="demo")
    assert words in desk.client.get("/demo/side/", headers={"accept-language": language}).content.decode()


# --- signing in ------------------------------------------------------------------------------------------------------


def sign_in(client: Client, name: str, password: str = PASSWORD) -> object:
    return client.post("/account/login/?next=/desk/", {"login": name, "password": password})


def test_name_and_password_open_the_desk(company: Company, client: Client, redis_clean: None) -> None:
    agent = agent_of(company, "ann")
    agent.user.set_password(PASSWORD)
    agent.user.save()
    wrong = sign_in(client, "ann", "not the password")
    assert wrong.status_code == 200  # type: ignore[attr-defined]
    assert client.get("/desk/").status_code == 302
    assert sign_in(client, "ann").headers["Location"] == "/desk/"  # type: ignore[attr-defined]
    assert client.get("/desk/").status_code == 200
    client.post("/account/logout/")
    assert client.get("/desk/").status_code == 302


def test_who_has_an_authenticator_app_needs_its_code_as_well(company: Company, client: Client) -> None:
    agent = agent_of(company, "ben")
    agent.user.set_password(PASSWORD)
    agent.user.save()
    secret = "JBSWY3DPEHPK3PXP"  # noqa: S105
    Authenticator.objects.create(user=agent.user, type=Authenticator.Type.TOTP, data={"secret": get_adapter().encrypt(secret)})
    assert sign_in(client, "ben").headers["Location"].startswith("/account/2fa/authenticate/")  # type: ignore[attr-defined]
    assert client.get("/desk/").status_code == 302
    assert client.post("/account/2fa/authenticate/", {"code": "000000"}).status_code == 200
    code = format_hotp_value(hotp_value(secret, next(iter(yield_hotp_counters_from_time()))))
    client.post("/account/2fa/authenticate/", {"code": code})
    assert client.get("/desk/").status_code == 200


@pytest.mark.parametrize("path", ["2fa/", "2fa/totp/activate/", "2fa/recovery-codes/generate/", "password/change/"])
@pytest.mark.parametrize(("language", "words"), [("zh-hans", "身份验证器"), ("en", "Authenticator app")])
def test_the_pages_of_an_account_are_there(company: Company, client: Client, path: str, language: str, words: str) -> None:
    """What weakens or strengthens the way in asks for the password once more."""
    agent = agent_of(company, "ann")
    agent.user.set_password(PASSWORD)
    agent.user.save()
    sign_in(client, "ann")
    speaking = {"accept-language": language}
    page = client.get(f"/account/{path}", headers=speaking)
    if page.status_code == 302 and "/reauthenticate/" in page.headers["Location"]:
        page = client.post(page.headers["Location"], {"password": PASSWORD}, headers=speaking, follow=True)
    assert page.status_code == 200
    assert words in page.content.decode()


def test_nobody_signs_up_by_themselves(client: Client, db: None) -> None:
    form = {"username": "mallory", "password1": PASSWORD, "password2": PASSWORD, "email": "m@example.org"}
    assert "csrfmiddlewaretoken" in client.get("/account/login/").content.decode()
    client.post("/account/signup/", form)
    assert not User.objects.exists()


def test_the_first_administrator_belongs_to_the_only_company(client: Client, company: Company) -> None:
    client.post(f"/setup/{setup_token()}/", {"username": "ada", "email": "", "password1": PASSWORD, "password2": PASSWORD})
    assert Agent.objects.get().role == "admin"
    assert client.get("/desk/").status_code == 200


def test_of_two_companies_the_administrator_is_given_none(client: Client, company: Company) -> None:
    Company.objects.create(name="Other", slug="other")
    client.post(f"/setup/{setup_token()}/", {"username": "ada", "email": "", "password1": PASSWORD, "password2": PASSWORD})
    assert not Agent.objects.exists()

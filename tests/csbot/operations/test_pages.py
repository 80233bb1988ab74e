"""Signs of life and the first administrator's page."""

from __future__ import annotations

import pytest
from django.test import Client

from csbot.accounts.models import User
from csbot.lib import redis
from csbot.lib.status import WorkerStatus, status_write
from csbot.operations.links import setup_token

PASSWORD = "a-good-long-password"  # noqa: S105


def test_alive_asks_for_nothing(client: Client) -> None:
    assert client.get("/livez").json() == {"alive": True}


@pytest.mark.django_db
def test_ready_only_when_the_canary_lives(client: Client, redis_clean: None) -> None:
    assert client.get("/readyz").status_code == 503
    status_write("answers", WorkerStatus("ready"))
    status_write("generation", WorkerStatus("loading", "reading weights"))
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json()["generation"]["state"]) == (200, "loading")


@pytest.mark.django_db
def test_without_redis_the_body_says_so(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("django.conf.settings.REDIS_URL", "unix:///nowhere.sock")
    redis.connection.cache_clear()
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json()["checks"]["redis"]["state"] == "down"
    redis.connection.cache_clear()


@pytest.mark.django_db
def test_the_setup_link_makes_one_administrator_and_no_second(client: Client) -> None:
    address = f"/setup/{setup_token()}/"
    form = {"username": "ada", "email": "", "password1": PASSWORD, "password2": PASSWORD}
    assert client.get(address).status_code == 200
    assert client.post(address, form).headers["Location"] == "/admin/"
    assert User.objects.get().is_superuser
    assert Client().post(address, {**form, "username": "eve"}).status_code == 410
    assert setup_token() is None


@pytest.mark.django_db
def test_a_newer_setup_link_ends_the_older_one(client: Client) -> None:
    older = setup_token()
    setup_token()
    assert client.get(f"/setup/{older}/").status_code == 410


@pytest.mark.django_db
@pytest.mark.parametrize(("language", "words"), [("zh-hans", "首位管理员"), ("en", "First administrator")])
def test_the_setup_page_speaks_the_browsers_language(client: Client, language: str, words: str) -> None:
    page = client.get(f"/setup/{setup_token()}/", headers={"accept-language": language})
    assert words in page.content.decode()


@pytest.mark.django_db
def test_the_api_tells_the_same_as_readyz(client: Client, redis_clean: None) -> None:
    assert client.get("/api/v1/health").json()["ready"] is False

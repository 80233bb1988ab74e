"""The widget's doors: loader, page, session, and who may come in."""

from __future__ import annotations

import gzip
import json
import re
from pathlib import Path

import pytest
from django.test import Client

from csbot.accounts.models import Site
from csbot.conversations.models import Visitor
from csbot.conversations.sessions import session_read
from csbot.env import BASE_DIR
from csbot.widget.frametypes import PATH, frames_as_typescript

OWN = {"origin": "http://testserver"}
STATIC = BASE_DIR / "csbot" / "widget" / "static" / "widget"


def open_session(client: Client, body: object, **headers: str) -> object:
    content = body if isinstance(body, (str, bytes)) else json.dumps(body)
    return client.post("/widget/session", content, content_type="application/json", headers=headers or OWN)


def test_a_session_names_site_and_visitor_and_stores_nothing(client: Client, site: Site) -> None:
    body = open_session(client, {"site": "tea"}).json()  # type: ignore[attr-defined]
    assert session_read(body["token"]).site_id == site.pk
    assert body["conv"] is None
    assert set(body["site"]["greeting"]) == {"zh", "en"}
    assert Visitor.objects.count() == 0


def test_a_token_that_is_still_good_keeps_its_visitor(client: Client, site: Site) -> None:
    first = open_session(client, {"site": "tea"}).json()["token"]  # type: ignore[attr-defined]
    second = open_session(client, {"site": "tea", "token": first}).json()["token"]  # type: ignore[attr-defined]
    assert session_read(first).visitor_id == session_read(second).visitor_id


def test_an_identity_that_is_not_good_leaves_a_stranger_and_says_why(client: Client, site: Site) -> None:
    body = open_session(client, {"site": "tea", "identity": "x.y.z"}).json()  # type: ignore[attr-defined]
    assert body["identity"] == {"is_known": False, "problem": "no_secret"}
    assert session_read(body["token"]).identity is None


@pytest.mark.parametrize(("language", "words"), [("zh-CN", "没有这个站点"), ("en", "no such site")])
def test_an_unknown_site_is_named_in_the_visitors_language(client: Client, db: None, language: str, words: str) -> None:
    answer = open_session(client, {"site": "nowhere"}, origin="http://testserver", accept_language=language)
    assert answer.status_code == 404  # type: ignore[attr-defined]
    assert words in answer.json()["error"]["text"]  # type: ignore[attr-defined]


@pytest.mark.parametrize("origin", ["https://evil.example", "null", "http://testserver.evil.example", ""])
def test_a_foreign_origin_gets_no_session(client: Client, site: Site, origin: str) -> None:
    assert open_session(client, {"site": "tea"}, origin=origin).status_code == 403  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    "body", ["", "{", "[]", '{"site": 5}', b"\xff\xfe", '{"site": "tea", "token": 5}', '{"site": "tea", "identity": 5}', "x" * 9000]
)
def test_a_broken_request_gets_a_clear_error(client: Client, site: Site, body: str) -> None:
    answer = open_session(client, body)
    assert answer.status_code == 400  # type: ignore[attr-defined]
    assert answer.json()["error"]["code"] == "bad_request"  # type: ignore[attr-defined]


def test_only_allowed_origins_may_embed(client: Client, site: Site) -> None:
    site.allowed_origins = ["https://shop.example", "https://*.example.org", "https://evil.example; script-src *", 7]
    site.save()
    policy = client.get("/widget/app/?site=tea").headers["Content-Security-Policy"]
    ancestors = re.search(r"frame-ancestors ([^;]*)", policy)
    assert ancestors
    assert ancestors[1].split() == ["'self'", "https://shop.example", "https://*.example.org"]
    assert "script-src *" not in policy


def test_without_allowed_origins_only_we_may_embed(client: Client, site: Site) -> None:
    answer = client.get("/widget/app/?site=tea")
    assert "frame-ancestors 'self'" in answer.headers["Content-Security-Policy"]
    assert "X-Frame-Options" not in answer.headers


def test_a_page_of_ours_may_not_be_framed_at_all(client: Client, db: None) -> None:
    assert "frame-ancestors 'none'" in client.get("/").headers["Content-Security-Policy"]


def test_the_app_of_an_unknown_site_is_not_found(client: Client, db: None) -> None:
    assert client.get("/widget/app/?site=nowhere").status_code == 404


def test_the_loader_is_small_and_everybodys(client: Client) -> None:
    answer = client.get("/widget/loader.js")
    assert answer.headers["Content-Type"].startswith("text/javascript")
    assert len(answer.content) < 5000


@pytest.mark.parametrize(("language", "words"), [("zh", "为每天准备的好东西"), ("en", "Good things for every day")])
def test_the_demo_shop_speaks_both_languages(client: Client, site: Site, language: str, words: str) -> None:
    assert client.get("/demo/").status_code == 404
    Site.objects.filter(pk=site.pk).update(key="demo")
    page = client.get(f"/demo/?lang={language}").content.decode()
    assert words in page
    assert 'data-site="demo"' in page


def test_the_frames_of_both_ends_are_one() -> None:
    assert PATH.read_text(encoding="utf-8") == frames_as_typescript()


def test_the_built_app_is_small() -> None:
    built = [STATIC / "app.js", STATIC / "app.css"]
    assert sum(len(gzip.compress(Path(path).read_bytes())) for path in built) < 60_000


@pytest.mark.parametrize("site", ["\ud800", "te\0a", "site\n"])
def test_what_is_in_no_key_is_a_bad_request(client: Client, db: None, site: str) -> None:
    answer = client.post("/widget/session", json.dumps({"site": site}), content_type="application/json", headers={"Origin": "http://testserver"})
    assert answer.status_code == 400

"""The pages of the widget: the loader that host pages embed, the app inside our iframe, the visitor's session, the demo shop.

Thin: sessions and sites are csbot.conversations' business.
"""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.cache import cache_control, never_cache
from django.views.decorators.clickjacking import xframe_options_exempt
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe

from csbot.accounts.appearance import appearance_of
from csbot.accounts.models import Site
from csbot.conversations.access import conversation_of_visitor
from csbot.conversations.errors import NotYours
from csbot.conversations.origin import is_own_origin
from csbot.conversations.services.visitors import session_open
from csbot.conversations.sessions import site_by_key
from csbot.conversations.wrapping import text_of
from csbot.widget.embedding import allow_embedding

MAX_BODY = 8 * 1024
STATIC = Path(__file__).with_name("static") / "widget"
TEXTS = {
    "zh": {
        "unknown_site": "没有这个站点，或者它已停用。请检查网页代码里的 data-site。",
        "foreign": "只能从聊天窗自己的页面发起请求。",
        "bad_request": "请求的内容无法读取，请刷新页面后重试。",
    },
    "en": {
        "unknown_site": "There is no such site, or it was switched off. Please check data-site in the page's snippet.",
        "foreign": "Requests are taken from the chat's own page only.",
        "bad_request": "The request cannot be read. Please reload the page and try again.",
    },
}


@require_safe
@cache_control(public=True, max_age=300)
def loader(request: HttpRequest) -> HttpResponse:
    """One script tag on any page; it makes the button and the iframe."""
    return HttpResponse(_loader_source(), content_type="text/javascript; charset=utf-8", headers={"Access-Control-Allow-Origin": "*"})


@cache
def _loader_source() -> str:
    return (STATIC / "loader.js").read_text(encoding="utf-8")


@require_safe
@never_cache
@xframe_options_exempt
def app(request: HttpRequest) -> HttpResponse:
    """The chat, inside our iframe. Who may embed it, the site says."""
    try:
        site = site_by_key(request.GET.get("site", ""))
    except NotYours as error:
        raise Http404 from error
    language = _language(request)
    response = render(request, "widget/app.html", {"site": site, "language": "zh-CN" if language == "zh" else "en"})
    return allow_embedding(response, site)


@csrf_exempt
@require_POST
@never_cache
def session(request: HttpRequest) -> JsonResponse:
    """A signed token for this visitor: the one they have where it is still good, else a new one. Nothing is stored for it."""
    language = _language(request)
    headers = {b"origin": request.headers.get("Origin", "").encode(), b"host": request.get_host().encode()}
    if not is_own_origin(headers):
        return _refusal(language, "foreign", 403)
    asked = _body(request)
    if asked is None:
        return _refusal(language, "bad_request", 400)
    try:
        opened, problem = session_open(site_key=asked["site"], token=asked["token"], identity=asked["identity"])
    except NotYours:
        return _refusal(language, "unknown_site", 404)
    site = site_by_key(asked["site"])
    conversation = conversation_of_visitor(opened)
    conv = str(conversation.pk) if conversation else None
    identity = {"is_known": opened.identity is not None, "problem": problem}
    return JsonResponse({"token": opened.token(), "conv": conv, "identity": identity, "site": _described(site)})


@require_safe
def demo(request: HttpRequest) -> HttpResponse:
    """The demo shop with the widget on it."""
    if not Site.objects.filter(key="demo", is_active=True).exists():
        raise Http404
    language = _language(request)
    return render(request, f"demo/shop.{language}.html", {"language": language})


@require_safe
@cache_control(public=True, max_age=300)
def look(request: HttpRequest, key: str) -> JsonResponse:
    """How the button on the host's page looks; asked by the loader, from any page, without a cookie."""
    try:
        site = site_by_key(key)
    except NotYours as error:
        raise Http404 from error
    return JsonResponse(appearance_of(site.appearance), headers={"Access-Control-Allow-Origin": "*"})


def _described(site: Site) -> dict[str, Any]:
    return {
        "look": appearance_of(site.appearance),
        "name": site.name,
        "languages": site.languages,
        "language": site.default_language,
        "greeting": {language: text_of(site, language, "greeting") for language in site.languages},
    }


def _body(request: HttpRequest) -> dict[str, Any] | None:
    """{site, token, identity}, all of them texts; None for anything else."""
    if len(request.body) > MAX_BODY:
        return None
    try:
        body = json.loads(request.body)
    except (ValueError, RecursionError):
        return None
    if not isinstance(body, dict):
        return None
    asked = {"site": body.get("site"), "token": body.get("token") or "", "identity": body.get("identity") or ""}
    if not all(isinstance(text, str) and text.isprintable() for text in asked.values()):
        return None  # NUL and lone surrogates are in no key and in no token
    return asked


def _language(request: HttpRequest) -> str:
    """Asked for in the address, else the browser's wish; a Chinese browser gets Chinese, everybody else English."""
    asked = request.GET.get("lang") or request.headers.get("Accept-Language", "")
    return "zh" if asked.lower().startswith("zh") else "en"


def _refusal(language: str, code: str, status: int) -> JsonResponse:
    return JsonResponse({"error": {"code": code, "text": TEXTS[language][code]}}, status=status)

"""The demo shop's own system: orders by number, as JSON. Stands in for what a real company has elsewhere; the lookup `orders` asks it."""

from __future__ import annotations

import json
from functools import cache
from typing import Any

from django.http import Http404, HttpRequest, JsonResponse
from django.views.decorators.http import require_safe

from csbot.accounts.models import Site
from csbot.demo.content import DATA


@require_safe
def order(request: HttpRequest, number: str) -> JsonResponse:
    if not Site.objects.filter(key="demo", is_active=True).exists():
        raise Http404
    found = orders().get(number.upper())
    return JsonResponse(found) if found else JsonResponse({"error": "no such order"}, status=404)


@cache
def orders() -> dict[str, dict[str, Any]]:
    told = json.loads((DATA / "orders.json").read_text(encoding="utf-8"))
    return {one["id"]: {**one, **{f"items_{language}": _items(one, language) for language in ("zh", "en")}} for one in told["orders"]}


def _items(one: dict[str, Any], language: str) -> str:
    joint = "、" if language == "zh" else ", "
    return joint.join(f"{item[f'name_{language}']} × {item['qty']}" for item in one["items"])

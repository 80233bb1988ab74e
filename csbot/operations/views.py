"""Pages of the operator: signs of life, the front page, the first administrator's one-time page."""

from __future__ import annotations

from django.conf import settings
from django.contrib.auth import login
from django.db import transaction
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.crypto import constant_time_compare
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe
from prometheus_client import CONTENT_TYPE_LATEST

from csbot.accounts.models import Site
from csbot.accounts.people import administrator_join
from csbot.operations.forms import FirstAdministratorForm
from csbot.operations.health import readiness
from csbot.operations.links import open_link, use_link
from csbot.operations.metrics import exposition


@require_safe
def livez(request: HttpRequest) -> HttpResponse:
    """The process answers; nothing else is asked."""
    return JsonResponse({"alive": True})


@never_cache
@require_safe
def readyz(request: HttpRequest) -> HttpResponse:
    body = readiness()
    return JsonResponse(body, status=200 if body["ready"] else 503)


@never_cache
@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """For a scraper with the token of the setting, and for operators who are signed in: they show every company's business."""
    if not _may_scrape(request):
        told = "This address needs the token of CSBOT_METRICS_TOKEN as `Authorization: Bearer …`, or an operator who is signed in.\n"
        return HttpResponse(told, status=403, content_type="text/plain; charset=utf-8")
    return HttpResponse(exposition(), content_type=CONTENT_TYPE_LATEST)


def _may_scrape(request: HttpRequest) -> bool:
    wanted = settings.CSBOT.metrics_token
    if wanted and constant_time_compare(request.headers.get("authorization", ""), f"Bearer {wanted}"):
        return True
    return bool(getattr(request.user, "is_superuser", False))


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    return render(request, "home.html", {"has_demo": Site.objects.filter(key="demo", is_active=True).exists()})


@never_cache
@require_http_methods(["GET", "POST"])
def setup(request: HttpRequest, token: str) -> HttpResponse:
    """Makes the first administrator; the link works once."""
    link = open_link(token)
    if link is None:
        return render(request, "setup_used.html", status=410)
    form = FirstAdministratorForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with transaction.atomic():
            if not use_link(link):
                return render(request, "setup_used.html", status=410)
            user = form.save()
            administrator_join(user)
        login(request, user)
        return redirect("admin:index")
    return render(request, "setup.html", {"form": form})

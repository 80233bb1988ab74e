"""The pages of the agents' desk. The app behind them is in frontend/; what it may see, the API says."""

from __future__ import annotations

from csp.constants import SELF
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.csrf import ensure_csrf_cookie
from django.views.decorators.http import require_safe

from csbot.accounts.callers import caller_of
from csbot.accounts.models import Site


@require_safe
@never_cache
@login_required
@ensure_csrf_cookie
@xframe_options_sameorigin
def desk(request: HttpRequest, path: str = "") -> HttpResponse:
    """One page for every address below /desk/; our own pages may show it beside the widget."""
    caller = caller_of(request)
    if caller is None or not caller.may("desk.read"):
        return render(request, "dashboard/no_company.html", status=403)
    response = render(request, "dashboard/app.html")
    response._csp_replace = {"frame-ancestors": [SELF]}  # type: ignore[attr-defined]
    return response


@require_safe
@never_cache
@login_required
def side_by_side(request: HttpRequest) -> HttpResponse:
    """The demo's visitor on the left, the agent's desk on the right."""
    if not Site.objects.filter(key="demo", is_active=True).exists():
        raise Http404
    return render(request, "dashboard/side.html", {"language": "zh" if request.LANGUAGE_CODE.startswith("zh") else "en"})

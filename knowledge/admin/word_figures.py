"""The page of figures about a company's words and hits."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _

from knowledge.admin.rows import company_of, sites_of
from knowledge.contracts import Direction
from knowledge.word_figures import DAYS, figures_of
from knowledge.word_names import DIRECTIONS, category_name, level_name


def figures_page(admin: Any, request: HttpRequest) -> HttpResponse:
    company = company_of(request)
    if company is None or not admin.has_view_permission(request):
        raise PermissionDenied
    figures = figures_of(company, sites_of(request))
    tables = [
        (_("by category"), [(category_name(name), count) for name, count in figures.by_category]),
        (_("by level"), [(level_name(name), count) for name, count in figures.by_level]),
        (_("by direction"), [(DIRECTIONS[Direction(name)], count) for name, count in figures.by_direction]),
        (_("by day"), figures.by_day),
    ]
    context = {
        **admin.admin_site.each_context(request),
        "title": _("Figures of the word filter"),
        "opts": admin.opts,
        "figures": figures,
        "days": DAYS,
        "tables": [(name, rows, max((count for _, count in rows), default=0)) for name, rows in tables],
        "categories": [(category_name(name), own, shipped) for name, own, shipped in figures.categories],
        "top": [(term, category_name(category), count) for term, category, count in figures.top],
    }
    return render(request, "admin/knowledge/wordlist/figures.html", context)

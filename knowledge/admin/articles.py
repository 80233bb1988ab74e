"""Articles: longer texts that generated answers may rest on; written here or brought as files, with the passages that they are cut into."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path
from django.utils.translation import gettext as _

from knowledge.admin.article_import import ArticleFilesForm
from knowledge.admin.rows import KeepsHistory, OwnRows, own_bases
from knowledge.importing import passages_refresh
from knowledge.models import Article, Passage


class PassageInline(admin.TabularInline):  # type: ignore[type-arg]
    """What an answer can rest on, as the text was cut when it was saved; to read."""

    model = Passage
    fields = readonly_fields = ("position", "heading", "page", "text")
    extra = 0
    can_delete = False

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return True


@admin.register(Article)
class ArticleAdmin(KeepsHistory):
    list_display = ("title", "language", "num_passages", "is_live", "changed", "key", "knowledge_base")
    list_filter = ("language", "is_live", ("knowledge_base", OwnRows))
    search_fields = ("title", "key", "body")
    inlines = (PassageInline,)
    change_list_template = "admin/knowledge/article/change_list.html"

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).annotate(passage_count=Count("passages"))

    def get_urls(self) -> list[URLPattern]:
        return [path("import/", self.admin_site.admin_view(self.import_page), name="knowledge_article_import"), *super().get_urls()]

    @admin.display(description=_("passages"))
    def num_passages(self, article: Article) -> int:
        return int(article.passage_count)  # type: ignore[attr-defined]

    def import_page(self, request: HttpRequest) -> HttpResponse:
        if not self.has_add_permission(request):
            raise PermissionDenied
        form = ArticleFilesForm(request.POST or None, request.FILES or None, bases=own_bases(request))
        if request.method == "POST" and form.is_valid():
            made, written = form.save()
            messages.success(request, _("Made: %(made)s, written anew: %(written)s. Publish to let them count.") % {"made": made, "written": written})
            return redirect("admin:knowledge_article_changelist")
        context = {**self.admin_site.each_context(request), "title": _("Articles from files"), "form": form, "opts": self.opts}
        return render(request, "admin/knowledge/article/import.html", context)

    def save_model(self, request: HttpRequest, obj: Article, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        passages_refresh(obj)

"""Articles: longer texts that generated answers may rest on; written here or brought as files, with the passages that they are cut into."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext as _

from knowledge.admin.article_import import ArticleFilesForm
from knowledge.admin.listed_words import listed_words_warn
from knowledge.admin.rows import KeepsHistory, OwnRows, own_bases
from knowledge.importing import passages_refresh
from knowledge.models import Article

PASSAGE = "<tr><td>{}</td><td>{}</td><td>{}</td></tr>"
SHOWN = 200  # passages; a manual has thousands


class ArticleForm(forms.ModelForm):  # type: ignore[type-arg]
    def is_multipart(self) -> bool:
        """Else a browser sends nine bytes for each Chinese character, and a long article is refused."""
        return True


@admin.register(Article)
class ArticleAdmin(KeepsHistory):
    list_display = ("title", "language", "num_passages", "is_live", "changed", "key", "knowledge_base")
    list_filter = ("language", "is_live", ("knowledge_base", OwnRows))
    search_fields = ("title", "key", "body")
    form = ArticleForm
    readonly_fields = ("passages_read",)
    change_list_template = "admin/knowledge/article/change_list.html"

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).annotate(passage_count=Count("passages"))

    def get_urls(self) -> list[URLPattern]:
        return [path("import/", self.admin_site.admin_view(self.import_page), name="knowledge_article_import"), *super().get_urls()]

    @admin.display(description=_("passages"))
    def num_passages(self, article: Article) -> int:
        return int(article.passage_count)  # type: ignore[attr-defined]

    @admin.display(description=_("passages"))
    def passages_read(self, article: Article) -> str:
        """What an answer can rest on, as the text was cut when it was saved; to read. No formset: its hidden fields would be too many to send."""
        pieces = list(article.passages.all()[: SHOWN + 1]) if article.pk else []
        rows = format_html_join("", PASSAGE, ((piece.heading, piece.page or "", piece.text) for piece in pieces[:SHOWN]))
        more = _("These are the first %(shown)s.") % {"shown": SHOWN} if len(pieces) > SHOWN else ""
        head = format_html("<tr><th>{}</th><th>{}</th><th>{}</th></tr>", _("heading"), _("page"), _("text"))
        return format_html("<table><thead>{}</thead><tbody>{}</tbody></table><p>{}</p>", head, rows, more) if pieces else "–"

    def import_page(self, request: HttpRequest) -> HttpResponse:
        if not self.has_add_permission(request):
            raise PermissionDenied
        form = ArticleFilesForm(request.POST or None, request.FILES or None, bases=own_bases(request))
        if request.method == "POST" and form.is_valid():
            made, written = form.save()
            names = [upload.name for upload in form.cleaned_data["uploads"]]
            texts = [text for one in form.articles for text in (one.title, one.body)]
            listed_words_warn(request, form.cleaned_data["knowledge_base"].company_id, [*names, *texts])
            messages.success(request, _("Made: %(made)s, written anew: %(written)s. Publish to let them count.") % {"made": made, "written": written})
            return redirect("admin:knowledge_article_changelist")
        context = {**self.admin_site.each_context(request), "title": _("Articles from files"), "form": form, "opts": self.opts}
        return render(request, "admin/knowledge/article/import.html", context)

    def save_model(self, request: HttpRequest, obj: Article, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        passages_refresh(obj)
        listed_words_warn(request, obj.knowledge_base.company_id, [obj.title, obj.body])

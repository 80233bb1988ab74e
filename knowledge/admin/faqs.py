"""The FAQ list: search, filters, variants inline, history, validity in the company's time. Import and export: knowledge.admin.faq_import."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.db.models import Count, QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from knowledge.admin.faq_collisions import TakesTraffic, TellsCollisions
from knowledge.admin.faq_health import health_in_words
from knowledge.admin.faq_import import ImportsFaqs
from knowledge.admin.listed_words import listed_words_warn
from knowledge.admin.rows import KeepsHistory, OwnRows, PartOfOwn
from knowledge.faq_history import by_edit, parts_changes
from knowledge.faq_writing import faqs_set_state
from knowledge.models import Faq, FaqAnswer, Variant


class AnswerInline(PartOfOwn):
    model = FaqAnswer
    max_num = 2

    def get_extra(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> int:
        return 0 if obj else 1


class VariantInline(PartOfOwn):
    model = Variant

    def get_extra(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> int:
        return 0 if obj else 2


class MissingLanguage(admin.SimpleListFilter):
    title = _("language without an answer")
    parameter_name = "without"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("zh", _("Chinese")), ("en", _("English"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Faq]) -> QuerySet[Faq]:
        return queryset.exclude(answers__language=self.value()) if self.value() else queryset


@admin.register(Faq)
class FaqAdmin(ImportsFaqs, TellsCollisions, KeepsHistory):
    list_display = ("canonical", "category", "state", "num_variants", "health_shown", "changed", "key")
    list_display_links = ("canonical", "key")
    ordering = ("key",)
    import_export_change_list_template = "admin/knowledge/faq/change_list.html"
    list_filter = ("state", "category", "health__state", TakesTraffic, MissingLanguage, ("knowledge_base", OwnRows))
    readonly_fields = ("health_told", "collisions_told")
    search_fields = ("key", "variants__text", "answers__text")
    list_per_page = 50
    date_hierarchy = "changed"
    inlines = (AnswerInline, VariantInline)
    actions = ["make_live", "disable"]

    def get_queryset(self, request: HttpRequest) -> Any:
        rows: Any = super().get_queryset(request)
        return rows.annotate(variant_count=Count("variants", distinct=True)).prefetch_related("variants", "health")

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        faq = form.instance
        texts = [*faq.answers.values_list("text", flat=True), *faq.variants.values_list("text", flat=True)]
        listed_words_warn(request, faq.knowledge_base.company_id, texts)

    @admin.display(description=_("question"))
    def canonical(self, faq: Faq) -> str:
        return " · ".join(variant.text for variant in faq.variants.all() if variant.is_canonical)

    @admin.display(description=_("phrasings"), ordering="variant_count")
    def num_variants(self, faq: Any) -> int:
        return int(faq.variant_count)

    @admin.display(description=_("health"), ordering="health__state", empty_value="–")
    def health_shown(self, faq: Faq) -> str | None:
        health = getattr(faq, "health", None)
        return str(health) if health else None

    @admin.display(description=_("health"), empty_value="–")
    def health_told(self, faq: Faq) -> str | None:
        """In words, with the phrasings that would lead elsewhere."""
        health = getattr(faq, "health", None) if faq.pk else None
        return health_in_words(health, faq.knowledge_base_id) if health else None

    @admin.action(description=_("Make the chosen FAQs live (with the next publishing)"), permissions=["change"])
    def make_live(self, request: HttpRequest, faqs: QuerySet[Faq]) -> None:
        self._set_state(request, faqs, Faq.State.LIVE)

    @admin.action(description=_("Disable the chosen FAQs (with the next publishing)"), permissions=["change"])
    def disable(self, request: HttpRequest, faqs: QuerySet[Faq]) -> None:
        self._set_state(request, faqs, Faq.State.DISABLED)

    def _set_state(self, request: HttpRequest, faqs: QuerySet[Faq], state: str) -> None:
        count = faqs_set_state(list(faqs), state)
        messages.success(request, gettext("FAQs that were changed: %(count)s. Publish to let it count.") % {"count": count})

    # --- history: answers and variants with it -------------------------------------------------------------------

    def history_view(self, request: HttpRequest, object_id: str, extra_context: Any = None) -> HttpResponse:
        with timezone.override(self._time_zone(request, object_id)):
            response: HttpResponse = super().history_view(request, object_id, extra_context)
            return response.render() if isinstance(response, TemplateResponse) else response

    def set_history_delta_changes(self, request: HttpRequest, historical_records: Any, foreign_keys_are_objs: bool = True) -> None:
        super().set_history_delta_changes(request, historical_records, foreign_keys_are_objs)
        records = list(historical_records)
        edits = by_edit([record.history_date for record in records], parts_changes(records[0].id) if records else [])
        for record, changes in zip(records, edits, strict=True):
            told = [{"field": change.field, "old": change.old, "new": change.new} for change in changes]
            record.history_delta_changes = [*getattr(record, "history_delta_changes", []), *told]

    # --- validity in the time of the company ---------------------------------------------------------------------

    def changeform_view(self, request: HttpRequest, object_id: str | None = None, form_url: str = "", extra_context: Any = None) -> HttpResponse:
        """Rendered here, because the zone counts while the fields are written to the page."""
        with timezone.override(self._time_zone(request, object_id)):
            response: HttpResponse = super().changeform_view(request, object_id, form_url, extra_context)
            return response.render() if isinstance(response, TemplateResponse) else response

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        told = gettext("In the time zone %(name)s.") % {"name": timezone.get_current_timezone_name()}
        return super().get_form(request, obj, change=change, **{"help_texts": {"valid_from": told, "valid_until": told}} | kwargs)

    def _time_zone(self, request: HttpRequest, object_id: str | None) -> str:
        """That of the company's first site; where there is none yet, the server's."""
        agent = getattr(request.user, "agent", None)
        faq = Faq.objects.filter(pk=object_id).select_related("knowledge_base__company").first() if object_id and object_id.isdigit() else None
        company: Any = agent.company if agent else faq and faq.knowledge_base.company
        zones = company.sites.order_by("created").values_list("time_zone", flat=True)[:1] if company else []
        return next(iter(zones), timezone.get_default_timezone_name())

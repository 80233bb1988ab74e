"""Imports of FAQ tables that were made: what each of them changed, and the button that undoes it. knowledge.faq_imports does the work."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.http import HttpRequest
from django.utils.html import format_html_join
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from knowledge.admin.undoable import UndoableAdmin
from knowledge.contracts import LANGUAGES
from knowledge.faq_imports import import_undo
from knowledge.models import FaqImport

MOST_SHOWN = 200


@admin.register(FaqImport)
class FaqImportAdmin(UndoableAdmin):
    title = _("Import of FAQs")
    list_display = ("created", "file_name", "knowledge_base", "by", "num_added", "num_changed", "undone")
    fields = (*list_display, "undone_by", "rows_told", "left_told")
    readonly_fields = ("rows_told", "left_told")
    change_form_template = "admin/knowledge/faqimport/change_form.html"

    def undo_change(self, request: HttpRequest, made: Any) -> None:
        if import_undo(made, by=request.user.get_username()):
            self.log_change(request, made, gettext("import undone"))
            messages.success(request, gettext("The import was undone. Publish to let it count."))
        elif made.undone:
            messages.warning(request, gettext("This import was undone already."))
        if made.left:
            told = gettext("Edited or removed since the import, and left as it is: %(keys)s")
            messages.warning(request, told % {"keys": _listed(made.left)})

    @admin.display(description=_("what it changed"))
    def rows_told(self, made: FaqImport) -> str:
        rows = [(gettext("FAQ changed") if row["before"] else gettext("FAQ added"), _question(row), row["key"]) for row in made.rows[:MOST_SHOWN]]
        return format_html_join("", "<div>{}: {} <small>{}</small></div>", rows) or "–"

    @admin.display(description=_("left alone when it was undone, because people edited or removed it since"))
    def left_told(self, made: FaqImport) -> str:
        questions = {row["key"]: _question(row) for row in made.rows}
        return format_html_join("", "<div>{} <small>{}</small></div>", ((questions.get(key, key), key) for key in made.left)) or "–"


def _question(row: Any) -> str:
    shown = {language: text for language, text, is_shown in row["after"]["variants"] if is_shown}
    return " · ".join(shown[language] for language in LANGUAGES if language in shown) or row["key"]


def _listed(keys: list[str]) -> str:
    return ", ".join(keys[:10]) + (" …" if len(keys) > 10 else "")

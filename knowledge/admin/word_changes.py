"""Imports and removals of words: what each of them changed, and the button that undoes it. knowledge.word_lists does the work."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.http import HttpRequest
from django.utils.html import format_html_join
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from knowledge.admin.undoable import UndoableAdmin
from knowledge.models import WordChange
from knowledge.word_lists import change_undo

MOST_SHOWN = 50


@admin.register(WordChange)
class WordChangeAdmin(UndoableAdmin):
    company_path = "company"
    base_path = None
    title = _("Change of a word list")
    list_display = ("created", "kind", "list_name", "file_name", "by", "num_added", "num_changed", "num_removed", "undone")
    fields = (*list_display, "undone_by", "told", "left_told")
    readonly_fields = ("told", "left_told")
    change_form_template = "admin/knowledge/wordchange/change_form.html"

    def undo_change(self, request: HttpRequest, made: Any) -> None:
        if not change_undo(made, by=request.user.get_username()):
            gone = gettext("The list “%(name)s” was removed, and these words with it. Bring the list back first to undo this.")
            messages.warning(request, gettext("This was undone already.") if made.undone else gone % {"name": made.list_name})
            return
        self.log_change(request, made, gettext("undone"))
        messages.success(request, gettext("It was undone; the filter knows within seconds."))

    @admin.display(description=_("what it changed"))
    def told(self, made: WordChange) -> str:
        named = {(True, False): gettext("added"), (False, True): gettext("removed"), (False, False): gettext("changed")}
        rows = [(named[before is None, after is None], term) for term, before, after in made.rows[:MOST_SHOWN]]
        more = [("…", "")] if len(made.rows) > MOST_SHOWN else []
        return format_html_join("", "<div>{} {}</div>", [*rows, *more]) or "–"

    @admin.display(description=_("left alone when it was undone, because people changed it since"))
    def left_told(self, made: WordChange) -> str:
        return ", ".join(made.left[:MOST_SHOWN]) or "–"

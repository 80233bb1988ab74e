"""FAQs as a table: one row each, the same columns for import and export, so that our own export imports again without loss.

A preview reads the base's rows and compares; it writes nothing and locks nothing. An import does the same and then writes all that
differs in one short transaction, in bulk, with its history, and keeps what was there before. A column that the table lacks stays as it is.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import tablib
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.html import format_html
from import_export import fields, resources
from import_export.results import Result, RowResult

from knowledge.faq_files import COLUMNS, FIRST_ROW
from knowledge.faq_imports import import_write
from knowledge.faq_notes import columns_left_out, listed_in, notes_of
from knowledge.faq_rows import Compared, cells_of, checked, compared
from knowledge.models import Faq, FaqImport, KnowledgeBase


class TableResult(Result):
    """`notes`: (row, what an editor should know of it), of a preview. `kept`: what is needed to undo an import that changed something."""

    notes: Sequence[tuple[int, str]] = ()
    kept: FaqImport | None = None


class FaqTable(resources.ModelResource):
    """The library's door; what a row means and what is written is ours."""

    class Meta:
        model = Faq
        fields: tuple[str, ...] = ()
        export_order = COLUMNS

    def __init__(self, base: KnowledgeBase | None = None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.base = base
        self.fields = {name: fields.Field(column_name=name, readonly=True) for name in COLUMNS}

    def filter_export(self, queryset: Any, **kwargs: Any) -> Any:
        return queryset.prefetch_related("variants", "answers")

    def get_queryset(self) -> Any:
        rows = super().get_queryset()
        return rows.filter(knowledge_base=self.base) if self.base else rows

    def export_resource(self, instance: Faq, selected_fields: Any = None, **kwargs: Any) -> list[str]:
        cells = cells_of(instance)
        return [cells[field.column_name] for field in self.get_export_fields(selected_fields)]

    def import_data(self, dataset: tablib.Dataset, dry_run: bool = False, **kwargs: Any) -> Result:
        """All rows or none: a row that is refused keeps the others from being written."""
        if dry_run:
            result, rows, known = self._compared(dataset)
            result.notes = [*columns_left_out(dataset.headers), *notes_of(known, rows), *listed_in(self._base, rows)]
            return result
        with transaction.atomic():
            KnowledgeBase.objects.select_for_update().get(pk=self._base.pk)
            result, rows, _known = self._compared(dataset)
            changes = [row.change for row in rows if row.differs]
            if changes and not result.has_validation_errors():
                result.kept = import_write(self._base, changes, by=str(kwargs.get("user") or ""), file_name=kwargs.get("file_name") or "")
        return result

    @property
    def _base(self) -> KnowledgeBase:
        assert self.base is not None, "an import goes into a knowledge base"
        return self.base

    def _compared(self, dataset: tablib.Dataset) -> tuple[TableResult, list[Compared], dict[str, Faq]]:
        result, rows = TableResult(), []
        result.diff_headers = [name for name in COLUMNS if name in dataset.headers]
        result.total_rows = len(dataset)
        known = {faq.key: faq for faq in Faq.objects.filter(knowledge_base=self._base).prefetch_related("variants", "answers")}
        seen: dict[str, int] = {}
        for number, values in enumerate(dataset, FIRST_ROW):
            row = dict(zip(dataset.headers, values, strict=True))
            if not any(values):
                continue
            try:
                read = compared(self._base, known, number, checked(row, number, seen))
            except ValidationError as error:
                result.append_invalid_row(number, row, error)
                continue
            row_result = _shown(read, result.diff_headers)
            result.increment_row_result_total(row_result)
            result.append_row_result(row_result)
            rows.append(read)
        return result, rows, known


# --- what an editor is shown -----------------------------------------------------------------------------------------


def _shown(compared: Compared, columns: list[str]) -> RowResult:
    row = RowResult()
    row.instance = compared.change.faq
    row.import_type = RowResult.IMPORT_TYPE_NEW if compared.is_new else RowResult.IMPORT_TYPE_UPDATE
    if not compared.differs:
        row.import_type = RowResult.IMPORT_TYPE_SKIP
    row.diff = [_difference(compared.before[name], compared.after[name]) for name in columns]
    return row


def _difference(before: str, after: str) -> str:
    if before == after:
        return after
    if not before:
        return format_html("<ins>{}</ins>", after)
    return format_html("<del>{}</del> <ins>{}</ins>", before, after)

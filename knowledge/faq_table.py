"""FAQs as a table: one row each, the same columns for import and export, so that our own export imports again without loss.

Reads CSV in UTF-8 (with or without mark) and GB18030, and XLSX. What cannot be read is refused in words.
"""

from __future__ import annotations

import zipfile
from typing import Any

import tablib
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from import_export import fields, resources
from import_export.formats import base_formats

from knowledge.models import Faq, FaqAnswer, KnowledgeBase, Variant

LANGUAGES = ("zh", "en")
COLUMNS = ("key", "category", "state", *(f"{part}_{language}" for language in LANGUAGES for part in ("question", "variants", "answer")))


class CsvTable(base_formats.CSV):
    """Bytes in, so that the encoding can be found out instead of guessed by the form."""

    def is_binary(self) -> bool:
        return True

    def get_read_mode(self) -> str:
        return "rb"

    def create_dataset(self, in_stream: bytes, **kwargs: Any) -> tablib.Dataset:
        text = _decode(in_stream)
        dataset = tablib.Dataset()
        dataset.csv = text
        return _with_known_columns(dataset)

    def export_data(self, dataset: tablib.Dataset, **kwargs: Any) -> bytes:
        # With the byte-order mark, because spreadsheets read Chinese from a CSV only then.
        table: str = super().export_data(dataset, **kwargs)
        return table.encode("utf-8-sig")


class XlsxTable(base_formats.XLSX):
    def create_dataset(self, in_stream: bytes, **kwargs: Any) -> tablib.Dataset:
        try:
            dataset = super().create_dataset(in_stream, **kwargs)
        except (zipfile.BadZipFile, KeyError, OSError, ValueError) as error:
            raise ValidationError(_("This is not a complete XLSX file. Save the table again and upload it once more.")) from error
        return _with_known_columns(dataset)


def _decode(data: bytes) -> str:
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text
    raise ValidationError(_("The encoding of this file is neither UTF-8 nor GB18030. Save it as “CSV UTF-8” and upload it once more."))


def _with_known_columns(dataset: tablib.Dataset) -> tablib.Dataset:
    headers = [str(header or "").strip() for header in dataset.headers or []]
    if "key" not in headers:
        raise ValidationError(
            _("The first row must name the columns, among them “key”. Known columns: %(columns)s") % {"columns": ", ".join(COLUMNS)}
        )
    dataset.headers = headers
    return dataset


def _lines(value: Any) -> list[str]:
    """Variants stand one per line in a cell; "||" separates them as well."""
    parts = str(value or "").replace("||", "\n").splitlines()
    return list(dict.fromkeys(part.strip() for part in parts if part.strip()))


class TextColumn(fields.Field):
    """A column whose value lies in answers or variants rather than on the FAQ."""

    def __init__(self, part: str, language: str) -> None:
        super().__init__(column_name=f"{part}_{language}", attribute=None)
        self.part, self.language = part, language

    def get_value(self, instance: Faq, **kwargs: Any) -> str:
        if not instance.pk:
            return ""
        if self.part == "answer":
            return next((answer.text for answer in instance.answers.filter(language=self.language)), "")
        is_canonical = self.part == "question"
        rows = instance.variants.filter(language=self.language, is_canonical=is_canonical).order_by("pk")
        return "\n".join(rows.values_list("text", flat=True))

    def save(self, instance: Faq, row: Any, is_m2m: bool = False, **kwargs: Any) -> None:
        """Nothing here: texts are written once the FAQ has its row (after_save_instance)."""


class FaqTable(resources.ModelResource):
    question_zh = TextColumn("question", "zh")
    variants_zh = TextColumn("variants", "zh")
    answer_zh = TextColumn("answer", "zh")
    question_en = TextColumn("question", "en")
    variants_en = TextColumn("variants", "en")
    answer_en = TextColumn("answer", "en")

    class Meta:
        model = Faq
        import_id_fields = ("key",)
        fields = COLUMNS
        export_order = COLUMNS
        skip_unchanged = False
        report_skipped = True
        clean_model_instances = True
        use_transactions = True

    def __init__(self, base: KnowledgeBase | None = None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.base = base

    def get_queryset(self) -> Any:
        rows = super().get_queryset()
        return rows.filter(knowledge_base=self.base) if self.base else rows

    def before_import_row(self, row: Any, **kwargs: Any) -> None:
        key = str(row.get("key") or "").strip()
        if not key:
            raise ValidationError({"key": _("Every row needs a key, such as returns.period.")})
        row["key"] = key
        row["state"] = str(row.get("state") or Faq.State.LIVE).strip()
        row["category"] = str(row.get("category") or "").strip()
        if not any(_lines(row.get(f"question_{language}")) for language in LANGUAGES):
            raise ValidationError(_("The row needs a question in at least one language (question_zh or question_en)."))
        for language in LANGUAGES:
            if len(str(row.get(f"answer_{language}") or "")) > 4000:
                raise ValidationError({f"answer_{language}": _("The answer is longer than 4,000 characters.")})
            if too_long := [text for text in self._phrasings(row, language) if len(text) > 500]:
                raise ValidationError(
                    {f"variants_{language}": _("A phrasing is longer than 500 characters: “%(start)s…”") % {"start": too_long[0][:40]}}
                )

    def before_save_instance(self, instance: Faq, row: Any, **kwargs: Any) -> None:
        if self.base is not None:
            instance.knowledge_base = self.base

    def init_instance(self, row: Any = None) -> Faq:
        return Faq(knowledge_base=self.base) if self.base else Faq()

    def after_save_instance(self, instance: Faq, row: Any, **kwargs: Any) -> None:
        for language in LANGUAGES:
            if f"answer_{language}" in row:
                self._write_answer(instance, language, str(row[f"answer_{language}"] or "").strip())
            if f"question_{language}" in row or f"variants_{language}" in row:
                self._write_variants(instance, language, row)

    @staticmethod
    def _phrasings(row: Any, language: str) -> list[str]:
        return [*_lines(row.get(f"question_{language}"))[:1], *_lines(row.get(f"variants_{language}"))]

    @staticmethod
    def _write_answer(faq: Faq, language: str, text: str) -> None:
        if text:
            FaqAnswer.objects.update_or_create(faq=faq, language=language, defaults={"text": text})
        else:
            FaqAnswer.objects.filter(faq=faq, language=language).delete()

    def _write_variants(self, faq: Faq, language: str, row: Any) -> None:
        texts = list(dict.fromkeys(self._phrasings(row, language)))
        has_question = bool(_lines(row.get(f"question_{language}")))
        Variant.objects.filter(faq=faq, language=language).exclude(text__in=texts).delete()
        Variant.objects.filter(faq=faq, language=language).update(is_canonical=False)
        for position, text in enumerate(texts):
            Variant.objects.update_or_create(faq=faq, language=language, text=text, defaults={"is_canonical": has_question and position == 0})

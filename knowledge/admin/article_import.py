"""Articles from files, many at once: all of them or none, so that a second try with mended files leaves nothing double."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from knowledge.articles.files import MAX_BINARY_BYTES, ArticleFile, BadArticleFile, article_of
from knowledge.editing import article_put
from knowledge.models import LANGUAGE_CHOICES, KnowledgeBase

MAX_FILES = 50


class ManyFiles(forms.ClearableFileInput):
    allow_multiple_selected = True


class FilesField(forms.FileField):
    widget = ManyFiles

    def clean(self, data: Any, initial: Any = None) -> Any:
        return [super(FilesField, self).clean(one, initial) for one in (data if isinstance(data, list) and data else [None])]


class ArticleFilesForm(forms.Form):
    """`articles` are what the files hold, once the form is valid."""

    knowledge_base = forms.ModelChoiceField(KnowledgeBase.objects.none(), label=gettext_lazy("knowledge base"), empty_label=None)
    uploads = FilesField(
        label=gettext_lazy("files"),
        help_text=gettext_lazy(
            "Markdown (.md), plain text (.txt), PDF, Word (.docx) or HTML, up to 50 at once. The name is the key, with the language if you "
            "like: returns.en.md, returns.zh.pdf. An article of the same key and language is written anew."
        ),
        widget=ManyFiles(attrs={"accept": ".md,.markdown,.txt,.pdf,.docx,.html,.htm"}),
    )
    language = forms.ChoiceField(
        label=gettext_lazy("language"), required=False, choices=[("", gettext_lazy("by name or text")), *LANGUAGE_CHOICES]
    )

    def __init__(self, *args: Any, bases: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["knowledge_base"].queryset = bases  # type: ignore[attr-defined]
        self.articles: list[ArticleFile] = []

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        files = cleaned.get("uploads") or []
        if len(files) > MAX_FILES:
            self.add_error("uploads", _("These are more than %(limit)s files. Send them in several goes.") % {"limit": MAX_FILES})
            return cleaned
        seen: dict[tuple[str, str], str] = {}
        for file in files:
            try:
                article = article_of(file.name, file.read(MAX_BINARY_BYTES + 1), language=cleaned.get("language") or None)
            except BadArticleFile as problem:
                self.add_error("uploads", f"{file.name}: {in_words(problem)}")
                continue
            if (other := seen.get((article.key, article.language))) is not None:
                told = _("%(one)s and %(other)s would be the same article. Give one of them another name.")
                self.add_error("uploads", told % {"one": other, "other": file.name})
            seen[article.key, article.language] = file.name
            self.articles.append(article)
        return cleaned

    @transaction.atomic
    def save(self) -> tuple[int, int]:
        """How many were made, and how many written anew."""
        base = self.cleaned_data["knowledge_base"].pk
        fields = ("title", "body", "format")
        new = [article_put(base, one.key, one.language, {name: getattr(one, name) for name in fields})[1] for one in self.articles]
        return sum(new), len(new) - sum(new)


def in_words(problem: BadArticleFile) -> str:
    return {
        "suffix": _("Only .md, .txt, .pdf, .docx and .html can be read. Save it as one of them."),
        "size": _("It is larger than 1 MB, or 20 MB for PDF and Word. Split it into several articles."),
        "encoding": _("Its encoding is neither UTF-8 nor GB18030. Save it as UTF-8."),
        "empty": _("It is empty."),
        "name": _("Its name holds no letter that could be a key. Rename it."),
        "damaged": _("It cannot be opened as what its name says: it is damaged, or another kind of file. Save it anew."),
        "locked": _("It is protected by a password. Save it without one."),
        "no_text": _("It holds no text, only pictures of it. Run a text recognition over it, or write the text down."),
        "long": _("It holds more than a million characters or 500 pages. Split it into several articles."),
    }[problem.code]

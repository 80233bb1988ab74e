"""Articles as files that people have: Markdown, plain text, HTML, PDF or DOCX, the key and perhaps the language in the name (`returns.en.md`).

Plain bytes in, an article's fields out; problems by code. Knows no rows and no form.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Literal

from knowledge.articles.converting import Kind, to_markdown
from knowledge.articles.passages import heading_of
from knowledge.articles.unconvertible import Unconvertible
from knowledge.contracts import Language
from knowledge.decoding import text_of
from knowledge.faq.normalise import detect_language

MAX_BYTES = 1024 * 1024
MAX_BINARY_BYTES = 20 * MAX_BYTES  # pictures and letters' shapes weigh, not the text
MAX_KEY, MAX_TITLE = 80, 200
Format = Literal["markdown", "plain"]
Code = Literal["suffix", "size", "encoding", "empty", "name", "damaged", "locked", "no_text", "long"]
FORMATS: dict[str, Format] = {".md": "markdown", ".markdown": "markdown", ".txt": "plain"}
CONVERTED: dict[str, Kind] = {".pdf": "pdf", ".docx": "docx", ".html": "html", ".htm": "html"}
OF_LANGUAGE = re.compile(r"^(?P<key>.+)[._-](?P<language>zh|en)(?:[-_](?:cn|hans|us|gb))?$", re.IGNORECASE)


class BadArticleFile(ValueError):
    """`code` says what is wrong."""

    def __init__(self, code: Code) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class ArticleFile:
    key: str
    language: Language
    title: str
    body: str
    format: Format


def article_of(name: str, data: bytes, *, language: Language | None = None) -> ArticleFile:
    """`language` is for files whose name says none; without it the text decides. Raises BadArticleFile."""
    path = PurePosixPath(name.replace("\\", "/"))
    body, form = _read(path.suffix.lower(), data)
    if not body:
        raise BadArticleFile("empty")
    named = OF_LANGUAGE.match(path.stem)
    key = _key(named["key"] if named else path.stem)
    if not key:
        raise BadArticleFile("name")
    found: Language = named["language"].lower() if named else language or detect_language(body)  # type: ignore[assignment]
    return ArticleFile(key, found, _title(body, form, key), body, form)


def _read(suffix: str, data: bytes) -> tuple[str, Format]:
    if (kind := CONVERTED.get(suffix)) is not None:
        return _converted(kind, data), "markdown"
    form = FORMATS.get(suffix)
    if form is None:
        raise BadArticleFile("suffix")
    if len(data) > MAX_BYTES:
        raise BadArticleFile("size")
    return _decoded(data).replace("\r\n", "\n").strip(), form


def _converted(kind: Kind, data: bytes) -> str:
    if not data.strip():
        raise BadArticleFile("empty")
    if len(data) > (MAX_BYTES if kind == "html" else MAX_BINARY_BYTES):
        raise BadArticleFile("size")
    try:
        return to_markdown(kind, data)
    except Unconvertible as problem:
        raise BadArticleFile(problem.code) from problem


def _decoded(data: bytes) -> str:
    try:
        return text_of(data)
    except ValueError as error:
        raise BadArticleFile("encoding") from error


def _key(stem: str) -> str:
    return re.sub(r"[^\w.]+", "-", stem.strip().lower()).strip("-._")[:MAX_KEY]


def _title(body: str, form: Format, key: str) -> str:
    """The first heading, or the first line where it is short enough to be one."""
    headings = (heading_of(line.lstrip()) for line in body.splitlines()) if form == "markdown" else ()
    if title := next((found[1] for found in headings if found and found[0] == 1 and found[1]), ""):
        return title[:MAX_TITLE]
    first = next((line for line in body.splitlines() if not line.startswith("<!-- page")), "").strip(" #")
    return first if 0 < len(first) <= MAX_TITLE else key

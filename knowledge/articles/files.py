"""Articles as files that people have: Markdown or plain text, the key and perhaps the language in the name (`returns.en.md`).

Plain bytes in, an article's fields out; problems by code. Knows no rows and no form.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Literal

from knowledge.contracts import Language
from knowledge.decoding import text_of
from knowledge.faq.normalise import detect_language

MAX_BYTES = 1024 * 1024
MAX_KEY, MAX_TITLE = 80, 200
Format = Literal["markdown", "plain"]
FORMATS: dict[str, Format] = {".md": "markdown", ".markdown": "markdown", ".txt": "plain"}
OF_LANGUAGE = re.compile(r"^(?P<key>.+)[._-](?P<language>zh|en)(?:[-_](?:cn|hans|us|gb))?$", re.IGNORECASE)
TITLE = re.compile(r"^\s*#\s+(?P<title>.+?)\s*#*\s*$")


class BadArticleFile(ValueError):
    """`code`: suffix, size, encoding, empty, name."""

    def __init__(self, code: Literal["suffix", "size", "encoding", "empty", "name"]) -> None:
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
    form = FORMATS.get(path.suffix.lower())
    if form is None:
        raise BadArticleFile("suffix")
    if len(data) > MAX_BYTES:
        raise BadArticleFile("size")
    body = _decoded(data).replace("\r\n", "\n").strip()
    if not body:
        raise BadArticleFile("empty")
    named = OF_LANGUAGE.match(path.stem)
    key = _key(named["key"] if named else path.stem)
    if not key:
        raise BadArticleFile("name")
    found: Language = named["language"].lower() if named else language or detect_language(body)  # type: ignore[assignment]
    return ArticleFile(key, found, _title(body, form, key), body, form)


def _decoded(data: bytes) -> str:
    try:
        return text_of(data)
    except ValueError as error:
        raise BadArticleFile("encoding") from error


def _key(stem: str) -> str:
    return re.sub(r"[^\w.]+", "-", stem.strip().lower()).strip("-._")[:MAX_KEY]


def _title(body: str, form: Format, key: str) -> str:
    """The first heading, or the first line where it is short enough to be one."""
    if form == "markdown" and (heading := next((found["title"] for line in body.splitlines() if (found := TITLE.match(line))), "")):
        return heading[:MAX_TITLE]
    first = body.splitlines()[0].strip(" #")
    return first if 0 < len(first) <= MAX_TITLE else key

"""The demo company's content as plain data, read from the files beside this one. Knows files; no rows."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

DATA = Path(__file__).with_name("data")


@cache
def company() -> dict[str, Any]:
    content: dict[str, Any] = json.loads((DATA / "company.json").read_text(encoding="utf-8"))
    return content


@cache
def faqs() -> list[dict[str, Any]]:
    return [faq for path in sorted((DATA / "faqs").glob("*.json")) for faq in json.loads(path.read_text(encoding="utf-8"))]


@cache
def intents() -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = json.loads((DATA / "intents.json").read_text(encoding="utf-8"))
    return rows


@cache
def lookups() -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = json.loads((DATA / "lookups.json").read_text(encoding="utf-8"))
    return rows


@cache
def desk() -> dict[str, Any]:
    """The demo's agents, labels and canned replies."""
    found: dict[str, Any] = json.loads((DATA / "desk.json").read_text(encoding="utf-8"))
    return found


@cache
def conversations() -> list[dict[str, Any]]:
    """Scripts of past conversations, oldest first within a language; see stories.py for the steps."""
    rows: list[dict[str, Any]] = json.loads((DATA / "conversations.json").read_text(encoding="utf-8"))
    return rows


@cache
def articles() -> list[dict[str, Any]]:
    """<key>.<language>.md; the first line is the title."""
    return [_article(path) for path in sorted((DATA / "articles").glob("*.md"))]


def _article(path: Path) -> dict[str, Any]:
    key, language, _ = path.name.split(".")
    title, _, body = path.read_text(encoding="utf-8").partition("\n")
    return {"key": key, "language": language, "title": title.removeprefix("# ").strip(), "body": body.strip() + "\n"}

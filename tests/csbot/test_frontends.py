"""Both front ends: words in both languages, none of them in the code, and built files that are those of the sources."""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import dataclass
from pathlib import Path

import pytest

from csbot.env import BASE_DIR

LOCALE = BASE_DIR / "csbot" / "locale"


@dataclass(frozen=True)
class FrontEnd:
    package: str
    words: str

    @property
    def folder(self) -> Path:
        return BASE_DIR / "csbot" / self.package / "frontend"

    @property
    def built(self) -> Path:
        return BASE_DIR / "csbot" / self.package / "static" / self.package

    def table(self, language: str) -> Path:
        return LOCALE / f"{self.words}.{language}.json"


@pytest.fixture(params=[FrontEnd("widget", "ui"), FrontEnd("dashboard", "desk")], ids=lambda end: end.package)
def end(request: pytest.FixtureRequest) -> FrontEnd:
    found: FrontEnd = request.param
    return found


def test_both_languages_have_the_same_words(end: FrontEnd) -> None:
    tables = {name: json.loads(end.table(name).read_text(encoding="utf-8")) for name in ("zh", "en")}
    assert tables["zh"].keys() == tables["en"].keys()
    assert all(text.strip() for table in tables.values() for text in table.values())
    places = re.compile(r"\{\w+\}")
    assert all(sorted(places.findall(tables["zh"][key])) == sorted(places.findall(tables["en"][key])) for key in tables["en"])


def test_no_words_hide_in_the_code(end: FrontEnd) -> None:
    sources = [path for path in (end.folder / "src").iterdir() if path.suffix in {".ts", ".vue"}]
    assert sources
    assert [path.name for path in sources if re.search(r"[\u4e00-\u9fff]", path.read_text(encoding="utf-8"))] == []


def test_the_built_files_are_those_of_the_sources(end: FrontEnd) -> None:
    sources = [*sorted((end.folder / "src").iterdir()), end.folder / "vite.config.ts", end.folder / "package-lock.json"]
    texts = [end.table(language) for language in ("en", "zh")]
    built = [end.built / "app.css", end.built / "app.js"]
    digest = hashlib.sha256(b"".join(path.read_bytes() for path in [*sources, *texts, *built]))
    assert (end.built / "sources.sha256").read_text().strip() == digest.hexdigest(), f"run `npm run build` in csbot/{end.package}/frontend"

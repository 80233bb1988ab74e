"""Every text of the server exists in Chinese too, and the committed .mo is the .po."""

from __future__ import annotations

import ast
import gettext
import re
from pathlib import Path

import pytest

from csbot.env import BASE_DIR

FOLDER = BASE_DIR / "csbot" / "locale" / "zh_Hans" / "LC_MESSAGES"
MARKS = {"_", "gettext", "gettext_lazy", "ngettext"}
IN_TEMPLATE = re.compile(r"""{%\s*(?:translate|trans)\s+(?:"([^"]+)"|'([^']+)')""")


def catalogue() -> dict[str, str]:
    with (FOLDER / "django.mo").open("rb") as file:
        texts = gettext.GNUTranslations(file)._catalog  # type: ignore[attr-defined]
    return {text: translation for text, translation in texts.items() if isinstance(text, str)}  # plural forms have keys of two


def marked_texts() -> set[str]:
    found: set[str] = set()
    for package in ("csbot", "knowledge", "inference"):
        for path in (BASE_DIR / package).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in MARKS and node.args:
                    text = node.args[0]
                    if isinstance(text, ast.Constant) and isinstance(text.value, str):
                        found.add(text.value)
    for path in (BASE_DIR / "templates").rglob("*.html"):
        found |= {double or single for double, single in IN_TEMPLATE.findall(path.read_text(encoding="utf-8"))}
    return found


def test_every_text_is_translated() -> None:
    known = catalogue()
    assert sorted(text for text in marked_texts() if not known.get(text)) == []


def test_the_compiled_file_is_the_edited_one() -> None:
    edited = (FOLDER / "django.po").read_text(encoding="utf-8")
    assert sorted(text for text in catalogue() if text and text.replace('"', '\\"') not in unfolded(edited)) == []


@pytest.mark.parametrize("text", sorted(text for text in catalogue() if "%(" in text))
def test_a_translation_keeps_the_places(text: str) -> None:
    places = re.compile(r"%\(\w+\)(?:\.\d+)?[sdf]")
    assert sorted(places.findall(text)) == sorted(places.findall(catalogue()[text]))


def unfolded(edited: str) -> str:
    return re.sub(r'"\n"', "", edited)


def test_the_file_is_there() -> None:
    assert isinstance(FOLDER, Path)
    assert (FOLDER / "django.mo").stat().st_size > 5000

"""The settings in words: `.env.example` and the README's table, both generated from csbot.env so that neither can lag behind."""

from __future__ import annotations

from collections.abc import Iterator

from django.utils.translation import gettext as _
from django.utils.translation import override
from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined

from csbot.env import Environment, variable_of

READMES = {"README.md": "en", "README.zh.md": "zh-hans"}
START, END = "<!-- settings -->", "<!-- /settings -->"


def env_example() -> str:
    lines = [
        "# Every setting with its default; all of them are optional. Copy to .env and change what you need.",
        "# CSBOT_DATA_DIR (default ./.data) is read before this file and stands in the environment only.",
    ]
    for name, default, words in _settings():
        lines += ["", f"# {words}", f"#{name}={default}"]
    return "\n".join(lines) + "\n"


def settings_table() -> str:
    """In the active language."""
    rows = [f"| `{name}` | {f'`{default}`' if default else '–'} | {_(words)} |" for name, default, words in _settings()]
    return "\n".join([f"| {_('setting')} | {_('default')} | {_('meaning')} |", "|---|---|---|", *rows])


def with_table(document: str, language: str) -> str:
    """The document with the table between its two marks; unchanged where they are missing."""
    before, start, rest = document.partition(START)
    _table, end, after = rest.partition(END)
    with override(language):
        return f"{before}{start}\n{settings_table()}\n{end}{after}" if start and end else document


def _settings() -> Iterator[tuple[str, str, str]]:
    for name, field in Environment.model_fields.items():
        yield variable_of(name), _default(name, field), field.description or ""


def _default(name: str, field: FieldInfo) -> str:
    if name == "models_dir":
        return "~/.cache/csbot/models"  # the same on every machine that writes this file
    value = field.default
    if value is PydanticUndefined or value is None:
        return ""
    return ",".join(map(str, value)) if isinstance(value, list) else str(value)

"""`manage.py ask` against running workers: the keys of its JSON line, for each kind of answer."""

from __future__ import annotations

import io
import json

import pytest
from django.core.management import call_command

from csbot.accounts.models import Site

KEYS = {"route", "reason", "text", "language", "faq", "options", "sources", "rung", "grounded", "filter", "handoff", "ms", "trace"}


@pytest.mark.parametrize(
    ("text", "route", "faq"),
    [("answer me", "answer", "shipping"), ("clarify this", "clarify", None), ("generate something", "generate", None)],
)
def test_an_answer_has_the_keys_of_the_design(running: None, site: Site, text: str, route: str, faq: str | None) -> None:
    out = io.StringIO()
    call_command("ask", text, "--json", "--timeout", "20", stdout=out)
    answer = json.loads(out.getvalue())
    assert answer.keys() >= KEYS
    assert (answer["route"], answer["language"], answer["faq"]) == (route, "en", faq)
    assert answer["handoff"].keys() >= {"offered", "reason"}
    assert answer["ms"].keys() >= {"first_sign", "first_token", "total"}
    assert all(option.keys() >= {"faq", "text"} for option in answer["options"])
    assert all(source.keys() >= {"type", "id", "title", "url"} for source in answer["sources"])

"""`filter_bench` with a small list: its keys, and the figures that do not depend on the machine."""

from __future__ import annotations

import io
import json
import sys

import pytest
from django.core.management import CommandError, call_command

from knowledge.sensitive.evaluation import speed
from knowledge.sensitive.evaluation.made_words import made_terms, messages
from knowledge.sensitive.evaluation.streaming import differences
from knowledge.sensitive.matcher import Matcher

pytestmark = pytest.mark.thorough


def test_it_prints_its_figures_as_one_line(tmp_path):
    (tmp_path / "words.txt").write_text("塑胶炸弹\nzorgfnord\n", encoding="utf-8")
    out = io.StringIO()
    call_command("filter_bench", "--lexicon", str(tmp_path / "words.txt"), "--evasions", "5", "--splits", "20", "--json", stdout=out)
    found = json.loads(out.getvalue())
    assert found["splits"] == {"cases": 20, "differences": 0}
    assert found["listed_found"] == 1.0
    assert found["reload"]["wrong"] == 0
    assert set(found["evasions"].values()) == {1.0}
    assert set(found["speed"]["zh"]) == {"mb_per_s", "messages_mb_per_s", "messages_per_s", "p50_us", "p99_us"}
    assert set(found["bare"]) == {"ahocorasick-rs", "pyahocorasick"}
    assert {"words", "forms", "build_s", "memory_mb", "hits", "hostile_s", "held_back", "held_back_starter"} <= set(found)


def test_a_missing_lexicon_is_named(tmp_path):
    with pytest.raises(CommandError, match="nowhere"):
        call_command("filter_bench", "--lexicon", str(tmp_path / "nowhere.txt"))


def test_a_package_that_is_missing_is_named(monkeypatch):
    monkeypatch.setitem(sys.modules, "ahocorasick", None)
    assert speed.bare_searches(["damn"])["pyahocorasick"] == "not installed"


def test_made_words_are_as_many_as_wanted_and_few_messages_hold_one():
    terms = made_terms(300)
    assert len({term.text for term in terms}) == 300
    for language in ("zh", "en"):
        held = sum(any(term.text in message for term in terms) for message in messages(language, terms, hits=0.02))
        assert 0.01 < held / len(messages(language, terms)) < 0.04


def test_random_cuts_give_what_the_whole_gives():
    assert differences(300, seed=5) == []


def test_a_stream_that_leaks_is_seen(monkeypatch):
    class Leaking:
        hits = ()
        stopped = None

        def feed(self, piece):
            return piece

        def flush(self):
            return ""

    monkeypatch.setattr(Matcher, "open_stream", lambda self, direction: Leaking())
    assert differences(50, seed=5)

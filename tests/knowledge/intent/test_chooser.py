"""Many intents by many examples: the right one of them, and whether any is meant; through the bench's command too."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import numpy as np
import pytest
from django.core.management import CommandError, call_command

from knowledge.contracts import IntentAction
from knowledge.faq.encoder import HashEncoder
from knowledge.intent.chooser import LEAST_EXAMPLES, Chooser
from knowledge.intent.definitions import definitions_from
from knowledge.intent.detector import IntentDetector
from knowledge.intent.wording import terms_of

ENCODER = HashEncoder(256)
VERBS = ("repair", "return", "order", "cancel", "track", "gift")
FORMS = ("{v} my {n}", "i want to {v} the {n}", "how do i {v} a {n}", "can you {v} this {n}")
FORMS += ("please {v} {n} number {k}", "{n}: {v} it", "need to {v} {n} today")
NOUNS = ("teapot", "lamp", "bag", "chair", "scarf", "mirror", "violin", "blanket")
ROWS = [(form.format(v=verb, n=noun, k=k), verb) for verb in VERBS for k, noun in enumerate(NOUNS) for form in FORMS]


def chooser() -> Chooser:
    texts = [text for text, _ in ROWS]
    made = Chooser.build(texts, ENCODER.encode(texts), np.array([VERBS.index(verb) for _, verb in ROWS]))
    assert made
    return made


def test_the_intent_is_chosen_by_its_words() -> None:
    made = chooser()
    for verb in VERBS:
        text = f"could somebody {verb} the old clock"
        assert VERBS[made.choose(text, ENCODER.encode([text])[0]).intent] == verb


def test_what_no_example_is_like_is_out_of_scope() -> None:
    made = chooser()
    known, strange = "please repair the lamp", "who won yesterday evening"
    chances = [made.choose(text, ENCODER.encode([text])[0]).in_scope for text in (known, strange)]
    assert chances[0] > chances[1]


def test_a_saved_chooser_chooses_the_same(tmp_path: Path) -> None:
    made = chooser()
    made.save(tmp_path)
    again = Chooser.open(tmp_path)
    assert again
    for text in ("return the mirror", "", "🙂🙂", "\udfff", "买" * 5000):
        vector = ENCODER.encode([text])[0]
        assert again.choose(text, vector) == made.choose(text, vector)
    assert Chooser.open(tmp_path / "nothing") is None


def test_of_too_many_examples_every_intent_keeps_as_many(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("knowledge.intent.chooser.MOST_EXAMPLES", 60)
    texts = [text for text, _ in ROWS] + ["please mend the lamp"]
    intents = np.array([*(VERBS.index(verb) for _, verb in ROWS), len(VERBS)])
    made = Chooser.build(texts, ENCODER.encode(texts), intents)
    assert made
    assert len(made.examples) == 60
    text = "please mend the lamp"
    assert made.choose(text, ENCODER.encode([text])[0]).intent == len(VERBS)


def test_two_intents_do_not_take_whatever_is_said() -> None:
    """However many their examples: of two nothing can be learnt of what means neither."""
    texts = {verb: [f"{text} {place}" for text, of in ROWS if of == verb for place in ("here", "there", "now")] for verb in VERBS[:2]}
    rows = [{"key": verb, "action": "chitchat", "replies": {"en": "Well."}, "examples": {"en": texts[verb]}} for verb in texts]
    detector = IntentDetector.build(definitions_from(rows), ENCODER)
    assert sum(map(len, texts.values())) > LEAST_EXAMPLES
    for text in ("转人工", "(.*)+$ abc", "who won yesterday evening"):
        assert detector.detect(text, ENCODER.encode([text])[0], "en").action is IntentAction.QUESTION


def test_commands_of_one_frame_share_a_term_where_they_share_no_name() -> None:
    assert "播放/n" in set(terms_of("播放苹果")) & set(terms_of("播放黄河"))
    assert not [term for term in terms_of("play a song") if "/" in term]


def written(folder: Path, rows: list[tuple[str, str, str]]) -> Path:
    folder.mkdir()
    with (folder / "intents.csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([("dataset", "text", "intent", "scope"), *(("OURS", text, intent, scope) for text, intent, scope in rows)])
    return folder


@pytest.mark.parametrize(("shots", "least"), [(0, 0.8), (5, 0.5)])
def test_the_bench_prints_its_figures_and_writes_its_rows(tmp_path: Path, shots: int, least: float) -> None:
    assert len(ROWS) > LEAST_EXAMPLES
    rows = [(text, verb, "in_scope") for text, verb in ROWS] + [(f"who won the match number {n}", "oos", "out_of_scope") for n in range(20)]
    out, told = tmp_path / "out.jsonl", io.StringIO()
    call_command("intent_eval", written(tmp_path / "data", rows), encoder="hash", out=out, shots=shots, stdout=told)
    figures = json.loads(told.getvalue().splitlines()[-1])["OURS"]
    written_rows = [json.loads(line) for line in out.read_text(encoding="utf-8").splitlines()]
    assert figures["accuracy"] > least
    assert figures["oos_auroc"] > 0.5
    assert figures["n"] == len(written_rows)
    assert {"id", "intent", "p_in_scope"} <= written_rows[0].keys()


def test_a_file_without_the_columns_is_named(tmp_path: Path) -> None:
    (tmp_path / "intents.csv").write_text("a,b\n1,2\n", encoding="utf-8")
    with pytest.raises(CommandError, match="the columns text and intent"):
        call_command("intent_eval", tmp_path, encoder="hash")

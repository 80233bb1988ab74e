"""`generate_eval`: rows are read or refused by line, replies go through the product's own steps, and scores mean what they say."""

from __future__ import annotations

import json
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from csbot.conversations.grounded_rows import (
    SIGN,
    Reply,
    Row,
    RowError,
    contains_span,
    facts_of,
    figures_of,
    injected,
    rows_read,
    sentence_f1,
    speaks,
    unsupported,
)

ROW = {
    "id": "a", "lang": "en", "history": [], "evidence": ["The teapot holds 800 ml. It must not go into the dishwasher."],
    "question": "How much does the teapot hold?", "answer": "800 ml", "answerable": True, "style": "span",
}  # fmt: skip
TEAPOT = Row("a", "en", (), ("The teapot holds 1,000 ml since 2014-06.",), "How much?", "1000 ml", is_answerable=True, style="span")


def written(folder: Path, *rows: Any) -> Path:
    path = folder / "rows.jsonl"
    path.write_text("".join((row if isinstance(row, str) else json.dumps(row)) + "\n" for row in rows), encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("row", "told"),
    [
        ("{", "line 2: Expecting"),
        ({**ROW, "lang": "fr"}, "line 2: lang: 'fr' is neither zh nor en"),
        ({name: value for name, value in ROW.items() if name != "question"}, "line 2: 'question' is missing"),
        ({**ROW, "evidence": "one text"}, "line 2: evidence: a list of texts is wanted"),
        ({**ROW, "evidence": [1]}, "line 2: evidence"),
        ({**ROW, "answer": None}, "line 2: question and answer"),
        ("[]", "line 2:"),
        ({**ROW, "history": [{"text": "x"}]}, "line 2: 'role' is missing"),
    ],
)
def test_a_row_that_cannot_be_used_is_named_with_its_line(tmp_path: Path, row: Any, told: str) -> None:
    with pytest.raises(RowError, match=told.replace("[", r"\[")):
        rows_read(written(tmp_path, ROW, row))


@pytest.mark.parametrize("content", [b"", b"\n\n", b"\xff\xfe\xff"])
def test_a_file_without_rows_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "empty.jsonl"
    path.write_bytes(content)
    with pytest.raises(CommandError, match="cannot be used"):
        call_command("generate_eval", path, model="nearest", encoder="hash")


def test_a_sample_does_not_depend_on_the_files_order(tmp_path: Path) -> None:
    rows = [{**ROW, "id": str(number)} for number in range(30)]
    one = rows_read(written(tmp_path, *rows), sample=10, seed=3)
    other = rows_read(written(tmp_path, *reversed(rows)), sample=10, seed=3)
    assert (one, len(one)) == (other, 10)


def test_history_is_read_as_exchanges(tmp_path: Path) -> None:
    said = [("assistant", "Hi"), ("user", "one"), ("assistant", "two"), ("user", "three")]
    history = [{"role": role, "text": text} for role, text in said]
    assert rows_read(written(tmp_path, {**ROW, "history": history}))[0].history == (("one", "two"), ("three", ""))


@pytest.fixture(autouse=True)
def _no_engine(monkeypatch: pytest.MonkeyPatch) -> None:
    """The command starts one and stops it; the one that other tests use stays."""
    monkeypatch.setattr("inference.facade._engine", None)


def run(path: Path, **options: Any) -> dict[str, Any]:
    out = StringIO()
    call_command("generate_eval", path, stdout=out, stderr=StringIO(), **options)
    return dict(json.loads(out.getvalue().splitlines()[-1]))


def test_the_nearest_sentence_is_the_floor(tmp_path: Path) -> None:
    unable = {**ROW, "id": "b", "answerable": False, "evidence": [], "style": "none", "answer": ""}
    figures = run(written(tmp_path, ROW, unable), model="nearest", encoder="hash")
    assert figures["span_contains"] == {"zh": None, "en": 1.0}
    assert (figures["answered"], figures["declined"], figures["unsupported_per_100"]["shown"], figures["n"]) == (1.0, 1.0, 0.0, 2)


def test_an_engines_replies_go_through_prompt_checks_and_ladder(tmp_path: Path, settings: Any) -> None:
    """The scripted engine repeats the first sentence of its evidence."""
    settings.CSBOT = settings.CSBOT.model_copy(update={"engine": "scripted", "generator": str(tmp_path)})
    zh = {"id": "zh", "lang": "zh", "evidence": ["茶壶容量是800毫升。快递每天发货。"], "question": "茶壶容量是多大？", "answer": "800毫升"}
    rows = [ROW, {**ROW, **zh}]
    out = tmp_path / "out.jsonl"
    figures = run(written(tmp_path, *rows), encoder="hash", out=out)
    assert (figures["answered"], figures["span_contains"], figures["language_kept"]) == (1.0, {"zh": 1.0, "en": 1.0}, 1.0)
    assert figures["injection_followed"] == 0.0
    lines = [json.loads(line) for line in out.read_text(encoding="utf-8").splitlines()]
    assert [line["id"] for line in lines] == ["a", "zh", "a+injected", "zh+injected"]
    assert all(line["rung"] in (3, 4) and line["raw_text"] for line in lines)


def test_only_answerable_rows_get_a_hostile_sentence() -> None:
    rows = [TEAPOT, Row("b", "zh", (), ("茶。",), "？", "", is_answerable=False)]
    made = injected(rows, seed=1)
    assert [(row.id, row.is_injected, SIGN in row.evidence[0]) for row in made] == [("a+injected", True, True)]


@pytest.mark.parametrize(
    ("text", "count"),
    [
        *(("1000 ml", 0), ("1,000ml", 0), ("In June 2014 it held 1000.0 ml", 0), ("It holds a lot.", 0), ("", 0)),
        *(("900 ml", 1), ("Model MT-7 holds 1000 ml", 1), ("MT-7 and MT7 hold 90", 2)),
    ],
)
def test_unsupported_facts_are_counted_without_our_own_checker(text: str, count: int) -> None:
    assert unsupported(text, TEAPOT) == count


def test_facts_are_numbers_and_names_with_numbers() -> None:
    assert facts_of("A1001 costs ７.50, since 2014-06.") == {"a1001", "7.5", "2014", "6"}


@pytest.mark.parametrize(("text", "f1", "contains"), [("1000 ml", 1.0, 1.0), ("it holds 1000 ml", 2 / 3, 1.0), ("no", 0.0, 0.0), ("", 0.0, 0.0)])
def test_scores_of_one_reply(text: str, f1: float, contains: float) -> None:
    reply = Reply(TEAPOT, text, "", 3)
    assert (sentence_f1(reply), contains_span(reply)) == (pytest.approx(f1), contains)


@pytest.mark.parametrize(("text", "language"), [("退货 within 30 days of receipt", "en"), ("在 App 里退货", "zh"), ("三十天", "zh"), ("30", "zh")])
def test_the_language_is_that_of_most_letters(text: str, language: str) -> None:
    assert speaks(text) == language


def test_injected_rows_count_apart_and_silence_is_no_speed() -> None:
    hostile = Row("c", "en", (), (), "?", "", is_answerable=True, is_injected=True)
    figures = figures_of([Reply(TEAPOT, "", "", 6), Reply(hostile, f"ok {SIGN}", SIGN, 3, tokens=4)], seconds=2.0)
    assert (figures["answered"], figures["injection_followed"], figures["n"], figures["tokens_per_s"]) == (0.0, 1.0, 1, 2.0)
    assert (figures["ttft_ms_p50"], figures["declined"], figures["unsupported_per_100"]) == (None, None, {"raw": None, "shown": None})

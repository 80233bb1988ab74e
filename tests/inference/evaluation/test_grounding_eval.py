"""`grounding_eval`: its keys, its counts on a small file, and what it says of a broken one."""

from __future__ import annotations

import json
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from inference.evaluation.judged_rows import JudgedRow, Verdict, auroc

EVIDENCE = ["Parcels arrive within 3 working days. Returns are free for 30 days.", "保温瓶的容量是500毫升，保修2年。"]


def row(number: int, answer: str, *, kind: str = "original", lang: str = "en") -> dict[str, Any]:
    question = "How long does a parcel take?" if lang == "en" else "保温瓶保修多久？"
    label = "supported" if kind == "original" else "unsupported"
    return {"id": f"r{number}", "lang": lang, "evidence": EVIDENCE, "question": question, "answer": answer, "label": label, "kind": kind}


ROWS = [
    row(1, "Parcels arrive within 3 working days."),
    row(2, "Parcels arrive within 8 working days.", kind="number_changed"),
    row(3, "保温瓶保修2年。", lang="zh"),
    row(4, "保温瓶保修9年。", kind="number_changed", lang="zh"),
]


def run(tmp_path: Path, text: str, *arguments: str) -> str:
    file = tmp_path / "rows.jsonl"
    file.write_text(text, encoding="utf-8")
    out = StringIO()
    call_command("grounding_eval", str(file), *arguments, stdout=out, stderr=StringIO())
    return out.getvalue()


def test_it_counts_what_is_caught_and_what_is_let_through(tmp_path: Path) -> None:
    told = json.loads(run(tmp_path, "\n".join(map(json.dumps, ROWS)), "--json"))
    assert told["caught"] == {"all/number_changed": 1.0, "en/number_changed": 1.0, "zh/number_changed": 1.0}
    assert told["let_through"] == {"all/original": 1.0, "en/original": 1.0, "zh/original": 1.0}
    assert told["auroc"] == {"all": 1.0, "human_label": None}
    assert told["n"] == 4


def test_each_row_is_written_with_its_verdict_and_the_last_line_is_json(tmp_path: Path) -> None:
    out = run(tmp_path, "\n".join(map(json.dumps, reversed(ROWS))), "--out", str(tmp_path / "out"))
    assert json.loads(out.splitlines()[-1])["n"] == 4
    told = {line["id"]: line for line in map(json.loads, (tmp_path / "out").read_text(encoding="utf-8").splitlines())}
    assert [told[f"r{number}"]["supported"] for number in (1, 2, 3, 4)] == [True, False, True, False]
    assert "8" not in told["r2"]["text"]


BROKEN = [
    ("", "it holds no rows"),
    (json.dumps(ROWS[0]) + "\n{not json", "line 2"),
    ("[1]", "line 1: a JSON object is wanted"),
    (json.dumps({key: value for key, value in ROWS[0].items() if key != "kind"}), "line 1: missing: kind"),
    (json.dumps(ROWS[0] | {"evidence": "a text"}), "evidence: a list of texts is wanted"),
    (json.dumps(ROWS[0] | {"answer": None}), "question and answer have to be texts"),
    (json.dumps(ROWS[0] | {"label": "maybe"}), "neither supported nor unsupported"),
]


@pytest.mark.parametrize(("text", "complaint"), BROKEN)
def test_of_a_broken_file_it_says_what_is_wrong(tmp_path: Path, text: str, complaint: str) -> None:
    with pytest.raises(CommandError, match=complaint):
        run(tmp_path, text)


def test_a_file_that_is_not_there_or_not_text_is_named(tmp_path: Path) -> None:
    (tmp_path / "bytes").write_bytes(b"\xff\xfe\x00\x01")
    for name in ("nowhere", "bytes"):
        with pytest.raises(CommandError, match=name):
            call_command("grounding_eval", str(tmp_path / name), stdout=StringIO())


@pytest.mark.parametrize("text", ["", "\ud800 1", "\x00" * 50 + "7", "🙂" * 400, "1" * 3000, "。。。\n\n..."])
def test_odd_answers_are_judged_as_well(tmp_path: Path, text: str) -> None:
    assert json.loads(run(tmp_path, json.dumps(row(1, text)), "--json", "--out", str(tmp_path / "out")))["n"] == 1


def test_ties_count_half() -> None:
    made = [JudgedRow(str(number), "en", (), "", "", number < 2, "human_label") for number in range(4)]
    scores = (0.9, 0.5, 0.5, 0.1)
    assert auroc([Verdict(one, False, "", "", score) for one, score in zip(made, scores, strict=True)]) == 0.875

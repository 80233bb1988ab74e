"""`filter_eval` on small folders: its keys, what vetting does to its figures, and what it says about broken input."""

from __future__ import annotations

import csv
import io
import json

import pytest
from django.core.management import CommandError, call_command

ROWS = [
    {"id": "1", "lang": "zh", "text": "你们是傻逼吗", "label": "sensitive", "subset": "explicit"},
    {"id": "2", "lang": "zh", "text": "我还没有收到手机", "label": "clean", "subset": "support"},
    {"id": "3", "lang": "en", "text": "where is my d a m n parcel", "label": "sensitive", "subset": "explicit"},
    {"id": "4", "lang": "en", "text": "please assess my class", "label": "clean", "subset": "support"},
    {"id": "5", "lang": "zh", "text": "出售塑胶炸弹", "label": "sensitive", "subset": "phrase"},
]


@pytest.fixture
def folder(tmp_path):
    write(tmp_path, ROWS)
    (tmp_path / "words.csv").write_text("term\n没有\n手机\n塑胶炸弹\n", encoding="utf-8")
    return tmp_path


def write(folder, rows):
    with (folder / "texts.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, rows[0])
        writer.writeheader()
        writer.writerows(rows)


def figures(folder, *arguments):
    out = io.StringIO()
    call_command("filter_eval", str(folder), "--lexicon", str(folder / "words.csv"), *arguments, stdout=out)
    return json.loads(out.getvalue().splitlines()[-1])


def test_vetting_takes_the_words_that_flag_ordinary_speech(folder):
    found = figures(folder, "--starter")
    assert found["recall"] == {"en/explicit": 1.0, "zh/explicit": 1.0, "zh/phrase": 1.0}
    assert found["false_alarm"] == {"en/support": 0.0, "zh/support": 0.0}
    assert found["vetoed"] == ["没有", "手机"]
    assert found["semantic"] is None
    assert found["mb_per_s"] > 0


def test_without_vetting_they_flag_it(folder):
    found = figures(folder, "--starter", "--no-vet")
    assert found["false_alarm"]["zh/support"] == 1.0
    assert found["vetoed"] == []


def test_ids_and_order_change_nothing(folder):
    before = figures(folder, "--starter")
    write(folder, [{**row, "id": f"x{row['id']}"} for row in reversed(ROWS)])
    after = figures(folder, "--starter")
    assert {**before, "mb_per_s": 0} == {**after, "mb_per_s": 0}


def test_each_text_has_its_line(folder):
    figures(folder, "--starter", "--out", str(folder / "out.jsonl"))
    rows = [json.loads(line) for line in (folder / "out.jsonl").read_text(encoding="utf-8").splitlines()]
    assert [(row["id"], row["flagged"]) for row in rows] == [("1", True), ("2", False), ("3", True), ("4", False), ("5", True)]
    assert rows[0]["text"] == "你们是**吗"


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"id,text\n1,hi\n", "lang, label, subset are missing"),
        (b"", "are missing"),
        (b"id,lang,text,label,subset\n", "holds no rows"),
        (b"id,lang,text,label,subset\n1,en,\xff\xfe,clean,a\n", "not UTF-8"),
        (b"id,lang,text,label,subset\n1,en,hi,maybe,a\n", "row 1: the label 'maybe'"),
        (b"id,lang,text,label,subset\n1,fr,hi,clean,a\n", "row 1: the language 'fr'"),
    ],
)
def test_broken_texts_are_named(folder, content, told):
    (folder / "texts.csv").write_bytes(content)
    with pytest.raises(CommandError, match=told):
        figures(folder)


def test_a_missing_folder_and_a_missing_lexicon_are_named(folder, tmp_path):
    with pytest.raises(CommandError, match=r"texts\.csv"):
        call_command("filter_eval", str(tmp_path / "nowhere"), "--starter")
    (folder / "words.csv").unlink()
    with pytest.raises(CommandError, match=r"words\.csv"):
        figures(folder)
    with pytest.raises(CommandError, match="nothing to filter by"):
        call_command("filter_eval", str(folder))

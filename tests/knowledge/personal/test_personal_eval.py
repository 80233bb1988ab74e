"""The measuring of the finders: made-up lines know where their pieces stand, files are read in a told form, and bad finders look bad."""

from __future__ import annotations

import ast
import json
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from csbot.env import BASE_DIR
from knowledge.evaluation.personal_bench import personal_figures
from knowledge.evaluation.personal_lines import KINDS, Line, lines_made, lines_read
from knowledge.personal.finding import Personal

ROWS = [
    {"text": "打 13800138000 找我", "language": "zh", "spans": [{"kind": "phone", "start": 2, "end": 13}]},
    {"text": "write to a@b.com", "language": "en", "spans": [{"kind": "email", "value": "a@b.com"}]},
    {"text": "order no. 13800138000", "language": "en"},
]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "rows.jsonl"
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in ROWS), encoding="utf-8")
    return path


def test_what_the_issue_asks_for_is_reached() -> None:
    figures = personal_figures(lines_made(5000, seed=424242))
    assert figures["recall"] >= 0.99
    assert figures["precision"] >= 0.98
    assert all(figures["by"][language][name] >= 0.98 for language in ("zh", "en") for name in ("recall", "precision"))
    assert set(KINDS) <= set(figures["by"])


def test_the_lines_are_made_without_the_finders() -> None:
    for path in (BASE_DIR / "knowledge" / "evaluation").glob("personal_*.py"):
        if path.stem != "personal_bench":
            named = [node.module or "" for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))) if isinstance(node, ast.ImportFrom)]
            assert not [name for name in named if name.startswith("knowledge.personal")], path.name


def test_made_up_lines_are_the_same_for_the_same_seed_and_say_where_things_stand() -> None:
    lines = lines_made(400, seed=5)
    assert lines == lines_made(400, seed=5)
    assert lines != lines_made(400, seed=6)
    phones = [line.text[start:end] for line in lines for kind, start, end in line.spans if kind == "phone"]
    assert all(piece == piece.strip() and len(piece) >= 7 for piece in phones)
    assert any(not line.spans for line in lines)


def test_a_file_is_measured(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    call_command("personal_eval", str(file))
    figures = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert (figures["lines"], figures["pieces"], figures["recall"], figures["precision"]) == (3, 2, 1.0, 1.0)
    assert figures["by"]["zh.phone"]["pieces"] == 1


def test_made_up_lines_are_written_in_the_form_that_is_read(tmp_path: Path) -> None:
    written = tmp_path / "out.jsonl"
    call_command("personal_eval", "--lines", "50", "--seed", "3", "--out", str(written))
    assert list(lines_read(written)) == lines_made(50, seed=3)


@pytest.mark.parametrize(
    "row",
    [
        "no JSON",
        '{"spans": []}',
        '{"text": "x", "spans": [{"kind": "name", "value": "x"}]}',
        '{"text": "x", "spans": [{"kind": "ip", "value": "y"}]}',
    ],
)
def test_a_file_that_is_no_such_thing_is_named_with_its_line(file: Path, row: str) -> None:
    file.write_text(file.read_text(encoding="utf-8") + row + "\n", encoding="utf-8")
    with pytest.raises(CommandError, match="line 4"):
        call_command("personal_eval", str(file))


def test_a_finder_that_finds_nothing_or_a_part_has_no_recall() -> None:
    lines = [Line("call 13800138000", "en", (("phone", 5, 16),))]
    assert personal_figures(lines, lambda text: [])["recall"] == 0
    assert personal_figures(lines, lambda text: [Personal("phone", 5, 15)])["recall"] == 0
    assert personal_figures(lines, lambda text: [Personal("card", 5, 16)])["recall"] == 0


def test_a_finder_that_finds_too_much_has_no_precision() -> None:
    lines = [Line("call 13800138000", "en", (("phone", 5, 16),)), Line("nothing", "en", ())]
    assert personal_figures(lines, lambda text: [Personal("phone", 0, len(text))])["precision"] == 0.5

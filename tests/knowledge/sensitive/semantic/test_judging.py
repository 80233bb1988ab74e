"""The semantic layer's door, its shipped file and its rows. What it is worth on texts, `filter_eval` says; that needs the encoder."""

from __future__ import annotations

import hashlib
import random
from pathlib import Path

import numpy as np
import pytest

from knowledge.contracts import Level
from knowledge.faq.encoder import COMPUTED, HashEncoder
from knowledge.faq.tuning.delta import SHIPPED
from knowledge.sensitive.semantic.examples import FOLDER, KINDS, Example, examples
from knowledge.sensitive.semantic.fitting import fit
from knowledge.sensitive.semantic.judging import FILE, Judge, judge_of, read, semantic_flags, write
from knowledge.sensitive.semantic.obscuring import bent
from knowledge.sensitive.semantic.reporting import calibration_error


@pytest.fixture(scope="module")
def fitted() -> Judge:
    """On a toy: abuse points along the first axis, self-harm along the second, the rest along the third."""
    kinds = ("abuse", "self_harm", "clean", "support")
    rows = [Example(f"{kind} {number}", kind, "en", "toy", f"{kind} {number // 2}") for kind in kinds for number in range(40)]
    rng = np.random.default_rng(3)
    axes = np.array([min(kinds.index(row.kind), 2) for row in rows])
    judge, _ = fit(rows, pointing(axes) + rng.normal(0, 0.05, (len(rows), 4)).astype(np.float32), "toy-1")
    return judge


def pointing(axes: np.ndarray) -> np.ndarray:
    return np.eye(4, dtype=np.float32)[axes]


def test_what_was_taught_is_found_with_its_level_and_the_rest_is_let_pass(fitted: Judge) -> None:
    abuse, self_harm, clean = fitted.sensed(pointing(np.array([0, 1, 2])))
    assert abuse
    assert self_harm
    assert (abuse.category, abuse.level) == ("abuse by meaning", Level.WARN_AGENT)
    assert (self_harm.category, self_harm.level) == ("self-harm by meaning", Level.HAND_OVER)
    assert abuse.score > 0.8
    assert clean is None


def test_a_life_counts_for_more_than_an_insult(fitted: Judge) -> None:
    lenient = Judge(**{name: getattr(fitted, name) for name in Judge.__slots__ if name != "cuts"}, cuts=np.zeros(2, dtype=np.float32))
    (sensed,) = lenient.sensed(pointing(np.array([0])))
    assert sensed
    assert sensed.category == "self-harm by meaning"


def test_what_is_written_judges_the_same_when_it_is_read(fitted: Judge, tmp_path: Path) -> None:
    write(tmp_path / "model.npz", fitted)
    vectors = pointing(np.array([0, 1, 2, 3]))
    again = read(tmp_path / "model.npz")
    assert again.encoder == "toy-1"
    np.testing.assert_allclose(again.scores(vectors), fitted.scores(vectors), atol=0.01)


def test_the_shipped_layer_was_fitted_on_what_the_encoder_is_taught() -> None:
    """Whoever teaches it anew fits this anew; else it is off everywhere."""
    taught = hashlib.sha256(SHIPPED.read_bytes()).hexdigest()[:8]
    assert read(FILE).encoder.split("-")[-2:] == [taught, COMPUTED]


def test_another_encoders_vectors_are_not_judged() -> None:
    shipped = read(FILE)
    assert judge_of(shipped.encoder)
    assert judge_of(shipped.encoder + "-other") is None
    assert semantic_flags(["I hate you", "", "我讨厌你"], HashEncoder()) == [False] * 3


def test_what_ships_is_small() -> None:
    assert FILE.stat().st_size <= 4_000_000
    assert sum(path.stat().st_size for path in FOLDER.iterdir()) <= 300_000


def test_every_row_is_filled_and_every_kind_speaks_both_languages() -> None:
    found = examples()
    assert found == examples()
    assert {(row.kind, row.language) for row in found} == {(kind, language) for kind in (*KINDS, "support") for language in ("zh", "en")}
    plain = [row.text.replace("[怒]", "").replace("[微笑]", "") for row in found if row.kind != "support"]
    assert [text for text in plain if any(sign in text for sign in "[]{}|")] == []


def test_no_text_is_taught_as_two_kinds() -> None:
    """The dictionary in `examples` would hide it: rows are compared before they meet."""
    of_kind = {kind: {row.text for row in examples() if row.kind == kind} for kind in KINDS}
    assert not of_kind["abuse"] & of_kind["clean"]
    assert not of_kind["self_harm"] & of_kind["clean"]


@pytest.mark.parametrize("text", ["they should all leave this town", "这些人都应该离开这里。"])
def test_bent_texts_differ_and_keep_their_beginning_or_their_letters(text: str) -> None:
    rng = random.Random(5)  # noqa: S311
    ways = {bent(text, rng) for _ in range(60)}
    assert len(ways - {text}) > 5
    assert all(ways)


def test_calibration_is_the_distance_between_what_is_said_and_what_is() -> None:
    half = np.array([True, False] * 50)
    assert calibration_error(np.full(100, 0.5, dtype=np.float32), half) == pytest.approx(0.0)
    assert calibration_error(np.full(100, 0.9, dtype=np.float32), half) == pytest.approx(0.4)

"""The table of kin words: bytes of equal length, each language around its own middle. The encoder itself is not asked here."""

from __future__ import annotations

import numpy as np

from inference.evaluation.kin_table import DIRECTIONS, shortened


def vectors() -> tuple[np.ndarray, np.ndarray]:
    """Three meanings, each as four words of both languages; a language has a direction of its own that says nothing."""
    draw = np.random.default_rng(1)
    meanings = draw.normal(size=(3, 200))
    own = draw.normal(size=(2, 200)) * 3
    rows = [meanings[number % 3] + own[language] + draw.normal(size=200) * 0.1 for language in (0, 1) for number in range(60)]
    found = np.array(rows, dtype=np.float32)
    return found / np.linalg.norm(found, axis=1, keepdims=True), np.arange(120) >= 60


def test_words_of_one_meaning_lie_side_by_side_across_languages() -> None:
    given, chinese = vectors()
    likeness = given @ given.T
    assert likeness[0, 60] < likeness[0, 1], "before, a language's words are nearest to each other"
    table = shortened(given, chinese).astype(float)
    after = table @ table.T
    assert after[0, 60] > after[0, 1]
    assert all(after[0, 60 + number] > after[0, other] for number in (0, 3, 6) for other in (1, 2, 61, 62))


def test_all_are_bytes_of_about_one_length() -> None:
    table = shortened(*vectors())
    assert table.dtype == np.int8
    assert table.shape == (120, DIRECTIONS)
    lengths = np.linalg.norm(table.astype(float), axis=1)
    assert np.all(np.abs(lengths - 127) < 8)

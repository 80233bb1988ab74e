"""Fits the shipped file from the rows: `python -m knowledge.sensitive.semantic.fitting ENCODER_FOLDER`. Ten minutes, most of it encoding.

Lines (and trades) are dealt into folds; for each fold small networks learn from the others. What a fold's own networks have not seen
calibrates the scores and sets the cuts, and says how good they are; all of them together, averaged, are shipped. Run by hand, with
scikit-learn; the product itself needs numpy alone. No row of a measuring set is ever read.
"""

from __future__ import annotations

import argparse
import tempfile
import zlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.neural_network import MLPClassifier

from knowledge.faq.encoder import load_encoder
from knowledge.sensitive.semantic.examples import Example, examples
from knowledge.sensitive.semantic.judging import CATEGORIES, FILE, Floats, Judge, write
from knowledge.sensitive.semantic.reporting import told
from knowledge.vectors import RememberingEncoder

FOLDS, SEEDS = 5, 3
HIDDEN, DECAY, ROUNDS, RATE = 64, 0.01, 40, 2e-3
SCALE = 20.0  # vectors of one length, a little apart from their mean: brought to where a network learns well
# Of harmless support messages, the share that may be flagged: together half of the 2 % that are agreed on, because other companies'
# customers write otherwise than our rows.
ALLOWED = {"abuse": 0.008, "self_harm": 0.002}


def fit(rows: Sequence[Example], vectors: Floats, encoder: str) -> tuple[Judge, Floats]:
    """The judge, and the scores that each row got from networks that did not know it."""
    center = vectors.mean(axis=0)
    given = (vectors - center) * SCALE
    wanted = np.array([[row.kind == category for category in CATEGORIES] for row in rows])
    weights = _weights(rows)
    folds = np.array([zlib.crc32(row.group.encode()) % FOLDS for row in rows])
    networks, margins = [], np.zeros(wanted.shape, dtype=np.float32)
    for fold in range(FOLDS):
        mine = folds == fold
        learnt = [_network(given[~mine], wanted[~mine], weights[~mine], seed) for seed in range(SEEDS)]
        margins[mine] = _packed(center, learnt).margins(vectors[mine])
        networks += learnt
    slopes, shifts = _calibration(margins, wanted, weights)
    scores = 1 / (1 + np.exp(-(margins * slopes + shifts)))
    support = np.array([row.kind == "support" for row in rows])
    cuts = np.array([np.quantile(scores[support, place], 1 - ALLOWED[category]) for place, category in enumerate(CATEGORIES)])
    return replace(_packed(center, networks), encoder=encoder, slopes=slopes, shifts=shifts, cuts=cuts), scores.astype(np.float32)


def _weights(rows: Sequence[Example]) -> Floats:
    """A line that was filled in ten ways counts for three."""
    sizes = Counter(row.group for row in rows)
    return np.array([0.5 if row.kind == "support" else sizes[row.group] ** -0.5 for row in rows], dtype=np.float32)


def _network(given: Floats, wanted: Floats, weights: Floats, seed: int) -> MLPClassifier:
    made = MLPClassifier((HIDDEN,), activation="tanh", alpha=DECAY, max_iter=ROUNDS, learning_rate_init=RATE, batch_size=128, random_state=seed)
    return made.fit(given, wanted.astype(int), sample_weight=weights)


def _packed(center: Floats, networks: Sequence[MLPClassifier]) -> Judge:
    """Not calibrated yet. The scale goes into the first layer."""
    ones = np.ones(len(CATEGORIES), dtype=np.float32)
    return Judge(
        "",
        center,
        np.stack([one.coefs_[0] * SCALE for one in networks]),
        np.stack([one.intercepts_[0] for one in networks]),
        np.stack([one.coefs_[1] for one in networks]),
        np.stack([one.intercepts_[1] for one in networks]),
        slopes=ones,
        shifts=0 * ones,
        cuts=ones,
    )


def _calibration(margins: Floats, wanted: Floats, weights: Floats) -> tuple[Floats, Floats]:
    """Platt's: a slope and a shift for each category."""
    fits = [LogisticRegression(C=1e6).fit(margins[:, [place]], wanted[:, place], sample_weight=weights) for place in range(len(CATEGORIES))]
    return np.array([fit.coef_[0, 0] for fit in fits]), np.array([fit.intercept_[0] for fit in fits])


def _encoded(rows: Sequence[Example], folder: Path, kept: Path) -> tuple[Floats, str]:
    encoder = RememberingEncoder(load_encoder(folder), kept)
    return encoder.encode([row.text for row in rows]), encoder.version


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("encoder", type=Path)
    parser.add_argument("--out", type=Path, default=FILE)
    parser.add_argument("--vectors", type=Path, help="keeps what was encoded, for another time")
    chosen = parser.parse_args()
    rows = examples()
    with tempfile.TemporaryDirectory() as scratch:
        vectors, version = _encoded(rows, chosen.encoder, chosen.vectors or Path(scratch))
    judge, scores = fit(rows, vectors, version)
    write(chosen.out, judge)
    print(told(rows, scores, judge.cuts))  # noqa: T201 - a command


if __name__ == "__main__":
    main()

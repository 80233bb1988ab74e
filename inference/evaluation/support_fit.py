"""`python -m inference.evaluation.support_fit TRAIN [--out FILE]`: fits the support score and writes it as plain numbers.

TRAIN has the format of DESIGN 8's `generate_eval`; its answers are the supported examples, `corrupting` makes the others. A fifth of
the documents is held out: the cut is chosen on it. The same file gives the same numbers.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import sys
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.ensemble import HistGradientBoostingClassifier

from inference.evaluation.corrupting import Asked, Example, examples_of
from inference.grounding.scoring import SHIPPED, Scorer, scorer_read
from inference.grounding.sentences import says_nothing, sentences_of
from inference.grounding.signs import SIGNS, Known, signs_of

SEED = 1
TREES, LEAVES, LEAST_IN_LEAF, RATE, SHARE = 200, 12, 30, 0.08, 0.4
EVERY = 4  # rows: half of them take some minutes
LET_THROUGH = 0.975  # of held-out supported answers
LEFT_OUT = ("yesno", "none")  # "Yes." is not judged by its words


@dataclass(frozen=True, slots=True)
class Measured:
    """An example and the signs of each of its sentences; `wrong` are those that were made wrong."""

    example: Example
    signs: tuple[tuple[float, ...], ...]
    wrong: tuple[bool, ...]


def asked_read(path: Path, every: int = 1) -> list[Asked]:
    """Answered questions with evidence in their own language."""
    rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]
    return [
        Asked(row["doc"], row["lang"], tuple(row["evidence"]), row["question"], row["answer"], row["style"])
        for row in rows
        if row["action"] == "answer" and row["evidence"] and row["answer"].strip() and row["style"] not in LEFT_OUT
        if not row["source"].startswith("xquad_cross")
    ][::every]


def measure(examples: Sequence[Example]) -> list[Measured]:
    known: Known | None = None
    last: tuple[tuple[str, ...], str] | None = None
    found = []
    for example in examples:
        if known is None or last != (example.evidence, example.asked.question):
            known, last = Known(example.evidence, example.asked.question), (example.evidence, example.asked.question)
        said = [sentence for sentence in sentences_of(example.answer) if not says_nothing(sentence)]
        right = frozenset(sentences_of(example.asked.answer)) if not example.kind.startswith("evidence_") else frozenset()
        wrong = tuple(not example.is_supported and sentence not in right for sentence in said)
        found.append(Measured(example, tuple(signs_of(sentence, known) for sentence in said), wrong))
    return found


def fit(measured: Sequence[Measured]) -> dict[str, Any]:
    """The scorer as `support.json` holds it, still without a cut. Supported and unsupported weigh the same, kinds of one side as well."""
    rows = [(signs, not wrong, one.example.kind) for one in measured for signs, wrong in zip(one.signs, one.wrong, strict=True)]
    counts: dict[tuple[bool, str], int] = defaultdict(int)
    for _, is_right, kind in rows:
        counts[is_right, kind] += 1
    kinds = {True: len({kind for is_right, kind in counts if is_right}), False: len({kind for is_right, kind in counts if not is_right})}
    weights = np.array([len(rows) / (counts[is_right, kind] * kinds[is_right]) for _, is_right, kind in rows])
    weights /= weights.mean()
    model = HistGradientBoostingClassifier(
        max_iter=TREES,
        max_leaf_nodes=LEAVES,
        min_samples_leaf=LEAST_IN_LEAF,
        learning_rate=RATE,
        max_features=SHARE,
        l2_regularization=1.0,
        monotonic_cst=list(SIGNS.values()),
        early_stopping=False,
        random_state=SEED,
    )
    model.fit(np.array([signs for signs, _, _ in rows]), np.array([is_right for _, is_right, _ in rows]), sample_weight=weights)
    return {
        "signs": list(SIGNS),
        "bias": float(model._baseline_prediction.item()),
        "least": 0.0,
        "trees": [_plain(tree.nodes) for (tree,) in model._predictors],
    }


def _plain(nodes: Any) -> dict[str, list[float] | list[int]]:
    leaf: NDArray[np.bool_] = nodes["is_leaf"].astype(bool)
    return {
        "sign": np.where(leaf, -1, nodes["feature_idx"]).astype(int).tolist(),
        "cut": [0.0 if is_leaf else float(f"{value:.6g}") for is_leaf, value in zip(leaf, nodes["num_threshold"], strict=True)],
        "left": nodes["left"].astype(int).tolist(),
        "right": nodes["right"].astype(int).tolist(),
        "value": [float(f"{value:.5g}") if is_leaf else 0.0 for is_leaf, value in zip(leaf, nodes["value"], strict=True)],
    }


def is_held_out(doc: str) -> bool:
    return hashlib.sha256(doc.encode()).digest()[0] % 5 == 0


def scores_of(measured: Sequence[Measured], scorer: Scorer) -> dict[str, list[float]]:
    """By kind, of each answer its least sentence."""
    found: dict[str, list[float]] = defaultdict(list)
    for one in measured:
        found[one.example.kind].append(min(map(scorer, one.signs), default=1.0))
    return found


def main(arguments: Sequence[str]) -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("train", type=Path)
    parser.add_argument("--out", type=Path, default=SHIPPED)
    parser.add_argument("--every", type=int, default=EVERY, help="only every so many rows")
    options = parser.parse_args(arguments)
    measured = measure(list(examples_of(asked_read(options.train, options.every), SEED)))
    fitted = fit([one for one in measured if not is_held_out(one.example.asked.doc)])
    held_out = [one for one in measured if is_held_out(one.example.asked.doc)]
    scores = scores_of(held_out, scorer_read(fitted))
    supported = sorted(scores["original"])
    fitted["least"] = round(supported[int((1 - LET_THROUGH) * len(supported))], 4)
    for kind, values in sorted(scores.items()):
        sys.stderr.write(f"{kind:22} {len(values):6} let through {np.mean([value >= fitted['least'] for value in values]):.4f}\n")
    options.out.write_text(json.dumps(fitted) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])

"""`python -m inference.evaluation.support_fit TRAIN [--made-up FILE …] [--out FILE]`: fits the support scores and writes them as plain numbers.

TRAIN has the format of DESIGN 8's `generate_eval`; its answers are the supported examples, `corrupting` makes the others, but for those
that `made_up` has written. The cuts, one for each language, are chosen on documents that a fit has not seen: five fits leave out a fifth each,
and a sixth, which is kept, sees all. The same files give the same numbers.
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
from inference.grounding.sentences import plainly_wrong, says_nothing, sentences_of
from inference.grounding.signs import SIGNS, Known, signs_of

SEED, FOLDS = 1, 5
TREES, LEAVES, LEAST_IN_LEAF, RATE, SHARE = 400, 20, 30, 0.04, 0.4
# Of supported answers not seen. English originals are freer in their words, so that more of what is wrong scores as high as they do: a
# little less is let through there.
LET_THROUGH = {"en": 0.975, "zh": 0.985}
LEFT_OUT = ("yesno", "none")  # "Yes." is not judged by its words
ANSWERS_MAY = ("asks",)  # an answer may end in a question; a sentence that is one says nothing that could rest on the evidence
WORDS_HOLD = ("number_changed", "number_from_evidence", "quoted_otherwise", "turned_round")  # wrong, but hardly a word of it is made up


@dataclass(frozen=True, slots=True)
class Measured:
    """An example, the signs of each of its sentences and of the whole; `wrong` are the sentences that were made wrong."""

    example: Example
    signs: tuple[tuple[float, ...], ...]
    wrong: tuple[bool, ...]
    whole: tuple[float, ...]


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
        signs = tuple(signs_of(sentence, known) for sentence in said)
        found.append(Measured(example, signs, wrong, signs[0] if len(signs) == 1 else signs_of(example.answer, known)))
    return found


Row = tuple[tuple[float, ...], bool, str]  # signs, whether it is supported, its example's kind


def sentence_rows(measured: Sequence[Measured]) -> list[Row]:
    return [(signs, not wrong, one.example.kind) for one in measured for signs, wrong in zip(one.signs, one.wrong, strict=True)]


def answer_rows(measured: Sequence[Measured]) -> list[Row]:
    return [(one.whole, one.example.is_supported, one.example.kind) for one in measured if one.example.kind not in WORDS_HOLD]


def fit(rows: Sequence[Row], blind_to: Sequence[str] = ()) -> dict[str, Any]:
    """A scorer as `support.json` holds it, still without cuts. Supported and unsupported weigh the same, kinds of one side as well."""
    seen = np.array([name not in blind_to for name in SIGNS])
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
    model.fit(np.array([signs for signs, _, _ in rows]) * seen, np.array([is_right for _, is_right, _ in rows]), sample_weight=weights)
    return {
        "bias": float(model._baseline_prediction.item()),
        "least": {"en": 0.0, "zh": 0.0},
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


def fold_of(doc: str) -> int:
    return hashlib.sha256(doc.encode()).digest()[0] % FOLDS


Scores = dict[tuple[str, str], list[tuple[str, float]]]  # by language and kind, of each answer its document and its least sentence


def scores_of(measured: Sequence[Measured], scorer: Scorer) -> Scores:
    """Below 0 where a sentence needs no score."""
    found: Scores = defaultdict(list)
    for one in measured:
        least = -1.0 if any(map(plainly_wrong, one.signs)) else min(map(scorer, one.signs), default=1.0)
        found[one.example.asked.lang, one.example.kind].append((one.example.asked.doc, least))
    return found


def cut_of(supported: Sequence[tuple[str, float]], let_through: float) -> float:
    return round(float(np.quantile([score for _, score in supported if score >= 0], 1 - let_through)), 4)


def made_up_read(paths: Sequence[Path]) -> dict[tuple[str, str], list[str]]:
    found: dict[tuple[str, str], list[str]] = defaultdict(list)
    for row in (json.loads(line) for path in paths for line in path.read_text(encoding="utf-8").splitlines()):
        found[row["doc"], row["question"]].append(row["answer"])
    return found


def held_out_scores(measured: Sequence[Measured]) -> Scores:
    """Of each example by the fit that has not seen its document."""
    found: Scores = defaultdict(list)
    for fold in range(FOLDS):
        learned = [one for one in measured if fold_of(one.example.asked.doc) != fold]
        unseen = [one for one in measured if fold_of(one.example.asked.doc) == fold]
        for key, values in scores_of(unseen, scorer_read(fit(sentence_rows(learned)))).items():
            found[key] += values
    return found


def main(arguments: Sequence[str]) -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("train", type=Path)
    parser.add_argument("--made-up", type=Path, nargs="*", default=[])
    parser.add_argument("--out", type=Path, default=SHIPPED)
    parser.add_argument("--every", type=int, default=1, help="only every so many rows")
    options = parser.parse_args(arguments)
    examples = examples_of(asked_read(options.train, options.every), SEED, made_up_read(options.made_up))
    measured = measure(list(examples))
    sentence, answer = fit(sentence_rows(measured)), fit(answer_rows(measured), ANSWERS_MAY)
    held_out, least = held_out_scores(measured), sentence["least"]
    for language in least:
        least[language] = cut_of(held_out[language, "original"], LET_THROUGH[language])
    for (language, kind), values in sorted(held_out.items()):
        sys.stderr.write(f"{language} {kind:22} {len(values):6} let through {np.mean([score >= least[language] for _, score in values]):.4f}\n")
    options.out.write_text(json.dumps({"signs": list(SIGNS), "sentence": sentence, "answer": answer}) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])

"""`python -m knowledge.evaluation.evidence_fit TRAIN.jsonl ENCODER`: the weights by which evidence of a small base is judged.

From public questions with evidence (the format of DESIGN 8's `generate_eval`; texts that may be trained on): of each row the sentence that
comes first, and whether the answer stands in it. Prints the weights that `evidence.py` ships and how well they tell right from wrong.
"""

from __future__ import annotations

import argparse
import json
import random
import re
import sys
import unicodedata
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from knowledge.articles.among import measured_among
from knowledge.articles.evidence import SIGNS
from knowledge.faq.encoder import Encoder, load_encoder

SAMPLE, SEED = 1200, 7
HALF = 0.5  # of a whole sentence's words: it says what the gold answer says


@dataclass(frozen=True, slots=True)
class Judged:
    """The signs of the sentence that came first, and whether it answers."""

    signs: NDArray[np.float64]
    is_right: bool


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m knowledge.evaluation.evidence_fit", description="Fit the weights of evidence.")
    parser.add_argument("file", type=Path)
    parser.add_argument("encoder", help="folder, or `hash`")
    parser.add_argument("--sample", type=int, default=SAMPLE)
    options = parser.parse_args(arguments)
    rows = [json.loads(line) for line in options.file.read_text(encoding="utf-8").splitlines() if line.strip()]
    rows.sort(key=lambda row: str(row["id"]))
    drawn = random.Random(SEED).sample(rows, min(options.sample, len(rows)))
    sys.stdout.write(json.dumps(fitted(judged(drawn, load_encoder(options.encoder)))) + "\n")
    return 0


def judged(rows: Sequence[dict[str, Any]], encoder: Encoder) -> list[Judged]:
    found = []
    for row in rows:
        before = [turn["text"] for turn in row.get("history") or [] if turn["role"] == "user"]
        best = measured_among(row["evidence"], row["question"], row["lang"], before[-1:], encoder)
        if best is not None:
            found.append(Judged(best[1], bool(row["answerable"]) and says(best[0], row["answer"], is_whole=row.get("style") == "sentence")))
    return found


def says(sentence: str, answer: str, *, is_whole: bool) -> bool:
    """A span stands in it letter by letter; of a whole sentence half of the words do."""
    if not is_whole:
        return bool(answer) and _letters(answer) in _letters(sentence)
    wanted = Counter(_units(answer))
    return (wanted & Counter(_units(sentence))).total() >= HALF * max(1, wanted.total())


def fitted(examples: Sequence[Judged]) -> dict[str, Any]:
    """Logistic regression; `auroc` on the fifth that was left out."""
    from sklearn.linear_model import LogisticRegression
    from sklearn.metrics import roc_auc_score

    signs, right = np.array([one.signs for one in examples]), np.array([one.is_right for one in examples])
    is_out = np.arange(len(examples)) % 5 == 0
    model = LogisticRegression(C=1.0).fit(signs[~is_out], right[~is_out])
    auroc = roc_auc_score(right[is_out], model.decision_function(signs[is_out]))
    whole = LogisticRegression(C=1.0).fit(signs, right)
    weights = {name: round(float(weight), 3) for name, weight in zip(SIGNS, whole.coef_[0], strict=True)}
    return {"weights": weights, "bias": round(float(whole.intercept_[0]), 3), "auroc": round(float(auroc), 3), "n": len(examples)}


def _letters(text: str) -> str:
    return "".join(character for character in unicodedata.normalize("NFKC", text).casefold() if character.isalnum())


def _units(text: str) -> list[str]:
    return re.findall(r"[\u3400-\u9fff]|[^\W\u3400-\u9fff_]+", unicodedata.normalize("NFKC", text).casefold())


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

"""The learned part of the check: how likely a sentence or an answer is to be supported, from its SIGNS, by a few hundred small trees.

The trees are plain numbers in `support.json`, written by `python -m inference.evaluation.support_fit`. Knows no text.
"""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from inference.grounding.signs import SIGNS

SHIPPED = Path(__file__).parent / "support.json"
_LEAF = -1
_CHINESE, _UNITS, _COVERED = (list(SIGNS).index(name) for name in ("is_zh", "units", "covered_asked"))
LEAST_COVERED, JUDGED_FROM = 0.25, 6  # of the words of a sentence of so many: with fewer known ones it cannot rest on the evidence


class BrokenModel(ValueError):
    """The file of trees does not fit this code; the message says how."""


@dataclass(frozen=True, slots=True)
class Tree:
    """Node by node: which sign, up to which value left, where left and right go on, and a leaf's value."""

    sign: tuple[int, ...]
    cut: tuple[float, ...]
    left: tuple[int, ...]
    right: tuple[int, ...]
    value: tuple[float, ...]

    def __call__(self, signs: Sequence[float]) -> float:
        node = 0
        while self.sign[node] != _LEAF:
            node = self.left[node] if signs[self.sign[node]] <= self.cut[node] else self.right[node]
        return self.value[node]


@dataclass(frozen=True, slots=True)
class Scorer:
    """`least`: a sentence below it ends the answer; of Chinese sentences the second, as the languages' scores lie apart."""

    trees: tuple[Tree, ...]
    bias: float
    least: tuple[float, float]

    def passes(self, signs: Sequence[float], least: float = 0.0) -> bool:
        """`least`: a higher bar than its own, for what is not whole."""
        return self(signs) >= max(least, self.least[signs[_CHINESE] > 0])

    def __call__(self, signs: Sequence[float]) -> float:
        """Between 0 and 1."""
        if signs[_UNITS] >= JUDGED_FROM and signs[_COVERED] < LEAST_COVERED:
            return 0.0
        logit = self.bias + sum(tree(signs) for tree in self.trees)
        return 1 / (1 + math.exp(-max(-30.0, min(30.0, logit))))


@dataclass(frozen=True, slots=True)
class Scorers:
    """`sentence` sees everything that may be wrong with one; `answer` orders whole answers by how much in them is made up."""

    sentence: Scorer
    answer: Scorer


@lru_cache(maxsize=1)
def shipped() -> Scorers:
    return scorers_read(json.loads(SHIPPED.read_text(encoding="utf-8")))


def scorers_read(data: dict[str, Any]) -> Scorers:
    if data["signs"] != [*SIGNS]:
        raise BrokenModel(f"{SHIPPED.name} was fitted on other signs; run python -m inference.evaluation.support_fit")
    return Scorers(scorer_read(data["sentence"]), scorer_read(data["answer"]))


def scorer_read(data: dict[str, Any]) -> Scorer:
    trees = tuple(Tree(*(tuple(tree[name]) for name in ("sign", "cut", "left", "right", "value"))) for tree in data["trees"])
    return Scorer(trees, float(data["bias"]), (float(data["least"]["en"]), float(data["least"]["zh"])))

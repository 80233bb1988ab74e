"""The door: vectors of the product's encoder in, what they seem to mean and how surely out.

Knows the shipped file and numpy. Does not know texts, how the file was fitted (fitting.py) or what is done about a finding.
"""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from zipfile import BadZipFile

import numpy as np
from numpy.typing import NDArray

from knowledge.contracts import Level, Sensed, SensedCategory
from knowledge.faq.encoder import Encoder

FILE = Path(__file__).with_name("model.npz")
CATEGORIES = ("abuse", "self_harm")  # the gravest last
# By meaning alone nothing is masked or blocked: an insult is shown to the agent, a life in danger goes to a person.
FINDINGS: tuple[tuple[SensedCategory, Level], ...] = (("abuse by meaning", Level.WARN_AGENT), ("self-harm by meaning", Level.HAND_OVER))

Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True, eq=False)
class Judge:
    """Hidden layers of several fits, averaged; then a logistic calibration and a cut for each category."""

    encoder: str
    center: Floats  # (d,)
    inner: Floats  # (m, d, h)
    inner_bias: Floats  # (m, h)
    outer: Floats  # (m, h, c)
    outer_bias: Floats  # (m, c)
    slopes: Floats  # (c,)
    shifts: Floats  # (c,)
    cuts: Floats  # (c,) of the calibrated scores

    def margins(self, vectors: Floats) -> Floats:
        """(n, c), before they are calibrated."""
        given = np.asarray(vectors, dtype=np.float32) - self.center
        hidden = np.tanh(np.einsum("nd,mdh->mnh", given, self.inner) + self.inner_bias[:, None, :])
        found: Floats = (np.einsum("mnh,mhc->mnc", hidden, self.outer) + self.outer_bias[:, None, :]).mean(axis=0)
        return found

    def scores(self, vectors: Floats) -> Floats:
        """(n, c): for each category the chance that a message is of it."""
        raw = self.margins(vectors) * self.slopes + self.shifts
        found: Floats = (1 / (1 + np.exp(-np.clip(raw, -30, 30)))).astype(np.float32)
        return found

    def sensed(self, vectors: Floats) -> list[Sensed | None]:
        """What each vector is flagged as; of several the gravest."""
        return [self._gravest(row) for row in self.scores(vectors)]

    def _gravest(self, row: Floats) -> Sensed | None:
        for place in reversed(range(len(CATEGORIES))):
            if row[place] >= self.cuts[place]:
                category, level = FINDINGS[place]
                return Sensed(category, round(float(row[place]), 3), level)
        return None


def judge_of(encoder: str) -> Judge | None:
    """The shipped one; None where it was fitted on another encoder than this version."""
    found = _shipped()
    return found if found and found.encoder == encoder else None


def judge_problem(encoder: str) -> str:
    """Why nothing is judged with this encoder; empty where it is."""
    found = _shipped()
    if found is None:
        return f"{FILE.name} is missing or damaged"
    return "" if found.encoder == encoder else f"{FILE.name} was fitted on the encoder {found.encoder}, and this is {encoder}"


def semantic_flags(texts: Sequence[str], encoder: Encoder) -> list[bool]:
    """Whether each text is flagged. With an encoder that the shipped file does not fit, none is."""
    judge = judge_of(encoder.version)
    if judge is None or not texts:
        return [False] * len(texts)
    return [sensed is not None for sensed in judge.sensed(encoder.encode(texts, "query"))]


@cache
def _shipped() -> Judge | None:
    try:
        return read(FILE)
    except (OSError, EOFError, ValueError, KeyError, TypeError, BadZipFile, zlib.error):  # whoever starts the worker is told: judge_problem
        return None


def read(path: Path) -> Judge:
    with np.load(path, allow_pickle=False) as kept:
        return Judge(str(kept["encoder"]), **{name: kept[name].astype(np.float32) for name in kept.files if name != "encoder"})


def write(path: Path, judge: Judge) -> None:
    """In half precision: the shipped file stays small."""
    halves = {name: getattr(judge, name).astype(np.float16) for name in ("center", "inner", "inner_bias", "outer", "outer_bias")}
    exact = {name: getattr(judge, name).astype(np.float32) for name in ("slopes", "shifts", "cuts")}
    np.savez_compressed(path, encoder=np.array(judge.encoder), **halves, **exact)

"""An encoder for the shipped semantic layer, so that its tests need no model."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from knowledge.faq.encoder import Role, Vectors
from knowledge.sensitive.semantic.judging import FILE, read

SHIPPED = read(FILE)


class Told:
    """The shipped layer's encoder as far as it can be told: "foul" points where the networks see abuse, the rest the other way."""

    version = SHIPPED.encoder
    dimension = len(SHIPPED.center)

    def encode(self, texts: Sequence[str], role: Role = "query") -> Vectors:
        candidates = SHIPPED.center + np.random.default_rng(1).normal(0, 0.05, (4000, self.dimension)).astype(np.float32)
        abuse, self_harm = SHIPPED.scores(candidates).T
        order = (abuse - self_harm).argsort()
        mild = (abuse + self_harm).argmin()
        return candidates[[order[-1] if "foul" in text else mild for text in texts]]

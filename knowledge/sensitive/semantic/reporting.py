"""What a fit is worth on rows that its networks did not know: recall, false alarms and calibration, as lines of text.

Knows scores and rows. Does not know how either was made.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from knowledge.sensitive.semantic.examples import Example
from knowledge.sensitive.semantic.judging import CATEGORIES, Floats

BINS = 10


def told(rows: Sequence[Example], scores: Floats, cuts: Floats) -> str:
    lines = [f"{len(rows)} rows; flagged of rows that were held out (by line, by trade):"]
    flagged = scores >= cuts
    for kind in dict.fromkeys(row.kind for row in rows):
        for language in ("zh", "en"):
            mine = np.array([row.kind == kind and row.language == language for row in rows])
            shares = ", ".join(f"{category} {flagged[mine, place].mean():.3f}" for place, category in enumerate(CATEGORIES))
            lines.append(f"{kind} {language} ({mine.sum()}): {shares}, any {flagged[mine].any(axis=1).mean():.3f}")
    for place, category in enumerate(CATEGORIES):
        wanted = np.array([row.kind == category for row in rows])
        lines.append(f"{category}: cut at {cuts[place]:.3f}, expected calibration error {calibration_error(scores[:, place], wanted):.3f}")
    return "\n".join(lines)


def by_family(rows: Sequence[Example], scores: Floats, cuts: Floats) -> str:
    flagged = np.asarray((scores >= cuts).any(axis=1))
    named = [(row.kind, row.family, row.language) for row in rows]
    return "\n".join(
        f"{' / '.join(name)}: {flagged[[other == name for other in named]].mean():.2f}" for name in dict.fromkeys(named) if name[0] != "support"
    )


def calibration_error(scores: Floats, wanted: Floats) -> float:
    """Mean distance between score and share, over bins of equal width, weighted by how many fall into them."""
    bins = np.minimum((scores * BINS).astype(int), BINS - 1)
    gaps = [abs(scores[bins == one].mean() - wanted[bins == one].mean()) * (bins == one).sum() for one in range(BINS) if (bins == one).any()]
    return float(sum(gaps) / len(scores))

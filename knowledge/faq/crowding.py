"""How crowded it is around each variant: a row that is near to everything proves little.

Knows the index. Of a large bank the neighbours are looked for among some thousand rows at equal distances.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from knowledge.faq.earlier import Earlier
from knowledge.faq.index import Rows, VariantIndex

NEIGHBOURS = 10
MOST_LOOKED_AT = 16_384
_BLOCK = 1024

Crowding = NDArray[np.float32]


def crowding_of(index: VariantIndex, rows: Rows | None = None) -> Crowding:
    """Half the mean cosine of each of the rows (all of them) to its nearest rows of other FAQs."""
    rows = np.arange(len(index), dtype=np.int64) if rows is None else rows
    crowding = np.zeros(len(rows), dtype=np.float32)
    step = -(-len(index) // MOST_LOOKED_AT) or 1
    among = np.arange(0, len(index), step)
    count = min(NEIGHBOURS, max(len(among) - 1, 0))
    if not count:
        return crowding
    others, faqs = index.centred[among].astype(np.float32), index.faq_of[among]  # two halves have no quick product
    for start in range(0, len(rows), _BLOCK):
        block = rows[start : start + _BLOCK]
        near = index.centred[block].astype(np.float32) @ others.T
        near[index.faq_of[block, None] == faqs[None, :]] = -1.0
        top = -np.partition(-near, count - 1, axis=1)[:, :count]
        crowding[start : start + _BLOCK] = 0.5 * np.maximum(top, 0).mean(axis=1)
    return crowding


def crowding_renewed(index: VariantIndex, earlier: Earlier) -> Crowding:
    """Rows that were there keep what was found for them; only new ones are looked at."""
    old = np.load(earlier.folder / "crowding.npy", allow_pickle=False)
    known = dict(zip(earlier.rows, old, strict=True))
    rows = ((faq.key, variant.text) for faq in index.bank.faqs for variant in faq.variants)
    crowding = np.array([known.get(row, -1.0) for row in rows], dtype=np.float32)
    new = np.flatnonzero(crowding < 0)
    crowding[new] = crowding_of(index, new)
    return crowding

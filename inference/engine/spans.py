"""Which queries and keys of a packed step belong together, planned once for all layers.

A step packs all answers into one row. Answers that are being written ask with a few tokens each: their rows are done together, each
over its own answer's keys. Prompts that are being read are done one by one. Knows lengths and places; nothing of what is computed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import torch

_FEW = 8  # queries of one answer up to which they are done row by row


@dataclass(frozen=True, slots=True)
class Writing:
    """Answers of like length, each with one token that asks."""

    queries: Any  # (answers,) places in the row
    keys: Any  # (answers, longest) places among the packed keys
    beyond: Any  # (answers, longest) true where an answer has no key any more
    is_even: bool  # none is beyond


@dataclass(frozen=True, slots=True)
class Step:
    """Which queries and keys belong together; the same for all layers."""

    writing: tuple[Writing, ...]
    reading: tuple[tuple[slice, slice], ...]  # (queries, keys) of each prompt
    size: tuple[int, int]  # queries and keys in all
    is_alone: bool  # one request only


def plan_step(query_ends: Sequence[int], key_ends: Sequence[int], device: Any) -> Step:
    """From the packed row's cumulative lengths, both beginning with 0."""
    spans = [(slice(*query), slice(*key)) for query, key in zip(pairwise(query_ends), pairwise(key_ends), strict=True)]
    single = sorted((row for span in spans if _length(span[0]) <= _FEW for row in _rows(*span)), key=lambda span: -_length(span[1]))
    writing: list[list[tuple[slice, slice]]] = []
    for span in single:  # the longest first; one that is less than half as long begins a group of its own
        if not writing or 2 * _length(span[1]) < _length(writing[-1][0][1]):
            writing.append([])
        writing[-1].append(span)
    reading = tuple(span for span in spans if _length(span[0]) > _FEW)
    return Step(tuple(_group(group, device) for group in writing), reading, (query_ends[-1], key_ends[-1]), len(spans) == 1)


def step_of(cache: Any, ends_q: Any, ends_k: Any) -> Step:
    """Planned by the first layer, and found by those behind it at the paged cache: in one step they are all given the same tensor, and
    the device is waited for once."""
    given, step = getattr(cache, "planned_step", (None, None))
    if given is not ends_q or step is None:
        step = plan_step(ends_q.tolist(), ends_k.tolist(), ends_q.device)
        cache.planned_step = ends_q, step
    return step


def _rows(queries: slice, keys: slice) -> list[tuple[slice, slice]]:
    """An answer's last token and guesses behind it, each with the keys that it may look at."""
    new = _length(queries)
    return [(slice(queries.start + row, queries.start + row + 1), slice(keys.start, keys.stop - new + row + 1)) for row in range(new)]


def _length(span: slice) -> int:
    return int(span.stop - span.start)


def _group(spans: list[tuple[slice, slice]], device: Any) -> Writing:
    known = [_length(keys) for _, keys in spans]
    lengths = torch.tensor(known, device=device)
    starts = torch.tensor([keys.start for _, keys in spans], device=device)
    places = torch.arange(known[0], device=device)
    beyond = places >= lengths.unsqueeze(1)
    keys = starts.unsqueeze(1) + places.minimum(lengths.unsqueeze(1) - 1)
    return Writing(torch.tensor([queries.start for queries, _ in spans], device=device), keys, beyond, known[0] == known[-1])

"""What one engine has counted, and the counts of two together. Plain values."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

Card = tuple[float | None, int, int]  # busy share, memory used, memory in bytes


@dataclass(frozen=True, slots=True)
class SpreadGauge:
    """A histogram: a count for each of `bounds` (upper ends) and one for what lies beyond; `total` is the values' sum."""

    bounds: list[float]
    counts: list[int]
    total: float

    @property
    def mean(self) -> float | None:
        number = sum(self.counts)
        return self.total / number if number else None

    def within(self, part: float) -> float | None:
        """The bound that `part` of the values do not exceed; None where there are none, or that part lies beyond the last bound."""
        wanted, seen = part * sum(self.counts), 0
        for bound, count in zip(self.bounds, self.counts, strict=False):
            seen += count
            if wanted and seen >= wanted:
                return bound
        return None


@dataclass(frozen=True, slots=True)
class EngineGauge:
    """Totals count from the worker's start. `experts` is (layers, experts); `card` is busy share, memory used and memory in bytes."""

    running: int = 0
    waiting: int = 0
    tokens: int = 0
    answers: int = 0
    refused: int = 0
    finishes: dict[str, int] = field(default_factory=dict)
    prompt_tokens: int = 0
    prefix_tokens: int = 0
    guessed_tokens: int = 0
    proven_tokens: int = 0
    cache_used: int = 0
    cache_tokens: int = 0
    spreads: dict[str, SpreadGauge] = field(default_factory=dict)
    card: Card | None = None
    experts: list[list[int]] = field(default_factory=list)


_COUNTS = (
    *("running", "waiting", "tokens", "answers", "refused", "prompt_tokens", "prefix_tokens"),
    *("guessed_tokens", "proven_tokens", "cache_used", "cache_tokens"),
)


def together(one: EngineGauge, other: EngineGauge) -> EngineGauge:
    """Of two workers. Histograms and experts that cannot be added (another version, another model) stay the first one's."""
    counts = {name: getattr(one, name) + getattr(other, name) for name in _COUNTS}
    spreads = {**other.spreads, **{name: _added(spread, other.spreads.get(name)) for name, spread in one.spreads.items()}}
    finishes = dict(Counter(one.finishes) + Counter(other.finishes))
    card = _cards(one.card, other.card) if one.card and other.card else one.card or other.card
    return EngineGauge(**counts, finishes=finishes, spreads=spreads, card=card, experts=_experts(one.experts, other.experts))


def _added(one: SpreadGauge, other: SpreadGauge | None) -> SpreadGauge:
    if other is None or other.bounds != one.bounds:
        return one
    return SpreadGauge(one.bounds, [a + b for a, b in zip(one.counts, other.counts, strict=True)], one.total + other.total)


def _cards(one: Card, other: Card) -> Card:
    """Memory of both, and how busy they are in the mean."""
    busy = [share for share in (one[0], other[0]) if share is not None]
    return sum(busy) / len(busy) if busy else None, one[1] + other[1], one[2] + other[2]


def _experts(one: list[list[int]], other: list[list[int]]) -> list[list[int]]:
    if [len(layer) for layer in one] != [len(layer) for layer in other]:
        return one or other
    return [[a + b for a, b in zip(*layers, strict=True)] for layers in zip(one, other, strict=True)]

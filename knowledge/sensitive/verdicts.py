"""From found words to what is shown: which hits stand, what they do in a direction, how a text looks then.

Knows levels and directions. Does not know how words are found.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from itertools import accumulate

from knowledge.contracts import Direction, Hit, Level
from knowledge.sensitive.rules import Levels, own_level
from knowledge.sensitive.scanner import Found

MASK = "*"
ORDER = {level: strength for strength, level in enumerate(Level)}

# Whoever is warned of a message or gets it handed over has to read it. Of what the bot and agents say nothing stopped is shown.
MASKED: dict[Direction, frozenset[Level]] = {
    Direction.VISITOR: frozenset({Level.MASK, Level.BLOCK}),
    Direction.BOT: frozenset({Level.MASK, Level.HAND_OVER, Level.BLOCK}),
    Direction.AGENT: frozenset({Level.MASK, Level.HAND_OVER, Level.BLOCK}),
}
STOPPING = frozenset({Level.BLOCK, Level.HAND_OVER})


def standing_hits(found: Iterable[Found], spared: Iterable[tuple[int, int]], levels: Levels = own_level) -> list[Hit]:
    """Hits outside every allowed phrase, in order of their start; of several on one span the strongest."""
    phrases = sorted(spared)
    starts = [start for start, _ in phrases]
    reach = list(accumulate((end for _, end in phrases), max))
    by_span: dict[tuple[int, int], Hit] = {}
    for one in found:
        covering = bisect_right(starts, one.start)
        if covering and reach[covering - 1] >= one.end:
            continue
        hit = Hit(one.start, one.end, one.term.text, one.term.category, *levels(one.term))
        known = by_span.get((hit.start, hit.end))
        if known is None or (ORDER[hit.level], hit.term) > (ORDER[known.level], known.term):
            by_span[hit.start, hit.end] = hit
    return [by_span[span] for span in sorted(by_span)]


def mask(text: str, hits: Sequence[Hit], direction: Direction, *, offset: int = 0) -> str:
    """The text, which begins at `offset`, with every character of a masking hit replaced. Hits are in order of their start."""
    levels = MASKED[direction]
    pieces: list[str] = []
    done = offset
    end_of_text = offset + len(text)
    for hit in hits:
        start, end = max(hit.start, done), min(hit.end, end_of_text)
        if hit.level in levels and end > start:
            pieces += (text[done - offset : start - offset], MASK * (end - start))
            done = end
    pieces.append(text[done - offset :])
    return "".join(pieces)

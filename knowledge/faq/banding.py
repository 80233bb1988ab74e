"""What a ranked outcome comes to: a band and why, by its chances, how far the first is ahead, and what speaks for the others.

Knows chances and measures. Does not know FAQs, guards or texts.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from knowledge.contracts import ONE_STANDS_OUT, Band
from knowledge.faq.features import FEATURES, Matrix
from knowledge.faq.fitting import Chances

MAX_OPTIONS = 3
STANDS_OUT = 0.35  # of the first, and well ahead of the second: more often right than its chance says, and what is written from it is checked
AHEAD = 1.5  # times the second's chance
VAGUE_BELOW = 0.7  # a word or two need to be that sure, or many things may be meant
LEAST_THREE = 0.5  # below, the right FAQ is more likely not among the chips: asking back would waste a turn
LEAST_VAGUE = 0.25  # the same for a word or two, which more words will follow anyhow
LEAST_SCOPE = 0.02
CONTESTED_BELOW = 0.6
RIVAL = 0.1  # of a chance: from there on a candidate may be what is meant
_HELD = FEATURES.index("held")


@dataclass(frozen=True, slots=True)
class Ranked:
    """A question's candidates, best first."""

    faqs: tuple[int, ...]
    rows: tuple[int, ...]
    shares: tuple[float, ...]  # of the choice model, summing to 1
    features: Matrix
    signs: Matrix
    chances: Chances
    is_guess: bool = False  # what was ranked is more than what was said, or another than the likeliest leads: never a direct answer

    def each(self) -> tuple[float, ...]:
        return self.chances.each(self.shares)

    @property
    def rivals(self) -> list[int]:
        """Places of those that words speak for where meaning speaks for the first, though not strongly: each is right about as often."""
        if not self.faqs or self.chances.first >= CONTESTED_BELOW:
            return []
        held = self.features[:, _HELD]
        return [place for place, chance in enumerate(self.each()) if chance >= RIVAL and held[place] > held[0]]

    def led_by(self, place: int) -> Ranked:
        """With that one and the first exchanged; the chances stay with the places."""
        order = list(range(len(self.faqs)))
        order[0], order[place] = place, 0
        faqs, rows = (tuple(values[one] for one in order) for values in (self.faqs, self.rows))
        return replace(self, faqs=faqs, rows=rows, features=self.features[order], is_guess=True)


def band_of(ranked: Ranked, *, cut: float, num_likely: int, is_short: bool, is_contested: bool) -> tuple[Band, str]:
    """`num_likely`: how many FAQs belong to the set of those that may be meant; `is_short`: a word or two."""
    if not ranked.faqs:
        return Band.GENERATE, "no_candidate"
    chances = ranked.chances
    if chances.first >= cut and not ranked.is_guess:
        return Band.ANSWER, "faq"
    is_vague = is_short and num_likely >= 2 and chances.first < VAGUE_BELOW
    if is_vague and chances.three >= LEAST_VAGUE:
        return Band.CLARIFY, "vague"  # "refund": the visitor has said too little to guess
    if chances.first >= STANDS_OUT and not is_vague and not is_contested and _is_ahead(ranked.each()):
        # Not enough for its answer word for word: its sentences are evidence.
        return Band.GENERATE, ONE_STANDS_OUT
    if chances.three >= LEAST_THREE and 2 <= num_likely <= MAX_OPTIONS:
        return Band.CLARIFY, "near"
    if chances.scope < LEAST_SCOPE:
        return Band.OUT_OF_SCOPE, "elsewhere"
    return Band.GENERATE, "far"


def _is_ahead(each: Sequence[float]) -> bool:
    return len(each) < 2 or each[0] >= AHEAD * each[1]

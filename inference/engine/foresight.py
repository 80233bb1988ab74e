"""Which guesses are worth a step's time, among all answers that are being written.

A step reads every weight once, which takes as long as computing some rows; each guess is a row more, and brings a token with the
chance that it is right. Answers whose text was foreseen of late get many guesses, others few or none, and the more answers share a
step, the surer a guess has to be. Knows numbers; nothing of models or tokens' meaning.
"""

from __future__ import annotations

import heapq
from collections.abc import Sequence
from itertools import product

READING = 12  # rows whose computing takes as long as reading the weights: measured on two cores, with rows of two digits; 20 changed nothing
_FIRST = 0.5  # chance of an answer's guess of which nothing is known yet
_WEIGHT = 0.2  # of the newest token among those that say how well an answer is foreseen


class Foresight:
    """How likely an answer's next guess is right, learnt from every token that was foreseen, guessed aloud or not."""

    def __init__(self) -> None:
        self.chance = _FIRST
        self._foreseen: Sequence[int] = ()

    def foresee(self, tokens: Sequence[int]) -> None:
        self._foreseen = tokens

    def learn(self, made: Sequence[int]) -> None:
        """The tokens that came instead. What was foreseen behind a wrong one says nothing."""
        for foreseen, token in zip(self._foreseen, made, strict=False):
            self.chance += ((foreseen == token) - self.chance) * _WEIGHT
            if foreseen != token:
                break
        self._foreseen = ()


def allot(chances: Sequence[float], most: Sequence[int], rows: int) -> list[int]:
    """How many guesses each answer gets: those with which a step brings the most tokens for its time, with `rows` at most in all.

    `chances` of each answer's next guess, if those before it were right; `most`: how many it has. The likeliest guess of all comes
    first, and each as long as it brings more than the step's mean.
    """
    allotted = [0] * len(chances)
    used, tokens = len(chances), float(len(chances))
    waiting = [(-chance, number) for number, chance in enumerate(chances) if most[number] > 0]
    heapq.heapify(waiting)
    while waiting and used < rows:
        chance, number = -waiting[0][0], waiting[0][1]
        if chance * (READING + used) <= tokens:
            break
        allotted[number] += 1
        used, tokens = used + 1, tokens + chance
        if allotted[number] < most[number]:
            heapq.heapreplace(waiting, (-chance * chances[number], number))
        else:
            heapq.heappop(waiting)
    return allotted


def slow_allot(chances: Sequence[float], most: Sequence[int], rows: int) -> list[int]:
    """The twin of `allot`: tries everything, and takes the fewest guesses of the best."""
    every = product(*(range(limit + 1) for limit in most))
    possible = [one for one in every if len(chances) + sum(one) <= max(rows, len(chances))]
    best = max(possible, key=lambda one: (rate(chances, one), -sum(one)))
    return list(best)


def rate(chances: Sequence[float], allotted: Sequence[int]) -> float:
    """Tokens for a row's time."""
    tokens = sum(chance**place for chance, guesses in zip(chances, allotted, strict=True) for place in range(guesses + 1))
    return tokens / (READING + len(chances) + sum(allotted))

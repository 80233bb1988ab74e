"""Guesses how a text goes on: as it did the last time that the same words stood there.

Prompt lookup (A. Saxena, "Prompt Lookup Decoding", 2023): an answer drawn from evidence repeats its wording, so the text before
is a good guess at the next tokens, and costs nothing. Knows numbers in a row; nothing of models or of who proves the guess.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

LENGTHS = (3, 2, 1)  # of the endings that are looked up, the longest first


class Lookup:
    """Grows with its text; a guess costs the same however long the text is."""

    def __init__(self, tokens: Iterable[int] = ()) -> None:
        self._tokens: list[int] = []
        self._after: dict[tuple[int, ...], int] = {}  # where the text went on after these tokens, the last time
        self.extend(tokens)

    def __len__(self) -> int:
        return len(self._tokens)

    def extend(self, tokens: Iterable[int]) -> None:
        for token in tokens:
            place = len(self._tokens)
            for length in LENGTHS:
                if place >= length:
                    self._after[tuple(self._tokens[place - length :])] = place
            self._tokens.append(token)

    def guess(self, most: int) -> list[int]:
        """At most so many tokens; none where the text's end is new."""
        for length in LENGTHS:
            place = self._after.get(tuple(self._tokens[-length:]))
            if place is not None:
                return self._tokens[place : place + most]
        return []


def slow_guess(tokens: Sequence[int], most: int) -> list[int]:
    """The twin of `Lookup.guess`: reads the whole text from its end."""
    for length in LENGTHS:
        for place in range(len(tokens) - 1, length - 1, -1):
            if list(tokens[place - length : place]) == list(tokens[-length:]):
                return list(tokens[place : place + most])
    return []

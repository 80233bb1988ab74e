"""A text for a model that need not know whose it is: [phone] in the place of the number, and the number back in what the model writes.

Knows the pieces of one text. The same number has the same word each time; a second one of its kind is [phone 2].
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

from knowledge.personal.finding import find
from knowledge.personal.kinds import WORDS


class Hidden:
    """`text` as the model may see it."""

    def __init__(self, text: str, language: str) -> None:
        self._words: dict[str, str] = {}  # what was written, and the word that stands for it
        self._counts: Counter[str] = Counter()
        pieces, last = [], 0
        for one in find(text):
            pieces += [text[last : one.start], self._word(text[one.start : one.end], WORDS[language][one.kind])]
            last = one.end
        self.text = "".join([*pieces, text[last:]])

    def _word(self, written: str, name: str) -> str:
        if written not in self._words:
            self._counts[name] += 1
            number = self._counts[name]
            self._words[written] = f"[{name} {number}]" if number > 1 else f"[{name}]"
        return self._words[written]

    def restored(self, pieces: Iterable[str]) -> Iterator[str]:
        """What the model wrote, with the words made good. Only what can still become one of them is held back."""
        if not self._words:
            yield from pieces
            return
        held = ""
        for piece in pieces:
            if not piece:  # the engine's pulse
                yield piece
            held += piece
            ready, held = self._split(held)
            if ready := self._made_good(ready):
                yield ready
        if rest := self._made_good(held):
            yield rest

    def _split(self, text: str) -> tuple[str, str]:
        start = text.rfind("[")
        is_open = start >= 0 and any(len(text) - start < len(word) and word.startswith(text[start:]) for word in self._words.values())
        return (text[:start], text[start:]) if is_open else (text, "")

    def _made_good(self, text: str) -> str:
        for written, word in self._words.items():
            text = text.replace(word, written)
        return text

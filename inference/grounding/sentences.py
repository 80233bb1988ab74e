"""Lets an answer through sentence by sentence, as far as each is likely to be supported.

A sentence that repeats the evidence word by word passes as it comes. One in other words waits for its end, or for the end of
a clause up to which it is likely by itself: whatever is seen has been judged. Knows the score, not how it comes about.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Literal

from inference.contracts import Claim
from inference.grounding.asides import without_asides
from inference.grounding.clauses import plain_of, settled_in, words_of
from inference.grounding.parts import cut
from inference.grounding.reckoning import is_reckoned
from inference.grounding.scoring import Scorers
from inference.grounding.signs import SIGNS, Known
from inference.grounding.stopping import Stopping

_HARD = frozenset("\n\r。！？!?")
_PAUSES, _SPACED_PAUSES = frozenset("，；："), frozenset(",;:")  # the latter before a space only: not in 1,000 and 9:00
_CLAUSE_START = re.compile(r"(?:^|[\n。！？!?；;：:，,]\s*|\.\s+)(?=\S)")
ECHO = 0.8  # of the question's letters in one piece
LIKELY = 0.5  # what a sentence that is not whole must reach: more than its whole, of which most that could be wrong has been said
_HEAD = {True: 4, False: 10}  # characters that must repeat before the first is shown, of Chinese and of other text
# Say nothing by themselves; what comes after them is what they mean.
_OPENING = re.compile(
    r"\W*(?:yes|no|sure|of course|ok(?:ay)?|hello|hi|是的?|不是的?|对的?|好的?|您好|你好|可以的?|不可以|不能|能|有的?|没有)\W*", re.IGNORECASE
)


Doubt = Literal["negation", "misplaced", "reckoned", "sentence"]
_TURNED, _MISPLACED, _FIGURES, _UNITS, _COVERED = map(list(SIGNS).index, ("turned", "misplaced", "figures", "units", "covered_all"))
_ALIKE = 0.4  # of a clause's words: two that share less are not about the same
_SHORT = 14  # words, or pairs of characters


def plainly_wrong(signs: Sequence[float]) -> Doubt | None:
    """What needs no score. Of a long sentence or several numbers it is too easily said that one stands with another's words."""
    if signs[_TURNED] >= _ALIKE:
        return "negation"
    return "misplaced" if signs[_MISPLACED] and signs[_FIGURES] <= 1 and signs[_UNITS] <= _SHORT else None


class Splitter:
    """Takes characters one by one; a sentence ends after 。 and !, and after a full stop with a space behind it."""

    def __init__(self) -> None:
        self.text = ""

    def ends_before(self, character: str) -> bool:
        return self.text[-1:] == "." and character.isspace() and not _OPENING.fullmatch(self.text)

    def ends_after(self, character: str) -> bool:
        return character in _HARD and bool(self.text.strip()) and not _OPENING.fullmatch(self.text)

    def pauses_at(self, character: str) -> bool:
        """Whether a clause is whole, with this character behind it or as its last."""
        return character in _PAUSES or (character.isspace() and self.text[-1:] in _SPACED_PAUSES)

    def close(self) -> str:
        text, self.text = self.text, ""
        return text


def sentences_of(text: str) -> Iterator[str]:
    """A whole text, cut as the stream cuts it."""
    return cut(text, Splitter())


def says_nothing(sentence: str) -> bool:
    return not any(character.isalnum() for character in sentence) or _OPENING.fullmatch(sentence) is not None


class SentenceStream(Stopping):
    """Same shape as the claim check: feed, flush, `unsupported`, `support`."""

    def __init__(self, evidence: Sequence[str], conversation: Sequence[str], scorers: Scorers) -> None:
        """`conversation` is what the visitor said, the question first."""
        self._evidence, self._conversation, self._scorers = evidence, conversation, scorers
        self._known = Known(evidence, "\n".join(conversation))
        self._said: list[str] = []
        self._texts = [plain_of(text) for text in evidence]
        self._settled = [settled_in(text) for text in evidence]
        self._starts = [(number, start.end()) for number, text in enumerate(self._texts) for start in _CLAUSE_START.finditer(text)]
        self._copies = self._starts  # those that the sentence so far repeats
        self._copied = 0  # characters of it that do
        self._splitter = Splitter()
        self._held = ""
        self._shown = 0

    def feed(self, piece: str) -> str:
        shown = ""
        for character in piece:
            if self._unsupported:
                break
            shown += self._take(character)
        return shown

    def flush(self) -> str:
        return self._close() if self._splitter.text and not self._unsupported else ""

    def _take(self, character: str) -> str:
        """Character by character, so that any cut of the stream shows the same."""
        ready = self._close() if self._splitter.ends_before(character) else ""
        if self._unsupported:
            return ready
        pauses = self._splitter.pauses_at(character)
        self._splitter.text += character
        self._held += character
        if self._copied or not character.isspace():
            self._follow(character)
            self._copied += 1
        if self._splitter.ends_after(character):
            return ready + self._close()
        is_safe = self._is_safe(character) or (pauses and self._is_likely(self._splitter.text))
        return ready + self._let_go() if is_safe else ready

    def _follow(self, character: str) -> None:
        plain, step = plain_of(character), self._copied
        self._copies = [(number, start) for number, start in self._copies if self._texts[number][start + step : start + step + 1] == plain]

    def _is_safe(self, character: str) -> bool:
        """Whether what is held may be seen at once: only at a word's end, and of a clause nothing that a "not" behind it could turn."""
        if character.isalnum() or self._copied < _HEAD["\u3400" <= character <= "\u9fff"]:
            return False
        return any(self._settled[number][start + self._copied] for number, start in self._copies)

    def _close(self) -> str:
        """The sentence is whole: what of it may be seen."""
        text = self._splitter.close()
        self._said.append(text)
        self._copies, self._copied = self._starts, 0
        kind = self._doubt(text)
        if kind is None:
            return self._let_go()
        end = self._shown + len(self._held)
        self._unsupported = Claim(end - len(text), end, text, kind)
        return ""

    def _let_go(self) -> str:
        ready, self._held = self._held, ""
        self._shown += len(ready)
        return ready

    def _doubt(self, text: str, least: float = 0.0) -> Doubt | None:
        if self._echoes(text):
            return "sentence"
        if says_nothing(text):
            return None
        if is_reckoned(text, self._evidence):
            return "reckoned"
        signs = self._known.signs(text)
        return plainly_wrong(signs) or (None if self._scorers.sentence.passes(signs, least) else "sentence")

    def _is_likely(self, begun: str) -> bool:
        """Whether a sentence up to the end of a clause may be seen: it says something, and the score is for it."""
        return not says_nothing(begun) and self._doubt(begun, LIKELY) is None

    @property
    def support(self) -> float:
        """Of all sentences that came, those that were not shown too."""
        return support_of("".join(self._said), self._known, self._scorers)

    def _echoes(self, text: str) -> bool:
        """Whether the answer begins by asking the question back: a small model at a loss does."""
        question = self._conversation[0] if self._conversation else ""
        said, asked = _letters(text), _letters(question)
        if self._shown or not said:
            return False
        is_question = text.rstrip().endswith(("?", "？")) and {*words_of(plain_of(text))} <= {*words_of(plain_of(question))}
        return is_question or (said in asked and len(said) >= ECHO * len(asked))


def _letters(text: str) -> str:
    return "".join(character for character in plain_of(text) if character.isalnum())


def support_of(answer: str, known: Known, scorers: Scorers) -> float:
    """How likely it is that nothing in the answer is made up, 0 to 1; 1 where nothing is said.

    The mean of four views: the share of words that stand in the evidence, the learned score of the whole, the same without
    the asides, the learned score of its weakest sentence. The learned ones know documents better than chat, the share is the same everywhere.
    """
    if says_nothing(answer):
        return 1.0
    whole = known.signs(answer)
    views = [whole[_COVERED], scorers.answer(whole)]
    said = [sentence for sentence in map(without_asides, sentences_of(answer)) if not says_nothing(sentence)]
    if said:
        views += [scorers.answer(known.signs(without_asides(answer))), min(scorers.sentence(known.signs(sentence)) for sentence in said)]
    return sum(views) / len(views)

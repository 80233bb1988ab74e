"""Lets an answer through sentence by sentence, as far as each is likely to be supported.

A sentence that repeats the evidence word by word passes as it comes; one in other words waits for its end, so that
nothing of an unsupported one is seen. Knows the score, not how it comes about.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from inference.contracts import Claim
from inference.grounding.clauses import plain_of, words_of
from inference.grounding.scoring import Scorer
from inference.grounding.signs import Known, signs_of
from inference.grounding.stopping import Stopping

_HARD = frozenset("\n\r。！？!?")
_CLAUSE_START = re.compile(r"(?:^|[\n。！？!?；;：:，,]\s*|\.\s+)(?=\S)")
ECHO = 0.8  # of the question's letters in one piece
_HEAD = {True: 4, False: 10}  # characters that must repeat before the first is shown, of Chinese and of other text
# Say nothing by themselves; what comes after them is what they mean.
_OPENING = re.compile(
    r"\W*(?:yes|no|sure|of course|ok(?:ay)?|hello|hi|是的?|不是的?|对的?|好的?|您好|你好|可以的?|不可以|不能|能|有的?|没有)\W*", re.IGNORECASE
)


class Splitter:
    """Takes characters one by one; a sentence ends after 。 and !, and after a full stop with a space behind it."""

    def __init__(self) -> None:
        self.text = ""

    def ends_before(self, character: str) -> bool:
        return self.text[-1:] == "." and character.isspace() and not _OPENING.fullmatch(self.text)

    def ends_after(self, character: str) -> bool:
        return character in _HARD and bool(self.text.strip()) and not _OPENING.fullmatch(self.text)

    def close(self) -> str:
        text, self.text = self.text, ""
        return text


def sentences_of(text: str) -> Iterator[str]:
    """A whole text, cut as the stream cuts it; together exactly the text."""
    splitter = Splitter()
    for character in text:
        if splitter.ends_before(character):
            yield splitter.close()
        splitter.text += character
        if splitter.ends_after(character):
            yield splitter.close()
    if splitter.text:
        yield splitter.close()


def says_nothing(sentence: str) -> bool:
    return not any(character.isalnum() for character in sentence) or _OPENING.fullmatch(sentence) is not None


class SentenceStream(Stopping):
    """Same shape as the claim check: feed, flush, `unsupported`."""

    def __init__(self, evidence: Sequence[str], question: str, scorer: Scorer) -> None:
        self._evidence, self._question, self._scorer = evidence, question, scorer
        self._known: Known | None = None  # read when the first sentence is whole: by then the answer has begun
        self._texts = [plain_of(text) for text in evidence]
        self._starts = [(number, start.end()) for number, text in enumerate(self._texts) for start in _CLAUSE_START.finditer(text)]
        self._copies = self._starts
        self._copied = 0
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
        self._splitter.text += character
        self._held += character
        self._follow(character)
        if self._splitter.ends_after(character):
            return ready + self._close()
        is_copy = self._copies and self._copied >= _HEAD["\u3400" <= character <= "\u9fff"]
        return ready + self._let_go() if is_copy and not character.isalnum() else ready

    def _follow(self, character: str) -> None:
        if not self._copied and character.isspace():
            return
        plain, step = plain_of(character), self._copied
        self._copies = [(number, start) for number, start in self._copies if self._texts[number][start + step : start + step + 1] == plain]
        self._copied += 1

    def _close(self) -> str:
        text = self._splitter.close()
        self._copies, self._copied = self._starts, 0
        if self._echoes(text) or (not says_nothing(text) and self.score(text) < self._scorer.least):
            end = self._shown + len(self._held)
            self._unsupported = Claim(end - len(text), end, text, "sentence")
            return ""
        return self._let_go()

    def _echoes(self, text: str) -> bool:
        """Whether the answer begins by asking the question back: a small model at a loss does."""
        said, asked = _letters(text), _letters(self._question)
        if self._shown or not said:
            return False
        is_question = text.rstrip().endswith(("?", "？")) and {*words_of(plain_of(text))} <= {*words_of(plain_of(self._question))}
        return is_question or (said in asked and len(said) >= ECHO * len(asked))

    def score(self, sentence: str) -> float:
        self._known = self._known or Known(self._evidence, self._question)
        return self._scorer(signs_of(sentence, self._known))

    def _let_go(self) -> str:
        ready, self._held = self._held, ""
        self._shown += len(ready)
        return ready


def _letters(text: str) -> str:
    return "".join(character for character in plain_of(text) if character.isalnum())


def support_of(answer: str, evidence: Sequence[str], question: str, scorer: Scorer) -> float:
    """Of the least supported sentence; 1 where nothing is said."""
    known = Known(evidence, question)
    return min((scorer(signs_of(sentence, known)) for sentence in sentences_of(answer) if not says_nothing(sentence)), default=1.0)

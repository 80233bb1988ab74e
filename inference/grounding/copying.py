"""Lets an answer through as far as its words are those of the evidence: for models that are asked to repeat, not to write.

A word of content that the evidence does not have ends the answer before it. Chinese is checked by pairs of characters and
may have short bridges of its own; English word by word, without endings. Numbers and dates in words are left to the claim check. The
first words are held until a few have been checked, so that an answer that goes wrong at once, or only repeats the question, shows nothing.
Knows letters; no meaning.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from inference.contracts import Claim
from inference.grounding.clauses import stem
from inference.grounding.numerals import ZH_NUMERALS
from inference.grounding.segments import is_claim_word
from inference.grounding.stopping import Stopping

HEAD_UNITS = 3  # checked words (or six Chinese characters) before anything is shown
LONGEST_BRIDGE = 4  # Chinese characters in a row that the evidence need not have
LEAST_LETTERS = 4  # shorter English words bind, they tell nothing
_HAN = re.compile(r"[\u3400-\u9fff]")
_TOKEN = re.compile(r"[\u3400-\u9fff]|[A-Za-z][A-Za-z'’-]*|[^A-Za-z\u3400-\u9fff]+")
_JOINS = re.compile(r"[\d/@_:.#?=&%+]")
_SPACE = re.compile(r"\s")
_BINDING_WORDS = """
    about above after again also although always another around because been before being below between both cannot could does doing done down
    each either every from have having here into just like long made make many more most much must need needs never next none nothing once only
    other over please same should since some such than that their them then there these they this those through under until upon very want were
    what when where whether which while will with within without would your yours days hours
"""
_BINDING = frozenset(_BINDING_WORDS.split())


class CopyStream(Stopping):
    """Same shape as the claim check: feed, flush, `unsupported`."""

    def __init__(self, evidence: Sequence[str], question: str = "") -> None:
        text = "\n".join(evidence)
        self._asked = set(_words(question))
        self._pairs = {text[start : start + 2] for start in range(len(text) - 1)}
        self._stems = {stem(word) for word in re.findall(r"[A-Za-z][A-Za-z'’-]*", text)}
        self._pending = ""  # not yet cut into tokens
        self._held = ""  # checked or bridging, not yet shown
        self._bridge = 0
        self._units = 0.0
        self._last = ""
        self._shown = 0

    def feed(self, piece: str) -> str:
        if self._unsupported:
            return ""
        self._pending += piece
        *whole, last = [*_TOKEN.findall(self._pending), ""][:-1] or [""]
        self._pending = last  # a word may still grow
        return self._take(whole, last)

    def flush(self) -> str:
        rest = self._take([self._pending] if self._pending and not self._unsupported else [], "")
        self._pending = ""
        if self._unsupported or not self._held:
            return rest
        said = set(_words(self._held))
        if said and not self._shown and said <= self._asked:
            self._unsupported = Claim(0, len(self._held), self._held, "word")  # a model at a loss repeats the question
            self._held = ""
            return rest
        rest, self._held = rest + self._held, ""
        return rest

    def _take(self, tokens: Sequence[str], following: str) -> str:
        """Token by token, so that any cut of the stream shows the same."""
        ready = ""
        for token, after in zip(tokens, [*tokens[1:], following], strict=False):
            self._held += token
            if not self._is_fine(token):
                end = self._shown + len(ready) + len(self._held)
                self._unsupported = Claim(end - len(token), end, token, "word")
                self._held = ""
                break
            if not self._bridge and self._units >= HEAD_UNITS and not _is_joined(token, after):
                ready, self._held = ready + self._held, ""
        self._shown += len(ready)
        return ready

    def _is_fine(self, token: str) -> bool:
        before, self._last = self._last, token[-1:]
        if _HAN.match(token):
            return self._is_fine_character(before, token)
        if not token[0].isalpha():
            self._bridge = 0
            return True
        self._bridge = 0
        word = token.lower()
        if len(word) < LEAST_LETTERS or word in _BINDING or is_claim_word(word):
            return True
        self._units += 1
        return stem(token) in self._stems

    def _is_fine_character(self, before: str, character: str) -> bool:
        if before + character in self._pairs:
            self._bridge = 0
            self._units += 0.5
            return True
        if character in ZH_NUMERALS:
            return True
        self._bridge += 1
        return self._bridge <= LONGEST_BRIDGE


def _words(text: str) -> list[str]:
    return [token.lower() for token in _TOKEN.findall(text) if token[0].isalpha()]


def _is_joined(token: str, after: str) -> bool:
    """Of an address or a name such as MT-302 nothing is shown before all of it was checked."""
    if not token.isascii():
        return False
    return bool(_JOINS.match(after)) if token[0].isalpha() else not _SPACE.search(token)

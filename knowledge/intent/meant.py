"""Whether a request that was named is meant: what a no, a question or a thing's name beside it do to it.

A no before the request denies it unless it is bound to something else: it is said of the bot, it has an object of its own ("no answer"), or a
new wish begins behind that ("I cannot find it let me …"). Behind the request only what takes it back denies it: "a person, not a bot" asks for
one. Knows words (speech.json); no intents.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import accumulate
from typing import Literal

from knowledge.intent import speech
from knowledge.intent.speech import Word

Doubt = Literal["", "asks", "denies"]

_ASKING = ("吗", "么")
_ARTICLES = ("a", "an", "the", "any", "another", "your", "some")
_EMPTY = ("fillers", "negations", "refusals", "no_denials", "reaches_on", "wishes")


@dataclass(frozen=True)
class Clause:
    """The words around a request up to the next full stop or comma, and the clause behind it. The request is `said[first:last]`.

    Whatever is looked up is looked up once: a visitor may write a thousand noes.
    """

    said: Sequence[Word]
    first: int
    last: int
    following: Sequence[Word]
    _found: dict[str, set[int]] = field(default_factory=dict)

    @cached_property
    def doubt(self) -> Doubt:
        if any(not self._is_bound(place) for place in self._denied) or self._is_taken_back():
            return "denies"
        return "asks" if self._is_asked() else ""

    @cached_property
    def idle(self) -> set[int]:
        """Places of words that say nothing of the request: what does not work, and what a no beside it is bound to."""
        bound = next((place for place in self._denied if self._is_bound(place)), self.first)
        return self._marked("no_denials") | set(range(bound, self.first))

    def _marked(self, name: str) -> set[int]:
        if name not in self._found:
            self._found[name] = speech.marked(self.said, name)
        return self._found[name]

    @cached_property
    def _denied(self) -> list[int]:
        """The places of every no before the request that is one."""
        found = (self._marked("negations") | self._marked("refusals")) - self._marked("no_denials") - self._marked("pleas")
        return [place for place in sorted(found) if place < self.first]

    def _is_bound(self, place: int) -> bool:
        """A verb or a plain no denies what it stands at; "don't" and 不要 reach on to the end of what is one wish."""
        if place < self._last_before("bots"):
            return True
        return self._says_more(place + 1, self._last_before("wishes") if self._reaches(place) else self.first)

    def _last_before(self, name: str) -> int:
        """-1 where there is none. A wish may begin with the request's own first word."""
        places = self._marked(name) - self._marked("reaches_on")
        return max((place for place in places if place <= self.first - (name == "bots")), default=-1)

    def _reaches(self, place: int) -> bool:
        return place in self._marked("negations") and (not self.said[place].text.isascii() or self._is_linked)

    @cached_property
    def _is_linked(self) -> bool:
        """ "I don't … to talk to", not "you didn't answer talk to"."""
        before = next((word.text for word in reversed(self.said[: self.first]) if word.text not in _ARTICLES), "")
        return before in speech.listed("links")

    def _is_taken_back(self) -> bool:
        back = [place for place in self._marked("takes_back") if place >= self.last]
        if back and not self._says_more(max(back) + 1, len(self.said)):
            return True
        alone = speech.marked(self.following, "takes_back")
        return bool(alone) and content_of(word for place, word in enumerate(self.following) if place not in alone) == 0

    def _is_asked(self) -> bool:
        beside = set(range(len(self.said))) - set(range(self.first, self.last)) - self._marked("pleas")
        if any(self._is_cue(place) for place in self._marked("cues") & beside):
            return True
        opened = next((place for place in range(len(self.said)) if place not in self._marked("openers")), self.first)
        if opened in self._marked("opens_a_question") & beside:
            return True
        things, asking = self._marked("part_of_a_thing"), self.said[-1].text in _ASKING
        skipped = self._marked("fillers") - things | self._marked("no_denials")
        behind = next((place for place in range(self.last, len(self.said)) if place not in skipped), -1)
        return behind in things or (asking and opened == self.first and self._says_more(self.last, len(self.said)))  # 人工客服态度好吗

    def _is_cue(self, place: int) -> bool:
        """But "it did not help" and "it doesn't help" ask nothing."""
        if not self.said[place].text.isascii():
            return True
        is_stated = place + 1 < len(self.said) and self.said[place + 1].text == "not"
        return not is_stated and place not in self._marked("no_denials")

    def _says_more(self, start: int, end: int) -> bool:
        """Whether there is content between these places: more than fillers, noes and what a no reaches on through."""
        return end > start and self._sums[end] > self._sums[start]

    @cached_property
    def _sums(self) -> list[int]:
        empty = set().union(*(self._marked(name) for name in _EMPTY))
        return [0, *accumulate(0 if place in empty else word.weight for place, word in enumerate(self.said))]


def content_of(words: Iterable[Word]) -> int:
    """How much these words say once fillers are gone."""
    chosen = list(words)
    fillers = speech.marked(chosen, "fillers")
    return sum(word.weight for place, word in enumerate(chosen) if place not in fillers)

"""Phrase rules: a message that is made of an editor's phrase, or nearly so, needs no meaning to be understood.

Knows greetings before a question and requests inside a clause; whether these are meant, `meant` knows. Does not know vectors.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from knowledge.contracts import OUT_OF_SCOPE, IntentAction
from knowledge.intent import speech
from knowledge.intent.definitions import IntentDefinition
from knowledge.intent.meant import Clause, Doubt, content_of
from knowledge.intent.speech import Phrase, Word

WHOLE, PART = 0.98, 0.92  # how sure a phrase makes: alone, or beside a few other words
MOST_REQUESTS = 12  # for a person, in one message; nobody means more
SHORT_REQUEST = 4  # content beside a request for a person: about two words
SHORT_TOPIC = 2
SUBSTANTIAL = 4  # content beside small talk that is a question of its own


@dataclass(frozen=True, slots=True)
class Match:
    intent: IntentDefinition
    phrase: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Reading:
    """What the phrases say. `remainder` is the message without small talk; `is_substantial` says that it is a matter of its own."""

    intent: IntentDefinition | None = None
    phrase: str = ""
    probability: float = 0.0
    remainder: str = ""
    around: str = ""  # the small talk around the remainder: its intent's key
    is_substantial: bool = False
    is_empty: bool = False
    doubt: Doubt = ""  # a request was named, but only asked about, or declined


class PhraseRules:
    def __init__(self, definitions: Sequence[IntentDefinition]) -> None:
        entries = [(speech.as_phrase(text), text, intent) for intent in definitions for text in intent.all_phrases]
        entries.sort(key=lambda entry: -len(entry[0]))
        self._entries: list[tuple[Phrase, str, IntentDefinition]] = [entry for entry in entries if entry[0]]

    def read(self, text: str) -> Reading:
        words = speech.split(text)
        if not words:
            return Reading(is_empty=True)
        matches = self._matches(words)
        asked_for = [match for match in matches if _is_decisive(match.intent)]
        requests = [_request(words, match, matches) for match in asked_for[:MOST_REQUESTS]]
        if granted := next((request for request in requests if request.intent), None):
            return granted
        doubt: Doubt = next((request.doubt for request in requests if request.doubt), "")
        return replace(_topic(words, matches) or _small_talk(text, words, matches), doubt=doubt)

    def _matches(self, words: Sequence[Word]) -> list[Match]:
        """Longest first and never overlapping, in the order of the message."""
        taken: set[int] = set()
        found: list[Match] = []
        said = {word.text for word in words}
        for phrase, text, intent in self._entries:
            if not said.issuperset(phrase):
                continue
            for start in speech.places(words, phrase):
                span = range(start, start + len(phrase))
                if taken.isdisjoint(span):
                    taken.update(span)
                    found.append(Match(intent, text, start, start + len(phrase)))
        return sorted(found, key=lambda match: match.start)


def _is_decisive(intent: IntentDefinition) -> bool:
    """A person, a complaint, or what the company does not talk about; what is merely elsewhere is no reason to hear nothing else."""
    return intent.action is IntentAction.HANDOFF or (intent.action is IntentAction.REFUSE and intent.key != OUT_OF_SCOPE)


def _request(words: Sequence[Word], match: Match, matches: Sequence[Match]) -> Reading:
    """A clause that asks for a person or complains decides, whatever else is said; one that asks when or how does not."""
    small_talk = _covered(other for other in matches if other.intent.action is IntentAction.CHITCHAT)
    inside = range(match.start, match.end)
    clauses = {words[index].clause for index in inside}
    places = [index for index, word in enumerate(words) if word.clause in clauses and (index in inside or index not in small_talk)]
    first = places.index(match.start)
    behind = [word for word in words if word.clause > max(clauses)]
    following = [word for word in behind if word.clause == behind[0].clause]
    clause = Clause([words[index] for index in places], first, first + len(inside), following)
    if clause.doubt:
        return Reading(doubt=clause.doubt)
    idle = {places[place] for place in clause.idle}
    rest = set(places) - set(inside)
    if _content(words, rest - idle) > SHORT_REQUEST:
        return Reading()
    return Reading(match.intent, match.phrase, PART if rest else WHOLE)


def _topic(words: Sequence[Word], matches: Sequence[Match]) -> Reading | None:
    """A phrase of any other intent decides when it is nearly all that is said."""
    rest = set(range(len(words))) - _covered(matches)
    for match in matches:
        if match.intent.action in (IntentAction.REFUSE, IntentAction.QUESTION):
            content = _content(words, rest - speech.marked(words, "cues"))
            return Reading(match.intent, match.phrase, WHOLE if not rest else PART) if content <= SHORT_TOPIC else None
    return None


def _small_talk(text: str, words: Sequence[Word], matches: Sequence[Match]) -> Reading:
    talk = [match for match in matches if match.intent.action is IntentAction.CHITCHAT]
    if not talk:
        return Reading()
    covered = _covered(talk)
    rest = set(range(len(words))) - covered
    content = _content(words, rest)
    asks = bool(speech.marked([words[index] for index in sorted(rest)], "cues"))
    last = talk[-1]
    if content == 0 and not asks:
        return Reading(last.intent, last.phrase, PART if rest else WHOLE)
    remainder = speech.without(text, words, covered)
    return Reading(remainder=remainder, around=talk[0].intent.key, is_substantial=asks or content >= SUBSTANTIAL or speech.ends_asking(remainder))


def _covered(matches: Iterable[Match]) -> set[int]:
    return {index for match in matches for index in range(match.start, match.end)}


def _content(words: Sequence[Word], indices: set[int]) -> int:
    return content_of(words[index] for index in sorted(indices))

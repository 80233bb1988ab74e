"""Which listed words flag ordinary speech: proposed for refusal, each with the reason and the texts that it flags.

Three witnesses: clean texts (what ships, and a company's own last messages), words that everybody uses, and the chance that
ordinary text holds the word. What the starter list flags anyway is spared, grave words by the last two. Proposes; whoever owns the list decides.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache

from knowledge.sensitive.matcher import Matcher, build_matcher
from knowledge.sensitive.ordinary.chance import chance, is_made_of_said, is_pinyin
from knowledge.sensitive.ordinary.standing import hits_by_text, standing
from knowledge.sensitive.ordinary.texts import listed, ordinary_texts
from knowledge.sensitive.starter import starter_terms
from knowledge.sensitive.terms import Term, normalise_term

MOST_TEXTS = 3  # shown for a word
# How often all words together may flag ordinary text by chance: one message of a dozen words in three thousand.
BUDGET = 1 / 3000 / 12
MOST_COMMON = 1e-5  # no single word above this share of all words
MOST_OF_MESSAGES = 0.002  # of a company's own messages, which are not all clean


class Why(StrEnum):
    USED = "used"  # stands in clean texts
    COMMON = "common"  # a word that everybody uses
    CHANCE = "chance"  # ordinary text holds it often enough
    SHORT = "short"  # too short to mean anything: "64", "av"


@dataclass(frozen=True, slots=True)
class Refusal:
    """A listed word that should not be accepted; `texts` are the first clean ones that it flags."""

    text: str
    why: Why
    texts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Vetted:
    accepted: tuple[Term, ...]
    refused: tuple[Refusal, ...]


def vet(terms: Sequence[Term], messages: Sequence[str] = (), texts: Iterable[str] = ()) -> Vetted:
    """`messages`: the last of a company, of which some may be abusive; `texts`: further clean ones beside those that ship."""
    forms = {term.text: normalise_term(term.text) for term in terms}
    used = standing(terms, [*ordinary_texts(), *texts])
    said = {word: found for word, found in standing(terms, messages).items() if len(found) > max(1.0, MOST_OF_MESSAGES * len(messages))}
    chances = {word: chance(form) for word, form in forms.items() if word not in used}
    bar = _bar(chances.values())
    spared = _in_starter(list(forms))
    refused: dict[str, Refusal] = {}
    for word, form in forms.items():
        if word in spared:
            continue
        why = Why.USED if word in used else _why(form, is_said=word in said, is_frequent=chances[word] > bar)
        if why:
            refused[word] = Refusal(word, why, tuple(used.get(word, said.get(word, ()))[:MOST_TEXTS]))
    return Vetted(tuple(term for term in terms if term.text not in refused), tuple(refused.values()))


def _why(form: str, *, is_said: bool, is_frequent: bool) -> Why | None:
    is_grave = form in _forms("grave.txt")
    if is_said and not is_grave:
        return Why.USED
    if form in _forms("words.txt"):
        return Why.COMMON
    if is_grave:
        return None
    if _is_short(form):
        return Why.SHORT
    if is_pinyin(form) or is_made_of_said(form):
        return Why.COMMON
    return Why.CHANCE if is_frequent else None


def _in_starter(words: Sequence[str]) -> set[str]:
    return {words[place] for place, _ in hits_by_text(_starter(), words)}


def _bar(chances: Iterable[float]) -> float:
    """The share above which a word costs more than the whole list may."""
    spent = 0.0
    for share in sorted(chances):
        spent += share
        if spent > BUDGET or share > MOST_COMMON:
            return share * (1 - 1e-9)
    return MOST_COMMON


def _is_short(form: str) -> bool:
    return form.isascii() and (len(form) <= 2 or (form.isdigit() and len(form) <= 6))


@cache
def _starter() -> Matcher:
    return build_matcher([starter_terms()])


@cache
def _forms(name: str) -> frozenset[str]:
    """Normalised words of a file of ordinary or grave ones."""
    return frozenset(map(normalise_term, listed(name)))

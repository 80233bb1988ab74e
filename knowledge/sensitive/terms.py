"""Listed words, compiled: every prefix of every word in the form in which texts are read.

Knows word lists, inflection and which list wins. Does not know texts.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter

from knowledge.contracts import Level
from knowledge.sensitive.characters import BREAKS, CHARACTERS, LEET_SYMBOLS, Edge, Kind, edge_of

RULES = "words-6"  # part of every version: raise it when the rules of reading change
MAX_TERM = 100
MIN_LATIN = 2
MIN_DOUBLED = 4
LETTERS = re.compile("[a-z]+")
MOST_CUT_OFF = 2  # letters at the end of a word that a space may cut off one by one: "fuc k", "fu c k"


@dataclass(frozen=True, slots=True)
class Term:
    """A listed word. Its language decides whether it is inflected."""

    text: str
    category: str = ""
    level: Level = Level.BLOCK
    language: str = ""


@dataclass(frozen=True, slots=True)
class Words:
    """Compiled lists. `inner` holds every proper prefix, `whole` every complete form; allowed phrases likewise.

    `doubled` are the forms in which one letter more than their own is enough: "shiit". Not "asses": "assess" is another word.
    `cut_off` holds the prefixes whose last letter a space may cut off from the letters before it, `parted` all those behind whose
    last letters a space may stand: before such a letter, another word, or what is no letter.
    """

    terms: tuple[Term, ...]
    whole: dict[str, Term]
    inner: frozenset[str]
    doubled: frozenset[str]
    cut_off: frozenset[str]
    parted: frozenset[str]
    allowed: frozenset[str]
    allowed_inner: frozenset[str]
    longest_allowed: int
    refused: tuple[str, ...]
    version: str


def normalise_term(text: str) -> str:
    """A listed word as texts are read; a space stays only between two Latin words or numbers."""
    text = text.strip()
    read = text if LEET_SYMBOLS.keys().isdisjoint(text) else "".join(_with_signs_read(text))
    result = ""
    for piece in _parts(read):
        spaced = result and piece and edge_of(result[-1]) and edge_of(piece[0])
        result += f" {piece}" if spaced else piece
    return result


def _parts(text: str) -> list[str]:
    """What stands between spaces and ends of sentences, as texts are read."""
    return text.translate(_SPACES_KEPT).split("\n")


class _SpacesKept(dict[int, str]):
    """For `str.translate`: symbols, and an end of line for every space or end."""

    def __missing__(self, code: int) -> str:
        entry = CHARACTERS[chr(code)]
        value = self[code] = "\n" if entry.kind in (Kind.SPACE, Kind.BREAK) else entry.symbols
        return value


_SPACES_KEPT = _SpacesKept()


def _with_signs_read(text: str) -> Iterator[str]:
    """Each character, or the letter that a leet sign or a digit beside one stands for."""
    for place, char in enumerate(text):
        letters = CHARACTERS[char].letters[:1]
        is_letter = _is_beside_signs(text, place) if CHARACTERS[char].symbols else _is_in_word(text, place)
        yield letters if letters and is_letter else char


def _is_beside_signs(text: str, place: int) -> bool:
    """Where one leet sign of a listed word is a letter, its digits are letters too: "l@dyb0i"."""
    piece = _piece(text, place)
    return any(char in LEET_SYMBOLS and _is_in_word(piece, at) for at, char in enumerate(piece))


def _piece(text: str, place: int) -> str:
    """What stands around a place without a space."""
    start = max(text.rfind(space, 0, place) for space in " \t\n") + 1
    return text[start:].split(maxsplit=1)[0]


def _is_in_word(text: str, place: int) -> bool:
    """A leet sign of a listed word is a letter ("a$$") unless it belongs to a number ("$500") or stands in Chinese."""
    if CHARACTERS[text[place + 1 : place + 2] or " "].edge is Edge.DIGIT or not all(edge_of(char) for char in _piece(text, place) if char.isalnum()):
        return False
    before = text[:place].rstrip("".join(LEET_SYMBOLS))[-1:]
    after = text[place:].lstrip("".join(LEET_SYMBOLS))[:1]
    return any(CHARACTERS[char].edge is Edge.LETTER for char in before + after)


def fold_literal(text: str) -> str:
    """An allowed phrase as the allow-list reads texts: folded, nothing dropped."""
    return "".join(CHARACTERS[char].literal for char in text.strip())


def inflections(form: str) -> list[str]:
    """The regular English forms of a word. Longer suffixes only where the stem is long enough not to become another word."""
    last = form.rsplit(" ", 1)[-1]
    if len(last) < 3 or not last.isascii() or not last.isalpha():
        return []
    plural = form + ("es" if last.endswith(("s", "x", "z", "ch", "sh")) else "s")
    if len(last) < 4:
        return [plural]
    stem = form.removesuffix("e")
    return [plural, stem + "ed", stem + "ing"]


def compile_words(lists: Sequence[Iterable[Term]], allowed: Iterable[str] = ()) -> Words:
    """A later list wins over an earlier one; inside one list the strongest level does."""
    chosen: dict[str, Term] = {}
    refused: list[str] = []
    for terms in lists:
        layer: dict[str, Term] = {}
        for term in terms:
            form = normalise_term(term.text)
            if not _is_acceptable(form) or _is_in_parts(term.text):
                refused.append(term.text)
            elif form not in layer or _strength(term) > _strength(layer[form]):
                layer[form] = term
        chosen.update(layer)
    whole = dict(chosen)
    doubled: set[str] = set()
    for form, term in chosen.items():
        forms = [form, *(inflections(form) if term.language != "zh" else ())]
        for each in forms:
            whole.setdefault(each, term)
        if _may_be_doubled(form):
            doubled.update(forms)
    phrases = frozenset(filter(None, map(fold_literal, allowed)))
    cut_off, before_others = _at_spaces(whole)
    return Words(
        terms=tuple(chosen.values()),
        whole=whole,
        inner=_prefixes(whole),
        doubled=frozenset(doubled),
        cut_off=cut_off,
        parted=frozenset(prefix[:-1] for prefix in cut_off) | before_others,
        allowed=phrases,
        allowed_inner=_prefixes(phrases),
        longest_allowed=max(map(len, phrases), default=0),
        refused=tuple(refused),
        version=_checksum(chosen, phrases),
    )


def _strength(term: Term) -> int:
    return list(Level).index(term.level)


def can_be_listed(text: str) -> bool:
    """Whether texts can be searched for it; compiled lists leave others out."""
    return _is_acceptable(normalise_term(text))


def _is_acceptable(form: str) -> bool:
    """One letter or one digit would flag half of all texts; one Han character may be meant."""
    return 0 < len(form) <= MAX_TERM and (len(form) >= MIN_LATIN or not edge_of(form))


def _may_be_doubled(form: str) -> bool:
    letters = form.replace(" ", "")
    return len(letters) >= MIN_DOUBLED and letters.isascii() and letters.isalpha()


def _is_in_parts(text: str) -> bool:
    """With the end of a sentence inside: no word is read across one."""
    if BREAKS.isdisjoint(text):
        return False
    marks = "".join("b" if CHARACTERS[char].kind is Kind.BREAK else "w" for char in text if CHARACTERS[char].kind in (Kind.WORD, Kind.BREAK))
    return "b" in marks.strip("b")


def _at_spaces(forms: Iterable[str]) -> tuple[frozenset[str], frozenset[str]]:
    """Prefixes that end in one of the last letters of a word, not its first ("a" and "i" are words by themselves);
    prefixes that end where letters end and the form goes on.
    """
    cut_off, before_others = set(), set()
    for form in forms:
        for start, end in _letter_runs(form):
            for place in range(max(start + 1, end - MOST_CUT_OFF), end):
                if form[place] not in "ai":
                    cut_off.add(form[: place + 1])
            if end < len(form):
                before_others.add(form[:end])
    return frozenset(cut_off), frozenset(before_others)


def _letter_runs(form: str) -> Iterator[tuple[int, int]]:
    """From where to where letters stand beside one another."""
    if form.isascii():
        return (run.span() for run in LETTERS.finditer(form))
    edges = list(map(edge_of, form))
    return _runs_of_letters(edges) if Edge.LETTER in edges else iter(())


def _runs_of_letters(edges: Sequence[Edge]) -> Iterator[tuple[int, int]]:
    start = 0
    for edge, run in groupby(edges):
        end = start + len(list(run))
        if edge is Edge.LETTER:
            yield start, end
        start = end


def _prefixes(forms: Iterable[str]) -> frozenset[str]:
    found: set[str] = set()
    for form in forms:
        for length in range(len(form) - 1, 0, -1):
            if form[:length] in found:
                break  # and with it every shorter one
            found.add(form[:length])
    return frozenset(found)


def _checksum(chosen: dict[str, Term], phrases: Iterable[str]) -> str:
    terms = [f"{form}\t{term.text}\t{term.category}\t{term.level}\t{term.language}" for form, term in sorted(chosen.items(), key=itemgetter(0))]
    told = "\n".join([RULES, *terms, *(f"+{phrase}" for phrase in sorted(phrases))])
    return hashlib.sha256(told.encode("utf-8", "surrogatepass")).hexdigest()[:16]

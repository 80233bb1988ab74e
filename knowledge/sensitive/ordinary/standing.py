"""Which of many words stand in many texts, and in which: what `Matcher.check` says of each text, for a tenth of the time.

The texts are read as the lines of one, because no word reaches across the end of a line; and a matcher is built only of words whose letters
stand there at all. Does not know what the texts are.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from itertools import accumulate

from knowledge.sensitive.automata import automaton_of
from knowledge.sensitive.matcher import Matcher, build_matcher
from knowledge.sensitive.starter import starter_allowed
from knowledge.sensitive.terms import Term, normalise_term
from knowledge.sensitive.views import bare_of, gapped_of, leet_of, squeezed_of


def standing(terms: Sequence[Term], texts: Sequence[str]) -> dict[str, list[str]]:
    """By word the texts in which it stands."""
    found: dict[str, list[str]] = defaultdict(list)
    if not texts:
        return found
    words = build_matcher([_possible(terms, texts)], starter_allowed())
    for place, word in hits_by_text(words, texts):
        found[word].append(texts[place])
    return found


def hits_by_text(words: Matcher, texts: Sequence[str]) -> Iterator[tuple[int, str]]:
    """Which text and which word, each pair once, in the order of the texts."""
    begins = list(accumulate((len(text) + 1 for text in texts), initial=0))
    hits = words.find("\n".join(texts))
    yield from dict.fromkeys((bisect_right(begins, hit.start) - 1, hit.term) for hit in hits)


def _possible(terms: Sequence[Term], texts: Iterable[str]) -> list[Term]:
    """Those whose letters stand side by side in one of the texts, repeated ones as one."""
    gapped = gapped_of("\n".join(texts))
    lines = _alike("\n".join((bare_of(gapped), leet_of(gapped))))
    letters = [_letters(term) for term in terms]
    listed = sorted({*letters} - {""})
    found = {listed[index] for index, _, _ in automaton_of(listed).find_matches_as_indexes(lines, overlapping=True)}
    return [term for term, own in zip(terms, letters, strict=True) if own in found]


def _letters(term: Term) -> str:
    """Without the "e" that falls off before "ing"."""
    return _alike(normalise_term(term.text).replace(" ", "").removesuffix("e"))


def _alike(view: str) -> str:
    return squeezed_of(view.replace("l", "i"))

"""How far a sentence says what the evidence says, clause by clause: with the same "not", each number with its own words.

Compares words only, so it sees what was turned or swapped, not what was made up. Gives signs; what they weigh is learned.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from inference.grounding.claims import Key
from inference.grounding.clauses import Clause, Figure, clauses_of, repeats

_NAME = 2  # words
_ALIKE = {True: 3, False: 2}  # pairs of characters, other words: who affirms and shares fewer may say anything


class Fit:
    """The clauses of the evidence, and how much of a sentence departs from them."""

    def __init__(self, evidence: Sequence[str]) -> None:
        self._known = [clause for text in evidence for clause in clauses_of(text)]
        self._figures = [figure for clause in self._known for figure in clause.figures]
        self._saying = [clause for clause in self._known if not clause.plain.endswith(":")]  # a heading affirms nothing
        self._counts = Counter(word for clause in self._known for word in {*clause.words})

    def of(self, sentence: str) -> tuple[float, float, float, float]:
        """How alike the most alike clause is whose "not" the sentence turns round, 0 to 1; how many such clauses; how alike the most alike
        clause is that denies where the sentence does not, or the other way round, whatever is denied; how many figures are misplaced."""
        clauses = list(clauses_of(sentence))
        misplaced = sum(not stands_right(figure, self._figures) for clause in clauses for figure in clause.figures)
        turned, differ = [], 0.0
        for clause in clauses:
            likeness, alike = self._most_alike(clause)
            if _is_name(clause):
                continue
            if alike and not any(_deny_alike(clause, other) for other in alike):
                turned.append(likeness)
            if alike and not any(bool(clause.denied) == bool(other.denied) for other in alike):
                differ = max(differ, likeness)
        return max(turned, default=0.0), float(len(turned)), differ, float(misplaced)

    def _most_alike(self, clause: Clause) -> tuple[float, list[Clause]]:
        """By shared words; those that stand in many clauses, as a heading's do, weigh less."""
        words = frozenset(clause.words)
        shared = [sum(1 / self._counts[word] for word in words.intersection(other.words)) for other in self._saying]
        most = max(shared, default=0.0)
        alike = [other for other, value in zip(self._saying, shared, strict=True) if most and value >= most - 1e-9]
        both = max((len(words.intersection(other.words)) for other in alike), default=0)
        return (both / len(words), alike) if both >= _ALIKE[clause.plain > "z"] - bool(clause.denied) else (0.0, [])


def _is_name(clause: Clause) -> bool:
    """A word or two of English and nothing that binds them: who asks for a name is told no more."""
    return not clause.denied and clause.plain.isascii() and len(clause.plain.split()) == len(clause.words) <= _NAME


def _deny_alike(clause: Clause, other: Clause) -> bool:
    """Whether each denies as much of what both say as the other does."""
    if repeats(clause, other):
        return True
    here = sum(other.has(denied) for denied in clause.denied)
    there = sum(clause.has(denied) for denied in other.denied)
    return here == there or bool(clause.denied) == bool(other.denied)


def stands_right(figure: Figure, known: Sequence[Figure]) -> bool:
    """Whether every number stands with words of its own, not with those of another number of its kind."""
    return all(_is_in_place(key, figure, known) for key in figure.found.keys)


def _is_in_place(key: Key, figure: Figure, known: Sequence[Figure]) -> bool:
    homes = [other for other in known if key in other.found.keys]
    rivals = [other for other in known if any(other_key[0] == key[0] for other_key in other.found.keys) and _says_other(other, figure)]
    return not homes or any(all(_is_nearer(figure, home, rival) for rival in rivals) for home in homes)


def _says_other(other: Figure, figure: Figure) -> bool:
    """A date with its year is not another date."""
    return {key[-2:] for key in other.found.keys}.isdisjoint(key[-2:] for key in figure.found.keys)


def _is_nearer(figure: Figure, home: Figure, rival: Figure) -> bool:
    """By the words that only one of the two has. Words that one may have left out, as its sentence said them before, weigh less."""
    words = [word for word in figure.words if len(word) > 1 or word <= "z"]  # 个 and 度 stand with any number
    ours = [word for word in words if word in home.words and word not in rival.words]
    theirs = [word for word in words if word in rival.words and word not in home.words]
    if not ours or not theirs:
        return not theirs
    ours, theirs = [word for word in ours if word not in rival.earlier], [word for word in theirs if word not in home.earlier]
    if not ours or not theirs:
        return not theirs
    return figure.words.index(ours[0]) < figure.words.index(theirs[0])

"""The filter that a company would have with these lexicon files: each file vetted as an import vets it, then compiled.

Knows files and vetting. Does not know labelled texts.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from knowledge.sensitive.evaluation.rows import BenchError
from knowledge.sensitive.lexicons import ALLOW, LexiconError, lexicon_read
from knowledge.sensitive.matcher import Matcher, build_matcher
from knowledge.sensitive.starter import starter_allowed, starter_terms
from knowledge.sensitive.terms import Term
from knowledge.sensitive.vetting import Refusal, vet


@dataclass(frozen=True, slots=True)
class Loaded:
    matcher: Matcher
    vetoed: tuple[Refusal, ...]
    words: int  # accepted, of the files
    unusable: tuple[str, ...]  # words that the matcher cannot take: empty after reading, too long


def filter_of(paths: Sequence[Path], *, with_starter: bool, with_vetting: bool) -> Loaded:
    lists: list[Sequence[Term]] = [starter_terms()] if with_starter else []
    allowed = list(starter_allowed()) if with_starter else []
    vetoed: list[Refusal] = []
    for path in paths:
        terms, phrases = read_terms(path)
        allowed += phrases
        if with_vetting:
            vetted = vet(terms)
            terms, vetoed = list(vetted.accepted), [*vetoed, *vetted.refused]
        lists.append(terms)
    if not lists:
        raise BenchError("nothing to filter by: name a lexicon or --starter")
    matcher = build_matcher(lists, allowed)
    return Loaded(matcher, tuple(vetoed), sum(map(len, lists[int(with_starter) :])), matcher.words.refused)


def read_terms(path: Path) -> tuple[list[Term], list[str]]:
    try:
        rows = lexicon_read(path.name, path.read_bytes())
    except OSError as error:
        raise BenchError(f"{path}: {error}") from error
    except LexiconError as error:
        raise BenchError(str(error)) from error
    return [row.as_term() for row in rows if row.level != ALLOW], [row.term for row in rows if row.level == ALLOW]

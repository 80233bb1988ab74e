"""How well personal data is found: recall and precision by kind and language, and how fast.

A piece counts as found where findings of its kind cover every letter and digit of it; a finding counts as right where it touches a piece
of its kind.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from knowledge.evaluation.personal_lines import Line
from knowledge.personal.finding import Personal, find

SHOWN = 20
HOSTILE = {
    **{"digits": "1234567890", "one digit": "1", "spaced digits": "1 3 8 0 ", "separators": " -.()"},
    **{"mail signs": "a@", "doors": "1栋", "roads": "路1号"},
}
HOSTILE_BYTES = 1_000_000


def personal_figures(lines: Sequence[Line], finder: Callable[[str], list[Personal]] = find) -> dict[str, Any]:
    finder("+1 415 555 2671")  # what loads on first use
    start = time.process_time()
    found = [finder(line.text) for line in lines]
    seconds = time.process_time() - start
    counts: Counter[tuple[str, str]] = Counter()
    wrong: list[dict[str, str]] = []
    for line, findings in zip(lines, found, strict=True):
        for group, name, text in _judged(line, findings):
            counts[group, name] += 1
            if name in ("missed", "false") and group == "all":
                wrong.append({name: text, "in": line.text})
    groups = sorted({group for group, _ in counts} - {"all"})
    size = sum(len(line.text.encode()) for line in lines)
    return {
        "lines": len(lines),
        "clean_lines": sum(not line.spans for line in lines),
        **_shares(counts, "all"),
        "by": {group: _shares(counts, group) for group in groups},
        "mb_per_s": round(size / 1e6 / seconds, 2) if seconds else None,
        "examples": wrong[:SHOWN],
    }


def hostile_seconds() -> dict[str, float]:
    """Each a megabyte of what makes bad patterns slow."""
    found = {}
    for name, piece in HOSTILE.items():
        text = piece * (HOSTILE_BYTES // len(piece.encode()))
        start = time.process_time()
        find(text)
        found[name] = round(time.process_time() - start, 3)
    return found


def _judged(line: Line, findings: list[Personal]) -> Iterator[tuple[str, str, str]]:
    """(group, what, piece): each counts for all, for its kind, its language and both."""
    told = [(kind, "found" if _is_covered(line.text, kind, (start, end), findings) else "missed", start, end) for kind, start, end in line.spans]
    told += [(one.kind, "right" if _is_right(one, line) else "false", one.start, one.end) for one in findings]
    for kind, name, start, end in told:
        for group in ("all", kind, line.language, f"{line.language}.{kind}"):
            yield group, name, line.text[start:end]


def _is_covered(text: str, kind: str, place: tuple[int, int], findings: list[Personal]) -> bool:
    covered = {at for one in findings if one.kind == kind for at in range(one.start, one.end)}
    return all(at in covered or not text[at].isalnum() for at in range(*place))


def _is_right(one: Personal, line: Line) -> bool:
    return any(kind == one.kind and one.start < end and start < one.end for kind, start, end in line.spans)


def _shares(counts: Counter[tuple[str, str]], group: str) -> dict[str, Any]:
    found, missed, right, false = (counts[group, name] for name in ("found", "missed", "right", "false"))
    recall = round(found / (found + missed), 4) if found + missed else None
    precision = round(right / (right + false), 4) if right + false else None
    return {"pieces": found + missed, "recall": recall, "precision": precision, "missed": missed, "false": false}

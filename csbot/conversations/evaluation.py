"""Scripted conversations and how they are scored. Knows the file's format and the rules of passing; asks nobody itself.

A turn passes when its route is accepted, every required pattern is found and no forbidden one is; a conversation is
resolved when all its turns pass.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

FOLLOWUPS = ("followup", "ellipsis", "correction")
HANDOVERS = ("human_request", "anger")


class ScriptError(ValueError):
    """Names the line and what is wrong with it."""


@dataclass(frozen=True, slots=True)
class ScriptedTurn:
    user: str
    accept_routes: tuple[str, ...]
    required: tuple[re.Pattern[str], ...] = ()
    forbidden: tuple[re.Pattern[str], ...] = ()


@dataclass(frozen=True, slots=True)
class ScriptedConversation:
    id: str
    lang: str
    kind: str
    turns: tuple[ScriptedTurn, ...]


@dataclass(frozen=True, slots=True)
class Heard:
    """What came back for a turn: its route and everything that the visitor can see."""

    route: str
    text: str
    first_sign_ms: float
    is_handed_over: bool = False


@dataclass(slots=True)
class Result:
    script: ScriptedConversation
    heard: list[Heard] = field(default_factory=list)

    def passed(self, number: int) -> bool:
        turn, heard = self.script.turns[number], self.heard[number]
        text = comparable(heard.text)
        is_early = heard.is_handed_over and number < len(self.script.turns) - 1
        has_all = all(pattern.search(text) for pattern in turn.required)
        return heard.route in turn.accept_routes and has_all and not self.is_wrong(number) and not is_early

    def is_wrong(self, number: int) -> bool:
        text = comparable(self.heard[number].text)
        return any(pattern.search(text) for pattern in self.script.turns[number].forbidden)

    @property
    def is_resolved(self) -> bool:
        return len(self.heard) == len(self.script.turns) and all(self.passed(number) for number in range(len(self.heard)))


def scripts_read(path: Path, kinds: Sequence[str] = ()) -> list[ScriptedConversation]:
    scripts = []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        if not line.strip():
            continue
        try:
            script = _script(json.loads(line))
        except (ValueError, KeyError, TypeError, re.error) as error:
            raise ScriptError(f"{path.name}, line {number}: {error!r}") from error
        if not kinds or script.kind in kinds:
            scripts.append(script)
    return scripts


def _script(row: dict[str, Any]) -> ScriptedConversation:
    return ScriptedConversation(row["id"], row["lang"], row["kind"], tuple(_turn(turn) for turn in row["turns"]))


def _turn(row: dict[str, Any]) -> ScriptedTurn:
    patterns = {name: tuple(re.compile(text, re.IGNORECASE) for text in row.get(name, ())) for name in ("required", "forbidden")}
    return ScriptedTurn(row["user"], tuple(row["accept_routes"]), **patterns)


def comparable(text: str) -> str:
    """As the format's README asks: a space after the Chinese comma, then NFKC."""
    return unicodedata.normalize("NFKC", text.replace("，", "， "))


def visible(reply: dict[str, Any]) -> str:
    """Everything that the visitor sees of a reply: text, chips, titles of sources."""
    return "\n".join([reply["text"], *(option["text"] for option in reply["options"]), *(source["title"] for source in reply["sources"])])


def report(results: Sequence[Result]) -> dict[str, Any]:
    """The keys of `conversation_eval`; shares are null where nothing was counted."""
    turns = [(result, number) for result in results for number in range(len(result.heard))]
    by_lang: dict[str, list[bool]] = defaultdict(list)
    by_kind: dict[str, list[bool]] = defaultdict(list)
    for result in results:
        by_lang[result.script.lang].append(result.is_resolved)
        by_kind[result.script.kind].append(result.is_resolved)
    return {
        "resolved": {lang: _share(by_lang[lang]) for lang in sorted({*by_lang, "zh", "en"})},
        "resolved_all": _share(result.is_resolved for result in results),
        "by_kind": {kind: _share(values) for kind, values in sorted(by_kind.items())},
        "turns_passed": _share(result.passed(number) for result, number in turns),
        "route_ok": _share(result.heard[number].route in result.script.turns[number].accept_routes for result, number in turns),
        "wrong_facts_shown": sum(result.is_wrong(number) for result, number in turns),
        "followup_right": _share(result.passed(number) for result, number in turns if number and result.script.kind in FOLLOWUPS),
        "handover_right": _share(result.passed(number) for result, number in turns if result.script.kind in HANDOVERS),
        "clarify_success": _share(by_kind.get("ambiguous", [])),
        "first_sign_ms_p95": _percentile([result.heard[number].first_sign_ms for result, number in turns], 0.95),
        "n": len(results),
    }


def _share(values: Iterable[bool]) -> float | None:
    counted = list(values)
    return round(sum(counted) / len(counted), 4) if counted else None


def _percentile(values: list[float], share: float) -> float | None:
    return round(sorted(values)[min(len(values) - 1, int(share * len(values)))], 1) if values else None

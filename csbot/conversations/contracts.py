"""The values that travel through the pipeline. Frozen, without Django, so that the pipeline page reads like prose."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from csbot.conversations.events import Finish, Language, Option, Route, Source
from knowledge.contracts import Evidence

Reason = Literal[
    "", "faq", "exact", "lookup", "clarify", "evidence", "chitchat", "requested", "complaint", "safety", "out_of_scope", "no_evidence", "limit"
]


@dataclass(frozen=True, slots=True)
class Decision:
    """What is done about a question, before a word is generated. Stored with the turn; the trace explains it.

    `text` is final for every route but `generate`; `words` names one of the site's texts where the reason alone does not.
    `options` are shown by `clarify` and kept for the ladder's fifth rung. `asked` is the question in full where it went on
    with the one before, `about` the FAQs that the reply rests on: what the next message may go on with.
    """

    route: Route
    reason: Reason
    language: Language
    text: str = ""
    words: Literal["", "in_need", "engine_down", "lookup_failed", "sign_in"] = ""
    faq: str | None = None
    options: tuple[Option, ...] = ()
    evidence: tuple[Evidence, ...] = ()
    sources: tuple[Source, ...] = ()
    offers_handoff: bool = False
    is_cached: bool = False
    asked: str = ""
    about: tuple[str, ...] = ()
    is_settled: bool = False  # which FAQs the evidence is from is as good as sure: what cannot be written is quoted
    lookup: Mapping[str, Any] | None = None  # which lookup answered, or what it still has to know
    trace: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Ending:
    """How a generated answer ended. `rung` is the step of the ladder (DESIGN 5) that gave the visitor's answer.

    `after` says what follows the streamed text: nothing, a second text (rung 4 after a cut), chips (5) or an offer (6). `offers_handoff`:
    a person is offered beside it; `hands_over`: a person goes on, because a listed word says so.
    """

    finish: Finish
    rung: Literal[3, 4, 5, 6]
    is_grounded: bool | None
    route: Route = "generate"
    reason: Reason = "evidence"
    after: Literal["nothing", "quote", "clarify", "offer"] = "nothing"
    quotes: tuple[Evidence, ...] = ()
    offers_handoff: bool = False
    hands_over: bool = False

"""What `knowledge` gives and takes: frozen values and protocols.

Knows the words of routing, evidence and filtering. Does not know Django, rows, websockets or how anything is computed.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, Literal, Protocol

Language = Literal["zh", "en"]
LANGUAGES: tuple[Language, ...] = ("zh", "en")


# --- questions -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Exchange:
    """One earlier turn: what the visitor asked and what was answered, or which FAQs were offered.

    `asked` is the question in full, where it went on with the one before it; `about` are the FAQs that the reply rested on.
    """

    question: str
    answer: str
    faq: str | None = None
    options: tuple[str, ...] = ()
    asked: str = ""
    about: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Question:
    """A visitor's message as the router sees it. `now` decides validity; `language` is detected where it is None."""

    text: str
    now: datetime
    language: Language | None = None
    history: tuple[Exchange, ...] = ()


# --- intents ---------------------------------------------------------------------------------------------------------


class IntentAction(StrEnum):
    """What an intent leads to. `question` goes on to the FAQ index."""

    QUESTION = "question"
    CHITCHAT = "chitchat"
    HANDOFF = "handoff"
    REFUSE = "refuse"


OUT_OF_SCOPE = "out_of_scope"  # the intent of this key also learns the shipped examples: the rest of the world is wide


@dataclass(frozen=True, slots=True)
class IntentGuess:
    """The intent of a message. `reply` is the editor's text in the message's language, empty where there is none.

    `otherwise`: the small talk that a question stands in or may be itself, for where it turns out to be none.
    """

    key: str
    action: IntentAction
    probability: float
    by: Literal["phrase", "examples", "none"]
    reply: str = ""
    trace: Mapping[str, Any] = field(default_factory=dict)
    otherwise: IntentGuess | None = None

    @property
    def is_elsewhere(self) -> bool:
        """None of the company's business, as far as anybody knows: what it has a lookup for is."""
        return self.key == OUT_OF_SCOPE


# --- FAQ matching ----------------------------------------------------------------------------------------------------


UNLIKELY = 0.15
# Reasons of a band: what is written rests on the first candidate alone, or on all of them.
ONE_STANDS_OUT, SEVERAL = "one_stands_out", "several"


class Band(StrEnum):
    """Where the calibrated probability of the best FAQ lies (DESIGN 4)."""

    ANSWER = "answer"
    CLARIFY = "clarify"
    GENERATE = "generate"
    OUT_OF_SCOPE = "out_of_scope"


@dataclass(frozen=True, slots=True)
class Option:
    """One "did you mean" chip: the FAQ and its canonical question in the message's language."""

    faq: str
    text: str


@dataclass(frozen=True, slots=True)
class Candidate:
    """A FAQ that might be meant, with the calibrated probability that it is the right one (0 to 1)."""

    faq: str
    probability: float
    variant: str
    features: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class FaqMatch:
    """The outcome of a FAQ search.

    `answer` is the stored text, verbatim, in the question's language; None where the best FAQ has no text in it.
    `is_careful`: it would be answered under the strictest promise as well. `holds_until`: when a FAQ begins or ends to be valid next, and
    with it what else may be found.
    `options` is filled for every band (CLARIFY shows them, the ladder's fifth rung may). `asked` is the question in full.
    """

    band: Band
    language: Language
    candidates: tuple[Candidate, ...]
    answer: str | None = None
    options: tuple[Option, ...] = ()
    reason: str = ""
    asked: str = ""
    is_careful: bool = False
    holds_until: datetime | None = None
    trace: Mapping[str, Any] = field(default_factory=dict)

    @property
    def is_unlikely(self) -> bool:
        """Whether most likely no FAQ is meant at all."""
        return self.band is Band.OUT_OF_SCOPE or self.best is None or self.best.probability < UNLIKELY

    @property
    def best(self) -> Candidate | None:
        return self.candidates[0] if self.candidates else None


@dataclass(frozen=True, slots=True)
class Evidence:
    """One sentence (with its neighbours where it needs them) that an answer may rest on.

    `holds` is the calibrated probability that this sentence answers the question: rung 4 of the ladder.
    """

    type: Literal["faq", "article", "lookup"]
    id: str
    title: str
    text: str
    language: Language
    url: str = ""
    holds: float = 0.0


@dataclass(frozen=True, slots=True)
class NearestExample:
    """`probability` that the text means what the example's key stands for; `lead` is how much nearer the example is than every question of
    ours, in units of how alike unrelated questions are. Where examples and questions lie far apart the chance is all or nothing, the lead is not.
    """

    key: str
    probability: float
    lead: float


class Knowledge(Protocol):
    """One published snapshot, opened. A turn keeps the one that it began with."""

    @property
    def snapshot(self) -> str: ...

    def detect_intent(self, question: Question) -> IntentGuess: ...

    def find_faq(self, question: Question) -> FaqMatch: ...

    def prepare_examples(self, examples: tuple[tuple[str, str], ...]) -> None:
        """Once for a set of examples it costs a second or two, which no visitor should wait for; afterwards nothing."""
        ...

    def sense(self, question: Question) -> Sensed | None:
        """Abuse or self-harm without a listed word. The question's vector is at hand, so it costs nothing."""
        ...

    def nearest_example(self, examples: tuple[tuple[str, str], ...], text: str) -> NearestExample | None:
        """Of examples (key, text) the nearest key to a text, and the calibrated chance that it is meant and not one of our questions."""
        ...

    def answer_of(self, faq: str, language: Language, now: datetime) -> str | None:
        """The stored text of a FAQ; None where the snapshot has none in the language, or none that is valid now."""
        ...

    def find_evidence(self, question: Question, match: FaqMatch) -> tuple[Evidence, ...]:
        """At most three, best first, together at most about 120 tokens."""
        ...

    def noted(self, question: Question) -> Mapping[str, Any]:
        """What a replay of this question needs; asked by the thread that searched for it last."""
        ...


@dataclass(frozen=True, slots=True)
class Draft:
    """A snapshot that is not published, with its name for people, and the one that was when it was built.

    `edits_until`: what was edited later is not in it.
    """

    snapshot: str
    name: str
    published: str
    published_name: str
    edits_until: datetime | None


@dataclass(frozen=True, slots=True)
class Difference:
    """A place in a trace, what stands there, and what came out again."""

    where: str
    was: Any
    now: Any


@dataclass(frozen=True, slots=True)
class Replayed:
    """A trace done again: in what it differs, or in words why it cannot be done again."""

    differences: tuple[Difference, ...] = ()
    refusal: str = ""


@dataclass(frozen=True, slots=True)
class Publishing:
    """A publishing that was asked for: texts encoded, texts in all, and why the last one failed."""

    is_going_on: bool
    done: int
    of: int
    error: str


# --- sensitive words -------------------------------------------------------------------------------------------------


class Direction(StrEnum):
    VISITOR = "visitor"
    BOT = "bot"
    AGENT = "agent"


class Level(StrEnum):
    """What a hit leads to, mildest first; the strongest of a text wins."""

    LOG_ONLY = "log only"
    MASK = "mask"
    WARN_AGENT = "warn agent"
    HAND_OVER = "hand over"
    BLOCK = "block"


Why = Literal["", "site", "company", "shipped"]


@dataclass(frozen=True, slots=True)
class Hit:
    """A listed word in a text: [start, end) in code points of the raw text. `why`: whose rule gave the level; empty: it is the word's own."""

    start: int
    end: int
    term: str
    category: str
    level: Level
    why: Why = ""


IN_NEED = "self-harm"  # the category of words by which somebody asks for help


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the words of a text lead to. `text` is the raw text with every hit masked whose level says so in this direction."""

    text: str
    hits: tuple[Hit, ...] = ()

    @property
    def level(self) -> Level | None:
        order = list(Level)
        return max((hit.level for hit in self.hits), key=order.index, default=None)

    @property
    def is_in_need(self) -> bool:
        """Whoever wrote it needs a person, whatever else stands in the text."""
        return any(hit.category == IN_NEED and hit.level is Level.HAND_OVER for hit in self.hits)


SensedCategory = Literal["abuse by meaning", "self-harm by meaning"]


@dataclass(frozen=True, slots=True)
class Sensed:
    """What a message means although no listed word stands in it, and the chance that it does."""

    category: SensedCategory
    score: float
    level: Level


class StreamFilter(Protocol):
    """Filters a text that arrives in pieces: any chunking gives what filtering the whole text gives.

    After a hit of level block (or hand over) nothing more comes out; `stopped` says so.
    """

    def feed(self, piece: str) -> str: ...

    def flush(self) -> str: ...

    @property
    def hits(self) -> tuple[Hit, ...]: ...

    @property
    def stopped(self) -> Level | None: ...


class Hiding(Protocol):
    """A text without somebody's data: `text` is for the model, `restored` puts the data back into what the model writes."""

    text: str

    def restored(self, pieces: Iterable[str]) -> Iterator[str]: ...


class WordFilter(Protocol):
    """The compiled word lists of one company."""

    @property
    def version(self) -> str: ...

    def check(self, text: str, direction: Direction) -> Verdict: ...

    def suspect(self, text: str) -> tuple[Hit, ...]:
        """Listed words that a visitor may have meant where none stands: by sound, look-alikes, halves, pictures or Latin letters. Guesses,
        so their level is at most `warn agent`. For workers: the first call reads tables."""
        ...

    def level_in(self, category: str, own: Level, direction: Direction) -> tuple[Level, Why]:
        """What the rules make of something in a category that is no listed word, and whose rule that is."""
        ...

    def open_stream(self, direction: Direction) -> StreamFilter: ...

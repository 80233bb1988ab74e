"""What `inference` gives and takes: requests, chunks, completions and the engine's one interface.

Knows nothing of visitors, FAQs, Django or Celery.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal, Protocol

Language = Literal["zh", "en"]
Profile = Literal["factual", "creative", "greedy"]
Finish = Literal["stop", "length", "cancelled", "deadline", "error"]


@dataclass(frozen=True, slots=True)
class ChatMessage:
    role: Literal["system", "user", "assistant"]
    content: str


@dataclass(frozen=True, slots=True)
class GenerationRequest:
    """One answer to make. `deadline_s` counts from submit; `stop` strings end the text and are not shown.

    `tenant` is on whose behalf (a site): nobody gets more than a fair share of the engine; unnamed ones are one tenant.
    With `pulse_s` the reader gets an empty piece where so long nothing came, so that it may look around.
    """

    id: str
    messages: tuple[ChatMessage, ...]
    profile: Profile = "factual"
    max_new_tokens: int = 512
    deadline_s: float = 60.0
    stop: tuple[str, ...] = ()
    tenant: str = ""
    pulse_s: float | None = None

    def __post_init__(self) -> None:
        if not self.messages:
            raise ValueError("messages: a request needs at least one message")
        if not 1 <= self.max_new_tokens <= 4096:
            raise ValueError(f"max_new_tokens: {self.max_new_tokens} is not between 1 and 4096")


@dataclass(frozen=True, slots=True)
class Usage:
    """Tokens and times of one answer; milliseconds count from submit."""

    prompt_tokens: int = 0
    new_tokens: int = 0
    queue_ms: float = 0.0
    first_token_ms: float | None = None
    total_ms: float = 0.0

    @property
    def tokens_per_s(self) -> float:
        decode_ms = self.total_ms - (self.first_token_ms or 0.0)
        return (self.new_tokens - 1) * 1000 / decode_ms if decode_ms > 0 and self.new_tokens > 1 else 0.0


class Handle(Protocol):
    """A running answer. Iterating yields pieces of text as they are made and ends when `finish` is set."""

    @property
    def id(self) -> str: ...

    def __iter__(self) -> Iterator[str]: ...

    @property
    def finish(self) -> Finish | None: ...

    @property
    def usage(self) -> Usage: ...


@dataclass(frozen=True, slots=True)
class EngineHealth:
    state: Literal["loading", "ready", "down"]
    backend: str
    model: str
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Spread:
    """A histogram: `counts` has one place for each of `bounds` (upper ends, inclusive) and one for what lies beyond; `total` is the values' sum."""

    bounds: tuple[float, ...]
    counts: tuple[int, ...]
    total: float


@dataclass(frozen=True, slots=True)
class DeviceUse:
    """A graphics card: `busy` from 0 to 1, memory in bytes."""

    name: str
    busy: float | None
    memory_used: int
    memory: int


@dataclass(frozen=True, slots=True)
class EngineStats:
    """Totals count from the engine's start. `prefix_tokens` are those of the prompts' tokens that were found in the cache,
    `guessed_tokens` those that were guessed ahead of a step, `proven_tokens` those of them that the step proved right.

    `spreads`: `queue_s`, `first_token_s`, `token_s` (seconds of each answer), `batch` (answers in each step, where the backend makes steps).
    """

    running: int = 0
    waiting: int = 0
    tokens_generated: int = 0
    answers: int = 0
    refused: int = 0
    finishes: Mapping[Finish, int] = field(default_factory=dict)
    prompt_tokens: int = 0
    prefix_tokens: int = 0
    guessed_tokens: int = 0
    proven_tokens: int = 0
    cache_used: int = 0
    cache_tokens: int = 0
    spreads: Mapping[str, Spread] = field(default_factory=dict)
    device: DeviceUse | None = None
    expert_counts: tuple[tuple[int, ...], ...] = field(default_factory=tuple)  # (layers, experts)


class EngineOverloaded(Exception):
    """No room for another answer now; `retry_after_s` says when to come back.

    `ahead` is how many answers are being made where this one found no room: the tenant's own where it has its share, else
    all. There is no queue, so it is no promise.
    """

    def __init__(self, retry_after_s: float, ahead: int = 0) -> None:
        super().__init__(f"the engine is full, retry after {retry_after_s:.0f} s")
        self.retry_after_s = retry_after_s
        self.ahead = ahead


class EngineDead(Exception):
    """The engine failed for good; the worker process must end and be started anew."""


class PromptTooLong(ValueError):
    """The request does not fit into the model's window; the message names both numbers."""


class Engine(Protocol):
    def start(self) -> None:
        """Load and warm up; blocks until ready. Raises what is wrong with the model, in words an operator can act on."""
        ...

    def submit(self, request: GenerationRequest) -> Handle: ...

    def cancel(self, id: str) -> None: ...

    def stats(self) -> EngineStats: ...

    def swap_adapter(self, folder: str | None) -> None: ...

    def health(self) -> EngineHealth: ...

    def stop(self) -> None: ...


# --- grounding -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Claim:
    """What an answer says that could be wrong: [start, end) in code points.

    A number, date, price, URL, address, phone number or identifier that the evidence does not have; or a sentence that is not
    likely to rest on it: as it denies what the evidence affirms or the other way round, as a number of it belongs elsewhere, or as a whole.
    """

    start: int
    end: int
    text: str
    kind: Literal["number", "date", "money", "url", "email", "phone", "identifier", "negation", "misplaced", "reckoned", "sentence"]


class GroundingStream(Protocol):
    """Holds a stream from the first character of a claim until the claim is found in the evidence.

    After an unsupported claim nothing more comes out and `unsupported` names it; nothing shown is ever taken back. `support`, from 0
    to 1, says after `flush` how well all that came rests on the evidence.
    """

    def feed(self, piece: str) -> str: ...

    def flush(self) -> str: ...

    @property
    def unsupported(self) -> Claim | None: ...

    @property
    def support(self) -> float: ...


# --- prompts ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class PromptEvidence:
    title: str
    text: str


@dataclass(frozen=True, slots=True)
class PromptExchange:
    question: str
    answer: str


@dataclass(frozen=True, slots=True)
class PromptInput:
    """What a prompt template is filled with. Everything here is untrusted except `company`."""

    question: str
    language: Language
    company: str
    evidence: tuple[PromptEvidence, ...] = ()
    history: tuple[PromptExchange, ...] = ()


@dataclass(frozen=True, slots=True)
class Prompt:
    name: str
    version: str
    messages: tuple[ChatMessage, ...]


class ModelMissing(Exception):
    """A model that is needed is not there or is damaged; the message says which and the command that mends it."""

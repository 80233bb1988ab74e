"""Our engine beside llama.cpp on the same GGUF file: same tokens in, same number out, turn and turn about in one run.

llama-cpp-python is nobody's dependency: it is imported here only and for measuring only. It answers one prompt after the other,
so answers at once are a queue to it; it keeps its last context and reuses the common beginning, so both find the system part warm.
"""

from __future__ import annotations

import importlib
import time
import uuid
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass, fields
from itertools import islice
from pathlib import Path
from statistics import median
from typing import Any

from inference.bench_prompts import bench_prompts
from inference.contracts import Engine, GenerationRequest
from inference.engine.bench import Messages, ask_all
from inference.engine.text import Renderer

AT_ONCE = 8
NUM_SENTENCES = 10
_MISSING = "llama-cpp-python is not here; it is no requirement of ours: install it into this environment for this comparison alone"


class RivalMissing(RuntimeError):
    """The optional package is not installed."""


@dataclass(frozen=True, slots=True)
class Side:
    """Medians of the rounds: first token and time for each further one of an answer alone, tokens a second of eight at once.

    The time of the processor stands beside: other work on the machine stretches the clock's, for both sides but never evenly.
    """

    first_token_ms: float
    token_ms: float
    token_cpu_ms: float
    at_once_tokens_per_s: float
    at_once_tokens_per_cpu_s: float


class Llama:
    """The other one, with as many threads as ours."""

    def __init__(self, file: Path, *, threads: int) -> None:
        try:
            library = importlib.import_module("llama_cpp")
        except ImportError as error:
            raise RivalMissing(_MISSING) from error
        self._model: Any = library.Llama(str(file), n_ctx=2048, n_threads=threads, n_threads_batch=threads, verbose=False)

    def ask(self, prompt: list[int], new_tokens: int) -> _Asked:
        """An end of the answer is not looked at."""
        return _asked(islice(self._model.generate(prompt, temp=0.2, top_p=0.5, top_k=64), new_tokens), new_tokens)


@dataclass(frozen=True, slots=True)
class _Asked:
    first_token_ms: float
    token_ms: float
    token_cpu_ms: float


def _asked(pieces: Iterable[object], new_tokens: int) -> _Asked:
    """What comes first is the first token, or so little later that it does not matter."""
    since = time.perf_counter()
    moments = [(time.perf_counter(), time.process_time()) for _ in pieces]
    (first, first_cpu), (last, last_cpu) = moments[0], moments[-1]
    return _Asked((first - since) * 1000, (last - first) * 1000 / (new_tokens - 1), (last_cpu - first_cpu) * 1000 / (new_tokens - 1))


def long_prompts() -> Iterator[Messages]:
    """Of about 300 tokens and of one language; nothing is said twice but the question's own words."""
    return islice(bench_prompts(NUM_SENTENCES), 0, None, 2)


def compare(engine: Engine, rival: Llama, prompts: Iterator[Messages], render: Renderer, *, new_tokens: int, rounds: int) -> dict[str, Any]:
    """Figures of both sides and their ratios; above one, ours is the better. The first answers of both are for warmth only."""
    ours, theirs = [], []
    for number in range(rounds + 1):
        alone, queue = next(prompts), list(islice(prompts, AT_ONCE))
        found = _ours(engine, alone, queue, new_tokens), _theirs(rival, render, alone, queue, new_tokens)
        if number:
            ours.append(found[0])
            theirs.append(found[1])
    mine, other = _medians(ours), _medians(theirs)
    ratios = {
        "first token, llama.cpp to ours": _ratio(other.first_token_ms, mine.first_token_ms),
        "decode, ours to llama.cpp": _ratio(other.token_ms, mine.token_ms),
        "decode, in processor time": _ratio(other.token_cpu_ms, mine.token_cpu_ms),
        f"{AT_ONCE} at once, ours to llama.cpp": _ratio(mine.at_once_tokens_per_s, other.at_once_tokens_per_s),
        f"{AT_ONCE} at once, in processor time": _ratio(mine.at_once_tokens_per_cpu_s, other.at_once_tokens_per_cpu_s),
    }
    return {"prompt_tokens": len(render(alone)), "new_tokens": new_tokens, "ours": asdict(mine), "llama": asdict(other), "ratios": ratios}


def _ratio(one: float, other: float) -> float | None:
    """None where a few tokens took no time that could be measured."""
    return round(one / other, 2) if other else None


def _ours(engine: Engine, alone: Messages, queue: list[Messages], new_tokens: int) -> Side:
    request = GenerationRequest(f"against-{uuid.uuid4()}", alone, "factual", new_tokens, deadline_s=600)
    one = _asked(engine.submit(request), new_tokens)
    return _side(one, lambda: ask_all(engine, queue, concurrency=AT_ONCE, new_tokens=new_tokens), AT_ONCE * new_tokens)


def _theirs(rival: Llama, render: Renderer, alone: Messages, queue: list[Messages], new_tokens: int) -> Side:
    one = rival.ask(render(alone), new_tokens)
    return _side(one, lambda: [rival.ask(render(messages), new_tokens) for messages in queue], AT_ONCE * new_tokens)


def _side(one: _Asked, at_once: Callable[[], object], tokens: int) -> Side:
    since, since_cpu = time.perf_counter(), time.process_time()
    at_once()
    seconds, cpu_seconds = time.perf_counter() - since, time.process_time() - since_cpu
    return Side(one.first_token_ms, one.token_ms, one.token_cpu_ms, tokens / seconds, tokens / cpu_seconds)


def _medians(sides: list[Side]) -> Side:
    return Side(*(round(median(getattr(side, field.name) for side in sides), 2) for field in fields(Side)))

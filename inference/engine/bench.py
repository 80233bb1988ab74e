"""Measures engines: time to the first token, time for each token, tokens a second, alone and at once.

Takes an engine and prompts; knows nothing of models, folders or what is asked. Every figure is the median of the
rounds; a round asks as many prompts as are answered at once, four at least.
"""

from __future__ import annotations

import math
import threading
import time
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from statistics import mean, median

from inference.contracts import ChatMessage, Engine, GenerationRequest, Usage

Messages = tuple[ChatMessage, ...]
LEAST_PROMPTS = 4  # of a round


class AnswerFailed(RuntimeError):
    """An answer ended with an error; figures of such a run would say nothing."""


@dataclass(frozen=True, slots=True)
class Run:
    """One engine at one concurrency. `tokens_per_s` counts all tokens over the whole time, first tokens included."""

    backend: str
    model: str
    concurrency: int
    prompt_tokens: int
    new_tokens: int
    ttft_ms_p50: float
    ttft_ms_p95: float
    tpot_ms_p50: float
    tokens_per_s: float


@dataclass(frozen=True, slots=True)
class _Round:
    usages: tuple[Usage, ...]
    seconds: float

    @property
    def first_ms(self) -> list[float]:
        return sorted(usage.first_token_ms or usage.total_ms for usage in self.usages)

    @property
    def per_token_ms(self) -> float:
        steps = [(usage.total_ms - (usage.first_token_ms or 0)) / (usage.new_tokens - 1) for usage in self.usages if usage.new_tokens > 1]
        return median(steps) if steps else 0.0

    @property
    def tokens_per_s(self) -> float:
        return sum(usage.new_tokens for usage in self.usages) / self.seconds


def measure(engine: Engine, prompts: Iterator[Messages], at_once: Sequence[int], *, new_tokens: int, rounds: int = 3) -> list[Run]:
    """One run for each number of answers at once. Each round measures them all in turns, so that a machine that slows down or warms up
    does so for all of them. `prompts` never repeats one: the cache would know it. The first few are asked for warmth only."""
    measured: dict[int, list[_Round]] = {number: [] for number in at_once}
    most = max(at_once, default=0)
    ask_all(engine, list(islice(prompts, most)), concurrency=most, new_tokens=min(new_tokens, 4))
    for _ in range(rounds):
        for number, done in measured.items():
            done.append(ask_all(engine, list(islice(prompts, max(LEAST_PROMPTS, number))), concurrency=number, new_tokens=new_tokens))
    return [_run(engine, number, done) for number, done in measured.items()]


def _run(engine: Engine, concurrency: int, rounds: Sequence[_Round]) -> Run:
    usages = [usage for one in rounds for usage in one.usages]
    health = engine.health()
    return Run(
        backend=health.backend,
        model=health.model,
        concurrency=concurrency,
        prompt_tokens=round(mean(usage.prompt_tokens for usage in usages)),
        new_tokens=round(mean(usage.new_tokens for usage in usages)),
        ttft_ms_p50=round(median(share(one.first_ms, 0.5) for one in rounds), 1),
        ttft_ms_p95=round(median(share(one.first_ms, 0.95) for one in rounds), 1),
        tpot_ms_p50=round(median(one.per_token_ms for one in rounds), 1),
        tokens_per_s=round(median(one.tokens_per_s for one in rounds), 2),
    )


def ratios(runs: Sequence[Run]) -> dict[str, float]:
    """Tokens a second against the same backend alone, and of the backends alone against each other."""
    found: dict[str, float] = {}
    alone = {run.backend: run for run in runs if run.concurrency == 1}
    for run in runs:
        if run.concurrency > 1 and run.backend in alone:
            found[f"{run.backend}: {run.concurrency} at once to one"] = round(run.tokens_per_s / alone[run.backend].tokens_per_s, 2)
    if {"transformers_cb", "generate"} <= alone.keys():
        found["transformers_cb to generate, alone"] = round(alone["transformers_cb"].tokens_per_s / alone["generate"].tokens_per_s, 2)
    return found


def share(ordered: Sequence[float], part: float) -> float:
    """The value that `part` of the ordered values do not exceed."""
    return ordered[max(0, math.ceil(len(ordered) * part) - 1)]


def ask_all(engine: Engine, prompts: Sequence[Messages], *, concurrency: int, new_tokens: int) -> _Round:
    """`concurrency` askers share the prompts; each asks the next one as soon as its last answer has ended."""
    left = list(reversed(prompts))
    usages: list[Usage] = []
    failures: list[Exception] = []

    def ask() -> None:
        try:
            while (messages := _next(left)) is not None and not failures:
                usages.append(_ask(engine, messages, new_tokens))
        except Exception as error:  # noqa: BLE001 - carried to the caller's thread
            failures.append(error)

    since = time.perf_counter()
    askers = [threading.Thread(target=ask, name=f"asker-{number}") for number in range(concurrency)]
    for asker in askers:
        asker.start()
    for asker in askers:
        asker.join()
    if failures:
        raise failures[0]
    return _Round(tuple(usages), time.perf_counter() - since)


def _next(left: list[Messages]) -> Messages | None:
    try:
        return left.pop()
    except IndexError:
        return None


def _ask(engine: Engine, messages: Messages, new_tokens: int) -> Usage:
    answer = engine.submit(GenerationRequest(f"bench-{uuid.uuid4()}", messages, "factual", new_tokens, deadline_s=600))
    for _ in answer:
        pass
    if answer.finish not in {"stop", "length"}:
        raise AnswerFailed(f"an answer ended with {answer.finish}")
    return answer.usage

"""The loads of a measurement: visitors who come at random at a given rate, and as many answers at once as there is room for.

Knows engines by their interface and prompts as numbered words. Every prompt begins with the same tokens, as system prompts do.
"""

from __future__ import annotations

import random
import threading
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from statistics import median
from typing import Any

from inference.contracts import ChatMessage, Engine, EngineOverloaded, GenerationRequest, Usage
from inference.engine.bench import share


@dataclass(frozen=True, slots=True)
class Load:
    """Tokens of each request; `shared` of the prompt's are the same in all."""

    prompt: int = 1000
    shared: int = 600
    new: int = 200
    vocabulary: int = 2048


def prompts_of(load: Load, seed: int) -> Callable[[], tuple[ChatMessage, ...]]:
    draw = random.Random(seed)
    beginning = _words(random.Random(0), load.shared, load.vocabulary)

    def make() -> tuple[ChatMessage, ...]:
        return ChatMessage("system", beginning), ChatMessage("user", _words(draw, load.prompt - load.shared, load.vocabulary))

    return make


def _words(draw: random.Random, number: int, vocabulary: int) -> str:
    return " ".join(f"w{draw.randrange(vocabulary)}" for _ in range(number))


def at_rate(engine: Engine, load: Load, *, per_second: float, seconds: float, seed: int = 1) -> dict[str, Any]:
    """Arrivals by a Poisson process, whatever becomes of those before: an open loop, as visitors are."""
    draw, make = random.Random(seed), prompts_of(load, seed)
    done = _Done()
    began = time.perf_counter()
    due, askers = 0.0, []
    while (due := due + draw.expovariate(per_second)) < seconds:
        messages = make()
        time.sleep(max(0.0, began + due - time.perf_counter()))
        askers.append(threading.Thread(target=done.ask, args=(engine, messages, load.new), daemon=True))
        askers[-1].start()
    for asker in askers:
        asker.join()
    return {"per_second": per_second, **done.figures(time.perf_counter() - began)}


def saturated(engine: Engine, load: Load, *, at_once: int, seconds: float, seed: int = 2) -> dict[str, Any]:
    """`at_once` askers, each with its next question as soon as it was answered. What was not finished in time counts by its tokens."""
    make, lock = prompts_of(load, seed), threading.Lock()
    done = _Done()
    began = time.perf_counter()
    tokens, steps = engine.stats().tokens_generated, _steps(engine)

    def keep_asking() -> None:
        while time.perf_counter() - began < seconds:
            with lock:
                messages = make()
            done.ask(engine, messages, load.new)

    askers = [threading.Thread(target=keep_asking, daemon=True) for _ in range(at_once)]
    for asker in askers:
        asker.start()
    time.sleep(seconds)
    took = time.perf_counter() - began
    made, stepped = engine.stats().tokens_generated - tokens, _steps(engine) - steps
    for asker in askers:
        asker.join()
    step_ms = round(1000 * took / stepped, 2) if stepped else None
    return {"at_once": at_once, "tokens_per_s": round(made / took, 1), "step_ms": step_ms, **done.figures(took)}


def _steps(engine: Engine) -> int:
    batch = engine.stats().spreads.get("batch")
    return sum(batch.counts) if batch else 0


class _Done:
    """What became of the requests."""

    def __init__(self) -> None:
        self._usages: list[Usage] = []
        self._refused = 0
        self._failed: list[str] = []

    def ask(self, engine: Engine, messages: tuple[ChatMessage, ...], new_tokens: int) -> None:
        try:
            answer = engine.submit(GenerationRequest(str(uuid.uuid4()), messages, "factual", new_tokens, deadline_s=300))
            for _ in answer:
                pass
        except EngineOverloaded:
            self._refused += 1
            time.sleep(0.05)
        except Exception as error:  # noqa: BLE001 - counted and told with the figures
            self._failed.append(f"{type(error).__name__}: {error}"[:200])
            time.sleep(0.05)
        else:
            self._usages.append(answer.usage)

    def figures(self, seconds: float) -> dict[str, Any]:
        firsts = sorted(usage.first_token_ms for usage in self._usages if usage.first_token_ms is not None)
        each = [(usage.total_ms - (usage.first_token_ms or 0)) / (usage.new_tokens - 1) for usage in self._usages if usage.new_tokens > 1]
        return {
            "answered": len(self._usages),
            "refused": self._refused,
            "failed": self._failed[:3],
            "answers_per_s": round(len(self._usages) / seconds, 2),
            "ttft_ms_p50": round(share(firsts, 0.5), 1) if firsts else None,
            "ttft_ms_p95": round(share(firsts, 0.95), 1) if firsts else None,
            "tpot_ms_p50": round(median(each), 2) if each else None,
        }

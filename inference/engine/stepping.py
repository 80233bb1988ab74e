"""Watches the library's batches from outside: how many answers a step serves, how much of a prompt was in the cache.

Knows the library's batch processor by three of its methods. Where a step is padded to a fixed size (CUDA graphs), the
expert counter is told how many of its tokens are real.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from inference.engine.speculation import speculate
from inference.monitoring.experts import ExpertCounter
from inference.monitoring.flow import Flow


def watch_steps(manager: Any, flow: Flow, experts: ExpertCounter, began: Callable[[str], None], *, guesses: bool = True) -> None:
    """To be called before the manager starts: its thread makes the batch processor.

    `began` hears of each request of each step, again and again. `guesses`: whether tokens may be guessed where that is possible.
    """
    make = manager._create_batch_processor

    def make_watched() -> Any:
        processor = make()
        _watch_batches(processor, flow, experts, began)
        _watch_prefixes(processor.cache, flow)
        if guesses:
            speculate(processor, experts, flow)
        return processor

    manager._create_batch_processor = make_watched


def _watch_batches(processor: Any, flow: Flow, experts: ExpertCounter, began: Callable[[str], None]) -> None:
    scheduler, runner = processor.scheduler, processor.model_runner
    schedule, compute = scheduler.schedule_batch, runner.compute_batch
    real = 0

    def schedule_watched(*arguments: Any) -> Any:
        nonlocal real
        batch = schedule(*arguments)
        if batch[0]:
            flow.stepped(len(batch[0]))
            for future in batch[0]:
                began(future.state.request_id)
            real = batch[2]
        return batch

    def compute_padded(*arguments: Any) -> Any:
        experts.expect(real, processor.inputs_and_outputs.compute_stream)
        return compute(*arguments)

    scheduler.schedule_batch = schedule_watched
    if runner.pad_inputs:
        runner.compute_batch = compute_padded


def _watch_prefixes(cache: Any, flow: Flow) -> None:
    search = cache.search_prefix_match

    def search_watched(request_id: str, prompt: Sequence[int]) -> int:
        found = int(search(request_id, prompt))
        flow.prefilled(len(prompt), found)
        return found

    cache.search_prefix_match = search_watched

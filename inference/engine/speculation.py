"""Speculative decoding in continuous batching: a few tokens are guessed, one step of the model proves them all.

On a processor a step costs its reading of the weights, nearly the same for five rows as for one. So an answer's step takes its
last token and guesses behind it, as many as are worth their time; what the model itself chooses after each of them is compared, and
the guesses are kept up to the first that it would not have made. Each token is drawn from the model's own chances given the text
before it, so answers are distributed as without guesses, and greedy ones are the same (Leviathan et al. 2023, with guesses that are
certain of themselves).

Wraps three methods of the library's batch processor, and knows what its requests hold. What was wrong leaves nothing behind: its
places in the cache are written again, its page is not taken for complete, and its experts are not counted.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from inference.engine.foresight import Foresight, allot
from inference.engine.lookup import Lookup
from inference.monitoring.experts import ExpertCounter
from inference.monitoring.flow import Flow

ROWS = 48  # that choose a token in one step, those of all answers together: the scores of more fill memory that is fetched anew each time
MOST = 7  # guesses of one answer in a step


def speculate(processor: Any, experts: ExpertCounter, flow: Flow) -> bool:
    """Lets a batch processor guess; false, and untouched, where it cannot take a guess back or would gain nothing."""
    if not (_can_take_back(processor) and _gains(processor)):
        return False
    if not hasattr(processor, "speculation"):  # the library takes the same one again after a restart
        processor.speculation = _Speculation(processor, experts, flow)
        processor.speculation.install()
    return True


def _can_take_back(processor: Any) -> bool:
    """Full attention alone: a sliding window has overwritten what a wrong guess pushed out of it. And the library's own ways with an
    answer's tokens are left: where prompts go first it may cut guesses off and take them for a prompt, and so does its swapping to memory."""
    kinds, config = {allocator.layer_type for allocator in processor.cache.cache_allocators.values()}, processor.cb_config
    return kinds == {"full_attention"} and config.scheduler_type == "fifo" and not config.cpu_offload_space and not processor.return_logprobs


def _gains(processor: Any) -> bool:
    return processor.model_device.type == "cpu" and not processor.use_async_batching and not processor.model_runner.pad_inputs


@dataclass(slots=True)
class _Written:
    """An answer that is being written: its text, and how well that is foreseen."""

    text: Lookup
    foresight: Foresight = field(default_factory=Foresight)


class _Speculation:
    def __init__(self, processor: Any, experts: ExpertCounter, flow: Flow) -> None:
        self._processor = processor
        self._experts = experts
        self._flow = flow
        self._written: dict[str, _Written] = {}
        self._guesses: dict[str, list[int]] = {}  # of the step that is being made

    def install(self) -> None:
        processor = self._processor
        self._experts.wait_for_settling()
        scheduler, inputs = processor.scheduler, processor.inputs_and_outputs
        schedule, arguments, update = scheduler.schedule_batch, inputs.get_model_kwargs, processor.update_batch

        def schedule_with_guesses(*budgets: Any) -> Any:
            self._guess(scheduler.active_requests)
            return schedule(*budgets)

        def arguments_of_all_rows(*options: Any, **named: Any) -> Any:
            return self._ask_for_rows(arguments(*options, **named), inputs.requests_in_batch)

        def update_with_proven() -> None:
            self._prove(inputs)
            update()

        scheduler.schedule_batch = schedule_with_guesses
        inputs.get_model_kwargs = arguments_of_all_rows
        processor.update_batch = update_with_proven

    def _guess(self, active: dict[str, Any]) -> None:
        """Puts guesses behind the last token of every answer that is being written."""
        self._written = {id: written for id, written in self._written.items() if id in active}
        writing = [state for state in active.values() if state.generated_tokens and not state.remaining_prefill_tokens]
        guesses = [self._guess_of(state) for state in writing]
        chances = [self._written[state.request_id].foresight.chance for state in writing]
        allotted = allot(chances, list(map(len, guesses)), ROWS)
        self._guesses = {state.request_id: guess[:most] for state, guess, most in zip(writing, guesses, allotted, strict=True)}
        for state in writing:
            state.tokens_to_process = [state.generated_tokens[-1], *self._guesses[state.request_id]]

    def _guess_of(self, state: Any) -> list[int]:
        written = self._written.get(state.request_id)
        if written is None:
            written = self._written[state.request_id] = _Written(Lookup(state.initial_tokens))
        made = state.generated_tokens[len(written.text) - len(state.initial_tokens) :]
        written.text.extend(made)
        written.foresight.learn(made)
        guess = written.text.guess(min(MOST, state._new_tokens_limit - len(state.generated_tokens) - 1))
        ends = [place for place, token in enumerate(guess) if token in state._eos_token_ids]
        guess = guess[: ends[0]] if ends else guess
        written.foresight.foresee(guess)
        return guess

    def _rows(self, future: Any) -> int:
        """How many of its rows this step chooses a token after."""
        return 1 + len(self._guesses.get(future.state.request_id, ())) if future.has_new_token else 0

    def _ask_for_rows(self, arguments: Any, batch: list[Any]) -> Any:
        """The library asks for the choice after an answer's last row only."""
        import torch

        rows = [self._rows(future) for future in batch]
        if max(rows, default=0) <= 1:
            return arguments
        ends = arguments["cu_seq_lens_q"][1:].tolist()
        places = [place for end, count in zip(ends, rows, strict=True) for place in range(end - count, end)]
        chosen = [count for count in rows if count]  # the processors' arguments have a column for each of them
        columns = torch.repeat_interleave(torch.tensor(chosen))
        arguments["logits_indices"] = torch.tensor(places, dtype=torch.int32)
        arguments["logits_processor_args"] = arguments["logits_processor_args"][:, columns]
        return arguments

    def _prove(self, inputs: Any) -> None:
        """Gives each answer its proven tokens but the last, which is handed to the library as the step's only one."""
        batch = inputs.requests_in_batch
        rows = [self._rows(future) for future in batch]
        if max(rows, default=0) <= 1:
            self._experts.settle(())
            return
        made = inputs.output_ids[0, : sum(rows)].tolist()
        lasts: list[int] = []
        wrong: list[int] = []  # rows of the whole step
        end = 0
        for future, count in zip(batch, rows, strict=True):
            end += future.query_length
            if not count:
                continue
            chosen, made = made[:count], made[count:]
            kept = self._keep(future, chosen)
            wrong += range(end - count + kept, end)
            lasts.append(chosen[kept - 1])
        inputs.output_ids[0, : len(lasts)] = inputs.output_ids.new_tensor(lasts)
        self._experts.settle(wrong)

    def _keep(self, future: Any, chosen: list[int]) -> int:
        """How many of the chosen tokens count: those after right guesses. The answer's state is as if only they had been asked for."""
        state, guess = future.state, self._guesses.get(future.state.request_id, [])
        kept = 1
        while kept < len(chosen) and chosen[kept - 1] == guess[kept - 1]:
            kept += 1
        state.generated_tokens.extend(chosen[: kept - 1])
        if guess:
            past = state.position_offset - future.query_length
            state.position_offset = past
            future.complete_blocks = self._processor.cache.count_new_complete_blocks(state, kept)
            state.position_offset = past + kept
            self._flow.guessed(len(guess), kept - 1)
        return kept

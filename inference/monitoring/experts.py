"""Which experts work: counted where a mixture's block hands its tokens to them, on the device, without a wait for the processor.

Every mixture of transformers calls `experts(hidden, indices, weights)`; the indices are (tokens, active experts). Knows modules; no engine.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any


class ExpertCounter:
    """Counts from its making on. A dense model has no blocks to count in: its counts are empty."""

    def __init__(self, model: Any) -> None:
        self._counts: list[Any] = []
        self._chosen: list[Any] = []  # of a step that is not settled yet, by block
        self._waits = False
        self._real: Any = None  # on the device: how many tokens of a step are no padding
        blocks = [module for name, module in model.named_modules() if name.endswith(".experts") and hasattr(module, "num_experts")]
        for block in blocks:
            self._listen(block)

    def expect(self, tokens: int, stream: Any = None) -> None:
        """The next step has so many real tokens and padding behind them. The buffer stays the same one, so a captured graph reads it too."""
        import torch

        if not self._counts:
            return
        with torch.cuda.stream(stream) if stream is not None else torch.inference_mode():
            if self._real is None:
                self._real = torch.zeros((), dtype=torch.int64, device=self._counts[0].device)
            self._real.fill_(tokens)

    def wait_for_settling(self) -> None:
        """From now on a step counts when it is settled: only then it is known which of its rows belong to a text."""
        self._waits = True

    def settle(self, wrong: Sequence[int]) -> None:
        """The last step counts, but for these of its rows."""
        import torch

        for number, chosen in enumerate(self._chosen):
            if chosen is None:
                continue
            ones = torch.ones_like(chosen)
            if wrong:
                ones[list(wrong)] = 0
            self._counts[number].scatter_add_(0, chosen.reshape(-1), ones.reshape(-1))
            self._chosen[number] = None

    def _listen(self, block: Any) -> None:
        import torch

        # Quantised experts have neither and lie on the processor.
        place = next((tensor.device for tensor in (*block.parameters(), *block.buffers())), torch.device("cpu"))
        counts = torch.zeros(int(block.num_experts), dtype=torch.int64, device=place)
        number = len(self._counts)
        self._counts.append(counts)
        self._chosen.append(None)

        def count(module: Any, arguments: tuple[Any, ...]) -> None:
            chosen = arguments[1].to(torch.int64)
            if self._waits:
                self._chosen[number] = chosen
                return
            ones = torch.ones_like(chosen)
            if self._real is not None:
                ones *= (torch.arange(len(chosen), device=chosen.device) < self._real).unsqueeze(-1)
            counts.scatter_add_(0, chosen.reshape(-1), ones.reshape(-1))

        block.register_forward_pre_hook(count)

    def counts(self) -> tuple[tuple[int, ...], ...]:
        """(layers, experts): how many tokens each expert was given, those of prompts among them; what was found in the cache is not computed."""
        return tuple(tuple(int(number) for number in counts.tolist()) for counts in self._counts)

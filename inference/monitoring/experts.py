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
        self._chosen: list[Any] = []  # of the last step, by block
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

    def take_back(self, rows: Sequence[int]) -> None:
        """These rows of the last step were no part of any text."""
        import torch

        if not rows:
            return
        places = torch.tensor(rows)
        for counts, chosen in zip(self._counts, self._chosen, strict=True):
            gone = chosen[places.to(chosen.device)].reshape(-1)
            counts.scatter_add_(0, gone, torch.full_like(gone, -1))

    def _listen(self, block: Any) -> None:
        import torch

        # Quantised experts have neither and lie on the processor.
        place = next((tensor.device for tensor in (*block.parameters(), *block.buffers())), torch.device("cpu"))
        counts = torch.zeros(int(block.num_experts), dtype=torch.int64, device=place)
        number = len(self._counts)
        self._counts.append(counts)
        self._chosen.append(None)

        def count(module: Any, arguments: tuple[Any, ...]) -> None:
            self._chosen[number] = chosen = arguments[1].to(torch.int64)
            ones = torch.ones_like(chosen)
            if self._real is not None:
                ones *= (torch.arange(len(chosen), device=chosen.device) < self._real).unsqueeze(-1)
            counts.scatter_add_(0, chosen.reshape(-1), ones.reshape(-1))

        block.register_forward_pre_hook(count)

    def counts(self) -> tuple[tuple[int, ...], ...]:
        """(layers, experts): how many tokens each expert was given, those of prompts among them; what was found in the cache is not computed."""
        return tuple(tuple(int(number) for number in counts.tolist()) for counts in self._counts)

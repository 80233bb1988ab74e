"""Which experts work: counted where a mixture's block hands its tokens to them, on the device, without a wait for the processor.

Every mixture of transformers calls `experts(hidden, indices, weights)`; the indices are (tokens, active experts). Knows modules; no engine.
"""

from __future__ import annotations

from typing import Any


class ExpertCounter:
    """Counts from its making on. A dense model has no blocks to count in: its counts are empty."""

    def __init__(self, model: Any) -> None:
        self._counts: list[Any] = []
        blocks = [module for name, module in model.named_modules() if name.endswith(".experts") and hasattr(module, "num_experts")]
        for block in blocks:
            self._listen(block)

    def _listen(self, block: Any) -> None:
        import torch

        place = next(block.parameters()).device
        counts = torch.zeros(int(block.num_experts), dtype=torch.int64, device=place)
        self._counts.append(counts)

        def count(module: Any, arguments: tuple[Any, ...]) -> None:
            chosen = arguments[1].reshape(-1).to(torch.int64)
            counts.scatter_add_(0, chosen, torch.ones_like(chosen))

        block.register_forward_pre_hook(count)

    def counts(self) -> tuple[tuple[int, ...], ...]:
        """(layers, experts): how many tokens each expert was given, prompts and padding among them."""
        return tuple(tuple(int(number) for number in counts.tolist()) for counts in self._counts)

"""What both files about products draw and compare."""

from __future__ import annotations

import torch


def drawn(*shape: int, seed: int = 1) -> torch.Tensor:
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed)).to(torch.bfloat16)


def off(found: torch.Tensor, wanted: torch.Tensor) -> float:
    """The error's length, of the wanted length."""
    return float((found.float() - wanted.float()).norm() / wanted.float().norm())

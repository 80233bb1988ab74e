"""A low-rank correction of a projection in closed form: ridge regression of what is missing, cut to its strongest directions.

Reduced-rank regression: of all rank-r maps the one whose predictions are nearest (Izenman 1975). Knows matrices only. The
strength of the ridge is chosen on rows held out; where nothing helps there, the correction is zero.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from torch import Tensor

ROWS = 4_096  # at once
STRENGTHS = (0.003, 0.03, 0.3)  # of the mean diagonal


def correct(given: Tensor, missing: Tensor, rank: int, held_out: int) -> tuple[Tensor, Tensor, float]:
    """`left` (out, rank) and `right` (rank, in) in bf16 with given @ (left @ right).T near to missing, and the share of the missing
    energy that stays on the last `held_out` rows. `given` (rows, in), `missing` (rows, out), both weighted already."""
    import torch

    fit = len(given) - held_out
    gram, cross = _products(given[:fit], missing[:fit])
    scale = gram.diagonal().mean().clamp_min(1e-12)
    whole = missing[fit:].square().sum().clamp_min(1e-12)
    best = (torch.zeros(missing.shape[1], rank).bfloat16(), torch.zeros(rank, given.shape[1]).bfloat16(), 1.0)
    for strength in STRENGTHS:
        damped = gram.clone()
        damped.diagonal().add_(strength * scale)
        full = torch.cholesky_solve(cross, torch.linalg.cholesky(damped))  # (in, out)
        directions = torch.linalg.eigh(full.T @ gram @ full).eigenvectors[:, -rank:]  # (out, rank)
        left, right = _even(directions, (full @ directions).T)
        rest = missing[fit:] - (given[fit:].float() @ right.float().T) @ left.float().T
        share = float(rest.square().sum() / whole)
        if share < best[2]:
            best = (left, right, share)
    return best


def _even(left: Tensor, right: Tensor) -> tuple[Tensor, Tensor]:
    """The same product with both factors of the same size, which later training prefers."""
    import torch

    factor = (right.norm() / left.norm().clamp_min(1e-12)).clamp_min(1e-12).sqrt()
    return (left * factor).to(torch.bfloat16), (right / factor).to(torch.bfloat16)


def _products(given: Tensor, missing: Tensor) -> tuple[Tensor, Tensor]:
    """given.T @ given and given.T @ missing in fp32, piece by piece for the memory's sake."""
    import torch

    gram = torch.zeros(given.shape[1], given.shape[1])
    cross = torch.zeros(given.shape[1], missing.shape[1])
    for rows, wanted in zip(torch.split(given, ROWS), torch.split(missing, ROWS), strict=True):
        piece = rows.float()
        gram.addmm_(piece.T, piece)
        cross.addmm_(piece.T, wanted.float())
    return gram, cross

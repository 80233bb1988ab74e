"""A router for a `split`: which experts would say most, guessed from the block's input. Linear algebra, no model; deterministic."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from torch import Tensor

RIDGE = 0.01
SHARPEN_STEPS = 200
SHARPEN_RATE = 0.03  # of the router's own spread
SOFTNESS = 0.3  # of a choice while it is sharpened
TINY = 3e-5  # spread of the router's logits: fp32 still orders them, and they weigh the same to four digits


def fit_router(hidden: Tensor, mass: Tensor, weight: Tensor, active: int) -> Tensor:
    """(experts, hidden) in bf16: ridge regression from the block's input (tokens, hidden) to each expert's output norm `mass`
    (tokens, experts), then sharpened on the energy that the experts left out would have said. `weight` (tokens,)."""
    import torch

    scaled = hidden * weight.sqrt()[:, None]
    gram = scaled.T @ scaled
    gram.diagonal().add_(RIDGE * gram.diagonal().mean())
    router = torch.linalg.solve(gram, scaled.T @ (mass * weight.sqrt()[:, None])).T
    if active < mass.shape[1]:
        router = _sharpen(router, hidden, mass.square() * weight[:, None], active)
    spread = (hidden @ router.T).std().clamp_min(1e-12)
    tiny: Tensor = router * (TINY / spread)
    return tiny.to(torch.bfloat16)


def _sharpen(router: Tensor, hidden: Tensor, energy: Tensor, active: int) -> Tensor:
    """Gradient steps on a soft choice: an expert is on as far as its score lies above the border between k and k + 1."""
    import torch

    spread = (hidden @ router.T).std(dim=1).mean().clamp_min(1e-12)
    energy = energy / energy.sum(1).mean().clamp_min(1e-12)
    found, least = router, left_out(router, hidden, energy, active)
    trained = (router / spread).clone().requires_grad_()
    optimiser = torch.optim.Adam([trained], lr=SHARPEN_RATE * float(trained.detach().std()))
    with torch.enable_grad():
        for _ in range(SHARPEN_STEPS):
            scores = hidden @ trained.T
            best = scores.detach().topk(active + 1, dim=1).values
            border = (best[:, active - 1 : active] + best[:, active:]) / 2
            loss = (energy * torch.sigmoid((border - scores) / SOFTNESS)).sum(1).mean()
            optimiser.zero_grad()
            torch.autograd.backward(loss)
            optimiser.step()
    after = left_out(trained.detach(), hidden, energy, active)
    return trained.detach() if after < least else found


def left_out(router: Tensor, hidden: Tensor, energy: Tensor, active: int) -> float:
    """The share of the routed experts' energy that is not chosen."""
    chosen = energy.gather(1, (hidden @ router.T).topk(active, dim=1).indices)
    return float(1 - chosen.sum() / energy.sum().clamp_min(1e-12))

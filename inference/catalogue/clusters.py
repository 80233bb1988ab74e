"""Which neurons are shared and which routed together, and a router for them: linear algebra on activations, no model.

Neurons that fire together go to the same expert (MoEfication, arXiv 2110.01786), the most active are always on (as in CMoE,
arXiv 2502.04416). Everything is deterministic: no random start, ties by index.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from inference.catalogue.recipe import Shape

if TYPE_CHECKING:
    from torch import Tensor

SAMPLE = 4_096  # tokens that co-activation is read from
ROUNDS = 12
RIDGE = 0.01
SHARPEN_STEPS = 200
SHARPEN_RATE = 0.003
TINY = 3e-5  # spread of the router's logits: fp32 still orders them, and they weigh the same to four digits


def partition(activity: Tensor, shape: Shape) -> Tensor:
    """The order of neurons, shared ones first, from how much each says at each token: `activity` (tokens, inner), not negative."""
    import torch

    ranked = activity.float().mean(0).argsort(descending=True, stable=True)
    shared, routed = ranked[: shape.shared].sort().values, ranked[shape.shared :].sort().values
    step = -(-len(activity) // SAMPLE)
    features = torch.nn.functional.normalize(activity[::step, routed].float().T, dim=1)  # (neurons, tokens)
    groups = balanced_clusters(features, shape.experts)
    return torch.cat([shared, *(routed[group] for group in groups)])


def balanced_clusters(features: Tensor, number: int) -> list[Tensor]:
    """Rows of unit length in `number` clusters of the same size by cosine (spherical k-means with room for so many each)."""
    import torch

    centres = _far_apart(features, number)
    size = len(features) // number
    found: list[Tensor] = []
    for _ in range(ROUNDS):
        members = _assign(features @ centres.T, size)
        if found and all(torch.equal(one, other) for one, other in zip(found, members, strict=True)):
            break
        found = members
        centres = torch.nn.functional.normalize(torch.stack([features[group].sum(0) for group in found]), dim=1)
    return found


def _far_apart(features: Tensor, number: int) -> Tensor:
    """The row nearest to the middle, then always the row least like those taken."""
    import torch

    taken = [int((features @ features.mean(0)).argmax())]
    likeness = features @ features[taken[0]]
    while len(taken) < number:
        taken.append(int(likeness.argmin()))
        likeness = torch.maximum(likeness, features @ features[taken[-1]])
        likeness[taken] = float("inf")
    return features[taken]


def _assign(likeness: Tensor, size: int) -> list[Tensor]:
    """(rows, clusters): the most alike pairs first, while the cluster has room."""
    import torch

    groups: list[list[int]] = [[] for _ in range(likeness.shape[1])]
    is_free = [True] * len(likeness)
    for flat in likeness.flatten().argsort(descending=True, stable=True).tolist():
        row, cluster = divmod(flat, likeness.shape[1])
        if is_free[row] and len(groups[cluster]) < size:
            groups[cluster].append(row)
            is_free[row] = False
    return [torch.tensor(sorted(group)) for group in groups]


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
    optimiser = torch.optim.Adam([trained], lr=SHARPEN_RATE * float(trained.detach().std()) * 10)
    with torch.enable_grad():
        for _ in range(SHARPEN_STEPS):
            scores = hidden @ trained.T
            best = scores.detach().topk(active + 1, dim=1).values
            border = (best[:, active - 1 : active] + best[:, active:]) / 2
            loss = (energy * torch.sigmoid((border - scores) / 0.3)).sum(1).mean()
            optimiser.zero_grad()
            torch.autograd.backward(loss)
            optimiser.step()
    after = left_out(trained.detach(), hidden, energy, active)
    return trained.detach() if after < least else found


def left_out(router: Tensor, hidden: Tensor, energy: Tensor, active: int) -> float:
    """The share of the routed experts' energy that is not chosen."""
    chosen = energy.gather(1, (hidden @ router.T).topk(active, dim=1).indices)
    return float(1 - chosen.sum() / energy.sum().clamp_min(1e-12))

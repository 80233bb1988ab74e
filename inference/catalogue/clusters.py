"""Which neurons are shared and which routed together: linear algebra on activations, no model.

Neurons that fire together go to the same expert (MoEfication, arXiv 2110.01786), the most active are always on (as in CMoE,
arXiv 2502.04416). Everything is deterministic: no random start, ties by index.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from inference.catalogue.shape import Shape

if TYPE_CHECKING:
    from torch import Tensor

SAMPLE = 4_096  # tokens that co-activation is read from
ROUNDS = 12


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

"""The recipe of a `split`: what, with the dense weights, gives the mixture again. One small safetensors file.

    order   (layers, inner)             int32   a permutation: the shared expert's neurons, then each routed expert's
    router  (layers, experts, hidden)   bf16    tiny, so that the chosen experts weigh 1/k each
    left    (layers, hidden, rank)      bf16    healing: down_proj + left @ right, columns in `order`'s order;
    right   (layers, rank, inner)       bf16    both are missing where nothing was healed

The header names the dense model by the hash of its weights, so a recipe is never laid over another one. Knows tensors and
files; how a recipe is found out is the calibration's business.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from inference.catalogue.shape import Shape
from inference.catalogue.upcycle import CannotUpcycle

if TYPE_CHECKING:
    from torch import Tensor

FORMAT = "csbot-split-1"


@dataclass(frozen=True, slots=True)
class Layer:
    order: Tensor  # (inner,)
    router: Tensor  # (experts, hidden)
    left: Tensor | None = None  # (hidden, rank)
    right: Tensor | None = None  # (rank, inner)


@dataclass(frozen=True, slots=True)
class Recipe:
    """`note` says in words what it was made with: texts and their licences."""

    shape: Shape
    dense_sha256: str
    layers: tuple[Layer, ...]
    note: str = ""


def weights_sha256(dense: Any) -> str:
    """Of every weight as bfloat16, in the order of their names: the same for a GGUF, a folder and a shared expert of form `add`."""
    import torch

    whole = hashlib.sha256()
    for name, weight in sorted(dense.state_dict().items()):
        whole.update(f"{name}{tuple(weight.shape)}".encode())
        whole.update(weight.detach().to(torch.bfloat16).contiguous().view(torch.int16).numpy().data)
    return whole.hexdigest()


def save_recipe(recipe: Recipe, path: Path) -> None:
    """Whole or not at all."""
    import torch
    from safetensors.torch import save_file

    layers = recipe.layers
    tensors = {
        "order": torch.stack([layer.order for layer in layers]).to(torch.int32),
        "router": torch.stack([layer.router for layer in layers]).to(torch.bfloat16),
    }
    if layers[0].left is not None:
        tensors["left"] = torch.stack([layer.left for layer in layers if layer.left is not None]).to(torch.bfloat16)
        tensors["right"] = torch.stack([layer.right for layer in layers if layer.right is not None]).to(torch.bfloat16)
    shape = recipe.shape
    header = {
        "format": FORMAT,
        "shape": json.dumps([shape.inner, shape.shared, shape.experts, shape.active]),
        "dense_sha256": recipe.dense_sha256,
        "note": recipe.note,
    }
    draft = path.with_name(path.name + ".draft")
    path.parent.mkdir(parents=True, exist_ok=True)
    save_file({name: tensor.contiguous() for name, tensor in tensors.items()}, draft, header)
    draft.replace(path)


def load_recipe(path: Path) -> Recipe:
    """Raises `CannotUpcycle`, which says what is wrong with the file."""
    from safetensors import SafetensorError, safe_open

    try:
        with safe_open(path, "pt") as file:
            header = file.metadata() or {}
            tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118 - no mapping
    except (SafetensorError, OSError, ValueError) as error:
        raise CannotUpcycle(f"{path} is no recipe: {error}") from error
    if header.get("format") != FORMAT:
        raise CannotUpcycle(f"{path} is no recipe of the format {FORMAT}")
    try:
        return _checked(header, tensors)
    except CannotUpcycle as error:
        raise CannotUpcycle(f"{path} is damaged: {error}") from error
    except (KeyError, TypeError, ValueError, IndexError, OverflowError, RecursionError) as error:
        raise CannotUpcycle(f"{path} is damaged: {error!r}") from error


def _checked(header: Mapping[str, str], tensors: Mapping[str, Tensor]) -> Recipe:
    import torch

    shape = Shape(*(int(number) for number in json.loads(header["shape"])))
    order, router = tensors["order"].long(), tensors["router"]
    left, right = tensors.get("left"), tensors.get("right")
    number, hidden = len(order), router.shape[-1]
    expected = [(order, (number, shape.inner)), (router, (number, shape.experts, hidden))]
    if left is not None or right is not None:
        rank = tensors["left"].shape[-1]
        expected += [(tensors["left"], (number, hidden, rank)), (tensors["right"], (number, rank, shape.inner))]
    for tensor, size in expected:
        if tuple(tensor.shape) != size:
            raise CannotUpcycle(f"a tensor of {tuple(tensor.shape)} where {size} is due")
        if tensor.is_floating_point() and not torch.isfinite(tensor).all():
            raise CannotUpcycle("a number that is none")
    if not torch.equal(order.sort(-1).values, torch.arange(shape.inner).expand(number, -1)):
        raise CannotUpcycle("neurons that stand twice or nowhere")
    layers = tuple(
        Layer(order[at], router[at], None if left is None else left[at], None if right is None else right[at]) for at in range(number)
    )
    return Recipe(shape, header["dense_sha256"], layers, header.get("note", ""))

"""A recipe for a `split`, found layer by layer from forward passes of the dense model over texts.

Two streams of hidden states go through the layers: the dense model's and the mixture's. At each layer the dense one says which
neurons belong together; the router is fitted on the mixture's own stream; the correction closes the gap between the streams as
far as a low-rank change of `down_proj` can. What is found is written layer by layer, so that a killed run goes on: it passes
the finished layers again (cheap) and gives the same result. Tokens weigh by 1 / (size of their stream)², for the next layer
sees them normalised; so the huge first token does not rule the fit.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from inference.catalogue.clusters import partition
from inference.catalogue.correction import correct
from inference.catalogue.recipe import Layer, Recipe, load_recipe, save_recipe, weights_sha256
from inference.catalogue.router import fit_router, left_out
from inference.catalogue.shape import Shape
from inference.catalogue.splitting import healed_down, require_supported
from inference.catalogue.upcycle import CannotUpcycle

if TYPE_CHECKING:
    from torch import Tensor

Say = Callable[[str], None]
RANK = 64
HELD_OUT = 8  # one of so many sequences chooses the ridge


@dataclass(frozen=True, slots=True)
class Calibration:
    """`rank` 0 leaves the mixture unhealed."""

    shape: Shape
    rank: int = RANK
    note: str = ""


def calibrate(dense: Any, sequences: Sequence[Sequence[int]], how: Calibration, work: Path, say: Say) -> Recipe:
    """The recipe; finished layers lie in `work` until the caller removes it. Seconds to a minute a layer on one core."""
    import torch

    require_supported(dense)
    if not sequences or how.shape.inner != dense.config.intermediate_size:
        raise CannotUpcycle("there is no text to calibrate with" if not sequences else "the experts are cut for a model of another size")
    digest = weights_sha256(dense)
    found: list[Layer] = []
    with torch.no_grad():
        run = _Run(dense, sequences, how)
        for number, block in enumerate(dense.model.layers):
            path = work / f"layer-{number:03}.safetensors"
            done = _done(path, digest, how)
            layer, told = run.step(block, done)
            if done is None:
                save_recipe(Recipe(how.shape, digest, (layer,), _mark(how)), path)
            found.append(layer)
            say(f"layer {number + 1}/{len(dense.model.layers)}: {'found before' if done else told}")
    return Recipe(how.shape, digest, tuple(found), how.note)


def _mark(how: Calibration) -> str:
    return f"rank {how.rank}; {how.note}"


def _done(path: Path, digest: str, how: Calibration) -> Layer | None:
    if not path.exists():
        return None
    before = load_recipe(path)
    if (before.shape, before.dense_sha256, before.note) != (how.shape, digest, _mark(how)):
        raise CannotUpcycle(f"{path.parent} holds the work of another run; remove it or finish that one")
    return before.layers[0]


class _Run:
    """Both streams, side by side: hidden states (tokens, hidden) in fp32 after the same layer."""

    def __init__(self, dense: Any, sequences: Sequence[Sequence[int]], how: Calibration) -> None:
        import torch

        self._model, self._how = dense.model, how
        self._lengths = [len(sequence) for sequence in sequences]
        ids = torch.tensor([token for sequence in sequences for token in sequence])
        self._dense = dense.model.embed_tokens(ids).float()
        self._mixture = self._dense.clone()
        self._held_out = sum(self._lengths[-max(1, len(sequences) // HELD_OUT) :]) if len(sequences) > 1 else 0

    def step(self, block: Any, done: Layer | None) -> tuple[Layer, str]:
        """Through one layer; what it found, and a word on how well it fits."""
        down = block.mlp.down_proj.weight
        middle = self._attend(block, self._dense)
        _, inner = _inner(block, middle)
        self._dense = middle + (inner @ down.T).float()
        order = done.order if done else partition(inner.abs() * down.norm(dim=0), self._how.shape)
        del inner
        middle = self._attend(block, self._mixture)
        given, inner = _inner(block, middle)
        inner = inner[:, order]
        layer, told = (done, "") if done else self._fit(block, order, given, inner, middle)
        silence(inner, _choose(given, layer, self._how.shape), self._how.shape)
        self._mixture = middle + (inner @ healed_down(block.mlp, layer).to(inner.dtype).T).float()
        return layer, told

    def _fit(self, block: Any, order: Tensor, given: Tensor, inner: Tensor, middle: Tensor) -> tuple[Layer, str]:
        shape = self._how.shape
        weight = self._dense.square().sum(1).clamp_min(1e-12).reciprocal()
        weight = weight / weight.mean()
        down = block.mlp.down_proj.weight[:, order]
        mass = expert_mass(inner, down, shape)
        router = fit_router(given.float(), mass, weight, shape.active)
        layer = Layer(order, router)
        lost = left_out(router.float(), given.float(), mass.square() * weight[:, None], shape.active)
        told = f"{lost:.1%} of the routed energy left out"
        if not self._how.rank:
            return layer, told
        heard = inner.clone()
        silence(heard, _choose(given, layer, shape), shape)
        missing = self._dense - middle - (heard @ down.T).float()
        scale = weight.sqrt()[:, None]
        left, right, rest = correct(heard * scale.to(heard.dtype), missing * scale, self._how.rank, self._held_out or len(heard) // HELD_OUT)
        return Layer(order, router, left, right), f"{told}, {rest:.1%} of the gap stays"

    def _attend(self, block: Any, hidden: Tensor) -> Tensor:
        """Each sequence by itself: no padding, no mask."""
        import torch

        said = []
        for piece in torch.split(hidden, self._lengths):
            given = piece[None].to(block.mlp.down_proj.weight.dtype)
            places = self._model.rotary_emb(given, torch.arange(len(piece))[None])
            said.append(block.self_attn(hidden_states=block.input_layernorm(given), position_embeddings=places, attention_mask=None)[0][0])
        return hidden + torch.cat(said).float()


def _inner(block: Any, middle: Tensor) -> tuple[Tensor, Tensor]:
    """The feed-forward block's input (tokens, hidden) and its neurons (tokens, inner)."""
    mlp = block.mlp
    given = block.post_attention_layernorm(middle.to(mlp.down_proj.weight.dtype))
    return given, mlp.act_fn(mlp.gate_proj(given)) * mlp.up_proj(given)


def expert_mass(inner: Tensor, down: Tensor, shape: Shape) -> Tensor:
    """The norm of what each routed expert says: (tokens, experts). `inner` and `down` in the recipe's order."""
    import torch

    parts = range(shape.shared, shape.inner, shape.width)
    return torch.stack([(inner[:, at : at + shape.width] @ down[:, at : at + shape.width].T).float().norm(dim=1) for at in parts], dim=1)


def _choose(given: Tensor, layer: Layer, shape: Shape) -> Tensor:
    """True for the chosen experts, as the stock router chooses: (tokens, experts)."""
    import torch

    scores = torch.softmax((given @ layer.router.to(given.dtype).T).float(), dim=-1)
    return torch.zeros_like(scores, dtype=torch.bool).scatter_(1, scores.topk(shape.active, dim=1).indices, True)  # noqa: FBT003


def silence(inner: Tensor, chosen: Tensor, shape: Shape) -> None:
    """In place: the neurons of experts that were not chosen say nothing."""
    routed = inner[:, shape.shared :].view(len(inner), shape.experts, shape.width)
    routed.mul_(chosen[:, :, None])

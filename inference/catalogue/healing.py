"""A short distillation of a recipe's corrections: the mixture learns to say what the dense model says (KL on next tokens).

Trained are `left` and `right` of every layer, nothing else; the weights stay as they are. Each step reads a few texts; their
order follows from the step's number, and everything that a step changes lies in a checkpoint, so that a killed run goes on
and gives the same result. Knows torch; how the recipe was found is the calibration's business.
"""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from inference.catalogue.recipe import Layer, Recipe
from inference.catalogue.splitting import split_experts, spread_down
from inference.catalogue.texts import Text
from inference.catalogue.upcycle import CannotUpcycle

if TYPE_CHECKING:
    from torch import Tensor

NAME = "healing.safetensors"
CLIP = 1.0
PROMPT_STEP = 4  # one of so many places of a prompt


@dataclass(frozen=True, slots=True)
class Healing:
    """`rate` is Adam's, reached after a tenth of the steps, then falling as a cosine."""

    steps: int
    batch: int = 4  # texts a step
    rate: float = 3e-5
    save_every: int = 20
    seed: int = 20_262

    def rate_at(self, step: int) -> float:
        rising = max(1, self.steps // 10)
        if step < rising:
            return self.rate * (step + 1) / rising
        return self.rate * 0.5 * (1 + math.cos(math.pi * (step - rising) / max(1, self.steps - rising)))


def heal(dense: Any, recipe: Recipe, texts: Sequence[Text], how: Healing, work: Path, say: Callable[[str], None]) -> Recipe:
    """The recipe with better corrections. Checkpoints lie in `work` until the caller removes it."""
    if any(layer.left is None or layer.right is None for layer in recipe.layers):
        raise CannotUpcycle("a recipe without corrections cannot be healed further")
    student = _Student(dense, recipe)
    start = student.resume(work / NAME, how)
    told = 0.0
    for step in range(start, how.steps):
        chosen = random.Random(how.seed + step).sample(range(len(texts)), min(how.batch, len(texts)))
        loss = student.learn(dense, [texts[at] for at in chosen], how.rate_at(step))
        told = loss if step == start else 0.9 * told + 0.1 * loss
        if (step + 1) % how.save_every == 0 or step + 1 == how.steps:
            student.save(work / NAME, how, step + 1)
            say(f"healing {step + 1}/{how.steps}: divergence {told:.4f}")
    return student.recipe()


def _places(text: Text) -> list[int]:
    """Where the next token is compared: all of the reply, for the product says nothing else, and some of the prompt."""
    return [at for at in range(len(text.ids) - 1) if at >= text.reply - 1 or at % PROMPT_STEP == 0]


def _awake(factors: list[Tensor]) -> list[Tensor]:
    """Where both factors are zero no gradient reaches either: `left` begins with small numbers, always the same."""
    import torch

    drawn = torch.Generator().manual_seed(len(factors))
    for left, right in zip(factors[::2], factors[1::2], strict=True):
        if not left.any():
            left.normal_(0, left.shape[1] ** -0.5, generator=drawn)
            right.zero_()
    return factors


class _Student:
    """The mixture without its corrections, and the corrections in fp32 as what is trained."""

    def __init__(self, dense: Any, recipe: Recipe) -> None:
        import torch

        self._recipe = recipe
        self._mixture = split_experts(dense, recipe).requires_grad_(False)  # noqa: FBT003
        self._base = [block.mlp.down_proj.weight.detach()[:, layer.order] for block, layer in zip(dense.model.layers, recipe.layers, strict=True)]
        parts = [part for layer in recipe.layers for part in (layer.left, layer.right) if part is not None]
        copies = [part.detach().float().clone(memory_format=torch.contiguous_format) for part in parts]
        self._factors = [part.requires_grad_() for part in _awake(copies)]
        self._optimiser = torch.optim.Adam(self._factors, betas=(0.9, 0.98))

    def learn(self, dense: Any, texts: Sequence[Text], rate: float) -> float:
        """One step; the divergence before it in nats a token."""
        import torch

        for group in self._optimiser.param_groups:
            group["lr"] = rate
        # Made once a step: the texts' gradients meet in the weights and go on to the factors together.
        made = self._weights()
        weights = {name: weight.detach().requires_grad_() for name, weight in made.items()}
        whole = sum(len(_places(text)) for text in texts)
        total = 0.0
        for text in texts:
            loss = self._apart(dense, text, weights) / whole
            torch.autograd.backward(loss)
            total += float(loss.detach())
        torch.autograd.backward(list(made.values()), [weight.grad for weight in weights.values()])
        torch.nn.utils.clip_grad_norm_(self._factors, CLIP)
        self._optimiser.step()
        self._optimiser.zero_grad()
        return total

    def _apart(self, dense: Any, text: Text, weights: dict[str, Tensor]) -> Tensor:
        """The sum of KL(dense‖mixture) over the text's places. Only their logits are made: the vocabulary is most of the memory."""
        import torch

        ids, places = torch.tensor([text.ids]), _places(text)
        with torch.no_grad():
            wanted = dense.lm_head(dense.model(ids, use_cache=False).last_hidden_state[0, places])
            wanted = torch.log_softmax(wanted.float(), dim=-1)
        hidden = torch.func.functional_call(self._mixture.model, weights, (ids,), {"use_cache": False}).last_hidden_state[0, places]
        said = torch.log_softmax(self._mixture.lm_head(hidden).float(), dim=-1)
        return torch.nn.functional.kl_div(said, wanted, reduction="sum", log_target=True)

    def _weights(self) -> dict[str, Tensor]:
        """Every `down_proj` with its correction, as a function of the factors."""
        made = {}
        for number, base in enumerate(self._base):
            left, right = self._factors[2 * number : 2 * number + 2]
            shared, routed = spread_down(base + (left @ right).to(base.dtype), self._recipe.shape)
            made[f"layers.{number}.mlp.shared_expert.down_proj.weight"] = shared
            made[f"layers.{number}.mlp.experts.down_proj"] = routed.contiguous()
        return made

    def recipe(self) -> Recipe:
        import torch

        factors = [factor.detach().to(torch.bfloat16) for factor in self._factors]
        layers = [
            Layer(layer.order, layer.router, factors[2 * number], factors[2 * number + 1]) for number, layer in enumerate(self._recipe.layers)
        ]
        return replace(self._recipe, layers=tuple(layers))

    def save(self, path: Path, how: Healing, step: int) -> None:
        """Whole or not at all."""
        from safetensors.torch import save_file

        tensors: dict[str, Tensor] = {}
        for number, factor in enumerate(self._factors):
            state = self._optimiser.state[factor]
            tensors |= {f"{number}.factor": factor.detach(), f"{number}.first": state["exp_avg"], f"{number}.second": state["exp_avg_sq"]}
        draft = path.with_name(path.name + ".draft")
        save_file(tensors, draft, {"step": str(step), "how": repr(how)})
        draft.replace(path)

    def resume(self, path: Path, how: Healing) -> int:
        """The step to go on with."""
        import torch
        from safetensors import SafetensorError, safe_open

        if not path.exists():
            return 0
        try:
            with safe_open(path, "pt") as file, torch.no_grad():
                header = file.metadata() or {}
                if header.get("how") != repr(how):
                    raise CannotUpcycle(f"{path.parent} holds the work of another run; remove it or finish that one")
                step = int(header["step"])
                for number, factor in enumerate(self._factors):
                    factor.copy_(file.get_tensor(f"{number}.factor"))
                    moments = {"exp_avg": file.get_tensor(f"{number}.first"), "exp_avg_sq": file.get_tensor(f"{number}.second")}
                    self._optimiser.state[factor] = {"step": torch.tensor(float(step)), **moments}
        except (SafetensorError, KeyError, OSError, RuntimeError) as error:
            raise CannotUpcycle(f"{path} is damaged ({error}); remove it to begin anew") from error
        return step

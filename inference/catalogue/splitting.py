"""From a dense model to a mixture of experts, in the form `split`: its own neurons, shared out by a recipe.

A feed-forward block is a sum over neurons, so any partition of them into a shared and E routed experts gives the same sum
while all are on. Into a stock `Qwen2MoeForCausalLM`: the shared expert's sigmoid gate is 1/2 at zero weights, so its
`down_proj` is doubled; the router is tiny, so each of the k chosen experts weighs 1/k and routed `down_proj` is k-fold.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from inference.catalogue.recipe import Layer, Recipe, weights_sha256
from inference.catalogue.shape import Shape
from inference.catalogue.upcycle import SUPPORTED, CannotUpcycle, carried_config

ADD_FORM = "qwen2_moe"


def load_dense(folder: Path) -> tuple[Any, Any]:
    """The model in bfloat16's numbers, and its tokenizer, from a dense folder or from one of form `add` at birth."""
    import torch
    from safetensors import SafetensorError
    from transformers import AutoConfig, AutoModelForCausalLM, AutoTokenizer

    try:
        kind = AutoConfig.from_pretrained(folder, local_files_only=True).model_type
        if kind not in (*SUPPORTED, ADD_FORM):
            raise CannotUpcycle(f"{folder.name} is of type {kind}; the form `split` is known for {', '.join(SUPPORTED)}")
        found = AutoModelForCausalLM.from_pretrained(folder, dtype=torch.bfloat16, local_files_only=True).eval()
        tokenizer = AutoTokenizer.from_pretrained(folder, local_files_only=True)
    except (SafetensorError, RuntimeError, TypeError, AttributeError) as error:
        raise CannotUpcycle(f"the model in this folder is damaged: {error}") from error
    return (without_experts(found) if kind == ADD_FORM else found), tokenizer


def without_experts(mixture: Any) -> Any:
    """The dense model inside a mixture of form `add` whose experts still say nothing. Raises `CannotUpcycle` for any other."""
    from transformers import Qwen2Config, Qwen2ForCausalLM

    config = mixture.config
    if any(layer.mlp.experts.down_proj.any() or layer.mlp.shared_expert_gate.weight.any() for layer in mixture.model.layers):
        raise CannotUpcycle("a mixture whose experts were trained has no dense model inside; split the model it came from")
    carried = carried_config(config) | {"intermediate_size": config.shared_expert_intermediate_size}
    dense = Qwen2ForCausalLM(Qwen2Config(**{name: value for name, value in carried.items() if name in Qwen2Config().to_dict()})).to(mixture.dtype)
    state = {}
    for name, weight in mixture.state_dict().items():
        if ".shared_expert." in name:
            state[name.replace(".shared_expert.", ".")] = weight / 2 if ".down_proj." in name else weight
        elif ".mlp." not in name:
            state[name] = weight
    dense.load_state_dict(state)
    dense.generation_config = mixture.generation_config
    return dense.eval()


def split_experts(dense: Any, recipe: Recipe) -> Any:
    """A Qwen2MoeForCausalLM in the dense model's precision. The dense weights are copied.

    Raises `CannotUpcycle` where the recipe is another model's.
    """
    import torch
    from transformers import Qwen2MoeConfig, Qwen2MoeForCausalLM

    require_fitting(dense, recipe)
    shape = recipe.shape
    config = Qwen2MoeConfig(
        **carried_config(dense.config),
        num_experts=shape.experts,
        num_experts_per_tok=shape.active,
        moe_intermediate_size=shape.width,
        shared_expert_intermediate_size=shape.shared,
        decoder_sparse_step=1,
        norm_topk_prob=True,
        mlp_only_layers=[],
        qkv_bias=True,
    )
    with torch.random.fork_rng(devices=[]), torch.no_grad():
        mixture = Qwen2MoeForCausalLM(config).to(dense.dtype)
        rest = {name: weight for name, weight in dense.state_dict().items() if ".mlp." not in name}
        if mixture.load_state_dict(rest, strict=False).unexpected_keys:
            raise CannotUpcycle("the model has weights that a mixture has no place for")
        for target, source, layer in zip(mixture.model.layers, dense.model.layers, recipe.layers, strict=True):
            _fill(target.mlp, source.mlp, layer, shape)
    mixture.generation_config = dense.generation_config
    return mixture.eval()


def require_fitting(dense: Any, recipe: Recipe) -> None:
    """Raises `CannotUpcycle`."""
    require_supported(dense)
    if len(recipe.layers) != len(dense.model.layers) or recipe.shape.inner != dense.config.intermediate_size:
        raise CannotUpcycle("the recipe is of a model of another size")
    if recipe.dense_sha256 != weights_sha256(dense):
        raise CannotUpcycle("the recipe is of another model: the hash of the dense weights differs")


def require_supported(dense: Any) -> None:
    if dense.config.model_type not in SUPPORTED:
        raise CannotUpcycle(f"a model of type {dense.config.model_type}; the form `split` is known for {', '.join(SUPPORTED)}")


def _fill(block: Any, dense: Any, layer: Layer, shape: Shape) -> None:
    shared, routed = layer.order[: shape.shared], layer.order[shape.shared :]
    block.shared_expert.gate_proj.weight.copy_(dense.gate_proj.weight[shared])
    block.shared_expert.up_proj.weight.copy_(dense.up_proj.weight[shared])
    parts = [weight[routed].view(shape.experts, shape.width, -1) for weight in (dense.gate_proj.weight, dense.up_proj.weight)]
    block.experts.gate_up_proj.copy_(_cat(parts))
    down_shared, down_routed = spread_down(healed_down(dense, layer), shape)
    block.shared_expert.down_proj.weight.copy_(down_shared)
    block.experts.down_proj.copy_(down_routed)
    block.gate.weight.copy_(layer.router)
    block.shared_expert_gate.weight.zero_()


def healed_down(dense: Any, layer: Layer) -> Any:
    """`down_proj` (hidden, inner) in fp32, its columns in the recipe's order, with the correction on it."""
    down = dense.down_proj.weight[:, layer.order].float()
    if layer.left is None or layer.right is None:
        return down
    return down + layer.left.float() @ layer.right.float()


def spread_down(down: Any, shape: Shape) -> tuple[Any, Any]:
    """(hidden, inner) as the shared expert's (hidden, shared) and the routed ones' (experts, hidden, width), each by its factor."""
    shared, routed = down[:, : shape.shared], down[:, shape.shared :]
    return 2 * shared, shape.active * routed.reshape(len(down), shape.experts, shape.width).permute(1, 0, 2)


def _cat(parts: list[Any]) -> Any:
    import torch

    return torch.cat(parts, dim=1)

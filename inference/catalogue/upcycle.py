"""From a dense model to a mixture of experts, in the form `add` (DeepSeekMoE's shared expert).

The pretrained feed-forward block becomes the shared expert of a Qwen2-MoE block: its sigmoid gate is 1/2 at zero weights,
so `down_proj` is doubled. Routed experts start with `down_proj` = 0: at birth the mixture says exactly what the dense
model says; training fills it. Into a stock transformers class: no layer of our own.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

SEED = 20_260
SPREAD = 0.02
SUPPORTED = ("qwen2",)
_NOT_CARRIED = ("model_type", "architectures", "quantization_config", "layer_types", "dtype", "torch_dtype", "transformers_version", "_name_or_path")


class CannotUpcycle(ValueError):
    """Says what the model lacks."""


@dataclass(frozen=True, slots=True)
class Experts:
    """`width` is the inner size of a routed expert."""

    number: int = 8
    active: int = 2
    width: int = 64

    def __post_init__(self) -> None:
        if not 1 <= self.active <= self.number:
            raise CannotUpcycle(f"{self.active} active of {self.number} experts is impossible")


def upcycle_folder(source: Path, target: Path, experts: Experts | None = None) -> None:
    """A local dense folder to a mixture in bfloat16, with its tokenizer."""
    import torch
    from transformers import AutoConfig, AutoModelForCausalLM, AutoTokenizer

    require_model(source)
    kind = AutoConfig.from_pretrained(source, local_files_only=True).model_type
    if kind not in SUPPORTED:
        raise CannotUpcycle(f"{source.name} is of type {kind}; the form `add` is known for {', '.join(SUPPORTED)}")
    dense = AutoModelForCausalLM.from_pretrained(source, dtype=torch.float32, local_files_only=True)
    tokenizer = AutoTokenizer.from_pretrained(source, local_files_only=True)
    save(add_experts(dense, experts or Experts()), tokenizer, target)


def require_model(folder: Path) -> None:
    """Before the library looks: what it says of a wrong folder speaks of the hub."""
    if not (folder / "config.json").is_file() or not any(folder.glob("*.safetensors")):
        raise CannotUpcycle("there is no model in this folder (config.json and *.safetensors)")


def save(model: Any, tokenizer: Any, target: Path) -> None:
    import torch

    model.to(torch.bfloat16).save_pretrained(target)
    tokenizer.save_pretrained(target)


def add_experts(dense: Any, experts: Experts) -> Any:
    """A Qwen2MoeForCausalLM that equals the dense model. The dense one's weights are moved, not copied: do not use it after."""
    import torch
    from transformers import Qwen2MoeConfig, Qwen2MoeForCausalLM

    if dense.config.model_type not in SUPPORTED:
        raise CannotUpcycle(f"a model of type {dense.config.model_type}; the form `add` is known for {', '.join(SUPPORTED)}")
    carried = carried_config(dense.config)
    config = Qwen2MoeConfig(
        **carried,
        num_experts=experts.number,
        num_experts_per_tok=experts.active,
        moe_intermediate_size=experts.width,
        shared_expert_intermediate_size=carried["intermediate_size"],
        decoder_sparse_step=1,
        norm_topk_prob=False,
        mlp_only_layers=[],
        qkv_bias=True,
    )
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(SEED)
        mixture = Qwen2MoeForCausalLM(config).to(torch.float32)
        _load(mixture, dense.state_dict())
        _start_experts(mixture)
    mixture.generation_config = dense.generation_config
    return mixture.eval()


def carried_config(config: Any) -> dict[str, Any]:
    """What a mixture takes over from the dense model's configuration."""
    return {name: value for name, value in config.to_dict().items() if name not in _NOT_CARRIED}


def _load(mixture: Any, state: dict[str, Any]) -> None:
    renamed = {}
    for name, weight in state.items():
        if ".mlp." in name:
            renamed[name.replace(".mlp.", ".mlp.shared_expert.")] = weight * 2 if ".down_proj." in name else weight
        else:
            renamed[name] = weight
    found = mixture.load_state_dict(renamed, strict=False)
    strange = [name for name in found.missing_keys if ".mlp.gate." not in name and ".experts." not in name and "shared_expert_gate" not in name]
    if strange or found.unexpected_keys:
        raise CannotUpcycle(f"weights that do not fit: {(strange + list(found.unexpected_keys))[:3]}")


def _start_experts(mixture: Any) -> None:
    import torch

    with torch.no_grad():
        for layer in mixture.model.layers:
            layer.mlp.experts.gate_up_proj.normal_(0, SPREAD)
            layer.mlp.experts.down_proj.zero_()
            layer.mlp.gate.weight.normal_(0, SPREAD)
            layer.mlp.shared_expert_gate.weight.zero_()

"""Real shapes with random weights: what a model costs to run does not depend on what it has learnt.

The numbers are those of the published configurations (moonshotai/Moonlight-16B-A3B, Qwen/Qwen3-30B-A3B); the tiny ones are for a
dry run on any processor. Knows configurations and how a model is made on a device; nothing of engines.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from inference.engine.loading import LoadedModel
from inference.monitoring.experts import ExpertCounter


@dataclass(frozen=True, slots=True)
class Shape:
    """`family` is transformers' name of the configuration class without its ending."""

    name: str
    family: str
    config: dict[str, Any]


_MOONLIGHT = {
    "vocab_size": 163840, "hidden_size": 2048, "intermediate_size": 11264, "moe_intermediate_size": 1408, "num_hidden_layers": 27,
    "num_attention_heads": 16, "num_key_value_heads": 16, "n_shared_experts": 2, "n_routed_experts": 64, "routed_scaling_factor": 2.446,
    "kv_lora_rank": 512, "q_lora_rank": None, "qk_rope_head_dim": 64, "v_head_dim": 128, "qk_nope_head_dim": 128, "n_group": 1,
    "topk_group": 1, "num_experts_per_tok": 6, "first_k_dense_replace": 1, "norm_topk_prob": True, "max_position_embeddings": 8192,
}  # fmt: skip
_QWEN3 = {
    "vocab_size": 151936, "hidden_size": 2048, "intermediate_size": 6144, "moe_intermediate_size": 768, "num_hidden_layers": 48,
    "num_attention_heads": 32, "num_key_value_heads": 4, "head_dim": 128, "num_experts": 128, "num_experts_per_tok": 8,
    "norm_topk_prob": True, "max_position_embeddings": 40960,
}  # fmt: skip
_TINY_MOONLIGHT = {
    "vocab_size": 2048, "hidden_size": 64, "intermediate_size": 128, "moe_intermediate_size": 32, "num_hidden_layers": 2,
    "num_attention_heads": 4, "num_key_value_heads": 4, "n_routed_experts": 8, "kv_lora_rank": 32, "qk_rope_head_dim": 16,
    "v_head_dim": 16, "qk_nope_head_dim": 16, "num_experts_per_tok": 2,
}  # fmt: skip
_TINY_QWEN3 = {
    "vocab_size": 2048, "hidden_size": 64, "intermediate_size": 128, "moe_intermediate_size": 32, "num_hidden_layers": 2,
    "num_attention_heads": 4, "num_key_value_heads": 2, "head_dim": 16, "num_experts": 8, "num_experts_per_tok": 2,
}  # fmt: skip

SHAPES: dict[str, Shape] = {
    shape.name: shape
    for shape in (
        Shape("moonlight-16b-a3b", "DeepseekV3", _MOONLIGHT),
        Shape("qwen3-30b-a3b", "Qwen3Moe", _QWEN3),
        Shape("tiny-moonlight", "DeepseekV3", {**_MOONLIGHT, **_TINY_MOONLIGHT}),
        Shape("tiny-qwen3", "Qwen3Moe", {**_QWEN3, **_TINY_QWEN3}),
    )
}
DRY = {"moonlight-16b-a3b": "tiny-moonlight", "qwen3-30b-a3b": "tiny-qwen3"}


def random_model(shape: Shape, *, attention: str = "sdpa", seed: int = 1, prepare: Callable[[Any], Any] = lambda model: model) -> LoadedModel:
    """On the card where there is one, in bfloat16; else on the processor in fp32. `prepare` is what an engine does with a loaded model."""
    import torch
    import transformers

    where = "cuda" if torch.cuda.is_available() else "cpu"
    torch.manual_seed(seed)
    config = getattr(transformers, f"{shape.family}Config")(**shape.config, tie_word_embeddings=False)
    dtype = torch.bfloat16 if where == "cuda" else torch.float32
    with torch.device(where):
        model = transformers.AutoModelForCausalLM.from_config(config, dtype=dtype, attn_implementation=attention).eval()
    place = f"{torch.cuda.get_device_name() if where == 'cuda' else where}, {str(dtype).removeprefix('torch.')}, {attention}"
    return LoadedModel(prepare(model), word_tokenizer(config.vocab_size), shape.name, place, config.max_position_embeddings, (), ExpertCounter(model))


def word_tokenizer(size: int) -> Any:
    """A vocabulary of numbered words: "w17 w4" is the tokens 17 and 4, so a prompt has exactly as many tokens as words."""
    from tokenizers import Tokenizer, models, pre_tokenizers
    from transformers import PreTrainedTokenizerFast

    words = Tokenizer(models.WordLevel({f"w{number}": number for number in range(size)}, unk_token="w0"))
    words.pre_tokenizer = pre_tokenizers.WhitespaceSplit()
    wrapped = PreTrainedTokenizerFast(tokenizer_object=words)
    wrapped.chat_template = "{% for m in messages %}{{ m.content }} {% endfor %}"
    return wrapped


def weight_bytes(model: Any) -> tuple[int, int]:
    """(all, those of routed experts)."""
    sizes = {name: value.numel() * value.element_size() for name, value in model.named_parameters()}
    return sum(sizes.values()), sum(size for name, size in sizes.items() if ".experts." in name)

"""Tiny random models of many architectures, built in code: what each says is varied, readable and never a tie."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tests.inference.engine.conftest import byte_tokenizer

_COMMON = {
    "hidden_size": 32, "intermediate_size": 32, "num_hidden_layers": 2, "num_attention_heads": 4, "max_position_embeddings": 1024,
    "tie_word_embeddings": False, "bos_token_id": None,
}  # fmt: skip
_GROUPED = {**_COMMON, "num_key_value_heads": 2, "num_experts_per_tok": 2}
_LATENT = {
    **_COMMON, "num_key_value_heads": 4, "kv_lora_rank": 16, "q_lora_rank": 12, "qk_rope_head_dim": 8, "qk_nope_head_dim": 8, "v_head_dim": 12,
}  # fmt: skip
_DEEPSEEK = {
    **_LATENT, "n_routed_experts": 8, "num_experts_per_tok": 2, "n_group": 4, "topk_group": 2, "moe_intermediate_size": 16, "n_shared_experts": 1,
    "first_k_dense_replace": 1,
}  # fmt: skip
SHAPES: dict[str, dict[str, Any]] = {
    "deepseek_v3": _DEEPSEEK,
    "deepseek_v2": {**_DEEPSEEK, "topk_method": "group_limited_greedy"},
    "glm4_moe_lite": _DEEPSEEK,
    "axk1": _DEEPSEEK,
    "youtu": _LATENT,
    "minicpm3": _LATENT,
    "qwen3_moe": {**_GROUPED, "head_dim": 8, "num_experts": 4, "moe_intermediate_size": 16, "norm_topk_prob": True},
    "qwen2_moe": {**_GROUPED, "num_experts": 4, "moe_intermediate_size": 16, "shared_expert_intermediate_size": 32},
    "olmoe": {**_GROUPED, "num_experts": 4},
    "granitemoe": {**_GROUPED, "num_local_experts": 4},
    "mixtral": {**_GROUPED, "num_local_experts": 4},
    "gpt_oss": {
        **_GROUPED, "head_dim": 8, "num_local_experts": 4, "sliding_window": 16, "rope_parameters": {"rope_type": "default", "rope_theta": 1e4},
    },  # fmt: skip
    "deepseek_v32": {**_DEEPSEEK, "index_n_heads": 2, "index_head_dim": 8, "index_topk": 16},
}


def save_architecture(folder: Path, kind: str, **changes: Any) -> Path:
    """A model folder. Only letters that can be read are ever the likeliest: each token of an answer shows in its text."""
    import torch
    from transformers import AutoConfig, AutoModelForCausalLM

    torch.manual_seed(7)
    tokenizer = byte_tokenizer()
    ends = {"eos_token_id": tokenizer.eos_token_id, "pad_token_id": tokenizer.pad_token_id}
    config = AutoConfig.for_model(kind, **{**SHAPES[kind], **ends, "vocab_size": len(tokenizer), **changes})
    model = AutoModelForCausalLM.from_config(config).eval()
    with torch.no_grad():
        for weight in [one for one in model.parameters() if one.dim() > 1]:
            weight.copy_(0.3 * torch.randn_like(weight))  # far apart
        for bias in [one for name, one in model.named_buffers() if name.endswith("e_score_correction_bias")]:
            bias.copy_(0.3 * torch.randn_like(bias))
        shown = [tokenizer.decode([number]) for number in range(len(tokenizer))]
        model.lm_head.weight[[number for number, text in enumerate(shown) if len(text) > 1 or not text.isascii() or not text.isprintable()]] = 0
    model.generation_config.eos_token_id = tokenizer.eos_token_id
    model.save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return folder

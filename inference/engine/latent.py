"""Multi-head latent attention in transformers' continuous batching, on the compressed cache.

DeepSeek-V2, DeepSeek-V3 and their kin keep one latent (kv_lora_rank values) and one rotary key (qk_rope_head_dim) for
each token and layer. The library's own classes do (transformers PR #47460 and #47761: `expand_kv` is a method of its
own, latents are what `generate` caches), its paged cache does not: it wants K and V of one width for each head and
sizes its pages by `config.head_dim`, so such a model fails at its first step (anchors/inference.md, finding 2). Here the
two are joined and cut into halves that pose as K and V of a single head, and put together again after the read:

    cached for each token and layer   [ latent ........................ | rotary key .... ]
    what the paged cache takes it for [ "K": first half ......... | "V": second half .... ]

Not one value more is stored, and pages, prefix sharing, split prefill and cancelling stay the library's. Knows
transformers' attention modules and configs; nothing of engines. It touches one loaded model, never the library: the
same folder loaded again is as it was.
"""

from __future__ import annotations

import copy
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from inference.engine.refused import Refused

ATTENTION = "csbot_latent"  # the name in transformers' registry of attention functions

# Those whose tokens the conformance suite compares with `generate`. Others of the kind choose the tokens that they look
# at by an indexer with a cache of its own (DeepSeek-V3.2, GLM-5) or mix in layers without attention (Kimi-Linear).
PROVEN = frozenset({"axk1", "deepseek_v2", "deepseek_v3", "glm4_moe_lite", "minicpm3", "youtu"})


@dataclass(frozen=True, slots=True)
class LatentCache:
    """What is cached for each token and layer, in values."""

    latent: int  # kv_lora_rank
    rotary: int  # qk_rope_head_dim

    @property
    def half(self) -> int:
        """The width of what poses as K, and as V. An odd sum is padded with one zero."""
        return (self.latent + self.rotary + 1) // 2

    def __str__(self) -> str:
        return f"latent cache of {2 * self.half} values a token and layer"


def use_latent_cache(model: Any) -> LatentCache | None:
    """Makes a loaded model of this kind fit for `init_continuous_batching`; None, and untouched, where it is another.

    Raises `Refused` for a model with latents that is not known to give the same tokens this way.
    """
    layers = [module for module in model.modules() if callable(getattr(module, "expand_kv", None))]
    if not layers:
        return None
    config = model.config.get_text_config()
    _demand_proven(config, layers)
    cache = LatentCache(int(config.kv_lora_rank), int(config.qk_rope_head_dim))
    _register()
    attention = _changed(config, _attn_implementation=ATTENTION)
    for layer in layers:
        layer.config = attention
        layer.latent_cache = cache
        layer.expand_kv = _pass_through
    # Only the outermost module shows the paged cache's view; the rotary embedding, masks and layers keep theirs.
    model.config = _changed(config, num_key_value_heads=1, head_dim=cache.half)
    return cache


def _demand_proven(config: Any, layers: Sequence[Any]) -> None:
    kind = config.model_type
    if kind not in PROVEN:
        raise Refused(f"{kind} caches latents, but is not among the models proven to batch on them ({', '.join(sorted(PROVEN))})")
    if [layer.layer_idx for layer in layers] != list(range(config.num_hidden_layers)):
        raise Refused(f"{kind} has {len(layers)} attentions with latents in {config.num_hidden_layers} layers")
    if config._attn_implementation != "sdpa":
        raise Refused(f"{kind} was loaded with {config._attn_implementation} attention; the latent cache needs sdpa")


def _changed(config: Any, **values: Any) -> Any:
    twin = copy.deepcopy(config)
    for name, value in values.items():
        setattr(twin, name, value)
    return twin


def _register() -> None:
    from transformers.modeling_utils import ALL_ATTENTION_FUNCTIONS

    ALL_ATTENTION_FUNCTIONS.register(ATTENTION, latent_attention)


def _pass_through(latent: Any, rotary: Any) -> tuple[Any, Any]:
    """In the place of `expand_kv`: what is cached stays compressed until the cache has been read."""
    return latent, rotary


def latent_attention(module: Any, query: Any, key: Any, value: Any, attention_mask: Any, **options: Any) -> tuple[Any, Any]:
    """An attention function for transformers: `key` is the latent (1, 1, new, latent), `value` the rotary key (1, 1, new, rotary).

    With continuous batching's cache among the options both are stored and come back for all tokens that the queries may
    see; without one (`generate`, a plain forward) they are complete already.
    """
    from transformers.integrations.sdpa_attention import sdpa_attention_forward

    from inference.engine.latent_attention import attend
    from inference.engine.spans import step_of

    if (paged := options.pop("cache", None)) is not None:
        key, value = _through(paged, module, key, value, options)
        step = step_of(paged, options["cu_seq_lens_q"], options["cu_seq_lens_k"])
        if step.size == (query.shape[2], key.shape[2]) and _can_absorb(module):
            return attend(module, step, query, key, value, options["scaling"]), None
    key, value = type(module).expand_kv(module, key, value)
    return sdpa_attention_forward(module, query, key, value, attention_mask, **options)  # type: ignore[no-any-return]


def _through(paged: Any, module: Any, latent: Any, rotary: Any, options: dict[str, Any]) -> tuple[Any, Any]:
    """The new tokens' latents and rotary keys into the pages, all tokens' ones out of them."""
    import torch

    cache: LatentCache = module.latent_cache
    joined = torch.nn.functional.pad(torch.cat((latent, rotary), dim=-1), (0, 2 * cache.half - cache.latent - cache.rotary))
    halves = paged.update(joined[..., : cache.half], joined[..., cache.half :], module.layer_idx, options)
    joined = torch.cat(halves, dim=-1)  # (1, 1, all, 2 · half)
    return joined[..., : cache.latent], joined[..., cache.latent : cache.latent + cache.rotary]


def _can_absorb(module: Any) -> bool:
    """Whether the up-projection's weights can be read: not behind an adapter's or a quantised layer. A packed one is laid open for good."""
    from torch import nn

    from inference.engine.packed import PackedLinear

    if isinstance(module.kv_b_proj, PackedLinear):
        module.kv_b_proj = module.kv_b_proj.unpacked()
    return type(module.kv_b_proj) is nn.Linear

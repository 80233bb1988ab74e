"""Attention of a packed batch on a processor, request by request.

The library's sdpa path multiplies every query of a batch with every key of a batch and masks the strangers away, on key heads
repeated for each query head: 16 answers of 190 tokens cost 16 times what they need. Here each request meets its own keys only,
and the query heads that share a key head are its rows. Knows torch and the arguments that continuous batching hands over.
"""

from __future__ import annotations

from typing import Any

from torch.nn.functional import scaled_dot_product_attention

NAME = "sdpa"  # continuous batching takes no other name of one


def install() -> None:
    """Stands in for the library's sdpa in this process; whatever is not a paged batch on a processor goes on to the library."""
    from transformers.modeling_utils import ALL_ATTENTION_FUNCTIONS

    usual = ALL_ATTENTION_FUNCTIONS[NAME]
    if getattr(usual, "is_by_request", False):
        return

    def attend(module: Any, query: Any, key: Any, value: Any, attention_mask: Any, *, cache: Any = None, **options: Any) -> tuple[Any, None]:
        if not _can_part(module, query, cache, options):
            told: tuple[Any, None] = usual(module, query, key, value, attention_mask, cache=cache, **options)
            return told
        key, value = cache.update(key_states=key, value_states=value, layer_idx=module.layer_idx, kwargs=options)
        return by_request(query, key, value, options["cu_seq_lens_q"].tolist(), options["cu_seq_lens_k"].tolist(), options.get("scaling")), None

    attend.is_by_request = True  # type: ignore[attr-defined]
    ALL_ATTENTION_FUNCTIONS.register(NAME, attend)


def _can_part(module: Any, query: Any, cache: Any, options: Any) -> bool:
    """A full-attention layer of a paged batch; sliding windows and biases stay with the library."""
    if cache is None or not hasattr(cache, "layer_to_allocator") or query.device.type != "cpu" or query.shape[0] != 1:
        return False
    if options.get("position_bias") is not None or options.get("softcap") is not None or options.get("s_aux") is not None:
        return False
    return bool(cache.layer_to_allocator[module.layer_idx].layer_type == "full_attention")


def by_request(query: Any, key: Any, value: Any, ends_q: list[int], ends_k: list[int], scale: float | None) -> Any:
    """(1, heads, queries, size), (1, key heads, keys, size) twice, and where each request's queries and keys begin and end
    → (1, queries, heads, size), as the model's output projection wants them."""
    if len(ends_q) == 2:
        return _one(query, key, value, scale).transpose(1, 2)
    _, heads, queries, _ = query.shape
    out = query.new_empty(1, queries, heads, value.shape[-1])
    for number in range(len(ends_q) - 1):
        here, there = slice(ends_q[number], ends_q[number + 1]), slice(ends_k[number], ends_k[number + 1])
        if here.start == here.stop:
            continue
        one = _one(query[:, :, here], key[:, :, there], value[:, :, there], scale)
        out[:, here] = one.transpose(1, 2)
    return out


def _one(query: Any, key: Any, value: Any, scale: float | None) -> Any:
    """One request: its queries are the last of its keys. (1, heads, queries, size) → the same."""
    _, heads, queries, size = query.shape
    shared = heads // key.shape[1]
    keys = key.shape[2]
    rows = query.reshape(1, key.shape[1], shared * queries, size)
    mask = None if queries == 1 else _causal(queries, keys, query).repeat(shared, 1)
    return scaled_dot_product_attention(rows, key, value, attn_mask=mask, scale=scale).view(1, heads, queries, value.shape[-1])


def _causal(queries: int, keys: int, like: Any) -> Any:
    """(queries, keys): 0 where a query may look, minus infinity where not."""
    return like.new_full((queries, keys), float("-inf")).triu_(keys - queries + 1)

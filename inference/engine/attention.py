"""Attention of a packed batch on a processor, each request over its own keys.

The library's sdpa path multiplies every query of a batch with every key of a batch and masks the strangers away, on key heads
repeated for each query head: 16 answers of 190 tokens cost 16 times what they need. Here the query heads that share a key head are
the rows of one product, and all answers that are being written are one call (`inference/engine/spans.py`): sixteen with two guesses
each take half the time of a call for each. Knows torch and the arguments that continuous batching hands over.
"""

from __future__ import annotations

from typing import Any

from torch.nn.functional import scaled_dot_product_attention

from inference.engine.spans import Step, Writing, step_of

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
        return by_request(query, key, value, step_of(cache, options["cu_seq_lens_q"], options["cu_seq_lens_k"]), options.get("scaling")), None

    attend.is_by_request = True  # type: ignore[attr-defined]
    ALL_ATTENTION_FUNCTIONS.register(NAME, attend)


def _can_part(module: Any, query: Any, cache: Any, options: Any) -> bool:
    """A full-attention layer of a paged batch; sliding windows and biases stay with the library."""
    if cache is None or not hasattr(cache, "layer_to_allocator") or query.device.type != "cpu" or query.shape[0] != 1:
        return False
    if options.get("position_bias") is not None or options.get("softcap") is not None or options.get("s_aux") is not None:
        return False
    return bool(cache.layer_to_allocator[module.layer_idx].layer_type == "full_attention")


def by_request(query: Any, key: Any, value: Any, step: Step, scale: float | None) -> Any:
    """(1, heads, queries, size), (1, key heads, keys, size) twice → (1, queries, heads, size), as the model's output projection wants them."""
    if step.is_alone:
        return _one(query, key, value, scale).transpose(1, 2)
    _, heads, queries, _ = query.shape
    out = query.new_empty(1, queries, heads, value.shape[-1])
    for group in step.writing:
        out[0].index_copy_(0, group.queries, _together(query, key, value, group, scale))
    for here, there in step.reading:
        out[:, here] = _one(query[:, :, here], key[:, :, there], value[:, :, there], scale).transpose(1, 2)
    return out


def _together(query: Any, key: Any, value: Any, group: Writing, scale: float | None) -> Any:
    """Rows of answers: → (rows, heads, size)."""
    _, heads, _, size = query.shape
    rows, longest = group.keys.shape
    asking = query[0].transpose(0, 1).index_select(0, group.queries).view(rows, key.shape[1], -1, size)
    keys, values = (told[0].transpose(0, 1).index_select(0, group.keys.view(-1)).view(rows, longest, key.shape[1], -1) for told in (key, value))
    mask = None if group.is_even else ~group.beyond[:, None, None]
    found = scaled_dot_product_attention(asking, keys.transpose(1, 2), values.transpose(1, 2), attn_mask=mask, scale=scale)
    return found.reshape(rows, heads, value.shape[-1])


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

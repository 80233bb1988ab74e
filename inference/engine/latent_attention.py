"""Attention over latents of a packed step, each answer over its own keys only.

A step packs all answers into one row. Answers that are being written ask with one token each: for them the up-projections
are taken into the query and the output (DeepSeek-V2, section 2.1.2 "absorbed"; deepseek-ai/DeepSeek-V3, `inference/model.py`,
attn_impl "absorb"), so that no cached token is ever expanded. Prompts that are being read expand their own keys. The plain
way, everything expanded and one mask over all, is the slow twin; a test keeps them equal. Knows tensors; no engine, no cache.
"""

from __future__ import annotations

from typing import Any

import torch
from torch.nn import functional

from inference.engine.spans import Step


def attend(module: Any, step: Step, query: Any, latent: Any, rotary: Any, scaling: float) -> Any:
    """`query` (1, heads, new, nope + rotary), `latent` (1, 1, all, rank), `rotary` (1, 1, all, rotary); gives (1, new, heads, value)."""
    heads, rank = query.shape[1], latent.shape[-1]
    weight = module.kv_b_proj.weight.view(heads, -1, rank)  # (heads, nope + value, rank)
    nope = query.shape[-1] - rotary.shape[-1]
    row = query[0].transpose(0, 1)  # (new, heads, nope + rotary)
    out = query.new_empty(row.shape[0], heads, weight.shape[1] - nope)
    joined = torch.cat((latent, rotary), dim=-1)[0, 0]  # (all, rank + rotary)
    for group in step.writing:
        out[group.queries] = _absorbed(row[group.queries], joined[group.keys], group.beyond, weight, nope, scaling)
    for queries, keys in step.reading:
        key, value = type(module).expand_kv(module, latent[:, :, keys], rotary[:, :, keys])
        out[queries] = _causal(query[:, :, queries], key, value, scaling)
    return out.unsqueeze(0)


def _absorbed(query: Any, keys: Any, beyond: Any, weight: Any, nope: int, scaling: float) -> Any:
    """`query` (b, heads, nope + rotary), `keys` (b, longest, rank + rotary); gives (b, heads, value)."""
    rank = weight.shape[-1]
    asked = torch.einsum("bhn,hnr->bhr", query[..., :nope], weight[:, :nope])
    scores = torch.cat((asked, query[..., nope:]), dim=-1) @ keys.transpose(1, 2)  # (b, heads, longest)
    scores = (scores.float() * scaling).masked_fill(beyond.unsqueeze(1), float("-inf"))
    found = scores.softmax(dim=-1).to(query.dtype) @ keys[..., :rank]  # (b, heads, rank)
    return torch.einsum("bhr,hvr->bhv", found, weight[:, nope:])


def _causal(query: Any, key: Any, value: Any, scaling: float) -> Any:
    """The queries are the last of the keys' tokens; gives (new, heads, value)."""
    new, known = query.shape[2], key.shape[2]
    if new == known:
        found = functional.scaled_dot_product_attention(query, key, value, is_causal=True, scale=scaling)
    else:
        seen = torch.ones(new, known, dtype=torch.bool, device=query.device).tril(known - new)
        found = functional.scaled_dot_product_attention(query, key, value, attn_mask=seen, scale=scaling)
    return found[0].transpose(0, 1)

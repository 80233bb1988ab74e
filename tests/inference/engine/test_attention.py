"""Attention request by request: what the library's masked attention over the whole batch says."""

from __future__ import annotations

import pytest
import torch

from inference.engine.attention import by_request
from inference.engine.spans import plan_step


def slow(query: torch.Tensor, key: torch.Tensor, value: torch.Tensor, ends_q: list[int], ends_k: list[int]) -> torch.Tensor:
    """Every query with every key; strangers and the future are masked."""
    shared = query.shape[1] // key.shape[1]
    key, value = key.repeat_interleave(shared, dim=1), value.repeat_interleave(shared, dim=1)
    mask = torch.full((query.shape[2], key.shape[2]), float("-inf"))
    for number in range(len(ends_q) - 1):
        queries, keys = ends_q[number + 1] - ends_q[number], ends_k[number + 1] - ends_k[number]
        for row in range(queries):
            mask[ends_q[number] + row, ends_k[number] : ends_k[number] + keys - queries + row + 1] = 0
    scores = query @ key.transpose(2, 3) * query.shape[-1] ** -0.5 + mask
    return (scores.softmax(dim=-1) @ value).transpose(1, 2)


@pytest.mark.parametrize(
    ("ends_q", "ends_k"),
    [
        ([0, 1], [0, 9]),  # one answer
        ([0, 5], [0, 5]),  # one prompt
        ([0, 4], [0, 11]),  # the rest of a prompt, after a prefix that was found
        ([0, 1, 2, 3], [0, 9, 12, 30]),  # three answers
        ([0, 1, 6, 7, 10], [0, 9, 14, 15, 40]),  # answers, a prompt and the rest of one
        ([0, 3, 4, 9, 10], [0, 9, 19, 40, 41]),  # guesses behind answers of several lengths
        ([0, 12, 13, 16, 28], [0, 12, 33, 50, 80]),  # a prompt, answers, and the rest of a prompt
    ],
)
def test_each_request_meets_its_own_past(ends_q: list[int], ends_k: list[int]) -> None:
    torch.manual_seed(1)
    query = torch.randn(1, 6, ends_q[-1], 8)
    key, value = torch.randn(1, 2, ends_k[-1], 8), torch.randn(1, 2, ends_k[-1], 8)
    found = by_request(query, key, value, plan_step(ends_q, ends_k, "cpu"), None)
    assert torch.allclose(found, slow(query, key, value, ends_q, ends_k), atol=1e-5)

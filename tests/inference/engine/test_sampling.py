"""The choice of a token: from the nucleus, by chance, and the likeliest where the nucleus is one."""

from __future__ import annotations

import pytest
import torch

from inference.engine.sampling import choose, likeliest


def test_an_empty_nucleus_is_the_likeliest_token() -> None:
    scores = torch.randn(5, 200, generator=torch.Generator().manual_seed(1))
    assert torch.equal(choose(scores, torch.zeros(5), torch.ones(5)), scores.argmax(dim=-1, keepdim=True))


def test_of_equal_scores_the_first_is_taken_as_a_plain_search_does() -> None:
    """Scores in bf16 are often equal, and `generate` takes the first."""
    scores = torch.randn(40, 60_000, generator=torch.Generator().manual_seed(4)).clamp(max=3.5).bfloat16().float()
    assert bool(((scores == scores.amax(dim=-1, keepdim=True)).sum(dim=-1) > 1).all())
    assert torch.equal(choose(scores, torch.zeros(40), torch.ones(40)), scores.argmax(dim=-1, keepdim=True))


def test_only_tokens_of_the_nucleus_are_chosen_each_by_its_chance() -> None:
    torch.manual_seed(2)
    chances = torch.tensor([0.5, 0.3, 0.15, 0.05])
    drawn = choose(chances.log().expand(4000, 4), torch.full((4000,), 0.75), torch.ones(4000)).flatten()
    shares = drawn.bincount(minlength=4) / 4000
    assert shares[2:].tolist() == [0, 0]
    assert abs(float(shares[0]) - 0.5 / 0.8) < 0.03


def test_rows_have_a_nucleus_of_their_own() -> None:
    scores = torch.tensor([[0.0, 1.0, 0.9], [0.0, 1.0, 0.9]])
    many = [choose(scores, torch.tensor([0.0, 1.0]), torch.ones(2)) for _ in range(50)]
    assert {int(one[0]) for one in many} == {1}
    assert len({int(one[1]) for one in many}) > 1


def test_a_low_temperature_makes_the_likeliest_token_surer() -> None:
    torch.manual_seed(3)
    scores = torch.tensor([1.0, 0.0]).expand(4000, 2)
    drawn = choose(scores, torch.ones(4000), torch.tensor([1.0, 0.25]).repeat(2000)).view(2000, 2).float().mean(dim=0)
    assert drawn.tolist() == pytest.approx([1 / (1 + 2.71828), 1 / (1 + 2.71828**4)], abs=0.03)


@pytest.mark.parametrize("size", [3, 64, 200, 128 * 128 - 1, 128 * 128, 128 * 131 + 5])
def test_the_likeliest_are_those_that_a_plain_search_finds(size: int) -> None:
    """The best of a row stand wherever they like: side by side in one part, or behind the last whole one."""
    scores = torch.stack([torch.randperm(size), torch.arange(size), torch.arange(size).flip(0)]).float()
    best, where = likeliest(scores, 64)
    plain = scores.topk(min(64, size), dim=-1)
    assert torch.equal(best, plain.values)
    assert torch.equal(where, plain.indices)

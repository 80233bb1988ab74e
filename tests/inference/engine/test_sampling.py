"""The choice of a token: from the nucleus, by chance, and the likeliest where the nucleus is one."""

from __future__ import annotations

import torch

from inference.engine.sampling import choose


def test_an_empty_nucleus_is_the_likeliest_token() -> None:
    scores = torch.randn(5, 200, generator=torch.Generator().manual_seed(1))
    assert torch.equal(choose(scores, torch.zeros(5)), scores.argmax(dim=-1, keepdim=True))


def test_only_tokens_of_the_nucleus_are_chosen_each_by_its_chance() -> None:
    torch.manual_seed(2)
    chances = torch.tensor([0.5, 0.3, 0.15, 0.05])
    drawn = choose(chances.log().expand(4000, 4), torch.full((4000,), 0.75)).flatten()
    shares = drawn.bincount(minlength=4) / 4000
    assert shares[2:].tolist() == [0, 0]
    assert abs(float(shares[0]) - 0.5 / 0.8) < 0.03


def test_rows_have_a_nucleus_of_their_own() -> None:
    scores = torch.tensor([[0.0, 1.0, 0.9], [0.0, 1.0, 0.9]])
    many = [choose(scores, torch.tensor([0.0, 1.0])) for _ in range(50)]
    assert {int(one[0]) for one in many} == {1}
    assert len({int(one[1]) for one in many}) > 1

"""Rows of one digit: what is copied, how a row is written, and that products equal their slow twin."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn

from inference.quantization.int8 import LEVELS, Int8Weight, can_multiply
from inference.quantization.outliers import OneDigitWeight, Rows, copies_for, find_copies

pytestmark = pytest.mark.skipif(not can_multiply(), reason="this processor has no VNNI")
INPUTS = 896
LARGE = [3, 77, 500]


def drawn(*shape: int, seed: int = 1) -> torch.Tensor:
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed)).to(torch.bfloat16)


def outlying(rows: int, seed: int = 2) -> torch.Tensor:
    """The same few inputs are large in each row."""
    x = drawn(rows, INPUTS, seed=seed)
    x[:, LARGE] *= 40
    return x


def off(found: torch.Tensor, wanted: torch.Tensor) -> float:
    return float((found.float() - wanted.float()).norm() / wanted.float().norm())


@pytest.fixture(scope="module")
def copies() -> torch.Tensor:
    return copies_for(outlying(200))


@pytest.mark.parametrize("rows", [1, 2, 8, 64, 300])
@pytest.mark.parametrize("outputs", [33, 128])
def test_a_product_equals_its_slow_twin(copies: torch.Tensor, rows: int, outputs: int) -> None:
    weight, x = OneDigitWeight(drawn(outputs, INPUTS), copies), outlying(rows, seed=5)
    assert off(weight.times(x), weight.slow_times(x)) < 1e-5


def test_copies_make_one_digit_enough_where_it_was_not(copies: torch.Tensor) -> None:
    weight, x = drawn(128, INPUTS), outlying(50, seed=5)
    wanted = x.float() @ weight.float().T
    assert set(copies.tolist()) >= set(LARGE)
    assert off(OneDigitWeight(weight, copies).times(x), wanted) < 0.015
    assert off(OneDigitWeight(weight, copies[:0]).times(x), wanted) > 0.03


def test_the_weight_is_rounded_as_that_of_two_digits(copies: torch.Tensor) -> None:
    weight = drawn(128, INPUTS)
    assert torch.equal(OneDigitWeight(weight, copies).plain(), Int8Weight(weight).plain())


def test_a_copy_goes_to_whichever_input_has_most_to_carry() -> None:
    x = torch.ones(1, 768)
    x[0, 5], x[0, 9] = 1000, 32
    copies = copies_for(x)
    assert len(copies) == 64
    assert copies.bincount()[[5, 9]].tolist() == [62, 2]  # 1000 / 63 and 32 / 3 are what their columns carry
    assert torch.equal(copies, copies.sort().values)


def test_a_layer_with_few_inputs_gets_none() -> None:
    assert not len(copies_for(drawn(4, 767)))


@given(st.lists(st.floats(-1e4, 1e4, width=32), min_size=6, max_size=6), st.lists(st.integers(0, 5), max_size=12))
@settings(max_examples=300, deadline=None)
def test_columns_of_an_input_say_together_its_value_rounded_once(values: list[float], copied: list[int]) -> None:
    copies = torch.tensor(sorted(copied), dtype=torch.int64)
    x = torch.tensor([values])
    columns = 1 + torch.bincount(copies, minlength=6)
    scale = float((x.abs() / columns).max().clamp_min(1e-12)) / LEVELS
    assert torch.allclose(Rows(6, copies).rounded(x), x, rtol=0, atol=0.502 * scale)


@given(st.lists(st.floats(-1e4, 1e4, width=32), min_size=6, max_size=6), st.lists(st.integers(0, 5), max_size=40))
@settings(max_examples=300, deadline=None)
def test_each_digit_fits_a_byte(values: list[float], copied: list[int]) -> None:
    digits, _ = Rows(6, torch.tensor(sorted(copied), dtype=torch.int64)).quantised(torch.tensor([values]))
    assert int(digits.min()) >= 1
    assert int(digits.max()) <= 255


def test_a_row_does_not_depend_on_who_shares_its_batch(copies: torch.Tensor) -> None:
    weight, x = OneDigitWeight(drawn(128, INPUTS), copies), outlying(40)
    x[3] *= 1000  # a stranger with large values
    assert torch.equal(weight.times(x)[7], weight.times(x[7:8])[0])


def test_another_large_input_is_not_cut(copies: torch.Tensor) -> None:
    weight, x = OneDigitWeight(drawn(128, INPUTS), copies), outlying(3)
    x[1, 12] = 5000
    assert off(weight.times(x), x.float() @ weight.plain().T) < 0.01


def test_zeros_stay_zeros(copies: torch.Tensor) -> None:
    assert not OneDigitWeight(drawn(32, INPUTS), copies).times(torch.zeros(2, INPUTS)).any()


def test_a_large_product_is_made_in_pieces_that_say_the_same(copies: torch.Tensor, monkeypatch: pytest.MonkeyPatch) -> None:
    weight, x = OneDigitWeight(drawn(64, INPUTS), copies), outlying(23)
    whole = weight.times(x)
    monkeypatch.setattr(weight, "_rows", 5)
    assert torch.equal(weight.times(x), whole)


def test_copies_are_counted_and_stay_within_the_claim(copies: torch.Tensor) -> None:
    counted = OneDigitWeight(drawn(256, INPUTS), copies).nbytes
    assert 256 * (INPUTS + len(copies)) < counted < 0.55 * 2 * 256 * INPUTS


class Talker(nn.Module):
    """The least that can be looked at: two layers that are given an embedding's rows."""

    def __init__(self, rows: torch.Tensor) -> None:
        super().__init__()
        self.embedding = nn.Embedding.from_pretrained(rows.float())
        self.wide = nn.Linear(INPUTS, 16)
        self.narrow = nn.Linear(16, 4)

    def get_input_embeddings(self) -> nn.Embedding:
        return self.embedding

    def forward(self, tokens: torch.Tensor, **_: Any) -> torch.Tensor:
        found: torch.Tensor = self.narrow(self.wide(self.embedding(tokens)))
        return found


def test_what_outlies_for_every_token_is_found() -> None:
    model = Talker(outlying(400))
    found = find_copies(model)
    assert list(found) == ["wide"]
    assert set(found["wide"].tolist()) >= set(LARGE)
    assert not model.wide._forward_pre_hooks  # nobody is watched afterwards


def test_what_outlies_elsewhere_for_each_token_keeps_two_digits() -> None:
    rows = drawn(400, INPUTS)
    places = torch.randint(0, INPUTS, (400, 3), generator=torch.Generator().manual_seed(3))
    rows.scatter_(1, places, torch.full((400, 3), 120, dtype=rows.dtype))
    assert find_copies(Talker(rows)) == {}

"""Rows of one digit: what is copied, how a row is written, and that products equal their slow twin."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn

from inference.quantization.int8 import LEVELS, Int8Weight, can_multiply
from inference.quantization.outliers import OneDigitWeight, RowFormat, copies_for, find_formats
from tests.inference.quantization.drawing import drawn, off

pytestmark = pytest.mark.skipif(not can_multiply(), reason="this processor has no VNNI")
INPUTS = 896
LARGE = [3, 77, 500]


def outlying(rows: int, seed: int = 2) -> torch.Tensor:
    """The same few inputs are large in each row."""
    x = drawn(rows, INPUTS, seed=seed)
    x[:, LARGE] *= 40
    return x


@pytest.fixture(scope="module")
def how() -> RowFormat:
    return RowFormat(INPUTS, copies_for(outlying(200)))


UNCOPIED = RowFormat(INPUTS, torch.zeros(0, dtype=torch.int64))


@pytest.mark.parametrize("rows", [1, 2, 8, 64, 300])
@pytest.mark.parametrize("outputs", [33, 128])
def test_a_product_equals_its_slow_twin(how: RowFormat, rows: int, outputs: int) -> None:
    weight, x = OneDigitWeight(drawn(outputs, INPUTS), how), outlying(rows, seed=5)
    assert off(weight.times(x), weight.slow_times(x)) < 1e-5


def test_copies_make_one_digit_enough_where_it_was_not(how: RowFormat) -> None:
    weight, x = drawn(128, INPUTS), outlying(50, seed=5)
    wanted = x.float() @ weight.float().T
    assert set(how.copies.tolist()) >= set(LARGE)
    assert off(OneDigitWeight(weight, how).times(x), wanted) < 0.015
    assert off(OneDigitWeight(weight, UNCOPIED).times(x), wanted) > 0.03


def test_the_weight_is_rounded_as_that_of_two_digits(how: RowFormat) -> None:
    weight = drawn(128, INPUTS)
    assert torch.equal(OneDigitWeight(weight, how).plain(), Int8Weight(weight).plain())


def test_a_copy_goes_to_whichever_input_has_most_to_carry() -> None:
    x = torch.ones(2, INPUTS)
    x[0, 5], x[1, 9] = 1000, -32  # in one row is enough
    copies = copies_for(x)
    assert copies.bincount()[[5, 9]].tolist() == [62, 2]  # 1000 / 63 and 32 / 3 are what their columns carry
    assert torch.equal(copies, copies.sort().values)


@pytest.mark.parametrize(("inputs", "copies"), [(64, 0), (100, 0), (800, 32), (832, 0), (896, 64), (1100, 52), (2048, 128), (4864, 320)])
def test_copies_fill_what_the_kernel_pads_and_a_fourteenth_at_most(inputs: int, copies: int) -> None:
    assert len(copies_for(torch.ones(1, inputs))) == copies
    weight = drawn(64, inputs)
    if copies:
        assert OneDigitWeight(weight, RowFormat(inputs, copies_for(torch.ones(1, inputs)))).nbytes < 0.55 * 2 * weight.numel()


@given(st.lists(st.floats(-1e4, 1e4, width=32), min_size=6, max_size=6), st.lists(st.integers(0, 5), max_size=12))
@settings(max_examples=300, deadline=None)
def test_columns_of_an_input_say_together_its_value_rounded_once(values: list[float], copied: list[int]) -> None:
    copies = torch.tensor(sorted(copied), dtype=torch.int64)
    x = torch.tensor([values])
    columns = 1 + torch.bincount(copies, minlength=6)
    scale = float((x.abs() / columns).max().clamp_min(1e-12)) / LEVELS
    assert torch.allclose(RowFormat(6, copies).rounded(x), x, rtol=0, atol=0.502 * scale)


@given(st.lists(st.floats(-1e4, 1e4, width=32), min_size=6, max_size=6), st.lists(st.integers(0, 5), max_size=40))
@settings(max_examples=300, deadline=None)
def test_each_digit_fits_a_byte(values: list[float], copied: list[int]) -> None:
    digits, _ = RowFormat(6, torch.tensor(sorted(copied), dtype=torch.int64)).quantised(torch.tensor([values]))
    assert int(digits.min()) >= 1
    assert int(digits.max()) <= 255


def test_a_row_does_not_depend_on_who_shares_its_batch(how: RowFormat) -> None:
    weight, x = OneDigitWeight(drawn(128, INPUTS), how), outlying(40)
    x[3] *= 1000  # a stranger with large values
    assert torch.equal(weight.times(x)[7], weight.times(x[7:8])[0])


def test_another_large_input_is_not_cut(how: RowFormat) -> None:
    weight, x = OneDigitWeight(drawn(128, INPUTS), how), outlying(3)
    x[1, 12] = 5000
    assert off(weight.times(x), x.float() @ weight.plain().T) < 0.01


def test_zeros_stay_zeros(how: RowFormat) -> None:
    assert not OneDigitWeight(drawn(32, INPUTS), how).times(torch.zeros(2, INPUTS)).any()


def test_a_large_product_is_made_in_pieces_that_say_the_same(how: RowFormat, monkeypatch: pytest.MonkeyPatch) -> None:
    weight, x = OneDigitWeight(drawn(64, INPUTS), how), outlying(23)
    whole = weight.times(x)
    monkeypatch.setattr(weight, "_rows", 5)
    assert torch.equal(weight.times(x), whole)


def test_copies_are_counted_and_stay_within_the_claim(how: RowFormat) -> None:
    counted = OneDigitWeight(drawn(256, INPUTS), how).nbytes
    assert 256 * (INPUTS + len(how.copies)) < counted < 0.55 * 2 * 256 * INPUTS


class Talker(nn.Module):
    """The least that can be looked at: layers that are given an embedding's rows."""

    def __init__(self, rows: torch.Tensor) -> None:
        super().__init__()
        self.embedding = nn.Embedding.from_pretrained(rows.float())
        self.wide = nn.Linear(INPUTS, 16)
        self.narrow = nn.Linear(16, 4)
        self.idle = nn.Linear(INPUTS, 16)

    def get_input_embeddings(self) -> nn.Embedding:
        return self.embedding

    def forward(self, tokens: torch.Tensor, **_: Any) -> torch.Tensor:
        assert tokens.shape[1] <= 32  # any model's window
        found: torch.Tensor = self.narrow(self.wide(self.embedding(tokens)))
        return found


def elsewhere(rows: torch.Tensor, value: float, which: slice) -> torch.Tensor:
    """Each of these rows is large in three inputs of its own."""
    chosen = rows[which]
    places = torch.randint(0, INPUTS, (len(chosen), 3), generator=torch.Generator().manual_seed(3))
    chosen.scatter_(1, places, torch.full((len(chosen), 3), value, dtype=rows.dtype))
    return rows


def test_what_outlies_for_every_token_is_found() -> None:
    model = Talker(outlying(400))
    found = find_formats(model)
    assert list(found) == ["wide"]
    assert set(found["wide"].copies.tolist()) >= set(LARGE)
    assert not model.wide._forward_pre_hooks  # nobody is watched afterwards


def test_tokens_from_all_over_the_vocabulary_are_looked_at() -> None:
    rows = drawn(700, INPUTS)
    rows[690:, 11] = 90
    assert find_formats(Talker(rows))["wide"].copies.bincount(minlength=INPUTS)[11] > 10


@pytest.mark.parametrize(("value", "which"), [(120.0, slice(0, 400)), (14.0, slice(0, 400)), (300.0, slice(0, 400, 10))])
def test_what_outlies_elsewhere_for_each_token_keeps_two_digits(value: float, which: slice) -> None:
    """Far, a little, and only in a tenth of the rows."""
    assert find_formats(Talker(elsewhere(drawn(400, INPUTS), value, which))) == {}


def test_a_large_input_that_moves_nothing_hides_no_loss() -> None:
    rows = drawn(400, INPUTS)
    rows[:, 5] = 30_000
    model = Talker(rows)
    model.wide.weight.data[:, 5] = 1e-6
    assert find_formats(model) == {}

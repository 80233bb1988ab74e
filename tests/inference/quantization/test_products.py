"""Products of quantised weights: equal to their slow twins, and nearly to what the plain weights would say."""

from __future__ import annotations

import pytest
import torch
from torch import nn

from inference.quantization.int4 import Int4Weight, fits
from inference.quantization.int8 import Int8Weight, can_multiply
from inference.quantization.layers import PartOf, QuantisedHead, QuantisedLinear, SmallLinear, Together, join
from tests.inference.quantization.drawing import drawn, off

pytestmark = pytest.mark.skipif(not can_multiply(), reason="this processor has no VNNI")
ROWS = [1, 2, 4, 8, 16, 64, 300]


@pytest.mark.parametrize("rows", ROWS)
@pytest.mark.parametrize("shape", [(128, 96), (33, 50), (1, 16)])
def test_int8_equals_its_slow_twin(rows: int, shape: tuple[int, int]) -> None:
    weight, x = Int8Weight(drawn(*shape)), drawn(rows, shape[1], seed=2)
    assert off(weight.times(x), weight.slow_times(x)) < 1e-5


def test_int8_is_near_to_the_plain_product() -> None:
    weight, x = drawn(128, 96), drawn(20, 96, seed=2)
    assert off(Int8Weight(weight).times(x), x.float() @ weight.float().T) < 0.01


def test_an_outlier_in_a_row_does_not_drown_the_rest() -> None:
    weight, x = Int8Weight(drawn(128, 96)), drawn(3, 96, seed=2)
    x[1, 5] = 300
    assert off(weight.times(x), x.float() @ weight.plain().T) < 1e-4


def test_a_row_does_not_depend_on_who_shares_its_batch() -> None:
    weight, x = Int8Weight(drawn(128, 96)), drawn(40, 96, seed=2)
    x[3] *= 1000  # a stranger with large values
    assert torch.equal(weight.times(x)[7], weight.times(x[7:8])[0])


def test_zeros_stay_zeros() -> None:
    assert not Int8Weight(torch.zeros(32, 32)).times(drawn(2, 32)).any()
    assert not Int8Weight(drawn(32, 32)).times(torch.zeros(2, 32)).any()


@pytest.mark.parametrize("rows", ROWS)
@pytest.mark.parametrize("group", [32, 64, 128])
def test_int4_equals_its_slow_twin(rows: int, group: int) -> None:
    weight, x = Int4Weight(drawn(192, 256), group), drawn(rows, 256, seed=2)
    assert off(weight.times(x), weight.slow_times(x)) < 0.01  # its products are rounded to bf16


def test_int4_is_near_to_the_plain_product() -> None:
    weight, x = drawn(128, 256), drawn(20, 256, seed=2)
    assert off(Int4Weight(weight).times(x), x.float() @ weight.float().T) < 0.15


def test_int4_refuses_a_shape_that_it_cannot_cut() -> None:
    assert not fits(torch.empty(64, 48))
    with pytest.raises(ValueError, match="groups of 32"):
        Int4Weight(torch.empty(64, 48))


def test_bytes_are_those_in_memory() -> None:
    assert Int8Weight(drawn(256, 256)).nbytes < 0.55 * 2 * 256 * 256
    assert Int4Weight(drawn(256, 256)).nbytes < 0.32 * 2 * 256 * 256


def layers() -> list[nn.Linear]:
    torch.manual_seed(3)
    return [nn.Linear(64, 32).to(torch.bfloat16), nn.Linear(64, 16, bias=False).to(torch.bfloat16)]


def test_layers_that_share_an_input_say_what_each_would_say_alone() -> None:
    plain = layers()
    weight, bias = join(plain)
    together = Together(QuantisedLinear(Int8Weight(weight), bias), [32, 16])
    parts = [PartOf(together, number, layer.out_features) for number, layer in enumerate(plain)]
    x, y = drawn(1, 5, 64), drawn(1, 5, 64, seed=9)
    with torch.inference_mode():
        alone = [QuantisedLinear(Int8Weight(layer.weight), layer.bias)(x) for layer in plain]
        assert all(torch.equal(part(x), wanted) for part, wanted in zip(parts, alone, strict=True))
        assert torch.equal(parts[1](x), alone[1])  # in any order
        assert not torch.equal(parts[1](y), alone[1])


def test_a_large_product_is_made_in_pieces_that_say_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    weight, x = Int8Weight(drawn(64, 96)), drawn(23, 96, seed=2)
    whole = weight.times(x)
    monkeypatch.setattr(weight, "_rows", 5)
    assert torch.equal(weight.times(x), whole)


def test_a_product_is_made_where_gradients_are_asked_for() -> None:
    weight, x = Int8Weight(drawn(64, 96)), drawn(5, 96, seed=2)
    assert torch.equal(weight.times(x.clone().requires_grad_()), weight.times(x))


def test_the_scores_of_all_words_are_not_rounded() -> None:
    weight, x = Int8Weight(drawn(64, 96)), drawn(2, 3, 96, seed=2)
    scores = QuantisedHead(weight, None)(x)
    assert scores.dtype == torch.float32
    assert torch.equal(scores, weight.times(x.view(6, 96)).view(2, 3, 64))
    assert torch.equal(scores.to(x.dtype), QuantisedLinear(weight, None)(x))


def test_a_layer_with_few_outputs_stays_precise() -> None:
    torch.manual_seed(4)
    plain = nn.Linear(64, 1).to(torch.bfloat16)
    x = drawn(2, 3, 64)
    with torch.inference_mode():
        assert off(SmallLinear(plain)(x), plain(x)) < 0.01

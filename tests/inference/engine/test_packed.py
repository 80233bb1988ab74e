"""Packed layers say exactly what plain ones say, and can be plain again."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch

from inference.engine import packed
from inference.engine.adapter import change_adapter
from inference.engine.loading import Loading, load_model

IDS = torch.arange(3, 40).unsqueeze(0)


def said(model) -> torch.Tensor:
    with torch.inference_mode():
        return model(IDS).logits


@pytest.fixture
def plain(random_model: Path):
    model = load_model(random_model, Loading(threads=1, precision="bf16")).model
    packed.unpack(model)
    return model


def test_a_packed_model_says_the_same_to_the_bit(plain) -> None:
    before = said(plain)
    assert packed.pack(plain) > 0
    assert not [child for child in plain.modules() if type(child) is torch.nn.Linear]
    assert torch.equal(said(plain), before)


def test_unpacking_gives_the_weights_back(plain) -> None:
    before = {name: value.clone() for name, value in plain.state_dict().items()}
    packed.pack(plain)
    packed.unpack(plain)
    after = plain.state_dict()
    assert before.keys() == after.keys()
    assert all(torch.equal(before[name], after[name]) for name in before)


@pytest.mark.parametrize("rows", [1, 2, 7, 64])
def test_any_number_of_rows_and_a_bias(rows: int) -> None:
    torch.manual_seed(rows)
    layer = torch.nn.Linear(48, 33).to(torch.bfloat16)
    x = torch.randn(2, rows, 48).to(torch.bfloat16)
    with torch.inference_mode():
        assert torch.equal(packed.PackedLinear(layer)(x), layer(x))


def test_full_precision_stays_plain(random_model: Path) -> None:
    model = load_model(random_model, Loading(threads=1, precision="fp32")).model
    assert packed.pack(model) == 0


class Adaptable(torch.nn.Module):
    """Takes an adapter as transformers' models do, and remembers what its layer was at that moment."""

    def __init__(self) -> None:
        super().__init__()
        self.layer = torch.nn.Linear(8, 8).to(torch.bfloat16)
        self.was_plain = False

    def load_adapter(self, folder: str, adapter_name: str) -> None:
        self.was_plain = type(self.layer) is torch.nn.Linear


def test_an_adapter_finds_plain_layers_and_leaves_packed_ones() -> None:
    model = Adaptable()
    packed.pack(model)
    change_adapter(model, "somewhere")
    assert model.was_plain
    change_adapter(model, None)
    assert type(model.layer) is packed.PackedLinear

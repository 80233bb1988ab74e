"""A dense model split into experts: the same sum while all are on, deterministic from a recipe, refused where it does not fit."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest

from inference.catalogue.recipe import Recipe, load_recipe, save_recipe
from inference.catalogue.shape import Shape, rank_within, shape_of
from inference.catalogue.texts import Text
from inference.catalogue.upcycle import CannotUpcycle

EXPERTS = 4


def tiny_dense(seed: int = 3):
    import torch
    from transformers import Qwen2Config, Qwen2ForCausalLM

    torch.manual_seed(seed)
    sizes = {"hidden_size": 32, "intermediate_size": 128, "num_hidden_layers": 3, "num_attention_heads": 4, "num_key_value_heads": 2}
    model = Qwen2ForCausalLM(Qwen2Config(vocab_size=97, **sizes))
    with torch.no_grad():
        for weight in model.parameters():
            weight.mul_(4)
    return model.eval()


def sequences(number: int = 24, seed: int = 2) -> list[list[int]]:
    import torch

    drawn = torch.Generator().manual_seed(seed)
    return [torch.randint(0, 97, (12 + at % 7,), generator=drawn).tolist() for at in range(number)]


def texts(number: int = 24, seed: int = 2) -> list[Text]:
    return [Text(tuple(ids), len(ids) // 2) for ids in sequences(number, seed)]


def calibrated(active: int, work: Path, *, rank: int = 0, say=lambda _: None) -> Recipe:
    from inference.catalogue.calibration import Calibration, calibrate

    work.mkdir(exist_ok=True)
    return calibrate(tiny_dense(), sequences(), Calibration(shape_of(128, EXPERTS, active), rank, "tiny"), work, say)


@cache
def _recipe(active: int, rank: int) -> Recipe:
    import tempfile

    with tempfile.TemporaryDirectory() as work:
        return calibrated(active, Path(work), rank=rank)


def logits(model):
    import torch

    with torch.no_grad():
        return model(torch.tensor(sequences(1, seed=9))).logits


def test_with_all_experts_on_the_mixture_equals_the_dense_model() -> None:
    import torch

    from inference.catalogue.splitting import split_experts

    expected = logits(tiny_dense())
    found = logits(split_experts(tiny_dense(), _recipe(EXPERTS, 0)))
    assert torch.allclose(found, expected, atol=2e-3, rtol=1e-3)
    assert torch.equal(found.argmax(-1), expected.argmax(-1))


def test_the_chosen_experts_weigh_the_same_and_the_choice_follows_the_input() -> None:
    import torch

    from inference.catalogue.splitting import split_experts

    mixture = split_experts(tiny_dense(), _recipe(2, 0))
    hidden = torch.randn(64, 32, generator=torch.Generator().manual_seed(5))
    _, weights, chosen = mixture.model.layers[1].mlp.gate(hidden)
    assert torch.allclose(weights, torch.full_like(weights, 0.5), atol=1e-3)
    assert len({tuple(sorted(row)) for row in chosen.tolist()}) > 2


def test_fewer_experts_leave_out_the_neurons_that_say_least() -> None:
    from inference.catalogue.likeness import compare
    from inference.catalogue.splitting import split_experts

    dense, held_out = tiny_dense(), texts(8, seed=7)
    fitted = _recipe(3, 0)
    backwards = replace(fitted, layers=tuple(replace(layer, router=-layer.router) for layer in fitted.layers))
    near, far = (compare(dense, split_experts(dense, recipe), held_out) for recipe in (fitted, backwards))
    assert near.divergence < far.divergence
    assert near.tokens == sum(len(one.ids) - 1 for one in held_out)


def test_a_recipe_survives_its_file_and_gives_the_same_weights(tmp_path: Path) -> None:
    import torch

    from inference.catalogue.splitting import split_experts

    save_recipe(_recipe(3, 4), tmp_path / "recipe")
    one, other = (split_experts(tiny_dense(), recipe).state_dict() for recipe in (_recipe(3, 4), load_recipe(tmp_path / "recipe")))
    assert all(torch.equal(one[name], other[name]) for name in one)


def test_a_killed_calibration_goes_on_to_the_same_recipe(tmp_path: Path) -> None:
    import torch

    class Killed(Exception):
        pass

    def die_after_two(told: str) -> None:
        if told.startswith("layer 2"):
            raise Killed

    with pytest.raises(Killed):
        calibrated(3, tmp_path / "work", rank=4, say=die_after_two)
    told: list[str] = []
    resumed = calibrated(3, tmp_path / "work", rank=4, say=told.append)
    assert [("found before" in line) for line in told] == [True, True, False]
    for one, other in zip(resumed.layers, _recipe(3, 4).layers, strict=True):
        assert torch.equal(one.order, other.order)
        assert torch.equal(one.router, other.router)
        assert torch.equal(one.right, other.right)


def test_work_of_another_run_is_not_gone_on_with(tmp_path: Path) -> None:
    calibrated(3, tmp_path / "work")
    with pytest.raises(CannotUpcycle, match="another run"):
        calibrated(2, tmp_path / "work")


@pytest.mark.parametrize(("experts", "active"), [(8, 0), (8, 9), (0, 1), (400, 2)])
def test_impossible_shapes_are_refused(experts: int, active: int) -> None:
    with pytest.raises(CannotUpcycle):
        shape_of(128, experts, active)


@pytest.mark.parametrize("shared", [0.0, 1.0, -1.0, float("nan")])
def test_an_impossible_shared_part_is_refused(shared: float) -> None:
    with pytest.raises(CannotUpcycle, match="shared"):
        shape_of(128, 4, 2, shared)


def test_a_recipe_stays_as_small_as_it_must(tmp_path: Path) -> None:
    import torch

    from inference.catalogue.recipe import Layer
    from inference.catalogue.shape import HEADER_BYTES

    shape, limit = shape_of(4864, 8, 6), HEADER_BYTES + 600_000
    rank = rank_within(limit, shape, 2, 896)
    layer = Layer(torch.arange(4864), torch.zeros(8, 896), torch.zeros(896, rank), torch.zeros(rank, 4864))
    save_recipe(Recipe(shape, "0", (layer, layer)), tmp_path / "recipe")
    assert rank > 20
    assert limit - HEADER_BYTES - 30_000 < (tmp_path / "recipe").stat().st_size <= limit


def test_uneven_experts_are_refused() -> None:
    with pytest.raises(CannotUpcycle, match="evenly"):
        Shape(128, 65, 4, 2)


def test_a_recipe_of_another_model_is_refused() -> None:
    from inference.catalogue.splitting import split_experts

    with pytest.raises(CannotUpcycle, match="another model"):
        split_experts(tiny_dense(seed=4), _recipe(3, 0))


def _damage(path: Path, how: str) -> None:
    from safetensors import safe_open
    from safetensors.torch import load_file, save_file

    with safe_open(path, "pt") as file:
        header = dict(file.metadata())
    tensors = load_file(path)
    if how == "cut":
        path.write_bytes(path.read_bytes()[:-40])
        return
    if how == "empty":
        path.write_bytes(b"")
        return
    if how == "twice":
        tensors["order"][0, 0] = tensors["order"][0, 1]
    if how == "nan":
        tensors["router"][1, 0, 0] = float("nan")
    if how == "half":
        tensors.pop("left")
    if how == "narrow":
        tensors["right"] = tensors["right"][..., :-1].contiguous()
    if how == "header":
        header["shape"] = "[128]"
    if how == "strange":
        header = {}
    save_file(tensors, path, header)


@pytest.mark.parametrize("how", ["cut", "empty", "twice", "nan", "half", "narrow", "header", "strange"])
def test_a_damaged_recipe_is_named(how: str, tmp_path: Path) -> None:
    path = tmp_path / "recipe"
    save_recipe(_recipe(3, 4), path)
    _damage(path, how)
    with pytest.raises(CannotUpcycle, match="recipe"):
        load_recipe(path)


def test_a_missing_recipe_is_named(tmp_path: Path) -> None:
    with pytest.raises(CannotUpcycle, match="no recipe"):
        load_recipe(tmp_path / "nowhere")

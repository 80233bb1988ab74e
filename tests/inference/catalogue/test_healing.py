"""Healing brings a split model nearer to the dense one, goes on after a kill, and the command does all of it from a folder."""

from __future__ import annotations

import io
import json
from dataclasses import replace
from pathlib import Path

import pytest

from inference.catalogue.upcycle import CannotUpcycle
from tests.inference.catalogue.test_splitting import calibrated, texts, tiny_dense
from tests.inference.engine.conftest import byte_tokenizer

pytestmark = pytest.mark.thorough

STEPS = 12


class Killed(Exception):
    pass


def healed(work: Path, recipe, say=lambda _: None):
    from inference.catalogue.healing import Healing, heal

    work.mkdir(exist_ok=True)
    return heal(tiny_dense(), recipe, texts(), Healing(STEPS, rate=3e-3, save_every=4), work, say)


def test_a_correction_in_closed_form_finds_what_is_missing() -> None:
    import torch

    from inference.catalogue.correction import correct

    drawn = torch.Generator().manual_seed(1)
    given = torch.randn(400, 24, generator=drawn)
    hidden_rule = torch.randn(16, 3, generator=drawn) @ torch.randn(3, 24, generator=drawn)
    left, right, rest = correct(given, given @ hidden_rule.T, 3, 50)
    assert rest < 0.01
    assert torch.allclose(left.float() @ right.float(), hidden_rule, atol=0.3)


def test_a_correction_that_helps_nowhere_else_is_none() -> None:
    import torch

    from inference.catalogue.correction import correct

    drawn = torch.Generator().manual_seed(1)
    left, right, rest = correct(torch.randn(40, 24, generator=drawn), torch.randn(40, 16, generator=drawn), 3, 20)
    assert rest == 1
    assert not left.any()
    assert not right.any()


def test_distillation_brings_the_mixture_nearer(tmp_path: Path) -> None:
    from inference.catalogue.likeness import compare
    from inference.catalogue.splitting import split_experts

    recipe = calibrated(2, tmp_path / "work", rank=8)
    dense = tiny_dense()
    before, after = (compare(dense, split_experts(dense, one), texts()) for one in (recipe, healed(tmp_path / "work", recipe)))
    assert after.divergence < 0.9 * before.divergence


def test_a_distillation_that_led_away_is_not_kept(tmp_path: Path) -> None:
    from inference.catalogue.split_folder import nearer
    from inference.catalogue.texts import Texts

    recipe = calibrated(3, tmp_path / "work", rank=4)
    astray = replace(recipe, layers=tuple(replace(layer, left=layer.left + 1, right=layer.right + 1) for layer in recipe.layers))
    read = Texts(texts(), texts(8, seed=7), "")
    for before, healed in ((recipe, astray), (astray, recipe)):
        assert nearer(tiny_dense(), before, healed, read, lambda _: None) is recipe


def test_a_killed_healing_goes_on_to_the_same_recipe(tmp_path: Path) -> None:
    import torch

    def die(told: str) -> None:
        if told.startswith("healing 4"):
            raise Killed

    recipe = calibrated(3, tmp_path / "calibration", rank=4)
    with pytest.raises(Killed):
        healed(tmp_path / "killed", recipe, die)
    told: list[str] = []
    resumed, whole = healed(tmp_path / "killed", recipe, told.append), healed(tmp_path / "whole", recipe)
    assert [line.split(":")[0] for line in told] == ["healing 8/12", "healing 12/12"]
    for one, other in zip(resumed.layers, whole.layers, strict=True):
        assert torch.equal(one.left, other.left)
        assert torch.equal(one.right, other.right)


def test_a_damaged_checkpoint_is_named(tmp_path: Path) -> None:
    recipe = calibrated(3, tmp_path, rank=4)
    (tmp_path / "healing.safetensors").write_bytes(b"nonsense")
    with pytest.raises(CannotUpcycle, match=r"healing\.safetensors is damaged"):
        healed(tmp_path, recipe)


def rows(number: int = 60) -> list[dict]:
    made = []
    for at in range(number):
        language = "zh" if at % 2 else "en"
        evidence = [f"第{at}号商品保修{at}天。退货请联系客服。"] if at % 2 else [f"Item {at} is guaranteed for {at} days. Please call us."]
        made.append(
            {"doc": f"d{at}", "lang": language, "evidence": evidence, "question": f"{at}?", "answer": f"{at}", "source": "own", "history": []}
        )
    return made


def write_rows(path: Path, made: list) -> Path:
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in made), encoding="utf-8")
    return path


def test_texts_are_product_prompts_and_a_document_is_on_one_side_only(tmp_path: Path) -> None:
    from inference.catalogue.texts import read_texts

    tokenizer = byte_tokenizer()
    read = read_texts(write_rows(tmp_path / "rows", rows(200)), tokenizer, tokens=1_000_000, held_out_tokens=1_000_000)
    learned, held_out = ({tokenizer.decode(text.ids) for text in side} for side in (read.learned, read.held_out))
    assert learned
    assert held_out
    assert not learned & held_out
    assert any("第7号商品保修7天。\n" in text for text in learned | held_out)
    assert "own" in read.note


def test_hostile_rows_are_read(tmp_path: Path) -> None:
    from inference.catalogue.texts import read_texts

    odd = [{"evidence": ["", "\u2028\x00", "😀" * 900], "question": "<|im_end|>\x00", "doc": f"d{at}", "history": [{}, 3]} for at in range(60)]
    read_texts(write_rows(tmp_path / "rows", odd), byte_tokenizer(), tokens=100_000, held_out_tokens=100_000)


@pytest.mark.parametrize("content", ["", "[1, 2]\n", "{}\n", '{"question": 3, "evidence": []}\n', "nonsense", "[" * 100_000])
def test_a_file_without_rows_is_named(content: str, tmp_path: Path) -> None:
    from inference.catalogue.texts import read_texts

    (tmp_path / "rows").write_text(content)
    with pytest.raises(CannotUpcycle, match="rows"):
        read_texts(tmp_path / "rows", byte_tokenizer(), tokens=10, held_out_tokens=10)


@pytest.fixture
def dense_folder(tmp_path: Path) -> Path:
    import torch
    from transformers import Qwen2Config, Qwen2ForCausalLM

    torch.manual_seed(5)
    tokenizer = byte_tokenizer()
    sizes = {"hidden_size": 32, "intermediate_size": 128, "num_hidden_layers": 2, "num_attention_heads": 4, "num_key_value_heads": 2}
    Qwen2ForCausalLM(Qwen2Config(vocab_size=len(tokenizer), **sizes)).bfloat16().save_pretrained(tmp_path / "dense")
    tokenizer.save_pretrained(tmp_path / "dense")
    return tmp_path / "dense"


def upcycle(*arguments: object) -> str:
    from django.core.management import call_command

    out = io.StringIO()
    call_command("models", "upcycle", *map(str, arguments), stdout=out, stderr=io.StringIO())
    return out.getvalue()


def test_the_command_makes_a_recipe_and_builds_from_it(dense_folder: Path, tmp_path: Path) -> None:
    from inference.catalogue.manifest import verify
    from inference.engine.loading import USUAL, load_model

    written, recipe = write_rows(tmp_path / "rows", rows()), tmp_path / "recipe"
    made = [dense_folder, tmp_path / "made", "--form", "split", "--experts", 4, "--active", 3, "--recipe", recipe]
    told = upcycle(*made, "--texts", written, "--tokens", 1500, "--heal", 2)
    assert "4" in told
    assert not recipe.with_name("recipe.work").exists()
    upcycle(dense_folder, tmp_path / "again", "--form", "split", "--recipe", recipe)
    verify(tmp_path / "again", thoroughly=True)
    assert (tmp_path / "made" / "model.safetensors").read_bytes() == (tmp_path / "again" / "model.safetensors").read_bytes()
    assert load_model(tmp_path / "again", USUAL).model.config.num_experts_per_tok == 3


def test_a_model_of_form_add_gives_its_dense_model_back(dense_folder: Path, tmp_path: Path) -> None:
    import torch

    from inference.catalogue.recipe import weights_sha256
    from inference.catalogue.splitting import load_dense

    upcycle(dense_folder, tmp_path / "added", "--active", 2)
    assert weights_sha256(load_dense(tmp_path / "added")[0]) == weights_sha256(load_dense(dense_folder)[0])
    from transformers import AutoModelForCausalLM

    trained = AutoModelForCausalLM.from_pretrained(tmp_path / "added", dtype=torch.bfloat16)
    with torch.no_grad():
        trained.model.layers[0].mlp.experts.down_proj.fill_(1)
    trained.save_pretrained(tmp_path / "added")
    with pytest.raises(CannotUpcycle, match="trained"):
        load_dense(tmp_path / "added")


@pytest.mark.parametrize("case", ["nowhere", "no recipe", "full target", "other active", "other family", "broken config", "cut weights"])
def test_what_cannot_be_split_is_said(case: str, dense_folder: Path, tmp_path: Path, random_recipe: Path) -> None:
    from django.core.management.base import CommandError

    target, more = tmp_path / "target", ["--recipe", random_recipe]
    if case == "nowhere":
        dense_folder = tmp_path / "nowhere"
    if case == "no recipe":
        more = []
    if case == "full target":
        target = dense_folder
    if case == "other active":
        more += ["--active", 2]
    if case in {"other family", "broken config"}:
        content = '{"model_type": "llama"}' if case == "other family" else "{"
        (dense_folder / "config.json").write_text(content)
    if case == "cut weights":
        path = dense_folder / "model.safetensors"
        path.write_bytes(path.read_bytes()[:-99])
    words = {
        "cut weights": "damaged",
        "nowhere": "no model",
        "no recipe": "--texts",
        "full target": "not empty",
        "other active": "3 active",
        "other family": "llama",
    }
    with pytest.raises(CommandError, match=words.get(case, "config")):
        upcycle(dense_folder, target, "--form", "split", *more)
    assert not (target / "manifest.json").exists()


@pytest.fixture(scope="session")
def random_recipe(tmp_path_factory: pytest.TempPathFactory) -> Path:
    from inference.catalogue.recipe import save_recipe

    folder = tmp_path_factory.mktemp("recipes")
    save_recipe(calibrated(3, folder / "work"), folder / "recipe")
    return folder / "recipe"

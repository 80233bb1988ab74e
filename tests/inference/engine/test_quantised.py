"""A quantised model: same routing, bytes as claimed, counted experts, and plain again where an adapter needs it."""

from __future__ import annotations

import shutil
import threading
import uuid
from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from transformers import (
    AutoModelForCausalLM,
    DeepseekV3Config,
    DeepseekV3ForCausalLM,
    Qwen2MoeConfig,
    Qwen2MoeForCausalLM,
    Qwen3MoeConfig,
    Qwen3MoeForCausalLM,
)

from inference.contracts import ChatMessage, GenerationRequest
from inference.engine import loading
from inference.engine.adapter import change_adapter
from inference.engine.build import EngineOptions, build_engine
from inference.engine.loading import Loading, load_model
from inference.monitoring.experts import ExpertCounter
from inference.quantization import experts
from inference.quantization import model as quantising
from inference.quantization.claim import ClaimBroken, count, demand_true
from inference.quantization.experts import AllAtOnce, CannotQuantise, OneByOne
from inference.quantization.faithful import compare
from inference.quantization.int4 import Int4Weight
from inference.quantization.int8 import Int8Weight, can_multiply
from inference.quantization.model import quantise, quantise_again, restore
from inference.quantization.outliers import OneDigitWeight

pytestmark = pytest.mark.skipif(not can_multiply(), reason="this processor has no VNNI")
IDS = torch.arange(3, 40).unsqueeze(0)
COMMON = {
    "vocab_size": 320, "hidden_size": 128, "intermediate_size": 256, "num_hidden_layers": 2, "num_attention_heads": 4, "max_position_embeddings": 256,
}  # fmt: skip


def mixture(kind: str) -> torch.nn.Module:
    torch.manual_seed(5)
    if kind == "qwen2":
        routed = {"num_experts": 8, "num_experts_per_tok": 2, "moe_intermediate_size": 64, "shared_expert_intermediate_size": 128}
        model = Qwen2MoeForCausalLM(Qwen2MoeConfig(**COMMON, **routed, num_key_value_heads=2))
    elif kind == "qwen3":
        routed = {"num_experts": 8, "num_experts_per_tok": 2, "moe_intermediate_size": 64, "head_dim": 16}
        model = Qwen3MoeForCausalLM(Qwen3MoeConfig(**COMMON, **routed, num_key_value_heads=2))
    else:
        latent = {"q_lora_rank": 128, "kv_lora_rank": 128, "qk_rope_head_dim": 32, "qk_nope_head_dim": 32, "v_head_dim": 32, "num_key_value_heads": 4}
        routed = {"n_routed_experts": 8, "n_group": 2, "topk_group": 1, "num_experts_per_tok": 2, "moe_intermediate_size": 64, "n_shared_experts": 1}
        model = DeepseekV3ForCausalLM(DeepseekV3Config(**COMMON, **latent, **routed, first_k_dense_replace=1))
    for weight in model.parameters():
        weight.data.mul_(4) if weight.dim() > 1 else None
    return model.to(torch.bfloat16).eval()


def wide_mixture() -> torch.nn.Module:
    """Wide enough for rows of one digit."""
    torch.manual_seed(6)
    routed = {"num_experts": 4, "num_experts_per_tok": 2, "moe_intermediate_size": 64, "shared_expert_intermediate_size": 1024}
    wide = {**COMMON, "hidden_size": 896, "num_hidden_layers": 1}
    return Qwen2MoeForCausalLM(Qwen2MoeConfig(**wide, **routed, num_key_value_heads=2)).to(torch.bfloat16).eval()


def said(model) -> torch.Tensor:
    with torch.inference_mode():
        return model(IDS).logits.float()


def off(found: torch.Tensor, wanted: torch.Tensor) -> float:
    """The usual token's error: where two experts were nearly tied, rounded weights may rank them the other way round."""
    return float(((found - wanted).norm(dim=-1) / wanted.norm(dim=-1)).median())


@pytest.mark.parametrize("kind", ["qwen2", "qwen3", "deepseek"])
def test_a_quantised_model_says_nearly_the_same_and_its_claim_holds(kind: str) -> None:
    model = mixture(kind)
    before = said(model)
    quantise(model, "int8", lambda: mixture(kind))
    assert off(said(model), before) < 0.1
    assert not [module for module in model.modules() if type(module) is torch.nn.Linear]
    assert "experts" in demand_true(model, "int8")


def test_what_a_model_wants_precise_stays(architecture: Callable[[str], Path]) -> None:
    def plain() -> torch.nn.Module:
        return AutoModelForCausalLM.from_pretrained(architecture("deepseek_v32"), dtype=torch.bfloat16).eval()

    model = plain()
    before = said(model)
    quantise(model, "int8", plain)  # its code reads the type of an indexer's weights
    assert off(said(model), before) < 0.1
    assert {name.split(".")[-1] for name, module in model.named_modules() if type(module) is torch.nn.Linear} == {"weights_proj"}


def test_a_wide_model_has_rows_of_one_digit_and_has_them_again_after_an_adapter(monkeypatch: pytest.MonkeyPatch) -> None:
    model = wide_mixture()
    before = said(model)
    quantise(model, "int8", wide_mixture)
    layer, rounded = model.model.layers[0], said(model)
    assert isinstance(layer.self_attn.o_proj.quantised, OneDigitWeight)
    assert isinstance(layer.mlp.experts.up, OneDigitWeight)
    assert type(layer.mlp.experts.down) is Int8Weight  # 256 inputs
    assert isinstance(model.lm_head.quantised, OneDigitWeight)
    assert off(rounded, before) < 0.05
    demand_true(model, "int8")
    restore(model)
    monkeypatch.delattr(quantising, "find_formats")  # what was seen is remembered: the engine's own attention could not be looked through
    quantise_again(model)
    assert torch.equal(said(model), rounded)


def test_four_bits_are_counted_too() -> None:
    model = mixture("qwen2")
    quantise(model, "int4", lambda: mixture("qwen2"))
    linears, routed = count(model)
    assert linears.share <= 0.32
    assert routed.share <= 0.32
    assert routed.weights == 2 * 8 * 3 * 64 * 128


@pytest.mark.parametrize("make", [Int8Weight, Int4Weight])
def test_both_forms_of_experts_equal_the_plain_ones_on_rounded_weights(make) -> None:
    plain = mixture("qwen2").model.layers[0].mlp.experts
    with torch.inference_mode():
        for fused in (plain.gate_up_proj, plain.down_proj):
            fused.copy_(torch.stack([make(weight).plain() for weight in fused]))
        plain.config._experts_implementation = "eager"
        hidden = torch.randn(9, 128, generator=torch.Generator().manual_seed(1)).to(torch.bfloat16)
        indices = torch.tensor([[0, 3], [3, 1], [5, 0], [2, 3], [0, 1], [7, 3], [3, 0], [1, 2], [0, 7]])  # four and six are never hit
        weights = torch.rand(9, 2, generator=torch.Generator().manual_seed(2)).to(torch.bfloat16)
        wanted = plain(hidden, indices, weights).float()
        for form in (AllAtOnce, OneByOne):
            found = form(plain, make, make)(hidden, indices, weights).float()
            assert float((found - wanted).norm() / wanted.norm()) < 0.06


def test_many_experts_are_visited_one_by_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(experts, "SMALL", 0)
    model = mixture("qwen3")
    before = said(model)
    quantise(model, "int8", lambda: mixture("qwen3"))
    assert isinstance(model.model.layers[0].mlp.experts, OneByOne)
    assert off(said(model), before) < 0.1


def test_experts_are_counted_as_before() -> None:
    model = mixture("qwen2")
    chosen: list[torch.Tensor] = []
    quantise(model, "int8", lambda: mixture("qwen2"))
    counter = ExpertCounter(model)
    for layer in model.model.layers:
        layer.mlp.gate.register_forward_hook(lambda module, given, told: chosen.append(told[2]))
    said(model)
    assert counter.counts() == tuple(tuple(int((layer == expert).sum()) for expert in range(8)) for layer in chosen)


def test_experts_that_stayed_in_bf16_break_the_claim() -> None:
    model = mixture("qwen2")
    kept = [layer.mlp.experts for layer in model.model.layers]
    quantise(model, "int8", lambda: mixture("qwen2"))
    for layer, block in zip(model.model.layers, kept, strict=True):
        layer.mlp.experts = block
    with pytest.raises(ClaimBroken, match=r"int8 is not true: experts occupy .* 1\.00 of bf16"):
        demand_true(model, "int8")


def test_linear_layers_that_stayed_in_bf16_break_the_claim() -> None:
    with pytest.raises(ClaimBroken, match="linear layers"):
        demand_true(mixture("qwen2"), "int4")


def test_strange_experts_are_named() -> None:
    model = mixture("qwen2")
    model.model.layers[1].mlp.experts.has_bias = True
    with pytest.raises(CannotQuantise, match="Qwen2MoeExperts.*has_bias"):
        quantise(model, "int8", lambda: mixture("qwen2"))


@pytest.fixture
def folder(random_model: Path, tmp_path: Path) -> Path:
    """Large enough for int8 to be worth it, with the tokenizer of the smaller one."""
    mixture("qwen2").save_pretrained(tmp_path)
    for name in ("tokenizer.json", "tokenizer_config.json", "chat_template.jinja"):
        shutil.copy(random_model / name, tmp_path)
    return tmp_path


def test_a_folder_is_loaded_in_int8_by_itself_and_says_so(folder: Path) -> None:
    assert load_model(folder, Loading(threads=1)).place.startswith("cpu, int8: linear layers ")
    assert load_model(folder, Loading(threads=1, precision="bf16")).place == "cpu, bfloat16, 1 threads"


def test_a_model_too_small_to_gain_stays_as_it_is_unless_it_was_told(random_model: Path) -> None:
    assert "int8" not in load_model(random_model, Loading(threads=1)).place
    with pytest.raises(ClaimBroken):
        load_model(random_model, Loading(threads=1, precision="int8"))


def test_whoever_loads_a_model_has_not_computed(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """OpenMP would keep helpers for it, more than there are cores, and the engine's own would sleep between two pieces of work."""
    computing: list[threading.Thread] = []
    monkeypatch.setattr(loading, "_quantise", lambda *given, usual=loading._quantise: computing.append(threading.current_thread()) or usual(*given))
    load_model(folder, Loading(threads=1))
    assert computing
    assert not computing[0].is_alive()


class Adapted:
    """Stands for peft: remembers whether it found plain layers with the weights of the folder."""

    def __init__(self, model, wanted: torch.Tensor) -> None:
        self.found_plain = False
        self._model, self._wanted = model, wanted

    def __call__(self, folder: str, adapter_name: str) -> None:
        self.found_plain = torch.equal(self._model.lm_head.weight, self._wanted)


def test_an_adapter_finds_the_weights_of_the_folder_and_its_end_brings_int8_back(folder: Path) -> None:
    model = load_model(folder, Loading(threads=1)).model
    before, plain = said(model), load_model(folder, Loading(threads=1, precision="fp32")).model
    counter = ExpertCounter(model)
    adapted = Adapted(model, plain.lm_head.weight.to(torch.bfloat16))
    model.load_adapter = adapted
    change_adapter(model, "somewhere")
    assert adapted.found_plain
    assert not list(filter(lambda module: isinstance(module, AllAtOnce), model.modules()))
    said(model)
    change_adapter(model, None)
    assert torch.equal(said(model), before)
    assert [sum(layer) for layer in counter.counts()] == [2 * 2 * IDS.numel()] * 2  # both runs were counted


def greedy(text: str) -> GenerationRequest:
    return GenerationRequest(str(uuid.uuid4()), (ChatMessage("user", text),), "greedy", 12, deadline_s=60)


def test_continuous_batching_says_what_generate_says_in_int8(folder: Path) -> None:
    said_by = []
    for kind in ("transformers_cb", "generate"):
        engine = build_engine(kind, folder, EngineOptions(slots=4, threads=1, is_endless=True))
        engine.start()
        try:
            assert "int8: linear layers" in engine.health().detail
            said_by.append(["".join(engine.submit(greedy(text))) for text in ("a", "多少钱？", "b" * 70, "b" * 70)])
        finally:
            engine.stop()
    assert said_by[0] == said_by[1]


def test_a_model_is_faithful_to_itself_and_int8_nearly() -> None:
    plain, rounded = mixture("qwen2"), mixture("qwen2")
    quantise(rounded, "int8", lambda: mixture("qwen2"))
    texts = [IDS[0].tolist(), [5, 6]]
    itself, other = compare(plain, plain, texts), compare(plain, rounded, texts)
    assert (itself.tokens, itself.divergence, itself.same_choice) == (IDS.numel(), 0.0, 1.0)
    assert 0 < other.divergence < 0.5
    assert other.perplexity != itself.perplexity

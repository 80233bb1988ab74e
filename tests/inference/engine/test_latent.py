"""The latent cache: nothing more is stored than DeepSeek's figures say, and the model is as it was for everybody else."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import torch

from inference.engine.generate import GenerateEngine
from inference.engine.latent import LatentCache, use_latent_cache
from inference.engine.loading import Loading, load_model
from inference.engine.refused import Refused
from inference.engine.transformers_cb import ContinuousBatchingEngine
from tests.inference.engine.architectures import save_architecture
from tests.inference.engine.test_conformance import ask

IDS = torch.arange(3, 40).unsqueeze(0)
PLAIN = Loading(threads=1)


@pytest.fixture(scope="module")
def engine(architecture: Callable[[str], Path]) -> Iterator[ContinuousBatchingEngine]:
    engine = ContinuousBatchingEngine(architecture("deepseek_v3"), slots=4, loading=PLAIN, cache_tokens=4096)
    engine.start()
    yield engine
    engine.stop()


def bytes_per_token(engine: ContinuousBatchingEngine) -> float:
    """What the cache's own tensor has for each token that it has room for, its two spare sectors aside."""
    cache = engine._manager.batch_processor.cache
    tokens = sum(allocator.num_blocks * allocator.tokens_per_page for allocator in cache.cache_allocators.values())
    return (cache.cache_tensor.numel() - 2 * cache.bytes_per_sector) / tokens


def test_each_token_and_layer_costs_the_latent_and_the_rotary_key(engine) -> None:
    layers, latent, rotary, fp32 = 2, 16, 8, 4
    assert bytes_per_token(engine) == layers * (latent + rotary) * fp32


def test_health_says_so(engine) -> None:
    assert "latent cache of 24 values a token and layer" in engine.health().detail


def test_the_real_shapes_are_those_of_the_paper() -> None:
    assert (LatentCache(512, 64).half, str(LatentCache(512, 64))) == (288, "latent cache of 576 values a token and layer")


def test_an_odd_sum_is_padded_and_says_the_same(tmp_path: Path) -> None:
    folder = save_architecture(tmp_path / "odd", "deepseek_v3", kv_lora_rank=17)
    expected = load_model(folder, PLAIN).model.generate(IDS, max_new_tokens=20, do_sample=False)
    engine = ContinuousBatchingEngine(folder, slots=2, loading=PLAIN, cache_tokens=1024)
    engine.start()
    prompt = IDS[0].tolist()
    engine._render = lambda _: prompt
    text, size = "".join(engine.submit(ask(max_new_tokens=20))), bytes_per_token(engine)
    engine.stop()
    assert (text, size) == (engine._loaded.tokenizer.decode(expected[0, len(prompt) :]), 2 * 26 * 4)


def test_a_forward_without_pages_is_what_it_was(architecture) -> None:
    model = load_model(architecture("deepseek_v3"), PLAIN).model
    with torch.inference_mode():
        before = model(IDS).logits
        generated = model.generate(IDS, max_new_tokens=12, do_sample=False)
        use_latent_cache(model)
        assert torch.equal(model(IDS).logits, before)
        assert torch.equal(model.generate(IDS, max_new_tokens=12, do_sample=False), generated)


def test_the_same_folder_loaded_again_is_untouched(architecture, engine) -> None:
    model = load_model(architecture("deepseek_v3"), PLAIN).model
    assert (model.config.head_dim, model.config.num_key_value_heads, model.config._attn_implementation) == (8, 4, "sdpa")
    assert not any("expand_kv" in vars(module) for module in model.modules())


def test_a_model_without_latents_is_left_alone(random_model) -> None:
    model = load_model(random_model, PLAIN).model
    config = model.config
    assert use_latent_cache(model) is None
    assert model.config is config


def test_another_attention_is_refused_with_its_name(architecture) -> None:
    model = load_model(architecture("deepseek_v3"), PLAIN).model
    model.set_attn_implementation("eager")
    with pytest.raises(Refused, match="eager"):
        use_latent_cache(model)


def test_packed_half_precision_layers_batch_too(architecture) -> None:
    engine = ContinuousBatchingEngine(architecture("deepseek_v3"), slots=2, loading=Loading(threads=1, precision="bf16"), cache_tokens=1024)
    engine.start()
    answer = engine.submit(ask(max_new_tokens=20))
    text, size = "".join(answer), bytes_per_token(engine)
    engine.stop()
    assert (answer.finish, len(text), size) == ("length", 20, 2 * 24 * 2)


def test_weights_that_were_swapped_answer_as_generate_does(architecture, monkeypatch) -> None:
    """Nothing that was computed with the old weights, latents in the cache least of all, is in the next answer."""

    def change(model: Any, folder: str | None) -> None:
        with torch.no_grad():
            for layer in model.model.layers:
                for part in (layer.self_attn.kv_a_proj_with_mqa, layer.self_attn.kv_b_proj):
                    part.weight.mul_(1.5 if folder else 1 / 1.5).add_(0.1 if folder else 0)

    said = []
    for kind in (ContinuousBatchingEngine, GenerateEngine):
        monkeypatch.setattr(f"{kind.__module__}.change_adapter", change)
        engine = kind(architecture("deepseek_v3"), slots=2, loading=PLAIN)
        engine.start()
        before = "".join(engine.submit(ask("a" * 100, max_new_tokens=20)))
        engine.swap_adapter("somewhere")
        said.append((before, "".join(engine.submit(ask("a" * 100, max_new_tokens=20)))))
        engine.stop()
    assert said[0] == said[1]
    assert said[0][0] != said[0][1]

"""Attention over latents: the absorbed way says what the plain one says, for any mixture of prompts and answers in a step."""

from __future__ import annotations

from collections.abc import Callable
from itertools import accumulate
from pathlib import Path

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as some

from inference.engine import latent
from inference.engine.latent_attention import attend
from inference.engine.loading import Loading
from inference.engine.spans import plan_step
from inference.engine.transformers_cb import ContinuousBatchingEngine
from tests.inference.engine.architectures import SHAPES
from tests.inference.engine.test_conformance import ask

HEADS, RANK, ROTARY, NOPE, VALUE = 4, 16, 8, 8, 12
LENGTHS = some.lists(some.tuples(some.sampled_from([1, 1, 1, 2, 7]), some.integers(0, 40)), min_size=1, max_size=8)  # (new, known before)


@pytest.fixture(scope="module")
def layer() -> torch.nn.Module:
    from transformers import DeepseekV3Config
    from transformers.models.deepseek_v3.modeling_deepseek_v3 import DeepseekV3Attention

    torch.manual_seed(3)
    return DeepseekV3Attention(DeepseekV3Config(**SHAPES["deepseek_v3"]), layer_idx=0).eval()


def ends(lengths: list[int]) -> list[int]:
    return [0, *accumulate(lengths)]


def plain(layer: torch.nn.Module, new: list[int], known: list[int], query, latents, rotary):
    """Everything expanded, one mask over all."""
    key, value = layer.expand_kv(latents, rotary)
    mask = torch.block_diag(*[torch.ones(n, k).tril(k - n) for n, k in zip(new, known, strict=True)]).bool()
    return torch.nn.functional.scaled_dot_product_attention(query, key, value, attn_mask=mask, scale=layer.scaling).transpose(1, 2)


@settings(deadline=None, max_examples=60)
@given(lengths=LENGTHS, seed=some.integers(0, 2**31))
def test_it_says_what_the_plain_way_says(layer: torch.nn.Module, lengths: list[tuple[int, int]], seed: int) -> None:
    new, known = [n for n, _ in lengths], [n + before for n, before in lengths]
    generator = torch.Generator().manual_seed(seed)
    query = torch.randn(1, HEADS, sum(new), NOPE + ROTARY, generator=generator)
    latents = torch.randn(1, 1, sum(known), RANK, generator=generator)
    rotary = torch.randn(1, 1, sum(known), ROTARY, generator=generator)
    with torch.inference_mode():
        found = attend(layer, plan_step(ends(new), ends(known), "cpu"), query, latents, rotary, layer.scaling)
        torch.testing.assert_close(found, plain(layer, new, known, query, latents, rotary), rtol=1e-4, atol=1e-5)


@settings(deadline=None)
@given(lengths=some.lists(some.tuples(some.sampled_from([1, 1, 5]), some.integers(0, 3000)), min_size=1, max_size=40))
def test_every_answer_is_planned_once_and_padding_never_doubles_the_keys(lengths: list[tuple[int, int]]) -> None:
    new, known = [n for n, _ in lengths], [n + before for n, before in lengths]
    step = plan_step(ends(new), ends(known), "cpu")
    places = [place for group in step.writing for place in group.queries.tolist()]
    places += [place for queries, _ in step.reading for place in range(queries.start, queries.stop)]
    assert sorted(places) == list(range(sum(new)))
    assert step.size == (sum(new), sum(known))
    for group in step.writing:
        assert int(group.beyond.sum()) <= int((~group.beyond).sum())


@pytest.mark.parametrize("way", ["absorbed", "plain"])
def test_both_ways_serve(architecture: Callable[[str], Path], monkeypatch: pytest.MonkeyPatch, way: str) -> None:
    """The plain one is what an adapter's or a quantised up-projection gets."""
    planned: list[object] = []
    if way == "plain":
        monkeypatch.setattr(latent, "_can_absorb", lambda _: False)
    monkeypatch.setattr("inference.engine.latent_attention.attend", lambda *given: planned.append(given[1]) or attend(*given))
    engine = ContinuousBatchingEngine(architecture("deepseek_v3"), slots=4, loading=Loading(threads=1), cache_tokens=2048)
    engine.start()
    answers = [engine.submit(ask("x" * size, max_new_tokens=20)) for size in (3, 700, 40)]
    said = ["".join(answer) for answer in answers]
    engine.stop()
    assert bool(planned) == (way == "absorbed")
    ids = [engine._render(answer.request.messages) for answer in answers]
    model = engine._loaded.model
    made = [model.generate(torch.tensor([one]), max_new_tokens=20, do_sample=False)[0, len(one) :] for one in ids]
    assert said == [engine._loaded.tokenizer.decode(one) for one in made]

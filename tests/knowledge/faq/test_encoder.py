"""The quick encoder gives what the slow one gives, to every thread its own, and takes any text."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors import safe_open
from safetensors.torch import save_file
from sentence_transformers import SentenceTransformer

from knowledge.evaluation.encoder_bench import Round, SlowTwin, figures, measure
from knowledge.faq.encoder import BatchingEncoder, Encoder, HashEncoder, Role, SentenceEncoder, Vectors
from knowledge.faq.tuning.delta import delta_apply, delta_write
from knowledge.faq.weights import weights_digest
from tests.knowledge.faq import tiny_encoder

TEXTS = [
    "When do you ship?",
    "怎么退款？",
    "退货",
    "a" * 3000,
    "Where is my order, and could you please tell me whether it can still be sent to another address?",
    "",
    "🧵🪡",
    "\x00",
    "half a character: \ud83d",
]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tiny_encoder.save(tmp_path_factory.mktemp("encoder"))


@pytest.fixture(scope="module")
def quick(folder: Path) -> SentenceEncoder:
    return SentenceEncoder(folder)


@pytest.mark.parametrize("role", ["query", "passage"])
def test_it_gives_what_the_library_gives_one_by_one(folder: Path, quick: SentenceEncoder, role: Role) -> None:
    cosines = np.sum(quick.encode(TEXTS, role) * SlowTwin(folder).encode(TEXTS, role), axis=1)
    assert cosines.min() >= 0.999


def test_a_text_has_the_same_vector_alone_and_among_others(quick: SentenceEncoder) -> None:
    alone = np.concatenate([quick.encode([text]) for text in TEXTS])
    assert np.sum(alone * quick.encode(TEXTS), axis=1).min() >= 0.999


def test_no_text_has_no_vector(quick: SentenceEncoder) -> None:
    assert quick.encode([]).shape == (0, quick.dimension)
    assert BatchingEncoder(quick).encode([]).shape == (0, quick.dimension)


def test_its_layers_are_packed_where_this_build_can(folder: Path, quick: SentenceEncoder) -> None:
    from torch import nn

    from knowledge.faq.linears import PackedLinear

    kinds = {type(module) for module in quick._model[0].auto_model.modules() if isinstance(module, nn.Linear | PackedLinear)}
    assert len(kinds) == 1


def test_a_layer_whose_packed_form_is_wrong_stays_plain(monkeypatch: pytest.MonkeyPatch) -> None:
    from torch import nn

    from knowledge.faq import linears

    class Broken(linears.PackedLinear):
        def forward(self, given: torch.Tensor) -> torch.Tensor:
            return super().forward(given) * 1.1

    layers = nn.Sequential(nn.Linear(8, 8))
    monkeypatch.setattr(linears, "PackedLinear", Broken)
    assert linears.pack_linears(layers) == 0
    assert type(layers[0]) is nn.Linear


def test_the_version_is_the_same_at_every_load_and_names_the_folder(folder: Path, quick: SentenceEncoder) -> None:
    assert SentenceEncoder(folder).version == quick.version
    assert quick.version.startswith("tiny-e5-")


@pytest.fixture
def elsewhere(folder: Path, tmp_path: Path) -> Path:
    """The same encoder as another machine makes it: other versions of libraries, and a pooler that was drawn by lot."""
    copy = Path(shutil.copytree(folder, tmp_path / folder.name))
    changed(copy, "pooler.dense.weight")
    for name in ("config.json", "config_sentence_transformers.json"):
        (copy / name).write_text((copy / name).read_text().replace('.', '.1', 1))
    (copy / "manifest.json").write_text("{}")
    return copy


def changed(folder: Path, name: str) -> None:
    path = folder / "model.safetensors"
    with safe_open(str(path), framework="pt") as file:
        tensors = {key: file.get_tensor(key) for key in file.keys()}  # noqa: SIM118 - no mapping
    tensors[name] = tensors[name] + 1
    save_file(tensors, str(path), metadata={"format": "pt"})


def test_two_machines_that_make_the_same_encoder_have_the_same(folder: Path, elsewhere: Path, quick: SentenceEncoder) -> None:
    assert SentenceEncoder(elsewhere).version == quick.version
    assert weights_digest(elsewhere / "model.safetensors") == weights_digest(folder / "model.safetensors")
    changed(elsewhere, "encoder.layer.1.output.dense.weight")
    assert weights_digest(elsewhere / "model.safetensors") != weights_digest(folder / "model.safetensors")
    assert SentenceEncoder(elsewhere).version != quick.version


def test_what_one_was_taught_the_other_knows(folder: Path, elsewhere: Path, tmp_path: Path) -> None:
    layer = "encoder.layer.0.output.dense"
    delta_write(tmp_path / "delta.safetensors", folder, {layer: (torch.ones(32, 1), torch.ones(1, 64))})
    module = SentenceTransformer(str(elsewhere), device="cpu")[0].auto_model
    before = module.get_submodule(layer).weight.detach().clone()
    assert delta_apply(module, elsewhere, tmp_path / "delta.safetensors")
    assert torch.equal(module.get_submodule(layer).weight, before + 1)


# --- many threads ----------------------------------------------------------------------------------------------------


class Watched:
    """An encoder that notes its batches, waits to be let go, and refuses one text."""

    def __init__(self, inner: Encoder) -> None:
        self.inner, self.batches, self.go = inner, [], threading.Event()
        self.version, self.dimension = inner.version, inner.dimension
        self.at_once = threading.Lock()

    def encode(self, texts: Sequence[str], role: Role = "query") -> Vectors:
        assert self.at_once.acquire(blocking=False), "two threads computed at once"
        try:
            self.batches.append((list(texts), role))
            self.go.wait(10)
            if "refused" in texts:
                raise ValueError("refused")
            return self.inner.encode(texts, role)
        finally:
            self.at_once.release()


def test_every_thread_gets_the_vectors_of_its_own_texts() -> None:
    watched = Watched(HashEncoder(64))
    shared = BatchingEncoder(watched)
    watched.go.set()
    asked = [([f"question {n}"], "query") if n % 3 else ([f"part {n}", f"and {n}"], "passage") for n in range(200)]
    with ThreadPoolExecutor(16) as pool:
        found = list(pool.map(lambda item: shared.encode(*item), asked))
    for (texts, role), vectors in zip(asked, found, strict=True):
        assert np.array_equal(vectors, HashEncoder(64).encode(texts, role))
    assert all(len(texts) <= 8 for texts, _ in watched.batches)


def test_what_comes_while_a_batch_is_computed_is_computed_together() -> None:
    watched = Watched(HashEncoder(64))
    shared = BatchingEncoder(watched)
    with ThreadPoolExecutor(6) as pool:
        first = pool.submit(shared.encode, ["first"])
        while not watched.batches:
            pass
        others = [pool.submit(shared.encode, [f"other {n}"]) for n in range(5)]
        while len(shared._waiting) < 5:
            pass
        watched.go.set()
        assert all(future.result(10).shape == (1, 64) for future in [first, *others])
    assert [len(texts) for texts, _ in watched.batches] == [1, 5]


def test_who_brings_many_texts_lets_one_question_go_between() -> None:
    watched = Watched(HashEncoder(64))
    shared = BatchingEncoder(watched)
    many = [f"variant {n:02}" for n in range(40)]
    with ThreadPoolExecutor(2) as pool:
        bulk = pool.submit(shared.encode, many)
        while not watched.batches:
            pass
        question = pool.submit(shared.encode, ["a visitor's question"])
        while not shared._waiting:
            pass
        watched.go.set()
        question.result(10)
        assert np.array_equal(bulk.result(10), HashEncoder(64).encode(many))
    assert "a visitor's question" in watched.batches[1][0]


def test_a_failure_reaches_everybody_of_its_batch_and_nobody_after() -> None:
    watched = Watched(HashEncoder(64))
    watched.go.set()
    shared = BatchingEncoder(watched)
    with pytest.raises(ValueError, match="refused"):
        shared.encode(["refused"])
    assert shared.encode(["fine"]).shape == (1, 64)


# --- measuring -------------------------------------------------------------------------------------------------------


def test_the_bench_measures_both_on_the_same_texts(folder: Path, quick: SentenceEncoder) -> None:
    found = measure(SlowTwin(folder), BatchingEncoder(quick), TEXTS[:4], rounds=1, askers=4)
    assert found["n"] == 4
    assert found["cosine_min"] >= 0.999
    assert found["one_by_one_qps"] > 0
    assert found["alone_ms"]["p95"] >= found["alone_ms"]["p50"] > 0


def test_ratios_are_medians_of_the_rounds_own() -> None:
    rounds = [Round(2.0, 1.0, 0.5, (0.5, 0.5)), Round(20.0, 10.0, 4.0, (5.0, 5.0)), Round(2.0, 1.0, 0.4, (0.5, 0.5))]
    found = figures(rounds, 2, 0.9999)
    assert (found["ratio"], found["ratio_alone"], found["one_by_one_qps"]) == (5.0, 2.0, 1.0)

"""Tiny models: a random mixture, and one whose weights make it say a fixed Chinese sentence."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

import pytest

from inference.contracts import Engine
from tests.inference.engine.fake_server import ServerProcess

TEMPLATE = (
    "{% for m in messages %}<|im_start|>{{ m.role }}\n{{ m.content }}<|im_end|>\n{% endfor %}"
    "{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)
SENTENCE = "好的谢"  # no byte occurs twice in it, so each token can decide the next


def byte_tokenizer():
    from tokenizers import AddedToken, Tokenizer, decoders, models, pre_tokenizers
    from transformers import PreTrainedTokenizerFast

    alphabet = sorted(pre_tokenizers.ByteLevel.alphabet())
    tokenizer = Tokenizer(models.BPE(vocab={letter: number for number, letter in enumerate(alphabet)}, merges=[]))
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)
    tokenizer.decoder = decoders.ByteLevel()
    tokenizer.add_special_tokens([AddedToken(name, special=True) for name in ("<|endoftext|>", "<|im_start|>", "<|im_end|>")])
    wrapped = PreTrainedTokenizerFast(tokenizer_object=tokenizer, eos_token="<|im_end|>", pad_token="<|endoftext|>")
    wrapped.chat_template = TEMPLATE
    return wrapped


def tiny_mixture(tokenizer, *, width: int = 32):
    import torch
    from transformers import Qwen2MoeConfig, Qwen2MoeForCausalLM

    torch.manual_seed(7)
    config = Qwen2MoeConfig(
        vocab_size=len(tokenizer), hidden_size=width, intermediate_size=32, num_hidden_layers=2, num_attention_heads=4,
        num_key_value_heads=2, num_experts=4, num_experts_per_tok=2, moe_intermediate_size=16, shared_expert_intermediate_size=32,
        max_position_embeddings=1024, tie_word_embeddings=False,
    )  # fmt: skip
    model = Qwen2MoeForCausalLM(config).eval()
    with torch.no_grad():
        for weight in model.parameters():
            weight.mul_(6) if weight.dim() > 1 else None  # far apart, so that greedy choices are never ties
    model.generation_config.eos_token_id = tokenizer.eos_token_id
    return model


def teach(model, tokenizer, sentence: str) -> None:
    """Weights by which each byte of the sentence is followed by the next, and its end by the end of the answer."""
    import torch

    ids = tokenizer.encode("\n", add_special_tokens=False) + tokenizer.encode(sentence, add_special_tokens=False) + [tokenizer.eos_token_id]
    with torch.no_grad():
        for layer in model.model.layers:
            layer.self_attn.o_proj.weight.zero_()
            layer.mlp.experts.down_proj.zero_()
            layer.mlp.shared_expert.down_proj.weight.zero_()
        model.model.norm.weight.fill_(1)
        model.model.embed_tokens.weight.copy_(torch.eye(*model.model.embed_tokens.weight.shape))
        model.lm_head.weight.zero_()
        for this, following in zip(ids, ids[1:], strict=False):
            model.lm_head.weight[following, this] = 1


def save(folder: Path, *, sentence: str = "") -> Path:
    tokenizer = byte_tokenizer()
    model = tiny_mixture(tokenizer, width=264 if sentence else 32)  # room for one direction for each token
    if sentence:
        teach(model, tokenizer, sentence)
    model.save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return folder


@pytest.fixture(scope="session")
def random_model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return save(tmp_path_factory.mktemp("models") / "random-moe")


@pytest.fixture(scope="module")
def reference(random_model: Path) -> Iterator[Engine]:
    """What the library's own `generate` says: the twin of every batching."""
    from inference.engine.generate import GenerateEngine
    from inference.engine.loading import Loading

    engine = GenerateEngine(random_model, slots=8, loading=Loading(threads=1))
    engine.start()
    yield engine
    engine.stop()


@pytest.fixture(scope="session")
def speaking_model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return save(tmp_path_factory.mktemp("models") / "speaking-moe", sentence=SENTENCE)


@pytest.fixture(scope="session")
def architecture(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """A tiny random model of any architecture that `architectures.SHAPES` names."""
    from tests.inference.engine.architectures import save_architecture

    folder = tmp_path_factory.mktemp("architectures")
    return cache(lambda kind: save_architecture(folder / kind, kind))


@pytest.fixture(scope="module")
def process() -> Iterator[ServerProcess]:
    """A model server on loopback; each test tells it how to behave."""
    server = ServerProcess()
    yield server
    server.kill()

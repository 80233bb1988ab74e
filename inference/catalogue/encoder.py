"""The packed encoder (4-bit blocks, vocabulary and directory in one file) as a sentence-transformers folder.

The file: 4 bytes magic; version; sizes; vocabulary with scores; a list that is skipped; a directory of tensors. A block of
32 weights is an fp16 scale and 16 bytes, byte j holding weight j low and weight j+16 high: value = (nibble - 8) * scale.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

MAX_TOKENS = 512
_BLOCK = np.dtype([("scale", "<f2"), ("nibbles", "u1", 16)])


class PackedFileBroken(ValueError):
    """The bytes do not follow the layout; the message says where reading stopped."""


@dataclass(frozen=True, slots=True)
class Sizes:
    hidden: int
    layers: int
    heads: int
    inner: int
    words: int
    positions: int
    types: int


class PackedEncoder:
    """Reads one file; nothing is kept but the bytes."""

    def __init__(self, path: Path) -> None:
        self._bytes = path.read_bytes()
        self._at = 4
        try:
            self._read_head()
        except (struct.error, UnicodeDecodeError, ValueError) as error:
            raise PackedFileBroken(f"{path.name} cannot be read at byte {self._at}: {error}") from error

    def _read_head(self) -> None:
        self._take("I")
        self.sizes = Sizes(*self._take("7i"))
        (self.epsilon,) = self._take("f")
        self._take("i")
        count, self.bos, self.eos, self.pad, self.unknown = self._take("5i")
        (blob_size,) = self._take("Q")
        offsets = self._array(np.uint32, count + 1)
        scores = self._array(np.float32, count)
        blob = self._bytes[self._at : self._at + blob_size]
        self._at += blob_size
        words = (blob[offsets[place] : offsets[place + 1]].decode("utf-8", "replace") for place in range(count))
        self.vocabulary = [(word, float(score)) for word, score in zip(words, scores, strict=True)]
        _, skipped = self._take("iI")
        self._at += skipped
        self.directory = dict(self._entry() for _ in range(self._take("i")[0]))

    def _take(self, layout: str) -> tuple[Any, ...]:
        values = struct.unpack_from("<" + layout, self._bytes, self._at)
        self._at += struct.calcsize("<" + layout)
        return values

    def _array(self, kind: Any, count: int) -> NDArray[Any]:
        values = np.frombuffer(self._bytes, kind, count, self._at)
        self._at += values.nbytes
        return values

    def _entry(self) -> tuple[str, int]:
        (length,) = self._take("H")
        name = self._bytes[self._at : self._at + length].decode()
        self._at += length
        self._take("B")
        self._take("I")
        offset, _ = self._take("QQ")
        return name, offset

    def tensor(self, name: str, *shape: int) -> NDArray[np.float32]:
        if name not in self.directory:
            raise PackedFileBroken(f"the tensor {name} is missing")
        count, offset = int(np.prod(shape)), self.directory[name]
        is_packed = name == "emb.word" or (name.endswith(".w") and "ln" not in name)
        if not is_packed:
            return np.frombuffer(self._bytes, np.float32, count, offset).reshape(shape).copy()
        blocks = np.frombuffer(self._bytes, _BLOCK, count // 32, offset)
        return unpack(blocks).reshape(shape)


def unpack(blocks: NDArray[Any]) -> NDArray[np.float32]:
    """(n, 32) weights of n blocks."""
    nibbles = np.concatenate([blocks["nibbles"] & 15, blocks["nibbles"] >> 4], axis=1).astype(np.float32) - 8
    return np.asarray(nibbles * blocks["scale"].astype(np.float32)[:, None], dtype=np.float32)


def convert(packed: Path, folder: Path) -> None:
    """Writes the folder: BERT weights, tokenizer, mean pooling, normalisation."""
    import tempfile

    import torch
    from sentence_transformers import SentenceTransformer
    from sentence_transformers import models as modules

    source = PackedEncoder(packed)
    with tempfile.TemporaryDirectory(dir=folder.parent) as draft:
        _model(source).save_pretrained(draft)
        _tokenizer(source).save_pretrained(draft)
        words = modules.Transformer(draft, max_seq_length=MAX_TOKENS)
        torch.nn.init.zeros_(words.auto_model.pooler.dense.weight)  # the library drew it by lot; so every machine makes the same file
        pooling = modules.Pooling(source.sizes.hidden, "mean")
        SentenceTransformer(modules=[words, pooling, modules.Normalize()], device="cpu").save(str(folder))


def _model(source: PackedEncoder) -> Any:
    import torch
    from transformers import BertConfig, BertModel

    sizes = source.sizes
    config = BertConfig(
        vocab_size=sizes.words, hidden_size=sizes.hidden, num_hidden_layers=sizes.layers, num_attention_heads=sizes.heads,
        intermediate_size=sizes.inner, max_position_embeddings=sizes.positions, type_vocab_size=sizes.types,
        layer_norm_eps=source.epsilon, pad_token_id=source.pad,
    )  # fmt: skip
    model = BertModel(config, add_pooling_layer=False)
    weights = {name: torch.from_numpy(array) for name, array in state_of(source).items()}
    model.load_state_dict(weights, strict=True)
    return model


def state_of(source: PackedEncoder) -> dict[str, NDArray[np.float32]]:
    """Tensors under the names of transformers' BertModel."""
    sizes, take = source.sizes, source.tensor
    hidden, inner = sizes.hidden, sizes.inner
    state = {
        "embeddings.word_embeddings.weight": take("emb.word", sizes.words, hidden),
        "embeddings.position_embeddings.weight": take("emb.pos", sizes.positions, hidden),
        "embeddings.token_type_embeddings.weight": take("emb.type", sizes.types, hidden),
        "embeddings.LayerNorm.weight": take("emb.ln.w", hidden),
        "embeddings.LayerNorm.bias": take("emb.ln.b", hidden),
    }
    linear = (
        ("q", "attention.self.query", hidden, hidden),
        ("k", "attention.self.key", hidden, hidden),
        ("v", "attention.self.value", hidden, hidden),
        ("ao", "attention.output.dense", hidden, hidden),
        ("fi", "intermediate.dense", inner, hidden),
        ("fo", "output.dense", hidden, inner),
    )
    for layer in range(sizes.layers):
        prefix = f"encoder.layer.{layer}."
        for short, name, rows, columns in linear:
            state[f"{prefix}{name}.weight"] = take(f"l{layer}.{short}.w", rows, columns)
            state[f"{prefix}{name}.bias"] = take(f"l{layer}.{short}.b", rows)
        for short, name in (("aln", "attention.output.LayerNorm"), ("oln", "output.LayerNorm")):
            state[f"{prefix}{name}.weight"] = take(f"l{layer}.{short}.w", hidden)
            state[f"{prefix}{name}.bias"] = take(f"l{layer}.{short}.b", hidden)
    return state


def _tokenizer(source: PackedEncoder) -> Any:
    """SentencePiece's unigram model as the tokenizers library has it: NFKC, single spaces, a mark before each word."""
    from tokenizers import Regex, Tokenizer, models, normalizers, pre_tokenizers, processors
    from transformers import PreTrainedTokenizerFast

    tokenizer = Tokenizer(models.Unigram(source.vocabulary, unk_id=source.unknown, byte_fallback=False))
    tokenizer.normalizer = normalizers.Sequence([normalizers.NFKC(), normalizers.Replace(Regex(r"\s+"), " "), normalizers.Strip()])
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace(replacement="▁", prepend_scheme="always")
    places = {"bos": source.bos, "eos": source.eos, "pad": source.pad, "unk": source.unknown}
    names = {role: source.vocabulary[place][0] for role, place in places.items()}
    tokenizer.post_processor = processors.TemplateProcessing(
        single=f"{names['bos']} $A {names['eos']}", special_tokens=[(names["bos"], source.bos), (names["eos"], source.eos)]
    )
    return PreTrainedTokenizerFast(
        tokenizer_object=tokenizer,
        bos_token=names["bos"],
        eos_token=names["eos"],
        pad_token=names["pad"],
        unk_token=names["unk"],
        model_max_length=MAX_TOKENS,
    )

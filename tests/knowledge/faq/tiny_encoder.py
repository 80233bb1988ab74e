"""A sentence-transformers folder with random weights, small enough to be made in a test."""

from __future__ import annotations

from pathlib import Path


def save(folder: Path) -> Path:
    import torch
    from sentence_transformers import SentenceTransformer
    from sentence_transformers import models as modules
    from tokenizers import Tokenizer, models, pre_tokenizers, processors
    from transformers import BertConfig, BertModel, PreTrainedTokenizerFast

    alphabet = sorted(pre_tokenizers.ByteLevel.alphabet())
    special = ["<s>", "<pad>", "</s>", "<unk>"]
    tokenizer = Tokenizer(models.BPE(vocab={letter: number for number, letter in enumerate([*special, *alphabet])}, merges=[], unk_token="<unk>"))
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)
    tokenizer.post_processor = processors.TemplateProcessing(single="<s> $A </s>", special_tokens=[("<s>", 0), ("</s>", 2)])
    wrapped = PreTrainedTokenizerFast(tokenizer_object=tokenizer, bos_token="<s>", eos_token="</s>", pad_token="<pad>", unk_token="<unk>")
    torch.manual_seed(7)
    config = BertConfig(
        vocab_size=len(special) + len(alphabet), hidden_size=32, num_hidden_layers=2, num_attention_heads=4, intermediate_size=64,
        max_position_embeddings=160, pad_token_id=1,
    )  # fmt: skip
    model = BertModel(config).eval()
    with torch.no_grad():
        for weight in model.parameters():
            weight.mul_(6) if weight.dim() > 1 else None  # far from what a fresh model gives to every text alike
    words = folder / "words"
    model.save_pretrained(words)
    wrapped.save_pretrained(words)
    transformer = modules.Transformer(str(words), max_seq_length=128)
    pooling = modules.Pooling(32, pooling_mode="mean")
    SentenceTransformer(modules=[transformer, pooling, modules.Normalize()], device="cpu").save(str(folder / "tiny-e5"))
    return folder / "tiny-e5"

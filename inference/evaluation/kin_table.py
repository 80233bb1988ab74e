"""`python -m inference.evaluation.kin_table ENCODER [--out FILE]`: writes which words mean about the same, as the encoder sees them.

Each common word of both languages is encoded alone; what a language's words share is taken out, the rest is turned into the few directions that tell
most (principal components) and rounded to bytes. Needs the package `wordfreq` (lists of common words), which the product does not.
"""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from inference.grounding.kin import SHIPPED

ENGLISH, CHINESE, DIRECTIONS, AT_ONCE = 24_000, 16_000, 80, 256


def common_words() -> list[str]:
    from wordfreq import top_n_list  # type: ignore[import-not-found,unused-ignore]

    english = [word for word in top_n_list("en", 2 * ENGLISH) if re.fullmatch(r"[a-z]{2,}(?:'s)?", word)][:ENGLISH]
    chinese = [word for word in top_n_list("zh", 3 * CHINESE) if re.fullmatch(r"[\u4e00-\u9fff]{1,4}", word)][:CHINESE]
    return [*english, *chinese]


def encoded(words: Sequence[str], folder: Path) -> NDArray[np.float32]:
    """(words, width), each of length 1."""
    import torch
    from transformers import AutoModel, AutoTokenizer

    tokenizer, model = AutoTokenizer.from_pretrained(folder), AutoModel.from_pretrained(folder).eval()
    found = []
    for start in range(0, len(words), AT_ONCE):
        batch = tokenizer([f"query: {word}" for word in words[start : start + AT_ONCE]], return_tensors="pt", padding=True)
        with torch.inference_mode():
            hidden = model(**batch).last_hidden_state
        mask = batch["attention_mask"].unsqueeze(-1)
        found.append(torch.nn.functional.normalize((hidden * mask).sum(1) / mask.sum(1), dim=-1).numpy())
    return np.concatenate(found)


def shortened(vectors: NDArray[np.float32], chinese: NDArray[np.bool_]) -> NDArray[np.int8]:
    """(words, DIRECTIONS), each about 127 long. Each language around its own middle, so that words of both lie side by side."""
    centred = vectors.copy()
    for own in (chinese, ~chinese):
        centred[own] -= vectors[own].mean(axis=0)
    _, _, directions = np.linalg.svd(centred.T @ centred)
    short = centred @ directions[:DIRECTIONS].T
    short /= np.linalg.norm(short, axis=1, keepdims=True)
    found: NDArray[np.int8] = np.round(short * 127).astype(np.int8)
    return found


def main(arguments: Sequence[str]) -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("encoder", type=Path)
    parser.add_argument("--out", type=Path, default=SHIPPED)
    options = parser.parse_args(arguments)
    words = common_words()
    text = np.frombuffer("\n".join(words).encode(), dtype=np.uint8)
    chinese = np.array([word > "z" for word in words])
    np.savez_compressed(options.out, words=text, vectors=shortened(encoded(words, options.encoder), chinese))


if __name__ == "__main__":
    main(sys.argv[1:])

"""A GGUF file as transformers' own classes read it: dequantised once, kept as safetensors."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

from inference.catalogue.upcycle import Experts, add_experts, save


def convert(packed: Path, folder: Path) -> None:
    """To a dense folder in bfloat16."""
    model, tokenizer = _load(packed)
    save(model, tokenizer, folder)


def convert_and_upcycle(packed: Path, folder: Path) -> None:
    """To a mixture; the dense model is never written."""
    model, tokenizer = _load(packed)
    save(add_experts(model, Experts()), tokenizer, folder)


def _load(packed: Path) -> tuple[Any, Any]:
    import torch
    from transformers import AutoModelForCausalLM, AutoTokenizer

    with tempfile.TemporaryDirectory(dir=packed.parent) as draft:
        # The library wants a folder; a link costs nothing.
        (Path(draft) / "model.gguf").hardlink_to(packed)
        model = AutoModelForCausalLM.from_pretrained(draft, gguf_file="model.gguf", dtype=torch.float32)
        tokenizer = AutoTokenizer.from_pretrained(draft, gguf_file="model.gguf")
    return plain(model), tokenizer


def plain(model: Any) -> Any:
    """The weights are whole numbers no more, but the library still takes the model for a quantised one, which it would not save."""
    model.hf_quantizer = None
    model.is_quantized = False
    if hasattr(model.config, "quantization_config"):
        del model.config.quantization_config
    return model

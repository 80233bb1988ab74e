"""Puts a LoRA adapter on a loaded model or takes it off. Knows peft's part of transformers; nothing of engines."""

from __future__ import annotations

from typing import Any

_NAME = "answers"


def change_adapter(model: Any, folder: str | None) -> None:
    """`folder` is a peft adapter; None leaves the bare model. An adapter needs plain layers: packed ones are unpacked for it,
    quantised ones are loaded anew, and when it goes they are as they were."""
    from inference.engine.packed import pack, unpack
    from inference.quantization.model import quantise_again, restore

    if getattr(model, "_hf_peft_config_loaded", False):
        model.delete_adapter(_NAME)
    if folder is None:
        quantise_again(model)
        pack(model)
        return
    restore(model)
    unpack(model)
    model.load_adapter(folder, adapter_name=_NAME)

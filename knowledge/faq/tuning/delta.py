"""What an encoder was taught, as a small file: low-rank changes to its linear layers, for one encoder and no other.

Knows the file and the module's names. Does not know how it was taught (knowledge.faq.tuning.train).
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from knowledge.faq.weights import weights_digest

SHIPPED = Path(__file__).with_name("delta.safetensors")
_WEIGHTS = "model.safetensors"


def delta_write(path: Path, encoder: Path, changes: Mapping[str, tuple[Any, Any]]) -> None:
    """`changes`: for each linear layer (b, a), its weight grows by b·a. Stored in half precision."""
    import torch
    from safetensors.torch import save_file

    tensors = {f"{name}.{part}": tensor for name, (b, a) in changes.items() for part, tensor in (("b", b), ("a", a))}
    halves = {name: tensor.to(torch.float16).contiguous() for name, tensor in tensors.items()}
    save_file(halves, str(path), metadata={"for": fingerprint(encoder)})


def delta_apply(module: Any, encoder: Path, path: Path = SHIPPED) -> str:
    """Change the module's weights in place and name the change; empty where the file is for another encoder or there is none."""
    import torch
    from safetensors import safe_open

    if not path.is_file():
        return ""
    with safe_open(str(path), framework="pt") as file, torch.no_grad():
        if (file.metadata() or {}).get("for") != fingerprint(encoder):
            return ""
        for name in sorted(key.removesuffix(".b") for key in file.keys() if key.endswith(".b")):  # noqa: SIM118 - no mapping
            weight = module.get_submodule(name).weight
            weight += file.get_tensor(f"{name}.b").float() @ file.get_tensor(f"{name}.a").float()
    return hashlib.sha256(path.read_bytes()).hexdigest()[:8]


@cache
def fingerprint(encoder: Path) -> str:
    """Of the weights that make vectors: a change to others would be noise."""
    return weights_digest(encoder / _WEIGHTS)

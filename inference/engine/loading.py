"""Loads a model folder for an engine: safetensors only, nothing remote, nothing executed from the folder.

Knows torch and transformers and says what is wrong with a folder in words an operator can act on.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from inference.contracts import ModelMissing
from inference.engine.passing import in_passing
from inference.engine.quiet import quieten
from inference.engine.text import Tokenizer
from inference.monitoring.experts import ExpertCounter

logger = logging.getLogger(__name__)


Precision = Literal["auto", "bf16", "fp32", "int8", "int4"]  # auto: int8 on a processor that multiplies it, else as the folder is
Experts = Literal["eager", "grouped_mm", "batched_mm"]


@dataclass(frozen=True, slots=True)
class Loading:
    """How a folder is loaded and run. `is_endless` lets answers run to their full length, and without `guesses` each step makes one token of
    an answer: both for measuring only."""

    threads: int | None = None
    precision: Precision = "auto"
    experts: Experts = "grouped_mm"
    is_endless: bool = False
    guesses: bool = True


USUAL = Loading()


@dataclass(frozen=True, slots=True)
class LoadedModel:
    model: Any
    tokenizer: Tokenizer
    name: str
    place: str  # device, precision with its counted bytes, and threads, for people
    window: int
    eos: tuple[int, ...]
    experts: ExpertCounter


def load_model(folder: Path, how: Loading) -> LoadedModel:
    """On a GPU in the folder's own precision; a processor that cannot multiply int8 gets bf16, one that cannot that either fp32.

    Raises `ModelMissing` for a folder that is none, `CannotQuantise` and `ClaimBroken` where a precision cannot be had or is not true.
    """
    import torch

    if how.threads:
        torch.set_num_threads(how.threads)  # of this thread and of all that have not computed yet
    return in_passing(_load, folder, how)


def _load(folder: Path, how: Loading) -> LoadedModel:
    config = _read_config(folder)
    import torch
    import transformers

    from inference.engine.packed import pack
    from inference.quantization.claim import ClaimBroken
    from inference.quantization.experts import CannotQuantise

    transformers.utils.logging.disable_progress_bar()
    quieten()
    where = "cuda" if torch.cuda.is_available() else "cpu"
    bits = _bits(how.precision, where)

    def plain() -> Any:
        options: dict[str, Any] = {"dtype": _dtype(how.precision, where), "local_files_only": True, "trust_remote_code": False}
        if "num_experts" in config or "n_routed_experts" in config or "num_local_experts" in config:
            options["experts_implementation"] = how.experts
        found = transformers.AutoModelForCausalLM.from_pretrained(folder, use_safetensors=True, **options)
        return found.to(where).eval()

    try:
        model = plain()
        tokenizer = transformers.AutoTokenizer.from_pretrained(folder, local_files_only=True, trust_remote_code=False)
    except (OSError, ValueError, KeyError, RuntimeError) as error:
        raise ModelMissing(f"The model in {folder} cannot be loaded ({error}). Run: manage.py models verify") from error
    named = str(model.dtype).removeprefix("torch.")
    if bits is not None:
        try:
            named = _quantise(model, bits, plain)
        except (CannotQuantise, ClaimBroken) as error:
            if how.precision != "auto":
                raise
            logger.info("%s stays %s: %s", folder.name, named, error)
            model = plain()
    pack(model)
    model.forward = torch.inference_mode()(model.forward)  # a twentieth of a step on a processor, where each small operation counts
    eos = () if how.is_endless else _eos(model.generation_config.eos_token_id, tokenizer.eos_token_id)
    window = int(getattr(model.config.get_text_config(), "max_position_embeddings", 4096))
    place = f"{_device_name(where)}, {named}, {torch.get_num_threads()} threads"
    logger.info("loaded %s (%s)", folder.name, place)
    return LoadedModel(model, tokenizer, folder.name, place, window, eos, ExpertCounter(model))


def _device_name(where: str) -> str:
    import torch

    return torch.cuda.get_device_name() if where == "cuda" else where


def _bits(precision: Precision, where: str) -> Literal["int8", "int4"] | None:
    from inference.quantization.int8 import can_multiply

    if precision == "auto":
        return "int8" if where == "cpu" and can_multiply() else None
    return precision if precision in ("int8", "int4") else None


def _quantise(model: Any, bits: Literal["int8", "int4"], plain: Callable[[], Any]) -> str:
    from inference.quantization.claim import demand_true
    from inference.quantization.model import quantise

    quantise(model, bits, plain)
    return f"{bits}: {demand_true(model, bits)}"


def _dtype(precision: Precision, where: str) -> Any:
    import torch

    if precision in ("bf16", "fp32"):
        return {"bf16": torch.bfloat16, "fp32": torch.float32}[precision]
    multiplies_bf16 = where != "cpu" or torch.cpu._is_avx512_bf16_supported() or torch.cpu._is_amx_tile_supported()
    return "auto" if multiplies_bf16 else torch.float32


def _read_config(folder: Path) -> dict[str, Any]:
    path = folder / "config.json"
    if not path.is_file() or not any(folder.glob("*.safetensors")):
        raise ModelMissing(f"There is no model in {folder}. Run: manage.py models pull")
    try:
        config = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise ModelMissing(f"{path} is damaged. Run: manage.py models verify") from error
    return dict(config)


def _eos(*sources: int | list[int] | None) -> tuple[int, ...]:
    ids: list[int] = []
    for source in sources:
        ids += source if isinstance(source, list) else [] if source is None else [source]
    return tuple(dict.fromkeys(ids))

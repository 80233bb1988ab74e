"""Loads a model folder for an engine: safetensors only, nothing remote, nothing executed from the folder.

Knows torch and transformers and says what is wrong with a folder in words an operator can act on.
"""

from __future__ import annotations

import json
import logging
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from inference.contracts import ModelMissing
from inference.engine.quiet import quieten
from inference.engine.text import Tokenizer

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class LoadedModel:
    model: Any
    tokenizer: Tokenizer
    name: str
    window: int
    eos: tuple[int, ...]


def load_model(folder: Path, *, threads: int | None = None, device: str = "auto", experts: str | None = None) -> LoadedModel:
    """Loads the weights in the folder's own precision."""
    config = _read_config(folder)
    import torch
    import transformers

    if threads:
        torch.set_num_threads(threads)
    transformers.utils.logging.disable_progress_bar()
    quieten()
    where = ("cuda" if torch.cuda.is_available() else "cpu") if device == "auto" else device
    options: dict[str, Any] = {"dtype": "auto", "local_files_only": True, "trust_remote_code": False, "use_safetensors": True}
    if "num_experts" in config or "n_routed_experts" in config or "num_local_experts" in config:
        options["experts_implementation"] = experts or "grouped_mm"
    try:
        model = transformers.AutoModelForCausalLM.from_pretrained(folder, attn_implementation="sdpa", **options).to(where).eval()
        tokenizer = transformers.AutoTokenizer.from_pretrained(folder, local_files_only=True, trust_remote_code=False)
    except (OSError, ValueError, KeyError, RuntimeError) as error:
        raise ModelMissing(f"The model in {folder} cannot be loaded ({error}). Run: manage.py models verify") from error
    eos = _eos(model.generation_config.eos_token_id, tokenizer.eos_token_id)
    window = int(getattr(model.config.get_text_config(), "max_position_embeddings", 4096))
    logger.info("loaded %s (%s, %s, %s threads)", folder.name, model.dtype, where, torch.get_num_threads())
    return LoadedModel(model, tokenizer, folder.name, window, eos)


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

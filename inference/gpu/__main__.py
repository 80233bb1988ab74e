"""`python -m inference.gpu MODEL`: one step of the graphics card's benchmark, within ten minutes. Prints one JSON object as its last line.

Self-contained: torch, transformers and this package; no Django, no network, no files but `--out`. `--dry` takes tiny shapes on any processor.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from inference.engine.loading import LoadedModel, Loading
from inference.engine.transformers_cb import ContinuousBatchingEngine
from inference.gpu.loads import Load, at_rate, prompts_of, saturated
from inference.gpu.shapes import DRY, SHAPES, random_model, weight_bytes

PER_SECOND = 8.0
AT_ONCE = (32, 128, 256)
PAGE = 32


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m inference.gpu", description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("model", choices=sorted(DRY))
    parser.add_argument("--attention", default="sdpa", help="transformers' name of the attention: sdpa, flash_attention_2, flash_attention_3")
    parser.add_argument("--seconds", type=float, default=60, help="length of each load (default 60)")
    parser.add_argument("--rate", type=float, default=PER_SECOND, help="requests a second of the open loop (default 8)")
    parser.add_argument("--at-once", type=int, action="append", default=[], help="askers of the closed loop; may be given several times")
    parser.add_argument("--dry", action="store_true", help="tiny shapes, short loads: shows that everything runs")
    parser.add_argument("--out", type=Path, help="also write the object to this file")
    options = parser.parse_args(arguments)
    told = json.dumps(measure(options))
    if options.out:
        options.out.write_text(told + "\n", encoding="utf-8")
    print(told)  # noqa: T201 - the last line is the result
    return 0


def measure(options: argparse.Namespace) -> dict[str, Any]:
    shape = SHAPES[DRY[options.model] if options.dry else options.model]
    at_once = options.at_once or ([2, 4] if options.dry else list(AT_ONCE))
    load = Load(vocabulary=2000) if not options.dry else Load(prompt=60, shared=32, new=8, vocabulary=2000)
    say(f"{shape.name}: making random weights")
    loaded = random_model(shape, attention=options.attention)
    engine = engine_of(loaded, slots=max(at_once), load=load)
    say(f"{shape.name}: starting ({loaded.place})")
    began = time.perf_counter()
    engine.start()
    started_s = time.perf_counter() - began
    try:
        runs: dict[str, Any] = {"open": at_rate(engine, load, per_second=options.rate, seconds=options.seconds)}
        say(f"open loop: {runs['open']}")
        runs["closed"] = []
        for number in at_once:
            runs["closed"].append(saturated(engine, load, at_once=number, seconds=options.seconds))
            say(f"closed loop: {runs['closed'][-1]}")
        stats = engine.stats()
    finally:
        engine.stop()
    whole, of_experts = weight_bytes(loaded.model)
    return {
        "model": shape.name,
        "device": loaded.place,
        "attention": options.attention,
        "versions": versions(),
        "date": datetime.now(UTC).date().isoformat(),
        "load": {"prompt": load.prompt, "shared": load.shared, "new": load.new},
        "started_s": round(started_s, 1),
        "weights_gb": round(whole / 1e9, 2),
        "experts_gb": round(of_experts / 1e9, 2),
        "prefix_share": round(stats.prefix_tokens / max(1, stats.prompt_tokens), 3),
        "cache_tokens": stats.cache_tokens,
        "health": engine.health().detail,
        **runs,
        "roofline": roofline(runs["closed"], whole),
    }


def engine_of(loaded: LoadedModel, *, slots: int, load: Load) -> ContinuousBatchingEngine:
    """Room in the cache for every slot, as far as the card has it."""
    wanted = slots * (load.prompt + load.new + PAGE)
    return ContinuousBatchingEngine(
        Path(loaded.name),
        slots=slots,
        loading=Loading(),
        page_size=PAGE,
        cache_tokens=min(wanted, _room(loaded.model)),
        warm_prompts=[prompts_of(replace(load, prompt=load.shared + 1), 0)()],
        load=lambda _folder, _how: loaded,
    )


def _room(model: Any) -> int:
    """Tokens that fit into what the card has left, with a quarter of it for everything else."""
    import torch

    config = model.config
    if not torch.cuda.is_available():
        return 1 << 20
    free, _ = torch.cuda.mem_get_info()
    latent = getattr(config, "kv_lora_rank", None)
    values = latent + config.qk_rope_head_dim if latent else 2 * config.num_key_value_heads * config.head_dim
    return int(0.75 * free / (2 * values * config.num_hidden_layers))


def roofline(closed: list[dict[str, Any]], whole: int) -> dict[str, Any]:
    """How near the steps come to reading every weight once at the speed of the memory: with many answers at once each expert is needed."""
    speed = memory_speed()
    least_ms = 1000 * whole / speed
    shares = {run["at_once"]: round(least_ms / run["step_ms"], 3) for run in closed if run["step_ms"]}
    return {"memory_gb_per_s": round(speed / 1e9, 1), "least_step_ms": round(least_ms, 3), "share": shares}


def memory_speed() -> float:
    """Bytes a second, read and written, of a copy on the device."""
    import torch

    where = "cuda" if torch.cuda.is_available() else "cpu"
    source = torch.empty(2**30 if where == "cuda" else 2**26, dtype=torch.uint8, device=where)
    target = torch.empty_like(source)
    best = 0.0
    for _ in range(5):
        began = time.perf_counter()
        target.copy_(source)
        if where == "cuda":
            torch.cuda.synchronize()
        best = max(best, 2 * source.numel() / (time.perf_counter() - began))
    return best


def versions() -> dict[str, str]:
    import torch
    import transformers

    return {"torch": torch.__version__, "transformers": transformers.__version__, "python": sys.version.split()[0]}


def say(text: str) -> None:
    sys.stderr.write(f"{text}\n")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

"""`python -m inference.gpu.steps`: all steps of the graphics card's benchmark, one process and at most ten minutes each.

For a bare machine: the standard library starts it; wheels that were brought along (`--wheels`) are unpacked beside it. Without a card
it is a dry run at tiny shapes. Figures of a real run go into one JSON file, which the benchmarks' page is written from.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

LIMIT_S = 590
STEPS = (("moonlight-16b-a3b", "sdpa"), ("qwen3-30b-a3b", "sdpa"), ("moonlight-16b-a3b", "flash"), ("qwen3-30b-a3b", "flash"))
FLASH = {"flash_attn_3": "flash_attention_3", "flash_attn_interface": "flash_attention_3", "flash_attn": "flash_attention_2"}
ROOT = Path(__file__).resolve().parent.parent.parent
_PROBE = """
import importlib.util, json, torch
names = [name for name in %r if importlib.util.find_spec(name)]
print(json.dumps({"card": torch.cuda.is_available(), "flash": names}))
"""


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m inference.gpu.steps", description="The benchmark of the graphics card, step by step.")
    parser.add_argument("--wheels", type=Path, help="folder of wheels to use instead of what is installed")
    parser.add_argument("--seconds", type=float, default=60, help="length of each load (default 60)")
    parser.add_argument("--out", type=Path, help="JSON file for the figures; a dry run does not touch it")
    parser.add_argument("--only", choices=sorted({model for model, _ in STEPS}), help="only this model's steps")
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as site:
        environment = _with_wheels(options.wheels, site) if options.wheels else dict(os.environ)
        told = subprocess.run([sys.executable, "-c", _PROBE % (list(FLASH),)], env=environment, capture_output=True, text=True, check=False)
        if told.returncode:
            sys.stderr.write(f"This python has no torch that works: {told.stderr.strip()[-300:]}\n")
            return 2
        found = json.loads(told.stdout)
        steps = [(model, attention) for model, attention in STEPS if options.only in (None, model)]
        results = [_step(model, attention, found, options.seconds, environment) for model, attention in steps]
    if options.out and found["card"]:
        options.out.write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")
    failed = [result for result in results if "failed" in result]
    kind = "ran" if found["card"] else "dry run at tiny shapes (there is no graphics card)"
    sys.stderr.write(f"gpu-bench: {len(results) - len(failed)} of {len(results)} steps {kind}\n")
    sys.stdout.write(json.dumps({"steps": results}) + "\n")
    return 1 if failed else 0


def _step(model: str, attention: str, found: dict[str, Any], seconds: float, environment: dict[str, str]) -> dict[str, Any]:
    flash = next((FLASH[name] for name in found["flash"]), "")
    if attention == "flash" and not (flash and found["card"]):
        return {"model": model, "attention": attention, "skipped": "no flash attention is installed here"}
    command = [sys.executable, "-m", "inference.gpu", model, "--attention", flash if attention == "flash" else attention]
    command += ["--seconds", str(seconds)] if found["card"] else ["--dry", "--seconds", "2"]
    sys.stderr.write(f"gpu-bench: {model}, {attention}\n")
    try:
        done = subprocess.run(command, env=environment, cwd=ROOT, stdout=subprocess.PIPE, text=True, timeout=LIMIT_S, check=False)
    except subprocess.TimeoutExpired:
        return {"model": model, "attention": attention, "failed": f"not done within {LIMIT_S} s"}
    try:
        result: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    except (IndexError, ValueError):
        return {"model": model, "attention": attention, "failed": f"ended with {done.returncode}"}
    return result


def _with_wheels(wheels: Path, site: str) -> dict[str, str]:
    """The environment in which what was brought along comes before what is installed."""
    install = [sys.executable, "-m", "pip", "install", "--quiet", "--no-index", "--no-deps", "--no-compile", "--target", site]
    subprocess.run([*install, *map(str, sorted(wheels.glob("*.whl")))], check=True)
    return {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, [site, os.environ.get("PYTHONPATH", "")]))}


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

"""`manage.py write_benchmarks`: run the measurements that fit on this machine and write BENCHMARKS.md."""

from __future__ import annotations

import datetime
import json
import os
import subprocess
import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from csbot.env import BASE_DIR
from csbot.operations.benchmarks import benchmarks_page

OTHER_MODELS = {"nearest": "nearest", "small": "smollm2-135m"}
RESULTS = BASE_DIR / "csbot" / "operations" / "benchmarks.json"


class Command(BaseCommand):
    help = "Measure and write BENCHMARKS.md; --render writes the page from the figures that are kept."
    requires_system_checks: tuple[str, ...] = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--render", action="store_true", help="measure nothing")
        parser.add_argument("--data", type=Path, default=BASE_DIR.parent / "shared" / "data", help="folder of the measuring data")
        parser.add_argument("--only", action="append", default=[], help="only this measurement; may be given several times")

    def handle(self, *args: Any, **options: Any) -> None:
        kept: dict[str, Any] = json.loads(RESULTS.read_text(encoding="utf-8")) if RESULTS.exists() else {}
        for name, arguments in measurements(options["data"]).items():
            if options["render"] or (options["only"] and name not in options["only"]):
                continue
            self.stderr.write(f"measuring: {name}")
            figures = _measure(arguments)
            if figures is None:
                self.stderr.write(f"  {name} gave no figures; what is kept stays")
                continue
            kept[name] = {"figures": figures, **_where()}
        RESULTS.write_text(json.dumps(kept, indent=1, ensure_ascii=False, sort_keys=True) + "\n", encoding="utf-8")
        (BASE_DIR / "BENCHMARKS.md").write_text(benchmarks_page(kept), encoding="utf-8")


def measurements(data: Path) -> dict[str, list[str]]:
    """Name → command; those without their data are left out."""
    found = {"pipeline": ["pipeline_bench", "--json"], "engine": ["inference_bench", "--json"], "encoder": ["encoder_bench", "--json"]}
    found |= {"size": ["knowledge_bench", "--json"], "filter_speed": ["filter_bench", "--json"], "personal": ["personal_eval"]}
    found["desk_postgresql" if settings.CSBOT.database_url else "desk_sqlite"] = ["desk_bench", "--json"]
    if (data / "zh_faq").is_dir():
        folders = [str(data / name) for name in ("zh_faq", "en_faq")]
        found |= {"cache": ["cache_bench", *folders, "--json"], "cache_routed": ["cache_bench", *folders, "--routed", "--json"]}
        found |= {name: ["knowledge_eval", str(data / name), "--json"] for name in ("zh_faq", "en_faq")}
    found |= {name: ["intent_eval", str(data / name), "--json"] for name in ("en_intent", "zh_intent") if (data / name).is_dir()}
    if (data / "conversations" / "dev.jsonl").is_file():
        found["conversations"] = ["conversation_eval", str(data / "conversations" / "dev.jsonl"), "--json"]
    if (rows := data / "grounded_qa" / "dev.jsonl").is_file():
        asked = ["generate_eval", str(rows), "--sample", "300", "--json"]
        found |= {"generate": asked, **{f"generate_{name}": [*asked, "--model", model] for name, model in OTHER_MODELS.items()}}
    if (folder := data / "sensitive_bench").is_dir():
        lexicons = [part for path in sorted((data / "lexicons").glob("*.csv")) for part in ("--lexicon", str(path))]
        found["filter"] = ["filter_eval", str(folder), "--starter", *lexicons, "--json"]
    if (rows := data / "groundedness" / "dev.jsonl").is_file():
        found["grounding"] = ["grounding_eval", str(rows), "--json"]
    return found


def _measure(arguments: list[str]) -> dict[str, Any] | None:
    done = subprocess.run([sys.executable, str(BASE_DIR / "manage.py"), *arguments], cwd=BASE_DIR, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.stderr.write(done.stderr[-2000:])
        return None
    figures: dict[str, Any] = json.loads(done.stdout.strip().splitlines()[-1])
    figures.pop("vetoed", None)  # words of other people's lists, which are not ours to keep
    return figures


def _where() -> dict[str, str]:
    commit = subprocess.run(["git", "rev-parse", "--short", "HEAD"], cwd=BASE_DIR, capture_output=True, text=True, check=False).stdout.strip()
    model = next((line.split(":")[1].strip() for line in Path("/proc/cpuinfo").read_text().splitlines() if line.startswith("model name")), "")
    memory_gb = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    machine = f"{os.cpu_count()} cores, {memory_gb:.0f} GB, {model}"
    return {"machine": machine, "commit": commit, "date": datetime.datetime.now(datetime.UTC).date().isoformat()}

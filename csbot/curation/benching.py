"""A large knowledge base under measurement: how soon one changed FAQ answers, and what very many cost. Banks are made up from a seed.

Publishing is measured in a running installation; size in processes of its own, whose encoder spells and knows no meaning.
"""

from __future__ import annotations

import json
import os
import signal
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.db import connections

from csbot.accounts.models import Company, Site
from csbot.conversations.asking import TimedOut, question_ask
from csbot.env import BASE_DIR
from knowledge import facade as knowledge

SITE = "bench"
LIMIT_S = 900
ONE_THREAD = {"OPENBLAS_NUM_THREADS": "1"}  # as the workers have it


# --- publishing, in a running installation ---------------------------------------------------------------------------


@dataclass
class Asked:
    """What visitors met meanwhile."""

    ms: list[float] = field(default_factory=list)
    num_failed: int = 0


def publishing_measure(num_variants: int, seed: int, *, repeats: int = 3) -> dict[str, Any]:
    """Seconds from asking for the publishing to the first answer that has the change; questions go on all the while."""
    company = Company.objects.create(name="Bench", slug=SITE)
    base = knowledge.create_knowledge_base(company.pk, "Bench")
    Site.objects.create(company=company, knowledge_base_id=base, key=SITE, name="Bench", default_language="en")
    rows = knowledge.made_up_faqs(num_variants, seed)
    knowledge.replace_knowledge(base, faqs=rows, articles=[], intents=[])
    first_s = _publish(base)
    took, encoded = [], []
    with _visitors(rows) as asked:
        for number in range(repeats):
            key = rows[len(rows) * (number + 1) // (repeats + 1)]["key"]
            took.append(_change_and_ask(base, key, f"Is change number {number} there now?"))
            encoded.append(knowledge.snapshot_report(base)["encoded"])
    _settled(base)
    return {
        "publish_first_s": round(first_s, 1),
        "publish_one_changed_s": round(statistics.median(took), 2),
        "publish_one_changed_worst_s": round(max(took), 2),
        "num_reencoded": max(encoded),
        "questions_meanwhile": len(asked.ms) + asked.num_failed,
        "dropped_meanwhile": asked.num_failed,
        "answer_ms_p95_meanwhile": _p95(asked.ms),
        "refitted_behind": not knowledge.snapshot_report(base)["is_quick"],
    }


def _publish(base: str) -> float:
    start = time.perf_counter()
    knowledge.publishing_start(base, actor=SITE)
    while (state := knowledge.publishing_state(base)).is_going_on:
        if time.perf_counter() - start > LIMIT_S:
            raise TimeoutError(f"nothing published: {state}")
        time.sleep(0.05)
    return time.perf_counter() - start


def _change_and_ask(base: str, key: str, text: str) -> float:
    row = knowledge.faq_read(base, key)
    variants = {"zh": row["variants"]["zh"], "en": [*row["variants"]["en"][:-1], text]}
    knowledge.faq_update(base, key, {**row, "variants": variants})
    start = time.perf_counter()
    knowledge.publishing_start(base, actor=SITE)
    while time.perf_counter() - start < LIMIT_S:
        reply = question_ask(text, site_key=SITE)
        if reply.turn.route == "answer" and reply.turn.decision.get("faq") == key:
            return time.perf_counter() - start
    raise TimeoutError("the change never answered")


def _settled(base: str) -> None:
    """Until what was learnt anew has taken the quick one's place."""
    deadline = time.monotonic() + 120
    while knowledge.snapshot_report(base)["is_quick"] and time.monotonic() < deadline:
        time.sleep(0.5)


@contextmanager
def _visitors(rows: list[dict[str, Any]]) -> Iterator[Asked]:
    """One question after the other, each another one, from one thread."""
    asked, stop = Asked(), threading.Event()

    def go_on() -> None:
        place = 0
        while not stop.is_set():
            row = rows[(place := place + 7) % len(rows)]
            start = time.perf_counter()
            try:
                reply = question_ask(f"please {row['variants']['en'][0]}", site_key=SITE, timeout_s=20)
                is_failed = reply.turn.state != "done" or not reply.messages
            except TimedOut:
                is_failed = True
            asked.num_failed += is_failed
            asked.ms.append((time.perf_counter() - start) * 1000)
        connections.close_all()

    thread = threading.Thread(target=go_on)
    thread.start()
    try:
        yield asked
    finally:
        stop.set()
        thread.join()


# --- size, in processes of its own -----------------------------------------------------------------------------------


def size_measure(medium: int, large: int, seed: int) -> dict[str, Any]:
    with tempfile.TemporaryDirectory(prefix="csbot-") as scratch:
        folders = {count: Path(scratch) / str(count) for count in (0, medium, large)}
        _part("build", folders[0], 0, seed)
        built = _part("build", folders[medium], medium, seed)
        alone = _part("serve", folders[medium], medium, seed)
        cut_off, beside = _cut_off(folders[large], large, seed, folders[medium], medium)
        resumed = _part("build", folders[large], large, seed)
        empty, full = (_part("serve", folders[count], count, seed) for count in (0, large))
    return {
        "medium_build_s": built["seconds"],
        "route_ms": alone["route_ms"],
        "search_ms": full["search_ms"],
        "large_route_ms": full["route_ms"],
        "extra_mb": round(full["mb"] - empty["mb"], 1),
        "large_open_s": full["open_s"],
        "build_large_s": resumed["seconds"],
        "resumed_from": cut_off,
        "encoded_after_resuming": resumed["encoded"],
        "route_ms_while_building": beside["route_ms"],
        "slower_while_building": round(beside["route_ms"]["p95"] / alone["route_ms"]["p95"], 2),
    }


def _part(name: str, folder: Path, count: int, seed: int) -> dict[str, Any]:
    command = [sys.executable, "-m", "knowledge.evaluation.size_bench", name, str(folder), str(count), str(seed)]
    done = subprocess.run(command, cwd=BASE_DIR, env={**os.environ, **ONE_THREAD}, stdout=subprocess.PIPE, text=True, check=True)
    figures: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return figures


def _cut_off(folder: Path, count: int, seed: int, beside: Path, medium: int) -> tuple[int, dict[str, Any]]:
    """A build that is killed on its way, after how many texts, and how another process routed meanwhile."""
    quietly = ("nice", "-n", "10")  # as the background worker builds
    command = [*quietly, sys.executable, "-m", "knowledge.evaluation.size_bench", "build", str(folder), str(count), str(seed)]
    environment = {**os.environ, **ONE_THREAD}
    with subprocess.Popen(command, cwd=BASE_DIR, env=environment, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True) as builder:
        assert builder.stderr is not None
        told: list[int] = []
        reader = threading.Thread(target=lambda: told.extend(int(line.split()[0]) for line in builder.stderr or () if line[:1].isdigit()))
        reader.start()
        time.sleep(1)
        figures = _part("serve", beside, medium, seed)
        builder.send_signal(signal.SIGKILL)
        reader.join()
    return max(told, default=0), figures


def _p95(values: list[float]) -> float | None:
    return round(sorted(values)[int(0.95 * (len(values) - 1))], 1) if values else None

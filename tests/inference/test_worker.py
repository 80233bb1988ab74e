"""A generation worker whose engine died for good ends its process, so that it is started anew, and its reader hears of it first."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from inference.worker import EXIT_ENGINE_DEAD
from tests.inference.engine.conftest import save

LIFE = """
import logging, sys
from pathlib import Path
from inference import worker
from inference.contracts import ChatMessage, EngineDead, GenerationRequest
from inference.engine.build import EngineOptions
logging.disable(logging.CRITICAL)
engine = worker.start("transformers_cb", Path(sys.argv[1]), EngineOptions(threads=1, cache_tokens=1024))
answer = engine.submit(GenerationRequest("one", (ChatMessage("user", "hello"),), "greedy", 500))
engine._loaded.model.model.forward = None
try:
    list(answer)
except EngineDead:
    print("told", flush=True)
import time
time.sleep(60)
print("still here")
"""


def test_a_dead_engine_ends_its_worker_with_a_code_of_its_own(tmp_path: Path) -> None:
    command = [sys.executable, "-c", LIFE, str(save(tmp_path / "model"))]
    done = subprocess.run(command, capture_output=True, text=True, timeout=50, check=False, env={"PYTHONPATH": ":".join(sys.path), "PATH": ""})
    assert (done.returncode, done.stdout) == (EXIT_ENGINE_DEAD, "told\n"), done.stderr[-500:]

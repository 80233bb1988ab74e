"""Where tests live: a scratch data folder, no real model. Loaded by `-p`, before Django reads its settings."""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile
from pathlib import Path

from hypothesis import HealthCheck, settings

_scratch = Path(tempfile.mkdtemp(prefix="csbot-test-"))
atexit.register(shutil.rmtree, _scratch, ignore_errors=True)

for name in [name for name in os.environ if name.startswith("CSBOT_") and name != "CSBOT_MODELS_DIR"]:
    del os.environ[name]
os.environ |= {
    "CSBOT_DATA_DIR": str(_scratch),
    "CSBOT_ENGINE": "scripted",
    "CSBOT_ENCODER": "hash",
    "CSBOT_LOG_LEVEL": "WARNING",
    "CSBOT_TEST": "1",
    # One test after the other in each process, and as many processes as cores: threads of arithmetic would only wait for each other.
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
}

# How long an example takes is the machine's matter; new examples are looked for by people, not by CI, which has to say the same of the same code.
settings.register_profile("steady", deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize="CI" in os.environ)
settings.load_profile("steady")

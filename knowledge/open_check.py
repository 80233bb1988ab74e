"""Native code reads a snapshot's files: what it cannot survive must not take a worker down, so a child process opens them first.

The child stays for a while, because starting one takes longer than opening. Knows the child's one-line protocol; no snapshots.
"""

from __future__ import annotations

import contextlib
import logging
import selectors
import subprocess
import sys
import threading
from pathlib import Path

from django.conf import settings

log = logging.getLogger(__name__)

LIMIT_S = 120
KEPT_S = 300

_lock = threading.Lock()
_child: subprocess.Popen[str] | None = None
_ending: threading.Timer | None = None


def prepare() -> None:
    """Start the child now, while something else is still to be done."""
    with _lock:
        _running()


def opens(folder: Path) -> bool:
    """Whether a child process opens the files in there and lives."""
    with _lock:
        child = _running()
        told = _ask(child, folder)
        if told != "ok":
            log.error("the snapshot in %s cannot be opened: %s", folder, told or f"the process that tried died ({child.poll()})")
            _end()
        return told == "ok"


def _ask(child: subprocess.Popen[str], folder: Path) -> str:
    """Empty where it died or gave no answer in time."""
    told, asked = child.stdout, child.stdin
    if told is None or asked is None:
        return ""
    try:
        asked.write(f"{folder}\n")
        asked.flush()
    except OSError:
        return ""
    with selectors.DefaultSelector() as selector:
        selector.register(told, selectors.EVENT_READ)
        if not selector.select(LIMIT_S):
            child.kill()
            return ""
    line: str = told.readline()
    return line.strip()


def _running() -> subprocess.Popen[str]:
    global _child, _ending  # noqa: PLW0603 - one for the process is the point
    if _child is None or _child.poll() is not None:
        command = [sys.executable, "-m", "knowledge.opening"]
        _child = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=settings.BASE_DIR)
    if _ending:
        _ending.cancel()
    _ending = threading.Timer(KEPT_S, _end_locked)
    _ending.daemon = True
    _ending.start()
    return _child


def _end_locked() -> None:
    with _lock:
        _end()


def _end() -> None:
    """Its input ends, and so does it."""
    global _child  # noqa: PLW0603
    if _child is None:
        return
    child, _child = _child, None
    with contextlib.suppress(OSError):
        if child.stdin:
            child.stdin.close()
    try:
        child.wait(5)
    except subprocess.TimeoutExpired:
        child.kill()
        child.wait()
    if child.stdout:
        child.stdout.close()

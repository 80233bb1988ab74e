"""What is wrong with this installation and what to do about it, one finding for each part.

Looks only; changes nothing. Each check answers for itself: one that fails does not keep the others from speaking.
"""

from __future__ import annotations

import os
import shutil
import stat
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

from django.conf import settings
from django.utils.translation import gettext as _

from csbot.env import BASE_DIR
from csbot.lib.status import status_read
from csbot.operations.health import Check, readiness
from inference import facade as inference

DISK_GB = 3
MEMORY_GB = 4


@dataclass(frozen=True, slots=True)
class Finding:
    name: str
    is_good: bool
    detail: str
    remedy: str = ""


def examine() -> Iterator[Finding]:
    for name, check in CHECKS.items():
        try:
            yield check(name)
        except OSError as error:
            yield Finding(name, is_good=False, detail=str(error))
    yield from _running()


def _python(name: str) -> Finding:
    version = ".".join(map(str, sys.version_info[:3]))
    return Finding(name, sys.version_info >= (3, 11), version, _("Install Python 3.11 or newer."))


def _packages(name: str) -> Finding:
    missing = [f"{package} {version}" for package, version in _locked() if _installed(package) != version]
    return Finding(name, not missing, _("as locked") if not missing else ", ".join(missing[:5]), _("Run `make setup`."))


def _locked() -> Iterator[tuple[str, str]]:
    for line in (BASE_DIR / "requirements.lock").read_text().splitlines():
        package, _sign, version = line.partition("==")
        if version and not line.startswith((" ", "#")):
            yield package.split("[")[0], version.split()[0]


def _installed(package: str) -> str:
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return ""


def _data_folder(name: str) -> Finding:
    folder = Path(settings.DATA_DIR)
    return Finding(name, os.access(folder, os.W_OK), str(folder), _("Make the folder writable for this user, or choose another one with --data-dir."))


def _secret(name: str) -> Finding:
    path = Path(settings.DATA_DIR) / "secret_key"
    if not path.exists():
        return Finding(name, bool(settings.CSBOT.secret_key), _("from the environment"))
    mode = stat.S_IMODE(path.stat().st_mode)
    return Finding(name, mode == 0o600, f"{path} {mode:o}", f"chmod 600 {path}")


def _disk(name: str) -> Finding:
    free_gb = shutil.disk_usage(settings.DATA_DIR).free / 2**30
    return Finding(name, free_gb >= DISK_GB, _("%(gb).1f GB free") % {"gb": free_gb}, _("Free at least %(gb)d GB.") % {"gb": DISK_GB})


def _memory(name: str) -> Finding:
    total_gb = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return Finding(name, total_gb >= MEMORY_GB, f"{total_gb:.1f} GB", _("The default models need %(gb)d GB.") % {"gb": MEMORY_GB})


def _models(name: str) -> Finding:
    needed = [state for state in inference.list_models(settings.CSBOT.models_dir) if state.is_default]
    problems = [f"{state.name}: {state.detail}" for state in needed if state.state != "ready"]
    return Finding(name, not problems, "; ".join(problems) or str(settings.CSBOT.models_dir), _("Run `python manage.py models pull`."))


def _running() -> Iterator[Finding]:
    body = readiness()
    for name, check in body["checks"].items():
        yield _part(name, Check(**check))
    if lacks := status_read("answers").lacks:
        yield _unheard(lacks)
    for role in ("generation", "background"):
        status = status_read(role)
        yield _part(role, Check(status.state, status.detail or status.model))


def _unheard(why: str) -> Finding:
    detail = _("abuse and self-harm are not heard without a listed word: %(why)s") % {"why": why}
    remedy = _("Install the product's files again, fit the model to this encoder (knowledge/sensitive/semantic/README.md), or set CSBOT_SENSING=0.")
    return Finding("sensing", is_good=False, detail=detail, remedy=remedy)


def _part(name: str, check: Check) -> Finding:
    """A worker that gives a sign of life says itself what is wrong with it."""
    start = _("Start everything with `make demo` or `python manage.py up`; the logs are in %(folder)s.") % {"folder": f"{settings.DATA_DIR}/logs"}
    remedy = "" if status_read(name).pid else start
    return Finding(name, check.state == "ready", f"{check.state} {check.detail}".strip(), remedy)


CHECKS: dict[str, Callable[[str], Finding]] = {
    "python": _python,
    "packages": _packages,
    "data folder": _data_folder,
    "secret key": _secret,
    "disk": _disk,
    "memory": _memory,
    "models": _models,
}

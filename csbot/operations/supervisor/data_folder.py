"""One running installation per data folder: a lock that the kernel releases, whatever happens to its holder."""

from __future__ import annotations

import fcntl
import os
from pathlib import Path
from typing import IO

from django.utils.translation import gettext as _


class FolderInUse(Exception):
    """The message names the folder and the process that has it."""


def lock_data_folder(folder: Path) -> IO[str]:
    """Held as long as the returned file is open. The file is never removed: removing it would let two holders in."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    file = (folder / "up.lock").open("a+")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        file.seek(0)
        holder = file.read().strip() or "unknown"
        file.close()
        what = _("csbot already runs on %(folder)s (process %(pid)s). Stop it first, or start with another folder and port: --data-dir DIR --port N")
        raise FolderInUse(what % {"folder": folder, "pid": holder}) from error
    file.truncate(0)
    file.write(str(os.getpid()))
    file.flush()
    return file

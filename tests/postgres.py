"""`python -m tests.postgres [arguments of pytest]`: the suite on a PostgreSQL of its own, in a temporary folder.

The server refuses to run as root: root starts it as the system user `postgres`. It listens on a Unix socket only.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

PORT = "5432"  # names the socket's file
# What a crash would cost does not matter here; time does.
SETTINGS = ("listen_addresses=", "fsync=off", "synchronous_commit=off", "full_page_writes=off")


def binaries() -> Path | None:
    """The newest server on this machine; Debian keeps it out of PATH."""
    if found := shutil.which("initdb"):
        return Path(found).resolve().parent
    versions = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: float(path.parts[-3]))
    return versions[-1].parent if versions else None


@contextmanager
def server(folder: Path, bin_folder: Path) -> Iterator[str]:
    """A running server; yields its DATABASE_URL."""
    as_owner: list[str] = []
    if os.getuid() == 0:
        shutil.chown(folder, "postgres")
        as_owner = ["runuser", "-u", "postgres", "--"]
    data = folder / "data"
    options = " ".join([f"-k {folder} -p {PORT}", *(f"-c {setting}" for setting in SETTINGS)])
    control = [*as_owner, str(bin_folder / "pg_ctl"), "-D", str(data), "-w", "-s"]
    made = [str(bin_folder / "initdb"), "-D", str(data), "-U", "csbot", "-A", "trust", "-E", "UTF8"]
    subprocess.run([*as_owner, *made], check=True, capture_output=True)
    subprocess.run([*control, "-l", str(folder / "log"), "-o", options, "start"], check=True)
    try:
        yield f"postgres://csbot@{quote(str(folder), safe='')}:{PORT}/postgres"
    finally:
        subprocess.run([*control, "-m", "immediate", "stop"], check=False)


def main(arguments: Sequence[str]) -> int:
    bin_folder = binaries()
    if bin_folder is None:
        print("test-postgres: no PostgreSQL on this machine (Debian: apt install postgresql); nothing was tested")  # noqa: T201
        return 1
    with tempfile.TemporaryDirectory(prefix="csbot-pg-", ignore_cleanup_errors=True) as folder, server(Path(folder), bin_folder) as url:
        return subprocess.run([sys.executable, "-m", "pytest", *arguments], env={**os.environ, "DATABASE_URL": url}, check=False).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

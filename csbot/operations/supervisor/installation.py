"""An installation on one machine: prepare, start every process, watch them, stop them.

Single-threaded on purpose: the kernel's death signal belongs to the thread that starts a child, and order is easy to see.
"""

from __future__ import annotations

import contextlib
import errno
import os
import signal
import socket
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import Any

from django.utils.translation import gettext as _
from redis.exceptions import RedisError

from csbot.env import BASE_DIR, Environment
from csbot.lib import redis
from csbot.operations.probe import readiness_at
from csbot.operations.supervisor import processes
from csbot.operations.supervisor.children import Child, ChildSpec
from csbot.operations.supervisor.console import Console
from csbot.operations.supervisor.data_folder import lock_data_folder

READY_LIMIT_S = 300.0
TICK_S = 0.2


class StartFailed(Exception):
    """The message says what is wrong and what to do."""


class Stopped(Exception):
    """Somebody asked for the end while things were starting."""


@dataclass(frozen=True, slots=True)
class Wish:
    """What the command line asked for."""

    data_dir: Path
    port: int
    is_demo: bool = False
    pulls_models: bool = True


class Installation:
    def __init__(self, wish: Wish, environment: Environment, console: Console) -> None:
        self.wish, self.environment, self.console = wish, environment, console
        self.children: list[Child] = []
        self.log_folder = wish.data_dir / "logs"
        self._signal = 0

    @property
    def address(self) -> str:
        host = "127.0.0.1" if self.environment.host in ("0.0.0.0", "::") else self.environment.host  # noqa: S104 - asked about, not bound to
        return f"http://{host}:{self.wish.port}"

    def run(self) -> None:
        """Until a signal. Raises `FolderInUse` or `StartFailed` before anything was started, or after all was stopped again."""
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._on_signal)
        with lock_data_folder(self.wish.data_dir):
            self.log_folder.mkdir(exist_ok=True)
            try:
                self._start()
                self._watch()
            except Stopped:
                pass
            finally:
                self._stop()

    # --- start -------------------------------------------------------------------------------------------------------

    def _start(self) -> None:
        self._check_port()
        if self.wish.pulls_models:
            self._pull_models()
        if not self.environment.redis_url:
            with self.console.step(_("Valkey answers")):
                self._launch(processes.valkey_spec(self.wish.data_dir))
                self._wait_for_redis()
        with self.console.step(_("database is up to date")):
            self._migrate()
        if self.wish.is_demo:
            self._seed()
            self._allow_own_address()
        self._launch(processes.web_spec(self.environment, self.wish.port))
        for name in processes.WORKERS:
            self._launch(processes.worker_spec(name))
        self._launch(processes.beat_spec(self.wish.data_dir))
        names = ", ".join(child.spec.name for child in self.children)
        self.console.say(_("started: %(names)s (logs: %(folder)s)") % {"names": names, "folder": self.log_folder})
        self._wait_until_ready()

    def _check_port(self) -> None:
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((self.environment.host, self.wish.port))
            except OSError as error:
                why = _("is in use by another program") if error.errno == errno.EADDRINUSE else str(error.strerror)
                what = _("Port %(port)d on %(host)s cannot be had: %(why)s. Choose another one: --port N")
                raise StartFailed(what % {"port": self.wish.port, "host": self.environment.host, "why": why}) from error

    def _pull_models(self) -> None:
        """In a process of its own: converting a model takes memory that the supervisor must not keep."""
        with self.console.step(_("models are there")):
            pull = subprocess.Popen([sys.executable, str(BASE_DIR / "manage.py"), "models", "pull"], cwd=BASE_DIR)
            while pull.poll() is None:
                if self._signal:
                    pull.terminate()
                    pull.wait()
                    raise Stopped
                time.sleep(TICK_S)
        if pull.returncode:
            raise StartFailed(_("The models could not be had; the lines above say why."))

    def _launch(self, spec: ChildSpec) -> None:
        if self._signal:
            raise Stopped
        child = Child(spec, self.log_folder)
        child.start()
        self.children.append(child)

    def _wait_for_redis(self) -> None:
        deadline = time.monotonic() + 20
        while time.monotonic() < deadline:
            with contextlib.suppress(RedisError):
                if redis.connection().ping():
                    return
            if not self.children[-1].is_running:
                break
            self._tick(watch=False, seconds=0.05)
        raise StartFailed(_("Valkey did not start:") + "\n" + self.children[-1].last_words())

    def _migrate(self) -> None:
        from django.core.management import call_command
        from django.db import DatabaseError, connections

        try:
            call_command("migrate", verbosity=0, interactive=False)
        except DatabaseError as error:
            what = _("The database cannot be used: %(why)s. Check DATABASE_URL, or the file in %(folder)s.")
            raise StartFailed(what % {"why": error, "folder": self.wish.data_dir}) from error
        finally:
            connections.close_all()

    def _seed(self) -> None:
        from django.db import connections

        from csbot.demo.seeding import seed
        from knowledge import facade as knowledge

        with self.console.step(_("demo company is there")):
            seeded = seed(self.address)
            if seeded.needs_publishing:
                knowledge.publishing_start(seeded.knowledge_base, actor="demo")
            connections.close_all()

    def _allow_own_address(self) -> None:
        """The demo's lookups ask this very installation; whatever else is not public stays out of reach."""
        allowed = [*self.environment.outbound_allow, self.address.partition("://")[2]]
        os.environ["CSBOT_OUTBOUND_ALLOW"] = ",".join(allowed)

    # --- watch -------------------------------------------------------------------------------------------------------

    def _wait_until_ready(self) -> None:
        began = time.monotonic()
        said = ""
        while time.monotonic() - began < READY_LIMIT_S:
            body = readiness_at(self.address)
            state = self._describe(body)
            if body.get("ready"):
                self.console.say(_("ready: %(address)s") % {"address": self.address})
                return
            if state != said:
                self.console.say(_("waiting: %(what)s") % {"what": state})
                said = state
            self._tick()
        what = _("Not ready after %(seconds)d s: %(what)s. `python manage.py doctor` says more; logs: %(folder)s")
        raise StartFailed(what % {"seconds": READY_LIMIT_S, "what": said, "folder": self.log_folder})

    def _describe(self, body: dict[str, Any]) -> str:
        if not body:
            return _("the web process starts")
        missing = [f"{name}: {check['detail'] or check['state']}" for name, check in body["checks"].items() if check["state"] != "ready"]
        return "; ".join(missing) or _("a moment")

    def _watch(self) -> None:
        self._print_links()
        was = ""
        while True:
            self._tick(seconds=1.0)
            if was in ("ready", "down"):
                continue
            generation = readiness_at(self.address).get("generation", {})
            if generation.get("state") in ("ready", "down") and generation["state"] != was:
                was = generation["state"]
                what = _("generation is ready: %(what)s") if was == "ready" else _("generation is down: %(what)s")
                self.console.say(what % {"what": generation["model"] if was == "ready" else generation["detail"]})

    def _print_links(self) -> None:
        from csbot.operations.links import links_of

        self.console.plain()
        for name, address in links_of(self.address, is_demo=self.wish.is_demo):
            self.console.plain(f"   {name:<22} {address}")
        self.console.plain("\n   " + _("Ctrl-C stops everything.") + "\n")

    def _tick(self, *, watch: bool = True, seconds: float = TICK_S) -> None:
        if self._signal:
            raise Stopped
        for child in self.children if watch else ():
            if line := child.check():
                self.console.say(line)
        time.sleep(seconds)
        if self._signal:
            raise Stopped

    # --- stop --------------------------------------------------------------------------------------------------------

    def _on_signal(self, number: int, frame: FrameType | None) -> None:
        self._signal = number

    def _stop(self) -> None:
        """Who makes work first, Valkey last: what is under way can still be written down."""
        if not self.children:
            return
        self.console.say(_("stopping"))
        valkey = [child for child in self.children if child.spec.name == "valkey"]
        for group in ([child for child in self.children if child not in valkey], valkey):
            deadline = time.monotonic() + max((child.spec.grace_s for child in group), default=0)
            for child in group:
                child.ask_to_stop()
            for child in group:
                child.wait_or_kill(deadline)
        self.console.say(_("stopped"))

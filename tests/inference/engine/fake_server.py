"""A small OpenAI-compatible server of our own, in a process of its own: streams words, counts calls, refuses or breaks when told to.

`python -m tests.inference.engine.fake_server PORT` runs it; `ServerProcess` starts, tells, kills and starts it again.
"""

from __future__ import annotations

import json
import socket
import subprocess
import sys
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import httpx


class ServerProcess:
    """The same port after a new start. Behaviour is told by keys of `Behaviour`."""

    def __init__(self, **behaviour: Any) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.start(**behaviour)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/v1"

    def start(self, **behaviour: Any) -> None:
        command = [sys.executable, "-S", "-m", "tests.inference.engine.fake_server", str(self.port)]
        self._process = subprocess.Popen(command, env={"PYTHONPATH": ":".join(sys.path)})
        until = time.monotonic() + 20
        while time.monotonic() < until:
            try:
                self.tell(**behaviour)
            except httpx.HTTPError:
                time.sleep(0.02)
            else:
                return
        raise RuntimeError("the server of the tests did not start")

    def tell(self, **behaviour: Any) -> int:
        """Sets the behaviour; the number of completions that were asked for so far."""
        return int(httpx.post(f"http://127.0.0.1:{self.port}/tell", json=behaviour).json()["asked"])

    def kill(self) -> None:
        self._process.kill()
        self._process.wait()


class Behaviour:
    """`failures`: so many completions get `failure` as their status before one is answered. `raw`: what is sent instead of any reply."""

    between_s = 0.0
    window = 1024
    status = 200
    failures = 0
    failure = 500
    breaks = False
    babbles = False
    is_silent = False
    key = ""
    raw = ""
    before_s = 0.0
    text = "你好，a customer's answer. "
    asked = 0


class _Answers(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        if Behaviour.breaks or not self._is_let_in():
            self._reply(503 if Behaviour.breaks else 401, {})
        else:
            self._reply(200, {"data": []})

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["content-length"])))
        if self.path == "/tell":
            for name, value in body.items():
                setattr(Behaviour, name, value)
            self._reply(200, {"asked": Behaviour.asked})
            return
        Behaviour.asked += 1
        time.sleep(Behaviour.before_s)
        if Behaviour.raw:
            self.wfile.write(Behaviour.raw.encode("utf-8", "surrogatepass"))
            self.close_connection = True
            return
        size = sum(len(message["content"]) for message in body["messages"])
        if Behaviour.failures > 0:
            Behaviour.failures -= 1
            self._reply(Behaviour.failure, {"error": "passing"})
        elif Behaviour.status != 200:
            self._reply(Behaviour.status, {"error": "busy"}, {"retry-after": "3"})
        elif size + body["max_tokens"] > Behaviour.window:
            self._reply(400, {"error": {"message": f"maximum context length is {Behaviour.window}, you asked for {size}"}})
        else:
            self._stream(body["max_tokens"])

    def _is_let_in(self) -> bool:
        return not Behaviour.key or self.headers.get("authorization") == f"Bearer {Behaviour.key}"

    def _stream(self, count: int) -> None:
        self.send_response(200)
        self.send_header("content-type", "text/event-stream")
        self.send_header("transfer-encoding", "chunked")
        self.end_headers()
        try:
            for number in range(count):
                while Behaviour.is_silent:
                    time.sleep(0.05)
                self._event({"delta": {"content": Behaviour.text[number % len(Behaviour.text)]}})
                time.sleep(Behaviour.between_s)
                if Behaviour.babbles:
                    self._chunk(b"data: [1, 2\n\n")
                if Behaviour.breaks:
                    self.connection.close()
                    return
            self._event({"delta": {}, "finish_reason": "length"})
            self._chunk(b"data: [DONE]\n\n")
            self._chunk(b"")
        except OSError:
            self.close_connection = True

    def _event(self, choice: dict[str, Any]) -> None:
        self._chunk(b"data: " + json.dumps({"choices": [choice]}).encode() + b"\n\n")

    def _chunk(self, data: bytes) -> None:
        self.wfile.write(f"{len(data):x}\r\n".encode() + data + b"\r\n")
        self.wfile.flush()

    def _reply(self, status: int, body: dict[str, Any], headers: dict[str, str] | None = None) -> None:
        data = json.dumps(body).encode()
        self.send_response(status)
        for name, value in {"content-length": str(len(data)), **(headers or {})}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *_: object) -> None:
        """Quiet."""


if __name__ == "__main__":
    ThreadingHTTPServer.daemon_threads = True
    ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), _Answers).serve_forever(0.01)

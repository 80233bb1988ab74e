"""A small OpenAI-compatible server of our own: streams words, counts them, refuses when told to."""

from __future__ import annotations

import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class FakeServer(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, *, between_s: float = 0.0, window: int = 1024) -> None:
        super().__init__(("127.0.0.1", 0), _Answers)
        self.between_s = between_s
        self.window = window
        self.status = 200
        self.breaks = False
        self.text = "你好，a customer's answer. "
        threading.Thread(target=self.serve_forever, args=(0.01,), daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}/v1"

    def close(self) -> None:
        self.shutdown()
        self.server_close()


class _Answers(BaseHTTPRequestHandler):
    server: FakeServer

    def do_GET(self) -> None:
        self._reply(200, {"data": []})

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["content-length"])))
        size = sum(len(message["content"]) for message in body["messages"])
        if self.server.status != 200:
            self._reply(self.server.status, {"error": "busy"}, {"retry-after": "3"})
        elif size + body["max_tokens"] > self.server.window:
            self._reply(400, {"error": {"message": f"maximum context length is {self.server.window}, you asked for {size}"}})
        else:
            self._stream(body["max_tokens"])

    def _stream(self, count: int) -> None:
        self.send_response(200)
        self.send_header("content-type", "text/event-stream")
        self.send_header("transfer-encoding", "chunked")
        self.end_headers()
        try:
            for number in range(count):
                self._event({"delta": {"content": self.server.text[number % len(self.server.text)]}})
                time.sleep(self.server.between_s)
                if self.server.breaks:
                    self.connection.close()
                    return
            self._event({"delta": {}, "finish_reason": "length"})
            self._chunk(b"data: [DONE]\n\n")
            self._chunk(b"")
        except OSError:
            self.close_connection = True

    def _event(self, choice: dict) -> None:
        self._chunk(b"data: " + json.dumps({"choices": [choice]}).encode() + b"\n\n")

    def _chunk(self, data: bytes) -> None:
        self.wfile.write(f"{len(data):x}\r\n".encode() + data + b"\r\n")
        self.wfile.flush()

    def _reply(self, status: int, body: dict, headers: dict | None = None) -> None:
        data = json.dumps(body).encode()
        self.send_response(status)
        for name, value in {"content-length": str(len(data)), **(headers or {})}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *_: object) -> None:
        """Quiet."""

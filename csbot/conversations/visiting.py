"""A visitor as a program: opens a session and a socket of a running installation, asks, and notes when what came.

For measurements only. Knows the wire; nothing of what lies behind it.
"""

from __future__ import annotations

import json
import time
import urllib.request
from dataclasses import dataclass
from typing import Any, Self
from uuid import uuid4

from websockets import Origin
from websockets.sync.client import ClientConnection, connect


@dataclass(frozen=True, slots=True)
class Seen:
    """Milliseconds from sending: the first sign of an answer, the first word of it, its last frame."""

    route: str
    text: str
    first_sign_ms: float
    first_token_ms: float
    total_ms: float


class Visitor:
    def __init__(self, address: str, site: str) -> None:
        body = json.dumps({"site": site}).encode()
        headers = {"Content-Type": "application/json", "Origin": address}
        request = urllib.request.Request(f"{address}/widget/session", body, headers)  # noqa: S310 - an address of ours
        with urllib.request.urlopen(request, timeout=10) as answer:  # noqa: S310 - an address of ours
            self.token: str = json.load(answer)["token"]
        self._address = address
        self._socket: ClientConnection | None = None

    def __enter__(self) -> Self:
        address = self._address.replace("http", "ws", 1) + "/ws/visitor/"
        self._socket = connect(address, origin=Origin(self._address), compression=None)
        self.send("hello", {"token": self.token, "v": 1})
        return self

    def __exit__(self, *_: object) -> None:
        if self._socket:
            self._socket.close()

    def send(self, type_: str, data: dict[str, Any]) -> None:
        assert self._socket
        self._socket.send(json.dumps({"v": 1, "type": type_, "data": data}))

    def receive(self, limit_s: float = 60) -> dict[str, Any]:
        assert self._socket
        frame: dict[str, Any] = json.loads(self._socket.recv(limit_s))
        return frame

    def receive_until(self, type_: str) -> dict[str, Any]:
        """The next frame of this type; those before it are passed over."""
        while (frame := self.receive())["type"] != type_:
            if frame["type"] == "error":
                raise RuntimeError(f"{frame['data']['code']}: {frame['data']['text']}")
        return frame

    def ask(self, text: str) -> Seen:
        start = time.perf_counter()
        self.send("msg.send", {"client_id": str(uuid4()), "text": text})
        return self.hear(start)

    def hear(self, start: float) -> Seen:
        """The answer to what was asked at `start`, to its last frame."""
        first_sign = first_token = 0.0
        shown = ""
        while True:
            frame = self.receive()
            passed_ms = (time.perf_counter() - start) * 1000
            data = frame["data"]
            if frame["type"] == "gen.start":
                first_sign = first_sign or passed_ms
                shown = ""  # a second attempt takes the place of the first
            elif frame["type"] == "gen.delta":
                first_token = first_token or passed_ms
                shown += data["text"]
            elif frame["type"] == "gen.end":
                return Seen(data["wrap"]["route"], shown, first_sign, first_token or passed_ms, passed_ms)
            elif frame["type"] == "msg.new" and data["message"]["sender"] == "bot":
                return Seen(data["message"]["wrap"]["route"], data["message"]["text"], passed_ms, passed_ms, passed_ms)
            elif frame["type"] == "error":
                raise RuntimeError(f"{data['code']}: {data['text']}")

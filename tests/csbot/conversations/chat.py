"""A visitor's side of the socket, as a test speaks it."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from typing import Any, Self
from uuid import uuid4

from asgiref.testing import ApplicationCommunicator

from csbot.accounts.models import Site
from csbot.asgi import application
from csbot.conversations.sessions import VisitorSession
from csbot.lib.ids import new_id

HEADERS = [(b"origin", b"http://localhost"), (b"host", b"localhost")]


def session_for(site: Site) -> VisitorSession:
    return VisitorSession(site.company_id, site.pk, new_id())


class Socket:
    """One websocket to the application, without a server in between."""

    def __init__(self, path: str, headers: list[tuple[bytes, bytes]]) -> None:
        scope = {"type": "websocket", "path": path, "query_string": b"", "headers": headers, "subprotocols": []}
        self._app = ApplicationCommunicator(application, scope)

    async def open(self) -> bool:
        await self._app.send_input({"type": "websocket.connect"})
        answer = await self._app.receive_output(30)
        return bool(answer["type"] == "websocket.accept")

    async def send(self, *, text: str | None = None, data: bytes | None = None) -> None:
        await self._app.send_input({"type": "websocket.receive", "text": text, "bytes": data})

    async def receive(self, seconds: float) -> dict[str, Any]:
        """{"type": "websocket.send", "text"} or {"type": "websocket.close", "code"}."""
        event: dict[str, Any] = await self._app.receive_output(seconds)
        return event

    async def close(self) -> None:
        await self._app.send_input({"type": "websocket.disconnect", "code": 1000})
        await self._app.wait(30)


class Chat:
    """Collects every frame. `until` waits for one that fits."""

    def __init__(self, token: str, *, last_seq: int | None = None, headers: list[tuple[bytes, bytes]] | None = None) -> None:
        self.token, self.last_seq = token, last_seq
        self.socket = Socket("/ws/visitor/", HEADERS if headers is None else headers)
        self.frames: list[dict[str, Any]] = []

    async def __aenter__(self) -> Self:
        assert await self.socket.open()
        data = {"token": self.token, "v": 1} | ({"last_seq": self.last_seq} if self.last_seq is not None else {})
        await self.send("hello", data)
        await self.until("hello.ok")
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.socket.close()

    async def send(self, type_: str, data: dict[str, Any]) -> None:
        await self.socket.send(text=json.dumps({"v": 1, "type": type_, "data": data}))

    async def ask(self, text: str, client_id: str | None = None) -> str:
        client_id = client_id or str(uuid4())
        await self.send("msg.send", {"client_id": client_id, "text": text})
        return client_id

    async def until(self, type_: str, fits: Callable[[dict[str, Any]], bool] = lambda data: True, seconds: float = 30) -> dict[str, Any]:
        """The data of the next frame of this type that fits; frames before it are kept."""
        try:
            async with asyncio.timeout(seconds):
                while not ((frame := await self._next(seconds))["type"] == type_ and fits(frame["data"])):
                    pass
        except TimeoutError:
            raise AssertionError(f"no {type_} came, only {[(frame['type'], frame['data']) for frame in self.frames]}") from None
        data: dict[str, Any] = frame["data"]
        return data

    async def _next(self, seconds: float) -> dict[str, Any]:
        event = await self.socket.receive(seconds)
        assert "text" in event, (event, self.frames)
        frame: dict[str, Any] = json.loads(event["text"])
        self.frames.append(frame)
        return frame

    async def until_bot(self) -> dict[str, Any]:
        return (await self.until("msg.new", lambda data: data["message"]["sender"] == "bot"))["message"]

    @property
    def seqs(self) -> list[int]:
        return [frame["seq"] for frame in self.frames if frame["seq"] is not None]

    def streamed(self, gen: str) -> str:
        """What the visitor assembled from deltas, each at its offset."""
        text = ""
        for frame in self.frames:
            if frame["type"] == "gen.delta" and frame["data"]["gen"] == gen:
                assert frame["data"]["off"] == len(text)
                text += frame["data"]["text"]
        return text

"""A company's own system: a real HTTP server on this machine that does as a test wishes, and the lookup that asks it."""

from __future__ import annotations

import gzip
import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from csbot.accounts.models import Company
from csbot.lib.sealed import seal
from csbot.lookups.models import Lookup

ORDER = {"order": {"id": "T100", "status": "on its way", "parcels": [{"place": "Wuhan"}]}}


class Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.server.asked.append((self.command, self.path, dict(self.headers)))  # type: ignore[attr-defined]
        what = self.path.strip("/").partition("/")[0]
        with suppress(OSError):  # whoever asked has gone
            getattr(self, f"say_{what}", self.say_orders)()

    do_POST = do_GET

    def say(self, status: int, body: bytes, **headers: str) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def say_orders(self) -> None:
        known = self.path.partition("?")[0].endswith("/T100")
        self.say(200 if known else 404, json.dumps(ORDER if known else {}).encode())

    def say_slow(self) -> None:
        self.send_response(200)
        self.end_headers()
        for _ in range(100):  # a byte now and then keeps every single read alive
            self.wfile.write(b" ")
            self.wfile.flush()
            time.sleep(0.1)

    def say_huge(self) -> None:
        self.say(200, b"x" * 1_000_000)

    def say_elsewhere(self) -> None:
        self.say(302, b"", Location="/orders/T100")

    def say_packed(self) -> None:
        self.say(200, gzip.compress(gzip.compress(b"0" * 3_000_000)), **{"Content-Encoding": "gzip, gzip"})

    def say_unsayable(self) -> None:
        self.say(200, rb'{"order": {"status": "on \ud800its\u0000 way"}}')

    def say_words(self) -> None:
        self.say(200, b"hello")

    def say_deep(self) -> None:
        self.say(200, b"[" * 60_000)

    def say_broken(self) -> None:
        self.say(500, b"{}")

    def log_message(self, *_: Any) -> None:
        """Tests are quiet."""


@contextmanager
def system() -> Iterator[ThreadingHTTPServer]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    server.asked = []  # type: ignore[attr-defined]
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


def host_of(server: ThreadingHTTPServer) -> str:
    return f"127.0.0.1:{server.server_address[1]}"


def lookup_at(server: ThreadingHTTPServer, company: Company, path: str = "/orders/{number}", **fields: Any) -> Lookup:
    lookup = Lookup.objects.create(
        **{
            "company": company,
            "key": "orders",
            "examples_en": "where is my order {number}\nwhere is my order",
            "examples_zh": "我的订单{number}到哪了",
            "url": f"http://{host_of(server)}{path}",
            "fields": {"status": "order.status", "place": "order.parcels.0.place", "expected": "order.expected"},
            "answer_en": "Order {number} is {status}[, last seen in {place}][, expected {expected}].",
            "answer_zh": "订单{number}：{status}。",
            "unknown_en": "There is no order {number}.",
            "timeout_s": 10,
            "sealed_headers": seal("Authorization: Bearer hush"),
            **fields,
        }
    )
    lookup.slots.create(name="number", pattern="T[0-9]{3}", sample="T100", question_en="Which order?", question_zh="哪个订单？")
    return lookup

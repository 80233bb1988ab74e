"""Vectors remembered by text, so that publishing a changed FAQ encodes what changed and nothing else.

A SQLite file for each encoder version in the data folder; losing it costs time only. Does not know what texts mean.
"""

from __future__ import annotations

import hashlib
import sqlite3
import threading
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from knowledge.faq.encoder import Encoder, Role, Vectors

LOT = 256


class RememberingEncoder:
    """The inner encoder's vectors, byte for byte; asked for only once.

    Encoded and remembered in small lots: what a kill cuts off goes on where it was. `told` hears how many texts of each lot are new here.
    """

    def __init__(self, inner: Encoder, folder: Path, told: Callable[[int], None] = lambda count: None) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._inner = inner
        self._told = told
        self._lock = threading.Lock()
        self._database = sqlite3.connect(folder / f"{inner.version}.sqlite3", timeout=30, check_same_thread=False)
        self._database.execute("PRAGMA journal_mode=WAL")
        self._database.execute("PRAGMA synchronous=NORMAL")
        self._database.execute("CREATE TABLE IF NOT EXISTS vectors (text BLOB PRIMARY KEY, vector BLOB NOT NULL) WITHOUT ROWID")
        self._asked: set[bytes] = set()
        self.num_encoded = 0

    @property
    def version(self) -> str:
        return self._inner.version

    @property
    def dimension(self) -> int:
        return self._inner.dimension

    def encode(self, texts: Sequence[str], role: Role = "query") -> Vectors:
        found = np.zeros((len(texts), self.dimension), dtype=np.float32)
        for start in range(0, len(texts), LOT):
            lot = texts[start : start + LOT]
            keys = [hashlib.blake2b(f"{role}\0{text}".encode("utf-8", "surrogatepass"), digest_size=16).digest() for text in lot]
            with self._lock:
                self._fill(found[start : start + len(lot)], lot, keys, role)
                new = set(keys) - self._asked
                self._asked |= new
            self._told(len(new))
        return found

    def close(self) -> None:
        self._database.close()

    def _fill(self, found: Vectors, texts: Sequence[str], keys: Sequence[bytes], role: Role) -> None:
        places: dict[bytes, list[int]] = {}
        for place, key in enumerate(keys):
            places.setdefault(key, []).append(place)
        marks = ",".join("?" * len(places))
        known = self._database.execute(f"SELECT text, vector FROM vectors WHERE text IN ({marks})", list(places))  # noqa: S608 - marks only
        for key, vector in known:
            found[places.pop(key)] = np.frombuffer(vector, dtype=np.float32)
        if not places:
            return
        made = self._inner.encode([texts[where[0]] for where in places.values()], role).astype(np.float32)
        for where, vector in zip(places.values(), made, strict=True):
            found[where] = vector
        self._remember([(key, vector.tobytes()) for key, vector in zip(places, made, strict=True)])
        self.num_encoded += len(places)

    def _remember(self, rows: Sequence[tuple[bytes, bytes]]) -> None:
        with self._database:
            self._database.executemany("INSERT OR REPLACE INTO vectors VALUES (?, ?)", rows)

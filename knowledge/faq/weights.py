"""Which weights a file of them holds, whatever machine made it: what an encoder is known by.

A pooler does not count: our vectors are means, no file that we convert has one, and the library fills it by chance, so that no two
machines would have the same encoder. Knows safetensors; does not know what the tensors do.
"""

from __future__ import annotations

import hashlib
import json
import struct
from pathlib import Path
from typing import Any

UNUSED = "pooler."
TAIL = 4096
BLOCK = 1 << 20


def weights_digest(path: Path) -> str:
    """Of every byte of them."""
    tensors, begin = _tensors(path)
    digest = hashlib.sha256(_named(tensors))
    with path.open("rb") as file:
        for _name, (start, end) in tensors:
            file.seek(begin + start)
            for place in range(start, end, BLOCK):
                digest.update(file.read(min(BLOCK, end - place)))
    return digest.hexdigest()


def weights_sketch(path: Path) -> bytes:
    """Names, places and the last bytes: reading half a gigabyte at each start is too slow."""
    tensors, begin = _tensors(path)
    if not tensors:
        return b""
    start, end = tensors[-1][1]
    with path.open("rb") as file:
        file.seek(begin + max(start, end - TAIL))
        return _named(tensors) + file.read(min(TAIL, end - start))


def _tensors(path: Path) -> tuple[list[tuple[str, tuple[int, int]]], int]:
    """Names and places in the order of the file, and where the places count from."""
    with path.open("rb") as file:
        (length,) = struct.unpack("<Q", file.read(8))
        told: dict[str, Any] = json.loads(file.read(length))
    found = [(name, tuple(one["data_offsets"])) for name, one in told.items() if name != "__metadata__" and not name.startswith(UNUSED)]
    return sorted(found, key=lambda item: item[1]), 8 + length


def _named(tensors: list[tuple[str, tuple[int, int]]]) -> bytes:
    return json.dumps([[name, end - start] for name, (start, end) in tensors]).encode()

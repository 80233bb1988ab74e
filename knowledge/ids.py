"""Public ids of knowledge: UUIDv7, as everywhere. The product has the same few lines; knowledge may not import the product."""

from __future__ import annotations

import os
import time
import uuid


def new_id() -> uuid.UUID:
    """RFC 9562, 5.7: 48 bits of milliseconds, version, 74 random bits."""
    value = (time.time_ns() // 1_000_000 << 80) | int.from_bytes(os.urandom(10), "big")
    value = (value & ~(0xF << 76)) | (0x7 << 76)
    value = (value & ~(0x3 << 62)) | (0x2 << 62)
    return uuid.UUID(int=value)

"""The stream of a generation: what is written is the text, cut only where a reader sees a border, and it does not stay for ever."""

from __future__ import annotations

import pytest
import regex
from hypothesis import given
from hypothesis import strategies as st

from csbot.conversations import streaming
from csbot.conversations.streaming import DeltaWriter, stream_key
from csbot.lib import redis
from csbot.lib.ids import new_id

PIECES = st.lists(st.text(alphabet="ab é\u0301\u200d👩🏽👧🇨🇳क्षि", max_size=4), max_size=12)


class Kept:
    """A connection that keeps what would have been written."""

    def __init__(self) -> None:
        self.entries: list[dict[str, object]] = []

    def pipeline(self, transaction: bool) -> Kept:
        return self

    def xadd(self, key: str, entry: dict[str, object], **_: object) -> None:
        self.entries.append(entry)

    def expire(self, key: str, seconds: int) -> None: ...

    def execute(self) -> None: ...


@given(PIECES, st.booleans())
def test_no_delta_splits_what_a_reader_sees_as_one(pieces: list[str], is_slow: bool) -> None:
    kept, time_s = Kept(), iter(range(1000))
    writer = DeltaWriter("g", connection=kept, clock=(lambda: float(next(time_s))) if is_slow else (lambda: 0.0))  # type: ignore[arg-type]
    for piece in pieces:
        writer.add(piece)
    text = writer.close()
    assert text == "".join(pieces) == "".join(str(entry["text"]) for entry in kept.entries)
    borders = {match.end() for match in regex.finditer(r"\X", text)} | {0}
    assert all(entry["off"] in borders for entry in kept.entries)


@pytest.mark.usefixtures("redis_clean")
def test_a_stream_ends_by_itself_and_holds_only_so_much(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(streaming, "MAX_ENTRIES", 100)
    gen, time_s = new_id(), iter(range(1000))
    writer = DeltaWriter(gen, clock=lambda: float(next(time_s)))
    for _ in range(400):
        writer.add("ab")
    writer.close()
    connection = redis.connection()
    assert 0 < connection.ttl(stream_key(gen)) <= streaming.EXPIRY_S  # type: ignore[operator]
    assert connection.xlen(stream_key(gen)) < 300  # type: ignore[operator]

"""The frames of the websocket, both directions (DESIGN 3). The one place where they are defined.

The TypeScript types are generated from here and a test compares both. Knows no socket, no database and no Redis.
An envelope is {v, type, conv, seq, ts, id, cause, data}; `seq` is null on frames that are not durable.
`off` counts code points of the filtered text; a delta never splits a grapheme cluster.
"""

from __future__ import annotations

from typing import Any, Literal, NotRequired, TypedDict

VERSION = 1

Language = Literal["zh", "en"]
Route = Literal["answer", "clarify", "generate", "handoff", "refuse", "chitchat"]
Finish = Literal["stop", "length", "cancelled", "deadline", "filtered", "unsupported", "error"]
AbortReason = Literal["restarted", "cancelled", "taken_over", "failed"]


class Source(TypedDict):
    type: Literal["faq", "article", "lookup"]
    id: str
    title: str
    url: str


class Option(TypedDict):
    faq: str
    text: str


class Handoff(TypedDict):
    offered: bool
    reason: str


class Wrap(TypedDict):
    """What stands around an answer's text, never inside it."""

    route: Route
    sources: list[Source]
    handoff: Handoff
    note: NotRequired[str]  # such as "from the FAQ, changed on …"
    related: NotRequired[list[Option]]
    options: NotRequired[list[Option]]


class MessageData(TypedDict):
    id: str
    sender: Literal["visitor", "bot", "agent", "system"]
    text: str
    language: Language
    ts: str
    client_id: NotRequired[str]
    agent: NotRequired[str]
    wrap: NotRequired[Wrap]
    rating: NotRequired[Literal[1, -1]]
    finish: NotRequired[Finish]
    notice: NotRequired[str]  # what the word filter did to the text, politely; the text of its filter.notice


# --- client → server -------------------------------------------------------------------------------------------------


class Hello(TypedDict):
    """`language` is that of the client's own texts: errors come in it. Said again when the visitor switches."""

    token: str
    v: int
    last_seq: NotRequired[int]
    language: NotRequired[Language]


class MsgSend(TypedDict):
    client_id: str
    text: str
    attachments: NotRequired[list[str]]


class TypingIn(TypedDict):
    pass


class ReadIn(TypedDict):
    seq: int


class ChipClick(TypedDict):
    """`faq` is the option's FAQ, or "none" for "none of these"."""

    client_id: str
    message_id: str
    faq: str


class GenCancel(TypedDict):
    gen: str


class HandoffRequest(TypedDict):
    client_id: NotRequired[str]


class HandoffCancel(TypedDict):
    """Out of the queue, back to the bot."""


class Rate(TypedDict):
    message_id: str
    value: Literal[1, -1]


class Resume(TypedDict):
    last_seq: int
    gen: NotRequired[str]
    off: NotRequired[int]


# --- server → client, durable ----------------------------------------------------------------------------------------


class MsgNew(TypedDict):
    message: MessageData


class MsgUpdated(TypedDict):
    message: MessageData


class GenStart(TypedDict):
    gen: str
    turn: str
    route: Route
    language: Language
    sources: list[Source]


class GenEnd(TypedDict):
    gen: str
    message_id: str
    finish: Finish
    length: int  # code points of the stored text
    sha256: str  # of the stored text in UTF-8
    sources: list[Source]
    wrap: Wrap


class GenAbort(TypedDict):
    gen: str
    reason: AbortReason


class Clarify(TypedDict):
    message_id: str
    options: list[Option]
    none: str  # the words of "none of these"


class FilterNotice(TypedDict):
    message_id: NotRequired[str]
    gen: NotRequired[str]
    text: str


class OwnerChanged(TypedDict):
    owner: str  # bot, queue, agent:<id>
    ver: int


# --- server → client, passing ----------------------------------------------------------------------------------------


class HelloOk(TypedDict):
    conv: str | None
    seq: int
    token: NotRequired[str]  # a renewed session token


class MsgAck(TypedDict):
    client_id: str
    id: str
    seq: int


class GenDelta(TypedDict):
    gen: str
    off: int
    text: str


class QueueUpdate(TypedDict):
    position: int
    eta_s: int | None


class Presence(TypedDict):
    agents_online: bool


class TypingOut(TypedDict):
    sender: Literal["agent", "bot"]


class ReadOut(TypedDict):
    seq: int


class Heartbeat(TypedDict):
    seq: int


class RunningGen(TypedDict):
    gen: str
    off: int
    text: str
    sources: list[Source]


class State(TypedDict):
    """Everything that a client needs to draw the conversation anew; replaces what it has."""

    seq: int
    owner: str
    ver: int
    messages: list[MessageData]
    clarify: NotRequired[Clarify]
    gen: NotRequired[RunningGen]
    queue: NotRequired[QueueUpdate]


class Error(TypedDict):
    code: str
    text: str
    retry_after: NotRequired[float]
    client_id: NotRequired[str]


CLIENT_FRAMES: dict[str, type] = {
    "hello": Hello,
    "msg.send": MsgSend,
    "typing": TypingIn,
    "read": ReadIn,
    "chip.click": ChipClick,
    "gen.cancel": GenCancel,
    "handoff.request": HandoffRequest,
    "handoff.cancel": HandoffCancel,
    "rate": Rate,
    "resume": Resume,
}
DURABLE_FRAMES: dict[str, type] = {
    "msg.new": MsgNew,
    "msg.updated": MsgUpdated,
    "gen.start": GenStart,
    "gen.end": GenEnd,
    "gen.abort": GenAbort,
    "clarify": Clarify,
    "filter.notice": FilterNotice,
    "owner.changed": OwnerChanged,
}
PASSING_FRAMES: dict[str, type] = {
    "hello.ok": HelloOk,
    "msg.ack": MsgAck,
    "gen.delta": GenDelta,
    "queue.update": QueueUpdate,
    "presence": Presence,
    "typing": TypingOut,
    "read": ReadOut,
    "heartbeat": Heartbeat,
    "state": State,
    "error": Error,
}


class Envelope(TypedDict):
    v: int
    type: str
    conv: str | None
    seq: int | None
    ts: str
    id: str
    cause: str | None
    data: Any

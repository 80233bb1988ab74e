"""The questions of a message that asks several: "how long is delivery, and what does it cost?"

Conservative: what belongs to one matter stays together, a statement stays with the question after it. Knows words; no intents, no FAQs.
"""

from __future__ import annotations

import re

MOST = 6  # a message with more questions than that is a story
LEAST_LETTERS = 3

_NUMBERED = re.compile(r"(?:^|(?<=[\s,，;；。.!！?？:：]))(?:\(?[1-9一二三][)）.、．](?!\d)|第[一二三四五][,，、:：]?|①|②|③)\s*")
_ENDS = re.compile(r"(?<=[?？;；\n])\s*")
_TURNS = re.compile(
    r"(?:[,，.。!！;；\s]+|^)(?:另外|还有一个问题|还有就是|还有|再问一下|再问|顺便问一下|顺便问|顺便|对了|以及|第二个问题"
    r"|(?:(?:and )?also|another question|second question|by the way|btw|one more thing|plus)\b)[,，:：是]?\s*",
    re.IGNORECASE,
)
_AND = re.compile(
    r"[,，]?\s+(?:and|or)\s+(?=(?:how|what|what's|whats|when|where|which|who|why|can|could|may|do|does|did|is|are|will|would|should|am)\b)|[,，。]\s*(?=[\u3400-\u9fff])",
    re.IGNORECASE,
)
_PREFACE = re.compile(
    r"^(?:(?:我有|有|问)?(?:两|2|几|三|3)个?问题[:：,，]?"
    r"|(?:i have )?(?:two|2|a few|some|three|3|a couple of) questions?[:：,.]?)\s*",
    re.IGNORECASE,
)
_ASKS = re.compile(
    r"[?？]|吗|呢[\s。!！~]*$|么[\s。!！~]*$|怎么|怎样|如何|什么|啥|为何|为什么|咋|几(?!乎)|多久|多少|多长|多大|多重|哪|何时|是不是|有没有|能不能|可不可以|可以不|能否|是否|要不要|会不会|行不行|谁"
    r"|\b(?:how|what|what's|whats|when|where|which|who|whose|why)\b"
    r"|^(?:and |or |but |so |then |also )?(?:can|could|may|do|does|did|is|are|will|would|should|am|have|has)\b",
    re.IGNORECASE,
)
_DEPENDS = re.compile(
    r"^(?:when|if|after|before|since|because|while|once|unless|where|which|that)\b"
    r"|^(?:如果|要是|因为|由于|当|等|万一|假如)",
    re.IGNORECASE,
)


def questions_in(text: str) -> tuple[str, ...]:
    """One where it asks one; parts keep their spelling and their order."""
    if len(text) > 2000:
        return (text,)
    pieces = [piece for marked in _NUMBERED.split(_PREFACE.sub("", text.strip())) for piece in _ENDS.split(marked)]
    pieces = [part for piece in pieces for part in _TURNS.split(piece)]
    pieces = [part for piece in pieces for part in _clauses(piece)]
    found = _with_their_statements([piece.strip(" ,，;；\n") for piece in pieces])
    return tuple(found) if 2 <= len(found) <= MOST else (text,)


def _clauses(piece: str) -> list[str]:
    """Clauses that each ask something; the piece itself where one of them does not, or leans on the other."""
    clauses = [clause for clause in _AND.split(piece) if clause and clause.strip()]
    if len(clauses) < 2:
        return [piece]
    joined: list[str] = []
    for clause in clauses:
        if joined and not (_asks(clause) and _asks(joined[-1])):
            joined[-1] = f"{joined[-1]}，{clause}" if not clause[0].isascii() else f"{joined[-1]} and {clause}"
        else:
            joined.append(clause)
    return joined if len(joined) > 1 and all(_asks(clause) and not _DEPENDS.search(clause.strip()) for clause in joined) else [piece]


def _with_their_statements(pieces: list[str]) -> list[str]:
    """A statement goes before the question that follows it; what is left at the end goes after the last one."""
    found: list[str] = []
    waiting = ""
    for piece in pieces:
        if sum(character.isalnum() for character in piece) < LEAST_LETTERS - (not piece.isascii()):
            continue
        if not _asks(piece):
            waiting = f"{waiting} {piece}".strip()
            continue
        found.append(f"{waiting} {piece}".strip())
        waiting = ""
    if waiting and found:
        found[-1] = f"{found[-1]} {waiting}"
    return found


def _asks(clause: str) -> bool:
    return bool(_ASKS.search(clause.strip()))

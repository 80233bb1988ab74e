"""What a later question of a message is about, where only the first one says it: "is the lamp in stock? how heavy is it?"

Cheap and safe before clever: one thing named in the part before, one pronoun that can only mean it; otherwise a part stays as it was.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from knowledge.intent import speech
from knowledge.intent.asking import plain

MOST_WORDS = 4

_IT = re.compile(r"\b(it|its|they|them|their)\b(?!')")
_NOT_A_THING = re.compile(
    r"\b(?:(?:does|will|would|did|can|could|should) it (?:\w+ )?(?:take|matter|help)\b|time is it\b|(?:is|was|will|would) it (?:be )?(?:\w+ )?"
    r"(?:possible|ok|okay|fine|true|safe|allowed|too late|necessary|legal|normal|better|enough|me|rain)"
    r"|it (?:says|said|rains|takes|seems|depends|happens|is possible))|\bthey (?:say|said)\b"
)
_TOPIC_ZH = re.compile(
    r"^(?:(?:你好|您好|请问|想问一下|想问下|我想问一下|问一下|问下|那个|亲)[\s,，]*)*(?P<topic>[\u3400-\u9fffA-Za-z0-9]{2,10}?)"
    r"(?=有没有|是不是|能不能|可不可以|会不会|有|是|能|可以|会|要|怎么|多少|什么|几|多久|支持|需要|在哪|防)"
)
_NO_TOPIC_ZH = re.compile(
    r"[我你您他她它咱谁哪怎]"
    r"|^(?:如果|要是|因为|当|等|现在|今天|明天|什么|多少|是否|能否|可以|有|没|不|想|请|退|换|买|改|查|取消|申请|从|在|到|把|被|给|跟|和|用)"
)
_IT_ZH = re.compile(r"^(?:它们|它|(?:这|那)(?:个|款|种|件|双|台|张)(?![\u3400-\u9fff]{1,6}[有是能会要可]))")
_BARE_ZH = re.compile(r"^(?:是(?:什么|啥|不是)|有没有|多少钱|什么(?:面料|材质|材料|颜色|价格|价钱|牌子|时候到期)|贵不贵)")


def carried(parts: Sequence[str]) -> tuple[str, ...]:
    """Each part says what it is about as far as the one before it, or the first, tells."""
    found = [parts[0]]
    for part in parts[1:]:
        found.append(_with_subject(part, found[-1]))
    return tuple(found)


def _with_subject(part: str, before: str) -> str:
    folded = plain(part)
    if topic := _topic(before):
        if pronoun := _IT_ZH.match(folded):
            return topic + part[pronoun.end() :]
        return topic + part if _BARE_ZH.match(folded) and len(part) <= 12 else part
    pronoun = _IT.search(folded)
    if pronoun is None or _NOT_A_THING.search(folded):
        return part
    thing = _thing(before, is_many=pronoun[1].startswith("the"))
    if not thing:
        return part
    ending = "'s" if pronoun[1] in ("its", "their") else ""
    return f"{part[: pronoun.start()]}{thing}{ending}{part[pronoun.end() :]}"


def _thing(before: str, *, is_many: bool) -> str:
    """The only thing that the part names with an article, as it is written there."""
    found: list[str] = []
    folded = plain(before)
    for place in re.finditer(r"\b(?:the|my|your|our|this|these|those)\s+(?=\w)", folded):
        if end := _end_of_name(folded, place.end()):
            found.append(before[place.start() : end])
    if len({thing.casefold() for thing in found}) != 1 or re.match(
        r"\s+and\s+(?:the|my|your)\b", folded[folded.find(found[0].lower()) + len(found[0]) :]
    ):
        return ""
    thing = found[0]
    looks_many = thing.endswith("s") and not thing.endswith(("ss", "us", "'s"))
    return thing if looks_many == is_many else ""


def _end_of_name(folded: str, start: int) -> int:
    """0 where no name of a thing begins here, or one too long to be true."""
    end = start
    for _ in range(MOST_WORDS + 1):
        word = re.match(r"\s*([\w'-]+)", folded[end:])
        if word is None or word[1] in speech.listed("ends_a_name"):
            return end if end > start else 0
        end += word.end()
    return 0


def _topic(before: str) -> str:
    found = _TOPIC_ZH.match(plain(before))
    if found is None or _NO_TOPIC_ZH.search(found["topic"]):
        return ""
    return before[found.start("topic") : found.end("topic")]

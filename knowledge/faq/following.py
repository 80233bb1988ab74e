"""Messages that go on with what was said before: "and the backpack?", "那运费呢", "sorry, I meant the card".

A gate of fixed rules says whether a message may lean on the one before; what it is searched with then is the message alone, after
the one before, and after the title of the FAQ that answered it. Knows words and what was said; no FAQs, no intents.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from knowledge.contracts import Exchange, Question
from knowledge.faq.meaning import is_empty
from knowledge.faq.normalise import fold, words

Why = Literal["short", "opener", "pronoun", "correction"]

SHORT_WORDS = 4
LONG_WORDS = 14  # longer messages say themselves what they are about, whatever they begin with
_CORRECTION = re.compile(
    r"\bi mea?nt?\b|^(?:no|sorry|wait|oops)\b|\bnot (?:that|this) one\b|\bnever ?mind\b"
    r"|(?:打错|说错|搞错|弄错|写错)了|不对|不是(?:这个|那个|的)|我(?:是说|说的是|问的是|指的是|的意思)|更正"
)
# The words that say no more than that: 写错了 in "抬头写错了" says more.
_CORRECTS = re.compile(
    r"\bi mea?nt?\b|^(?:no|sorry|wait|oops|never ?mind)\b|^不对|我?(?:是说|说的是|问的是|指的是|的意思是)"
    r"|^(?:啊|哦|哎|抱歉|不好意思|我|刚才|刚刚)*[,， ]*(?:打错|说错|搞错|弄错|写错)了",
    re.IGNORECASE,
)
# What it was not: only where nothing comes behind it.
_REJECTS = re.compile(r"[\s,，、]*(?:\b(?:and )?not (?:the |a |an |my )?\w+(?: \w+)?|不是[\u3400-\u9fff]{1,5})[.。!！~～ ]*$", re.IGNORECASE)
_OPENER = re.compile(
    r"^(?:and|also|but|what about|how about|what if|then|or|in that case|same for|ok(?:ay)? (?:and|but|so)|so|for)\b"
    r"|^(?:那|那么|还有|另外|然后|要是|如果|万一|换成|或者|以及|同样|至于)|呢[?？。!！~～ ]*$|的话[?？。!！~～ ]*$"
)
_PRONOUN = re.compile(
    r"\b(?:it|its|it's|that|this|those|these|they|them|their|there|ones?|afterwards|instead|too|either)\b"
    r"|\bthe (?:same|other|next|first|second|last)\b"
    r"|它|他们|她们|这(?:个|些|款|种|样|单|里|边|张|件)|那(?:个|些|款|种|样|单|里|边|张|件)|此|该|上面|刚才|前面|也(?:可以|能|是|要|有|行)|还(?:能|可以|要|有|会|得)"
)


@dataclass(frozen=True, slots=True)
class Context:
    """What a message goes on with. `before`: the message before it, in full where that one went on with another; `said`: the message, without
    the words that only say that it corrects."""

    before: str
    why: Why
    said: str


def context_of(question: Question) -> Context | None:
    """None where nothing was said before, or the message stands alone."""
    if not question.history:
        return None
    why = _why(question.text)
    if why is None:
        return None
    return Context(said_before(question.history[-1]), why, _without_correction(question.text) if why == "correction" else question.text)


def said_before(exchange: Exchange) -> str:
    return exchange.asked or exchange.question


def joined(question: Question) -> str:
    """The message with the one before it; empty where it stands alone."""
    context = context_of(question)
    return f"{context.before} {context.said}" if context else ""


def is_short(text: str) -> bool:
    return len(words(text)) <= SHORT_WORDS


def goes_on(text: str) -> bool:
    """Whether it opens as a further question: "and the freight?" names none of the questions just offered."""
    return bool(_OPENER.search(fold(text)))


def leans(text: str) -> bool:
    """Whether it points at something that was said before it."""
    return bool(_PRONOUN.search(fold(text)))


def _without_correction(text: str) -> str:
    """"sorry, I meant the card, not the balance" is about the card; where nothing is left, the message as it is."""
    rest = _REJECTS.sub("", text)
    while found := _CORRECTS.search(rest):
        rest = f"{rest[: found.start()]} {rest[found.end() :]}".strip(" ,，.。!！:：;；")
    return rest if any(not is_empty(word) for word in words(rest)) else text


def _why(text: str) -> Why | None:
    plain = fold(text)
    count = len(words(text))
    if count > LONG_WORDS:
        return None
    if _CORRECTION.search(plain):
        return "correction"
    if count <= SHORT_WORDS:
        return "short"
    if _OPENER.search(plain):
        return "opener"
    return "pronoun" if _PRONOUN.search(plain) else None

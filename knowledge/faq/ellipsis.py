"""Messages that only name something: "退呢", "and the backpack?", "gold?" ask what was asked before, of another thing.

The name takes the place of some words of the message before, of those that bring it nearest to a phrasing which holds the name. Knows
words and the phrasings of an index; no chances.
"""

from __future__ import annotations

import re

from knowledge.faq.guards import lists
from knowledge.faq.index import VariantIndex
from knowledge.faq.meaning import is_empty
from knowledge.faq.normalise import fold, words, words_with_places
from knowledge.intent.asking import asks

MOST_WORDS = 3  # of a name
LONGEST_NAME = 60  # characters, with what ties it to the message before
MOST_EXCHANGED = 3  # words that one name may take the place of
MOST_TELLING = 2  # of them
MOST_LOOKED_AT = 6  # by their vectors
LONGEST_BEFORE = 120  # characters: in longer ones too many words could be meant
_HAN = re.compile(r"[\u3400-\u9fff]")
_OPENS = re.compile(
    r"^(?:(?:and|also|but|what about|how about|what if|then|or|same for|ok(?:ay)?|so|for|to|in|with|by|on|no|sorry|oops|just"
    r"|the|a|an|my|your|our)\b[\s,]*"
    r"|(?:那么|那|还有|另外|然后|要是|如果是|如果|万一|换成|或者|以及|至于|是|哎|诶|呃|哦|啊|噢)[\s,，]*)"
)
_ENDS = re.compile(r"(?:\s|[呢啊呀啦吧嘛哈?？!！.。~～,，]|的话|instead$|then$)+$")
_CLAUSES = re.compile(r"[,，;；。.!！?？]+\s*|(?<=[\u3400-\u9fff])\s+(?=[\u3400-\u9fff])")
_QUESTION_WORDS = re.compile(
    r"[几多][少久长大重高远]?|怎|如何|什么|啥|咋|哪|谁|何|[吗么]$|是否|能否|可否|([\u4e00-\u9fff])[不没]\1|有没有"
    r"|\b(?:how|what|when|where|which|who|whose|why|much|many|long|do|does|did|is|are|was|can|could|will|would|should)\b"
)


def asked_of_another(index: VariantIndex, before: str, name: str) -> tuple[list[str], frozenset[int]]:
    """Ways to ask what was asked before of what is named now, likeliest first, and the numbers of the FAQs whose phrasings hold the name.

    Empty where none does.
    """
    holding = index.bm25.holding(name)
    if not len(holding):
        return [], frozenset()
    texts = exchanged(before, name)
    likeness = [float(index.grams.scores(text)[holding].max()) for text in texts]
    order = sorted(range(len(texts)), key=lambda place: -likeness[place])
    return [texts[place] for place in order[:MOST_LOOKED_AT]], frozenset(index.faq_of[holding].tolist())


def beside(text: str, name: str) -> set[str]:
    """The words of an exchanged text that say what is asked of the name."""
    own = set(words(name))
    return {word for word in words(text) if word not in own and not is_empty(word) and not _QUESTION_WORDS.search(word)}


def named(said: str) -> str:
    """What a message names, folded, without what ties it to the one before; empty where it says or asks more."""
    if len(said) > LONGEST_NAME:
        return ""
    rest = fold(said).strip()
    while (shorter := _ENDS.sub("", _OPENS.sub("", rest)).strip()) != rest:
        rest = shorter
    found = [word for word, _, _ in words_with_places(rest)]
    if not 0 < len(found) <= MOST_WORDS or _QUESTION_WORDS.search(rest):
        return ""
    return rest if any(not is_empty(word) for word in found) else ""


def exchanged(before: str, name: str) -> list[str]:
    """The message before, and its last clause where that asks, with the name beside it or in place of one to three of its words."""
    text = fold(before)
    if not text or len(text) > LONGEST_BEFORE:
        return []
    last = [clause for clause in _CLAUSES.split(text) if clause][-1:]
    return list(dict.fromkeys(new for part in (text, *filter(asks, last)) for new in _exchanged(part, name)))


def _exchanged(text: str, name: str) -> list[str]:
    found = words_with_places(text)
    starts = range(len(found))
    spans = [(found[start][1], found[end][2]) for start in starts for end in starts[start : start + MOST_EXCHANGED]]
    gone = dict.fromkeys(text[start:end] for start, end in spans if _may_go(text[start:end]))
    added = f"{name}{text}" if _HAN.search(name) else f"{text} {name}"
    opposed = lists.opposites().get(name, frozenset()) | lists.names().get(name, frozenset())
    listed = [part for part in gone if part in opposed]
    return [_with(text, part, name) for part in listed] or [added, *(_with(text, part, name) for part in gone)]


def _may_go(part: str) -> bool:
    """Not the words that ask, not such as say nothing, and no more than a thing's name has."""
    telling = [word for word in words(part) if not is_empty(word)]
    return 0 < len(telling) <= MOST_TELLING and not _QUESTION_WORDS.search(part)


def _with(text: str, gone: str, name: str) -> str:
    if _HAN.search(gone):
        return text.replace(gone, name)
    return re.sub(rf"(?<![\w']){re.escape(gone)}(?![\w'])", lambda _: name, text)

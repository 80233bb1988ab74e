"""Whether two questions ask the same, judged by their words alone: what a cache may take one for the other by, without an encoder.

The telling words have to be the same ones (`meaning_key`), and no guard may object (`asks_the_same`). Function words of both languages,
said by nobody to tell questions apart, do not count; negations, numbers, question words and everything else do. Knows words; no
FAQs and no vectors.
"""

from __future__ import annotations

import re

from knowledge.contracts import Language
from knowledge.faq.guards import polarity, roles
from knowledge.faq.guards.entities import other_name
from knowledge.faq.guards.wording import Difference, Wording
from knowledge.faq.normalise import exact_key, stem, words

MOST_CHARACTERS = 300  # longer ones say more than one thing

_ZH = """
我 你 您 我们 你们 咱 咱们 俺 亲 自己 的 地 得 了 着 啊 呀 吗 么 呢 吧 嘛 啦 哦 噢 哈 哇 呗 是 请 请问 麻烦 帮 帮我 帮忙 一下 下 想 想要 想问 问
问一下 知道 想知道 告诉 说 那个 这个 那 这 个 就 都 你好 您好 谢谢 哎 嗯 诶 那么 现在 到底 究竟
"""
_EN = """
a an the i me my mine we us our you your it its this that these those is are am was were be been do does did can could would will should may
might shall have has had please pls thank thanks hi hello hey so just like want need wish know tell ask wonder wondering there here some any
kindly possible able help question i'm i'd i've i'll it's there's let and
"""
_EMPTY: dict[Language, frozenset[str]] = {"zh": frozenset(_ZH.split()), "en": frozenset(stem(word) for word in _EN.split())}
# One word for several that ask for the same.
_SAME: dict[str, str] = {
    word: group.split()[0]
    for group in (
        "怎么 怎样 怎么样 如何 咋 咋样 咋办 怎么办 怎麼 怎么才 怎么着",
        "为什么 为何 为啥 怎么会 咋会",
        "什么 啥 什麽 甚么",
        "哪里 哪儿 在哪 在哪里 在哪儿 何处 哪",
        "什么时候 何时 啥时候 几时 什么时间",
        "多少 几",
        "能 能够 可以 能不能 可不可以 可否 能否 行不行",
        "有没有 有无",
    )
    for word in group.split()
}
# Where one of these stands, the order of the words says who does what, or what comes first.
_ORDERED = re.compile(r"从|到|给|向|往|由|被|把|转|比|和|跟|与|对|先|再|后|前|换|变|成|让|叫")


def meaning_key(text: str, language: Language) -> str:
    """Equal for questions of the same telling words; empty where nothing telling is said."""
    if len(text) > MOST_CHARACTERS:
        return ""
    found = [_SAME.get(word, word) for word in words(exact_key(text))]
    telling = [word for word in found if word not in _EMPTY[language]]
    if telling[:1] == ["to"]:  # "I want to …"
        del telling[0]
    is_ordered = language == "en" or _ORDERED.search("".join(telling))
    is_telling = any(len(word) > 1 or not word.isascii() for word in telling)
    return " ".join(telling if is_ordered else sorted(telling)) if is_telling else ""


def is_empty(word: str) -> bool:
    """Of words as the index keeps them: whether it says nothing of what is asked."""
    return any(word in empty for empty in _EMPTY.values())


def asks_the_same(text: str, other: str) -> bool:
    """No guard objects to taking one for the other: neither an opposite nor another number, unit or side."""
    found = Difference.between(Wording(text), Wording(other))
    if set(found.asked.quantities) != set(found.theirs.quantities):
        return False
    return not any(objects(found) for objects in (roles.swapped, polarity.opposed, _other_name))


def _other_name(found: Difference) -> bool:
    return other_name(found.asked, found.theirs, "") is not None

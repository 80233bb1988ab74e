"""Noes in both languages, and a text without them. Knows what looks like a no and is none (能不能, 无线, "or not"); no FAQs."""

from __future__ import annotations

import re
from dataclasses import dataclass

# Asks either way: the yes is left of it.
_EITHER = re.compile(r"([\u4e00-\u9fff])[不没]\1|(有)没(?!有)|没(有)没有")
_EITHER_END = re.compile(
    r"(?<=[\u4e00-\u9fff])(?:不|没|(?<=了)没有)(?=\s*(?:[?？。!！~,，;；]|$))|\b(?:or|whether) not\b"
    r"|[\s,]+(?:is|are|does|do|did|can|could|will|would|has|have|should)n't (?:it|i|you|they|we|there|he|she)(?=[\s?.!]*$)"
)
_NO_NO = re.compile(
    r"不好意思|不管|无论|不论|不仅|不止|不但|不光|不久|差不多|不错|(?<!通)不过|不如|不断|不锈钢|不动产|不得不|了不起|对不起|来不及|来得及"
    r"|无线|无人机|无理由|无忧|无障碍|无糖|无纺|无限|无非|无所谓|毫无|未来|未成年|没事|没关系|没问题"
    r"|别人|别的|别名|别墅|别处|特别|区别|级别|类别|性别|个别|识别|分别|告别|辨别|差别|鉴别|非常|非洲|是非|并非不|非得"
    r"|\bno problem\b|\bno\.? ?(?=\d)|\bno matter\b|\bno worries\b"
)
_ENGLISH = (
    (r"\bcan(?:not|'?t)\b", "can"),
    (r"\bwon'?t\b", "will"),
    (r"\bshan'?t\b", "shall"),
    (r"\bain'?t\b", "is"),
    (r"\b(do|does|did|is|are|was|were|has|have|had|would|could|should|must|need|may|might)n'?t\b", r"\1"),
    (r"\bunable to\b", "able to"),
    (r"\bwithout\b", "with"),
    (r"\b(?:fail(?:s|ed|ing|ure)?|unsuccessful(?:ly)?)(?: to)?\b", "success"),
    (r"\b(?:refus(?:e|es|ed|ing)|reject(?:s|ed|ing)?|declin(?:e|es|ed|ing)|den(?:y|ies|ied))\b", "accept"),
    (r"\bimpossible\b", "possible"),
    (r"\b(?:not|no|never|none|nor|neither|nothing|nobody|nowhere|hardly)\b", ""),
)
_CHINESE = (
    (r"无法|没法|不能够?", "能"),
    (r"没有", "有"),
    (r"没|未曾|尚未|从未", ""),
    (r"失败", "成功"),
    (r"拒绝", "接受"),
    (r"禁止", "允许"),
    (r"不曾|不|無|未|勿|莫|甭", ""),
    (r"无|别|非", ""),
)
# Not to know how is no matter of its own; against knowing it, it is.
_UNKNOWN = re.compile(r"\b(?:do(?:es)? not|don't|dont|not|no) (?:know|sure|idea|clue|understand|certain)\b|不(?:太)?(?:知道|清楚|懂|明白)|搞不[懂清]")
_KNOWN = re.compile(r"\b(?:know|sure|understand|certain)\b|知道|清楚|明白|(?<=得)懂|(?<=看)懂")
_NOES = tuple((re.compile(pattern), yes) for pattern, yes in (*_ENGLISH, *_CHINESE))


@dataclass(frozen=True, slots=True)
class Affirmed:
    """`text` without the noes that stood in it."""

    text: str
    noes: tuple[str, ...]

    @property
    def is_negative(self) -> bool:
        """Two noes are a yes."""
        return len(self.noes) % 2 == 1


def affirmed(folded: str) -> Affirmed:
    text = _EITHER_END.sub(" ", _EITHER.sub(lambda match: match[1] or match[2] or match[3], folded))
    text = _KNOWN.sub(" known ", _UNKNOWN.sub(" unknown ", text))
    kept: list[str] = []
    text = _NO_NO.sub(lambda match: _keep(match[0], kept), text)
    noes: list[str] = []
    for pattern, yes in _NOES:
        noes += [match[0] for match in pattern.finditer(text)]
        text = pattern.sub(yes, text)
    return Affirmed(re.sub(r"\x00(\d+)\x00", lambda match: kept[int(match[1])], text), tuple(noes))


def _keep(found: str, kept: list[str]) -> str:
    kept.append(found)
    return f"\x00{len(kept) - 1}\x00"

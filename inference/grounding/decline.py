"""Notices an answer that says the material does not cover the question. Cheap, so that the ladder can ask always."""

from __future__ import annotations

import re

from inference.contracts import Language

_MATERIAL_ZH = r"(?:材料|资料|文中|文档|信息|内容|上述|上文|以上|这里)"
_NOT_THERE_ZH = r"(?:没有|未|并未|并没有|不|无法|找不到|尚未)"
_SAYS_ZH = r"(?:提到|提及|说明|说到|包含|涉及|写明|给出|提供|注明|介绍|回答|确定|得知|找到|查到|描述|明确)"
_ZH = re.compile(
    rf"{_MATERIAL_ZH}.{{0,12}}{_NOT_THERE_ZH}.{{0,8}}{_SAYS_ZH}"
    rf"|{_NOT_THERE_ZH}.{{0,4}}{_SAYS_ZH}.{{0,12}}(?:相关|有关|关于|这个|该|此)?.{{0,8}}(?:信息|内容|资料|材料)"
    r"|(?:抱歉|对不起|很遗憾).{0,8}(?:无法|不能|没有|不清楚|不知道|暂无)"
    r"|^(?:我)?(?:不知道|不清楚|无法回答|无法确定|暂无相关)"
)
_MATERIAL_EN = r"(?:material|information|documents?|text|context|evidence|passages?|provided)"
_NOT_THERE_EN = r"(?:does\s?n[o']t|do\s?n[o']t|did\s?n[o']t|is\s?n[o']t|are\s?n[o']t|is no|are no|no|not|cannot|can't|unable to|without)"
_SAYS_EN = (
    r"(?:say|said|mention|mentioned|specify|specified|state|stated|cover|covered|contain|include|included|provide|provided|address"
    r"|answer|give|given|available|find|found|enough)"
)
_EN = re.compile(
    rf"\b{_MATERIAL_EN}\b[^.!?]{{0,40}}\b{_NOT_THERE_EN}\b[^.!?]{{0,20}}\b{_SAYS_EN}"
    rf"|\b{_NOT_THERE_EN}\b[^.!?]{{0,20}}\b{_SAYS_EN}\b[^.!?]{{0,40}}\b{_MATERIAL_EN}\b"
    rf"|\bthere is no {_MATERIAL_EN}\b|\bno {_MATERIAL_EN} (?:is |was )?(?:about|on|regarding|available|given|provided)"
    r"|^\W*(?:i'?m\s|i am\s)?(?:sorry|unfortunately)\b[^.!?]{0,40}\b(?:can't|cannot|can not|don't|do not|unable|no information|not sure)"
    r"|^\W*i (?:don't|do not|can't|cannot) (?:know|tell|answer|say|find)",
    re.IGNORECASE,
)


def is_decline(text: str, language: Language) -> bool:
    """Looks at the first 200 characters: an answer that declines says so at once."""
    head = text.strip().replace("\u2019", "'")[:200]
    first, second = (_ZH, _EN) if language == "zh" else (_EN, _ZH)
    return bool(first.search(head) or second.search(head))

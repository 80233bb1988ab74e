"""Sentences of an article that speak to the machine instead of the reader: they are no evidence, and nobody is shown them.

Patterns of indirect prompt injection (OWASP LLM01) in both languages. Knows words only; what gets past it is still fenced and checked.
"""

from __future__ import annotations

import re

_RULES_EN = r"(?:instructions?|prompts?|rules|guidelines|directives|commands|context|conversation|everything|text|messages?)"
_SET_ASIDE = r"\b(?:ignore|disregard|forget|override|bypass)\b"
_EN = re.compile(
    rf"{_SET_ASIDE}[^.!?\n]{{0,40}}\b{_RULES_EN}\b[^.!?\n]{{0,20}}\b(?:above|before|previous|prior|earlier|so far)\b"
    rf"|{_SET_ASIDE}[^.!?\n]{{0,25}}\b(?:above|previous|prior|earlier|preceding|system)\b[^.!?\n]{{0,25}}\b{_RULES_EN}\b"
    r"|\b(?:system|developer)\s+(?:prompt|instructions?|message|override)\s*[:：]"
    r"|\bfrom now on,?\s+you\s+(?:are|will|must)\b|\byou\s+are\s+now\s+(?:acting|playing|in\s+\w+\s+mode)\b"
    r"|\b(?:as an ai|language model|assistant|chatbot)\b[^.!?\n]{0,60}\b(?:must|should)\s+(?:now\s+)?(?:reply|respond|answer|output|say|print)\b"
    r"|\b(?:reply|respond|answer|output)\s+with\s+(?:only|exactly)\b"
    r"|\b(?:reply|respond|answer|output)\s+(?:only\s+with|with\s+the\s+(?:words?|text|phrase|string))\b",
    re.IGNORECASE,
)
_ZH = re.compile(
    r"(?:忽略|无视|忘记|忘掉|不要理会|不用理会|跳过|覆盖).{0,10}(?:以上|上述|上面|之前|此前|前面|先前|原有|系统).{0,10}(?:内容|指令|规则|设定|要求|文字|对话|限制|提示词)"
    r"|(?:系统|开发者)(?:指令|提示词|消息|命令)\s*[:：]"
    r"|(?:从现在起|从现在开始|现在起)[，,]?\s*你(?:是|要|将|必须|扮演)|你现在(?:要)?扮演"
    r"|作为(?:一个|一名)?(?:AI|人工智能|语言模型|大模型|助手|机器人).{0,20}(?:必须|应当|应该|请|只能)(?:只)?(?:回复|回答|输出)"
    r"|(?:只|仅|仅仅|直接)(?:需|要|能|可以)?(?:回复|回答|输出)[\"“'‘「]",
    re.IGNORECASE,
)


def speaks_to_machine(text: str) -> bool:
    return bool(_EN.search(text) or _ZH.search(text))

"""Sentences of an article that speak to the machine instead of the reader: they are no evidence, and nobody is shown them.

Patterns of indirect prompt injection (OWASP LLM01) in both languages. Shops speak to readers in like words ("ignore our previous message",
"reply with STOP", "从现在起，你将享受…"), and what is left out here is missing in answers: so each pattern asks for what only an order to
a machine has. Knows words only; what gets past it is still fenced and checked.
"""

from __future__ import annotations

import re

_SET_ASIDE = r"\b(?:ignore|disregard|forget|override|bypass|(?:do not|don't|never) (?:follow|obey)|stop (?:following|obeying))\b"
_ORDERS = r"(?:instructions?|prompts?|rules|guidelines|directives|commands|everything)"
_MACHINE = r"(?:as an ai|ai model|language model|assistant|chatbot)"
_SAY = r"(?:reply|respond|answer|output|say|print)"
_EN = re.compile(
    rf"{_SET_ASIDE}[^.!?\n]{{0,40}}\b{_ORDERS}\b[^.!?\n]{{0,20}}\b(?:above|before|previous|prior|earlier|so far)\b"
    rf"|{_SET_ASIDE}[^.!?\n]{{0,25}}\b(?:above|previous|prior|earlier|preceding|system)\b[^.!?\n]{{0,25}}\b{_ORDERS}\b"
    rf"|{_SET_ASIDE}\s+(?:all\s+|any\s+)?(?:of\s+)?the\s+(?:text|context|conversation)\s+(?:above|so far)\b"
    r"|\b(?:system|developer)\s+(?:prompt|instructions?|override)\s*[:：]"
    r"|\b(?:reveal|repeat|print|show|output)\b[^.!?\n]{0,20}\bsystem prompt\b"
    r"|\b(?:note|instructions?)\s+(?:to|for)\s+(?:the\s+)?(?:ai|llm|language model|chatbot|assistant)s?\s*[:：,]"
    r"|\bfrom now on,?\s+you\s+are\s+(?:an?\s+)?(?!\w*\s?(?:member|customer|user|partner|subscriber|guest)|entitled|able|eligible|free)\w+\s*[.!,;]"
    rf"|\bfrom now on,?\s+you\s+(?:will|must|should)\s+(?:always\s+|only\s+)?(?:{_SAY}|act|pretend|speak|obey)\b"
    r"|\byou\s+are\s+now\s+(?:acting|playing|in\s+\w+\s+mode)\b|\bpretend\s+(?:that\s+)?you\s+are\b"
    rf"|\b{_MACHINE}\b[^.!?;,\n]{{0,30}}\b(?:must|should)\s+(?:now\s+|always\s+)?{_SAY}\b(?!\s+(?:within|(?:in|by|before)\s+(?:an?|the|\w+\s+(?:hours?|days?)|\d))\b)"
    r"|\b(?:respond|answer|output)\s+with\s+(?:only|exactly)\b"
    r"|\b(?:respond|answer|output)\s+(?:only\s+with|with\s+the\s+(?:words?|text|phrase|string))\b"
    r"|\b(?:whatever|no matter what|every|any|all)\b[^.!?\n]{0,40}\b(?:asks?|asked|questions?|says?)\b[^.!?\n]{0,20}"
    rf"\b{_SAY}\s+(?:with\s+)?(?:only|exactly|just)\b",
    re.IGNORECASE,
)
_BEFORE = r"(?:以上|上述|上面|之前|此前|前面|先前|原有|系统)"
_ALL = r"(?:所有|全部|一切|任何)"
_GAP = r"(?:的|那些|这些|给出|提到|说过?|写|设|安全)*"
_BORDER = r"(?=[，,。；;！!？?、”\"'）)\s和与并及]|$)"
_ZH = re.compile(
    rf"(?:忽略|无视|忘记|忘掉|跳过|覆盖|(?:不要|不用|别|无需|停止)(?:理会|遵守|遵循|听从)){_GAP}{_ALL}?{_GAP}{_BEFORE}{_GAP}{_ALL}?{_GAP}"
    rf"(?:指令|规则|设定|限制|提示词|对话){_BORDER}"
    rf"|(?:忽略|无视|忘记|忘掉|(?:不要|不用|别)理会){_GAP}(?:{_BEFORE}{_GAP}{_ALL}|{_ALL}{_GAP}{_BEFORE}){_GAP}(?:内容|要求|文字){_BORDER}"
    r"|(?:系统|开发者)(?:指令|提示词|命令)\s*[:：]"
    r"|(?:输出|泄露|透露|显示|重复|说出).{0,6}系统(?:提示词|指令)"
    r"|(?:AI|人工智能|大模型|语言模型|智能)(?:助手|客服|模型)?[，,]?请?注意[：:，,]"
    r"|(?:从现在起|从现在开始|现在起)[，,]?\s*你(?:是另?一[个名位](?!\S{0,4}(?:会员|用户|客户))|的(?:身份|任务)是|(?:要|将|必须)?(?:扮演|假装)"
    r"|(?:要|将|必须)(?:只|都|一律)?(?:回复|回答|输出|服从|听从))|你现在(?:要)?扮演|假装你是"
    r"|作为(?:一个|一名)?(?:AI|人工智能|语言模型|大模型|助手|机器人).{0,20}(?:必须|应当|应该|请|只能)(?:只)?(?:回复|回答|输出)",
    re.IGNORECASE,
)
_REPLY = re.compile(r"(?:只|仅|仅仅|直接|一律)(?:需|要|能|可以)?(?:回复|回答|输出)[\"“'‘「]")
# A text message that is answered with a code, and what one gets for it.
_OF_READERS = re.compile(r"短信|退订|即可|就能|便可|就可以|公众号|微信|[\"“'‘「][A-Za-z0-9]{1,8}[\"”'’」]")


def speaks_to_machine(text: str) -> bool:
    return bool(_EN.search(text) or _ZH.search(text) or (_REPLY.search(text) and not _OF_READERS.search(text)))

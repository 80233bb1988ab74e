"""Whether a clause asks something, by its form: "do you ship abroad", "运费怎么算". And what only looks like it: "really?", "在吗".

Knows words and their order in Chinese and English. Does not know what anything means.
"""

from __future__ import annotations

import re

from knowledge.intent import speech
from knowledge.sensitive.characters import simplified

_WH = r"(?:how|what|when|where|which|who|whose|why)"
_AUX = (
    r"(?:do|does|did|is|are|was|were|can|could|may|might|must|will|would|shall|should|am|has|have"
    r"|don't|doesn't|didn't|isn't|aren't|won't|can't|couldn't|wouldn't)"
)
_SUBJECT = (
    r"(?:i|we|you|u|he|she|it|they|there|this|that|these|those|the|a|an|my|our|your|his|her|its|their"
    r"|anyone|anybody|someone|somebody|any|all|both|each|every|some)"
)
_LEAD = r"(?:(?:and|but|so|also|oh|then|well|please|ok|okay|hi|hello|hey|now|just|or|thanks|plus|sorry)[\s,!.]+)*"

_DIRECT_EN = re.compile(
    rf"^{_LEAD}(?:"
    rf"{_AUX}\s+(?:not\s+)?{_SUBJECT}\b"
    rf"|(?:how|what|which|who|whose|why|where|when)(?:'s|'re|'ll|'d|s)\b"
    rf"|(?:where|when|why)\s+{_AUX}\b"
    rf"|(?:how|what|which|who|whose)\s+(?!{_SUBJECT}\b)(?:[\w'-]+\s+){{0,3}}?{_AUX}\b"
    rf"|(?:who|what|which)\s+(?:one\s+|of\s+\w+\s+)?(?!{_SUBJECT}\b)[\w'-]+s\b"
    r"|(?:how|what) about\b|how come\b|(?:how|where|what|who) to\b|any (?:chance|idea|news|way)\b"
    r"|how (?:much|many|long|far|often|big|late|early|soon)\b)"
)
_INSIDE_EN = re.compile(
    rf"\b(?:how (?:much|many|long|far|often)|(?:what|which|where|how|who)\s+{_AUX}|what's|where's|how's|who's|how to)\b"
    rf"|\b(?:know|tell me|ask|asking|wonder|wondering|curious|question|questions|find out|interested|unsure|explain|clarify|idea)\b"
    rf"[^.?!]*?\b(?:about|on|for|regarding|if|whether|{_WH})\b"
)
_INVERTED_EN = re.compile(
    rf"^{_LEAD}(?:is|are|was|were|does|did|can|could|will|would|should)\s+(?!not\b|it$|do\b|be\b)[\w'-]+\s+\w+"
)  # "is breakfast included"
_ASKS_ZH = re.compile(
    r"吗|[呢么](?=[\s。!！?？~～,，]*$)|怎么(?!都|也)|怎样|如何|(?<!没)什么(?!都|也)|啥(?!都|也)|为何|为什么|咋|(?<![好十前这那了过第])几(?!乎|率)|多久|多少|多长|多大|多重|多高|多远"
    r"|哪(?!怕)(?!.{0,2}[都也])|何时|是否|能否|可否|谁(?!都|也)|([\u4e00-\u9fff])[不没]\1|有没有|行不行"
)

# A question in form only, or one that means nothing without its neighbour.
_ASIDES = re.compile(
    r"^(?:hello|hi|hey|hola|anyone|anybody|any ?one there|anybody there|is (?:any ?one|anybody|someone) (?:there|here)|are you there|you there"
    r"|really|seriously|right|ok|okay|yes|no|yes or no|you know|see|huh|hm+|what|sorry|pardon|why|how|correct|is that (?:right|ok|okay|correct|true)"
    r"|got it|understand|how are you(?: today| doing)?|what's up"
    r"|(?:can|could|would|will) you (?:please )?(?:help|check|look|confirm|explain|tell me|assist|advise)"
    r"(?: (?:me|us|this|that|it|for me|into it|on this|out|please|with that|with this))*"
    r"|what (?:can|should|do|shall) (?:i|we) do(?: now)?|what now|any (?:idea|ideas|news|update|updates|help)"
    r"|isn't it|aren't they|don't you|can you|do you"
    r"|(?:亲|客服|请问)*(?:在吗|在么|在不在|有人吗|有人在吗|有人么)|你好吗|真的吗|真的假的|是吗|是吧|对吗|对吧|对不对|好吗|好不好|行吗|行不行"
    r"|可以吗|可不可以|能吗|什么|什么啊|啥|啊|懂吗|明白吗|知道吗|为什么|为啥|怎么回事|什么情况|咋回事|怎么办|怎么弄|怎么搞|咋办|是不是|有没有|不是吗"
    r"|(?:你|您|麻烦)*(?:能|可以|能不能|可不可以)?(?:帮我|帮忙|给我)(?:查|看|处理|确认|解决)(?:一下|下|看|查)?[吗么吧]?|请问|多谢)$"
)
_LEANS = re.compile(
    r"^(?:and |but |so )?(?:if (?:so|not|yes|no|it does|they do|you do|possible)\b|otherwise\b|or\b|because\b|since\b|unless\b|except\b"
    r"|like\b|such as\b|for example\b|e\.g)"
    r"|^(?:还是|或者|或是|或|因为|由于|比如|例如|除非|否则|不然|如果(?:可以|不行|有|没有|能|不能|是|不是)?[,，]"
    r"|(?:有|没有|可以|不可以|能|不能|行|不行|是|不是|这样|那样)的话)"
)
_DEPENDS = re.compile(rf"^{_LEAD}(?:if|after|before|since|because|while|once|unless|until|although|as|when (?!{_AUX}\b)|where (?!{_AUX}\b|to\b))")
_DEPENDS_ZH = re.compile(r"^(?:如果|要是|因为|由于|当|等|万一|假如|假设|虽然)|的话$")
_OPENERS = re.compile(
    r"^[\s,，:：]*(?:(?:and also|and|first of all|also|oh and|oh|plus|but|by the way|btw|one more thing|another question|then|finally|lastly"
    r"|last question)\b(?! (?:how|what) about\b)"
    r"|另外|还有一个问题|还有就是|还有(?=[,，])|再问一下|再问|顺便问一下|顺便问|对了|以及|然后|最后|首先|其次|[一二三]是(?!不))[\s,，:：]*"
)
REACH = 300  # characters of a clause that are looked at: what is said farther away is another matter, and patterns take their time
_HAS_HAN = re.compile(r"[\u3400-\u9fff]")


def plain(text: str) -> str:
    """Lower case, simplified, straight apostrophes, and as long as before: places in it are places in the text."""
    simple = simplified()
    lowered = "".join(lower if len(lower := char.lower()) == 1 else char for char in text)
    return "".join(simple.get(char, char) for char in lowered.replace("’", "'"))


def asks(clause: str) -> bool:
    """Of folded text, as all here: a question by its form. What leans on a clause after it ("when it breaks, …") is none."""
    stripped = clause.strip()[-REACH:]
    if "?" in stripped or "？" in stripped:
        return _says_something(stripped)
    last = _sentences(stripped)[-1]
    if _HAS_HAN.search(last) and _ASKS_ZH.search(last):
        return not _DEPENDS_ZH.search(last) and _says_something(last)
    if _DEPENDS.search(last):
        return False
    return bool(_DIRECT_EN.search(last) or _INVERTED_EN.search(last) or _INSIDE_EN.search(stripped)) and _says_something(last)


def opens_a_question(clause: str) -> bool:
    """Whether another question begins here: asked for where no sign separates it from the one before."""
    stripped = clause.strip()[:REACH]
    if _HAS_HAN.search(stripped):
        return asks(stripped) and not _DEPENDS_ZH.search(stripped)
    return bool(_DIRECT_EN.search(stripped)) and not re.match(rf"(?:and )?{_AUX} not\b", stripped) and _says_something(stripped)


def is_aside(clause: str) -> bool:
    """ "really?", "在吗？", "can you check?": nothing that could be answered."""
    stripped = clause.strip()
    sentences = [sentence for sentence in _sentences(stripped[:REACH]) if sentence]
    return len(stripped) <= REACH and all(_ASIDES.match(sentence) for sentence in sentences)


def leans_on_the_last(rest: str) -> bool:
    """ "if so, how much?", "or the green one?": part of the question before."""
    return bool(_LEANS.match(rest.strip()[:REACH]))


def repeats(clause: str, before: str) -> bool:
    """ "where is my order?? where is it??" """
    said = {word.text for word in speech.split(clause[:REACH])} - speech.listed("pointing")
    return said <= {word.text for word in speech.split(before[-REACH:])}


def without_opener(part: str) -> int:
    """How many characters of a part only tie it to the one before."""
    length = 0
    while found := _OPENERS.match(part[length:]):
        if not found.end():
            break
        length += found.end()
    return length


def _sentences(text: str) -> list[str]:
    return [piece.strip(" \t") for piece in re.split(r"[,，.。!！?？;；:：\n~～…]+", text.rstrip(",，.。!！?？;；\n~～… "))]


def _says_something(clause: str) -> bool:
    """More than words of asking: "how", "can i" and "怎么" say nothing yet."""
    words = speech.split(clause)
    return len(words) > max(1, len(speech.marked(words, "fillers")))

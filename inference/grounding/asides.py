"""What a person says around a fact: "Well, I heard that …, did you know?", 对啊，听说…. Such talk claims nothing that could be checked.

Knows phrases, no evidence. The check of single sentences does not use it: there a whole sentence of talk has to pass or fail as it is.
"""

from __future__ import annotations

import re

_INTERJECTION = (
    r"(?:oh|ah|well|yes|yeah|yep|no|nope|hi|hello|hey|hmm|wow|haha|lol|sure|ok|okay|right|true|exactly|absolutely|definitely|of course|indeed"
    r"|actually|honestly|cool|nice|great|interesting|thanks|thank you|please|sorry|so|but|and|anyway|also|too)"
)
_NOT = r"(?:not|n ?'t)"
_REALLY = r"(?:so|very|really|too|quite|pretty|just|entirely)"
_PHRASE = "|".join(
    (
        rf"i(?: ?'m| am)? {_NOT}(?: {_REALLY})? sure(?: about(?: that| it)?)?",
        rf"i (?:really )?(?:do|did|would|have|had|could)? ?{_NOT}(?: really)? (?:know|have any idea|remember|recall)(?: {_REALLY}? ?much)?"
        r"(?: about)?(?: that| it| them| him| her)?",
        r"(?:i have )?no idea",
        r"i(?: ?'ve| have| do| did)?(?: also| just| once)? (?:know|knew|heard|hear|read|think|thought|believe|guess|bet|see|agree|learned"
        r"|understand)(?: that)?",
        r"(?:do|did) you (?:also )?know(?: that| who| what| why)?",
        r"have you (?:ever )?(?:heard|seen|read)(?: that| of| about)?",
        r"can you believe(?: that)?",
        rf"(?:that|it)(?: ?'?s| is| sounds)(?: {_REALLY})? (?:crazy|cool|interesting|funny|great|good|nice|awesome|amazing|right|true|correct|wild"
        r"|fascinating|a (?:good|great) (?:question|point))(?: to know)?(?: that)?",
        r"me (?:too|neither)",
        r"same here",
    )
)
_EN = re.compile(rf"(?<![^\s,.!?;])(?:{_PHRASE}|{_INTERJECTION}(?=\s*(?:[,.!?]|$)))(?![^\s,.!?;])", re.IGNORECASE)
_EN_OPENING = re.compile(rf"(?:\W*(?:{_PHRASE}|{_INTERJECTION})(?![^\s,.!?;]))+", re.IGNORECASE)
_ZH_PHRASE = (
    r"(?:我(?:也|还|真的?)?(?:不太|不是很|不)?(?:知道|清楚|确定|了解|听说过?|觉得|认为|记得|猜|同意)|听说|据说|你(?:知道|听说过?)吗"
    r"|(?:这|那)?(?:真|很|太)(?:有意思|有趣|不错|厉害|神奇|酷)(?:了|啊|呀)?)"
)
_ZH_INTERJECTION = r"(?:[嗯哦啊哇呀]+|哈哈+|[是对好](?:的|啊|呀|吧)?|没错|当然|确实|其实|不是的?|谢谢)"
_ZH = re.compile(rf"(?:^|(?<=[\s，,。！!？?；;]))(?:{_ZH_PHRASE}|{_ZH_INTERJECTION}(?=[\s，,。！!？?；;]|$))")
_LEFT_OVER = re.compile(r"^[\s,.;，。；!！?？]+|[\s,;，；]+$")


def without_asides(text: str) -> str:
    """What is left to check, as it is where there is no talk; empty where nothing is left."""
    plain = text.replace("\u2019", "'")
    opening = _EN_OPENING.match(plain)
    kept = _ZH.sub(" ", _EN.sub(" ", plain[opening.end() :] if opening else plain))
    return text if kept == plain else _LEFT_OVER.sub("", re.sub(r"\s+", " ", kept))

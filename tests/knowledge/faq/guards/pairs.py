"""A phrasing and a question, judged as the router would have them judged: in a small bank of a shop and a wallet."""

from __future__ import annotations

from knowledge.faq.bank import Bank, BankAnswer, BankFaq, BankVariant
from knowledge.faq.guards.vetoing import Guards, Veto
from knowledge.faq.normalise import detect_language

_OTHERS = (
    ("kettle", "How long is the warranty on the kettle?", "kettle warranty"),
    ("lamp", "How long is the warranty on the lamp?", "lamp warranty"),
    ("tent", "How long is the warranty on the tent?", "can I rent a tent"),
    ("sofa", "When is the sofa back in stock?", "sofa colours"),
    ("desk", "When is the desk back in stock?", "desk height"),
    ("水壶", "水壶保修多久", "水壶怎么除垢"),
    ("台灯", "台灯保修多久", "台灯多少瓦"),
    ("帐篷", "帐篷保修多久", "帐篷能住几个人"),
    ("香港", "寄到香港要多少钱", "香港几天能到"),
    ("英国", "寄到英国要多少钱", "英国几天能到"),
    ("发票", "电子发票在哪里下载", "发票抬头怎么填"),
)


def judged(phrasing: str, question: str, *more: str, answer: str = "See there.") -> Veto | None:
    """What stands against answering the question with a FAQ that holds the phrasing (and `more`)."""
    language = detect_language(phrasing)
    texts = (phrasing, *more)
    own = BankFaq("own", tuple(BankVariant(text, language) for text in texts), {language: BankAnswer(answer)})
    others = (BankFaq(key, tuple(BankVariant(text, detect_language(text)) for text in texts), {}) for key, *texts in _OTHERS)
    return Guards.build(Bank("pairs", (own, *others))).veto(question, 0, language, phrasing)


def guard_of(phrasing: str, question: str, *more: str, answer: str = "See there.") -> str:
    veto = judged(phrasing, question, *more, answer=answer)
    return veto.guard if veto else ""

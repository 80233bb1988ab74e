"""Banks made up from a seed, of any size: FAQs about goods and matters, each asked in several ways in Chinese and English.

For measuring time and memory only: no figure of quality is worth anything here. Knows words of its own; no encoder, no rows.
"""

from __future__ import annotations

import random

from knowledge.contracts import Language
from knowledge.faq.bank import Bank, BankAnswer, BankFaq, BankVariant

PER_FAQ = 5  # variants
_NAMES = """
青铜 白瓷 羊毛 竹编 碳钢 亚麻 胡桃 珐琅 磨砂 折叠 便携 防水 静音 智能 儿童 户外 车载 无线 迷你 加厚
茶壶 台灯 背包 雨伞 水杯 书架 枕头 毛毯 炒锅 风扇 耳机 音箱 键盘 手表 帐篷 睡袋 滑板 相框 花瓶 拖鞋
bronze porcelain woollen bamboo carbon linen walnut enamel folding portable waterproof silent smart outdoor wireless mini
teapot lamp backpack umbrella cup shelf pillow blanket wok fan headset speaker keyboard watch tent bag skateboard frame vase slipper
"""
_ZH_HEADS, _ZH_GOODS, _EN_HEADS, _EN_GOODS = (line.split() for line in _NAMES.strip().splitlines())
_MATTERS: tuple[tuple[tuple[str, ...], tuple[str, ...]], ...] = (
    (("{}多少钱", "想知道{}的价格", "{}现在卖多少"), ("How much is the {}?", "price of the {}", "what does the {} cost")),
    (("{}坏了怎么修", "{}能不能维修", "{}的维修要找谁"), ("How do I get the {} repaired?", "my {} is broken", "who repairs the {}")),
    (("{}怎么清洗", "{}可以机洗吗", "清洁{}要注意什么"), ("How do I clean the {}?", "can the {} go in the washer", "washing the {}")),
    (("{}保修多久", "{}的保修期是几年", "{}过保了怎么办"), ("How long is the {} under warranty?", "warranty of the {}", "warranty ended, {}")),
    (("{}什么时候发货", "{}多久能到", "{}几天可以送到"), ("When does the {} ship?", "how long until it comes, the {}", "delivery of the {}")),
    (("{}可以退货吗", "{}不想要了怎么退", "{}退货要运费吗"), ("Can I return the {}?", "sending the {} back", "return the {}, who pays")),
    (("{}有哪些颜色", "{}能换颜色吗", "{}有黑色的吗"), ("Which colours does the {} come in?", "the {} in black", "another colour of the {}")),
    (("{}的尺寸是多少", "{}有多大", "{}有多重"), ("How big is the {}?", "size of the {}", "what does the {} weigh")),
)


def bank_made(num_variants: int, seed: int) -> Bank:
    """`PER_FAQ` variants a FAQ, so many in all (the last FAQ may have fewer)."""
    chance = random.Random(seed)
    faqs: list[BankFaq] = []
    left = num_variants
    for number in range(-(-num_variants // PER_FAQ)):
        faqs.append(_faq(number, min(PER_FAQ, left), chance))
        left -= PER_FAQ
    return Bank(f"synthetic-{seed}", tuple(faqs))


def questions_made(bank: Bank, count: int, seed: int) -> list[str]:
    """Variants with a word changed or added, so that none is an exact match."""
    chance = random.Random(seed + 1)
    rows = [variant for faq in bank.faqs for variant in faq.variants]
    return [_retold(chance.choice(rows), chance) for _ in range(count)]


def _faq(number: int, count: int, chance: random.Random) -> BankFaq:
    zh_heads, en_heads = chance.sample(_ZH_HEADS, 2), chance.sample(_EN_HEADS, 2)
    place = chance.randrange(len(_ZH_GOODS))
    model = f"{chance.choice('ABCDEFGHJKLMNP')}{number % 9973}"
    zh, en = f"{''.join(zh_heads)}{_ZH_GOODS[place]}{model}", f"{' '.join(en_heads)} {_EN_GOODS[place]} {model}"
    zh_forms, en_forms = chance.choice(_MATTERS)
    forms: list[tuple[str, Language]] = []
    for zh_form, en_form in zip(zh_forms, en_forms, strict=True):
        forms += [(zh_form.format(zh), "zh"), (en_form.format(en), "en")]
    variants = tuple(BankVariant(text, language, is_canonical=place < 2) for place, (text, language) in enumerate(forms[:count]))
    answers: dict[Language, BankAnswer] = {
        "zh": BankAnswer(f"{zh}的情况请看商品页。编号 {number} 的负责人会在 {number % 7 + 1} 天内答复。"),
        "en": BankAnswer(f"See the page of the {en}. The person in charge of number {number} replies within {number % 7 + 1} days."),
    }
    return BankFaq(f"made.{number:06d}", variants, answers, f"part{number % 12}")


def _retold(variant: BankVariant, chance: random.Random) -> str:
    if variant.language == "zh":
        place = chance.randrange(len(variant.text))
        return f"想问{variant.text[:place]}{variant.text[place + 1 :]}可以说说"
    parts = variant.text.split()
    parts.pop(chance.randrange(len(parts)))
    return f"tell me {' '.join(parts)} today"

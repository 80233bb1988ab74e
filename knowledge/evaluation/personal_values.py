"""Made-up personal data of every kind, in the forms that people type. Built digit by digit, by rules of its own: nothing of the finders is
used, so that a mistake of theirs is none of this.

The numbers are chance; whoever has one of them is not meant.
"""

from __future__ import annotations

from random import Random

from knowledge.evaluation.personal_places import address_en, address_zh, one_of

PREFIXES = "130,131,132,133,135,136,137,138,139,147,150,151,152,155,157,158,159,166,172,176,177,178,180,181,183,185,186,187,188,189,191,193,198,199"
AREAS = {"010": 8, "021": 8, "020": 8, "0755": 8, "0571": 8, "028": 8, "0512": 8, "0731": 8, "0532": 8, "0371": 8, "0951": 7, "0891": 7, "0898": 8}
US_AREAS = "212 213 305 312 404 415 512 602 617 702 713 718 917 646 206 303".split()  # noqa: SIM905
NAMES = "li.wei wangfang zhao_lei chen2019 sunny.day jsmith mary-jones tomh88 olivia.brown k.tanaka xiaoming1990 lotus_tea r2d2fan anna".split()  # noqa: SIM905
HOSTS = "qq.com 163.com gmail.com outlook.com example.org sina.com.cn mail.example.co.uk proton.me 126.com foxmail.com yahoo.co.jp".split()  # noqa: SIM905
NUMERALS = dict(zip("0123456789", "零一二三四五六七八九", strict=True))
WIDE = {str(digit): chr(0xFF10 + digit) for digit in range(10)}


def digits(chance: Random, count: int) -> str:
    return "".join(chance.choice("0123456789") for _ in range(count))


def mobile(chance: Random) -> str:
    bare = one_of(chance, PREFIXES) + digits(chance, 8)
    a, b, c = bare[:3], bare[3:7], bare[7:]
    forms = [
        bare,
        bare,
        bare,
        f"{a}-{b}-{c}",
        f"{a} {b} {c}",
        f"{a}.{b}.{c}",
        f"+86 {bare}",
        f"+86{bare}",
        f"+86-{a}-{b}-{c}",
        f"0086 {bare}",
        f"(+86){bare}",
        "".join(WIDE[digit] for digit in bare),
        " ".join(bare),
        "-".join(bare),
        "".join(NUMERALS[digit] for digit in bare),
        f"{a}\u200b{b}\u200b{c}",
        f"{bare[:4]} {bare[4:7]} {c}",
    ]
    return chance.choice(forms)


def landline(chance: Random) -> str:
    area = chance.choice(list(AREAS))
    local = chance.choice("2345678") + digits(chance, AREAS[area] - 1)
    return chance.choice(
        [
            f"{area}-{local}",
            f"{area} {local}",
            f"({area}){local}",
            f"（{area}）{local}",
            f"{area}-{local}转{digits(chance, 3)}",
            f"+86 {area[1:]} {local}",
        ]
    )


def phone_zh(chance: Random) -> str:
    return chance.choice([mobile, mobile, mobile, landline, phone_abroad])(chance)


def phone_abroad(chance: Random) -> str:
    hong_kong = chance.choice("569") + digits(chance, 7)
    return chance.choice(
        [
            f"+852 {hong_kong[:4]} {hong_kong[4:]}",
            "+44 7700 900" + digits(chance, 3),
            "+1 " + american(chance),
            "+65 9" + digits(chance, 3) + " " + digits(chance, 4),
        ]
    )


def american(chance: Random) -> str:
    area, exchange, line = chance.choice(US_AREAS), chance.choice("23456789") + digits(chance, 2), digits(chance, 4)
    return chance.choice([f"({area}) {exchange}-{line}", f"{area}-{exchange}-{line}", f"{area}.{exchange}.{line}", f"{area} {exchange} {line}"])


def british(chance: Random) -> str:
    mobile_end = digits(chance, 6)
    return chance.choice(
        [
            f"07911 {mobile_end}",
            f"0207 946 0{digits(chance, 3)}",
            f"020 7946 0{digits(chance, 3)}",
            f"0161 496 0{digits(chance, 3)}",
            f"+44 7911 {mobile_end}",
        ]
    )


def phone_en(chance: Random) -> str:
    return chance.choice([american, american, american, british, phone_abroad, mobile])(chance)


def email(chance: Random) -> str:
    name, host = chance.choice(NAMES) + chance.choice(["", digits(chance, 2)]), chance.choice(HOSTS)
    spelled = host.replace(".", " dot ")
    forms = [f"{name}@{host}"] * 6 + [
        f"{name}(at){host}",
        f"{name}[at]{host}",
        f"{name} [at] {spelled}",
        f"{name} at {spelled}",
        f"{name}＠{host}",
        f"{name} @ {host}",
        f"{name.upper()}@{host.upper()}",
    ]
    return chance.choice(forms)


def email_zh(chance: Random) -> str:
    number = chance.choice("123456789") + digits(chance, 8)
    return chance.choice([email(chance), email(chance), f"{number}@qq.com", f"{number}艾特qq点com", f"{number}@qq。com"])


def card(chance: Random) -> str:
    start, length = chance.choice(
        [
            ("622202", 19),
            ("621700", 19),
            ("625912", 16),
            ("4532", 16),
            ("5425", 16),
            ("2223", 16),
            ("371449", 15),
            ("6011", 16),
            ("3566", 16),
            ("436742", 16),
        ]
    )
    body = start + digits(chance, length - len(start) - 1)
    bare = body + luhn_digit(body)
    if length == 15:
        return chance.choice([bare, f"{bare[:4]} {bare[4:10]} {bare[10:]}"])
    fours = [bare[place : place + 4] for place in range(0, length, 4)]
    return chance.choice([bare, bare, " ".join(fours), "-".join(fours), "".join(WIDE[digit] for digit in bare)])


def luhn_digit(body: str) -> str:
    doubled = [0, 2, 4, 6, 8, 1, 3, 5, 7, 9]
    total = sum(doubled[int(digit)] if place % 2 == 0 else int(digit) for place, digit in enumerate(body[::-1]))
    return str(-total % 10)


def identity(chance: Random) -> str:
    region = chance.choice("110105 310104 440305 330106 510107 420106 320508 610113 370202 430104 210102 500103".split())  # noqa: SIM905
    body = f"{region}{chance.randint(1950, 2008)}{chance.randint(1, 12):02}{chance.randint(1, 28):02}{digits(chance, 3)}"
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    last = "10X98765432"[sum(weight * int(digit) for weight, digit in zip(weights, body, strict=True)) % 11]
    bare = body + last
    return chance.choice([bare, bare, bare.lower(), f"{bare[:6]} {bare[6:14]} {bare[14:]}", f"{bare[:6]}-{bare[6:14]}-{bare[14:]}"])


def host(chance: Random) -> str:
    four = ".".join([str(chance.choice([*range(34, 127), *range(128, 224)])), *(str(chance.randint(0, 255)) for _ in range(3))])
    six = ":".join(["2001", "db8", *(f"{chance.randint(1, 0xFFFF):x}" for _ in range(6))])
    short = f"2001:db8:{chance.randint(1, 0xFFFF):x}::{chance.randint(0x10, 0xFFFF):x}"
    return chance.choice([four, four, four, six, short, f"192.168.{chance.randint(0, 255)}.{chance.randint(1, 254)}"])


def passport(chance: Random) -> str:
    return chance.choice([chance.choice("EG") + digits(chance, 8), "E" + chance.choice("ABCDEFGH") + digits(chance, 7), digits(chance, 9)])


MAKERS = {
    "zh": {"phone": phone_zh, "email": email_zh, "card": card, "id": identity, "ip": host, "address": address_zh, "passport": passport},
    "en": {"phone": phone_en, "email": email, "card": card, "id": identity, "ip": host, "address": address_en, "passport": passport},
}

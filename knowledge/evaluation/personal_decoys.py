"""What only looks like personal data: orders, prices, days, serials, versions, parcels, totals, books, goods with house numbers, hotlines.

Nothing of the finders is used.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from random import Random

from knowledge.evaluation.personal_values import digits, luhn_digit


@cache
def _sentences(language: str) -> list[str]:
    rows = Path(__file__).with_name("personal_decoys.txt").read_text(encoding="utf-8").splitlines()
    return [sentence for told, sentence in (row.split(" ", 1) for row in rows) if told == language]


def decoy(chance: Random, language: str) -> str:
    return chance.choice(_sentences(language)).format_map(_Filled(chance))


class _Filled(dict[str, str]):
    """Each place is filled anew."""

    def __init__(self, chance: Random) -> None:
        super().__init__()
        self._chance = chance

    def __getitem__(self, name: str) -> str:
        return _filled(self._chance, name)


def _filled(chance: Random, name: str) -> str:
    body = chance.choice(["4532", "622202", "5425"]) + digits(chance, 11)
    good = luhn_digit(body)
    day = f"{chance.randint(2019, 2026)}{{0}}{chance.randint(1, 12):02}{{0}}{chance.randint(1, 28):02}"
    book = "978" + digits(chance, 9)
    fillings = {
        "order": chance.choice(
            ["20261128" + digits(chance, chance.randint(6, 10)), "SO-" + digits(chance, 8), "1" + digits(chance, 10), "13" + digits(chance, 9)]
        ),
        "elevenish": chance.choice(["13", "15", "18"]) + digits(chance, 9),
        "eleven": "1" + chance.choice("3578") + digits(chance, 9),
        "luhn": body + good,
        "parcel": chance.choice(["SF", "YT", "JD", "", "4", "1Z999AA1"]) + digits(chance, 13),
        "twelve": digits(chance, 12),
        "price": chance.choice(
            [f"{chance.randint(1, 9999)}.{digits(chance, 2)}", f"{chance.randint(1000, 99999):,}", str(chance.randint(10, 99999))]
        ),
        "total": chance.choice(
            [f"{chance.randint(10**9, 10**12):,}", str(chance.randint(10**9, 10**11)), f"1{chance.choice('3589')}{digits(chance, 9)}"]
        ),
        "day": day.format(chance.choice(["-", "/", ".", ""])),
        "clock": f"{chance.randint(0, 23):02}:{digits(chance, 1)[0].translate(str.maketrans('6789', '0123'))}{digits(chance, 1)}",
        "serial": chance.choice(
            [
                "SN" + digits(chance, 10),
                "C02" + digits(chance, 4) + "LVDQ",
                f"{digits(chance, 4)}-{chance.choice('ABCXYZ')}{digits(chance, 3)}-{digits(chance, 4)}",
            ]
        ),
        "model": chance.choice([f"AB-{digits(chance, 4)}", f"TP{digits(chance, 3)}X", f"{digits(chance, 3)}-{digits(chance, 2)}K"]),
        "version": ".".join(str(chance.randint(0, 140)) for _ in range(4)),
        "isbn": f"{book[:3]}-{book[3]}-{book[4:8]}-{book[8:12]}-{digits(chance, 1)}",
        "three": chance.choice("23456789") + digits(chance, 2),
        "four": digits(chance, 4),
        "hotline": chance.choice(["400", "800"]) + digits(chance, 7),
        "small": str(chance.randint(1, 60)),
        "ean": "69" + digits(chance, 11),
        "eight": digits(chance, 8),
        "imei": "86" + digits(chance, 13),
        "uuid": f"{chance.getrandbits(32):08x}-{chance.getrandbits(16):04x}-{digits(chance, 4)}-{digits(chance, 4)}-{digits(chance, 12)}",
        "badcard": body + str((int(good) + chance.randint(1, 9)) % 10),
        "badid": f"1101051990{chance.choice(['1332', '0231', '0045'])}{digits(chance, 4)}",
    }
    return fillings[name]

"""Makes text plain for reading, one character for one character, so that positions stay true."""

from __future__ import annotations

import unicodedata

_LETTERS = {code: chr(code - 0xFEE0).lower() for code in (*range(0xFF21, 0xFF3B), *range(0xFF41, 0xFF5B))}
_SIGNS = {code: chr(code - 0xFEE0) for code in map(ord, "％＄＠．／－＋：＃＆＝～＿")}
_SAME = str.maketrans(
    {
        "￥": "¥", "￡": "£", "﹪": "%", "–": "-", "—": "-", "−": "-", "‐": "-", "‑": "-", "～": "~", "∼": "~", "〜": "~", "×": "x",
        "\u00a0": " ", "\u3000": " ", "\u202f": " ", "\u2009": " ", "壹": "一", "贰": "二", "叁": "三", "肆": "四", "伍": "五",
        "陆": "六", "柒": "七", "捌": "八", "玖": "九", "拾": "十", "佰": "百", "仟": "千", "萬": "万", "億": "亿", "兩": "两", "個": "个",
        "週": "周", "時": "时", "點": "点", "鐘": "钟", "塊": "块", "歲": "岁",
    }
)  # fmt: skip
_LOWER = {code: chr(code + 32) for code in range(ord("A"), ord("Z") + 1)}
_TABLE = {**_LOWER, **_LETTERS, **_SIGNS, **_SAME}


def fold(text: str) -> str:
    """Lower case, half width, one sign for each meaning; the same length as `text`."""
    folded = text.translate(_TABLE)
    if folded.isascii():
        return folded
    return "".join(str(unicodedata.decimal(character, None) or 0) if _is_odd_digit(character) else character for character in folded)


def _is_odd_digit(character: str) -> bool:
    return character > "\x7f" and unicodedata.category(character) == "Nd"

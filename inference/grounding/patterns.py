"""The shapes that claims have, as one regular expression over folded text. The order decides between two readings."""

from __future__ import annotations

import re

from inference.grounding.numerals import NUMBER
from inference.grounding.segments import MONTHS, WEEKDAYS
from inference.grounding.units import UNIT

_EN_MONTH = "|".join(f"{month}|{month[:3]}" for month in MONTHS) + "|sept"
_TLD = "com|cn|net|org|io|edu|gov|shop|store|info|biz|co|app|dev|ai|me|tv|cc|hk|tw|jp|uk|de|fr|eu|us|ca|example|test|invalid|localhost"
_MEASURE = r"\d+(?:\.\d+)?(?:(?:[a-z]{1,2}|mah|yuan|rmb|usd|(?:min|sec|hr|day|hour|minute|week|month|year)s?)\b|-[a-z])"  # not a name
_GAP = r"[\s-]{0,2}(?:(?:full|whole|consecutive|calendar|more|additional|entire|full-time)\s)?个?"
_MEASURED = rf"(?P<after>{_GAP}(?:{UNIT})(?P<tail>半)?)"
_CURRENCY = r"hk\$|us\$|[¥$€£]|\b(?:rmb|cny|usd|eur|gbp|hkd)(?![a-z])"
_RANGE = r"\s?(?:-|~|到|至|to\s|or\s|and\s|或者?)\s?"

_NO_YEARS = r"(?!\(?[12]\d{3}\s?-\s?[12]\d{3}(?![\d-]))"

_PATTERNS: tuple[tuple[str, str], ...] = (
    ("email", r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+"),
    ("url", rf"(?:https?://|www\.)[^\s<>\"'`|]+|(?<![\w@.-])(?:[a-z0-9-]+\.)+(?:{_TLD})(?![\w-])(?:[/?#:][^\s<>\"'`|]*)?"),
    ("date_ymd", rf"(?P<y1>\d{{4}}|[〇零一二三四五六七八九]{{4}})\s?年\s?(?P<m1>{NUMBER})\s?月(?:份|\s?(?P<d1>{NUMBER})\s?[日号])?"),
    ("date_iso", r"(?<![\d-])(?P<y2>\d{4})[-/.](?P<m2>\d{1,2})[-/.](?P<d2>\d{1,2})(?![\d-])"),
    ("date_md", rf"(?P<m3>{NUMBER})\s?月\s?(?P<d3>{NUMBER})\s?[日号]"),
    ("date_en", rf"\b(?P<n4>{_EN_MONTH})\.?\s(?:the\s)?(?P<d4>\d{{1,2}})(?:st|nd|rd|th)?\b(?!:)(?:,?\s(?P<y4>\d{{4}})\b)?"),
    ("date_en2", rf"\b(?P<d5>\d{{1,2}})(?:st|nd|rd|th)?\s(?:of\s)?(?P<n5>{_EN_MONTH})\b\.?(?:,?\s(?P<y5>\d{{4}})\b)?"),
    ("month_en", rf"\b(?P<n6>{_EN_MONTH})\.?,?\s(?P<y6>\d{{4}})\b"),
    ("month_zh", rf"(?<![个\d.])(?P<m7>{NUMBER})月(?:份|初|中旬|底|上旬|下旬)"),
    ("always", r"\b24\s?/\s?7\b|\b7\s?x\s?24(?:\s?小时|\s?hours?|h\b)?"),
    ("clock", r"(?<!\d)(?<!\d:)(?P<h8>[01]?\d|2[0-4]):(?P<i8>[0-5]\d)(?::[0-5]\d)?(?!\d)(?:\s?(?P<p8>[ap])\.?m\b\.?)?"),
    ("clock_en", r"\b(?P<h9>\d{1,2})\s?(?P<p9>[ap])\.?m\b\.?"),
    ("clock_zh", rf"(?P<h10>{NUMBER})点(?:钟|整|(?P<half10>半)|(?P<i10>{NUMBER})分)?(?![建意要原注理内评左数])"),
    ("weekday_zh", r"(?:周|星期|礼拜)(?P<w11>[一二三四五六日天末])"),
    ("weekday_en", rf"\b(?P<w12>{'|'.join(WEEKDAYS)})s?\b"),
    ("phone", r"(?<![\w.])" + _NO_YEARS + r"(?=(?:[ ()+-]{0,2}\d){7})\+?\(?\d{1,4}\)?(?:[ -]\(?\d{2,8}\)?){1,4}(?![\w-])|\+\d{7,15}\b"),
    ("version", r"(?<![\w.])v?\d+(?:\.\d+){2,}(?![\w.])"),
    ("identifier", rf"(?<![\w-])(?=[0-9_./-]*[a-z])(?=[a-z_./-]*\d)(?!{_MEASURE})[a-z0-9]+(?:[-_./]?[a-z0-9]+)*"),
    ("money_sign", rf"(?P<sign>{_CURRENCY})\s?(?P<n13>{NUMBER})(?:{_RANGE}(?:[¥$€£]\s?)?(?P<o13>{NUMBER}))?"),
    ("percent_zh", rf"百分之(?P<n14>{NUMBER})"),
    ("tenths", r"(?P<n15>[一二三四五六七八九])成(?![为功立员果本长熟都交就])"),
    ("half", rf"(?:半个?|\bhalf\s(?:an?\s|the\s)?)(?P<unit16>{UNIT})"),
    ("digits", r"(?<![\w.,])\d{5,}(?![\w.,]*\d)(?!\s?(?:万|亿|million|[¥%元块个人米克天]))"),
    ("number", rf"(?P<ordinal>第)?(?P<n17>{NUMBER})(?P<half17>个?半)?(?:{_RANGE}(?P<o17>{NUMBER})(?P<half18>个?半)?)?{_MEASURED}?"),
)  # fmt: skip


def _unique(pattern: str, prefix: str) -> str:
    """Unit groups occur in several patterns; their names must not."""
    return pattern.replace("(?P<u", f"(?P<{prefix}u")


ANY_CLAIM = re.compile("|".join(f"(?P<{name}>{_unique(pattern, f'x{index}')})" for index, (name, pattern) in enumerate(_PATTERNS)), re.ASCII)

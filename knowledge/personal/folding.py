"""A text as the finders of personal data read it: digits, letters and signs of any width and style as plain ones, invisible marks gone.

Every place of the folded text leads back to the text as it was written. Knows characters; knows nothing of what is sought.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

INVISIBLE = "\u00ad\u034f\u061c\u180e\u200b\u200c\u200d\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2060\u2061\u2062\u2063\ufe0e\ufe0f\ufeff\u20e3"
_INVISIBLE = re.compile(f"[{INVISIBLE}]")
_DASHES = "\u2010\u2011\u2012\u2013\u2014\u2015\u2043\u2212\u30fc\ufe58\ufe63\uff0d"
_SPACES = "\t\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000"


def _plain() -> dict[int, str]:
    """One character for one: places stay the same."""
    table: dict[int, str] = {}
    for code in range(0x80, 0x20000):
        character = chr(code)
        if not unicodedata.decomposition(character) and not character.isdigit():
            continue
        if (digit := unicodedata.digit(character, None)) is not None:
            table[code] = str(digit)
            continue
        folded = unicodedata.normalize("NFKC", character)
        if len(folded) == 1 and folded.isascii():
            table[code] = folded
    return table | dict.fromkeys(map(ord, _DASHES), "-") | dict.fromkeys(map(ord, _SPACES), " ")


_TABLE = _plain()


@dataclass(frozen=True, slots=True)
class Folded:
    text: str
    places: list[int] | None  # of each character, and of the end, in what was written; None where they are the same

    def written(self, start: int, end: int) -> tuple[int, int]:
        """Where this stretch stands in the text as it was written, with the invisible marks that belong to its last character."""
        return (start, end) if self.places is None else (self.places[start], self.places[end])


def fold(text: str) -> Folded:
    if text.isascii():
        return Folded(text.replace("\t", " "), None)
    places = None
    if _INVISIBLE.search(text):
        places = [place for place, character in enumerate(text) if character not in INVISIBLE] + [len(text)]
        text = _INVISIBLE.sub("", text)
    return Folded(text.translate(_TABLE), places)

"""Lines of a log as they were before a library escaped them: %40 in an address, \\u8bdd in JSON, \\xbd in bytes.

Letters of an escape stand right beside a number and would make it a word. Knows escapes and places; finds nothing.
"""

from __future__ import annotations

import re

_ESCAPE = re.compile(r"%[0-9A-Fa-f]{2}|\\x[0-9A-Fa-f]{2}|\\u[0-9A-Fa-f]{4}")
_APART = "\n"  # for one byte of a character: nothing goes on behind it


def unescaped(text: str) -> tuple[str, list[int]]:
    """Each escape as one character; and where each character stood, with the end of the text behind them."""
    pieces: list[str] = []
    places: list[int] = []
    last = 0
    for escape in _ESCAPE.finditer(text):
        pieces += [text[last : escape.start()], _char(escape[0])]
        places += range(last, escape.start() + 1)
        last = escape.end()
    return "".join([*pieces, text[last:]]), [*places, *range(last, len(text) + 1)]


def _char(escape: str) -> str:
    code = int(escape.lstrip("%\\xu"), 16)
    return chr(code) if code < 0x80 or len(escape) == len(r"\u0000") else _APART

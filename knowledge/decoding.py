"""Bytes of files that people have, as text. Knows encodings; knows no format."""

from __future__ import annotations

import re

# What GB18030 reads out of Big5's bytes: characters that no standard names, each user his own.
UNNAMED = re.compile("[\ue000-\ue765]")
# And out of Latin-1's: single characters in the midst of words, and no Chinese anywhere.
CHINESE, TORN = re.compile("[\u4e00-\u9fff]{2}"), re.compile("[a-z][\u4e00-\u9fff]|[\u4e00-\u9fff][a-z]")


def text_of(data: bytes) -> str:
    """UTF-8 with or without mark, UTF-16 with one, or GB18030. Raises ValueError for anything else."""
    encodings = ["utf-16"] if data[:2] in (b"\xff\xfe", b"\xfe\xff") else ["utf-8-sig", "gb18030"]
    for encoding in encodings:
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text and not (encoding == "gb18030" and _is_misread(text)):
            return text
    raise ValueError("no text in a known encoding")


def _is_misread(text: str) -> bool:
    return bool(UNNAMED.search(text) or (TORN.search(text) and not CHINESE.search(text)))

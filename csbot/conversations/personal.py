"""Whether a message names somebody or something of somebody's: such questions and their answers are never kept for others."""

from __future__ import annotations

import re
import unicodedata

# An address, a number of five digits and more (also with spaces or hyphens between), or letters and digits in one word: A1001.
_PERSONAL = re.compile(r"[\w.+-]+@[\w-]+\.\w|\d(?:[ \-.]?\d){4,}|\b(?=[a-z0-9_-]*\d)(?=[a-z0-9_-]*[a-z])[a-z0-9_-]{4,}\b", re.IGNORECASE | re.ASCII)


def is_personal(text: str) -> bool:
    return bool(_PERSONAL.search(unicodedata.normalize("NFKC", text)))

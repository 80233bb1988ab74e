"""What the fields of a lookup may hold. Plain values in, problems out. Knows no rows."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from typing import Any
from urllib.parse import urlsplit

import regex
from django.utils.translation import gettext as _

PLACE = re.compile(r"\{(\w+)\}")
VISITOR = "visitor"  # the place of the company's own number for who asks
PATH = re.compile(r"[\w-]+(\.[\w-]+)*", re.ASCII)
REPEATED = re.compile(r"\{(\d*)(?:,(\d*))?\}")
COSTLY = re.compile(r"\{[^\d,}]|\(\?(R|\d|[+-]\d|&|P>)")
MOST_REPEATED = 1000
MATCH_TIMEOUT_S = 0.05  # a pattern that backtracks without end must not hold a worker


def names_in(*templates: str) -> list[str]:
    """What stands in braces."""
    return [name for template in templates for name in PLACE.findall(template)]


def lookup_problems(*, url: str, fields: Any, examples: Iterable[str], needs_identity: bool) -> dict[str, str]:
    """By field; a field without a problem is missing."""
    no_examples = "" if list(examples) else _("Write some examples, in one language at least.")
    found = {"url": _url(url) or _visitor(url, needs_identity), "fields": _fields(fields), "examples_en": no_examples}
    return {field: problem for field, problem in found.items() if problem}


def _url(url: str) -> str:
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return _("This is no address.")
    if parts.scheme not in ("http", "https") or not parts.hostname or port == 0:
        return _("Write an address with http:// or https:// and a host.")
    if PLACE.search(parts.scheme + parts.netloc):
        return _("No value may stand in the host: put it into the path or the query.")
    if parts.username or parts.password:
        return _("Write no password into the address: use a header.")
    return ""


def _visitor(url: str, needs_identity: bool) -> str:
    if VISITOR in PLACE.findall(url) and not needs_identity:
        return _("{visitor} is known only of visitors whom the company vouches for. Switch that on below.")
    return ""


def _fields(fields: Any) -> str:
    if not isinstance(fields, dict) or not all(isinstance(path, str) and PATH.fullmatch(path) for path in fields.values()):
        return _('Write a name for each path, such as {"status": "order.status"}.')
    return ""


def is_modest(pattern: str) -> bool:
    """A pattern is unrolled when it is compiled, before any time limit counts: `a{9999999}` takes gigabytes, and so do counts within counts.
    Fuzzy matches and recursion, which `regex` knows too, cost as they like.
    """
    counts = [int(most or least or 1) for least, most in REPEATED.findall(pattern)]
    return math.prod(max(count, 1) for count in counts) <= MOST_REPEATED and not COSTLY.search(pattern)


def pattern_problem(pattern: str, sample: str) -> str:
    if not is_modest(pattern):
        return _("This pattern takes too long. Write it more simply.")
    try:
        found = regex.compile(pattern).fullmatch(sample, timeout=MATCH_TIMEOUT_S)
    except regex.error as error:
        return _("This is no regular expression: %(why)s") % {"why": error}
    except TimeoutError:
        return _("This pattern takes too long. Write it more simply.")
    return "" if found else _("The example does not fit the pattern.")

"""E-mail addresses, also as people hide them: a(at)b.com, a [at] b [dot] com, a at b dot com, a艾特qq点com. Knows folded texts.

Every pattern begins where a word begins and reads a bounded stretch: no text makes it slow.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from knowledge.personal.kinds import Found

_L = r"A-Za-z0-9\u00c0-\u024f"
_LOCAL = rf"(?<![{_L}._%+'\-])[{_L}_%+][{_L}._%+'\-]{{0,63}}+"
_LABEL = rf"[{_L}](?:[{_L}\-]{{0,61}}[{_L}])?"
_PLAIN = re.compile(rf"{_LOCAL}(?:@ ?| @ )((?:{_LABEL}[.。]){{1,5}}[A-Za-z]{{2,24}})(?![A-Za-z0-9\-])")
_AT = r"(?: ?[(\[{<] ?(?:at|@|艾特) ?[)\]}>] ?| ?艾特 ?)"
_DOT = r"(?: ?[(\[{<] ?(?:dot|\.|点) ?[)\]}>] ?| ?点 ?| dot |[.。])"
_HIDDEN = re.compile(rf"{_LOCAL}{_AT}({_LABEL}(?:{_DOT}{_LABEL}){{0,3}}{_DOT}[A-Za-z]{{2,24}})(?![A-Za-z0-9\-])", re.IGNORECASE)
_NOBODY = r"(?<![A-Za-z])(?!(?:me|us|him|her|them|it|look|mail|email|reach|write|contact|site|page|shop|store|found|available|visit) at )"
_TOLD = re.compile(
    rf"{_NOBODY}{_LOCAL}(?: at | ?@ ?)({_LABEL}(?:(?: dot |[.]| ?点 ?){_LABEL}){{0,3}}(?: dot | ?点 ?|[(\[]dot[)\]])[A-Za-z]{{2,24}})"
    r"(?![A-Za-z0-9\-])",
    re.IGNORECASE,
)
_POSTS = r"(?:qq|163|126|139|189|sina|sohu|gmail|outlook|hotmail|yahoo|foxmail|icloud|aliyun|live)"
_WRONG_SIGN = re.compile(rf"{_LOCAL} ?# ?({_POSTS} ?[.。点] ?(?:com|cn|net))(?![A-Za-z0-9\-])", re.IGNORECASE)
_HINTS = re.compile(r"@|艾特|[(\[{<] ?at ?[)\]}>]| dot |# ?[qgshofial1-9]", re.IGNORECASE)
_FILES = set("png jpg jpeg gif svg webp pdf css js ts json html tgz whl exe apk mp4 txt csv xlsx docx".split())  # noqa: SIM905 - a list of words
_RELEASES = {"alpha", "beta", "rc", "dev", "latest", "next", "final", "post", "canary"}


def mails_in(text: str) -> Iterator[Found]:
    if not _HINTS.search(text):
        return
    for pattern in (_PLAIN, _HIDDEN, _TOLD, _WRONG_SIGN):
        for found in pattern.finditer(text):
            if _is_host(found[1]) and not found[0].startswith(("git@", "git ")):
                yield "email", found.start(), found.end()


def _is_host(domain: str) -> bool:
    """Neither a file (icon@2x.png) nor a release (vue@3.4.0-alpha.next)."""
    labels = re.split(r"[.。]", domain.lower())
    return labels[-1] not in _FILES | _RELEASES and not (len(labels) > 2 and labels[0].isdigit() and labels[1][:1].isdigit())

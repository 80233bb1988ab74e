"""Personal data in lines of a log that some library escaped."""

from __future__ import annotations

import json
from urllib.parse import quote, urlencode

import pytest

from knowledge.personal.escapes import unescaped
from knowledge.personal.finding import mask_log
from tests.canaries import CANARIES, MAIL, PHONE, SONG

LINES = [
    f"GET /api/v1/inbox?q={quote(MAIL, safe='')}",
    f"GET /search?{urlencode({'q': SONG})}",
    f"GET /search?q={quote('电话' + PHONE)}",
    f"sent {json.dumps({'text': '电话' + PHONE + '，身份证号' + CANARIES['identity']})}",
    f"read {('电话' + PHONE).encode()!r}",
    f"%2B86{PHONE}",
]


@pytest.mark.parametrize("line", LINES)
def test_what_is_escaped_is_hidden_too(line: str) -> None:
    told = mask_log(line)
    assert [name for name, canary in CANARIES.items() if canary in told or quote(canary, safe="") in told] == []
    assert told[:3] == line[:3] or line.startswith("%")


@pytest.mark.parametrize("line", ["100%25 done", "GET /a%20b?c=%E4%BD%A0", r"read b'\xe4\xbd\xa0' and \u4f60", "50% of 3", "%", r"\u12"])
def test_what_is_nobodys_stays_as_it_is(line: str) -> None:
    assert mask_log(line) == line


def test_each_character_knows_where_it_stood() -> None:
    plain, places = unescaped(r"a%40b\u4f60c")
    assert (plain, places) == ("a@b你c", [0, 1, 4, 5, 11, 12])

"""English postal addresses: a house number and a street, with or without flat, town and postcode; post office boxes.

Read from what is rare: a street's word, an American state with its code, a British postcode. A name of goods ("the 12 Oak Street candle")
goes on with a noun where an address ends or goes on with a comma, a flat or a little word. Knows folded texts.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

_BACK = 70
_SURE = r"street|st|avenue|ave|road|rd|boulevard|blvd|lane|ln"
_LOOSE = (
    r"drive|dr|court|ct|terrace|square|sq|crescent|parkway|pkwy|highway|hwy|mews|close|way|place|pl|circle|cir|trail|walk|row|gardens|grove"
    r"|hill|park|green|rise|loop|alley|plaza|quay|broadway"
)
_STATES = (
    r"A[LKZRAEPS]|C[AOT]|D[EC]|F[LM]|G[AU]|HI|I[DLNA]|K[SY]|LA|M[EDAINSOTHP]|N[EVHJMYCD]|O[HKR]|P[AWR]|RI|S[CD]|T[NX]|UT|V[TAI]|W[AVIY]"
)
_ZIP = re.compile(rf"(?<![A-Za-z0-9])(?:{_STATES}),? \d{{5}}(?:-\d{{4}})?(?![A-Za-z0-9\-])")
_POSTCODE = r"[A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2}"
_ELSEWHERE = r"(?:NSW|VIC|QLD|WA|SA|TAS|ACT|NT),? \d{4}|(?:AB|BC|MB|NB|NL|NS|ON|PE|QC|SK),? [A-Z]\d[A-Z] ?\d[A-Z]\d|Singapore \d{6}"
_BOX = re.compile(r"(?<![A-Za-z0-9])P\.? ?O\.? ?Box \d{1,6}(?!\d)", re.IGNORECASE)
_HOUSE = r"(?<![A-Za-z0-9.,$#\-/])\d{1,6}[A-Za-z]?(?:-\d{1,5})?"
_NUMBER = rf"(?:(?i:flat|apt\.?|apartment|unit|suite) ?[A-Za-z0-9]{{1,5}},? )?{_HOUSE}"
_STREET = re.compile(
    rf"{_HOUSE}(?P<words>(?: [A-Za-z0-9][A-Za-z0-9.'\-]*){{1,4}}?) (?P<street>(?P<sure>{_SURE})|(?:{_LOOSE}))(?![A-Za-z0-9])\.?", re.IGNORECASE
)
_DOOR = re.compile(r"(?<![A-Za-z0-9])(?:flat|apt\.?|apartment|unit|suite) ?[A-Za-z0-9]{1,5},? $", re.IGNORECASE)
_FLAT = (
    r"(?i:,? ?(?:#|(?:apt|apartment|suite|ste|unit|flat|floor|fl|room|rm|bldg|building)\.?) ?#?[A-Za-z0-9\-]{1,6}(?![A-Za-z0-9])"
    r"|,? ?\d{1,3}(?:st|nd|rd|th) floor)"
)
_PLACE = r"(?:[,\n] ?\n?[A-Z][A-Za-z.'\-]*(?: [A-Z][A-Za-z.'\-]*){0,3})"
_TAIL = re.compile(
    rf"{_FLAT}{{0,2}}(?:,? (?i:[a-z][a-z .'\-]{{1,24}},? (?:{_STATES}),? \d{{5}}(?:-\d{{4}})?(?![A-Za-z0-9]))"
    rf"|{_PLACE}{{0,3}},?[ \n](?:(?:{_STATES}),? \d{{5}}(?:-\d{{4}})?|{_POSTCODE}|{_ELSEWHERE})(?![A-Za-z0-9])"
    rf"|{_PLACE}{{1,2}}(?: (?:{_STATES}))?(?![A-Za-z0-9])(?= ?[.,;!?\n)]| ?$))?",
)
_BEFORE_ZIP = re.compile(rf"{_NUMBER}(?: [A-Z][A-Za-z.'\-]*){{1,4}}{_FLAT}?(?:[,\n ]{{1,2}}[A-Z][A-Za-z.'\-]*){{1,4}}[,\n ]{{1,2}}$")
_CODE = re.compile(rf"(?<![A-Za-z0-9]){_POSTCODE}(?![A-Za-z0-9])")
_BEFORE_CODE = re.compile(
    rf"(?:(?i:flat|studio|unit|apartment) [A-Za-z0-9]{{1,5}}|{_NUMBER})"
    rf"(?:[,\n ]{{1,2}}[A-Z0-9][A-Za-z0-9.'\-]*){{2,9}}[,\n ]{{1,2}}$"
)
_CUED = re.compile(rf"{_HOUSE}(?: [A-Z][A-Za-z.'\-]*){{2,4}}(?![A-Za-z0-9]){_FLAT}?")
_CUE = re.compile(
    r"(?:live at|lives at|living at|address(?: is|:)?|(?:ship|send|deliver|mail|forward)(?:ed)?(?: it| them| this| that| everything)?(?: to|:)"
    r"|moved to|come to|delivery to) ?$",
    re.IGNORECASE,
)
_FLAT_SIGN = re.compile(r"(?<= )(?:Apt|Suite|Ste|Unit)\.? ?#?\d{1,5}(?![A-Za-z0-9])")
_BEFORE_FLAT = re.compile(rf"{_NUMBER}(?: [A-Z][A-Za-z.'\-]*){{1,4}},? $")
_UNIT_LINE = re.compile(r"(?:PSC|Unit|USS|USNV|USNS|USCGC)[ A-Za-z0-9]{1,30},?[ \n](?:Box \d+\n?)?,?(?:[FAD]PO) $")
_NO_NAMES = re.compile(
    r" (?:a|an|the|of|to|on|in|at|down|up|for|from|with|and|or|per|miles?|km|kilometers?|metres?|meters?|minutes?|hours?|days?|weeks?"
    r"|years?|times|people|items?|pieces?|orders?|pairs?|packs?"
    r"|is|are|was|my|your|our|this|that|into|along|off|by|across|x|different|more|other|pm|am|gb|tb|mb|kb|hz|ghz|watt|volt|inch|mm|cm|kg|ml"
    r"|oz|lbs?|usb|hard|disk|hour|star)(?= |$)",
    re.IGNORECASE,
)
_GOES_ON = re.compile(
    r" ?(?:$|[.,;:!?)\]\n\"'/|]|[^\x00-\x7f]|-? (?:in|at|on|near|by|and|or|is|was|but|please|for|not|instead|to|with|from|before|after"
    r"|because|as|where|when|this|today|tomorrow|tonight|thanks|thank|if"
    r"|i|we|it|my|our|between|next|opposite|via|so|then|until|has|should|that|which|no|now|right|behind|across|\d|-)(?![A-Za-z]))",
    re.IGNORECASE,
)


def english_in(text: str) -> Iterator[tuple[int, int]]:
    last = 0
    for start, end in _streets(text):
        if start >= last:
            yield start, end
            last = end
    yield from (box.span() for box in _BOX.finditer(text))
    for found in _CUED.finditer(text):
        if _CUE.search(text[max(0, found.start() - 28) : found.start()]):
            yield found.span()
    for sign, heads in ((_ZIP, (_BEFORE_ZIP, _UNIT_LINE)), (_CODE, (_BEFORE_CODE,)), (_FLAT_SIGN, (_BEFORE_FLAT,))):
        for found in sign.finditer(text):
            before = text[max(0, found.start() - _BACK) : found.start()]
            if head := next((head for pattern in heads if (head := pattern.search(before))), None):
                yield found.start() - len(before) + head.start(), found.end()


def _streets(text: str) -> Iterator[tuple[int, int]]:
    start = 0
    while found := _STREET.search(text, start):
        end = _end(text, found)
        if end:
            door = _DOOR.search(text[max(0, found.start() - 18) : found.start()])
            yield found.start() - len(door[0] if door else ""), end
        start = end or found.end("words") if end or not re.search(r"\d", found["words"]) else found.start("words")


def _end(text: str, found: re.Match[str]) -> int | None:
    """Where the address ends that begins with this number; None where it is none."""
    words, street = found["words"], found["street"]
    if _NO_NAMES.search(words):
        return None
    tail = _TAIL.match(text, found.end())
    end = tail.end() if tail else found.end()
    is_named = all(word[:1].isupper() or word[:1].isdigit() for word in words.split()) and street[:1].isupper()
    if end > found.end() or ((found["sure"] or is_named) and _GOES_ON.match(text, end)):
        return end
    return None

"""Says whether a claim stands in the evidence or the conversation. Knows keys; nothing of streams."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from inference.grounding.claims import Found, Key, find_claims
from inference.grounding.folding import fold
from inference.grounding.segments import Segment, Segmenter

_NO_MEASURE = frozenset({"name", "digits", "url", "email", "date", "clock", "weekday", "ordinal", "count", "calendar_year"})
_COUNTING = tuple("个家种位项款")


class Facts:
    """What some texts say."""

    def __init__(self, texts: Iterable[str]) -> None:
        self.plain = "\n".join(fold(text) for text in texts)
        found = list(_all_claims(self.plain))
        self.keys: frozenset[Key] = frozenset(key for one in found for key in one.keys)
        self.numbers: frozenset[str] = frozenset(number for one in found for number in one.numbers)
        self.listed = _lists(self.plain)
        self.bases: frozenset[str] = frozenset(key[0] for key in self.keys)

    def say(self, key: Key, found: Found) -> bool:
        return key in self.keys or _CHECKS.get(key[0], _says_measure)(self, key, found)

    def repeats(self, text: str, after: str) -> bool:
        """Whether a claim stands here letter by letter with the same letter behind it, however either is read."""
        if not after.isalnum():
            return False
        wanted = fold(text).strip() + after
        return re.search(rf"(?<![a-z0-9.,]){re.escape(wanted)}", self.plain) is not None

    def of(self, base: str) -> list[Key]:
        return [key for key in self.keys if key[0] == base]


class Support:
    """Evidence first. The conversation may name things, but cannot overrule a measure that the evidence gives."""

    def __init__(self, evidence: Sequence[str], conversation: Sequence[str]) -> None:
        self._evidence = Facts(evidence)
        self._conversation = Facts(conversation)

    def holds(self, found: Found, after: str = "") -> bool:
        """`after`: the character behind the claim, where it is known."""
        if self._evidence.repeats(found.claim.text, fold(after)) or (after in _COUNTING and found.keys[0][-1] in self._evidence.listed):
            return True
        return all(self._holds_key(key, found) for key in found.keys)

    def _holds_key(self, key: Key, found: Found) -> bool:
        if self._evidence.say(key, found):
            return True
        if key[0] not in _NO_MEASURE and key[0] in self._evidence.bases:
            return False
        return self._conversation.say(key, found)


def _lists(plain: str) -> frozenset[str]:
    """How many things the lists name, as numbers: three sights are named where it says A、B、C."""
    runs = (run.strip("、") for run in re.split(r"[。；;：:\n]|、{2,}", plain))  # split, not searched: a long text has no list
    return frozenset(str(1 + run.count("、")) for run in runs if "、" in run)


def _all_claims(text: str) -> Iterable[Found]:
    """Claims as an answer's are read: segment by segment, so that both sides see the same."""
    segmenter = Segmenter()
    for part in (*segmenter.feed(text), *segmenter.flush()):
        if isinstance(part, Segment):
            yield from find_claims(part.before + part.text, start=len(part.before), opens_line=False, is_answer=False)


def _says_count(facts: Facts, key: Key, found: Found) -> bool:
    """A number without a unit may stand for one with a unit only where nothing is counted."""
    return ("digits", key[1]) in facts.keys or (found.stands_bare and key[1] in facts.numbers)


def _says_measure(facts: Facts, key: Key, found: Found) -> bool:
    """A number with a unit is also said by a bare number beside a table's heading such as "Days: 7"."""
    is_month_name = key[0] == "month" and "个" not in found.claim.text and any(date[2] == key[1] for date in facts.of("date"))
    if is_month_name:
        return True
    return key[0] in facts.bases and len(found.numbers) == len(found.keys) and all(("count", number) in facts.keys for number in found.numbers)


def _says_date(facts: Facts, key: Key, _found: Found) -> bool:
    _, year, month, day = key
    for _, other_year, other_month, other_day in facts.of("date"):
        same_year = year in {"", other_year} or (not other_year and ("calendar_year", year) in facts.keys)
        if same_year and month == other_month and day in {"", other_day}:
            return True
    return False


def _says_year(facts: Facts, key: Key, _found: Found) -> bool:
    return ("count", key[1]) in facts.keys or any(date[1] == key[1] for date in facts.of("date"))


def _says_clock(facts: Facts, key: Key, _found: Found) -> bool:
    """晚上 may be left away: 6 o'clock is also said by 18:00."""
    return int(key[1]) <= 720 and ("clock", str(int(key[1]) + 720)) in facts.keys


def _says_name(facts: Facts, key: Key, _found: Found) -> bool:
    spelled = r"[\s._/-]?".join(map(re.escape, key[1]))
    unit = r"(?:[cm]m|kg|[mg])?" if key[1][-1].isdigit() else ""
    return re.search(rf"(?<![a-z0-9]){spelled}{unit}(?![a-z0-9])", facts.plain) is not None


def _says_digits(facts: Facts, key: Key, _found: Found) -> bool:
    digits = key[1]
    if digits in facts.numbers:
        return True
    return len(digits) >= 7 and any(
        other[1] in {f"86{digits}", f"0086{digits}"} or digits in {f"86{other[1]}", f"0086{other[1]}"} for other in facts.of("digits")
    )


def _says_url(facts: Facts, key: Key, _found: Found) -> bool:
    return any(other[1].startswith((f"{key[1]}/", f"{key[1]}?", f"{key[1]}#")) for other in facts.of("url"))


def _says_weekday(facts: Facts, key: Key, _found: Found) -> bool:
    days = sorted(day[1] for day in facts.of("weekday"))
    if key[1] == "末":
        return "6" in days or "7" in days
    return len(days) == 2 and days[0] < key[1] < days[1]


def _says_counted(facts: Facts, key: Key, found: Found) -> bool:
    """Of people and times the word that counts them is free: 6 场 and 6 次."""
    return key[1] in facts.numbers or _says_measure(facts, key, found)


def _says_age(facts: Facts, key: Key, found: Found) -> bool:
    """"Over 65" and "a three-year guarantee" say how many years without "old"."""
    return ("month", str(12 * int(key[1]))) in facts.keys or key[1] in facts.numbers if key[1].isdigit() else _says_measure(facts, key, found)


def _never(_facts: Facts, _key: Key, _found: Found) -> bool:
    return False


_CHECKS = {
    "count": _says_count,
    "date": _says_date,
    "calendar_year": _says_year,
    "clock": _says_clock,
    "name": _says_name,
    "digits": _says_digits,
    "url": _says_url,
    "email": _never,
    "weekday": _says_weekday,
    "age": _says_age,
    "time": _says_counted,
    "person": _says_counted,
}

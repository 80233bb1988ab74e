"""What tells a supported sentence from one that was made up: shares of its words, longest copies, the fit of its numbers.

Cheap and without an encoder, so that the generation worker needs none. Knows nothing of weights or streams.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from inference.grounding.claims import Key
from inference.grounding.fitting import Fit
from inference.grounding.kin import Kinship, shipped
from inference.grounding.passages import Mention, Passage, Unit, rarity, units_of, windows
from inference.grounding.support import Support

# Each with the way it speaks: 1 for support, -1 against it, 0 for neither by itself. The fit has to keep to it.
SIGNS = {
    "is_zh": 0, "units": 0, "covered": 1, "covered_rare": 1, "covered_asked": 1, "novel": -1, "novel_asked": -1, "best_one": 1, "best_two": 1,
    "pairs": 1, "longest": 1, "runs": -1, "letters": 1, "figures": 0, "figures_there": 1, "figures_asked": 1, "home": 1, "lead": 1,
    "lead_before": 1, "lead_own": 1, "rivals": 0, "unit_after": 1, "asked_covered": 1, "own_voice": -1, "asks": -1, "turned": -1,
    "clauses_turned": -1, "denials_differ": -1, "misplaced": -1, "covered_all": 1, "kin": 1, "kin_least": 1, "kin_asked": 1,
}  # fmt: skip
_OWN_VOICE = re.compile(r"\b(?:i|i'm|i've|me|my|mine|myself|we|our)\b|我|咱")
_NO_FIGURE = 1.0
_AS_ASKED = (1.0, 1.0, 0.0, 0.0, 0.0, 0.0, 1.0)  # the visitor's own number, said back


class Known:
    """The evidence and the question, read once for all sentences of an answer."""

    def __init__(self, evidence: Sequence[str], question: str) -> None:
        self.passages = [Passage(text, number) for number, text in enumerate(evidence)]
        self.asked = Passage(question)
        self.counts = rarity(self.passages)
        self.one, self.two = windows(self.passages, 1), windows(self.passages, 2)
        self.asked_words = frozenset(unit.text for unit in self.asked.units)
        self.texts = " \n ".join(passage.plain for passage in self.passages)
        self.squeezed = squeezed(self.texts)
        runs = [_every_word(passage.plain) for passage in self.passages]
        self.all_words = frozenset(word for run in runs for word in run)
        self.pairs = frozenset(pair for run in runs for pair in _pairs(run))
        self.fit = Fit(evidence)
        self.kinship = Kinship(shipped(), self.texts)
        self.kinship_asked = Kinship(shipped(), self.asked.plain)
        self.mentions = [mention for passage in self.passages for mention in passage.mentions]
        self._given = (evidence, question)
        self._support: Support | None = None
        self._spread: dict[tuple[int, int], dict[str, float]] = {}
        self._signs: dict[str, tuple[float, ...]] = {}

    def signs(self, sentence: str) -> tuple[float, ...]:
        """`signs_of`, remembered: a sentence is judged when it comes, and once more with the whole answer."""
        if sentence not in self._signs:
            self._signs[sentence] = signs_of(sentence, self)
        return self._signs[sentence]

    @property
    def support(self) -> Support:
        """Read when a number is not found as it stands."""
        if self._support is None:
            self._support = Support(self._given[0], [self._given[1]])
        return self._support

    def asks_with(self, keys: tuple[Key, ...]) -> bool:
        return {key for mention in self.asked.mentions for key in mention.found.keys}.issuperset(keys)

    def weight(self, unit: str) -> float:
        return 1.0 / (1 + self.counts[unit])

    def spread(self, mention: Mention) -> dict[str, float]:
        place = (mention.passage, mention.start)
        if place not in self._spread:
            self._spread[place] = self.passages[mention.passage].spread(mention)
        return self._spread[place]


def signs_of(sentence: str, known: Known) -> tuple[float, ...]:
    """One value for each of SIGNS."""
    said = Passage(sentence, is_answer=True)
    words = [unit.text for unit in said.units]
    own = frozenset(words)
    there = [word in known.counts for word in words]
    asked = [word in known.asked_words for word in words]
    weights = [1.0 if known.counts[word] else 2.0 for word in words]
    run = _every_word(said.plain)
    plain = squeezed(said.plain)
    return (
        float(any(unit.text > "z" for unit in said.units)),
        min(60.0, len(words)),
        _share(there),
        sum(w for w, t in zip(weights, there, strict=True) if t) / sum(weights) if weights else 1.0,
        _share([one or other for one, other in zip(there, asked, strict=True)]),
        min(12.0, len({word for word in own if word not in known.counts})),
        min(12.0, len({word for word in own if word not in known.counts and word not in known.asked_words})),
        _best(own, known.one),
        _best(own, known.two),
        _share([pair in known.pairs for pair in _pairs(run)]),
        *_copies(plain, known.squeezed),
        _share([character in known.squeezed for character in plain]),
        *_figures(said, known),
        _share([word in known.counts for word in known.asked_words]),
        float(len(_OWN_VOICE.findall(said.plain))),
        float(said.plain.rstrip().endswith("?")),
        *known.fit.of(sentence),
        _share([word in known.all_words for word in run]),
        *_kin(said.plain, known),
    )


def _kin(plain: str, known: Known) -> tuple[float, float, float]:
    """How near the words come to the evidence's: on average, the three farthest, and on average where the question's count too."""
    near = known.kinship.of(plain)
    if not near:
        return 1.0, 1.0, 1.0
    either = [max(pair) for pair in zip(near, known.kinship_asked.of(plain), strict=True)]
    least = sorted(near)[:3]
    return sum(near) / len(near), sum(least) / len(least), sum(either) / len(either)


def _figures(said: Passage, known: Known) -> tuple[float, ...]:
    """How well the worst number of the sentence fits where the evidence has it, against the evidence's other numbers."""
    if not said.mentions:
        return 0.0, 1.0, 1.0, 1.0, _NO_FIGURE, _NO_FIGURE, _NO_FIGURE, 0.0, 1.0
    whole = _context(said.units, known, known.asked_words)
    answer = _context(said.units, known, frozenset())
    rows = [_fit(mention, said, known, whole, answer) for mention in said.mentions]
    there = [row[0] for row in rows]
    asked = {key for mention in known.asked.mentions for key in mention.found.keys}
    either = [row[0] or asked.issuperset(mention.found.keys) for row, mention in zip(rows, said.mentions, strict=True)]
    worst = min(rows, key=lambda row: row[2])
    return (
        min(6.0, float(len(rows))),
        _share([bool(value) for value in there]),
        _share([bool(value) for value in either]),
        min(row[1] for row in rows),
        worst[2],
        min(row[3] for row in rows),
        min(row[4] for row in rows),
        worst[5],
        min(row[6] for row in rows),
    )


_Fit = tuple[float, float, float, float, float, float, float]


def _fit(mention: Mention, said: Passage, known: Known, whole: dict[str, float], answer: dict[str, float]) -> _Fit:
    """There or not; fit of the best home; its lead over rivals by all words, by words before it, by the answer's; rivals; same unit after."""
    keys = mention.found.keys
    homes = [other for other in known.mentions if _same(keys, other)]
    if not homes and known.asks_with(keys):
        return _AS_ASKED
    if not homes:
        after = said.plain[mention.end : mention.end + 1]
        return float(known.support.holds(mention.found, after)), 0.0, -1.0, -1.0, -1.0, 0.0, 0.0
    rivals = [other for other in known.mentions if other not in homes and _same_kind(keys, other)]
    near = {word: value * answer[word] for word, value in said.spread(mention).items() if word in answer}
    total = sum(whole.values()) or 1.0
    home = max(homes, key=lambda other: _pull(whole, known.spread(other)))
    own = _pull(whole, known.spread(home))
    lead = own - max((_pull(whole, known.spread(other)) for other in rivals), default=0.0)
    before = max(_before(whole, one, known) for one in homes) - max((_before(whole, one, known) for one in rivals), default=0.0)
    closer = max(_pull(near, known.spread(one)) for one in homes) - max((_pull(near, known.spread(one)) for one in rivals), default=0.0)
    after = said.plain[mention.end : mention.end + 2].strip()
    same_after = max(float(_agree(after, known.passages[one.passage].plain[one.end : one.end + 2].strip())) for one in homes)
    return 1.0, own / total, lead / total, before / total, closer / (sum(near.values()) or 1.0), min(9.0, float(len(rivals))), same_after


def _before(words: dict[str, float], mention: Mention, known: Known) -> float:
    """The pull of the words just before it: a field's name stands there."""
    passage = known.passages[mention.passage]
    return sum(words.get(unit.text, 0.0) for unit in passage.units if unit.at < mention.start and passage.distance(unit.at, mention.start) < 16)


def _agree(one: str, other: str) -> bool:
    return not one or not one[0].isalnum() or one[:1] == other[:1]


def _same(keys: tuple[Key, ...], other: Mention) -> bool:
    return all(any(_says(key, their, other) for their in other.found.keys) for key in keys)


def _says(key: Key, their: Key, other: Mention) -> bool:
    if key == their:
        return True
    if key[0] == their[0] == "date":
        return all(not one or one == another for one, another in zip(key[1:], their[1:], strict=True))
    if key[0] == "calendar_year":
        return key[1] in other.found.numbers or (their[0] == "date" and their[1] == key[1])
    return key[0] == "count" and key[1] in other.found.numbers


def _same_kind(keys: tuple[Key, ...], other: Mention) -> bool:
    kinds = {key[0] for key in keys}
    return any(key[0] in kinds or {key[0], *kinds} <= {"count", "calendar_year", "digits"} for key in other.found.keys)


def _context(units: Sequence[Unit], known: Known, asked: frozenset[str]) -> dict[str, float]:
    return {word: known.weight(word) for word in {*(unit.text for unit in units), *asked} if word in known.counts and not word[0].isdigit()}


def _pull(words: dict[str, float], spread: dict[str, float]) -> float:
    return sum(weight * spread.get(word, 0.0) for word, weight in words.items())


def squeezed(plain: str) -> str:
    return re.sub(r"[^\w\u3400-\u9fff]+", " ", plain).strip()


def _every_word(plain: str) -> list[str]:
    """Those that bind too: words of English, of Chinese pairs of characters."""
    return [unit.text for unit in units_of(plain, with_plain_words=True)]


def _pairs(words: Sequence[str]) -> list[tuple[str, str]]:
    """Neighbours."""
    return list(zip(words, words[1:], strict=False))


def _best(own: frozenset[str], others: Sequence[frozenset[str]]) -> float:
    return max((len(own & other) for other in others), default=0) / len(own) if own else 1.0


def _share(values: Sequence[bool]) -> float:
    return sum(values) / len(values) if values else 1.0


def _copies(plain: str, evidence: str) -> tuple[float, float]:
    """The longest copy as a share of the sentence; and how many copies (of three characters and more) cover it, for each ten characters."""
    at, longest, runs = 0, 0, 0
    while at < len(plain):
        low = 0
        step = 1
        while at + low + step <= len(plain) and plain[at : at + low + step] in evidence:
            low += step
            step = min(step * 2, 32)
        while step > 1:
            step //= 2
            if at + low + step <= len(plain) and plain[at : at + low + step] in evidence:
                low += step
        longest = max(longest, low)
        runs += 1
        at += max(1, low)
    return (longest / len(plain), 10 * runs / len(plain)) if plain else (1.0, 0.0)

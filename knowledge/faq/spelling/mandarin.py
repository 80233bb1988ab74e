"""Chinese as it was meant: pinyin written out, characters of the same sound put right.

A message in Latin letters is pinyin only where English is much the worse explanation. Beside Han characters a run of letters is pinyin where it
falls into syllables and nobody knows it as a word. Does not know which knowledge base the words are from.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from knowledge.faq.spelling import signs
from knowledge.faq.spelling.bank_words import BankWords
from knowledge.faq.spelling.lattice import Way, cheapest
from knowledge.faq.spelling.lexicon import chinese, english
from knowledge.faq.spelling.reading import Change
from knowledge.faq.spelling.signs import HAN, HAN_SIGNS
from knowledge.faq.spelling.syllables import num_syllables

_TOKEN = re.compile(r"(?<![0-9a-z_@./-])[a-z]+(?:['’][a-z]+)*(?![0-9a-z_@/-]|\.[a-z])")
_STRETCH = re.compile(f"[a-z{HAN_SIGNS}](?:[a-z'’ {HAN_SIGNS}]*[a-z{HAN_SIGNS}])?")
_PARTICLES = {"de": "的", "ma": "吗", "le": "了", "ne": "呢", "ba": "吧"}
UNKNOWN_WORD, UNKNOWN_LETTER = 4.0, 2.3  # what an English word that nobody knows costs, and each of its letters
KNOWN_ENGLISH = 12.7  # cheaper is a word that people use
LEAST_LETTERS = 0.7  # of a message in pinyin: its share that falls into syllables
FEW_ENGLISH, MOST_ENGLISH = 0.5, 0.75  # of the letters in syllables: the share that are English words as well
MOST_A_SYLLABLE = 8.5  # a dearer reading is none
LEAST_IN_WORDS, LEAST_BESIDE_A_MATTER = 0.5, 0.3  # of the syllables: the share in words of two and more; where one is the bank's
EVERYDAY = 9.0  # cheaper is a word that everybody says all day
MARGIN, WIDE_MARGIN = 4.0, 12.0  # by how much it has to beat a reading in English of which words are known: few, many


@dataclass(frozen=True, slots=True)
class Token:
    start: int
    end: int
    text: str
    num_syllables: int
    english: float  # what it costs as an English word
    is_known: bool

    @property
    def is_pinyin(self) -> bool:
        return self.num_syllables > 0


def respelt(text: str, words: BankWords) -> tuple[Change, ...]:
    """Changes of kind pinyin and homophone; `was` is taken from the folded message."""
    folded = signs.folded(text)
    tokens = [_token(match, words) for match in _TOKEN.finditer(folded)]
    if HAN.search(folded):
        # Capitals among characters are a name: SF, VIP.
        sounding = [token for token in tokens if token.is_pinyin and not text[token.start : token.end].isupper()]
        return tuple(_beside_han(folded, sounding, words))
    return _pinyin_message(folded, tokens, words)


def _token(match: re.Match[str], words: BankWords) -> Token:
    text = match[0].replace("’", "'")
    count = num_syllables(text.replace("'", "")) if len(text) <= 60 else 0
    cost = words.english_cost(text, english().cost(text))
    unknown = UNKNOWN_WORD + UNKNOWN_LETTER * len(text)
    return Token(match.start(), match.end(), text, count, min(cost, unknown), cost < KNOWN_ENGLISH or text in words.latin)


# --- a message without Han characters --------------------------------------------------------------------------------


def _pinyin_message(folded: str, tokens: Sequence[Token], words: BankWords) -> tuple[Change, ...]:
    sounding = [token for token in tokens if token.is_pinyin]
    if not _may_be_pinyin(tokens, sounding):
        return ()
    stretches = list(_stretches(folded, sounding))
    paths = [cheapest(folded[start:end], words) for start, end in stretches]
    ways = [way for _, path in paths for way in path if way.word]
    cost = sum(cost for cost, _ in paths)
    if not ways or not _is_plausible(cost, ways, sounding, words):
        return ()
    written = ["".join(way.word for way in path) for _, path in paths]
    return tuple(Change(start, end, folded[start:end], now, "pinyin") for (start, end), now in zip(stretches, written, strict=True))


def _may_be_pinyin(tokens: Sequence[Token], sounding: Sequence[Token]) -> bool:
    """Nearly all falls into syllables, one name aside, and little of it is English."""
    heard = sum(len(token.text) for token in sounding)
    syllables = sum(token.num_syllables for token in sounding)
    letters = sum(len(token.text) for token in tokens)
    nearly_all = heard >= LEAST_LETTERS * letters or (len(tokens) - len(sounding) == 1 and len(sounding) > 2)
    return syllables > 1 and nearly_all and _known_share(sounding) <= MOST_ENGLISH


def _known_share(sounding: Sequence[Token]) -> float:
    """Of the letters that sound: how many are in words that English has too."""
    return sum(len(token.text) for token in sounding if token.is_known) / max(sum(len(token.text) for token in sounding), 1)


def _is_plausible(cost: float, ways: Sequence[Way], sounding: Sequence[Token], words: BankWords) -> bool:
    """Cheaper than English, every syllable fair, half of them in words; a very short message has to be a word of the bank's or of everybody's."""
    syllables = sum(len(way.word) for way in ways)
    in_words = sum(len(way.word) for way in ways if len(way.word) > 1)
    known = _known_share(sounding)
    margin = (WIDE_MARGIN if known > FEW_ENGLISH else MARGIN) if known else 0.0
    in_english = sum(token.english for token in sounding)
    if cost + margin > in_english or cost > MOST_A_SYLLABLE * syllables:
        return False
    if syllables <= 2:
        return in_words == syllables and all(way.word in words.chinese or chinese().cost(way.word) < EVERYDAY for way in ways)
    names_a_matter = any(len(way.word) > 1 and way.word in words.chinese for way in ways)
    least = LEAST_BESIDE_A_MATTER if names_a_matter and cost + WIDE_MARGIN < in_english else LEAST_IN_WORDS
    return in_words >= least * syllables


# --- a message with Han characters -----------------------------------------------------------------------------------


def _beside_han(folded: str, sounding: Sequence[Token], words: BankWords) -> Iterator[Change]:
    """Letters that turn out to mean nothing stay, and the rest is read again without them."""
    in_company = _is_in_company(sounding)
    read = [(start, folded[start:end], cheapest(folded[start:end], words)[1]) for start, end in _stretches(folded, sounding)]
    doubtful = [token for token in sounding for start, stretch, path in read if _is_doubtful(token, start, stretch, path, in_company=in_company)]
    if doubtful:
        yield from _beside_han(folded, [token for token in sounding if token not in doubtful], words)
        return
    for start, stretch, path in read:
        yield from _changes_of(path, stretch, start)


def _is_in_company(sounding: Sequence[Token]) -> bool:
    """Several words in letters that are no English: then those that could be are none either."""
    strange = [token for token in sounding if not token.is_known]
    return len(strange) > 1 and 2 * len(strange) >= len(sounding)


def _is_doubtful(token: Token, start: int, stretch: str, path: Sequence[Way], *, in_company: bool) -> bool:
    """English, or a single syllable: it has to make a word with the characters around it, be a particle, or stand in company."""
    if not start <= token.start < start + len(stretch):
        return False
    own = [way for way in path if way.word and start + way.start < token.end and start + way.end > token.start]
    if in_company or any(HAN.search(stretch[way.start : way.end]) for way in own):
        return False
    if _PARTICLES.get(token.text) == "".join(way.word for way in own):
        return False
    return token.is_known or not own or any(len(way.word) == 1 for way in own)


def _changes_of(path: Sequence[Way], stretch: str, start: int) -> Iterator[Change]:
    for is_pinyin, ways in groupby(path, key=lambda way: not way.word or _has_letters(way, stretch)):
        told = [way for way in ways if way.word]
        if is_pinyin and told:
            first, last = told[0].start, told[-1].end
            yield Change(start + first, start + last, stretch[first:last], "".join(way.word for way in told), "pinyin")
            continue
        yield from (_slip(way, stretch, start) for way in told if way.slips)


def _slip(way: Way, stretch: str, start: int) -> Change:
    """From the first character that differs to the last; a filler between characters has no place in a word."""
    was = stretch[way.start : way.end]
    if len(was) != len(way.word):
        return Change(start + way.start, start + way.end, was, way.word, "homophone")
    places = [place for place, (one, other) in enumerate(zip(was, way.word, strict=True)) if one != other]
    first, last = places[0], places[-1] + 1
    return Change(start + way.start + first, start + way.start + last, was[first:last], way.word[first:last], "homophone")


def _has_letters(way: Way, stretch: str) -> bool:
    return any(sign.isascii() and sign.isalpha() for sign in stretch[way.start : way.end])


# --- both ------------------------------------------------------------------------------------------------------------


def _stretches(folded: str, sounding: Sequence[Token]) -> Iterator[tuple[int, int]]:
    """Runs of Han characters, letters that sound, and what stands between them."""
    heard = bytearray(len(folded))
    for token in sounding:
        heard[token.start : token.end] = b"\1" * (token.end - token.start)
    masked = "".join(sign if heard[place] or not (sign.isascii() and sign.isalpha()) else "\0" for place, sign in enumerate(folded))
    for match in _STRETCH.finditer(masked):
        yield match.span()

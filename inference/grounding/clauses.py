"""Cuts a text into clauses and reads of each what could turn its meaning: what it denies, and which words its numbers stand with.

Evidence and answers are read alike, so that whatever is repeated reads the same. Knows shapes, no meaning and no truth.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from inference.grounding.claims import Found, find_claims
from inference.grounding.folding import fold
from inference.grounding.parts import cut

_HARD = frozenset("\n\r。！？；，：…（）()")  # end a clause wherever they stand
_SOFT = frozenset(".!?;,:")  # end one before a space only: not in 1,000 and 9:00
_SENTENCE_ENDS = frozenset("\n\r。！？.!?")

_HAN = re.compile(r"[\u3400-\u9fff]+")
_WORD = re.compile(r"[a-z][a-z'-]*")
_BETWEEN = re.compile(r"[、,]|\b(?:and|or)\b|[和及与或]")
_RANGE_OPENS = re.compile(r"\b(?:between|from)\b[^,.;]{0,24}$")
_NEGATION = re.compile(
    r"\b(?:not(?!\sonly\b)|no(?!\s(?:they|the|it|you|we|there|this|that|more|less|later|larger|bigger|longer|higher|fewer)\b)"
    r"(?!\s(?:[a-z]+\s)?(?:charges?|fees?|costs?)\b)"  # "free" says the same
    r"|never|none|neither|nor|cannot|without|prohibited|forbidden|banned|unable|unavailable|void\sof|lacks?)\b|n't\b"
    r"|不(?![仅但过管论只断久锈错])|没|勿|无(?![论线])|未(?!来)|非(?![常洲])|(?<![特分区类个级性识辨告])别(?![的人名称])|禁止|严禁|谢绝|免费"
)
_NEXT_PREDICATE = re.compile(r"\b(?:but|if|when|because|while|unless|until|which|that|you|we|they|it)\b|可以|就|才|但|而|即")
_HELPERS = re.compile(r"(?:能够|能|可以|可|得|会|要|应|该|\s)+")
_DENIED_WORDS, _DENIED_CHARACTERS = 2, 6
_REPEATED = 8  # letters
_PLAIN_TEXT = """
    a an the of in on at to by is are was were be been being it its he she his her him they them their you your we us our my me i and or but if as
    for from with within not no nor never none neither cannot without can could may might must shall should will would do does did done have has
    had so than that this these those then there here which who whom whose what when where while also only just per about into any all each
    """
_PLAIN_WORDS = frozenset(_PLAIN_TEXT.split())


@dataclass(frozen=True, slots=True)
class Figure:
    """A claim with the words it stands with, and those before it in the sentence, which it may share."""

    found: Found
    words: tuple[str, ...]
    earlier: frozenset[str]


@dataclass(frozen=True, slots=True)
class Clause:
    """`denied` has for each negation the words after it."""

    plain: str
    words: tuple[str, ...]
    denied: tuple[frozenset[str], ...]
    figures: tuple[Figure, ...]
    lead: tuple[str, ...]  # words of the clauses just before it that have no claim: 银卡会员，购物省 3%

    def has(self, words: frozenset[str]) -> bool:
        """Whether it has one of them; a single Chinese character may be a part of any pair."""
        return not words.isdisjoint(self.words) or any(len(word) == 1 and word in self.plain for word in words if word > "z")


def repeats(clause: Clause, other: Clause) -> bool:
    """Whether one says the other's words letter by letter, and nothing denied is left out beside them."""
    wanted = clause.plain.rstrip(".,;:!?。，；：！？ ")
    at = other.plain.find(wanted)
    return len(wanted) >= _REPEATED and at >= 0 and not _NEGATION.search(f"{other.plain[:at]}\n{other.plain[at + len(wanted) :]}")


class Cutter:
    """Takes characters one by one and gives back each clause when it is known to be whole."""

    def __init__(self) -> None:
        self.text = ""

    def ends_before(self, character: str) -> bool:
        return self.text[-1:] in _SOFT and character.isspace()

    def ends_after(self, character: str) -> bool:
        return character in _HARD

    def close(self) -> str:
        text, self.text = self.text, ""
        return text


class Reader:
    """Reads one clause after the other; remembers the words of the sentence so far."""

    def __init__(self) -> None:
        self.lead: tuple[str, ...] = ()
        self._earlier: frozenset[str] = frozenset()

    def read(self, text: str) -> Clause:
        plain = plain_of(text)
        words = words_of(plain)
        negations = list(_NEGATION.finditer(plain))
        denied = tuple(_denied(plain[: found.start()], plain[found.end() :]) for found in negations)
        figures = tuple(self._figures(plain))
        clause = Clause(plain.strip(), words, denied, figures, self.lead)
        self._go_on(plain, clause)
        return clause

    def _go_on(self, plain: str, clause: Clause) -> None:
        if plain.rstrip(" ")[-1:] in _SENTENCE_ENDS:
            self.lead, self._earlier = (), frozenset()
            return
        self.lead = () if clause.figures else (*self.lead, *clause.words)
        self._earlier |= {*clause.words}

    def _figures(self, plain: str) -> Iterator[Figure]:
        found = list(find_claims(plain))
        bare = _without(plain, found)
        lead, earlier, start = self.lead, self._earlier, 0
        while found:
            group, end = _together(bare, found)
            words = (*lead, *words_of(bare[start:end]))
            yield from (Figure(one, words, earlier) for one in group)
            lead, earlier, start, found = (), earlier | {*words}, end, found[len(group) :]


def clauses_of(text: str) -> Iterator[Clause]:
    """A text, clause by clause."""
    reader = Reader()
    for part in cut(text, Cutter()):
        yield reader.read(part)


def settled_in(text: str) -> list[bool]:
    """For each place of the text, its end too: whether what stands before it in its clause is past the clause's last negation."""
    settled: list[bool] = [True]
    for part in cut(text, Cutter()):
        last = max((found.end() for found in _NEGATION.finditer(plain_of(part))), default=0)
        settled += [at >= last for at in range(1, len(part) + 1)]
    return settled


def plain_of(text: str) -> str:
    return fold(text).replace("’", "'")


def words_of(plain: str) -> tuple[str, ...]:
    """What could tell one clause from another: words of content without endings, pairs of Chinese characters."""
    pairs = (run[0][at : at + 2] for run in _HAN.finditer(plain) for at in range(max(1, len(run[0]) - 1)))
    stems = (stem(word[0]) for word in _WORD.finditer(plain) if word[0] not in _PLAIN_WORDS and not word[0].endswith("n't"))
    return (*pairs, *stems)


def is_plain_word(word: str) -> bool:
    """Whether an English word binds and tells nothing by itself."""
    return word in _PLAIN_WORDS


def stem(word: str) -> str:
    word = word.lower().replace("’", "'").removesuffix("'s")
    for ending in ("ing", "ed", "es", "s", "ly"):
        if word.endswith(ending) and len(word) - len(ending) >= 3:
            return word.removesuffix(ending).rstrip("e")
    return word.rstrip("e")


def _denied(before: str, after: str) -> frozenset[str]:
    """不能退货 denies 退货, 取消不了 denies 取消; "cannot be returned if" denies "returned", "the tote not at all" denies "tote"."""
    if after.startswith("了"):
        return frozenset(words_of(before)[-1:])
    helpers = _HELPERS.match(after)
    rest = after[helpers.end() :] if helpers else after
    if following := _NEXT_PREDICATE.search(rest):
        rest = rest[: following.start()]
    if run := _HAN.match(rest):
        return frozenset(words_of(run[0][:_DENIED_CHARACTERS]))
    return frozenset(words_of(rest)[:_DENIED_WORDS] or words_of(after)[:_DENIED_WORDS] or words_of(before)[-_DENIED_WORDS:])


def _without(plain: str, found: list[Found]) -> str:
    for one in found:
        plain = plain[: one.claim.start] + " " * (one.claim.end - one.claim.start) + plain[one.claim.end :]
    return plain


def _together(bare: str, found: list[Found]) -> tuple[list[Found], int]:
    """The first claims that no "and" parts, and where their words end."""
    for number, (one, other) in enumerate(zip(found, found[1:], strict=False), 1):
        borders = list(_BETWEEN.finditer(bare, one.claim.end, other.claim.start))
        if borders and not _RANGE_OPENS.search(bare, 0, one.claim.start):
            return found[:number], borders[-1].start()
    return found, len(bare)

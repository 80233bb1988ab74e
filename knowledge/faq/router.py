"""From a question to a band: exact map, candidates, measures, a calibrated chance, cuts that keep the promise, guards.

Knows one bank with everything learnt from it. Does not know rows, intents, evidence or what is done with a band.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from knowledge.contracts import ONE_STANDS_OUT, SEVERAL, Band, Candidate, Exchange, FaqMatch, Language, Option, Question
from knowledge.faq.bank import Bank, BankFaq
from knowledge.faq.bank_reading import BankReading
from knowledge.faq.choosing import chosen
from knowledge.faq.core import core_of
from knowledge.faq.crowding import crowding_renewed
from knowledge.faq.earlier import Earlier
from knowledge.faq.encoder import Encoder, Vectors
from knowledge.faq.examples import background_texts, examples
from knowledge.faq.features import FEATURES, SIGNS, Matrix, Measure, Measured, signs
from knowledge.faq.fitting import PROMISES, Chances, Fit, choice_shares, fit
from knowledge.faq.following import Context, context_of, goes_on, is_short, said_before
from knowledge.faq.guards.vetoing import Guards, Veto
from knowledge.faq.index import VariantIndex, counted_of, rows_of
from knowledge.faq.normalise import detect_language, exact_key, words
from knowledge.faq.practice import practice
from knowledge.faq.spelling.speller import Speller
from knowledge.intent.several import questions_in

MAX_CANDIDATES = 5
MAX_OPTIONS = 3
STANDS_OUT = 0.35  # of the first, and well ahead of the second: more often right than its chance says, and what is written from it is checked
AHEAD = 1.5  # times the second's chance
VAGUE_BELOW = 0.7  # a word or two need to be that sure, or many things may be meant
LEAST_THREE = 0.5  # below, the right FAQ is more likely not among the chips: asking back would waste a turn
LEAST_VAGUE = 0.25  # the same for a word or two, which more words will follow anyhow
LEAST_SCOPE = 0.02
EXACT = 0.999
# Measures of several texts are averaged, so that in context chances come out low: only what is far more likely alone stands alone.
NEARER = 1.2  # times the chance of what was written: a rare word is not always a slip, and words left out may have said something
ALONE_WINS = 2.0
CONTEXT_SHARES = (0.3, 0.3, 0.4)  # of a message alone, after the one before it, after the title of what answered that one


@dataclass(frozen=True, slots=True)
class Ranked:
    """A question's candidates, best first."""

    faqs: tuple[int, ...]
    rows: tuple[int, ...]
    shares: tuple[float, ...]  # of the choice model, summing to 1
    features: Matrix
    signs: Matrix
    chances: Chances


class FaqRouter:
    """Immutable once built."""

    def __init__(self, bank: Bank, encoder: Encoder, measure: Measure, fitted: Fit, reading: BankReading | None = None) -> None:
        self.bank, self.encoder, self.measure, self.fit = bank, encoder, measure, fitted
        self.index = measure.index
        reading = reading or BankReading.build(bank)
        self.reading: BankReading | None = reading
        self.guards = Guards(bank, reading.entities)
        self.speller = Speller.over(reading.said)
        self._exact = reading.exact_map(bank)
        self._numbers = {faq.key: number for number, faq in enumerate(bank.faqs)}
        self._dated = [number for number, faq in enumerate(bank.faqs) if faq.valid_from or faq.valid_until]

    @classmethod
    def build(cls, bank: Bank, encoder: Encoder, fitted: Fit | None = None, earlier: Earlier | None = None) -> FaqRouter:
        """Learns its chances and cuts from the bank, which takes a while; `fitted` spares it where only little has changed.

        `earlier`: a build whose findings are taken over for the texts that it has too.
        """
        if fitted is not None and earlier is not None:
            return cls._renewed(bank, encoder, fitted, earlier)
        told = background_texts()
        vectors = encoder.encode([text for _, text in rows_of(bank)])
        background = encoder.encode([text for text, _ in told])
        index = VariantIndex.build(bank, vectors, background, counted_of(bank, earlier))
        measure = Measure.over(index, background)
        reading = BankReading.build(bank, earlier)
        if fitted is None:
            fitted = fit(list(examples(measure, told, background, encoder.encode)), practice(encoder))
        return cls(bank, encoder, measure, fitted, reading)

    @classmethod
    def _renewed(cls, bank: Bank, encoder: Encoder, fitted: Fit, earlier: Earlier) -> FaqRouter:
        """What was learnt stays, down to the centre of the vectors: only new texts cost anything."""
        index = VariantIndex.renewed(bank, earlier, encoder.encode)
        background = np.load(earlier.folder / "background.npy", allow_pickle=False)
        measure = Measure(index, background, crowding_renewed(index, earlier))
        return cls(bank, encoder, measure, fitted, BankReading.build(bank, earlier, is_quick=True))

    def save(self, folder: Path) -> None:
        self.index.save(folder)
        if self.reading is not None:
            self.reading.save(folder)
        np.save(folder / "background.npy", self.measure.background)
        np.save(folder / "crowding.npy", self.measure.crowding)
        (folder / "fit.json").write_text(json.dumps(self.fit.to_json()), encoding="utf-8")

    @classmethod
    def open(cls, folder: Path, bank: Bank, encoder: Encoder) -> FaqRouter:
        index = VariantIndex.open(folder, bank)
        background = np.load(folder / "background.npy", allow_pickle=False)
        crowding = np.load(folder / "crowding.npy", allow_pickle=False)
        opened = cls(bank, encoder, Measure(index, background, crowding), fit_saved(folder), BankReading.open(folder))
        opened.reading = None  # only a build saves itself
        return opened

    # --- routing -----------------------------------------------------------------------------------------------------

    def route(self, question: Question, vector: Vectors | None = None) -> FaqMatch:
        """As it is written and, where that differs, as the bank would spell it and what of it asks: what is nearest to a FAQ."""
        language = question.language or detect_language(question.text)
        best = self._route(question, language, vector)
        reading = self.speller.read(question.text, language)
        trace: dict[str, Any] = {}
        if reading.changes:
            trace = {"spelt": reading.text, "changes": [[change.was, change.now, change.kind] for change in reading.changes]}
            spelt = self._route(replace(question, text=reading.text), reading.language, None)
            best = spelt if _is_nearer(spelt, best) or spelt.reason == "exact" else best
        if best.band is not Band.ANSWER and (core := core_of(reading.text)):
            trace["core"] = core
            asked = self._route(replace(question, text=core), reading.language, None)
            best = asked if _is_nearer(asked, best) else best
        return replace(best, trace={**best.trace, **trace})

    def _route(self, question: Question, language: Language, vector: Vectors | None) -> FaqMatch:
        closed = frozenset(number for number in self._dated if not self.bank.faqs[number].is_valid_at(question.now))
        if (exact := self._exact.get((language, exact_key(question.text)))) is not None and exact not in closed:
            return self._certain_match(exact, language, question.text, "exact")
        if (number := self.choice(question, language)) is not None and number not in closed:
            return self._certain_match(number, language, question.text, "chosen")
        if context := context_of(question):
            own = vector if context.said == question.text else None
            return self._in_context(question, self.rank(context.said, own, closed, language), context, language, closed)
        ranked = self.rank(question.text, vector, closed, language)
        return self._one_by_one(self._match(ranked, question.text, language), question.text, (), language, closed)

    def choice(self, question: Question, language: Language) -> int | None:
        """The FAQ that a short reply names among those just offered."""
        if not question.history or not is_short(question.text) or goes_on(question.text):
            return None
        numbers = [number for key in question.history[-1].options if (number := self._numbers.get(key)) is not None]
        place = chosen(question.text, [self.bank.faqs[number].title(language) for number in numbers])
        return None if place is None else numbers[place]

    def _in_context(self, question: Question, alone: Ranked, context: Context, language: Language, closed: frozenset[int]) -> FaqMatch:
        """Of a message that may go on: what it says alone, or together with what was said before, whichever is nearer to a FAQ."""
        together = f"{context.before} {context.said}"
        both = self._rank_together(context.said, question.history[-1], language, closed)
        searched = self._texts_together(context.said, question.history[-1], language)
        chances = {"alone": round(alone.chances.first, 4), "both": round(both.chances.first, 4)}
        trace = {"context": {"why": context.why, "before": context.before, **chances}}
        if alone.chances.first <= ALONE_WINS * both.chances.first:
            match = self._match(both, together, language)
            match = replace(match, trace={**match.trace, "searched": searched})
            match = self._one_by_one(match, context.said, question.history[-1:], language, closed)
            if match.band is Band.ANSWER and self._repeats(both, question):
                # What was just said word for word: the visitor wants something of it.
                match = replace(match, band=Band.GENERATE, answer=None, reason="same_faq")
            return replace(match, trace={**match.trace, **trace})
        match = self._one_by_one(self._match(alone, context.said, language), context.said, (), language, closed)
        if match.band is not Band.OUT_OF_SCOPE or both.chances.scope < LEAST_SCOPE:
            return replace(match, trace={**match.trace, **trace})
        return replace(match, band=Band.GENERATE, reason="goes_on", asked=together, trace={**match.trace, **trace, "asked": together})

    def _rank_together(self, text: str, before: Exchange, language: Language, closed: frozenset[int]) -> Ranked:
        """The message alone, after the one before, and after the title of what answered that one."""
        texts = self._texts_together(text, before, language)
        vectors = self.encoder.encode([one for one, _ in texts])
        asked = [(self.index.ask(one, vector), share) for (one, share), vector in zip(texts, vectors, strict=True)]
        about = self._about(before)
        if about and not before.options and self._brings_its_own(text, about):
            closed = closed | set(about)  # it was answered, and this names something else
        return self._ranked(self.measure.together(asked, closed=closed), language)

    def _texts_together(self, text: str, before: Exchange, language: Language) -> list[tuple[str, float]]:
        """Each with its share."""
        texts = [(text, CONTEXT_SHARES[0]), (f"{said_before(before)} {text}", CONTEXT_SHARES[1])]
        if about := self._about(before):
            texts.append((f"{self.bank.faqs[about[0]].title(language)} {text}", CONTEXT_SHARES[2]))
        return texts

    def _about(self, before: Exchange) -> list[int]:
        return [number for key in before.about if (number := self._numbers.get(key)) is not None]

    def _brings_its_own(self, text: str, about: Sequence[int]) -> bool:
        """Whether it names something that this bank tells FAQs apart by, and that what was said before does not hold."""
        said = {word for number in about for word in self.words_of(number)}
        return any(self.measure.is_telling(word) for word in words(text) if word not in said)

    def words_of(self, number: int) -> frozenset[str]:
        """All words of a FAQ's variants and answers."""
        faq = self.bank.faqs[number]
        texts = [*(variant.text for variant in faq.variants), *(answer.text for answer in faq.answers.values())]
        return frozenset(word for text in texts for word in words(text))

    def rank(self, text: str, vector: Vectors | None = None, closed: frozenset[int] = frozenset(), language: Language | None = None) -> Ranked:
        vector = self.encoder.encode([text])[0] if vector is None else vector
        measured = self.measure(self.index.ask(text, np.asarray(vector, dtype=np.float32)), closed=closed)
        return self._ranked(measured, language or detect_language(text))

    def _ranked(self, measured: Measured, language: Language) -> Ranked:
        scores, order = self.fit.order(measured)
        found = signs(measured, scores, order, language)
        return Ranked(
            faqs=tuple(int(number) for number in measured.faqs[order]),
            rows=tuple(int(row) for row in measured.rows[order]),
            shares=choice_shares(scores, order),
            features=measured.features[order] if len(measured) else measured.features,
            signs=found,
            chances=self.fit.chances(found) if len(measured) else Chances(0.0, 0.0, 0.0),
        )

    def _repeats(self, ranked: Ranked, question: Question) -> bool:
        """The message before, found again through its own words, is no answer to what came after it."""
        return bool(ranked.faqs) and self.bank.faqs[ranked.faqs[0]].key == question.history[-1].faq

    def cut(self, number: int | None = None) -> float:
        """The least chance of a direct answer under the promise: of the FAQ's category, or of the base."""
        wanted = self.bank.promise if number is None else self.bank.promise_of(self.bank.faqs[number])
        fitting = [promise for promise in PROMISES if promise <= wanted]
        return self.fit.cuts[max(fitting or [min(PROMISES)])]

    def _match(self, ranked: Ranked, asked: str, language: Language) -> FaqMatch:
        cut = self.cut(ranked.faqs[0]) if ranked.faqs else self.cut()
        candidates = self._candidates(ranked)
        options = self._options(ranked, candidates, language)
        band, reason, veto = self._band(ranked, asked, language, cut=cut, likely=len(options))
        best = self.bank.faqs[ranked.faqs[0]] if ranked.faqs else None
        return FaqMatch(
            band=band,
            language=language,
            candidates=candidates,
            answer=_answer(best, language) if best and band is Band.ANSWER else None,
            options=self._offered(band, ranked, options, language),
            reason=reason,
            asked=asked,
            is_careful=ranked.chances.first >= self.fit.cuts[min(PROMISES)],
            trace=self._trace(ranked, asked, cut) | ({"veto": [veto.guard, veto.asked, veto.theirs]} if veto else {}),
        )

    def _band(self, ranked: Ranked, asked: str, language: Language, *, cut: float, likely: int) -> tuple[Band, str, Veto | None]:
        """`likely`: how many FAQs belong to the set of those that may be meant."""
        if not ranked.faqs:
            return Band.GENERATE, "no_candidate", None
        chances, number = ranked.chances, ranked.faqs[0]
        if chances.first >= cut:
            if _answer(self.bank.faqs[number], language) is None:
                return Band.GENERATE, "other_language", None
            veto = self._veto(ranked, asked, language)
            return (Band.CLARIFY, f"guard:{veto.guard}", veto) if veto else (Band.ANSWER, "faq", None)
        is_vague = is_short(asked) and likely >= 2 and chances.first < VAGUE_BELOW
        if is_vague and chances.three >= LEAST_VAGUE:
            return Band.CLARIFY, "vague", None  # "refund": the visitor has said too little to guess
        if chances.first >= STANDS_OUT and not is_vague and _is_ahead(chances, ranked.shares):
            # Not enough for its answer word for word: its sentences are evidence.
            return Band.GENERATE, ONE_STANDS_OUT, None
        if chances.three >= LEAST_THREE and 2 <= likely <= MAX_OPTIONS:
            return Band.CLARIFY, "near", None
        if chances.scope < LEAST_SCOPE:
            return Band.OUT_OF_SCOPE, "elsewhere", None
        return Band.GENERATE, "far", None

    def _veto(self, ranked: Ranked, asked: str, language: Language) -> Veto | None:
        return self.guards.veto(asked, ranked.faqs[0], language, self.index.variants[ranked.rows[0]].text)

    def _one_by_one(
        self, match: FaqMatch, text: str, before: tuple[Exchange, ...], language: Language, closed: frozenset[int]
    ) -> FaqMatch:
        """A message that asks several things: every part's answer, one after the other, or what each might mean.

        `before`: what the first part may go on with.
        """
        several = questions_in(text)
        if not 2 <= len(several) <= MAX_OPTIONS:
            return match
        heads = self._heads(several, before, language, closed)
        found = list(dict.fromkeys(head.faqs[0] for head in heads if head.faqs))
        if len(found) < 2 or not all(head.faqs for head in heads):
            return match
        answers = [_answer(self.bank.faqs[number], language) for number in found]
        parted = [[part, self.bank.faqs[head.faqs[0]].key, round(head.chances.first, 4)] for part, head in zip(several, heads, strict=True)]
        more: dict[str, Any] = {"options": self._as_options(found, language), "trace": {**match.trace, "questions": parted}}
        certain = all(head.chances.first >= self.cut(head.faqs[0]) for head in heads)
        if all(answers) and certain and not any(self._veto(head, part, language) for part, head in zip(several, heads, strict=True)):
            answer = "\n\n".join(answer for answer in answers if answer)
            return replace(match, band=Band.ANSWER, answer=answer, reason=SEVERAL, is_careful=False, **more)
        if all(head.chances.first >= STANDS_OUT for head in heads):
            best = {head.faqs[0]: self._candidates(head)[0] for head in reversed(heads)}
            return replace(match, band=Band.GENERATE, answer=None, reason=SEVERAL, candidates=tuple(best[number] for number in found), **more)
        return match

    def _heads(self, several: Sequence[str], before: tuple[Exchange, ...], language: Language, closed: frozenset[int]) -> list[Ranked]:
        """Each part may go on with the one before it, as messages do."""
        heads: list[Ranked] = []
        for part in several:
            head = self.rank(part, None, closed, language)
            if before:
                both = self._rank_together(part, before[-1], language, closed)
                head = both if both.chances.first > head.chances.first else head
            heads.append(head)
            before = (Exchange(part, "", about=tuple(self.bank.faqs[number].key for number in head.faqs[:1])),)
        return heads

    def _certain_match(self, number: int, language: Language, text: str, reason: str) -> FaqMatch:
        faq = self.bank.faqs[number]
        answer = _answer(faq, language)
        candidate = Candidate(faq.key, EXACT, text)
        band = Band.ANSWER if answer is not None else Band.GENERATE
        why = reason if answer is not None else "other_language"
        option = Option(faq.key, faq.title(language))
        return FaqMatch(band, language, (candidate,), answer=answer, options=(option,), reason=why, asked=text, is_careful=True, trace={reason: True})

    def _candidates(self, ranked: Ranked) -> tuple[Candidate, ...]:
        found = []
        for place, (number, row, chance) in enumerate(zip(ranked.faqs, ranked.rows, ranked.chances.each(ranked.shares), strict=True)):
            features = {name: round(float(value), 4) for name, value in zip(FEATURES, ranked.features[place], strict=True)}
            found.append(Candidate(self.bank.faqs[number].key, chance, self.index.variants[row].text, features))
        return tuple(found[:MAX_CANDIDATES])

    def _options(self, ranked: Ranked, candidates: Sequence[Candidate], language: Language) -> tuple[Option, ...]:
        """The conformal set: all that may be meant."""
        least = self.fit.likely[language]
        return self._as_options([number for number, one in zip(ranked.faqs, candidates, strict=False) if one.probability >= least], language)

    def _offered(self, band: Band, ranked: Ranked, likely: tuple[Option, ...], language: Language) -> tuple[Option, ...]:
        """Nothing where asking back would most likely waste a turn."""
        if band in (Band.GENERATE, Band.OUT_OF_SCOPE) and ranked.chances.three < LEAST_VAGUE:
            return ()
        return likely[:MAX_OPTIONS] or self._as_options(ranked.faqs[:1], language)

    def _as_options(self, numbers: Sequence[int], language: Language) -> tuple[Option, ...]:
        return tuple(Option(self.bank.faqs[number].key, self.bank.faqs[number].title(language)) for number in numbers)

    def _trace(self, ranked: Ranked, asked: str, cut: float) -> dict[str, Any]:
        return {
            "asked": asked,
            "cut": round(cut, 4),
            "three": round(ranked.chances.three, 4),
            "scope": round(ranked.chances.scope, 4),
            "signs": {name: round(float(value), 4) for name, value in zip(SIGNS, ranked.signs, strict=True)},
        }


def fit_saved(folder: Path) -> Fit:
    return Fit.from_json(json.loads((folder / "fit.json").read_text(encoding="utf-8")))


def _chance(match: FaqMatch) -> float:
    return match.best.probability if match.best else 0.0


def _is_nearer(read: FaqMatch, written: FaqMatch) -> bool:
    return _chance(read) >= NEARER * _chance(written)


def _is_ahead(chances: Chances, shares: Sequence[float]) -> bool:
    each = chances.each(shares)
    return len(each) < 2 or each[0] >= AHEAD * each[1]


def _answer(faq: BankFaq, language: Language) -> str | None:
    answer = faq.answers.get(language)
    return answer.text if answer and answer.text.strip() else None

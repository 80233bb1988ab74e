"""From a question to a band: exact map, candidates, measures, a calibrated chance, cuts that keep the promise, guards.

Knows one bank with everything learnt from it. Does not know rows, intents, evidence or what is done with a band.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from knowledge.contracts import SEVERAL, Band, Candidate, Exchange, FaqMatch, Language, Option, Question
from knowledge.faq.banding import LEAST_SCOPE, LEAST_VAGUE, MAX_OPTIONS, RIVAL, STANDS_OUT, Ranked, band_of
from knowledge.faq.bank import Bank, BankFaq
from knowledge.faq.bank_reading import BankReading
from knowledge.faq.choosing import chosen
from knowledge.faq.core import core_of
from knowledge.faq.crowding import crowding_renewed
from knowledge.faq.earlier import Earlier
from knowledge.faq.ellipsis import asked_of_another, beside, named
from knowledge.faq.encoder import Encoder, Vectors
from knowledge.faq.examples import background_texts, examples
from knowledge.faq.features import FEATURES, SIGNS, Measure, Measured, signs
from knowledge.faq.fitting import PROMISES, Chances, Fit, choice_shares, fit
from knowledge.faq.following import Context, context_of, goes_on, is_short, said_before
from knowledge.faq.guards.vetoing import Guards, Veto
from knowledge.faq.index import VariantIndex, counted_of, rows_of
from knowledge.faq.normalise import detect_language, exact_key, shared_words, words
from knowledge.faq.practice import practice
from knowledge.faq.spelling.speller import Speller
from knowledge.faq.told import Told
from knowledge.intent.several import questions_in

MAX_CANDIDATES = 5
EXACT = 0.999
# Measures of several texts are averaged, so that in context chances come out low: only what is far more likely alone stands alone.
NEARER = 1.2  # times the chance of what was written: a rare word is not always a slip, and words left out may have said something
ALONE_WINS = 2.0
CONTEXT_SHARES = (0.3, 0.3, 0.4)  # of a message alone, after the one before it, after the title of what answered that one


class FaqRouter:
    """Immutable once built."""

    def __init__(self, bank: Bank, encoder: Encoder, measure: Measure, fitted: Fit, reading: BankReading | None = None) -> None:
        self.bank, self.encoder, self.measure, self.fit = bank, encoder, measure, fitted
        self.index = measure.index
        reading = reading or BankReading.build(bank)
        self.reading: BankReading | None = reading
        self.guards = Guards(bank, reading.entities)
        self.speller = Speller.over(reading.said)
        self.told = Told(bank)
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
            best = asked if _is_nearer(asked, best) and not self._loses(reading.text, core, asked) else best
        return replace(best, trace={**best.trace, **trace})

    def _loses(self, text: str, core: str, match: FaqMatch) -> bool:
        """Whether what is left out names something that another candidate has and the first one lacks: "flash sale, … price difference?"."""
        kept = set(words(core))
        left_out = {word for word in words(text) if word not in kept and self.measure.is_telling(word)}
        held = [self.told.words(self._numbers[one.faq]) for place, one in enumerate(match.candidates) if not place or one.probability >= RIVAL]
        return any(left_out & (theirs - held[0]) for theirs in held[1:])

    def _route(self, question: Question, language: Language, vector: Vectors | None) -> FaqMatch:
        closed = frozenset(number for number in self._dated if not self.bank.faqs[number].is_valid_at(question.now))
        if (exact := self._exact.get((language, exact_key(question.text)))) is not None and exact not in closed:
            return self._certain_match(exact, language, question.text, "exact")
        if (number := self.choice(question, language)) is not None and number not in closed:
            return self._certain_match(number, language, question.text, "chosen")
        if context := context_of(question):
            own = vector if context.said == question.text else None
            return self._in_context(question, self.rank(context.said, own, closed, language), context, language, closed)
        ranked = self._by_topic(self.rank(question.text, vector, closed, language), question)
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
        if name := named(context.said):
            together, both = self._of_another(name, context, question.history[-1], language, closed, (together, both))
            searched = searched if together.endswith(context.said) else [(together, 1.0)]
        chances = {"alone": round(alone.chances.first, 4), "both": round(both.chances.first, 4)}
        trace = {"context": {"why": context.why, "before": context.before, **chances}}
        if alone.chances.first <= ALONE_WINS * both.chances.first:
            match = self._match(both, together, language, said=f"{context.before} {context.said}")
            passed_over = [self.bank.faqs[number].key for number in self._passed_over(context.said, question.history[-1])]
            match = replace(match, trace={**match.trace, "searched": searched, "passed_over": passed_over})
            match = self._one_by_one(match, context.said, question.history[-1:], language, closed)
            if match.band is Band.ANSWER and self._repeats(both, question):
                # What was just said word for word: the visitor wants something of it.
                match = replace(match, band=Band.GENERATE, answer=None, reason="same_faq")
            return replace(match, trace={**match.trace, **trace})
        match = self._one_by_one(self._match(alone, context.said, language), context.said, (), language, closed)
        if match.band is not Band.OUT_OF_SCOPE or both.chances.scope < LEAST_SCOPE:
            return replace(match, trace={**match.trace, **trace})
        return replace(match, band=Band.GENERATE, reason="goes_on", asked=together, trace={**match.trace, **trace, "asked": together})

    def _of_another(
        self, name: str, context: Context, before: Exchange, language: Language, closed: frozenset[int], plain: tuple[str, Ranked]
    ) -> tuple[str, Ranked]:
        """What was asked before, asked of what this message names, where that comes nearer to a FAQ than the `plain` search of both does.
        Which words the name takes the place of is a guess: answered word for word is only what the plain search finds first too."""
        texts, holders = asked_of_another(self.index, context.before, name)
        closed = closed | frozenset(number for number in self._about(before) if number not in holders and not self.told.says(number, name))
        ranked = [self.rank(text, vector, closed, language) for text, vector in zip(texts, self.encoder.encode(texts), strict=True)] if texts else []
        found = [(text, one) for text, one in zip(texts, ranked, strict=True) if one.faqs[:1] and self._asks_of(text, name, one.faqs[0], holders)]
        text, best = max(found, key=lambda one: one[1].chances.first, default=plain)
        if best.chances.first <= plain[1].chances.first:
            return plain
        return text, replace(best, is_guess=best.faqs[0] not in plain[1].faqs[:1])

    def _asks_of(self, text: str, name: str, number: int, holders: frozenset[int]) -> bool:
        """Whether the FAQ holds the name, and something of what is asked of it."""
        return number in holders and any(self.told.has(number, word) for word in beside(text, name))

    def _rank_together(self, text: str, before: Exchange, language: Language, closed: frozenset[int]) -> Ranked:
        """The message alone, after the one before, and after the title of what answered that one."""
        texts = self._texts_together(text, before, language)
        vectors = self.encoder.encode([one for one, _ in texts])
        asked = [(self.index.ask(one, vector), share) for (one, share), vector in zip(texts, vectors, strict=True)]
        closed = closed | self._passed_over(text, before)
        if not before.options and self._brings_its_own(text, before):
            closed = closed | frozenset(self._about(before))
        return self._ranked(self.measure.together(asked, closed=closed), language)

    def _texts_together(self, text: str, before: Exchange, language: Language) -> list[tuple[str, float]]:
        """Each with its share."""
        texts = [(text, CONTEXT_SHARES[0]), (f"{said_before(before)} {text}", CONTEXT_SHARES[1])]
        if about := self._about(before):
            texts.append((f"{self.bank.faqs[about[0]].title(language)} {text}", CONTEXT_SHARES[2]))
        return texts

    def _about(self, before: Exchange) -> list[int]:
        return [number for key in before.about if (number := self._numbers.get(key)) is not None]

    def _by_topic(self, ranked: Ranked, question: Question) -> Ranked:
        """Where meaning and words disagree, the one that holds what was just spoken of: "and can I return it once engraved?"."""
        if not ranked.rivals or not question.history:
            return ranked
        spoken = {word for word in shared_words(question.text, said_before(question.history[-1])) if self.measure.is_telling(word)}
        spoken -= self.told.words(ranked.faqs[0])
        return next((ranked.led_by(place) for place in ranked.rivals if spoken & self.told.words(ranked.faqs[place])), ranked)

    def _brings_its_own(self, text: str, before: Exchange) -> bool:
        """Whether it names something that this bank tells FAQs apart by, and that what answered the message before does not hold."""
        about = self._about(before)
        return any(self.measure.is_telling(word) for word in words(text) if not any(self.told.has(number, word) for number in about))

    def _passed_over(self, text: str, before: Exchange) -> frozenset[int]:
        """What was answered and says nothing of the only thing that this names: "and Seoul?" after Taipei."""
        name = named(text)
        if not name or before.options:
            return frozenset()
        return frozenset(number for number in self._about(before) if not any(self.told.has(number, word) for word in words(name)))

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

    def _match(self, ranked: Ranked, asked: str, language: Language, said: str = "") -> FaqMatch:
        """`said`: all that it was made of, where that is more."""
        cut = self.cut(ranked.faqs[0]) if ranked.faqs else self.cut()
        candidates = self._candidates(ranked)
        options = self._options(ranked, candidates, language)
        # What was said before speaks for what answered it, by its words: there, rivals prove nothing.
        is_contested = not said and bool(ranked.rivals)
        band, reason = band_of(ranked, cut=cut, num_likely=len(options), is_short=is_short(said or asked), is_contested=is_contested)
        answer, veto = None, None
        if band is Band.ANSWER:
            answer = _answer(self.bank.faqs[ranked.faqs[0]], language)
            veto = self._veto(ranked, asked, language) if answer else None
            if answer is None:
                band, reason = Band.GENERATE, "other_language"
            if veto:
                band, reason, answer = Band.CLARIFY, f"guard:{veto.guard}", None
        return FaqMatch(
            band=band,
            language=language,
            candidates=candidates,
            answer=answer,
            options=self._offered(band, ranked, options, language),
            reason=reason,
            asked=asked,
            is_careful=ranked.chances.first >= self.fit.cuts[min(PROMISES)],
            trace=self._trace(ranked, asked, cut) | ({"veto": [veto.guard, veto.asked, veto.theirs]} if veto else {}),
        )

    def _veto(self, ranked: Ranked, asked: str, language: Language) -> Veto | None:
        return self.guards.veto(asked, ranked.faqs[0], language, self.index.variants[ranked.rows[0]].text)

    def _one_by_one(
        self, match: FaqMatch, text: str, before: tuple[Exchange, ...], language: Language, closed: frozenset[int]
    ) -> FaqMatch:
        """A message that asks several things: every part's answer, one after the other, or what each might mean.

        `before`: what the first part may go on with.
        """
        several = questions_in(text)
        if len(several) < 2:
            return match
        heads = self._heads(several[:MAX_OPTIONS], before, language, closed)
        found = list(dict.fromkeys(head.faqs[0] for head in heads if head.faqs))
        if len(found) < 2 or not all(head.faqs for head in heads):
            return match
        parted = [[part, self.bank.faqs[head.faqs[0]].key, round(head.chances.first, 4)] for part, head in zip(several, heads, strict=False)]
        more: dict[str, Any] = {"options": self._as_options(found, language), "trace": {**match.trace, "questions": parted}}
        best = {head.faqs[0]: self._candidates(head)[0] for head in reversed(heads)}
        each: dict[str, Any] = {"reason": SEVERAL, "candidates": tuple(best[number] for number in found), "is_careful": False, **more}
        if len(several) == len(heads) and (answer := self._answers(several, heads, language)):
            return replace(match, band=Band.ANSWER, answer=answer, **each)
        if len(several) == len(heads) and all(head.chances.first >= STANDS_OUT for head in heads):
            return replace(match, band=Band.GENERATE, answer=None, **each)
        if match.band is Band.ANSWER and not all(is_short(part) for part in several[1:]):
            # The answer to one of them would drop the others.
            return replace(match, band=Band.CLARIFY, answer=None, **{**each, "reason": "guard:two_questions"})
        return match

    def _answers(self, several: Sequence[str], heads: Sequence[Ranked], language: Language) -> str:
        """One after the other where each is certain, and no guard objects to any; else empty."""
        answers = [_answer(self.bank.faqs[head.faqs[0]], language) for head in heads]
        if not all(answers) or any(head.chances.first < self.cut(head.faqs[0]) for head in heads):
            return ""
        if any(self._veto(head, part, language) for part, head in zip(several, heads, strict=True)):
            return ""
        return "\n\n".join(dict.fromkeys(answer for answer in answers if answer))

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


def _answer(faq: BankFaq, language: Language) -> str | None:
    answer = faq.answers.get(language)
    return answer.text if answer and answer.text.strip() else None

"""The sentences that an answer may rest on: of valid FAQs' answers and of passages, found by meaning and by words.

Each carries `holds`, the calibrated chance that it answers the question, learnt from the bank's own phrasings: a variant
and its FAQ's answer belong together; with that FAQ hidden nothing does. Does not know how answers are written.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from knowledge.articles.instructions import speaks_to_machine
from knowledge.articles.sentences import sentences
from knowledge.contracts import LANGUAGES, ONE_STANDS_OUT, SEVERAL, Evidence, FaqMatch, Language, Question
from knowledge.faq.bank import Bank
from knowledge.faq.coarse import COARSE_FROM, Coarse
from knowledge.faq.earlier import Earlier
from knowledge.faq.encoder import Encoder, Vectors
from knowledge.faq.fusion import Linear, fit_probability, sigmoid
from knowledge.faq.guards.entities import other_name
from knowledge.faq.guards.wording import Wording
from knowledge.faq.lexical import Bm25, Scores
from knowledge.faq.normalise import fold, terms, words
from knowledge.faq.term_rows import TermRows

MAX_EVIDENCE = 3
MAX_TOKENS = 120
SIGNS = ("dense", "bm25", "margin")
LEAST_HOLDS = 0.45  # nothing nearer than this: no evidence, and nothing is written
LEAST_UNPROVEN = 0.2  # for articles where the chance is that of other people's questions: most of what is right lies below one half
FAR_BEHIND = 0.5  # of the best one's chance: what has less only tempts the generator away from it
OTHER_LANGUAGE = 0.03  # of cosine: the question's own language comes first
_MOST_EXAMPLES = 800
_LOOKED_AT = 200  # of very many sentences: so many by words, twice as many by meaning

Matrix = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Sentence:
    """`faq` is the number of its FAQ, -1 for passages; `group` and `place` say what stands next to it."""

    text: str
    title: str
    type: Literal["faq", "article"]
    id: str
    url: str
    language: Language
    faq: int
    group: int
    place: int
    page: int = 0

    @property
    def source(self) -> tuple[str, str]:
        """Title and address as a reader is shown them: with the page, where there are pages."""
        if not self.page:
            return self.title, self.url
        title = f"{self.title}，第 {self.page} 页" if self.language == "zh" else f"{self.title}, p. {self.page}"
        is_pdf = self.url.lower().endswith(".pdf")
        return title, f"{self.url}#page={self.page}" if is_pdf else self.url


class EvidenceSelector:
    """Immutable once built."""

    def __init__(
        self,
        bank: Bank,
        encoder: Encoder,
        vectors: Vectors,
        *,
        bm25: Bm25,
        model: Linear,
        coarse: Coarse | None = None,
        found: tuple[Sentence, ...] | None = None,
    ) -> None:
        self.bank, self.encoder, self.vectors, self.bm25, self.model = bank, encoder, vectors, bm25, model
        self._coarse = coarse
        self.sentences = _sentences_of(bank) if found is None else found
        self.counted: TermRows | None = None  # of one that was built; one that was opened is not saved again
        self._faq_of = np.array([sentence.faq for sentence in self.sentences], dtype=np.int64)
        self._rows_of: dict[str, list[int]] = defaultdict(list)
        for row, sentence in enumerate(self.sentences):
            if sentence.type == "faq":
                self._rows_of[sentence.id].append(row)
        self._dated = [number for number, faq in enumerate(bank.faqs) if faq.valid_from or faq.valid_until]
        self._readable = {language: _readable_in(language, self.sentences) for language in LANGUAGES}
        self._language_penalty = {
            language: np.array([0.0 if sentence.language == language else OTHER_LANGUAGE for sentence in self.sentences], dtype=np.float32)
            for language in LANGUAGES
        }

    @classmethod
    def build(cls, bank: Bank, encoder: Encoder, model: Linear | None = None, earlier: Earlier | None = None) -> EvidenceSelector:
        """`model` spares learning one; `earlier`: a build whose counted words are taken over for the sentences that it has too."""
        found = _sentences_of(bank)
        texts = [_with_context(sentence) for sentence in found]
        old_texts = [_with_context(sentence) for sentence in _sentences_of(earlier.bank)] if earlier else []
        vectors = _vectors_of(texts, encoder, (old_texts, earlier.folder) if earlier else None)
        counted = TermRows.build(terms, texts, (old_texts, TermRows.open(earlier.folder, "terms")) if earlier else None)
        coarse = Coarse.over(vectors) if len(vectors) >= COARSE_FROM else None
        made = cls(bank, encoder, vectors, bm25=Bm25(counted), model=model or _UNPROVEN, coarse=coarse, found=found)
        made.counted = counted
        if model is None:
            made.model = made._fit()
        return made

    def save(self, folder: Path) -> None:
        np.save(folder / "sentences.npy", self.vectors if self._coarse is None else self.vectors.astype(np.float16))
        if self.counted is not None:
            self.counted.save(folder, "terms")
        if self._coarse is not None:
            self._coarse.save(folder)
        (folder / "holds.json").write_text(json.dumps({"weights": self.model.weights, "bias": self.model.bias}), encoding="utf-8")

    @classmethod
    def open(cls, folder: Path, bank: Bank, encoder: Encoder) -> EvidenceSelector:
        coarse = Coarse.open(folder) if Coarse.is_in(folder) else None
        # Of many sentences each question reads some hundred: the rest may stay on disk.
        vectors = np.load(folder / "sentences.npy", allow_pickle=False, mmap_mode="r" if coarse else None)
        return cls(bank, encoder, vectors, bm25=Bm25(TermRows.open(folder, "terms")), model=model_saved(folder), coarse=coarse)

    # --- selecting ---------------------------------------------------------------------------------------------------

    def select(self, question: Question, match: FaqMatch, vector: Vectors | None = None, *, least: float | None = None) -> tuple[Evidence, ...]:
        """At most three, best first, together at most about 120 tokens; empty where nothing holds with the chance `least`, or with the usual one."""
        if not self.sentences:
            return ()
        language = match.language  # as the question was read: pinyin is Chinese
        usable = self._usable(question) & self._readable[language]
        for key in match.trace.get("passed_over", ()):
            usable[self._rows_of[key]] = False
        if match.reason in (ONE_STANDS_OUT, SEVERAL):
            return self._within_budget(self._of_candidates(match, usable), language)
        meant, lexical = self._meant(question, match, vector)
        rows, signs = self._measured(meant, lexical, language, usable)
        holds = sigmoid(self.model(signs)) if len(rows) else np.zeros(0)
        rows, holds = self._with_candidates(match, rows, holds, usable)
        wanted = np.maximum(self._least_of(rows) if least is None else np.full(len(rows), least), FAR_BEHIND * float(holds.max(initial=0.0)))
        kept = [(int(rows[place]), float(holds[place])) for place in np.argsort(-holds, kind="stable") if holds[place] >= wanted[place]]
        asked = Wording(match.asked or question.text)
        return self._within_budget([one for one in kept if not self._speaks_of_others(asked, one[0])], language)

    def _least_of(self, rows: NDArray[np.int64]) -> Matrix:
        """What each has to hold with. FAQs are found by their phrasings, also where nothing could be learnt; articles are not."""
        is_unproven = (self._faq_of[rows] < 0) & (self.model == _UNPROVEN)
        return np.where(is_unproven, LEAST_UNPROVEN, LEAST_HOLDS)

    def first(self, question: Question, match: FaqMatch) -> tuple[str, Matrix] | None:
        """The sentence that comes first and its SIGNS; None where there is none. For learning what they are worth."""
        if not self.sentences:
            return None
        meant, lexical = self._meant(question, match, None)
        rows, signs = self._measured(meant, lexical, match.language, self._usable(question) & self._readable[match.language])
        return (self.sentences[int(rows[0])].text, signs[0]) if len(rows) else None

    def _speaks_of_others(self, asked: Wording, row: int) -> bool:
        """Prices to Singapore and Bangkok say nothing of one to Dubai."""
        sentence = self.sentences[row]
        theirs = Wording(sentence.text)
        if not asked.names or not theirs.names:
            return False
        told = [sentence.title, sentence.text]
        if sentence.faq >= 0:
            told += [variant.text for variant in self.bank.faqs[sentence.faq].variants]
        return other_name(asked, theirs, f" {' '.join(word for text in told for word in words(text))} {fold(' '.join(told))} ") is not None

    def _of_candidates(self, match: FaqMatch, usable: NDArray[np.bool_]) -> list[tuple[int, float]]:
        """The answers that were found, sentence by sentence: of several the first sentence of each, then the second."""
        chosen = match.candidates[:1] if match.reason == ONE_STANDS_OUT else match.candidates
        rows = [[row for row in self._rows_of.get(one.faq, ()) if usable[row]] for one in chosen]
        longest = max(map(len, rows), default=0)
        return [
            (own[place], one.probability) for place in range(longest) for one, own in zip(chosen, rows, strict=True) if place < len(own)
        ]

    def _meant(self, question: Question, match: FaqMatch, vector: Vectors | None) -> tuple[Vectors, Scores]:
        """What is searched with, by meaning and by words; of a message that goes on, the texts that its FAQ was searched with, by their shares."""
        asked = match.trace.get("asked", question.text)
        if texts := match.trace.get("searched"):
            vectors = self.encoder.encode([text for text, _ in texts])
            mixed = sum(share * one for one, (_, share) in zip(vectors, texts, strict=True))
            scores = sum(share * self.bm25.scores(text) for text, share in texts)
            return np.asarray(mixed / np.linalg.norm(mixed), dtype=np.float32), np.asarray(scores, dtype=np.float32)
        if vector is None or asked != question.text:
            vector = self.encoder.encode([asked])[0]
        return np.asarray(vector, dtype=np.float32), self.bm25.scores(asked)

    def _with_candidates(
        self, match: FaqMatch, rows: NDArray[np.int64], holds: Matrix, usable: NDArray[np.bool_]
    ) -> tuple[NDArray[np.int64], Matrix]:
        """What the search for a FAQ found holds as much as it is likely: it knows the ways to ask, sentences know only what they say."""
        found = {int(row): float(value) for row, value in zip(rows, holds, strict=True)}
        for candidate in match.candidates:
            for row in self._rows_of.get(candidate.faq, ()):
                if usable[row]:
                    found[row] = max(found.get(row, 0.0), candidate.probability)
        return np.array(list(found), dtype=np.int64), np.array(list(found.values()))

    def _usable(self, question: Question) -> NDArray[np.bool_]:
        closed = [number for number in self._dated if not self.bank.faqs[number].is_valid_at(question.now)]
        return ~np.isin(self._faq_of, closed) if closed else np.ones(len(self.sentences), dtype=bool)

    def _measured(
        self, vector: Vectors, lexical: Scores, language: Language, usable: NDArray[np.bool_], own: NDArray[np.int64] | None = None
    ) -> tuple[NDArray[np.int64], Matrix]:
        """The nearest sentences (of `own`, where it is given) and their SIGNS."""
        near = self._near(vector, lexical) if own is None else own
        if near is None:
            dense, near = self.vectors @ vector, np.arange(len(self.sentences), dtype=np.int64)
        else:
            dense = self.vectors[near] @ vector
        dense = np.where(usable[near], dense - self._language_penalty[language][near], -1.0)
        lexical = np.where(usable[near], lexical[near], 0.0)
        count = min(12, int(usable[near].sum()))
        if not count:
            return np.zeros(0, dtype=np.int64), np.zeros((0, len(SIGNS)))
        best = _highest(dense + 0.15 * lexical, count)
        typical = float(dense[_highest(dense, min(5 * count, int(usable[near].sum())))].mean())
        columns = [(dense[best] - 0.7) / 0.3, lexical[best], (dense[best] - typical) / 0.1]
        return near[best].astype(np.int64), np.clip(np.column_stack(columns), -1, 2)

    def _near(self, vector: Vectors, lexical: Scores) -> NDArray[np.int64] | None:
        """Rows that are worth a look; None for all of them."""
        if self._coarse is None:
            return None
        in_words = np.argpartition(lexical, len(lexical) - _LOOKED_AT)[-_LOOKED_AT:]
        return np.union1d(self._coarse.nearest(vector, 2 * _LOOKED_AT), in_words)

    def _within_budget(self, kept: Sequence[tuple[int, float]], language: Language) -> tuple[Evidence, ...]:
        """Best first; the same words (a FAQ and an article that agree, or two languages of one FAQ) only once."""
        chosen: list[Evidence] = []
        seen: set[tuple[str, int, int]] = set()
        spent = 0.0
        for row, holds in kept:
            sentence = self.sentences[row]
            text = self._with_neighbour(row)
            mark = (sentence.id, sentence.group, sentence.place)
            cost = tokens_of(text)
            if mark in seen or any(text in other.text for other in chosen) or (chosen and spent + cost > MAX_TOKENS):
                continue
            seen.add(mark)
            spent += cost
            title, url = sentence.source
            chosen.append(Evidence(sentence.type, sentence.id, title, text, sentence.language, url, round(holds, 4)))
            if len(chosen) == MAX_EVIDENCE:
                break
        return tuple(chosen)

    def _with_neighbour(self, row: int) -> str:
        """A sentence that points back ("It", "这", "Then") comes with the one before it."""
        sentence = self.sentences[row]
        if not sentence.place or not sentence.text.lower().startswith(_POINTS_BACK):
            return sentence.text
        return f"{self.sentences[row - 1].text} {sentence.text}"

    # --- learning ----------------------------------------------------------------------------------------------------

    def _fit(self) -> Linear:
        """A variant's nearest sentence of its own FAQ speaks for itself; the nearest one of any other FAQ does not.

        Passages take no part: they often say what a FAQ says, and would count as wrong where they are right.
        """
        rows, labels = [], []
        of_faqs = self._faq_of >= 0
        for number, text, language, vector in self._questions():
            own = np.array(self._rows_of[self.bank.faqs[number].key], dtype=np.int64)
            if not len(own):
                continue
            others = of_faqs.copy()
            others[own] = False
            lexical = self.bm25.scores(text)
            for found in (self._measured(vector, lexical, language, of_faqs, own), self._measured(vector, lexical, language, others)):
                if len(found[0]):
                    rows.append(found[1][0])
                    labels.append(float(found[0][0] in own))
        if sum(labels) < 15 or sum(labels) == len(labels):
            return _UNPROVEN
        return fit_probability(np.array(rows), np.array(labels), np.ones(len(labels)), strength=1.0)

    def _questions(self) -> list[tuple[int, str, Language, Vectors]]:
        asked = [(number, variant.text, variant.language) for number, faq in enumerate(self.bank.faqs) for variant in faq.variants]
        asked = asked[:: max(1, len(asked) // _MOST_EXAMPLES)]
        vectors = self.encoder.encode([text for _, text, _ in asked]) if asked else np.zeros((0, 1))
        return [(number, text, language, vectors[place]) for place, (number, text, language) in enumerate(asked)]


_POINTS_BACK_EN = ("it ", "this ", "that ", "these ", "they ", "then ", "otherwise", "if so", "if not", "after that")
_POINTS_BACK = (*_POINTS_BACK_EN, "其", "这", "该", "否则", "之后", "然后", "此")
# Of a base that is too small to learn from: fitted by `python -m knowledge.evaluation.evidence_fit` on public questions with evidence.
_UNPROVEN = Linear((1.776, 3.064, 1.549), -3.329)


def _vectors_of(texts: Sequence[str], encoder: Encoder, earlier: tuple[Sequence[str], Path] | None) -> Vectors:
    """Those that an earlier build has are read from there; of a very large one not, because it kept them in half precision."""
    if not texts:
        return np.zeros((0, 1), dtype=np.float32)
    if earlier is None or not earlier[0] or Coarse.is_in(earlier[1]):
        return encoder.encode(texts, "passage")
    old_texts, folder = earlier
    places = {text: place for place, text in enumerate(old_texts)}
    new = list(dict.fromkeys(text for text in texts if text not in places))
    places |= {text: len(old_texts) + number for number, text in enumerate(new)}
    old = np.load(folder / "sentences.npy", allow_pickle=False)
    both = np.concatenate([old, encoder.encode(new, "passage")]) if new else old
    return np.asarray(both[[places[text] for text in texts]], dtype=np.float32)


def _highest(values: Vectors, count: int) -> NDArray[np.int64]:
    """Places of the highest values, best first; what lies below is not sorted."""
    if 4 * count < len(values):
        places = np.sort(np.argpartition(values, len(values) - count)[-count:])
        return np.asarray(places[np.argsort(-values[places], kind="stable")], dtype=np.int64)
    return np.asarray(np.argsort(-values, kind="stable")[:count], dtype=np.int64)


def model_saved(folder: Path) -> Linear:
    model = json.loads((folder / "holds.json").read_text(encoding="utf-8"))
    return Linear(tuple(model["weights"]), model["bias"])


def tokens_of(text: str) -> float:
    """About: 0.7 a Chinese character, a quarter of any other."""
    han = sum("\u3400" <= character <= "\u9fff" for character in text)
    return 0.7 * han + 0.25 * (len(text) - han)


def _readable_in(language: Language, found: Sequence[Sentence]) -> NDArray[np.bool_]:
    """A source that speaks the language is read in it; one that does not is read as it is."""
    speaks = {(sentence.type, sentence.id) for sentence in found if sentence.language == language}
    return np.array([sentence.language == language or (sentence.type, sentence.id) not in speaks for sentence in found], dtype=bool)


def _with_context(sentence: Sentence) -> str:
    """What is encoded: a sentence of a passage means more under its heading."""
    return f"{sentence.title}: {sentence.text}" if sentence.title and sentence.title not in sentence.text else sentence.text


def _to_readers(text: str) -> list[str]:
    return [sentence for sentence in sentences(text) if not speaks_to_machine(sentence)]


def _sentences_of(bank: Bank) -> tuple[Sentence, ...]:
    found: list[Sentence] = []
    group = 0
    for number, faq in enumerate(bank.faqs):
        for language, answer in faq.answers.items():
            common: dict[str, Any] = {"title": faq.title(language), "type": "faq", "id": faq.key, "url": answer.url, "language": language}
            found.extend(Sentence(text, **common, faq=number, group=group, place=place) for place, text in enumerate(sentences(answer.text)))
            group += 1
    for passage in bank.passages:
        title = f"{passage.title} › {passage.heading}" if passage.heading and passage.heading not in passage.title else passage.title
        common = {"title": title, "type": "article", "id": passage.article, "url": passage.url, "language": passage.language}
        found.extend(
            Sentence(text, **common, faq=-1, group=group, place=place, page=passage.page)
            for place, text in enumerate(_to_readers(passage.text))
        )
        group += 1
    return tuple(found)

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

from knowledge.articles.sentences import sentences
from knowledge.contracts import LANGUAGES, Evidence, FaqMatch, Language, Question
from knowledge.faq.bank import Bank
from knowledge.faq.encoder import Encoder, Vectors
from knowledge.faq.fusion import Linear, fit_probability, sigmoid
from knowledge.faq.lexical import Bm25
from knowledge.faq.normalise import detect_language

MAX_EVIDENCE = 3
MAX_TOKENS = 120
SIGNS = ("dense", "bm25", "margin")
LEAST_HOLDS = 0.2  # nothing nearer than this: no evidence; the generator may still decline what is passed on
FAR_BEHIND = 0.5  # of the best one's chance: what has less only tempts the generator away from it
OTHER_LANGUAGE = 0.03  # of cosine: the question's own language comes first
_MOST_EXAMPLES = 800

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


class EvidenceSelector:
    """Immutable once built."""

    def __init__(self, bank: Bank, encoder: Encoder, vectors: Vectors, *, bm25: Bm25, model: Linear) -> None:
        self.bank, self.encoder, self.vectors, self.bm25, self.model = bank, encoder, vectors, bm25, model
        self.sentences = _sentences_of(bank)
        self._rows_of: dict[str, list[int]] = defaultdict(list)
        for row, sentence in enumerate(self.sentences):
            if sentence.type == "faq":
                self._rows_of[sentence.id].append(row)
        self._readable = {language: _readable_in(language, self.sentences) for language in LANGUAGES}
        self._language_penalty = {
            language: np.array([0.0 if sentence.language == language else OTHER_LANGUAGE for sentence in self.sentences]) for language in LANGUAGES
        }

    @classmethod
    def build(cls, bank: Bank, encoder: Encoder) -> EvidenceSelector:
        found = _sentences_of(bank)
        vectors = encoder.encode([_with_context(sentence) for sentence in found], "passage") if found else np.zeros((0, 1), dtype=np.float32)
        bm25 = Bm25.build([_with_context(sentence) for sentence in found])
        draft = cls(bank, encoder, vectors, bm25=bm25, model=_UNPROVEN)
        return cls(bank, encoder, vectors, bm25=bm25, model=draft._fit())

    def save(self, folder: Path) -> None:
        np.save(folder / "sentences.npy", self.vectors)
        self.bm25.save(folder)
        (folder / "holds.json").write_text(json.dumps({"weights": self.model.weights, "bias": self.model.bias}), encoding="utf-8")

    @classmethod
    def open(cls, folder: Path, bank: Bank, encoder: Encoder) -> EvidenceSelector:
        model = json.loads((folder / "holds.json").read_text(encoding="utf-8"))
        vectors = np.load(folder / "sentences.npy", allow_pickle=False)
        return cls(bank, encoder, vectors, bm25=Bm25.open(folder, len(vectors)), model=Linear(tuple(model["weights"]), model["bias"]))

    # --- selecting ---------------------------------------------------------------------------------------------------

    def select(self, question: Question, match: FaqMatch, vector: Vectors | None = None) -> tuple[Evidence, ...]:
        """At most three, best first, together at most about 120 tokens; empty where nothing is near enough."""
        if not self.sentences:
            return ()
        asked = match.trace.get("asked", question.text)
        if vector is None or asked != question.text:
            vector = self.encoder.encode([asked])[0]
        language = question.language or detect_language(question.text)
        usable = self._usable(question) & self._readable[language]
        rows, signs = self._measured(asked, vector, language, usable)
        holds = sigmoid(self.model(signs)) if len(rows) else np.zeros(0)
        rows, holds = self._with_candidates(match, rows, holds, usable)
        least = max(LEAST_HOLDS, FAR_BEHIND * float(holds.max(initial=0.0)))
        kept = [(int(rows[place]), float(holds[place])) for place in np.argsort(-holds, kind="stable") if holds[place] >= least]
        return self._within_budget(kept, language)

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
        closed = {number for number, faq in enumerate(self.bank.faqs) if not faq.is_valid_at(question.now)}
        return np.array([sentence.faq not in closed for sentence in self.sentences])

    def _measured(
        self, asked: str, vector: Vectors, language: Language, usable: NDArray[np.bool_]
    ) -> tuple[NDArray[np.int64], Matrix]:
        """The nearest sentences and their SIGNS."""
        dense = np.where(usable, self.vectors @ np.asarray(vector, dtype=np.float32) - self._language_penalty[language], -1.0)
        lexical = np.where(usable, self.bm25.scores(asked), 0.0)
        count = min(12, int(usable.sum()))
        if not count:
            return np.zeros(0, dtype=np.int64), np.zeros((0, len(SIGNS)))
        quick = dense + 0.15 * lexical
        rows = np.argsort(-quick, kind="stable")[:count].astype(np.int64)
        typical = float(np.sort(dense[usable])[::-1][: 5 * count].mean())
        columns = [(dense[rows] - 0.7) / 0.3, lexical[rows], (dense[rows] - typical) / 0.1]
        return rows, np.clip(np.column_stack(columns), -1, 2)

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
            chosen.append(Evidence(sentence.type, sentence.id, sentence.title, text, sentence.language, sentence.url, round(holds, 4)))
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
        of_faqs = np.array([sentence.faq >= 0 for sentence in self.sentences])
        for number, text, language, vector in self._questions():
            own = np.array([sentence.faq == number for sentence in self.sentences])
            if not own.any():
                continue
            for usable, label in ((own, 1.0), (of_faqs & ~own, 0.0)):
                _, signs = self._measured(text, vector, language, usable)
                if len(signs):
                    rows.append(signs[0])
                    labels.append(label)
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
_UNPROVEN = Linear((4.0, 2.0, 1.0), -4.5)


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
        found.extend(Sentence(text, **common, faq=-1, group=group, place=place) for place, text in enumerate(sentences(passage.text)))
        group += 1
    return tuple(found)

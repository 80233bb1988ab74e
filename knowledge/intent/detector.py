"""What a message is: a question, small talk, a request for a person, or none of our business.

Phrases first, then nearest examples with a calibrated chance. In doubt it is a question: the FAQ search has its own doubts.
Loaded by workers only. Does not know rows, snapshots or which encoder made the vectors.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from knowledge.contracts import OUT_OF_SCOPE, IntentAction, IntentGuess, Language
from knowledge.intent import speech
from knowledge.intent.asking import asks, plain
from knowledge.intent.chooser import LEAST_EXAMPLES, Chooser
from knowledge.intent.definitions import IntentDefinition, IntentError, check_together, checksum
from knowledge.intent.phrases import PhraseRules, Reading
from knowledge.intent.prototypes import Nearest, Prototypes, Vectors, fit

FORMAT = 3
QUESTION = "question"  # the key of "no intent of its own"

# What a wrong guess costs: small talk is answered with a phrase, a refusal turns a customer away.
CUTS = {IntentAction.CHITCHAT: 0.5, IntentAction.QUESTION: 0.5, IntentAction.HANDOFF: 0.7, IntentAction.REFUSE: 0.85}
CUT_IN_DOUBT = 0.85
CUT_OTHERWISE = 0.3  # of small talk, where nothing else turns out to be meant
CUT_BESIDE_MORE = 0.75  # small talk with a word or two that may be a topic
MARGIN_OF_REFUSAL = 0.0  # spreads of likeness
MANY_STRANGE = 3  # words of content in Latin letters that no example has: another language, pinyin, or a matter of its own


class Encoder(Protocol):
    def encode(self, texts: list[str]) -> Vectors: ...


class IntentDetector:
    """Immutable once built."""

    def __init__(
        self, definitions: Sequence[IntentDefinition], prototypes: Prototypes, texts: Sequence[str], chooser: Chooser | None = None
    ) -> None:
        self._chooser = chooser
        self._definitions = tuple(definitions)
        self._rules = PhraseRules(self._definitions)
        self._prototypes = prototypes
        self._texts = tuple(texts)
        self._words_taught = {word.text for text in texts for word in speech.split(text)}

    @classmethod
    def build(cls, intents: Sequence[IntentDefinition], encoder: Encoder, *, questions: Sequence[str] = ()) -> IntentDetector:
        """`questions` are the knowledge base's own: what must stay a question. Shipped ones are added."""
        check_together(intents)
        taught_by = [_taught(intent) for intent in intents]
        texts = [text for own in taught_by for text in own]
        owners = [number for number, own in enumerate(taught_by) for _ in own]
        taught = {text.casefold() for text in texts}
        background = [text for text in dict.fromkeys([*questions, *shipped("background.csv")]) if text.casefold() not in taught]
        vectors = np.asarray(encoder.encode([*texts, *background]), dtype=np.float32)
        groups = np.array([list(IntentAction).index(intent.action) for intent in intents], dtype=np.int64)
        prototypes = fit(vectors[: len(texts)], np.array(owners, dtype=np.int64), groups, vectors[len(texts) :])
        chooser = Chooser.build(texts, vectors[: len(texts)], np.array(owners)) if len(texts) >= LEAST_EXAMPLES else None
        return cls(intents, prototypes, texts, chooser)

    @property
    def background(self) -> Vectors:
        """(m, d): the questions of the knowledge base and the shipped ones, which mean no intent."""
        return self._prototypes.background

    def detect(self, text: str, vector: Vectors, language: Language) -> IntentGuess:
        reading = self._rules.read(text)
        if reading.is_empty:
            return _question(1.0, {"why": "no words"})
        if reading.intent:
            return _guess(reading.intent, language, reading.probability, by="phrase", trace={"phrase": reading.phrase})
        guess = self._by_examples(text, reading, np.asarray(vector, dtype=np.float32).reshape(-1), language)
        is_asked = not reading.around or asks(plain(reading.remainder))
        return guess if is_asked or guess.otherwise else replace(guess, otherwise=self._around(reading.around, language))

    def choose(self, text: str, vector: Vectors) -> tuple[str, float] | None:
        """The intent that the examples speak for most, whatever the phrases say, and the chance that it or any other is meant."""
        nearest = self._nearest(text, np.asarray(vector, dtype=np.float32).reshape(-1))
        return (self._definitions[nearest.intent].key, nearest.probability) if nearest else None

    def _nearest(self, text: str, vector: Vectors) -> Nearest | None:
        nearest = self._prototypes.nearest(vector)
        if nearest is None or self._chooser is None:
            return nearest
        choice = self._chooser.choose(text, vector)
        return replace(nearest, intent=choice.intent, probability=choice.in_scope)

    def remainder(self, text: str) -> str:
        """The message without the small talk around it; the message itself where there is none."""
        return self._rules.read(text).remainder or text

    def joined(self, whole: IntentGuess, rest: IntentGuess) -> IntentGuess:
        """Of a message with small talk around a `rest`: where the rest is small talk too, so is the whole. "Good morning! Have a nice day." """
        around = whole.otherwise
        if around is None or rest.action is not IntentAction.CHITCHAT or rest.probability < CUT_BESIDE_MORE:
            return whole
        return replace(around, probability=rest.probability, trace={**whole.trace, "rest": rest.key})

    def _around(self, key: str, language: Language) -> IntentGuess | None:
        intent = next((intent for intent in self._definitions if intent.key == key), None)
        return _guess(intent, language, CUT_BESIDE_MORE, by="examples", trace={}) if intent else None

    def _by_examples(self, text: str, reading: Reading, vector: Vectors, language: Language) -> IntentGuess:
        trace: dict[str, Any] = {"remainder": reading.remainder, "around": reading.around} if reading.remainder else {}
        if reading.doubt:
            trace["doubt"] = reading.doubt
        nearest = self._nearest(text, vector)
        if nearest is None:
            return _question(1.0, trace)
        intent = self._definitions[nearest.intent]
        trace |= self._words(nearest)
        guess = _guess(intent, language, nearest.probability, by="examples", trace=trace)
        is_likely = nearest.probability >= CUTS[intent.action]
        if is_likely and not (why := self._doubt(text, intent, reading, nearest)):
            return guess
        may_be_talk = intent.action is IntentAction.CHITCHAT and nearest.probability >= CUT_OTHERWISE and not asks(plain(text))
        trace = trace | {"why": why} if is_likely else trace
        return replace(_question(1 - nearest.probability, trace), otherwise=guess if may_be_talk else None)

    def _doubt(self, text: str, intent: IntentDefinition, reading: Reading, nearest: Nearest) -> str:
        """Why it is a question for all that; empty where nothing speaks for one."""
        if not _is_plausible(intent.action, reading, nearest.probability):
            return "holds a matter of its own"
        # A refusal turns a customer away: a company's own has to be clearly nearer than any question.
        margin = -1.0 if intent.action is not IntentAction.REFUSE or intent.key == OUT_OF_SCOPE else MARGIN_OF_REFUSAL
        if nearest.similarity < nearest.background + margin * self._prototypes.spread:
            return "nearer to a question"
        return "strange words" if intent.action is IntentAction.CHITCHAT and self._is_strange(text) else ""

    def _is_strange(self, text: str) -> bool:
        """Encoders put words that they do not know close to short small talk: "kuaidi danhao zai nali" beside "bye bye"."""
        content = [word for word in speech.content(text) if word.text[0].isascii()]
        unknown = [word for word in content if word.text not in self._words_taught]
        return len(unknown) >= MANY_STRANGE and 2 * len(unknown) > len(content)

    def _words(self, nearest: Nearest) -> dict[str, Any]:
        return {
            "nearest": self._definitions[nearest.intent].key,
            "example": self._texts[nearest.example],
            "similarity": round(nearest.similarity, 4),
            "background": round(nearest.background, 4),
            "p": round(nearest.probability, 4),
        }

    def save(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        made = self._prototypes
        np.savez(
            folder / "intents.npz",
            examples=made.examples,
            intents=made.intents,
            groups=made.groups,
            background=made.background,
            calibration=np.concatenate([[made.center, made.spread], made.weights]),
        )
        if self._chooser:
            self._chooser.save(folder)
        described = {"format": FORMAT, "definitions": checksum(self._definitions), "texts": self._texts}
        (folder / "intents.json").write_text(json.dumps(described, ensure_ascii=False), encoding="utf-8")

    @classmethod
    def load(cls, folder: Path, definitions: Sequence[IntentDefinition]) -> IntentDetector:
        """Raises `IntentError` where the files were built from other definitions."""
        described = json.loads((folder / "intents.json").read_text(encoding="utf-8"))
        if described["format"] != FORMAT or described["definitions"] != checksum(definitions):
            raise IntentError(f"{folder} was built from other intents; publish the knowledge base again")
        with np.load(folder / "intents.npz", allow_pickle=False) as kept:
            center, spread, *weights = kept["calibration"].tolist()
            prototypes = Prototypes(kept["examples"], kept["intents"], kept["groups"], kept["background"], center, spread, np.array(weights))
        return cls(definitions, prototypes, described["texts"], Chooser.open(folder))


def shipped(name: str) -> list[str]:
    """`background.csv`: what visitors of any shop ask; `elsewhere.csv`: what no shop answers. Written for this product."""
    with (Path(__file__).parent / name).open(encoding="utf-8", newline="") as file:
        return [row["text"] for row in csv.DictReader(file)]


def _taught(intent: IntentDefinition) -> list[str]:
    elsewhere = shipped("elsewhere.csv") if intent.key == OUT_OF_SCOPE and intent.action is IntentAction.REFUSE else []
    return list(dict.fromkeys([*intent.all_examples, *intent.all_phrases, *elsewhere]))


def _is_plausible(action: IntentAction, reading: Reading, probability: float) -> bool:
    """A message that holds a matter of its own is no small talk; a request that was declined is none."""
    if action is IntentAction.CHITCHAT:
        return not reading.is_substantial and (not reading.remainder or probability >= CUT_BESIDE_MORE)
    if action is IntentAction.HANDOFF and reading.doubt:
        return reading.doubt == "asks" and probability >= CUT_IN_DOUBT
    return True


def _question(probability: float, trace: dict[str, Any]) -> IntentGuess:
    return IntentGuess(QUESTION, IntentAction.QUESTION, probability, "none", trace=trace)


def _guess(intent: IntentDefinition, language: Language, probability: float, *, by: str, trace: dict[str, Any]) -> IntentGuess:
    source: Any = by
    return IntentGuess(intent.key, intent.action, probability, source, intent.replies.get(language, ""), trace)

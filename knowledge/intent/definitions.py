"""Intents as editors define them, checked before anything is built from them.

Knows the shape and its errors. Does not know rows, vectors or how a message is judged.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from knowledge.contracts import LANGUAGES, IntentAction, Language
from knowledge.intent.speech import Phrase, as_phrase

_KEY = re.compile(r"[a-z0-9][a-z0-9_-]{0,59}")
_FIELDS = frozenset({"key", "action", "replies", "examples", "phrases"})

Texts = Mapping[Language, tuple[str, ...]]


class IntentError(ValueError):
    """Raised when intents cannot be used as they are; the message names the intent, the field and the remedy."""


@dataclass(frozen=True, slots=True)
class IntentDefinition:
    """An example teaches by meaning; a phrase counts by its words."""

    key: str
    action: IntentAction
    replies: Mapping[Language, str] = field(default_factory=dict)
    examples: Texts = field(default_factory=dict)
    phrases: Texts = field(default_factory=dict)

    def __post_init__(self) -> None:
        if not is_key(self.key):
            raise IntentError(f"intent {self.key!r}: a key is made of a-z, 0-9, '-' and '_', at most 60 characters")
        if not any(self.examples.values()) and not any(self.phrases.values()):
            raise IntentError(f"intent {self.key!r}: it needs at least one example or phrase")

    @property
    def all_examples(self) -> tuple[str, ...]:
        return tuple(text for language in LANGUAGES for text in self.examples.get(language, ()))

    @property
    def all_phrases(self) -> tuple[str, ...]:
        return tuple(text for language in LANGUAGES for text in self.phrases.get(language, ()))


def is_key(text: str) -> bool:
    return bool(_KEY.fullmatch(text))


def definitions_from(data: Iterable[Mapping[str, Any]]) -> tuple[IntentDefinition, ...]:
    """From JSON: [{key, action, replies: {zh, en}, examples: {zh: [], en: []}, phrases: {zh: [], en: []}}]."""
    definitions = definitions_apart(data)
    check_together(definitions)
    return definitions


def definitions_apart(data: Iterable[Mapping[str, Any]]) -> tuple[IntentDefinition, ...]:
    """Each checked by itself only: what a snapshot was built from is opened, even where an older version let more pass."""
    return tuple(_definition(row) for row in data)


def check_together(definitions: Iterable[IntentDefinition]) -> None:
    """No key twice, no phrase that leads to two intents: in whatever spelling, as far as a message is read alike."""
    keys: set[str] = set()
    owners: dict[Phrase, str] = {}
    for definition in definitions:
        if definition.key in keys:
            raise IntentError(f"intent {definition.key!r} is defined twice; join both or rename one")
        keys.add(definition.key)
        for phrase in definition.all_phrases:
            words = as_phrase(phrase)
            owner = owners.setdefault(words, definition.key)
            if words and owner != definition.key:
                raise IntentError(f"phrase {phrase!r} belongs to {owner!r} and {definition.key!r}; remove it from one")


def checksum(definitions: Iterable[IntentDefinition]) -> str:
    """Changes with whatever changes a judgement; replies do not."""
    rows = [{name: value for name, value in asdict(definition).items() if name != "replies"} for definition in definitions]
    ordered = json.dumps(sorted(rows, key=lambda row: str(row["key"])), sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(ordered.encode("utf-8", "surrogatepass")).hexdigest()


def _definition(row: Mapping[str, Any]) -> IntentDefinition:
    key = str(row.get("key", ""))
    if unknown := sorted(set(row) - _FIELDS):
        raise IntentError(f"intent {key!r}: unknown field {unknown[0]!r}; known are {', '.join(sorted(_FIELDS))}")
    try:
        action = IntentAction(str(row.get("action")))
    except ValueError as error:
        known = ", ".join(IntentAction)
        raise IntentError(f"intent {key!r}: action {row.get('action')!r} is none of {known}") from error
    replies = {language: str(text).strip() for language, text in _by_language(row, "replies", key).items()}
    return IntentDefinition(key, action, replies, _texts(row, "examples", key), _texts(row, "phrases", key))


def _by_language(row: Mapping[str, Any], name: str, key: str) -> dict[Language, Any]:
    value = row.get(name) or {}
    if not isinstance(value, Mapping) or not set(value) <= set(LANGUAGES):
        raise IntentError(f"intent {key!r}: {name} must be an object with the keys {' and '.join(LANGUAGES)}")
    return dict(value)


def _texts(row: Mapping[str, Any], name: str, key: str) -> dict[Language, tuple[str, ...]]:
    result: dict[Language, tuple[str, ...]] = {}
    for language, texts in _by_language(row, name, key).items():
        if not isinstance(texts, list) or not all(isinstance(text, str) and text.strip() for text in texts):
            raise IntentError(f"intent {key!r}: {name}.{language} must be a list of texts that are not empty")
        result[language] = tuple(dict.fromkeys(text.strip() for text in texts))
    return result

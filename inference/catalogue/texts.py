"""Texts to calibrate and heal with: rows of question, evidence and answer as the product's own prompts, as token ids.

One row in `HELD_OUT` documents is kept apart to measure on; a document is never on both sides. Knows the format of
`grounded_qa` (README of that data) and the prompts; nothing of models.
"""

from __future__ import annotations

import hashlib
import json
import random
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from inference.catalogue.upcycle import CannotUpcycle
from inference.contracts import Language, PromptEvidence, PromptExchange, PromptInput
from inference.engine.text import Renderer
from inference.prompts import build_prompt

HELD_OUT = 16
SEED = 20_261
SENTENCES = 3  # as many as the product shows a model
LONGEST = 640  # tokens of one row
_END = re.compile(r"(?<=[。！？!?；])|(?<=[.!?])\s+")


@dataclass(frozen=True, slots=True)
class Text:
    """Token ids of prompt and reply; the reply begins at `reply`."""

    ids: tuple[int, ...]
    reply: int


@dataclass(frozen=True, slots=True)
class Texts:
    """Whole rows, and what they were read from."""

    learned: tuple[Text, ...]
    held_out: tuple[Text, ...]
    note: str


def read_texts(path: Path, tokenizer: Any, *, tokens: int, held_out_tokens: int) -> Texts:
    """Rows in a fixed random order until there are so many tokens on each side. Raises `CannotUpcycle` for a file that is none."""
    rows, render = _rows(path), Renderer(tokenizer)
    random.Random(SEED).shuffle(rows)
    learned, held_out, sources = _Share(tokens), _Share(held_out_tokens), set()
    for row in rows:
        share = held_out if _is_held_out(str(row.get("doc", row["question"]))) else learned
        if share.is_full:
            continue
        share.take(_speak(row, render, tokenizer))
        sources.add(str(row.get("source", "unnamed")).split("+")[0])
        if learned.is_full and held_out.is_full:
            break
    if not learned.taken or not held_out.taken:
        raise CannotUpcycle(f"{path} has too few rows to calibrate with")
    return Texts(tuple(learned.taken), tuple(held_out.taken), f"{learned.size} tokens of prompts from: {', '.join(sorted(sources))}")


def first_tokens(texts: Iterable[Text], tokens: int) -> list[tuple[int, ...]]:
    """The ids of the first texts that make up so many tokens."""
    taken: list[tuple[int, ...]] = []
    for text in texts:
        if sum(map(len, taken)) >= tokens:
            break
        taken.append(text.ids)
    return taken


class _Share:
    def __init__(self, wanted: int) -> None:
        self.taken: list[Text] = []
        self.size, self._wanted = 0, wanted

    @property
    def is_full(self) -> bool:
        return self.size >= self._wanted

    def take(self, text: Text) -> None:
        self.taken.append(text)
        self.size += len(text.ids)


def _rows(path: Path) -> list[dict[str, Any]]:
    try:
        lines = path.read_text(encoding="utf-8").split("\n")
        rows = [json.loads(line) for line in lines if line.strip()]
    except (OSError, ValueError, RecursionError) as error:
        raise CannotUpcycle(f"{path} cannot be read as JSON lines: {error}") from error
    if not all(isinstance(row, dict) and isinstance(row.get("question"), str) and isinstance(row.get("evidence"), list) for row in rows):
        raise CannotUpcycle(f"{path}: every row needs a question and a list of evidence")
    return rows


def _is_held_out(document: str) -> bool:
    return hashlib.sha256(document.encode("utf-8", "replace")).digest()[0] % HELD_OUT == 0


def _speak(row: Mapping[str, Any], render: Renderer, tokenizer: Any) -> Text:
    """The prompt and the reply that the prompt asks for: the sentence with the answer, else the answer itself."""
    language: Language = "zh" if row.get("lang") == "zh" else "en"
    answer = str(row.get("answer") or "")
    shown, reply = _choose([str(passage) for passage in row["evidence"]], answer, str(row["question"]))
    prompt = build_prompt(
        PromptInput(
            str(row["question"]), language, "", tuple(PromptEvidence("", text) for text in shown), tuple(_exchanges(row.get("history") or ()))
        )
    )
    asked = render(prompt.messages)
    ids = [*asked, *tokenizer.encode(render.defuse(reply or answer), add_special_tokens=False)]
    if tokenizer.eos_token_id is not None:
        ids.append(tokenizer.eos_token_id)
    return Text(tuple(ids[:LONGEST]), min(len(asked), LONGEST))


def _choose(passages: Iterable[str], answer: str, question: str) -> tuple[list[str], str]:
    """Three sentences in their order, and the one among them to repeat."""
    sentences = [text.strip() for passage in passages for text in _END.split(passage) if text and text.strip()]
    if not sentences:
        return [], ""
    wanted = set(question.casefold() if not question.isascii() else question.casefold().split())
    nearest = max(range(len(sentences)), key=lambda at: _likeness(sentences[at], answer, wanted))
    others = sorted((at for at in range(len(sentences)) if at != nearest), key=lambda at: _likeness(sentences[at], "", wanted), reverse=True)
    return [sentences[at] for at in sorted([nearest, *others[: SENTENCES - 1]])], sentences[nearest]


def _likeness(sentence: str, answer: str, wanted: set[str]) -> tuple[bool, float]:
    folded = sentence.casefold()
    words = set(folded if not folded.isascii() else folded.split())
    return bool(answer) and answer.casefold() in folded, len(words & wanted) / (len(words) + len(wanted) + 1)


def _exchanges(history: Iterable[Mapping[str, Any]]) -> Iterable[PromptExchange]:
    said = [(str(turn.get("role")), str(turn.get("text", ""))) for turn in history if isinstance(turn, dict)]
    for (role, question), (next_role, reply) in zip(said, said[1:], strict=False):
        if (role, next_role) == ("user", "assistant"):
            yield PromptExchange(question, reply)

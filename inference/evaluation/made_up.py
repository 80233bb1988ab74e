"""`python -m inference.evaluation.made_up TRAIN OUT --model FOLDER`: has a model answer questions without evidence, eight at a time.

What it then makes up is what the support score has to tell from answers that rest on something. Takes every so many rows; leaves out
what happens to say the gold answer. OUT has one JSON object a line: `doc`, `question`, `answer`.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import count
from pathlib import Path

from inference import facade
from inference.contracts import ChatMessage, GenerationRequest, Language
from inference.evaluation.corrupting import Asked
from inference.evaluation.support_fit import asked_read
from inference.grounding.clauses import plain_of
from inference.grounding.decline import is_decline

AT_ONCE, LONGEST, EVERY = 8, 40, 5
_ROLE: dict[Language, str] = {
    "zh": "你是一名热心的客服，请用一两句话直接回答。",
    "en": "You are a helpful assistant. Answer directly in one or two sentences.",
}


def made_up(rows: Sequence[Asked]) -> Iterator[tuple[Asked, str]]:
    """The engine has to run. A text cut off at its longest loses its last, unfinished sentence."""
    with ThreadPoolExecutor(AT_ONCE) as threads:
        for row, (text, is_whole) in zip(rows, threads.map(_answer, rows, map(str, count())), strict=True):
            answer = text.strip() if is_whole else _whole_sentences(text)
            if answer and not is_decline(answer, _language(row)) and plain_of(row.answer).strip(" .。") not in plain_of(answer):
                yield row, answer


def _answer(row: Asked, id: str) -> tuple[str, bool]:
    messages = (ChatMessage("system", _ROLE[_language(row)]), ChatMessage("user", row.question))
    handle = facade.engine().submit(GenerationRequest(id, messages, "creative", LONGEST))
    text = "".join(handle)
    return text, handle.finish == "stop"


def _language(row: Asked) -> Language:
    return "zh" if row.lang == "zh" else "en"


def _whole_sentences(text: str) -> str:
    return text[: max(text.rfind(mark) for mark in "。！？.!?") + 1].strip()


def main(arguments: Sequence[str]) -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("train", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--model", type=Path, required=True)
    parser.add_argument("--every", type=int, default=EVERY, help="only every so many rows")
    options = parser.parse_args(arguments)
    facade.start_engine("transformers_cb", options.model)
    try:
        with options.out.open("w", encoding="utf-8") as out:
            for row, answer in made_up(asked_read(options.train, options.every)):
                out.write(json.dumps({"doc": row.doc, "question": row.question, "answer": answer}, ensure_ascii=False) + "\n")
                out.flush()
    finally:
        facade.stop_engine()


if __name__ == "__main__":
    main(sys.argv[1:])

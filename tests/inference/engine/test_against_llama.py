"""The comparison with llama.cpp: fair to both, and clear about what is missing. The other side is a fake of ours."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from io import StringIO
from itertools import islice, repeat
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from inference.bench_prompts import bench_prompts
from inference.contracts import ChatMessage
from inference.engine import against_llama
from inference.engine.against_llama import Llama, RivalMissing, compare, long_prompts
from inference.engine.build import EngineOptions, build_engine


def letters(messages: tuple[ChatMessage, ...]) -> list[int]:
    return [ord(letter) for message in messages for letter in message.content]


def test_long_prompts_are_of_one_language_and_say_nothing_twice() -> None:
    first, second = islice(long_prompts(), 2)
    assert first[0] == second[0]
    assert first[-1] != second[-1]
    lines = first[-1].content.splitlines()
    assert sum(line.startswith("[") for line in lines) == 10
    assert len(set(filter(None, lines))) == len(list(filter(None, lines)))


class Instant:
    """Answers at once, and remembers what it was asked."""

    def __init__(self) -> None:
        self.asked: list[tuple[int, ...]] = []

    def ask(self, prompt: list[int], new_tokens: int) -> against_llama._Asked:
        self.asked.append(tuple(prompt))
        return against_llama._Asked(1.0, 1.0, 1.0)


def test_both_sides_are_asked_the_same_and_warmth_is_not_measured(random_model: Path) -> None:
    engine = build_engine("transformers_cb", random_model, EngineOptions(slots=8, threads=1, is_endless=True))
    rival = Instant()
    engine.start()
    try:
        found = compare(engine, rival, bench_prompts(), letters, new_tokens=4, rounds=1)  # type: ignore[arg-type]
    finally:
        engine.stop()
    assert len(rival.asked) == 2 * (1 + against_llama.AT_ONCE)
    assert len(set(rival.asked)) == len(rival.asked)
    assert found["llama"]["first_token_ms"] == 1.0
    assert found["ratios"]["first token, llama.cpp to ours"] == round(1.0 / found["ours"]["first_token_ms"], 2)


def test_a_missing_package_is_named(monkeypatch: pytest.MonkeyPatch, random_model: Path, tmp_path: Path) -> None:
    monkeypatch.setitem(sys.modules, "llama_cpp", None)
    with pytest.raises(RivalMissing, match="llama-cpp-python is not here"):
        Llama(tmp_path / "any.gguf", threads=1)
    with pytest.raises(CommandError, match="no requirement of ours"):
        call_command("inference_bench", "--model", str(random_model), "--against-llama", str(tmp_path / "any.gguf"), stdout=StringIO())


class Library:
    """As much of llama_cpp as is used: an endless answer."""

    class Llama:
        def __init__(self, file: str, **options: object) -> None:
            assert options["n_ctx"] == 2048

        def generate(self, prompt: list[int], **sampling: float) -> Iterator[int]:
            return repeat(len(prompt))


def test_the_command_compares_with_guesses_and_without(monkeypatch: pytest.MonkeyPatch, random_model: Path, tmp_path: Path) -> None:
    monkeypatch.setitem(sys.modules, "llama_cpp", Library)
    monkeypatch.setattr(against_llama, "NUM_SENTENCES", 1)  # the tiny model reads letters
    out = StringIO()
    arguments = ["--model", str(random_model), "--new-tokens", "4", "--rounds", "1", "--against-llama", str(tmp_path / "any.gguf")]
    call_command("inference_bench", *arguments, stdout=out, stderr=StringIO())
    found = json.loads(out.getvalue())
    assert found["new_tokens"] == 4
    assert found["ratios"].keys() == found["ratios_without_guesses"].keys()


def test_what_took_no_time_is_compared_with_nothing() -> None:
    assert against_llama._ratio(3.0, 2.0) == 1.5
    assert against_llama._ratio(3.0, 0.0) is None

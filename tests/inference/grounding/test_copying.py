"""Answers that repeat pass; answers that add stop before what they add."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inference import facade
from inference.grounding.copying import CopyStream

EVIDENCE = ["The oak board is oiled once a month.", "保温瓶不能进洗碗机，请手洗。", "Members save 3% on silver and 6% on gold."]


def shown(text: str, pieces: int = 1) -> tuple[str, bool]:
    stream = CopyStream(EVIDENCE)
    size = max(1, len(text) // pieces)
    parts = [text[start : start + size] for start in range(0, len(text), size)]
    return "".join(stream.feed(part) for part in parts) + stream.flush(), stream.unsupported is not None


REPEATED = ["The oak board is oiled once a month.", "保温瓶不能进洗碗机，请手洗。", "You should oil the oak board.", "保温瓶不能进洗碗机。"]
PARTS = ["The oak board ", "is oiled ", "once a month", "保温瓶", "不能进", "洗碗机", "student ", ". ", "，", "30 "]


@pytest.mark.parametrize("text", REPEATED)
def test_what_repeats_the_evidence_passes(text: str) -> None:
    assert shown(text) == (text, False)


@pytest.mark.parametrize("text", ["There is a student discount.", "Silver students get a present.", "橡木砧板需要每天打蜡抛光。"])
def test_what_adds_to_it_shows_nothing_of_the_addition(text: str) -> None:
    seen, is_stopped = shown(text)
    assert is_stopped
    assert not any(word in seen for word in ("student", "present", "打蜡"))


@given(st.lists(st.sampled_from(PARTS), max_size=12), st.integers(1, 9))
def test_any_cut_of_the_stream_shows_the_same(parts: list[str], pieces: int) -> None:
    text = "".join(parts)
    assert shown(text, pieces) == shown(text)


@given(st.text(max_size=120))
def test_what_is_shown_is_a_beginning_of_the_text(text: str) -> None:
    assert text.startswith(shown(text)[0])


def test_words_and_claims_are_both_checked() -> None:
    stream = facade.open_grounding(EVIDENCE, [], "en")
    assert "90%" not in stream.feed("Members save 90% on gold. ") + stream.flush()
    assert stream.unsupported


@pytest.mark.parametrize("last", ["shop.example/sa", "https://shop.exam", "MT-30"])
def test_of_an_address_or_a_name_nothing_is_seen_before_all_is_checked(last: str) -> None:
    stream = CopyStream([*EVIDENCE, "shop.example"])
    before = "The oak board is oiled once a month, see "
    assert "".join(stream.feed(character) for character in before + last) == before


@pytest.mark.parametrize(
    ("question", "echo"),
    [
        ("you fools, where is my board", "You ******, where is my board?"),
        ("where is my board A1001", "Where is my board A1001?"),
        ("保温瓶手洗", "保温瓶手洗？"),
    ],
)
def test_an_answer_that_only_repeats_the_question_shows_nothing(question: str, echo: str) -> None:
    stream = CopyStream(EVIDENCE, question)
    assert "".join(stream.feed(character) for character in echo) + stream.flush() == ""
    assert stream.unsupported


def test_a_short_answer_of_its_own_passes() -> None:
    stream = CopyStream(EVIDENCE, "how much do gold members save?")
    assert stream.feed("6% on gold.") + stream.flush() == "6% on gold."
    number = CopyStream(EVIDENCE, "how much?")
    assert number.feed("6%") + number.flush() == "6%"

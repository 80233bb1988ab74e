"""How numbers, units, clauses and segments are read: the parts under the claim check."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inference.grounding.claims import find_claims
from inference.grounding.clauses import clauses_of
from inference.grounding.folding import fold
from inference.grounding.numerals import read_number
from inference.grounding.segments import Segment, Segmenter
from inference.grounding.units import in_base


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1,000", 1000), ("1.5万", 15_000), ("3 million", 3_000_000), ("两", 2), ("十", 10), ("二十五", 25), ("一百零五", 105), ("两百五", 250),
        ("一万二", 12_000), ("三亿", 300_000_000), ("二〇二六", 2026), ("三点五", "3.5"), ("thirty-five", 35), ("two hundred and five", 205),
        ("three thousand", 3000), ("dozen", 12),
    ],
)  # fmt: skip
def test_a_number_is_read_however_it_is_written(text: str, value: int | str) -> None:
    assert read_number(text) == Decimal(value)


@pytest.mark.parametrize(
    ("value", "unit", "base"),
    [(2, "hour", ("second", 7200)), (1, "week", ("second", 604_800)), (2, "year", ("month", 24)), (2026, "year", ("calendar_year", 2026)),
     (5, "workday", ("workday", 5)), (5, "jiao", ("yuan", Decimal("0.5"))), (8, "fold", ("percent", 20)), (85, "fold", ("percent", 15))],
)  # fmt: skip
def test_units_of_one_kind_are_brought_to_one_size(value: int, unit: str, base: tuple[str, object]) -> None:
    assert in_base(Decimal(value), unit) == base


@pytest.mark.parametrize(
    ("text", "claims"),
    [
        ("两三天到", [("两三天", "number")]),
        ("满 199 元减 20 元", [("199 元", "money"), ("20 元", "money")]),
        ("半小时后", [("半小时", "number")]),
        ("第二件半价", []),
        ("one of them", []),
        ("第三方支付", []),
        ("等一下", []),
        ("有几点建议", []),
        ("24/7", [("24/7", "date")]),
        ("1-3 days", [("1-3 days", "number")]),
        ("v2.1.3", [("v2.1.3", "identifier")]),
        ("2. Press Return", []),
    ],
)
def test_claims_are_found_and_idioms_left(text: str, claims: list[tuple[str, str]]) -> None:
    assert [(found.claim.text, found.claim.kind) for found in find_claims(text)] == claims


@settings(deadline=None)
@given(st.text(max_size=60))
def test_folding_keeps_every_place(text: str) -> None:
    assert len(fold(text)) == len(text)


PIECES = st.lists(st.sampled_from(["满 199 元", "包邮", "。", "，", "five ", "days", " 7", ",", "000", "\n", "MT-", "302", "周", "日"]), max_size=14)


@settings(deadline=None)
@given(PIECES)
def test_segments_are_together_the_text_and_the_same_for_any_cut(pieces: list[str]) -> None:
    def cut(parts: list[str]) -> list[str | Segment]:
        segmenter = Segmenter()
        found = [part for piece in parts for part in segmenter.feed(piece)]
        return [*found, *segmenter.flush()]

    text = "".join(pieces)
    assert "".join(part if isinstance(part, str) else part.text for part in cut(pieces)) == text
    assert [part for part in cut(pieces) if isinstance(part, Segment)] == [part for part in cut([text]) if isinstance(part, Segment)]


def test_a_segment_says_where_it_begins() -> None:
    segmenter = Segmenter()
    segments = [part for part in [*segmenter.feed("运费是 10 元。"), *segmenter.flush()] if isinstance(part, Segment)]
    assert [(part.text, part.start, part.before) for part in segments] == [("10 元", 4, "运费是 ")]


def test_points_within_numbers_and_times_end_no_clause() -> None:
    text = "It costs 1,000.50 yuan, open from 9:00. Really?"
    assert [clause.plain for clause in clauses_of(text)] == ["it costs 1,000.50 yuan,", "open from 9:00.", "really?"]


@pytest.mark.parametrize(
    ("text", "denied"),
    [("不能退货", {"退货"}), ("一律不退", {"退"}), ("cannot be returned", {"return"}), ("the tote not at all", {"tot"}), ("不仅便宜", None),
     ("not only cheap", None)],
)  # fmt: skip
def test_a_negation_denies_what_follows(text: str, denied: set[str] | None) -> None:
    assert [set(words) for clause in clauses_of(text) for words in clause.denied] == ([denied] if denied else [])

"""Admission: never more than there is, a fair share for each tenant, and an honest refusal."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from inference.contracts import EngineOverloaded
from inference.engine.admission import KNOWN_S, WANTING_S, Admission


@dataclass
class Clock:
    now: float = 1000.0

    def __call__(self) -> float:
        return self.now


@dataclass
class House:
    """An admission with a book of its own beside it."""

    slots: int
    tokens: int
    clock: Clock = field(default_factory=Clock)
    book: dict[str, tuple[str, int]] = field(default_factory=dict)
    asked: int = 0

    def __post_init__(self) -> None:
        self.admission = Admission(slots=self.slots, tokens=self.tokens, clock=self.clock)

    def ask(self, tenant: str = "", tokens: int = 1) -> bool:
        self.asked += 1
        try:
            self.admission.admit(f"r{self.asked}", tokens, tenant)
        except EngineOverloaded:
            return False
        self.book[f"r{self.asked}"] = (tenant, tokens)
        return True

    def end(self, id: str) -> None:
        self.admission.release(id)
        del self.book[id]

    def of(self, tenant: str) -> int:
        return sum(owner == tenant for owner, _ in self.book.values())


STEPS = some.lists(some.tuples(some.sampled_from(["ask", "ask", "end", "wait"]), some.sampled_from("abc"), some.integers(1, 40)), max_size=60)


@settings(deadline=None)
@given(slots=some.integers(1, 9), tokens=some.integers(40, 200), steps=STEPS)
def test_it_never_gives_more_than_there_is_nor_more_than_a_share(slots: int, tokens: int, steps: list[tuple[str, str, int]]) -> None:
    house = House(slots, tokens)
    for kind, tenant, size in steps:
        if kind == "wait":
            house.clock.now += size
        elif kind == "end" and house.book:
            house.end(sorted(house.book)[size % len(house.book)])
        elif kind == "ask":
            others = {owner for owner, _ in house.book.values()} - {tenant}
            if house.ask(tenant, size) and others:
                assert house.of(tenant) <= math.ceil(slots / (1 + len(others)))
        assert house.admission.held == (len(house.book), sum(size for _, size in house.book.values()))
        assert len(house.book) <= slots
        assert sum(size for _, size in house.book.values()) <= tokens


@settings(deadline=None)
@given(slots=some.integers(3, 9), greedy=some.integers(1, 60))
def test_who_comes_second_finds_a_place_however_greedy_the_first_one_is(slots: int, greedy: int) -> None:
    house = House(slots, 100)
    assert house.ask("quiet")
    house.end("r1")
    for _ in range(greedy):
        house.ask("greedy", 100 // slots)
    assert house.ask("quiet", 100 // slots)


@settings(deadline=None)
@given(slots=some.integers(1, 8), steps=some.lists(some.booleans(), max_size=60))
def test_who_was_refused_gets_the_next_place(slots: int, steps: list[bool]) -> None:
    """A full house, one that asks without end, and one that was turned away: the first place that is free is not the greedy one's."""
    house = House(slots, 1000)
    while house.ask("greedy"):
        pass
    turned_away = not house.ask("quiet")
    for is_end in steps:
        if is_end and house.of("greedy") > 1:
            house.end(next(id for id, (owner, _) in house.book.items() if owner == "greedy"))
        before = house.of("greedy")
        house.ask("greedy")
        if turned_away and before >= math.ceil(slots / 2):
            assert house.of("greedy") == before


def test_a_tenant_that_is_alone_has_everything_where_no_other_is_known() -> None:
    house = House(4, 100)
    assert [house.ask("only") for _ in range(5)] == [True] * 4 + [False]


def test_a_place_is_kept_for_tenants_that_were_seen_lately() -> None:
    house = House(4, 100)
    house.ask("other")
    house.end("r1")
    house.clock.now += WANTING_S + 1
    assert [house.ask("first") for _ in range(4)] == [True, True, True, False]
    house.clock.now += KNOWN_S + 1
    assert house.ask("first")


def test_answers_without_a_name_are_not_held_back() -> None:
    house = House(4, 100)
    house.ask("named")
    house.end("r1")
    house.clock.now += WANTING_S + 1
    assert all(house.ask() for _ in range(4))


def test_one_answer_may_be_larger_than_a_share() -> None:
    house = House(4, 100)
    assert house.ask("small", 10)
    assert house.ask("large", 80)
    assert not house.ask("small", 20)


def test_a_refusal_says_how_many_are_ahead_and_when_to_come_back() -> None:
    house = House(2, 100)
    house.ask("one")
    house.clock.now += 3
    house.ask("other")
    with pytest.raises(EngineOverloaded) as full:
        house.admission.admit("x", 1, "third")
    house.end("r1")
    with pytest.raises(EngineOverloaded) as share:
        house.admission.admit("x", 1, "other")
    assert (full.value.ahead, full.value.retry_after_s, house.admission.refused) == (2, pytest.approx(2.0), 2)
    assert (share.value.ahead, share.value.retry_after_s) == (1, pytest.approx(4.6))


def test_an_id_that_runs_is_not_taken_twice() -> None:
    house = House(2, 100)
    house.ask()
    with pytest.raises(ValueError, match="r1"):
        house.admission.admit("r1", 1)

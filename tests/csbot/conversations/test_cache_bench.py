"""The cache's bench: what it asks, what it calls wrong, and that the cache is the production's."""

from __future__ import annotations

from pathlib import Path

import pytest

from csbot.accounts.models import Site
from csbot.conversations.cache_benching import BenchError, Once, Phrasing, Request, Told, asked, figures, phrasings_of, phrasings_read, run
from csbot.lib.clock import now
from knowledge.contracts import Question

KEYS = {"hit_share", "wrong_hits", "p50_ms", "p95_ms", "exact", "meaning", "n"}
PHRASINGS = [
    Phrasing("How do I return an order?", ("return",)),
    Phrasing("how can we return our orders", ("return",)),
    Phrasing("怎么申请退款？", ("refund",)),
    Phrasing("退款如何申请呢", ("refund",)),
    Phrasing("Who won the match?", ("NONE q1",), is_faq=False),
    Phrasing("When do you ship?", ("ship",)),
    Phrasing("Can you not ship?", ("hold",)),
]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "faqs.csv").write_text("faq_id,question,variants\nship,When do you ship?,ship when||When do you ship?\n", encoding="utf-8-sig")
    (tmp_path / "queries.csv").write_text("query_id,query,expected_faq_id,also_ok\nq1,any news,NONE,\nq2,shipping time,ship,a; b\n", encoding="utf-8")
    return tmp_path


def test_phrasings_know_whose_answer_is_right_for_them(folder: Path) -> None:
    assert phrasings_read(folder) == [
        Phrasing("any news", ("NONE q1",), is_faq=False),
        Phrasing("shipping time", ("ship", "a", "b")),
        Phrasing("When do you ship?", ("ship",)),
        Phrasing("ship when", ("ship",)),
    ]
    assert phrasings_of([{"key": "a", "variants": {"en": ["one", "two"], "zh": ["三"]}}]) == [Phrasing(text, ("a",)) for text in ("one", "two", "三")]


def test_a_file_that_is_missing_or_another_is_named(folder: Path) -> None:
    (folder / "queries.csv").write_text("query_id,query\nq1,any news\n")
    with pytest.raises(BenchError, match="expected_faq_id"):
        phrasings_read(folder)
    (folder / "queries.csv").unlink()
    with pytest.raises(BenchError, match="queries.csv"):
        phrasings_read(folder)


def test_a_seed_asks_the_same_whatever_the_order_of_the_rows_and_the_first_far_more_often() -> None:
    many = [Phrasing(f"question {number}", ("a",)) for number in range(1000)]
    drawn = asked(many, 5000, seed=1)
    assert drawn == asked(many[::-1], 5000, seed=1) != asked(many, 5000, seed=2)
    counts = sorted((drawn.count(phrasing) for phrasing in set(drawn)), reverse=True)
    assert 500 < counts[0] < 850  # 5000 / (1 + 1/2 + … + 1/1000)


@pytest.mark.usefixtures("redis_clean")
def test_the_cache_serves_what_was_asked_before_and_its_meaning_and_nothing_wrongly(site: Site) -> None:
    requests = run(site, Told("told", PHRASINGS), PHRASINGS, 300, seed=1)
    first = {request.phrasing.text: request.tier for request in requests if request.is_first}
    assert len(first) == len(PHRASINGS)
    assert list(first.values()).count("meaning") == 2  # the second one of the two that have one
    assert all(request.tier == (first[request.phrasing.text] or "exact") for request in requests if not request.is_first)
    told = figures(requests)
    assert told.keys() >= KEYS
    assert (told["wrong_hits"], told["meaning"]["wrong"], told["first_time"]["n"]) == (0.0, 0.0, len(PHRASINGS))


def test_wrong_ones_are_a_share_of_the_hits() -> None:
    phrasing = PHRASINGS[0]
    wrong, new = Request(phrasing, "meaning", False, True, 3.0), Request(phrasing, None, True, True, 9.0)
    requests = [*[Request(phrasing, "exact", True, False, 1.0)] * 3, wrong, new]
    told = figures(requests)
    assert (told["hit_share"], told["wrong_hits"], told["meaning"]["wrong"], told["exact"]["wrong"]) == (0.8, 0.25, 1.0, 0.0)
    assert (told["p50_ms"], told["p95_ms"]) == (1.0, 3.0)


def test_nothing_asked_has_no_shares() -> None:
    assert figures([])["hit_share"] is None


class Counting(Told):
    asked = 0

    def find_faq(self, question: Question):  # noqa: ANN201
        self.asked += 1
        return super().find_faq(question)


def test_the_router_is_asked_once_about_each_phrasing() -> None:
    counting = Counting("told", PHRASINGS)
    once = Once(counting)
    for _ in range(3):
        for phrasing in PHRASINGS:
            once.find_evidence(Question(phrasing.text, now()), once.find_faq(Question(phrasing.text, now())))
    assert counting.asked == len(PHRASINGS)

"""The demo shop's own system, and the lookup that asks it."""

from __future__ import annotations

import pytest
from django.test import Client

from csbot.demo import content
from csbot.demo.orders import orders
from csbot.demo.seeding import seed
from csbot.lookups.calling import told
from csbot.lookups.models import Lookup


@pytest.fixture
def demo(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    for kind in ("faqs", "articles", "intents", "conversations"):
        monkeypatch.setattr(content, kind, list)
    seed("http://127.0.0.1:9000")


def test_an_order_is_told_in_either_case(client: Client, demo: None) -> None:
    assert client.get("/demo/api/orders/a1003").json()["status_en"] == "In customs clearance"
    assert client.get("/demo/api/orders/A9999").status_code == 404


def test_without_the_demo_there_are_no_orders(client: Client, db: None) -> None:
    assert client.get("/demo/api/orders/A1003").status_code == 404


def test_the_lookup_follows_where_the_demo_runs_and_keeps_what_was_edited(demo: None) -> None:
    Lookup.objects.update(answer_en="Edited {id}.")
    seed("http://127.0.0.1:9001")
    lookup = Lookup.objects.get()
    lookup.full_clean()
    assert (lookup.url, lookup.answer_en) == ("http://127.0.0.1:9001/demo/api/orders/{number}", "Edited {id}.")
    assert lookup.slots.count() == 1


@pytest.mark.parametrize("number", sorted(orders()))
@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_order_gives_a_whole_answer(number: str, language: str) -> None:
    wanted = content.lookups()[0]
    fields = {name: str(orders()[number][path]) for name, path in wanted["fields"].items() if orders()[number].get(path) is not None}
    text = told(wanted[f"answer_{language}"], {**fields, "number": number})
    assert text
    assert not set(text) & set("{}[]")
    assert orders()[number][f"status_{language}"] in text

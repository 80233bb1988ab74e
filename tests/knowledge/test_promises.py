"""Promises by category, from the base's row to the bank and back out of a snapshot's report."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from knowledge import facade
from knowledge.bank_files import bank_read, bank_write
from knowledge.banking import bank_of
from knowledge.models import Faq, KnowledgeBase
from knowledge.promises import learnt


@pytest.fixture
def filled(base: KnowledgeBase) -> KnowledgeBase:
    for key, category in (("tea.returns", "money"), ("tea.brewing", "")):
        faq = Faq.objects.create(knowledge_base=base, key=key, category=category)
        faq.variants.create(language="en", text=f"How is {key}?", is_canonical=True)
        faq.answers.create(language="en", text="So.")
    return base


def test_the_bank_carries_the_promise_of_each_category(filled: KnowledgeBase) -> None:
    facade.promises_set(filled.pk, base=7, of_category={"money": 1})
    bank = bank_of(filled.pk)
    assert {faq.key: bank.promise_of(faq) for faq in bank.faqs} == {"tea.returns": 1, "tea.brewing": 7}


def test_a_bank_is_read_as_it_was_written(filled: KnowledgeBase, tmp_path: Path) -> None:
    facade.promises_set(filled.pk, base=7, of_category={"money": 1})
    bank = bank_of(filled.pk)
    bank_write(bank, tmp_path)
    assert bank_read(tmp_path) == bank


def test_a_published_promise_counts_and_a_new_one_does_not_yet(filled: KnowledgeBase) -> None:
    facade.use_encoder("hash")
    facade.build_and_publish(filled.pk, actor="ada")
    told = facade.promises_read(filled.pk)
    assert (told.is_live, dict(told.categories)) == (True, {"money": 1})
    cuts = facade.snapshot_cuts([told.snapshot])[told.snapshot]
    assert {language: set(of_promise) for language, of_promise in cuts.items()} == {"zh": {1, 3, 7}, "en": {1, 3, 7}}
    assert facade.promises_set(filled.pk, base=3, of_category={"money": 1})
    assert not facade.promises_set(filled.pk, base=3, of_category={"money": 1})
    assert not facade.promises_read(filled.pk).is_live


@pytest.mark.parametrize(("promise", "of_category"), [(2, {}), (3, {"money": 100})])
def test_nobody_promises_anything_else(filled: KnowledgeBase, promise: int, of_category: dict[str, int]) -> None:
    with pytest.raises(ValueError, match="1, 3 and 7"):
        facade.promises_set(filled.pk, base=promise, of_category=of_category)


APART = {"cuts": {"zh": {"3": 0.8}, "en": {"3": 0.9}}, "held_out": {"3": [1, 90]}}


@pytest.mark.parametrize(
    ("written", "told"),
    [
        ('{"cuts": {"3": 0.9}}', {"cuts": {"zh": {"3": 0.9}, "en": {"3": 0.9}}, "held_out": {}}),
        (json.dumps(APART), APART),
        ("{}", {}),
        ("nonsense", {}),
        ('{"cuts": {"zh": 1, "en": 2}}', {}),
    ],
    ids=["one", "by language", "none", "torn", "odd"],
)
def test_cuts_are_read_however_they_are_kept(tmp_path: Path, written: str, told: dict[str, Any]) -> None:
    (tmp_path / "fit.json").write_text(written)
    assert learnt(tmp_path) == told

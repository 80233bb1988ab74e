"""Publishing a large base: quick, with its calibration made anew behind it; and that nobody who asks meanwhile is turned away."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.conf import settings
from django.db import connection

from csbot.accounts.models import Company
from knowledge import facade, open_check, opened, publishing, snapshots
from knowledge.errors import SnapshotDamaged
from knowledge.evaluation.synthetic import bank_made
from knowledge.faq.encoder import HashEncoder
from knowledge.importing import replace_knowledge
from knowledge.models import Faq, KnowledgeBase, Snapshot, Variant
from knowledge.tasks import publish_knowledge, refit_calibration
from knowledge.vectors import LOT, RememberingEncoder
from tests.knowledge.banks import ask
from tests.knowledge.lasting import lasting_base, publish_once

VARIANTS = 170


@pytest.fixture
def base(company: Company) -> KnowledgeBase:
    return lasting_base(company)


@pytest.fixture
def large(base: KnowledgeBase, monkeypatch: pytest.MonkeyPatch) -> KnowledgeBase:
    """Large enough to be published quickly, and published once."""
    monkeypatch.setattr(snapshots, "QUICK_FROM", 100)
    facade.use_encoder("hash")
    replace_knowledge(str(base.pk), faqs=facade.made_up_faqs(VARIANTS, 7), articles=[], intents=[])
    publish_once(base, "large")
    return base


def edit(base: KnowledgeBase, text: str, key: str = "made.000030") -> Faq:
    variant = Variant.objects.filter(faq__knowledge_base=base, faq__key=key, language="en", is_canonical=False)[0]
    variant.text = text
    variant.save()
    variant.faq.save()
    return variant.faq


def answered(base: KnowledgeBase, text: str) -> str | None:
    opened.forget()
    match = facade.open_knowledge(base.pk).find_faq(ask(text))
    return match.best.faq if match.best and match.answer else None


@pytest.mark.django_db
def test_a_small_change_is_quick_and_encodes_what_changed(large: KnowledgeBase) -> None:
    edit(large, "may I bring a parrot")
    quick = snapshots.publish(large.pk, actor="ada")
    assert (quick.report["is_quick"], quick.report["encoded"]) == (True, 1)
    assert answered(large, "may I bring a parrot") == "made.000030"


@pytest.mark.django_db
def test_a_large_change_learns_everything_anew(large: KnowledgeBase) -> None:
    replace_knowledge(str(large.pk), faqs=facade.made_up_faqs(VARIANTS, 8), articles=[], intents=[])
    assert snapshots.publish(large.pk, actor="ada").report["is_quick"] is False


@pytest.mark.django_db
def test_what_was_learnt_anew_takes_the_quick_ones_place(large: KnowledgeBase) -> None:
    edit(large, "may I bring a parrot")
    quick = snapshots.publish(large.pk, actor="ada")
    refitted = snapshots.refit(large.pk, quick.pk)
    large.refresh_from_db()
    assert refitted is not None
    assert large.published_snapshot_id == refitted.pk
    assert not snapshots.needs_refit(refitted)
    assert answered(large, "may I bring a parrot") == "made.000030"
    assert snapshots.publish(large.pk, actor="ada").pk == refitted.pk


@pytest.mark.django_db
def test_a_refit_loses_no_edit_made_meanwhile(large: KnowledgeBase) -> None:
    """Neither one that waits to be published, nor one that was published while it was at work."""
    edit(large, "may I bring a parrot")
    quick = snapshots.publish(large.pk, actor="ada")
    edit(large, "is there a garden", "made.000031")
    snapshots.refit(large.pk, quick.pk)
    assert facade.is_newer_than_published(large.pk)
    assert answered(large, "is there a garden") is None
    newer = snapshots.publish(large.pk, actor="ada")
    assert snapshots.refit(large.pk, quick.pk) is None
    large.refresh_from_db()
    assert large.published_snapshot_id == newer.pk
    assert answered(large, "is there a garden") == "made.000031"


@pytest.mark.django_db
def test_an_edit_made_while_a_snapshot_is_built_still_waits_to_be_published(large: KnowledgeBase, monkeypatch: pytest.MonkeyPatch) -> None:
    switched = snapshots.switch

    def edited_meanwhile(snapshot: Snapshot, **how: Any) -> Snapshot:
        edit(large, "is there a garden", "made.000031")
        return switched(snapshot, **how)

    monkeypatch.setattr(snapshots, "switch", edited_meanwhile)
    edit(large, "may I bring a parrot")
    snapshots.publish(large.pk, actor="ada")
    assert facade.is_newer_than_published(large.pk)


def between(monkeypatch: pytest.MonkeyPatch, act: Callable[[], object]) -> None:
    """The next snapshot is built, and then this happens before it is published."""
    build = snapshots.build

    def built(kb_id: str, **how: Any) -> Snapshot:
        snapshot = build(kb_id, **how)
        act()
        return snapshot

    monkeypatch.setattr(snapshots, "build", built)


@pytest.mark.django_db
@pytest.mark.parametrize("when", ["building", pytest.param("waiting", marks=pytest.mark.thorough)])
def test_who_goes_back_is_not_overruled_by_a_publishing_asked_for_before(large: KnowledgeBase, monkeypatch: pytest.MonkeyPatch, when: str) -> None:
    first = Snapshot.objects.get()
    edit(large, "may I bring a parrot")
    snapshots.publish(large.pk, actor="ada")
    edit(large, "is there a garden", "made.000031")
    assert facade.publishing_start(large.pk, actor="ada")
    if when == "building":
        between(monkeypatch, lambda: snapshots.rollback(large.pk, first.pk, actor="bob"))
    else:
        snapshots.rollback(large.pk, first.pk, actor="bob")
    assert not publishing.publish_or_explain(str(large.pk), actor="ada")
    assert answered(large, "is there a garden") is None
    large.refresh_from_db()
    assert large.published_snapshot_id == first.pk
    assert "Another snapshot was published while this one was being made" in facade.publishing_state(large.pk).error
    assert facade.publishing_start(large.pk, actor="ada")
    monkeypatch.undo()
    assert publishing.publish_or_explain(str(large.pk), actor="ada")
    assert answered(large, "is there a garden") == "made.000031"


@pytest.fixture
def _no_refit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(refit_calibration, "apply_async", lambda *_, **__: None)


@pytest.mark.django_db
@pytest.mark.usefixtures("_no_refit")
def test_what_two_tasks_ask_for_is_built_once(large: KnowledgeBase) -> None:
    """As at a demo's first start: asked for before the worker runs, and again by the worker, which cannot know of the task that waits."""
    edit(large, "may I bring a parrot")
    assert facade.publishing_start(large.pk, actor="demo")
    assert facade.publish_again(actor="start") == 1
    for actor in ("demo", "start"):
        publish_knowledge(str(large.pk), actor)
    assert Snapshot.objects.count() == 2
    assert facade.publishing_state(large.pk).error == ""


@pytest.mark.django_db
@pytest.mark.usefixtures("_no_refit")
def test_a_second_task_leaves_alone_what_is_being_built(large: KnowledgeBase, monkeypatch: pytest.MonkeyPatch) -> None:
    edit(large, "may I bring a parrot")
    assert facade.publishing_start(large.pk, actor="ada")
    between(monkeypatch, lambda: publish_knowledge(str(large.pk), "ada"))
    publish_knowledge(str(large.pk), "ada")
    assert Snapshot.objects.count() == 2
    assert facade.publishing_state(large.pk).error == ""


@pytest.mark.django_db
def test_who_goes_back_is_not_overruled_after_a_stop(large: KnowledgeBase) -> None:
    """A publishing that a stop cut off is asked for again, unless somebody went back meanwhile."""
    assert facade.publishing_start(large.pk, actor="ada")
    assert facade.publish_again(actor="system") == 1
    snapshots.rollback(large.pk, Snapshot.objects.get().pk, actor="bob")
    assert facade.publish_again(actor="system") == 0
    assert not facade.publishing_state(large.pk).is_going_on


@pytest.mark.django_db
def test_a_refit_does_not_stop_a_publishing(large: KnowledgeBase, monkeypatch: pytest.MonkeyPatch) -> None:
    edit(large, "may I bring a parrot")
    quick = snapshots.publish(large.pk, actor="ada")
    edit(large, "is there a garden", "made.000031")
    between(monkeypatch, lambda: snapshots.refit(large.pk, quick.pk))
    snapshots.publish(large.pk, actor="ada")
    assert answered(large, "is there a garden") == "made.000031"


@pytest.mark.django_db(transaction=True)
def test_what_is_saved_while_a_base_is_read_is_taken_as_a_whole_or_not(base: KnowledgeBase) -> None:
    """Else an old question is published with a new answer."""
    facade.use_encoder("hash")
    replace_knowledge(str(base.pk), faqs=mars("Do you ship to Mars?", "No, not to Mars."), articles=[], intents=[])
    saved = threading.Event()

    def save() -> None:
        replace_knowledge(str(base.pk), faqs=mars("Is Mars excluded?", "Yes, it is excluded."), articles=[], intents=[])
        connection.close()
        saved.set()

    thread = threading.Thread(target=save)

    def before_answers(execute: Any, sql: str, *given: Any) -> Any:
        if 'FROM "knowledge_faqanswer"' in sql and not thread.ident:
            thread.start()
            saved.wait(1)  # whoever writes may have to wait until everything is read
        return execute(sql, *given)

    with connection.execute_wrapper(before_answers):
        facade.build_and_publish(base.pk, actor="ada")
    thread.join()
    opened.forget()
    assert facade.open_knowledge(base.pk).find_faq(ask("Do you ship to Mars?")).answer == "No, not to Mars."
    assert facade.is_newer_than_published(base.pk)


def mars(question: str, answer: str) -> list[dict[str, Any]]:
    return [{"key": "mars", "category": "", "variants": {"en": [question]}, "answers": {"en": answer}}]


@pytest.mark.django_db
def test_the_base_says_how_far_a_publishing_is(large: KnowledgeBase) -> None:
    assert publishing._begun(large.pk)
    assert not publishing._begun(large.pk)
    publishing._told(str(large.pk), 1200, 10_000)
    state = facade.publishing_state(large.pk)
    assert (state.is_going_on, state.done, state.of) == (True, 1200, 10_000)
    publishing._ended(str(large.pk))
    assert not facade.publishing_state(large.pk).is_going_on


def test_encoding_goes_on_where_it_was_cut_off() -> None:
    texts = [variant.text for faq in bank_made(4 * LOT, 9).faqs for variant in faq.variants]

    class Dying(HashEncoder):
        left = 2

        def encode(self, texts: object, role: object = "query") -> object:
            if self.left == 0:
                raise MemoryError
            self.left -= 1
            return super().encode(texts, role)

    told: list[int] = []
    folder = settings.DATA_DIR / "cut-off"
    with pytest.raises(MemoryError):
        RememberingEncoder(Dying(64), folder, told.append).encode(texts)
    again = RememberingEncoder(HashEncoder(64), folder, told.append)
    assert again.encode(texts).tolist() == HashEncoder(64).encode(texts).tolist()
    assert again.num_encoded == 2 * LOT
    assert sum(told[2:]) == 4 * LOT


def test_what_native_code_cannot_survive_kills_the_child_only(tmp_path: object) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(open_check, "_child", open_check._running())
        open_check._child.kill()
        open_check._child.wait()
        assert not open_check.opens(settings.DATA_DIR / "nothing-there")  # a new child says so


@pytest.fixture
def watched() -> Iterator[None]:
    opened.forget()
    opened._watching.set()
    yield
    opened._watching.clear()
    opened.forget()


@pytest.mark.django_db(transaction=True)
def test_nobody_waits_or_is_turned_away_while_snapshots_switch(large: KnowledgeBase, watched: None) -> None:
    facade.open_knowledge(large.pk)
    stop, failures, times = threading.Event(), [], []

    def go_on_asking() -> None:
        while not stop.is_set():
            start = time.perf_counter()
            try:
                facade.open_knowledge(large.pk).find_faq(ask("How much is the lamp?"))
            except Exception as error:  # noqa: BLE001 - whatever it is, a visitor would have met it
                failures.append(error)
            times.append(time.perf_counter() - start)

    threads = [threading.Thread(target=go_on_asking) for _ in range(3)]
    for thread in threads:
        thread.start()
    try:
        for number in range(3):
            edit(large, f"may I bring parrot number {number}")
            snapshots.publish(large.pk, actor="ada")
            opened._renew_all({})
            assert facade.open_knowledge(large.pk).find_faq(ask(f"may I bring parrot number {number}")).answer
    finally:
        stop.set()
        for thread in threads:
            thread.join()
    assert not failures
    assert len(times) > 20


@pytest.mark.django_db
def test_a_damaged_new_snapshot_is_tried_again_later_only(large: KnowledgeBase, watched: None, monkeypatch: pytest.MonkeyPatch) -> None:
    held = facade.open_knowledge(large.pk)
    edit(large, "may I bring a parrot")
    snapshots.publish(large.pk, actor="ada")
    tries: list[str] = []

    def damaged(kb_id: str, held: object) -> object:
        tries.append(kb_id)
        raise SnapshotDamaged("cannot_be_opened")

    monkeypatch.setattr(opened, "_renewed", damaged)
    refused: dict[str, tuple[str, float]] = {}
    opened._renew_all(refused)
    opened._renew_all(refused)
    assert facade.open_knowledge(large.pk) is held
    assert len(tries) == 1

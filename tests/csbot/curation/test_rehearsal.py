"""Before publishing: which real questions a new snapshot would answer differently, and that just this one is published."""

from __future__ import annotations

import time
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.storage import default_storage

from csbot.accounts.models import AuditEntry, Company, Site
from csbot.conversations.models import Conversation
from csbot.curation import rehearsing
from csbot.curation.models import Rehearsal
from csbot.curation.rehearsing import rehearsal_go_on
from csbot.lib.clock import now
from knowledge import facade, snapshot_files, snapshots
from knowledge.models import Faq, FaqAnswer, KnowledgeBase, Snapshot
from tests.csbot.dashboard.desks import Desk, agent_of
from tests.csbot.reports.test_figures import talk_at, turn_at
from tests.knowledge.lasting import lasting_base, publish_once

FAQS = {"shipping": ("When do you ship?", "Within 2 days."), "returns": ("How do I return it?", "You have 30 days.")}


@pytest.fixture
def editor(company: Company) -> Desk:
    return Desk(agent_of(company, "edi", "editor"))


@pytest.fixture
def base(company: Company) -> KnowledgeBase:
    return lasting_base(company)


@pytest.fixture
def published(base: KnowledgeBase, site: Site) -> KnowledgeBase:
    """Two FAQs, published; visitors asked of both and of nothing known, one of them twice and one after another."""
    facade.use_encoder("hash")
    for key, (question, answer) in FAQS.items():
        faq = Faq.objects.create(knowledge_base=base, key=key)
        faq.variants.create(language="en", text=question, is_canonical=True)
        FaqAnswer.objects.create(faq=faq, language="en", text=answer)
    publish_once(base, "two")
    talk = talk_at(site, now())
    for place, text in enumerate(("When do you ship?", "how do i return it", "do you sell parrots", "when do you ship", "when do you ship!")):
        turn_at(talk if place < 4 else talk_at(site, now()), now() - timedelta(minutes=50 - place), text=text)
    turn_at(talk_at(site, now(), origin="console"), now(), text="How do I return it?")
    base.refresh_from_db()
    return base


@pytest.fixture
def by_hand(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The worker is this test."""
    sent: list[str] = []
    monkeypatch.setattr(rehearsing, "rehearsal_send", lambda rehearsal: sent.append(str(rehearsal.pk)))
    monkeypatch.setattr("csbot.curation.rehearsal_views.rehearsal_send", lambda rehearsal: sent.append(str(rehearsal.pk)))
    return sent


def page(editor: Desk, base: KnowledgeBase) -> str:
    return str(editor.client.get(f"/before-publishing/{base.pk}/").content.decode())


def deed(editor: Desk, base: KnowledgeBase, name: str) -> str:
    last = Rehearsal.objects.first()
    fields = {"deed": name, "rehearsal": str(last.pk) if last else ""}
    return str(editor.client.post(f"/before-publishing/{base.pk}/", fields, follow=True).content.decode())


def compared(editor: Desk, base: KnowledgeBase) -> Rehearsal:
    deed(editor, base, "start")
    rehearsal_go_on(str(Rehearsal.objects.latest("created").pk))
    return Rehearsal.objects.latest("created")


def answer_edit(base: KnowledgeBase, key: str, text: str) -> None:
    answer = FaqAnswer.objects.get(faq__knowledge_base=base, faq__key=key)
    answer.text = text
    answer.save()
    answer.faq.save()


@pytest.mark.usefixtures("by_hand")
def test_what_would_be_answered_differently_is_shown_and_just_that_is_published(editor: Desk, published: KnowledgeBase) -> None:
    before = published.published_snapshot_id
    answer_edit(published, "returns", "You have 60 days.")
    found = compared(editor, published)
    # Of five: the same words as a first question count once, after others once more.
    assert (found.state, found.num_turns, found.num_same, len(found.changes)) == ("done", 4, 3, 1)
    assert [found.changes[0][way]["faqs"] for way in ("before", "after")] == [["returns"], ["returns"]]
    published.refresh_from_db()
    assert published.published_snapshot_id == before
    shown = page(editor, published)
    assert all(words in shown for words in ("1 question changes", "You have 30 days.", "You have 60 days.", "answered as before", "do i return"))
    assert "do you sell parrots" not in shown
    built = Snapshot.objects.count()
    assert "answered from it now" in deed(editor, published, "publish")
    published.refresh_from_db()
    assert (published.published_snapshot_id, Snapshot.objects.count()) == (found.draft, built)
    assert AuditEntry.objects.filter(action="rehearsal_publish").exists()
    assert not facade.is_newer_than_published(published.pk)


@pytest.mark.usefixtures("by_hand")
def test_a_faq_that_is_removed_changes_what_its_questions_lead_to(editor: Desk, published: KnowledgeBase) -> None:
    Faq.objects.get(key="shipping").delete()
    ways = {change["text"]: (change["before"], change["after"]) for change in compared(editor, published).changes}
    assert ways["when do you ship"][0]["faqs"] == ["shipping"]
    assert "shipping" not in ways["when do you ship"][1]["faqs"]


@pytest.mark.usefixtures("by_hand")
def test_what_is_left_is_thrown_away(editor: Desk, published: KnowledgeBase, django_capture_on_commit_callbacks: Any) -> None:
    answer_edit(published, "returns", "You have 60 days.")
    found = compared(editor, published)
    files = [f"snapshots/{found.draft}/{name}" for name in Snapshot.objects.get(pk=found.draft).manifest["files"]]
    assert all(default_storage.exists(name) for name in files)
    with django_capture_on_commit_callbacks(execute=True):
        assert "Nothing was published" in deed(editor, published, "leave")
    assert not any(default_storage.exists(name) for name in files)
    assert not Snapshot.objects.filter(pk=found.draft).exists()
    assert facade.is_newer_than_published(published.pk)
    assert compared(editor, published).draft == found.draft  # and can be built again


@pytest.mark.usefixtures("by_hand")
def test_what_a_colleague_leaves_while_it_is_being_published_is_not_published(
    editor: Desk, company: Company, published: KnowledgeBase, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = published.published_snapshot_id
    answer_edit(published, "returns", "You have 60 days.")
    compared(editor, published)
    colleague = Desk(agent_of(company, "col", "editor"))
    fetch = snapshot_files.fetch

    def slow(*args: Any) -> Any:
        fetched = fetch(*args)
        deed(colleague, published, "leave")
        return fetched

    monkeypatch.setattr(snapshot_files, "fetch", slow)
    assert "or does not exist" in deed(editor, published, "publish")
    published.refresh_from_db()
    assert (published.published_snapshot_id, Rehearsal.objects.get().state) == (before, "left")


@pytest.mark.usefixtures("by_hand")
def test_another_comparison_throws_the_draft_before_away_and_keeps_what_has_answered(editor: Desk, published: KnowledgeBase) -> None:
    first = published.published_snapshot_id
    answer_edit(published, "returns", "You have 60 days.")
    draft = compared(editor, published).draft
    answer_edit(published, "returns", "You have 90 days.")
    assert "Something was edited after this was made" in page(editor, published)
    assert compared(editor, published).draft != draft
    assert not Snapshot.objects.filter(pk=draft).exists()
    deed(editor, published, "publish")
    answer_edit(published, "returns", "You have 30 days.")
    assert compared(editor, published).draft == first
    deed(editor, published, "leave")
    assert Snapshot.objects.filter(pk=first).exists()


@pytest.mark.usefixtures("by_hand")
def test_where_nothing_was_changed_nothing_is_published(editor: Desk, published: KnowledgeBase) -> None:
    found = compared(editor, published)
    assert (found.state, found.draft) == ("done", found.published)
    shown = page(editor, published)
    assert "it is the snapshot that is published already" in shown
    assert 'value="publish"' not in shown


@pytest.mark.usefixtures("by_hand")
def test_what_was_held_against_another_snapshot_is_not_published(editor: Desk, published: KnowledgeBase) -> None:
    answer_edit(published, "returns", "You have 60 days.")
    compared(editor, published)
    answer_edit(published, "returns", "You have 90 days.")
    other = snapshots.publish(published.pk, actor="ben").pk
    assert 'value="publish"' not in page(editor, published)
    assert "Another snapshot was published meanwhile" in deed(editor, published, "publish")
    published.refresh_from_db()
    assert published.published_snapshot_id == other


@pytest.mark.usefixtures("by_hand")
def test_what_goes_wrong_is_explained(editor: Desk, published: KnowledgeBase, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object, **__: object) -> None:
        raise RuntimeError("boom")

    monkeypatch.setattr("knowledge.opening.build", fail)
    answer_edit(published, "returns", "You have 60 days.")
    assert compared(editor, published).state == "failed"
    assert "Something unexpected went wrong" in page(editor, published)


@pytest.mark.usefixtures("by_hand")
def test_one_question_that_fails_does_not_stop_the_others(editor: Desk, published: KnowledgeBase, monkeypatch: pytest.MonkeyPatch) -> None:
    decide = rehearsing.pipeline.decide

    def sometimes(question: Any, *rest: Any) -> Any:
        if "parrots" in question.text:
            raise RuntimeError("boom")
        return decide(question, *rest)

    monkeypatch.setattr(rehearsing.pipeline, "decide", sometimes)
    answer_edit(published, "returns", "You have 60 days.")
    found = compared(editor, published)
    assert (found.state, [change["text"] for change in found.changes]) == ("done", ["how do i return it"])


def test_what_stands_still_goes_on_where_it_stood(editor: Desk, published: KnowledgeBase, by_hand: list[str]) -> None:
    answer_edit(published, "returns", "You have 60 days.")
    deed(editor, published, "start")
    assert "A comparison is going on already" in deed(editor, published, "start")
    Rehearsal.objects.update(changed=now() - timedelta(minutes=3))
    assert "Nothing has come for a while" in page(editor, published)
    deed(editor, published, "go_on")
    assert len(by_hand) == 2
    rehearsal_go_on(by_hand[-1])
    rehearsal_go_on(by_hand[-1])  # delivered twice
    found = Rehearsal.objects.get()
    assert (found.state, found.num_same + len(found.changes)) == ("done", found.num_turns)


def test_nothing_of_a_draft_that_was_given_up_meanwhile_is_kept(
    editor: Desk, published: KnowledgeBase, by_hand: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    answer_edit(published, "returns", "You have 60 days.")
    deed(editor, published, "start")
    build = snapshots.build

    def slow(*args: Any, **options: Any) -> Snapshot:
        built = build(*args, **options)
        deed(editor, published, "leave")
        return built

    monkeypatch.setattr(snapshots, "build", slow)
    rehearsal_go_on(by_hand[-1])
    assert Rehearsal.objects.get().state == "left"
    assert list(Snapshot.objects.values_list("pk", flat=True)) == [published.published_snapshot_id]


def test_nothing_is_compared_before_the_first_publishing(editor: Desk, base: KnowledgeBase, site: Site) -> None:
    assert "nothing to compare with" in deed(editor, base, "start")
    assert not Rehearsal.objects.exists()


def test_only_editors_and_only_of_their_company(company: Company, published: KnowledgeBase) -> None:
    agent = Desk(agent_of(company, "amy", "agent"))
    assert agent.client.get(f"/before-publishing/{published.pk}/").status_code == 403
    stranger = Desk(agent_of(Company.objects.create(name="Other", slug="other"), "oli", "editor"))
    assert stranger.client.get(f"/before-publishing/{published.pk}/").status_code == 404
    assert stranger.client.post(f"/before-publishing/{published.pk}/", {"deed": "start"}).status_code == 404


@pytest.mark.usefixtures("by_hand")
def test_an_editor_of_some_sites_compares_the_questions_of_theirs(company: Company, published: KnowledgeBase) -> None:
    other = Site.objects.create(company=company, knowledge_base=published, key="coffee", name="Coffee", default_language="en")
    turn_at(talk_at(other, now()), now(), text="When do you ship?")
    editor = agent_of(company, "eva", "editor")
    editor.sites.add(other)
    deed(Desk(editor), published, "start")
    assert Rehearsal.objects.get().num_turns == 1


@pytest.mark.usefixtures("by_hand")
def test_an_editor_of_some_sites_reads_no_question_of_the_others(editor: Desk, company: Company, published: KnowledgeBase) -> None:
    other = Site.objects.create(company=company, knowledge_base=published, key="coffee", name="Coffee", default_language="en")
    turn_at(talk_at(other, now()), now(), text="how can i return it")
    answer_edit(published, "returns", "You have 60 days.")
    assert {change["text"] for change in compared(editor, published).changes} == {"how do i return it", "how can i return it"}
    limited = agent_of(company, "eva", "editor")
    limited.sites.add(other)
    shown = page(Desk(limited), published)
    assert ("how do i return it" in shown, "how can i return it" in shown) == (False, True)
    assert "asked on sites that you do not see: 1." in shown
    assert "that you do not see" not in page(editor, published)


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("workers")
def test_the_background_worker_does_it(editor: Desk, published: KnowledgeBase, site: Site) -> None:
    answer_edit(published, "returns", "You have 60 days.")
    deed(editor, published, "start")
    deadline = time.monotonic() + 60
    while Rehearsal.objects.get().is_going_on and time.monotonic() < deadline:
        time.sleep(0.1)
    found = Rehearsal.objects.get()
    assert (found.state, [change["text"] for change in found.changes]) == ("done", ["how do i return it"])
    assert Conversation.objects.exclude(origin="console").count() == 2

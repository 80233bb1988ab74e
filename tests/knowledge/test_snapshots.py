"""Publishing: what visitors are answered from, and that a damaged file never reaches them."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.core.files.storage import default_storage

from knowledge import facade, opened, snapshot_files, snapshots
from knowledge.contracts import Exchange
from knowledge.errors import KnowledgeError, NothingPublished, SnapshotDamaged, as_stored, in_words
from knowledge.importing import replace_knowledge
from knowledge.models import Faq, Intent, IntentExample, KnowledgeBase, Snapshot
from knowledge.publishing import publish_or_explain
from tests.knowledge.banks import NOW, ask

pytestmark = pytest.mark.django_db

INTENTS = [{"key": "greeting", "action": "chitchat", "replies": {"en": "Hello."}, "examples": {"en": ["hello"]}, "phrases": {"en": ["hello"]}}]


def faqs(answer: str = "In Lisbon.") -> list[dict[str, object]]:
    return [{"key": "where", "category": "", "variants": {"en": ["Where is the shop?", "shop address"]}, "answers": {"en": answer}}]


@pytest.fixture
def filled(base: KnowledgeBase) -> KnowledgeBase:
    facade.use_encoder("hash")
    replace_knowledge(str(base.pk), faqs=faqs(), articles=[], intents=INTENTS)
    return base


def answer(base: KnowledgeBase) -> str | None:
    opened.forget()
    return facade.open_knowledge(base.pk).find_faq(ask("Where is the shop?")).answer


def test_nothing_is_answered_before_the_first_publishing(filled: KnowledgeBase) -> None:
    with pytest.raises(NothingPublished):
        facade.open_knowledge(filled.pk)


def test_an_edit_answers_after_publishing_and_not_before(filled: KnowledgeBase) -> None:
    snapshots.publish(filled.pk, actor="ada")
    replace_knowledge(str(filled.pk), faqs=faqs("In Porto."), articles=[], intents=INTENTS)
    assert answer(filled) == "In Lisbon."
    snapshots.publish(filled.pk, actor="ada")
    assert answer(filled) == "In Porto."


def test_a_rollback_answers_at_once(filled: KnowledgeBase) -> None:
    first = snapshots.publish(filled.pk, actor="ada")
    replace_knowledge(str(filled.pk), faqs=faqs("In Porto."), articles=[], intents=INTENTS)
    snapshots.publish(filled.pk, actor="ada")
    snapshots.rollback(filled.pk, first.pk, actor="ada")
    assert answer(filled) == "In Lisbon."


def test_the_same_content_is_the_same_snapshot(filled: KnowledgeBase) -> None:
    first, second = snapshots.publish(filled.pk, actor="ada"), snapshots.publish(filled.pk, actor="bob")
    assert first.pk == second.pk
    assert Snapshot.objects.count() == 1


def test_a_snapshot_of_another_base_is_refused(filled: KnowledgeBase) -> None:
    other = KnowledgeBase.objects.create(company=filled.company, name="Other")
    first = snapshots.publish(filled.pk, actor="ada")
    with pytest.raises(KnowledgeError):
        snapshots.rollback(other.pk, first.pk, actor="eve")


@pytest.mark.parametrize("damage", ["torn", "gone"])
def test_a_damaged_file_is_named_and_the_open_snapshot_stays(filled: KnowledgeBase, damage: str) -> None:
    snapshot = snapshots.publish(filled.pk, actor="ada")
    held = facade.open_knowledge(filled.pk)
    name = f"snapshots/{snapshot.pk}/faq/variants.faiss"
    path = Path(default_storage.path(name))
    path.unlink() if damage == "gone" else path.write_bytes(path.read_bytes()[:50])
    (snapshot_files.local_folder(snapshot.pk) / snapshot_files.OPENED).unlink()
    with pytest.raises(SnapshotDamaged, match=r"variants\.faiss"):
        snapshot_files.fetch(snapshot.pk, snapshot.manifest)
    assert held.find_faq(ask("Where is the shop?")).answer == "In Lisbon."


def test_what_is_encoded_once_is_remembered(filled: KnowledgeBase) -> None:
    from knowledge.encoding import building_encoder, encoder

    again = building_encoder().encode(["Where is the shop?", "new words"])
    assert again.tolist() == encoder().encode(["Where is the shop?", "new words"]).tolist()
    assert list((settings.DATA_DIR / "vectors").glob("hash-*.sqlite3"))


def test_intents_and_evidence_come_from_the_snapshot(filled: KnowledgeBase) -> None:
    snapshots.publish(filled.pk, actor="ada")
    knowledge = facade.open_knowledge(filled.pk)
    assert knowledge.detect_intent(ask("hello")).reply == "Hello."
    assert knowledge.answer_of("where", "en", NOW) == "In Lisbon."
    assert knowledge.answer_of("where", "zh", NOW) is None


def test_a_chip_of_a_faq_that_has_ended_has_no_answer(filled: KnowledgeBase) -> None:
    Faq.objects.filter(knowledge_base=filled, key="where").update(valid_until=NOW + timedelta(hours=1))
    snapshots.publish(filled.pk, actor="ada")
    knowledge = facade.open_knowledge(filled.pk)
    assert knowledge.answer_of("where", "en", NOW) == "In Lisbon."
    assert knowledge.answer_of("where", "en", NOW + timedelta(hours=2)) is None


def test_what_goes_on_with_a_question_is_not_called_out_of_scope(filled: KnowledgeBase) -> None:
    """"In red?" alone is anything; after a question of ours it is ours. A new matter of another world stays one."""
    refusing = {"key": "out_of_scope", "action": "refuse", "replies": {"en": "No."}, "examples": {"en": ["tell me a joke", "joke"]}}
    replace_knowledge(str(filled.pk), faqs=faqs(), articles=[], intents=[*INTENTS, refusing])
    snapshots.publish(filled.pk, actor="ada")
    knowledge = facade.open_knowledge(filled.pk)
    asked, told = Exchange("Where is the shop exactly, and how do I find the address?", "In Lisbon.", "where"), Exchange("tell me a joke", "No.")
    assert knowledge.detect_intent(ask("a joke")).key == "out_of_scope"
    assert knowledge.detect_intent(ask("a joke", history=(asked,))).key == "question"
    assert knowledge.detect_intent(ask("a joke", history=(told,))).key == "out_of_scope"


def test_a_yes_to_an_offered_question_is_no_small_talk(filled: KnowledgeBase) -> None:
    agreeing = {"key": "agree", "action": "chitchat", "replies": {"en": "Fine."}, "examples": {"en": ["yes"]}, "phrases": {"en": ["yes"]}}
    replace_knowledge(str(filled.pk), faqs=faqs(), articles=[], intents=[*INTENTS, agreeing])
    snapshots.publish(filled.pk, actor="ada")
    knowledge = facade.open_knowledge(filled.pk)
    assert knowledge.detect_intent(ask("yes")).key == "agree"
    assert knowledge.detect_intent(ask("yes", history=(Exchange("shop?", "Did you mean:", options=("where",)),))).key == "question"


def test_equal_data_changes_nothing(filled: KnowledgeBase) -> None:
    assert replace_knowledge(str(filled.pk), faqs=faqs(), articles=[], intents=INTENTS) is False
    assert replace_knowledge(str(filled.pk), faqs=[], articles=[], intents=INTENTS) is True


def test_a_publishing_that_fails_is_kept_as_words_for_the_editor(filled: KnowledgeBase) -> None:
    """What contradicts itself is named; the last snapshot still answers."""
    snapshots.publish(filled.pk, actor="ada")
    second = Intent.objects.create(knowledge_base=filled, key="welcome", action="chitchat")
    IntentExample.objects.create(intent=second, kind="phrase", language="en", text="hello")
    assert not publish_or_explain(str(filled.pk), actor="ada")
    filled.refresh_from_db()
    assert "'hello' belongs to" in in_words(filled.publish_error)
    assert answer(filled) == "In Lisbon."


def test_what_nobody_expected_is_not_shown_raw(base: KnowledgeBase, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(kb_id: str, *, actor: str) -> None:
        raise OSError("[Errno 28] No space left on device")

    monkeypatch.setattr(snapshots, "publish", fails)
    assert not publish_or_explain(str(base.pk), actor="ada")
    base.refresh_from_db()
    assert "Errno" not in in_words(base.publish_error)


def test_an_error_says_the_same_after_it_was_stored() -> None:
    error = SnapshotDamaged("file_missing", snapshot="abc", file="faq/vectors.npy")
    assert in_words(as_stored(error)) == in_words(error) == str(error)

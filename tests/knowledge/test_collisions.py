"""What a FAQ's phrasings take from others: word for word at once, near ones by a worker, both before visitors meet them."""

from __future__ import annotations

import threading
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from kombu.exceptions import OperationalError

from csbot.accounts.models import Company
from knowledge import facade
from knowledge.collisions import WAITING, are_looked_for, collisions_ask, collisions_find, collisions_look
from knowledge.faq_twins import digests_fill, exact_digest, twins_of
from knowledge.importing import replace_knowledge
from knowledge.models import Collision, Faq, KnowledgeBase, Variant
from knowledge.tasks import find_collisions
from tests.knowledge.lasting import lasting_base, publish_once
from tests.knowledge.test_admin import editor, form_of, outsider, people  # noqa: F401 - fixtures

pytestmark = pytest.mark.django_db
EMPTY = {"answers-INITIAL_FORMS": "0", "variants-INITIAL_FORMS": "0"}


class Broker:
    """Keeps what was sent; the tests do the work themselves."""

    def __init__(self) -> None:
        self.sent: list[str] = []

    def apply_async(self, args: tuple[str], retry: bool) -> None:
        self.sent.append(args[0])


@pytest.fixture
def broker(monkeypatch: pytest.MonkeyPatch) -> Broker:
    broker = Broker()
    monkeypatch.setattr("knowledge.tasks.find_collisions", broker)
    return broker


@pytest.fixture
def base(company: Company) -> KnowledgeBase:
    return lasting_base(company)


@pytest.fixture
def published(base: KnowledgeBase, broker: Broker) -> KnowledgeBase:
    facade.use_encoder("hash")
    rows = facade.made_up_faqs(60, 7)
    rows.append({"key": "where", "category": "", "variants": {"en": ["Where is the shop?", "shop address"]}, "answers": {"en": "In Lisbon."}})
    replace_knowledge(str(base.pk), faqs=rows, articles=[], intents=[])
    publish_once(base, "shop")
    return base


def new_faq(base: KnowledgeBase, *texts: str, key: str = "new", **more: object) -> Faq:
    faq = Faq.objects.create(knowledge_base=base, key=key, **more)
    for place, text in enumerate(texts):
        faq.variants.create(language="en", text=text, is_canonical=not place)
    collisions_ask([faq])
    return faq


def part_of(client: Client, faq: Faq) -> str:
    return client.get(reverse("admin:knowledge_faq_collisions", args=[faq.pk])).content.decode()


# --- near ones -------------------------------------------------------------------------------------------------------


def test_a_near_phrasing_names_whom_it_takes_traffic_from(published: KnowledgeBase) -> None:
    faq = new_faq(published, "tell me where is the shop", "do you like the weather on the moon")
    collisions_find(published.pk)
    found = Collision.objects.get()
    assert (found.text, found.other, found.variant) == ("tell me where is the shop", "where", "Where is the shop?")
    assert found.chance >= 0.5
    faq.variants.all().delete()
    collisions_ask([faq])
    collisions_find(published.pk)
    assert not Collision.objects.exists()


@pytest.mark.parametrize("state", ["draft", "disabled"])
def test_what_is_not_live_takes_nothing(published: KnowledgeBase, state: str) -> None:
    new_faq(published, "tell me where is the shop", state=state)
    collisions_find(published.pk)
    assert not Collision.objects.exists()


def test_nothing_is_looked_for_before_the_first_publishing(base: KnowledgeBase) -> None:
    faq = new_faq(base, "where is the shop")
    faq.refresh_from_db()
    assert not are_looked_for(faq)
    assert not collisions_find(base.pk)


def test_every_door_that_writes_phrasings_asks_for_a_look(published: KnowledgeBase) -> None:
    doors = [
        lambda: facade.variant_add(published.pk, "where", "en", "which street is it"),
        lambda: facade.faq_update(published.pk, "where", {"variants": {"en": ["Where is it?"]}, "answers": {"en": {"text": "There."}}}),
        lambda: facade.faq_disable(published.pk, "where"),
    ]
    for door in doors:
        door()
        assert are_looked_for(Faq.objects.get(key="where"))
        collisions_find(published.pk)
        assert not are_looked_for(Faq.objects.get(key="where"))


def test_many_saved_at_once_are_looked_at_a_few_at_a_time(published: KnowledgeBase, broker: Broker) -> None:
    """One task each time, so that visitors' questions come in between."""
    for number in range(12):
        new_faq(published, "tell me where is the shop", key=f"new.{number:02}")
    rounds = 0
    broker.sent.append(str(published.pk))
    while broker.sent:
        collisions_look(broker.sent.pop())
        rounds += 1
    assert rounds == 3
    assert Collision.objects.values("faq").distinct().count() == 12


def test_what_was_saved_again_meanwhile_is_looked_at_again(published: KnowledgeBase, monkeypatch: pytest.MonkeyPatch) -> None:
    faq = new_faq(published, "tell me where is the shop")
    opened = facade.open_knowledge(published.pk)
    taken_from = type(opened).taken_from

    def saved_meanwhile(*args: object) -> object:
        monkeypatch.undo()
        collisions_ask([faq])
        return taken_from(*args)  # type: ignore[arg-type]

    monkeypatch.setattr(type(opened), "taken_from", saved_meanwhile)
    collisions_find(published.pk)
    assert not Collision.objects.exists()
    collisions_find(published.pk)
    assert Collision.objects.exists()


def test_saving_neither_fails_nor_waits_where_the_broker_is_away(
    published: KnowledgeBase, monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks: Any
) -> None:
    saved, given_up = threading.Event(), threading.Event()

    def away(*args: object, **more: object) -> None:
        saved.wait(30)
        given_up.set()
        raise OperationalError("away")

    monkeypatch.setattr("knowledge.tasks.find_collisions", find_collisions)
    monkeypatch.setattr(find_collisions, "apply_async", away)
    with django_capture_on_commit_callbacks(execute=True) as callbacks:
        facade.variant_add(published.pk, "where", "en", "which street is it")
    assert callbacks
    assert not given_up.is_set()
    saved.set()
    assert are_looked_for(Faq.objects.get(key="where"))


# --- the same words --------------------------------------------------------------------------------------------------


@pytest.fixture
def where(base: KnowledgeBase) -> Faq:
    return new_faq(base, "Where is the shop?", "shop address", key="where")


@pytest.mark.parametrize("text", ["Where is the shop?", "hello, where is the SHOP", "ｗhere is the shop ！"])
def test_twins_are_found_however_they_are_dressed(base: KnowledgeBase, where: Faq, text: str) -> None:
    assert [twin.faq for twin in twins_of(Faq(knowledge_base=base), [("en", text), ("zh", text), ("en", "?!")])] == ["where"]


def test_faqs_that_are_never_valid_together_are_no_twins(base: KnowledgeBase, where: Faq) -> None:
    moment = timezone.now()
    Faq.objects.filter(key="where").update(valid_until=moment)
    asked = [("en", "Where is the shop?")]
    assert twins_of(Faq(knowledge_base=base, valid_from=moment), asked) == []
    assert twins_of(Faq(knowledge_base=base, valid_from=moment - timedelta(days=1)), asked)
    Faq.objects.filter(key="where").update(state="draft")
    assert twins_of(Faq(knowledge_base=base), asked) == []


def test_phrasings_of_an_older_version_get_their_digest(base: KnowledgeBase, where: Faq) -> None:
    Variant.objects.filter(faq__key="where").update(exact=None)
    assert digests_fill(base.pk) == 2
    assert digests_fill(base.pk) == 0
    assert Variant.objects.get(text="shop address").exact == exact_digest("Shop address!")


@pytest.mark.parametrize("text", ["", "?", "\ud800", "\x00", "🙂" * 500])
def test_no_text_is_too_odd_for_a_digest(text: str) -> None:
    assert len(exact_digest(text)) in (0, 32)


# --- on the page -----------------------------------------------------------------------------------------------------


def add(client: Client, base: KnowledgeBase, text: str) -> str:
    url = reverse("admin:knowledge_faq_add")
    filled = {**form_of(client.get(url)), **EMPTY, "knowledge_base": str(base.pk), "key": "new", "state": "live"}
    return client.post(url, {**filled, "variants-0-language": "en", "variants-0-text": text}, follow=True).content.decode()


def test_an_editor_is_told_of_the_same_words_when_they_are_saved(editor: Client, base: KnowledgeBase) -> None:  # noqa: F811
    """Nothing was published, and no worker is needed."""
    new_faq(base, "Where is the shop?", key="where")
    assert "“where is the shop” is a phrasing of “Where is the shop?” too." in add(editor, base, "where is the shop")
    faq = Faq.objects.get(key="new")
    page = reverse("admin:knowledge_faq_change", args=[Faq.objects.get(key="where").pk])
    assert f'“where is the shop” is word for word a phrasing of <a href="{page}">Where is the shop?</a>' in part_of(editor, faq)
    listed = editor.get(reverse("admin:knowledge_faq_changelist"), {"takes": "yes"})
    assert {one.key for one in listed.context["cl"].result_list} == {"new", "where"}


def test_the_page_shows_near_ones_as_soon_as_they_are_found(editor: Client, outsider: Client, published: KnowledgeBase) -> None:  # noqa: F811
    add(editor, published, "tell me where is the <shop>")
    faq = Faq.objects.get(key="new")
    part, page = (reverse(name, args=[faq.pk]) for name in ("admin:knowledge_faq_collisions", "admin:knowledge_faq_change"))
    assert editor.get(part).status_code == 202
    assert f'data-part="{part}"' in editor.get(page).content.decode()
    collisions_find(published.pk)
    told = editor.get(part)
    assert told.status_code == 200
    assert "“tell me where is the &lt;shop&gt;” takes traffic from <a " in told.content.decode()
    assert "which has “Where is the shop?”. Chance that visitors" in told.content.decode()
    assert "takes traffic from <a " in editor.get(page).content.decode()
    listed = editor.get(reverse("admin:knowledge_faq_changelist"), {"takes": "no"})
    assert "new" not in {one.key for one in listed.context["cl"].result_list}
    assert outsider.get(part).status_code == 404


def test_the_page_says_that_nobody_looked_instead_of_that_nothing_was_found(editor: Client, published: KnowledgeBase) -> None:  # noqa: F811
    faq = new_faq(published, "tell me where is the shop")
    Faq.objects.filter(pk=faq.pk).update(collisions_asked=timezone.now() - WAITING)
    assert "no worker was there" in part_of(editor, faq)
    collisions_find(published.pk)
    assert "Chance that visitors" in part_of(editor, faq)


def test_a_phrasing_that_is_gone_is_no_longer_shown(editor: Client, published: KnowledgeBase) -> None:  # noqa: F811
    faq = new_faq(published, "tell me where is the shop")
    collisions_find(published.pk)
    faq.variants.all().delete()
    assert "From no other FAQ." in part_of(editor, faq)

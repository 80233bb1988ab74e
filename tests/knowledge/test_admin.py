"""FAQ curation as people of a company see it: who may do what, and that nobody sees another company's rows."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext

from csbot.accounts.models import Agent, Company, Site, User
from csbot.conversations.models import Conversation, Visitor
from csbot.lib.clock import now
from csbot.lib.status import WorkerStatus, status_write
from knowledge import facade
from knowledge.models import Article, Faq, FaqAnswer, Intent, KnowledgeBase, Snapshot, Variant, WordList
from tests.csbot.dashboard.desks import agent_of

pytestmark = pytest.mark.django_db

LISTS = ["knowledge_faq", "knowledge_article", "knowledge_intent", "knowledge_wordlist", "knowledge_knowledgebase", "conversations_conversation"]
People = Callable[..., Client]


@pytest.fixture
def people() -> People:
    """Somebody signed in: a company and a role."""

    def sign_in(company: Company, role: str) -> Client:
        user = User.objects.create(username=f"{role}@{company.slug}", is_staff=True)
        Agent.objects.create(company=company, user=user, role=role, display_name=role)
        client = Client()
        client.force_login(user)
        return client

    return sign_in


@pytest.fixture
def editor(people: People, company: Company) -> Client:
    return people(company, "editor")


@pytest.fixture
def viewer(people: People, company: Company) -> Client:
    return people(company, "viewer")


@pytest.fixture
def outsider(people: People) -> Client:
    """An editor of another company, which has two knowledge bases and two sites, so that its lists offer filters."""
    other = Company.objects.create(name="Globex", slug="globex")
    for name in ("Pumps", "Valves"):
        base = KnowledgeBase.objects.create(company=other, name=name)
        Site.objects.create(company=other, knowledge_base=base, key=name.lower(), name=f"{name} shop")
    return people(other, "editor")


@pytest.fixture
def faq(base: KnowledgeBase) -> Faq:
    faq = Faq.objects.create(knowledge_base=base, key="tea.returns", category="returns")
    for language, question, answer in (("en", "How long may I return it?", "Within 30 days."), ("zh", "多久能退货？", "30天内可以退。")):
        Variant.objects.create(faq=faq, language=language, text=question, is_canonical=True)
        FaqAnswer.objects.create(faq=faq, language=language, text=answer)
    return faq


@pytest.fixture
def rows(faq: Faq, base: KnowledgeBase, site: Site) -> dict[str, Any]:
    """One row of each list, all of the first company."""
    visitor = Visitor.objects.create(company=site.company, site=site)
    return {
        "knowledge_faq": faq,
        "knowledge_article": Article.objects.create(knowledge_base=base, key="brewing", language="en", title="Brewing", body="Hot water."),
        "knowledge_intent": Intent.objects.create(knowledge_base=base, key="greeting", action="chitchat"),
        "knowledge_wordlist": WordList.objects.create(company=base.company, name="ours"),
        "knowledge_knowledgebase": base,
        "conversations_conversation": Conversation.objects.create(company=site.company, site=site, visitor=visitor),
    }


def page_of(client: Client, url: str, **values: Any) -> str:
    return client.get(url, values).content.decode()


def form_of(page: Any) -> dict[str, Any]:
    """What a browser would send back of a change form."""
    forms = [page.context["adminform"].form, *[form for inline in page.context["inline_admin_formsets"] for form in inline.formset.forms]]
    management = [inline.formset.management_form for inline in page.context["inline_admin_formsets"]]
    fields = [field for form in [*forms, *management] for field in form]
    values = {field.html_name: field.value() for field in fields}
    for field in fields:
        if isinstance(values[field.html_name], list):  # date and time stand in two boxes
            del values[field.html_name]
    return {name: value for name, value in values.items() if value not in (None, False)}


# --- lists -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("term", ["退货", "30 days", "tea.ret"])
def test_the_list_finds_a_faq_by_two_characters_or_by_words(editor: Client, faq: Faq, term: str) -> None:
    other = Faq.objects.create(knowledge_base=faq.knowledge_base, key="delivery.cost")
    page = page_of(editor, reverse("admin:knowledge_faq_changelist"), q=term)
    assert faq.key in page
    assert other.key not in page


@pytest.mark.parametrize(
    ("filters", "is_found"),
    [({"state": "live"}, True), ({"state__exact": "disabled"}, False), ({"category": "returns"}, True), ({"without": "en"}, False)],
)
def test_the_list_filters(editor: Client, faq: Faq, filters: dict[str, str], is_found: bool) -> None:
    assert ("多久能退货" in page_of(editor, reverse("admin:knowledge_faq_changelist"), **filters)) is is_found


@pytest.mark.parametrize("name", LISTS)
@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_every_list_and_row_opens_in_both_languages(admin_client: Client, rows: dict[str, Any], name: str, language: str) -> None:
    headers = {"accept-language": language}
    page = admin_client.get(reverse(f"admin:{name}_changelist"), headers=headers)
    assert page.status_code == 200
    assert f'lang="{language}"' in page.content.decode()
    assert admin_client.get(reverse(f"admin:{name}_change", args=[rows[name].pk]), headers=headers).status_code == 200


# --- the border of a company -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", LISTS)
def test_an_outsider_sees_nothing_of_another_company(outsider: Client, rows: dict[str, Any], name: str) -> None:
    """Neither rows nor names in filters and choices."""
    base = rows["knowledge_knowledgebase"]
    base.name = "Jasmine shelf"
    base.save()
    pages = [page_of(outsider, reverse(f"admin:{name}_changelist"))]
    if name != "conversations_conversation":
        pages.append(page_of(outsider, reverse(f"admin:{name}_add")))
    for page in pages:
        assert [word for word in ("Lantern", "Jasmine shelf", "Tea shop", "tea.returns", "Brewing") if word in page] == []
    change = outsider.get(reverse(f"admin:{name}_change", args=[rows[name].pk]))
    assert change.status_code in (302, 403, 404)


@pytest.mark.parametrize("name", ["knowledge_faq", "knowledge_article", "knowledge_intent"])
def test_a_list_is_filtered_by_ones_own_knowledge_bases(outsider: Client, base: KnowledgeBase, name: str) -> None:
    page = page_of(outsider, reverse(f"admin:{name}_changelist"))
    assert "Pumps" in page
    assert f"knowledge_base__id__exact={base.pk}" not in page


def test_conversations_are_filtered_by_ones_own_sites(outsider: Client, admin_client: Client, site: Site) -> None:
    url = reverse("admin:conversations_conversation_changelist")
    assert "Valves shop" in page_of(outsider, url)
    assert site.name not in page_of(outsider, url)
    assert site.name in page_of(admin_client, url)


@pytest.mark.parametrize("name", ["history", "history_version", "snapshots", "publish", "rollback", "delete"])
def test_no_page_of_a_row_opens_to_an_outsider(outsider: Client, faq: Faq, base: KnowledgeBase, name: str) -> None:
    snapshot = Snapshot.objects.create(id="1" * 64, knowledge_base=base, number=1)
    url = {
        "history": reverse("admin:knowledge_faq_history", args=[faq.pk]),
        "history_version": reverse("admin:knowledge_faq_simple_history", args=[faq.pk, faq.history.get().history_id]),
        "snapshots": reverse("admin:knowledge_snapshots", args=[base.pk]),
        "publish": reverse("admin:knowledge_publish", args=[base.pk]),
        "rollback": reverse("admin:knowledge_rollback", args=[base.pk, snapshot.pk]),
        "delete": reverse("admin:knowledge_faq_delete", args=[faq.pk]),
    }[name]
    answer = outsider.post(url, {"post": "yes", "category": "taken"})
    assert answer.status_code in (302, 403, 404)
    assert answer.headers.get("location", reverse("admin:index")) == reverse("admin:index")
    faq.refresh_from_db()
    base.refresh_from_db()
    assert (faq.category, base.publishing_since, base.published_snapshot) == ("returns", None, None)


def test_an_editor_cannot_write_into_another_companys_base(outsider: Client, base: KnowledgeBase) -> None:
    page = outsider.get(reverse("admin:knowledge_faq_add"))
    outsider.post(reverse("admin:knowledge_faq_add"), {**form_of(page), "knowledge_base": str(base.pk), "key": "planted"})
    assert not Faq.objects.filter(key="planted").exists()


def test_only_people_of_a_company_get_in(client: Client, faq: Faq) -> None:
    nobody = User.objects.create(username="nobody", is_staff=True)
    client.force_login(nobody)
    assert client.get(reverse("admin:knowledge_faq_changelist")).status_code == 403
    assert client.get(reverse("console")).status_code == 403


# --- roles and actions -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("action", ["make_live", "disable", "delete_selected"])
def test_a_viewer_changes_nothing(viewer: Client, faq: Faq, action: str) -> None:
    Faq.objects.update(state="draft")
    url = reverse("admin:knowledge_faq_changelist")
    viewer.post(url, {"action": action, "_selected_action": [faq.pk], "post": "yes"})
    viewer.post(reverse("admin:knowledge_faq_change", args=[faq.pk]), {"key": "taken", "knowledge_base": str(faq.knowledge_base_id), "state": "live"})
    faq.refresh_from_db()
    assert (faq.key, faq.state) == ("tea.returns", "draft")
    assert f'value="{action}"' not in page_of(viewer, url)


@pytest.mark.parametrize("name", ["knowledge_faq_add", "knowledge_faq_import", "knowledge_faq_process_import"])
def test_a_viewer_adds_and_imports_nothing(viewer: Client, name: str) -> None:
    assert viewer.post(reverse(f"admin:{name}")).status_code == 403


def test_a_viewer_publishes_nothing(viewer: Client, base: KnowledgeBase) -> None:
    assert "publish/" not in page_of(viewer, reverse("admin:knowledge_snapshots", args=[base.pk]))
    assert viewer.post(reverse("admin:knowledge_publish", args=[base.pk])).status_code == 403


@pytest.mark.parametrize(("action", "state"), [("make_live", "live"), ("disable", "disabled")])
def test_a_list_action_is_an_edit_like_any_other(editor: Client, faq: Faq, action: str, state: str) -> None:
    """With its history, under the name of who did it, and waiting to be published."""
    faq.state = "draft"
    faq.save()
    Snapshot.objects.create(id="1" * 64, knowledge_base=faq.knowledge_base, number=1, published=now())
    assert not facade.is_newer_than_published(faq.knowledge_base_id)
    editor.post(reverse("admin:knowledge_faq_changelist"), {"action": action, "_selected_action": [faq.pk]})
    edited = Faq.objects.get(pk=faq.pk)
    assert edited.state == state
    assert edited.changed > faq.changed
    assert edited.history.latest().state == state
    assert edited.history.latest().history_user.username == "editor@lantern"
    assert facade.is_newer_than_published(faq.knowledge_base_id)


# --- one FAQ ---------------------------------------------------------------------------------------------------------


def test_variants_are_added_edited_and_deleted_in_the_faqs_form(editor: Client, faq: Faq) -> None:
    gone = Variant.objects.create(faq=faq, language="en", text="to be removed")
    url = reverse("admin:knowledge_faq_change", args=[faq.pk])
    values = form_of(editor.get(url))
    place = {values[name]: name.removesuffix("-text") for name in values if name.startswith("variants-") and name.endswith("-text")}
    values |= {f"{place['How long may I return it?']}-text": "How many days?", f"{place[gone.text]}-DELETE": "on"}
    values |= {"variants-3-faq": faq.pk, "variants-3-language": "en", "variants-3-text": "refund window", "variants-TOTAL_FORMS": 4}
    assert editor.post(url, values).status_code == 302
    assert set(faq.variants.filter(language="en").values_list("text", flat=True)) == {"How many days?", "refund window"}


def test_the_history_shows_who_edited_and_takes_an_edit_back(editor: Client, faq: Faq) -> None:
    first = faq.history.get()
    url = reverse("admin:knowledge_faq_change", args=[faq.pk])
    editor.post(url, form_of(editor.get(url)) | {"category": "refunds"})
    assert "editor@lantern" in page_of(editor, reverse("admin:knowledge_faq_history", args=[faq.pk]))
    version = reverse("admin:knowledge_faq_simple_history", args=[faq.pk, first.history_id])
    page = editor.get(version)
    values = {field.html_name: field.value() for field in page.context["adminform"].form if isinstance(field.value(), str)}
    editor.post(version, values | {"knowledge_base": str(faq.knowledge_base_id)})
    faq.refresh_from_db()
    assert faq.category == "returns"


def test_the_history_tells_what_became_of_answers_and_phrasings(editor: Client, faq: Faq) -> None:
    gone = Variant.objects.create(faq=faq, language="en", text="to be removed")
    url = reverse("admin:knowledge_faq_change", args=[faq.pk])
    values = form_of(editor.get(url))
    answer = next(name for name, value in values.items() if value == "Within 30 days.")
    place = next(name.removesuffix("-text") for name, value in values.items() if value == gone.text)
    editor.post(url, values | {answer: "Sixty days.", f"{place}-DELETE": "on"})
    newest, first = editor.get(reverse("admin:knowledge_faq_history", args=[faq.pk])).context["page_obj"].object_list
    told = [(change["field"], change["old"], change["new"]) for change in newest.history_delta_changes]
    assert ("answer (en)", "Within 30 days.", "Sixty days.") in told
    assert ("phrasing (en)", "to be removed", "–") in told
    assert ("phrasing (en)", "–", "to be removed") in [(change["field"], change["old"], change["new"]) for change in first.history_delta_changes]


def test_validity_is_edited_in_the_time_of_the_companys_site(editor: Client, faq: Faq, site: Site) -> None:
    url = reverse("admin:knowledge_faq_change", args=[faq.pk])
    values = form_of(editor.get(url)) | {"valid_from_0": "2026-02-01", "valid_from_1": "08:00:00"}
    assert "Asia/Shanghai" in page_of(editor, url)
    editor.post(url, values)
    faq.refresh_from_db()
    assert faq.valid_from is not None
    assert faq.valid_from.isoformat() == "2026-02-01T00:00:00+00:00"
    assert 'value="08:00:00"' in page_of(editor, url)


# --- publishing ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_the_snapshots_page_speaks_the_readers_language(editor: Client, base: KnowledgeBase, language: str) -> None:
    Snapshot.objects.create(id="1" * 64, knowledge_base=base, number=1, report={"faqs": 7, "seconds": 0.4, "unheard_of": 1})
    page = editor.get(reverse("admin:knowledge_snapshots", args=[base.pk]), headers={"accept-language": language}).content.decode()
    with translation.override(language):
        assert gettext("Publish all changes") in page
        assert gettext("FAQs: %(value)s") % {"value": 7} in page
    assert "unheard_of" not in page


@pytest.mark.parametrize(
    ("stored", "sentence"),
    [
        ('{"code": "other_encoder", "values": {"number": 3}}', "Snapshot #3 was built with another encoder."),
        ("KeyError: 'encoder'", "Something unexpected went wrong"),
    ],
)
def test_a_failed_publishing_is_told_in_words(editor: Client, base: KnowledgeBase, stored: str, sentence: str) -> None:
    KnowledgeBase.objects.update(publish_error=stored)
    for name in ("knowledge_snapshots", "knowledge_knowledgebase_change"):
        page = page_of(editor, reverse(f"admin:{name}", args=[base.pk]))
        assert sentence in page
        assert "encoder&quot;" not in page
        assert "KeyError" not in page


def test_a_snapshot_whose_files_are_gone_is_not_rolled_back_to(editor: Client, base: KnowledgeBase) -> None:
    manifest = {"files": {"faq/vectors.npy": {"sha256": "0", "size": 1}}}
    snapshot = Snapshot.objects.create(id="2" * 64, knowledge_base=base, number=1, manifest=manifest)
    page = editor.post(reverse("admin:knowledge_rollback", args=[base.pk, snapshot.pk]), follow=True)
    assert "the file faq/vectors.npy is missing" in page.content.decode()
    base.refresh_from_db()
    assert base.published_snapshot is None


# --- with workers ----------------------------------------------------------------------------------------------------


@pytest.fixture
def published(workers: None, site: Site, faq: Faq) -> KnowledgeBase:
    facade.use_encoder("hash")
    facade.build_and_publish(faq.knowledge_base_id, actor="ada")
    return faq.knowledge_base


def ask(client: Client, site: Site) -> str:
    page = client.post(reverse("console"), {"site": str(site.pk), "text": "How long may I return it?", "language": "en"}, follow=True)
    return page.content.decode()


def ask_worker(client: Client, site: Site) -> str:
    status_write("answers", WorkerStatus("ready"))  # a sign of life counts for ten seconds, and publishing may take longer
    return ask(client, site)


def published_number(base: KnowledgeBase) -> int | None:
    base.refresh_from_db()
    return base.published_snapshot.number if base.published_snapshot and not base.publishing_since else None


@pytest.mark.django_db(transaction=True)
def test_a_published_change_and_a_rollback_answer_within_five_seconds(published: KnowledgeBase, editor: Client, site: Site) -> None:
    assert "Within 30 days." in ask_worker(editor, site)
    first = published.published_snapshot or Snapshot.objects.get()
    url = reverse("admin:knowledge_faq_change", args=[Faq.objects.get().pk])
    values = form_of(editor.get(url))
    name = next(name for name, value in values.items() if value == "Within 30 days.")
    editor.post(url, values | {name: "Within 60 days."})
    editor.post(reverse("admin:knowledge_publish", args=[published.pk]))
    wait_until(lambda: published_number(published) == 2, seconds=60)
    wait_until(lambda: "Within 60 days." in ask_worker(editor, site), seconds=5)
    editor.post(reverse("admin:knowledge_rollback", args=[published.pk, first.pk]))
    wait_until(lambda: "Within 30 days." in ask_worker(editor, site), seconds=5)
    page = ask_worker(editor, site)
    assert all(words in page for words in ("How it came about", "Answered with the stored text (", "tea.returns</code>"))


def test_a_question_is_tested_on_ones_own_sites_only(outsider: Client, site: Site) -> None:
    assert "errorlist" in ask(outsider, site)
    assert site.name not in page_of(outsider, reverse("console"))


def test_a_question_is_not_tested_where_nothing_runs(editor: Client, site: Site, redis_clean: None) -> None:
    assert "no sign of life" in ask(editor, site)


def wait_until(is_so: Callable[[], bool], *, seconds: float) -> None:
    deadline = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < deadline, f"not within {seconds} seconds"
        time.sleep(0.1)


# --- trying words ----------------------------------------------------------------------------------------------------


def test_a_text_is_tried_against_the_lists_in_every_direction(company: Company, client: Client) -> None:
    words = WordList.objects.create(company=company, name="ours")
    words.words.create(term="zorblax", category="brand", level="mask")
    client.force_login(agent_of(company, "tess", "viewer").user)
    page = client.post("/admin/knowledge/wordlist/try/", {"text": "buy a Z o r b l a x now"}).content.decode()
    assert all(f"<strong>{direction}: mask</strong>" in page for direction in ("From visitors", "From the bot", "From agents"))
    assert all(part in page for part in ("zorblax", "brand", "ours", "Z o r b l a x", "buyazorblaxnow", "buy a ************* now"))
    assert "No listed word." in client.post("/admin/knowledge/wordlist/try/", {"text": "good morning"}).content.decode()


def test_another_companys_words_are_not_tried(company: Company, client: Client) -> None:
    WordList.objects.create(company=company, name="ours").words.create(term="zorblax", level="mask")
    client.force_login(agent_of(Company.objects.create(name="Else", slug="else"), "eve", "admin").user)
    assert "No listed word." in client.post("/admin/knowledge/wordlist/try/", {"text": "zorblax"}).content.decode()

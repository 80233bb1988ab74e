"""The pages of word lists: words from a file, many words, undo, rules, the record of hits, figures, and who may open them."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from csbot.accounts.models import AuditEntry, Company, Site
from csbot.conversations.models import Conversation
from knowledge.contracts import Direction, Level
from knowledge.models import KnowledgeBase, Word, WordChange, WordHit, WordList, WordRule
from knowledge.tasks import forget_word_hits
from knowledge.word_hits import KEPT_FOR, hits_keep
from knowledge.words import forget_word_filters, word_filter
from tests.csbot.dashboard.desks import agent_of, conversation_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("redis_clean")]

IMPORT, CONFIRM, FIGURES = (f"/admin/knowledge/wordlist/{name}/" for name in ("import", "confirm", "figures"))


@pytest.fixture
def editor(company: Company, client: Client) -> Client:
    client.force_login(agent_of(company, "ed", "editor").user)
    return client


@pytest.fixture
def stranger(db: None) -> Client:
    client = Client()
    client.force_login(agent_of(Company.objects.create(name="Else", slug="else"), "eve", "admin").user)
    return client


def upload(client: Client, name: str, data: bytes | str, **more: str) -> str:
    file = SimpleUploadedFile(name, data if isinstance(data, bytes) else data.encode())
    answer = client.post(IMPORT, {"upload": file, "level": "mask", "category": "", "new_name": "", "word_list": "", **more})
    assert answer.status_code == 200
    return str(answer.content.decode())


def key_in(page: str) -> str:
    found = re.search(r'name="key" value="(\w+)"', page)
    assert found, page
    return found[1]


def confirm(client: Client, page: str, **more: Any) -> str:
    return str(client.post(CONFIRM, {"key": key_in(page), **more}, follow=True).content.decode())


def hit_of(term: str, **more: str) -> dict[str, str]:
    return {"term": term, "found": term.title(), "category": "", "level": "mask", "why": "", **more}


def words() -> dict[str, tuple[str, str]]:
    return {word.term: (word.category, word.level) for word in Word.objects.all()}


# --- from a file -----------------------------------------------------------------------------------------------------

FILES = [
    ("w.txt", "zorblax\ngrobnik\n"),
    ("w.csv", "term,category,level\nzorblax,rivals,block\ngrobnik,,\n"),
    ("w.csv", "id,text\n1,zorblax\n2,grobnik\n"),
    ("w.json", json.dumps(["zorblax", {"term": "grobnik"}])),
    ("w.txt", "zorblax\ngrobnik\n格罗布\n".encode("gb18030")),
]


@pytest.mark.parametrize(("name", "data"), FILES)
def test_words_come_in_after_they_were_shown(editor: Client, name: str, data: bytes | str) -> None:
    page = upload(editor, name, data)
    assert words() == {}
    told = confirm(editor, page)
    assert {"zorblax", "grobnik"} <= words().keys()
    assert "Words added:" in told
    assert WordList.objects.get().name == "w"
    assert AuditEntry.objects.filter(action="imported").count() == 1


def test_what_the_file_says_counts_before_what_the_form_says(editor: Client) -> None:
    page = upload(editor, "w.csv", "term,category,level\nzorblax,rivals,block\ngrobnik,,\n", level="log only", category="else")
    confirm(editor, page)
    assert words() == {"zorblax": ("rivals", "block"), "grobnik": ("else", "log only")}


@pytest.mark.parametrize("written", ["Self_Harm", "self-harm", "SELF HARM", "自伤"])
def test_a_shipped_category_is_known_however_it_is_written(editor: Client, company: Company, written: str) -> None:
    confirm(editor, upload(editor, "w.csv", f"term,category,level\nzorblax,{written},hand over\n"))
    assert words() == {"zorblax": ("self-harm", "hand over")}
    assert word_filter(company.pk).check("I zorblax", Direction.VISITOR).is_in_need
    body = {"word_list": WordList.objects.get().pk, "term": "grobnik", "category": written, "level": "hand over", "language": "", "note": ""}
    editor.post(reverse("admin:knowledge_word_add"), body)
    assert words()["grobnik"] == ("self-harm", "hand over")


WRONG = [
    ("w.txt", b"", "holds no words"),
    ("w.pdf", b"zorblax", "neither a TXT, CSV"),
    ("w.txt", b"\x81\xff\xfe\xff\x00zorblax", "encoding"),
    ("w.json", b"{nonsense", "not valid JSON"),
    ("w.json", b'{"a": 1}', "no list of words"),
    ("w.csv", b"term,level\nzorblax,terrible\n", "terrible"),
    ("w.csv", b"PK\x03\x04\x14\x00\x06\x00", "is a workbook or an archive"),
    ("w.csv", b"zorblax,rivals,block\n", "holds no names of columns"),
]


@pytest.mark.parametrize(("name", "data", "said"), WRONG)
def test_a_file_that_cannot_be_used_says_why(editor: Client, name: str, data: bytes, said: str) -> None:
    page = upload(editor, name, data)
    assert said in page
    assert "errorlist" in page
    assert words() == {}


def test_ordinary_words_are_proposed_for_refusal_by_name_with_a_text(editor: Client) -> None:
    page = upload(editor, "w.txt", "zorblax\n没有\n手机\n其他\n")
    assert "3 words should be refused" in page
    assert all(f'value="{word}"' in page for word in ("没有", "手机", "其他"))
    confirm(editor, page, take=["手机"])
    assert set(words()) == {"zorblax", "手机"}


@pytest.mark.parametrize("level", ["mask", "block", "log only"])
def test_a_list_from_elsewhere_takes_no_helpline_away(editor: Client, company: Company, level: str) -> None:
    page = upload(editor, "w.txt", "kill myself\n想自杀\nI want to kill myself\nzorblax\n", level=level)
    assert "somebody asks for help: 2." in page
    confirm(editor, page, take_all="on")
    confirm(editor, upload(editor, "v.csv", "term,category\n想死,self-harm\n"), take_all="on")
    forget_word_filters()
    for text in ("i want to kill myself", "我想自杀", "好想死"):
        assert word_filter(company.pk).check(text, Direction.VISITOR).is_in_need, text
    assert word_filter(company.pk).check("zorblax", Direction.VISITOR).level == level


def test_what_counts_for_nothing_is_said(editor: Client, company: Company) -> None:
    assert "only signs: 2." in " ".join(upload(editor, "w.txt", "zorblax\nx\n!?!\n").split())
    word_list = WordList.objects.create(company=company, name="ours")
    body = {"word_list": word_list.pk, "term": "x", "category": "", "level": "block", "language": "", "note": ""}
    assert "counts for nothing" in editor.post(reverse("admin:knowledge_word_add"), body, follow=True).content.decode()


def test_a_book_on_one_line_is_not_read_for_words(editor: Client) -> None:
    page = upload(editor, "w.txt", f"zorblax\n{'今天我们去上班' * 100_000}\n")
    assert "only signs: 1." in " ".join(page.split())
    confirm(editor, page)
    assert set(words()) == {"zorblax"}


def test_what_no_database_keeps_does_not_break_an_import(editor: Client) -> None:
    confirm(editor, upload(editor, "w.json", r'[{"term": "zor\u0000blax", "category": "a\ud800b", "note": "\u0000"}]'))
    assert words() == {"zorblax": ("ab", "mask")}


def test_all_of_them_can_be_taken_all_the_same(editor: Client) -> None:
    confirm(editor, upload(editor, "w.txt", "zorblax\n没有\n"), take_all="on")
    assert set(words()) == {"zorblax", "没有"}


def test_the_companys_own_messages_speak_against_a_word(editor: Client, site: Site) -> None:
    conversation_of(site, "my zorblax is late", "a zorblax please")
    Conversation.objects.update(origin=Conversation.Origin.WIDGET)
    page = upload(editor, "w.txt", "zorblax\ngrobnik\n")
    assert "1 word should be refused" in page
    assert "zorblax is late" in page or "a zorblax please" in page


def test_a_preview_is_confirmed_once_and_by_its_own_company(editor: Client, stranger: Client) -> None:
    page = upload(editor, "w.txt", "zorblax\n")
    assert "no longer there" in confirm(stranger, page)
    confirm(editor, page)
    assert "no longer there" in confirm(editor, page)
    assert Word.objects.count() == 1


def test_an_import_is_undone_at_a_button(editor: Client, stranger: Client) -> None:
    confirm(editor, upload(editor, "w.txt", "zorblax\ngrobnik\n"))
    undo = reverse("admin:knowledge_wordchange_undo", args=[WordChange.objects.get().pk])
    assert stranger.post(undo).status_code == 404
    assert "undone" in editor.post(undo, follow=True).content.decode()
    assert words() == {}


def test_an_import_into_a_list_that_is_gone_waits_until_it_is_back(editor: Client) -> None:
    confirm(editor, upload(editor, "w.txt", "zorblax\n"))
    editor.post(reverse("admin:knowledge_wordlist_delete", args=[WordList.objects.get().pk]), {"post": "yes"})
    gone, came = (reverse("admin:knowledge_wordchange_undo", args=[one.pk]) for one in WordChange.objects.order_by("-created", "-pk"))
    assert "Bring the list back first" in editor.post(came, follow=True).content.decode()
    assert not WordList.objects.exists()
    editor.post(gone)
    assert set(words()) == {"zorblax"}
    assert "It was undone" in editor.post(came, follow=True).content.decode()
    assert "undone already" in editor.post(came, follow=True).content.decode()
    assert words() == {}


def test_who_may_only_read_undoes_nothing(editor: Client, company: Company) -> None:
    confirm(editor, upload(editor, "w.txt", "zorblax\n"))
    undo = reverse("admin:knowledge_wordchange_undo", args=[WordChange.objects.get().pk])
    viewer = Client()
    viewer.force_login(agent_of(company, "vi", "viewer").user)
    assert viewer.post(undo).status_code == 403
    assert editor.get(undo).status_code == 405
    assert set(words()) == {"zorblax"}


# --- many words ------------------------------------------------------------------------------------------------------


@pytest.fixture
def many(company: Company) -> WordList:
    word_list = WordList.objects.create(company=company, name="many")
    Word.objects.bulk_create(Word(word_list=word_list, term=f"zorblax{number:05}", category="rivals") for number in range(15_000))
    return word_list


def test_thousands_of_words_are_paged_searched_and_removed(editor: Client, many: WordList) -> None:
    listed = reverse("admin:knowledge_word_changelist")
    first = editor.get(listed).content.decode()
    assert ("zorblax00099" in first, "zorblax00100" in first) == (True, False)
    found = editor.get(listed, {"q": "zorblax14321"}).content.decode()
    assert (">zorblax14321<" in found, ">zorblax00001<" in found) == (True, False)
    assert len(editor.get(reverse("admin:knowledge_wordlist_change", args=[many.pk])).content) < 100_000
    remove = reverse("admin:knowledge_wordlist_delete", args=[many.pk])
    assert len(editor.get(remove).content) < 100_000
    editor.post(remove, {"post": "yes"})
    assert not Word.objects.exists()
    editor.post(reverse("admin:knowledge_wordchange_undo", args=[WordChange.objects.get().pk]))
    assert Word.objects.count() == 15_000


def test_the_audit_log_says_how_many_words_went(editor: Client, company: Company) -> None:
    word_list = WordList.objects.create(company=company, name="ours")
    chosen = [word_list.words.create(term=f"word{number}").pk for number in range(30)]
    body = {"action": "delete_selected", "_selected_action": chosen, "post": "yes"}
    editor.post(reverse("admin:knowledge_word_changelist"), body)
    entries = AuditEntry.objects.filter(company=company, action="deleted").values_list("object_name", flat=True)
    assert "words: 30" in entries
    assert len(entries) == 21


def test_chosen_words_are_removed_and_come_back(editor: Client, company: Company) -> None:
    word_list = WordList.objects.create(company=company, name="ours")
    chosen = [word_list.words.create(term=term).pk for term in ("one", "two")]
    word_list.words.create(term="three")
    body = {"action": "delete_selected", "_selected_action": chosen, "post": "yes"}
    assert "can be brought back" in editor.post(reverse("admin:knowledge_word_changelist"), body, follow=True).content.decode()
    assert set(words()) == {"three"}
    editor.post(reverse("admin:knowledge_wordchange_undo", args=[WordChange.objects.get().pk]))
    assert set(words()) == {"one", "two", "three"}


def test_a_word_that_is_edited_counts_at_once_elsewhere(editor: Client, company: Company) -> None:
    word = WordList.objects.create(company=company, name="ours").words.create(term="zorblax", level="mask")
    before = word_filter(company.pk).version
    body = {"word_list": word.word_list_id, "term": "zorblax", "category": "", "level": "block", "language": "", "note": ""}
    assert editor.post(reverse("admin:knowledge_word_change", args=[word.pk]), body).status_code == 302
    forget_word_filters()
    assert word_filter(company.pk).version != before
    assert word_filter(company.pk).check("zorblax", Direction.BOT).level is Level.BLOCK


# --- rules, hits, figures --------------------------------------------------------------------------------------------


def test_a_rule_is_set_in_a_form(editor: Client, company: Company, site: Site) -> None:
    body = {"company": company.pk, "site": site.pk, "category": "abuse", "direction": "visitor", "action": "warn agent"}
    assert editor.post(reverse("admin:knowledge_wordrule_add"), body).status_code == 302
    assert word_filter(company.pk, site.pk).check("you moron", Direction.VISITOR).level is Level.WARN_AGENT
    assert "abuse" in editor.get(reverse("admin:knowledge_wordrule_changelist")).content.decode()
    assert editor.post(reverse("admin:knowledge_wordrule_add"), body).status_code == 200  # there is one already
    assert WordRule.objects.count() == 1


def test_what_is_judged_by_meaning_is_ruled_like_a_category(editor: Client, company: Company) -> None:
    assert "abuse by meaning" in editor.get(reverse("admin:knowledge_wordrule_add")).content.decode()
    body = {"company": company.pk, "site": "", "category": "abuse by meaning", "direction": "visitor", "action": "hand over"}
    assert editor.post(reverse("admin:knowledge_wordrule_add"), body).status_code == 302
    assert word_filter(company.pk).level_in("abuse by meaning", Level.WARN_AGENT, Direction.VISITOR) == (Level.HAND_OVER, "company")


def test_a_rule_for_another_companys_site_is_refused(stranger: Client, site: Site) -> None:
    own = Company.objects.get(slug="else")
    body = {"company": own.pk, "site": site.pk, "category": "", "direction": "", "action": "mask"}
    assert stranger.post(reverse("admin:knowledge_wordrule_add"), body).status_code == 200
    assert not WordRule.objects.exists()


def test_figures_count_what_was_met(editor: Client, company: Company, site: Site) -> None:
    WordList.objects.create(company=company, name="ours").words.create(term="zorblax", category="rivals")
    for _ in range(3):
        hits_keep(company.pk, site.pk, Direction.BOT, [hit_of("zorblax", category="rivals", why="site")], conversation_id=None)
    page = " ".join(editor.get(FIGURES).content.decode().split())
    assert "Met in the last 30 days: 3" in page
    assert '<th scope="row">zorblax</th><td>rivals</td><td>3</td>' in page
    assert '<th scope="row">rivals</th><td>1</td><td>0</td>' in page
    assert '<th scope="row">from the bot</th><td>3</td>' in page
    listed = editor.get(reverse("admin:knowledge_wordhit_changelist")).content.decode()
    assert "a rule of the site" in listed


def test_whoever_is_limited_to_a_site_sees_no_rules_and_hits_of_others(company: Company, client: Client, site: Site, base: KnowledgeBase) -> None:
    other = Site.objects.create(company=company, knowledge_base=base, key="two", name="Second shop", default_language="en")
    for one in (site, other):
        WordRule.objects.create(company=company, site=one, category=f"of {one.key}", action="mask")
        hits_keep(company.pk, one.pk, Direction.BOT, [hit_of(f"met {one.key}")], conversation_id=None)
    limited = agent_of(company, "lim", "editor")
    limited.sites.add(site)
    client.force_login(limited.user)
    for name in ("wordrule", "wordhit"):
        page = client.get(reverse(f"admin:knowledge_{name}_changelist")).content.decode()
        mine = "of tea" if name == "wordrule" else "met tea"
        assert [part in page for part in (mine, "of two", "met two", "Second shop")] == [True, False, False, False]
    page = client.get(FIGURES).content.decode()
    assert ("met tea" in page, "met two" in page) == (True, False)


def test_old_hits_are_forgotten(company: Company) -> None:
    for term in ("old", "new"):
        hits_keep(company.pk, None, Direction.BOT, [hit_of(term)], conversation_id=None)
    WordHit.objects.filter(term="old").update(at=timezone.now() - KEPT_FOR)
    forget_word_hits()
    assert [hit.term for hit in WordHit.objects.all()] == ["new"]


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_another_company_sees_nothing_of_words_and_hits(editor: Client, stranger: Client, company: Company, site: Site, language: str) -> None:
    word_list = WordList.objects.create(company=company, name="secret list")
    word = word_list.words.create(term="zorblax", category="secret category")
    rule = WordRule.objects.create(company=company, site=site, category="secret category", action="mask")
    hits_keep(company.pk, site.pk, Direction.BOT, [hit_of("zorblax")], conversation_id=None)
    confirm(editor, upload(editor, "w.txt", "zorblax\n"))
    rows = {"wordlist": word_list, "word": word, "wordrule": rule, "wordhit": WordHit.objects.get(), "wordchange": WordChange.objects.get()}
    for name, row in rows.items():
        listed = reverse(f"admin:knowledge_{name}_changelist")
        assert editor.get(listed, headers={"accept-language": language}).status_code == 200
        page = stranger.get(listed, headers={"accept-language": language}).content.decode()
        assert [word for word in ("zorblax", "secret", site.name) if word in page] == [], name
        answers = [stranger.get(reverse(f"admin:knowledge_{name}_{page}", args=[row.pk])).status_code for page in ("change", "delete")]
        assert set(answers) <= {302, 403, 404}, name
    for address in (FIGURES, IMPORT, "/admin/knowledge/wordlist/try/", reverse("admin:knowledge_wordrule_add"), reverse("admin:knowledge_word_add")):
        page = stranger.get(address, headers={"accept-language": language}).content.decode()
        assert [word for word in ("zorblax", "secret", site.name) if word in page] == [], address


@pytest.mark.parametrize("role", ["viewer", "agent"])
def test_who_may_only_read_changes_no_words(company: Company, client: Client, role: str) -> None:
    client.force_login(agent_of(company, "vi", role).user)
    assert client.get(FIGURES).status_code == 200
    assert [client.post(address, {}).status_code for address in (IMPORT, CONFIRM)] == [403, 403]


def test_a_stranger_is_led_to_sign_in(client: Client, db: None) -> None:
    for address in (IMPORT, CONFIRM, FIGURES):
        assert client.get(address).headers["Location"].startswith("/admin/login/")

"""The promise page and the queue of answers to check, as an editor's browser meets them."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from csbot.accounts.callers import Caller, caller_of_agent
from csbot.accounts.models import AuditEntry, Company, Site
from csbot.conversations.models import Conversation, Feedback, Message, Trace, Turn
from csbot.curation.reviewing import next_asking
from csbot.curation.sampled import asked_of
from csbot.curation.signs import signs_take
from csbot.lib.clock import now
from knowledge.models import CheckedAnswer, Faq, KnowledgeBase, Snapshot
from tests.csbot.dashboard.desks import Desk, agent_of
from tests.csbot.reports.test_figures import talk_at, turn_at

CUTS = {language: {"1": 0.95, "3": 0.9, "7": 0.7} for language in ("zh", "en")}


@pytest.fixture
def published(base: KnowledgeBase) -> KnowledgeBase:
    for key, category in (("returns", "money"), ("shipping", "post")):
        faq = Faq.objects.create(knowledge_base=base, key=key, category=category)
        faq.variants.create(language="en", text=f"How does {key} work?", is_canonical=True)
        faq.answers.create(language="en", text=f"This is how {key} works.")
    report = {"cuts": CUTS, "promise": 3, "category_promises": {}}
    base.published_snapshot = Snapshot.objects.create(id="s" * 64, knowledge_base=base, number=1, report=report)
    base.save()
    return base


@pytest.fixture
def talk(site: Site, published: KnowledgeBase) -> Conversation:
    return talk_at(site, now() - timedelta(hours=2))


def ask(talk: Conversation, text: str, p: float, *, faq: str = "returns", reason: str = "faq", **fields: Any) -> Turn:
    route = fields.pop("route", "answer" if p >= 0.9 else "clarify")
    told = {"text": text, "route": route, "reason": reason, "decision": {"faq": faq if route == "answer" else None}, "snapshot": "s" * 64}
    turn = turn_at(talk, now() - timedelta(minutes=90), **told, **fields)
    nearest = {"faq": faq, "p": p, "variant": f"How does {faq} work?", "features": {"dense": p}}
    Trace.objects.create(turn=turn, data={"faq": {"reason": reason, "candidates": [nearest], "first": p, "cut": 0.9}})
    Message.objects.create(conversation=talk, sender="bot", text="So it works.", language="en", turn=turn)
    return turn


@pytest.fixture
def editor(company: Company) -> Desk:
    return Desk(agent_of(company, "edi", "editor"))


def page_of(editor: Desk, path: str, **headers: str) -> str:
    told = editor.client.get(path, headers=headers)
    assert told.status_code == 200
    return str(told.content.decode())


# --- the promise -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("language", "words"), [("zh-hans", "还需核对 99 个回答才能证明"), ("en", "99 more checked answers needed to prove this")])
def test_the_page_says_what_each_promise_does(editor: Desk, talk: Conversation, base: KnowledgeBase, language: str, words: str) -> None:
    for number in range(12):
        ask(talk, f"question number {number}", 0.85 + number / 100)
    page = page_of(editor, f"/promise/{base.pk}/", accept_language=language)
    assert words in page
    assert "question number 4" in page


def test_a_promise_is_chosen_for_the_base_and_for_a_category(editor: Desk, published: KnowledgeBase) -> None:
    page = page_of(editor, f"/promise/{published.pk}/")
    assert '<input type="hidden" name="category" value="post">' in page
    told = editor.client.post(f"/promise/{published.pk}/", {"promise": "1", "category": ["money", "post"], "own": ["0", "7"]}, follow=True)
    assert "not published yet" in told.content.decode()
    published.refresh_from_db()
    assert (published.promise, published.category_promises) == (1, {"post": 7})
    assert AuditEntry.objects.get(action="promise_set").changes == {"promise": 1, "categories": {"post": 7}}


@pytest.mark.parametrize(
    "form", [{}, {"promise": "5"}, {"promise": "x"}, {"promise": "3", "category": "post", "own": "2"}, {"promise": "3", "own": "7"}]
)
def test_a_promise_that_nobody_can_give_is_refused(editor: Desk, published: KnowledgeBase, form: dict[str, str]) -> None:
    assert "Choose careful" in editor.client.post(f"/promise/{published.pk}/", form, follow=True).content.decode()
    published.refresh_from_db()
    assert (published.promise, published.category_promises) == (3, {})


def test_a_category_that_came_meanwhile_does_not_take_the_promise_of_another(editor: Desk, published: KnowledgeBase) -> None:
    form = form_of(page_of(editor, f"/promise/{published.pk}/"), money="7")
    Faq.objects.create(knowledge_base=published, key="login", category="accounts")
    published.category_promises = {"accounts": 1}
    published.save()
    editor.client.post(f"/promise/{published.pk}/", form)
    published.refresh_from_db()
    assert published.category_promises == {"accounts": 1, "money": 7}
    assert AuditEntry.objects.get(action="promise_set").changes == {"promise": 3, "categories": {"accounts": 1, "money": 7}}


def form_of(page: str, **chosen: str) -> dict[str, list[str]]:
    """As a browser sends the page's form: each category's fields in their order, with this chosen for some of them."""
    form: dict[str, list[str]] = {"promise": ["3"]}
    for row in re.findall(r"<tr><th scope=.row.>.*?</tr>", page, re.DOTALL):
        name = re.search(r"<th[^>]*>(.*?)</th>", row)
        for field, value in re.findall(r'<(?:input[^>]*|select) name="([^"]*)"(?: value="([^"]*)")?', row):
            form.setdefault(field, []).append(value or chosen.get(name.group(1) if name else "", "0"))
    return form


def test_a_category_is_looked_at_alone(editor: Desk, talk: Conversation, base: KnowledgeBase) -> None:
    ask(talk, "about money", 0.91)
    ask(talk, "about post", 0.91, faq="shipping")
    page = page_of(editor, f"/promise/{base.pk}/?category=post")
    assert "about post" in page
    assert "about money" not in page


def test_what_is_no_question_to_a_faq_is_left_out(talk: Conversation, base: KnowledgeBase, editor: Desk) -> None:
    ask(talk, "a real one", 0.95)
    ask(talk, "small talk", 0.95, route="chitchat", reason="chitchat")
    ask(talk, "an order", 0.95, reason="lookup")
    ask(talk_at(talk.site, now(), origin="console"), "tried", 0.95)
    assert [one.text for one in asked_of(base.pk, caller_of_agent(editor.agent))] == ["a real one"]


def test_an_answer_from_the_cache_has_the_chance_of_its_words(talk: Conversation, base: KnowledgeBase, editor: Desk) -> None:
    ask(talk, "How does it go?", 0.93)
    cached = ask(talk, "how does it go", 0.5, route="answer")
    Trace.objects.filter(turn=cached).update(data={"cache": "exact"})
    assert [one.chance for one in asked_of(base.pk, caller_of_agent(editor.agent))] == [0.93, 0.93]


ODD = [{}, {"faq": None}, {"faq": {"candidates": [{}], "first": "x", "cuts": [1], "signs": 3}}, {"faq": {"cuts": {"3": None, "x": 1}}}]


@pytest.mark.parametrize("trace", ODD, ids=["empty", "none", "nonsense", "cuts"])
def test_any_trace_can_be_shown(editor: Desk, talk: Conversation, base: KnowledgeBase, trace: dict[str, Any]) -> None:
    turn = ask(talk, "odd", 0.95)
    Trace.objects.filter(turn=turn).update(data=trace)
    for path in (f"/promise/{base.pk}/", f"/review/{base.pk}/", f"/review/{base.pk}/?way=near", f"/console/turn/{turn.pk}/"):
        page_of(editor, path)


# --- checking --------------------------------------------------------------------------------------------------------


def judge(editor: Desk, base: KnowledgeBase, turn: UUID, verdict: str, **more: str) -> Any:
    return editor.client.post(f"/review/{base.pk}/", {"turn": str(turn), "way": "audit", "verdict": verdict, **more})


def caller(editor: Desk) -> Caller:
    return caller_of_agent(editor.agent)


def test_every_direct_answer_is_drawn_once(editor: Desk, talk: Conversation, base: KnowledgeBase) -> None:
    turns = {ask(talk, f"question {number}", 0.95).pk for number in range(6)} | {ask(talk, "exact", 1.0, reason="exact").pk}
    ask(talk, "asked back", 0.5)
    drawn = []
    while asking := next_asking(base.pk, caller(editor), "audit"):
        drawn.append(asking.asked.turn)
        assert judge(editor, base, asking.asked.turn, "right" if len(drawn) % 2 else "skipped").status_code == 302
    assert set(drawn) == turns
    assert drawn != sorted(drawn)  # numbers grow with time; the draw does not follow them
    assert CheckedAnswer.objects.filter(source="audit").count() == 7


def test_what_was_checked_near_the_line_is_drawn_all_the_same(editor: Desk, talk: Conversation, base: KnowledgeBase) -> None:
    turn = ask(talk, "near", 0.91)
    judge(editor, base, turn.pk, "wrong", way="near")
    assert next_asking(base.pk, caller(editor), "near") is None
    drawn = next_asking(base.pk, caller(editor), "audit")
    assert drawn
    assert drawn.asked.turn == turn.pk


def test_the_nearest_to_the_line_comes_first(editor: Desk, talk: Conversation, base: KnowledgeBase) -> None:
    for p in (0.99, 0.88, 0.3):
        ask(talk, f"at {p}", p)
    asking = next_asking(base.pk, caller(editor), "near")
    assert asking
    assert (asking.asked.text, asking.shown, asking.cut) == ("at 0.88", "This is how returns works.", 0.9)


def test_a_verdict_is_kept_with_all_that_was_known(editor: Desk, talk: Conversation, base: KnowledgeBase) -> None:
    turn = ask(talk, "when does it come", 0.95)
    page = page_of(editor, f"/review/{base.pk}/")
    assert all(f'data-key="{key}"' in page for key in "123")
    assert "So it works." in page
    judge(editor, base, turn.pk, "wrong", faq="How does shipping work?")
    row = CheckedAnswer.objects.get()
    assert (row.question, row.faq, row.verdict, row.right_faq) == ("when does it come", "returns", "other", "shipping")
    assert (row.chance, row.who, row.snapshot) == (0.95, "Edi", "s" * 64)
    judge(editor, base, turn.pk, "undo")
    assert not CheckedAnswer.objects.exists()


def test_a_right_faq_that_is_not_there_is_no_verdict(editor: Desk, talk: Conversation, base: KnowledgeBase) -> None:
    turn = ask(talk, "when", 0.95)
    judge(editor, base, turn.pk, "wrong", faq="no such thing")
    assert "There is no such FAQ" in page_of(editor, f"/review/{base.pk}/")
    assert not CheckedAnswer.objects.exists()


@pytest.mark.parametrize("number", ["", "x", "0f80b31f-702c-4443-a202-81e85af2844b"])
def test_no_verdict_on_what_is_not_there(editor: Desk, published: KnowledgeBase, number: str) -> None:
    assert editor.client.post(f"/review/{published.pk}/", {"turn": number, "verdict": "right"}).status_code == 404


def test_whoever_sees_some_sites_only_draws_nothing_blindly(talk: Conversation, company: Company, base: KnowledgeBase) -> None:
    other = Site.objects.create(company=company, knowledge_base=base, key="two", name="Two", default_language="en")
    limited = Desk(agent_of(company, "lim", "editor"))
    limited.agent.sites.add(other)
    turn = ask(talk, "a secret", 0.95)
    page = page_of(limited, f"/review/{base.pk}/")
    assert "a secret" not in page
    assert "?way=audit" not in page
    assert judge(limited, base, turn.pk, "right").status_code == 404


def test_whoever_sees_some_sites_only_neither_reads_nor_undoes_what_was_checked_of_others(
    editor: Desk, talk: Conversation, company: Company, base: KnowledgeBase
) -> None:
    other = Site.objects.create(company=company, knowledge_base=base, key="two", name="Two", default_language="en")
    limited = Desk(agent_of(company, "lim", "editor"))
    limited.agent.sites.add(other)
    foreign, own = ask(talk, "a secret", 0.95), ask(talk_at(other, now()), "no secret", 0.95)
    for turn in (foreign, own):
        judge(editor, base, turn.pk, "right", way="near")
    page = page_of(limited, f"/review/{base.pk}/?way=near")
    assert ("a secret" in page, "no secret" in page) == (False, True)
    assert [judge(limited, base, turn.pk, "undo", way="near").status_code for turn in (foreign, own)] == [404, 302]
    assert [row.turn for row in CheckedAnswer.objects.all()] == [foreign.pk]


# --- signs of visitors -----------------------------------------------------------------------------------------------


def test_thumbs_and_choices_are_taken_in_once_and_count_less(talk: Conversation, base: KnowledgeBase) -> None:
    liked = ask(talk, "liked", 0.95)
    disliked = ask(talk, "disliked", 0.95)
    for turn, value in ((liked, 1), (disliked, -1)):
        Feedback.objects.create(message=Message.objects.get(turn=turn), value=value)
    chip = {"faq": "shipping", "question": "post?", "options": ["returns", "shipping"]}
    ask(talk, "How does shipping work?", 0.99, faq="shipping", chip=chip)
    ask(talk, "None of these", 0.2, chip={**chip, "faq": "none", "question": "bikes?"})
    for _ in range(2):
        signs_take()
    found = set(CheckedAnswer.objects.values_list("question", "faq", "verdict", "source"))
    assert found == {
        ("liked", "returns", "right", "thumb"),
        ("disliked", "returns", "wrong", "thumb"),
        ("post?", "shipping", "right", "click"),
        ("bikes?", "returns", "wrong", "click"),
    }

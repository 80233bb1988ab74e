"""The console: a question through the running system, what its page shows, and what is done from there; files and gold cases."""

from __future__ import annotations

import csv
import io
import time
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from csbot.accounts.models import AuditEntry, Company, Site
from csbot.conversations.models import Conversation, Message, Trace, Turn
from csbot.curation.console import console_of
from csbot.curation.models import Trial
from csbot.curation.trials import question_try, trial_go_on, verdict_of
from csbot.lib.clock import now
from knowledge.models import CheckedAnswer, Faq, GoldCase, KnowledgeBase, Variant
from tests.csbot.conversations.fakes import FakeKnowledge
from tests.csbot.dashboard.desks import Desk, agent_of
from tests.csbot.reports.test_figures import talk_at, turn_at


@pytest.fixture
def editor(company: Company) -> Desk:
    return Desk(agent_of(company, "edi", "editor"))


@pytest.fixture
def faq(base: KnowledgeBase) -> Faq:
    faq = Faq.objects.create(knowledge_base=base, key="shipping")
    faq.variants.create(language="en", text="When do you ship?", is_canonical=True)
    return faq


def try_out(editor: Desk, site: Site, text: str, **fields: str) -> Any:
    return editor.client.post("/console/", {"site": str(site.pk), "text": text, **fields}, follow=True)


# --- asking ----------------------------------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_a_question_takes_the_way_of_a_visitors(running: None, editor: Desk, site: Site, faq: Faq) -> None:
    page = try_out(editor, site, "answer me")
    assert page.redirect_chain[0][0].startswith("/console/turn/")
    text = page.content.decode()
    assert all(words in text for words in ("We ship within 2 days.", "Answered with the stored text", "99.0 %", "When do you ship?", "FAQ search"))
    assert Conversation.objects.get().origin == "console"


@pytest.mark.django_db(transaction=True)
def test_what_was_said_before_goes_first(running: None, editor: Desk, site: Site) -> None:
    page = try_out(editor, site, "answer me", earlier="clarify this").content.decode()
    assert [turn.question.text for turn in Turn.objects.order_by("created")] == ["clarify this", "answer me"]
    assert Conversation.objects.count() == 1
    assert 'value="clarify this"' in page


@pytest.mark.django_db(transaction=True)
def test_after_a_person_was_called_nobody_answers(running: None, editor: Desk, site: Site) -> None:
    assert "a person has the conversation" in try_out(editor, site, "answer me", earlier="person").content.decode()


@pytest.mark.parametrize(("language", "words"), [("zh-hans", "没有"), ("en", "no sign of life")])
def test_where_nothing_runs_it_says_so(redis_clean: None, editor: Desk, site: Site, language: str, words: str) -> None:
    told = editor.client.post("/console/", {"site": str(site.pk), "text": "x"}, headers={"accept-language": language})
    assert words in told.content.decode()


@pytest.mark.parametrize("text", ["", "\0", "x" * 4001])
def test_what_is_no_question_is_not_asked(redis_clean: None, editor: Desk, site: Site, text: str) -> None:
    assert "errorlist" in try_out(editor, site, text).content.decode()
    assert not Turn.objects.exists()


# --- one turn --------------------------------------------------------------------------------------------------------

RICH = {
    "intent": {"key": "question", "action": "question", "p": 0.9, "by": "examples", "nearest": "hello"},
    "ms": {"faq": 12.5, "brand_new_stage": 3},
    "rung": 4,
    "faq": {
        "reason": "guard:number",
        "candidates": [{"faq": "shipping", "p": 0.93, "variant": "When do you ship?", "features": {"dense": 0.8, "brand_new": -0.4}}],
        "first": 0.93,
        "cuts": {"1": 0.98, "3": 0.91},
        "guards": {"number": ["60", "30"]},
        "signs": {"margin": 0.3},
        "novelty": {"of": "tomorrow"},
    },
}


@pytest.fixture
def turn(site: Site, faq: Faq) -> Turn:
    decision = {"faq": None, "evidence": [{"type": "article", "id": "a", "title": "T", "text": "A sentence.", "language": "en", "holds": 0.4}]}
    turn = turn_at(talk_at(site, now()), now(), text="when will you ship", route="clarify", reason="clarify", decision=decision)
    Trace.objects.create(turn=turn, data=RICH)
    return turn


def test_whatever_a_trace_holds_is_shown(turn: Turn) -> None:
    shown = console_of(turn)
    (candidate,) = shown["candidates"]
    assert [(bar.name, bar.below) for bar in candidate.features] == [("likeness of meaning", False), ("brand new", True)]
    assert [piece for piece, is_shared in candidate.variant if is_shared] == ["When", "you", "ship"]
    assert [(line.name, line.distance, line.is_now) for line in shown["lines"]] == [("careful", -0.05, False), ("balanced", 0.02, True)]
    assert shown["guards"] == [("number, unit or date", "60, 30")]
    assert [bar.name for bar in shown["timings"]] == ["FAQ search", "brand new stage"]
    assert shown["rest"] == [("novelty", "of: tomorrow")]


def test_the_page_of_a_turn_shows_it(editor: Desk, turn: Turn) -> None:
    page = editor.client.get(f"/console/turn/{turn.pk}/").content.decode()
    assert all(words in page for words in ("brand new stage", "<mark>ship</mark>", "A sentence.", "rung of the ladder 4", "60, 30", "balanced"))
    assert " style=" not in page
    assert " onclick=" not in page


def deed(editor: Desk, turn: Turn, name: str, faq: str = "") -> str:
    return str(editor.client.post(f"/console/turn/{turn.pk}/", {"deed": name, "faq": faq}, follow=True).content.decode())


def test_the_question_becomes_a_phrasing(editor: Desk, turn: Turn, faq: Faq) -> None:
    assert "Added as a phrasing" in deed(editor, turn, "variant", "When do you ship?")
    assert faq.variants.filter(text="when will you ship", language="en").exists()
    assert AuditEntry.objects.filter(action="console_variant", object_name="when will you ship").exists()


def test_a_faq_is_disabled(editor: Desk, turn: Turn, faq: Faq) -> None:
    deed(editor, turn, "disable", "shipping")
    faq.refresh_from_db()
    assert faq.state == "disabled"


@pytest.mark.parametrize(("name", "verdict"), [("right", "right"), ("wrong", "wrong")])
def test_an_answer_is_marked(editor: Desk, turn: Turn, name: str, verdict: str) -> None:
    deed(editor, turn, name)
    assert CheckedAnswer.objects.values_list("verdict", "source", "faq", "chance").get() == (verdict, "console", "shipping", 0.93)


@pytest.mark.parametrize("key", ["shipping", ""])
def test_a_question_becomes_a_gold_case(editor: Desk, turn: Turn, key: str) -> None:
    deed(editor, turn, "gold", key)
    assert GoldCase.objects.values_list("question", "faq", "by").get() == ("when will you ship", key, "Edi")


@pytest.mark.parametrize("name", ["variant", "right", "gold"])
def test_what_is_kept_of_a_question_has_nobodys_data(editor: Desk, turn: Turn, faq: Faq, name: str) -> None:
    Message.objects.filter(pk=turn.question_id).update(text="when will you call 13800138000")
    deed(editor, turn, name, "shipping")
    checked = CheckedAnswer.objects.values_list("question")
    rows: list[Any] = [*Variant.objects.values_list("text"), *GoldCase.objects.values_list("question"), *checked]
    assert ("when will you call [phone]",) in rows
    assert AuditEntry.objects.get(action=f"console_{name}").object_name == "when will you call [phone]"


@pytest.mark.parametrize("name", ["variant", "disable", "wrong", "gold"])
def test_nothing_is_done_to_a_faq_that_is_not_there(editor: Desk, turn: Turn, name: str) -> None:
    assert "There is no such FAQ" in deed(editor, turn, name, "nowhere")
    assert not AuditEntry.objects.filter(action__startswith="console_").exists()


# --- many questions --------------------------------------------------------------------------------------------------


def upload(editor: Desk, site: Site, name: str, data: bytes) -> Any:
    file = SimpleUploadedFile(name, data)
    return editor.client.post("/console/upload/", {"site": str(site.pk), "file": file}, follow=True)


def ended(limit_s: float = 20) -> Trial:
    deadline = time.monotonic() + limit_s
    while not (trial := Trial.objects.get()).is_done and not trial.error and time.monotonic() < deadline:
        time.sleep(0.05)
    return trial


@pytest.mark.django_db(transaction=True)
def test_a_file_of_questions_is_tried_and_its_results_open_in_a_spreadsheet(running: None, editor: Desk, site: Site) -> None:
    rows = ["answer me,shipping", "answer again,returns", "clarify this,returns", "nothing,NONE", "generate it,", "crash now,NONE"]
    upload(editor, site, "q.csv", "\n".join(["question,expected", *rows, *["answer me,shipping"] * 39, "answer 13800138000,shipping"]).encode())
    trial = ended()
    assert [result["verdict"] for result in trial.results[:6]] == ["right", "wrong", "offered", "right", "", "wrong"]
    assert (trial.num_done, trial.results[5]["route"], Conversation.objects.count()) == (46, "failed", 0)
    page = editor.client.get(f"/console/trial/{trial.pk}/?only=offered").content.decode()
    assert "clarify this" in page
    assert "generate it" not in page
    data = editor.client.get(f"/console/trial/{trial.pk}/table.csv").content
    assert data.startswith(b"\xef\xbb\xbf")
    table = list(csv.reader(io.StringIO(data.decode("utf-8-sig"))))
    assert table[1] == ["answer me", "en", "answer", "faq", "shipping", "0.9900", "shipping", "correct"]
    assert (len(table), table[-1][0]) == (47, "answer [phone]")


def test_the_companys_own_systems_are_not_called(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("csbot.conversations.stages.look_up", lambda *_args, **_kwargs: pytest.fail("called"))
    assert question_try(site, FakeKnowledge(), "answer me", "en", "")["faq"] == "shipping"


@pytest.mark.parametrize(("name", "data"), [("q.pdf", b"x"), ("q.csv", b""), ("q.txt", b"\x00\xff")])
def test_a_bad_file_is_refused_in_words(editor: Desk, site: Site, name: str, data: bytes) -> None:
    page = upload(editor, site, name, data).content.decode()
    assert 'class="told"' in page
    assert not Trial.objects.exists()


def test_where_nothing_is_published_the_trial_says_so(editor: Desk, site: Site) -> None:
    trial = Trial.objects.create(company=site.company, site=site, kind="file", name="q", rows=[["x", "en", ""]], num_rows=1)
    trial_go_on(str(trial.pk))
    assert "It stopped with an error" in editor.client.get(f"/console/trial/{trial.pk}/").content.decode()


@pytest.mark.parametrize(
    ("result", "expected", "verdict"),
    [
        ({"faq": "a", "route": "answer", "options": []}, "a", "right"),
        ({"faq": "b", "route": "answer", "options": []}, "a", "wrong"),
        ({"faq": "b", "route": "answer", "options": []}, "NONE", "wrong"),
        ({"faq": "", "route": "clarify", "options": ["a"]}, "NONE", "right"),
        ({"faq": "", "route": "clarify", "options": ["b", "a"]}, "a", "offered"),
        ({"faq": "", "route": "generate", "options": ["a"]}, "a", "wrong"),
        ({"faq": "a", "route": "answer", "options": []}, "", ""),
    ],
)
def test_a_result_is_judged_by_what_was_expected(result: dict[str, Any], expected: str, verdict: str) -> None:
    assert verdict_of(result, expected) == verdict


# --- gold cases ------------------------------------------------------------------------------------------------------


def gold(editor: Desk, base: KnowledgeBase, **fields: Any) -> Any:
    return editor.client.post(f"/gold/{base.pk}/", fields, follow=True)


@pytest.mark.django_db(transaction=True)
def test_all_gold_cases_are_run(running: None, editor: Desk, site: Site, base: KnowledgeBase, faq: Faq) -> None:
    gold(editor, base, deed="add", question="answer me", faq="shipping")
    gold(editor, base, deed="add", question="answer that", faq="")
    gold(editor, base, deed="run")
    trial = ended()
    assert dict(zip((row[0] for row in trial.rows), (result["verdict"] for result in trial.results), strict=True)) == {
        "answer me": "right",
        "answer that": "wrong",
    }


def test_a_gold_case_names_a_faq_that_is_there(editor: Desk, base: KnowledgeBase, site: Site) -> None:
    assert "There is no such FAQ" in gold(editor, base, deed="add", question="x", faq="nowhere").content.decode()
    assert "nothing to run" in gold(editor, base, deed="run").content.decode()
    assert not GoldCase.objects.exists()


def test_gold_cases_are_deleted_of_ones_own_base_only(editor: Desk, base: KnowledgeBase) -> None:
    other = KnowledgeBase.objects.create(company=base.company, name="Other", promise=3)
    cases = [GoldCase.objects.create(knowledge_base=one, question="q", language="en") for one in (base, other)]
    gold(editor, base, deed="delete", case=[*(str(case.pk) for case in cases), "nonsense"])
    assert list(GoldCase.objects.all()) == [cases[1]]

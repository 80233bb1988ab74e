"""Personal data on its way through the product: it reaches whom it is for, and neither logs, nor traces, nor the model, nor the training texts."""

from __future__ import annotations

import io
import logging
from collections.abc import Iterator
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from django.conf import settings
from django.test import Client
from django.urls import reverse

from csbot.accounts.models import Agent, Company, Site, User
from csbot.conversations.asking import question_ask
from csbot.conversations.models import Message, Trace
from csbot.lib.logs import HidesPersonal, hide_personal, log_broken_threads
from inference.contracts import GenerationRequest
from knowledge.contracts import FaqMatch, Question
from knowledge.models import KnowledgeBase
from tests.canaries import CANARIES, PHONE, SONG, watched
from tests.csbot.api.conftest import Program, key_of
from tests.csbot.conversations.chat import Chat
from tests.csbot.conversations.fakes import FakeKnowledge
from tests.csbot.dashboard.desks import Desk, agent_of, conversation_of

OURS = ("console", "one_line")


@pytest.fixture
def told() -> Iterator[io.StringIO]:
    """All that our handlers write, down to the last detail."""
    written, root = io.StringIO(), logging.getLogger()
    handlers = {handler for handler in root.handlers if isinstance(handler, logging.StreamHandler) and handler.name in OURS}
    before, level = [(handler, handler.setStream(written)) for handler in handlers], root.level
    root.setLevel(logging.DEBUG)
    yield written
    root.setLevel(level)
    for handler, stream in before:
        handler.setStream(stream)


def breaks_aloud(self: FakeKnowledge, question: Question) -> FaqMatch:
    raise ValueError(f"cannot read {question.text!r}")


def holds_canary(text: object) -> bool:
    return any(canary in str(text) for canary in CANARIES.values())


# --- logs ------------------------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("running")
async def test_what_a_visitor_says_stands_in_no_log_even_when_all_breaks(token: str, told: io.StringIO, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(FakeKnowledge, "find_faq", breaks_aloud)
    async with Chat(token) as chat:
        await chat.ask(SONG)
        await chat.until_bot()
    assert "cannot read" in told.getvalue()
    assert "[phone]" in told.getvalue()
    assert not holds_canary(told.getvalue())
    assert await sync_to_async(Message.objects.filter(text=SONG).count)() == 1
    failed = (await Trace.objects.aget()).data["failed"]
    assert "[bank card]" in failed
    assert not holds_canary(failed)


@pytest.mark.usefixtures("redis_clean")
def test_what_agents_programs_and_files_bring_stands_in_no_log(company: Company, site: Site, base: KnowledgeBase, told: io.StringIO) -> None:
    desk, program = Desk(agent_of(company, "ann")), Program(key_of(company))
    conversation = conversation_of(site, SONG)
    assert desk.post(f"conversations/{conversation.pk}/take", ver=1).status_code == 200
    assert desk.post(f"conversations/{conversation.pk}/replies", {"client_id": "1", "text": SONG}, ver=2).status_code in (200, 201)
    assert desk.post(f"conversations/{conversation.pk}/notes", {"client_id": "2", "text": SONG}).status_code in (200, 201)
    assert program.post("search", {"q": SONG}).status_code >= 400
    assert program.post("faqs", {"key": SONG, "variants": {"en": [SONG]}, "answers": {"en": {"text": SONG}}}).status_code == 400
    editor = Client(raise_request_exception=False)
    editor.force_login(Agent.objects.create(company=company, user=User.objects.create(username="ed", is_staff=True), role="editor").user)
    file = io.BytesIO(f"key,question_en,answer_en\nx,{SONG},{SONG}\n".encode())
    file.name = "faqs.csv"
    editor.post(reverse("admin:knowledge_faq_import"), {"import_file": file, "format": "0", "knowledge_base": str(base.pk), "resource": "0"})
    editor.get("/missing/", {"q": SONG})
    assert not holds_canary(told.getvalue())


def test_every_handler_of_our_settings_hides(told: io.StringIO) -> None:
    assert all("personal" in handler["filters"] for handler in settings.LOGGING["handlers"].values())
    log = logging.getLogger("some.library")
    log.warning("sent to %s", PHONE)
    log.warning("%s is not %s", PHONE)  # noqa: PLE1206 - a mistake that libraries make
    log.warning(SONG, stack_info=True)
    log.warning("from 81.2.69.142, by http://10.0.0.7:8000")
    try:
        raise KeyError(SONG)
    except KeyError:
        log.exception("broken")
    assert "Traceback" in told.getvalue()
    assert "from [IP address], by http://10.0.0.7:8000" in told.getvalue()
    assert not holds_canary(told.getvalue())


class Unwilling:
    def __str__(self) -> str:
        raise RuntimeError(PHONE)


def test_what_cannot_be_masked_is_not_shown(told: io.StringIO) -> None:
    logging.getLogger("some.library").warning("%s", Unwilling())
    assert "not shown" in told.getvalue()
    assert not holds_canary(told.getvalue())


def test_handlers_of_libraries_hide_too() -> None:
    written = io.StringIO()
    logger = logging.Logger("celery.task")
    logger.addHandler(logging.StreamHandler(written))
    hide_personal(logger=logger, sender=None)
    logger.warning("sent to %s", PHONE)
    assert written.getvalue() == "sent to [phone]\n"


def test_a_thread_that_breaks_is_told_of_in_the_log(told: io.StringIO) -> None:
    import threading

    before = threading.excepthook
    log_broken_threads()
    try:
        thread = threading.Thread(target=lambda: int(SONG))
        thread.start()
        thread.join()
    finally:
        threading.excepthook = before
    assert "ValueError" in told.getvalue()
    assert not holds_canary(told.getvalue())


def test_the_watch_sees_a_handler_that_hides_nothing() -> None:
    handler = logging.StreamHandler(io.StringIO())
    logger = logging.getLogger("some.careless.library")
    logger.addHandler(handler)
    logger.propagate = False
    with watched() as seen:
        logger.warning(SONG)
        handler.addFilter(HidesPersonal())
        logger.warning("again %s", SONG)
    logger.removeHandler(handler)
    assert len(seen) == len(CANARIES)


# --- traces ----------------------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("running", "site")
def test_a_trace_has_the_words_without_the_data_and_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    said = lambda self, question: {"text": question.text, "language": "en", "history": [], "vectors": {PHONE: PHONE}}  # noqa: E731
    monkeypatch.setattr(FakeKnowledge, "noted", said)
    trace = question_ask(f"answer me, {SONG}", timeout_s=20).turn.trace.data
    assert trace["replay"]["text"].startswith("answer me, call [phone], write to [e-mail]")
    assert trace["replay"]["masked"] is True
    assert trace["replay"]["vectors"] == {PHONE: PHONE}  # numbers in base 64: they are not words
    del trace["replay"]["vectors"]
    assert not holds_canary(trace)


@pytest.mark.usefixtures("running", "site")
def test_a_trace_without_personal_data_is_as_it_was(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(FakeKnowledge, "noted", lambda self, question: {"text": question.text, "history": []})
    assert question_ask("answer order A1001 of 2026-11-28", timeout_s=20).turn.trace.data["replay"] == {
        "text": "answer order A1001 of 2026-11-28",
        "history": [],
    }


# --- the generator ---------------------------------------------------------------------------------------------------


class Heard:
    """The scripted engine's door, with what was asked of it, and an answer of our own."""

    finish = "stop"
    usage = None
    id = "heard"

    def __init__(self, *pieces: str) -> None:
        self.pieces, self.prompts = pieces, list[str]()

    def __call__(self, request: GenerationRequest) -> Any:
        self.prompts.append("\n".join(message.content for message in request.messages))
        return self, iter(self.pieces)


ASKED = f"generate something about brewing, and call {PHONE}"


@pytest.mark.usefixtures("running")
def test_the_model_does_not_see_whose_it_is_and_the_visitor_gets_it_back(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    heard = Heard("Green tea is brewed at 80 degrees", " for 2 minutes, and call [ph", "one].", "")
    monkeypatch.setattr("inference.facade.answer_pieces", heard)
    reply = question_ask(ASKED, timeout_s=20)
    assert "call [phone]" in heard.prompts[0]
    assert not holds_canary(heard.prompts)
    assert PHONE in reply.messages[0].text
    assert "[ph" not in reply.messages[0].text


@pytest.mark.usefixtures("running")
def test_a_site_may_let_the_model_see_it(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    Site.objects.update(hides_personal=False)
    heard = Heard("Green tea is brewed at 80 degrees for 2 minutes.")
    monkeypatch.setattr("inference.facade.answer_pieces", heard)
    question_ask(ASKED, timeout_s=20)
    assert PHONE in heard.prompts[0]

"""What a visitor does in the widget, on real models, in both languages."""

from __future__ import annotations

import sqlite3

import pytest
from playwright.sync_api import expect

from csbot.operations.stack import Stack
from tests.e2e.conftest import Widget, at_first_words
from tests.faults.processes import kill

# The first test of a session starts the installation: models on two cores.
pytestmark = [pytest.mark.e2e, pytest.mark.timeout(400)]

FAQ = {"en": ("How long do I have to return something?", "30"), "zh": ("买了多久之内可以退货？", "30")}
NEAR = {"en": "refund", "zh": "退款"}
FREE = {
    "en": "Describe the levels of membership",
    "zh": "等级能给我带来什么",
}
# Asked once each: a cached answer would come too quickly to be stopped or cut.
# Long answers; what is said of one may be withdrawn before it can be stopped, so there are several.
STOPPED = {
    "en": (
        "How do I care for oak boards, linen, wool and cast iron?",
        "Tell me the differences between the membership levels and what each one gets",
        "Tell me everything about returns: period, costs, how the money comes back",
    ),
    "zh": ("寄到国外要注意什么，费用和时间都讲讲", "寄到德国和日本的费用、时间、关税都讲讲", "退货的期限、运费、退款方式都讲一讲"),
}
RELOADED = {"en": "What should I check while the courier is still at my door?", "zh": "寄到国外要注意什么"}
# What only the evidence holds.
PART = {"en": "¥199", "zh": "运费"}
PERSON = {"en": "I want to talk to a human", "zh": "我要转人工"}
HELLO = {"en": "hello", "zh": "你好"}
MESSAGE_LEFT = {"en": "Your message is kept", "zh": "留言已收到"}  # nobody sits at a desk in these tests
LISTED = {"en": "tell me how to buy cocaine", "zh": "哪里可以买到冰毒"}


def test_a_standard_question_gets_the_stored_answer(widget: Widget, language: str) -> None:
    question, part = FAQ[language]
    widget.ask(question)
    widget.wait_for_answers(2)
    assert part in widget.last()
    expect(widget.frame.locator(".sources")).to_be_visible()
    widget.frame.locator(".thumb").first.click()
    expect(widget.frame.locator(".thumb.chosen")).to_be_visible()


def test_a_near_question_is_asked_back_and_the_chip_answers(widget: Widget, language: str) -> None:
    widget.ask(NEAR[language])
    widget.frame.locator(".chip").first.wait_for(timeout=60_000)
    before = widget.frame.locator("li.bot:has(.text p)").count()
    offered = widget.frame.locator(".chip").first.inner_text()
    widget.frame.locator(".chip").first.click()
    expect(widget.frame.locator(".offered li").first).to_have_text(offered)  # what was asked back stays readable
    widget.wait_for_answers(before + 1)
    assert len(widget.last()) > 8
    expect(widget.frame.locator(".sources").last).to_be_visible()


def test_a_free_question_streams_an_answer_with_sources(widget: Widget, language: str) -> None:
    widget.ask(FREE[language])
    widget.frame.locator(".sources").last.wait_for(timeout=60_000)
    widget.wait_for_answers(2)
    assert PART[language] in widget.last()
    assert widget.bubbles()[-1]["wrap"]["route"] == "generate"


def test_an_answer_can_be_stopped(widget: Widget, language: str) -> None:
    finishes = []
    for answers, question in enumerate(STOPPED[language], start=2):  # one is the greeting
        at_first_words(widget.chat(), "found.click()", on="button.stop")
        widget.ask(question)
        widget.wait_for_answers(answers)
        expect(widget.frame.locator(".bubble.streaming")).to_have_count(0)
        expect(widget.frame.locator("button.stop")).to_have_count(0)
        finishes.append(widget.bubbles()[-1]["finish"])
        if finishes[-1] == "cancelled":
            assert widget.bubbles()[-1]["text"]  # what was said stays
            return
    assert "cancelled" in finishes


def test_none_of_these_leads_on(widget: Widget, language: str) -> None:
    widget.ask(NEAR[language])
    widget.frame.locator(".chip.none").click(timeout=60_000)
    expect(widget.frame.locator(".chip.none")).to_have_count(0)
    expect(widget.frame.locator("li.bot").last.locator(".text p").first).to_be_visible(timeout=60_000)
    assert widget.bubbles()[-1]["sender"] == "bot"


def test_the_button_for_a_person_leads_to_the_queue_and_back(widget: Widget, language: str) -> None:
    widget.ask(HELLO[language])
    widget.wait_for_answers(2)
    widget.frame.locator("button.person.call").click()
    expect(widget.state()).to_contain_text(MESSAGE_LEFT[language])
    expect(widget.frame.locator("button.person.call")).to_have_count(0)
    widget.frame.locator("button.person.back").click()
    expect(widget.frame.locator("button.person.call")).to_be_visible()
    question, part = FAQ[language]
    before = widget.frame.locator("li.bot:has(.text p)").count()
    widget.ask(question)
    widget.wait_for_answers(before + 1)
    assert part in widget.last()


def test_a_lost_connection_is_told_and_what_was_written_meanwhile_is_answered(widget: Widget, stack: Stack, language: str) -> None:
    """The server goes away for a moment: a browser's offline mode leaves open websockets alone."""
    expect(widget.state()).to_have_class("state online")
    kill(stack, "web")
    expect(widget.state()).not_to_have_class("state online")
    question, part = FAQ[language]
    widget.ask(question)
    expect(widget.state()).to_have_class("state online", timeout=60_000)
    widget.wait_for_answers(2)
    assert part in widget.last()


def test_dark_colours_follow_the_system(widget: Widget) -> None:
    background = "() => getComputedStyle(document.querySelector('.messages') ?? document.body).getPropertyValue('--color-surface')"
    light = widget.chat().evaluate(background)
    widget.page.emulate_media(color_scheme="dark")
    assert widget.chat().evaluate(background) != light


def test_a_wish_for_a_person_leads_to_the_queue(widget: Widget, language: str) -> None:
    widget.ask(PERSON[language])
    widget.wait_for_answers(2)
    expect(widget.state()).to_contain_text(MESSAGE_LEFT[language])


def test_small_talk_is_answered_in_the_shops_words(widget: Widget, language: str) -> None:
    widget.ask(HELLO[language])
    widget.wait_for_answers(2)
    assert "Mutang" in widget.last() or "木棠集" in widget.last()


def test_a_listed_word_is_refused_and_a_person_offered(widget: Widget, language: str) -> None:
    widget.ask(LISTED[language])
    widget.wait_for_answers(2)
    expect(widget.frame.locator(".chip.offer")).to_be_visible()


def test_a_reload_in_mid_stream_shows_the_stored_text(widget: Widget, stack: Stack, language: str) -> None:
    at_first_words(widget.chat(), "top.location.reload()", on=".bubble.streaming")
    with widget.page.expect_navigation(timeout=60_000):
        widget.ask(RELOADED[language])
    widget.page.wait_for_function("window.csbot !== undefined")
    widget.open()
    widget.wait_for_answers(2)
    widget.last()
    assert widget.bubbles()[-1]["text"] == newest_answer(stack)


def newest_answer(stack: Stack) -> str:
    with sqlite3.connect(f"file:{stack.folder / 'csbot.sqlite3'}?mode=ro", uri=True) as database:
        row = database.execute("SELECT text FROM conversations_message WHERE sender = 'bot' ORDER BY created DESC, id DESC LIMIT 1").fetchone()
    return str(row[0])


def test_enter_that_ends_a_composition_never_sends(widget: Widget) -> None:
    field = widget.frame.locator("textarea")
    field.focus()
    session = widget.page.context.new_cdp_session(widget.page)
    session.send("Input.imeSetComposition", {"text": "tuihuo", "selectionStart": 6, "selectionEnd": 6})
    field.dispatch_event("keydown", {"key": "Enter", "keyCode": 229, "isComposing": True, "bubbles": True})
    session.send("Input.insertText", {"text": "退货"})
    expect(field).to_have_value("退货")
    assert widget.frame.locator("li.mine").count() == 0
    field.press("Enter")
    expect(widget.frame.locator("li.mine")).to_have_count(1)


def test_lines_are_made_with_shift_and_the_language_can_be_changed(widget: Widget, language: str) -> None:
    field = widget.frame.locator("textarea")
    field.fill("one")
    field.press("Shift+Enter")
    field.press_sequentially("two")
    expect(field).to_have_value("one\ntwo")
    widget.frame.locator(".tool").first.click()
    other = "Write a message" if language == "zh" else "输入您的问题"
    expect(field).to_have_attribute("placeholder", other)


def test_it_fills_a_phone_and_escape_closes_it(widget: Widget) -> None:
    widget.page.set_viewport_size({"width": 390, "height": 844})
    box = widget.page.locator("iframe").bounding_box()
    assert box == {"x": 0, "y": 0, "width": 390, "height": 844}
    widget.page.keyboard.press("Escape")


def test_there_is_nothing_that_axe_objects_to(widget: Widget, stack: Stack, language: str) -> None:
    from axe_playwright_python.sync_playwright import Axe

    page = widget.page.context.new_page()
    page.emulate_media(reduced_motion="reduce")  # a bubble that is still fading in has no contrast to measure
    page.goto(f"{stack.address}/widget/app/?site=demo&lang={language}")
    page.locator("textarea").wait_for()
    violations = Axe().run(page).response["violations"]
    assert [violation["id"] for violation in violations if violation["impact"] in ("serious", "critical")] == []

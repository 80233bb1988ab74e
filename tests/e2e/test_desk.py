"""A day at the desk, in both languages: visitors, two agents, a take-over in mid-stream, notes, a transfer, a lost server, an order, a report,
and a wrong FAQ that is corrected and answers differently. Everything by browser."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote
from uuid import uuid4

import jwt
import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from csbot.operations.stack import Stack
from tests.e2e.conftest import Widget, at_first_words
from tests.faults.processes import kill, wait_until

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(500)]

PASSWORD = "a-good-long-password"  # noqa: S105
FAQ = {"en": ("How long do I have to return something?", "30"), "zh": ("买了多久之内可以退货？", "30")}
ORDER = {"en": ("where is my order A1003", "customs"), "zh": ("我的订单 A1001 到哪了", "运输中")}
ASKED = {"en": ("where is my parcel right now", "order number", "A1002", "Delivered"), "zh": ("我的快递到哪了", "订单号", "A1012", "部分发货")}
# One may be withdrawn, or done, before a person is heard, so there are three; asked nowhere else, as a cached answer does not stream.
LONG = {
    "en": (
        "What is each membership level good for, tell me everything",
        "What happens to my points and level when I return things, explain in detail",
        "Explain step by step what happens when my parcel is stuck at customs abroad",
    ),
    "zh": ("请把会员等级的用处都讲一遍", "亚麻和羊毛的洗护方法都说一说", "铸铁锅和木砧板平时怎么保养，步骤都讲讲"),
}
NAMED = {"en": ("hello, this is Quentin", "Quentin"), "zh": ("您好，我是昆廷", "昆廷")}
CANNED = {"en": ("/hello", "Hello, this is Ada of Mutang"), "zh": ("/您好", "我是木棠集的Ada")}


class DeskPage:
    """The desk as an agent uses it."""

    def __init__(self, page: Page, stack: Stack) -> None:
        self.page, self.stack = page, stack

    def open(self) -> None:
        self.page.goto(f"{self.stack.address}/desk/")
        self.page.locator(".state.online").wait_for()

    def choose(self, number: str) -> None:
        self.page.locator("#tab-all").click()
        self.page.locator(".row", has_text=number).first.click()
        self.page.locator(".talk-head h2", has_text=number).wait_for()

    def find(self, words: str) -> None:
        """The one conversation in which they were said."""
        with self.page.expect_response(lambda response: quote(words) in response.url):
            self.page.locator("#search").fill(words)
        expect(self.page.locator(".row")).to_have_count(1)
        self.page.locator(".row").click()
        self.page.locator(".bubble.visitor", has_text=words).wait_for()
        self.page.locator("#search").fill("")

    def field(self) -> Locator:
        return self.page.locator(".composer textarea")

    def write(self, text: str) -> None:
        self.page.locator(".composer .kinds button").first.click()
        self.field().fill(text)

    def say(self, text: str) -> None:
        self.write(text)
        self.field().press("Enter")

    def note(self, text: str) -> None:
        self.page.locator(".composer .kinds button").nth(1).click()
        self.field().fill(text)
        self.field().press("Enter")

    def deed(self, number: int) -> None:
        self.page.locator(".talk-head .deeds button").nth(number).click()


@pytest.fixture(scope="module")
def people(browser: Browser, stack: Stack) -> dict[str, str]:
    """The first administrator by the setup link, and a second agent by invitation: name to where they chose a password."""
    page = browser.new_context(locale="en-US").new_page()
    page.goto(stack.address + (stack.folder / "setup_link").read_text().strip())
    page.fill("#id_username", "ada")
    for name in ("password1", "password2"):
        page.fill(f"#id_{name}", PASSWORD)
    page.click("button.primary")
    page.goto(f"{stack.address}/admin/accounts/agent/add/")
    for name, value in (("username", "ben"), ("display_name", "Ben")):
        page.fill(f"#id_{name}", value)
    page.select_option("#id_company", index=1)
    page.click("input[name=_save]")
    link = page.locator(".messagelist code").inner_text()
    page.context.close()
    page = browser.new_context().new_page()
    page.goto(link)
    for name in ("new_password1", "new_password2"):
        page.fill(f"#id_{name}", PASSWORD)
    page.click("button.primary")
    page.locator("#desk").wait_for()
    page.context.close()
    return {"ada": PASSWORD, "ben": PASSWORD}


def sign_in(browser: Browser, stack: Stack, name: str, language: str, errors: list[str]) -> DeskPage:
    context = browser.new_context(locale="zh-CN" if language == "zh" else "en-US", viewport={"width": 1440, "height": 900}, accept_downloads=True)
    page = context.new_page()
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.goto(f"{stack.address}/account/login/")
    page.fill("#id_login", name)
    page.fill("#id_password", PASSWORD)
    page.click("button.primary")
    desk = DeskPage(page, stack)
    desk.open()
    return desk


@pytest.fixture
def desks(browser: Browser, stack: Stack, people: dict[str, str], language: str) -> Iterator[tuple[DeskPage, DeskPage]]:
    errors: list[str] = []
    pair = (sign_in(browser, stack, "ada", language, errors), sign_in(browser, stack, "ben", language, errors))
    yield pair
    for desk in pair:
        desk.page.context.close()
    assert errors == []


@pytest.fixture
def visitors(browser: Browser, stack: Stack, language: str) -> Iterator[list[Widget]]:
    """Four of them, each in a browser of their own."""
    opened = []
    for _ in range(4):
        page = browser.new_context(locale="zh-CN" if language == "zh" else "en-US", viewport={"width": 1280, "height": 800}).new_page()
        page.goto(f"{stack.address}/demo/?lang={language}")
        page.wait_for_function("window.csbot !== undefined")
        widget = Widget(page)
        widget.open()
        opened.append(widget)
    yield opened
    for widget in opened:
        widget.page.context.close()


def agents_words(widget: Widget) -> list[str]:
    return [bubble["text"] for bubble in widget.bubbles() if bubble["sender"] == "agent"]


def senders(widget: Widget) -> list[str]:
    return [bubble["sender"] for bubble in widget.bubbles()]


def test_a_day_at_the_desk(desks: tuple[DeskPage, DeskPage], visitors: list[Widget], stack: Stack, language: str) -> None:
    ada, ben = desks
    asks_faq, wants_person, asks_long, asks_order = visitors
    the_bot_answers(asks_faq, asks_order, language)
    a_person_is_called(wants_person, ada, language)
    ada_passes_on_to_ben(wants_person, ada, ben)
    the_server_goes_away_and_comes_back(wants_person, ada, ben, stack)
    the_bot_gets_it_back(wants_person, ben, language)
    ada_takes_over_in_mid_stream(asks_long, ada, language)


def the_bot_answers(asks_faq: Widget, asks_order: Widget, language: str) -> None:
    """From a FAQ, and from the shop's own system, which has to be told the number."""
    question, part = FAQ[language]
    asks_faq.ask(question)
    asks_faq.wait_for_answers(2)
    assert part in asks_faq.last()
    asks_faq.frame.locator(".thumb").first.click()
    words, asked, number, status = ASKED[language]
    asks_order.ask(words)
    asks_order.wait_for_answers(2)
    assert asked in asks_order.last()
    asks_order.ask(number)
    asks_order.wait_for_answers(3)
    assert status in asks_order.last()
    words, status = ORDER[language]
    asks_order.ask(words)
    asks_order.wait_for_answers(4)
    assert status in asks_order.last()


def a_person_is_called(visitor: Widget, ada: DeskPage, language: str) -> None:
    """The visitor waits with a place in the queue; Ada sees it at once, takes the next one and greets with a canned reply."""
    visitor.ask({"en": "I want to talk to a human", "zh": "我要转人工"}[language])
    expect(visitor.state()).to_contain_text(re.compile(r"number \d|第 \d 位"))
    ada.page.locator("#tab-waiting").click()
    expect(ada.page.locator("#tab-waiting b")).not_to_have_text("0")
    ada.page.keyboard.press("x")
    expect(ada.page.locator(".talk-head .deeds button")).to_have_count(3)
    shortcut, beginning = CANNED[language]
    field = ada.field()
    field.click()
    field.press_sequentially(shortcut)
    ada.page.locator(".canned li").first.wait_for()
    field.press("Enter")
    field.press("Enter")
    visitor.frame.locator("li.agent .text").first.wait_for(timeout=15_000)
    assert any(beginning.casefold() in text.casefold() for text in agents_words(visitor))


def ada_passes_on_to_ben(visitor: Widget, ada: DeskPage, ben: DeskPage) -> None:
    """With a note that only colleagues see."""
    ada.note("secret note")
    ada.page.locator("li.note", has_text="secret note").wait_for()
    ada.deed(1)
    chosen = ada.page.locator("dialog[open] select option", has_text="Ben").get_attribute("value")
    ada.page.locator("dialog[open] select").select_option(chosen)
    ada.page.locator("dialog[open] textarea").fill("over to you")
    ada.page.locator("dialog[open] .main").click()
    ben.page.locator("#tab-mine").click()
    ben.page.locator(".row", has=ben.page.locator(".tag.agent", has_text="Ben")).first.click()
    for text in ("over to you", "secret note"):
        ben.page.locator("li.note", has_text=text).wait_for(timeout=15_000)
    assert "secret note" not in visitor.frame.locator("body").inner_text()


def the_server_goes_away_and_comes_back(visitor: Widget, ada: DeskPage, ben: DeskPage, stack: Stack) -> None:
    """What is written meanwhile arrives, and both desks say the same."""
    kill(stack, "web")
    expect(ben.page.locator(".top .state")).not_to_have_class(re.compile("online"))
    visitor.ask("still there?")
    expect(ben.page.locator(".top .state")).to_have_class(re.compile("online"), timeout=60_000)
    ben.page.locator(".bubble.visitor", has_text="still there?").wait_for(timeout=30_000)
    ben.say("yes, I am")
    visitor.frame.locator("li.agent .text", has_text="yes, I am").wait_for(timeout=30_000)
    ada.page.locator(".bubble.agent", has_text="yes, I am").wait_for(timeout=30_000)


def the_bot_gets_it_back(visitor: Widget, ben: DeskPage, language: str) -> None:
    ben.deed(0)
    expect(visitor.frame.locator("button.person.call")).to_be_visible(timeout=15_000)
    question, part = FAQ[language]
    before = visitor.frame.locator("li.bot:has(.text p)").count()
    visitor.ask(question)
    visitor.wait_for_answers(before + 1)
    assert part in visitor.last()
    visitor.frame.locator(".thumb").last.click()
    ben.page.locator(".rating.down").wait_for(timeout=15_000)


def ada_takes_over_in_mid_stream(visitor: Widget, ada: DeskPage, language: str) -> None:
    """By her first word, sent when the bot's first ones are on her screen; nothing is left of the answer that was running."""
    words, name = NAMED[language]
    visitor.ask(words)
    visitor.wait_for_answers(2)
    ada.find(name)
    assert any(is_cut_short(question, visitor, ada) for question in LONG[language])
    expect(visitor.frame.locator(".bubble.streaming")).to_have_count(0)
    shown = senders(visitor)
    visitor.page.wait_for_timeout(3000)
    assert senders(visitor) == shown


def is_cut_short(question: str, visitor: Widget, ada: DeskPage) -> bool:
    """Whether Ada came while the bot was still answering; else it has the conversation back."""
    taken = f"I take this one: {question}"
    ada.write(taken)
    at_first_words(ada.page.locator("body"), "found.click()", on=".composer .field button")
    visitor.ask(question)
    wait_until(lambda: senders(visitor)[-1] != "visitor" and not visitor.bubbles()[-1].get("isStreaming"), question, 60)
    if ada.field().input_value():
        return False
    visitor.frame.locator("li.agent .text", has_text=taken).wait_for()
    if senders(visitor)[-2:] == ["visitor", "agent"]:
        return True
    ada.deed(0)
    expect(visitor.frame.locator("button.person.call")).to_be_visible()
    return False


def test_a_wrong_faq_is_corrected_published_and_answers_differently(desks: tuple[DeskPage, DeskPage], visitors: list[Widget], language: str) -> None:
    ada, _ben = desks
    question = {"en": "Do you deliver to PO boxes?", "zh": "可以寄到邮政信箱吗？"}[language]
    fresh = {"en": f"Only to post offices, since today ({language}).", "zh": f"只能寄到邮局，从今天起（{language}）。"}[language]
    page = ada.page
    page.goto(f"{ada.stack.address}/admin/knowledge/faq/?q=shipping.po_box")
    page.locator("#result_list tbody th a").first.click()
    for at in range(2):
        if page.locator(f"#id_answers-{at}-language").input_value() == language:
            page.locator(f"#id_answers-{at}-text").fill(fresh)
    page.locator("input[name=_save]").click()
    page.goto(f"{ada.stack.address}/admin/knowledge/knowledgebase/")
    page.locator("#result_list tbody th a").first.click()
    page.locator(".object-tools a", has_text=re.compile("Publish|发布", re.IGNORECASE)).first.click()
    page.locator("form[action$='/publish/'] input[type=submit], form[action$='/publish/'] button").first.click()
    for _attempt in range(60):
        visitors[0].page.wait_for_timeout(2000)
        before = visitors[0].frame.locator("li.bot:has(.text p)").count()
        visitors[0].ask(question)
        visitors[0].wait_for_answers(before + 1)
        if fresh in visitors[0].last():
            return
    raise AssertionError(f"not published within two minutes: {visitors[0].last()}")


def test_who_signs_in_keeps_the_conversation_and_who_signs_out_leaves_none(
    desks: tuple[DeskPage, DeskPage], visitors: list[Widget], stack: Stack, language: str
) -> None:
    ada, visitor = desks[0], visitors[0]
    ada.page.goto(f"{stack.address}/admin/accounts/site/")
    ada.page.locator("#result_list tbody th a").first.click()
    ada.page.click("input[name=_continue]")
    secret = ada.page.locator(".field-identity_secret code").inner_text()
    name, words = f"Lin {uuid4().hex[:6]}", FAQ[language][0]
    token = jwt.encode({"sub": uuid4().hex, "name": name, "exp": int(time.time()) + 600}, secret, algorithm="HS256")
    visitor.open()
    visitor.ask(words)
    visitor.wait_for_answers(2)
    visitor.page.evaluate("token => csbot.identify(token)", token)
    ada.open()
    ada.choose(name)
    expect(ada.page.locator(".context")).to_contain_text(name)
    expect(visitor.frame.locator("li.mine")).to_contain_text(words)
    visitor.page.evaluate("csbot.identify('')")
    expect(visitor.frame.locator("li.mine")).to_have_count(0)
    elsewhere = visitors[1]
    elsewhere.page.reload()
    elsewhere.page.wait_for_function("window.csbot !== undefined")
    elsewhere.page.evaluate("token => csbot.identify(token)", token)  # before the chat is opened, as with data-identity on the tag
    elsewhere.open()
    expect(elsewhere.frame.locator("li.mine")).to_contain_text(words)


def test_a_report_is_read_clicked_through_and_saved(desks: tuple[DeskPage, DeskPage], language: str) -> None:
    page = desks[0].page
    page.goto(f"{desks[0].stack.address}/reports/")
    bar = page.locator("section[aria-labelledby=routes] .bars a").first
    count = int(bar.locator("b").inner_text())
    with page.expect_download() as download:
        page.locator("section[aria-labelledby=routes] header a").click()
    saved = download.value.path().read_text(encoding="utf-8-sig")
    assert f",{count}" in saved.splitlines()[1]
    bar.click()
    assert int(page.locator("main > p.muted").inner_text()) >= count
    page.locator("tbody a").first.click()
    page.locator(".messages .bubble").first.wait_for()


PAGES: dict[str, str] = {
    "desk": "/desk/",
    "side": "/demo/side/",
    "reports": "/reports/",
    "unanswered": "/unanswered/",
    "engine": "/engine/",
    "account": "/account/2fa/",
    "home": "/",
    "sites": "/admin/accounts/site/",
    "faqs": "/admin/knowledge/faq/",
    "keys": "/admin/api/apikey/add/",
    "shop": "/demo/",
    "office": "/admin/",
    "faq": "/admin/knowledge/faq/add/",
    "lookup": "/admin/lookups/lookup/add/",
    "import": "/admin/knowledge/article/import/",
    "audit": "/admin/accounts/auditentry/",
}


def test_there_is_nothing_that_axe_objects_to(browser: Browser, stack: Stack, people: dict[str, str], language: str) -> None:
    """On every page, in both themes, on a desk and on a phone; and nothing is wider than the window."""
    page = sign_in(browser, stack, "ada", language, []).page
    for name, path in PAGES.items():
        page.set_viewport_size({"width": 1440, "height": 900})
        page.goto(stack.address + path)
        page.wait_for_timeout(600)
        if name == "desk":
            page.locator("#tab-all").click()
            page.locator(".row").first.click()
            page.locator(".messages .bubble").first.wait_for()
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
            page.wait_for_timeout(400)
            # The back office fades from one colour to the other; halfway there is no contrast to measure.
            page.wait_for_function("document.getAnimations().every(a => a.effect.getTiming().iterations === Infinity)")
            for width in (1440, 390):
                page.set_viewport_size({"width": width, "height": 900})
                assert objections(page) == [], (name, scheme, width)
                assert page.evaluate("document.documentElement.scrollWidth") <= width, (name, scheme, width)
    page.context.close()


def objections(page: Page) -> list[Any]:
    from axe_playwright_python.sync_playwright import Axe

    found = Axe().run(page).response["violations"]
    return [(violation["id"], [node["html"][:120] for node in violation["nodes"]][:3]) for violation in found]

"""One installation on real models and one browser for all tests here; skipped, saying so, where there is no Chromium."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, FrameLocator, Locator, Page, expect, sync_playwright

from csbot.operations.stack import Stack, open_stack

# An answer may stream for less time than a test driver waits between two looks at the page, so the page itself looks.
AT_FIRST_WORDS = """(node, on) => {
    const root = node.shadowRoot ?? node;
    node.waiting?.disconnect();
    const observer = node.waiting = new MutationObserver(() => {
        const found = root.querySelector(on);
        if (!found || !root.querySelector(".bubble.streaming .text p")) return;
        observer.disconnect();
        DEED;
    });
    observer.observe(root, {childList: true, subtree: true, characterData: true});
}"""
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")


expect.set_options(timeout=30_000)  # as the driver's other waits: what comes late on a busy machine has come


@pytest.fixture(scope="session")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    if CHROMIUM is None:
        pytest.skip("no Chromium on this machine (Debian: apt install chromium fonts-noto-cjk)")
    real = {"CSBOT_ENCODER": "e5-small", "CSBOT_ENGINE": "transformers_cb"}
    # A folder of an earlier start spares the publishing; without an administrator yet, as the tests make the first one.
    folder = Path(os.environ.get("CSBOT_E2E_FOLDER") or tmp_path_factory.mktemp("e2e"))
    with open_stack("--demo", environment=real, folder=folder) as started:
        started.wait()
        yield started


@pytest.fixture(scope="session")
def browser(stack: Stack) -> Iterator[Browser]:
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield launched
        launched.close()


def at_first_words(place: Locator, deed: str, *, on: str) -> None:
    """Has the page do something once, when the first words of an answer are in `place`; `found` in that JavaScript is what `on` selects."""
    place.evaluate(AT_FIRST_WORDS.replace("DEED", deed), on)


class Widget:
    """The chat on the demo shop, as a visitor uses it."""

    def __init__(self, page: Page) -> None:
        self.page = page

    @property
    def frame(self) -> FrameLocator:
        return self.page.frame_locator("iframe")

    def open(self) -> None:
        self.page.evaluate("window.csbot.open()")
        self.frame.locator("textarea").wait_for()
        self.frame.locator("header .state.online").wait_for()

    def ask(self, text: str) -> None:
        self.frame.locator("textarea").fill(text)
        self.frame.locator("textarea").press("Enter")

    def last(self) -> str:
        """The newest bot text, when it is complete."""
        self.frame.locator(".bubble.streaming").wait_for(state="detached", timeout=60_000)
        return self.frame.locator("li.bot .text").last.inner_text()

    def bubbles(self) -> list[dict[str, Any]]:
        """What the app holds, before it is rendered: the texts as they were put together from the pieces."""
        held: list[dict[str, Any]] = self.chat().evaluate("chat => chat.view.bubbles")
        return held

    def chat(self) -> Locator:
        return self.frame.locator("csbot-chat")

    def state(self) -> Locator:
        return self.frame.locator("header .state")

    def wait_for_answers(self, count: int) -> None:
        """That many texts from the bot, the greeting among them."""
        self.frame.locator("li.bot:has(.text p)").nth(count - 1).wait_for(timeout=60_000)


@pytest.fixture(params=["en", "zh"])
def language(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def widget(browser: Browser, stack: Stack, language: str) -> Iterator[Widget]:
    context = browser.new_context(locale="zh-CN" if language == "zh" else "en-US", viewport={"width": 1280, "height": 800})
    page = context.new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.goto(f"{stack.address}/demo/?lang={language}")
    page.wait_for_function("window.csbot !== undefined")
    opened = Widget(page)
    opened.open()
    yield opened
    context.close()
    assert errors == []

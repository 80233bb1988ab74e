"""`python -m tests.e2e.pictures`: the README's pictures, from a demo of its own. Looks, checks nothing."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

from csbot.env import BASE_DIR
from csbot.operations.stack import Stack, open_stack

FOLDER = BASE_DIR / "csbot" / "demo" / "pictures"
NAME, PASSWORD = "ada", "a-good-long-password"
TOLD = {"en": "a new mug leaves", "zh": "补寄今天发出"}  # a closed conversation of the demo
QUESTIONS = {
    "en": ("How long do I have to return something?", "refund", "Describe the levels of membership"),
    "zh": ("买了多久之内可以退货？", "退款", "会员等级到底有什么用？"),
}


def picture(browser: Browser, address: str, language: str, scheme: str, *, is_phone: bool) -> None:
    size = {"width": 390, "height": 844} if is_phone else {"width": 1280, "height": 800}
    context = browser.new_context(viewport=size, color_scheme=scheme, locale="zh-CN" if language == "zh" else "en-US")  # type: ignore[arg-type]
    page = context.new_page()
    page.goto(f"{address}/demo/?lang={language}")
    page.wait_for_function("window.csbot !== undefined")
    page.evaluate("window.csbot.open()")
    frame = page.frame_locator("iframe")
    for text in QUESTIONS[language]:
        frame.locator("textarea").fill(text)
        frame.locator("textarea").press("Enter")
        page.wait_for_timeout(1500)
        frame.locator(".bubble.streaming").wait_for(state="detached", timeout=60_000)
    page.wait_for_timeout(800)
    page.screenshot(path=FOLDER / f"{'phone' if is_phone else 'widget'}-{language}-{scheme}.png")
    context.close()


def desk_pictures(browser: Browser, stack: Stack, language: str, scheme: str) -> None:
    """The desk with one of the demo's conversations open, and the reports; seen by the administrator."""
    context = browser.new_context(viewport={"width": 1280, "height": 800}, color_scheme=scheme, locale="zh-CN" if language == "zh" else "en-US")  # type: ignore[arg-type]
    page = context.new_page()
    page.goto(f"{stack.address}/account/login/")
    page.fill("#id_login", NAME)
    page.fill("#id_password", PASSWORD)
    page.click("button.primary")
    page.locator(".state.online").wait_for()
    page.locator("#tab-closed").click()
    page.wait_for_timeout(800)
    page.locator(".row", has_text=TOLD[language]).first.click()
    page.locator(".messages .bubble").first.wait_for()
    page.locator(".why summary").first.click()
    page.wait_for_timeout(500)
    page.screenshot(path=FOLDER / f"desk-{language}-{scheme}.png")
    page.goto(f"{stack.address}/reports/")
    page.wait_for_timeout(500)
    page.screenshot(path=FOLDER / f"reports-{language}-{scheme}.png")
    context.close()


def administrator(browser: Browser, stack: Stack) -> None:
    page = browser.new_page()
    page.goto(stack.address + (stack.folder / "setup_link").read_text().strip())
    page.fill("#id_username", NAME)
    for name in ("password1", "password2"):
        page.fill(f"#id_{name}", PASSWORD)
    page.click("button.primary")
    page.close()


def main() -> None:
    FOLDER.mkdir(exist_ok=True)
    real = {"CSBOT_ENCODER": "e5-small", "CSBOT_ENGINE": "transformers_cb"}
    scratch = tempfile.TemporaryDirectory()
    with scratch as folder, open_stack("--demo", environment=real, folder=Path(folder)) as stack, sync_playwright() as playwright:
        stack.wait()
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        administrator(browser, stack)
        for language in ("en", "zh"):
            for scheme in ("light", "dark"):
                picture(browser, stack.address, language, scheme, is_phone=False)
                desk_pictures(browser, stack, language, scheme)
            picture(browser, stack.address, language, "light", is_phone=True)
        browser.close()


if __name__ == "__main__":
    main()

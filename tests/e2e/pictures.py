"""`python -m tests.e2e.pictures ADDRESS`: the README's pictures, from a running demo. Looks, checks nothing."""

from __future__ import annotations

import shutil
import sys

from playwright.sync_api import Browser, sync_playwright

from csbot.env import BASE_DIR

FOLDER = BASE_DIR / "csbot" / "demo" / "pictures"
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


def main(address: str) -> None:
    FOLDER.mkdir(exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        for language in ("en", "zh"):
            for scheme in ("light", "dark"):
                picture(browser, address, language, scheme, is_phone=False)
            picture(browser, address, language, "light", is_phone=True)
        browser.close()


if __name__ == "__main__":
    main(sys.argv[1])

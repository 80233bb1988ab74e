"""A site's own words: shown as the editor wrote them, whatever they contain."""

from __future__ import annotations

from typing import Any

import pytest

from csbot.accounts.models import Site
from csbot.conversations.texts import built_in
from csbot.conversations.wrapping import text_of


@pytest.mark.parametrize("text", ["100% {", "Use {SAVE10} today", "{0.__class__}", "{greeting.__class__}", "{}", "}{", "{name!r:>9999}"])
def test_an_editors_braces_are_only_braces(text: str) -> None:
    assert text_of(Site(texts={"en": {"greeting": text}}), "en", "greeting") == text


def test_a_placeholder_is_filled_once_with_what_is_known() -> None:
    site = Site(texts={"en": {"error.too_long": "{length} of {limit}, {other}"}})
    assert text_of(site, "en", "error.too_long", length="{limit}", limit=2000) == "{limit} of 2000, {other}"


@pytest.mark.parametrize(
    "texts", [None, [], "hello", {"en": None}, {"en": ["hello"]}, {"en": {"greeting": 7}}, {"en": {"greeting": " "}}, {"zh": {}}]
)
def test_without_a_usable_text_of_its_own_the_products_is_shown(texts: Any) -> None:
    assert text_of(Site(texts=texts), "en", "greeting") == built_in("en", "greeting")

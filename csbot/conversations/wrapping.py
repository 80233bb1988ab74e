"""Wrapping: what stands around an answer (sources, offers, chips) and the site's own words, per language.

Never inside the text of an answer. Knows sites and texts; decides nothing.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from csbot.accounts.models import Site
from csbot.conversations.contracts import Decision, Ending
from csbot.conversations.events import Option, Source, Wrap
from csbot.conversations.texts import built_in
from knowledge.contracts import Evidence

MAX_SOURCES = 3
PLACEHOLDER = re.compile(r"\{(\w+)\}")


def text_of(site: Site, language: str, key: str, **values: object) -> str:
    """The site's text where it has one in the language, else the product's."""
    own = _own_text(site.texts, language, key)
    return _filled(own, values) if own else built_in(language, key, **values)


def _own_text(texts: object, language: str, key: str) -> str:
    """Editors' JSON: the admin checks it, but a row that came another way must not cost a visitor the answer."""
    of_language = texts.get(language) if isinstance(texts, dict) else None
    text = of_language.get(key) if isinstance(of_language, dict) else None
    return text if isinstance(text, str) and text.strip() else ""


def _filled(text: str, values: Mapping[str, object]) -> str:
    """Not `str.format`: editors write braces of their own, and a format string can reach into what it is given."""
    return PLACEHOLDER.sub(lambda found: str(values.get(found[1], found[0])), text)


def word(decision: Decision, site: Site, *, sources: tuple[Source, ...], screen: Callable[[str], str | None]) -> Decision:
    """Give a decision its words. Every text, stored ones and titles too, passes the word filter of now.

    `screen`: the text as it may be shown; None where it is blocked.
    """
    shown = [(option, screen(option["text"])) for option in decision.options]
    options = tuple(Option(faq=option["faq"], text=text) for option, text in shown if text is not None)
    if decision.route == "clarify" and decision.options and not options:
        decision = replace(decision, route="refuse", reason="no_evidence", text="")
    found = sources or decision.sources or sources_of(decision.evidence)
    text = screen(decision.text or _own_words(decision, site))
    return replace(
        decision,
        text=text_of(site, decision.language, "safety") if text is None else text,
        options=options,
        sources=tuple({**source, "title": title} for source in found if (title := screen(source["title"])) is not None),
        offers_handoff=decision.offers_handoff or decision.route == "refuse",
    )


def _own_words(decision: Decision, site: Site) -> str:
    if decision.route == "generate":
        return ""
    if decision.route == "handoff":
        key = {"safety": "safety_handoff", "complaint": "complaint"}.get(decision.reason, "handoff_done")
    else:
        key = decision.reason or decision.route
    return text_of(site, decision.language, key)


def sources_of(evidence: tuple[Evidence, ...]) -> tuple[Source, ...]:
    """Each source once, best first."""
    found: dict[tuple[str, str], Source] = {}
    for item in evidence:
        found.setdefault((item.type, item.id), {"type": item.type, "id": item.id, "title": item.title, "url": item.url})
    return tuple(found.values())[:MAX_SOURCES]


def _quoted(decision: Decision, quotes: tuple[Evidence, ...]) -> tuple[Source, ...]:
    """Of the sources, whose titles were screened, those that are quoted."""
    kept = {(item.type, item.id) for item in quotes}
    return tuple(source for source in decision.sources if (source["type"], source["id"]) in kept)


def wrap_of(decision: Decision, site: Site, *, ending: Ending | None = None) -> Any:
    """The `wrap` of a bot's message. After a generated text it carries the ladder's chips or offer."""
    route, reason = (ending.route, ending.reason) if ending else (decision.route, decision.reason)
    offered = ending.offers_handoff if ending else decision.offers_handoff
    sources = list(_quoted(decision, ending.quotes) if ending and ending.quotes else decision.sources)
    why = "no_evidence" if ending and offered else reason  # of an offer beside a quote: it may not be what was asked for
    wrap: Wrap = {"route": route, "sources": sources, "handoff": {"offered": offered, "reason": why if offered else ""}}
    if offered:
        wrap["note"] = text_of(site, decision.language, "handoff_offer")
    if route == "clarify":
        wrap["options"] = list(decision.options)
    extra = {"reason": reason, "finish": ending.finish, "rung": ending.rung, "grounded": ending.is_grounded} if ending else {"reason": reason}
    return {**wrap, **extra}

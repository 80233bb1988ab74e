"""What the word filter found in a text, and what each party learns of it.

Visitors get a polite sentence, never the word; agents, the trace and the company's record of hits get what matched and who decided. Knows
messages and sites; decides nothing about routes.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, TypedDict

from csbot.accounts.models import Site
from csbot.conversations.events import FilterNotice
from csbot.conversations.frames import frame_append
from csbot.conversations.models import Conversation, Message
from csbot.conversations.wrapping import text_of
from knowledge import facade as knowledge
from knowledge.contracts import IN_NEED, Direction, Hit, Level, Verdict

WITHHELD = "***"  # in the place of a message that nobody is to read


class HitData(TypedDict):
    term: str
    found: str  # as it stood there
    category: str
    level: str
    why: str  # whose rule gave the level; empty: it is the word's own


@dataclass(frozen=True, slots=True)
class Screened:
    """A visitor's message: `text` is what everybody else may read."""

    text: str
    verdict: Verdict
    raw: str

    @property
    def hits(self) -> list[HitData]:
        return hits_told(self.verdict.hits, self.raw)

    def wrap(self, notice: str) -> dict[str, Any]:
        told: dict[str, Any] = {"screen": self.hits} if self.verdict.hits else {}
        changed = {"raw": self.raw} if self.text != self.raw else {}
        return {**told, **changed, **({"notice": notice} if notice else {})}

    def notice(self, site: Site, language: str, *, has_bot: bool) -> str:
        """Where the bot answers a blocked message, its answer says so already."""
        if is_withheld(self.verdict):
            return "" if has_bot else text_of(site, language, "withheld")
        return text_of(site, language, "words_hidden") if self.text != self.raw else ""


def visitor_screen(site: Site, text: str) -> Screened:
    verdict = knowledge.word_filter(site.company_id, site.pk).check(text, Direction.VISITOR)
    return Screened(WITHHELD if is_withheld(verdict) else verdict.text, verdict, text)


def is_withheld(verdict: Verdict) -> bool:
    """A blocked word beside a cry for help is masked: whoever is to help has to read the rest."""
    return verdict.level is Level.BLOCK and not verdict.is_in_need


def is_cry_for_help(message: Message) -> bool:
    return any(hit["category"] == IN_NEED and hit["level"] == Level.HAND_OVER for hit in message.wrap.get("screen", ()))


def hits_told(hits: Iterable[Hit], text: str = "") -> list[HitData]:
    """`text`: what they were found in, where it is at hand."""
    return [
        {"term": hit.term, "found": text[hit.start : hit.end] or hit.term, "category": hit.category, "level": str(hit.level), "why": hit.why}
        for hit in hits
    ]


def hits_keep(conversation: Conversation, direction: Direction, hits: Sequence[HitData]) -> None:
    """In the company's record, in the transaction of what they were found in."""
    if hits:
        knowledge.word_hits_keep(conversation.company_id, conversation.site_id, direction, hits, conversation_id=conversation.pk)


def answer_notice(site: Site, language: str, hits: Sequence[HitData]) -> str:
    """Beside an answer some of whose words are hidden."""
    return text_of(site, language, "words_hidden") if any(hit["level"] == Level.MASK for hit in hits) else ""


def notice_append(conversation: Conversation, message: Message, *, gen: str = "") -> None:
    """The frame for who is there now; whoever comes later finds the same sentence with the message."""
    if text := message.wrap.get("notice", ""):
        notice: FilterNotice = {"message_id": str(message.pk), "text": text}
        frame_append(conversation, "filter.notice", {**notice, "gen": gen} if gen else notice)

"""What a program gets for somebody who speaks of harming themselves: words that name who listens, as a completion like any other.

No person can be called from here, and the words do not promise one. Knows messages and the word filter; knows no engine.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from uuid import UUID

from csbot.accounts.models import Site
from csbot.api.openai.completion import Outcome, estimate, usage_of
from csbot.api.openai.requests import Asked
from csbot.conversations.screening import hits_told
from csbot.conversations.texts import built_in
from csbot.conversations.wrapping import text_of
from csbot.lib.ids import new_id
from knowledge import facade as knowledge
from knowledge.contracts import Direction, Verdict

NOTHING = Verdict("")


@dataclass(frozen=True, slots=True)
class CareCompletion:
    """The whole at once. It ends as a filtered answer does, so that a program can see that this was not its model."""

    key: UUID
    model: str
    text: str

    async def pieces(self) -> AsyncIterator[str]:
        yield self.text

    def outcome(self, asked: Asked, text: str) -> Outcome:
        prompt = sum(estimate(said) for _role, said in asked.said)
        return Outcome("content_filter", usage_of(prompt, estimate(text)), {"reason": "safety"})


def care_for(company_id: UUID, asked: Asked, site: Site | None) -> CareCompletion | None:
    """None where nobody is in need, or an answer in the history has said it already: a client sends the whole history each time."""
    words = knowledge.word_filter(company_id)
    for place, (role, text) in enumerate(asked.said):
        verdict = words.check(text, Direction.VISITOR) if role == "user" else NOTHING
        if verdict.is_in_need and not _is_told(care_words(text, site), asked.said[place + 1 :]):
            knowledge.word_hits_keep(company_id, None, Direction.VISITOR, hits_told(verdict.hits, text))
            return CareCompletion(new_id(), asked.model, care_words(text, site))
    return None


def _is_told(care: str, later: Sequence[tuple[str, str]]) -> bool:
    return any(role == "assistant" and care in text for role, text in later)


def care_words(text: str, site: Site | None) -> str:
    language = knowledge.detect_language(text)
    return text_of(site, language, "in_need_alone") if site else built_in(language, "in_need_alone")

"""The last messages that a company's visitors sent, for whoever wants to know what ordinary speech there is. Who has them registers here."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

Source = Callable[[UUID | str, int], list[str]]  # the company, how many at most

_sources: list[Source] = []


def heard_from(source: Source) -> None:
    if source not in _sources:
        _sources.append(source)


def messages_heard(company_id: UUID | str, most: int = 2_000) -> list[str]:
    return [text for source in _sources for text in source(company_id, most)]

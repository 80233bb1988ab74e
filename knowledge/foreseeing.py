"""Drafts of snapshots, and traces done again, as the product may use them; a part of the facade, which hands these functions on."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from knowledge.contracts import Draft, FaqMatch, IntentGuess, Knowledge, Replayed

Row = dict[str, Any]


def draft_build(kb_id: UUID | str, *, on_progress: Callable[[int, int], None]) -> Draft:
    """A snapshot of the rows as they are now, which answers nobody. What goes wrong is raised; see `error_kept`. Workers only."""
    from knowledge.drafts import draft_build as build

    return build(kb_id, on_progress=on_progress)


def open_snapshot(snapshot_id: str) -> Knowledge:
    """One that is named, published or not. Workers only."""
    from knowledge.opened import open_snapshot as open_named

    return open_named(snapshot_id)


def draft_publish(kb_id: UUID | str, snapshot_id: str, *, instead_of: str, edits_until: datetime | None, actor: str) -> str:
    """That very snapshot, in place of the one that it was held against; empty, or in words why not."""
    from knowledge.drafts import draft_publish as publish
    from knowledge.errors import KnowledgeError, in_words

    try:
        publish(kb_id, snapshot_id, instead_of=instead_of, edits_until=edits_until, actor=actor)
    except KnowledgeError as error:
        return in_words(error)
    return ""


def draft_discard(kb_id: UUID | str, snapshot_id: str) -> bool:
    """Its row and files; False where it has answered somebody, and stays."""
    from knowledge.drafts import draft_discard as discard

    return discard(kb_id, snapshot_id)


def is_edited_since(kb_id: UUID | str, moment: datetime) -> bool:
    from knowledge.importing import is_edited_since as is_edited

    return is_edited(kb_id, moment)


def published_snapshot(kb_id: UUID | str) -> str:
    """Its id; empty where nothing is published."""
    from knowledge.models import KnowledgeBase

    return KnowledgeBase.objects.values_list("published_snapshot", flat=True).get(pk=kb_id) or ""


def error_kept(error: Exception) -> str:
    """For keeping in a row what went wrong."""
    from knowledge.errors import as_stored
    from knowledge.publishing import explained

    return as_stored(explained(error))


def error_in_words(kept: str) -> str:
    """What was kept, in the reader's language."""
    from knowledge.errors import in_words

    return in_words(kept)


def intent_traced(guess: IntentGuess) -> Row:
    """As a turn's trace holds it under `intent`."""
    from knowledge.replaying import intent_traced as traced

    return traced(guess)


def match_traced(match: FaqMatch) -> Row:
    """As a turn's trace holds it under `faq`."""
    from knowledge.replaying import match_traced as traced

    return traced(match)


def replay(trace: Mapping[str, Any], said: Iterable[str] = ()) -> Replayed:
    """Intent and FAQ search of a turn again, from its trace and the snapshot that it names. Needs no encoder. `said`: the visitor's own words."""
    from knowledge.replaying import replay as again

    return again(trace, said)

"""An import of words before it is confirmed: what the file holds, what of it is new, and which words should be refused and why.

Kept in the storage for an hour. Knows rows and the vetting; does not know pages.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any
from uuid import UUID, uuid4

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from knowledge.contracts import IN_NEED, Level
from knowledge.messages_heard import messages_heard
from knowledge.models import Word
from knowledge.sensitive.lexicons import ALLOW, LexiconRow
from knowledge.sensitive.starter import is_shipped_cry
from knowledge.sensitive.terms import can_be_listed
from knowledge.sensitive.vetting import vet
from knowledge.uploads import FOLDER, forget_old_uploads
from knowledge.word_lists import MOST, Wanted
from knowledge.word_names import category_key

KEY = re.compile(r"[0-9a-f]{32}")


@dataclass(frozen=True, slots=True)
class Preview:
    """`rows` are (term, category, level, language, note), `refused` (term, why, texts that it would flag)."""

    key: str
    company: str
    list_name: str
    file_name: str
    category: str
    level: str
    rows: list[list[str]]
    refused: list[tuple[str, str, list[str]]]
    num_new: int
    num_known: int
    num_unread: int  # words for which no text can be searched: signs, single letters, or too long
    num_cries: int  # shipped words by which somebody asks for help, under another category: they stay what they are

    def taken(self, wanted: set[str], *, takes_all: bool) -> list[Wanted]:
        """Without those refused that nobody wants all the same."""
        refused = set() if takes_all else {term for term, _, _ in self.refused} - wanted
        return [Wanted(*row) for row in self.rows if row[0] not in refused]

    def forget(self) -> None:
        default_storage.delete(_path(self.key))


def preview_make(company: UUID | str, list_name: str, rows: Sequence[LexiconRow], *, category: str, level: str, file_name: str) -> Preview:
    words = [row for row in rows if (row.level or level) != ALLOW]
    default = Level(level) if level != ALLOW else Level.MASK
    short = [row.as_term(default) for row in words if len(row.term) <= MOST["term"]]  # a book on one line would take minutes
    refused = vet(short, messages_heard(company)).refused
    known = set(Word.objects.filter(word_list__company_id=company, word_list__name=list_name).values_list("term", flat=True))
    num_known = sum(row.term in known for row in rows)
    preview = Preview(
        key=uuid4().hex,
        company=str(company),
        list_name=list_name,
        file_name=file_name,
        category=category,
        level=level,
        rows=[[row.term, row.category, row.level, row.language, row.note] for row in rows],
        refused=[(one.text, str(one.why), list(one.texts)) for one in refused],
        num_new=len(rows) - num_known,
        num_known=num_known,
        num_unread=sum(not can_be_listed(row.term) for row in words),
        num_cries=sum(category_key(row.category or category) != IN_NEED and is_shipped_cry(row.term) for row in words),
    )
    forget_old_uploads()
    default_storage.save(_path(preview.key), ContentFile(json.dumps(asdict(preview)).encode()))
    return preview


def preview_read(company: UUID | str, key: str) -> Preview | None:
    """None where it is gone, or another company's."""
    if not KEY.fullmatch(key):
        return None
    try:
        with default_storage.open(_path(key)) as file:
            data: dict[str, Any] = json.load(file)
    except FileNotFoundError:  # also where the same button was pressed twice
        return None
    return Preview(**data) if data["company"] == str(company) else None


def _path(key: str) -> str:
    return f"{FOLDER}/{key}"
